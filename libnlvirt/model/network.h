/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fake network: rows and their order. Owns every row; knows no message,
 * no file and no clock. What follows from a row (connected routes and the
 * like) is in consequences.h, lookups by destination in fib.h. */
#pragma once

#include "wire/span.h"

#include <linux/if_link.h>
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

/* An attribute that the model does not name, kept as it came. */
typedef struct
{
  guint16 type;    /* with its flags */
  GBytes *payload; /* (owned) */
} NlvRawAttr;

typedef struct
{
  guint32 index;
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
  guint32 tx_queue_length;
  guint32 group;
  guint32 promiscuity, all_multicast;
  guint32 tx_queues, rx_queues;
  guint32 gso_max_segs, gso_max_size, gro_max_size, gso_ipv4_max_size, gro_ipv4_max_size;
  guint32 tso_max_size, tso_max_segs;
  guint8 operational_state; /* IF_OPER_* */
  guint8 link_mode;
  guint8 carrier;
  guint8 protocol_down;
  guint32 carrier_up_count, carrier_down_count;
  guint32 master; /* ifindex, 0 none */
  guint32 lower;  /* IFLA_LINK, valid if @has_lower */
  gboolean has_lower;
  gint32 lower_netns;        /* IFLA_LINK_NETNSID, -1 none */
  guint8 address_generation; /* IN6_ADDR_GEN_MODE_* */
  struct rtnl_link_stats64 stats;
  GArray *extra; /* (element-type NlvRawAttr) (owned) (nullable) */
} NlvLink;

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
  guint32 metric;
  guint32 preferred_lifetime, valid_lifetime; /* seconds; G_MAXUINT32 forever */
  guint32 created, updated;                   /* hundredths of a second since boot */
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
  guint32 table;
  guint32 metric; /* RTA_PRIORITY */
  guint32 nexthop_id;
  NlvIp destination, source;
  NlvIp preferred_source;
  gboolean has_preferred_source;
  guint16 n_nexthops;
  NlvNexthop *nexthops; /* (owned) (array length=n_nexthops) */
  guint32 *metrics;     /* (owned) (nullable) [RTAX_MAX + 1], 0 unset */
  char *congestion;     /* (owned) (nullable) RTAX_CC_ALGO */
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
  guint16 source_port[2], destination_port[2]; /* start, end; 0 any */
  gboolean has_uid_range;
  guint32 uid_range[2];
  gboolean l3mdev;
  NlvIp destination, source;
  char input[IFNAMSIZ], output[IFNAMSIZ]; /* "" any */
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
  NlvIp destination;
  guint8 address_length; /* 0 none */
  guint8 address[32];
  guint8 protocol;
} NlvNeighbor;

typedef void (*NlvRowFunc) (gpointer row, gpointer user_data);

NlvNetwork *nlv_network_new (void);
NlvNetwork *nlv_network_ref (NlvNetwork *network);
void nlv_network_unref (NlvNetwork *network);
NlvNetwork *nlv_network_copy (NlvNetwork *network);

/* Grows with every change of a link or an address: a dump that sees it move
 * is marked NLM_F_DUMP_INTR. */
guint nlv_network_get_generation (NlvNetwork *network);

/* Rows. Each add takes what @row points to, members included, and returns the
 * stored row, or NULL when one that is equal in the kernel's sense is there
 * already (then @row is cleared). Rows that are the same in their order keep
 * the order of their adding, but IPv6 addresses come newest first, as in the
 * kernel: to repeat a kernel's dump, add these from its end. Nothing follows from an add: see
 * consequences.h. Row pointers hold until the row is removed. */
NlvLink *nlv_network_add_link (NlvNetwork *network, NlvLink *row);
NlvAddress *nlv_network_add_address (NlvNetwork *network, NlvAddress *row);
NlvRoute *nlv_network_add_route (NlvNetwork *network, NlvRoute *row);
NlvRule *nlv_network_add_rule (NlvNetwork *network, NlvRule *row);
NlvNeighbor *nlv_network_add_neighbor (NlvNetwork *network, NlvNeighbor *row);

/* Nothing follows from a removal either. @row is freed. */
void nlv_network_remove_link (NlvNetwork *network, NlvLink *row);
void nlv_network_remove_address (NlvNetwork *network, NlvAddress *row);
void nlv_network_remove_route (NlvNetwork *network, NlvRoute *row);
void nlv_network_remove_rule (NlvNetwork *network, NlvRule *row);
void nlv_network_remove_neighbor (NlvNetwork *network, NlvNeighbor *row);

/* FALSE when the name is too long or taken. A stored link's name and
 * alternative names must not be changed in any other way: it is found by them. */
gboolean nlv_network_rename_link (NlvNetwork *network, NlvLink *row, const char *name);

/* Walks in the order in which the kernel dumps them: links by index;
 * addresses by link, then as the family keeps them; routes by table, then as
 * the FIB keeps them; rules by priority; neighbours by link. */
guint nlv_network_get_n_links (NlvNetwork *network);
NlvLink *nlv_network_get_link (NlvNetwork *network, guint position);
guint nlv_network_get_n_addresses (NlvNetwork *network);
NlvAddress *nlv_network_get_address (NlvNetwork *network, guint position);
guint nlv_network_get_n_rules (NlvNetwork *network);
NlvRule *nlv_network_get_rule (NlvNetwork *network, guint position);
guint nlv_network_get_n_neighbors (NlvNetwork *network);
NlvNeighbor *nlv_network_get_neighbor (NlvNetwork *network, guint position);
guint nlv_network_get_n_routes (NlvNetwork *network);

NlvLink *nlv_network_find_link (NlvNetwork *network, guint32 index);
NlvLink *nlv_network_find_link_by_name (NlvNetwork *network, const char *name);     /* alternative names too */
NlvLink *nlv_network_find_link_by_own_name (NlvNetwork *network, const char *name); /* not these */
guint32 nlv_network_free_index (NlvNetwork *network);

void nlv_link_init (NlvLink *link);
void nlv_link_clear (NlvLink *link);
void nlv_link_copy (const NlvLink *link, NlvLink *copy);
/* Keeps an attribute raw. */
void nlv_link_add_extra (NlvLink *link, guint16 type, GBytes *payload);
void nlv_route_clear (NlvRoute *route);
void nlv_route_copy (const NlvRoute *route, NlvRoute *copy);
