/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a subscriber is told, and what becomes of it when it does not read. The
 * events are real: rules and the loopback are changed through other sockets. */
#include "netlink-properties.h"

#include <linux/fib_rules.h>
#include <net/if.h>
#include <sys/resource.h>

/* Linux 6.15 */
#define GROUP_IPV4_MCADDR 37
#define NEWMULTICAST 56
#define DELMULTICAST 57
#define FIRST_PRIORITY 20000
#define N_SUBSCRIBERS 1000
#define N_CHANGES 1000
/* No more than the receive buffer holds. */
#define ROUND 200

static Datagram datagram;

/* A socket in @group. */
static int
subscriber (int group)
{
  int fd = bound_socket (0);

  EXPECT_OK (setsockopt (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group));
  return fd;
}

static size_t
request_rule (Request *request, uint16_t type, uint16_t flags, uint32_t seq, uint32_t priority)
{
  const struct fib_rule_hdr rule = { .family = AF_INET, .table = RT_TABLE_MAIN, .action = FR_ACT_TO_TBL };
  const struct nlattr attr = { .nla_len = NLA_HDRLEN + 4, .nla_type = FRA_PRIORITY };
  size_t len = request_init (request, type, NLM_F_REQUEST | flags, seq, sizeof rule + NLA_HDRLEN + 4);

  memcpy (request->bytes + NLMSG_HDRLEN, &rule, sizeof rule);
  memcpy (request->bytes + NLMSG_HDRLEN + sizeof rule, &attr, sizeof attr);
  memcpy (request->bytes + NLMSG_HDRLEN + sizeof rule + NLA_HDRLEN, &priority, sizeof priority);
  return len;
}

static void
send_rule (int fd, uint16_t type, uint16_t flags, uint32_t seq, uint32_t priority)
{
  Request request;
  size_t len = request_rule (&request, type, flags, seq, priority);

  EXPECT (send (fd, &request, len, 0), len);
}

static void
set_loopback (int fd, bool up, uint16_t flags, uint32_t seq)
{
  const struct ifinfomsg info = { .ifi_index = 1, .ifi_flags = up ? IFF_UP : 0, .ifi_change = IFF_UP };
  Request request;
  size_t len = request_init (&request, RTM_NEWLINK, NLM_F_REQUEST | flags, seq, sizeof info);

  memcpy (request.bytes + NLMSG_HDRLEN, &info, sizeof info);
  EXPECT (send (fd, &request, len, 0), len);
}

/* The next datagram with its sender and its control messages. */
typedef struct
{
  Datagram datagram;
  struct sockaddr_nl from;
  size_t control_len;
  union
  {
    unsigned char control[256];
    struct cmsghdr align;
  };
} Received;

static void
receive (int fd, Received *received)
{
  struct iovec iov = { received->datagram.bytes, sizeof received->datagram.bytes };
  struct msghdr message = {
    .msg_name = &received->from,
    .msg_namelen = sizeof received->from,
    .msg_iov = &iov,
    .msg_iovlen = 1,
    .msg_control = received->control,
    .msg_controllen = sizeof received->control,
  };

  received->datagram.len = recvmsg (fd, &message, MSG_DONTWAIT);
  received->datagram.error = errno;
  received->control_len = message.msg_controllen;
}

static int
group_of (const Received *received)
{
  const struct cmsghdr *cmsg = &received->align;
  struct nl_pktinfo info = { 0 };

  if (received->control_len < CMSG_SPACE (sizeof info) || cmsg->cmsg_type != NETLINK_PKTINFO)
    return -1;
  memcpy (&info, CMSG_DATA (cmsg), sizeof info);
  return (int) info.group;
}

static void
event_bears_the_request (void)
{
  static Received received;
  int listener = subscriber (RTNLGRP_IPV4_RULE);
  int sender = bound_socket (0);

  send_rule (sender, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, 7, FIRST_PRIORITY);
  receive (listener, &received);
  EXPECT (received.datagram.header.nlmsg_type, RTM_NEWRULE);
  EXPECT (received.datagram.header.nlmsg_flags, 0);
  EXPECT (received.datagram.header.nlmsg_seq, 7);
  EXPECT (received.datagram.header.nlmsg_pid, own_port (sender));
  EXPECT (received.from.nl_family, AF_NETLINK);
  EXPECT (received.from.nl_pid, 0);
  EXPECT (received.from.nl_groups, 1u << (RTNLGRP_IPV4_RULE - 1));
  EXPECT (received.control_len, 0);
  EXPECT_TRUE (queue_is_empty (sender));
  EXPECT_TRUE (queue_is_empty (listener));
  send_rule (sender, RTM_DELRULE, 0, 8, FIRST_PRIORITY);
  receive (listener, &received);
  EXPECT (received.datagram.header.nlmsg_type, RTM_DELRULE);
  EXPECT (received.datagram.header.nlmsg_seq, 8);
}

static void
event_of_a_link (void)
{
  int listener = subscriber (RTNLGRP_LINK);
  int sender = bound_socket (0);

  set_loopback (sender, false, 0, 5);
  read_datagram (listener, &datagram);
  EXPECT (datagram.header.nlmsg_type, RTM_NEWLINK);
  EXPECT (datagram.header.nlmsg_flags, 0);
  EXPECT (datagram.header.nlmsg_seq, 0);
  EXPECT (datagram.header.nlmsg_pid, 0);
  set_loopback (sender, false, 0, 6);
  EXPECT_TRUE (queue_is_empty (listener));
  set_loopback (sender, true, 0, 7);
  read_datagram (listener, &datagram);
  EXPECT (datagram.header.nlmsg_type, RTM_NEWLINK);
}

/* With and without NLM_F_ECHO, in the group and not. */
static void
echo_to_a_member (void)
{
  int fd = subscriber (RTNLGRP_IPV4_RULE);

  send_rule (fd, RTM_NEWRULE, NLM_F_CREATE | NLM_F_ACK, 3, FIRST_PRIORITY);
  read_datagram (fd, &datagram);
  EXPECT (datagram.header.nlmsg_type, RTM_NEWRULE);
  read_datagram (fd, &datagram);
  EXPECT (error_of (&datagram), 0);
  EXPECT (datagram.len, 36);
  EXPECT_TRUE (queue_is_empty (fd));
  send_rule (fd, RTM_DELRULE, NLM_F_ECHO | NLM_F_ACK, 4, FIRST_PRIORITY);
  read_datagram (fd, &datagram);
  EXPECT (datagram.header.nlmsg_type, RTM_DELRULE);
  EXPECT (datagram.header.nlmsg_seq, 4);
  read_datagram (fd, &datagram);
  EXPECT (error_of (&datagram), 0);
  EXPECT_TRUE (queue_is_empty (fd));
}

static void
echo_to_others (void)
{
  static Received received;
  int one = 1;
  int fd = bound_socket (0);
  int listener = subscriber (RTNLGRP_IPV4_RULE);

  EXPECT_OK (setsockopt (fd, SOL_NETLINK, NETLINK_PKTINFO, &one, sizeof one));
  send_rule (fd, RTM_NEWRULE, NLM_F_CREATE | NLM_F_ECHO | NLM_F_ACK, 3, FIRST_PRIORITY);
  receive (fd, &received);
  EXPECT (received.datagram.header.nlmsg_type, RTM_NEWRULE);
  EXPECT (received.datagram.header.nlmsg_pid, own_port (fd));
  EXPECT (received.from.nl_groups, 1u << (RTNLGRP_IPV4_RULE - 1));
  EXPECT (group_of (&received), RTNLGRP_IPV4_RULE);
  receive (fd, &received);
  EXPECT (error_of (&received.datagram), 0);
  EXPECT (received.from.nl_groups, 0);
  EXPECT (group_of (&received), 0);
  read_datagram (listener, &datagram);
  EXPECT (datagram.header.nlmsg_type, RTM_NEWRULE);
  EXPECT_TRUE (queue_is_empty (listener));
  send_rule (fd, RTM_DELRULE, 0, 4, FIRST_PRIORITY);
  EXPECT_TRUE (queue_is_empty (fd));
}

static void
send_address (int fd, uint16_t type, uint16_t flags, uint32_t seq)
{
  const struct ifaddrmsg address = { .ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = 1 };
  const struct nlattr attr = { .nla_len = NLA_HDRLEN + 4, .nla_type = IFA_LOCAL };
  const unsigned char ip[4] = { 192, 0, 2, 7 };
  Request request;
  size_t len = request_init (&request, type, NLM_F_REQUEST | flags, seq, sizeof address + NLA_HDRLEN + 4);

  memcpy (request.bytes + NLMSG_HDRLEN, &address, sizeof address);
  memcpy (request.bytes + NLMSG_HDRLEN + sizeof address, &attr, sizeof attr);
  memcpy (request.bytes + NLMSG_HDRLEN + sizeof address + NLA_HDRLEN, ip, sizeof ip);
  EXPECT (send (fd, &request, len, 0), len);
}

static void
expect_event (int fd, uint16_t type, uint32_t seq, uint32_t port)
{
  read_datagram (fd, &datagram);
  EXPECT (datagram.header.nlmsg_type, type);
  EXPECT (datagram.header.nlmsg_seq, seq);
  EXPECT (datagram.header.nlmsg_pid, port);
}

/* An address and the route that comes and goes with it: in which order, and
 * which of them bears the request. Heard by who asks, and by another. */
static void
event_of_an_address (void)
{
  const int route_group = RTNLGRP_IPV4_ROUTE;
  int fds[2] = { subscriber (RTNLGRP_IPV4_IFADDR), subscriber (RTNLGRP_IPV4_IFADDR) };
  uint32_t port = own_port (fds[0]);

  for (int i = 0; i < 2; i++)
    EXPECT_OK (setsockopt (fds[i], SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &route_group, sizeof route_group));
  send_address (fds[0], RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ECHO, 3);
  send_address (fds[0], RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, 4);
  send_address (fds[0], RTM_DELADDR, 0, 5);
  for (int i = 0; i < 2; i++)
    {
      expect_event (fds[i], RTM_NEWADDR, 3, port);
      expect_event (fds[i], RTM_NEWROUTE, 0, 0);
      if (i == 0)
        {
          read_datagram (fds[i], &datagram);
          EXPECT (error_of (&datagram), -EEXIST);
        }
      expect_event (fds[i], RTM_DELADDR, 5, port);
      expect_event (fds[i], RTM_DELROUTE, 0, 0);
      EXPECT_TRUE (queue_is_empty (fds[i]));
    }
}

static void
refusal_is_no_event (void)
{
  int fd = subscriber (RTNLGRP_IPV4_RULE);

  send_rule (fd, RTM_DELRULE, NLM_F_ECHO, 4, FIRST_PRIORITY + 1);
  read_datagram (fd, &datagram);
  EXPECT (error_of (&datagram), -ENOENT);
  EXPECT_TRUE (queue_is_empty (fd));
}

static void
packet_info_of_an_event (void)
{
  static Received received;
  int one = 1;
  int listener = subscriber (RTNLGRP_IPV4_RULE);
  int sender = bound_socket (0);

  EXPECT_OK (setsockopt (listener, SOL_NETLINK, NETLINK_PKTINFO, &one, sizeof one));
  send_rule (sender, RTM_NEWRULE, NLM_F_CREATE, 1, FIRST_PRIORITY);
  receive (listener, &received);
  EXPECT (received.control_len, CMSG_SPACE (sizeof (struct nl_pktinfo)));
  EXPECT (group_of (&received), RTNLGRP_IPV4_RULE);
  send_rule (sender, RTM_DELRULE, 0, 1, FIRST_PRIORITY);
}

/* nl_groups has no bit for it. */
static void
group_beyond_32 (void)
{
  static Received received;
  int one = 1;
  int listener = subscriber (GROUP_IPV4_MCADDR);
  int sender = bound_socket (0);

  EXPECT_OK (setsockopt (listener, SOL_NETLINK, NETLINK_PKTINFO, &one, sizeof one));
  set_loopback (sender, false, 0, 1);
  set_loopback (sender, true, 0, 2);
  receive (listener, &received);
  EXPECT (received.datagram.header.nlmsg_type, DELMULTICAST);
  EXPECT (received.from.nl_groups, 0);
  EXPECT (group_of (&received), GROUP_IPV4_MCADDR);
  receive (listener, &received);
  EXPECT (received.datagram.header.nlmsg_type, NEWMULTICAST);
  EXPECT (group_of (&received), GROUP_IPV4_MCADDR);
}

/* There is a control message for other namespaces only. */
static void
events_of_all_namespaces (void)
{
  static Received received;
  int one = 1;
  int listener = subscriber (RTNLGRP_IPV4_RULE);
  int sender = bound_socket (0);

  EXPECT_OK (setsockopt (listener, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &one, sizeof one));
  send_rule (sender, RTM_NEWRULE, NLM_F_CREATE, 1, FIRST_PRIORITY);
  receive (listener, &received);
  EXPECT (received.datagram.header.nlmsg_type, RTM_NEWRULE);
  EXPECT (received.control_len, 0);
  EXPECT_TRUE (queue_is_empty (listener));
  send_rule (sender, RTM_DELRULE, 0, 1, FIRST_PRIORITY);
}

/* netlink_broadcast() does not look at what a socket is connected to. */
static void
connected_subscriber (void)
{
  int listener = subscriber (RTNLGRP_IPV4_RULE);
  int sender = bound_socket (0);
  struct sockaddr_nl peer = address_of (12345, 0);

  EXPECT_OK (connect (listener, (struct sockaddr *) &peer, sizeof peer));
  send_rule (sender, RTM_NEWRULE, NLM_F_CREATE, 1, FIRST_PRIORITY);
  read_datagram (listener, &datagram);
  EXPECT (datagram.header.nlmsg_type, RTM_NEWRULE);
  send_rule (sender, RTM_DELRULE, 0, 1, FIRST_PRIORITY);
}

static void
membership_begins_and_ends (void)
{
  int group = RTNLGRP_IPV4_RULE;
  int listener = bound_socket (0);
  int sender = bound_socket (0);
  struct sockaddr_nl name = address_of (own_port (listener), 1u << (RTNLGRP_IPV4_RULE - 1));

  send_rule (sender, RTM_NEWRULE, NLM_F_CREATE, 1, FIRST_PRIORITY);
  EXPECT_TRUE (queue_is_empty (listener));
  EXPECT_OK (bind (listener, (struct sockaddr *) &name, sizeof name));
  send_rule (sender, RTM_DELRULE, 0, 2, FIRST_PRIORITY);
  EXPECT_OK (setsockopt (listener, SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, &group, sizeof group));
  send_rule (sender, RTM_NEWRULE, NLM_F_CREATE, 3, FIRST_PRIORITY);
  /* What was queued stays. */
  read_datagram (listener, &datagram);
  EXPECT (datagram.header.nlmsg_seq, 2);
  EXPECT_TRUE (queue_is_empty (listener));
  send_rule (sender, RTM_DELRULE, 0, 4, FIRST_PRIORITY);
}

/* @n changes, each with its number. */
static void
change (int sender, int n)
{
  for (int i = 0; i < n; i++)
    send_rule (sender, i % 2 == 0 ? RTM_NEWRULE : RTM_DELRULE, NLM_F_CREATE, (uint32_t) i, FIRST_PRIORITY);
}

static void
shrink (int fd, int n_events)
{
  int size = n_events * 832 / 2;

  EXPECT_OK (setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size));
}

/* The events from @first on, without a gap. */
static int
count_events (int fd, uint32_t first)
{
  int n = 0;

  for (read_datagram (fd, &datagram); datagram.len > 0; n++)
    {
      EXPECT (datagram.header.nlmsg_seq, first + (uint32_t) n);
      read_datagram (fd, &datagram);
    }
  EXPECT (datagram.error, EAGAIN);
  return n;
}

/* One error, then what it could hold, then nothing until that has been read;
 * then it goes on. Others lose nothing. */
static void
overrun_of_one_subscriber (void)
{
  int slow = subscriber (RTNLGRP_IPV4_RULE);
  int other = subscriber (RTNLGRP_IPV4_RULE);
  int sender = bound_socket (0);

  shrink (slow, 4);
  change (sender, 20);
  read_datagram (slow, &datagram);
  EXPECT (datagram.len, -1);
  EXPECT (datagram.error, ENOBUFS);
  read_datagram (slow, &datagram);
  EXPECT (datagram.header.nlmsg_seq, 0);
  change (sender, 2);
  EXPECT (count_events (slow, 1), 3);
  change (sender, 2);
  EXPECT (count_events (slow, 0), 2);
  for (uint32_t seq = 0; seq < 24; seq++)
    {
      read_datagram (other, &datagram);
      EXPECT (datagram.header.nlmsg_seq, seq < 20 ? seq : seq % 2);
    }
  EXPECT_TRUE (queue_is_empty (other));
}

/* Answers are lost too, and told by the same error. */
static void
overrun_loses_answers (void)
{
  int fd = subscriber (RTNLGRP_IPV4_RULE);
  int sender = bound_socket (0);

  shrink (fd, 4);
  change (sender, 20);
  send_rule (fd, RTM_DELRULE, NLM_F_ACK, 77, FIRST_PRIORITY + 1);
  read_datagram (fd, &datagram);
  EXPECT (datagram.error, ENOBUFS);
  EXPECT (count_events (fd, 0), 4);
}

static void
overrun_kept_quiet (void)
{
  int one = 1;
  int fd = subscriber (RTNLGRP_IPV4_RULE);
  int sender = bound_socket (0);

  EXPECT_OK (setsockopt (fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &one, sizeof one));
  shrink (fd, 4);
  change (sender, 6);
  /* What there is room for again is heard, though the queue was never empty. */
  read_datagram (fd, &datagram);
  EXPECT (datagram.header.nlmsg_seq, 0);
  send_rule (sender, RTM_NEWRULE, NLM_F_CREATE, 4, FIRST_PRIORITY);
  EXPECT (count_events (fd, 1), 4);
  send_rule (sender, RTM_DELRULE, 0, 1, FIRST_PRIORITY);
}

/* Who changes the network does not hear of it. */
static void
broadcast_error (void)
{
  int one = 1;
  int fd = subscriber (RTNLGRP_IPV4_RULE);
  int sender = bound_socket (0);

  EXPECT_OK (setsockopt (fd, SOL_NETLINK, NETLINK_BROADCAST_ERROR, &one, sizeof one));
  shrink (fd, 4);
  change (sender, 20);
  EXPECT_TRUE (queue_is_empty (sender));
  send_rule (sender, RTM_NEWRULE, NLM_F_CREATE | NLM_F_ACK, 1, FIRST_PRIORITY);
  read_datagram (sender, &datagram);
  EXPECT (error_of (&datagram), 0);
  send_rule (sender, RTM_DELRULE, 0, 1, FIRST_PRIORITY);
  read_datagram (fd, &datagram);
  EXPECT (datagram.error, ENOBUFS);
  EXPECT (count_events (fd, 0), 4);
}

/* As many as fit into the receive buffer of net.core.rmem_default. */
static void
events_that_can_be_held (void)
{
  int fd = subscriber (RTNLGRP_IPV4_RULE);
  int sender = bound_socket (0);
  int size = 0, n;
  socklen_t len = sizeof size;

  EXPECT_OK (getsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, &len));
  n = size / 832;
  change (sender, n / 2 * 2);
  EXPECT (count_events (fd, 0), n / 2 * 2);
  change (sender, n / 2 * 2 + 2);
  read_datagram (fd, &datagram);
  EXPECT (datagram.error, ENOBUFS);
  EXPECT (count_events (fd, 0), n);
}

/* Who reads often enough loses nothing, and be there many. */
static void
thousand_subscribers (void)
{
  static int listeners[N_SUBSCRIBERS];
  struct rlimit limit;
  int sender = bound_socket (0);

  EXPECT_OK (getrlimit (RLIMIT_NOFILE, &limit));
  limit.rlim_cur = limit.rlim_max;
  EXPECT_OK (setrlimit (RLIMIT_NOFILE, &limit));
  for (int i = 0; i < N_SUBSCRIBERS; i++)
    listeners[i] = subscriber (RTNLGRP_IPV4_RULE);
  for (int round = 0; round < N_CHANGES / ROUND; round++)
    {
      change (sender, ROUND);
      for (int i = 0; i < N_SUBSCRIBERS; i++)
        EXPECT (count_events (listeners[i], 0), ROUND);
    }
}

const Property event_properties[] = {
  { "event/bears-the-request", event_bears_the_request },
  { "event/of-a-link", event_of_a_link },
  { "event/echo-to-a-member", echo_to_a_member },
  { "event/echo-to-others", echo_to_others },
  { "event/of-an-address", event_of_an_address },
  { "event/refusal-is-no-event", refusal_is_no_event },
  { "event/packet-info", packet_info_of_an_event },
  { "event/group-beyond-32", group_beyond_32 },
  { "event/of-all-namespaces", events_of_all_namespaces },
  { "event/connected-subscriber", connected_subscriber },
  { "event/membership-begins-and-ends", membership_begins_and_ends },
  { "event/overrun-of-one-subscriber", overrun_of_one_subscriber },
  { "event/overrun-loses-answers", overrun_loses_answers },
  { "event/overrun-kept-quiet", overrun_kept_quiet },
  { "event/broadcast-error", broadcast_error },
  { "event/that-can-be-held", events_that_can_be_held },
  { "event/a-thousand-subscribers", thousand_subscribers },
  { NULL, NULL },
};
