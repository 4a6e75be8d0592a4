/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Requests that change a link that is there: what they are refused with, what is
 * told of them, and what the link watch tells later. The same words and events
 * are compared with the kernel's in tests/oracle. */
#include "model/change/change-link.h"
#include "model/device/consequences.h"
#include "model/timer.h"
#include "test-change-request.h"

#include <errno.h>
#include <linux/if.h>
#include <string.h>

#define PORT 77

typedef struct
{
  guint16 type;
  struct ifinfomsg header;
  guint8 state;
  guint32 seq, port;
} Heard;

typedef struct
{
  NlvNetwork *network; /* (owned) */
  GArray *heard;       /* (element-type Heard) (owned) */
  guint64 now;
  NlvAnswer answer;
} Fixture;

static gboolean
listens (gpointer owner, guint group)
{
  return group == RTNLGRP_LINK;
}

static void
hear (gpointer owner, const NlvEvent *event)
{
  Fixture *self = owner;
  NlvSpan rest = event->message;
  NlvAttr attrs[NLV_IFLA_MAX + 1];
  NlvMessage message;
  Heard heard;

  g_assert_cmpuint (event->group, ==, RTNLGRP_LINK);
  g_assert_true (nlv_message_next (&rest, &message));
  g_assert_cmpuint (rest.len, ==, 0);
  g_assert_true (nlv_request_header (&message, &heard.header, sizeof heard.header));
  g_assert_cmpint (nlv_request_attrs (&message, sizeof heard.header, attrs, NLV_IFLA_MAX, NULL, 0, NULL), ==, 0);
  heard.type = message.header.nlmsg_type;
  heard.seq = message.header.nlmsg_seq;
  heard.port = message.header.nlmsg_pid;
  heard.state = nlv_attr_u8 (&attrs[IFLA_OPERSTATE]);
  g_array_append_val (self->heard, heard);
}

static const NlvObserver observer = { .listens = listens, .event = hear };

static NlvLink *
add_link (NlvNetwork *network, guint32 index, const char *name, const char *kind, guint32 lower)
{
  NlvLink link;

  nlv_link_init_like_kernel (&link, name, kind);
  link.index = index;
  link.address[0] = 2;
  link.address[5] = (guint8) index;
  link.address_generation = IN6_ADDR_GEN_MODE_NONE; /* only what is asked for happens later */
  link.has_lower = lower != 0;
  link.lower = lower;
  return nlv_network_add_link (network, &link);
}

/* lo, a pair of veths that are down, and a dummy that is up. */
static void
fixture_init (Fixture *self)
{
  *self = (Fixture){ .network = nlv_network_new_loopback (), .now = 1000 };
  self->heard = g_array_new (FALSE, FALSE, sizeof (Heard));
  add_link (self->network, 2, "v0", "veth", 3);
  add_link (self->network, 3, "v1", "veth", 2);
  nlv_link_set_up (add_link (self->network, 4, "d0", "dummy", 0), TRUE, TRUE);
  nlv_network_tell_time (self->network, self->now);
  nlv_network_add_observer (self->network, &observer, self);
}

static void
fixture_clear (Fixture *self)
{
  nlv_answer_clear (&self->answer);
  nlv_network_remove_observer (self->network, &observer, self);
  g_array_unref (self->heard);
  nlv_network_unref (self->network);
}

static NlvLink *
get_link (Fixture *self, guint32 index)
{
  return nlv_network_find_link (self->network, index);
}

static struct ifinfomsg *
begin (NlvWriter *writer, guint16 type, guint16 flags)
{
  nlv_writer_init (writer, 1 << 16);
  return nlv_writer_begin (writer, type, NLM_F_REQUEST | flags, 5, 0, sizeof (struct ifinfomsg));
}

static int
ask (Fixture *self, NlvWriter *writer)
{
  const NlvCaller caller = { .port = PORT, .admin = TRUE, .writable = TRUE, .origin = self, .now = self->now };

  g_array_set_size (self->heard, 0);
  return test_change_ask (self->network, &caller, writer, &self->answer);
}

static int
set_flags (Fixture *self, guint32 index, guint32 flags, guint32 mask)
{
  NlvWriter writer;
  struct ifinfomsg *header = begin (&writer, RTM_NEWLINK, NLM_F_ECHO);

  header->ifi_index = (gint32) index;
  header->ifi_flags = flags;
  header->ifi_change = mask;
  return ask (self, &writer);
}

static int
set (Fixture *self, guint32 index, guint16 type, const void *value, gsize size)
{
  NlvWriter writer;
  struct ifinfomsg *header = begin (&writer, RTM_SETLINK, 0);

  header->ifi_index = (gint32) index;
  nlv_put (&writer, type, value, size);
  return ask (self, &writer);
}

static int
set_u32 (Fixture *self, guint32 index, guint16 type, guint32 value)
{
  return set (self, index, type, &value, sizeof value);
}

static int
set_u8 (Fixture *self, guint32 index, guint16 type, guint8 value)
{
  return set (self, index, type, &value, sizeof value);
}

static int
set_string (Fixture *self, guint32 index, guint16 type, const char *value)
{
  return set (self, index, type, value, strlen (value) + 1);
}

static void
run_timers (Fixture *self)
{
  g_array_set_size (self->heard, 0);
  nlv_network_run_timers (self->network, self->now);
}

static void
assert_heard (Fixture *self, guint position, guint32 index, guint32 flags, guint32 change, guint8 state)
{
  const Heard *heard = &g_array_index (self->heard, Heard, position);

  g_assert_cmpuint (position, <, self->heard->len);
  g_assert_cmpuint (heard->type, ==, RTM_NEWLINK);
  g_assert_cmpint (heard->header.ifi_index, ==, index);
  g_assert_cmphex (heard->header.ifi_flags, ==, flags);
  g_assert_cmphex (heard->header.ifi_change, ==, change);
  g_assert_cmpuint (heard->state, ==, state);
  /* Nobody's request, whoever asked for an echo. */
  g_assert_cmpuint (heard->seq, ==, 0);
  g_assert_cmpuint (heard->port, ==, 0);
}

static void
test_pair (void)
{
  const guint32 down = IFF_BROADCAST | IFF_MULTICAST, up = down | IFF_UP, running = up | IFF_RUNNING | IFF_LOWER_UP;
  Fixture self;

  fixture_init (&self);
  /* Without its peer it has no carrier, and nothing else to say. */
  g_assert_cmpint (set_flags (&self, 2, IFF_UP, IFF_UP), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 1);
  assert_heard (&self, 0, 2, up, IFF_UP, IF_OPER_LOWERLAYERDOWN);
  g_assert_cmpstr (get_link (&self, 2)->qdisc, ==, "noqueue");
  run_timers (&self);
  g_assert_cmpuint (self.heard->len, ==, 0);

  /* The carrier comes at once, what it means through the link watch. */
  g_assert_cmpint (set_flags (&self, 3, IFF_UP, IFF_UP), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 1);
  assert_heard (&self, 0, 3, up | IFF_LOWER_UP, IFF_UP, IF_OPER_LOWERLAYERDOWN);
  run_timers (&self);
  g_assert_cmpuint (self.heard->len, ==, 2);
  assert_heard (&self, 0, 3, running, 0, IF_OPER_UP);
  assert_heard (&self, 1, 2, running, 0, IF_OPER_UP);
  g_assert_cmpuint (get_link (&self, 2)->carrier_up_count, ==, 1);

  g_assert_cmpint (set_flags (&self, 3, 0, IFF_UP), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 1);
  assert_heard (&self, 0, 3, down, IFF_UP, IF_OPER_DOWN);
  run_timers (&self);
  g_assert_cmpuint (self.heard->len, ==, 1);
  assert_heard (&self, 0, 2, up, 0, IF_OPER_LOWERLAYERDOWN);
  g_assert_cmpuint (get_link (&self, 3)->carrier_down_count, ==, 2);
  fixture_clear (&self);
}

/* rfc2863_policy(): of links whose state is not shown, as they are down. */
static void
test_mode (void)
{
  const guint32 up = IFF_BROADCAST | IFF_NOARP | IFF_UP | IFF_LOWER_UP;
  Fixture self;

  fixture_init (&self);
  for (guint index = 5; index <= 6; index++)
    {
      NlvLink *link = add_link (self.network, index, index == 5 ? "d5" : "d6", "dummy", 0);

      link->carrier_up_count = 1;
      link->link_mode = index == 5 ? IF_LINK_MODE_DORMANT : IF_LINK_MODE_DEFAULT;
    }
  g_assert_cmpint (set_flags (&self, 5, IFF_UP, IFF_UP), ==, 0);
  assert_heard (&self, 0, 5, up, IFF_UP, IF_OPER_DORMANT);
  /* A mode that comes later makes nothing of it yet. */
  g_assert_cmpint (set_u8 (&self, 6, IFLA_LINKMODE, IF_LINK_MODE_DORMANT), ==, 0);
  g_assert_cmpint (set_flags (&self, 6, IFF_UP, IFF_UP), ==, 0);
  assert_heard (&self, 0, 6, up | IFF_RUNNING, IFF_UP, IF_OPER_UP);
  fixture_clear (&self);
}

static guint64
get_deadline (Fixture *self)
{
  return nlv_network_get_deadline (self->network);
}

/* A carrier that comes is looked at at once; nothing hangs on one of a dummy that goes, so that is looked at once
 * a second. */
static void
test_watch (void)
{
  const guint32 up = IFF_BROADCAST | IFF_NOARP | IFF_UP;
  Fixture self;

  fixture_init (&self);
  g_assert_cmpuint (get_deadline (&self), ==, G_MAXUINT64);
  g_assert_cmpint (set_u8 (&self, 4, IFLA_CARRIER, 0), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 0);
  g_assert_cmpuint (get_deadline (&self), ==, self.now);
  run_timers (&self);
  g_assert_cmpuint (self.heard->len, ==, 1);
  assert_heard (&self, 0, 4, up, 0, IF_OPER_DOWN);

  self.now += 10;
  g_assert_cmpint (set_u8 (&self, 4, IFLA_CARRIER, 1), ==, 0);
  g_assert_cmpuint (get_deadline (&self), ==, self.now);
  run_timers (&self);
  g_assert_cmpuint (self.heard->len, ==, 1);
  assert_heard (&self, 0, 4, up | IFF_LOWER_UP | IFF_RUNNING, 0, IF_OPER_UP);
  g_assert_cmpint (set_u8 (&self, 4, IFLA_CARRIER, 0), ==, 0);
  g_assert_cmpuint (get_deadline (&self), ==, self.now + 90);
  run_timers (&self);
  g_assert_cmpuint (self.heard->len, ==, 0);
  g_assert_cmphex (get_link (&self, 4)->flags, ==, up | IFF_RUNNING);

  /* What is urgent takes none of the others with it. */
  set_flags (&self, 2, IFF_UP, IFF_UP);
  set_flags (&self, 3, IFF_UP, IFF_UP);
  run_timers (&self);
  g_assert_cmpuint (self.heard->len, ==, 2);
  g_assert_cmpuint (get_deadline (&self), ==, self.now + 90);
  self.now += 90;
  run_timers (&self);
  g_assert_cmpuint (self.heard->len, ==, 1);
  assert_heard (&self, 0, 4, up, 0, IF_OPER_DOWN);
  fixture_clear (&self);
}

static int
add_proxy (Fixture *self, guint32 index, guint32 ip, guint16 state)
{
  NlvWriter writer;
  struct ndmsg *header;

  nlv_writer_init (&writer, 1 << 12);
  header = nlv_writer_begin (&writer, RTM_NEWNEIGH, NLM_F_REQUEST | NLM_F_CREATE, 5, 0, sizeof *header);
  header->ndm_family = AF_INET;
  header->ndm_ifindex = (gint32) index;
  header->ndm_state = state;
  header->ndm_flags = NTF_PROXY;
  nlv_put_u32 (&writer, NDA_DST, g_htonl (ip));
  return ask (self, &writer);
}

static gboolean
has_proxy (Fixture *self, guint32 index, guint32 ip)
{
  const NlvNeighbor like = { .family = AF_INET, .link = index, .proxy = TRUE, .destination.v4 = g_htonl (ip) };

  return nlv_network_find_neighbor (self->network, &like) != NULL;
}

/* Of the addresses that it answers for, those that are not permanent go with the carrier. */
static void
test_proxies (void)
{
  Fixture self;

  fixture_init (&self);
  set_flags (&self, 2, IFF_UP, IFF_UP);
  set_flags (&self, 3, IFF_UP, IFF_UP);
  run_timers (&self);
  g_assert_cmpint (add_proxy (&self, 2, 0x0a000001, NUD_PERMANENT), ==, 0);
  g_assert_cmpint (add_proxy (&self, 2, 0x0a000002, NUD_REACHABLE), ==, 0);
  g_assert_true (has_proxy (&self, 2, 0x0a000001) && has_proxy (&self, 2, 0x0a000002));
  set_flags (&self, 3, 0, IFF_UP);
  run_timers (&self);
  g_assert_true (has_proxy (&self, 2, 0x0a000001) && !has_proxy (&self, 2, 0x0a000002));
  set_flags (&self, 2, 0, IFF_UP);
  g_assert_false (has_proxy (&self, 2, 0x0a000001));
  fixture_clear (&self);
}

/* A tunnel has the carrier that a program at its other end gives it. */
static void
test_tunnel (void)
{
  Fixture self;
  NlvLink *held;

  fixture_init (&self);
  add_link (self.network, 5, "t0", "tun", 0)->carrier = FALSE;
  g_assert_cmpint (set_u8 (&self, 5, IFLA_CARRIER, 1), ==, -EPERM);
  g_assert_cmpint (set_u8 (&self, 5, IFLA_CARRIER, 0), ==, 0);
  g_assert_cmpint (set_u8 (&self, 5, IFLA_CARRIER, 1), ==, -EPERM);
  held = add_link (self.network, 6, "t1", "tun", 0);
  nlv_link_set_up (held, TRUE, TRUE);
  g_assert_cmpint (set_u8 (&self, 6, IFLA_CARRIER, 0), ==, 0);
  g_assert_false (held->carrier);
  g_assert_cmpint (set_u8 (&self, 6, IFLA_CARRIER, 1), ==, 0);
  g_assert_true (held->carrier);
  fixture_clear (&self);
}

/* A link that is asked for has been looked at. */
static void
test_watch_sync (void)
{
  NlvWriter writer;
  Fixture self;

  fixture_init (&self);
  set_u8 (&self, 4, IFLA_CARRIER, 0);
  begin (&writer, RTM_GETLINK, 0)->ifi_index = 4;
  g_assert_cmpint (ask (&self, &writer), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 1);
  g_assert_cmpuint (get_link (&self, 4)->operational_state, ==, IF_OPER_DOWN);
  run_timers (&self);
  g_assert_cmpuint (self.heard->len, ==, 0);
  fixture_clear (&self);
}

static void
test_flags (void)
{
  const guint32 up = IFF_BROADCAST | IFF_NOARP | IFF_UP | IFF_RUNNING | IFF_LOWER_UP;
  Fixture self;

  fixture_init (&self);
  g_assert_cmpint (set_flags (&self, 4, IFF_PROMISC | IFF_ALLMULTI, IFF_PROMISC | IFF_ALLMULTI), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 1);
  assert_heard (&self, 0, 4, up | IFF_PROMISC | IFF_ALLMULTI, IFF_PROMISC | IFF_ALLMULTI, IF_OPER_UNKNOWN);
  g_assert_cmpuint (get_link (&self, 4)->promiscuity, ==, 1);
  g_assert_cmpuint (get_link (&self, 4)->all_multicast, ==, 1);
  g_assert_cmpint (set_flags (&self, 4, IFF_PROMISC, IFF_PROMISC), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 0);
  /* What nobody may set is passed over. */
  g_assert_cmpint (set_flags (&self, 4, IFF_LOOPBACK | IFF_ECHO, IFF_LOOPBACK | IFF_BROADCAST | IFF_ECHO), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 0);
  /* No mask is all of it. */
  g_assert_cmpint (set_flags (&self, 4, IFF_DYNAMIC, 0), ==, 0);
  g_assert_cmphex (get_link (&self, 4)->flags, ==, IFF_BROADCAST | IFF_DYNAMIC);
  g_assert_cmpuint (get_link (&self, 4)->promiscuity, ==, 0);
  /* Without IPv6 there is no setting of it to keep. */
  g_assert_cmpint (set_u32 (&self, 4, IFLA_MTU, 1000), ==, 0);
  g_assert_cmpint (set_flags (&self, 4, IFF_NOARP, IFF_NOARP), ==, 0);
  g_assert_null (get_link (&self, 4)->settings[NLV_LINK_IPV6]);
  fixture_clear (&self);
}

static void
test_refused (void)
{
  static const struct
  {
    guint32 index;
    guint16 type;
    guint32 value;
    int error;
    const char *words;
  } cases[] = {
    { 9, IFLA_MTU, 1400, -ENODEV, NULL },
    { 2, IFLA_MTU, 67, -EINVAL, "mtu less than device minimum" },
    { 2, IFLA_MTU, 65536, -EINVAL, "mtu greater than device maximum" },
    { 2, IFLA_MTU, G_MAXUINT32, -EINVAL, "mtu less than device minimum" },
    { 2, IFLA_GSO_MAX_SIZE, 524281, -EINVAL, "too big gso_max_size" },
    { 2, IFLA_GSO_MAX_SEGS, 65536, -EINVAL, "too big gso_max_segs" },
    { 2, IFLA_GRO_MAX_SIZE, 524281, -EINVAL, "too big gro_max_size" },
    { 2, NLV_IFLA_GSO_IPV4_MAX_SIZE, 524281, -EINVAL, "too big gso_ipv4_max_size" },
    { 2, NLV_IFLA_GRO_IPV4_MAX_SIZE, 524281, -EINVAL, "too big gro_ipv4_max_size" },
    { 2, IFLA_CARRIER, 1, -EOPNOTSUPP, NULL },
    { 2, IFLA_PROTO_DOWN, 1, -EOPNOTSUPP, "Protodown not supported by device" },
    { 2, IFLA_NET_NS_PID, 0, -ESRCH, NULL },
    { 2, IFLA_NET_NS_PID, 78, -EPERM, NULL },
    { 2, IFLA_NET_NS_FD, G_MAXUINT32, -EBADF, NULL },
    { 2, IFLA_NET_NS_FD, 3, -EPERM, NULL },
    { 2, IFLA_NET_NS_PID, PORT, 0, NULL },
    { 2, IFLA_ADDRESS, 0, -EINVAL, NULL },
    { 2, IFLA_VF_PORTS, 0, -EOPNOTSUPP, NULL },
  };
  Fixture self;

  fixture_init (&self);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpint (set_u32 (&self, cases[i].index, cases[i].type, cases[i].value), ==, cases[i].error);
      g_assert_cmpstr (self.answer.extack.message, ==, cases[i].words);
      g_assert_cmpuint (self.heard->len, ==, 0);
    }
  fixture_clear (&self);
}

static int
ask_existing (Fixture *self, gint32 index, guint16 flags)
{
  NlvWriter writer;

  begin (&writer, RTM_NEWLINK, flags)->ifi_index = index;
  return ask (self, &writer);
}

static void
test_existing (void)
{
  Fixture self;

  fixture_init (&self);
  g_assert_cmpint (ask_existing (&self, 0, 0), ==, -ENODEV);
  g_assert_cmpint (ask_existing (&self, 9, 0), ==, -ENODEV);
  g_assert_cmpint (ask_existing (&self, -1, 0), ==, -EINVAL);
  g_assert_cmpstr (self.answer.extack.message, ==, "ifindex can't be negative");
  g_assert_cmpint (ask_existing (&self, 2, NLM_F_CREATE), ==, 0);
  g_assert_cmpint (ask_existing (&self, 2, NLM_F_CREATE | NLM_F_EXCL), ==, -EEXIST);
  g_assert_cmpint (ask_existing (&self, 2, NLM_F_REPLACE), ==, -EOPNOTSUPP);
  fixture_clear (&self);
}

static void
test_address (void)
{
  const guint8 good[6] = { 2, 0, 0, 0, 0, 9 }, multicast[6] = { 1, 0, 0, 0, 0, 9 }, none[6] = { 0 };
  Fixture self;

  fixture_init (&self);
  add_link (self.network, 5, "r0", "vrf", 0);
  add_link (self.network, 6, "i0", "ifb", 0);
  g_assert_cmpint (set (&self, 4, IFLA_ADDRESS, multicast, sizeof multicast), ==, -EADDRNOTAVAIL);
  g_assert_cmpint (set (&self, 4, IFLA_ADDRESS, none, sizeof none), ==, -EADDRNOTAVAIL);
  g_assert_cmpuint (self.heard->len, ==, 0);
  g_assert_cmpint (set (&self, 4, IFLA_ADDRESS, good, sizeof good), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 1);
  g_assert_cmpmem (get_link (&self, 4)->address, 6, good, 6);
  g_assert_cmpint (set (&self, 6, IFLA_ADDRESS, good, sizeof good), ==, -EOPNOTSUPP);
  g_assert_cmpint (set (&self, 5, IFLA_ADDRESS, good, sizeof good), ==, 0);
  set_flags (&self, 5, IFF_UP, IFF_UP);
  g_assert_cmpint (set (&self, 5, IFLA_ADDRESS, good, sizeof good), ==, 0);
  g_assert_cmpint (set (&self, 5, IFLA_ADDRESS, get_link (&self, 2)->address, 6), ==, -EBUSY);
  g_assert_cmpint (set (&self, 4, IFLA_BROADCAST, none, sizeof none), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 1);
  fixture_clear (&self);
}

/* What was done before the refusal stays, and what is only told at the end is
 * told. */
static void
test_half_done (void)
{
  struct ifinfomsg *header;
  NlvWriter writer;
  Fixture self;

  fixture_init (&self);
  header = begin (&writer, RTM_SETLINK, 0);
  header->ifi_index = 4;
  nlv_put_string (&writer, IFLA_IFALIAS, "half");
  nlv_put_u32 (&writer, IFLA_GROUP, 7);
  nlv_put_string (&writer, IFLA_IFNAME, "v0");
  g_assert_cmpint (ask (&self, &writer), ==, -EEXIST);
  g_assert_cmpuint (get_link (&self, 4)->group, ==, 7);
  g_assert_null (get_link (&self, 4)->alias);
  g_assert_cmpuint (self.heard->len, ==, 1);
  fixture_clear (&self);
}

static void
test_group (void)
{
  NlvWriter writer;
  Fixture self;

  fixture_init (&self);
  set_u32 (&self, 2, IFLA_GROUP, 7);
  set_u32 (&self, 4, IFLA_GROUP, 7);
  begin (&writer, RTM_NEWLINK, 0);
  nlv_put_u32 (&writer, IFLA_GROUP, 7);
  nlv_put_u32 (&writer, IFLA_MTU, 1400);
  g_assert_cmpint (ask (&self, &writer), ==, 0);
  g_assert_cmpuint (get_link (&self, 2)->mtu, ==, 1400);
  g_assert_cmpuint (get_link (&self, 3)->mtu, ==, 1500);
  g_assert_cmpuint (get_link (&self, 4)->mtu, ==, 1400);
  fixture_clear (&self);
}

static void
test_name (void)
{
  Fixture self;

  fixture_init (&self);
  g_assert_cmpint (set_string (&self, 2, IFLA_IFNAME, "v1"), ==, -EEXIST);
  g_assert_cmpint (set_string (&self, 2, IFLA_IFNAME, "a/b"), ==, -EINVAL);
  g_assert_cmpint (set_string (&self, 2, IFLA_IFNAME, "a%s"), ==, -EINVAL);
  g_assert_cmpint (set_string (&self, 2, IFLA_IFNAME, "a%d%d"), ==, -EINVAL);
  g_assert_cmpint (set_string (&self, 2, IFLA_IFNAME, ""), ==, 0);
  g_assert_cmpint (set_string (&self, 2, IFLA_IFNAME, "v0"), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 0);
  g_assert_cmpint (set_string (&self, 2, IFLA_IFNAME, "v%dx"), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 1);
  g_assert_cmpstr (get_link (&self, 2)->name, ==, "v0x");
  g_assert_cmpint (set_string (&self, 3, IFLA_IFNAME, "v%dx"), ==, 0);
  g_assert_cmpstr (get_link (&self, 3)->name, ==, "v1x");
  g_assert_null (nlv_network_find_link_by_name (self.network, "v0"));
  fixture_clear (&self);
}

static int
change_names (Fixture *self, guint16 type, const char *first, const char *second)
{
  NlvWriter writer;
  gsize nest;

  begin (&writer, type, 0)->ifi_index = 4;
  nest = nlv_nest_begin (&writer, IFLA_PROP_LIST | NLA_F_NESTED);
  nlv_put_string (&writer, IFLA_ALT_IFNAME, first);
  if (second != NULL)
    nlv_put_string (&writer, IFLA_ALT_IFNAME, second);
  nlv_nest_end (&writer, nest);
  return ask (self, &writer);
}

static void
test_alternative_names (void)
{
  g_autofree char *long_name = g_strnfill (128, 'x');
  Fixture self;

  fixture_init (&self);
  g_assert_cmpint (change_names (&self, RTM_NEWLINKPROP, "one", "two"), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 1);
  g_assert_true (nlv_network_find_link_by_name (self.network, "two") == get_link (&self, 4));
  /* The first has come when the second is refused, but nobody is told. */
  g_assert_cmpint (change_names (&self, RTM_NEWLINKPROP, "three", "v0"), ==, -EEXIST);
  g_assert_cmpuint (self.heard->len, ==, 0);
  g_assert_nonnull (nlv_network_find_link_by_name (self.network, "three"));
  g_assert_cmpint (change_names (&self, RTM_NEWLINKPROP, long_name, NULL), ==, -ERANGE);
  g_assert_cmpint (change_names (&self, RTM_DELLINKPROP, "nothing", NULL), ==, -ENOENT);
  g_assert_cmpint (change_names (&self, RTM_DELLINKPROP, "d0", NULL), ==, -EINVAL);
  g_assert_cmpint (change_names (&self, RTM_DELLINKPROP, "v0", NULL), ==, -EINVAL);
  g_assert_cmpint (change_names (&self, RTM_DELLINKPROP, "one", "two"), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 1);
  g_assert_null (nlv_network_find_link_by_name (self.network, "one"));
  g_assert_cmpuint (get_link (&self, 4)->alt_names->len, ==, 1);
  fixture_clear (&self);
}

static void
test_many_names (void)
{
  Fixture self;
  guint n = 0;

  fixture_init (&self);
  for (; n < 1000; n++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", n);

      if (change_names (&self, RTM_NEWLINKPROP, name, NULL) != 0)
        break;
    }
  g_assert_cmpuint (n, ==, 496);
  g_assert_cmpstr (self.answer.extack.message, ==, "effective property list too long");
  fixture_clear (&self);
}

static int
set_protocol_down (Fixture *self, int down, guint32 mask, guint32 value)
{
  NlvWriter writer;
  gsize nest;

  begin (&writer, RTM_SETLINK, 0)->ifi_index = 5;
  if (down >= 0)
    nlv_put_u8 (&writer, IFLA_PROTO_DOWN, (guint8) down);
  nest = nlv_nest_begin (&writer, IFLA_PROTO_DOWN_REASON);
  nlv_put_u32 (&writer, IFLA_PROTO_DOWN_REASON_MASK, mask);
  nlv_put_u32 (&writer, IFLA_PROTO_DOWN_REASON_VALUE, value);
  nlv_nest_end (&writer, nest);
  return ask (self, &writer);
}

static void
test_protocol_down (void)
{
  Fixture self;
  NlvLink *link;

  fixture_init (&self);
  link = add_link (self.network, 5, "x0", "vxlan", 0);
  nlv_link_set_up (link, TRUE, TRUE);
  g_assert_cmpint (set_protocol_down (&self, 1, 0, 6), ==, 0);
  g_assert_cmpuint (self.heard->len, ==, 1);
  g_assert_cmpuint (link->carrier, ==, 0);
  g_assert_cmpint (set_u8 (&self, 5, IFLA_PROTO_DOWN, 0), ==, -EBUSY);
  g_assert_cmpstr (self.answer.extack.message, ==, "Cannot clear protodown, active reasons");
  g_assert_cmpint (set_protocol_down (&self, -1, 2, 0), ==, 0);
  g_assert_cmpint (set_u8 (&self, 5, IFLA_PROTO_DOWN, 0), ==, -EBUSY);
  g_assert_cmpint (set_protocol_down (&self, 0, 4, 0), ==, 0);
  g_assert_cmpuint (link->carrier, ==, 1);
  g_assert_null (link->extra);
  fixture_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/change-link/pair", test_pair);
  g_test_add_func ("/change-link/mode", test_mode);
  g_test_add_func ("/change-link/watch", test_watch);
  g_test_add_func ("/change-link/watch/sync", test_watch_sync);
  g_test_add_func ("/change-link/proxies", test_proxies);
  g_test_add_func ("/change-link/tunnel", test_tunnel);
  g_test_add_func ("/change-link/flags", test_flags);
  g_test_add_func ("/change-link/refused", test_refused);
  g_test_add_func ("/change-link/existing", test_existing);
  g_test_add_func ("/change-link/address", test_address);
  g_test_add_func ("/change-link/half-done", test_half_done);
  g_test_add_func ("/change-link/group", test_group);
  g_test_add_func ("/change-link/name", test_name);
  g_test_add_func ("/change-link/names", test_alternative_names);
  g_test_add_func ("/change-link/names/many", test_many_names);
  g_test_add_func ("/change-link/protocol-down", test_protocol_down);
  return g_test_run ();
}
