/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The responder on a loopback network: order of checks, dumps and how they
 * end, single answers. Its bytes are compared with the kernel's in
 * tests/oracle. */
#include "model/device/consequences.h"
#include "model/rtnetlink/rtnetlink.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/pkt_sched.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  struct nlmsghdr header;
  guint8 body[64];
} Request;

static const NlvCaller somebody = { .port = 77, .uid = 1000 };
static const NlvCaller strict_one = { .port = 77, .uid = 1000, .strict = TRUE };

static Request
make (guint16 type, guint16 flags, guint8 family, gsize size)
{
  Request request = {
    .header = { .nlmsg_len = 16 + size, .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags, .nlmsg_seq = 5 }
  };

  request.body[0] = family;
  return request;
}

static void
add_attr (Request *request, guint16 type, const void *payload, gsize len)
{
  struct nlattr header = { .nla_len = sizeof header + len, .nla_type = type };
  guint8 *at = (guint8 *) request + NLMSG_ALIGN (request->header.nlmsg_len);

  memcpy (at, &header, sizeof header);
  memcpy (at + sizeof header, payload, len);
  request->header.nlmsg_len = NLMSG_ALIGN (request->header.nlmsg_len) + NLA_ALIGN (header.nla_len);
}

static int
ask (NlvNetwork *network, const NlvCaller *caller, const Request *request, NlvAnswer *answer)
{
  NlvSpan rest = nlv_span (request, request->header.nlmsg_len);
  NlvMessage message;

  g_assert_true (nlv_message_next (&rest, &message));
  return nlv_rtnetlink_request (network, caller, &message, answer);
}

static void
test_order_of_checks (void)
{
  static const struct
  {
    guint16 type, flags;
    gsize size;
    int error;
  } cases[] = {
    { RTM_NEWLINK, 0, 16, -EPERM },
    { RTM_DELADDR, 0, 8, -EPERM },
    { RTM_SETLINK, NLM_F_DUMP, 16, -EPERM },
    { RTM_NEWLINK, 0, 0, 0 },
    { RTM_GETLINK, 0, 0, 0 },
    { 4000, 0, 16, -EOPNOTSUPP },
    { RTM_GETADDR, 0, 8, -EOPNOTSUPP },
    { RTM_GETRULE, 0, 12, -EOPNOTSUPP },
    { RTM_GETLINK, 0, 16, -EINVAL },
    { RTM_GETDCB, NLM_F_DUMP, 4, -EOPNOTSUPP },
  };
  NlvNetwork *network = nlv_network_new_loopback ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Request request = make (cases[i].type, cases[i].flags, AF_INET, cases[i].size);
      NlvAnswer answer;
      g_assert_cmpint (ask (network, &somebody, &request, &answer), ==, cases[i].error);
      nlv_answer_clear (&answer);
    }
  nlv_network_unref (network);
}

/* Runs a dump into datagrams of @room; checks what is common to all. */
static int
run_dump (NlvNetwork *network, const NlvCaller *caller, const Request *request, gsize room, guint *n_messages,
          guint *n_datagrams)
{
  NlvWriter writer;
  NlvAnswer answer;
  int result;

  *n_messages = *n_datagrams = 0;
  g_assert_cmpint (ask (network, caller, request, &answer), ==, 0);
  g_assert_nonnull (answer.dump);
  nlv_writer_init (&writer, room);
  do
    {
      NlvMessage message;

      nlv_writer_reset (&writer, room);
      result = answer.dump->fill (answer.dump, &writer);
      g_assert_cmpuint (writer.len, <=, room);
      NlvSpan rest = nlv_span (writer.data, writer.len);
      while (nlv_message_next (&rest, &message))
        {
          g_assert_cmphex (message.header.nlmsg_flags & NLM_F_MULTI, ==, NLM_F_MULTI);
          g_assert_cmpuint (message.header.nlmsg_pid, ==, 77);
          g_assert_cmpuint (message.header.nlmsg_seq, ==, 5);
          (*n_messages)++;
        }
      g_assert_cmpuint (rest.len, ==, 0);
      if (writer.len > 0)
        (*n_datagrams)++;
      g_assert_true (result <= 0 || writer.len > 0);
    }
  while (result > 0);
  nlv_writer_clear (&writer);
  nlv_answer_clear (&answer);
  return result;
}

static void
test_dumps (void)
{
  static const struct
  {
    guint16 type;
    guint8 family;
    guint n;
  } cases[] = {
    { RTM_GETLINK, AF_UNSPEC, 1 },  { RTM_GETLINK, AF_PACKET, 1 },    { RTM_GETLINK, AF_INET6, 1 },
    { RTM_GETADDR, AF_UNSPEC, 2 },  { RTM_GETADDR, AF_INET, 1 },      { RTM_GETADDR, AF_INET6, 1 },
    { RTM_GETADDR, AF_PACKET, 2 },  { RTM_GETROUTE, AF_INET, 3 },     { RTM_GETROUTE, AF_INET6, 1 },
    { RTM_GETROUTE, AF_UNSPEC, 4 }, { RTM_GETRULE, AF_INET, 3 },      { RTM_GETRULE, AF_INET6, 2 },
    { RTM_GETNEIGH, AF_UNSPEC, 0 }, { RTM_GETNETCONF, AF_UNSPEC, 6 }, { RTM_GETNEIGHTBL, AF_UNSPEC, 4 },
  };
  NlvNetwork *network = nlv_network_new_loopback ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Request request = make (cases[i].type, NLM_F_DUMP, cases[i].family, 1);
      guint n, datagrams;

      g_test_message ("type %u family %u", cases[i].type, cases[i].family);
      g_assert_cmpint (run_dump (network, &somebody, &request, 3776, &n, &datagrams), ==, 0);
      g_assert_cmpuint (n, ==, cases[i].n);
      /* However small the datagrams, nothing is lost or shown twice. */
      for (gsize room = 3000; room > 100; room -= 50)
        {
          guint n_small;

          /* neightbl_dump_info() repeats a table's head in each datagram, and
           * relies on there being room for more than that. */
          if (cases[i].type == RTM_GETNEIGHTBL && room < 1000)
            continue;
          if (run_dump (network, &somebody, &request, room, &n_small, &datagrams) != 0)
            continue;
          if (cases[i].type == RTM_GETNEIGHTBL)
            g_assert_cmpuint (n_small, >=, n);
          else
            g_assert_cmpuint (n_small, ==, n);
        }
    }
  nlv_network_unref (network);
}

/* neightbl_dump_info() begins each datagram with the table that it goes on
 * with, and skips a link when it was the next table that did not fit. */
static void
test_neighbor_tables_in_parts (void)
{
  NlvNetwork *network = nlv_network_new_loopback ();
  Request request = make (RTM_GETNEIGHTBL, NLM_F_DUMP, 0, 1);

  for (gsize room = 3000; room > 700; room -= 4)
    {
      guint n, datagrams;

      g_assert_cmpint (run_dump (network, &somebody, &request, room, &n, &datagrams), ==, 0);
      g_assert_cmpuint (datagrams, <=, 4);
      g_assert_cmpuint (n, >=, 3);
      g_assert_cmpuint (n, <=, 4 + datagrams - 1);
    }
  nlv_network_unref (network);
}

/* What does not fit into an empty datagram ends the dump. */
static void
test_no_room (void)
{
  NlvNetwork *network = nlv_network_new_loopback ();
  Request request = make (RTM_GETLINK, NLM_F_DUMP, 0, 16);
  guint n, datagrams;

  g_assert_cmpint (run_dump (network, &somebody, &request, 500, &n, &datagrams), ==, -EMSGSIZE);
  g_assert_cmpuint (n, ==, 0);
  nlv_network_unref (network);
}

static void
test_unknown_rule_family (void)
{
  NlvNetwork *network = nlv_network_new_loopback ();
  Request request = make (RTM_GETRULE, NLM_F_DUMP, AF_PACKET, 12);
  guint n, datagrams;

  g_assert_cmpint (run_dump (network, &somebody, &request, 3776, &n, &datagrams), ==, -EAFNOSUPPORT);
  nlv_network_unref (network);
}

static void
test_strict (void)
{
  NlvNetwork *network = nlv_network_new_loopback ();
  Request request = make (RTM_GETLINK, NLM_F_DUMP, 0, 1);
  guint n, datagrams;
  NlvAnswer answer;
  NlvWriter writer;

  g_assert_cmpint (run_dump (network, &strict_one, &request, 3776, &n, &datagrams), ==, -EINVAL);
  nlv_writer_init (&writer, 3776);
  g_assert_cmpint (ask (network, &strict_one, &request, &answer), ==, 0);
  g_assert_cmpint (answer.dump->fill (answer.dump, &writer), ==, -EINVAL);
  g_assert_cmpstr (answer.dump->extack, ==, "Invalid header for link dump");
  nlv_answer_clear (&answer);
  nlv_writer_clear (&writer);

  request = make (RTM_GETADDR, NLM_F_DUMP, 0, 8);
  request.body[4] = 1;
  g_assert_cmpint (run_dump (network, &strict_one, &request, 3776, &n, &datagrams), ==, 0);
  g_assert_cmpuint (n, ==, 2);
  request.body[4] = 9;
  g_assert_cmpint (run_dump (network, &strict_one, &request, 3776, &n, &datagrams), ==, -ENODEV);
  nlv_network_unref (network);
}

static void
test_getlink (void)
{
  NlvNetwork *network = nlv_network_new_loopback ();
  Request request = make (RTM_GETLINK, 0, 0, 16);
  NlvAnswer answer;

  add_attr (&request, IFLA_IFNAME, "lo", 3);
  g_assert_cmpint (ask (network, &strict_one, &request, &answer), ==, 0);
  g_assert_nonnull (answer.reply);
  const struct nlmsghdr *header = g_bytes_get_data (answer.reply, NULL);
  g_assert_cmpuint (header->nlmsg_type, ==, RTM_NEWLINK);
  g_assert_cmphex (header->nlmsg_flags, ==, 0);
  g_assert_cmpuint (header->nlmsg_len, ==, g_bytes_get_size (answer.reply));
  nlv_answer_clear (&answer);

  request = make (RTM_GETLINK, 0, 0, 16);
  request.body[4] = 7;
  g_assert_cmpint (ask (network, &somebody, &request, &answer), ==, -ENODEV);
  nlv_answer_clear (&answer);
  nlv_network_unref (network);
}

static int
get_route (NlvNetwork *network, const char *destination, struct rtmsg *header)
{
  guint8 ip[4];
  NlvAnswer answer;
  Request request = make (RTM_GETROUTE, 0, AF_INET, 12);

  g_assert_cmpint (sscanf (destination, "%hhu.%hhu.%hhu.%hhu", &ip[0], &ip[1], &ip[2], &ip[3]), ==, 4);
  request.body[1] = 32;
  add_attr (&request, RTA_DST, ip, 4);
  int error = ask (network, &strict_one, &request, &answer);
  if (error == 0)
    memcpy (header, (const guint8 *) g_bytes_get_data (answer.reply, NULL) + 16, sizeof *header);
  nlv_answer_clear (&answer);
  return error;
}

static void
add_route (NlvNetwork *network, const char *destination, guint8 bits, guint8 type)
{
  NlvRoute route = { .family = AF_INET, .destination_length = bits, .type = type, .table = RT_TABLE_MAIN };

  sscanf (destination, "%hhu.%hhu.%hhu.%hhu", &route.destination.bytes[0], &route.destination.bytes[1],
          &route.destination.bytes[2], &route.destination.bytes[3]);
  if (type == RTN_UNICAST)
    {
      route.n_nexthops = 1;
      route.nexthops = g_new0 (NlvNexthop, 1);
      route.nexthops[0].link = 1;
    }
  g_assert_true (nlv_network_add_route (network, &route));
}

static void
test_getroute (void)
{
  NlvNetwork *network = nlv_network_new_loopback ();
  struct rtmsg header;

  g_assert_cmpint (get_route (network, "127.1.2.3", &header), ==, 0);
  g_assert_cmpuint (header.rtm_type, ==, RTN_LOCAL);
  g_assert_cmphex (header.rtm_flags, ==, 0x80000000 | RTM_F_CLONED);
  g_assert_cmpint (get_route (network, "10.0.0.1", &header), ==, -ENETUNREACH);
  add_route (network, "10.0.0.0", 8, RTN_UNICAST);
  add_route (network, "10.1.0.0", 16, RTN_UNREACHABLE);
  add_route (network, "10.2.0.0", 16, RTN_PROHIBIT);
  add_route (network, "10.3.0.0", 16, RTN_BLACKHOLE);
  add_route (network, "10.4.0.0", 16, RTN_THROW);
  g_assert_cmpint (get_route (network, "10.1.0.1", &header), ==, -EHOSTUNREACH);
  g_assert_cmpint (get_route (network, "10.2.0.1", &header), ==, -EACCES);
  g_assert_cmpint (get_route (network, "10.3.0.1", &header), ==, -EINVAL);
  g_assert_cmpint (get_route (network, "10.4.0.1", &header), ==, -ENETUNREACH);
  nlv_network_unref (network);
}

/* A change between two datagrams marks the next message. */
static void
test_interrupted (void)
{
  NlvNetwork *network = nlv_network_new_loopback ();
  NlvLink link;
  NlvAnswer answer;
  NlvWriter writer;
  Request request = make (RTM_GETLINK, NLM_F_DUMP, 0, 16);
  struct nlmsghdr header;

  nlv_link_init_like_kernel (&link, "eth0", NULL);
  link.index = 2;
  g_assert_nonnull (nlv_network_add_link (network, &link));
  g_assert_cmpint (ask (network, &somebody, &request, &answer), ==, 0);
  nlv_writer_init (&writer, 2000);
  g_assert_cmpint (answer.dump->fill (answer.dump, &writer), >, 0);
  memcpy (&header, writer.data, sizeof header);
  g_assert_cmphex (header.nlmsg_flags, ==, NLM_F_MULTI);

  nlv_link_init_like_kernel (&link, "eth1", NULL);
  link.index = 3;
  g_assert_nonnull (nlv_network_add_link (network, &link));
  nlv_writer_reset (&writer, 2000);
  g_assert_cmpint (answer.dump->fill (answer.dump, &writer), >, 0);
  memcpy (&header, writer.data, sizeof header);
  g_assert_cmphex (header.nlmsg_flags, ==, NLM_F_MULTI | NLM_F_DUMP_INTR);
  nlv_writer_clear (&writer);
  nlv_answer_clear (&answer);
  nlv_network_unref (network);
}

/* A request with a bit that the kernel reserves: where, but no policy. */
static void
test_reserved_bit (void)
{
  NlvNetwork *network = nlv_network_new_loopback ();
  Request request = make (RTM_GETNEIGH, NLM_F_DUMP, AF_INET, sizeof (struct ndmsg));
  guint32 reserved = 2, known = 1;
  guint n, datagrams;
  NlvAnswer answer;
  NlvWriter writer;

  add_attr (&request, 15, &reserved, sizeof reserved); /* NDA_FLAGS_EXT */
  nlv_writer_init (&writer, 3776);
  g_assert_cmpint (ask (network, &strict_one, &request, &answer), ==, 0);
  g_assert_cmpint (answer.dump->fill (answer.dump, &writer), ==, -EINVAL);
  g_assert_cmpstr (answer.dump->extack, ==, "reserved bit set");
  g_assert_cmpuint (answer.dump->offset, ==, NLMSG_HDRLEN + sizeof (struct ndmsg));
  g_assert_null (answer.dump->why.policy);
  nlv_answer_clear (&answer);

  request = make (RTM_GETNEIGH, NLM_F_DUMP, AF_INET, sizeof (struct ndmsg));
  add_attr (&request, 15, &reserved, 2);
  nlv_writer_reset (&writer, 3776);
  g_assert_cmpint (ask (network, &strict_one, &request, &answer), ==, 0);
  g_assert_cmpint (answer.dump->fill (answer.dump, &writer), ==, -EINVAL);
  g_assert_nonnull (answer.dump->why.policy);
  g_assert_cmphex (answer.dump->why.policy->mask, ==, 5);
  nlv_answer_clear (&answer);
  nlv_writer_clear (&writer);

  /* Others do not look. */
  g_assert_cmpint (run_dump (network, &somebody, &request, 3776, &n, &datagrams), ==, 0);
  request = make (RTM_GETNEIGH, NLM_F_DUMP, AF_INET, sizeof (struct ndmsg));
  add_attr (&request, 15, &known, sizeof known);
  g_assert_cmpint (run_dump (network, &strict_one, &request, 3776, &n, &datagrams), ==, -EINVAL);
  nlv_network_unref (network);
}

/* One link of @kind beside the loopback, with index 2. */
static NlvNetwork *
network_with (const char *kind)
{
  NlvNetwork *network = nlv_network_new_loopback ();
  NlvLink link;

  nlv_link_init_like_kernel (&link, "l2", kind);
  link.index = 2;
  nlv_link_set_up (&link, TRUE, TRUE);
  nlv_network_add_link (network, &link);
  return network;
}

static void
add_object (NlvNetwork *network, guint16 type, const void *body, gsize len)
{
  NlvObject object = { .type = type, .body = g_bytes_new (body, len) };

  nlv_network_add_object (network, &object);
}

static Request
make_traffic (guint16 type, guint16 flags, guint32 handle, guint32 parent, guint32 info)
{
  const struct tcmsg header = { .tcm_ifindex = 2, .tcm_handle = handle, .tcm_parent = parent, .tcm_info = info };
  Request request = make (type, flags, 0, sizeof header);

  memcpy (request.body, &header, sizeof header);
  return request;
}

/* What is told to who asks for it is first of all an event. */
static void
test_qdisc_is_notified (void)
{
  NlvNetwork *network = network_with ("veth");
  Request request = make_traffic (RTM_GETQDISC, 0, 0, TC_H_ROOT, 0);
  NlvAnswer answer;

  g_assert_cmpint (ask (network, &somebody, &request, &answer), ==, 0);
  g_assert_nonnull (answer.reply);
  g_assert_cmpuint (answer.group, ==, RTNLGRP_TC);
  g_assert_true (answer.mute);
  nlv_answer_clear (&answer);
  request.header.nlmsg_flags |= NLM_F_ECHO;
  g_assert_cmpint (ask (network, &somebody, &request, &answer), ==, 0);
  g_assert_false (answer.mute);
  nlv_answer_clear (&answer);
  request = make_traffic (RTM_GETQDISC, 0, 7, TC_H_ROOT, 0);
  g_assert_cmpint (ask (network, &somebody, &request, &answer), ==, -EINVAL);
  g_assert_cmpstr (answer.extack.message, ==, "Invalid handle");
  nlv_answer_clear (&answer);
  nlv_network_unref (network);
}

/* A chain is found by its block, but tells its discipline. */
static void
test_chains (void)
{
  static const guint8 clsact[] = { 11, 0, TCA_KIND, 0, 'c', 'l', 's', 'a', 'c', 't', 0, 0 };
  const struct tcmsg qdisc = { .tcm_ifindex = 2, .tcm_handle = TC_H_MAJ (TC_H_CLSACT), .tcm_parent = TC_H_CLSACT };
  const struct tcmsg chain = { .tcm_ifindex = 2, .tcm_parent = TC_H_MAKE (TC_H_CLSACT, TC_H_MIN_EGRESS) };
  NlvNetwork *network = network_with ("veth");
  guint8 body[sizeof qdisc + sizeof clsact];
  guint n, datagrams;
  NlvAnswer answer;

  memcpy (body, &qdisc, sizeof qdisc);
  memcpy (body + sizeof qdisc, clsact, sizeof clsact);
  add_object (network, RTM_NEWQDISC, body, sizeof body);
  add_object (network, RTM_NEWCHAIN, &chain, sizeof chain);

  Request request = make_traffic (RTM_GETCHAIN, NLM_F_DUMP, 0, TC_H_MAKE (TC_H_CLSACT, TC_H_MIN_INGRESS), 0);
  g_assert_cmpint (run_dump (network, &somebody, &request, 3776, &n, &datagrams), ==, 0);
  g_assert_cmpuint (n, ==, 0);
  request = make_traffic (RTM_GETCHAIN, NLM_F_DUMP, 0, chain.tcm_parent, 0);
  g_assert_cmpint (run_dump (network, &somebody, &request, 3776, &n, &datagrams), ==, 0);
  g_assert_cmpuint (n, ==, 1);
  request = make_traffic (RTM_GETCHAIN, 0, 0, chain.tcm_parent, 0);
  g_assert_cmpint (ask (network, &somebody, &request, &answer), ==, 0);
  struct tcmsg told;
  memcpy (&told, (const guint8 *) g_bytes_get_data (answer.reply, NULL) + NLMSG_HDRLEN, sizeof told);
  g_assert_cmphex (told.tcm_parent, ==, TC_H_MAJ (TC_H_CLSACT));
  nlv_answer_clear (&answer);
  nlv_network_unref (network);
}

/* A bridge of which nothing was recorded has no groups and has counted nothing. */
static void
test_plain_bridge (void)
{
  NlvNetwork *network = network_with ("bridge");
  Request request = make (RTM_GETMDB, NLM_F_DUMP, AF_BRIDGE, 8);
  struct if_stats_msg stats = { .ifindex = 2,
                                .filter_mask = IFLA_STATS_FILTER_BIT (IFLA_STATS_LINK_XSTATS) |
                                               IFLA_STATS_FILTER_BIT (IFLA_STATS_LINK_XSTATS_SLAVE) };
  guint n, datagrams;
  NlvAnswer answer;

  g_assert_cmpint (run_dump (network, &somebody, &request, 3776, &n, &datagrams), ==, 0);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (datagrams, ==, 1);
  request = make (RTM_GETSTATS, 0, 0, sizeof stats);
  memcpy (request.body, &stats, sizeof stats);
  g_assert_cmpint (ask (network, &somebody, &request, &answer), ==, 0);
  g_assert_cmpuint (g_bytes_get_size (answer.reply), ==, 280);
  nlv_answer_clear (&answer);
  nlv_network_unref (network);
}

/* Routes of IPv4 multicast, of which there can be none. */
static void
test_multicast_routes (void)
{
  static const struct
  {
    guint16 type;
    guint8 length, protocol;
    guint32 link, table;
    guint16 way; /* its length */
    int error;
  } cases[] = {
    { RTM_NEWROUTE, 32, RTPROT_STATIC, 0, 0, 0, -ENFILE },
    { RTM_NEWROUTE, 32, RTPROT_MROUTED, 1, RT_TABLE_DEFAULT, 8, -ENFILE },
    { RTM_DELROUTE, 32, RTPROT_STATIC, 1, 0, 8, -ENOENT },
    { RTM_NEWROUTE, 24, RTPROT_STATIC, 0, 0, 0, -EINVAL },
    { RTM_NEWROUTE, 32, RTPROT_BOOT, 0, 0, 0, -EINVAL },
    { RTM_NEWROUTE, 32, RTPROT_STATIC, 7, RT_TABLE_MAIN, 9, -ENODEV },
    { RTM_NEWROUTE, 32, RTPROT_STATIC, 1, RT_TABLE_MAIN, 9, -EINVAL },
    { RTM_NEWROUTE, 32, RTPROT_STATIC, 1, RT_TABLE_MAIN, 8, -ENOENT },
  };
  const NlvCaller admin = { .port = 77, .admin = TRUE, .writable = TRUE };
  NlvNetwork *network = nlv_network_new_loopback ();
  Request request = make (RTM_NEWROUTE, 0, RTNL_FAMILY_IPMR, 8);
  NlvAnswer answer;

  g_assert_cmpint (ask (network, &admin, &request, &answer), ==, -EINVAL);
  g_assert_null (answer.extack.message);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const struct rtmsg header = { .rtm_family = RTNL_FAMILY_IPMR,
                                    .rtm_dst_len = cases[i].length,
                                    .rtm_protocol = cases[i].protocol,
                                    .rtm_type = RTN_MULTICAST };
      const struct rtnexthop way = { .rtnh_len = cases[i].way };

      request = make (cases[i].type, 0, RTNL_FAMILY_IPMR, sizeof header);
      memcpy (request.body, &header, sizeof header);
      if (cases[i].link != 0)
        add_attr (&request, RTA_IIF, &cases[i].link, sizeof cases[i].link);
      if (cases[i].way != 0)
        add_attr (&request, RTA_MULTIPATH, &way, sizeof way);
      if (cases[i].table != 0)
        add_attr (&request, RTA_TABLE, &cases[i].table, sizeof cases[i].table);
      g_assert_cmpint (ask (network, &admin, &request, &answer), ==, cases[i].error);
    }
  nlv_network_unref (network);
}

/* What nobody can change is refused in the kernel's words, as far as they go. */
static void
test_refused_changes (void)
{
  static const struct
  {
    guint16 type, flags;
    guint8 family;
    gint32 numbers[4]; /* behind the first four bytes: link, handle, parent, info of a struct tcmsg */
    int error;
    const char *words;
  } cases[] = {
    { RTM_NEWQDISC, 0, 0, { 9, 0, 0, 0 }, -ENODEV, NULL },
    { RTM_NEWQDISC, 0, 0, { 1, 0, 0, 0 }, -EINVAL, "Handle cannot be zero" },
    { RTM_NEWQDISC, 0, 0, { 1, 0x10000, 0, 0 }, -ENOENT, "Specified qdisc not found" },
    { RTM_NEWQDISC, 0, 0, { 1, 0, 0x10000, 0 }, -ENOENT, "Failed to find specified qdisc" },
    { RTM_NEWQDISC, 0, 0, { 1, 0x10001, -1, 0 }, -EINVAL, "Invalid minor handle" },
    { RTM_NEWQDISC, 0, 0, { 1, 0, -1, 0 }, -ENOENT, "Qdisc not found. To create specify NLM_F_CREATE flag" },
    { RTM_NEWQDISC, NLM_F_CREATE, 0, { 1, 0, -1, 0 }, -ENOENT, "Specified qdisc kind is unknown" },
    { RTM_DELQDISC, 0, 0, { 1, 0, -1, 0 }, -ENOENT, "Cannot delete qdisc with handle of zero" },
    { RTM_DELQDISC, NLM_F_BULK, 0, { 1, 0, -1, 0 }, -EOPNOTSUPP, "Bulk delete is not supported" },
    { RTM_NEWTCLASS, NLM_F_CREATE, 0, { 1, 0x10000, 0, 0 }, -ENOENT, NULL },
    { RTM_NEWTFILTER, 0, 0, { 1, 0, 0, 0 }, -ENOENT, "Invalid filter command with priority of zero" },
    { RTM_NEWTFILTER, NLM_F_CREATE, 0, { 1, 0, 0, 0 }, -EINVAL, "Qdisc not classful" },
    { RTM_DELTFILTER, 0, 0, { 1, 5, 0, 0 }, -ENOENT, "Cannot flush filters with protocol, handle or kind set" },
    { RTM_NEWCHAIN, 0, 0, { 1, 0, 0x10000, 0 }, -EINVAL, "Parent Qdisc doesn't exists" },
    { RTM_NEWACTION, 0, 0, { 0, 0, 0, 0 }, -EINVAL, "Netlink action attributes missing" },
    { RTM_NEWMDB, 0, AF_BRIDGE, { 0, 0, 0, 0 }, -EINVAL, "Invalid ifindex" },
    { RTM_NEWMDB, 0, AF_BRIDGE, { 1, 0, 0, 0 }, -EINVAL, "Missing MDBA_SET_ENTRY attribute" },
    { RTM_NEWNSID, 0, 0, { 0, 0, 0, 0 }, -EINVAL, "nsid is missing" },
    { RTM_NEWTUNNEL, 0, AF_BRIDGE, { 9, 0, 0, 0 }, -ENODEV, NULL },
    { RTM_NEWTUNNEL, 0, AF_BRIDGE, { 1, 0, 0, 0 }, -EINVAL, "vxlan: The device is not a vxlan device" },
  };
  const NlvCaller admin = { .port = 77, .admin = TRUE, .writable = TRUE };
  NlvNetwork *network = nlv_network_new_loopback ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize size = cases[i].family == AF_BRIDGE ? 8 : sizeof (struct tcmsg);
      Request request = make (cases[i].type, cases[i].flags, cases[i].family, size);
      NlvAnswer answer;

      memcpy (request.body + 4, cases[i].numbers, size - 4);
      g_assert_cmpint (ask (network, &admin, &request, &answer), ==, cases[i].error);
      if (cases[i].words != NULL)
        g_assert_cmpstr (answer.extack.message, ==, cases[i].words);
    }
  nlv_network_unref (network);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtnetlink/order-of-checks", test_order_of_checks);
  g_test_add_func ("/rtnetlink/dumps", test_dumps);
  g_test_add_func ("/rtnetlink/neighbor-tables-in-parts", test_neighbor_tables_in_parts);
  g_test_add_func ("/rtnetlink/no-room", test_no_room);
  g_test_add_func ("/rtnetlink/unknown-rule-family", test_unknown_rule_family);
  g_test_add_func ("/rtnetlink/strict", test_strict);
  g_test_add_func ("/rtnetlink/getlink", test_getlink);
  g_test_add_func ("/rtnetlink/getroute", test_getroute);
  g_test_add_func ("/rtnetlink/interrupted", test_interrupted);
  g_test_add_func ("/rtnetlink/reserved-bit", test_reserved_bit);
  g_test_add_func ("/rtnetlink/qdisc-is-notified", test_qdisc_is_notified);
  g_test_add_func ("/rtnetlink/chains", test_chains);
  g_test_add_func ("/rtnetlink/plain-bridge", test_plain_bridge);
  g_test_add_func ("/rtnetlink/multicast-routes", test_multicast_routes);
  g_test_add_func ("/rtnetlink/refused-changes", test_refused_changes);
  return g_test_run ();
}
