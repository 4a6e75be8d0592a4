/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rows: their order, which are equal, and how they are found. */
#include "model/device/consequences.h"
#include "model/fib.h"
#include "model/observer.h"

#include <arpa/inet.h>
#include <string.h>

static NlvLink *
add_link (NlvNetwork *network, guint32 index, const char *name)
{
  NlvLink link;

  nlv_link_init_like_kernel (&link, name, NULL);
  link.index = index;
  return nlv_network_add_link (network, &link);
}

static NlvAddress *
add_address (NlvNetwork *network, guint32 link, const char *text, guint8 length, guint8 scope)
{
  NlvAddress address = {
    .family = strchr (text, ':') != NULL ? AF_INET6 : AF_INET, .prefix_length = length, .link = link, .scope = scope
  };

  g_assert_cmpint (inet_pton (address.family, text, address.local.bytes), ==, 1);
  address.peer = address.local;
  return nlv_network_add_address (network, &address);
}

static void
assert_addresses (NlvNetwork *network, const char *const *expected)
{
  guint n = 0;

  for (; expected[n] != NULL; n++)
    {
      const NlvAddress *address = nlv_network_get_address (network, n);
      char buffer[INET6_ADDRSTRLEN];

      g_assert_nonnull (address);
      g_assert_cmpstr (inet_ntop (address->family, address->local.bytes, buffer, sizeof buffer), ==, expected[n]);
    }
  g_assert_cmpuint (nlv_network_get_n_addresses (network), ==, n);
}

static void
test_links (void)
{
  NlvNetwork *network = nlv_network_new ();
  guint generation = nlv_network_get_generation (network);

  add_link (network, 7, "c");
  add_link (network, 2, "b");
  add_link (network, 300, "d");
  add_link (network, 1, "a");
  g_assert_cmpuint (nlv_network_get_generation (network), >, generation);
  g_assert_cmpuint (nlv_network_get_n_links (network), ==, 4);
  g_assert_cmpstr (nlv_network_get_link (network, 0)->name, ==, "a");
  g_assert_cmpstr (nlv_network_get_link (network, 1)->name, ==, "b");
  g_assert_cmpstr (nlv_network_get_link (network, 2)->name, ==, "c");
  g_assert_cmpstr (nlv_network_get_link (network, 3)->name, ==, "d");
  g_assert_null (nlv_network_get_link (network, 4));
  g_assert_null (add_link (network, 7, "e"));
  g_assert_null (add_link (network, 8, "c"));
  g_assert_cmpuint (nlv_network_free_index (network), ==, 8);
  nlv_network_remove_link (network, nlv_network_find_link (network, 2));
  g_assert_null (nlv_network_find_link_by_name (network, "b"));
  g_assert_cmpstr (nlv_network_get_link (network, 1)->name, ==, "c");
  nlv_network_unref (network);
}

static void
test_names (void)
{
  NlvNetwork *network = nlv_network_new ();
  NlvLink link, *stored;

  nlv_link_init_like_kernel (&link, "eth0", NULL);
  link.index = 2;
  link.alt_names = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (link.alt_names, g_strdup ("enp0s31f6-which-is-rather-long"));
  stored = nlv_network_add_link (network, &link);
  g_assert_true (nlv_network_find_link_by_name (network, "enp0s31f6-which-is-rather-long") == stored);
  g_assert_null (nlv_network_find_link_by_own_name (network, "enp0s31f6-which-is-rather-long"));
  g_assert_true (nlv_network_rename_link (network, stored, "lan"));
  g_assert_true (nlv_network_find_link_by_own_name (network, "lan") == stored);
  g_assert_null (nlv_network_find_link_by_name (network, "eth0"));
  g_assert_false (nlv_network_rename_link (network, stored, "a-name-of-16-byt"));
  nlv_network_unref (network);
}

static void
test_address_order (void)
{
  static const char *const expected[] = { "192.0.2.9", "198.51.100.1", "192.0.2.1",    "203.0.113.1",
                                          "192.0.2.2", "2001:db8::b",  "2001:db8::a",  "fe80::2",
                                          "fe80::1",   "::1",          "2001:db8::20", NULL };
  NlvNetwork *network = nlv_network_new (), *copy;

  add_address (network, 2, "192.0.2.1", 24, RT_SCOPE_UNIVERSE);
  add_address (network, 2, "192.0.2.2", 24, RT_SCOPE_UNIVERSE);
  add_address (network, 2, "203.0.113.1", 24, RT_SCOPE_UNIVERSE);
  add_address (network, 2, "198.51.100.1", 24, RT_SCOPE_LINK);
  add_address (network, 1, "192.0.2.9", 24, RT_SCOPE_UNIVERSE);
  add_address (network, 3, "2001:db8::20", 64, RT_SCOPE_UNIVERSE);
  add_address (network, 2, "::1", 128, RT_SCOPE_HOST);
  add_address (network, 2, "fe80::1", 64, RT_SCOPE_LINK);
  add_address (network, 2, "2001:db8::a", 64, RT_SCOPE_UNIVERSE);
  add_address (network, 2, "fe80::2", 64, RT_SCOPE_LINK);
  add_address (network, 2, "2001:db8::b", 64, RT_SCOPE_UNIVERSE);
  assert_addresses (network, expected);
  g_assert_cmpuint (nlv_network_get_address (network, 2)->flags & IFA_F_SECONDARY, ==, 0);
  g_assert_cmpuint (nlv_network_get_address (network, 4)->flags & IFA_F_SECONDARY, ==, IFA_F_SECONDARY);
  copy = nlv_network_copy (network);
  nlv_network_unref (network);
  assert_addresses (copy, expected);
  nlv_network_unref (copy);
}

static void
test_equal_addresses (void)
{
  NlvNetwork *network = nlv_network_new ();
  NlvAddress *first = add_address (network, 2, "192.0.2.1", 24, RT_SCOPE_UNIVERSE);

  g_assert_nonnull (first);
  g_assert_null (add_address (network, 2, "192.0.2.1", 24, RT_SCOPE_UNIVERSE));
  g_assert_nonnull (add_address (network, 2, "192.0.2.1", 25, RT_SCOPE_UNIVERSE));
  g_assert_nonnull (add_address (network, 3, "192.0.2.1", 24, RT_SCOPE_UNIVERSE));
  g_assert_nonnull (add_address (network, 2, "2001:db8::1", 64, RT_SCOPE_UNIVERSE));
  g_assert_null (add_address (network, 2, "2001:db8::1", 128, RT_SCOPE_UNIVERSE));
  nlv_network_remove_address (network, first);
  g_assert_nonnull (add_address (network, 2, "192.0.2.1", 24, RT_SCOPE_UNIVERSE));
  g_assert_cmpuint (nlv_network_get_n_addresses (network), ==, 4);
  nlv_network_unref (network);
}

static void
test_rules (void)
{
  NlvNetwork *network = nlv_network_new ();
  NlvRule rule = { .family = AF_INET, .priority = 32766, .table = 9 };
  static const struct
  {
    guint8 family;
    guint32 priority, table;
  } expected[] = { { AF_INET, 0, 255 },   { AF_INET, 32766, 254 }, { AF_INET, 32766, 9 },
                   { AF_INET, 32766, 9 }, { AF_INET, 32767, 253 }, { 128, 32767, 253 },
                   { 129, 32767, 254 },   { AF_INET6, 0, 255 },    { AF_INET6, 32766, 254 } };

  nlv_network_add_default_rules (network);
  g_assert_nonnull (nlv_network_add_rule (network, &rule));
  /* The kernel has nothing against a second one. */
  g_assert_nonnull (nlv_network_add_rule (network, &rule));
  g_assert_cmpuint (nlv_network_get_n_rules (network), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const NlvRule *found = nlv_network_get_rule (network, i);

      g_assert_cmpuint (found->family, ==, expected[i].family);
      g_assert_cmpuint (found->priority, ==, expected[i].priority);
      g_assert_cmpuint (found->table, ==, expected[i].table);
    }
  nlv_network_unref (network);
}

static void
test_neighbors (void)
{
  NlvNetwork *network = nlv_network_new ();
  NlvNeighbor neighbor = { .family = AF_INET6, .link = 2 };

  g_assert_nonnull (nlv_network_add_neighbor (network, &neighbor));
  neighbor.family = AF_INET;
  neighbor.link = 3;
  g_assert_nonnull (nlv_network_add_neighbor (network, &neighbor));
  g_assert_null (nlv_network_add_neighbor (network, &neighbor));
  neighbor.proxy = TRUE;
  g_assert_nonnull (nlv_network_add_neighbor (network, &neighbor));
  neighbor.link = 2;
  g_assert_nonnull (nlv_network_add_neighbor (network, &neighbor));
  g_assert_cmpuint (nlv_network_get_n_neighbors (network), ==, 4);
  /* In the order of their adding. */
  g_assert_cmpuint (nlv_network_get_neighbor (network, 0)->family, ==, AF_INET6);
  g_assert_false (nlv_network_get_neighbor (network, 1)->proxy);
  g_assert_cmpuint (nlv_network_get_neighbor (network, 3)->link, ==, 2);
  nlv_network_remove_neighbor (network, nlv_network_get_neighbor (network, 0));
  g_assert_cmpuint (nlv_network_get_neighbor (network, 0)->link, ==, 3);
  nlv_network_unref (network);
}

static void
note_row (gpointer owner, NlvRowKind kind, guint position, guint n_removed, guint n_added)
{
  g_assert_cmpint (kind, ==, NLV_ROW_ROUTE);
  g_string_append_printf (owner, "%u-%u+%u ", position, n_removed, n_added);
}

static NlvRoute
make_route (guint8 family, guint8 first_byte, guint8 gateway)
{
  NlvRoute route = { .family = family,
                     .table = RT_TABLE_MAIN,
                     .type = RTN_UNICAST,
                     .destination_length = 8,
                     .destination.bytes = { first_byte },
                     .n_nexthops = 1,
                     .nexthops = g_new0 (NlvNexthop, 1) };

  route.nexthops->link = 2;
  route.nexthops->gateway_family = family;
  route.nexthops->gateway.bytes[0] = gateway;
  return route;
}

/* As for a list of IPv4's and then IPv6's. */
static void
test_routes_told (void)
{
  static const NlvObserver observer = { .row_changed = note_row };
  g_autoptr (GString) told = g_string_new (NULL);
  NlvNetwork *network = nlv_network_new ();
  NlvFib *fib = nlv_network_get_fib (network);
  NlvFibCursor cursor;
  NlvRoute route;

  nlv_network_add_observer (network, &observer, told);
  route = make_route (AF_INET6, 0x20, 1);
  g_assert_true (nlv_network_add_route (network, &route));
  route = make_route (AF_INET, 10, 1);
  g_assert_true (nlv_network_add_route (network, &route));
  route = make_route (AF_INET, 10, 1);
  g_assert_false (nlv_network_add_route (network, &route));
  /* A way more. */
  route = make_route (AF_INET6, 0x20, 2);
  g_assert_true (nlv_network_add_route (network, &route));
  route = make_route (AF_INET, 10, 2);
  g_assert_true (nlv_network_insert_route (network, &route, NLV_FIB_LAST));
  route = make_route (AF_INET, 10, 3);
  g_assert_true (nlv_network_insert_route (network, &route, NLV_FIB_FIRST));
  g_assert_cmpstr (told->str, ==, "0-0+1 0-0+1 1-1+1 1-0+1 0-0+1 ");

  g_string_truncate (told, 0);
  nlv_fib_cursor_init (&cursor, AF_INET6);
  nlv_fib_next (fib, &cursor);
  nlv_network_remove_route (network, &cursor);
  nlv_network_remove_route (network, &cursor);
  nlv_fib_cursor_init (&cursor, AF_INET);
  nlv_fib_next (fib, &cursor);
  nlv_fib_next (fib, &cursor);
  route = make_route (AF_INET, 10, 4);
  nlv_network_replace_route (network, &cursor, &route);
  nlv_network_remove_route (network, &cursor);
  route = make_route (AF_INET, 10, 5);
  nlv_network_replace_route (network, &cursor, &route);
  g_assert_cmpstr (told->str, ==, "3-1+0 1-1+1 1-1+0 ");
  g_assert_cmpuint (nlv_network_get_n_routes (network), ==, 2);
  nlv_network_unref (network);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/network/links", test_links);
  g_test_add_func ("/model/network/names", test_names);
  g_test_add_func ("/model/network/address-order", test_address_order);
  g_test_add_func ("/model/network/equal-addresses", test_equal_addresses);
  g_test_add_func ("/model/network/rules", test_rules);
  g_test_add_func ("/model/network/neighbors", test_neighbors);
  g_test_add_func ("/model/network/routes-told", test_routes_told);
  return g_test_run ();
}
