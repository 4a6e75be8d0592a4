/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* socket(), bind(), connect(), getsockname(), getpeername() and what a socket
 * of this family refuses. */
#include "netlink-properties.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <sys/wait.h>

static int
bind_to (int fd, uint32_t port, uint32_t groups)
{
  struct sockaddr_nl address = address_of (port, groups);

  return bind (fd, (struct sockaddr *) &address, sizeof address);
}

static int
connect_to (int fd, uint32_t port, uint32_t groups)
{
  struct sockaddr_nl address = address_of (port, groups);

  return connect (fd, (struct sockaddr *) &address, sizeof address);
}

static void
socket_types (void)
{
  EXPECT_TRUE (socket (AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) >= 0);
  EXPECT_TRUE (socket (AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE) >= 0);
  EXPECT_ERRNO (socket (AF_NETLINK, SOCK_STREAM, NETLINK_ROUTE), ESOCKTNOSUPPORT);
  EXPECT_ERRNO (socket (AF_NETLINK, SOCK_SEQPACKET, NETLINK_ROUTE), ESOCKTNOSUPPORT);
  EXPECT_ERRNO (socket (AF_NETLINK, SOCK_RDM, NETLINK_ROUTE), ESOCKTNOSUPPORT);
  EXPECT_ERRNO (socket (AF_NETLINK, 0, NETLINK_ROUTE), ESOCKTNOSUPPORT);
}

static void
socket_errors (void)
{
  EXPECT_ERRNO (socket (AF_NETLINK, SOCK_RAW, -1), EPROTONOSUPPORT);
  EXPECT_ERRNO (socket (AF_NETLINK, SOCK_RAW, 32), EPROTONOSUPPORT);
  EXPECT_ERRNO (socket (AF_NETLINK, SOCK_STREAM, 32), ESOCKTNOSUPPORT);
  EXPECT_ERRNO (socket (AF_NETLINK, 11, NETLINK_ROUTE), EINVAL);
  EXPECT_ERRNO (socket (AF_NETLINK, SOCK_RAW | 0x100, NETLINK_ROUTE), EINVAL);
}

static void
socket_flags (void)
{
  int plain = route_socket (0);
  int cloexec = route_socket (SOCK_CLOEXEC);
  int nonblock = route_socket (SOCK_NONBLOCK);

  EXPECT (fcntl (plain, F_GETFD), 0);
  EXPECT (fcntl (plain, F_GETFL), O_RDWR);
  EXPECT (fcntl (cloexec, F_GETFD), FD_CLOEXEC);
  EXPECT (fcntl (cloexec, F_GETFL), O_RDWR);
  EXPECT (fcntl (nonblock, F_GETFD), 0);
  EXPECT (fcntl (nonblock, F_GETFL), O_RDWR | O_NONBLOCK);
}

static void
bind_zero_gives_pid (void)
{
  int first = route_socket (0);
  int second = route_socket (0);

  EXPECT_OK (bind_to (first, 0, 0));
  EXPECT (own_port (first), getpid ());
  EXPECT_OK (bind_to (second, 0, 0));
  EXPECT_TRUE (own_port (second) != (uint32_t) getpid ());
  EXPECT_TRUE ((int32_t) own_port (second) < -4096);
}

static void
port_is_free_after_close (void)
{
  int fd = bound_socket (0);

  EXPECT (own_port (fd), getpid ());
  close (fd);
  fd = bound_socket (0);
  EXPECT (own_port (fd), getpid ());
}

static void
bind_explicit (void)
{
  int fd = route_socket (0);

  EXPECT_OK (bind_to (fd, 0x7ffffff1, 0));
  EXPECT (own_port (fd), 0x7ffffff1);
}

static void
bind_in_use (void)
{
  int first = route_socket (0);
  int second = route_socket (0);

  EXPECT_OK (bind_to (first, 0x7ffffff2, 0));
  EXPECT_ERRNO (bind_to (second, 0x7ffffff2, 0), EADDRINUSE);
  /* netlink_insert() has set the id before it finds it in use. */
  EXPECT (own_port (second), 0x7ffffff2);
  EXPECT_OK (bind_to (second, 0, 0));
  EXPECT (own_port (second), getpid ());
}

static void
bind_twice (void)
{
  int fd = route_socket (0);

  EXPECT_OK (bind_to (fd, 0x7ffffff3, 0));
  EXPECT_ERRNO (bind_to (fd, 0x7ffffff4, 0), EINVAL);
  EXPECT_ERRNO (bind_to (fd, 0, 0), EINVAL);
  EXPECT_OK (bind_to (fd, 0x7ffffff3, 0));
  EXPECT_OK (bind_to (fd, 0x7ffffff3, RTMGRP_LINK));
  EXPECT (own_port (fd), 0x7ffffff3);
}

static void
bind_lengths (void)
{
  union
  {
    struct sockaddr_nl nl;
    struct sockaddr_storage storage;
    unsigned char bytes[256];
  } address = { .nl.nl_family = AF_NETLINK };
  struct sockaddr *any = (struct sockaddr *) &address;
  int fd = route_socket (0);

  EXPECT_ERRNO (bind (fd, any, 0), EINVAL);
  EXPECT_ERRNO (bind (fd, any, 2), EINVAL);
  EXPECT_ERRNO (bind (fd, any, 11), EINVAL);
  EXPECT_ERRNO (bind (fd, any, sizeof (struct sockaddr_storage) + 1), EINVAL);
  EXPECT_ERRNO (bind (fd, any, (socklen_t) -1), EINVAL);
  EXPECT (own_port (fd), 0);
  EXPECT_OK (bind (fd, any, 16));
  EXPECT (own_port (fd), getpid ());
  fd = route_socket (0);
  EXPECT_OK (bind (fd, any, sizeof (struct sockaddr_storage)));
}

static void
bind_family (void)
{
  struct sockaddr_nl address = address_of (0, 0);
  int fd = route_socket (0);

  address.nl_family = AF_UNSPEC;
  EXPECT_ERRNO (bind (fd, (struct sockaddr *) &address, sizeof address), EINVAL);
  address.nl_family = AF_UNIX;
  EXPECT_ERRNO (bind (fd, (struct sockaddr *) &address, sizeof address), EINVAL);
  address.nl_family = AF_INET;
  EXPECT_ERRNO (bind (fd, (struct sockaddr *) &address, 16), EINVAL);
  EXPECT (own_port (fd), 0);
}

static void
bind_bad_pointer (void)
{
  int fd = route_socket (0);

  EXPECT_ERRNO (bind (fd, (struct sockaddr *) 8, sizeof (struct sockaddr_nl)), EFAULT);
  EXPECT_ERRNO (connect (fd, (struct sockaddr *) 8, sizeof (struct sockaddr_nl)), EFAULT);
}

static void
bind_pad_is_ignored (void)
{
  struct sockaddr_nl address = address_of (0, 0);
  struct sockaddr_nl name = { 0 };
  socklen_t len = sizeof name;
  int fd = route_socket (0);

  address.nl_pad = 0xbeef;
  EXPECT_OK (bind (fd, (struct sockaddr *) &address, sizeof address));
  EXPECT_OK (getsockname (fd, (struct sockaddr *) &name, &len));
  EXPECT (name.nl_pad, 0);
}

static uint32_t
groups_of (int fd)
{
  struct sockaddr_nl name = { 0 };
  socklen_t len = sizeof name;

  EXPECT_OK (getsockname (fd, (struct sockaddr *) &name, &len));
  return name.nl_groups;
}

static void
bind_groups (void)
{
  int fd = route_socket (0);

  EXPECT_OK (bind_to (fd, 0, RTMGRP_LINK | RTMGRP_IPV4_IFADDR));
  EXPECT (groups_of (fd), RTMGRP_LINK | RTMGRP_IPV4_IFADDR);
  EXPECT_OK (bind_to (fd, own_port (fd), RTMGRP_NEIGH));
  EXPECT (groups_of (fd), RTMGRP_NEIGH);
  EXPECT_OK (bind_to (fd, own_port (fd), 0));
  EXPECT (groups_of (fd), 0);
}

static void
bind_all_groups (void)
{
  int fd = route_socket (0);

  /* RTNLGRP_IPV4_MROUTE_R and RTNLGRP_IPV6_MROUTE_R are for the
   * administrator: rtnetlink_bind(). */
  if (is_admin ())
    {
      EXPECT_OK (bind_to (fd, 0, 0xffffffff));
      EXPECT (groups_of (fd), 0xffffffff);
      return;
    }
  EXPECT_ERRNO (bind_to (fd, 0, 0xffffffff), EPERM);
  EXPECT (groups_of (fd), 0);
  EXPECT (own_port (fd), 0);
  EXPECT_ERRNO (bind_to (fd, 0, 1u << (RTNLGRP_IPV4_MROUTE_R - 1)), EPERM);
  EXPECT_ERRNO (bind_to (fd, 0, 1u << (RTNLGRP_IPV6_MROUTE_R - 1)), EPERM);
  EXPECT_OK (bind_to (fd, 0, 0x9fffffff));
  EXPECT (groups_of (fd), 0x9fffffff);
}

static void
send_binds (void)
{
  Request request;
  size_t len = request_loopback (&request, 0, 1);
  int fd = route_socket (0);

  EXPECT (own_port (fd), 0);
  EXPECT (send (fd, &request, len, 0), len);
  EXPECT (own_port (fd), getpid ());
}

static void
connect_binds (void)
{
  int fd = route_socket (0);

  EXPECT_OK (connect_to (fd, 0, 0));
  EXPECT (own_port (fd), getpid ());
  EXPECT_OK (connect_to (fd, 0, 0));
  EXPECT_ERRNO (bind_to (fd, 0, 0), EINVAL);
}

static void
connect_lengths (void)
{
  struct sockaddr_nl address = address_of (0, 0);
  struct sockaddr *any = (struct sockaddr *) &address;
  int fd = route_socket (0);

  EXPECT_ERRNO (connect (fd, any, 0), EINVAL);
  EXPECT_ERRNO (connect (fd, any, 1), EINVAL);
  EXPECT_ERRNO (connect (fd, any, 2), EINVAL);
  EXPECT_ERRNO (connect (fd, any, 11), EINVAL);
  address.nl_family = AF_INET;
  EXPECT_ERRNO (connect (fd, any, sizeof address), EINVAL);
  address.nl_family = AF_UNSPEC;
  EXPECT_OK (connect (fd, any, 2));
  EXPECT (own_port (fd), 0);
}

static void
connect_elsewhere (void)
{
  int fd = route_socket (0);
  struct sockaddr_nl name = { 0 };
  struct sockaddr_nl nowhere = { 0 };
  socklen_t len = sizeof name;

  if (!is_admin ())
    {
      EXPECT_ERRNO (connect_to (fd, 1234567, 0), EPERM);
      EXPECT_ERRNO (connect_to (fd, 0, 1), EPERM);
      EXPECT (own_port (fd), 0);
      return;
    }
  EXPECT_OK (connect_to (fd, 1234567, 0x6));
  EXPECT_OK (getpeername (fd, (struct sockaddr *) &name, &len));
  EXPECT (name.nl_pid, 1234567);
  EXPECT (name.nl_groups, 0x2);
  EXPECT_OK (connect (fd, (struct sockaddr *) &nowhere, sizeof nowhere));
  EXPECT_OK (getpeername (fd, (struct sockaddr *) &name, &len));
  EXPECT (name.nl_pid, 0);
  EXPECT (name.nl_groups, 0);
}

static void
peer_name (void)
{
  struct sockaddr_nl name;
  socklen_t len = sizeof name;
  int fd = route_socket (0);

  memset (&name, 0xff, sizeof name);
  EXPECT_OK (getpeername (fd, (struct sockaddr *) &name, &len));
  EXPECT (len, 12);
  EXPECT (name.nl_family, AF_NETLINK);
  EXPECT (name.nl_pad, 0);
  EXPECT (name.nl_pid, 0);
  EXPECT (name.nl_groups, 0);
}

static void
name_before_bind (void)
{
  struct sockaddr_nl name;
  socklen_t len = sizeof name;
  int fd = route_socket (0);

  memset (&name, 0xff, sizeof name);
  EXPECT_OK (getsockname (fd, (struct sockaddr *) &name, &len));
  EXPECT (len, 12);
  EXPECT (name.nl_family, AF_NETLINK);
  EXPECT (name.nl_pad, 0);
  EXPECT (name.nl_pid, 0);
  EXPECT (name.nl_groups, 0);
}

static void
name_lengths (void)
{
  unsigned char bytes[112];
  socklen_t len = sizeof bytes;
  int fd = bound_socket (0);

  memset (bytes, 0xaa, sizeof bytes);
  EXPECT_OK (getsockname (fd, (struct sockaddr *) bytes, &len));
  EXPECT (len, 12);
  EXPECT (bytes[12], 0xaa);
  memset (bytes, 0xaa, sizeof bytes);
  len = 5;
  EXPECT_OK (getsockname (fd, (struct sockaddr *) bytes, &len));
  EXPECT (len, 12);
  EXPECT (bytes[0], AF_NETLINK);
  EXPECT (bytes[4], getpid () & 0xff);
  EXPECT (bytes[5], 0xaa);
  len = 0;
  EXPECT_OK (getsockname (fd, (struct sockaddr *) bytes, &len));
  EXPECT (len, 12);
  len = (socklen_t) -1;
  EXPECT_ERRNO (getsockname (fd, (struct sockaddr *) bytes, &len), EINVAL);
  EXPECT_ERRNO (getpeername (fd, (struct sockaddr *) bytes, &len), EINVAL);
  len = 12;
  EXPECT_ERRNO (getsockname (fd, (struct sockaddr *) 8, &len), EFAULT);
  EXPECT_ERRNO (getsockname (fd, (struct sockaddr *) bytes, (socklen_t *) 8), EFAULT);
}

static void
forked_child_has_its_own_first_port (void)
{
  int inherited = bound_socket (0);
  pid_t parent = getpid ();
  int status = 1;
  pid_t child = fork ();

  if (child == 0)
    {
      int fd = bound_socket (0);

      _exit (own_port (inherited) == (uint32_t) parent && own_port (fd) == (uint32_t) getpid () ? 0 : 1);
    }
  EXPECT (waitpid (child, &status, 0), child);
  EXPECT (status, 0);
}

static void
not_for_this_family (void)
{
  struct sockaddr_nl name;
  socklen_t len = sizeof name;
  int pair[2];
  int fd = bound_socket (0);

  EXPECT_ERRNO (listen (fd, 1), EOPNOTSUPP);
  EXPECT_ERRNO (accept (fd, NULL, NULL), EOPNOTSUPP);
  EXPECT_ERRNO (accept4 (fd, (struct sockaddr *) &name, &len, SOCK_CLOEXEC), EOPNOTSUPP);
  EXPECT_ERRNO (shutdown (fd, SHUT_RD), EOPNOTSUPP);
  EXPECT_ERRNO (shutdown (fd, SHUT_RDWR), EOPNOTSUPP);
  EXPECT_ERRNO (shutdown (fd, 3), EOPNOTSUPP);
  EXPECT_ERRNO (socketpair (AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, pair), EOPNOTSUPP);
}

const Property address_properties[] = {
  { "address/socket-types", socket_types },
  { "address/socket-errors", socket_errors },
  { "address/socket-flags", socket_flags },
  { "address/bind-zero-gives-pid", bind_zero_gives_pid },
  { "address/port-is-free-after-close", port_is_free_after_close },
  { "address/bind-explicit", bind_explicit },
  { "address/bind-in-use", bind_in_use },
  { "address/bind-twice", bind_twice },
  { "address/bind-lengths", bind_lengths },
  { "address/bind-family", bind_family },
  { "address/bind-bad-pointer", bind_bad_pointer },
  { "address/bind-pad-is-ignored", bind_pad_is_ignored },
  { "address/bind-groups", bind_groups },
  { "address/bind-all-groups", bind_all_groups },
  { "address/send-binds", send_binds },
  { "address/connect-binds", connect_binds },
  { "address/connect-lengths", connect_lengths },
  { "address/connect-elsewhere", connect_elsewhere },
  { "address/peer-name", peer_name },
  { "address/name-before-bind", name_before_bind },
  { "address/name-lengths", name_lengths },
  { "address/forked-child-has-its-own-first-port", forked_child_has_its_own_first_port },
  { "address/not-for-this-family", not_for_this_family },
  { NULL, NULL },
};
