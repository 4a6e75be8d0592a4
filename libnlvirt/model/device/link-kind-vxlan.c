/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* VXLAN devices: drivers/net/vxlan/vxlan_core.c. */
#include "model/device/bridge.h"
#include "model/device/link-info.h"
#include "model/device/stacked.h"
#include "model/device/vxlan-config.h"
#include "model/device/vxlan-fdb.h"
#include "model/link-settings.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <string.h>

#define N_IDS (1 << 24)
#define ETHERNET_HEADER 14
#define MIN_MTU 68
#define MAX_MTU 65535

guint32
nlv_vxlan_get_lower (const NlvLink *link)
{
  return nlv_info_get_u32 (link->kind_data, IFLA_VXLAN_LINK);
}

guint32
nlv_vxlan_get_overhead (const NlvLink *link)
{
  NlvVxlanConfig config;

  nlv_vxlan_config_read (&config, link->kind_data);
  return nlv_vxlan_config_overhead (&config);
}

/* --- what may be asked ------------------------------------------------------------------ */

static int
check_link (NlvChange *change, const NlvAttr *attrs)
{
  const NlvAttr *address = &attrs[IFLA_ADDRESS], *mtu = &attrs[IFLA_MTU];
  int error = nlv_link_kind_check_address (attrs);

  if (error == -EINVAL)
    return nlv_change_refuse_attr (change, error, "Provided link layer address is not Ethernet", address);
  if (error < 0)
    return nlv_change_refuse_attr (change, error, "Provided Ethernet address is not unicast", address);
  if (nlv_attr_present (mtu) && (nlv_attr_u32 (mtu) < MIN_MTU || nlv_attr_u32 (mtu) > MAX_MTU))
    return nlv_change_refuse_attr (change, -EINVAL, "MTU must be between 68 and 65535", mtu);
  return 0;
}

static int
validate (NlvChange *change, const NlvAttr *attrs, const NlvAttr *data)
{
  struct ifla_vxlan_port_range ports;
  int error = check_link (change, attrs);

  if (error < 0)
    return error;
  if (data == NULL)
    return nlv_change_refuse (change, -EINVAL, "Required attributes not provided to perform the operation");
  if (nlv_attr_u32 (&data[IFLA_VXLAN_ID]) >= N_IDS)
    return nlv_change_refuse_attr (change, -ERANGE, "VXLAN ID must be lower than 16777216", &data[IFLA_VXLAN_ID]);
  nlv_attr_copy (&data[IFLA_VXLAN_PORT_RANGE], &ports, sizeof ports);
  if (g_ntohs (ports.high) < g_ntohs (ports.low))
    return nlv_change_refuse_attr (change, -EINVAL, "Invalid source port range", &data[IFLA_VXLAN_PORT_RANGE]);
  if (nlv_attr_u8 (&data[IFLA_VXLAN_DF]) > VXLAN_DF_MAX)
    return nlv_change_refuse_attr (change, -EINVAL, "Invalid DF attribute", &data[IFLA_VXLAN_DF]);
  return 0;
}

/* --- the default destination ---------------------------------------------------------------- */

/* An entry for all that is not known: vxlan_fdb_info() in what it does not say
 * as of a bridge. */
static void
add_default (NlvChange *change, const NlvLink *link, const NlvVxlanConfig *config)
{
  static const struct nda_cacheinfo times;
  NlvNeighbor row = { .family = AF_BRIDGE,
                      .link = link->index,
                      .flags = NTF_SELF,
                      .type = RTN_UNICAST,
                      .state = NUD_REACHABLE | NUD_PERMANENT,
                      .destination = config->remote,
                      .address_length = 6 };
  g_autoptr (GBytes) to = g_bytes_new (config->remote.bytes, config->family == AF_INET6 ? 16 : 4);
  g_autoptr (GBytes) lower = g_bytes_new (&config->lower, sizeof config->lower);
  g_autoptr (GBytes) ages = g_bytes_new (&times, sizeof times);
  NlvNeighbor *entry;

  if (!nlv_vxlan_has_remote (config))
    return;
  nlv_raw_attrs_add (&row.extra, NDA_DST, to);
  if (config->lower != 0)
    nlv_raw_attrs_add (&row.extra, NDA_IFINDEX, lower);
  nlv_raw_attrs_add (&row.extra, NDA_CACHEINFO, ages);
  entry = nlv_network_add_neighbor_first (change->network, &row);
  if (entry != NULL)
    nlv_fdb_event (change, RTM_NEWNEIGH, entry);
}

static gboolean
is_default (const NlvNeighbor *entry, const NlvLink *link, const NlvVxlanConfig *config)
{
  static const guint8 unknown[6];

  return entry->family == AF_BRIDGE && entry->link == link->index && (entry->flags & NTF_SELF) != 0 &&
         memcmp (entry->address, unknown, sizeof unknown) == 0 &&
         memcmp (&entry->destination, &config->remote, sizeof config->remote) == 0;
}

static void
remove_default (NlvChange *change, const NlvLink *link, const NlvVxlanConfig *config)
{
  g_autoptr (GPtrArray) rows = nlv_network_find_neighbors (change->network, link->index);

  for (guint i = 0; i < rows->len; i++)
    if (is_default (g_ptr_array_index (rows, i), link, config))
      {
        nlv_fdb_remove (change, g_ptr_array_index (rows, i));
        return;
      }
}

/* --- making and changing ---------------------------------------------------------------------- */

/* vxlan_raw_setup() */
static void
make_raw (NlvLink *row)
{
  row->hardware_type = ARPHRD_NONE;
  row->address_length = 0;
  row->flags = IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST;
}

/* vxlan_config_apply(). A device that is given is one that is not yet below it. */
static void
configure (NlvLink *link, const NlvVxlanConfig *config, const NlvLink *lower, gboolean keep_mtu)
{
  NlvVxlanConfig widest = *config;
  guint32 headroom = ETHERNET_HEADER, most = MAX_MTU;

  if (lower != NULL)
    {
      nlv_link_inherit_tso (link, lower);
      headroom = (lower->hardware_type == ARPHRD_NONE ? 0 : ETHERNET_HEADER) + nlv_link_get_headroom (lower);
      most = lower->mtu - MIN (lower->mtu, nlv_vxlan_config_overhead (config));
      most = MAX (most, MIN_MTU);
      if (!keep_mtu)
        link->mtu = most;
    }
  link->mtu = MIN (link->mtu, most);
  if ((config->flags & NLV_VXLAN_METADATA) != 0)
    widest.family = AF_INET6;
  nlv_link_set_headroom (link, (guint16) (headroom + nlv_vxlan_config_overhead (&widest)));
  g_clear_pointer (&link->kind_data, g_bytes_unref);
  link->kind_data = nlv_vxlan_config_write (config);
}

static int
prepare (NlvLinkRequest *self, NlvLink *row, NlvVxlanConfig *config, NlvLink **lower)
{
  NlvChange *change = &self->change;
  int error = nlv_vxlan_config_apply (config, change, self->attrs, self->data, TRUE);

  if (error == 0)
    error = nlv_vxlan_config_check (config, change, NULL);
  if (error < 0)
    return error;
  *lower = config->lower != 0 ? nlv_network_find_link (change->network, config->lower) : NULL;
  if ((config->flags & NLV_VXLAN_GPE) != 0)
    make_raw (row);
  else if (!nlv_attr_present (&self->attrs[IFLA_ADDRESS]))
    nlv_link_draw_address (change->network, row);
  configure (row, config, *lower, nlv_attr_present (&self->attrs[IFLA_MTU]));
  return 0;
}

static int
create (NlvLinkRequest *self, NlvLink *row, NlvLink **created)
{
  NlvChange *change = &self->change;
  NlvLink *lower = NULL, *link;
  NlvVxlanConfig config;
  int error = prepare (self, row, &config, &lower);

  if (error < 0)
    {
      nlv_link_clear (row);
      return error;
    }
  link = nlv_link_register (change, row, &error);
  if (link == NULL)
    return error;
  error = lower != NULL ? nlv_link_attach (change, lower, link) : 0;
  if (error < 0)
    {
      nlv_link_unregister (change, link);
      return error;
    }
  nlv_link_configure (change, link, NULL, FALSE);
  add_default (change, link, &config);
  *created = link;
  return 0;
}

/* netdev_adjacent_change_prepare() and _commit() */
static int
change_lower (NlvChange *change, NlvLink *link, NlvLink *from, NlvLink *to)
{
  int error = nlv_link_check_attach (change->network, to, link, FALSE);

  if (error < 0)
    return error;
  nlv_netdev_notify (change, to, NLV_NETDEV_CHANGE_UPPER);
  if (from != NULL)
    nlv_link_detach (change, from);
  return 0;
}

/* As the device is only told of what it can carry, and nobody else is, IPv6 goes
 * by what it knew. */
static void
configure_again (NlvLink *link, const NlvVxlanConfig *config, const NlvLink *lower)
{
  gint64 known = nlv_link_get_setting (link, NLV_LINK_IPV6, NLV_IPV6_MTU);

  configure (link, config, lower, TRUE);
  nlv_link_set_setting (link, NLV_LINK_IPV6, NLV_IPV6_MTU, known);
}

static int
change_vxlan (NlvChange *change, NlvLink *link, const NlvAttr *attrs, const NlvAttr *data)
{
  NlvVxlanConfig old, config;
  NlvLink *before, *after;
  int error;

  nlv_vxlan_config_read (&old, link->kind_data);
  config = old;
  error = nlv_vxlan_config_apply (&config, change, attrs, data, FALSE);
  if (error == 0)
    error = nlv_vxlan_config_check (&config, change, link);
  if (error < 0)
    return error;
  before = old.lower != 0 ? nlv_network_find_link (change->network, old.lower) : NULL;
  after = config.lower != 0 ? nlv_network_find_link (change->network, config.lower) : NULL;
  if (after == before)
    after = NULL;
  if (after != NULL)
    {
      error = change_lower (change, link, before, after);
      if (error < 0)
        return error;
    }
  if (memcmp (&config.remote, &old.remote, sizeof old.remote) != 0)
    {
      add_default (change, link, &config);
      if (nlv_vxlan_has_remote (&old))
        remove_default (change, link, &old);
    }
  configure_again (link, &config, after);
  nlv_network_note_lower (change->network, link);
  return 0;
}

/* vxlan_dellink() */
static void
remove_vxlan (NlvChange *change, NlvLink *link, GPtrArray *doomed)
{
  NlvLink *lower = nlv_link_find_lower (change->network, link);

  nlv_vxlan_flush (change, link, TRUE);
  g_ptr_array_add (doomed, link);
  if (lower != NULL)
    nlv_link_detach (change, lower);
}

const NlvLinkKind nlv_kind_vxlan = {
  .name = "vxlan",
  .max_type = NLV_IFLA_VXLAN_MAX,
  .policy = nlv_vxlan_policy,
  .validate = validate,
  .create = create,
  .change = change_vxlan,
  .remove = remove_vxlan,
};
