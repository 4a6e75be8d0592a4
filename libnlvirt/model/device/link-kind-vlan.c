/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* VLANs of a device: net/8021q. */
#include "model/device/link-info.h"
#include "model/device/link-kind.h"
#include "model/device/stacked.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <string.h>

#define MAX_ID 4095
#define N_PRIORITIES 8
#define EGRESS_BUCKETS 16
#define FLAGS                                                                                                          \
  (VLAN_FLAG_REORDER_HDR | VLAN_FLAG_GVRP | VLAN_FLAG_LOOSE_BINDING | VLAN_FLAG_MVRP | VLAN_FLAG_BRIDGE_BINDING)

static const NlvPolicy map_policy[IFLA_VLAN_QOS_MAX + 1] = {
  [IFLA_VLAN_QOS_MAPPING] = { .kind = NLV_KIND_UNSPEC, .len = sizeof (struct ifla_vlan_qos_mapping) },
};

static const NlvPolicy policy[IFLA_VLAN_MAX + 1] = {
  [IFLA_VLAN_ID] = { .kind = NLV_KIND_U16 },
  [IFLA_VLAN_FLAGS] = { .kind = NLV_KIND_UNSPEC, .len = sizeof (struct ifla_vlan_flags) },
  [IFLA_VLAN_EGRESS_QOS] = { .kind = NLV_KIND_NESTED },
  [IFLA_VLAN_INGRESS_QOS] = { .kind = NLV_KIND_NESTED },
  [IFLA_VLAN_PROTOCOL] = { .kind = NLV_KIND_U16 },
};

static gboolean
has (const NlvAttr *data, guint16 type)
{
  return nlv_attr_present (&data[type]);
}

static int
check_map (NlvChange *change, const NlvAttr *map)
{
  return nlv_attr_present (map)
           ? nlv_attrs_parse (map->payload, NULL, IFLA_VLAN_QOS_MAX, map_policy, NLV_VALIDATE_LIBERAL, NULL)
           : 0;
}

static int
check_data (NlvChange *change, const NlvAttr *data)
{
  struct ifla_vlan_flags flags;
  int error;

  if (has (data, IFLA_VLAN_PROTOCOL) && nlv_attr_u16 (&data[IFLA_VLAN_PROTOCOL]) != g_htons (ETH_P_8021Q) &&
      nlv_attr_u16 (&data[IFLA_VLAN_PROTOCOL]) != g_htons (ETH_P_8021AD))
    return nlv_change_refuse (change, -EPROTONOSUPPORT, "8021q: Invalid VLAN protocol");
  if (has (data, IFLA_VLAN_ID) && nlv_attr_u16 (&data[IFLA_VLAN_ID]) >= MAX_ID)
    return nlv_change_refuse (change, -ERANGE, "8021q: Invalid VLAN id");
  nlv_attr_copy (&data[IFLA_VLAN_FLAGS], &flags, sizeof flags);
  if (has (data, IFLA_VLAN_FLAGS) && (flags.flags & flags.mask & ~FLAGS) != 0)
    return nlv_change_refuse (change, -EINVAL, "8021q: Invalid VLAN flags");
  error = check_map (change, &data[IFLA_VLAN_INGRESS_QOS]);
  if (error < 0)
    return nlv_change_refuse (change, error, "8021q: Invalid ingress QOS map");
  error = check_map (change, &data[IFLA_VLAN_EGRESS_QOS]);
  return error < 0 ? nlv_change_refuse (change, error, "8021q: Invalid egress QOS map") : 0;
}

static int
validate (NlvChange *change, const NlvAttr *attrs, const NlvAttr *data)
{
  int error = nlv_link_kind_check_address (attrs);

  if (error < 0)
    return nlv_change_refuse (change, error, "8021q: Invalid link address");
  if (data == NULL)
    return nlv_change_refuse (change, -EINVAL, "8021q: VLAN properties not specified");
  return check_data (change, data);
}

/* --- data --------------------------------------------------------------------------------- */

static guint16
id_of (const NlvLink *link)
{
  return nlv_info_get_u16 (link->kind_data, IFLA_VLAN_ID);
}

guint32
nlv_vlan_get_flags (const NlvLink *link)
{
  return nlv_info_get_u32 (link->kind_data, IFLA_VLAN_FLAGS);
}

static void
set_flags (NlvLink *link, guint32 wanted)
{
  const struct ifla_vlan_flags flags = { wanted, G_MAXUINT32 };

  nlv_info_set (&link->kind_data, IFLA_VLAN_FLAGS, &flags, sizeof flags);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const NlvLink *left = *(const NlvLink *const *) a, *right = *(const NlvLink *const *) b;

  if (id_of (left) != id_of (right))
    return (int) id_of (left) - (int) id_of (right);
  return left->index < right->index ? -1 : left->index > right->index;
}

GPtrArray *
nlv_vlans_on (NlvNetwork *network, const NlvLink *lower)
{
  const GPtrArray *uppers = nlv_network_peek_uppers (network, lower->index);
  GPtrArray *links = g_ptr_array_new ();

  for (guint i = 0; uppers != NULL && i < uppers->len; i++)
    {
      NlvLink *link = g_ptr_array_index (uppers, i);

      if (g_strcmp0 (link->kind, "vlan") == 0)
        g_ptr_array_add (links, link);
    }
  g_ptr_array_sort (links, compare_ids);
  return links;
}

/* --- priorities --------------------------------------------------------------------------- */

typedef struct
{
  struct ifla_vlan_qos_mapping mapping;
  int rank;
} Mapping;

/* TRUE for one, and @rest begins behind it then. */
static gboolean
next_mapping (NlvSpan *rest, struct ifla_vlan_qos_mapping *mapping)
{
  NlvAttr attr;

  while (nlv_attr_next (rest, &attr))
    if (attr.type == IFLA_VLAN_QOS_MAPPING)
      {
        nlv_attr_copy (&attr, mapping, sizeof *mapping);
        return TRUE;
      }
  return FALSE;
}

static NlvSpan
find_mappings (const NlvLink *link, guint16 type)
{
  NlvAttr attr;

  nlv_span_find_attr (nlv_info_span (link->kind_data), type, &attr);
  return attr.payload;
}

static int
compare_mappings (gconstpointer a, gconstpointer b)
{
  const Mapping *left = a, *right = b;
  int difference = (int) (left->mapping.from % EGRESS_BUCKETS) - (int) (right->mapping.from % EGRESS_BUCKETS);

  return difference != 0 ? difference : (left->rank > right->rank) - (left->rank < right->rank);
}

/* vlan_dev_set_egress_priority(): in the buckets of a hash, the newest first. */
static GArray *
map_egress (NlvSpan before, NlvSpan asked)
{
  GArray *mappings = g_array_new (FALSE, FALSE, sizeof (Mapping));
  g_autoptr (GHashTable) places = g_hash_table_new (NULL, NULL);
  Mapping row = { .rank = 0 };
  guint n_before;

  for (; next_mapping (&before, &row.mapping); row.rank++)
    {
      g_array_append_val (mappings, row);
      g_hash_table_insert (places, GUINT_TO_POINTER (row.mapping.from), GUINT_TO_POINTER (mappings->len));
    }
  n_before = mappings->len;
  while (next_mapping (&asked, &row.mapping))
    {
      guint place = GPOINTER_TO_UINT (g_hash_table_lookup (places, GUINT_TO_POINTER (row.mapping.from)));

      row.mapping.to %= N_PRIORITIES;
      if (place != 0)
        g_array_index (mappings, Mapping, place - 1).mapping.to = row.mapping.to;
      else
        {
          row.rank = (int) n_before - (int) mappings->len - 1;
          g_array_append_val (mappings, row);
          g_hash_table_insert (places, GUINT_TO_POINTER (row.mapping.from), GUINT_TO_POINTER (mappings->len));
        }
    }
  g_array_sort (mappings, compare_mappings);
  return mappings;
}

/* vlan_dev_set_ingress_priority() */
static GArray *
map_ingress (NlvSpan before, NlvSpan asked)
{
  GArray *mappings = g_array_new (FALSE, TRUE, sizeof (Mapping));
  struct ifla_vlan_qos_mapping mapping;

  g_array_set_size (mappings, N_PRIORITIES);
  for (guint i = 0; i < N_PRIORITIES; i++)
    g_array_index (mappings, Mapping, i).mapping.from = i;
  while (next_mapping (&before, &mapping) || next_mapping (&asked, &mapping))
    g_array_index (mappings, Mapping, mapping.from % N_PRIORITIES).mapping.to = mapping.to;
  return mappings;
}

static void
write_mappings (NlvLink *link, guint16 type, const GArray *mappings)
{
  NlvWriter list;

  /* What an attribute holds is the most that can be shown. */
  nlv_writer_init (&list, G_MAXUINT16 - NLA_HDRLEN);
  for (guint i = 0; i < mappings->len; i++)
    {
      const struct ifla_vlan_qos_mapping *mapping = &g_array_index (mappings, Mapping, i).mapping;

      if (mapping->to != 0)
        nlv_put (&list, IFLA_VLAN_QOS_MAPPING, mapping, sizeof *mapping);
    }
  if (list.len > 0)
    nlv_info_set (&link->kind_data, type, list.data, list.len);
  nlv_writer_clear (&list);
}

/* vlan_fill_info() tells of incoming packets first. */
static void
change_mappings (NlvLink *link, const NlvAttr *data)
{
  g_autoptr (GArray) ingress =
    map_ingress (find_mappings (link, IFLA_VLAN_INGRESS_QOS), data[IFLA_VLAN_INGRESS_QOS].payload);
  g_autoptr (GArray) egress =
    map_egress (find_mappings (link, IFLA_VLAN_EGRESS_QOS), data[IFLA_VLAN_EGRESS_QOS].payload);

  nlv_info_unset (&link->kind_data, IFLA_VLAN_INGRESS_QOS);
  nlv_info_unset (&link->kind_data, IFLA_VLAN_EGRESS_QOS);
  write_mappings (link, IFLA_VLAN_INGRESS_QOS, ingress);
  write_mappings (link, IFLA_VLAN_EGRESS_QOS, egress);
}

/* vlan_changelink() */
static int
change_vlan (NlvChange *change, NlvLink *link, const NlvAttr *attrs, const NlvAttr *data)
{
  struct ifla_vlan_flags flags;

  if (has (data, IFLA_VLAN_FLAGS))
    {
      nlv_attr_copy (&data[IFLA_VLAN_FLAGS], &flags, sizeof flags);
      if ((flags.mask & ~FLAGS) != 0)
        return -EINVAL;
      set_flags (link, (nlv_vlan_get_flags (link) & ~flags.mask) | (flags.flags & flags.mask));
    }
  if (has (data, IFLA_VLAN_INGRESS_QOS) || has (data, IFLA_VLAN_EGRESS_QOS))
    change_mappings (link, data);
  return 0;
}

/* --- making ---------------------------------------------------------------------------------- */

/* vlan_check_real_dev() */
static int
check_lower (NlvChange *change, const NlvLink *lower, guint16 protocol, guint16 id)
{
  g_autoptr (GPtrArray) others = nlv_vlans_on (change->network, lower);

  if ((lower->flags & IFF_LOOPBACK) != 0 || lower->hardware_type != ARPHRD_ETHER)
    return nlv_change_refuse (change, -EOPNOTSUPP, "8021q: VLANs not supported on device");
  for (guint i = 0; i < others->len; i++)
    {
      const NlvLink *other = g_ptr_array_index (others, i);

      if (id_of (other) == id && nlv_info_get_u16 (other->kind_data, IFLA_VLAN_PROTOCOL) == protocol)
        return nlv_change_refuse (change, -EEXIST, "8021q: VLAN device already exists");
    }
  return 0;
}

static int
find_lower (NlvLinkRequest *self, NlvLink **lower)
{
  NlvChange *change = &self->change;

  if (!has (self->data, IFLA_VLAN_ID))
    return nlv_change_refuse (change, -EINVAL, "8021q: VLAN id not specified");
  if (!nlv_attr_present (&self->attrs[IFLA_LINK]))
    return nlv_change_refuse (change, -EINVAL, "8021q: link not specified");
  *lower = nlv_network_find_link (change->network, nlv_attr_u32 (&self->attrs[IFLA_LINK]));
  return *lower != NULL ? 0 : nlv_change_refuse (change, -ENODEV, "8021q: link does not exist");
}

static int
prepare (NlvLinkRequest *self, NlvLink *row, const NlvLink *lower)
{
  const guint32 kept = IFF_UP | IFF_PROMISC | IFF_ALLMULTI | IFF_MASTER | IFF_SLAVE | IFF_RUNNING | IFF_LOWER_UP;
  guint16 protocol =
    has (self->data, IFLA_VLAN_PROTOCOL) ? nlv_attr_u16 (&self->data[IFLA_VLAN_PROTOCOL]) : g_htons (ETH_P_8021Q);
  guint16 id = nlv_attr_u16 (&self->data[IFLA_VLAN_ID]);
  int error = check_lower (&self->change, lower, protocol, id);

  if (error < 0)
    return error;
  if (!nlv_attr_present (&self->attrs[IFLA_MTU]))
    row->mtu = lower->mtu;
  else if (row->mtu > lower->mtu)
    return -EINVAL;
  nlv_info_set_u16 (&row->kind_data, IFLA_VLAN_PROTOCOL, protocol);
  nlv_info_set_u16 (&row->kind_data, IFLA_VLAN_ID, id);
  set_flags (row, VLAN_FLAG_REORDER_HDR);
  error = change_vlan (&self->change, row, self->attrs, self->data);
  if (error < 0)
    return error;
  /* vlan_dev_init() */
  if (!nlv_attr_present (&self->attrs[IFLA_ADDRESS]))
    memcpy (row->address, lower->address, 6);
  row->flags = lower->flags & ~kept;
  row->carrier = lower->carrier;
  row->has_lower = TRUE;
  row->lower = lower->index;
  nlv_link_inherit_tso (row, lower);
  return 0;
}

/* register_vlan_dev() */
static int
create (NlvLinkRequest *self, NlvLink *row, NlvLink **created)
{
  NlvChange *change = &self->change;
  NlvLink *lower = NULL;
  int error = find_lower (self, &lower);

  if (error == 0)
    error = prepare (self, row, lower);
  if (error < 0)
    {
      nlv_link_clear (row);
      return error;
    }
  error = nlv_stacked_register (change, row, lower, created);
  if (error < 0)
    return error;
  nlv_stacked_transfer_state (change, lower, *created);
  nlv_link_watch_fire (change, *created);
  return 0;
}

/* unregister_vlan_dev() */
static void
remove_vlan (NlvChange *change, NlvLink *link, GPtrArray *doomed)
{
  NlvLink *lower = nlv_link_find_lower (change->network, link);

  g_ptr_array_add (doomed, link);
  if (lower != NULL)
    nlv_link_detach (change, lower);
}

const NlvLinkKind nlv_kind_vlan = {
  .name = "vlan",
  .max_type = IFLA_VLAN_MAX,
  .policy = policy,
  .validate = validate,
  .create = create,
  .change = change_vlan,
  .remove = remove_vlan,
};
