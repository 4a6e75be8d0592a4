/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Many subscribers and many changes, read before a queue is full. Prints
 * "NAME NANOSECONDS" lines, each for one event that one subscriber is told, and
 * last how many of them were lost. */

#include "lib/probe.h"

#include <linux/fib_rules.h>
#include <sys/resource.h>
#include <time.h>

/* No more than the receive buffer holds. */
#define ROUND 200

static char buffer[65536] __attribute__ ((aligned (8)));

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}

static void
change (int fd, int number)
{
  struct
  {
    struct nlmsghdr header;
    struct fib_rule_hdr body;
    struct rtattr priority;
    unsigned value;
  } request = {
    .header = { sizeof request, number % 2 ? RTM_DELRULE : RTM_NEWRULE, NLM_F_REQUEST | NLM_F_CREATE, 0, 0 },
    .body = { .family = AF_INET, .table = RT_TABLE_MAIN, .action = FR_ACT_TO_TBL },
    .priority = { 8, FRA_PRIORITY },
    .value = 20000,
  };

  request.header.nlmsg_seq = (unsigned) number;
  REQUIRE (send (fd, &request, sizeof request, 0) == sizeof request);
}

/* How many of the events from @first on came, each in its place. */
static int
count_events (int fd, int first)
{
  const struct nlmsghdr *header = (const struct nlmsghdr *) buffer;
  int n = 0;

  while (recv (fd, buffer, sizeof buffer, MSG_DONTWAIT) >= (ssize_t) sizeof *header)
    n += header->nlmsg_seq == (unsigned) (first + n);
  REQUIRE (errno == EAGAIN || errno == ENOBUFS);
  return n;
}

static int *
subscribe (int n)
{
  struct rlimit limit;
  int *fds = malloc ((size_t) n * sizeof *fds);

  REQUIRE (fds != NULL && getrlimit (RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  REQUIRE (setrlimit (RLIMIT_NOFILE, &limit) == 0);
  for (int i = 0; i < n; i++)
    {
      fds[i] = probe_socket (SOCK_CLOEXEC);
      probe_bind (fds[i], 1u << (RTNLGRP_IPV4_RULE - 1));
    }
  return fds;
}

int
main (int argc, char **argv)
{
  int n_subscribers = argc > 2 ? atoi (argv[1]) : 10, n_changes = argc > 2 ? atoi (argv[2]) : ROUND;
  int sender = probe_socket (SOCK_CLOEXEC);
  int *subscribers = subscribe (n_subscribers);
  double telling = 0, reading = 0, events = (double) n_subscribers * n_changes, seen = 0;

  for (int done = 0; done < n_changes; done += ROUND)
    {
      int end = done + ROUND < n_changes ? done + ROUND : n_changes;
      double start = now (), told;

      for (int i = done; i < end; i++)
        change (sender, i);
      told = now ();
      for (int i = 0; i < n_subscribers; i++)
        seen += count_events (subscribers[i], done);
      telling += told - start;
      reading += now () - told;
    }
  printf ("event-tell %.1f\n", telling / events);
  printf ("event-read %.1f\n", reading / events);
  printf ("lost %.0f\n", events - seen);
  return 0;
}
