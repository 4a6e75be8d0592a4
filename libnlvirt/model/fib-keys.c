/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How the kernel orders routes, and which it takes for the same. */
#include "model/fib-keys.h"

#include <string.h>

/* --- order ------------------------------------------------------------------ */

/* IPv6's places, in the second half of its third word: a length, or this less
 * a length. */
#define BEHIND_CHILDREN 385

int
nlv_fib_compare_bits (const NlvIp *a, const NlvIp *b, guint n_bits)
{
  int order = memcmp (a->bytes, b->bytes, n_bits / 8);
  guint rest = n_bits % 8;

  if (order == 0 && rest != 0)
    order = (a->bytes[n_bits / 8] >> (8 - rest)) - (b->bytes[n_bits / 8] >> (8 - rest));
  return order;
}

/* fib6_walk_continue() goes left, right, and then to the node itself: a prefix
 * comes after those it covers. */
int
nlv_fib_compare_sources (const NlvIp *a, guint a_length, const NlvIp *b, guint b_length)
{
  int order = nlv_fib_compare_bits (a, b, MIN (a_length, b_length));

  return order != 0 ? order : (int) b_length - (int) a_length;
}

gboolean
nlv_fib_equal_sources (const NlvRoute *a, const NlvRoute *b)
{
  return a->source_length == b->source_length && nlv_fib_compare_bits (&a->source, &b->source, a->source_length) == 0;
}

static guint64
load_word (const guint8 *bytes)
{
  guint64 word;

  memcpy (&word, bytes, sizeof word);
  return GUINT64_FROM_BE (word);
}

static void
store_word (guint8 *bytes, guint64 word)
{
  word = GUINT64_TO_BE (word);
  memcpy (bytes, &word, sizeof word);
}

/* The bits of the first or second half of an address that a prefix leaves open. */
static guint64
open_bits (guint length, guint half)
{
  guint bits = length > half * 64 ? MIN (length - half * 64, 64) : 0;

  return bits < 64 ? G_MAXUINT64 >> bits : 0;
}

/* As fn_trie_dump_leaf() meets them: by key, and in a leaf the longer prefix,
 * the higher TOS and the lower metric first. */
static void
init_ipv4 (guint64 *words, guint32 destination, guint length, guint8 tos, guint32 metric, guint64 sequence)
{
  words[0] = (guint64) g_ntohl (destination) << 32 | (guint64) (G_MAXUINT8 - length) << 24 |
             (guint64) (G_MAXUINT8 - tos) << 16 | metric >> 16;
  words[1] = (guint64) (metric & G_MAXUINT16) << NLV_FIB_SEQUENCE_BITS | sequence;
}

/* A node comes after its children, where its last address is: of those that end
 * alike the longer first. Its subtree of source prefixes is walked before its
 * children, where its first address is: of those that begin alike the shorter
 * first. */
static void
init_ipv6 (guint64 *words, const NlvIp *destination, guint length, gboolean of_source, guint32 metric, guint64 sequence)
{
  words[0] = load_word (destination->bytes);
  words[1] = load_word (destination->bytes + 8);
  if (!of_source)
    {
      words[0] |= open_bits (length, 0);
      words[1] |= open_bits (length, 1);
    }
  words[2] = (guint64) (of_source ? length : BEHIND_CHILDREN - length) << 32 | metric;
  words[3] = sequence;
}

void
nlv_fib_key_init (NlvFibKey *key, const NlvRoute *route, guint64 sequence)
{
  if (route->family == AF_INET)
    init_ipv4 (key->words, route->destination.v4, route->destination_length, route->tos, route->metric, sequence);
  else
    init_ipv6 (key->words, &route->destination, route->destination_length, route->source_length > 0, route->metric,
               sequence);
  key->source = route->source;
  key->source_length = route->source_length;
}

void
nlv_fib_key_init_first (NlvFibKey *key)
{
  *key = (NlvFibKey){ .source_length = 128 };
}

void
nlv_fib_key_init_prefix (NlvFibKey *key, guint8 family, const NlvIp *destination, guint length, gboolean of_source)
{
  nlv_fib_key_init_first (key);
  if (family == AF_INET)
    init_ipv4 (key->words, destination->v4, length, G_MAXUINT8, 0, 0);
  else
    init_ipv6 (key->words, destination, length, of_source, 0, 0);
}

gboolean
nlv_fib_key_has_source (const guint64 *words)
{
  return words[2] >> 32 <= 128;
}

void
nlv_fib_key_decode (const guint64 *words, NlvRoute *route)
{
  guint length;

  if (route->family == AF_INET)
    {
      route->destination.v4 = g_htonl ((guint32) (words[0] >> 32));
      route->destination_length = (guint8) (G_MAXUINT8 - (words[0] >> 24 & G_MAXUINT8));
      route->tos = (guint8) (G_MAXUINT8 - (words[0] >> 16 & G_MAXUINT8));
      route->metric = (guint32) (words[0] & G_MAXUINT16) << 16 | (guint32) (words[1] >> NLV_FIB_SEQUENCE_BITS);
      return;
    }
  length = (guint) (words[2] >> 32);
  if (!nlv_fib_key_has_source (words))
    length = BEHIND_CHILDREN - length;
  store_word (route->destination.bytes, words[0] & ~open_bits (length, 0));
  store_word (route->destination.bytes + 8, words[1] & ~open_bits (length, 1));
  route->destination_length = (guint8) length;
  route->metric = (guint32) words[2];
}

gboolean
nlv_fib_key_same_place (guint8 family, const guint64 *a, const guint64 *b)
{
  if (family == AF_INET)
    return a[0] == b[0] && a[1] >> NLV_FIB_SEQUENCE_BITS == b[1] >> NLV_FIB_SEQUENCE_BITS;
  return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

gboolean
nlv_fib_key_same_prefix (guint8 family, const guint64 *a, const guint64 *b)
{
  if (family == AF_INET)
    return a[0] >> 24 == b[0] >> 24;
  return a[0] == b[0] && a[1] == b[1] && a[2] >> 32 == b[2] >> 32;
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

gboolean
nlv_fib_equal_flags (guint32 a, guint32 b)
{
  return ((a ^ b) & ~(guint32) (RTNH_F_DEAD | RTNH_F_LINKDOWN | RTNH_F_OFFLOAD | RTNH_F_TRAP)) == 0;
}

/* nh_comp() */
static gboolean
equal_ways (const NlvNexthop *a, const NlvNexthop *b)
{
  return equal_gateways (a, b) && equal_encaps (a, b) && a->weight == b->weight && a->realm == b->realm &&
         nlv_fib_equal_flags (a->flags, b->flags);
}

/* Two IPv4 aliases with the same key: fib_table_insert() compares type and
 * scope, and fib_find_info() the rest. */
static gboolean
equal_ipv4_aliases (const NlvRoute *a, const NlvRoute *b)
{
  if (a->type != b->type || a->scope != b->scope || a->protocol != b->protocol || a->nexthop_id != b->nexthop_id ||
      a->has_preferred_source != b->has_preferred_source ||
      (a->has_preferred_source && a->preferred_source.v4 != b->preferred_source.v4) || !equal_metrics (a, b))
    return FALSE;
  /* fib_find_info_nh(): its ways are those of the object. */
  if (a->nexthop_id != 0)
    return TRUE;
  if (a->n_nexthops != b->n_nexthops || !nlv_fib_equal_flags (a->flags, b->flags))
    return FALSE;
  for (guint i = 0; i < a->n_nexthops; i++)
    if (!equal_ways (&a->nexthops[i], &b->nexthops[i]))
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
nlv_fib_equal_routes (const NlvRoute *a, const NlvRoute *b)
{
  if (a->family == AF_INET)
    return equal_ipv4_aliases (a, b);
  if (nlv_fib_may_have_siblings (a) != nlv_fib_may_have_siblings (b))
    return FALSE;
  return nlv_fib_may_have_siblings (a) || a->n_nexthops == 0 || nlv_fib_has_nexthop (b, a->nexthops);
}
