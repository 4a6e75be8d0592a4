/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Messages that no kernel sends: whatever they are made of, they do no harm to
 * the network that they become. */
#include "test-capture-message.h"

#include "model/fib.h"
#include "model/file/table-file.h"
#include "model/link-settings.h"

#include <linux/fib_rules.h>
#include <linux/if_addrlabel.h>
#include <linux/net_namespace.h>
#include <linux/netconf.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <string.h>

static void
capture_header (NlvCapture *capture, guint16 type, guint8 family, gsize size)
{
  const guint8 header[64] = { family };

  capture_bytes (capture, type, header, size);
}

static const struct
{
  guint16 type;
  gsize header;
} types[] = {
  { RTM_NEWLINK, sizeof (struct ifinfomsg) },
  { RTM_NEWADDR, sizeof (struct ifaddrmsg) },
  { RTM_NEWROUTE, sizeof (struct rtmsg) },
  { RTM_NEWRULE, sizeof (struct fib_rule_hdr) },
  { RTM_NEWNEIGH, sizeof (struct ndmsg) },
  { RTM_NEWNEXTHOP, sizeof (struct nhmsg) },
  { RTM_NEWNEIGHTBL, sizeof (struct ndtmsg) },
  { RTM_NEWNETCONF, sizeof (struct netconfmsg) },
  { RTM_NEWADDRLABEL, sizeof (struct ifaddrlblmsg) },
  { RTM_NEWNSID, sizeof (struct rtgenmsg) },
  { RTM_GETMULTICAST, sizeof (struct ifaddrmsg) },
  { RTM_GETANYCAST, sizeof (struct ifaddrmsg) },
};

static guint
count_rows (NlvNetwork *network)
{
  return nlv_network_get_n_links (network) + nlv_network_get_n_addresses (network) +
         nlv_network_get_n_routes (network) + nlv_network_get_n_rules (network) +
         nlv_network_get_n_neighbors (network) + nlv_network_get_n_nexthops (network) +
         nlv_network_get_n_objects (network);
}

/* A message that is shorter than its header is none. */
static void
test_short_messages (void)
{
  NlvCapture *capture = nlv_capture_new (NOW);
  NlvNetwork *network;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    for (gsize size = 0; size < types[i].header; size++)
      capture_header (capture, types[i].type, AF_INET, size);
  network = nlv_capture_finish (capture);
  g_assert_cmpuint (count_rows (network), ==, 0);
  assert_sound (network);
  nlv_network_unref (network);
}

/* Types and families that are nothing here. */
static void
test_unknown (void)
{
  static const guint16 unknown[] = { 0, NLMSG_NOOP, RTM_DELLINK, RTM_GETLINK, RTM_NEWSTATS, 500, 65535 };
  NlvCapture *capture = nlv_capture_new (NOW);
  NlvNetwork *network;

  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++)
    capture_header (capture, unknown[i], AF_INET, 32);
  for (guint family = 0; family < 256; family++)
    {
      if (family != AF_UNSPEC)
        capture_header (capture, RTM_NEWLINK, (guint8) family, sizeof (struct ifinfomsg));
      if (family != AF_INET && family != AF_INET6)
        {
          capture_header (capture, RTM_NEWADDR, (guint8) family, sizeof (struct ifaddrmsg));
          capture_header (capture, RTM_NEWROUTE, (guint8) family, sizeof (struct rtmsg));
          capture_header (capture, RTM_NEWNEIGHTBL, (guint8) family, sizeof (struct ndtmsg));
        }
    }
  network = nlv_capture_finish (capture);
  g_assert_cmpuint (count_rows (network), ==, 0);
  assert_sound (network);
  nlv_network_unref (network);
}

/* Headers alone, of every family: rows perhaps, but no harm. */
static void
test_bare_headers (void)
{
  NlvCapture *capture = capture_new_with_links ();
  NlvNetwork *network;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    for (guint family = 0; family < 256; family++)
      capture_header (capture, types[i].type, (guint8) family, types[i].header);
  network = nlv_capture_finish (capture);
  assert_sound (network);
  nlv_network_unref (network);
}

/* A name that does not end, and bytes that are no text. */
static void
test_names (void)
{
  NlvCapture *capture = nlv_capture_new (NOW);
  struct ifinfomsg header = { .ifi_index = 7, .ifi_type = 1 };
  const struct ifaddrmsg address = { .ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = 7 };
  const struct fib_rule_hdr rule = { .family = AF_INET };
  g_autofree char *long_name = g_strnfill (300, 'x');
  NlvNetwork *network;
  const NlvLink *link;
  Told told;

  told_begin (&told, RTM_NEWLINK, &header, sizeof header);
  nlv_put (&told.writer, IFLA_IFNAME, long_name, 16);
  nlv_put (&told.writer, IFLA_QDISC, long_name, 300);
  nlv_put (&told.writer, IFLA_IFALIAS, "\xe9\n\0more", 7);
  capture_told (capture, RTM_NEWLINK, &told);
  header.ifi_index = 8;
  told_begin (&told, RTM_NEWLINK, &header, sizeof header);
  nlv_put (&told.writer, IFLA_IFNAME, "\xff\xfe.x", 4);
  capture_told (capture, RTM_NEWLINK, &told);
  told_begin (&told, RTM_NEWADDR, &address, sizeof address);
  nlv_put (&told.writer, IFA_LABEL, long_name, 300);
  capture_told (capture, RTM_NEWADDR, &told);
  told_begin (&told, RTM_NEWRULE, &rule, sizeof rule);
  nlv_put (&told.writer, FRA_IIFNAME, long_name, 300);
  nlv_put (&told.writer, FRA_OIFNAME, "\xff", 1);
  capture_told (capture, RTM_NEWRULE, &told);
  network = nlv_capture_finish (capture);
  link = nlv_network_find_link (network, 7);
  g_assert_cmpuint (strlen (link->name), ==, 15);
  g_assert_cmpuint (strlen (link->qdisc), ==, 300);
  g_assert_cmpstr (link->alias, ==, "\xe9\n");
  g_assert_cmpstr (nlv_network_find_link (network, 8)->name, ==, "\xff\xfe.x");
  g_assert_cmpuint (strlen (nlv_network_get_address (network, 0)->label), ==, 15);
  g_assert_cmpuint (strlen (nlv_network_get_rule (network, 0)->input), ==, 15);
  g_assert_cmpstr (nlv_network_get_rule (network, 0)->output, ==, "\xff");
  assert_sound (network);
  nlv_network_unref (network);
}

/* What is there already is not there twice. */
static void
test_twice (void)
{
  NlvCapture *capture = nlv_capture_new (NOW);
  const struct ifaddrmsg address = { .ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = 2 };
  const struct ifaddrmsg address6 = { .ifa_family = AF_INET6, .ifa_prefixlen = 64, .ifa_index = 2 };
  const struct rtmsg route = { .rtm_family = AF_INET, .rtm_dst_len = 8, .rtm_table = RT_TABLE_MAIN, .rtm_type = 1 };
  const struct fib_rule_hdr rule = { .family = AF_INET, .action = FR_ACT_TO_TBL };
  const struct ndmsg neighbor = { .ndm_family = AF_INET, .ndm_ifindex = 2 };
  const struct nhmsg nexthop = { .nh_family = AF_INET };
  NlvNetwork *network;
  Told told;

  capture_link (capture, 2, "eth0");
  capture_link (capture, 2, "eth1");
  capture_link (capture, 3, "eth0");
  for (guint i = 0; i < 2; i++)
    {
      told_begin (&told, RTM_NEWADDR, &address, sizeof address);
      told_ip (&told, IFA_LOCAL, "192.0.2.1");
      nlv_put_u32 (&told.writer, 99, i);
      capture_told (capture, RTM_NEWADDR, &told);
      told_begin (&told, RTM_NEWADDR, &address6, sizeof address6);
      told_ip (&told, IFA_ADDRESS, "2001:db8::1");
      nlv_put_u32 (&told.writer, 99, i);
      capture_told (capture, RTM_NEWADDR, &told);
      told_begin (&told, RTM_NEWROUTE, &route, sizeof route);
      told_ip (&told, RTA_DST, "10.0.0.0");
      nlv_put_u32 (&told.writer, RTA_OIF, 2);
      nlv_put_u32 (&told.writer, 99, i);
      capture_told (capture, RTM_NEWROUTE, &told);
      told_begin (&told, RTM_NEWRULE, &rule, sizeof rule);
      nlv_put_u32 (&told.writer, 99, i);
      capture_told (capture, RTM_NEWRULE, &told);
      told_begin (&told, RTM_NEWNEIGH, &neighbor, sizeof neighbor);
      told_ip (&told, NDA_DST, "192.0.2.9");
      nlv_put_u32 (&told.writer, 99, i);
      capture_told (capture, RTM_NEWNEIGH, &told);
      told_begin (&told, RTM_NEWNEXTHOP, &nexthop, sizeof nexthop);
      nlv_put_u32 (&told.writer, NHA_ID, 5);
      nlv_put_u32 (&told.writer, NHA_OIF, 2);
      nlv_put_u32 (&told.writer, 99, i);
      capture_told (capture, RTM_NEWNEXTHOP, &told);
    }
  network = nlv_capture_finish (capture);
  g_assert_cmpuint (nlv_network_get_n_links (network), ==, 1);
  g_assert_cmpstr (nlv_network_get_link (network, 0)->name, ==, "eth0");
  g_assert_cmpuint (nlv_network_get_n_addresses (network), ==, 2);
  g_assert_cmpuint (nlv_network_get_n_routes (network), ==, 1);
  /* Of rules the kernel may have two that are equal. */
  g_assert_cmpuint (nlv_network_get_n_rules (network), ==, 2);
  g_assert_cmpuint (nlv_network_get_n_neighbors (network), ==, 1);
  g_assert_cmpuint (nlv_network_get_n_nexthops (network), ==, 1);
  assert_sound (network);
  nlv_network_unref (network);
}

/* Rows of links that nobody told of, and the index that no link has. */
static void
test_no_link (void)
{
  static const guint32 indexes[] = { 0, 99, G_MAXINT32, G_MAXUINT32 };
  NlvCapture *capture = capture_new_with_links ();
  NlvNetwork *network;

  for (guint i = 0; i < G_N_ELEMENTS (indexes); i++)
    {
      const struct ifaddrmsg address = { .ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = indexes[i] };
      const struct rtmsg route = {
        .rtm_family = AF_INET, .rtm_dst_len = 16, .rtm_table = RT_TABLE_MAIN, .rtm_type = 1
      };
      const struct ndmsg neighbor = { .ndm_family = i % 2 ? AF_BRIDGE : AF_INET, .ndm_ifindex = (int) indexes[i] };
      const struct rtnexthop hop = { .rtnh_len = sizeof hop, .rtnh_ifindex = (int) indexes[i] };
      const guint8 destination[] = { 10, (guint8) i, 0, 0 };
      Told told;

      told_begin (&told, RTM_NEWADDR, &address, sizeof address);
      told_ip (&told, IFA_LOCAL, "192.0.2.1");
      capture_told (capture, RTM_NEWADDR, &told);
      told_begin (&told, RTM_NEWROUTE, &route, sizeof route);
      nlv_put (&told.writer, RTA_DST, destination, sizeof destination);
      nlv_put (&told.writer, RTA_MULTIPATH, &hop, sizeof hop);
      capture_told (capture, RTM_NEWROUTE, &told);
      told_begin (&told, RTM_NEWNEIGH, &neighbor, sizeof neighbor);
      told_ip (&told, NDA_DST, "192.0.2.9");
      capture_told (capture, RTM_NEWNEIGH, &told);
    }
  network = nlv_capture_finish (capture);
  g_assert_cmpuint (nlv_network_get_n_links (network), ==, 3);
  g_assert_cmpuint (nlv_network_get_n_addresses (network), ==, 0);
  /* One without a link may be. */
  g_assert_cmpuint (nlv_network_get_n_routes (network), ==, 1);
  g_assert_cmpuint (nlv_network_get_n_neighbors (network), ==, 0);
  assert_sound (network);
  nlv_network_unref (network);
}

/* Prefixes that are longer than an address. */
static void
test_prefix_lengths (void)
{
  static const guint8 lengths[] = { 33, 129, 255 };
  NlvCapture *capture = capture_new_with_links ();
  NlvNetwork *network;

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (guint j = 0; j < 2; j++)
      {
        guint8 family = j == 0 ? AF_INET : AF_INET6;
        const struct ifaddrmsg address = { .ifa_family = family, .ifa_prefixlen = lengths[i], .ifa_index = 2 };
        const struct rtmsg route = { .rtm_family = family,
                                     .rtm_dst_len = j == 0 || i > 0 ? lengths[i] : 0,
                                     .rtm_src_len = lengths[i],
                                     .rtm_type = 1 };
        const struct fib_rule_hdr rule = { .family = family, .dst_len = lengths[i], .src_len = lengths[i] };
        const struct ifaddrlblmsg label = { .ifal_family = family, .ifal_prefixlen = lengths[i] };

        capture_bytes (capture, RTM_NEWADDR, &address, sizeof address);
        capture_bytes (capture, RTM_NEWROUTE, &route, sizeof route);
        capture_bytes (capture, RTM_NEWRULE, &rule, sizeof rule);
        capture_bytes (capture, RTM_NEWADDRLABEL, &label, sizeof label);
      }
  network = nlv_capture_finish (capture);
  /* Of the routes, only 33 bits of an IPv6 source can be. */
  g_assert_cmpuint (nlv_network_get_n_routes (network), ==, 1);
  assert_sound (network);
  nlv_network_unref (network);
}

/* Ways of a route whose lengths lie. */
static void
test_broken_ways (void)
{
  static const struct
  {
    guint8 bytes[24];
    gsize len, n_ways;
  } cases[] = {
    { { 0 }, 0, 0 },
    { { 8, 0, 0, 0, 2, 0, 0, 0 }, 7, 0 },
    { { 8, 0, 0, 0, 2, 0, 0, 0 }, 8, 1 },
    { { 0, 0, 0, 0, 2, 0, 0, 0 }, 8, 0 },
    { { 7, 0, 0, 0, 2, 0, 0, 0 }, 8, 0 },
    { { 9, 0, 0, 0, 2, 0, 0, 0 }, 8, 0 },
    { { 255, 255, 0, 0, 2, 0, 0, 0 }, 8, 0 },
    { { 8, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 3, 0, 0, 0 }, 16, 2 },
    { { 8, 0, 0, 0, 2, 0, 0, 0, 16, 0, 0, 0, 3, 0, 0, 0 }, 16, 1 },
    { { 9, 0, 0, 0, 2, 0, 0, 0, 7, 7, 7, 7, 8, 0, 0, 0, 3, 0, 0, 0 }, 20, 2 },
    { { 16, 0, 0, 0, 2, 0, 0, 0, 255, 0, 5, 0, 1, 2, 3, 4 }, 16, 1 },
    { { 16, 0, 0, 0, 2, 0, 0, 0, 5, 0, 18, 0, 2, 0, 0, 0 }, 16, 1 }, /* a RTA_VIA of one byte */
    { { 16, 0, 0, 0, 2, 0, 0, 0, 4, 0, 5, 0, 4, 0, 22, 0 }, 16, 1 }, /* no gateway, no encapsulation */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const struct rtmsg header = { .rtm_family = AF_INET, .rtm_dst_len = 8, .rtm_type = 1 };
      NlvCapture *capture = capture_new_with_links ();
      NlvNetwork *network;
      NlvFibCursor cursor;
      Told told;

      g_test_message ("case %u", i);
      told_begin (&told, RTM_NEWROUTE, &header, sizeof header);
      told_ip (&told, RTA_DST, "10.0.0.0");
      nlv_put (&told.writer, RTA_MULTIPATH, cases[i].bytes, cases[i].len);
      capture_told (capture, RTM_NEWROUTE, &told);
      network = nlv_capture_finish (capture);
      nlv_fib_cursor_init (&cursor, AF_INET);
      g_assert_cmpuint (nlv_fib_next (nlv_network_get_fib (network), &cursor)->n_nexthops, ==, cases[i].n_ways);
      assert_sound (network);
      nlv_network_unref (network);
    }
}

#define MANY 60003

static void
capture_huge_link (NlvCapture *capture, const guint8 *bytes)
{
  const struct ifinfomsg header = { .ifi_index = 7, .ifi_type = 1 };
  gsize nest, inner;
  Told told;

  told_begin (&told, RTM_NEWLINK, &header, sizeof header);
  nlv_put_string (&told.writer, IFLA_IFNAME, "big");
  nlv_put_u32 (&told.writer, IFLA_MTU, 1500);
  nlv_put (&told.writer, IFLA_ADDRESS, bytes, MANY);
  nlv_put (&told.writer, IFLA_BROADCAST, bytes, 33);
  nlv_put (&told.writer, IFLA_PERM_ADDRESS, bytes, 255);
  nlv_put (&told.writer, IFLA_STATS64, bytes, MANY);
  nest = nlv_nest_begin (&told.writer, IFLA_AF_SPEC);
  inner = nlv_nest_begin (&told.writer, AF_INET);
  nlv_put (&told.writer, IFLA_INET_CONF, bytes, 20003);
  nlv_nest_end (&told.writer, inner);
  inner = nlv_nest_begin (&told.writer, AF_INET6);
  nlv_put (&told.writer, IFLA_INET6_CONF, bytes, 1);
  nlv_put (&told.writer, IFLA_INET6_STATS, bytes, 20003);
  nlv_put (&told.writer, IFLA_INET6_ICMP6STATS, bytes, 15);
  nlv_nest_end (&told.writer, inner);
  nlv_nest_end (&told.writer, nest);
  capture_told (capture, RTM_NEWLINK, &told);
}

static void
capture_group (NlvCapture *capture, guint32 id, const guint8 *bytes, gsize len)
{
  const struct nhmsg header = { 0 };
  Told told;

  told_begin (&told, RTM_NEWNEXTHOP, &header, sizeof header);
  nlv_put_u32 (&told.writer, NHA_ID, id);
  nlv_put (&told.writer, NHA_GROUP, bytes, len);
  capture_told (capture, RTM_NEWNEXTHOP, &told);
}

static void
capture_metrics (NlvCapture *capture, const guint8 *bytes)
{
  const struct rtmsg header = { .rtm_family = AF_INET6, .rtm_type = 1 };
  gsize nest;
  Told told;

  told_begin (&told, RTM_NEWROUTE, &header, sizeof header);
  nest = nlv_nest_begin (&told.writer, RTA_METRICS);
  nlv_put_u32 (&told.writer, RTAX_MAX, 1);
  nlv_put_u32 (&told.writer, RTAX_MAX + 1, 2);
  nlv_put_u32 (&told.writer, 0x3fff, 3);
  nlv_put (&told.writer, RTAX_MTU, bytes, 1);
  nlv_put (&told.writer, RTAX_CC_ALGO, bytes, 300);
  nlv_nest_end (&told.writer, nest);
  capture_told (capture, RTM_NEWROUTE, &told);
}

static void
capture_parameters (NlvCapture *capture, const guint8 *bytes)
{
  const struct ndtmsg header = { .ndtm_family = AF_INET };
  gsize nest;
  Told told;

  told_begin (&told, RTM_NEWNEIGHTBL, &header, sizeof header);
  nlv_put (&told.writer, NDTA_CONFIG, bytes, 5);
  nlv_put (&told.writer, NDTA_STATS, bytes, MANY);
  nest = nlv_nest_begin (&told.writer, NDTA_PARMS);
  nlv_put (&told.writer, NDTPA_IFINDEX, bytes, 1);
  nlv_put (&told.writer, 127, bytes, 8);
  nlv_put (&told.writer, 0x3fff, bytes, 8);
  nlv_nest_end (&told.writer, nest);
  capture_told (capture, RTM_NEWNEIGHTBL, &told);
}

/* Lists that are longer than any kernel's, and that end within a number. */
static void
test_huge_lists (void)
{
  NlvCapture *capture = capture_new_with_links ();
  g_autofree guint8 *bytes = g_malloc (MANY);
  NlvNetwork *network;
  const NlvLink *link;

  memset (bytes, 7, MANY);
  capture_huge_link (capture, bytes);
  capture_group (capture, 5, bytes, MANY);
  capture_group (capture, 6, bytes, 7);
  capture_metrics (capture, bytes);
  capture_parameters (capture, bytes);
  network = nlv_capture_finish (capture);
  link = nlv_network_find_link (network, 7);
  g_assert_cmpuint (link->address_length, ==, 32);
  g_assert_cmpuint (link->permanent_address_length, ==, 32);
  for (guint which = 0; which < NLV_N_LINK_SETTINGS; which++)
    g_assert_cmpuint (nlv_settings_count (link->settings[which], 0), <=, NLV_MAX_SETTINGS);
  g_assert_cmpuint (nlv_network_find_nexthop (network, 5)->group->len, ==, MANY / sizeof (struct nexthop_grp));
  g_assert_null (nlv_network_find_nexthop (network, 6));
  assert_sound (network);
  nlv_network_unref (network);
}

typedef struct
{
  guint16 type;
  GBytes *body; /* (owned) */
} Message;

static void
clear_message (gpointer data)
{
  g_bytes_unref (((Message *) data)->body);
}

/* All that is told of the network in the example. */
static GArray *
tell_example (void)
{
  static const struct
  {
    guint16 type;
    guint8 family;
    gsize header;
  } dumps[] = {
    { RTM_GETLINK, AF_UNSPEC, 16 },     { RTM_GETADDR, AF_UNSPEC, 8 },     { RTM_GETROUTE, AF_INET, 12 },
    { RTM_GETROUTE, AF_INET6, 12 },     { RTM_GETRULE, AF_UNSPEC, 12 },    { RTM_GETNEIGH, AF_UNSPEC, 12 },
    { RTM_GETNEXTHOP, AF_UNSPEC, 8 },   { RTM_GETNEIGHTBL, AF_UNSPEC, 4 }, { RTM_GETNETCONF, AF_INET, 4 },
    { RTM_GETADDRLABEL, AF_INET6, 12 }, { RTM_GETMULTICAST, AF_INET6, 8 },
  };
  static const char more[] =
    "\n[nexthop 5]\ngateway=192.0.2.77\ndevice=lo\n[nexthop 6]\ngroup=5 weight 3;\n"
    "[route more]\ndestination=198.18.0.0/15\nmtu=1400\nnexthops=dev lo weight 2;via ::5 dev lo "
    "encap 1:0102030405060708\n[rule more]\nfrom=10.0.0.0/8\niif=lo\nattribute-77=01\n"
    "[neighbor more]\ndevice=lo\naddress=192.0.2.99\nmac-address=02:00:00:00:00:01\n";
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "networks", "office.nlvirt", NULL);
  g_autoptr (GPtrArray) faults = g_ptr_array_new ();
  g_autofree char *text = NULL, *all = NULL;
  GArray *messages = g_array_new (FALSE, FALSE, sizeof (Message));
  NlvNetwork *network;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  all = g_strconcat (text, more, NULL);
  network = nlv_table_file_parse (all, strlen (all), faults);
  g_assert_nonnull (network);
  g_array_set_clear_func (messages, clear_message);
  for (guint i = 0; i < G_N_ELEMENTS (dumps); i++)
    {
      g_autoptr (GPtrArray) bodies = ask_dump_of_family (network, dumps[i].type, dumps[i].family, dumps[i].header);

      g_assert_cmpuint (bodies->len, >, 0);
      for (guint j = 0; j < bodies->len; j++)
        {
          Message message = { dumps[i].type == RTM_GETMULTICAST ? dumps[i].type : dumps[i].type - 2,
                              g_bytes_ref (g_ptr_array_index (bodies, j)) };

          g_array_append_val (messages, message);
        }
    }
  nlv_network_unref (network);
  return messages;
}

/* The end cut off, or a few bytes changed. */
static guint8 *
mangle (GBytes *body, GRand *random, gsize *len)
{
  guint8 *bytes;

  *len = g_bytes_get_size (body);
  bytes = g_memdup2 (g_bytes_get_data (body, NULL), *len);
  if (g_rand_int_range (random, 0, 4) == 0)
    *len = (gsize) g_rand_int_range (random, 0, (gint32) *len + 1);
  for (gint32 n = g_rand_int_range (random, 0, 4); n > 0 && *len > 0; n--)
    {
      static const guint8 values[] = { 0, 1, 3, 4, 5, 8, 127, 128, 254, 255 };
      gint32 value = g_rand_int_range (random, 0, 2 * G_N_ELEMENTS (values));

      bytes[g_rand_int_range (random, 0, (gint32) *len)] =
        value < (gint32) G_N_ELEMENTS (values) ? values[value] : (guint8) g_rand_int (random);
    }
  return bytes;
}

static void
test_mangled (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (23);
  g_autoptr (GArray) messages = tell_example ();

  for (guint i = 0; i < 200; i++)
    {
      NlvCapture *capture = nlv_capture_new (NOW);
      NlvNetwork *network;

      for (guint j = 0; j < messages->len; j++)
        {
          const Message *message = &g_array_index (messages, Message, j);
          gsize len;
          g_autofree guint8 *bytes = mangle (message->body, random, &len);

          capture_bytes (capture, message->type, bytes, len);
        }
      network = nlv_capture_finish (capture);
      assert_sound (network);
      nlv_network_unref (network);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/capture/hostile/short-messages", test_short_messages);
  g_test_add_func ("/model/capture/hostile/unknown", test_unknown);
  g_test_add_func ("/model/capture/hostile/bare-headers", test_bare_headers);
  g_test_add_func ("/model/capture/hostile/names", test_names);
  g_test_add_func ("/model/capture/hostile/twice", test_twice);
  g_test_add_func ("/model/capture/hostile/no-link", test_no_link);
  g_test_add_func ("/model/capture/hostile/prefix-lengths", test_prefix_lengths);
  g_test_add_func ("/model/capture/hostile/broken-ways", test_broken_ways);
  g_test_add_func ("/model/capture/hostile/huge-lists", test_huge_lists);
  g_test_add_func ("/model/capture/hostile/mangled", test_mangled);
  return g_test_run ();
}
