/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fake network's rows other than routes: which are equal, how they are
 * found, and the order in which the kernel would dump them. */
#include "model/network.h"

#include "model/fib.h"
#include "model/network-rows.h"

#include <string.h>

/* Every row is allocated with what orders it among its equals. */
typedef struct
{
  NlvLink row;
} LinkNode;

typedef struct
{
  NlvAddress row;
  guint64 sequence;
} AddressNode;

typedef struct
{
  NlvRule row;
  guint64 sequence;
} RuleNode;

typedef struct
{
  NlvNeighbor row;
  guint64 sequence;
} NeighborNode;

/* An IPv4 subnet on a link: the first address in it is the primary one. */
typedef struct
{
  guint32 link;
  guint32 network;
  guint32 prefix_length;
  guint32 n_addresses;
} Subnet;

struct _NlvNetwork
{
  gatomicrefcount references;
  guint generation;
  guint64 sequence; /* of the row added last */
  guint32 last_free_index;
  NlvRows links, addresses, rules, neighbors;
  GHashTable *links_by_index;     /* index → (unowned) LinkNode */
  GHashTable *links_by_name;      /* (unowned) name → LinkNode */
  GHashTable *links_by_alt_name;  /* (unowned) alternative name → LinkNode */
  GHashTable *address_set;        /* of (unowned) AddressNode */
  GHashTable *subnets;            /* set of (owned) Subnet */
  GHashTable *neighbor_set;       /* of (unowned) NeighborNode */
  GHashTable *rule_set;           /* of (unowned) RuleNode */
  NlvFib *fib;                    /* (owned) */
};

static guint
hash_bytes (guint hash, const void *data, gsize len)
{
  const guint8 *bytes = data;

  for (gsize i = 0; i < len; i++)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

static guint32
ipv4_mask (guint prefix_length)
{
  return prefix_length == 0 ? 0 : g_htonl (G_MAXUINT32 << (32 - MIN (prefix_length, 32)));
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* The order of families in a dump of AF_UNSPEC: that in which their rules or
 * tables were registered with the kernel. */
static int
family_rank (guint8 family)
{
  switch (family)
    {
    case AF_INET:
      return 0;
    case RTNL_FAMILY_IPMR:
      return 1;
    case RTNL_FAMILY_IP6MR:
      return 2;
    case AF_INET6:
      return 3;
    default:
      return 4 + family;
    }
}

/* --- order ----------------------------------------------------------------- */

static int
compare_links (gconstpointer a, gconstpointer b)
{
  const NlvLink *left = a, *right = b;

  return COMPARE (left->index, right->index);
}

/* ipv6_addr_src_scope() on the ladder of RFC 4291: what ipv6_link_dev_addr()
 * sorts by. */
static int
ipv6_scope (const NlvIp *ip)
{
  static const guint8 loopback[16] = { [15] = 1 };

  if (ip->bytes[0] == 0xff)
    return ip->bytes[1] & 0x0f;
  if (ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80)
    return 2;
  if (ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0xc0)
    return 5;
  if (memcmp (ip->bytes, loopback, sizeof loopback) == 0)
    return 1;
  return 14;
}

/* IPv4 as __inet_insert_ifa(): primary addresses from the widest scope value
 * down, then the secondary ones, each in order of arrival. IPv6 as
 * ipv6_link_dev_addr(): by scope, and the newest first. */
static int
compare_addresses (gconstpointer a, gconstpointer b)
{
  const AddressNode *left = a, *right = b;
  int order = COMPARE (family_rank (left->row.family), family_rank (right->row.family));

  if (order == 0)
    order = COMPARE (left->row.link, right->row.link);
  if (order != 0)
    return order;
  if (left->row.family == AF_INET6)
    {
      order = COMPARE (ipv6_scope (&right->row.local), ipv6_scope (&left->row.local));
      return order != 0 ? order : COMPARE (right->sequence, left->sequence);
    }
  order = COMPARE (left->row.flags & IFA_F_SECONDARY, right->row.flags & IFA_F_SECONDARY);
  if (order == 0 && (left->row.flags & IFA_F_SECONDARY) == 0)
    order = COMPARE (right->row.scope, left->row.scope);
  return order != 0 ? order : COMPARE (left->sequence, right->sequence);
}

static int
compare_rules (gconstpointer a, gconstpointer b)
{
  const RuleNode *left = a, *right = b;
  int order = COMPARE (family_rank (left->row.family), family_rank (right->row.family));

  if (order == 0)
    order = COMPARE (left->row.priority, right->row.priority);
  return order != 0 ? order : COMPARE (left->sequence, right->sequence);
}

static int
compare_neighbors (gconstpointer a, gconstpointer b)
{
  const NeighborNode *left = a, *right = b;
  int order = COMPARE (family_rank (left->row.family), family_rank (right->row.family));

  if (order == 0)
    order = COMPARE (left->row.link, right->row.link);
  return order != 0 ? order : COMPARE (left->sequence, right->sequence);
}

/* --- equality -------------------------------------------------------------- */

static guint
hash_address (gconstpointer key)
{
  const NlvAddress *address = key;
  guint hash = hash_bytes (2166136261u, &address->link, sizeof address->link);

  return hash_bytes (hash, address->local.bytes, address->family == AF_INET ? 4 : 16);
}

/* IPv6: ipv6_chk_same_addr() knows no prefix; IPv4: __inet_insert_ifa(). */
static gboolean
equal_addresses (gconstpointer a, gconstpointer b)
{
  const NlvAddress *left = a, *right = b;

  if (left->family != right->family || left->link != right->link)
    return FALSE;
  if (left->family == AF_INET6)
    return memcmp (left->local.bytes, right->local.bytes, 16) == 0;
  return left->local.v4 == right->local.v4 && left->prefix_length == right->prefix_length &&
         ((left->peer.v4 ^ right->peer.v4) & ipv4_mask (left->prefix_length)) == 0;
}

static guint
hash_subnet (gconstpointer key)
{
  return hash_bytes (2166136261u, key, offsetof (Subnet, n_addresses));
}

static gboolean
equal_subnets (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, offsetof (Subnet, n_addresses)) == 0;
}

static guint
hash_neighbor (gconstpointer key)
{
  const NlvNeighbor *neighbor = key;
  guint hash = hash_bytes (2166136261u, &neighbor->link, sizeof neighbor->link);

  hash = hash_bytes (hash, neighbor->address, neighbor->family == AF_BRIDGE ? 6 : 0);
  return hash_bytes (hash, neighbor->destination.bytes, neighbor->family == AF_INET ? 4 : 16);
}

/* A forwarding entry (AF_BRIDGE) is found by its MAC too. */
static gboolean
equal_neighbors (gconstpointer a, gconstpointer b)
{
  const NlvNeighbor *left = a, *right = b;

  return left->family == right->family && left->link == right->link && left->proxy == right->proxy &&
         memcmp (left->destination.bytes, right->destination.bytes, left->family == AF_INET ? 4 : 16) == 0 &&
         (left->family != AF_BRIDGE || memcmp (left->address, right->address, sizeof left->address) == 0);
}

static guint
hash_rule (gconstpointer key)
{
  const NlvRule *rule = key;
  guint hash = hash_bytes (2166136261u, &rule->priority, sizeof rule->priority);

  hash = hash_bytes (hash, &rule->table, sizeof rule->table);
  hash = hash_bytes (hash, &rule->mark, sizeof rule->mark);
  hash = hash_bytes (hash, rule->source.bytes, sizeof rule->source);
  return hash_bytes (hash, rule->destination.bytes, sizeof rule->destination);
}

/* As rule_exists(). */
static gboolean
equal_rules (gconstpointer a, gconstpointer b)
{
  const NlvRule *left = a, *right = b;

  return left->family == right->family && left->priority == right->priority && left->action == right->action &&
         left->table == right->table && left->goto_target == right->goto_target && left->flags == right->flags &&
         left->destination_length == right->destination_length && left->source_length == right->source_length &&
         left->tos == right->tos && left->mark == right->mark && left->mask == right->mask &&
         left->suppress_prefix_length == right->suppress_prefix_length &&
         left->suppress_group == right->suppress_group && left->realm == right->realm &&
         left->tunnel_id == right->tunnel_id && left->protocol == right->protocol &&
         left->ip_protocol == right->ip_protocol && left->l3mdev == right->l3mdev &&
         left->has_uid_range == right->has_uid_range &&
         memcmp (left->uid_range, right->uid_range, sizeof left->uid_range) == 0 &&
         memcmp (left->source_port, right->source_port, sizeof left->source_port) == 0 &&
         memcmp (left->destination_port, right->destination_port, sizeof left->destination_port) == 0 &&
         memcmp (left->destination.bytes, right->destination.bytes, sizeof left->destination) == 0 &&
         memcmp (left->source.bytes, right->source.bytes, sizeof left->source) == 0 &&
         strcmp (left->input, right->input) == 0 && strcmp (left->output, right->output) == 0;
}

/* --- links ----------------------------------------------------------------- */

static void
raw_attr_clear (gpointer data)
{
  NlvRawAttr *raw = data;

  g_clear_pointer (&raw->payload, g_bytes_unref);
}

void
nlv_link_init (NlvLink *link)
{
  *link = (NlvLink){ .lower_netns = -1 };
}

void
nlv_link_clear (NlvLink *link)
{
  g_clear_pointer (&link->alt_names, g_ptr_array_unref);
  g_clear_pointer (&link->alias, g_free);
  g_clear_pointer (&link->kind, g_free);
  g_clear_pointer (&link->kind_data, g_bytes_unref);
  g_clear_pointer (&link->slave_kind, g_free);
  g_clear_pointer (&link->slave_data, g_bytes_unref);
  g_clear_pointer (&link->qdisc, g_free);
  g_clear_pointer (&link->extra, g_array_unref);
}

static GBytes *
ref_bytes (GBytes *bytes)
{
  return bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

void
nlv_link_copy (const NlvLink *link, NlvLink *copy)
{
  *copy = *link;
  copy->alias = g_strdup (link->alias);
  copy->kind = g_strdup (link->kind);
  copy->kind_data = ref_bytes (link->kind_data);
  copy->slave_kind = g_strdup (link->slave_kind);
  copy->slave_data = ref_bytes (link->slave_data);
  copy->qdisc = g_strdup (link->qdisc);
  if (link->alt_names != NULL)
    {
      copy->alt_names = g_ptr_array_new_with_free_func (g_free);
      for (guint i = 0; i < link->alt_names->len; i++)
        g_ptr_array_add (copy->alt_names, g_strdup (g_ptr_array_index (link->alt_names, i)));
    }
  if (link->extra != NULL)
    {
      copy->extra = g_array_new (FALSE, FALSE, sizeof (NlvRawAttr));
      g_array_set_clear_func (copy->extra, raw_attr_clear);
      for (guint i = 0; i < link->extra->len; i++)
        {
          NlvRawAttr raw = g_array_index (link->extra, NlvRawAttr, i);

          raw.payload = ref_bytes (raw.payload);
          g_array_append_val (copy->extra, raw);
        }
    }
}

void
nlv_link_add_extra (NlvLink *link, guint16 type, GBytes *payload)
{
  NlvRawAttr raw = { type, g_bytes_ref (payload) };

  if (link->extra == NULL)
    {
      link->extra = g_array_new (FALSE, FALSE, sizeof (NlvRawAttr));
      g_array_set_clear_func (link->extra, raw_attr_clear);
    }
  g_array_append_val (link->extra, raw);
}

static void
free_link (gpointer data)
{
  nlv_link_clear (data);
  g_free (data);
}

/* --- the network ------------------------------------------------------------ */

NlvNetwork *
nlv_network_new (void)
{
  NlvNetwork *network = g_new0 (NlvNetwork, 1);

  g_atomic_ref_count_init (&network->references);
  nlv_rows_init (&network->links, compare_links, free_link);
  nlv_rows_init (&network->addresses, compare_addresses, g_free);
  nlv_rows_init (&network->rules, compare_rules, g_free);
  nlv_rows_init (&network->neighbors, compare_neighbors, g_free);
  network->links_by_index = g_hash_table_new (NULL, NULL);
  network->links_by_name = g_hash_table_new (g_str_hash, g_str_equal);
  network->links_by_alt_name = g_hash_table_new (g_str_hash, g_str_equal);
  network->address_set = g_hash_table_new (hash_address, equal_addresses);
  network->subnets = g_hash_table_new_full (hash_subnet, equal_subnets, g_free, NULL);
  network->neighbor_set = g_hash_table_new (hash_neighbor, equal_neighbors);
  network->rule_set = g_hash_table_new (hash_rule, equal_rules);
  network->fib = nlv_fib_new ();
  return network;
}

NlvNetwork *
nlv_network_ref (NlvNetwork *network)
{
  g_atomic_ref_count_inc (&network->references);
  return network;
}

void
nlv_network_unref (NlvNetwork *network)
{
  if (!g_atomic_ref_count_dec (&network->references))
    return;
  g_hash_table_unref (network->links_by_index);
  g_hash_table_unref (network->links_by_name);
  g_hash_table_unref (network->links_by_alt_name);
  g_hash_table_unref (network->address_set);
  g_hash_table_unref (network->subnets);
  g_hash_table_unref (network->neighbor_set);
  g_hash_table_unref (network->rule_set);
  nlv_rows_clear (&network->links);
  nlv_rows_clear (&network->addresses);
  nlv_rows_clear (&network->rules);
  nlv_rows_clear (&network->neighbors);
  nlv_fib_free (network->fib);
  g_free (network);
}

guint
nlv_network_get_generation (NlvNetwork *network)
{
  return network->generation;
}

NlvFib *
nlv_network_get_fib (NlvNetwork *network)
{
  return network->fib;
}

/* --- adding ----------------------------------------------------------------- */

static gboolean
link_names_taken (NlvNetwork *network, const NlvLink *row)
{
  if (nlv_network_find_link_by_name (network, row->name) != NULL)
    return TRUE;
  for (guint i = 0; row->alt_names != NULL && i < row->alt_names->len; i++)
    if (nlv_network_find_link_by_name (network, g_ptr_array_index (row->alt_names, i)) != NULL)
      return TRUE;
  return FALSE;
}

NlvLink *
nlv_network_add_link (NlvNetwork *network, NlvLink *row)
{
  LinkNode *node;

  if (nlv_network_find_link (network, row->index) != NULL || link_names_taken (network, row))
    {
      nlv_link_clear (row);
      return NULL;
    }
  node = g_new (LinkNode, 1);
  node->row = *row;
  *row = (NlvLink){ 0 };
  nlv_rows_add (&network->links, node);
  g_hash_table_insert (network->links_by_index, GUINT_TO_POINTER (node->row.index), node);
  g_hash_table_insert (network->links_by_name, node->row.name, node);
  for (guint i = 0; node->row.alt_names != NULL && i < node->row.alt_names->len; i++)
    g_hash_table_insert (network->links_by_alt_name, g_ptr_array_index (node->row.alt_names, i), node);
  network->generation++;
  return &node->row;
}

static Subnet
subnet_of (const NlvAddress *address)
{
  return (Subnet){ .link = address->link,
                   .network = address->peer.v4 & ipv4_mask (address->prefix_length),
                   .prefix_length = address->prefix_length };
}

/* Whether an IPv4 address is primary is no choice of the caller's: in each
 * subnet of a link the first one is. */
static void
enter_subnet (NlvNetwork *network, NlvAddress *address)
{
  Subnet key = subnet_of (address), *subnet = g_hash_table_lookup (network->subnets, &key);

  if (subnet != NULL)
    address->flags |= IFA_F_SECONDARY;
  else
    {
      address->flags &= ~(guint32) IFA_F_SECONDARY;
      subnet = g_memdup2 (&key, sizeof key);
      g_hash_table_add (network->subnets, subnet);
    }
  subnet->n_addresses++;
}

static NlvAddress *
add_address (NlvNetwork *network, const NlvAddress *row, guint64 sequence)
{
  AddressNode *node;

  if (g_hash_table_contains (network->address_set, row))
    return NULL;
  node = g_new (AddressNode, 1);
  node->row = *row;
  node->sequence = sequence;
  if (row->family == AF_INET)
    enter_subnet (network, &node->row);
  nlv_rows_add (&network->addresses, node);
  g_hash_table_add (network->address_set, node);
  network->generation++;
  return &node->row;
}

NlvAddress *
nlv_network_add_address (NlvNetwork *network, NlvAddress *row)
{
  return add_address (network, row, ++network->sequence);
}

NlvRoute *
nlv_network_add_route (NlvNetwork *network, NlvRoute *row)
{
  return nlv_fib_add (network->fib, row);
}

static NlvRule *
add_rule (NlvNetwork *network, const NlvRule *row, guint64 sequence)
{
  RuleNode *node;

  if (g_hash_table_contains (network->rule_set, row))
    return NULL;
  node = g_new (RuleNode, 1);
  node->row = *row;
  node->sequence = sequence;
  nlv_rows_add (&network->rules, node);
  g_hash_table_add (network->rule_set, node);
  return &node->row;
}

NlvRule *
nlv_network_add_rule (NlvNetwork *network, NlvRule *row)
{
  return add_rule (network, row, ++network->sequence);
}

static NlvNeighbor *
add_neighbor (NlvNetwork *network, const NlvNeighbor *row, guint64 sequence)
{
  NeighborNode *node;

  if (g_hash_table_contains (network->neighbor_set, row))
    return NULL;
  node = g_new (NeighborNode, 1);
  node->row = *row;
  node->sequence = sequence;
  nlv_rows_add (&network->neighbors, node);
  g_hash_table_add (network->neighbor_set, node);
  return &node->row;
}

NlvNeighbor *
nlv_network_add_neighbor (NlvNetwork *network, NlvNeighbor *row)
{
  return add_neighbor (network, row, ++network->sequence);
}

NlvNetwork *
nlv_network_copy (NlvNetwork *network)
{
  NlvNetwork *copy = nlv_network_new ();
  guint n_addresses = nlv_network_get_n_addresses (network);

  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      NlvLink link;

      nlv_link_copy (nlv_network_get_link (network, i), &link);
      nlv_network_add_link (copy, &link);
    }
  for (guint i = 0; i < n_addresses; i++)
    {
      const AddressNode *node = nlv_rows_get (&network->addresses, i);

      add_address (copy, &node->row, node->sequence);
    }
  for (guint i = 0; i < nlv_network_get_n_rules (network); i++)
    {
      const RuleNode *node = nlv_rows_get (&network->rules, i);

      add_rule (copy, &node->row, node->sequence);
    }
  for (guint i = 0; i < nlv_network_get_n_neighbors (network); i++)
    {
      const NeighborNode *node = nlv_rows_get (&network->neighbors, i);

      add_neighbor (copy, &node->row, node->sequence);
    }
  nlv_fib_free (copy->fib);
  copy->fib = nlv_fib_copy (network->fib);
  copy->sequence = network->sequence;
  copy->generation = network->generation;
  return copy;
}

/* --- removing --------------------------------------------------------------- */

void
nlv_network_remove_link (NlvNetwork *network, NlvLink *row)
{
  g_hash_table_remove (network->links_by_index, GUINT_TO_POINTER (row->index));
  g_hash_table_remove (network->links_by_name, row->name);
  for (guint i = 0; row->alt_names != NULL && i < row->alt_names->len; i++)
    g_hash_table_remove (network->links_by_alt_name, g_ptr_array_index (row->alt_names, i));
  nlv_rows_remove (&network->links, row);
  network->generation++;
}

void
nlv_network_remove_address (NlvNetwork *network, NlvAddress *row)
{
  g_hash_table_remove (network->address_set, row);
  if (row->family == AF_INET)
    {
      Subnet key = subnet_of (row), *subnet = g_hash_table_lookup (network->subnets, &key);

      if (subnet != NULL && --subnet->n_addresses == 0)
        g_hash_table_remove (network->subnets, &key);
    }
  nlv_rows_remove (&network->addresses, row);
  network->generation++;
}

void
nlv_network_remove_route (NlvNetwork *network, NlvRoute *row)
{
  nlv_fib_remove (network->fib, row);
}

void
nlv_network_remove_rule (NlvNetwork *network, NlvRule *row)
{
  g_hash_table_remove (network->rule_set, row);
  nlv_rows_remove (&network->rules, row);
}

void
nlv_network_remove_neighbor (NlvNetwork *network, NlvNeighbor *row)
{
  g_hash_table_remove (network->neighbor_set, row);
  nlv_rows_remove (&network->neighbors, row);
}

gboolean
nlv_network_rename_link (NlvNetwork *network, NlvLink *row, const char *name)
{
  if (strlen (name) >= IFNAMSIZ || nlv_network_find_link_by_name (network, name) != NULL)
    return FALSE;
  g_hash_table_remove (network->links_by_name, row->name);
  g_strlcpy (row->name, name, sizeof row->name);
  g_hash_table_insert (network->links_by_name, row->name, row);
  network->generation++;
  return TRUE;
}

/* --- reading ---------------------------------------------------------------- */

guint
nlv_network_get_n_links (NlvNetwork *network)
{
  return nlv_rows_get_size (&network->links);
}

NlvLink *
nlv_network_get_link (NlvNetwork *network, guint position)
{
  return nlv_rows_get (&network->links, position);
}

guint
nlv_network_get_n_addresses (NlvNetwork *network)
{
  return nlv_rows_get_size (&network->addresses);
}

NlvAddress *
nlv_network_get_address (NlvNetwork *network, guint position)
{
  return nlv_rows_get (&network->addresses, position);
}

guint
nlv_network_get_n_rules (NlvNetwork *network)
{
  return nlv_rows_get_size (&network->rules);
}

NlvRule *
nlv_network_get_rule (NlvNetwork *network, guint position)
{
  return nlv_rows_get (&network->rules, position);
}

guint
nlv_network_get_n_neighbors (NlvNetwork *network)
{
  return nlv_rows_get_size (&network->neighbors);
}

NlvNeighbor *
nlv_network_get_neighbor (NlvNetwork *network, guint position)
{
  return nlv_rows_get (&network->neighbors, position);
}

guint
nlv_network_get_n_routes (NlvNetwork *network)
{
  return nlv_fib_size (network->fib);
}

NlvLink *
nlv_network_find_link (NlvNetwork *network, guint32 index)
{
  return g_hash_table_lookup (network->links_by_index, GUINT_TO_POINTER (index));
}

NlvLink *
nlv_network_find_link_by_own_name (NlvNetwork *network, const char *name)
{
  return g_hash_table_lookup (network->links_by_name, name);
}

NlvLink *
nlv_network_find_link_by_name (NlvNetwork *network, const char *name)
{
  NlvLink *link = nlv_network_find_link_by_own_name (network, name);

  return link != NULL ? link : g_hash_table_lookup (network->links_by_alt_name, name);
}

/* dev_index_reserve() goes up from the last one and starts again at 1. */
guint32
nlv_network_free_index (NlvNetwork *network)
{
  do
    network->last_free_index = network->last_free_index >= G_MAXINT32 ? 1 : network->last_free_index + 1;
  while (nlv_network_find_link (network, network->last_free_index) != NULL);
  return network->last_free_index;
}
