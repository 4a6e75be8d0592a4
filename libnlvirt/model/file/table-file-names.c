/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Names as iproute2's users know them, where there are such. */
#include "model/file/table-file-names.h"

#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <string.h>

const NlvName nlv_names_address_flag[] = {
  { "temporary", IFA_F_TEMPORARY }, /* for IPv4 the same bit says secondary, which follows from the order */
  { "nodad", IFA_F_NODAD },
  { "optimistic", IFA_F_OPTIMISTIC },
  { "dad-failed", IFA_F_DADFAILED },
  { "home-address", IFA_F_HOMEADDRESS },
  { "deprecated", IFA_F_DEPRECATED },
  { "tentative", IFA_F_TENTATIVE },
  { "permanent", IFA_F_PERMANENT },
  { "manage-temporary", IFA_F_MANAGETEMPADDR },
  { "no-prefix-route", IFA_F_NOPREFIXROUTE },
  { "multicast-autojoin", IFA_F_MCAUTOJOIN },
  { "stable-privacy", IFA_F_STABLE_PRIVACY },
  { NULL },
};

const NlvName nlv_names_address_generation[] = {
  { "eui64", IN6_ADDR_GEN_MODE_EUI64 },
  { "none", IN6_ADDR_GEN_MODE_NONE },
  { "stable-secret", IN6_ADDR_GEN_MODE_STABLE_PRIVACY },
  { "random", IN6_ADDR_GEN_MODE_RANDOM },
  { NULL },
};

const NlvName nlv_names_address_protocol[] = {
  { "unspecified", IFAPROT_UNSPEC },
  { "kernel-loopback", IFAPROT_KERNEL_LO },
  { "kernel-router", IFAPROT_KERNEL_RA },
  { "kernel-link-local", IFAPROT_KERNEL_LL },
  { NULL },
};

const NlvName nlv_names_family[] = {
  { "ipv4", AF_INET },
  { "ipv6", AF_INET6 },
  { "bridge", AF_BRIDGE },
  { "ipv4-multicast", RTNL_FAMILY_IPMR },
  { "ipv6-multicast", RTNL_FAMILY_IP6MR },
  { NULL },
};

const NlvName nlv_names_forever[] = {
  { "forever", G_MAXUINT32 },
  { NULL },
};

const NlvName nlv_names_hardware[] = {
  { "ether", ARPHRD_ETHER },
  { "loopback", ARPHRD_LOOPBACK },
  { "none", ARPHRD_NONE },
  { "ppp", ARPHRD_PPP },
  { "infiniband", ARPHRD_INFINIBAND },
  { "ipip", ARPHRD_TUNNEL },
  { "ip6tunnel", ARPHRD_TUNNEL6 },
  { "sit", ARPHRD_SIT },
  { "gre", ARPHRD_IPGRE },
  { "gre6", ARPHRD_IP6GRE },
  { "rawip", ARPHRD_RAWIP },
  { "can", ARPHRD_CAN },
  { "ieee1394", ARPHRD_IEEE1394 },
  { "ieee802.11", ARPHRD_IEEE80211 },
  { "ieee802.15.4", ARPHRD_IEEE802154 },
  { NULL },
};

const NlvName nlv_names_link_flag[] = {
  { "up", IFF_UP },
  { "broadcast", IFF_BROADCAST },
  { "debug", IFF_DEBUG },
  { "loopback", IFF_LOOPBACK },
  { "pointopoint", IFF_POINTOPOINT },
  { "notrailers", IFF_NOTRAILERS },
  { "running", IFF_RUNNING },
  { "noarp", IFF_NOARP },
  { "promisc", IFF_PROMISC },
  { "allmulti", IFF_ALLMULTI },
  { "master", IFF_MASTER },
  { "slave", IFF_SLAVE },
  { "multicast", IFF_MULTICAST },
  { "portsel", IFF_PORTSEL },
  { "automedia", IFF_AUTOMEDIA },
  { "dynamic", IFF_DYNAMIC },
  { "lower-up", IFF_LOWER_UP },
  { "dormant", IFF_DORMANT },
  { "echo", IFF_ECHO },
  { NULL },
};

const NlvName nlv_names_link_mode[] = {
  { "default", 0 },
  { "dormant", 1 },
  { NULL },
};

const NlvName nlv_names_metric_lock[] = {
  { "mtu", 1u << RTAX_MTU },           { "window", 1u << RTAX_WINDOW },         { "rtt", 1u << RTAX_RTT },
  { "rttvar", 1u << RTAX_RTTVAR },     { "ssthresh", 1u << RTAX_SSTHRESH },     { "cwnd", 1u << RTAX_CWND },
  { "advmss", 1u << RTAX_ADVMSS },     { "reordering", 1u << RTAX_REORDERING }, { "hoplimit", 1u << RTAX_HOPLIMIT },
  { "initcwnd", 1u << RTAX_INITCWND }, { "features", 1u << RTAX_FEATURES },     { "rto-min", 1u << RTAX_RTO_MIN },
  { "initrwnd", 1u << RTAX_INITRWND }, { "quickack", 1u << RTAX_QUICKACK },     { NULL },
};

const NlvName nlv_names_neighbor_flag[] = {
  { "use", NTF_USE },
  { "self", NTF_SELF },
  { "master", NTF_MASTER },
  { "proxy", NTF_PROXY },
  { "external", NTF_EXT_LEARNED },
  { "offloaded", NTF_OFFLOADED },
  { "sticky", NTF_STICKY },
  { "router", NTF_ROUTER },
  { NULL },
};

const NlvName nlv_names_neighbor_state[] = {
  { "none", NUD_NONE },           { "incomplete", NUD_INCOMPLETE },
  { "reachable", NUD_REACHABLE }, { "stale", NUD_STALE },
  { "delay", NUD_DELAY },         { "probe", NUD_PROBE },
  { "failed", NUD_FAILED },       { "noarp", NUD_NOARP },
  { "permanent", NUD_PERMANENT }, { NULL },
};

const NlvName nlv_names_nexthop_flag[] = {
  { "dead", RTNH_F_DEAD },         { "pervasive", RTNH_F_PERVASIVE },
  { "onlink", RTNH_F_ONLINK },     { "offload", RTNH_F_OFFLOAD },
  { "linkdown", RTNH_F_LINKDOWN }, { "unresolved", RTNH_F_UNRESOLVED },
  { "trap", RTNH_F_TRAP },         { NULL },
};

const NlvName nlv_names_nexthop_group[] = {
  { "multipath", NEXTHOP_GRP_TYPE_MPATH },
  { "resilient", NEXTHOP_GRP_TYPE_RES },
  { NULL },
};

const NlvName nlv_names_none[] = {
  { "none", G_MAXUINT32 },
  { NULL },
};

const NlvName nlv_names_object_type[] = {
  { "qdisc", RTM_NEWQDISC },
  { "class", RTM_NEWTCLASS },
  { "filter", RTM_NEWTFILTER },
  { "chain", RTM_NEWCHAIN },
  { "action", RTM_GETACTION },
  { "multicast", RTM_GETMDB },
  { "vxlan-multicast", RTM_NEWMDB },
  { "stats", RTM_NEWSTATS },
  { "bucket", RTM_NEWNEXTHOPBUCKET },
  { "tunnel", RTM_NEWTUNNEL },
  { NULL },
};

const NlvName nlv_names_operational_state[] = {
  { "unknown", IF_OPER_UNKNOWN }, { "not-present", IF_OPER_NOTPRESENT },
  { "down", IF_OPER_DOWN },       { "lower-layer-down", IF_OPER_LOWERLAYERDOWN },
  { "testing", IF_OPER_TESTING }, { "dormant", IF_OPER_DORMANT },
  { "up", IF_OPER_UP },           { NULL },
};

/* ICMPV6_ROUTER_PREF_* */
const NlvName nlv_names_preference[] = {
  { "medium", 0 },
  { "high", 1 },
  { "low", 3 },
  { NULL },
};

const NlvName nlv_names_protocol[] = {
  { "unspecified", RTPROT_UNSPEC },
  { "redirect", RTPROT_REDIRECT },
  { "kernel", RTPROT_KERNEL },
  { "boot", RTPROT_BOOT },
  { "static", RTPROT_STATIC },
  { "gated", RTPROT_GATED },
  { "ra", RTPROT_RA },
  { "mrt", RTPROT_MRT },
  { "zebra", RTPROT_ZEBRA },
  { "bird", RTPROT_BIRD },
  { "dnrouted", RTPROT_DNROUTED },
  { "xorp", RTPROT_XORP },
  { "ntk", RTPROT_NTK },
  { "dhcp", RTPROT_DHCP },
  { "keepalived", RTPROT_KEEPALIVED },
  { "babel", RTPROT_BABEL },
  { "openr", RTPROT_OPENR },
  { "bgp", RTPROT_BGP },
  { "isis", RTPROT_ISIS },
  { "ospf", RTPROT_OSPF },
  { "rip", RTPROT_RIP },
  { "eigrp", RTPROT_EIGRP },
  { NULL },
};

const NlvName nlv_names_route_flag[] = {
  { "offload", RTM_F_OFFLOAD },
  { "trap", RTM_F_TRAP },
  { "offload-failed", RTM_F_OFFLOAD_FAILED },
  { NULL },
};

const NlvName nlv_names_route_type[] = {
  { "unspecified", RTN_UNSPEC },
  { "unicast", RTN_UNICAST },
  { "local", RTN_LOCAL },
  { "broadcast", RTN_BROADCAST },
  { "anycast", RTN_ANYCAST },
  { "multicast", RTN_MULTICAST },
  { "blackhole", RTN_BLACKHOLE },
  { "unreachable", RTN_UNREACHABLE },
  { "prohibit", RTN_PROHIBIT },
  { "throw", RTN_THROW },
  { "nat", RTN_NAT },
  { "xresolve", RTN_XRESOLVE },
  { NULL },
};

const NlvName nlv_names_rule_action[] = {
  { "lookup", FR_ACT_TO_TBL },
  { "goto", FR_ACT_GOTO },
  { "nop", FR_ACT_NOP },
  { "blackhole", FR_ACT_BLACKHOLE },
  { "unreachable", FR_ACT_UNREACHABLE },
  { "prohibit", FR_ACT_PROHIBIT },
  { NULL },
};

const NlvName nlv_names_rule_flag[] = {
  { "permanent", FIB_RULE_PERMANENT },       { "invert", FIB_RULE_INVERT },
  { "unresolved", FIB_RULE_UNRESOLVED },     { "iif-detached", FIB_RULE_IIF_DETACHED },
  { "oif-detached", FIB_RULE_OIF_DETACHED }, { NULL },
};

const NlvName nlv_names_scope[] = {
  { "global", RT_SCOPE_UNIVERSE }, { "site", RT_SCOPE_SITE },       { "link", RT_SCOPE_LINK },
  { "host", RT_SCOPE_HOST },       { "nowhere", RT_SCOPE_NOWHERE }, { NULL },
};

const NlvName nlv_names_table[] = {
  { "unspecified", RT_TABLE_UNSPEC },
  { "default", RT_TABLE_DEFAULT },
  { "main", RT_TABLE_MAIN },
  { "local", RT_TABLE_LOCAL },
  { NULL },
};

const char *
nlv_names_from_value (const NlvName *names, guint64 value)
{
  for (; names->name != NULL; names++)
    if (names->value == value)
      return names->name;
  return NULL;
}

gboolean
nlv_names_to_value (const NlvName *names, const char *text, guint64 max, guint64 *value)
{
  gboolean is_hex = g_str_has_prefix (text, "0x");

  for (; names != NULL && names->name != NULL; names++)
    if (strcmp (names->name, text) == 0)
      {
        *value = names->value;
        return TRUE;
      }
  return g_ascii_string_to_unsigned (is_hex ? text + 2 : text, is_hex ? 16 : 10, 0, max, value, NULL);
}

char *
nlv_names_join (const NlvName *names)
{
  GString *joined = g_string_new (NULL);

  for (; names->name != NULL; names++)
    g_string_append_printf (joined, "%s%s", joined->len > 0 ? ", " : "", names->name);
  return g_string_free (joined, FALSE);
}
