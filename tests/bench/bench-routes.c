/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Many routes: added one by one with an acknowledgement each, some of them
 * changed, all dumped and counted. Prints "NAME VALUE" lines: nanoseconds a route, and what
 * the parent, if it is the supervisor, has grown by. */

#include "lib/probe.h"

#include <arpa/inet.h>
#include <time.h>

#define N_CHANGES 20000
#define N_DUMPS 5

static char buffer[65536] __attribute__ ((aligned (8)));

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}

/* Bytes of memory that the parent has. */
static double
parent_memory (void)
{
  char path[64], line[256];
  double kib = 0;
  FILE *file;

  snprintf (path, sizeof path, "/proc/%d/status", getppid ());
  file = fopen (path, "r");
  while (file && fgets (line, sizeof line, file))
    if (strncmp (line, "VmRSS:", 6) == 0)
      kib = strtod (line + 6, NULL);
  if (file)
    fclose (file);
  return kib * 1024;
}

static void
change_route (int fd, unsigned short type, unsigned short flags, unsigned number, unsigned char protocol)
{
  struct
  {
    struct nlmsghdr header;
    struct rtmsg body;
    struct rtattr destination;
    unsigned prefix;
    struct rtattr output;
    unsigned link;
  } request = {
    .header = { sizeof request, type, NLM_F_REQUEST | NLM_F_ACK | flags, number, 0 },
    .body = { .rtm_family = AF_INET,
              .rtm_dst_len = 32,
              .rtm_table = RT_TABLE_MAIN,
              .rtm_protocol = protocol,
              .rtm_scope = RT_SCOPE_LINK,
              .rtm_type = RTN_UNICAST },
    .destination = { 8, RTA_DST },
    .prefix = htonl (0x0a000000 + number),
    .output = { 8, RTA_OIF },
    .link = 1,
  };
  const struct nlmsghdr *answer = (const struct nlmsghdr *) buffer;

  REQUIRE (send (fd, &request, sizeof request, 0) == sizeof request);
  REQUIRE (recv (fd, buffer, sizeof buffer, 0) >= (ssize_t) sizeof *answer + 4);
  REQUIRE (answer->nlmsg_type == NLMSG_ERROR);
  errno = -((const struct nlmsgerr *) NLMSG_DATA (answer))->error;
  REQUIRE (errno == 0);
}

/* The number of routes in the main and the local table. */
static unsigned
dump (int fd)
{
  struct
  {
    struct nlmsghdr header;
    struct rtmsg body;
  } request = { { sizeof request, RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 }, { .rtm_family = AF_INET } };
  unsigned n_routes = 0;

  REQUIRE (send (fd, &request, sizeof request, 0) == sizeof request);
  for (;;)
    {
      ssize_t received = recv (fd, buffer, sizeof buffer, 0);
      size_t length = (size_t) received;

      REQUIRE (received > 0);
      for (const struct nlmsghdr *m = (const struct nlmsghdr *) buffer; NLMSG_OK (m, length);
           m = NLMSG_NEXT (m, length))
        {
          if (m->nlmsg_type == NLMSG_DONE)
            return n_routes;
          REQUIRE (m->nlmsg_type == RTM_NEWROUTE);
          n_routes++;
        }
    }
}

/* Of @n_routes, every so manyth: replaced, deleted, added again. */
static void
change_some (int fd, unsigned n_routes)
{
  unsigned step = n_routes > N_CHANGES ? n_routes / N_CHANGES : 1, n = 0;
  double start = now (), replaced;

  for (unsigned i = 0; i < n_routes; i += step, n++)
    change_route (fd, RTM_NEWROUTE, NLM_F_REPLACE, i, RTPROT_BOOT);
  replaced = now ();
  for (unsigned i = 0; i < n_routes; i += step)
    {
      change_route (fd, RTM_DELROUTE, 0, i, RTPROT_BOOT);
      change_route (fd, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, i, RTPROT_STATIC);
    }
  printf ("route-replace %.1f\n", (replaced - start) / n);
  printf ("route-delete-add %.1f\n", (now () - replaced) / n);
}

int
main (int argc, char **argv)
{
  unsigned n_routes = argc > 1 ? (unsigned) atoi (argv[1]) : 1, n_before;
  int fd = probe_socket (SOCK_CLOEXEC);
  double start, before = parent_memory ();

  probe_bind (fd, 0);
  n_before = dump (fd);
  start = now ();
  for (unsigned i = 0; i < n_routes; i++)
    change_route (fd, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, i, RTPROT_STATIC);
  printf ("route-add %.1f\n", (now () - start) / n_routes);
  printf ("bytes %.1f\n", (parent_memory () - before) / n_routes);
  change_some (fd, n_routes);
  start = now ();
  for (int i = 0; i < N_DUMPS; i++)
    REQUIRE (dump (fd) == n_before + n_routes);
  printf ("route-dump %.1f\n", (now () - start) / N_DUMPS / n_routes);
  return 0;
}
