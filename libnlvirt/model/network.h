/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fake network: rows and their order. Owns every row; knows no message,
 * no file and of time only what it is told. What follows from a row (connected routes and the
 * like) is in consequences.h, lookups by destination in fib.h. */
#pragma once

#include "model/raw-attrs.h"
#include "model/settings.h"

#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

typedef struct _NlvNetwork NlvNetwork;

/* An IPv4 address in the first four bytes, or an IPv6 address. */
typedef union
{
  guint8 bytes[16];
  guint32 v4; /* network order */
  guint32 words[4];
} NlvIp;

/* ALTIFNAMSIZ */
#define NLV_ALT_NAME_SIZE 128

/* What a link has of settings and counters that are the same on most links.
 * Ids are the kernel's: IPV4_DEVCONF_* less one, DEVCONF_*, NDTPA_*, and the
 * places in the arrays of counters. */
typedef enum
{
  NLV_LINK_IPV4,
  NLV_LINK_IPV6,
  NLV_LINK_IPV6_STATE, /* NlvIpv6State */
  NLV_LINK_IPV6_STATISTICS,
  NLV_LINK_ICMPV6_STATISTICS,
  NLV_LINK_ARP,
  NLV_LINK_NDISC,
} NlvLinkSettings;

#define NLV_N_LINK_SETTINGS (NLV_LINK_NDISC + 1)

/* What IPv6 tells of a link beside its sysctls. */
typedef enum
{
  NLV_IPV6_STATE_FLAGS,              /* IFLA_INET6_FLAGS */
  NLV_IPV6_STATE_MAX_REASSEMBLY_LEN, /* struct ifla_cacheinfo */
  NLV_IPV6_STATE_UPDATED,
  NLV_IPV6_STATE_REACHABLE_TIME,
  NLV_IPV6_STATE_RETRANS_TIME,
  NLV_IPV6_STATE_RA_MTU,
} NlvIpv6State;

/* The groups that a link has joined. */
typedef enum
{
  NLV_GROUPS_IPV4,
  NLV_GROUPS_IPV6,
  NLV_GROUPS_ANYCAST, /* IPv6 */
} NlvGroups;

#define NLV_N_GROUPS (NLV_GROUPS_ANYCAST + 1)

typedef struct
{
  NlvIp ip;
  guint32 created, updated; /* hundredths of a second since boot */
  guint32 users;            /* for how many, 0 not known: nlv_groups_begin() */
  gboolean automatic;       /* one of them is for an address with IFA_F_MCAUTOJOIN */
} NlvMembership;

/* Who has chosen a value that the kernel would choose otherwise. */
typedef enum
{
  NLV_CHOICE_UNKNOWN, /* it came with a table */
  NLV_CHOICE_KERNEL,
  NLV_CHOICE_USER,
} NlvChoice;

typedef struct
{
  guint32 index;
  guint64 sequence;      /* the network's: orders links by their age */
  guint32 found_on;      /* the network's: what nlv_network_find_uppers() finds it by */
  guint16 hardware_type; /* ARPHRD_* */
  guint32 flags;         /* IFF_*, as in ifi_flags */
  char name[IFNAMSIZ];
  GPtrArray *alt_names; /* (element-type utf8) (owned) (nullable) */
  char *alias;          /* (owned) (nullable) */
  char *kind;           /* (owned) (nullable) IFLA_INFO_KIND */
  GBytes *kind_data;    /* (owned) (nullable) IFLA_INFO_DATA */
  char *slave_kind;     /* (owned) (nullable) */
  GBytes *slave_data;   /* (owned) (nullable) */
  char *qdisc;          /* (owned) */
  guint8 address_length;
  guint8 address[32];
  guint8 broadcast[32];
  guint8 permanent_address_length; /* 0: none to report */
  guint8 permanent_address[32];
  guint32 mtu, min_mtu, max_mtu;
  guint32 former_mtu; /* before IPv4 and IPv6 are told of another one, else 0 */
  guint32 tx_queue_length;
  guint32 group;
  guint32 promiscuity, all_multicast;
  guint32 tx_queues, rx_queues;
  guint32 gso_max_segs, gso_max_size, gro_max_size, gso_ipv4_max_size, gro_ipv4_max_size;
  guint32 tso_max_size, tso_max_segs;
  guint8 operational_state; /* IF_OPER_*, as shown */
  guint8 hidden_state;      /* of a link that is down, if known: nlv_link_get_operational_state() */
  gboolean has_hidden_state;
  gboolean hidden_dormant; /* IFF_DORMANT of a link that is down */
  guint8 link_mode;
  guint8 carrier;
  gboolean has_lent;       /* macvlan: the device below has this one's address */
  guint8 address_below[6]; /* which it had before */
  gboolean is_held;        /* tun: a program holds the other end, though there is no carrier */
  gboolean transmits;      /* its queues go, dev_activate() */
  guint8 protocol_down;
  gboolean counts_forwarded; /* RTM_SETSTATS: IFLA_STATS_SET_OFFLOAD_XSTATS_L3_STATS */
  guint32 carrier_up_count, carrier_down_count;
  guint32 master; /* ifindex, 0 none */
  guint32 lower;  /* IFLA_LINK, valid if @has_lower */
  gboolean has_lower;
  gint32 lower_netns;        /* IFLA_LINK_NETNSID, -1 none */
  guint8 address_choice;     /* NlvChoice: addr_assign_type */
  guint8 mtu_choice;         /* NlvChoice: BROPT_MTU_SET_BY_USER, bridges */
  guint8 takes_all;          /* NlvChoice: uc_promisc, _USER if it does */
  gboolean initializing;     /* made, but not yet told of: rtnl_link_initializing */
  gboolean detached;         /* none any more of those on the link below: its kind's dellink */
  gboolean unregistering;    /* on its way out: NETREG_UNREGISTERING */
  guint8 address_generation; /* IN6_ADDR_GEN_MODE_* */
  NlvIp ipv6_token;
  struct rtnl_link_stats64 stats;
  GArray *settings[NLV_N_LINK_SETTINGS]; /* (element-type NlvSetting) (owned) (nullable) */
  GArray *groups[NLV_N_GROUPS];          /* (element-type NlvMembership) (owned) (nullable): as every link has */
  GArray *extra;                         /* (element-type NlvRawAttr) (owned) (nullable) */
} NlvLink;

/* Where the check of an IPv6 address for duplicates is: enum inet6_ifaddr_state. */
typedef enum
{
  NLV_CHECK_DONE,
  NLV_CHECK_BEGINS,
  NLV_CHECK_RUNS,
} NlvAddressCheck;

typedef struct
{
  guint8 family; /* AF_INET, AF_INET6 */
  guint8 prefix_length;
  guint8 scope;
  guint8 protocol; /* IFAPROT_* */
  guint32 flags;   /* IFA_F_* */
  guint32 link;    /* ifindex */
  NlvIp local;
  NlvIp peer; /* equal to @local where there is none */
  NlvIp broadcast;
  gboolean has_broadcast;
  char label[IFNAMSIZ]; /* IPv4 only */
  guint8 check;         /* NlvAddressCheck */
  guint32 probes;       /* of it, still to be sent */
  guint32 metric;
  guint32 preferred_lifetime, valid_lifetime; /* seconds; G_MAXUINT32 forever */
  guint32 created, updated;                   /* hundredths of a second since boot */
  GArray *extra;                              /* (element-type NlvRawAttr) (owned) (nullable) */
} NlvAddress;

/* One way of a route. */
typedef struct
{
  guint32 link;          /* ifindex, 0 none */
  guint8 gateway_family; /* 0 none */
  guint8 flags;          /* RTNH_F_* */
  guint8 weight;         /* rtnh_hops: weight less one */
  NlvIp gateway;
  guint32 realm; /* RTA_FLOW */
  GBytes *encap; /* (owned) (nullable) payload of RTA_ENCAP */
  guint16 encap_type;
} NlvNexthop;

typedef struct
{
  guint8 family;
  guint8 destination_length, source_length; /* bits */
  guint8 tos;
  guint8 protocol;   /* RTPROT_* */
  guint8 scope;      /* RT_SCOPE_* */
  guint8 type;       /* RTN_* */
  guint8 preference; /* ICMPV6_ROUTER_PREF_*, IPv6 */
  guint32 flags;     /* rtm_flags that are no way's: RTM_F_OFFLOAD and its like */
  guint32 table;
  guint32 metric; /* RTA_PRIORITY */
  guint32 nexthop_id;
  NlvIp destination, source;
  NlvIp preferred_source;
  gboolean has_preferred_source;
  guint8 as_multipath; /* shown as RTA_MULTIPATH for one way too: a group of one, IPv6 */
  guint16 n_nexthops;
  NlvNexthop *nexthops; /* (owned) (array length=n_nexthops) */
  guint32 *metrics;     /* (owned) (nullable) [RTAX_MAX + 1], 0 unset */
  char *congestion;     /* (owned) (nullable) RTAX_CC_ALGO */
  GArray *extra;        /* (element-type NlvRawAttr) (owned) (nullable) */
  guint32 expires;      /* hundredths of a second since boot, 0 never */
  GArray *siblings;     /* (element-type NlvRoute) (owned) (nullable) IPv6: see route-siblings.h */
  guint16 ways_before;  /* the same */
} NlvRoute;

typedef struct
{
  guint8 family;
  guint8 destination_length, source_length;
  guint8 tos;
  guint8 action; /* FR_ACT_* */
  guint32 flags; /* FIB_RULE_* */
  guint32 table;
  guint32 priority;
  guint32 mark, mask;
  guint32 goto_target;
  guint32 suppress_prefix_length, suppress_group; /* G_MAXUINT32 none */
  guint32 realm;
  guint64 tunnel_id;
  guint8 protocol; /* RTPROT_* */
  guint8 ip_protocol;
  guint16 source_port[2], destination_port[2];     /* start, end; 0 any */
  guint16 source_port_mask, destination_port_mask; /* of a single port; 0 all bits */
  gboolean has_dscp, has_flow_label;
  guint8 dscp, dscp_mask;
  guint32 flow_label, flow_label_mask; /* IPv6 */
  gboolean has_uid_range;
  guint32 uid_range[2];
  gboolean l3mdev;
  NlvIp destination, source;
  char input[IFNAMSIZ], output[IFNAMSIZ]; /* "" any */
  GArray *extra;                          /* (element-type NlvRawAttr) (owned) (nullable) */
} NlvRule;

typedef struct
{
  guint8 family;
  guint8 flags;  /* NTF_* */
  guint8 type;   /* RTN_* */
  guint16 state; /* NUD_* */
  guint32 extended_flags;
  guint32 link;
  gboolean proxy;
  gboolean is_passing; /* a proxy entry that goes with the carrier */
  gboolean by_user;    /* AF_BRIDGE: a request has added it */
  NlvIp destination;
  guint8 address_length; /* 0 none */
  guint8 address[32];
  guint8 protocol;
  guint32 probes;
  struct nda_cacheinfo times; /* ages in hundredths of a second */
  GArray *extra;              /* (element-type NlvRawAttr) (owned) (nullable) */
} NlvNeighbor;

/* A nexthop that routes name by its id, or a group of such. */
typedef struct
{
  guint32 id; /* NlvNetwork orders by it */
  guint8 family;
  guint8 protocol; /* RTPROT_* */
  guint8 scope;
  guint8 flags; /* RTNH_F_* */
  gboolean blackhole, fdb;
  NlvNexthop way;     /* (owned) of what is no group */
  GArray *group;      /* (element-type struct nexthop_grp) (owned) (nullable) */
  guint16 group_type; /* NEXTHOP_GRP_TYPE_* */
  guint64 joined;     /* orders groups by when they took their members last */
  GArray *extra;      /* (element-type NlvRawAttr) (owned) (nullable) */
} NlvNexthopObject;

/* What the model does not know from within (queueing disciplines, filters,
 * multicast entries …): the kernel's message as it came. Only a filter chain
 * has as its parent the handle that its block is found by. */
typedef struct
{
  guint16 type;    /* RTM_NEW… */
  gboolean hidden; /* shown only with TCA_DUMP_INVISIBLE, TUNNEL_MSG_FLAG_STATS */
  GBytes *body;    /* (owned) family header and attributes */
} NlvObject;

/* RFC 6724's labels: ip6addrlbl_table. */
typedef struct
{
  NlvIp prefix;
  guint8 length;
  guint32 label;
  guint32 link; /* 0 any */
} NlvAddressLabel;

/* What the network as a whole has of settings. Ids are the kernel's:
 * NETCONFA_*, NDTPA_*, and NlvNeighborTable. */
typedef enum
{
  NLV_NETWORK_IPV4_ALL,
  NLV_NETWORK_IPV4_DEFAULT,
  NLV_NETWORK_IPV6_ALL,
  NLV_NETWORK_IPV6_DEFAULT,
  NLV_NETWORK_ARP_TABLE,
  NLV_NETWORK_NDISC_TABLE,
  NLV_NETWORK_ARP_DEFAULT,
  NLV_NETWORK_NDISC_DEFAULT,
} NlvNetworkSettings;

#define NLV_N_NETWORK_SETTINGS (NLV_NETWORK_NDISC_DEFAULT + 1)

/* The sizes and counters of a neighbour table: NDTA_THRESH1 to 3 and
 * NDTA_GC_INTERVAL have their own ids; then the members of struct ndt_config
 * and struct ndt_stats. */
typedef enum
{
  NLV_NEIGHBOR_TABLE_CONFIG = 16,
  NLV_NEIGHBOR_TABLE_STATS = 32,
} NlvNeighborTable;

/* Whether IPv4's local table is still a part of the main one: fib_unmerge(). */
typedef enum
{
  NLV_LOCAL_TABLE_GUESS, /* by the rules */
  NLV_LOCAL_TABLE_MERGED,
  NLV_LOCAL_TABLE_OWN,
} NlvLocalTable;

/* What there is only one of. */
typedef struct
{
  GArray *settings[NLV_N_NETWORK_SETTINGS]; /* (element-type NlvSetting) (owned) (nullable) */
  GArray *labels;                           /* (element-type NlvAddressLabel) (owned) (nullable): the kernel's own */
  guint32 label_sequence;                   /* ifal_seq, 0: as many as there are */
  GArray *namespaces;                       /* (element-type gint32) (owned) (nullable): those that links name */
  GPtrArray *kinds;                         /* (element-type utf8) (owned) (nullable): rtnl_link_ops, the usual ones */
  guint8 local_table;                       /* NlvLocalTable */
  guint64 clock;                            /* hundredths of a second since boot, at which the network begins */
} NlvGlobals;

NlvNetwork *nlv_network_new (void);
NlvNetwork *nlv_network_ref (NlvNetwork *network);
void nlv_network_unref (NlvNetwork *network);
NlvNetwork *nlv_network_copy (NlvNetwork *network);

/* Grows with every change of a link or an address: a dump that sees it move
 * is marked NLM_F_DUMP_INTR. */
guint nlv_network_get_generation (NlvNetwork *network);

/* Rows. Each add takes what @row points to, members included, and returns the
 * stored row, or NULL when one that is equal in the kernel's sense is there
 * already (then @row is cleared); of rules there may be several. Rows that are the same in their order keep
 * the order of their adding, but IPv6 addresses come newest first, as in the
 * kernel: to repeat a kernel's dump, add these from its end. Nothing follows from an add: see
 * consequences.h. Row pointers hold until the row is removed. */
NlvLink *nlv_network_add_link (NlvNetwork *network, NlvLink *row);
NlvAddress *nlv_network_add_address (NlvNetwork *network, NlvAddress *row);
/* A route is not stored as such: FALSE in place of NULL. More of routes is in fib.h. */
gboolean nlv_network_add_route (NlvNetwork *network, NlvRoute *row);
NlvRule *nlv_network_add_rule (NlvNetwork *network, NlvRule *row);
NlvNeighbor *nlv_network_add_neighbor (NlvNetwork *network, NlvNeighbor *row);
/* Before all that are there, as what forwards keeps its entries. */
NlvNeighbor *nlv_network_add_neighbor_first (NlvNetwork *network, NlvNeighbor *row);
/* Puts @with in the place of @row, and returns it; or the one that it equals, which
 * is elsewhere, and then @row is no more. */
NlvNeighbor *nlv_network_replace_neighbor (NlvNetwork *network, NlvNeighbor *row, NlvNeighbor *with);
NlvNexthopObject *nlv_network_add_nexthop (NlvNetwork *network, NlvNexthopObject *row);
NlvObject *nlv_network_add_object (NlvNetwork *network, NlvObject *row);

/* Nothing follows from a removal either. @row is freed. */
void nlv_network_remove_link (NlvNetwork *network, NlvLink *row);
void nlv_network_remove_address (NlvNetwork *network, NlvAddress *row);
void nlv_network_remove_rule (NlvNetwork *network, NlvRule *row);
void nlv_network_remove_neighbor (NlvNetwork *network, NlvNeighbor *row);
void nlv_network_remove_object (NlvNetwork *network, NlvObject *row);
/* All that @match takes. */
void nlv_network_remove_objects (NlvNetwork *network, gboolean (*match) (const NlvObject *row, gpointer user_data),
                                 gpointer user_data);
void nlv_network_remove_nexthop (NlvNetwork *network, NlvNexthopObject *row);
/* The same as a removal, but the row goes to @out, for the caller to clear. */
void nlv_network_steal_address (NlvNetwork *network, NlvAddress *row, NlvAddress *out);
/* A secondary IPv4 address becomes the primary one of its subnet: the last of its
 * scope, as if it had come just now. */
void nlv_network_promote_address (NlvNetwork *network, NlvAddress *row);

/* A row has changed in place, in nothing that it is ordered or found by. For
 * links see observer.h. */
void nlv_network_touch_address (NlvNetwork *network, const NlvAddress *row);
void nlv_network_touch_neighbor (NlvNetwork *network, const NlvNeighbor *row);

/* Makes the links with these indexes the oldest, in this order. */
void nlv_network_order_links (NlvNetwork *network, const guint32 *indexes, guint n);

/* FALSE when the name is too long or taken. A stored link's name and
 * alternative names must not be changed in any other way: it is found by them. */
gboolean nlv_network_rename_link (NlvNetwork *network, NlvLink *row, const char *name);
/* FALSE when the name is too long or taken, or is not one of them. */
gboolean nlv_network_add_alt_name (NlvNetwork *network, NlvLink *row, const char *name);
gboolean nlv_network_remove_alt_name (NlvNetwork *network, NlvLink *row, const char *name);

/* Walks in the order in which the kernel dumps them: links by index;
 * addresses by link, then as the family keeps them; routes by table, then as
 * the FIB keeps them; rules by priority; nexthops by id. The kernel has
 * neighbours in the order of a secret hash: here it is that of their adding. */
guint nlv_network_get_n_links (NlvNetwork *network);
NlvLink *nlv_network_get_link (NlvNetwork *network, guint position);
/* The same in the order of their registration, in which the kernel walks them
 * for some dumps: dev_base_head. */
NlvLink *nlv_network_get_link_by_age (NlvNetwork *network, guint position);
guint nlv_network_get_n_addresses (NlvNetwork *network);
NlvAddress *nlv_network_get_address (NlvNetwork *network, guint position);
/* The position of a link's first address of a family, or where it would be. */
guint nlv_network_find_addresses (NlvNetwork *network, guint8 family, guint32 link);
/* From there on: NULL behind the last one. */
NlvAddress *nlv_network_get_link_address (NlvNetwork *network, guint8 family, guint32 link, guint position);
/* The one that is equal to @like in the kernel's sense, or NULL. */
NlvAddress *nlv_network_find_address (NlvNetwork *network, const NlvAddress *like);
guint nlv_network_get_n_rules (NlvNetwork *network);
NlvRule *nlv_network_get_rule (NlvNetwork *network, guint position);
guint nlv_network_get_n_neighbors (NlvNetwork *network);
NlvNeighbor *nlv_network_get_neighbor (NlvNetwork *network, guint position);
guint nlv_network_get_n_nexthops (NlvNetwork *network);
NlvNexthopObject *nlv_network_get_nexthop (NlvNetwork *network, guint position);
guint nlv_network_get_n_objects (NlvNetwork *network);
NlvObject *nlv_network_get_object (NlvNetwork *network, guint position);
guint nlv_network_get_n_routes (NlvNetwork *network);

NlvLink *nlv_network_find_link (NlvNetwork *network, guint32 index);
NlvLink *nlv_network_find_link_by_name (NlvNetwork *network, const char *name);     /* alternative names too */
NlvLink *nlv_network_find_link_by_own_name (NlvNetwork *network, const char *name); /* not these */
NlvNexthopObject *nlv_network_find_nexthop (NlvNetwork *network, guint32 id);
/* With the same key: family, link, destination, and whether it is a proxy. */
NlvNeighbor *nlv_network_find_neighbor (NlvNetwork *network, const NlvNeighbor *like);
/* What stands on a link, the oldest first. (element-type NlvLink) */
GPtrArray *nlv_network_find_uppers (NlvNetwork *network, guint32 lower);
/* The same in no order, or NULL for none; it holds until the next change. */
const GPtrArray *nlv_network_peek_uppers (NlvNetwork *network, guint32 lower);
/* A link has come to stand on another one: nlv_link_get_lower(). */
void nlv_network_note_lower (NlvNetwork *network, NlvLink *link);
/* Those of a link, in the order of the walk. (element-type NlvNeighbor) */
GPtrArray *nlv_network_find_neighbors (NlvNetwork *network, guint32 link);
/* The same in no order, or NULL for none; it holds until the next change. */
const GPtrArray *nlv_network_peek_neighbors (NlvNetwork *network, guint32 link);
/* Entries of bridges about an address, of all bridges; as peek_neighbors(). */
const GPtrArray *nlv_network_peek_forwarding (NlvNetwork *network, const guint8 address[6]);
/* A number that no other neighbour ever has. */
guint64 nlv_network_get_neighbor_key (NlvNetwork *network, const NlvNeighbor *row);
NlvNeighbor *nlv_network_find_neighbor_by_key (NlvNetwork *network, guint64 key);
/* nh_find_unused_id() */
guint32 nlv_network_free_nexthop_id (NlvNetwork *network);
/* A number that is higher than all before it. */
guint64 nlv_network_next_sequence (NlvNetwork *network);
/* New indices follow those that there were when the first link came or went: to be
 * called before. */
void nlv_network_begin_indices (NlvNetwork *network);
guint32 nlv_network_free_index (NlvNetwork *network);

NlvGlobals *nlv_network_get_globals (NlvNetwork *network);

/* The network's own time, which begins when it is first asked: @now and the
 * result are hundredths of a second since boot. */
guint64 nlv_network_tell_time (NlvNetwork *network, guint64 now);

/* dev_valid_name(): what is wrong with a link's name, or NULL. */
const char *nlv_link_name_fault (const char *name);
/* sysctl_dev_name_is_allowed(): it is none of those that stand for all links. */
gboolean nlv_link_name_has_sysctls (const char *name);
void nlv_link_init (NlvLink *link);
void nlv_link_clear (NlvLink *link);
void nlv_link_copy (const NlvLink *link, NlvLink *copy);
/* @link: (nullable) */
gboolean nlv_link_is_kind (const NlvLink *link, const char *kind);
void nlv_address_clear (NlvAddress *address);
void nlv_rule_clear (NlvRule *rule);
void nlv_neighbor_clear (NlvNeighbor *neighbor);
void nlv_nexthop_object_clear (NlvNexthopObject *nexthop);
void nlv_nexthop_object_copy (const NlvNexthopObject *nexthop, NlvNexthopObject *copy);
void nlv_object_clear (NlvObject *object);
void nlv_route_clear (NlvRoute *route);
void nlv_route_copy (const NlvRoute *route, NlvRoute *copy);
