/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a kernel told comes out again, byte by byte: out of the network that was
 * captured, out of a copy, and out of a file. */
#include "test-capture-message.h"

#include "model/file/table-file.h"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/lwtunnel.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <string.h>

/* Newer than the headers that this builds with. */
#define NLV_IFA_PROTO 11

/* --- links -------------------------------------------------------------------------- */

/* A port of a bridge with two functions, as the kernel writes it but for what
 * it is long. */
static GBytes *
tell_link (gint32 index, const char *name, gboolean unusual)
{
  const struct ifinfomsg header = { .ifi_index = index,
                                    .ifi_type = ARPHRD_ETHER,
                                    .ifi_flags = IFF_UP | IFF_BROADCAST | IFF_RUNNING | IFF_MULTICAST | 0x10000 };
  static const guint8 address[6] = { 2, 0, 0x5e, 0, 0x53, 1 }, broadcast[6] = { 255, 255, 255, 255, 255, 255 };
  struct rtnl_link_stats64 stats64 = { .rx_packets = 1, .tx_bytes = G_MAXUINT64 };
  struct rtnl_link_stats stats = { .rx_packets = 1, .tx_bytes = G_MAXUINT32 };
  const struct rtnl_link_ifmap map = { .mem_start = unusual ? 0x10000 : 0 };
  gsize nest, inner, conf;
  Told told;
  NlvWriter *writer = &told.writer;

  told_begin (&told, RTM_NEWLINK, &header, sizeof header);
  nlv_put_string (writer, IFLA_IFNAME, name);
  nlv_put_u32 (writer, IFLA_TXQLEN, 1000);
  nlv_put_u8 (writer, IFLA_OPERSTATE, 6);
  nlv_put_u8 (writer, IFLA_LINKMODE, 0);
  nlv_put_u32 (writer, 71, 5); /* of a kernel to come */
  nlv_put_u32 (writer, IFLA_MTU, 1500);
  nlv_put_u32 (writer, IFLA_MIN_MTU, 68);
  nlv_put_u32 (writer, IFLA_MAX_MTU, 65535);
  nlv_put_u32 (writer, IFLA_GROUP, 3);
  nlv_put_u32 (writer, IFLA_PROMISCUITY, 1);
  nlv_put_string (writer, IFLA_QDISC, "fq codel");
  nlv_put_string (writer, IFLA_IFALIAS, "up; \\ link\n");
  nlv_put (writer, IFLA_MAP, &map, sizeof map);
  nlv_put (writer, IFLA_ADDRESS, address, sizeof address);
  nlv_put (writer, IFLA_BROADCAST, broadcast, sizeof broadcast);
  nlv_put (writer, IFLA_STATS64, &stats64, sizeof stats64);
  nlv_put (writer, IFLA_STATS, &stats, sizeof stats);
  nest = nlv_nest_begin (writer, IFLA_LINKINFO);
  nlv_put_string (writer, IFLA_INFO_KIND, "some kind");
  nlv_put (writer, IFLA_INFO_DATA, "\10\0\1\0data", 8);
  nlv_nest_end (writer, nest);
  nest = nlv_nest_begin (writer, IFLA_AF_SPEC);
  inner = nlv_nest_begin (writer, AF_INET);
  conf = nlv_nest_begin (writer, IFLA_INET_CONF);
  nlv_nest_end (writer, conf);
  nlv_nest_end (writer, inner);
  nlv_nest_end (writer, nest);
  nest = nlv_nest_begin (writer, IFLA_PROP_LIST | NLA_F_NESTED);
  nlv_put_string (writer, IFLA_ALT_IFNAME, unusual ? "a name; \xc3\xa9" : "alt");
  nlv_nest_end (writer, nest);
  return told_end (&told);
}

static gboolean
has_attr (GBytes *body, gsize header, guint16 type, GBytes *like)
{
  gsize size, like_size;
  const guint8 *data = g_bytes_get_data (body, &size), *like_data = g_bytes_get_data (like, &like_size);
  NlvSpan rest = nlv_span_from (nlv_span (data, size), header);
  NlvSpan like_rest = nlv_span_from (nlv_span (like_data, like_size), header);
  NlvAttr attr, wanted;

  while (nlv_attr_next (&like_rest, &wanted))
    if (wanted.type == type)
      while (nlv_attr_next (&rest, &attr))
        if (attr.type == type)
          return attr.payload.len == wanted.payload.len &&
                 memcmp (attr.payload.data, wanted.payload.data, attr.payload.len) == 0;
  return FALSE;
}

/* Each attribute of the kernel's is told as it was, wherever it stands. */
static void
test_foreign_link (void)
{
  for (guint unusual = 0; unusual < 2; unusual++)
    {
      g_autoptr (GBytes) told = tell_link (7, "eth7", unusual != 0);
      NlvCapture *capture = capture_new_with_links ();
      NlvNetwork *networks[2];
      NlvSpan rest;
      NlvAttr attr;

      capture_bytes (capture, RTM_NEWLINK, g_bytes_get_data (told, NULL), g_bytes_get_size (told));
      networks[0] = nlv_capture_finish (capture);
      networks[1] = save_and_load (networks[0]);
      for (guint i = 0; i < 2; i++)
        {
          g_autoptr (GPtrArray) bodies = ask_dump_of_family (networks[i], RTM_GETLINK, AF_UNSPEC, 16);

          g_assert_cmpuint (bodies->len, ==, 4);
          rest = nlv_span_from (nlv_span (g_bytes_get_data (told, NULL), g_bytes_get_size (told)), 16);
          g_assert_cmpmem (g_bytes_get_data (g_ptr_array_index (bodies, 3), NULL), 16, g_bytes_get_data (told, NULL),
                           16);
          while (nlv_attr_next (&rest, &attr))
            {
              g_test_message ("attribute %u", attr.type);
              g_assert_true (has_attr (g_ptr_array_index (bodies, 3), 16, attr.type, told));
            }
          nlv_network_unref (networks[i]);
        }
    }
}

/* Links of many settings, as this responder tells of them: the same again. */
static void
test_links (void)
{
  static const char text[] =
    "[network]\nfill=false\n[link lo]\n[link eth0]\nkind=veth\nkind-data=0c00010000000000\nlink=#9\nlink-netns=0\n"
    "mtu=9000\nalt-names=one;two\nipv4-settings=forwarding:1;rp_filter:2;40:5\nipv6-settings=hop_limit:1;99:-1\n"
    "ipv6-state=flags:5;ra_mtu:1400\nipv6-statistics=0:38;5:4294967296;37:-1\nicmpv6-statistics=3:4\n"
    "ipv6-token=::5\ncarrier-up-count=7\nattribute-77=01020304\nattribute-13=\nrx-bytes=18446744073709551615\n"
    "[link br0]\nkind=bridge\nup=false\n[link eth1]\nmaster=br0\nslave-kind=bridge\nslave-data=05000100ff000000\n"
    "hardware-type=none\nmac-address=\n[link tiny]\nmtu=60\n[link small]\nmtu=1000\n";
  g_autoptr (GPtrArray) faults = g_ptr_array_new ();
  NlvNetwork *network = nlv_table_file_parse (text, sizeof text - 1, faults);
  const guint8 header[32] = { 0 };
  GPtrArray *bodies;

  g_assert_nonnull (network);
  bodies = ask_dump (network, RTM_GETLINK, header, 16);
  g_assert_cmpuint (bodies->len, ==, 6);
  nlv_network_unref (network);
  assert_told_again (nlv_capture_new (NOW), RTM_GETLINK, header, 16, bodies);
}

/* --- addresses ---------------------------------------------------------------------- */

typedef struct
{
  const char *local, *peer, *broadcast, *label;
  guint8 length;
  guint32 flags;
  struct ifa_cacheinfo times;
  gboolean reordered;
} ToldAddress;

static const struct ifa_cacheinfo forever = { G_MAXUINT32, G_MAXUINT32, 12, 34 };

static GBytes *
tell_address (const ToldAddress *address)
{
  gboolean ipv6 = strchr (address->local, ':') != NULL;
  const struct ifaddrmsg header = { .ifa_family = ipv6 ? AF_INET6 : AF_INET,
                                    .ifa_prefixlen = address->length,
                                    .ifa_flags = (guint8) address->flags,
                                    .ifa_index = 2 };
  Told told;

  told_begin (&told, RTM_NEWADDR, &header, sizeof header);
  if (address->reordered)
    nlv_put_u32 (&told.writer, IFA_FLAGS, address->flags);
  if (ipv6 && address->peer != NULL)
    told_ip (&told, IFA_LOCAL, address->local);
  told_ip (&told, IFA_ADDRESS, address->peer != NULL ? address->peer : address->local);
  if (!ipv6)
    told_ip (&told, IFA_LOCAL, address->local);
  if (address->broadcast != NULL)
    told_ip (&told, IFA_BROADCAST, address->broadcast);
  if (address->label != NULL)
    nlv_put_string (&told.writer, IFA_LABEL, address->label);
  if (ipv6)
    nlv_put (&told.writer, IFA_CACHEINFO, &address->times, sizeof address->times);
  if (!address->reordered)
    nlv_put_u32 (&told.writer, IFA_FLAGS, address->flags);
  if (!ipv6)
    nlv_put (&told.writer, IFA_CACHEINFO, &address->times, sizeof address->times);
  if (address->reordered)
    nlv_put_u32 (&told.writer, 99, 5);
  return told_end (&told);
}

static void
test_addresses (void)
{
  /* In the kernel's order: IPv6 of a wider scope and newer ones first. */
  const ToldAddress addresses[] = {
    { "192.0.2.1", NULL, "192.0.2.255", "eth0", 24, IFA_F_PERMANENT, forever, FALSE },
    { "192.0.2.2", NULL, NULL, "eth0:1", 25, IFA_F_PERMANENT, forever, FALSE },
    { "10.0.0.1", "10.0.0.2", NULL, NULL, 32, IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE, forever, FALSE },
    { "198.51.100.1", NULL, "198.51.100.255", "eth0", 24, 0, { 1800, 3600, 400000, 450000 }, FALSE },
    { "198.51.101.1", NULL, "198.51.101.9", "eth0", 24, IFA_F_DEPRECATED, { 0, 3600, 1, 2 }, FALSE },
    { "198.51.102.1", NULL, "198.51.102.255", "eth0", 24, 0, { 5, G_MAXUINT32, NOW, NOW }, TRUE },
    { "192.0.2.3", NULL, "192.0.2.255", "eth0", 24, IFA_F_PERMANENT | IFA_F_SECONDARY, forever, FALSE },
    { "2001:db8::3", NULL, NULL, NULL, 64, IFA_F_TENTATIVE, { 100, 200, 1, NOW - 50 }, FALSE },
    { "2001:db8::1", NULL, NULL, NULL, 64, IFA_F_PERMANENT | IFA_F_NODAD, forever, FALSE },
    { "2001:db8::2", "2001:db8::9", NULL, NULL, 128, IFA_F_PERMANENT | 0x80000000, forever, FALSE },
    { "fe80::1", NULL, NULL, NULL, 64, IFA_F_PERMANENT, forever, TRUE },
  };
  const guint8 header[32] = { 0 };
  GPtrArray *expected = new_bodies ();

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    g_ptr_array_add (expected, tell_address (&addresses[i]));
  assert_told_again (capture_new_with_links (), RTM_GETADDR, header, 8, expected);
}

/* --- rules -------------------------------------------------------------------------- */

static void
begin_rule (Told *told, guint8 family, guint8 action, guint32 table, guint32 flags, guint8 lengths)
{
  const struct fib_rule_hdr header = { .family = family,
                                       .dst_len = lengths,
                                       .src_len = lengths,
                                       .tos = family == AF_INET ? 4 : 0,
                                       .table = table < 256 ? (guint8) table : RT_TABLE_COMPAT,
                                       .action = action,
                                       .flags = flags };

  told_begin (told, RTM_NEWRULE, &header, sizeof header);
  nlv_put_u32 (&told->writer, FRA_TABLE, table);
}

static void
test_rules (void)
{
  static const guint16 one_port[2] = { 80, 80 }, ports[2] = { 1, 65535 };
  static const guint32 uids[2] = { 0, G_MAXUINT32 };
  const guint8 header[32] = { 0 };
  GPtrArray *expected = new_bodies ();
  Told told;

  begin_rule (&told, AF_INET, FR_ACT_TO_TBL, 70000, FIB_RULE_INVERT | FIB_RULE_IIF_DETACHED, 24);
  nlv_put_u32 (&told.writer, FRA_SUPPRESS_PREFIXLEN, 5);
  nlv_put_u8 (&told.writer, FRA_PROTOCOL, RTPROT_BGP);
  nlv_put_string (&told.writer, FRA_IIFNAME, "gone");
  nlv_put_string (&told.writer, FRA_OIFNAME, "eth0");
  nlv_put_u32 (&told.writer, FRA_PRIORITY, 5);
  nlv_put_u32 (&told.writer, FRA_FWMARK, 1);
  nlv_put_u32 (&told.writer, FRA_FWMASK, 0xff);
  nlv_put_u64 (&told.writer, FRA_TUN_ID, GUINT64_TO_BE (77));
  nlv_put (&told.writer, FRA_UID_RANGE, uids, sizeof uids);
  nlv_put (&told.writer, FRA_SPORT_RANGE, one_port, sizeof one_port);
  nlv_put (&told.writer, FRA_DPORT_RANGE, ports, sizeof ports);
  nlv_put_u8 (&told.writer, FRA_IP_PROTO, 17);
  nlv_put_u32 (&told.writer, FRA_SUPPRESS_IFGROUP, 8);
  told_ip (&told, FRA_DST, "10.0.0.0");
  told_ip (&told, FRA_SRC, "192.0.2.0");
  nlv_put_u32 (&told.writer, FRA_FLOW, 0x10002);
  nlv_put_u32 (&told.writer, 77, 5); /* of a kernel to come */
  g_ptr_array_add (expected, told_end (&told));

  begin_rule (&told, AF_INET, FR_ACT_GOTO, 0, FIB_RULE_UNRESOLVED, 0);
  nlv_put_u32 (&told.writer, FRA_SUPPRESS_PREFIXLEN, G_MAXUINT32);
  nlv_put_u8 (&told.writer, FRA_PROTOCOL, RTPROT_BOOT);
  nlv_put_u32 (&told.writer, FRA_PRIORITY, 6);
  nlv_put_u32 (&told.writer, FRA_GOTO, 99);
  g_ptr_array_add (expected, told_end (&told));

  /* Flags of what it does not name were given to it. */
  begin_rule (&told, AF_INET6, FR_ACT_TO_TBL, 0, FIB_RULE_UNRESOLVED | FIB_RULE_IIF_DETACHED | FIB_RULE_OIF_DETACHED,
              128);
  nlv_put_u32 (&told.writer, FRA_SUPPRESS_PREFIXLEN, G_MAXUINT32);
  nlv_put_u8 (&told.writer, FRA_PROTOCOL, RTPROT_STATIC);
  nlv_put_u32 (&told.writer, FRA_PRIORITY, 1000);
  nlv_put_u8 (&told.writer, FRA_L3MDEV, 1);
  told_ip (&told, FRA_DST, "2001:db8::1");
  told_ip (&told, FRA_SRC, "2001:db8::2");
  g_ptr_array_add (expected, told_end (&told));
  assert_told_again (capture_new_with_links (), RTM_GETRULE, header, 12, expected);
}

/* --- neighbours --------------------------------------------------------------------- */

static void
begin_neighbor (Told *told, guint8 family, guint16 state, guint8 flags, guint8 type)
{
  const struct ndmsg header = {
    .ndm_family = family, .ndm_ifindex = 2, .ndm_state = state, .ndm_flags = flags, .ndm_type = type
  };

  told_begin (told, RTM_NEWNEIGH, &header, sizeof header);
}

static GBytes *
tell_neighbor (const char *ip, guint16 state, guint8 flags, guint32 extended)
{
  const struct nda_cacheinfo times = { .ndm_confirmed = 1, .ndm_used = 2, .ndm_updated = 3, .ndm_refcnt = 4 };
  static const guint8 address[6] = { 2, 0, 0x5e, 0, 0x53, 9 };
  Told told;

  begin_neighbor (&told, strchr (ip, ':') != NULL ? AF_INET6 : AF_INET, state, flags, RTN_UNICAST);
  told_ip (&told, NDA_DST, ip);
  if (state != NUD_FAILED)
    nlv_put (&told.writer, NDA_LLADDR, address, sizeof address);
  nlv_put_u32 (&told.writer, NDA_PROBES, 6);
  nlv_put (&told.writer, NDA_CACHEINFO, &times, sizeof times);
  if (extended != 0)
    {
      nlv_put_u8 (&told.writer, NDA_PROTOCOL, RTPROT_STATIC);
      nlv_put_u32 (&told.writer, 15, extended); /* NDA_FLAGS_EXT */
      nlv_put_u32 (&told.writer, 77, 1);
    }
  return told_end (&told);
}

static void
test_neighbors (void)
{
  const guint8 header[32] = { 0 };
  GPtrArray *expected = new_bodies ();

  g_ptr_array_add (expected, tell_neighbor ("192.0.2.9", NUD_REACHABLE, 0, 0));
  g_ptr_array_add (expected, tell_neighbor ("192.0.2.4", NUD_FAILED, 0, 0));
  g_ptr_array_add (expected, tell_neighbor ("192.0.2.5", NUD_PERMANENT | NUD_NOARP, NTF_EXT_LEARNED, 5));
  g_ptr_array_add (expected, tell_neighbor ("fe80::9", NUD_STALE, NTF_ROUTER, 0));
  assert_told_again (capture_new_with_links (), RTM_GETNEIGH, header, 12, expected);
}

static void
test_proxies (void)
{
  const struct ndmsg request = { .ndm_flags = NTF_PROXY };
  guint8 header[32] = { 0 };
  GPtrArray *expected = new_bodies ();
  Told told;

  memcpy (header, &request, sizeof request);
  begin_neighbor (&told, AF_INET, NUD_NONE, NTF_PROXY, RTN_UNICAST);
  told_ip (&told, NDA_DST, "192.0.2.7");
  g_ptr_array_add (expected, told_end (&told));
  begin_neighbor (&told, AF_INET6, NUD_NONE, NTF_PROXY | NTF_ROUTER, RTN_UNICAST);
  told_ip (&told, NDA_DST, "2001:db8::7");
  nlv_put_u8 (&told.writer, NDA_PROTOCOL, RTPROT_STATIC);
  g_ptr_array_add (expected, told_end (&told));
  assert_told_again (capture_new_with_links (), RTM_GETNEIGH, header, 12, expected);
}

/* A bridge's entries, of which two differ in their VLAN only. */
static void
test_forwarding_entries (void)
{
  static const guint8 address[6] = { 2, 0, 0x5e, 0, 0x53, 9 };
  const struct nda_cacheinfo times = { .ndm_updated = 3 };
  const guint8 header[32] = { AF_BRIDGE };
  GPtrArray *expected = new_bodies ();

  for (guint16 vlan = 0; vlan < 3; vlan++)
    {
      Told told;

      begin_neighbor (&told, AF_BRIDGE, NUD_REACHABLE, vlan == 2 ? NTF_SELF : 0, 0);
      nlv_put (&told.writer, NDA_LLADDR, address, sizeof address);
      if (vlan == 2)
        told_ip (&told, NDA_DST, "192.0.2.9");
      nlv_put_u32 (&told.writer, NDA_MASTER, 3);
      nlv_put (&told.writer, NDA_CACHEINFO, &times, sizeof times);
      if (vlan == 1)
        nlv_put_u16 (&told.writer, NDA_VLAN, vlan);
      g_ptr_array_add (expected, told_end (&told));
    }
  assert_told_again (capture_new_with_links (), RTM_GETNEIGH, header, 12, expected);
}

/* --- nexthops ----------------------------------------------------------------------- */

static void
begin_nexthop (Told *told, guint32 id, guint8 family, guint8 scope, guint32 flags)
{
  const struct nhmsg header = {
    .nh_family = family, .nh_scope = scope, .nh_protocol = RTPROT_STATIC, .nh_flags = flags
  };

  told_begin (told, RTM_NEWNEXTHOP, &header, sizeof header);
  nlv_put_u32 (&told->writer, NHA_ID, id);
}

static void
test_nexthops (void)
{
  static const struct nexthop_grp group[] = { { 1, 0, 0, 0 }, { 2, 255, 255, 0 } };
  static const guint8 resilient[] = { 6, 0, 1, 0, 32, 0, 0, 0, 8, 0, 2, 0, 1, 0, 0, 0 };
  const guint8 header[32] = { 0 };
  GPtrArray *expected = new_bodies ();
  Told told;

  begin_nexthop (&told, 1, AF_INET, RT_SCOPE_LINK, RTNH_F_ONLINK);
  nlv_put_u32 (&told.writer, NHA_OIF, 2);
  told_ip (&told, NHA_GATEWAY, "192.0.2.9");
  nlv_put (&told.writer, NHA_ENCAP | NLA_F_NESTED, "\10\0\1\0\1\2\3\4", 8);
  nlv_put_u16 (&told.writer, NHA_ENCAP_TYPE, LWTUNNEL_ENCAP_MPLS);
  g_ptr_array_add (expected, told_end (&told));

  begin_nexthop (&told, 2, AF_INET6, RT_SCOPE_LINK, 0);
  nlv_put_u32 (&told.writer, NHA_OIF, 3);
  told_ip (&told, NHA_GATEWAY, "fe80::9");
  nlv_put_u32 (&told.writer, 77, 5);
  g_ptr_array_add (expected, told_end (&told));

  begin_nexthop (&told, 3, AF_INET, RT_SCOPE_UNIVERSE, 0);
  nlv_put_flag (&told.writer, NHA_BLACKHOLE);
  g_ptr_array_add (expected, told_end (&told));

  begin_nexthop (&told, 4, AF_INET, RT_SCOPE_LINK, 0);
  nlv_put_flag (&told.writer, NHA_FDB);
  told_ip (&told, NHA_GATEWAY, "192.0.2.8");
  g_ptr_array_add (expected, told_end (&told));

  begin_nexthop (&told, 5, AF_INET, RT_SCOPE_LINK, 0);
  nlv_put_flag (&told.writer, NHA_FDB);
  g_ptr_array_add (expected, told_end (&told));

  for (guint i = 0; i < 3; i++)
    {
      begin_nexthop (&told, i < 2 ? 10 + i : G_MAXUINT32, AF_UNSPEC, 0, 0);
      nlv_put_u16 (&told.writer, NHA_GROUP_TYPE, i == 1 ? NEXTHOP_GRP_TYPE_RES : NEXTHOP_GRP_TYPE_MPATH);
      nlv_put (&told.writer, NHA_GROUP, group, sizeof group);
      if (i == 1)
        nlv_put (&told.writer, NHA_RES_GROUP | NLA_F_NESTED, resilient, sizeof resilient);
      /* An older kernel does not tell what it knows of requests. */
      if (i < 2)
        nlv_put_u32 (&told.writer, 14, 0x80000000);
      g_ptr_array_add (expected, told_end (&told));
    }
  assert_told_again (capture_new_with_links (), RTM_GETNEXTHOP, header, 8, expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/capture/answer/links", test_links);
  g_test_add_func ("/model/capture/answer/foreign-link", test_foreign_link);
  g_test_add_func ("/model/capture/answer/addresses", test_addresses);
  g_test_add_func ("/model/capture/answer/rules", test_rules);
  g_test_add_func ("/model/capture/answer/neighbors", test_neighbors);
  g_test_add_func ("/model/capture/answer/proxies", test_proxies);
  g_test_add_func ("/model/capture/answer/forwarding-entries", test_forwarding_entries);
  g_test_add_func ("/model/capture/answer/nexthops", test_nexthops);
  return g_test_run ();
}
