/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of the rtnetlink responder share. */
#pragma once

#include "model/change.h"
#include "model/fib.h"
#include "model/link-settings.h"
#include "model/rtnetlink/rtnetlink.h"

#include <linux/fib_rules.h>
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>

/* Newer than the headers that this builds with. */
#define NLV_IFLA_GSO_IPV4_MAX_SIZE 63
#define NLV_IFLA_GRO_IPV4_MAX_SIZE 64
#define NLV_IFLA_DEVLINK_PORT 62
#define NLV_IFLA_DPLL_PIN 65
#define NLV_IFLA_MAX_PACING_OFFLOAD_HORIZON 66
#define NLV_IFLA_NETNS_IMMUTABLE 67
#define NLV_IFLA_HEADROOM 68
#define NLV_IFLA_TAILROOM 69
#define NLV_IFLA_MAX 69
#define NLV_IFLA_INET6_RA_MTU 9
#define NLV_IFA_PROTO 11
#define NLV_IFA_MAX 11
#define NLV_RTA_FLOWLABEL 31
#define NLV_RTA_MAX 31
#define NLV_NDA_FLAGS_EXT 15
#define NLV_NDA_MAX 17
#define NLV_FRA_DSCP 25
#define NLV_FRA_FLOWLABEL 26
#define NLV_FRA_FLOWLABEL_MASK 27
#define NLV_FRA_SPORT_MASK 28
#define NLV_FRA_DPORT_MASK 29
#define NLV_FRA_DSCP_MASK 30
#define NLV_FRA_MAX 30
#define NLV_RTM_MAX 123

/* One request that is answered at once. */
typedef struct
{
  NlvNetwork *network;
  const NlvCaller *caller;
  const NlvMessage *message;
  NlvAnswer *answer;
  NlvExtack *extack;
} NlvRequest;

typedef int (*NlvDoit) (const NlvRequest *request);

/* The change that a request asks for. */
void nlv_change_init_request (NlvChange *change, const NlvRequest *request);

/* What a dump leaves out: the union of what the kernel's dumps can filter. */
typedef struct
{
  guint32 ext_mask;
  guint32 link;
  guint32 master;
  char *kind; /* (owned) (nullable) */
  guint32 table;
  guint32 flags; /* rtm_flags */
  guint8 protocol;
  guint8 type;
  gboolean proxy;
  gboolean strict_routes; /* a strict route dump, which shows no exceptions */
} NlvDumpFilter;

typedef struct _NlvWalk NlvWalk;

/* One call of the kernel's dumpit: 0 at the end, -EMSGSIZE when the datagram
 * is full, or what the dump fails with. */
typedef int (*NlvDumpit) (NlvWalk *walk, NlvWriter *writer);

/* How a dump comes to its NLMSG_DONE. */
typedef enum
{
  NLV_ENDING_JOINED, /* with the last data */
  NLV_ENDING_SPLIT,  /* alone: RTNL_FLAG_DUMP_SPLIT_NLM_DONE */
  NLV_ENDING_ASKED,  /* alone, after a call that finds nothing more */
} NlvEnding;

/* A dump under way. The request is kept, since the kernel looks at it when it
 * fills the first datagram and not before. */
struct _NlvWalk
{
  NlvDump dump;
  NlvDumpit dumpit;
  NlvEnding ending;
  gboolean finished;
  gboolean checked; /* the filter is filled in */
  GBytes *bytes;    /* (owned) */
  NlvMessage request;
  guint8 family;     /* the request's, or the one that an all-family dump is at */
  guint family_step; /* of an all-family dump */
  NlvDumpFilter filter;
  guint32 position; /* next row, or the index of the last link */
  guint32 position_in_row;
  guint32 position_in_part;
  gboolean started;
  NlvFibCursor routes;
};

/* rtnetlink.c */
NlvSpan nlv_request_body (const NlvMessage *message);
gboolean nlv_request_header (const NlvMessage *message, void *header, gsize size);
/* As nlmsg_parse(): the attributes behind a family header of @size bytes. */
int nlv_request_attrs (const NlvMessage *message, gsize size, NlvAttr *out, guint max_type, const NlvPolicy *policy,
                       NlvValidation validation, NlvExtack *extack);
int nlv_walk_refuse (NlvWalk *walk, int error, const char *words);
int nlv_request_refuse (const NlvRequest *request, int error, const char *words);
/* Looks at the request in a dump's first call, and not again once it is good. */
int nlv_walk_check (NlvWalk *walk, int (*check) (NlvWalk *walk));
/* The rows of one family after the other, or only of the one that is asked for. */
typedef int (*NlvDumpFamily) (NlvWalk *walk, NlvWriter *writer, guint8 family);
int nlv_walk_families (NlvWalk *walk, NlvWriter *writer, const guint8 *families, gsize n, NlvDumpFamily dump);
/* A message of a dump, with the flags that go with its state. */
gpointer nlv_walk_begin (NlvWalk *walk, NlvWriter *writer, guint16 type, guint16 flags, gsize payload);
/* nl_dump_check_consistent() on the datagram's first message. */
void nlv_walk_check_consistent (NlvWalk *walk, NlvWriter *writer);
/* Begins a single answer; its header of @payload bytes is zero. nlv_reply_finish() ends it. */
gpointer nlv_reply_begin (const NlvRequest *request, NlvWriter *writer, guint16 type, gsize payload);
int nlv_reply_finish (const NlvRequest *request, NlvWriter *writer);
gboolean nlv_link_filtered (NlvNetwork *network, guint32 link, guint32 master);
gsize nlv_ip_size (guint8 family);
gboolean nlv_ip_is_any (const NlvIp *ip, guint8 family);
gboolean nlv_ip_equal (const NlvIp *a, const NlvIp *b, guint8 family);
gboolean nlv_ip_in_prefix (const NlvIp *ip, const NlvIp *prefix, guint bits, guint8 family);
/* ipv6_addr_prefix(): the bits behind @bits go. */
void nlv_ip_mask (NlvIp *ip, guint bits, guint8 family);
void nlv_put_ip (NlvWriter *writer, guint16 type, const NlvIp *ip, guint8 family);
guint8 nlv_table_byte (guint32 table);

/* rtnetlink-link.c, -link-message.c, -link-family.c */
extern const NlvPolicy nlv_link_policy[NLV_IFLA_MAX + 1];
int nlv_getlink (const NlvRequest *request);
int nlv_dump_links (NlvWalk *walk, NlvWriter *writer);
guint32 nlv_dump_links_min_room (NlvNetwork *network, const NlvMessage *message);
void nlv_link_message (NlvWriter *writer, const NlvLink *link, guint32 ext_mask);
/* As an event shows it: @event is IFLA_EVENT_*. */
void nlv_link_message_of_event (NlvWriter *writer, const NlvLink *link, guint32 event);
void nlv_link_put_family (NlvWriter *writer, const NlvLink *link, guint32 ext_mask);
int nlv_dump_inet6_links (NlvWalk *walk, NlvWriter *writer);
/* inet6_ifinfo_notify() */
void nlv_inet6_link_event (NlvChange *change, const NlvLink *link);
int nlv_dump_bridge_links (NlvWalk *walk, NlvWriter *writer);
/* br_fill_ifinfo(): of a port, with what its bridge knows of it, or of the bridge
 * itself; @port may be NULL. */
void nlv_link_message_of_bridge (NlvWriter *writer, struct ifinfomsg *header, const NlvLink *link, guint32 bridge,
                                 GBytes *port);
int nlv_dump_ipmr_links (NlvWalk *walk, NlvWriter *writer);

/* rtnetlink-address.c, rtnetlink-group.c */
extern const NlvPolicy nlv_address_policy_ipv4[NLV_IFA_MAX + 1];
extern const NlvPolicy nlv_address_policy_ipv6[NLV_IFA_MAX + 1];
void nlv_address_message (NlvWriter *writer, struct ifaddrmsg *header, const NlvAddress *address, guint64 now);
int nlv_address_check_dump (NlvWalk *walk);
int nlv_dump_addresses (NlvWalk *walk, NlvWriter *writer);
int nlv_getaddr_inet6 (const NlvRequest *request);
int nlv_dump_multicast (NlvWalk *walk, NlvWriter *writer);
int nlv_dump_anycast (NlvWalk *walk, NlvWriter *writer);
/* The groups that a link joins by itself. (element-type NlvMembership) */
GArray *nlv_link_get_groups (NlvNetwork *network, const NlvLink *link, NlvGroups which);
GArray *nlv_link_usual_groups (NlvNetwork *network, const NlvLink *link, NlvGroups which);
/* inet_fill_ifmcaddr() and its like; @of_universe: whatever the group's scope is. */
void nlv_group_message (NlvWriter *writer, struct ifaddrmsg *header, NlvGroups which, const NlvLink *link,
                        const NlvMembership *group, gboolean of_universe);

/* change-address-ipv4.c */
int nlv_newaddr_ipv4 (const NlvRequest *request);
int nlv_deladdr_ipv4 (const NlvRequest *request);

/* change-address-ipv6.c */
int nlv_newaddr_ipv6 (const NlvRequest *request);
int nlv_deladdr_ipv6 (const NlvRequest *request);

/* rtnetlink-route.c */
extern const NlvPolicy nlv_route_policy_ipv4[NLV_RTA_MAX + 1];
extern const NlvPolicy nlv_route_policy_ipv6[NLV_RTA_MAX + 1];
int nlv_dump_routes (NlvWalk *walk, NlvWriter *writer);
int nlv_route_check_dump (NlvWalk *walk);
/* A table that is asked for and not there: an error only to a request for this
 * one family. */
int nlv_route_missing_table (NlvWalk *walk, const char *words);
/* A whole route; @input is the link that a lookup named, or 0. */
void nlv_route_message (NlvWriter *writer, struct rtmsg *header, const NlvRoute *route, guint32 input, guint64 now);
gboolean nlv_route_uses_link (const NlvRoute *route, guint32 link);
/* nexthop_is_blackhole(), and a group with one such member is one too. */
gboolean nlv_nexthop_is_blackhole (NlvNetwork *network, const NlvNexthopObject *nexthop);
/* What a route was added as: through a nexthop that is a blackhole, it is shown
 * as one. */
guint8 nlv_route_own_type (NlvNetwork *network, const NlvRoute *route);
/* fib_get_table(), fib6_get_table() */
gboolean nlv_route_has_table (NlvNetwork *network, guint8 family, guint32 table);
void nlv_route_put_metrics (NlvWriter *writer, const NlvRoute *route);
void nlv_route_put_gateway (NlvWriter *writer, const NlvRoute *route, const NlvNexthop *nexthop);
void nlv_route_put_encap (NlvWriter *writer, const NlvNexthop *nexthop);
void nlv_route_put_cacheinfo (NlvWriter *writer, const NlvRoute *route, guint64 now);

/* What a packet would be looked up by: struct flowi4 and flowi6. */
typedef struct
{
  guint8 family;
  guint8 tos;
  guint8 scope; /* the widest that a route may have, IPv4 */
  guint8 ip_protocol;
  gboolean has_uid;
  gboolean prefer_link;       /* RT6_LOOKUP_F_IFACE: @output must match */
  gboolean ignore_link_state; /* FIB_LOOKUP_IGNORE_LINKSTATE */
  gboolean stop_at_throw;     /* fib6_lookup(), which asks no route's type */
  guint16 source_port, destination_port;
  guint32 input, output;
  guint32 mark, uid;
  NlvIp source, destination;
} NlvFlow;

typedef struct
{
  gboolean found;
  NlvRoute route; /* if there is one: its members are the fib's, until it changes */
  guint nexthop;  /* the one that is taken */
  guint32 table;
  guint32 realm; /* the rule's */
} NlvLookup;

/* rtnetlink-lookup.c: the rules, then the tables. 0 or -errno. */
int nlv_lookup (NlvNetwork *network, const NlvFlow *flow, NlvLookup *result);
/* One table; -EAGAIN if it has no route. */
int nlv_lookup_table (NlvNetwork *network, const NlvFlow *flow, guint32 table, NlvLookup *result);
gboolean nlv_tables_are_merged (NlvNetwork *network);
/* Whether it has a gateway that is a neighbour. */
gboolean nlv_nexthop_is_on_link (NlvNetwork *network, const NlvNexthop *nexthop);
int nlv_route_type_error (const NlvRoute *route);
/* The link that what the host sends to itself goes over. */
guint32 nlv_loopback_index (NlvNetwork *network);
/* The link that an address of this host is on, 0 for others: __ip_dev_find(). */
guint32 nlv_local_link_ipv4 (NlvNetwork *network, const NlvIp *ip);
gboolean nlv_ipv4_is_multicast (guint32 ip);
gboolean nlv_ipv4_is_local_multicast (guint32 ip);
gboolean nlv_ipv4_is_loopback (guint32 ip);
/* inet_lookup_ifaddr_rcu(): the link with just this address, or 0. */
guint32 nlv_address_link_ipv4 (NlvNetwork *network, guint32 ip);
/* Sysctls of a link, as ip_route_input_slow() asks for them. */
gboolean nlv_link_routes_loopback (const NlvLink *link);
/* ip_check_mc_rcu() */
gboolean nlv_link_listens_to (NlvNetwork *network, const NlvLink *link, guint32 group);
/* inet_select_addr(); 0 when there is none. */
guint32 nlv_select_source_ipv4 (NlvNetwork *network, guint32 link, guint32 toward, guint8 scope);
/* ipv6_dev_get_saddr() */
gboolean nlv_select_source_ipv6 (NlvNetwork *network, guint32 link, const NlvIp *destination, NlvIp *source);
gboolean nlv_ipv6_is_multicast (const NlvIp *ip);
gboolean nlv_ipv6_is_link_local (const NlvIp *ip);
gboolean nlv_ipv6_is_loopback (const NlvIp *ip);

/* A lookup that is asked for. The request and the flow's family are set first;
 * the addresses are for each family to read. */
typedef struct
{
  const NlvRequest *request;
  struct rtmsg header;
  NlvAttr attrs[NLV_RTA_MAX + 1];
  NlvFlow flow;
} NlvRouteQuery;

/* rtnetlink-route-query.c */
int nlv_route_query_parse (NlvRouteQuery *query);
int nlv_route_query_fill_flow (NlvRouteQuery *query);

#define RTCF_LOCAL 0x80000000
#define RTCF_BROADCAST 0x10000000
#define RTCF_MULTICAST 0x20000000
#define RTCF_DOREDIRECT 0x01000000

/* struct rtable, as far as it is shown */
typedef struct
{
  NlvLookup lookup;
  guint8 type;
  guint32 flags;
  guint32 output;
  guint32 source_realm; /* of the way back */
  gboolean no_route;    /* the route's gateway and metrics do not apply */
} NlvPath;

/* rtnetlink-route-input.c: ip_route_input_rcu() */
int nlv_route_input_ipv4 (NlvRouteQuery *query, NlvPath *path);

/* change-route-ipv4.c, change-route-ipv6.c, change-route-ipv6-delete.c */
int nlv_newroute_ipv4 (const NlvRequest *request);
int nlv_delroute_ipv4 (const NlvRequest *request);
int nlv_newroute_ipv6 (const NlvRequest *request);
int nlv_delroute_ipv6 (const NlvRequest *request);

/* rtnetlink-route-get.c */
int nlv_getroute_ipv4 (const NlvRequest *request);
int nlv_getroute_ipv6 (const NlvRequest *request);

/* rtnetlink-route-multicast.c */
int nlv_dump_multicast_routes (NlvWalk *walk, NlvWriter *writer);
int nlv_getroute_multicast (const NlvRequest *request);
/* change-route-multicast.c */
int nlv_newroute_multicast (const NlvRequest *request);
int nlv_delroute_multicast (const NlvRequest *request);

/* rtnetlink-rule.c, change-rule.c */
int nlv_newrule (const NlvRequest *request);
int nlv_delrule (const NlvRequest *request);
int nlv_dump_rules (NlvWalk *walk, NlvWriter *writer);
/* Those that a rule was given, and those that tell what it lacks in this network. */
guint32 nlv_rule_flags (NlvNetwork *network, const NlvRule *rule);
void nlv_rule_message (NlvNetwork *network, NlvWriter *writer, struct fib_rule_hdr *header, const NlvRule *rule);

/* rtnetlink-neighbor.c, change-neighbor.c */
void nlv_neighbor_message (NlvNetwork *network, NlvWriter *writer, struct ndmsg *header, const NlvNeighbor *neighbor);
int nlv_newneigh (const NlvRequest *request);
int nlv_delneigh (const NlvRequest *request);
extern const NlvPolicy nlv_neighbor_policy[NLV_NDA_MAX + 1];
int nlv_dump_neighbors (NlvWalk *walk, NlvWriter *writer);
int nlv_getneigh (const NlvRequest *request);

/* rtnetlink-fdb.c */
void nlv_fdb_put_entry (NlvNetwork *network, NlvWriter *writer, struct ndmsg *header, const NlvNeighbor *neighbor);
int nlv_dump_bridge_neighbors (NlvWalk *walk, NlvWriter *writer);
int nlv_getneigh_bridge (const NlvRequest *request);

/* change-fdb.c */
int nlv_newneigh_bridge (const NlvRequest *request);
int nlv_delneigh_bridge (const NlvRequest *request);

/* rtnetlink-tables.c */
int nlv_dump_neighbor_tables (NlvWalk *walk, NlvWriter *writer);
int nlv_dump_netconf (NlvWalk *walk, NlvWriter *writer);
/* RTM_NEWNETCONF with all that a link has, or RTM_DELNETCONF. */
void nlv_netconf_event (NlvChange *change, guint16 type, guint8 family, const NlvLink *link);
/* What a new link has of the network's "default" settings. */
void nlv_netconf_take_default (NlvNetwork *network, NlvLink *link, guint8 family);
int nlv_getnetconf (const NlvRequest *request);

/* rtnetlink-label.c, change-address-label.c */
extern const NlvPolicy nlv_label_policy[];
const NlvAddressLabel *nlv_network_get_labels (NlvNetwork *network, guint *n);
int nlv_dump_address_labels (NlvWalk *walk, NlvWriter *writer);
int nlv_getaddrlabel (const NlvRequest *request);
int nlv_newaddrlabel (const NlvRequest *request);
int nlv_deladdrlabel (const NlvRequest *request);
int nlv_setneightbl (const NlvRequest *request);
guint32 nlv_address_label (NlvNetwork *network, const NlvIp *ip, guint32 link);

/* rtnetlink-stats.c */
/* Forgets counters of bridges and ports that have not counted. */
void nlv_stats_drop_usual (NlvNetwork *network);
int nlv_dump_stats (NlvWalk *walk, NlvWriter *writer);
int nlv_getstats (const NlvRequest *request);
/* rtnl_valid_stats_req() */
int nlv_stats_check_header (const NlvMessage *message, gboolean strict, gboolean dump, struct if_stats_msg *header,
                            NlvExtack *extack);
/* As rtnl_offload_xstats_notify() tells of a link. */
void nlv_stats_put_offload (NlvWriter *writer, struct if_stats_msg *out, const NlvLink *link);

/* rtnetlink-nexthop.c, change-nexthop.c */
int nlv_newnexthop (const NlvRequest *request);
int nlv_delnexthop (const NlvRequest *request);
/* nh_valid_get_del_req(): the attributes, and NHA_ID among them. */
int nlv_nexthop_request_id (const NlvRequest *request, NlvAttr *attrs, guint max_type, const NlvPolicy *policy,
                            guint32 *id);
guint nlv_nexthop_weight (const struct nexthop_grp *member);
int nlv_getnexthop (const NlvRequest *request);
int nlv_dump_nexthops (NlvWalk *walk, NlvWriter *writer);
int nlv_getbucket (const NlvRequest *request);
int nlv_dump_buckets (NlvWalk *walk, NlvWriter *writer);
/* What a request says of it too. */
void nlv_nexthop_put (NlvWriter *writer, const NlvNexthopObject *nexthop);
void nlv_nexthop_message (NlvWriter *writer, struct nhmsg *header, const NlvNexthopObject *nexthop);

/* rtnetlink-object.c: what is kept as it came. */
NlvSpan nlv_object_body (const NlvObject *object);
/* FALSE when it is not of @type, or shorter than @size. */
gboolean nlv_object_header (const NlvObject *object, guint16 type, gpointer header, gsize size);
/* What is behind a family header of @header bytes. */
NlvSpan nlv_object_attrs (const NlvObject *object, gsize header);
/* Attributes as they came. */
void nlv_put_attrs (NlvWriter *writer, NlvSpan attrs);
/* nla_strcmp() */
gboolean nlv_attr_is_string (const NlvAttr *attr, const char *text);
gboolean nlv_walk_put_object (NlvWalk *walk, NlvWriter *writer, const NlvObject *object);
/* With another family header, of @size bytes. */
gboolean nlv_walk_put_object_as (NlvWalk *walk, NlvWriter *writer, const NlvObject *object, gconstpointer header,
                                 gsize size);
int nlv_reply_object (const NlvRequest *request, const NlvObject *object);

/* rtnetlink-qdisc.c, rtnetlink-qdisc-request.c */
/* Forgets those that a link has by itself. */
void nlv_qdiscs_drop_usual (NlvNetwork *network);
int nlv_get_qdisc (const NlvRequest *request);
int nlv_new_qdisc (const NlvRequest *request);
int nlv_del_qdisc (const NlvRequest *request);
int nlv_dump_qdiscs (NlvWalk *walk, NlvWriter *writer);
int nlv_get_class (const NlvRequest *request);
int nlv_change_class (const NlvRequest *request);
int nlv_dump_classes (NlvWalk *walk, NlvWriter *writer);

/* rtnetlink-filter.c */
int nlv_get_filter (const NlvRequest *request);
int nlv_new_filter (const NlvRequest *request);
int nlv_del_filter (const NlvRequest *request);
int nlv_dump_filters (NlvWalk *walk, NlvWriter *writer);
int nlv_get_chain (const NlvRequest *request);
int nlv_change_chain (const NlvRequest *request);
int nlv_dump_chains (NlvWalk *walk, NlvWriter *writer);

/* rtnetlink-action.c */
int nlv_get_action (const NlvRequest *request);
int nlv_new_action (const NlvRequest *request);
int nlv_del_action (const NlvRequest *request);
int nlv_dump_actions (NlvWalk *walk, NlvWriter *writer);

/* rtnetlink-mdb.c */
/* Forgets what bridges and vxlans say that know nothing. */
void nlv_mdb_drop_usual (NlvNetwork *network);
int nlv_getmdb (const NlvRequest *request);
int nlv_dump_mdb (NlvWalk *walk, NlvWriter *writer);
int nlv_dump_tunnels (NlvWalk *walk, NlvWriter *writer);
/* Entries may be of VLANs below that. */
#define NLV_MDB_MAX_VLAN 4095
/* What is wrong with an entry, or NULL. */
typedef const char *(*NlvMdbFault) (const struct br_mdb_entry *entry);
/* For a policy: 0 or -EINVAL */
int nlv_mdb_check_entry (const NlvAttr *attr, NlvExtack *extack, NlvMdbFault fault);
/* What a request has to have whatever it asks for: a device, and the attribute @entry. */
int nlv_mdb_check_request (const NlvRequest *request, const NlvAttr *entry, guint16 entry_type, const char *missing,
                           const NlvLink **link);

/* change-mdb.c */
int nlv_change_mdb (const NlvRequest *request);
int nlv_change_tunnel (const NlvRequest *request);

/* rtnetlink-other.c */
int nlv_dump_netns_ids (NlvWalk *walk, NlvWriter *writer);
int nlv_getnsid (const NlvRequest *request);
int nlv_newnsid (const NlvRequest *request);
gboolean nlv_knows_netns (NlvNetwork *network, gint32 id);
/* Why the namespace with this number cannot be asked: it is another one, or
 * there is none. rtnl_get_net_ns_capable() */
int nlv_other_netns_error (NlvNetwork *network, const NlvAttr *attr);
int nlv_getdcb (const NlvRequest *request);
