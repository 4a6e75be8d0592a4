/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What comes out: the form of NLMSG_ERROR, of single answers and of dumps. */
#include "netlink-properties.h"

#include <stdio.h>

static Datagram datagram;

static void
set_option (int fd, int option)
{
  int one = 1;

  EXPECT_OK (setsockopt (fd, SOL_NETLINK, option, &one, sizeof one));
}

static void
ask (int fd, const Request *request, size_t len)
{
  EXPECT (send (fd, request, len, 0), len);
  read_datagram (fd, &datagram);
}

/* The header of an answer to @fd. */
static void
expect_header (int fd, uint32_t len, uint16_t type, uint16_t flags, uint32_t seq)
{
  EXPECT (datagram.header.nlmsg_len, len);
  EXPECT (datagram.header.nlmsg_type, type);
  EXPECT (datagram.header.nlmsg_flags, flags);
  EXPECT (datagram.header.nlmsg_seq, seq);
  EXPECT (datagram.header.nlmsg_pid, own_port (fd));
}

static void
error_holds_the_request (void)
{
  Request request;
  int fd = bound_socket (0);
  size_t len = request_unknown (&request, 0, 77, 9);

  request.header.nlmsg_pid = 0x12345678;
  memset (request.bytes + 25, 0xee, 3);
  ask (fd, &request, len);
  EXPECT (datagram.len, 20 + 28);
  expect_header (fd, 20 + 28, NLMSG_ERROR, 0, 77);
  EXPECT (error_of (&datagram), -EOPNOTSUPP);
  EXPECT (memcmp (datagram.bytes + 20, &request, 25), 0);
  EXPECT (memcmp (datagram.bytes + 45, "\0\0", 3), 0);
}

static void
capped_error (void)
{
  Request request;
  int fd = bound_socket (0);
  size_t len = request_unknown (&request, 0, 78, 100);

  set_option (fd, NETLINK_CAP_ACK);
  ask (fd, &request, len);
  EXPECT (datagram.len, 36);
  expect_header (fd, 36, NLMSG_ERROR, NLM_F_CAPPED, 78);
  EXPECT (memcmp (datagram.bytes + 20, &request, 16), 0);
}

static void
acknowledgement (void)
{
  Request request;
  int fd = bound_socket (0);
  size_t len = request_init (&request, NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK, 79, 60);

  ask (fd, &request, len);
  EXPECT (datagram.len, 36);
  expect_header (fd, 36, NLMSG_ERROR, NLM_F_CAPPED, 79);
  EXPECT (error_of (&datagram), 0);
  EXPECT (memcmp (datagram.bytes + 20, &request, 16), 0);
  set_option (fd, NETLINK_EXT_ACK);
  ask (fd, &request, len);
  expect_header (fd, 36, NLMSG_ERROR, NLM_F_CAPPED, 79);
}

static void
short_family_header (void)
{
  Request request;
  int fd = bound_socket (0);
  size_t len = request_init (&request, RTM_GETLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP, 80, 0);

  /* rtnetlink_rcv_msg(): done without a look at who asks or what for. */
  ask (fd, &request, len);
  EXPECT (error_of (&datagram), 0);
  EXPECT_TRUE (queue_is_empty (fd));
}

/* A link with an IFLA_EXT_MASK that is too short. */
static size_t
request_with_bad_attribute (Request *request)
{
  size_t len = request_loopback (request, 0, 81);
  struct nlattr attr = { .nla_len = 6, .nla_type = IFLA_EXT_MASK };

  memcpy (request->bytes + len, &attr, sizeof attr);
  request->header.nlmsg_len = (uint32_t) len + 8;
  return len + 8;
}

static void
plain_error_has_no_words (void)
{
  Request request;
  size_t len = request_with_bad_attribute (&request);
  int fd = bound_socket (0);

  ask (fd, &request, len);
  EXPECT (error_of (&datagram), -ERANGE);
  expect_header (fd, 20 + (uint32_t) len, NLMSG_ERROR, 0, 81);
}

static const struct nlattr *
next_attribute (size_t *pos, const unsigned char **payload)
{
  static struct nlattr attr;

  if (*pos + sizeof attr > (size_t) datagram.len)
    return NULL;
  memcpy (&attr, datagram.bytes + *pos, sizeof attr);
  if (attr.nla_len < sizeof attr || attr.nla_len > (size_t) datagram.len - *pos)
    return NULL;
  *payload = datagram.bytes + *pos + sizeof attr;
  *pos += NLA_ALIGN (attr.nla_len);
  return &attr;
}

static void
expect_extended (size_t pos, uint32_t offset)
{
  static const char words[] = "Attribute failed policy validation";
  const unsigned char *payload = datagram.bytes;
  const struct nlattr *attr = next_attribute (&pos, &payload);
  uint32_t number;

  EXPECT_TRUE (attr != NULL && attr->nla_type == NLMSGERR_ATTR_MSG && attr->nla_len == 4 + sizeof words);
  EXPECT_TRUE (attr != NULL && memcmp (payload, words, sizeof words) == 0);
  attr = next_attribute (&pos, &payload);
  EXPECT_TRUE (attr != NULL && attr->nla_type == NLMSGERR_ATTR_OFFS && attr->nla_len == 8);
  memcpy (&number, payload, sizeof number);
  EXPECT (number, offset);
  attr = next_attribute (&pos, &payload);
  EXPECT_TRUE (attr != NULL && attr->nla_type == (NLMSGERR_ATTR_POLICY | NLA_F_NESTED));
  EXPECT (pos, datagram.len);
}

static void
extended_error (void)
{
  Request request;
  size_t len = request_with_bad_attribute (&request);
  int fd = bound_socket (0);

  set_option (fd, NETLINK_EXT_ACK);
  ask (fd, &request, len);
  EXPECT (error_of (&datagram), -ERANGE);
  EXPECT (datagram.header.nlmsg_flags, NLM_F_ACK_TLVS);
  EXPECT (datagram.header.nlmsg_len, datagram.len);
  expect_extended (20 + len, 32);
}

static void
extended_capped_error (void)
{
  Request request;
  size_t len = request_with_bad_attribute (&request);
  int fd = bound_socket (0);

  set_option (fd, NETLINK_EXT_ACK);
  set_option (fd, NETLINK_CAP_ACK);
  ask (fd, &request, len);
  EXPECT (error_of (&datagram), -ERANGE);
  EXPECT (datagram.header.nlmsg_flags, NLM_F_ACK_TLVS | NLM_F_CAPPED);
  expect_extended (36, 32);
}

static void
error_in_a_batch_has_its_own_offset (void)
{
  Request both;
  Request request;
  size_t first = request_loopback (&both, 0, 1);
  size_t len = request_with_bad_attribute (&request);
  int fd = bound_socket (0);

  memcpy (both.bytes + first, &request, len);
  set_option (fd, NETLINK_EXT_ACK);
  EXPECT (send (fd, &both, first + len, 0), first + len);
  read_datagram (fd, &datagram);
  EXPECT (datagram.header.nlmsg_type, RTM_NEWLINK);
  read_datagram (fd, &datagram);
  EXPECT (datagram.header.nlmsg_seq, 81);
  expect_extended (20 + len, 32);
}

static void
single_answer (void)
{
  Request request;
  int fd = bound_socket (0);

  ask (fd, &request, request_loopback (&request, 0, 82));
  expect_header (fd, (uint32_t) datagram.len, RTM_NEWLINK, 0, 82);
  EXPECT_TRUE (queue_is_empty (fd));
  ask (fd, &request, request_loopback (&request, NLM_F_ACK | NLM_F_ECHO, 83));
  expect_header (fd, (uint32_t) datagram.len, RTM_NEWLINK, 0, 83);
  read_datagram (fd, &datagram);
  expect_header (fd, 36, NLMSG_ERROR, NLM_F_CAPPED, 83);
  EXPECT (error_of (&datagram), 0);
}

static void
answers_carry_the_port_of_the_socket (void)
{
  Request request;
  size_t len = request_loopback (&request, NLM_F_ACK, 84);
  int first = bound_socket (0);
  int fd = bound_socket (0);

  request.header.nlmsg_pid = own_port (first);
  ask (fd, &request, len);
  EXPECT (datagram.header.nlmsg_pid, own_port (fd));
  read_datagram (fd, &datagram);
  EXPECT (datagram.header.nlmsg_pid, own_port (fd));
  EXPECT_TRUE (queue_is_empty (first));
}

static void
no_such_link (void)
{
  Request request;
  size_t len = request_loopback (&request, NLM_F_ACK, 85);
  int index = 0x7fffffff;
  int fd = bound_socket (0);

  memcpy (request.bytes + 20, &index, sizeof index);
  ask (fd, &request, len);
  EXPECT (error_of (&datagram), -ENODEV);
  EXPECT_TRUE (queue_is_empty (fd));
}

static void
change_needs_permission (void)
{
  Request request;
  int fd = bound_socket (0);

  /* The form of the answer is the same either way; with permission the
   * request is refused because it names no link. */
  ask (fd, &request, request_init (&request, RTM_SETLINK, NLM_F_REQUEST, 86, 16));
  EXPECT (error_of (&datagram), is_admin () ? -EINVAL : -EPERM);
  ask (fd, &request, request_init (&request, RTM_DELLINK, NLM_F_REQUEST, 87, 16));
  EXPECT (error_of (&datagram), is_admin () ? -EINVAL : -EPERM);
}

static void
dump_is_there_when_send_returns (void)
{
  Request request;
  int fd = bound_socket (0);

  ask (fd, &request, request_link_dump (&request, 90));
  EXPECT (datagram.header.nlmsg_type, RTM_NEWLINK);
  EXPECT (datagram.header.nlmsg_flags, NLM_F_MULTI);
  EXPECT (datagram.header.nlmsg_seq, 90);
  EXPECT (datagram.header.nlmsg_pid, own_port (fd));
}

static void
dump_ends_with_done (void)
{
  Request request;
  int32_t error = 1;
  int fd = bound_socket (0);

  ask (fd, &request, request_link_dump (&request, 91));
  while (datagram.header.nlmsg_type == RTM_NEWLINK)
    read_datagram (fd, &datagram);
  EXPECT (datagram.len, 20);
  expect_header (fd, 20, NLMSG_DONE, NLM_F_MULTI, 91);
  memcpy (&error, datagram.bytes + 16, sizeof error);
  EXPECT (error, 0);
  EXPECT_TRUE (queue_is_empty (fd));
}

static void
dump_is_not_acknowledged (void)
{
  Request request;
  size_t len = request_link_dump (&request, 92);
  int fd = bound_socket (0);

  request.header.nlmsg_flags |= NLM_F_ACK;
  EXPECT (send (fd, &request, len, 0), len);
  EXPECT_TRUE (read_dump (fd, 92) > 0);
  EXPECT_TRUE (queue_is_empty (fd));
}

static void
part_of_the_dump_flag (void)
{
  Request request;
  size_t len = request_link_dump (&request, 93);
  int fd = bound_socket (0);

  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ROOT;
  EXPECT (send (fd, &request, len, 0), len);
  EXPECT_TRUE (read_dump (fd, 93) > 0);
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_MATCH;
  EXPECT (send (fd, &request, len, 0), len);
  EXPECT_TRUE (read_dump (fd, 93) > 0);
}

static void
second_dump_is_busy (void)
{
  Request request;
  int fd = bound_socket (0);

  EXPECT (send (fd, &request, request_link_dump (&request, 94), 0), 20);
  EXPECT (send (fd, &request, request_link_dump (&request, 95), 0), 20);
  read_datagram (fd, &datagram);
  EXPECT (datagram.header.nlmsg_seq, 94);
  read_datagram (fd, &datagram);
  expect_header (fd, 40, NLMSG_ERROR, 0, 95);
  EXPECT (error_of (&datagram), -EBUSY);
  EXPECT_TRUE (read_dump (fd, 94) > 0);
  EXPECT_TRUE (queue_is_empty (fd));
  EXPECT (send (fd, &request, request_link_dump (&request, 96), 0), 20);
  EXPECT_TRUE (read_dump (fd, 96) > 0);
}

static void
request_during_a_dump (void)
{
  Request request;
  size_t len = request_loopback (&request, 0, 98);
  int fd = bound_socket (0);

  ask (fd, &request, request_link_dump (&request, 97));
  len = request_loopback (&request, 0, 98);
  EXPECT (send (fd, &request, len, 0), len);
  /* Reading the first datagram has made the second one already. */
  read_datagram (fd, &datagram);
  EXPECT (datagram.header.nlmsg_seq, 97);
}

static void
two_dumps_on_two_sockets (void)
{
  Request request;
  int one = bound_socket (0);
  int other = bound_socket (0);

  EXPECT (send (one, &request, request_link_dump (&request, 1), 0), 20);
  EXPECT (send (other, &request, request_link_dump (&request, 2), 0), 20);
  EXPECT_TRUE (read_dump (other, 2) > 0);
  EXPECT_TRUE (read_dump (one, 1) > 0);
}

static void
dump_fails_in_its_done (void)
{
  struct rtmsg route = { .rtm_family = AF_INET };
  struct
  {
    struct nlattr attr;
    uint32_t table;
  } table = { { 8, RTA_TABLE }, 987654 };
  Request request;
  size_t len = request_init (&request, RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP, 99, sizeof route + sizeof table);
  int32_t error = 0;
  int fd = bound_socket (0);

  memcpy (request.bytes + 16, &route, sizeof route);
  memcpy (request.bytes + 28, &table, sizeof table);
  set_option (fd, NETLINK_GET_STRICT_CHK);
  ask (fd, &request, len);
  expect_header (fd, 20, NLMSG_DONE, NLM_F_MULTI | NLM_F_DUMP_FILTERED, 99);
  memcpy (&error, datagram.bytes + 16, sizeof error);
  EXPECT (error, -ENOENT);
  set_option (fd, NETLINK_EXT_ACK);
  ask (fd, &request, len);
  EXPECT (datagram.header.nlmsg_type, NLMSG_DONE);
  EXPECT (datagram.header.nlmsg_flags, NLM_F_MULTI | NLM_F_DUMP_FILTERED | NLM_F_ACK_TLVS);
  EXPECT (datagram.header.nlmsg_len, datagram.len);
  EXPECT (memcmp (datagram.bytes + 24, "ipv4: FIB table does not exist", 31), 0);
  EXPECT_TRUE (queue_is_empty (fd));
}

/* Reads a dump of links with @size bytes of room at a time. Every datagram is
 * packed: the message that follows it would not have fitted any more. */
static void
expect_packed (int fd, size_t size)
{
  size_t room = 3776; /* SKB_WITH_OVERHEAD (4096) */
  size_t packed = 0;

  for (int n = 0; n < 4096; n++)
    {
      ssize_t len = recv (fd, datagram.bytes, size, MSG_DONTWAIT | MSG_TRUNC);

      EXPECT_TRUE (len > 0 && (size_t) len <= room);
      if (len <= 0 || datagram.header.nlmsg_type == NLMSG_DONE)
        return;
      if (packed > 0)
        EXPECT_TRUE (packed + datagram.header.nlmsg_len > (n == 1 ? 3776 : room));
      packed = (size_t) len;
      if (n > 0)
        continue;
      room = size > 3776 ? size : 3776;
      room = room > 32448 ? 32448 : room;
    }
}

static void
dump_datagrams_grow_with_the_reader (void)
{
  static const size_t sizes[] = { 4096, 8192, 32768, 65536 };
  Request request;

  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    {
      int fd = bound_socket (0);

      EXPECT (send (fd, &request, request_link_dump (&request, 1), 0), 20);
      expect_packed (fd, sizes[i]);
      close (fd);
    }
}

const Property answer_properties[] = {
  { "answer/error-holds-the-request", error_holds_the_request },
  { "answer/capped-error", capped_error },
  { "answer/acknowledgement", acknowledgement },
  { "answer/short-family-header", short_family_header },
  { "answer/plain-error-has-no-words", plain_error_has_no_words },
  { "answer/extended-error", extended_error },
  { "answer/extended-capped-error", extended_capped_error },
  { "answer/error-in-a-batch-has-its-own-offset", error_in_a_batch_has_its_own_offset },
  { "answer/single", single_answer },
  { "answer/port-of-the-socket", answers_carry_the_port_of_the_socket },
  { "answer/no-such-link", no_such_link },
  { "answer/change-needs-permission", change_needs_permission },
  { "answer/dump-is-there-when-send-returns", dump_is_there_when_send_returns },
  { "answer/dump-ends-with-done", dump_ends_with_done },
  { "answer/dump-is-not-acknowledged", dump_is_not_acknowledged },
  { "answer/part-of-the-dump-flag", part_of_the_dump_flag },
  { "answer/second-dump-is-busy", second_dump_is_busy },
  { "answer/request-during-a-dump", request_during_a_dump },
  { "answer/two-dumps-on-two-sockets", two_dumps_on_two_sockets },
  { "answer/dump-fails-in-its-done", dump_fails_in_its_done },
  { "answer/dump-datagrams-grow-with-the-reader", dump_datagrams_grow_with_the_reader },
  { NULL, NULL },
};
