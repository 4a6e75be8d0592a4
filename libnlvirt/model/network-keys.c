/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How the kernel orders rows, and which it takes for the same. */
#include "model/network-keys.h"

#include <linux/neighbour.h>
#include <string.h>

static guint
hash_bytes (guint hash, const void *data, gsize len)
{
  const guint8 *bytes = data;

  for (gsize i = 0; i < len; i++)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

guint32
nlv_ipv4_mask (guint prefix_length)
{
  return prefix_length == 0 ? 0 : g_htonl (G_MAXUINT32 << (32 - MIN (prefix_length, 32)));
}

/* --- lists of rows ------------------------------------------------------------------ */

GPtrArray *
nlv_list_of (GHashTable *lists, gpointer key)
{
  GPtrArray *list = g_hash_table_lookup (lists, key);

  if (list == NULL)
    {
      list = g_ptr_array_new ();
      g_hash_table_insert (lists, key, list);
    }
  return list;
}

static int
compare_elements (gconstpointer a, gconstpointer b, gpointer compare)
{
  return (*(GCompareFunc *) compare) (*(const gconstpointer *) a, *(const gconstpointer *) b);
}

GPtrArray *
nlv_list_dup_sorted (const GPtrArray *list, GCompareFunc compare)
{
  GPtrArray *copy = g_ptr_array_sized_new (list != NULL ? list->len : 0);

  for (guint i = 0; list != NULL && i < list->len; i++)
    g_ptr_array_add (copy, g_ptr_array_index (list, i));
  g_ptr_array_sort_with_data (copy, compare_elements, &compare);
  return copy;
}

/* --- order -------------------------------------------------------------------------- */

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

/* By family, then by the number that sets out the rows within it. */
static int
compare_groups (guint8 left_family, guint32 left, guint8 right_family, guint32 right)
{
  int order = COMPARE (family_rank (left_family), family_rank (right_family));

  return order != 0 ? order : COMPARE (left, right);
}

int
nlv_compare_links (gconstpointer a, gconstpointer b)
{
  const NlvLink *left = a, *right = b;

  return COMPARE (left->index, right->index);
}

int
nlv_compare_link_ages (gconstpointer a, gconstpointer b)
{
  const NlvLink *left = a, *right = b;

  return COMPARE (left->sequence, right->sequence);
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
int
nlv_compare_addresses (gconstpointer a, gconstpointer b)
{
  const NlvAddressNode *left = a, *right = b;
  int order = compare_groups (left->row.family, left->row.link, right->row.family, right->row.link);

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

int
nlv_compare_rules (gconstpointer a, gconstpointer b)
{
  const NlvRuleNode *left = a, *right = b;
  int order = compare_groups (left->row.family, left->row.priority, right->row.family, right->row.priority);

  return order != 0 ? order : COMPARE (left->sequence, right->sequence);
}

/* What was added before all others has a number below zero. */
int
nlv_compare_neighbors (gconstpointer a, gconstpointer b)
{
  const NlvNeighborNode *left = a, *right = b;

  return COMPARE ((gint64) left->sequence, (gint64) right->sequence);
}

int
nlv_compare_nexthops (gconstpointer a, gconstpointer b)
{
  const NlvNexthopObject *left = a, *right = b;

  return COMPARE (left->id, right->id);
}

/* --- equality -------------------------------------------------------------- */

guint
nlv_hash_address (gconstpointer key)
{
  const NlvAddress *address = key;
  guint hash = hash_bytes (2166136261u, &address->link, sizeof address->link);

  return hash_bytes (hash, address->local.bytes, address->family == AF_INET ? 4 : 16);
}

/* IPv6: ipv6_chk_same_addr() knows no prefix; IPv4: __inet_insert_ifa(). */
gboolean
nlv_equal_addresses (gconstpointer a, gconstpointer b)
{
  const NlvAddress *left = a, *right = b;

  if (left->family != right->family || left->link != right->link)
    return FALSE;
  if (left->family == AF_INET6)
    return memcmp (left->local.bytes, right->local.bytes, 16) == 0;
  return left->local.v4 == right->local.v4 && left->prefix_length == right->prefix_length &&
         ((left->peer.v4 ^ right->peer.v4) & nlv_ipv4_mask (left->prefix_length)) == 0;
}

guint
nlv_hash_subnet (gconstpointer key)
{
  return hash_bytes (2166136261u, key, offsetof (NlvSubnet, n_addresses));
}

gboolean
nlv_equal_subnets (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, offsetof (NlvSubnet, n_addresses)) == 0;
}

guint
nlv_hash_number (gconstpointer key)
{
  return hash_bytes (2166136261u, key, sizeof (guint64));
}

guint
nlv_hash_neighbor (gconstpointer key)
{
  const NlvNeighbor *neighbor = key;
  guint hash = hash_bytes (2166136261u, &neighbor->link, sizeof neighbor->link);

  hash = hash_bytes (hash, neighbor->address, neighbor->family == AF_BRIDGE ? 6 : 0);
  return hash_bytes (hash, neighbor->destination.bytes, neighbor->family == AF_INET ? 4 : 16);
}

static gboolean
equal_extras (const GArray *a, const GArray *b)
{
  guint n_a = a != NULL ? a->len : 0, n_b = b != NULL ? b->len : 0;

  if (n_a != n_b)
    return FALSE;
  for (guint i = 0; i < n_a; i++)
    {
      const NlvRawAttr *left = &g_array_index (a, NlvRawAttr, i), *right = &g_array_index (b, NlvRawAttr, i);

      if (left->type != right->type || !g_bytes_equal (left->payload, right->payload))
        return FALSE;
    }
  return TRUE;
}

/* A forwarding entry (AF_BRIDGE) is found by its MAC, by who forwards, and by
 * what its device knows of it (VLAN, VNI, port). */
gboolean
nlv_equal_neighbors (gconstpointer a, gconstpointer b)
{
  const NlvNeighbor *left = a, *right = b;

  return left->family == right->family && left->link == right->link && left->proxy == right->proxy &&
         memcmp (left->destination.bytes, right->destination.bytes, left->family == AF_INET ? 4 : 16) == 0 &&
         (left->family != AF_BRIDGE ||
          (memcmp (left->address, right->address, sizeof left->address) == 0 &&
           (left->flags & NTF_SELF) == (right->flags & NTF_SELF) && equal_extras (left->extra, right->extra)));
}
