/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The routes that the kernel makes of IPv4 addresses, and takes away with them:
 * net/ipv4/fib_frontend.c. */
#pragma once

#include "model/change.h"

/* Whether they have the same mask and network: inet_ifa_match(). */
gboolean nlv_ipv4_same_subnet (const NlvAddress *a, const NlvAddress *b);
/* The first address of its subnet, or NULL: inet_ifa_byprefix(). */
const NlvAddress *nlv_ipv4_find_primary (NlvNetwork *network, const NlvAddress *address);

/* The table of the VRF that a link is, or is in, or 0: l3mdev_fib_table(). */
guint32 nlv_link_get_vrf_table (NlvNetwork *network, const NlvLink *link);
/* ip_ignore_linkdown() */
gboolean nlv_link_ignores_linkdown (NlvNetwork *network, const NlvLink *link);

/* fib_add_ifaddr() */
void nlv_ipv4_add_routes (NlvChange *change, const NlvLink *link, const NlvAddress *address);
/* fib_del_ifaddr(): @address is off its link, unless its primary one @ending
 * (nullable) is going. With @dead all of the link's addresses go. */
void nlv_ipv4_remove_routes (NlvChange *change, const NlvLink *link, const NlvAddress *address,
                             const NlvAddress *ending, gboolean dead);
/* fib_modify_prefix_metric() */
void nlv_ipv4_change_metric (NlvChange *change, const NlvLink *link, const NlvAddress *address, guint32 metric);
