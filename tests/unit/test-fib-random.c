/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Random changes of the fib, beside a plain array that is kept in order. */
#include "model/fib.h"

#include <string.h>

#define N_STEPS 24000

/* One route, as far as it is told apart here. */
typedef struct
{
  guint8 family;
  guint32 table;
  NlvIp destination, source;
  guint8 length, source_length;
  guint8 tos;
  guint32 metric;
  guint8 protocol;
  guint32 link;
  gint64 sequence;
} Plain;

typedef struct
{
  NlvFib *fib;
  GArray *plain; /* (element-type Plain) */
  GRand *random;
  gint64 first, last;
  NlvFibCursor walker; /* one that lives as long as the world changes */
  gboolean walks;
  Plain walked; /* what it is at */
} World;

/* --- the order, as the kernel's code has it ------------------------------------ */

static int
compare_prefixes (const NlvIp *a, guint a_length, const NlvIp *b, guint b_length)
{
  for (guint bit = 0; bit < MIN (a_length, b_length); bit++)
    {
      gboolean left = a->bytes[bit / 8] >> (7 - bit % 8) & 1, right = b->bytes[bit / 8] >> (7 - bit % 8) & 1;

      if (left != right)
        return left - right;
    }
  return 0;
}

static int
compare_ipv4 (const Plain *a, const Plain *b)
{
  int order = memcmp (a->destination.bytes, b->destination.bytes, 4);

  if (order == 0)
    order = b->length - a->length;
  return order != 0 ? order : b->tos - a->tos;
}

static int
compare_ipv6 (const Plain *a, const Plain *b)
{
  int order = compare_prefixes (&a->destination, a->length, &b->destination, b->length);

  if (order != 0)
    return order;
  if (a->length < b->length)
    return a->source_length > 0 ? -1 : 1;
  if (a->length > b->length)
    return b->source_length > 0 ? 1 : -1;
  order = compare_prefixes (&a->source, a->source_length, &b->source, b->source_length);
  return order != 0 ? order : b->source_length - a->source_length;
}

/* 0 for those that only the order of their adding tells apart. */
static int
compare_places (const Plain *a, const Plain *b)
{
  int order = a->family != b->family ? (a->family == AF_INET ? -1 : 1) : 0;

  if (order == 0)
    order = (a->table > b->table) - (a->table < b->table);
  if (order == 0)
    order = a->family == AF_INET ? compare_ipv4 (a, b) : compare_ipv6 (a, b);
  return order != 0 ? order : (a->metric > b->metric) - (a->metric < b->metric);
}

static int
compare_plain (const Plain *a, const Plain *b)
{
  int order = compare_places (a, b);

  return order != 0 ? order : (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

/* --- the world ------------------------------------------------------------------ */

static NlvIp
random_ip (World *world, guint length)
{
  static const guint8 bytes[] = { 0, 0, 1, 0x80, 0xff };
  NlvIp ip = { 0 };

  for (guint i = 0; i < sizeof ip.bytes; i++)
    ip.bytes[i] = bytes[g_rand_int_range (world->random, 0, G_N_ELEMENTS (bytes))];
  for (guint bit = length; bit < 128; bit++)
    ip.bytes[bit / 8] &= ~(0x80 >> bit % 8);
  return ip;
}

static Plain
random_plain (World *world)
{
  Plain plain = { .family = g_rand_boolean (world->random) ? AF_INET : AF_INET6 };
  guint width = plain.family == AF_INET ? 32 : 128;

  plain.table = g_rand_int_range (world->random, 0, 8) == 0 ? 3 : 254;
  plain.length = (guint8) g_rand_int_range (world->random, 0, (gint) width + 1);
  if (g_rand_boolean (world->random))
    plain.length = plain.length % 3 * 8;
  plain.destination = random_ip (world, plain.length);
  if (plain.family == AF_INET6 && g_rand_int_range (world->random, 0, 4) == 0)
    {
      plain.source_length = (guint8) g_rand_int_range (world->random, 1, 5);
      plain.source = random_ip (world, plain.source_length);
    }
  if (plain.family == AF_INET)
    plain.tos = (guint8) g_rand_int_range (world->random, 0, 3) * 4;
  plain.metric = (guint32) g_rand_int_range (world->random, 0, 3) * 0x8001;
  plain.protocol = (guint8) g_rand_int_range (world->random, 2, 5);
  plain.link = (guint32) g_rand_int_range (world->random, 1, 4);
  return plain;
}

static NlvRoute
to_route (const Plain *plain)
{
  NlvRoute route = {
    .family = plain->family,
    .table = plain->table,
    .destination = plain->destination,
    .destination_length = plain->length,
    .source = plain->source,
    .source_length = plain->source_length,
    .tos = plain->tos,
    .metric = plain->metric,
    .protocol = plain->protocol,
    .n_nexthops = 1,
    .nexthops = g_new0 (NlvNexthop, 1),
  };

  route.nexthops->link = plain->link;
  return route;
}

static void
assert_same (const NlvRoute *route, const Plain *plain)
{
  g_assert_cmpuint (route->family, ==, plain->family);
  g_assert_cmpuint (route->table, ==, plain->table);
  g_assert_cmpmem (route->destination.bytes, 16, plain->destination.bytes, 16);
  g_assert_cmpuint (route->destination_length, ==, plain->length);
  g_assert_cmpmem (route->source.bytes, 16, plain->source.bytes, 16);
  g_assert_cmpuint (route->source_length, ==, plain->source_length);
  g_assert_cmpuint (route->tos, ==, plain->tos);
  g_assert_cmpuint (route->metric, ==, plain->metric);
  g_assert_cmpuint (route->protocol, ==, plain->protocol);
  g_assert_cmpuint (route->n_nexthops, ==, 1);
  g_assert_cmpuint (route->nexthops[0].link, ==, plain->link);
}

/* The first one behind @plain. */
static guint
find_behind (const World *world, const Plain *plain)
{
  guint low = 0, high = world->plain->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (compare_plain (&g_array_index (world->plain, Plain, middle), plain) > 0)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/* Where to find the route at @position. */
static void
go_to (World *world, guint position, NlvFibCursor *cursor)
{
  const Plain *plain = &g_array_index (world->plain, Plain, position);

  nlv_fib_cursor_init_prefix (cursor, plain->family, plain->table, &plain->destination, plain->length);
  while (nlv_fib_next (world->fib, cursor) != NULL)
    if (nlv_fib_position (world->fib, cursor) == position)
      {
        assert_same (&cursor->row, plain);
        return;
      }
  g_assert_not_reached ();
}

/* --- steps ----------------------------------------------------------------------- */

static void
step_insert (World *world)
{
  Plain plain = random_plain (world);
  gboolean first = g_rand_boolean (world->random);
  NlvRoute route = to_route (&plain);
  NlvFibCursor cursor;
  guint position;

  plain.sequence = first ? --world->first : ++world->last;
  g_assert_true (nlv_fib_insert (world->fib, &route, first ? NLV_FIB_FIRST : NLV_FIB_LAST));
  position = find_behind (world, &plain);
  g_array_insert_val (world->plain, position, plain);
  assert_same (nlv_fib_get_changed (world->fib, &cursor), &plain);
  g_assert_cmpuint (nlv_fib_position (world->fib, &cursor), ==, position);
}

/* A run of neighbours, upwards or downwards: more than an inner node's leaves hold. */
static void
step_run (World *world)
{
  gboolean up = g_rand_boolean (world->random);
  gboolean ipv6 = g_rand_boolean (world->random);
  guint n = (guint) g_rand_int_range (world->random, 1, 4000);

  for (guint i = 0; i < n; i++)
    {
      Plain plain = { .family = ipv6 ? AF_INET6 : AF_INET, .table = 254, .length = 32, .link = 1 };
      NlvRoute route;
      guint position;

      plain.sequence = ++world->last;
      plain.destination.v4 = g_htonl (0x01000000 + (up ? i : n - i));
      route = to_route (&plain);
      g_assert_true (nlv_fib_insert (world->fib, &route, NLV_FIB_LAST));
      position = find_behind (world, &plain);
      g_array_insert_val (world->plain, position, plain);
    }
}

static void
step_remove (World *world)
{
  NlvFibCursor cursor;
  NlvRoute route;
  guint position;
  Plain gone;

  if (world->plain->len == 0)
    return;
  position = (guint) g_rand_int_range (world->random, 0, (gint) world->plain->len);
  go_to (world, position, &cursor);
  nlv_fib_remove_at (world->fib, &cursor);
  gone = g_array_index (world->plain, Plain, position);
  g_array_remove_index (world->plain, position);
  /* It is gone, and the place is what it was. */
  nlv_fib_remove_at (world->fib, &cursor);
  route = to_route (&gone);
  g_assert_false (nlv_fib_replace_at (world->fib, &cursor, &route));
  g_assert_cmpuint (nlv_fib_position (world->fib, &cursor), ==, position);
}

static void
step_replace (World *world)
{
  NlvFibCursor cursor;
  NlvRoute route;
  guint position;
  Plain *plain;

  if (world->plain->len == 0)
    return;
  position = (guint) g_rand_int_range (world->random, 0, (gint) world->plain->len);
  go_to (world, position, &cursor);
  plain = &g_array_index (world->plain, Plain, position);
  plain->protocol = (guint8) g_rand_int_range (world->random, 2, 5);
  plain->link = (guint32) g_rand_int_range (world->random, 1, 4);
  route = to_route (plain);
  /* It shares with nobody. */
  route.expires = (guint32) g_rand_int (world->random);
  g_assert_true (nlv_fib_replace_at (world->fib, &cursor, &route));
  assert_same (nlv_fib_get_changed (world->fib, &cursor), plain);
  g_assert_cmpuint (nlv_fib_position (world->fib, &cursor), ==, position);
}

static void
step_nth (World *world)
{
  guint position = (guint) g_rand_int_range (world->random, 0, (gint) world->plain->len + 2);
  gboolean there = position < world->plain->len;
  NlvRoute route;

  g_assert_cmpint (nlv_fib_nth (world->fib, position, &route), ==, there);
  if (there)
    assert_same (&route, &g_array_index (world->plain, Plain, position));
}

/* The walker goes on behind what it was at, whatever has become of that. */
static void
step_walk (World *world)
{
  guint position = world->walks ? find_behind (world, &world->walked) : 0;
  const NlvRoute *route;

  if (!world->walks)
    nlv_fib_cursor_init (&world->walker, AF_INET);
  route = nlv_fib_next (world->fib, &world->walker);
  if (route == NULL && world->walker.family == AF_INET)
    {
      nlv_fib_cursor_init (&world->walker, AF_INET6);
      route = nlv_fib_next (world->fib, &world->walker);
    }
  world->walks = route != NULL;
  g_assert_cmpint (route != NULL, ==, position < world->plain->len);
  if (route == NULL)
    return;
  world->walked = g_array_index (world->plain, Plain, position);
  assert_same (route, &world->walked);
  g_assert_cmpuint (nlv_fib_position (world->fib, &world->walker), ==, position);
  if (g_rand_int_range (world->random, 0, 3) == 0)
    {
      nlv_fib_unget (&world->walker);
      assert_same (nlv_fib_next (world->fib, &world->walker), &world->walked);
    }
}

static void
step_lookup (World *world)
{
  const Plain *best = NULL;
  NlvIp ip = random_ip (world, 32);
  NlvRoute route;
  gboolean found = nlv_fib_lookup (world->fib, AF_INET, 254, &ip, NULL, NULL, NULL, &route);

  for (guint i = 0; i < world->plain->len; i++)
    {
      const Plain *plain = &g_array_index (world->plain, Plain, i);

      if (plain->family == AF_INET && plain->table == 254 && (best == NULL || plain->length > best->length) &&
          compare_prefixes (&ip, 32, &plain->destination, plain->length) == 0)
        best = plain;
    }
  g_assert_cmpint (found, ==, best != NULL);
  if (best != NULL)
    assert_same (&route, best);
}

static void
assert_whole (NlvFib *fib, const GArray *plain)
{
  static const guint8 families[] = { AF_INET, AF_INET6 };
  guint n = 0;

  g_assert_cmpuint (nlv_fib_size (fib), ==, plain->len);
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      const NlvRoute *route;
      NlvFibCursor cursor;

      nlv_fib_cursor_init (&cursor, families[i]);
      while ((route = nlv_fib_next (fib, &cursor)) != NULL)
        {
          g_assert_cmpuint (n, <, plain->len);
          assert_same (route, &g_array_index (plain, Plain, n++));
        }
    }
  g_assert_cmpuint (n, ==, plain->len);
}

static void
remove_all (World *world)
{
  NlvFibCursor cursor;

  nlv_fib_cursor_init (&cursor, AF_INET);
  while (nlv_fib_next (world->fib, &cursor) != NULL)
    nlv_fib_remove_at (world->fib, &cursor);
  nlv_fib_cursor_init (&cursor, AF_INET6);
  while (nlv_fib_next (world->fib, &cursor) != NULL)
    nlv_fib_remove_at (world->fib, &cursor);
  g_array_set_size (world->plain, 0);
  assert_whole (world->fib, world->plain);
}

/* Grows and shrinks by turns. */
static void
take_step (World *world, guint i)
{
  guint growth = i / (N_STEPS / 6) % 2 == 0 ? 6 : 1;
  guint die = (guint) g_rand_int_range (world->random, 0, 16);

  if (die < growth)
    step_insert (world);
  else if (die < 7)
    step_remove (world);
  else if (die < 9)
    step_replace (world);
  else if (die < 11)
    step_nth (world);
  else if (die < 15)
    step_walk (world);
  else if (i % 8 == 0)
    step_lookup (world);
  if (i % 8000 == 0)
    step_run (world);
}

static void
test_random (gconstpointer data)
{
  World world = {
    .fib = nlv_fib_new (),
    .plain = g_array_new (FALSE, FALSE, sizeof (Plain)),
    .random = g_rand_new_with_seed (GPOINTER_TO_UINT (data)),
  };
  g_autoptr (GArray) before = NULL;
  NlvFib *copy = NULL;

  for (guint i = 0; i < N_STEPS; i++)
    {
      take_step (&world, i);
      if (i % 2000 == 0)
        assert_whole (world.fib, world.plain);
      if (i == N_STEPS / 6)
        {
          copy = nlv_fib_copy (world.fib);
          before = g_array_copy (world.plain);
        }
    }
  assert_whole (copy, before);
  nlv_fib_free (copy);
  remove_all (&world);
  for (guint i = 0; i < 100; i++)
    step_insert (&world);
  assert_whole (world.fib, world.plain);
  nlv_fib_free (world.fib);
  g_array_unref (world.plain);
  g_rand_free (world.random);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint seed = 1; seed <= 2; seed++)
    {
      g_autofree char *path = g_strdup_printf ("/model/fib-random/%u", seed);

      g_test_add_data_func (path, GUINT_TO_POINTER (seed), test_random);
    }
  return g_test_run ();
}
