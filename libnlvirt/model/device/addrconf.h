/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* IPv6 addresses as they come and go, with their routes and groups, their check
 * for duplicates and their lifetimes: net/ipv6/addrconf.c. */
#pragma once

#include "model/change.h"

/* addrconf.c */
/* rt_scope() of ipv6_addr_scope() */
guint8 nlv_ipv6_scope (const NlvIp *ip);
gboolean nlv_ipv6_is_disabled (const NlvLink *link);
/* ipv6_allow_optimistic_dad(), as far as the link says */
gboolean nlv_ipv6_allows_optimistic (const NlvLink *link);
/* IN6_ADDR_GEN_MODE_* */
void nlv_ipv6_set_generation (NlvLink *link, guint8 mode);
gboolean nlv_ipv6_accepts_ra (const NlvLink *link);
/* IF_READY of struct inet6_dev: addresses are checked, and made. */
gboolean nlv_ipv6_is_ready (const NlvLink *link);
/* addrconf_link_ready(): it may become so. */
gboolean nlv_ipv6_is_link_ready (const NlvLink *link);
void nlv_ipv6_set_flags (NlvLink *link, guint32 set, guint32 clear);

/* ipv6_add_addr(): link, local, peer, prefix length, flags, metric, lifetimes and
 * protocol are taken from @config. No route is made, nothing told. */
int nlv_addrconf_add (NlvChange *change, NlvLink *link, const NlvAddress *config, NlvAddress **added);
/* add_addr() and addrconf_add_linklocal(): such as the kernel makes by itself. */
void nlv_addrconf_add_unchecked (NlvChange *change, NlvLink *link, const NlvIp *ip, guint8 length, guint8 protocol);
void nlv_addrconf_add_link_local (NlvChange *change, NlvLink *link, const NlvIp *ip, guint32 flags);
/* ipv6_del_addr() */
void nlv_addrconf_delete (NlvChange *change, NlvAddress *address);
/* addrconf_ifdown(): with the link, whose routes are gone already, or kept, to be
 * checked again when the link is back. */
void nlv_addrconf_lose (NlvChange *change, NlvAddress *address);
void nlv_addrconf_keep (NlvChange *change, NlvAddress *address);
/* addrconf_join_solict() and _leave_solict() */
void nlv_addrconf_join_solicited (NlvChange *change, NlvLink *link, const NlvIp *ip);
void nlv_addrconf_leave_solicited (NlvChange *change, NlvLink *link, const NlvIp *ip);
/* ipv6_ifa_notify(): RTM_NEWADDR makes the address's own route, 0 only tells of it. */
void nlv_addrconf_notify (NlvChange *change, NlvAddress *address, guint16 type);
/* The addresses of a link, that may go meanwhile. (element-type NlvAddress) */
GPtrArray *nlv_addrconf_list (NlvNetwork *network, const NlvLink *link);

/* addrconf-prefix.c: the routes to the networks that addresses are in. */
void nlv_addrconf_add_prefix_route (NlvChange *change, const NlvLink *link, const NlvAddress *address, const NlvIp *ip,
                                    guint8 length, guint32 expires);
/* check_cleanup_prefix_route(): what becomes of it without the address. */
typedef enum
{
  NLV_PREFIX_STAYS,
  NLV_PREFIX_GOES,
  NLV_PREFIX_EXPIRES,
} NlvPrefixCleanup;
NlvPrefixCleanup nlv_addrconf_check_prefix (NlvChange *change, const NlvAddress *address, guint32 *expires);
void nlv_addrconf_clean_prefix (NlvChange *change, const NlvAddress *address, const NlvIp *ip, NlvPrefixCleanup action,
                                guint32 expires);
gboolean nlv_addrconf_modify_prefix (NlvChange *change, const NlvAddress *address, const NlvIp *ip, guint32 expires);

/* Those of an address that is there from the beginning. */
void nlv_addrconf_add_routes (NlvChange *change, const NlvLink *link, const NlvAddress *address);

/* addrconf-time.c: duplicate address detection, and lifetimes. */
void nlv_addrconf_dad_start (NlvChange *change, NlvAddress *address);
/* addrconf_dad_run(): those that wait for the link, or all from the beginning. */
void nlv_addrconf_dad_run (NlvChange *change, NlvLink *link, gboolean restart);
void nlv_addrconf_stop_check (NlvNetwork *network, const NlvAddress *address);
/* addrconf_verify_rtnl() */
void nlv_addrconf_watch_lifetime (NlvChange *change, NlvAddress *address);
/* What an address that goes had still to wait for. */
void nlv_addrconf_forget (NlvNetwork *network, const NlvAddress *address);
/* What addresses wait for when the network's time begins. */
void nlv_addrconf_begin (NlvChange *change);
