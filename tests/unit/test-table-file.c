/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Table files: what they say, what is wrong with them, and that nothing is
 * lost when one is written and read again. */
#include "model/fib.h"
#include "model/table-file.h"

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
    g_assert_cmpmem (nlv_network_get_address (network, i), sizeof (NlvAddress), nlv_network_get_address (again, i),
                     sizeof (NlvAddress));
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
  const NlvRoute *route =
    nlv_fib_lookup (nlv_network_get_fib (network), AF_INET, RT_TABLE_MAIN, &far, NULL, NULL, NULL);

  g_assert_cmpuint (link->index, ==, 2);
  g_assert_cmpuint (link->hardware_type, ==, ARPHRD_ETHER);
  g_assert_cmphex (link->address[0] & 0x03, ==, 0x02);
  g_assert_cmpuint (link->operational_state, ==, IF_OPER_UP);
  g_assert_nonnull (route);
  g_assert_cmpuint (route->nexthops[0].link, ==, 2);
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
  { "rule-twice", "[rule x]\nfamily=ipv4\npriority=5\n[rule y]\nfamily=ipv4\npriority=5\n", 4, "rule y", NULL },
  { "neighbor-device", "[neighbor x]\naddress=192.0.2.1\n", 1, "neighbor x", NULL },
  { "neighbor-twice", "[neighbor x]\ndevice=lo\naddress=192.0.2.1\n[neighbor y]\ndevice=lo\naddress=192.0.2.1\n", 6,
    "neighbor y", "address" },
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
test_mangled (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "networks", "office.nlvirt", NULL);
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
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *path = g_strdup_printf ("/model/table-file/wrong/%s", wrong[i].name);

      g_test_add_data_func (path, &wrong[i], test_wrong);
    }
  g_test_add_func ("/model/table-file/all-faults", test_all_faults);
  g_test_add_func ("/model/table-file/no-text", test_no_text);
  g_test_add_func ("/model/table-file/mangled", test_mangled);
  return g_test_run ();
}
