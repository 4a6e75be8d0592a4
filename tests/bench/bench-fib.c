/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The routes of a network without a program that asks: many, that share few
 * ways, added in order and at random. Prints "NAME VALUE UNIT" lines, each for
 * one route. */
#include "model/fib.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N_WAYS 4

typedef struct
{
  const char *name;
  guint8 family;
  gboolean shuffled;
} Case;

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}

static double
memory (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return (double) info.uordblks + (double) info.hblkhd;
}

static void
print (const Case *what, const char *name, double value, const char *unit)
{
  printf ("%s-%s %.1f %s\n", what->name, name, value, unit);
}

static guint32 *
make_order (const Case *what, guint n)
{
  guint32 *order = g_new (guint32, n);
  GRand *random = g_rand_new_with_seed (1);

  for (guint i = 0; i < n; i++)
    order[i] = i;
  for (guint i = n - 1; what->shuffled && i > 0; i--)
    {
      guint other = (guint) g_rand_int_range (random, 0, (gint) i + 1);
      guint32 kept = order[i];

      order[i] = order[other];
      order[other] = kept;
    }
  g_rand_free (random);
  return order;
}

static NlvRoute
make_route (const Case *what, guint32 number)
{
  gboolean ipv4 = what->family == AF_INET;
  NlvRoute route = {
    .family = what->family,
    .table = RT_TABLE_MAIN,
    .type = RTN_UNICAST,
    .protocol = RTPROT_STATIC,
    .destination_length = ipv4 ? 32 : 64,
    .metric = ipv4 ? 0 : 1024,
    .n_nexthops = 1,
    .nexthops = g_new0 (NlvNexthop, 1),
  };

  route.destination.words[0] = g_htonl (ipv4 ? 0x0a000000 + number : 0x20010db8);
  route.destination.words[1] = ipv4 ? 0 : g_htonl (number);
  route.nexthops->link = 2;
  route.nexthops->gateway_family = what->family;
  route.nexthops->gateway.bytes[3] = (guint8) (1 + number % N_WAYS);
  return route;
}

static void
read_all (NlvFib *fib, const Case *what, const guint32 *order, guint n)
{
  double start = now ();
  NlvFibCursor cursor;
  NlvRoute route;

  nlv_fib_cursor_init (&cursor, what->family);
  for (guint i = 0; i < n; i++)
    if (nlv_fib_next (fib, &cursor) == NULL)
      abort ();
  print (what, "walk", (now () - start) / n, "ns");

  start = now ();
  for (guint i = 0; i < n; i++)
    if (!nlv_fib_nth (fib, order[i], &route))
      abort ();
  print (what, "nth", (now () - start) / n, "ns");

  start = now ();
  for (guint i = 0; i < n; i++)
    {
      NlvRoute wanted = make_route (what, order[i]);

      if (!nlv_fib_lookup (fib, what->family, RT_TABLE_MAIN, &wanted.destination, NULL, NULL, NULL, &route))
        abort ();
      nlv_route_clear (&wanted);
    }
  print (what, "lookup", (now () - start) / n, "ns");
}

static void
remove_all (NlvFib *fib, const Case *what, const guint32 *order, guint n)
{
  double start = now ();

  for (guint i = 0; i < n; i++)
    {
      NlvRoute wanted = make_route (what, order[i]);
      NlvFibCursor cursor;

      nlv_fib_cursor_init_prefix (&cursor, what->family, RT_TABLE_MAIN, &wanted.destination, wanted.destination_length);
      if (nlv_fib_next (fib, &cursor) == NULL)
        abort ();
      nlv_fib_remove_at (fib, &cursor);
      nlv_route_clear (&wanted);
    }
  print (what, "remove", (now () - start) / n, "ns");
}

static void
measure (const Case *what, guint n)
{
  g_autofree guint32 *order = make_order (what, n);
  NlvFib *fib = nlv_fib_new (), *copy;
  double before = memory (), start = now ();

  for (guint i = 0; i < n; i++)
    {
      NlvRoute route = make_route (what, order[i]);

      if (!nlv_fib_add (fib, &route))
        abort ();
    }
  print (what, "add", (now () - start) / n, "ns");
  print (what, "memory", (memory () - before) / n, "bytes");
  start = now ();
  copy = nlv_fib_copy (fib);
  print (what, "copy", (now () - start) / n, "ns");
  nlv_fib_free (copy);
  read_all (fib, what, order, n);
  remove_all (fib, what, order, n);
  nlv_fib_free (fib);
}

int
main (int argc, char **argv)
{
  static const Case cases[] = {
    { "ipv4", AF_INET, FALSE },
    { "ipv4-shuffled", AF_INET, TRUE },
    { "ipv6", AF_INET6, FALSE },
    { "ipv6-shuffled", AF_INET6, TRUE },
  };
  guint n = argc > 1 ? (guint) atoi (argv[1]) : 100000;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    measure (&cases[i], n);
  return 0;
}
