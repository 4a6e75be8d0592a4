/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Asks a NETLINK_ROUTE socket for what a program can see of it, each answer
 * known from the kernel: the same binary has to pass under the kernel and
 * under `nlvirt run`, as root and as nobody. Speaks TAP. Names on the command
 * line select the properties that contain one of them. */
#include "netlink-properties.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#define SECONDS_EACH 90

static bool failed;

void
expect (const char *file, int line, const char *what, long long got, long long expected)
{
  if (got == expected)
    return;
  failed = true;
  printf ("# %s:%d: %s: got %lld, expected %lld\n", file, line, what, got, expected);
}

void
expect_failure (const char *file, int line, const char *what, long long result, int expected)
{
  int error = errno;

  if (expected == 0 ? result == 0 : (result == -1 && error == expected))
    return;
  failed = true;
  printf ("# %s:%d: %s: got %lld (%s), expected %s\n", file, line, what, result,
          result == -1 ? strerrorname_np (error) : "no error", expected == 0 ? "0" : strerrorname_np (expected));
}

void
expect_true (const char *file, int line, const char *what, bool holds)
{
  if (holds)
    return;
  failed = true;
  printf ("# %s:%d: does not hold: %s\n", file, line, what);
}

int
route_socket (int flags)
{
  int fd = socket (AF_NETLINK, SOCK_RAW | flags, NETLINK_ROUTE);

  if (fd == -1)
    {
      printf ("# socket: %s\n", strerrorname_np (errno));
      exit (1);
    }
  return fd;
}

struct sockaddr_nl
address_of (uint32_t port, uint32_t groups)
{
  struct sockaddr_nl address = { 0 };

  address.nl_family = AF_NETLINK;
  address.nl_pid = port;
  address.nl_groups = groups;
  return address;
}

uint32_t
own_port (int fd)
{
  struct sockaddr_nl name = { 0 };
  socklen_t len = sizeof name;

  EXPECT_OK (getsockname (fd, (struct sockaddr *) &name, &len));
  EXPECT (len, sizeof name);
  EXPECT (name.nl_family, AF_NETLINK);
  return name.nl_pid;
}

int
bound_socket (int flags)
{
  int fd = route_socket (flags);
  struct sockaddr_nl address = address_of (0, 0);

  EXPECT_OK (bind (fd, (struct sockaddr *) &address, sizeof address));
  return fd;
}

size_t
request_init (Request *request, uint16_t type, uint16_t flags, uint32_t seq, size_t payload)
{
  memset (request, 0, sizeof *request);
  request->header.nlmsg_len = NLMSG_LENGTH (payload);
  request->header.nlmsg_type = type;
  request->header.nlmsg_flags = flags;
  request->header.nlmsg_seq = seq;
  return NLMSG_SPACE (payload);
}

size_t
request_link_dump (Request *request, uint32_t seq)
{
  return request_init (request, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, seq, 4);
}

size_t
request_loopback (Request *request, uint16_t flags, uint32_t seq)
{
  struct ifinfomsg info = { .ifi_index = 1 };
  size_t len = request_init (request, RTM_GETLINK, NLM_F_REQUEST | flags, seq, sizeof info);

  memcpy (request->bytes + NLMSG_HDRLEN, &info, sizeof info);
  return len;
}

size_t
request_unknown (Request *request, uint16_t flags, uint32_t seq, size_t payload)
{
  size_t len = request_init (request, 0x3ff0, NLM_F_REQUEST | flags, seq, payload);

  for (size_t i = 0; i < payload; i++)
    request->bytes[NLMSG_HDRLEN + i] = (unsigned char) (i + 1);
  return len;
}

void
read_datagram (int fd, Datagram *datagram)
{
  datagram->len = recv (fd, datagram->bytes, sizeof datagram->bytes, MSG_DONTWAIT);
  datagram->error = errno;
  if (datagram->len < 0)
    memset (&datagram->header, 0, sizeof datagram->header);
}

int
error_of (const Datagram *datagram)
{
  int error;

  if (datagram->len < (ssize_t) NLMSG_LENGTH (sizeof error) || datagram->header.nlmsg_type != NLMSG_ERROR)
    return 1;
  memcpy (&error, datagram->bytes + NLMSG_HDRLEN, sizeof error);
  return error;
}

int
read_dump (int fd, uint32_t seq)
{
  static Datagram datagram;

  for (int n = 1;; n++)
    {
      read_datagram (fd, &datagram);
      if (datagram.len <= 0)
        {
          EXPECT (datagram.error, 0);
          return -1;
        }
      for (size_t pos = 0; pos + NLMSG_HDRLEN <= (size_t) datagram.len;)
        {
          struct nlmsghdr header;

          memcpy (&header, datagram.bytes + pos, sizeof header);
          EXPECT (header.nlmsg_seq, seq);
          EXPECT_TRUE ((header.nlmsg_flags & NLM_F_MULTI) != 0);
          if (header.nlmsg_type == NLMSG_DONE)
            return n;
          if (header.nlmsg_len < NLMSG_HDRLEN)
            return -1;
          pos += NLMSG_ALIGN (header.nlmsg_len);
        }
    }
}

bool
queue_is_empty (int fd)
{
  char byte;

  return recv (fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == -1 && errno == EAGAIN;
}

bool
is_admin (void)
{
  static Datagram datagram;
  Request request;
  size_t len = request_init (&request, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, 0, 16);
  int fd = route_socket (0);

  EXPECT (send (fd, &request, len, 0), len);
  read_datagram (fd, &datagram);
  close (fd);
  return error_of (&datagram) != -EPERM;
}

static bool
is_selected (const char *name, char **patterns)
{
  if (*patterns == NULL)
    return true;
  for (; *patterns != NULL; patterns++)
    {
      if (strstr (name, *patterns) != NULL)
        return true;
    }
  return false;
}

static bool
run_apart (const Property *property)
{
  pid_t pid;
  int status;

  fflush (stdout);
  pid = fork ();
  if (pid == 0)
    {
      alarm (SECONDS_EACH);
      property->run ();
      exit (failed ? 1 : 0);
    }
  while (waitpid (pid, &status, 0) == -1)
    {
      if (errno != EINTR)
        return false;
    }
  if (WIFSIGNALED (status))
    printf ("# ended by signal %d\n", WTERMSIG (status));
  return WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

int
main (int argc, char **argv)
{
  const Property *const lists[] = { address_properties, send_properties,   answer_properties, receive_properties,
                                    memory_properties,  option_properties, wait_properties,   event_properties };
  int n = 0;
  int n_failed = 0;

  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    {
      if (lists[i] == event_properties && !is_admin ())
        continue;
      for (const Property *property = lists[i]; property->name != NULL; property++)
        {
          bool passed;

          if (!is_selected (property->name, argv + 1))
            continue;
          passed = run_apart (property);
          n++;
          n_failed += passed ? 0 : 1;
          printf ("%sok %d - %s\n", passed ? "" : "not ", n, property->name);
        }
    }
  printf ("1..%d\n", n);
  if (n_failed > 0)
    printf ("# %d of %d failed\n", n_failed, n);
  return n_failed > 0 ? 1 : 0;
}
