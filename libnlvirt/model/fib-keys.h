/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How routes are kept: what orders them, and what finds their equals. */
#pragma once

#include "model/network.h"

typedef struct
{
  NlvRoute row;
  guint64 sequence; /* orders what has the same key */
} NlvFibNode;

/* By the first @n_bits. */
int nlv_fib_compare_bits (const NlvIp *a, const NlvIp *b, guint n_bits);
void nlv_fib_mask_ip (NlvIp *ip, guint n_bits);

/* In the order of the kernel's dump of one table; of nodes. */
int nlv_fib_compare_nodes (gconstpointer a, gconstpointer b, gpointer user_data);

/* The same in the kernel's sense, in any table; of nodes. */
guint nlv_fib_hash_identity (gconstpointer key);
gboolean nlv_fib_equal_identities (gconstpointer a, gconstpointer b);

/* An IPv6 route that takes the ways of others as its own. */
gboolean nlv_fib_may_have_siblings (const NlvRoute *route);
gboolean nlv_fib_has_nexthop (const NlvRoute *route, const NlvNexthop *nexthop);
