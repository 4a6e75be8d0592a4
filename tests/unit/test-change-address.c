/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* IPv4 addresses that are added and removed, what becomes of routes with them
 * and with their links, and what is told of it. That the kernel tells the same is
 * asked in tests/oracle. */
#include "model/change.h"
#include "model/device/consequences.h"
#include "model/device/device.h"
#include "model/fib.h"
#include "model/link-settings.h"
#include "model/rtnetlink/rtnetlink.h"
#include "model/timer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <string.h>

#define PORT 77
#define SEQ 5

typedef struct
{
  NlvNetwork *network;
  NlvLink *link, *other;
  GString *heard; /* one word and what it is about for each event */
  guint64 now;
} Fixture;

/* --- what is told ------------------------------------------------------------------ */

static gboolean
listens (gpointer owner, guint group)
{
  return group == RTNLGRP_IPV4_IFADDR || group == RTNLGRP_IPV4_ROUTE || group == RTNLGRP_IPV4_NETCONF;
}

/* "+a10.0.0.1/24s" is a secondary address that came, and "-r10.0.0.0/24" a route
 * that went; "!" is behind what bears the request's seq and port. */
static void
hear (gpointer owner, const NlvEvent *event)
{
  Fixture *fixture = owner;
  NlvSpan rest = event->message, attrs;
  char text[INET_ADDRSTRLEN] = "0.0.0.0";
  NlvMessage message;
  NlvAttr attr;

  g_assert_true (nlv_message_next (&rest, &message));
  guint16 type = message.header.nlmsg_type;
  const guint8 *header = nlv_message_payload (&message).data;
  gboolean is_address = type == RTM_NEWADDR || type == RTM_DELADDR;
  gboolean is_route = type == RTM_NEWROUTE || type == RTM_DELROUTE;

  if (!is_address && !is_route)
    {
      g_string_append_printf (fixture->heard, "%cn ", type == RTM_NEWNETCONF ? '+' : '-');
      return;
    }
  attrs =
    nlv_span_from (nlv_message_payload (&message), is_address ? sizeof (struct ifaddrmsg) : sizeof (struct rtmsg));
  while (nlv_attr_next (&attrs, &attr))
    if (attr.type == (is_address ? (guint16) IFA_LOCAL : (guint16) RTA_DST))
      inet_ntop (AF_INET, attr.payload.data, text, sizeof text);
  g_string_append_printf (fixture->heard, "%c%c%s/%u", type == RTM_NEWADDR || type == RTM_NEWROUTE ? '+' : '-',
                          is_address ? 'a' : 'r', text, header[1]);
  if (is_address && (header[2] & IFA_F_SECONDARY) != 0)
    g_string_append_c (fixture->heard, 's');
  if (is_address && (header[2] & IFA_F_DEPRECATED) != 0)
    g_string_append_c (fixture->heard, 'd');
  if (message.header.nlmsg_seq == SEQ && message.header.nlmsg_pid == PORT)
    g_string_append_c (fixture->heard, '!');
  else
    g_assert_cmpuint (message.header.nlmsg_seq | message.header.nlmsg_pid, ==, 0);
  g_string_append_c (fixture->heard, ' ');
}

static const NlvObserver observer = { .listens = listens, .event = hear };

#define assert_heard(fixture, words)                                                                                   \
  {                                                                                                                    \
    g_assert_cmpstr ((fixture)->heard->str, ==, words);                                                                \
    g_string_truncate ((fixture)->heard, 0);                                                                           \
  }

/* --- a network of two links --------------------------------------------------------- */

static NlvLink *
add_link (NlvNetwork *network, guint32 index, const char *name)
{
  NlvLink link;

  nlv_link_init_like_kernel (&link, name, "veth");
  link.index = index;
  nlv_link_set_up (&link, TRUE, TRUE);
  return nlv_network_add_link (network, &link);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->network = nlv_network_new ();
  fixture->link = add_link (fixture->network, 2, "eth0");
  fixture->other = add_link (fixture->network, 3, "eth1");
  nlv_network_add_default_rules (fixture->network);
  fixture->heard = g_string_new (NULL);
  fixture->now = 1000;
  nlv_network_add_observer (fixture->network, &observer, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  nlv_network_remove_observer (fixture->network, &observer, fixture);
  nlv_network_unref (fixture->network);
  g_string_free (fixture->heard, TRUE);
}

static NlvChange
begin (Fixture *fixture)
{
  NlvChange change;

  nlv_change_init (&change, fixture->network, fixture->now);
  return change;
}

/* --- requests ------------------------------------------------------------------------- */

typedef struct
{
  struct nlmsghdr header;
  struct ifaddrmsg body;
  guint8 attrs[128];
} Request;

static void
put (Request *request, guint16 type, gconstpointer payload, gsize len)
{
  struct nlattr header = { .nla_len = (guint16) (sizeof header + len), .nla_type = type };
  guint8 *at = (guint8 *) request + request->header.nlmsg_len;

  memcpy (at, &header, sizeof header);
  memcpy (at + sizeof header, payload, len);
  request->header.nlmsg_len += NLA_ALIGN (header.nla_len);
}

static Request
make (guint16 type, guint16 flags, guint32 link, const char *address, guint8 length)
{
  Request request = { .header = { .nlmsg_len = NLMSG_LENGTH (sizeof request.body),
                                  .nlmsg_type = type,
                                  .nlmsg_flags = NLM_F_REQUEST | flags,
                                  .nlmsg_seq = SEQ },
                      .body = { .ifa_family = AF_INET, .ifa_prefixlen = length, .ifa_index = link } };
  struct in_addr ip;

  if (address != NULL)
    {
      g_assert_cmpint (inet_pton (AF_INET, address, &ip), ==, 1);
      put (&request, IFA_LOCAL, &ip, sizeof ip);
      put (&request, IFA_ADDRESS, &ip, sizeof ip);
    }
  return request;
}

static int
ask (Fixture *fixture, const Request *request, const char **words)
{
  const NlvCaller caller = { .port = PORT, .admin = TRUE, .writable = TRUE, .now = fixture->now };
  NlvSpan rest = nlv_span (request, request->header.nlmsg_len);
  NlvMessage message;
  NlvAnswer answer;
  int error;

  g_assert_true (nlv_message_next (&rest, &message));
  error = nlv_rtnetlink_request (fixture->network, &caller, &message, &answer);
  if (words != NULL)
    *words = answer.extack.message;
  nlv_answer_clear (&answer);
  return error;
}

static void
add (Fixture *fixture, const char *address, guint8 length)
{
  Request request = make (RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, fixture->link->index, address, length);

  g_assert_cmpint (ask (fixture, &request, NULL), ==, 0);
}

static void
remove_address (Fixture *fixture, const char *address, guint8 length)
{
  Request request = make (RTM_DELADDR, 0, fixture->link->index, address, length);

  g_assert_cmpint (ask (fixture, &request, NULL), ==, 0);
}

/* --- addresses ------------------------------------------------------------------------ */

static void
test_add (Fixture *fixture, gconstpointer data)
{
  add (fixture, "10.0.0.1", 24);
  assert_heard (fixture, "+a10.0.0.1/24! +r10.0.0.1/32 +r10.0.0.0/24 +r10.0.0.255/32 ");
  add (fixture, "10.0.0.2", 24);
  assert_heard (fixture, "+a10.0.0.2/24s! +r10.0.0.2/32 ");
  add (fixture, "10.0.1.1", 32);
  assert_heard (fixture, "+a10.0.1.1/32! +r10.0.1.1/32 ");
  add (fixture, "10.0.2.1", 31);
  assert_heard (fixture, "+a10.0.2.1/31! +r10.0.2.1/32 +r10.0.2.0/31 ");
  /* Never the source of a route. */
  add (fixture, "224.1.2.3", 24);
  assert_heard (fixture, "+a224.1.2.3/24! +r224.1.2.3/32 ");
  add (fixture, "0.0.0.0", 24);
  assert_heard (fixture, "");
  g_assert_cmpuint (nlv_network_get_n_addresses (fixture->network), ==, 5);
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  const struct ifa_cacheinfo wrong = { .ifa_prefered = 20, .ifa_valid = 10 };
  const char *words;
  Request request = make (RTM_NEWADDR, 0, 2, "10.0.0.1", 33);

  g_assert_cmpint (ask (fixture, &request, &words), ==, -EINVAL);
  g_assert_cmpstr (words, ==, "ipv4: Invalid prefix length");
  request = make (RTM_NEWADDR, 0, 2, NULL, 24);
  g_assert_cmpint (ask (fixture, &request, &words), ==, -EINVAL);
  g_assert_cmpstr (words, ==, "ipv4: Local address is not supplied");
  request = make (RTM_NEWADDR, 0, 2, "10.0.0.1", 24);
  put (&request, IFA_CACHEINFO, &wrong, sizeof wrong);
  g_assert_cmpint (ask (fixture, &request, &words), ==, -EINVAL);
  g_assert_cmpstr (words, ==, "ipv4: address lifetime invalid");
  request = make (RTM_NEWADDR, 0, 9, "10.0.0.1", 24);
  g_assert_cmpint (ask (fixture, &request, &words), ==, -ENODEV);
  g_assert_cmpstr (words, ==, "ipv4: Device not found");
  request = make (RTM_DELADDR, 0, 2, "10.0.0.1", 24);
  g_assert_cmpint (ask (fixture, &request, &words), ==, -EADDRNOTAVAIL);
  g_assert_cmpstr (words, ==, "ipv4: Address not found");
  assert_heard (fixture, "");

  add (fixture, "10.0.0.1", 24);
  g_string_truncate (fixture->heard, 0);
  request = make (RTM_NEWADDR, NLM_F_CREATE, 2, "10.0.0.1", 24);
  g_assert_cmpint (ask (fixture, &request, &words), ==, -EEXIST);
  g_assert_cmpstr (words, ==, "ipv4: Address already assigned");
  request = make (RTM_NEWADDR, 0, 2, "10.0.0.2", 24);
  request.body.ifa_scope = RT_SCOPE_LINK;
  g_assert_cmpint (ask (fixture, &request, &words), ==, -EINVAL);
  g_assert_cmpstr (words, ==, "ipv4: Invalid scope value");
  assert_heard (fixture, "");
}

static void
test_replace (Fixture *fixture, gconstpointer data)
{
  const guint32 metric = 9;
  Request request = make (RTM_NEWADDR, NLM_F_REPLACE, 2, "10.0.0.1", 24);

  add (fixture, "10.0.0.1", 24);
  g_string_truncate (fixture->heard, 0);
  put (&request, IFA_RT_PRIORITY, &metric, sizeof metric);
  g_assert_cmpint (ask (fixture, &request, NULL), ==, 0);
  assert_heard (fixture, "+r10.0.0.0/24 -r10.0.0.0/24 +a10.0.0.1/24! ");
  g_assert_cmpint (ask (fixture, &request, NULL), ==, 0);
  assert_heard (fixture, "+a10.0.0.1/24! ");
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  add (fixture, "10.0.0.1", 24);
  add (fixture, "10.0.0.2", 24);
  add (fixture, "10.0.0.3", 25);
  g_string_truncate (fixture->heard, 0);
  remove_address (fixture, "10.0.0.1", 24);
  assert_heard (fixture, "-a10.0.0.2/24s! -r10.0.0.2/32 "
                         "-a10.0.0.1/24! -r10.0.0.0/24 -r10.0.0.255/32 -r10.0.0.1/32 ");
  remove_address (fixture, "10.0.0.3", 25);
  assert_heard (fixture, "-a10.0.0.3/25! -r10.0.0.0/25 -r10.0.0.127/32 -r10.0.0.3/32 ");
  g_assert_cmpuint (nlv_network_get_n_routes (fixture->network), ==, 0);
}

/* A route goes only when no other address of the link needs it. */
static void
test_shared_routes (Fixture *fixture, gconstpointer data)
{
  add (fixture, "10.0.0.1", 24);
  add (fixture, "10.0.0.1", 25);
  g_string_truncate (fixture->heard, 0);
  remove_address (fixture, "10.0.0.1", 24);
  assert_heard (fixture, "-a10.0.0.1/24! -r10.0.0.0/24 -r10.0.0.255/32 ");
  remove_address (fixture, "10.0.0.1", 25);
  assert_heard (fixture, "-a10.0.0.1/25! -r10.0.0.0/25 -r10.0.0.127/32 -r10.0.0.1/32 ");
}

static void
test_promote (Fixture *fixture, gconstpointer data)
{
  static const char *const order[] = { "10.0.9.1", "10.0.0.2", "10.0.0.3" };

  nlv_link_set_setting (fixture->link, NLV_LINK_IPV4, 19, 1);
  add (fixture, "10.0.0.1", 24);
  add (fixture, "10.0.0.2", 24);
  add (fixture, "10.0.9.1", 24);
  add (fixture, "10.0.0.3", 24);
  g_string_truncate (fixture->heard, 0);
  remove_address (fixture, "10.0.0.1", 24);
  assert_heard (fixture, "-r10.0.0.2/32 -r10.0.0.3/32 -a10.0.0.1/24! -r10.0.0.0/24 -r10.0.0.255/32 -r10.0.0.1/32 "
                         "+a10.0.0.2/24! +r10.0.0.2/32 +r10.0.0.0/24 +r10.0.0.255/32 +r10.0.0.3/32 ");
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      const NlvAddress *address = nlv_network_get_address (fixture->network, i);

      g_assert_cmpuint (address->local.v4, ==, inet_addr (order[i]));
      g_assert_cmpuint (address->flags & IFA_F_SECONDARY, ==, i == 2 ? IFA_F_SECONDARY : 0);
    }
}

static void
test_lifetimes (Fixture *fixture, gconstpointer data)
{
  const struct ifa_cacheinfo info = { .ifa_prefered = 10, .ifa_valid = 20 };
  Request request = make (RTM_NEWADDR, 0, 2, "10.0.0.1", 32);

  put (&request, IFA_CACHEINFO, &info, sizeof info);
  g_assert_cmpint (ask (fixture, &request, NULL), ==, 0);
  assert_heard (fixture, "+a10.0.0.1/32! +r10.0.0.1/32 ");
  nlv_network_run_timers (fixture->network, fixture->now);
  g_assert_cmpuint (nlv_network_get_deadline (fixture->network), ==, fixture->now + 1000);
  nlv_network_run_timers (fixture->network, fixture->now + 900);
  assert_heard (fixture, "");
  nlv_network_run_timers (fixture->network, fixture->now + 1000);
  assert_heard (fixture, "+a10.0.0.1/32d ");
  g_assert_cmpuint (nlv_network_get_deadline (fixture->network), ==, fixture->now + 2000);
  nlv_network_run_timers (fixture->network, fixture->now + 2000);
  assert_heard (fixture, "-a10.0.0.1/32d -r10.0.0.1/32 ");
  g_assert_cmpuint (nlv_network_get_deadline (fixture->network), ==, G_MAXUINT64);
}

/* A primary address takes its secondary ones with it, whose time is not over. */
static void
test_end_of_primary (Fixture *fixture, gconstpointer data)
{
  const struct ifa_cacheinfo soon = { .ifa_prefered = 1, .ifa_valid = 1 }, late = { .ifa_prefered = 5, .ifa_valid = 5 };
  Request request = make (RTM_NEWADDR, 0, 2, "10.0.0.1", 24);

  put (&request, IFA_CACHEINFO, &soon, sizeof soon);
  g_assert_cmpint (ask (fixture, &request, NULL), ==, 0);
  request = make (RTM_NEWADDR, 0, 2, "10.0.0.2", 24);
  put (&request, IFA_CACHEINFO, &late, sizeof late);
  g_assert_cmpint (ask (fixture, &request, NULL), ==, 0);
  nlv_network_run_timers (fixture->network, fixture->now);
  nlv_network_run_timers (fixture->network, fixture->now + 100);
  g_assert_cmpuint (nlv_network_get_n_addresses (fixture->network), ==, 0);
}

/* --- links ------------------------------------------------------------------------------ */

/* What a person routes over a gateway that each link can reach. */
static void
add_route (Fixture *fixture, const char *destination, const char *source, guint32 link, guint32 other)
{
  NlvRoute route = { .family = AF_INET,
                     .type = RTN_UNICAST,
                     .protocol = RTPROT_STATIC,
                     .table = RT_TABLE_MAIN,
                     .destination.v4 = inet_addr (destination),
                     .destination_length = 16,
                     .n_nexthops = other != 0 ? 2 : 1,
                     .nexthops = g_new0 (NlvNexthop, 2) };

  route.has_preferred_source = source != NULL;
  if (source != NULL)
    route.preferred_source.v4 = inet_addr (source);
  for (guint i = 0; i < route.n_nexthops; i++)
    route.nexthops[i] = (NlvNexthop){ .link = i == 0 ? link : other,
                                      .gateway_family = AF_INET,
                                      .gateway.v4 = inet_addr (i == 0 ? "10.0.0.9" : "10.1.0.9") };
  g_assert_true (nlv_network_add_route (fixture->network, &route));
}

/* The flags of a route's ways, or -1. */
static int
ways_of (Fixture *fixture, const char *destination)
{
  NlvIp ip = { .v4 = inet_addr (destination) };
  NlvFibCursor cursor;
  const NlvRoute *route;
  int flags = 0;

  nlv_fib_cursor_init_prefix (&cursor, AF_INET, RT_TABLE_MAIN, &ip, 16);
  route = nlv_fib_next (nlv_network_get_fib (fixture->network), &cursor);
  if (route == NULL)
    return -1;
  for (guint i = 0; i < route->n_nexthops; i++)
    flags |= route->nexthops[i].flags << 8 * i;
  return flags;
}

static void
test_down_and_up (Fixture *fixture, gconstpointer data)
{
  NlvChange change = begin (fixture);
  const int dead = RTNH_F_DEAD | RTNH_F_LINKDOWN;

  add (fixture, "10.0.0.1", 24);
  add_route (fixture, "10.7.0.0", NULL, 2, 0);
  add_route (fixture, "10.8.0.0", NULL, 2, 3);
  g_string_truncate (fixture->heard, 0);
  /* The local route stays, and nothing is said of those that go. */
  nlv_link_change_flags (&change, fixture->link, 0, IFF_UP);
  assert_heard (fixture, "");
  g_assert_cmpint (ways_of (fixture, "10.7.0.0"), ==, -1);
  g_assert_cmpint (ways_of (fixture, "10.8.0.0"), ==, dead);
  g_assert_cmpuint (nlv_network_get_n_routes (fixture->network), ==, 2);
  nlv_link_change_flags (&change, fixture->other, 0, IFF_UP);
  g_assert_cmpint (ways_of (fixture, "10.8.0.0"), ==, -1);
  nlv_link_change_flags (&change, fixture->link, IFF_UP, IFF_UP);
  assert_heard (fixture, "+r10.0.0.0/24 +r10.0.0.255/32 ");
}

static void
test_carrier (Fixture *fixture, gconstpointer data)
{
  NlvChange change = begin (fixture);

  add_route (fixture, "10.7.0.0", NULL, 2, 0);
  add_route (fixture, "10.8.0.0", NULL, 2, 3);
  nlv_link_set_carrier (&change, fixture->link, FALSE);
  nlv_link_watch_run (&change);
  g_assert_cmpint (ways_of (fixture, "10.7.0.0"), ==, RTNH_F_LINKDOWN);
  g_assert_cmpint (ways_of (fixture, "10.8.0.0"), ==, RTNH_F_LINKDOWN);
  nlv_link_set_carrier (&change, fixture->link, TRUE);
  nlv_link_watch_run (&change);
  g_assert_cmpint (ways_of (fixture, "10.7.0.0"), ==, 0);
  /* ignore_routes_with_linkdown shows a way without carrier as dead. */
  nlv_link_set_setting (fixture->link, NLV_LINK_IPV4, 28, 1);
  nlv_link_set_carrier (&change, fixture->link, FALSE);
  nlv_link_watch_run (&change);
  g_assert_cmpint (ways_of (fixture, "10.7.0.0"), ==, RTNH_F_LINKDOWN | RTNH_F_DEAD);
  nlv_link_set_carrier (&change, fixture->link, TRUE);
  nlv_link_watch_run (&change);
  g_assert_cmpint (ways_of (fixture, "10.7.0.0"), ==, 0);
}

static void
test_preferred_source (Fixture *fixture, gconstpointer data)
{
  add (fixture, "10.0.0.1", 24);
  add (fixture, "10.0.1.1", 24);
  add_route (fixture, "10.7.0.0", "10.0.0.1", 3, 0);
  add_route (fixture, "10.8.0.0", "10.0.1.1", 3, 0);
  g_string_truncate (fixture->heard, 0);
  remove_address (fixture, "10.0.0.1", 24);
  assert_heard (fixture, "-a10.0.0.1/24! -r10.0.0.0/24 -r10.0.0.255/32 -r10.0.0.1/32 -r10.7.0.0/16 ");
  g_assert_cmpint (ways_of (fixture, "10.8.0.0"), ==, 0);
}

/* Without an address the link routes nothing. */
static void
test_last_address (Fixture *fixture, gconstpointer data)
{
  add (fixture, "10.0.0.1", 24);
  add_route (fixture, "10.7.0.0", NULL, 2, 0);
  add_route (fixture, "10.8.0.0", NULL, 3, 0);
  g_string_truncate (fixture->heard, 0);
  remove_address (fixture, "10.0.0.1", 24);
  assert_heard (fixture, "-a10.0.0.1/24! -r10.0.0.0/24 -r10.0.0.255/32 -r10.0.0.1/32 ");
  g_assert_cmpint (ways_of (fixture, "10.7.0.0"), ==, -1);
  g_assert_cmpint (ways_of (fixture, "10.8.0.0"), ==, 0);
}

static void
test_unregister (Fixture *fixture, gconstpointer data)
{
  NlvChange change = begin (fixture);

  add (fixture, "10.0.0.1", 24);
  add (fixture, "10.0.0.2", 24);
  add_route (fixture, "10.8.0.0", NULL, 3, 2);
  g_string_truncate (fixture->heard, 0);
  nlv_netdev_notify (&change, fixture->link, NLV_NETDEV_UNREGISTER);
  assert_heard (fixture, "-a10.0.0.1/24 -r10.0.0.0/24 -r10.0.0.255/32 -r10.0.0.1/32 -a10.0.0.2/24s -n ");
  g_assert_cmpuint (nlv_network_get_n_routes (fixture->network), ==, 0);
  g_assert_cmpuint (nlv_network_get_n_addresses (fixture->network), ==, 0);
}

static void
test_mtu (Fixture *fixture, gconstpointer data)
{
  NlvChange change = begin (fixture);

  add (fixture, "10.0.1.1", 32);
  g_string_truncate (fixture->heard, 0);
  change.old_mtu = fixture->link->mtu;
  fixture->link->mtu = 67;
  nlv_netdev_notify (&change, fixture->link, NLV_NETDEV_CHANGE_MTU);
  assert_heard (fixture, "-a10.0.1.1/32 -r10.0.1.1/32 -n ");
  Request request = make (RTM_NEWADDR, 0, 2, "10.0.0.1", 32);
  g_assert_cmpint (ask (fixture, &request, NULL), ==, -ENOBUFS);
  change.old_mtu = 67;
  fixture->link->mtu = 68;
  nlv_netdev_notify (&change, fixture->link, NLV_NETDEV_CHANGE_MTU);
  assert_heard (fixture, "+n ");
  add (fixture, "10.0.0.1", 32);
}

static void
test_labels (Fixture *fixture, gconstpointer data)
{
  static const char *const before[] = { "eth0", "eth0:one", "plain" };
  static const char *const after[] = { "averylongname0", "averylongna:one", "averylongname:3" };
  NlvChange change = begin (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    {
      g_autofree char *address = g_strdup_printf ("10.0.%u.1", i);
      Request request = make (RTM_NEWADDR, 0, 2, address, 32);

      put (&request, IFA_LABEL, before[i], strlen (before[i]) + 1);
      g_assert_cmpint (ask (fixture, &request, NULL), ==, 0);
    }
  g_string_truncate (fixture->heard, 0);
  g_assert_true (nlv_network_rename_link (fixture->network, fixture->link, "averylongname0"));
  nlv_netdev_notify (&change, fixture->link, NLV_NETDEV_CHANGE_NAME);
  assert_heard (fixture, "+a10.0.0.1/32 +a10.0.1.1/32 +a10.0.2.1/32 -n +n ");
  for (guint i = 0; i < G_N_ELEMENTS (after); i++)
    g_assert_cmpstr (nlv_network_get_address (fixture->network, i)->label, ==, after[i]);
}

/* --- groups ------------------------------------------------------------------------------- */

/* Whether the link lets in what is sent to 224.0.0.1. */
static gboolean
lets_in (Fixture *fixture, const NlvLink *link)
{
  NlvNeighbor entry = { .family = AF_BRIDGE,
                        .flags = NTF_SELF,
                        .link = link->index,
                        .address_length = 6,
                        .address = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 } };

  return nlv_network_find_neighbor (fixture->network, &entry) != NULL;
}

static void
set_link_up (Fixture *fixture, NlvLink *link, gboolean up)
{
  NlvChange change = begin (fixture);

  g_assert_cmpint (nlv_link_change_flags (&change, link, up ? IFF_UP : 0, IFF_UP), ==, 0);
}

static void
test_filter (Fixture *fixture, gconstpointer data)
{
  set_link_up (fixture, fixture->link, FALSE);
  g_assert_false (lets_in (fixture, fixture->link));
  set_link_up (fixture, fixture->link, TRUE);
  g_assert_true (lets_in (fixture, fixture->link));
  set_link_up (fixture, fixture->link, FALSE);
  g_assert_false (lets_in (fixture, fixture->link));
}

/* What is stacked on a link has it let in the same. */
static void
test_stacked_filter (Fixture *fixture, gconstpointer data)
{
  NlvLink row, *upper;

  nlv_link_init_like_kernel (&row, "mv0", "macvlan");
  row.index = 9;
  row.has_lower = TRUE;
  row.lower = fixture->link->index;
  row.address[5] = 9;
  row.kind_data = g_bytes_new_static ("\x08\x00\x01\x00\x04\x00\x00\x00", 8); /* MACVLAN_MODE_BRIDGE */
  upper = nlv_network_add_link (fixture->network, &row);
  set_link_up (fixture, fixture->link, FALSE);
  set_link_up (fixture, fixture->link, TRUE);
  set_link_up (fixture, upper, TRUE);
  g_assert_true (lets_in (fixture, upper));
  set_link_up (fixture, upper, FALSE);
  g_assert_false (lets_in (fixture, upper));
  g_assert_true (lets_in (fixture, fixture->link));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/change-address/add", test_add);
  ADD ("/change-address/refusals", test_refusals);
  ADD ("/change-address/replace", test_replace);
  ADD ("/change-address/remove", test_remove);
  ADD ("/change-address/shared-routes", test_shared_routes);
  ADD ("/change-address/promote", test_promote);
  ADD ("/change-address/lifetimes", test_lifetimes);
  ADD ("/change-address/end-of-primary", test_end_of_primary);
  ADD ("/change-address/down-and-up", test_down_and_up);
  ADD ("/change-address/carrier", test_carrier);
  ADD ("/change-address/preferred-source", test_preferred_source);
  ADD ("/change-address/last-address", test_last_address);
  ADD ("/change-address/unregister", test_unregister);
  ADD ("/change-address/mtu", test_mtu);
  ADD ("/change-address/labels", test_labels);
  ADD ("/change-address/filter", test_filter);
  ADD ("/change-address/stacked-filter", test_stacked_filter);
  return g_test_run ();
}
