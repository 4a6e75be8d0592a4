/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A network out of messages: what becomes of them. */
#include "test-capture-message.h"

#include "model/fib.h"
#include "model/link-settings.h"

#include <linux/fib_rules.h>
#include <linux/if_addrlabel.h>
#include <linux/net_namespace.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <string.h>

static void
test_nothing (void)
{
  NlvNetwork *network = nlv_capture_finish (nlv_capture_new (NOW));

  g_assert_cmpuint (nlv_network_get_n_links (network), ==, 0);
  g_assert_cmpuint (nlv_network_get_globals (network)->clock, ==, NOW);
  g_assert_cmpuint (nlv_network_get_globals (network)->local_table, ==, NLV_LOCAL_TABLE_GUESS);
  g_assert_null (nlv_network_get_globals (network)->kinds);
  g_assert_null (nlv_network_get_globals (network)->labels);
  assert_sound (network);
  nlv_network_unref (network);
  nlv_capture_free (nlv_capture_new (0));
}

static void
test_link (void)
{
  NlvCapture *capture = nlv_capture_new (NOW);
  const struct ifinfomsg header = { .ifi_index = 7, .ifi_type = 1, .ifi_flags = IFF_UP };
  static const guint8 address[6] = { 2, 0, 0x5e, 0, 0x53, 1 };
  NlvNetwork *network;
  const NlvLink *link;
  gsize nest;
  Told told;

  told_begin (&told, RTM_NEWLINK, &header, sizeof header);
  nlv_put_string (&told.writer, IFLA_IFNAME, "wan");
  nlv_put (&told.writer, IFLA_ADDRESS, address, sizeof address);
  nlv_put_u32 (&told.writer, IFLA_MTU, 1492);
  nlv_put_u32 (&told.writer, IFLA_LINK, 3);
  nlv_put_u32 (&told.writer, IFLA_LINK_NETNSID, 4);
  nest = nlv_nest_begin (&told.writer, IFLA_LINKINFO);
  nlv_put_string (&told.writer, IFLA_INFO_KIND, "vlan");
  nlv_put_string (&told.writer, IFLA_INFO_SLAVE_KIND, "bond");
  nlv_nest_end (&told.writer, nest);
  nest = nlv_nest_begin (&told.writer, IFLA_PROP_LIST);
  nlv_put_string (&told.writer, IFLA_ALT_IFNAME, "uplink");
  nlv_put_string (&told.writer, IFLA_ALT_IFNAME, "");
  nlv_put_string (&told.writer, IFLA_PHYS_PORT_NAME, "no name");
  nlv_nest_end (&told.writer, nest);
  capture_told (capture, RTM_NEWLINK, &told);
  g_assert_cmpuint (nlv_network_get_n_links (nlv_capture_peek (capture)), ==, 1);
  network = nlv_capture_finish (capture);
  link = nlv_network_find_link_by_name (network, "uplink");
  g_assert_nonnull (link);
  g_assert_cmpstr (link->name, ==, "wan");
  g_assert_cmpuint (link->index, ==, 7);
  g_assert_cmpuint (link->mtu, ==, 1492);
  g_assert_cmpmem (link->address, link->address_length, address, sizeof address);
  g_assert_true (link->has_lower);
  g_assert_cmpuint (link->lower, ==, 3);
  g_assert_cmpint (link->lower_netns, ==, 4);
  g_assert_cmpstr (link->kind, ==, "vlan");
  g_assert_cmpstr (link->slave_kind, ==, "bond");
  g_assert_cmpuint (link->alt_names->len, ==, 2);
  g_assert_cmpstr (link->alt_names->pdata[1], ==, "");
  g_assert_null (link->settings[NLV_LINK_IPV4]);
  nlv_network_unref (network);
}

/* Settings are numbered from 0 on, and what is usual depends on the MTU that
 * may come behind them. */
static void
test_link_settings (void)
{
  NlvCapture *capture = nlv_capture_new (NOW);
  const struct ifinfomsg header = { .ifi_index = 7, .ifi_type = 1 };
  const gint32 ipv4[] = { 1, 0, 5 }, ipv6[] = { 0, 64, 1400 };
  const guint64 statistics[] = { 38, G_MAXUINT64 };
  const struct ifla_cacheinfo times = { .max_reasm_len = 65535, .tstamp = 77, .reachable_time = 1, .retrans_time = 2 };
  gsize nest, inner;
  NlvNetwork *network;
  const NlvLink *link;
  Told told;

  told_begin (&told, RTM_NEWLINK, &header, sizeof header);
  nest = nlv_nest_begin (&told.writer, IFLA_AF_SPEC);
  inner = nlv_nest_begin (&told.writer, AF_INET);
  nlv_put (&told.writer, IFLA_INET_CONF, ipv4, sizeof ipv4);
  nlv_nest_end (&told.writer, inner);
  inner = nlv_nest_begin (&told.writer, AF_INET6);
  nlv_put (&told.writer, IFLA_INET6_CONF, ipv6, sizeof ipv6);
  nlv_put (&told.writer, IFLA_INET6_STATS, statistics, sizeof statistics);
  nlv_put (&told.writer, IFLA_INET6_CACHEINFO, &times, sizeof times);
  nlv_put_u8 (&told.writer, IFLA_INET6_ADDR_GEN_MODE, 3);
  told_ip (&told, IFLA_INET6_TOKEN, "::7");
  nlv_nest_end (&told.writer, inner);
  inner = nlv_nest_begin (&told.writer, AF_BRIDGE);
  nlv_put (&told.writer, IFLA_INET_CONF, ipv4, sizeof ipv4);
  nlv_nest_end (&told.writer, inner);
  nlv_nest_end (&told.writer, nest);
  nlv_put_string (&told.writer, IFLA_IFNAME, "eth0");
  nlv_put_u32 (&told.writer, IFLA_MTU, 1400);
  capture_told (capture, RTM_NEWLINK, &told);
  network = nlv_capture_finish (capture);
  link = nlv_network_find_link (network, 7);
  g_assert_cmpuint (link->settings[NLV_LINK_IPV4]->len, ==, 2);
  g_assert_cmpint (nlv_link_get_setting (link, NLV_LINK_IPV4, 0), ==, 1);
  g_assert_cmpint (nlv_link_get_setting (link, NLV_LINK_IPV4, 2), ==, 5);
  g_assert_null (link->settings[NLV_LINK_IPV6]);
  g_assert_cmpint (nlv_link_get_setting (link, NLV_LINK_IPV6_STATISTICS, 1), ==, -1);
  g_assert_cmpint (nlv_link_get_setting (link, NLV_LINK_IPV6_STATE, NLV_IPV6_STATE_UPDATED), ==, 77);
  g_assert_cmpint (nlv_link_get_setting (link, NLV_LINK_IPV6_STATE, NLV_IPV6_STATE_RETRANS_TIME), ==, 2);
  g_assert_cmpuint (link->address_generation, ==, 3);
  g_assert_cmpuint (link->ipv6_token.bytes[15], ==, 7);
  nlv_network_unref (network);
}

/* How long an address lives is known from when it was told; what it was when it
 * was set is kept. */
static void
test_lifetimes (void)
{
  static const struct
  {
    struct ifa_cacheinfo told;
    guint32 preferred, valid;
  } cases[] = {
    { { G_MAXUINT32, G_MAXUINT32, 1, 1 }, G_MAXUINT32, G_MAXUINT32 },
    { { 100, 200, 1, NOW - 1000 }, 110, 210 },
    { { 100, 200, 1, NOW }, 100, 200 },
    { { 100, 200, 1, NOW + 5000 }, 100, 200 }, /* it came after the capture began */
    { { 0, 200, 1, NOW - 1000 }, 0, 210 },
    { { 0, 0, 1, NOW - 1000 }, 0, 10 }, /* until the kernel sweeps */
    { { 100, G_MAXUINT32, 1, NOW - 1000 }, 110, G_MAXUINT32 },
    { { G_MAXUINT32 - 2, G_MAXUINT32 - 1, 1, 0 }, G_MAXUINT32 - 1, G_MAXUINT32 - 1 },
    { { G_MAXUINT32, 200, 1, NOW - 1000 }, 200, 200 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const struct ifaddrmsg header = { .ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = 2 };
      NlvCapture *capture = capture_new_with_links ();
      NlvNetwork *network;
      Told told;

      told_begin (&told, RTM_NEWADDR, &header, sizeof header);
      told_ip (&told, IFA_LOCAL, "192.0.2.1");
      nlv_put (&told.writer, IFA_CACHEINFO, &cases[i].told, sizeof cases[i].told);
      capture_told (capture, RTM_NEWADDR, &told);
      network = nlv_capture_finish (capture);
      g_test_message ("case %u", i);
      g_assert_cmpuint (nlv_network_get_address (network, 0)->preferred_lifetime, ==, cases[i].preferred);
      g_assert_cmpuint (nlv_network_get_address (network, 0)->valid_lifetime, ==, cases[i].valid);
      nlv_network_unref (network);
    }
}

static void
capture_group (NlvCapture *capture, guint16 type, guint32 link, const char *ip, guint32 created)
{
  gboolean ipv6 = strchr (ip, ':') != NULL;
  const struct ifaddrmsg header = { .ifa_family = ipv6 ? AF_INET6 : AF_INET, .ifa_index = link };
  const struct ifa_cacheinfo info = { .cstamp = created, .tstamp = created };
  Told told;

  told_begin (&told, type, &header, sizeof header);
  told_ip (&told, type == RTM_GETANYCAST ? IFA_ANYCAST : IFA_MULTICAST, ip);
  nlv_put (&told.writer, IFA_CACHEINFO, &info, sizeof info);
  capture_told (capture, type, &told);
}

/* Usual groups are dropped, none at all is not usual for a link that is up, and
 * nobody has groups on a link that is not there. */
static void
test_groups (void)
{
  NlvCapture *capture = capture_new_with_links ();
  NlvNetwork *network;
  const NlvLink *usual, *unusual;

  capture_group (capture, RTM_GETMULTICAST, 2, "224.0.0.1", 0);
  capture_group (capture, RTM_GETMULTICAST, 3, "224.0.0.1", 5);
  capture_group (capture, RTM_GETMULTICAST, 3, "ff02::77", 5);
  capture_group (capture, RTM_GETANYCAST, 3, "2001:db8::", 5);
  capture_group (capture, RTM_GETMULTICAST, 9, "224.0.0.1", 0);
  capture_group (capture, RTM_GETMULTICAST, 0, "224.0.0.1", 0);
  network = nlv_capture_finish (capture);
  usual = nlv_network_find_link (network, 2);
  unusual = nlv_network_find_link (network, 3);
  g_assert_null (usual->groups[NLV_GROUPS_IPV4]);
  g_assert_cmpuint (nlv_network_find_link (network, 1)->groups[NLV_GROUPS_IPV4]->len, ==, 0);
  g_assert_cmpuint (unusual->groups[NLV_GROUPS_IPV4]->len, ==, 1);
  g_assert_cmpuint (g_array_index (unusual->groups[NLV_GROUPS_IPV4], NlvMembership, 0).created, ==, 5);
  g_assert_cmpuint (unusual->groups[NLV_GROUPS_IPV6]->len, ==, 1);
  g_assert_cmpuint (unusual->groups[NLV_GROUPS_ANYCAST]->len, ==, 1);
  assert_sound (network);
  nlv_network_unref (network);
}

static void
capture_parameters (NlvCapture *capture, guint8 family, guint32 link, guint16 type, guint64 value)
{
  const struct ndtmsg header = { .ndtm_family = family };
  gsize nest;
  Told told;

  told_begin (&told, RTM_NEWNEIGHTBL, &header, sizeof header);
  nlv_put_string (&told.writer, NDTA_NAME, "arp_cache");
  nlv_put_u32 (&told.writer, NDTA_THRESH1, 5);
  nlv_put_u32 (&told.writer, NDTA_THRESH2, 512);
  nest = nlv_nest_begin (&told.writer, NDTA_PARMS);
  if (link != 0)
    nlv_put_u32 (&told.writer, NDTPA_IFINDEX, link);
  if (type == NDTPA_QUEUE_LEN)
    nlv_put_u32 (&told.writer, type, (guint32) value);
  else
    nlv_put_u64 (&told.writer, type, value);
  nlv_nest_end (&told.writer, nest);
  capture_told (capture, RTM_NEWNEIGHTBL, &told);
}

/* The tables' own parameters, and the links': these are told newest first. */
static void
test_neighbor_tables (void)
{
  NlvCapture *capture = capture_new_with_links ();
  NlvNetwork *network;
  const NlvGlobals *globals;

  capture_parameters (capture, AF_INET, 0, NDTPA_QUEUE_LEN, 7);
  capture_parameters (capture, AF_INET, 2, NDTPA_QUEUE_LEN, 8);
  capture_parameters (capture, AF_INET, 3, NDTPA_DELAY_PROBE_TIME, 5000);
  capture_parameters (capture, AF_INET, 1, NDTPA_DELAY_PROBE_TIME, 9000);
  capture_parameters (capture, AF_INET6, 3, NDTPA_DELAY_PROBE_TIME, 6000);
  capture_parameters (capture, AF_INET, 9, NDTPA_DELAY_PROBE_TIME, 3000); /* a link that is not there */
  capture_parameters (capture, 12, 3, NDTPA_DELAY_PROBE_TIME, 6000);
  network = nlv_capture_finish (capture);
  globals = nlv_network_get_globals (network);
  g_assert_cmpuint (globals->settings[NLV_NETWORK_ARP_TABLE]->len, ==, 1);
  g_assert_cmpint (nlv_settings_get (globals->settings[NLV_NETWORK_ARP_TABLE], NDTA_THRESH1, 0), ==, 5);
  g_assert_cmpint (nlv_settings_get (globals->settings[NLV_NETWORK_ARP_DEFAULT], NDTPA_QUEUE_LEN, 0), ==, 7);
  g_assert_cmpint (nlv_link_get_setting (nlv_network_find_link (network, 2), NLV_LINK_ARP, NDTPA_QUEUE_LEN), ==, 8);
  g_assert_null (nlv_network_find_link (network, 3)->settings[NLV_LINK_ARP]);
  g_assert_cmpint (nlv_link_get_setting (nlv_network_find_link (network, 3), NLV_LINK_NDISC, NDTPA_DELAY_PROBE_TIME),
                   ==, 6000);
  g_assert_cmpuint (nlv_network_get_link_by_age (network, 0)->index, ==, 1);
  g_assert_cmpuint (nlv_network_get_link_by_age (network, 1)->index, ==, 3);
  g_assert_cmpuint (nlv_network_get_link_by_age (network, 2)->index, ==, 2);
  assert_sound (network);
  nlv_network_unref (network);
}

static void
capture_netconf (NlvCapture *capture, guint8 family, gint32 index, guint16 type, gint32 value)
{
  const struct netconfmsg header = { family };
  Told told;

  told_begin (&told, RTM_NEWNETCONF, &header, sizeof header);
  nlv_put_u32 (&told.writer, type, (guint32) value);
  nlv_put_u32 (&told.writer, NETCONFA_IFINDEX, (guint32) index);
  capture_told (capture, RTM_NEWNETCONF, &told);
}

static void
test_netconf (void)
{
  NlvCapture *capture = capture_new_with_links ();
  NlvNetwork *network;
  const NlvGlobals *globals;

  capture_netconf (capture, AF_INET, NETCONFA_IFINDEX_ALL, NETCONFA_RP_FILTER, -1);
  capture_netconf (capture, AF_INET, NETCONFA_IFINDEX_DEFAULT, NETCONFA_FORWARDING, 0);
  capture_netconf (capture, AF_INET6, NETCONFA_IFINDEX_ALL, NETCONFA_FORWARDING, 1);
  capture_netconf (capture, AF_INET6, NETCONFA_IFINDEX_DEFAULT, NLV_MAX_SETTINGS, 1);
  capture_netconf (capture, AF_INET, 2, NETCONFA_FORWARDING, 1);
  network = nlv_capture_finish (capture);
  globals = nlv_network_get_globals (network);
  g_assert_cmpint (nlv_settings_get (globals->settings[NLV_NETWORK_IPV4_ALL], NETCONFA_RP_FILTER, 0), ==, -1);
  g_assert_null (globals->settings[NLV_NETWORK_IPV4_DEFAULT]);
  g_assert_cmpint (nlv_settings_get (globals->settings[NLV_NETWORK_IPV6_ALL], NETCONFA_FORWARDING, 0), ==, 1);
  g_assert_null (globals->settings[NLV_NETWORK_IPV6_DEFAULT]);
  assert_sound (network);
  nlv_network_unref (network);
}

static void
capture_label (NlvCapture *capture, const NlvAddressLabel *label, guint32 sequence)
{
  const struct ifaddrlblmsg header = {
    .ifal_family = AF_INET6, .ifal_prefixlen = label->length, .ifal_index = label->link, .ifal_seq = sequence
  };
  Told told;

  told_begin (&told, RTM_NEWADDRLABEL, &header, sizeof header);
  nlv_put (&told.writer, IFAL_ADDRESS, label->prefix.bytes, 16);
  nlv_put_u32 (&told.writer, IFAL_LABEL, label->label);
  capture_told (capture, RTM_NEWADDRLABEL, &told);
}

static void
test_labels (void)
{
  guint n;
  const NlvAddressLabel *usual = nlv_usual_labels (&n);

  /* The usual ones, one less, and one of them on a link. */
  for (guint i = 0; i < 3; i++)
    {
      NlvCapture *capture = capture_new_with_links ();
      NlvNetwork *network;
      const NlvGlobals *globals;

      for (guint j = 0; j < n - (i == 1 ? 1 : 0); j++)
        {
          NlvAddressLabel label = usual[j];

          if (i == 2 && j == 4)
            label.link = 2;
          capture_label (capture, &label, n + i);
        }
      network = nlv_capture_finish (capture);
      globals = nlv_network_get_globals (network);
      g_assert_cmpuint (globals->label_sequence, ==, i == 0 ? 0 : n + i);
      if (i == 0)
        g_assert_null (globals->labels);
      else
        g_assert_cmpuint (globals->labels->len, ==, n - (i == 1 ? 1 : 0));
      assert_sound (network);
      nlv_network_unref (save_and_load (network));
      nlv_network_unref (network);
    }
}

static void
test_the_rest (void)
{
  NlvCapture *capture = capture_new_with_links ();
  NlvFib *fib = nlv_network_get_fib (nlv_capture_peek (capture));
  const struct rtgenmsg any = { 0 };
  NlvNetwork *network, *loaded;
  const NlvGlobals *globals;
  Told told;

  told_begin (&told, RTM_NEWNSID, &any, sizeof any);
  nlv_put_u32 (&told.writer, NETNSA_NSID, 7);
  capture_told (capture, RTM_NEWNSID, &told);
  nlv_capture_kind (capture, "veth");
  nlv_capture_kind (capture, "a kind");
  nlv_capture_local_table (capture, FALSE);
  nlv_capture_table (capture, AF_INET, 257);
  nlv_capture_table (capture, AF_INET, 1);
  nlv_capture_table (capture, AF_INET, 1);
  nlv_capture_table (capture, AF_INET6, 70000);
  nlv_capture_table (capture, AF_UNIX, 5);
  g_assert_true (nlv_fib_has_table (fib, AF_INET, 257));
  network = nlv_capture_finish (capture);
  loaded = save_and_load (network);
  nlv_network_unref (network);
  globals = nlv_network_get_globals (loaded);
  fib = nlv_network_get_fib (loaded);
  g_assert_cmpint (g_array_index (globals->namespaces, gint32, 0), ==, 7);
  g_assert_cmpuint (globals->kinds->len, ==, 2);
  g_assert_cmpuint (globals->local_table, ==, NLV_LOCAL_TABLE_OWN);
  g_assert_true (nlv_fib_has_table (fib, AF_INET6, 70000));
  g_autoptr (GArray) tables = nlv_fib_get_tables (fib, AF_INET);
  g_assert_cmpuint (tables->len, ==, 2);
  g_assert_cmpuint (g_array_index (tables, guint32, 0), ==, 257);
  nlv_network_unref (loaded);
}

/* Names that are no UTF-8 come through a file all the same. */
static void
test_no_text (void)
{
  NlvCapture *capture = capture_new_with_links ();
  const struct ifinfomsg header = { .ifi_index = 7, .ifi_type = ARPHRD_NONE };
  const struct fib_rule_hdr rule = { .family = AF_INET, .action = FR_ACT_TO_TBL };
  NlvNetwork *network, *loaded;
  const NlvLink *link;
  gsize nest;
  Told told;

  told_begin (&told, RTM_NEWLINK, &header, sizeof header);
  nlv_put_string (&told.writer, IFLA_IFNAME, "\xe9\xe8\xe7\xe6\xe5\xe4\xe3");
  nlv_put_string (&told.writer, IFLA_IFALIAS, "\xff\n");
  nest = nlv_nest_begin (&told.writer, IFLA_PROP_LIST);
  nlv_put_string (&told.writer, IFLA_ALT_IFNAME, "\xc3");
  nlv_put_string (&told.writer, IFLA_ALT_IFNAME, "\xc2");
  nlv_nest_end (&told.writer, nest);
  capture_told (capture, RTM_NEWLINK, &told);
  told_begin (&told, RTM_NEWRULE, &rule, sizeof rule);
  nlv_put_string (&told.writer, FRA_IIFNAME, "\xe9\xe8\xe7\xe6\xe5\xe4\xe3");
  capture_told (capture, RTM_NEWRULE, &told);
  network = nlv_capture_finish (capture);
  loaded = save_and_load (network);
  nlv_network_unref (network);
  link = nlv_network_find_link (loaded, 7);
  g_assert_cmpstr (link->name, ==, "\xe9\xe8\xe7\xe6\xe5\xe4\xe3");
  g_assert_cmpstr (link->alias, ==, "\xff\n");
  g_assert_true (nlv_network_find_link_by_name (loaded, "\xc2") == link);
  g_assert_cmpstr (nlv_network_get_rule (loaded, 0)->input, ==, link->name);
  nlv_network_unref (loaded);
}

/* A capture that is given up frees what it has. */
static void
test_given_up (void)
{
  NlvCapture *capture = capture_new_with_links ();
  const struct ifaddrmsg header = { .ifa_family = AF_INET6, .ifa_prefixlen = 64, .ifa_index = 2 };
  Told told;

  told_begin (&told, RTM_NEWADDR, &header, sizeof header);
  told_ip (&told, IFA_ADDRESS, "2001:db8::1");
  nlv_put_u32 (&told.writer, 99, 5);
  capture_told (capture, RTM_NEWADDR, &told);
  capture_label (capture, &(NlvAddressLabel){ .length = 5 }, 1);
  capture_group (capture, RTM_GETMULTICAST, 2, "224.0.0.1", 0);
  nlv_capture_kind (capture, "veth");
  nlv_capture_free (capture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/capture/nothing", test_nothing);
  g_test_add_func ("/model/capture/link", test_link);
  g_test_add_func ("/model/capture/link-settings", test_link_settings);
  g_test_add_func ("/model/capture/lifetimes", test_lifetimes);
  g_test_add_func ("/model/capture/groups", test_groups);
  g_test_add_func ("/model/capture/neighbor-tables", test_neighbor_tables);
  g_test_add_func ("/model/capture/netconf", test_netconf);
  g_test_add_func ("/model/capture/labels", test_labels);
  g_test_add_func ("/model/capture/the-rest", test_the_rest);
  g_test_add_func ("/model/capture/no-text", test_no_text);
  g_test_add_func ("/model/capture/given-up", test_given_up);
  return g_test_run ();
}
