/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The IPv6 routes that the kernel makes and takes by itself, for addresses and
 * for links: net/ipv6/addrconf.c and route.c. */
#pragma once

#include "model/change.h"
#include "model/fib.h"

/* IP6_RT_PRIO_ADDRCONF */
#define NLV_IPV6_PREFIX_METRIC 256

/* RTF_LOCAL or RTF_ANYCAST, which an anycast route that a person added lacks. */
gboolean nlv_ipv6_is_own_route (const NlvRoute *route);
/* One by the kernel over @link: local and anycast ones in the local table, as the
 * multicast one; or all in that of the VRF that the link is in. */
NlvRoute nlv_ipv6_kernel_route (NlvNetwork *network, const NlvLink *link, guint8 type, const NlvIp *destination,
                                guint8 length, guint32 metric);
/* Of an address: its own, its network's, and to its peer. */
NlvRoute nlv_ipv6_local_route (NlvNetwork *network, const NlvLink *link, const NlvAddress *address);
NlvRoute nlv_ipv6_prefix_route (NlvNetwork *network, const NlvLink *link, const NlvAddress *address, const NlvIp *ip,
                                guint8 length);

/* Takes @route. fib6_add() without flags: where there is the same one already, only
 * its end may change. FALSE then, and for a link that is down but for local ones. */
gboolean nlv_ipv6_add_route (NlvChange *change, NlvRoute *route);
/* addrconf_add_mroute(): ff00::/8 */
void nlv_ipv6_add_multicast_route (NlvChange *change, const NlvLink *link);

/* The first route over @link to just this destination, with the cursor behind it:
 * addrconf_get_prefix_route(); NULL when there is none. */
const NlvRoute *nlv_ipv6_find_prefix_route (NlvNetwork *network, NlvFibCursor *cursor, const NlvLink *link,
                                            const NlvIp *ip, guint8 length, gboolean no_gateway);
/* The one that is equal to @like in the kernel's sense. */
const NlvRoute *nlv_ipv6_find_route (NlvNetwork *network, NlvFibCursor *cursor, const NlvRoute *like);
/* ip6_del_rt() of what the cursor is behind. */
void nlv_ipv6_delete_route (NlvChange *change, NlvFibCursor *cursor, const NlvRoute *route);
/* NlvRoute.expires of one that has so much time left, of which a clock_t that is
 * shown cuts off the rest. */
guint32 nlv_ipv6_expires_after (guint64 now, guint64 hundredths);
/* It expires at @expires, or never with 0. */
void nlv_ipv6_set_expires (NlvNetwork *network, NlvFibCursor *cursor, const NlvRoute *route, guint32 expires);

/* rt6_remove_prefsrc(): no route prefers what is no address of its link any more. */
void nlv_ipv6_remove_preferred_source (NlvNetwork *network, const NlvIp *ip);

/* rt6_sync_down_dev(): ways over a link that is down, or goes. */
void nlv_ipv6_sync_down (NlvChange *change, const NlvLink *link, gboolean unregister);
/* The same when its carrier is gone, and rt6_sync_up(). */
void nlv_ipv6_sync_carrier (NlvChange *change, const NlvLink *link);
void nlv_ipv6_sync_up (NlvChange *change, const NlvLink *link, guint8 way_flags);
/* rt6_mtu_change(); @before is what IPv6's was. */
void nlv_ipv6_change_mtu (NlvChange *change, const NlvLink *link, guint32 before);
