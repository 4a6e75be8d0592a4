/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The receiving calls: lengths, flags, sender, control messages, overrun. */
#include "netlink-properties.h"

#include <stdio.h>
#include <sys/uio.h>

static Datagram datagram;

/* A socket with one answer of 36 + @payload bytes in its queue. */
static int
socket_with_answer (size_t payload)
{
  Request request;
  size_t len = request_unknown (&request, 0, 5, payload);
  int fd = bound_socket (0);

  EXPECT (send (fd, &request, len, 0), len);
  return fd;
}

static void
peek_leaves_the_datagram (void)
{
  char bytes[64];
  int fd = socket_with_answer (0);

  EXPECT (recv (fd, bytes, sizeof bytes, MSG_PEEK), 36);
  EXPECT (recv (fd, bytes, sizeof bytes, MSG_PEEK), 36);
  EXPECT (recv (fd, bytes, 10, MSG_PEEK), 10);
  EXPECT (recv (fd, bytes, 10, MSG_PEEK | MSG_TRUNC), 36);
  EXPECT (recv (fd, bytes, sizeof bytes, 0), 36);
  EXPECT_TRUE (queue_is_empty (fd));
}

static void
peek_without_a_buffer (void)
{
  struct iovec iov = { NULL, 0 };
  struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
  int fd = socket_with_answer (8);

  EXPECT (recv (fd, NULL, 0, MSG_PEEK | MSG_TRUNC), 44);
  EXPECT (recvmsg (fd, &message, MSG_PEEK | MSG_TRUNC), 44);
  EXPECT (message.msg_flags, MSG_TRUNC);
  message.msg_iov = NULL;
  message.msg_iovlen = 0;
  EXPECT (recvmsg (fd, &message, MSG_PEEK | MSG_TRUNC), 44);
  EXPECT (recvmsg (fd, &message, MSG_PEEK), 0);
  EXPECT (message.msg_flags, MSG_TRUNC);
  EXPECT (recv (fd, datagram.bytes, sizeof datagram.bytes, 0), 44);
}

static void
small_buffer_loses_the_rest (void)
{
  char bytes[20];
  struct iovec iov = { bytes, sizeof bytes };
  struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
  int fd = socket_with_answer (0);

  memset (bytes, 0x55, sizeof bytes);
  iov.iov_len = 18;
  EXPECT (recvmsg (fd, &message, 0), 18);
  EXPECT (message.msg_flags, MSG_TRUNC);
  EXPECT (bytes[18], 0x55);
  EXPECT_TRUE (queue_is_empty (fd));
  fd = socket_with_answer (0);
  EXPECT (recvmsg (fd, &message, MSG_TRUNC), 36);
  EXPECT (message.msg_flags, MSG_TRUNC);
  EXPECT_TRUE (queue_is_empty (fd));
}

static void
buffer_that_fits (void)
{
  char bytes[36];
  struct iovec iov = { bytes, sizeof bytes };
  struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_flags = -1 };
  int fd = socket_with_answer (0);

  EXPECT (recvmsg (fd, &message, MSG_TRUNC), 36);
  EXPECT (message.msg_flags, 0);
}

static void
scattered (void)
{
  unsigned char bytes[48];
  struct iovec iov[4] = { { bytes, 5 }, { NULL, 0 }, { bytes + 6, 11 }, { bytes + 20, 28 } };
  struct msghdr message = { .msg_iov = iov, .msg_iovlen = 4 };
  int fd = socket_with_answer (0);

  EXPECT (recv (fd, datagram.bytes, 64, MSG_PEEK), 36);
  memset (bytes, 0x55, sizeof bytes);
  EXPECT (recvmsg (fd, &message, 0), 36);
  EXPECT (memcmp (bytes, datagram.bytes, 5), 0);
  EXPECT (bytes[5], 0x55);
  EXPECT (memcmp (bytes + 6, datagram.bytes + 5, 11), 0);
  EXPECT (bytes[17], 0x55);
  EXPECT (memcmp (bytes + 20, datagram.bytes + 16, 20), 0);
  EXPECT (bytes[40], 0x55);
}

static void
read_and_readv (void)
{
  unsigned char bytes[48];
  struct iovec iov[2] = { { bytes, 5 }, { bytes + 5, 43 } };
  int fd = socket_with_answer (0);

  EXPECT (recv (fd, datagram.bytes, 64, MSG_PEEK), 36);
  EXPECT (readv (fd, iov, 2), 36);
  EXPECT (memcmp (bytes, datagram.bytes, 36), 0);
  fd = socket_with_answer (0);
  EXPECT (read (fd, bytes, 16), 16);
  EXPECT_TRUE (queue_is_empty (fd));
}

static void
empty_queue (void)
{
  char byte;
  int fd = bound_socket (0);
  int nonblock = bound_socket (SOCK_NONBLOCK);

  EXPECT_ERRNO (recv (fd, &byte, 1, MSG_DONTWAIT), EAGAIN);
  EXPECT_ERRNO (recv (fd, NULL, 0, MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC), EAGAIN);
  EXPECT_ERRNO (recv (nonblock, &byte, 1, 0), EAGAIN);
  EXPECT_ERRNO (read (nonblock, &byte, 1), EAGAIN);
}

static void
flags_that_are_refused (void)
{
  char bytes[64];
  int fd = socket_with_answer (0);

  EXPECT_ERRNO (recv (fd, bytes, sizeof bytes, MSG_OOB), EOPNOTSUPP);
  EXPECT_ERRNO (recv (fd, bytes, sizeof bytes, MSG_ERRQUEUE | MSG_OOB), EOPNOTSUPP);
  EXPECT (recv (fd, bytes, sizeof bytes, MSG_WAITALL | MSG_NOSIGNAL), 36);
}

static void
sender_is_the_kernel (void)
{
  struct sockaddr_storage from;
  socklen_t len = sizeof from;
  struct sockaddr_nl name;
  char bytes[64];
  int fd = socket_with_answer (0);

  memset (&from, 0xaa, sizeof from);
  EXPECT (recvfrom (fd, bytes, sizeof bytes, 0, (struct sockaddr *) &from, &len), 36);
  EXPECT (len, 12);
  memcpy (&name, &from, sizeof name);
  EXPECT (name.nl_family, AF_NETLINK);
  EXPECT (name.nl_pad, 0);
  EXPECT (name.nl_pid, 0);
  EXPECT (name.nl_groups, 0);
  EXPECT (((unsigned char *) &from)[12], 0xaa);
}

static void
sender_of_a_message (void)
{
  unsigned char from[128];
  char bytes[64];
  struct iovec iov = { bytes, sizeof bytes };
  struct msghdr message = { .msg_name = from, .msg_namelen = sizeof from, .msg_iov = &iov, .msg_iovlen = 1 };
  int fd = socket_with_answer (0);

  memset (from, 0xaa, sizeof from);
  EXPECT (recvmsg (fd, &message, MSG_PEEK), 36);
  EXPECT (message.msg_namelen, 12);
  EXPECT (from[0], AF_NETLINK);
  EXPECT (from[12], 0xaa);
  memset (from, 0xaa, sizeof from);
  message.msg_namelen = 3;
  EXPECT (recvmsg (fd, &message, MSG_PEEK), 36);
  EXPECT (message.msg_namelen, 12);
  EXPECT (from[2], 0);
  EXPECT (from[3], 0xaa);
  message.msg_namelen = 0;
  EXPECT (recvmsg (fd, &message, MSG_PEEK), 36);
  EXPECT (message.msg_namelen, 12);
  message.msg_name = NULL;
  message.msg_namelen = 77;
  EXPECT (recvmsg (fd, &message, MSG_PEEK), 36);
  EXPECT (message.msg_namelen, 77);
  message.msg_name = from;
  message.msg_namelen = (socklen_t) -1;
  EXPECT_ERRNO (recvmsg (fd, &message, MSG_PEEK), EINVAL);
}

static void
bad_pointers (void)
{
  char bytes[64];
  struct iovec iov = { (void *) 8, 64 };
  struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
  int fd = socket_with_answer (0);

  EXPECT_ERRNO (recvmsg (fd, (struct msghdr *) 8, MSG_PEEK), EFAULT);
  EXPECT_ERRNO (recvmsg (fd, &message, MSG_PEEK), EFAULT);
  EXPECT_ERRNO (recvfrom (fd, bytes, sizeof bytes, MSG_PEEK, (struct sockaddr *) bytes, (socklen_t *) 8), EFAULT);
  iov.iov_base = bytes;
  message.msg_iovlen = 1025;
  EXPECT_ERRNO (recvmsg (fd, &message, MSG_PEEK), EMSGSIZE);
  EXPECT (recv (fd, bytes, sizeof bytes, 0), 36);
}

typedef union
{
  struct cmsghdr header;
  unsigned char bytes[128];
} Control;

static struct msghdr
receive_control (int fd, Control *control, size_t size)
{
  static struct iovec iov = { datagram.bytes, sizeof datagram.bytes };
  struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = size };

  memset (control, 0, sizeof *control);
  EXPECT_TRUE (recvmsg (fd, &message, 0) > 0);
  return message;
}

static void
no_control_by_default (void)
{
  Control control;
  struct msghdr message = receive_control (socket_with_answer (0), &control, sizeof control);

  EXPECT (message.msg_controllen, 0);
  EXPECT (message.msg_flags, 0);
}

static int
socket_with_option (int level, int option)
{
  int fd = socket_with_answer (0);
  int one = 1;

  EXPECT_OK (setsockopt (fd, level, option, &one, sizeof one));
  return fd;
}

static void
credentials_of_the_kernel (void)
{
  Control control;
  struct ucred credentials = { 1, 1, 1 };
  struct msghdr message = receive_control (socket_with_option (SOL_SOCKET, SO_PASSCRED), &control, sizeof control);

  EXPECT (message.msg_controllen, CMSG_SPACE (sizeof credentials));
  EXPECT (message.msg_flags, 0);
  EXPECT (control.header.cmsg_level, SOL_SOCKET);
  EXPECT (control.header.cmsg_type, SCM_CREDENTIALS);
  EXPECT (control.header.cmsg_len, CMSG_LEN (sizeof credentials));
  memcpy (&credentials, CMSG_DATA (&control.header), sizeof credentials);
  EXPECT (credentials.pid, 0);
  EXPECT (credentials.uid, 0);
  EXPECT (credentials.gid, 0);
}

static void
packet_info (void)
{
  Control control;
  struct nl_pktinfo info = { 1 };
  struct msghdr message = receive_control (socket_with_option (SOL_NETLINK, NETLINK_PKTINFO), &control, sizeof control);

  EXPECT (message.msg_controllen, CMSG_SPACE (sizeof info));
  EXPECT (control.header.cmsg_level, SOL_NETLINK);
  EXPECT (control.header.cmsg_type, NETLINK_PKTINFO);
  EXPECT (control.header.cmsg_len, CMSG_LEN (sizeof info));
  memcpy (&info, CMSG_DATA (&control.header), sizeof info);
  EXPECT (info.group, 0);
}

static void
both_control_messages (void)
{
  Control control;
  struct cmsghdr *second;
  struct msghdr message;
  int one = 1;
  int fd = socket_with_option (SOL_SOCKET, SO_PASSCRED);

  EXPECT_OK (setsockopt (fd, SOL_NETLINK, NETLINK_PKTINFO, &one, sizeof one));
  message = receive_control (fd, &control, sizeof control);
  EXPECT (message.msg_controllen, CMSG_SPACE (sizeof (struct nl_pktinfo)) + CMSG_SPACE (sizeof (struct ucred)));
  EXPECT (control.header.cmsg_type, NETLINK_PKTINFO);
  second = CMSG_NXTHDR (&message, &control.header);
  EXPECT_TRUE (second != NULL && second->cmsg_type == SCM_CREDENTIALS);
}

static void
too_little_room_for_control (void)
{
  Control control;
  struct msghdr message = receive_control (socket_with_option (SOL_SOCKET, SO_PASSCRED), &control, 0);

  EXPECT (message.msg_flags, MSG_CTRUNC);
  EXPECT (message.msg_controllen, 0);
  message = receive_control (socket_with_option (SOL_SOCKET, SO_PASSCRED), &control, 15);
  EXPECT (message.msg_flags, MSG_CTRUNC);
  EXPECT (message.msg_controllen, 0);
  message = receive_control (socket_with_option (SOL_SOCKET, SO_PASSCRED), &control, 20);
  EXPECT (message.msg_flags, MSG_CTRUNC);
  EXPECT (message.msg_controllen, 20);
  EXPECT (control.header.cmsg_len, 20);
  EXPECT (control.header.cmsg_type, SCM_CREDENTIALS);
  message = receive_control (socket_with_option (SOL_SOCKET, SO_PASSCRED), &control, 28);
  EXPECT (message.msg_flags, 0);
  EXPECT (message.msg_controllen, 28);
}

static void
close_on_exec_flag_is_returned (void)
{
  struct iovec iov = { datagram.bytes, sizeof datagram.bytes };
  struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
  int fd = socket_with_answer (0);

  EXPECT (recvmsg (fd, &message, MSG_CMSG_CLOEXEC), 36);
  EXPECT (message.msg_flags, MSG_CMSG_CLOEXEC);
}

static void
several_in_one_recvmmsg (void)
{
  unsigned char bytes[3][64];
  struct sockaddr_nl from[3];
  struct iovec iov[3];
  struct mmsghdr messages[3] = { 0 };
  Request request;
  int fd = socket_with_answer (0);

  EXPECT (send (fd, &request, request_unknown (&request, 0, 6, 8), 0), 24);
  for (int i = 0; i < 3; i++)
    {
      iov[i].iov_base = bytes[i];
      iov[i].iov_len = i == 1 ? 20 : sizeof bytes[i];
      messages[i].msg_hdr.msg_iov = &iov[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      messages[i].msg_hdr.msg_name = &from[i];
      messages[i].msg_hdr.msg_namelen = sizeof from[i];
    }
  EXPECT (recvmmsg (fd, messages, 3, MSG_DONTWAIT, NULL), 2);
  EXPECT (messages[0].msg_len, 36);
  EXPECT (messages[0].msg_hdr.msg_flags, 0);
  EXPECT (messages[0].msg_hdr.msg_namelen, 12);
  EXPECT (from[0].nl_family, AF_NETLINK);
  EXPECT (messages[1].msg_len, 20);
  EXPECT (messages[1].msg_hdr.msg_flags, MSG_TRUNC);
  EXPECT_ERRNO (recvmmsg (fd, messages, 3, MSG_DONTWAIT, NULL), EAGAIN);
}

static void
wait_for_one (void)
{
  struct iovec iov = { datagram.bytes, sizeof datagram.bytes };
  struct mmsghdr messages[2] = { { .msg_hdr = { .msg_iov = &iov, .msg_iovlen = 1 } },
                                 { .msg_hdr = { .msg_iov = &iov, .msg_iovlen = 1 } } };
  int fd = socket_with_answer (0);

  EXPECT (recvmmsg (fd, messages, 2, MSG_WAITFORONE, NULL), 1);
}

/* Fills the queue of @fd until it is given up on: it then holds four answers,
 * for each of which the kernel counts 832 bytes. */
static void
overrun_socket (int fd)
{
  Request request;
  size_t len = request_unknown (&request, 0, 1, 0);
  int size = 4 * 832 / 2;

  EXPECT_OK (setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size));
  for (int i = 0; i < 32; i++)
    EXPECT (send (fd, &request, len, 0), len);
}

static void
overrun_is_reported_once (void)
{
  int fd = bound_socket (0);

  overrun_socket (fd);
  read_datagram (fd, &datagram);
  EXPECT (datagram.len, -1);
  EXPECT (datagram.error, ENOBUFS);
  read_datagram (fd, &datagram);
  EXPECT_TRUE (datagram.len > 0);
}

static void
overrun_ends_when_the_queue_is_empty (void)
{
  Request request;
  int fd = bound_socket (0);
  int n;

  overrun_socket (fd);
  read_datagram (fd, &datagram);
  EXPECT (datagram.error, ENOBUFS);
  read_datagram (fd, &datagram);
  EXPECT_TRUE (datagram.len > 0);
  /* Nothing is taken while the reader is behind. */
  EXPECT (send (fd, &request, request_unknown (&request, 0, 2, 4), 0), 20);
  for (n = 0; datagram.len > 0; n++)
    {
      EXPECT (datagram.header.nlmsg_seq, 1);
      read_datagram (fd, &datagram);
    }
  EXPECT (datagram.error, EAGAIN);
  EXPECT (send (fd, &request, request_unknown (&request, 0, 3, 4), 0), 20);
  read_datagram (fd, &datagram);
  EXPECT (datagram.header.nlmsg_seq, 3);
}

static void
overrun_can_be_kept_quiet (void)
{
  int one = 1;
  int fd = bound_socket (0);

  EXPECT_OK (setsockopt (fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &one, sizeof one));
  overrun_socket (fd);
  for (read_datagram (fd, &datagram); datagram.len > 0;)
    read_datagram (fd, &datagram);
  EXPECT (datagram.error, EAGAIN);
}

static void
overrun_is_read_as_socket_error (void)
{
  int error = 0;
  socklen_t len = sizeof error;
  int fd = bound_socket (0);

  overrun_socket (fd);
  EXPECT_OK (getsockopt (fd, SOL_SOCKET, SO_ERROR, &error, &len));
  EXPECT (error, ENOBUFS);
  EXPECT_OK (getsockopt (fd, SOL_SOCKET, SO_ERROR, &error, &len));
  EXPECT (error, 0);
}

static void
overrun_limit (void)
{
  int n = 0;
  int fd = bound_socket (0);

  overrun_socket (fd);
  read_datagram (fd, &datagram);
  EXPECT (datagram.error, ENOBUFS);
  for (read_datagram (fd, &datagram); datagram.len > 0; n++)
    read_datagram (fd, &datagram);
  EXPECT (n, 4);
}

static void
overrun_does_not_stop_a_dump (void)
{
  Request request;
  int size = 1;
  int fd = bound_socket (0);

  /* The room of a datagram is more than the queue may hold: it is made when
   * the queue is empty. */
  EXPECT_OK (setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size));
  EXPECT (send (fd, &request, request_link_dump (&request, 1), 0), 20);
  EXPECT_TRUE (read_dump (fd, 1) > 0);
  EXPECT_TRUE (queue_is_empty (fd));
}

static void
dump_without_room_fails_and_goes_on (void)
{
  Request request;
  int size = 1;
  int fd = bound_socket (0);

  EXPECT_OK (setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size));
  EXPECT (send (fd, &request, request_unknown (&request, 0, 1, 0), 0), 16);
  EXPECT (send (fd, &request, request_link_dump (&request, 2), 0), 20);
  read_datagram (fd, &datagram);
  EXPECT (datagram.header.nlmsg_seq, 1);
  /* netlink_dump() had no room when it was started nor when it was continued,
   * but it was begun. */
  read_datagram (fd, &datagram);
  EXPECT (datagram.error, ENOBUFS);
  read_datagram (fd, &datagram);
  EXPECT (error_of (&datagram), -ENOBUFS);
  EXPECT (datagram.header.nlmsg_seq, 2);
  EXPECT_TRUE (read_dump (fd, 2) > 0);
}

/* The number of datagrams in a link dump for a reader of a few bytes. */
static int
count_datagrams (int fd)
{
  Request request;
  int n = 0;

  EXPECT (send (fd, &request, request_link_dump (&request, 1), 0), 20);
  do
    n++;
  while (recv (fd, datagram.bytes, 16, MSG_DONTWAIT) == 16 && datagram.header.nlmsg_type != NLMSG_DONE);
  return n;
}

static void
peek_continues_a_dump (void)
{
  Request request;
  int fd = bound_socket (0);
  int n = count_datagrams (fd);

  /* More would not fit into half of the receive buffer. */
  if (n > 20)
    return;
  EXPECT (send (fd, &request, request_link_dump (&request, 2), 0), 20);
  for (int i = 1; i < n; i++)
    EXPECT (recv (fd, datagram.bytes, 16, MSG_PEEK), 16);
  /* All of it is in the queue: the socket is free for another dump. */
  EXPECT (send (fd, &request, request_link_dump (&request, 3), 0), 20);
  EXPECT (read_dump (fd, 2), n);
  EXPECT_TRUE (read_dump (fd, 3) > 0);
}

const Property receive_properties[] = {
  { "receive/peek-leaves-the-datagram", peek_leaves_the_datagram },
  { "receive/peek-without-a-buffer", peek_without_a_buffer },
  { "receive/small-buffer-loses-the-rest", small_buffer_loses_the_rest },
  { "receive/buffer-that-fits", buffer_that_fits },
  { "receive/scattered", scattered },
  { "receive/read-and-readv", read_and_readv },
  { "receive/empty-queue", empty_queue },
  { "receive/flags-that-are-refused", flags_that_are_refused },
  { "receive/sender-is-the-kernel", sender_is_the_kernel },
  { "receive/sender-of-a-message", sender_of_a_message },
  { "receive/bad-pointers", bad_pointers },
  { "receive/no-control-by-default", no_control_by_default },
  { "receive/credentials-of-the-kernel", credentials_of_the_kernel },
  { "receive/packet-info", packet_info },
  { "receive/both-control-messages", both_control_messages },
  { "receive/too-little-room-for-control", too_little_room_for_control },
  { "receive/close-on-exec-flag-is-returned", close_on_exec_flag_is_returned },
  { "receive/several-in-one-recvmmsg", several_in_one_recvmmsg },
  { "receive/wait-for-one", wait_for_one },
  { "receive/overrun-is-reported-once", overrun_is_reported_once },
  { "receive/overrun-ends-when-the-queue-is-empty", overrun_ends_when_the_queue_is_empty },
  { "receive/overrun-can-be-kept-quiet", overrun_can_be_kept_quiet },
  { "receive/overrun-is-read-as-socket-error", overrun_is_read_as_socket_error },
  { "receive/overrun-limit", overrun_limit },
  { "receive/overrun-does-not-stop-a-dump", overrun_does_not_stop_a_dump },
  { "receive/dump-without-room-fails-and-goes-on", dump_without_room_fails_and_goes_on },
  { "receive/peek-continues-a-dump", peek_continues_a_dump },
  { NULL, NULL },
};
