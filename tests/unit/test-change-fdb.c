/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Forwarding entries that are asked for: what bridges, VXLAN devices and others
 * make of them, what is refused, and what is told. The same words and events are
 * compared with the kernel's in tests/oracle. */
#include "model/device/consequences.h"
#include "model/device/link-info.h"
#include "model/device/vxlan-config.h"
#include "model/timer.h"
#include "test-change-request.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_bridge.h>
#include <string.h>

#define CREATE (NLM_F_CREATE | NLM_F_EXCL)
#define APPEND (NLM_F_CREATE | NLM_F_APPEND)
#define AGEING 30000

enum
{
  BRIDGE = 2,
  PORT,
  VXLAN,
  PLAIN,
};

typedef struct
{
  NlvNetwork *network; /* (owned) */
  GString *heard;      /* (owned) + or - and the device's index for each event */
  NlvAnswer answer;
  guint64 now;
} Fixture;

static gboolean
listens (gpointer owner, guint group)
{
  return group == RTNLGRP_NEIGH;
}

static void
hear (gpointer owner, const NlvEvent *event)
{
  Fixture *self = owner;
  NlvSpan rest = event->message;
  struct ndmsg header;
  NlvMessage message;

  g_assert_true (nlv_message_next (&rest, &message));
  g_assert_true (nlv_request_header (&message, &header, sizeof header));
  g_assert_cmpuint (header.ndm_family, ==, AF_BRIDGE);
  g_assert_cmpuint (message.header.nlmsg_seq, ==, 0);
  g_string_append_printf (self->heard, "%c%d:%x/%x ", message.header.nlmsg_type == RTM_NEWNEIGH ? '+' : '-',
                          header.ndm_ifindex, header.ndm_state, header.ndm_flags);
}

static const NlvObserver observer = { .listens = listens, .event = hear };

static NlvLink *
add_link (Fixture *self, guint32 index, const char *name, const char *kind)
{
  NlvLink row;

  nlv_link_init (&row);
  row.index = index;
  g_strlcpy (row.name, name, sizeof row.name);
  row.kind = g_strdup (kind);
  row.hardware_type = ARPHRD_ETHER;
  row.address_length = 6;
  row.address[0] = 2;
  row.address[5] = (guint8) index;
  row.flags = IFF_UP | IFF_BROADCAST | IFF_MULTICAST;
  row.carrier = TRUE;
  return nlv_network_add_link (self->network, &row);
}

static void
fixture_init (Fixture *self)
{
  NlvVxlanConfig config = { .id = 5, .family = AF_INET, .ageing = 300, .port = g_htons (4789), .limit = 2 };
  NlvLink *link;

  *self = (Fixture){ .network = nlv_network_new_loopback (), .heard = g_string_new (NULL), .now = 1000 };
  nlv_network_tell_time (self->network, self->now);
  link = add_link (self, BRIDGE, "br0", "bridge");
  nlv_info_set_u32 (&link->kind_data, IFLA_BR_AGEING_TIME, AGEING);
  link = add_link (self, PORT, "port0", "veth");
  link->master = BRIDGE;
  link->slave_kind = g_strdup ("bridge");
  nlv_info_set_u8 (&link->slave_data, IFLA_BRPORT_STATE, BR_STATE_FORWARDING);
  link = add_link (self, VXLAN, "vx0", "vxlan");
  link->kind_data = nlv_vxlan_config_write (&config);
  add_link (self, PLAIN, "veth0", "veth");
  nlv_network_add_observer (self->network, &observer, self);
}

static void
fixture_clear (Fixture *self)
{
  nlv_answer_clear (&self->answer);
  nlv_network_remove_observer (self->network, &observer, self);
  g_string_free (self->heard, TRUE);
  nlv_network_unref (self->network);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

/* An address of which only the last byte matters: 0 is that of all zeros. @to is the last
 * byte of where it sends, 0 nowhere. */
static int
ask (Fixture *self, guint16 type, guint16 nl_flags, guint32 link, guint16 state, guint8 flags, guint8 last, guint8 to)
{
  const NlvCaller caller = { .port = 77, .admin = TRUE, .writable = TRUE, .origin = self, .now = self->now };
  const guint8 address[6] = { last != 0 ? 2 : 0, 0, 0, 0, 0, last }, destination[4] = { 10, 0, 0, to };
  struct ndmsg *header;
  NlvWriter writer;

  nlv_writer_init (&writer, 1 << 12);
  header = nlv_writer_begin (&writer, type, NLM_F_REQUEST | nl_flags, 5, 0, sizeof *header);
  header->ndm_family = AF_BRIDGE;
  header->ndm_ifindex = (int) link;
  header->ndm_state = state;
  header->ndm_flags = flags;
  if (type == RTM_NEWNEIGH || (nl_flags & NLM_F_BULK) == 0)
    nlv_put (&writer, NDA_LLADDR, address, sizeof address);
  if (to != 0)
    nlv_put (&writer, NDA_DST, destination, sizeof destination);
  g_string_truncate (self->heard, 0);
  return test_change_ask (self->network, &caller, &writer, &self->answer);
}

#define assert_heard(self, words) g_assert_cmpstr ((self)->heard->str, ==, words)

static void
test_bridge (void)
{
  g_auto (Fixture) f = { 0 };

  fixture_init (&f);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, 99, NUD_NOARP, 0, 9, 0), ==, -ENODEV);
  g_assert_cmpstr (f.answer.extack.message, ==, "unknown ifindex");
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, PORT, NUD_STALE, 0, 9, 0), ==, -EINVAL);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, PORT, NUD_NOARP, NTF_MASTER, 0, 0), ==, -EINVAL);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, 0, PORT, NUD_NOARP, NTF_MASTER, 9, 0), ==, -ENOENT);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, PORT, NUD_NOARP, NTF_MASTER | NTF_STICKY, 9, 0), ==, 0);
  assert_heard (&f, "+3:40/40 ");
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, PORT, NUD_NOARP, NTF_MASTER, 9, 0), ==, -EEXIST);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, 0, PORT, NUD_NOARP, NTF_MASTER | NTF_STICKY, 9, 0), ==, 0);
  assert_heard (&f, "");
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, 0, BRIDGE, NUD_NOARP, NTF_SELF, 9, 0), ==, -EINVAL);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, 0, BRIDGE, NUD_PERMANENT, NTF_SELF, 9, 0), ==, 0);
  assert_heard (&f, "+2:80/0 ");
  g_assert_cmpint (ask (&f, RTM_DELNEIGH, 0, PORT, 0, NTF_MASTER, 9, 0), ==, -ENOENT);
  g_assert_cmpint (ask (&f, RTM_DELNEIGH, 0, BRIDGE, 0, NTF_SELF, 9, 0), ==, 0);
  assert_heard (&f, "-2:80/0 ");
}

/* What is told as if it had been seen is forgotten. */
static void
test_ageing (void)
{
  g_auto (Fixture) f = { 0 };

  fixture_init (&f);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, PORT, NUD_REACHABLE, NTF_MASTER, 9, 0), ==, 0);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, PORT, NUD_REACHABLE, NTF_MASTER | NTF_EXT_LEARNED, 8, 0), ==, 0);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, PORT, NUD_REACHABLE, NTF_MASTER | NTF_USE, 7, 0), ==, 0);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, 0, PORT, NUD_NOARP, NTF_MASTER, 7, 0), ==, 0);
  assert_heard (&f, "+3:40/0 ");
  g_string_truncate (f.heard, 0);
  nlv_network_run_timers (f.network, f.now + AGEING - 1);
  assert_heard (&f, "");
  nlv_network_run_timers (f.network, f.now + AGEING);
  assert_heard (&f, "-3:2/0 ");
}

static void
test_flush (void)
{
  g_auto (Fixture) f = { 0 };

  fixture_init (&f);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, PORT, NUD_REACHABLE, NTF_MASTER, 9, 0), ==, 0);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, PORT, NUD_NOARP, NTF_MASTER, 8, 0), ==, 0);
  g_assert_cmpint (ask (&f, RTM_DELNEIGH, NLM_F_BULK, PORT, NUD_STALE, NTF_MASTER, 0, 0), ==, -EINVAL);
  g_assert_cmpstr (f.answer.extack.message, ==, "Unsupported fdb flush ndm state bits set");
  g_assert_cmpint (ask (&f, RTM_DELNEIGH, NLM_F_BULK, PORT, 0, NTF_MASTER, 0, 0), ==, 0);
  assert_heard (&f, "-3:40/0 -3:2/0 ");
  g_assert_cmpint (ask (&f, RTM_DELNEIGH, NLM_F_BULK, PLAIN, 0, NTF_SELF, 0, 0), ==, -EOPNOTSUPP);
}

static void
test_vxlan (void)
{
  g_auto (Fixture) f = { 0 };

  fixture_init (&f);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, VXLAN, NUD_PERMANENT, NTF_SELF, 9, 0), ==, -EINVAL);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, VXLAN, NUD_PERMANENT, 0, 9, 1), ==, -EOPNOTSUPP);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, APPEND, VXLAN, NUD_PERMANENT, NTF_SELF, 0, 1), ==, 0);
  assert_heard (&f, "+4:80/2 ");
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, APPEND, VXLAN, NUD_PERMANENT, NTF_SELF, 0, 1), ==, 0);
  assert_heard (&f, "");
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, APPEND, VXLAN, NUD_PERMANENT, NTF_SELF, 0, 2), ==, 0);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, NLM_F_REPLACE, VXLAN, NUD_PERMANENT, NTF_SELF, 0, 3), ==, -EOPNOTSUPP);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, VXLAN, NUD_PERMANENT, NTF_SELF, 9, 3), ==, -ENOSPC);
  g_assert_cmpint (ask (&f, RTM_DELNEIGH, 0, VXLAN, 0, NTF_SELF, 0, 1), ==, 0);
  assert_heard (&f, "-4:80/2 ");
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, VXLAN, NUD_REACHABLE, NTF_SELF, 9, 3), ==, 0);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, NLM_F_REPLACE, VXLAN, NUD_REACHABLE, NTF_SELF, 9, 4), ==, 0);
  assert_heard (&f, "+4:2/2 ");
  /* There is no such way, which is no mistake. */
  g_assert_cmpint (ask (&f, RTM_DELNEIGH, 0, VXLAN, 0, NTF_SELF, 9, 3), ==, 0);
  assert_heard (&f, "");
  g_assert_cmpint (ask (&f, RTM_DELNEIGH, 0, VXLAN, 0, NTF_SELF, 9, 4), ==, 0);
  assert_heard (&f, "-4:2/2 ");
}

/* Others let the address in, and with it everything if they cannot choose. */
static void
test_plain (void)
{
  g_auto (Fixture) f = { 0 };
  NlvLink *link;

  fixture_init (&f);
  link = nlv_network_find_link (f.network, PLAIN);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, PLAIN, NUD_NOARP, NTF_SELF, 9, 0), ==, -EINVAL);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, PLAIN, 0, NTF_SELF, 9, 0), ==, 0);
  assert_heard (&f, "+5:0/2 ");
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, CREATE, PLAIN, 0, NTF_SELF, 9, 0), ==, -EEXIST);
  g_assert_cmpint (ask (&f, RTM_NEWNEIGH, 0, PLAIN, 0, NTF_SELF, 9, 0), ==, 0);
  g_assert_cmpuint (nlv_network_get_n_neighbors (f.network), ==, 1);
  g_assert_cmpuint (link->promiscuity, ==, 1);
  g_assert_cmpint (ask (&f, RTM_DELNEIGH, 0, PLAIN, NUD_PERMANENT, NTF_SELF, 9, 0), ==, 0);
  assert_heard (&f, "-5:80/2 ");
  g_assert_cmpint (ask (&f, RTM_DELNEIGH, 0, PLAIN, NUD_PERMANENT, NTF_SELF, 9, 0), ==, -ENOENT);
  g_assert_cmpuint (link->promiscuity, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/change-fdb/bridge", test_bridge);
  g_test_add_func ("/change-fdb/ageing", test_ageing);
  g_test_add_func ("/change-fdb/flush", test_flush);
  g_test_add_func ("/change-fdb/vxlan", test_vxlan);
  g_test_add_func ("/change-fdb/plain", test_plain);
  return g_test_run ();
}
