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

static gboolean
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
  const NlvRoute *siblings;
  NlvFibCursor cursor;

  g_assert_null (nlv_fib_get_changed (fib, &cursor));
  g_assert_true (add (fib, "10.0.0.0/8", 254, 0, "192.0.2.1"));
  g_assert_false (add (fib, "10.0.0.0/8", 254, 0, "192.0.2.1"));
  g_assert_true (add (fib, "10.0.0.0/8", 254, 0, "192.0.2.2"));
  g_assert_false (add (fib, "10.0.0.0/8", 254, 0, "192.0.2.1"));
  g_assert_cmpuint (nlv_fib_size (fib), ==, 2);
  g_assert_true (add (fib, "2001:db8::/32", 254, 0, "fe80::1"));
  g_assert_true (add (fib, "2001:db8::/32", 254, 0, "fe80::2"));
  g_assert_cmpuint (nlv_fib_get_changed (fib, &cursor)->n_nexthops, ==, 2);
  g_assert_false (add (fib, "2001:db8::/32", 254, 0, "fe80::1"));
  g_assert_true (add (fib, "2001:db8::/32", 254, 0, NULL));
  g_assert_cmpuint (nlv_fib_get_changed (fib, &cursor)->n_nexthops, ==, 1);
  g_assert_false (add (fib, "2001:db8::/32", 254, 0, NULL));
  g_assert_cmpuint (nlv_fib_size (fib), ==, 4);
  nlv_fib_cursor_init (&cursor, AF_INET6);
  siblings = nlv_fib_next (fib, &cursor);
  g_assert_cmpuint (siblings->n_nexthops, ==, 2);
  g_assert_cmpuint (siblings->nexthops[1].gateway.bytes[15], ==, 2);
  nlv_fib_remove_at (fib, &cursor);
  g_assert_nonnull (nlv_fib_get_changed (fib, &cursor));
  nlv_fib_remove_at (fib, &cursor);
  g_assert_null (nlv_fib_get_changed (fib, &cursor));
  g_assert_cmpuint (nlv_fib_size (fib), ==, 2);
  g_assert_true (add (fib, "2001:db8::/32", 254, 0, "fe80::1"));
  nlv_fib_free (fib);
}

/* What makes a way another one for IPv4. */
static void
test_equal_ways (void)
{
  NlvFib *fib = nlv_fib_new ();
  NlvRoute onlink = make_route ("10.0.0.0/8", 254, 0, "192.0.2.1");
  NlvRoute of_realm = make_route ("10.0.0.0/8", 254, 0, "192.0.2.1");
  NlvRoute without_carrier = make_route ("10.0.0.0/8", 254, 0, "192.0.2.1");
  NlvRoute of_object = make_route ("10.0.0.0/8", 254, 0, "192.0.2.1");
  NlvRoute of_it_too = make_route ("10.0.0.0/8", 254, 0, "192.0.2.1");

  onlink.nexthops->flags = RTNH_F_ONLINK;
  of_realm.nexthops->realm = 7;
  without_carrier.nexthops->flags = RTNH_F_LINKDOWN;
  g_assert_true (add (fib, "10.0.0.0/8", 254, 0, "192.0.2.1"));
  g_assert_true (nlv_fib_add (fib, &onlink));
  g_assert_true (nlv_fib_add (fib, &of_realm));
  g_assert_false (nlv_fib_add (fib, &without_carrier));
  g_assert_cmpuint (nlv_fib_size (fib), ==, 3);

  /* Those of a nexthop object are its own. */
  of_object.nexthop_id = of_it_too.nexthop_id = 7;
  of_it_too.nexthops->flags = RTNH_F_ONLINK;
  g_assert_true (nlv_fib_add (fib, &of_object));
  g_assert_false (nlv_fib_add (fib, &of_it_too));
  nlv_fib_free (fib);
}

/* The cursor finds its place again when routes and tables come and go. */
static void
test_changes_under_walk (void)
{
  NlvFib *fib = nlv_fib_new ();
  NlvFibCursor cursor;

  add (fib, "10.0.0.0/8", 254, 0, NULL);
  add (fib, "11.0.0.0/8", 254, 0, NULL);
  add (fib, "12.0.0.0/8", 254, 0, NULL);
  nlv_fib_cursor_init (&cursor, AF_INET);
  nlv_fib_next (fib, &cursor);
  g_assert_cmpuint (nlv_fib_next (fib, &cursor)->destination.bytes[0], ==, 11);
  nlv_fib_remove_at (fib, &cursor);
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

/* NULL, or what is there until the next call. */
static const NlvRoute *
lookup (NlvFib *fib, const char *text, NlvFibAccept accept, gpointer data)
{
  guint8 family = strchr (text, ':') != NULL ? AF_INET6 : AF_INET;
  static NlvRoute found;
  NlvIp ip = { 0 };

  g_assert_cmpint (inet_pton (family, text, ip.bytes), ==, 1);
  return nlv_fib_lookup (fib, family, 254, &ip, NULL, accept, data, &found) ? &found : NULL;
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

static char *
tables_of (NlvFib *fib, guint8 family)
{
  g_autoptr (GArray) ids = nlv_fib_get_tables (fib, family);
  GString *line = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (line, "%u ", g_array_index (ids, guint32, i));
  return g_string_free (line, FALSE);
}

#define assert_tables(fib, family, expected)                                                                           \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *tables = tables_of (fib, family);                                                                 \
                                                                                                                       \
    g_assert_cmpstr (tables, ==, expected);                                                                            \
  }                                                                                                                    \
  G_STMT_END

/* 1, 257 and 513 share a bucket: the newest table comes first. */
static void
test_table_order (void)
{
  NlvFib *fib = nlv_fib_new (), *copy;
  g_autofree char *line = NULL, *again = NULL;
  NlvFibCursor cursor;

  add (fib, "10.0.0.0/8", 257, 0, NULL);
  add (fib, "10.0.0.0/8", 1, 0, NULL);
  add (fib, "10.0.0.0/8", 2, 0, NULL);
  add (fib, "10.0.0.0/8", 0, 0, NULL);
  add (fib, "11.0.0.0/8", 257, 0, NULL);
  assert_tables (fib, AF_INET, "0 1 257 2 ");
  assert_tables (fib, AF_INET6, "");
  assert_tables (fib, AF_UNIX, "");
  line = walk (fib, AF_INET);
  g_assert_cmpstr (line, ==, "0:10.0.0.0/8,0 1:10.0.0.0/8,0 257:10.0.0.0/8,0 257:11.0.0.0/8,0 2:10.0.0.0/8,0 ");
  copy = nlv_fib_copy (fib);
  again = walk (copy, AF_INET);
  g_assert_cmpstr (again, ==, line);
  assert_tables (copy, AF_INET, "0 1 257 2 ");
  add (fib, "10.0.0.0/8", 513, 0, NULL);
  assert_tables (fib, AF_INET, "0 513 1 257 2 ");
  /* The copy has its own. */
  assert_tables (copy, AF_INET, "0 1 257 2 ");
  nlv_fib_cursor_init_table (&cursor, AF_INET, 257);
  g_assert_cmpuint (nlv_fib_next (fib, &cursor)->destination.bytes[0], ==, 10);
  g_assert_cmpuint (nlv_fib_next (fib, &cursor)->destination.bytes[0], ==, 11);
  g_assert_null (nlv_fib_next (fib, &cursor));
  nlv_fib_free (copy);
  nlv_fib_free (fib);
}

static void
test_older_tables (void)
{
  NlvFib *fib = nlv_fib_new (), *copy;
  NlvFibCursor cursor;

  nlv_fib_add_older_table (fib, AF_INET, 257);
  nlv_fib_add_older_table (fib, AF_INET, 1);
  nlv_fib_add_older_table (fib, AF_INET, 513);
  assert_tables (fib, AF_INET, "257 1 513 ");
  /* One that is there stays where it is. */
  nlv_fib_add_older_table (fib, AF_INET, 257);
  assert_tables (fib, AF_INET, "257 1 513 ");
  /* A route goes into it, and a newer table in front. */
  add (fib, "10.0.0.0/8", 1, 0, NULL);
  add (fib, "10.0.0.0/8", 769, 0, NULL);
  assert_tables (fib, AF_INET, "769 257 1 513 ");
  g_assert_true (nlv_fib_has_table (fib, AF_INET, 513));
  g_assert_false (nlv_fib_has_table (fib, AF_INET6, 513));
  g_assert_cmpuint (nlv_fib_get_table_size (fib, AF_INET, 513), ==, 0);
  g_assert_cmpuint (nlv_fib_get_table_size (fib, AF_INET, 1), ==, 1);
  g_assert_cmpuint (nlv_fib_get_table_size (fib, AF_INET, 5), ==, 0);
  g_assert_cmpuint (nlv_fib_get_table_size (fib, AF_INET6, 1), ==, 0);
  g_assert_cmpuint (nlv_fib_get_table_size (fib, AF_UNIX, 1), ==, 0);
  add (fib, "11.0.0.0/8", 1, 0, NULL);
  g_assert_cmpuint (nlv_fib_get_table_size (fib, AF_INET, 1), ==, 2);
  copy = nlv_fib_copy (fib);
  assert_tables (copy, AF_INET, "769 257 1 513 ");
  nlv_fib_free (copy);
  /* A table outlives its routes. */
  nlv_fib_cursor_init_table (&cursor, AF_INET, 1);
  nlv_fib_next (fib, &cursor);
  nlv_fib_remove_at (fib, &cursor);
  g_assert_cmpuint (nlv_fib_get_table_size (fib, AF_INET, 1), ==, 1);
  g_assert_true (nlv_fib_has_table (fib, AF_INET, 1));
  nlv_fib_add_older_table (fib, AF_UNIX, 5);
  nlv_fib_add_older_table (fib, AF_INET6, G_MAXUINT32);
  nlv_fib_add_older_table (fib, AF_INET6, 255);
  assert_tables (fib, AF_INET6, "4294967295 255 ");
  nlv_fib_free (fib);
}

/* A walk goes on behind tables that come in between. */
static void
test_tables_under_walk (void)
{
  NlvFib *fib = nlv_fib_new ();
  NlvFibCursor cursor;

  add (fib, "10.0.0.0/8", 257, 0, NULL);
  add (fib, "10.0.0.0/8", 1, 0, NULL);
  nlv_fib_cursor_init (&cursor, AF_INET);
  g_assert_cmpuint (nlv_fib_next (fib, &cursor)->table, ==, 1);
  add (fib, "10.0.0.0/8", 513, 0, NULL);
  nlv_fib_add_older_table (fib, AF_INET, 769);
  add (fib, "10.0.0.0/8", 769, 0, NULL);
  g_assert_cmpuint (nlv_fib_next (fib, &cursor)->table, ==, 257);
  g_assert_cmpuint (nlv_fib_next (fib, &cursor)->table, ==, 769);
  g_assert_null (nlv_fib_next (fib, &cursor));
  nlv_fib_free (fib);
}

static void
add_from (NlvFib *fib, const char *destination, const char *source, guint8 source_length, guint32 metric)
{
  NlvRoute route = make_route (destination, 254, metric, NULL);

  route.source_length = source_length;
  g_assert_cmpint (inet_pton (AF_INET6, source, route.source.bytes), ==, 1);
  g_assert_true (nlv_fib_add (fib, &route));
}

/* As lookup(). */
static const NlvRoute *
lookup_from (NlvFib *fib, const char *text, const char *from, NlvFibAccept accept, gpointer data)
{
  NlvIp ip = { 0 }, source = { 0 };
  static NlvRoute found;

  g_assert_cmpint (inet_pton (AF_INET6, text, ip.bytes), ==, 1);
  g_assert_cmpint (inet_pton (AF_INET6, from, source.bytes), ==, 1);
  return nlv_fib_lookup (fib, AF_INET6, 254, &ip, &source, accept, data, &found) ? &found : NULL;
}

/* Where there are routes for some sources, those for all are hidden, and the
 * next shorter destination is asked. */
static void
test_sources (void)
{
  NlvFib *fib = nlv_fib_new ();
  const NlvRoute *found;

  add (fib, "2001:db8::/32", 254, 5, NULL);
  add (fib, "2001:db8:1::/48", 254, 6, NULL);
  add_from (fib, "2001:db8:1::/48", "2001:db8:a::", 48, 7);
  add_from (fib, "2001:db8:1::/48", "2001:db8:a:b::", 64, 8);

  g_assert_cmpuint (lookup_from (fib, "2001:db8:1::1", "2001:db8:a::1", NULL, NULL)->metric, ==, 7);
  /* The longer source first. */
  g_assert_cmpuint (lookup_from (fib, "2001:db8:1::1", "2001:db8:a:b::1", NULL, NULL)->metric, ==, 8);
  found = lookup_from (fib, "2001:db8:1::1", "2001:db8:b::1", NULL, NULL);
  g_assert_cmpuint (found->metric, ==, 5);
  g_assert_cmpuint (found->destination_length, ==, 32);
  /* Without a source it is the unspecified one. */
  g_assert_cmpuint (lookup (fib, "2001:db8:1::1", NULL, NULL)->metric, ==, 5);
  /* Other destinations are as if there were no sources. */
  g_assert_cmpuint (lookup_from (fib, "2001:db8:2::1", "2001:db8:a::1", NULL, NULL)->metric, ==, 5);
  nlv_fib_free (fib);
}

static gboolean
is_metric (const NlvRoute *route, gpointer user_data)
{
  return route->metric == GPOINTER_TO_UINT (user_data);
}

/* fib6_backtrack(): what is for the source but not accepted hides nothing. */
static void
test_sources_not_accepted (void)
{
  NlvFib *fib = nlv_fib_new ();

  add (fib, "2001:db8::/32", 254, 5, NULL);
  add (fib, "2001:db8:1::/48", 254, 6, NULL);
  add_from (fib, "2001:db8:1::/48", "2001:db8:a::", 48, 7);
  add_from (fib, "2001:db8:1::/48", "2001:db8:a:b::", 64, 8);
  for (guint metric = 5; metric <= 8; metric++)
    g_assert_cmpuint (
      lookup_from (fib, "2001:db8:1::1", "2001:db8:a:b::1", is_metric, GUINT_TO_POINTER (metric))->metric, ==, metric);
  g_assert_null (lookup_from (fib, "2001:db8:1::1", "2001:db8:b::1", is_metric, GUINT_TO_POINTER (6)));
  nlv_fib_free (fib);
}

/* Sources of other prefixes of the same length hide nothing. */
static void
test_sources_elsewhere (void)
{
  NlvFib *fib = nlv_fib_new ();

  add (fib, "2001:db8:1::/48", 254, 6, NULL);
  add_from (fib, "2001:db8:2::/48", "2001:db8:a::", 48, 7);
  add_from (fib, "2001:db8:1:1::/64", "2001:db8:a::", 48, 8);
  g_assert_cmpuint (lookup_from (fib, "2001:db8:1::1", "2001:db8:b::1", NULL, NULL)->metric, ==, 6);
  g_assert_cmpuint (lookup_from (fib, "2001:db8:1:1::1", "2001:db8:b::1", NULL, NULL)->metric, ==, 6);
  g_assert_null (lookup_from (fib, "2001:db8:2::1", "2001:db8:b::1", NULL, NULL));
  nlv_fib_free (fib);
}

/* What orders by the source asks what is shared, which changes: it is not what
 * was. */
static void
test_replace_of_sources (void)
{
  NlvFib *fib = nlv_fib_new ();
  NlvFibCursor cursor;
  NlvIp none = { 0 };
  guint n = 0;

  for (guint i = 0; i < 500; i++)
    {
      NlvRoute route = make_route ("2001:db8::/32", 254, 5, NULL);

      route.source_length = 64;
      route.source.words[1] = g_htonl (i * 7 % 500);
      g_assert_true (nlv_fib_add (fib, &route));
    }
  for (guint32 expires = 0; expires < 3; expires++)
    {
      nlv_fib_cursor_init (&cursor, AF_INET6);
      while (nlv_fib_next (fib, &cursor) != NULL)
        {
          NlvRoute route;

          nlv_route_copy (&cursor.row, &route);
          route.expires = expires;
          /* Its order stays. */
          route.source = none;
          nlv_fib_replace_at (fib, &cursor, &route);
        }
    }
  nlv_fib_cursor_init (&cursor, AF_INET6);
  while (nlv_fib_next (fib, &cursor) != NULL)
    {
      g_assert_cmpuint (nlv_fib_position (fib, &cursor), ==, n);
      g_assert_cmpuint (g_ntohl (cursor.row.source.words[1]), ==, n++);
      g_assert_cmpuint (cursor.row.expires, ==, 2);
    }
  g_assert_cmpuint (n, ==, 500);
  nlv_fib_free (fib);
}

/* A prefix's routes, those for some sources first, and where they are. */
static void
test_prefix (void)
{
  static const guint32 metrics[] = { 2, 1, 3, 7 };
  NlvFib *fib = nlv_fib_new ();
  NlvRoute route = make_route ("2001:db8:1::/48", 254, 0, NULL);
  NlvIp prefix = route.destination;
  NlvFibCursor cursor;
  guint n = 0;

  nlv_route_clear (&route);
  add (fib, "10.0.0.0/8", 254, 1, NULL);
  add (fib, "2001:db8::/32", 254, 5, NULL);
  add (fib, "2001:db8:1::/48", 254, 7, NULL);
  add (fib, "2001:db8:1::/48", 254, 3, NULL);
  add (fib, "2001:db8:1::/49", 254, 4, NULL);
  add (fib, "2001:db8:1::/48", 255, 4, NULL);
  add_from (fib, "2001:db8:1::/48", "2001:db8:a::", 48, 1);
  add_from (fib, "2001:db8:1::/48", "2001:db8:a:b::", 64, 2);
  add_from (fib, "2001:db8:1::/49", "2001:db8:a:b::", 64, 6);
  nlv_fib_cursor_init_prefix (&cursor, AF_INET6, 254, &prefix, 48);
  while (nlv_fib_next (fib, &cursor) != NULL)
    {
      g_assert_cmpuint (n, <, G_N_ELEMENTS (metrics));
      g_assert_cmpuint (cursor.row.metric, ==, metrics[n++]);
    }
  g_assert_cmpuint (n, ==, 4);
  g_assert_null (nlv_fib_next (fib, &cursor));
  /* Bits behind the prefix say nothing. */
  prefix.bytes[15] = 1;
  nlv_fib_cursor_init_prefix (&cursor, AF_INET6, 254, &prefix, 48);
  g_assert_cmpuint (nlv_fib_next (fib, &cursor)->metric, ==, 2);
  g_assert_cmpuint (nlv_fib_position (fib, &cursor), ==, 1);
  nlv_fib_cursor_init_prefix (&cursor, AF_INET6, 254, &prefix, 128);
  g_assert_null (nlv_fib_next (fib, &cursor));
  nlv_fib_cursor_init_prefix (&cursor, AF_INET6, 3, &prefix, 48);
  g_assert_null (nlv_fib_next (fib, &cursor));
  nlv_fib_free (fib);
}

/* What is shared is counted: what no route has any more is gone. */
static void
test_shared (void)
{
  NlvFib *fib = nlv_fib_new ();
  NlvFibCursor cursor;
  NlvRoute local;

  add (fib, "10.0.0.0/8", 254, 0, "192.0.2.1");
  add (fib, "11.0.0.0/8", 254, 7, "192.0.2.1");
  g_assert_true (nlv_fib_uses_link (fib, AF_INET, 2));
  g_assert_false (nlv_fib_uses_link (fib, AF_INET, 3));
  g_assert_false (nlv_fib_uses_link (fib, AF_INET6, 2));
  g_assert_false (nlv_fib_has_own_local (fib));
  g_assert_false (nlv_fib_has_realms (fib));
  local = make_route ("12.0.0.0/8", 255, 0, NULL);
  local.type = RTN_LOCAL;
  local.nexthops->link = 3;
  local.nexthops->realm = 9;
  g_assert_true (nlv_fib_add (fib, &local));
  g_assert_true (nlv_fib_has_own_local (fib));
  g_assert_true (nlv_fib_has_realms (fib));
  nlv_fib_cursor_init (&cursor, AF_INET);
  nlv_fib_next (fib, &cursor);
  nlv_fib_remove_at (fib, &cursor);
  g_assert_true (nlv_fib_uses_link (fib, AF_INET, 2));
  nlv_fib_next (fib, &cursor);
  nlv_fib_remove_at (fib, &cursor);
  g_assert_false (nlv_fib_uses_link (fib, AF_INET, 2));
  g_assert_true (nlv_fib_uses_link (fib, AF_INET, 3));
  nlv_fib_next (fib, &cursor);
  local = make_route ("12.0.0.0/8", 255, 0, NULL);
  nlv_fib_replace_at (fib, &cursor, &local);
  g_assert_false (nlv_fib_has_own_local (fib));
  g_assert_false (nlv_fib_has_realms (fib));
  g_assert_true (nlv_fib_uses_link (fib, AF_INET, 2));
  nlv_fib_free (fib);
}

static void
test_wrong_rows (void)
{
  NlvFib *fib = nlv_fib_new ();
  NlvRoute route = make_route ("192.0.2.0/24", 254, 0, NULL);

  route.family = AF_UNIX;
  g_assert_false (nlv_fib_add (fib, &route));
  route = make_route ("192.0.2.0/33", 254, 0, NULL);
  g_assert_false (nlv_fib_add (fib, &route));
  route = make_route ("192.0.2.0/33", 254, 0, NULL);
  g_assert_false (nlv_fib_insert (fib, &route, NLV_FIB_LAST));
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
  g_test_add_func ("/model/fib/equal/ways", test_equal_ways);
  g_test_add_func ("/model/fib/changes-under-walk", test_changes_under_walk);
  g_test_add_func ("/model/fib/lookup", test_lookup);
  g_test_add_func ("/model/fib/table-order", test_table_order);
  g_test_add_func ("/model/fib/older-tables", test_older_tables);
  g_test_add_func ("/model/fib/tables-under-walk", test_tables_under_walk);
  g_test_add_func ("/model/fib/sources", test_sources);
  g_test_add_func ("/model/fib/sources-not-accepted", test_sources_not_accepted);
  g_test_add_func ("/model/fib/sources-elsewhere", test_sources_elsewhere);
  g_test_add_func ("/model/fib/replace-of-sources", test_replace_of_sources);
  g_test_add_func ("/model/fib/prefix", test_prefix);
  g_test_add_func ("/model/fib/shared", test_shared);
  g_test_add_func ("/model/fib/wrong-rows", test_wrong_rows);
  return g_test_run ();
}
