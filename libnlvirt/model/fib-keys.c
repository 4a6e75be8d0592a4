/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How the kernel orders routes, and which it takes for the same. */
#include "model/fib-keys.h"

#include <string.h>

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* --- order ------------------------------------------------------------------ */

int
nlv_fib_compare_bits (const NlvIp *a, const NlvIp *b, guint n_bits)
{
  int order = memcmp (a->bytes, b->bytes, n_bits / 8);
  guint rest = n_bits % 8;

  if (order == 0 && rest != 0)
    order = (a->bytes[n_bits / 8] >> (8 - rest)) - (b->bytes[n_bits / 8] >> (8 - rest));
  return order;
}

/* As fn_trie_dump_leaf() meets them: by key, and in a leaf the longer prefix,
 * the higher TOS and the lower metric first. */
static int
compare_ipv4 (const NlvRoute *a, const NlvRoute *b)
{
  int order = memcmp (a->destination.bytes, b->destination.bytes, 4);

  if (order == 0)
    order = COMPARE (b->destination_length, a->destination_length);
  if (order == 0)
    order = COMPARE (b->tos, a->tos);
  return order != 0 ? order : COMPARE (a->metric, b->metric);
}

/* fib6_walk_continue() goes left, right, and then to the node itself: a prefix
 * comes after those it covers. */
static int
compare_after_children (const NlvIp *a, guint a_length, const NlvIp *b, guint b_length)
{
  int order = nlv_fib_compare_bits (a, b, MIN (a_length, b_length));

  return order != 0 ? order : COMPARE (b_length, a_length);
}

/* A node's subtree of source prefixes is walked before its children. */
static int
compare_ipv6 (const NlvRoute *a, const NlvRoute *b)
{
  int order =
    nlv_fib_compare_bits (&a->destination, &b->destination, MIN (a->destination_length, b->destination_length));

  if (order != 0)
    return order;
  if (a->destination_length < b->destination_length)
    return a->source_length > 0 ? -1 : 1;
  if (a->destination_length > b->destination_length)
    return b->source_length > 0 ? 1 : -1;
  order = compare_after_children (&a->source, a->source_length, &b->source, b->source_length);
  return order != 0 ? order : COMPARE (a->metric, b->metric);
}

static int
compare_keys (const NlvRoute *a, const NlvRoute *b)
{
  return a->family == AF_INET ? compare_ipv4 (a, b) : compare_ipv6 (a, b);
}

int
nlv_fib_compare_nodes (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const NlvFibNode *left = a, *right = b;
  int order = compare_keys (&left->row, &right->row);

  return order != 0 ? order : COMPARE (left->sequence, right->sequence);
}

void
nlv_fib_mask_ip (NlvIp *ip, guint n_bits)
{
  for (guint i = 0; i < sizeof ip->bytes; i++)
    {
      guint bits = n_bits > i * 8 ? MIN (n_bits - i * 8, 8) : 0;

      ip->bytes[i] &= (guint8) (0xff00 >> bits);
    }
}

/* --- equality --------------------------------------------------------------- */

static gboolean
equal_gateways (const NlvNexthop *a, const NlvNexthop *b)
{
  return a->link == b->link && a->gateway_family == b->gateway_family &&
         (a->gateway_family == 0 ||
          memcmp (a->gateway.bytes, b->gateway.bytes, a->gateway_family == AF_INET ? 4 : 16) == 0);
}

static gboolean
equal_encaps (const NlvNexthop *a, const NlvNexthop *b)
{
  return a->encap_type == b->encap_type &&
         (a->encap == b->encap || (a->encap != NULL && b->encap != NULL && g_bytes_equal (a->encap, b->encap)));
}

static gboolean
equal_metrics (const NlvRoute *a, const NlvRoute *b)
{
  if (g_strcmp0 (a->congestion, b->congestion) != 0)
    return FALSE;
  for (guint i = 0; i <= RTAX_MAX; i++)
    if ((a->metrics != NULL ? a->metrics[i] : 0) != (b->metrics != NULL ? b->metrics[i] : 0))
      return FALSE;
  return TRUE;
}

/* Two IPv4 aliases with the same key: fib_table_insert() compares type and
 * scope, and fib_find_info() the rest. */
static gboolean
equal_ipv4_aliases (const NlvRoute *a, const NlvRoute *b)
{
  if (a->type != b->type || a->scope != b->scope || a->protocol != b->protocol || a->nexthop_id != b->nexthop_id ||
      a->has_preferred_source != b->has_preferred_source ||
      (a->has_preferred_source && a->preferred_source.v4 != b->preferred_source.v4) || a->n_nexthops != b->n_nexthops ||
      !equal_metrics (a, b))
    return FALSE;
  for (guint i = 0; i < a->n_nexthops; i++)
    if (!equal_gateways (&a->nexthops[i], &b->nexthops[i]) || !equal_encaps (&a->nexthops[i], &b->nexthops[i]) ||
        a->nexthops[i].weight != b->nexthops[i].weight)
      return FALSE;
  return TRUE;
}

/* rt6_duplicate_nexthop() */
gboolean
nlv_fib_has_nexthop (const NlvRoute *route, const NlvNexthop *nexthop)
{
  for (guint i = 0; i < route->n_nexthops; i++)
    if (equal_gateways (&route->nexthops[i], nexthop) && equal_encaps (&route->nexthops[i], nexthop))
      return TRUE;
  return route->n_nexthops == 0;
}

/* rt6_qualify_for_ecmp() */
gboolean
nlv_fib_may_have_siblings (const NlvRoute *route)
{
  return route->nexthop_id == 0 && route->n_nexthops > 0 && route->nexthops[0].gateway_family != 0 &&
         route->protocol != RTPROT_RA && route->protocol != RTPROT_REDIRECT;
}

/* IPv6 routes with the same key and a gateway each are one route: there is
 * never more than one such under a key. Others are equal by their first way,
 * as in rt6_duplicate_nexthop(). */
gboolean
nlv_fib_equal_identities (gconstpointer a, gconstpointer b)
{
  const NlvRoute *left = &((const NlvFibNode *) a)->row, *right = &((const NlvFibNode *) b)->row;

  if (left->family != right->family || left->table != right->table || compare_keys (left, right) != 0)
    return FALSE;
  if (left->family == AF_INET)
    return equal_ipv4_aliases (left, right);
  if (nlv_fib_may_have_siblings (left) != nlv_fib_may_have_siblings (right))
    return FALSE;
  return nlv_fib_may_have_siblings (left) || left->n_nexthops == 0 || nlv_fib_has_nexthop (right, left->nexthops);
}

static guint32
mix (guint32 hash, const guint32 *words, gsize n_words)
{
  for (gsize i = 0; i < n_words; i++)
    hash = (hash ^ words[i]) * 0x9e3779b1u ^ hash >> 15;
  return hash;
}

static guint32
mix_ways (guint32 hash, const NlvRoute *route)
{
  for (guint i = 0; i < route->n_nexthops; i++)
    {
      const NlvNexthop *nexthop = &route->nexthops[i];
      guint32 words[] = { nexthop->link, nexthop->gateway_family != 0 ? nexthop->gateway.v4 : 0 };

      hash = mix (hash, words, G_N_ELEMENTS (words));
    }
  return route->metrics != NULL ? mix (hash, route->metrics, RTAX_MAX + 1) : hash;
}

/* Of no more than what equal rows have in common. */
guint
nlv_fib_hash_identity (gconstpointer key)
{
  const NlvRoute *route = &((const NlvFibNode *) key)->row;
  guint32 words[] = { route->destination.words[0],
                      route->destination.words[1],
                      route->destination.words[2],
                      route->destination.words[3],
                      route->source.words[0],
                      route->source.words[1],
                      route->table,
                      route->metric,
                      (guint32) route->destination_length << 8 | route->tos };
  guint32 hash = mix (2166136261u, words, G_N_ELEMENTS (words));

  if (route->family == AF_INET)
    {
      guint32 more[] = { route->has_preferred_source ? route->preferred_source.v4 : 0,
                         (guint32) route->protocol << 16 | (guint32) route->type << 8 | route->scope,
                         route->nexthop_id };

      return mix_ways (mix (hash, more, G_N_ELEMENTS (more)), route);
    }
  if (route->n_nexthops > 0 && !nlv_fib_may_have_siblings (route))
    hash = mix (hash, &route->nexthops[0].link, 1);
  return hash;
}
