/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* getsockopt(), setsockopt() and ioctl(). */
#include "netlink-properties.h"

#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/ioctl.h>

static const int flag_options[] = { NETLINK_PKTINFO, NETLINK_BROADCAST_ERROR, NETLINK_NO_ENOBUFS,
                                    NETLINK_CAP_ACK, NETLINK_EXT_ACK,         NETLINK_GET_STRICT_CHK };
#define N_FLAG_OPTIONS (sizeof flag_options / sizeof *flag_options)

static int
set_int (int fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value);
}

/* The option's value, or -errno. */
static int
get_int (int fd, int level, int option)
{
  int value = -12345;
  socklen_t len = sizeof value;

  if (getsockopt (fd, level, option, &value, &len) == -1)
    return -errno;
  EXPECT (len, sizeof value);
  return value;
}

static void
flags_are_kept (void)
{
  int fd = route_socket (0);

  for (size_t i = 0; i < N_FLAG_OPTIONS; i++)
    {
      EXPECT (get_int (fd, SOL_NETLINK, flag_options[i]), 0);
      EXPECT_OK (set_int (fd, SOL_NETLINK, flag_options[i], 1));
      EXPECT (get_int (fd, SOL_NETLINK, flag_options[i]), 1);
      EXPECT_OK (set_int (fd, SOL_NETLINK, flag_options[i], -8));
      EXPECT (get_int (fd, SOL_NETLINK, flag_options[i]), 1);
      EXPECT_OK (set_int (fd, SOL_NETLINK, flag_options[i], 0));
      EXPECT (get_int (fd, SOL_NETLINK, flag_options[i]), 0);
    }
  EXPECT (own_port (fd), 0);
}

static void
set_lengths (void)
{
  int64_t wide = 1;
  int fd = route_socket (0);

  EXPECT_OK (setsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, &wide, sizeof wide));
  EXPECT (get_int (fd, SOL_NETLINK, NETLINK_EXT_ACK), 1);
  /* Too short for an int: netlink_setsockopt() goes on with 0. */
  EXPECT_OK (setsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, &wide, 3));
  EXPECT (get_int (fd, SOL_NETLINK, NETLINK_EXT_ACK), 0);
  EXPECT_OK (setsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, NULL, 0));
  EXPECT_ERRNO (setsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, &wide, (socklen_t) -1), EINVAL);
  EXPECT_ERRNO (setsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, (void *) 8, 4), EFAULT);
  EXPECT_ERRNO (setsockopt (fd, SOL_NETLINK, 99, (void *) 8, 4), EFAULT);
}

static void
get_lengths (void)
{
  unsigned char bytes[16];
  socklen_t len = sizeof bytes;
  int fd = route_socket (0);

  memset (bytes, 0xaa, sizeof bytes);
  EXPECT_OK (getsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, bytes, &len));
  EXPECT (len, 4);
  EXPECT (bytes[3], 0);
  EXPECT (bytes[4], 0xaa);
  len = 3;
  EXPECT_ERRNO (getsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, bytes, &len), EINVAL);
  EXPECT (len, 3);
  len = (socklen_t) -1;
  EXPECT_ERRNO (getsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, bytes, &len), EINVAL);
  EXPECT_ERRNO (getsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, bytes, NULL), EFAULT);
  len = 4;
  EXPECT_ERRNO (getsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, NULL, &len), EFAULT);
}

static void
unknown_options (void)
{
  int fd = route_socket (0);

  EXPECT_ERRNO (set_int (fd, SOL_NETLINK, 0, 1), ENOPROTOOPT);
  EXPECT_ERRNO (set_int (fd, SOL_NETLINK, 6, 1), ENOPROTOOPT);
  EXPECT_ERRNO (set_int (fd, SOL_NETLINK, 13, 1), ENOPROTOOPT);
  EXPECT_ERRNO (set_int (fd, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, 1), ENOPROTOOPT);
  EXPECT (get_int (fd, SOL_NETLINK, 0), -ENOPROTOOPT);
  EXPECT (get_int (fd, SOL_NETLINK, 13), -ENOPROTOOPT);
  EXPECT (get_int (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP), -ENOPROTOOPT);
  EXPECT (get_int (fd, IPPROTO_TCP, 1), -ENOPROTOOPT);
  EXPECT (get_int (fd, IPPROTO_IP, 1), -ENOPROTOOPT);
  EXPECT_ERRNO (set_int (fd, IPPROTO_TCP, 1, 1), ENOPROTOOPT);
}

static void
all_namespaces (void)
{
  int fd = route_socket (0);

  EXPECT (get_int (fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID), 0);
  if (!is_admin ())
    {
      EXPECT_ERRNO (set_int (fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, 1), EPERM);
      return;
    }
  EXPECT_OK (set_int (fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, 1));
  EXPECT (get_int (fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID), 1);
}

static void
memberships (void)
{
  struct sockaddr_nl name;
  socklen_t len = sizeof name;
  int fd = route_socket (0);

  EXPECT_OK (set_int (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, RTNLGRP_LINK));
  EXPECT_OK (set_int (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, RTNLGRP_IPV6_ROUTE));
  EXPECT_OK (set_int (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, RTNLGRP_IPV6_ROUTE));
  EXPECT_OK (set_int (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 34));
  EXPECT_OK (getsockname (fd, (struct sockaddr *) &name, &len));
  EXPECT (name.nl_pid, 0);
  EXPECT (name.nl_groups, 1u << (RTNLGRP_LINK - 1) | 1u << (RTNLGRP_IPV6_ROUTE - 1));
  EXPECT_OK (set_int (fd, SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, RTNLGRP_LINK));
  EXPECT_OK (set_int (fd, SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, RTNLGRP_NEIGH));
  EXPECT_OK (getsockname (fd, (struct sockaddr *) &name, &len));
  EXPECT (name.nl_groups, 1u << (RTNLGRP_IPV6_ROUTE - 1));
}

static void
membership_errors (void)
{
  int fd = route_socket (0);

  EXPECT_ERRNO (set_int (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 0), EINVAL);
  EXPECT_ERRNO (set_int (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, -1), EINVAL);
  EXPECT_ERRNO (set_int (fd, SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, 0), EINVAL);
  EXPECT_ERRNO (set_int (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 4096), EINVAL);
  EXPECT_ERRNO (setsockopt (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, NULL, 0), EINVAL);
  EXPECT_OK (set_int (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 39));
  EXPECT_ERRNO (set_int (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 40), EINVAL);
  EXPECT_ERRNO (set_int (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, RTNLGRP_IPV4_MROUTE_R), is_admin () ? 0 : EPERM);
}

static void
membership_list (void)
{
  uint32_t words[4];
  socklen_t len = sizeof words;
  int fd = route_socket (0);

  /* No group was ever asked for: there is no list to tell of. */
  EXPECT_OK (getsockopt (fd, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, words, &len));
  EXPECT (len, 0);
  EXPECT_OK (set_int (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, RTNLGRP_LINK));
  EXPECT_OK (set_int (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 34));
  memset (words, 0xff, sizeof words);
  len = sizeof words;
  EXPECT_OK (getsockopt (fd, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, words, &len));
  EXPECT (len, 8);
  EXPECT (words[0], 1);
  EXPECT (words[1], 2);
  EXPECT (words[2], 0xffffffff);
  memset (words, 0xff, sizeof words);
  len = 7;
  EXPECT_OK (getsockopt (fd, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, words, &len));
  EXPECT (len, 8);
  EXPECT (words[0], 1);
  EXPECT (words[1], 0xffffffff);
  len = 0;
  EXPECT_OK (getsockopt (fd, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, NULL, &len));
  EXPECT (len, 8);
}

static void
membership_list_after_bind (void)
{
  struct sockaddr_nl address = address_of (0, 0x80000001);
  uint32_t words[2] = { 0 };
  socklen_t len = sizeof words;
  int fd = bound_socket (0);

  EXPECT_OK (getsockopt (fd, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, words, &len));
  EXPECT (len, 0);
  fd = route_socket (0);
  EXPECT_OK (bind (fd, (struct sockaddr *) &address, sizeof address));
  EXPECT_OK (set_int (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 33));
  address = address_of (own_port (fd), 0x2);
  EXPECT_OK (bind (fd, (struct sockaddr *) &address, sizeof address));
  len = sizeof words;
  EXPECT_OK (getsockopt (fd, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, words, &len));
  EXPECT (len, 8);
  /* bind() sets the first 32 groups and leaves the others. */
  EXPECT (words[0], 2);
  EXPECT (words[1], 1);
}

static void
what_the_socket_is (void)
{
  int raw = route_socket (0);
  int dgram = socket (AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE);

  EXPECT (get_int (raw, SOL_SOCKET, SO_DOMAIN), AF_NETLINK);
  EXPECT (get_int (raw, SOL_SOCKET, SO_TYPE), SOCK_RAW);
  EXPECT (get_int (dgram, SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
  EXPECT (get_int (raw, SOL_SOCKET, SO_PROTOCOL), NETLINK_ROUTE);
  EXPECT (get_int (raw, SOL_SOCKET, SO_ACCEPTCONN), 0);
  EXPECT (get_int (raw, SOL_SOCKET, SO_ERROR), 0);
}

static void
short_socket_options (void)
{
  unsigned char bytes[8];
  socklen_t len = 2;
  int fd = route_socket (0);

  memset (bytes, 0xaa, sizeof bytes);
  EXPECT_OK (getsockopt (fd, SOL_SOCKET, SO_DOMAIN, bytes, &len));
  EXPECT (len, 2);
  EXPECT (bytes[0], AF_NETLINK);
  EXPECT (bytes[2], 0xaa);
  len = 100;
  EXPECT_OK (getsockopt (fd, SOL_SOCKET, SO_TYPE, bytes, &len));
  EXPECT (len, 4);
}

static void
buffer_sizes (void)
{
  int fd = route_socket (0);

  EXPECT_OK (set_int (fd, SOL_SOCKET, SO_RCVBUF, 32768));
  EXPECT (get_int (fd, SOL_SOCKET, SO_RCVBUF), 65536);
  EXPECT_OK (set_int (fd, SOL_SOCKET, SO_SNDBUF, 32768));
  EXPECT (get_int (fd, SOL_SOCKET, SO_SNDBUF), 65536);
  EXPECT_OK (set_int (fd, SOL_SOCKET, SO_RCVBUF, 1));
  EXPECT (get_int (fd, SOL_SOCKET, SO_RCVBUF), 2304);
  EXPECT_OK (set_int (fd, SOL_SOCKET, SO_SNDBUF, 1));
  EXPECT (get_int (fd, SOL_SOCKET, SO_SNDBUF), 4608);
}

static void
pass_credentials (void)
{
  int fd = route_socket (0);

  EXPECT (get_int (fd, SOL_SOCKET, SO_PASSCRED), 0);
  EXPECT_OK (set_int (fd, SOL_SOCKET, SO_PASSCRED, 1));
  EXPECT (get_int (fd, SOL_SOCKET, SO_PASSCRED), 1);
}

static void
peer_credentials (void)
{
  struct ucred credentials = { 1, 1, 1 };
  socklen_t len = sizeof credentials;
  int fd = route_socket (0);

  EXPECT_OK (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &credentials, &len));
  EXPECT (credentials.pid, 0);
  EXPECT (credentials.uid, (uid_t) -1);
  EXPECT (credentials.gid, (gid_t) -1);
}

static void
requests_for_devices (void)
{
  struct ifreq request = { 0 };
  int value = 0;
  int fd = route_socket (0);

  EXPECT_ERRNO (ioctl (fd, FIONREAD, &value), ENOTTY);
  EXPECT_ERRNO (ioctl (fd, TIOCOUTQ, &value), ENOTTY);
  value = 1;
  EXPECT_OK (ioctl (fd, FIONBIO, &value));
  EXPECT_ERRNO (read (fd, &value, sizeof value), EAGAIN);
  request.ifr_ifindex = 1;
  EXPECT_OK (ioctl (fd, SIOCGIFNAME, &request));
  EXPECT (strcmp (request.ifr_name, "lo"), 0);
}

const Property option_properties[] = {
  { "option/flags-are-kept", flags_are_kept },
  { "option/set-lengths", set_lengths },
  { "option/get-lengths", get_lengths },
  { "option/unknown", unknown_options },
  { "option/all-namespaces", all_namespaces },
  { "option/memberships", memberships },
  { "option/membership-errors", membership_errors },
  { "option/membership-list", membership_list },
  { "option/membership-list-after-bind", membership_list_after_bind },
  { "option/what-the-socket-is", what_the_socket_is },
  { "option/short-socket-options", short_socket_options },
  { "option/buffer-sizes", buffer_sizes },
  { "option/pass-credentials", pass_credentials },
  { "option/peer-credentials", peer_credentials },
  { "option/requests-for-devices", requests_for_devices },
  { NULL, NULL },
};
