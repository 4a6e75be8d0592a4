/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What goes in: the sending calls, their refusals and the order of these, and
 * how a datagram is cut into requests. */
#include "netlink-properties.h"

#include <limits.h>
#include <sys/uio.h>

static Datagram datagram;

static void
send_length_is_returned (void)
{
  Request request;
  size_t len = request_loopback (&request, 0, 1);
  struct sockaddr_nl kernel = address_of (0, 0);
  struct iovec iov[3] = { { &request, 7 }, { request.bytes + 7, 0 }, { request.bytes + 7, len - 7 } };
  struct msghdr message = { .msg_iov = iov, .msg_iovlen = 3 };
  int fd = bound_socket (0);

  EXPECT (send (fd, &request, len, 0), len);
  EXPECT (send (fd, &request, len, MSG_NOSIGNAL | MSG_DONTWAIT), len);
  EXPECT (sendto (fd, &request, len, 0, (struct sockaddr *) &kernel, sizeof kernel), len);
  EXPECT (sendmsg (fd, &message, 0), len);
  for (int i = 0; i < 4; i++)
    {
      read_datagram (fd, &datagram);
      EXPECT (datagram.header.nlmsg_type, RTM_NEWLINK);
    }
  EXPECT_TRUE (queue_is_empty (fd));
}

static void
write_and_writev (void)
{
  Request request;
  size_t len = request_loopback (&request, 0, 1);
  struct iovec iov[2] = { { &request, 9 }, { request.bytes + 9, len - 9 } };
  int fd = bound_socket (0);

  EXPECT (write (fd, &request, len), len);
  EXPECT (recv (fd, &datagram.bytes, sizeof datagram.bytes, 0) > 0, true);
  EXPECT (datagram.header.nlmsg_type, RTM_NEWLINK);
  EXPECT (writev (fd, iov, 2), len);
  EXPECT (recv (fd, &datagram.bytes, sizeof datagram.bytes, 0) > 0, true);
  EXPECT (datagram.header.nlmsg_type, RTM_NEWLINK);
}

static void
destination_lengths (void)
{
  Request request;
  size_t len = request_loopback (&request, 0, 1);
  union
  {
    struct sockaddr_nl nl;
    unsigned char bytes[256];
  } to = { .nl.nl_family = AF_NETLINK };
  struct sockaddr *any = (struct sockaddr *) &to;
  int fd = bound_socket (0);

  EXPECT_ERRNO (sendto (fd, &request, len, 0, any, 1), EINVAL);
  EXPECT_ERRNO (sendto (fd, &request, len, 0, any, 11), EINVAL);
  EXPECT_ERRNO (sendto (fd, &request, len, 0, any, 129), EINVAL);
  EXPECT (sendto (fd, &request, len, 0, any, 0), len);
  EXPECT (sendto (fd, &request, len, 0, any, 16), len);
  EXPECT (sendto (fd, &request, len, 0, any, 128), len);
  EXPECT (sendto (fd, &request, len, 0, NULL, 12), len);
  EXPECT_ERRNO (sendto (fd, &request, len, 0, (struct sockaddr *) 8, 12), EFAULT);
  to.nl.nl_family = AF_UNSPEC;
  EXPECT_ERRNO (sendto (fd, &request, len, 0, any, 12), EINVAL);
  to.nl.nl_family = AF_INET;
  EXPECT_ERRNO (sendto (fd, &request, len, 0, any, 16), EINVAL);
}

static void
message_name_lengths (void)
{
  Request request;
  struct sockaddr_nl kernel = address_of (0, 0);
  struct iovec iov = { &request, request_loopback (&request, 0, 1) };
  struct msghdr message = { .msg_name = &kernel, .msg_namelen = 11, .msg_iov = &iov, .msg_iovlen = 1 };
  int fd = bound_socket (0);

  EXPECT_ERRNO (sendmsg (fd, &message, 0), EINVAL);
  message.msg_namelen = (socklen_t) -1;
  EXPECT_ERRNO (sendmsg (fd, &message, 0), EINVAL);
  message.msg_namelen = 12;
  EXPECT (sendmsg (fd, &message, 0), iov.iov_len);
  message.msg_name = NULL;
  EXPECT (sendmsg (fd, &message, 0), iov.iov_len);
  message.msg_iovlen = IOV_MAX + 1;
  EXPECT_ERRNO (sendmsg (fd, &message, 0), EMSGSIZE);
}

static void
destination_port (void)
{
  Request request;
  size_t len = request_loopback (&request, 0, 1);
  struct sockaddr_nl to = address_of (0x7ffffff5, 0);
  int fd = route_socket (0);

  EXPECT_ERRNO (sendto (fd, &request, len, 0, (struct sockaddr *) &to, sizeof to), is_admin () ? ECONNREFUSED : EPERM);
  /* netlink_sendmsg() looks at the destination before it binds. */
  EXPECT (own_port (fd), is_admin () ? getpid () : 0);
}

static void
destination_group (void)
{
  Request request;
  size_t len = request_loopback (&request, 0, 1);
  struct sockaddr_nl to = address_of (0, RTMGRP_LINK);
  int fd = bound_socket (0);

  if (!is_admin ())
    {
      EXPECT_ERRNO (sendto (fd, &request, len, 0, (struct sockaddr *) &to, sizeof to), EPERM);
      return;
    }
  EXPECT (sendto (fd, &request, len, 0, (struct sockaddr *) &to, sizeof to), len);
  /* Whatever the group gets, port 0 gets it too. */
  read_datagram (fd, &datagram);
  EXPECT (datagram.header.nlmsg_type, RTM_NEWLINK);
}

static void
between_two_sockets (void)
{
  int one = bound_socket (0);
  int other = bound_socket (0);
  struct sockaddr_nl to = address_of (own_port (other), 0);
  struct sockaddr_nl from;
  socklen_t len = sizeof from;
  char bytes[8];

  if (!is_admin ())
    {
      EXPECT_ERRNO (sendto (one, "hello", 5, 0, (struct sockaddr *) &to, sizeof to), EPERM);
      return;
    }
  EXPECT (sendto (one, "hello", 5, 0, (struct sockaddr *) &to, sizeof to), 5);
  EXPECT (recvfrom (other, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *) &from, &len), 5);
  EXPECT (memcmp (bytes, "hello", 5), 0);
  EXPECT (len, 12);
  EXPECT (from.nl_pid, own_port (one));
  EXPECT (from.nl_groups, 0);
  EXPECT_OK (connect (one, (struct sockaddr *) &to, sizeof to));
  EXPECT (send (one, "again", 5, 0), 5);
  EXPECT (recv (other, bytes, sizeof bytes, MSG_DONTWAIT), 5);
}

static void
from_socket_to_group (void)
{
  struct sockaddr_nl to = address_of (0, RTMGRP_NOTIFY);
  struct sockaddr_nl from;
  socklen_t len = sizeof from;
  char bytes[8];
  int member = route_socket (0);
  int one = bound_socket (0);

  EXPECT_OK (bind (member, (struct sockaddr *) &to, sizeof to));
  if (!is_admin ())
    {
      EXPECT_ERRNO (sendto (one, "hello", 5, 0, (struct sockaddr *) &to, sizeof to), EPERM);
      return;
    }
  EXPECT (sendto (one, "hello", 5, 0, (struct sockaddr *) &to, sizeof to), 5);
  EXPECT (recvfrom (member, bytes, sizeof bytes, MSG_DONTWAIT, (struct sockaddr *) &from, &len), 5);
  EXPECT (from.nl_pid, own_port (one));
  EXPECT (from.nl_groups, RTMGRP_NOTIFY);
}

static void
empty_send (void)
{
  struct sockaddr_nl wrong = { 0 };
  struct msghdr message = { 0 };
  int fd = bound_socket (0);

  EXPECT_ERRNO (send (fd, "", 0, 0), ENODATA);
  EXPECT_ERRNO (sendto (fd, "", 0, 0, (struct sockaddr *) &wrong, sizeof wrong), ENODATA);
  EXPECT_ERRNO (sendmsg (fd, &message, 0), ENODATA);
}

static void
out_of_band (void)
{
  Request request;
  size_t len = request_loopback (&request, 0, 1);
  int fd = bound_socket (0);

  EXPECT_ERRNO (send (fd, &request, len, MSG_OOB), EOPNOTSUPP);
  EXPECT_ERRNO (send (fd, &request, 0, MSG_OOB), EOPNOTSUPP);
}

static void
too_long (void)
{
  static unsigned char bytes[8192];
  struct sockaddr_nl wrong = { 0 };
  int size = 2048;
  int fd = route_socket (0);

  EXPECT_OK (setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
  EXPECT (send (fd, bytes, 4608 - 32, 0), 4608 - 32);
  EXPECT_ERRNO (send (fd, bytes, 4608 - 31, 0), EMSGSIZE);
  EXPECT_ERRNO (sendto (fd, bytes, 8192, 0, (struct sockaddr *) &wrong, sizeof wrong), EINVAL);
  close (fd);
  fd = route_socket (0);
  EXPECT_OK (setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size));
  EXPECT_ERRNO (send (fd, bytes, 8192, 0), EMSGSIZE);
  EXPECT (own_port (fd), getpid ());
}

static void
bad_pointers (void)
{
  struct msghdr message = { .msg_iov = (struct iovec *) 8, .msg_iovlen = 1 };
  int fd = bound_socket (0);

  EXPECT_ERRNO (send (fd, (void *) 8, 20, 0), EFAULT);
  EXPECT_ERRNO (sendmsg (fd, (struct msghdr *) 8, 0), EFAULT);
  EXPECT_ERRNO (sendmsg (fd, &message, 0), EFAULT);
  EXPECT_TRUE (queue_is_empty (fd));
}

static int
send_with_control (int fd, int type, const void *data, size_t len)
{
  Request request;
  struct iovec iov = { &request, request_loopback (&request, 0, 1) };
  union
  {
    struct cmsghdr header;
    unsigned char bytes[64];
  } control = { 0 };
  struct msghdr message = {
    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE (len)
  };

  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = type;
  control.header.cmsg_len = CMSG_LEN (len);
  memcpy (CMSG_DATA (&control.header), data, len);
  return (int) sendmsg (fd, &message, 0);
}

static void
control_messages (void)
{
  struct ucred credentials = { getpid (), getuid (), getgid () };
  int fd = bound_socket (0);
  int zero = 0;

  EXPECT_TRUE (send_with_control (fd, SCM_CREDENTIALS, &credentials, sizeof credentials) > 0);
  EXPECT_ERRNO (send_with_control (fd, SCM_CREDENTIALS, &credentials, sizeof credentials - 1), EINVAL);
  EXPECT_ERRNO (send_with_control (fd, SCM_RIGHTS, &zero, sizeof zero), EINVAL);
  EXPECT_ERRNO (send_with_control (fd, 0x77, &zero, sizeof zero), EINVAL);
  credentials.uid++;
  if (getuid () != 0)
    EXPECT_ERRNO (send_with_control (fd, SCM_CREDENTIALS, &credentials, sizeof credentials), EPERM);
}

/* Sends what is in @bytes; the answers' sequence numbers in the order in which
 * they come, as the digits of a number. */
static long
answers_to (const void *bytes, size_t len)
{
  int fd = bound_socket (0);
  long digits = 0;

  EXPECT (send (fd, bytes, len, 0), len);
  for (read_datagram (fd, &datagram); datagram.len > 0; read_datagram (fd, &datagram))
    digits = digits * 10 + (long) datagram.header.nlmsg_seq;
  EXPECT (datagram.error, EAGAIN);
  close (fd);
  return digits;
}

static size_t
append (unsigned char *bytes, size_t pos, const Request *request, size_t len)
{
  memcpy (bytes + pos, request, len);
  return pos + len;
}

static void
several_requests (void)
{
  unsigned char bytes[512];
  Request request;
  size_t len = 0;

  for (uint32_t seq = 1; seq <= 3; seq++)
    len = append (bytes, len, &request, request_unknown (&request, NLM_F_ACK, seq, 4));
  len = append (bytes, len, &request, request_loopback (&request, NLM_F_ACK, 4));
  len = append (bytes, len, &request, request_init (&request, NLMSG_NOOP, NLM_F_ACK, 5, 0));
  EXPECT (answers_to (bytes, len), 123445);
}

static void
several_in_one_sendmmsg (void)
{
  Request requests[3];
  struct iovec iov[3];
  struct mmsghdr messages[3] = { 0 };
  int fd = bound_socket (0);

  for (int i = 0; i < 3; i++)
    {
      iov[i].iov_base = &requests[i];
      iov[i].iov_len = request_unknown (&requests[i], 0, (uint32_t) i + 1, 4 * (size_t) i);
      messages[i].msg_hdr.msg_iov = &iov[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
  EXPECT (sendmmsg (fd, messages, 3, 0), 3);
  for (uint32_t i = 0; i < 3; i++)
    {
      EXPECT (messages[i].msg_len, iov[i].iov_len);
      read_datagram (fd, &datagram);
      EXPECT (datagram.header.nlmsg_seq, i + 1);
    }
  iov[1].iov_len = 0;
  EXPECT (sendmmsg (fd, messages, 3, 0), 1);
  EXPECT_ERRNO (sendmmsg (fd, messages + 1, 2, 0), ENODATA);
}

static void
trailing_bytes (void)
{
  unsigned char bytes[512] = { 0 };
  Request request;
  size_t len = append (bytes, 0, &request, request_unknown (&request, 0, 7, 4));

  EXPECT (answers_to (bytes, len), 7);
  EXPECT (answers_to (bytes, len + 1), 7);
  EXPECT (answers_to (bytes, len + 15), 7);
  EXPECT (answers_to (bytes, len + 152), 7);
  memset (bytes + len, 0xff, 152);
  EXPECT (answers_to (bytes, len + 152), 7);
}

static void
wrong_lengths (void)
{
  unsigned char bytes[512] = { 0 };
  Request request;
  size_t len = request_unknown (&request, NLM_F_ACK, 7, 4);

  request.header.nlmsg_len = 15;
  EXPECT (answers_to (&request, len), 0);
  request.header.nlmsg_len = 0;
  EXPECT (answers_to (&request, len), 0);
  request.header.nlmsg_len = (uint32_t) len + 1;
  EXPECT (answers_to (&request, len), 0);
  request.header.nlmsg_len = 0xffffffff;
  EXPECT (answers_to (&request, len), 0);
  /* What comes behind a wrong length is not looked at. */
  append (bytes, 0, &request, len);
  request_unknown (&request, 0, 8, 4);
  append (bytes, len, &request, len);
  EXPECT (answers_to (bytes, 2 * len), 0);
}

static void
short_datagrams (void)
{
  Request request;

  request_unknown (&request, NLM_F_ACK, 7, 4);
  EXPECT (answers_to (&request, 1), 0);
  EXPECT (answers_to (&request, 15), 0);
  EXPECT (answers_to (&request, 16), 0);
  request.header.nlmsg_len = 16;
  EXPECT (answers_to (&request, 16), 7);
}

static void
unaligned_lengths (void)
{
  unsigned char bytes[512] = { 0 };
  Request request;
  size_t len;

  request_unknown (&request, 0, 1, 1);
  EXPECT (answers_to (&request, 17), 1);
  /* The next request begins at a multiple of four. */
  len = append (bytes, 0, &request, 20);
  request_unknown (&request, 0, 2, 2);
  len = append (bytes, len, &request, 18);
  EXPECT (answers_to (bytes, len), 12);
  len = append (bytes, 17, &request, 18);
  EXPECT (answers_to (bytes, len), 1);
}

static void
control_types (void)
{
  Request request;

  for (uint16_t type = NLMSG_NOOP; type < NLMSG_MIN_TYPE; type++)
    {
      size_t len = request_init (&request, type, NLM_F_REQUEST, 1, 4);

      EXPECT (answers_to (&request, len), 0);
      request.header.nlmsg_flags |= NLM_F_ACK;
      EXPECT (answers_to (&request, len), 1);
    }
}

static void
without_request_flag (void)
{
  Request request;
  size_t len = request_loopback (&request, 0, 3);

  request.header.nlmsg_flags = 0;
  EXPECT (answers_to (&request, len), 0);
  request.header.nlmsg_flags = NLM_F_DUMP;
  EXPECT (answers_to (&request, len), 0);
  request.header.nlmsg_flags = NLM_F_ACK;
  EXPECT (answers_to (&request, len), 3);
}

const Property send_properties[] = {
  { "send/length-is-returned", send_length_is_returned },
  { "send/write-and-writev", write_and_writev },
  { "send/destination-lengths", destination_lengths },
  { "send/message-name-lengths", message_name_lengths },
  { "send/destination-port", destination_port },
  { "send/destination-group", destination_group },
  { "send/between-two-sockets", between_two_sockets },
  { "send/from-socket-to-group", from_socket_to_group },
  { "send/empty", empty_send },
  { "send/out-of-band", out_of_band },
  { "send/too-long", too_long },
  { "send/bad-pointers", bad_pointers },
  { "send/control-messages", control_messages },
  { "send/several-requests", several_requests },
  { "send/several-in-one-sendmmsg", several_in_one_sendmmsg },
  { "send/trailing-bytes", trailing_bytes },
  { "send/wrong-lengths", wrong_lengths },
  { "send/short-datagrams", short_datagrams },
  { "send/unaligned-lengths", unaligned_lengths },
  { "send/control-types", control_types },
  { "send/without-request-flag", without_request_flag },
  { NULL, NULL },
};
