/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Routes: the order of their walk, which are equal, and lookups. That the
 * order is the kernel's is tested by the oracle. */
#include "model/fib.h"

#include <arpa/inet.h>
#include <string.h>

static NlvRoute
make_route (const char *text, guint32 table, guint32 metric, const char *gateway)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  NlvRoute route = { .family = strchr (text, ':') != NULL ? AF_INET6 : AF_INET,
                     .destination_length = (guint8) atoi (parts[1]),
                     .type = RTN_UNICAST,
                     .table = table,
                     .metric = metric,
                     .n_nexthops = 1,
                     .nexthops = g_new0 (NlvNexthop, 1) };

  g_assert_cmpint (inet_pton (route.family, parts[0], route.destination.bytes), ==, 1);
  route.nexthops->link = 2;
  if (gateway != NULL)
    {
      route.nexthops->gateway_family = route.family;
      g_assert_cmpint (inet_pton (route.family, gateway, route.nexthops->gateway.bytes), ==, 1);
    }
  return route;
}

static NlvRoute *
add (NlvFib *fib, const char *text, guint32 table, guint32 metric, const char *gateway)
{
  NlvRoute route = make_route (text, table, metric, gateway);

  return nlv_fib_add (fib, &route);
}

static char *
walk (NlvFib *fib, guint8 family)
{
  GString *line = g_string_new (NULL);
  const NlvRoute *route;
  NlvFibCursor cursor;

  nlv_fib_cursor_init (&cursor, family);
  while ((route = nlv_fib_next (fib, &cursor)) != NULL)
    {
      char buffer[INET6_ADDRSTRLEN];

      g_string_append_printf (line, "%u:%s/%u,%u ", route->table,
                              inet_ntop (family, route->destination.bytes, buffer, sizeof buffer),
                              route->destination_length, route->metric);
    }
  return g_string_free (line, FALSE);
}

static void
test_ipv4_order (void)
{
  NlvFib *fib = nlv_fib_new (), *copy;
  g_autofree char *line = NULL, *again = NULL;

  add (fib, "192.0.2.0/24", 254, 0, NULL);
  add (fib, "0.0.0.0/0", 254, 100, "192.0.2.1");
  add (fib, "0.0.0.0/0", 254, 0, "192.0.2.1");
  add (fib, "192.0.2.0/25", 254, 0, NULL);
  add (fib, "0.0.0.0/1", 254, 0, NULL);
  add (fib, "10.0.0.0/8", 300, 0, NULL);
  add (fib, "10.0.0.0/8", 44, 0, NULL);
  line = walk (fib, AF_INET);
  g_assert_cmpstr (line, ==,
                   "44:10.0.0.0/8,0 300:10.0.0.0/8,0 254:0.0.0.0/1,0 254:0.0.0.0/0,0 254:0.0.0.0/0,100 "
                   "254:192.0.2.0/25,0 254:192.0.2.0/24,0 ");
  copy = nlv_fib_copy (fib);
  nlv_fib_free (fib);
  again = walk (copy, AF_INET);
  g_assert_cmpstr (again, ==, line);
  nlv_fib_free (copy);
}

static void
test_ipv6_order (void)
{
  NlvFib *fib = nlv_fib_new ();
  g_autofree char *line = NULL;

  add (fib, "::/0", 254, 1024, "fe80::1");
  add (fib, "8000::/1", 254, 1024, NULL);
  add (fib, "2001:db8::/32", 254, 1024, NULL);
  add (fib, "2001:db8::/64", 254, 1024, NULL);
  add (fib, "2001:db8::/64", 254, 256, NULL);
  add (fib, "2001:db8:1::/64", 254, 256, NULL);
  line = walk (fib, AF_INET6);
  g_assert_cmpstr (line, ==,
                   "254:2001:db8::/64,256 254:2001:db8::/64,1024 254:2001:db8:1::/64,256 254:2001:db8::/32,1024 "
                   "254:8000::/1,1024 254:::/0,1024 ");
  nlv_fib_free (fib);
}

static void
test_equal (void)
{
  NlvFib *fib = nlv_fib_new ();
  NlvRoute *siblings;

  g_assert_nonnull (add (fib, "10.0.0.0/8", 254, 0, "192.0.2.1"));
  g_assert_null (add (fib, "10.0.0.0/8", 254, 0, "192.0.2.1"));
  g_assert_nonnull (add (fib, "10.0.0.0/8", 254, 0, "192.0.2.2"));
  g_assert_cmpuint (nlv_fib_size (fib), ==, 2);
  siblings = add (fib, "2001:db8::/32", 254, 0, "fe80::1");
  g_assert_true (add (fib, "2001:db8::/32", 254, 0, "fe80::2") == siblings);
  g_assert_null (add (fib, "2001:db8::/32", 254, 0, "fe80::1"));
  g_assert_nonnull (add (fib, "2001:db8::/32", 254, 0, NULL));
  g_assert_null (add (fib, "2001:db8::/32", 254, 0, NULL));
  g_assert_cmpuint (siblings->n_nexthops, ==, 2);
  g_assert_cmpuint (nlv_fib_size (fib), ==, 4);
  nlv_fib_remove (fib, siblings);
  g_assert_cmpuint (nlv_fib_size (fib), ==, 3);
  g_assert_nonnull (add (fib, "2001:db8::/32", 254, 0, "fe80::1"));
  nlv_fib_free (fib);
}

/* The cursor finds its place again when routes and tables come and go. */
static void
test_changes_under_walk (void)
{
  NlvFib *fib = nlv_fib_new ();
  NlvRoute *last;
  NlvFibCursor cursor;

  add (fib, "10.0.0.0/8", 254, 0, NULL);
  last = add (fib, "11.0.0.0/8", 254, 0, NULL);
  add (fib, "12.0.0.0/8", 254, 0, NULL);
  nlv_fib_cursor_init (&cursor, AF_INET);
  nlv_fib_next (fib, &cursor);
  g_assert_true (nlv_fib_next (fib, &cursor) == last);
  nlv_fib_remove (fib, last);
  add (fib, "9.0.0.0/8", 254, 0, NULL);
  add (fib, "11.5.0.0/16", 254, 0, NULL);
  add (fib, "1.0.0.0/8", 1, 0, NULL);
  add (fib, "1.0.0.0/8", 255, 0, NULL);
  g_assert_cmpuint (nlv_fib_next (fib, &cursor)->destination_length, ==, 16);
  g_assert_cmpuint (nlv_fib_next (fib, &cursor)->destination.bytes[0], ==, 12);
  g_assert_cmpuint (nlv_fib_next (fib, &cursor)->table, ==, 255);
  g_assert_null (nlv_fib_next (fib, &cursor));
  g_assert_null (nlv_fib_next (fib, &cursor));
  nlv_fib_cursor_init_table (&cursor, AF_INET, 1);
  g_assert_cmpuint (nlv_fib_next (fib, &cursor)->table, ==, 1);
  g_assert_null (nlv_fib_next (fib, &cursor));
  nlv_fib_cursor_init_table (&cursor, AF_INET, 77);
  g_assert_null (nlv_fib_next (fib, &cursor));
  nlv_fib_free (fib);
}

static const NlvRoute *
lookup (NlvFib *fib, const char *text, gboolean (*accept) (const NlvRoute *route, gpointer user_data), gpointer data)
{
  guint8 family = strchr (text, ':') != NULL ? AF_INET6 : AF_INET;
  NlvIp ip = { 0 };

  g_assert_cmpint (inet_pton (family, text, ip.bytes), ==, 1);
  return nlv_fib_lookup (fib, family, 254, &ip, NULL, accept, data);
}

static gboolean
is_short (const NlvRoute *route, gpointer user_data)
{
  return route->destination_length < GPOINTER_TO_UINT (user_data);
}

static void
test_lookup (void)
{
  NlvFib *fib = nlv_fib_new ();

  g_assert_null (lookup (fib, "192.0.2.1", NULL, NULL));
  add (fib, "0.0.0.0/0", 254, 100, "192.0.2.1");
  add (fib, "0.0.0.0/0", 254, 50, "192.0.2.1");
  add (fib, "192.0.2.0/24", 254, 0, NULL);
  add (fib, "192.0.2.7/32", 254, 0, NULL);
  add (fib, "2001:db8::/32", 254, 0, NULL);
  g_assert_cmpuint (lookup (fib, "192.0.2.7", NULL, NULL)->destination_length, ==, 32);
  g_assert_cmpuint (lookup (fib, "192.0.2.8", NULL, NULL)->destination_length, ==, 24);
  g_assert_cmpuint (lookup (fib, "198.51.100.8", NULL, NULL)->metric, ==, 50);
  g_assert_cmpuint (lookup (fib, "192.0.2.7", is_short, GUINT_TO_POINTER (24))->metric, ==, 50);
  g_assert_null (lookup (fib, "192.0.2.7", is_short, GUINT_TO_POINTER (0)));
  g_assert_cmpuint (lookup (fib, "2001:db8:ffff::1", NULL, NULL)->destination_length, ==, 32);
  g_assert_null (lookup (fib, "2001:db9::1", NULL, NULL));
  g_assert_true (nlv_fib_has_table (fib, AF_INET6, 254));
  g_assert_false (nlv_fib_has_table (fib, AF_INET6, 255));
  nlv_fib_free (fib);
}

static void
test_wrong_rows (void)
{
  NlvFib *fib = nlv_fib_new ();
  NlvRoute route = make_route ("192.0.2.0/24", 254, 0, NULL);

  route.family = AF_UNIX;
  g_assert_null (nlv_fib_add (fib, &route));
  route = make_route ("192.0.2.0/33", 254, 0, NULL);
  g_assert_null (nlv_fib_add (fib, &route));
  g_assert_cmpuint (nlv_fib_size (fib), ==, 0);
  nlv_fib_free (fib);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/fib/ipv4-order", test_ipv4_order);
  g_test_add_func ("/model/fib/ipv6-order", test_ipv6_order);
  g_test_add_func ("/model/fib/equal", test_equal);
  g_test_add_func ("/model/fib/changes-under-walk", test_changes_under_walk);
  g_test_add_func ("/model/fib/lookup", test_lookup);
  g_test_add_func ("/model/fib/wrong-rows", test_wrong_rows);
  return g_test_run ();
}
