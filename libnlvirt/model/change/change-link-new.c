/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A new link: rtnl_newlink_create() and register_netdevice(). */
#include "model/device/consequences.h"
#include "model/device/device-settings.h"
#include "model/device/link-kind.h"
#include "model/link-settings.h"

#include <errno.h>
#include <linux/netconf.h>
#include <string.h>

#define MAX_QUEUES 4096
/* MODULE_NAME_LEN */
#define MAX_KIND_NAME 56

/* --- what is asked for ------------------------------------------------------------ */

int
nlv_link_parse_kind (NlvLinkRequest *self)
{
  const NlvAttr *name = &self->info[IFLA_INFO_KIND], *data = &self->info[IFLA_INFO_DATA];
  g_autofree char *kind = NULL;
  int error;

  self->kind = NULL;
  self->data = NULL;
  if (!nlv_attr_present (name))
    return 0;
  kind = nlv_attr_dup_string (name);
  if (strlen (kind) >= MAX_KIND_NAME)
    kind[MAX_KIND_NAME - 1] = '\0';
  self->kind = nlv_link_kind_find (self->request->network, kind);
  if (self->kind == NULL)
    return 0;
  if (self->kind->max_type > 0 && nlv_attr_present (data))
    {
      error = nlv_attrs_parse (data->payload, self->kind_attrs, self->kind->max_type, self->kind->policy,
                               NLV_VALIDATE_LIBERAL, self->change.extack);
      if (error < 0)
        return error;
      self->data = self->kind_attrs;
    }
  return self->kind->validate != NULL ? self->kind->validate (&self->change, self->attrs, self->data) : 0;
}

static guint32
number_or (const NlvAttr *attrs, guint16 type, guint32 usual)
{
  return nlv_attr_present (&attrs[type]) ? nlv_attr_u32 (&attrs[type]) : usual;
}

static int
read_queues (NlvLinkRequest *self, NlvLink *row)
{
  row->tx_queues = number_or (self->attrs, IFLA_NUM_TX_QUEUES, row->tx_queues);
  row->rx_queues = number_or (self->attrs, IFLA_NUM_RX_QUEUES, row->rx_queues);
  if (row->tx_queues < 1 || row->tx_queues > MAX_QUEUES)
    return nlv_change_refuse (&self->change, -EINVAL, "Invalid number of transmit queues");
  if (row->rx_queues < 1 || row->rx_queues > MAX_QUEUES)
    return nlv_change_refuse (&self->change, -EINVAL, "Invalid number of receive queues");
  return 0;
}

static void
read_sizes (const NlvAttr *attrs, NlvLink *row)
{
  /* GSO_LEGACY_MAX_SIZE: up to there it is the same for IPv4. */
  const guint32 legacy = 65536;

  row->gso_max_size = number_or (attrs, IFLA_GSO_MAX_SIZE, row->gso_max_size);
  if (nlv_attr_present (&attrs[IFLA_GSO_MAX_SIZE]) && row->gso_max_size <= legacy)
    row->gso_ipv4_max_size = row->gso_max_size;
  row->gso_max_segs = number_or (attrs, IFLA_GSO_MAX_SEGS, row->gso_max_segs);
  row->gro_max_size = number_or (attrs, IFLA_GRO_MAX_SIZE, row->gro_max_size);
  if (nlv_attr_present (&attrs[IFLA_GRO_MAX_SIZE]) && row->gro_max_size <= legacy)
    row->gro_ipv4_max_size = row->gro_max_size;
  row->gso_ipv4_max_size = number_or (attrs, NLV_IFLA_GSO_IPV4_MAX_SIZE, row->gso_ipv4_max_size);
  row->gro_ipv4_max_size = number_or (attrs, NLV_IFLA_GRO_IPV4_MAX_SIZE, row->gro_ipv4_max_size);
}

/* What a new link is told of itself, and what it then is. */
static void
read_values (const NlvAttr *attrs, NlvLink *row)
{
  if (nlv_attr_present (&attrs[IFLA_ADDRESS]))
    {
      memcpy (row->address, attrs[IFLA_ADDRESS].payload.data,
              MIN (attrs[IFLA_ADDRESS].payload.len, sizeof row->address));
      row->address_choice = NLV_CHOICE_USER;
    }
  if (nlv_attr_present (&attrs[IFLA_BROADCAST]))
    memcpy (row->broadcast, attrs[IFLA_BROADCAST].payload.data,
            MIN (attrs[IFLA_BROADCAST].payload.len, sizeof row->broadcast));
  row->tx_queue_length = number_or (attrs, IFLA_TXQLEN, row->tx_queue_length);
  if (nlv_attr_present (&attrs[IFLA_LINKMODE]))
    row->link_mode = nlv_attr_u8 (&attrs[IFLA_LINKMODE]);
  row->group = number_or (attrs, IFLA_GROUP, row->group);
  read_sizes (attrs, row);
}

int
nlv_link_make (NlvLinkRequest *self, const NlvLinkKind *kind, const char *name, NlvLink *row)
{
  int error;

  nlv_link_init_like_kernel (row, name, kind->name);
  row->address_choice = NLV_CHOICE_KERNEL;
  row->mtu_choice = NLV_CHOICE_KERNEL;
  row->takes_all = NLV_CHOICE_KERNEL;
  error = read_queues (self, row);
  if (error == 0)
    error = nlv_link_validate (self, row);
  if (error == 0 && nlv_attr_present (&self->attrs[IFLA_MTU]))
    {
      row->mtu = nlv_attr_u32 (&self->attrs[IFLA_MTU]);
      error = nlv_link_validate_mtu (&self->change, row, row->mtu);
    }
  if (error < 0)
    {
      nlv_link_clear (row);
      return error;
    }
  read_values (self->attrs, row);
  return 0;
}

/* --- registering ------------------------------------------------------------------- */

/* What differs from the usual in the settings that new links begin with:
 * inetdev_init(), ipv6_add_dev(), neigh_parms_alloc(). */
static void
take_settings (NlvNetwork *network, NlvLink *link)
{
  static const struct
  {
    guint16 type;
    gint8 ipv4, ipv6;
  } values[] = {
    { NETCONFA_FORWARDING, NLV_IPV4_FORWARDING, 0 },
    { NETCONFA_RP_FILTER, NLV_IPV4_RP_FILTER, -1 },
    { NETCONFA_PROXY_NEIGH, 2, 22 },
    { NLV_NETCONFA_BC_FORWARDING, NLV_IPV4_BC_FORWARDING, -1 },
    { NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN, 28, 39 },
  };
  const NlvGlobals *globals = nlv_network_get_globals (network);

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      gint64 ipv4 = nlv_settings_get (globals->settings[NLV_NETWORK_IPV4_DEFAULT], values[i].type, 0);
      gint64 ipv6 = nlv_settings_get (globals->settings[NLV_NETWORK_IPV6_DEFAULT], values[i].type, 0);

      if (ipv4 != 0)
        nlv_link_set_setting (link, NLV_LINK_IPV4, (guint) values[i].ipv4, ipv4);
      if (ipv6 != 0 && values[i].ipv6 >= 0)
        nlv_link_set_setting (link, NLV_LINK_IPV6, (guint) values[i].ipv6, ipv6);
    }
  link->settings[NLV_LINK_ARP] = nlv_settings_copy (globals->settings[NLV_NETWORK_ARP_DEFAULT]);
  link->settings[NLV_LINK_NDISC] = nlv_settings_copy (globals->settings[NLV_NETWORK_NDISC_DEFAULT]);
}

/* dev_index_reserve() */
static int
choose_index (NlvNetwork *network, NlvLink *row)
{
  nlv_network_begin_indices (network);
  if (row->index == 0)
    row->index = nlv_network_free_index (network);
  return nlv_network_find_link (network, row->index) == NULL ? 0 : -EBUSY;
}

NlvLink *
nlv_link_register (NlvChange *change, NlvLink *row, int *error)
{
  NlvNetwork *network = change->network;
  char name[IFNAMSIZ];
  NlvLink *link;

  *error = nlv_network_pick_link_name (network, row->name, -EEXIST, name);
  if (*error == 0)
    *error = choose_index (network, row);
  /* devinet_sysctl_register(), when the link is told of */
  if (*error == 0 && !nlv_link_name_has_sysctls (name))
    *error = -EINVAL;
  if (*error < 0)
    {
      nlv_link_clear (row);
      return NULL;
    }
  g_strlcpy (row->name, name, sizeof row->name);
  take_settings (network, row);
  row->initializing = TRUE;
  link = nlv_network_add_link (network, row);
  nlv_link_watch_begin (change, link);
  nlv_netdev_notify (change, link, NLV_NETDEV_REGISTER);
  return link;
}

int
nlv_link_configure (NlvChange *change, NlvLink *link, const struct ifinfomsg *header, gboolean asked)
{
  NlvDeviceFlags before = nlv_link_get_flags (link), after;
  guint32 changed;
  int error;

  if (header != NULL && (header->ifi_flags != 0 || header->ifi_change != 0))
    {
      error = nlv_link_apply_flags (change, link, header->ifi_flags,
                                    header->ifi_change != 0 ? header->ifi_change : G_MAXUINT32);
      if (error < 0)
        return error;
    }
  after = nlv_link_get_flags (link);
  changed = before.all ^ after.all;
  if (link->initializing)
    {
      link->initializing = FALSE;
      changed = G_MAXUINT32;
    }
  nlv_link_notify_flags (change, link, before, changed, asked);
  return 0;
}

static int
create (NlvLinkRequest *self, NlvLink *row, NlvLink **created)
{
  int error;

  if (self->kind->create != NULL)
    return self->kind->create (self, row, created);
  *created = nlv_link_register (&self->change, row, &error);
  return error;
}

int
nlv_link_create (NlvLinkRequest *self)
{
  const NlvAttr *name = &self->attrs[IFLA_IFNAME], *master = &self->attrs[IFLA_MASTER];
  g_autofree char *wanted =
    nlv_attr_present (name) ? nlv_attr_dup_string (name) : g_strdup_printf ("%s%%d", self->kind->name);
  NlvLink *link = NULL;
  NlvLink row;
  int error = nlv_link_make (self, self->kind, wanted, &row);

  if (error < 0)
    return error;
  row.index = (guint32) self->header.ifi_index;
  error = create (self, &row, &link);
  if (error < 0)
    return error;
  error = nlv_link_configure (&self->change, link, &self->header, TRUE);
  if (error == 0 && nlv_attr_present (master))
    error = nlv_link_set_master (&self->change, link, nlv_attr_u32 (master));
  if (error < 0)
    nlv_link_delete (&self->change, link, FALSE);
  return error;
}

/* --- changing ----------------------------------------------------------------------- */

static int
change_slave (NlvLinkRequest *self, NlvLink *link)
{
  NlvLink *master = link->master != 0 ? nlv_network_find_link (self->request->network, link->master) : NULL;
  const NlvLinkKind *kind = master != NULL ? nlv_link_kind_of (master) : NULL;
  NlvAttr attrs[NLV_LINK_KIND_MAX_TYPE + 1];
  int error;

  if (kind == NULL || kind->change_slave == NULL)
    return -EOPNOTSUPP;
  error = nlv_attrs_parse (self->info[IFLA_INFO_SLAVE_DATA].payload, attrs, kind->slave_max_type, kind->slave_policy,
                           NLV_VALIDATE_LIBERAL, self->change.extack);
  return error < 0 ? error : kind->change_slave (&self->change, master, link, attrs);
}

int
nlv_link_change_kind (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  int error = 0;

  if (nlv_attr_present (&self->info[IFLA_INFO_DATA]))
    {
      if (self->kind == NULL || self->kind != nlv_link_kind_of (link) || self->kind->change == NULL)
        return -EOPNOTSUPP;
      error = self->kind->change (&self->change, link, self->attrs, self->data);
      *status = NLV_LINK_NOTIFY;
    }
  if (error == 0 && nlv_attr_present (&self->info[IFLA_INFO_SLAVE_DATA]))
    {
      error = change_slave (self, link);
      *status = NLV_LINK_NOTIFY;
    }
  nlv_network_touch_link (self->request->network, link);
  return error;
}
