/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What orders routes, as numbers, and which routes are the same. */
#pragma once

#include "model/network.h"

/* Routes in the order of the kernel's dump of one table. Two words for IPv4 and
 * four for IPv6, whose lower ones end with a sequence number: no two routes of a
 * table have the same key, and none is 0 in it. */
typedef struct
{
  guint64 words[4];
  NlvIp source; /* IPv6: between the words */
  guint8 source_length;
} NlvFibKey;

#define NLV_FIB_KEY_WORDS(family) ((family) == AF_INET ? 2u : 4u)
#define NLV_FIB_SEQUENCE_BITS 48

/* Before all others with the same place if @sequence is 0. */
void nlv_fib_key_init (NlvFibKey *key, const NlvRoute *route, guint64 sequence);
/* Before everything. */
void nlv_fib_key_init_first (NlvFibKey *key);
/* Before everything with this destination, which is masked; IPv6 has those for
 * some sources in one place and those for all in another. */
void nlv_fib_key_init_prefix (NlvFibKey *key, guint8 family, const NlvIp *destination, guint length,
                              gboolean of_source);
/* Fills in what is in words of a key. */
void nlv_fib_key_decode (const guint64 *words, NlvRoute *route);
/* Alike but for the sequence number; and in destination and whether they are for
 * some sources only. */
gboolean nlv_fib_key_same_place (guint8 family, const guint64 *a, const guint64 *b);
gboolean nlv_fib_key_same_prefix (guint8 family, const guint64 *a, const guint64 *b);
/* Whether it is one of IPv6 for some sources only; these are to be compared
 * before the metric. */
gboolean nlv_fib_key_has_source (const guint64 *words);
int nlv_fib_compare_sources (const NlvIp *a, guint a_length, const NlvIp *b, guint b_length);
gboolean nlv_fib_equal_sources (const NlvRoute *a, const NlvRoute *b);

/* By the first @n_bits. */
int nlv_fib_compare_bits (const NlvIp *a, const NlvIp *b, guint n_bits);
void nlv_fib_mask_ip (NlvIp *ip, guint n_bits);

/* Flags of routes or ways, but for RTNH_COMPARE_MASK of Linux 5.6 and later. */
gboolean nlv_fib_equal_flags (guint32 a, guint32 b);
/* The same in the kernel's sense, of two with the same place in one table. */
gboolean nlv_fib_equal_routes (const NlvRoute *a, const NlvRoute *b);

/* An IPv6 route that takes the ways of others as its own. */
gboolean nlv_fib_may_have_siblings (const NlvRoute *route);
gboolean nlv_fib_has_nexthop (const NlvRoute *route, const NlvNexthop *nexthop);
