/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Routes that come and go: what a request for one says, what is wrong with it,
 * and what is told of it. */
#pragma once

#include "model/change.h"
#include "model/rtnetlink/rtnetlink.h"

/* RTM_NEWROUTE or RTM_DELROUTE to the group of the route's family; @flags are
 * nlmsg_flags. rtmsg_fib(), inet6_rt_notify() */
void nlv_route_event (NlvChange *change, guint16 type, guint16 flags, const NlvRoute *route, gboolean asked);

/* One way as a request states it. */
typedef struct
{
  guint32 link;
  guint8 gateway_family; /* 0 none */
  guint8 weight;         /* less one */
  guint32 flags;         /* RTNH_F_*, and rtm_flags above them */
  NlvIp gateway;
  guint32 realm;
  NlvAttr encap; /* its payload borrowed, NULL none */
  guint16 encap_type;
} NlvWay;

/* struct fib_config, struct fib6_config: the spans are those of the request. */
typedef struct
{
  guint16 nlmsg_flags;
  guint8 family;
  guint8 destination_length, source_length;
  guint8 tos, protocol, scope, type, preference;
  guint32 flags; /* rtm_flags */
  guint32 table; /* IPv6: may be 0 for the main one */
  guint32 metric, nexthop_id;
  NlvIp destination, source, preferred_source; /* unspecified: none */
  NlvWay way;                                  /* what is said beside @ways */
  gboolean has_metrics, has_ways;
  NlvSpan metrics, ways;
  guint32 expires; /* NlvRoute's */
} NlvRouteConfig;

/* change-route-parse.c: rtm_to_fib_config(), rtm_to_fib6_config() */
int nlv_route_config_parse_ipv4 (NlvChange *change, const NlvMessage *message, NlvRouteConfig *config);
int nlv_route_config_parse_ipv6 (NlvChange *change, const NlvMessage *message, NlvRouteConfig *config);
/* rtnh_ok() and rtnh_next(): the next way of RTA_MULTIPATH. FALSE at the end, with
 * what is no way left in @rest. */
gboolean nlv_rtnexthop_next (NlvSpan *rest, struct rtnexthop *header, NlvSpan *attrs);
/* nla_find(): the first of its type, or one that is not present. */
NlvAttr nlv_span_first_attr (NlvSpan attrs, guint16 type);
/* One of IPv4's RTA_MULTIPATH. @with_all: what fib_nh_match() does not look at too. */
int nlv_way_parse_gateway_ipv4 (NlvChange *change, NlvSpan attrs, NlvWay *way);

/* change-route-metrics.c: ip_fib_metrics_init(), fib_metrics_match() */
int nlv_route_take_metrics (NlvChange *change, const NlvRouteConfig *config, NlvRoute *row);
/* fib_find_info_nh(): a route with a nexthop object and no metrics of its own has those
 * of one that is like it otherwise. */
void nlv_route_inherit_metrics (NlvNetwork *network, const NlvRouteConfig *config, NlvRoute *row);
gboolean nlv_route_has_metrics (const NlvRoute *row, const NlvRouteConfig *config);

/* change-encap.c: lwtunnel_valid_encap_type() and its like. */
int nlv_encap_check_type (NlvChange *change, guint16 type);
int nlv_encap_check_ways (NlvChange *change, NlvSpan ways);
/* lwtunnel_build_state(): what is shown of it. */
int nlv_encap_build (NlvChange *change, guint8 family, const NlvWay *way, NlvNexthop *nexthop);

/* change-nexthop-check.c. fib_check_nh(): settles the link and the flags of @nexthop, which has the
 * link and gateway of the request; @flags are that one's. */
int nlv_nexthop_check_ipv4 (NlvChange *change, guint32 flags, guint32 table, guint8 scope, NlvNexthop *nexthop);
/* The scope of the route to the gateway of @nexthop. */
guint8 nlv_gateway_scope_ipv4 (NlvNetwork *network, const NlvNexthop *nexthop);
/* fib6_nh_init(): @config is asked for type, table and preferred source. */
int nlv_nexthop_check_ipv6 (NlvChange *change, const NlvRouteConfig *config, const NlvWay *way, NlvNexthop *nexthop);
/* inet_addr_type_table(): RTN_* */
guint8 nlv_address_type_ipv4 (NlvNetwork *network, const NlvIp *ip, guint32 table);
/* ipv6_chk_addr_and_flags(): @link 0 is any. */
gboolean nlv_has_address_ipv6 (NlvNetwork *network, const NlvIp *ip, guint32 link, guint32 banned_flags);

/* fib_check_nexthop(), fib6_check_nexthop() */
int nlv_route_check_nexthop_ipv4 (NlvChange *change, const NlvNexthopObject *nexthop, guint8 scope);
int nlv_route_check_nexthop_ipv6 (NlvChange *change, const NlvNexthopObject *nexthop);
/* Gives a route the ways of the nexthop that it names. */
void nlv_route_take_nexthop (NlvNetwork *network, NlvRoute *row, const NlvNexthopObject *nexthop);
/* fib_new_table(), fib6_new_table() */
void nlv_route_add_table (NlvNetwork *network, guint8 family, guint32 table);

/* fib_table_insert() and __ip6_ins_rt(): takes the members of @row, which has
 * been checked. @flags are the request's nlmsg_flags; from within, the kernel's
 * own. */
int nlv_route_insert_ipv6 (NlvChange *change, NlvRoute *row, guint16 flags, gboolean asked);

/* change-route-ipv4.c: fib_create_info() with fib_table_insert(), and
 * fib_table_delete(), of a config that is read. */
int nlv_route_add_ipv4 (NlvChange *change, const NlvRouteConfig *config, gboolean asked);
int nlv_route_delete_ipv4 (NlvChange *change, const NlvRouteConfig *config, gboolean asked);
