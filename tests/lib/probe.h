/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the test programs share: a failure that says where, and a small
 * rtnetlink client on bare system calls. Needs nothing but libc, so that it
 * serves glibc, musl and static programs alike. */
#pragma once

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

__attribute__ ((noreturn, format (printf, 3, 4))) static inline void
probe_fail (const char *file, int line, const char *format, ...)
{
  int error = errno;
  va_list arguments;

  va_start (arguments, format);
  fprintf (stderr, "%s:%d: ", file, line);
  vfprintf (stderr, format, arguments);
  fprintf (stderr, " (errno %d: %s)\n", error, strerror (error));
  va_end (arguments);
  exit (1);
}

#define REQUIRE(condition)                                                                                             \
  do                                                                                                                   \
    {                                                                                                                  \
      if (!(condition))                                                                                                \
        probe_fail (__FILE__, __LINE__, "not so: %s", #condition);                                                     \
    }                                                                                                                  \
  while (0)

/* A NETLINK_ROUTE socket; REQUIREs it. */
static inline int
probe_socket (int flags)
{
  int fd = socket (AF_NETLINK, SOCK_RAW | flags, NETLINK_ROUTE);

  REQUIRE (fd >= 0);
  return fd;
}

static inline void
probe_bind (int fd, unsigned groups)
{
  struct sockaddr_nl name = { .nl_family = AF_NETLINK, .nl_groups = groups };

  REQUIRE (bind (fd, (struct sockaddr *) &name, sizeof name) == 0);
}

/* Asks for all links. 0 or -errno. */
static inline int
probe_ask_links (int fd, unsigned seq)
{
  struct
  {
    struct nlmsghdr header;
    struct ifinfomsg body;
  } request = { .header = { .nlmsg_len = sizeof request,
                            .nlmsg_type = RTM_GETLINK,
                            .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                            .nlmsg_seq = seq } };

  return send (fd, &request, sizeof request, 0) == sizeof request ? 0 : -errno;
}

/* Appends the names in one datagram to @names, each followed by a blank.
 * 1 at the end of the dump, 0 before, -errno when the answer is an error. */
static inline int
probe_read_names (const void *datagram, size_t length, unsigned seq, char *names, size_t size)
{
  for (const struct nlmsghdr *m = datagram; NLMSG_OK (m, length); m = NLMSG_NEXT (m, length))
    {
      const struct ifinfomsg *body = NLMSG_DATA (m);
      const struct rtattr *a = IFLA_RTA (body);
      int left = (int) IFLA_PAYLOAD (m);

      if (m->nlmsg_seq != seq)
        return -EPROTO;
      if (m->nlmsg_type == NLMSG_ERROR)
        return ((const struct nlmsgerr *) NLMSG_DATA (m))->error;
      if (m->nlmsg_type == NLMSG_DONE)
        return 1;
      for (; RTA_OK (a, left); a = RTA_NEXT (a, left))
        if (a->rta_type == IFLA_IFNAME && strlen (names) + strlen (RTA_DATA (a)) + 2 <= size)
          strcat (strcat (names, RTA_DATA (a)), " ");
    }
  return 0;
}

/* Reads the answer of probe_ask_links(). 0 or -errno. */
static inline int
probe_take_links (int fd, unsigned seq, char *names, size_t size)
{
  static __thread char datagram[32768] __attribute__ ((aligned (8)));

  names[0] = '\0';
  for (;;)
    {
      ssize_t length = recv (fd, datagram, sizeof datagram, 0);
      int result;

      if (length < 0 && errno == EINTR)
        continue;
      if (length <= 0)
        return length ? -errno : -EPIPE;
      result = probe_read_names (datagram, (size_t) length, seq, names, size);
      if (result != 0)
        return result > 0 ? 0 : result;
    }
}

/* REQUIREs that @fd answers, and that the links are @expected (NULL: any,
 * but lo among them). */
static inline void
probe_links (int fd, const char *expected)
{
  static __thread unsigned seq;
  char names[4096];
  int result = probe_ask_links (fd, ++seq);

  if (result == 0)
    result = probe_take_links (fd, seq, names, sizeof names);
  if (result != 0)
    {
      errno = -result;
      probe_fail (__FILE__, __LINE__, "no links from fd %d", fd);
    }
  if (expected ? strcmp (names, expected) != 0 : strstr (names, "lo ") == NULL)
    probe_fail (__FILE__, __LINE__, "fd %d: links \"%s\", expected \"%s\"", fd, names, expected ? expected : "lo …");
}
