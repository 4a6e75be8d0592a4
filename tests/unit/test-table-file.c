/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Table files: what they say, what is wrong with them, and that nothing is
 * lost when one is written and read again. */
#include "model/fib.h"
#include "model/file/table-file.h"

#include <arpa/inet.h>
#include <linux/if_arp.h>
#include <string.h>

static GPtrArray *
new_faults (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) nlv_fault_free);
}

static NlvNetwork *
parse (const char *text)
{
  g_autoptr (GPtrArray) faults = new_faults ();
  NlvNetwork *network = nlv_table_file_parse (text, strlen (text), faults);

  for (guint i = 0; i < faults->len; i++)
    {
      const NlvFault *fault = g_ptr_array_index (faults, i);

      g_test_message ("%u: [%s] %s: %s", fault->line, fault->group, fault->key, fault->message);
    }
  g_assert_nonnull (network);
  return network;
}

/* Writes, reads and writes again, also a copy. */
static void
assert_keeps (NlvNetwork *network)
{
  g_autofree char *text = nlv_table_file_format (network);
  NlvNetwork *again = parse (text), *copy = nlv_network_copy (network);
  g_autofree char *text_again = nlv_table_file_format (again);
  g_autofree char *text_copy = nlv_table_file_format (copy);

  g_assert_cmpstr (text, ==, text_again);
  g_assert_cmpstr (text, ==, text_copy);
  g_assert_cmpuint (nlv_network_get_n_links (network), ==, nlv_network_get_n_links (again));
  g_assert_cmpuint (nlv_network_get_n_addresses (network), ==, nlv_network_get_n_addresses (again));
  g_assert_cmpuint (nlv_network_get_n_routes (network), ==, nlv_network_get_n_routes (again));
  g_assert_cmpuint (nlv_network_get_n_rules (network), ==, nlv_network_get_n_rules (again));
  g_assert_cmpuint (nlv_network_get_n_neighbors (network), ==, nlv_network_get_n_neighbors (again));
  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    g_assert_cmpmem (nlv_network_get_address (network, i), offsetof (NlvAddress, extra),
                     nlv_network_get_address (again, i), offsetof (NlvAddress, extra));
  nlv_network_unref (again);
  nlv_network_unref (copy);
}

static void
test_empty (void)
{
  NlvNetwork *network = parse ("");

  g_assert_cmpuint (nlv_network_get_n_links (network), ==, 1);
  g_assert_cmpuint (nlv_network_get_n_addresses (network), ==, 2);
  g_assert_cmpuint (nlv_network_get_n_routes (network), ==, 4);
  assert_keeps (network);
  nlv_network_unref (network);
}

static void
test_short (void)
{
  NlvNetwork *network = parse ("[link eth0]\naddresses=192.0.2.10/24\n[route r]\ndestination=default\n"
                               "gateway=192.0.2.1\n");
  const NlvLink *link = nlv_network_find_link_by_name (network, "eth0");
  NlvIp far = { .bytes = { 203, 0, 113, 1 } };
  NlvRoute route;

  g_assert_cmpuint (link->index, ==, 2);
  g_assert_cmpuint (link->hardware_type, ==, ARPHRD_ETHER);
  g_assert_cmphex (link->address[0] & 0x03, ==, 0x02);
  g_assert_cmpuint (link->operational_state, ==, IF_OPER_UP);
  g_assert_true (
    nlv_fib_lookup (nlv_network_get_fib (network), AF_INET, RT_TABLE_MAIN, &far, NULL, NULL, NULL, &route));
  g_assert_cmpuint (route.nexthops[0].link, ==, 2);
  assert_keeps (network);
  nlv_network_unref (network);
}

static void
test_examples (void)
{
  static const char *const names[] = { "loopback", "home", "office" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strconcat (names[i], ".nlvirt", NULL);
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "networks", name, NULL);
      g_autofree char *text = NULL;
      NlvNetwork *network;

      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      network = parse (text);
      assert_keeps (network);
      nlv_network_unref (network);
    }
}

/* Each key at least once. */
static void
test_everything (void)
{
  NlvNetwork *network = parse (
    "[network]\nfill=false\n"
    "[link lo]\nup=false\n"
    "[link a]\nindex=9\nkind=x\\ty\nkind-data=0102\nslave-kind=z\nslave-data=03\nmtu=9000\nalias=\\sa; b\\\\\n"
    "alt-names=one;t\\;wo;\nflags=up;0x80000000\nhardware-type=77\nmac-address=01:02\nbroadcast-address=ff:fe\n"
    "permanent-mac-address=aa\noperational-state=dormant\nlink-mode=dormant\nlink=#77\nlink-netns=3\nmaster=#10\n"
    "protocol-down=true\nrx-bytes=18446744073709551615\nattribute-77=0a0b\nattribute-78=\nattribute-77-2=0c\n"
    "ipv6-address-generation=random\ncarrier=false\ngroup=5\nqdisc=\n"
    "[link label]\nindex=10\nname=x[y]#\n"
    "[address 1]\ndevice=a\naddress=192.0.2.1/24\npeer=198.51.100.0\nbroadcast=192.0.2.7\nscope=link\nlabel=a:1\n"
    "flags=permanent;nodad\nmetric=5\nprotocol=9\ncreated=1\nupdated=2\n"
    "[address 2]\ndevice=#10\naddress=2001:db8::1/64\npreferred-lifetime=0\nvalid-lifetime=77\n"
    "[address 3]\ndevice=#10\naddress=2001:db8::2/64\n"
    "[route 1]\ndestination=10.0.0.0/8\ntos=16\nnexthops=via 192.0.2.9 dev a weight 256 realm 3 flags "
    "onlink,dead;via 2001:db8::9 dev #10 encap 1:0102\nmtu=1400\nlock=mtu\nadvmss=1\ncongestion-control=cu bic\n"
    "[route 2]\ndestination=default\nfamily=ipv6\ntype=prohibit\nmetric=4294967295\nfrom=2001:db8::/33\n"
    "[route 3]\ndestination=default\nfamily=ipv6\ntype=throw\nnexthops=\ntable=70000\n"
    "[route 4]\ndestination=10.0.0.0/8\ndevice=a\nnexthop-id=8\nscope=nowhere\nonlink=true\nsource=192.0.2.1\n"
    "[rule 1]\nfrom=10.0.0.0/8\nto=192.0.2.0/24\niif=a\noif=b c\nmark=1/0xff\npriority=7\ngoto=9\ntos=4\n"
    "flags=invert;permanent\nsuppress-group=4\nrealm=8\ntunnel-id=9\nprotocol=bgp\nip-protocol=6\n"
    "source-ports=80\ndestination-ports=1-65535\nuid-range=0-4294967295\n"
    "[rule 2]\nfamily=ipv6\nl3mdev=true\n[rule 3]\nfamily=ipv6-multicast\npriority=1\naction=blackhole\n"
    "[neighbor 1]\ndevice=a\naddress=2001:db8::7\nmac-address=01\nstate=stale\nrouter=true\nflags=router;0x08\n"
    "extended-flags=1\ntype=local\nprotocol=kernel\n"
    "[neighbor 2]\ndevice=a\nfamily=bridge\nmac-address=02:00:00:00:00:01\naddress=192.0.2.8\nflags=self\n");

  g_assert_cmpstr (nlv_network_find_link (network, 9)->alias, ==, " a; b\\");
  g_assert_cmpuint (nlv_network_find_link (network, 9)->extra->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (nlv_network_find_link (network, 9)->alt_names, 1), ==, "t;wo");
  g_assert_cmpuint (nlv_network_get_n_routes (network), ==, 4);
  g_assert_cmpuint (nlv_network_get_n_rules (network), ==, 3);
  assert_keeps (network);
  nlv_network_unref (network);
}

/* A key, and the line that it is written as. */
typedef struct
{
  const char *name, *text;
  const char *line; /* (nullable) the last one of @text */
} Good;

#define NET "[network]\nfill=false\n"
#define LINK "[link a]\n"

static const Good goods[] = {
  { "clock", NET "clock=9223372036854775807", NULL },
  { "clock-zero", NET "clock=0", "fill=false" },
  { "ipv4-all-settings", NET "ipv4-all-settings=forwarding:1;rp_filter:2;bc_forwarding:-1;", NULL },
  { "ipv4-default-settings", NET "ipv4-default-settings=mc_forwarding:9223372036854775807;", NULL },
  { "ipv6-all-settings", NET "ipv6-all-settings=proxy_neigh:1;ignore_routes_with_linkdown:1;", NULL },
  { "ipv6-default-settings", NET "ipv6-default-settings=forwarding:-9223372036854775808;", NULL },
  { "arp-table", NET "arp-table=gc_thresh1:1;gc_interval:40000;entries:3;allocs:9;table_fulls:1;", NULL },
  { "ndisc-table", NET "ndisc-table=gc_thresh2:1;gc_thresh3:2;hash_rnd:4294967295;proxy_qlen:7;", NULL },
  { "arp-default-settings", NET "arp-default-settings=unres_qlen:5;locktime:0;", NULL },
  { "ndisc-default-settings", NET "ndisc-default-settings=retrans_time:77;interval_probe_time:1;", NULL },
  { "settings-by-number", NET "ipv4-all-settings=forwarding:1;99:5;127:0;", NULL },
  { "settings-in-order", NET "ipv4-all-settings= 99 : 5 ; forwarding:1", "ipv4-all-settings=forwarding:1;99:5;" },
  { "settings-twice", NET "ipv4-all-settings=99:5;99:6", "ipv4-all-settings=99:6;" },
  { "settings-of-number", NET "ipv4-all-settings=2:1", "ipv4-all-settings=forwarding:1;" },
  { "address-labels", NET "address-labels=::1/128 0;fd00::/8 4294967294 lo;::/0 1;", NULL },
  { "address-labels-none", NET "address-labels=", NULL },
  { "address-labels-by-index", NET "address-labels=fd00::/8   7\t#1", "address-labels=fd00::/8 7 lo;" },
  { "address-label-sequence", NET "address-label-sequence=4294967295", NULL },
  { "namespaces", NET "namespaces=0;2147483647;7;", NULL },
  { "link-kinds", NET "link-kinds=veth;a kind\\;;\xc3\xa9;", NULL },
  { "link-kinds-none", NET "link-kinds=", NULL },
  { "local-table-own", NET "local-table=own", NULL },
  { "local-table-merged", NET "local-table= merged ", "local-table=merged" },
  { "ipv4-empty-tables", NET "ipv4-empty-tables=7;main;4294967295;", NULL },
  { "ipv6-empty-tables", NET "ipv6-empty-tables=257;1;local;", NULL },
  { "empty-tables-in-order", NET "ipv6-empty-tables=257;1;513", "ipv6-empty-tables=257;1;513;" },
  { "ipv6-token", LINK "ipv6-token=::7", NULL },
  { "ipv4-settings", LINK "ipv4-settings=forwarding:1;arp_evict_nocarrier:0;40:-2147483648;", NULL },
  { "ipv6-settings", LINK "ipv6-settings=forwarding:1;force_forwarding:1;99:5;", NULL },
  { "ipv6-state", LINK "ipv6-state=flags:2147483648;max_reassembly_len:1;updated:2;ra_mtu:1400;", NULL },
  { "ipv6-state-usual", LINK "ipv6-state=flags:2147483664;updated:2", "ipv6-state=updated:2;" },
  { "ipv6-statistics", LINK "ipv6-statistics=0:38;37:9223372036854775807;", NULL },
  { "icmpv6-statistics", LINK "icmpv6-statistics=3:-1;", NULL },
  { "arp-settings", LINK "arp-settings=references:2;ucast_solicit:9;", NULL },
  { "ndisc-settings", LINK "ndisc-settings=anycast_delay:1;proxy_delay:0;", NULL },
  { "ipv4-groups", LINK "ipv4-groups=224.0.0.1 4294967295 2;239.1.1.1;", NULL },
  { "ipv4-groups-none", LINK "ipv4-groups=", NULL },
  { "ipv6-groups", LINK "ipv6-groups=ff02::1;ff02::77 0 5;", NULL },
  { "ipv6-anycast", LINK "ipv6-anycast=fd00:: 1 1;", NULL },
  { "link-attribute", LINK "attribute-77=00ff\nattribute-32845=", NULL },
  { "link-attributes-alike", LINK "attribute-7=01\nattribute-7-2=\nattribute-7-3=02", NULL },
  { "link-attributes-whole", LINK "attribute-0=\nattribute-65535=ab", NULL },
  { "attribute-capitals", LINK "attribute-7= ABcd ", "attribute-7=abcd" },
  { "address-attribute", "[address 1]\ndevice=lo\naddress=192.0.2.1/24\nattribute-99=01", NULL },
  { "route-attribute", "[route 1]\ndestination=10.0.0.0/8\ndevice=lo\nattribute-99=01", NULL },
  { "rule-twice", "[rule 1]\nfamily=ipv4\npriority=5\n\n[rule 2]\nfamily=ipv4\npriority=5", NULL },
  { "rule-bits",
    "[rule "
    "1]\nfamily=ipv6\npriority=5\nsource-port-mask=65520\ndscp=0x10/0x30\nflow-label=0x5/0xff\nsource-ports=16-16",
    NULL },
  { "rule-attribute", "[rule 1]\nfamily=ipv4\npriority=5\nattribute-99=01", NULL },
  { "neighbor-attribute", "[neighbor 1]\ndevice=lo\naddress=192.0.2.1\nattribute-99=01", NULL },
  { "nexthop-attribute", "[nexthop 1]\ndevice=lo\nattribute-99=01", NULL },
  { "route-expires", "[route 1]\ndestination=fd00::/8\ndevice=lo\nexpires=4294967295", NULL },
  { "route-flags", "[route 1]\ndestination=fd00::/8\ndevice=lo\nflags=offload;trap;offload-failed", NULL },
  { "route-flags-by-number", "[route 1]\ndestination=fd00::/8\ndevice=lo\nflags=0x80000000", NULL },
  { "route-nexthop-id", "[route 1]\ndestination=10.0.0.0/8\nnexthops=\nnexthop-id=4294967295", NULL },
  { "neighbor-probes", "[neighbor 1]\ndevice=lo\naddress=192.0.2.1\nprobes=4294967295", NULL },
  { "neighbor-times",
    "[neighbor 1]\ndevice=lo\naddress=192.0.2.1\nconfirmed=4294967295\nused=1\nupdated=2\nreferences=3", NULL },
  { "neighbor-extended-flags", "[neighbor 1]\ndevice=lo\naddress=192.0.2.1\nextended-flags=4294967295", NULL },
  { "neighbor-proxy-for-all", "[neighbor 1]\naddress=fd00::1\nproxy=true", NULL },
  { "neighbor-alike",
    "[neighbor 1]\ndevice=lo\nfamily=bridge\nmac-address=02:00:00:00:00:01\n[neighbor 2]\ndevice=lo\n"
    "family=bridge\nmac-address=02:00:00:00:00:01\nattribute-5=0100",
    NULL },
  { "nexthop-gateway", "[nexthop 4294967295]\ngateway=192.0.2.1\ndevice=lo", NULL },
  { "nexthop-ipv6", "[nexthop 1]\ngateway=fd00::1", NULL },
  { "nexthop-family", "[nexthop 1]\nfamily=ipv6\ndevice=lo", NULL },
  { "nexthop-blackhole", "[nexthop 1]\nblackhole=true", NULL },
  { "nexthop-fdb", "[nexthop 1]\ngateway=192.0.2.1\nfdb=true", NULL },
  { "nexthop-fdb-bare", "[nexthop 1]\nfdb=true\nscope=link", NULL },
  { "nexthop-protocol", "[nexthop 1]\ndevice=lo\nprotocol=bgp", NULL },
  { "nexthop-scope", "[nexthop 1]\ndevice=lo\nscope=site", NULL },
  { "nexthop-usual-scope", "[nexthop 1]\ngateway=192.0.2.1\nscope=link", "gateway=192.0.2.1" },
  { "nexthop-flags", "[nexthop 1]\ndevice=lo\nflags=dead;onlink;linkdown;0x80", NULL },
  { "nexthop-encap", "[nexthop 1]\ndevice=lo\nencap=65535:0102", NULL },
  { "nexthop-encap-empty", "[nexthop 1]\ndevice=lo\nencap=1:", NULL },
  { "nexthop-group", "[nexthop 1]\ngroup=7;8 weight 256;9 weight 65536;4294967295;", NULL },
  { "nexthop-group-weight-one", "[nexthop 1]\ngroup=7 weight 1", "group=7;" },
  { "nexthop-group-type", "[nexthop 1]\ngroup=7;\ngroup-type=resilient", NULL },
  { "nexthop-group-family", "[nexthop 1]\nfamily=ipv4\ngroup=7;", NULL },
  { "no-text-alias", LINK "alias=hex:c3e90a", NULL },
  { "no-text-but-text", LINK "alias=hex:61", "alias=a" },
  { "text-like-no-text", LINK "alias=hex:6865783a3631", NULL },
  { "no-text-name", "[link 9]\nindex=9\nname=hex:e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9", NULL },
  { "no-text-alt-names", LINK "alt-names=hex:e9;b;hex:e8;", NULL },
  { "empty-alt-name", LINK "alt-names=hex:;b;", NULL },
  { "unspecified-peer", "[address 1]\ndevice=lo\naddress=192.0.2.1/25\npeer=0.0.0.0", NULL },
  { "no-text-label", "[address 1]\ndevice=lo\naddress=192.0.2.1/24\nlabel=hex:e9", NULL },
  { "no-text-iif", "[rule 1]\nfamily=ipv4\npriority=5\niif=hex:e9", NULL },
  { "route-realm-alone", "[route 1]\ndestination=10.0.0.0/8\ntype=unreachable\nnexthops=realm 5;", NULL },
  { "object-type", "[object 1]\ntype=qdisc\ndata=00", NULL },
  { "object-type-by-number", "[object 1]\ntype=65535\ndata=00", NULL },
  { "object-hidden", "[object 1]\ntype=filter\nhidden=true\ndata=00ff", NULL },
  { "object-not-hidden", "[object 1]\ntype=bucket\nhidden=false\ndata= 00FF", "data=00ff" },
  { "object-without-data", "[object 1]\ntype=tunnel\ndata=", NULL },
};

static void
test_good (gconstpointer data)
{
  const Good *good = data;
  NlvNetwork *network = parse (good->text);
  g_autofree char *text = nlv_table_file_format (network);
  const char *last = strrchr (good->text, '\n');
  g_autofree char *line = g_strdup_printf ("\n%s\n", good->line != NULL ? good->line : last + 1);

  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, line));
  assert_keeps (network);
  nlv_network_unref (network);
}

typedef struct
{
  const char *name;
  const char *text;
  guint line;
  const char *group, *key; /* (nullable) */
} Wrong;

static const Wrong wrong[] = {
  { "unknown-group", "[link a]\n\n[lnik b]\n", 3, "lnik b", NULL },
  { "group-without-label", "[link]\n", 1, "link", NULL },
  { "network-with-label", "[network x]\n", 1, "network x", NULL },
  { "unknown-key", "[link a]\nmtu=1500\n mut=1\n", 3, "link a", "mut" },
  { "duplicate-group", "[link a]\n[link b]\n[link a]\n", 3, "link a", NULL },
  { "duplicate-key", "[link a]\nmtu=1\n#\nmtu=1\n", 4, "link a", "mtu" },
  { "no-group", "mtu=1\n", 1, NULL, NULL },
  { "no-key", "[link a]\nmtu\n", 2, "link a", NULL },
  { "broken-group", "[link a\n", 1, NULL, NULL },
  { "number", "[link a]\nmtu=big\n", 2, "link a", "mtu" },
  { "range", "[link a]\nmtu=4294967296\n", 2, "link a", "mtu" },
  { "negative", "[link a]\nmtu=-1\n", 2, "link a", "mtu" },
  { "boolean", "[link a]\nup=yes\n", 2, "link a", "up" },
  { "index-zero", "[link a]\nindex=0\n", 2, "link a", "index" },
  { "index-twice", "[link a]\nindex=5\n[link b]\nindex=5\n", 4, "link b", "index" },
  { "long-name", "[link sixteen-bytes-xx]\n", 1, "link sixteen-bytes-xx", NULL },
  { "slash-name", "[link a/b]\n", 1, "link a/b", NULL },
  { "space-name", "[link a b]\n", 1, "link a b", NULL },
  { "dots-name", "[link ..]\n", 1, "link ..", NULL },
  { "name-twice", "[link a]\n[link b]\nname=a\n", 3, "link b", "name" },
  { "alt-name-twice", "[link a]\nalt-names=b\n[link b]\n", 3, "link b", "alt-names" },
  { "mac-length", "[link a]\nmac-address=02:00\n", 2, "link a", "mac-address" },
  { "mac", "[link a]\nmac-address=02:00:5e:00:53:1\n", 2, "link a", "mac-address" },
  { "no-master", "[link a]\nmaster=b\n", 2, "link a", "master" },
  { "own-master", "[link a]\nmaster=a\n", 2, "link a", "master" },
  { "no-lower", "[link a]\nlink=b\n", 2, "link a", "link" },
  { "flags", "[link a]\nflags=up;dwon\n", 2, "link a", "flags" },
  { "hex", "[link a]\nattribute-7=abc\n", 2, "link a", "attribute-7" },
  { "attribute-number", "[link a]\nattribute-x=ab\n", 2, "link a", "attribute-x" },
  { "attribute-count", "[link a]\nattribute-7-x=ab\n", 2, "link a", "attribute-7-x" },
  { "attribute-twice", "[link a]\nattribute-07=ab\n", 2, "link a", "attribute-07" },
  { "nexthop-empty-group", "[nexthop 1]\ngroup=\n", 2, "nexthop 1", "group" },
  { "nexthop-of-itself", "[nexthop 1]\ngroup=1;\n", 2, "nexthop 1", "group" },
  { "nexthop-group-and-device", "[nexthop 1]\ndevice=lo\ngroup=2;\n", 3, "nexthop 1", "group" },
  { "nexthop-blackhole", "[nexthop 1]\ndevice=lo\nblackhole=maybe\n", 3, "nexthop 1", "blackhole" },
  { "hex-string", "[link a]\nalias=hex:00\n", 2, "link a", "alias" },
  { "addresses", "[link a]\naddresses=192.0.2.1/24;192.0.2.2/33\n", 2, "link a", "addresses" },
  { "address-twice", "[link a]\naddresses=192.0.2.1/24;192.0.2.1/24\n", 2, "link a", "addresses" },
  { "escape", "[link a]\nalias=\\q\n", 2, "link a", "alias" },
  { "address-device", "[address x]\ndevice=b\naddress=192.0.2.1/24\n", 2, "address x", "device" },
  { "address-no-device", "[address x]\naddress=192.0.2.1/24\n", 1, "address x", NULL },
  { "address-peer", "[address x]\ndevice=lo\naddress=192.0.2.1/24\npeer=::1\n", 4, "address x", "peer" },
  { "address-broadcast", "[address x]\ndevice=lo\naddress=fd00::1/64\nbroadcast=none\n", 4, "address x", "broadcast" },
  { "address-lifetime", "[address x]\ndevice=lo\naddress=fd00::1/64\nvalid-lifetime=5\npreferred-lifetime=6\n", 5,
    "address x", "preferred-lifetime" },
  { "route-destination", "[route x]\ndevice=lo\n", 1, "route x", NULL },
  { "route-host-bits", "[route x]\ndestination=192.0.2.1/24\ndevice=lo\n", 2, "route x", "destination" },
  { "route-family", "[route x]\ndestination=default\ndevice=lo\n", 1, "route x", NULL },
  { "route-unreachable", "[route x]\ndestination=default\ngateway=192.0.2.1\n", 3, "route x", "gateway" },
  { "route-own-gateway", "[route x]\ndestination=default\ngateway=127.0.0.1\n", 3, "route x", "gateway" },
  { "route-link-local", "[route x]\ndestination=default\ngateway=fe80::1\n", 3, "route x", "gateway" },
  { "route-no-way", "[route x]\ndestination=192.0.2.0/24\n", 1, "route x", NULL },
  { "route-gateway-family", "[route x]\ndestination=fd00::/64\ndevice=lo\ngateway=192.0.2.1\n", 4, "route x",
    "gateway" },
  { "route-nexthops", "[route x]\ndestination=192.0.2.0/24\nnexthops=dev lo wieght 1\n", 3, "route x", "nexthops" },
  { "route-weight", "[route x]\ndestination=192.0.2.0/24\nnexthops=dev lo weight 0\n", 3, "route x", "nexthops" },
  { "route-twice", "[route x]\ndestination=192.0.2.0/24\ndevice=lo\n[route y]\ndestination=192.0.2.0/24\ndevice=lo\n",
    5, "route y", "destination" },
  { "rule-family", "[rule x]\npriority=1\n", 1, "rule x", NULL },
  { "rule-mixed", "[rule x]\nfrom=192.0.2.0/24\nto=fd00::/64\n", 3, "rule x", "to" },
  { "rule-ports", "[rule x]\nfamily=ipv4\nsource-ports=90-80\n", 3, "rule x", "source-ports" },
  { "rule-dscp", "[rule x]\nfamily=ipv4\ndscp=0x40\n", 3, "rule x", "dscp" },
  { "neighbor-device", "[neighbor x]\naddress=192.0.2.1\n", 1, "neighbor x", NULL },
  { "neighbor-twice", "[neighbor x]\ndevice=lo\naddress=192.0.2.1\n[neighbor y]\ndevice=lo\naddress=192.0.2.1\n", 6,
    "neighbor y", "address" },
  { "clock", "[network]\nclock=9223372036854775808\n", 2, "network", "clock" },
  { "clock-negative", "[network]\nclock=-1\n", 2, "network", "clock" },
  { "clock-empty", "[network]\nclock=\n", 2, "network", "clock" },
  { "fill", "[network]\nfill=maybe\n", 2, "network", "fill" },
  { "settings-name", "[network]\nipv4-all-settings=forwarding:1;forwading:1\n", 2, "network", "ipv4-all-settings" },
  { "settings-of-another", "[network]\nipv6-all-settings=hop_limit:1\n", 2, "network", "ipv6-all-settings" },
  { "settings-value", "[network]\nipv4-default-settings=forwarding:on\n", 2, "network", "ipv4-default-settings" },
  { "settings-no-value", "[network]\nipv6-default-settings=forwarding\n", 2, "network", "ipv6-default-settings" },
  { "settings-empty-value", "[network]\nipv6-default-settings=forwarding:\n", 2, "network", "ipv6-default-settings" },
  { "settings-beyond", "[network]\narp-table=128:1\n", 2, "network", "arp-table" },
  { "settings-negative", "[network]\nndisc-table=-1:1\n", 2, "network", "ndisc-table" },
  { "settings-too-large", "[network]\narp-default-settings=1:9223372036854775808\n", 2, "network",
    "arp-default-settings" },
  { "settings-too-small", "[network]\nndisc-default-settings=1:-9223372036854775809\n", 2, "network",
    "ndisc-default-settings" },
  { "settings-escape", "[network]\narp-table=\\q:1\n", 2, "network", "arp-table" },
  { "labels-alone", "[network]\naddress-labels=fd00::/8\n", 2, "network", "address-labels" },
  { "labels-ipv4", "[network]\naddress-labels=10.0.0.0/8 1\n", 2, "network", "address-labels" },
  { "labels-length", "[network]\naddress-labels=fd00::/129 1\n", 2, "network", "address-labels" },
  { "labels-number", "[network]\naddress-labels=fd00::/8 4294967295\n", 2, "network", "address-labels" },
  { "labels-device", "[network]\naddress-labels=fd00::/8 1 eth9\n", 2, "network", "address-labels" },
  { "labels-index", "[network]\naddress-labels=fd00::/8 1 #0\n", 2, "network", "address-labels" },
  { "labels-more", "[network]\naddress-labels=fd00::/8 1 lo lo\n", 2, "network", "address-labels" },
  { "label-sequence", "[network]\naddress-label-sequence=4294967296\n", 2, "network", "address-label-sequence" },
  { "namespaces", "[network]\nnamespaces=1;x\n", 2, "network", "namespaces" },
  { "namespaces-negative", "[network]\nnamespaces=-1\n", 2, "network", "namespaces" },
  { "namespaces-large", "[network]\nnamespaces=2147483648\n", 2, "network", "namespaces" },
  { "link-kinds", "[network]\nlink-kinds=\\q\n", 2, "network", "link-kinds" },
  { "local-table", "[network]\nlocal-table=main\n", 2, "network", "local-table" },
  { "local-table-empty", "[network]\nlocal-table=\n", 2, "network", "local-table" },
  { "ipv4-empty-tables", "[network]\nipv4-empty-tables=mian\n", 2, "network", "ipv4-empty-tables" },
  { "ipv6-empty-tables", "[network]\nipv6-empty-tables=1;4294967296\n", 2, "network", "ipv6-empty-tables" },
  { "network-unknown", "[network]\nattribute-7=00\n", 2, "network", "attribute-7" },
  { "token", "[link a]\nipv6-token=192.0.2.1\n", 2, "link a", "ipv6-token" },
  { "token-prefix", "[link a]\nipv6-token=::1/64\n", 2, "link a", "ipv6-token" },
  { "ipv4-settings", "[link a]\nipv4-settings=hop_limit:1\n", 2, "link a", "ipv4-settings" },
  { "ipv6-settings", "[link a]\nipv6-settings=rp_filter:1\n", 2, "link a", "ipv6-settings" },
  { "ipv6-state", "[link a]\nipv6-state=mtu:1\n", 2, "link a", "ipv6-state" },
  { "ipv6-statistics", "[link a]\nipv6-statistics=octets:1\n", 2, "link a", "ipv6-statistics" },
  { "icmpv6-statistics", "[link a]\nicmpv6-statistics=1\n", 2, "link a", "icmpv6-statistics" },
  { "arp-settings", "[link a]\narp-settings=gc_thresh1:1\n", 2, "link a", "arp-settings" },
  { "ndisc-settings", "[link a]\nndisc-settings=locktime:1:2\n", 2, "link a", "ndisc-settings" },
  { "ipv4-groups", "[link a]\nipv4-groups=ff02::1\n", 2, "link a", "ipv4-groups" },
  { "ipv4-groups-one-time", "[link a]\nipv4-groups=224.0.0.1 5\n", 2, "link a", "ipv4-groups" },
  { "ipv6-groups", "[link a]\nipv6-groups=224.0.0.1\n", 2, "link a", "ipv6-groups" },
  { "ipv6-groups-time", "[link a]\nipv6-groups=ff02::1 5 4294967296\n", 2, "link a", "ipv6-groups" },
  { "ipv6-anycast", "[link a]\nipv6-anycast=fd00::/64\n", 2, "link a", "ipv6-anycast" },
  { "ipv6-anycast-more", "[link a]\nipv6-anycast=fd00:: 1 2 3\n", 2, "link a", "ipv6-anycast" },
  { "attribute-large", "[link a]\nattribute-65536=ab\n", 2, "link a", "attribute-65536" },
  { "attribute-no-number", "[link a]\nattribute-=ab\n", 2, "link a", "attribute-" },
  { "address-attribute", "[address x]\ndevice=lo\naddress=192.0.2.1/24\nattribute-7=xy\n", 4, "address x",
    "attribute-7" },
  { "route-attribute", "[route x]\ndestination=10.0.0.0/8\ndevice=lo\nattribute-7=0\n", 4, "route x", "attribute-7" },
  { "rule-attribute", "[rule x]\nfamily=ipv4\nattribute-7=0x00\n", 3, "rule x", "attribute-7" },
  { "neighbor-attribute", "[neighbor x]\ndevice=lo\naddress=192.0.2.1\nattribute-7=0 0\n", 4, "neighbor x",
    "attribute-7" },
  { "no-text-odd", "[link a]\nalias=hex:c3e\n", 2, "link a", "alias" },
  { "no-text-nul", "[link a]\nalias=hex:c300\n", 2, "link a", "alias" },
  { "no-text-digits", "[link a]\nalias=hex:gg\n", 2, "link a", "alias" },
  { "no-text-empty", "[link a]\nalias=hex:\n", 2, "link a", "alias" },
  { "no-text-in-list", "[link a]\nalt-names=b;hex:e\n", 2, "link a", "alt-names" },
  { "no-text-long-name", "[link a]\nname=hex:e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9\n", 2, "link a", "name" },
  { "no-text-slash", "[link a]\nname=hex:e92f\n", 2, "link a", "name" },
  { "no-text-twice", "[link a]\nname=hex:e9\n[link b]\nname=hex:E9\n", 4, "link b", "name" },
  { "no-text-device", "[nexthop 1]\ndevice=hex:e9\n", 2, "nexthop 1", "device" },
  { "route-expires", "[route x]\ndestination=fd00::/8\ndevice=lo\nexpires=4294967296\n", 4, "route x", "expires" },
  { "route-expires-never", "[route x]\ndestination=fd00::/8\ndevice=lo\nexpires=never\n", 4, "route x", "expires" },
  { "route-flags", "[route x]\ndestination=fd00::/8\ndevice=lo\nflags=onlink\n", 4, "route x", "flags" },
  { "neighbor-probes", "[neighbor x]\ndevice=lo\naddress=192.0.2.1\nprobes=4294967296\n", 4, "neighbor x", "probes" },
  { "neighbor-confirmed", "[neighbor x]\ndevice=lo\naddress=192.0.2.1\nconfirmed=-1\n", 4, "neighbor x", "confirmed" },
  { "neighbor-used", "[neighbor x]\ndevice=lo\naddress=192.0.2.1\nused=x\n", 4, "neighbor x", "used" },
  { "neighbor-updated", "[neighbor x]\ndevice=lo\naddress=192.0.2.1\nupdated=\n", 4, "neighbor x", "updated" },
  { "neighbor-references", "[neighbor x]\ndevice=lo\naddress=192.0.2.1\nreferences=1.5\n", 4, "neighbor x",
    "references" },
  { "neighbor-no-device", "[neighbor x]\naddress=192.0.2.1\nproxy=false\n", 1, "neighbor x", NULL },
  { "route-nexthop-unknown", "[link a]\n[route 1]\ndestination=10.0.0.0/8\nnexthop-id=3\n", 4, "route 1",
    "nexthop-id" },
  { "route-nexthop-family", "[nexthop 3]\ngateway=10.0.0.1\ndevice=lo\n[route 1]\ndestination=fd00::/8\nnexthop-id=3\n",
    6, "route 1", "nexthop-id" },
  { "nexthop-id", "[nexthop x]\ndevice=lo\n", 1, "nexthop x", NULL },
  { "nexthop-id-zero", "[nexthop 0]\ndevice=lo\n", 1, "nexthop 0", NULL },
  { "nexthop-id-large", "[nexthop 4294967296]\ndevice=lo\n", 1, "nexthop 4294967296", NULL },
  { "nexthop-id-twice", "[nexthop 1]\ndevice=lo\n[nexthop 01]\ndevice=lo\n", 3, "nexthop 01", NULL },
  { "nexthop-no-way", "[nexthop 1]\nprotocol=bgp\n", 1, "nexthop 1", NULL },
  { "nexthop-no-blackhole", "[nexthop 1]\nblackhole=false\n", 1, "nexthop 1", NULL },
  { "nexthop-device", "[nexthop 1]\ndevice=eth9\n", 2, "nexthop 1", "device" },
  { "nexthop-device-index", "[nexthop 1]\ndevice=#0\n", 2, "nexthop 1", "device" },
  { "nexthop-gateway", "[nexthop 1]\ngateway=192.0.2\n", 2, "nexthop 1", "gateway" },
  { "nexthop-family", "[nexthop 1]\ndevice=lo\nfamily=256\n", 3, "nexthop 1", "family" },
  { "nexthop-protocol", "[nexthop 1]\ndevice=lo\nprotocol=256\n", 3, "nexthop 1", "protocol" },
  { "nexthop-scope", "[nexthop 1]\ndevice=lo\nscope=here\n", 3, "nexthop 1", "scope" },
  { "nexthop-flags", "[nexthop 1]\ndevice=lo\nflags=0x100\n", 3, "nexthop 1", "flags" },
  { "nexthop-encap", "[nexthop 1]\ndevice=lo\nencap=0102\n", 3, "nexthop 1", "encap" },
  { "nexthop-encap-type", "[nexthop 1]\ndevice=lo\nencap=65536:01\n", 3, "nexthop 1", "encap" },
  { "nexthop-encap-hex", "[nexthop 1]\ndevice=lo\nencap=1:012\n", 3, "nexthop 1", "encap" },
  { "nexthop-group-id", "[nexthop 1]\ngroup=1;0\n", 2, "nexthop 1", "group" },
  { "nexthop-group-words", "[nexthop 1]\ngroup=1 wieght 2\n", 2, "nexthop 1", "group" },
  { "nexthop-group-no-weight", "[nexthop 1]\ngroup=1 weight\n", 2, "nexthop 1", "group" },
  { "nexthop-group-weight", "[nexthop 1]\ngroup=1 weight 65537\n", 2, "nexthop 1", "group" },
  { "nexthop-group-weight-zero", "[nexthop 1]\ngroup=1 weight 0\n", 2, "nexthop 1", "group" },
  { "nexthop-group-more", "[nexthop 1]\ngroup=1 weight 2 3\n", 2, "nexthop 1", "group" },
  { "nexthop-group-type", "[nexthop 1]\ngroup=1\ngroup-type=65536\n", 3, "nexthop 1", "group-type" },
  { "nexthop-attribute", "[nexthop 1]\ndevice=lo\nattribute-7=x\n", 3, "nexthop 1", "attribute-7" },
  { "nexthop-unknown", "[nexthop 1]\ndevice=lo\nweight=7\n", 3, "nexthop 1", "weight" },
  { "object-no-type", "[object x]\ndata=00\n", 1, "object x", NULL },
  { "object-type", "[object x]\ntype=disc\ndata=00\n", 2, "object x", "type" },
  { "object-type-large", "[object x]\ntype=65536\ndata=00\n", 2, "object x", "type" },
  { "object-hidden", "[object x]\ntype=qdisc\nhidden=yes\ndata=00\n", 3, "object x", "hidden" },
  { "object-no-data", "[object x]\ntype=qdisc\n", 1, "object x", NULL },
  { "object-data", "[object x]\ntype=qdisc\ndata=0\n", 3, "object x", "data" },
  { "object-data-escape", "[object x]\ntype=qdisc\ndata=\\q\n", 3, "object x", "data" },
  { "object-unknown", "[object x]\ntype=qdisc\ndata=00\nkind=fq\n", 4, "object x", "kind" },
  { "object-without-label", "[object]\ntype=qdisc\ndata=00\n", 1, "object", NULL },
};

static void
test_wrong (gconstpointer data)
{
  const Wrong *expected = data;
  g_autoptr (GPtrArray) faults = new_faults ();
  const NlvFault *fault;

  g_assert_null (nlv_table_file_parse (expected->text, strlen (expected->text), faults));
  g_assert_cmpuint (faults->len, ==, 1);
  fault = g_ptr_array_index (faults, 0);
  g_test_message ("%s", fault->message);
  g_assert_cmpuint (fault->line, ==, expected->line);
  g_assert_cmpstr (fault->group, ==, expected->group);
  g_assert_cmpstr (fault->key, ==, expected->key);
  g_assert_cmpuint (strlen (fault->message), >, 10);
}

/* What a list can hold, and one more. */
static void
test_limits (void)
{
  static const struct
  {
    const char *before, *part, *after;
    guint most;
    const char *key;
  } cases[] = {
    { "[link a]\nattribute-7=", "ab", "\n", 65531, "attribute-7" },
    { "[nexthop 1]\ndevice=lo\nencap=1:", "ab", "\n", 32767, "encap" },
    { "[route x]\ndestination=10.0.0.0/8\nnexthops=", "dev lo;", "\n", 4096, "nexthops" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint more = 0; more < 2; more++)
      {
        g_autoptr (GPtrArray) faults = new_faults ();
        GString *text = g_string_new (cases[i].before);
        NlvNetwork *network;

        for (guint j = 0; j < cases[i].most + more; j++)
          g_string_append (text, cases[i].part);
        g_string_append (text, cases[i].after);
        network = nlv_table_file_parse (text->str, text->len, faults);
        g_string_free (text, TRUE);
        g_assert_cmpuint (faults->len, ==, more);
        if (more == 1)
          {
            g_assert_null (network);
            g_assert_cmpstr (((const NlvFault *) g_ptr_array_index (faults, 0))->key, ==, cases[i].key);
            continue;
          }
        g_assert_nonnull (network);
        assert_keeps (network);
        nlv_network_unref (network);
      }
}

static NlvRoute
find_route (NlvNetwork *network, int family, const char *destination)
{
  NlvFib *fib = nlv_network_get_fib (network);
  NlvIp ip = { 0 };
  NlvRoute route;

  g_assert_cmpint (inet_pton (family, destination, &ip), ==, 1);
  g_assert_true (nlv_fib_lookup (fib, (guint8) family, RT_TABLE_MAIN, &ip, NULL, NULL, NULL, &route));
  return route;
}

/* A route that says no more than nexthop-id has the ways of that nexthop. */
static void
test_nexthop_id (void)
{
  static const char text[] = "[link a]\n"
                             "[nexthop 1]\ngateway=192.0.2.1\ndevice=a\n"
                             "[nexthop 2]\ngateway=192.0.2.2\ndevice=a\n"
                             "[nexthop 3]\nblackhole=true\n"
                             "[nexthop 4]\ngroup=1 weight 3;2;9;\n"
                             "[nexthop 5]\ngateway=2001:db8::1\ndevice=a\n"
                             "[nexthop 6]\ngroup=5;\n"
                             "[route one]\ndestination=10.1.0.0/16\nnexthop-id=2\n"
                             "[route none]\ndestination=10.3.0.0/16\nnexthop-id=3\n"
                             "[route group]\ndestination=10.4.0.0/16\nnexthop-id=4\n"
                             "[route six]\ndestination=2001:db8:6::/48\nnexthop-id=6\n";
  g_autoptr (GPtrArray) faults = new_faults ();
  NlvNetwork *network = nlv_table_file_parse (text, strlen (text), faults);
  NlvRoute one, none, group, six;

  g_assert_nonnull (network);
  one = find_route (network, AF_INET, "10.1.0.0");
  g_assert_cmpuint (one.n_nexthops, ==, 1);
  g_assert_cmpuint (one.nexthops[0].link, ==, 2);
  g_assert_cmpuint (one.nexthops[0].gateway.bytes[3], ==, 2);
  none = find_route (network, AF_INET, "10.3.0.0");
  g_assert_cmpuint (none.type, ==, RTN_BLACKHOLE);
  g_assert_cmpuint (none.nexthops[0].link, ==, 1);
  group = find_route (network, AF_INET, "10.4.0.0");
  g_assert_cmpuint (group.n_nexthops, ==, 2);
  g_assert_cmpuint (group.nexthops[0].weight, ==, 2);
  g_assert_cmpuint (group.nexthops[1].gateway.bytes[3], ==, 2);
  six = find_route (network, AF_INET6, "2001:db8:6::");
  g_assert_cmpuint (six.n_nexthops, ==, 1);
  g_assert_true (six.as_multipath);
  assert_keeps (network);
  nlv_network_unref (network);
}

/* Routing tables that share a bucket, with routes and without. */
static void
test_tables (void)
{
  static const guint32 expected[] = { 513, 257, 1, 7 };
  NlvNetwork *network = parse ("[network]\nfill=false\nipv4-empty-tables=7;1\n[route 1]\ndestination=10.0.0.0/8\n"
                               "device=lo\ntable=257\n[route 2]\ndestination=10.0.0.0/8\ndevice=lo\ntable=513\n");
  NlvFib *fib = nlv_network_get_fib (network);
  g_autoptr (GArray) tables = nlv_fib_get_tables (fib, AF_INET);

  g_assert_cmpmem (tables->data, tables->len * sizeof (guint32), expected, sizeof expected);
  g_assert_cmpuint (nlv_fib_get_table_size (fib, AF_INET, 1), ==, 0);
  g_assert_cmpuint (nlv_fib_get_table_size (fib, AF_INET, 257), ==, 1);
  assert_keeps (network);
  nlv_network_unref (network);
}

static void
test_all_faults (void)
{
  static const char text[] = "[link a]\nmtu=x\nup=y\n[route r]\ndestination=z\n[link b]\nwhat=1\n[nothing]\n";
  static const guint lines[] = { 2, 3, 5, 7, 8 };
  g_autoptr (GPtrArray) faults = new_faults ();

  g_assert_null (nlv_table_file_parse (text, sizeof text - 1, faults));
  g_assert_cmpuint (faults->len, ==, G_N_ELEMENTS (lines));
  for (guint i = 0; i < faults->len; i++)
    g_assert_cmpuint (((const NlvFault *) g_ptr_array_index (faults, i))->line, ==, lines[i]);
}

static void
test_no_text (void)
{
  static const char nul[] = "[link a]\nalias=a\0b\n", latin[] = "[link a]\n\nalias=\xe9\n";
  g_autoptr (GPtrArray) faults = new_faults ();

  g_assert_null (nlv_table_file_parse (nul, sizeof nul - 1, faults));
  g_assert_null (nlv_table_file_parse (latin, sizeof latin - 1, faults));
  g_assert_cmpuint (faults->len, ==, 2);
  g_assert_cmpuint (((const NlvFault *) g_ptr_array_index (faults, 0))->line, ==, 2);
  g_assert_cmpuint (((const NlvFault *) g_ptr_array_index (faults, 1))->line, ==, 3);
}

/* Whatever stands there, it ends in a network that keeps, or in faults. */
static void
test_mangled (gconstpointer data)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, data, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  gsize len;

  g_assert_true (g_file_get_contents (path, &text, &len, NULL));
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *mangled = g_memdup2 (text, len);
      g_autoptr (GPtrArray) faults = new_faults ();
      NlvNetwork *network;

      for (gint32 n = g_rand_int_range (random, 1, 5); n > 0; n--)
        {
          gsize from = (gsize) g_rand_int_range (random, 0, (gint32) len), to = from;
          gsize size = (gsize) g_rand_int_range (random, 1, 40);

          to = (gsize) g_rand_int_range (random, 0, (gint32) len);
          size = MIN (size, len - MAX (from, to));
          memmove (mangled + to, text + from, size);
        }
      network = nlv_table_file_parse (mangled, len, faults);
      g_assert_true ((network != NULL) == (faults->len == 0));
      if (network == NULL)
        continue;
      assert_keeps (network);
      nlv_network_unref (network);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/table-file/empty", test_empty);
  g_test_add_func ("/model/table-file/short", test_short);
  g_test_add_func ("/model/table-file/examples", test_examples);
  g_test_add_func ("/model/table-file/everything", test_everything);
  for (guint i = 0; i < G_N_ELEMENTS (goods); i++)
    {
      g_autofree char *path = g_strdup_printf ("/model/table-file/good/%s", goods[i].name);

      g_test_add_data_func (path, &goods[i], test_good);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *path = g_strdup_printf ("/model/table-file/wrong/%s", wrong[i].name);

      g_test_add_data_func (path, &wrong[i], test_wrong);
    }
  g_test_add_func ("/model/table-file/limits", test_limits);
  g_test_add_func ("/model/table-file/nexthop-id", test_nexthop_id);
  g_test_add_func ("/model/table-file/tables", test_tables);
  g_test_add_func ("/model/table-file/all-faults", test_all_faults);
  g_test_add_func ("/model/table-file/no-text", test_no_text);
  g_test_add_data_func ("/model/table-file/mangled/stated", "../data/networks/office.nlvirt", test_mangled);
  g_test_add_data_func ("/model/table-file/mangled/recorded", "corpus/networks/router.nlvirt", test_mangled);
  return g_test_run ();
}
