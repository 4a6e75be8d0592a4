/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Addresses, options, sends and the form of answers. What the kernel says to
 * the same is in tests/oracle/netlink-properties. */
#include "test-netlink-fake.h"

#include <errno.h>
#include <string.h>

typedef struct
{
  NlvBus *bus;
  End *one, *other;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  memset (&fake, 0, sizeof fake);
  fixture->bus = nlv_bus_new (NULL);
  fixture->one = end_new (fixture->bus);
  fixture->other = end_new (fixture->bus);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  end_free (fixture->one);
  end_free (fixture->other);
  nlv_bus_unref (fixture->bus);
  g_assert_cmpuint (fake.n_dumps, ==, 0);
}

static int
bind_to (End *end, const NlvTask *task, guint32 port, guint32 groups)
{
  const struct sockaddr_nl name = { .nl_family = AF_NETLINK, .nl_pid = port, .nl_groups = groups };

  return nlv_netlink_socket_bind (end->socket, task, &name, sizeof name);
}

static gssize
send_to (End *end, const NlvTask *task, guint32 port, guint32 groups, const char *bytes)
{
  const struct sockaddr_nl name = { .nl_family = AF_NETLINK, .nl_pid = port, .nl_groups = groups };

  return nlv_netlink_socket_send (end->socket, task, &name, sizeof name, nlv_span (bytes, strlen (bytes)), 212992);
}

static guint32
port_of (End *end)
{
  struct sockaddr_nl name;

  nlv_netlink_socket_get_name (end->socket, &name);
  return name.nl_pid;
}

static void
test_ports (Fixture *fixture, gconstpointer user_data)
{
  End *one = fixture->one;
  End *other = fixture->other;

  g_assert_false (nlv_netlink_socket_is_bound (one->socket));
  g_assert_cmpint (bind_to (one, &nobody, 0, 0), ==, 0);
  g_assert_true (nlv_netlink_socket_is_bound (one->socket));
  g_assert_cmpuint (port_of (one), ==, nobody.tgid);
  g_assert_cmpint (bind_to (one, &nobody, 5, 0), ==, -EINVAL);
  g_assert_cmpint (bind_to (other, &nobody, nobody.tgid, 0), ==, -EADDRINUSE);
  g_assert_cmpint (bind_to (other, &nobody, 0, 0), ==, 0);
  g_assert_cmpint ((gint32) port_of (other), <, -4096);
  end_free (one);
  fixture->one = end_new (fixture->bus);
  g_assert_cmpint (bind_to (fixture->one, &nobody, 0, 0), ==, 0);
  g_assert_cmpuint (port_of (fixture->one), ==, nobody.tgid);
}

static void
test_task_without_id (Fixture *fixture, gconstpointer user_data)
{
  NlvTask stranger = nobody;

  stranger.tgid = 0;
  g_assert_cmpint (bind_to (fixture->one, &stranger, 0, 0), ==, 0);
  g_assert_cmpint ((gint32) port_of (fixture->one), <, -4096);
}

static void
test_addresses (Fixture *fixture, gconstpointer user_data)
{
  NlvNetlinkSocket *socket = fixture->one->socket;
  struct sockaddr_nl name = { .nl_family = AF_INET };

  g_assert_cmpint (nlv_netlink_socket_bind (socket, &nobody, NULL, 0), ==, -EINVAL);
  g_assert_cmpint (nlv_netlink_socket_bind (socket, &nobody, &name, 12), ==, -EINVAL);
  g_assert_cmpint (nlv_netlink_socket_connect (socket, &nobody, NULL, 0), ==, -EINVAL);
  g_assert_cmpint (nlv_netlink_socket_connect (socket, &nobody, &name, 12), ==, -EINVAL);
  name.nl_family = AF_NETLINK;
  g_assert_cmpint (nlv_netlink_socket_bind (socket, &nobody, &name, 11), ==, -EINVAL);
  g_assert_cmpint (nlv_netlink_socket_connect (socket, &nobody, &name, 11), ==, -EINVAL);
  name.nl_pid = 7;
  g_assert_cmpint (nlv_netlink_socket_connect (socket, &nobody, &name, 12), ==, -EPERM);
  g_assert_false (nlv_netlink_socket_is_bound (socket));
  g_assert_cmpint (nlv_netlink_socket_connect (socket, &admin, &name, 12), ==, 0);
  nlv_netlink_socket_get_peer_name (socket, &name);
  g_assert_cmpuint (name.nl_pid, ==, 7);
  g_assert_cmpuint (port_of (fixture->one), ==, admin.tgid);
}

static void
test_groups (Fixture *fixture, gconstpointer user_data)
{
  NlvNetlinkSocket *socket = fixture->one->socket;
  guint32 words[3] = { 9, 9, 9 };
  gsize len = 0, written = 0;
  int group = 34;

  g_assert_cmpint (nlv_netlink_socket_get_option (socket, NETLINK_LIST_MEMBERSHIPS, words, 12, &written, &len), ==, 0);
  g_assert_cmpuint (len, ==, 0);
  g_assert_cmpint (bind_to (fixture->one, &nobody, 0, 0xffffffff), ==, -EPERM);
  g_assert_cmpint (bind_to (fixture->one, &nobody, 0, 0x441), ==, 0);
  g_assert_cmpint (nlv_netlink_socket_set_option (socket, &nobody, NETLINK_ADD_MEMBERSHIP, &group, 4), ==, 0);
  g_assert_cmpint (nlv_netlink_socket_get_option (socket, NETLINK_LIST_MEMBERSHIPS, words, 12, &written, &len), ==, 0);
  g_assert_cmpuint (len, ==, 8);
  g_assert_cmpuint (written, ==, 8);
  g_assert_cmphex (words[0], ==, 0x441);
  g_assert_cmphex (words[1], ==, 2);
  g_assert_cmpint (nlv_netlink_socket_get_option (socket, NETLINK_LIST_MEMBERSHIPS, words, 7, &written, &len), ==, 0);
  g_assert_cmpuint (written, ==, 4);
  g_assert_true (fake.observer->listens (fixture->bus, 34));
  g_assert_cmpint (nlv_netlink_socket_set_option (socket, &nobody, NETLINK_DROP_MEMBERSHIP, &group, 4), ==, 0);
  g_assert_false (fake.observer->listens (fixture->bus, 34));
  group = 40;
  g_assert_cmpint (nlv_netlink_socket_set_option (socket, &admin, NETLINK_ADD_MEMBERSHIP, &group, 4), ==, -EINVAL);
  group = G_MININT;
  g_assert_cmpint (nlv_netlink_socket_set_option (socket, &admin, NETLINK_DROP_MEMBERSHIP, &group, 4), ==, -EINVAL);
}

static void
test_options (Fixture *fixture, gconstpointer user_data)
{
  NlvNetlinkSocket *socket = fixture->one->socket;
  gsize len = 99, written = 99;
  int value = 5;

  for (int option = -3; option < 300; option++)
    nlv_netlink_socket_set_option (socket, &nobody, option, &value, sizeof value);
  g_assert_cmpint (nlv_netlink_socket_get_option (socket, NETLINK_CAP_ACK, &value, 4, &written, &len), ==, 0);
  g_assert_cmpint (value, ==, 1);
  g_assert_cmpuint (len, ==, 4);
  g_assert_cmpuint (written, ==, 4);
  g_assert_cmpint (nlv_netlink_socket_get_option (socket, NETLINK_CAP_ACK, &value, 3, &written, &len), ==, -EINVAL);
  g_assert_cmpint (nlv_netlink_socket_get_option (socket, 77, &value, 4, &written, &len), ==, -ENOPROTOOPT);
  g_assert_cmpint (nlv_netlink_socket_set_option (socket, &nobody, NETLINK_LISTEN_ALL_NSID, &value, 4), ==, -EPERM);
  g_assert_cmpint (nlv_netlink_socket_set_option (socket, &nobody, NETLINK_CAP_ACK, NULL, 0), ==, 0);
  g_assert_cmpint (nlv_netlink_socket_get_option (socket, NETLINK_CAP_ACK, &value, 4, &written, &len), ==, 0);
  g_assert_cmpint (value, ==, 0);
}

static void
test_send_order (Fixture *fixture, gconstpointer user_data)
{
  NlvNetlinkSocket *socket = fixture->one->socket;
  const struct sockaddr_nl wrong = { 0 };
  const guint8 bytes[64] = { 0 };

  g_assert_cmpint (nlv_netlink_socket_send (socket, &nobody, &wrong, 12, nlv_span (bytes, 0), 0), ==, -ENODATA);
  g_assert_cmpint (nlv_netlink_socket_send (socket, &nobody, &wrong, 12, nlv_span (bytes, 64), 0), ==, -EINVAL);
  g_assert_cmpint (send_to (fixture->one, &nobody, 9, 0, "x"), ==, -EPERM);
  g_assert_cmpint (send_to (fixture->one, &nobody, 0, 1, "x"), ==, -EPERM);
  g_assert_false (nlv_netlink_socket_is_bound (socket));
  g_assert_cmpint (nlv_netlink_socket_send (socket, &nobody, NULL, 0, nlv_span (bytes, 64), 95), ==, -EMSGSIZE);
  g_assert_true (nlv_netlink_socket_is_bound (socket));
  g_assert_cmpint (nlv_netlink_socket_send (socket, &nobody, NULL, 0, nlv_span (bytes, 64), 96), ==, 64);
  g_assert_cmpint (nlv_netlink_socket_send (socket, &nobody, NULL, 0, nlv_span (bytes, 64), 7), ==, -EMSGSIZE);
  g_assert_cmpint (send_to (fixture->one, &admin, 9, 0, "x"), ==, -ECONNREFUSED);
}

static void
test_between_sockets (Fixture *fixture, gconstpointer user_data)
{
  g_assert_cmpint (bind_to (fixture->other, &nobody, 5, 1), ==, 0);
  g_assert_cmpint (send_to (fixture->one, &admin, 5, 0, "hello"), ==, 5);
  g_assert_cmpuint (fixture->other->queue.length, ==, 1);
  g_assert_cmpuint (fixture->other->last.port, ==, admin.tgid);
  g_assert_cmpuint (fixture->other->last.group, ==, 0);
  g_assert_cmpuint (fixture->other->last.pid, ==, admin.pid);
  g_assert_cmpint (send_to (fixture->one, &admin, 0, 1, "hello"), ==, 5);
  g_assert_cmpuint (fixture->other->queue.length, ==, 2);
  g_assert_cmpuint (fixture->other->last.group, ==, 1);
  /* To the group and to one of it: once. */
  g_assert_cmpint (send_to (fixture->one, &admin, 5, 1, "hello"), ==, 5);
  g_assert_cmpuint (fixture->other->queue.length, ==, 3);
  /* Not to oneself by way of the group. */
  g_assert_cmpint (bind_to (fixture->one, &admin, admin.tgid, 1), ==, 0);
  g_assert_cmpint (send_to (fixture->one, &admin, 0, 1, "hello"), ==, 5);
  g_assert_cmpuint (fixture->one->queue.length, ==, 0);
}

static void
send_event (Fixture *fixture, guint group, guint32 port, gboolean echo)
{
  const NlvEvent event = {
    .group = group, .message = nlv_span ("event", 5), .origin = fixture->bus, .port = port, .echo = echo
  };

  fake.observer->event (fixture->bus, &event);
}

static void
test_multicast (Fixture *fixture, gconstpointer user_data)
{
  g_assert_cmpint (bind_to (fixture->one, &nobody, 0, 1), ==, 0);
  send_event (fixture, 1, 0, FALSE);
  send_event (fixture, 2, 0, FALSE);
  send_event (fixture, 0, 0, FALSE);
  send_event (fixture, G_MAXUINT, 0, FALSE);
  g_assert_cmpuint (fixture->one->queue.length, ==, 1);
  g_assert_cmpuint (fixture->other->queue.length, ==, 0);
  g_assert_cmpuint (fixture->one->last.group, ==, 1);
  g_assert_cmpuint (fixture->one->last.port, ==, 0);
}

/* Who asks for an echo hears of the event once, in the group or not. */
static void
test_echo (Fixture *fixture, gconstpointer user_data)
{
  g_assert_cmpint (bind_to (fixture->one, &nobody, 7, 1), ==, 0);
  g_assert_cmpint (bind_to (fixture->other, &nobody, 8, 0), ==, 0);
  send_event (fixture, 1, 7, TRUE);
  g_assert_cmpuint (fixture->one->queue.length, ==, 1);
  send_event (fixture, 1, 8, TRUE);
  g_assert_cmpuint (fixture->one->queue.length, ==, 2);
  g_assert_cmpuint (fixture->other->queue.length, ==, 1);
  g_assert_cmpuint (fixture->other->last.group, ==, 1);
  send_event (fixture, 1, 8, FALSE);
  g_assert_cmpuint (fixture->one->queue.length, ==, 3);
  g_assert_cmpuint (fixture->other->queue.length, ==, 1);
  /* Another bus's port. */
  fake.observer->event (fixture->bus,
                        &(NlvEvent){ .group = 2, .message = nlv_span ("event", 5), .port = 8, .echo = TRUE });
  g_assert_cmpuint (fixture->other->queue.length, ==, 1);
}

static void
count_change (gpointer user_data)
{
  ++*(guint *) user_data;
}

/* Who owns the bus tells of a change when it can. */
static void
test_changed (Fixture *fixture, gconstpointer user_data)
{
  guint n_changes = 0;

  nlv_bus_set_changed (fixture->bus, count_change, &n_changes);
  end_ask (fixture->one, FAKE_SILENT, 0, 1, 4);
  g_assert_cmpuint (n_changes, ==, 0);
  fake.unsettled = TRUE;
  end_ask (fixture->one, FAKE_SILENT, 0, 1, 4);
  g_assert_cmpuint (n_changes, ==, 1);
  g_assert_cmpuint (fake.n_holds, ==, 0);
  fake.unsettled = FALSE;
}

static void
test_caller (Fixture *fixture, gconstpointer user_data)
{
  int one = 1;

  end_ask (fixture->one, FAKE_SILENT, 0, 1, 4);
  g_assert_cmpuint (fake.caller.port, ==, nobody.tgid);
  g_assert_cmpuint (fake.caller.uid, ==, nobody.uid);
  g_assert_false (fake.caller.admin);
  g_assert_false (fake.caller.strict);
  g_assert_cmpuint (fixture->one->queue.length, ==, 0);
  nlv_netlink_socket_set_option (fixture->one->socket, &nobody, NETLINK_GET_STRICT_CHK, &one, sizeof one);
  end_ask (fixture->one, FAKE_SILENT, 0, 1, 4);
  g_assert_true (fake.caller.strict);
}

static void
test_acks (Fixture *fixture, gconstpointer user_data)
{
  End *end = fixture->one;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GBytes) ack = NULL;
  g_autoptr (GBytes) error = NULL;

  end_ask (end, FAKE_REPLY, NLM_F_ACK, 9, 40);
  reply = end_read (end, 4096);
  ack = end_read (end, 4096);
  g_assert_cmpuint (header_of (reply).nlmsg_type, ==, FAKE_REPLY);
  g_assert_cmpuint (header_of (ack).nlmsg_type, ==, NLMSG_ERROR);
  g_assert_cmphex (header_of (ack).nlmsg_flags, ==, NLM_F_CAPPED);
  g_assert_cmpuint (header_of (ack).nlmsg_seq, ==, 9);
  g_assert_cmpuint (header_of (ack).nlmsg_pid, ==, nobody.tgid);
  g_assert_cmpuint (g_bytes_get_size (ack), ==, 36);
  end_ask (end, 999, 0, 10, 9);
  error = end_read (end, 4096);
  g_assert_cmpint (error_in (error), ==, -EOPNOTSUPP);
  g_assert_cmphex (header_of (error).nlmsg_flags, ==, 0);
  g_assert_cmpuint (g_bytes_get_size (error), ==, 48);
}

/* The request comes back with the flags that it was left with. */
static void
test_changed_flags (Fixture *fixture, gconstpointer user_data)
{
  End *end = fixture->one;
  g_autoptr (GBytes) ack = NULL;
  struct nlmsghdr echoed;

  fake.flags_set = NLM_F_CREATE;
  fake.flags_cleared = NLM_F_EXCL | NLM_F_REPLACE;
  end_ask (end, FAKE_SILENT, NLM_F_ACK | NLM_F_REPLACE, 9, 40);
  ack = end_read (end, 4096);
  g_assert_cmpuint (g_bytes_get_size (ack), ==, NLMSG_HDRLEN + sizeof (gint32) + sizeof echoed);
  memcpy (&echoed, (const guint8 *) g_bytes_get_data (ack, NULL) + NLMSG_HDRLEN + sizeof (gint32), sizeof echoed);
  g_assert_cmphex (echoed.nlmsg_flags, ==, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE);
  g_assert_cmpuint (echoed.nlmsg_seq, ==, 9);
}

static void
test_extended_ack (Fixture *fixture, gconstpointer user_data)
{
  static const NlvPolicy policy = { .kind = NLV_KIND_U8 };
  static const guint8 expected[] = {
    0x07, 0, 0x01, 0,    'n',  'o', 0, 0,             /* MSG */
    0x08, 0, 0x02, 0,    0x14, 0,   0, 0,             /* OFFS */
    0x24, 0, 0x04, 0x80,                              /* POLICY, nested */
    0x0c, 0, 0x04, 0,    0,    0,   0, 0, 0, 0, 0, 0, /* MIN_VALUE_U */
    0x0c, 0, 0x05, 0,    0xff, 0,   0, 0, 0, 0, 0, 0, /* MAX_VALUE_U */
    0x08, 0, 0x01, 0,    0x02, 0,   0, 0,             /* TYPE */
    0x08, 0, 0x05, 0,    0x03, 0,   0, 0,             /* MISS_TYPE */
  };
  End *end = fixture->one;
  g_autoptr (GBytes) error = NULL;
  g_autoptr (GBytes) ack = NULL;
  int one = 1;

  fake.error = -EINVAL;
  fake.extack = (NlvExtack){
    .message = "no", .where = (const guint8 *) "", .policy = &policy, .has_miss_type = TRUE, .miss_type = 3
  };
  nlv_netlink_socket_set_option (end->socket, &nobody, NETLINK_EXT_ACK, &one, sizeof one);
  nlv_netlink_socket_set_option (end->socket, &nobody, NETLINK_CAP_ACK, &one, sizeof one);
  end_ask (end, FAKE_REFUSE, 0, 1, 8);
  error = end_read (end, 4096);
  g_assert_cmphex (header_of (error).nlmsg_flags, ==, NLM_F_CAPPED | NLM_F_ACK_TLVS);
  g_assert_cmpmem ((const guint8 *) g_bytes_get_data (error, NULL) + 36, g_bytes_get_size (error) - 36, expected,
                   sizeof expected);
  /* A success has words at most. */
  fake.error = 0;
  end_ask (end, FAKE_REFUSE, NLM_F_ACK, 1, 8);
  ack = end_read (end, 4096);
  g_assert_cmphex (header_of (ack).nlmsg_flags, ==, NLM_F_CAPPED | NLM_F_ACK_TLVS);
  g_assert_cmpuint (g_bytes_get_size (ack), ==, 36 + 8);
}

/* A policy with a mask has it in place of the bounds. */
static void
test_mask (Fixture *fixture, gconstpointer user_data)
{
  static const NlvPolicy policy = { .kind = NLV_KIND_U32, .bounded = TRUE, .max = 5, .mask = 0x80000005 };
  static const guint8 expected[] = {
    0x18, 0, 0x04, 0x80,                               /* POLICY, nested */
    0x0c, 0, 0x0c, 0,    0x05, 0, 0, 0x80, 0, 0, 0, 0, /* MASK */
    0x08, 0, 0x01, 0,    0x04, 0, 0, 0,                /* TYPE */
  };
  End *end = fixture->one;
  g_autoptr (GBytes) error = NULL;
  int one = 1;

  fake.error = -EINVAL;
  fake.extack = (NlvExtack){ .policy = &policy };
  nlv_netlink_socket_set_option (end->socket, &nobody, NETLINK_EXT_ACK, &one, sizeof one);
  nlv_netlink_socket_set_option (end->socket, &nobody, NETLINK_CAP_ACK, &one, sizeof one);
  end_ask (end, FAKE_REFUSE, 0, 1, 8);
  error = end_read (end, 4096);
  g_assert_cmpint (error_in (error), ==, -EINVAL);
  g_assert_cmphex (header_of (error).nlmsg_flags, ==, NLM_F_CAPPED | NLM_F_ACK_TLVS);
  g_assert_cmpmem ((const guint8 *) g_bytes_get_data (error, NULL) + 36, g_bytes_get_size (error) - 36, expected,
                   sizeof expected);
}

static void
test_control (Fixture *fixture, gconstpointer user_data)
{
  NlvNetlinkSocket *socket = fixture->one->socket;
  const NlvDatagram datagram = { .group = 5, .pid = 1, .uid = 2, .gid = 3 };
  g_autoptr (GByteArray) none = nlv_netlink_socket_control (socket, &datagram, FALSE);
  g_autoptr (GByteArray) both = NULL;
  int one = 1;

  g_assert_cmpuint (none->len, ==, 0);
  nlv_netlink_socket_set_option (socket, &nobody, NETLINK_PKTINFO, &one, sizeof one);
  both = nlv_netlink_socket_control (socket, &datagram, TRUE);
  g_assert_cmpuint (both->len, ==, 24 + 32);
  g_assert_cmpuint (both->data[16], ==, 5);
  g_assert_cmpuint (both->data[24 + 16], ==, 1);
  g_assert_cmpuint (both->data[24 + 20], ==, 2);
  g_assert_cmpuint (both->data[24 + 24], ==, 3);
}

static void
test_garbage (Fixture *fixture, gconstpointer user_data)
{
  guint8 bytes[300];

  for (guint i = 0; i < 20000; i++)
    {
      gsize len = (gsize) g_test_rand_int_range (1, sizeof bytes);
      GBytes *datagram;

      for (gsize j = 0; j < len; j++)
        bytes[j] = (guint8) (g_test_rand_bit () ? 0 : g_test_rand_int_range (0, 256));
      bytes[0] = (guint8) g_test_rand_int_range (0, 64);
      if (len > 6)
        bytes[4] = (guint8) g_test_rand_int_range (98, 105);
      if (len > 6)
        bytes[1] = bytes[2] = bytes[3] = bytes[5] = 0;
      nlv_netlink_socket_send (fixture->one->socket, &nobody, NULL, 0, nlv_span (bytes, len), 212992);
      while ((datagram = end_read (fixture->one, 4096)) != NULL)
        g_bytes_unref (datagram);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/netlink/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("ports", test_ports);
  ADD ("task-without-id", test_task_without_id);
  ADD ("addresses", test_addresses);
  ADD ("groups", test_groups);
  ADD ("options", test_options);
  ADD ("send-order", test_send_order);
  ADD ("between-sockets", test_between_sockets);
  ADD ("multicast", test_multicast);
  ADD ("echo", test_echo);
  ADD ("changed", test_changed);
  ADD ("caller", test_caller);
  ADD ("acks", test_acks);
  ADD ("changed-flags", test_changed_flags);
  ADD ("extended-ack", test_extended_ack);
  ADD ("mask", test_mask);
  ADD ("control", test_control);
  ADD ("garbage", test_garbage);
  return g_test_run ();
}
