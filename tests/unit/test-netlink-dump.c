/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Dumps datagram by datagram, and a queue that runs over. */
#include "test-netlink-fake.h"

#include <errno.h>
#include <string.h>

typedef struct
{
  NlvBus *bus;
  End *end;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  memset (&fake, 0, sizeof fake);
  fake.message_size = 1000;
  fixture->bus = nlv_bus_new (NULL);
  fixture->end = end_new (fixture->bus);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  end_free (fixture->end);
  nlv_bus_unref (fixture->bus);
  g_assert_cmpuint (fake.n_dumps, ==, 0);
}

/* Reads with @room bytes until the queue is empty: the datagrams' lengths. */
static char *
read_lengths (End *end, gsize room)
{
  GString *lengths = g_string_new (NULL);
  GBytes *datagram;

  while ((datagram = end_read (end, room)) != NULL)
    {
      g_string_append_printf (lengths, "%s%" G_GSIZE_FORMAT, lengths->len > 0 ? " " : "", g_bytes_get_size (datagram));
      g_bytes_unref (datagram);
    }
  return g_string_free (lengths, FALSE);
}

static void
expect_lengths (End *end, gsize room, const char *expected)
{
  g_autofree char *lengths = read_lengths (end, room);

  g_assert_cmpstr (lengths, ==, expected);
}

static void
test_growth (Fixture *fixture, gconstpointer user_data)
{
  fake.n_messages = 40;
  fake.split_done = TRUE;
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  g_assert_true (nlv_netlink_socket_is_dumping (fixture->end->socket));
  expect_lengths (fixture->end, 1 << 20, "3000 32000 5000 20");
  g_assert_false (nlv_netlink_socket_is_dumping (fixture->end->socket));
  end_free (fixture->end);
  fixture->end = end_new (fixture->bus);
  fake.n_messages = 8;
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  expect_lengths (fixture->end, 4096, "3000 4000 1000 20");
  end_free (fixture->end);
  fixture->end = end_new (fixture->bus);
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  expect_lengths (fixture->end, 100, "3000 3000 2000 20");
  end_free (fixture->end);
  fixture->end = end_new (fixture->bus);
  fake.min_room = 7000;
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  expect_lengths (fixture->end, 4096, "7000 1000 20");
}

static void
test_joined_done (Fixture *fixture, gconstpointer user_data)
{
  fake.n_messages = 2;
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  expect_lengths (fixture->end, 4096, "2020");
  fake.n_messages = 4;
  fake.message_size = 936;
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  g_assert_false (nlv_netlink_socket_is_dumping (fixture->end->socket));
  expect_lengths (fixture->end, 100, "3764");
}

static void
test_done_alone_when_full (Fixture *fixture, gconstpointer user_data)
{
  fake.n_messages = 4;
  fake.message_size = 944;
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  expect_lengths (fixture->end, 100, "3776 20");
}

static void
test_failure (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GBytes) extended = NULL;
  int one = 1;

  fake.end = -ENOENT;
  fake.words = "not here";
  fake.answer_flags = NLM_F_DUMP_FILTERED;
  end_ask (fixture->end, FAKE_DUMP, NLM_F_ACK, 1, 4);
  plain = end_read (fixture->end, 4096);
  g_assert_cmpuint (header_of (plain).nlmsg_type, ==, NLMSG_DONE);
  g_assert_cmphex (header_of (plain).nlmsg_flags, ==, NLM_F_MULTI | NLM_F_DUMP_FILTERED);
  g_assert_cmpint (error_in (plain), ==, -ENOENT);
  nlv_netlink_socket_set_option (fixture->end->socket, &nobody, NETLINK_EXT_ACK, &one, sizeof one);
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  extended = end_read (fixture->end, 4096);
  g_assert_cmphex (header_of (extended).nlmsg_flags, ==, NLM_F_MULTI | NLM_F_DUMP_FILTERED | NLM_F_ACK_TLVS);
  g_assert_cmpuint (g_bytes_get_size (extended), ==, 20 + 16);
  g_assert_cmpstr ((const char *) g_bytes_get_data (extended, NULL) + 24, ==, "not here");
}

static void
test_interrupted (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GBytes) done = NULL;

  fake.interrupted = TRUE;
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  done = end_read (fixture->end, 4096);
  g_assert_cmphex (header_of (done).nlmsg_flags, ==, NLM_F_MULTI | NLM_F_DUMP_INTR);
}

static void
test_message_too_large (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GBytes) done = NULL;

  fake.n_messages = 1;
  fake.message_size = 50000;
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  done = end_read (fixture->end, 4096);
  g_assert_cmpuint (header_of (done).nlmsg_type, ==, NLMSG_DONE);
  g_assert_cmpint (error_in (done), ==, -EMSGSIZE);
  g_assert_cmpuint (fixture->end->queue.length, ==, 0);
}

static void
test_busy (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) busy = NULL;

  fake.n_messages = 1;
  fake.split_done = TRUE;
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  end_ask (fixture->end, FAKE_DUMP, 0, 2, 4);
  g_assert_cmpuint (fake.n_dumps, ==, 1);
  first = end_read (fixture->end, 4096);
  busy = end_read (fixture->end, 4096);
  g_assert_cmpuint (header_of (first).nlmsg_seq, ==, 1);
  g_assert_cmpuint (header_of (busy).nlmsg_seq, ==, 2);
  g_assert_cmpint (error_in (busy), ==, -EBUSY);
  expect_lengths (fixture->end, 4096, "20");
}

static void
test_peeks (Fixture *fixture, gconstpointer user_data)
{
  fake.n_messages = 1000;
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  for (guint i = 0; i < 100; i++)
    nlv_netlink_socket_received (fixture->end->socket, 0, 0);
  /* 25 times 4352 bytes are the first that exceed half of 212992. */
  g_assert_cmpuint (fixture->end->queue.length, ==, 25);
}

static void
test_dump_without_room (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GBytes) error = NULL;

  fake.n_messages = 4;
  nlv_netlink_socket_set_receive_buffer (fixture->end->socket, 2304);
  end_ask (fixture->end, FAKE_REPLY, 0, 1, 4);
  end_ask (fixture->end, FAKE_DUMP, 0, 2, 4);
  g_bytes_unref (end_read (fixture->end, 4096));
  g_assert_cmpint (nlv_netlink_socket_take_error (fixture->end->socket), ==, -ENOBUFS);
  g_assert_cmpint (nlv_netlink_socket_take_error (fixture->end->socket), ==, 0);
  error = end_read (fixture->end, 4096);
  g_assert_cmpint (error_in (error), ==, -ENOBUFS);
  expect_lengths (fixture->end, 4096, "4020");
}

static void
test_owner_without_room (Fixture *fixture, gconstpointer user_data)
{
  fake.n_messages = 9;
  fixture->end->room = 5000;
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  nlv_netlink_socket_received (fixture->end->socket, 4096, 0);
  g_assert_cmpuint (fixture->end->queue.length, ==, 1);
  /* Nothing of it is lost. */
  expect_lengths (fixture->end, 4096, "3000 4000 2020");
  g_assert_cmpint (nlv_netlink_socket_take_error (fixture->end->socket), ==, 0);
  fixture->end->room = 10;
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  g_assert_cmpint (nlv_netlink_socket_take_error (fixture->end->socket), ==, -ENOBUFS);
}

static void
test_overrun (Fixture *fixture, gconstpointer user_data)
{
  nlv_netlink_socket_set_receive_buffer (fixture->end->socket, 4 * 832);
  for (guint i = 0; i < 10; i++)
    end_ask (fixture->end, FAKE_REPLY, 0, i, 4);
  g_assert_cmpuint (fixture->end->queue.length, ==, 4);
  g_assert_cmpint (nlv_netlink_socket_take_error (fixture->end->socket), ==, -ENOBUFS);
  g_assert_cmpint (nlv_netlink_socket_take_error (fixture->end->socket), ==, 0);
  g_bytes_unref (end_read (fixture->end, 4096));
  end_ask (fixture->end, FAKE_REPLY, 0, 11, 4);
  expect_lengths (fixture->end, 4096, "20 20 20");
  end_ask (fixture->end, FAKE_REPLY, 0, 12, 4);
  expect_lengths (fixture->end, 4096, "20");
}

static void
test_no_enobufs (Fixture *fixture, gconstpointer user_data)
{
  int one = 1;

  nlv_netlink_socket_set_option (fixture->end->socket, &nobody, NETLINK_NO_ENOBUFS, &one, sizeof one);
  nlv_netlink_socket_set_receive_buffer (fixture->end->socket, 1);
  for (guint i = 0; i < 10; i++)
    end_ask (fixture->end, FAKE_REPLY, 0, i, 4);
  g_assert_cmpuint (fixture->end->queue.length, ==, 1);
  g_assert_cmpint (nlv_netlink_socket_take_error (fixture->end->socket), ==, 0);
}

static void
test_unseen_reads (Fixture *fixture, gconstpointer user_data)
{
  End *end = fixture->end;

  nlv_netlink_socket_set_receive_buffer (end->socket, 4 * 832);
  for (guint i = 0; i < 4; i++)
    end_ask (end, FAKE_REPLY, 0, i, 4);
  /* Three are read where nobody looks, and then one with us. */
  for (guint i = 0; i < 3; i++)
    g_bytes_unref (g_queue_pop_head (&end->queue));
  end_ask (end, 999, 0, 5, 0);
  g_assert_cmpint (nlv_netlink_socket_take_error (end->socket), ==, 0);
  expect_lengths (end, 4096, "20 36");
  /* Who is behind has to read it all, seen or not. */
  for (guint i = 0; i < 5; i++)
    end_ask (end, FAKE_REPLY, 0, i, 4);
  g_assert_cmpint (nlv_netlink_socket_take_error (end->socket), ==, -ENOBUFS);
  for (guint i = 0; i < 4; i++)
    {
      end_ask (end, FAKE_REPLY, 0, i, 4);
      g_assert_cmpuint (end->queue.length, ==, 4 - i);
      g_bytes_unref (g_queue_pop_head (&end->queue));
    }
  for (guint i = 0; i < 100; i++)
    {
      end_ask (end, FAKE_REPLY, 0, i, 4);
      g_bytes_unref (g_queue_pop_head (&end->queue));
    }
  g_assert_cmpint (nlv_netlink_socket_take_error (end->socket), ==, 0);
}

static void
test_unseen_reads_go_on (Fixture *fixture, gconstpointer user_data)
{
  guint n = 0;

  fake.n_messages = 10;
  end_ask (fixture->end, FAKE_DUMP, 0, 1, 4);
  while (fixture->end->queue.length > 0)
    {
      g_bytes_unref (g_queue_pop_head (&fixture->end->queue));
      nlv_netlink_socket_received_unseen (fixture->end->socket, fixture->end->queue.length);
      n++;
    }
  g_assert_cmpuint (n, ==, 4);
  g_assert_false (nlv_netlink_socket_is_dumping (fixture->end->socket));
}

static void
test_freed_during_a_dump (Fixture *fixture, gconstpointer user_data)
{
  End *end = end_new (fixture->bus);

  fake.n_messages = 100;
  end_ask (end, FAKE_DUMP, 0, 1, 4);
  end_free (end);
  g_assert_cmpuint (fake.n_dumps, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/netlink/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("dump/growth", test_growth);
  ADD ("dump/joined-done", test_joined_done);
  ADD ("dump/done-alone-when-full", test_done_alone_when_full);
  ADD ("dump/failure", test_failure);
  ADD ("dump/interrupted", test_interrupted);
  ADD ("dump/message-too-large", test_message_too_large);
  ADD ("dump/busy", test_busy);
  ADD ("dump/peeks", test_peeks);
  ADD ("dump/without-room", test_dump_without_room);
  ADD ("dump/owner-without-room", test_owner_without_room);
  ADD ("dump/unseen-reads-go-on", test_unseen_reads_go_on);
  ADD ("dump/freed", test_freed_during_a_dump);
  ADD ("overrun/once", test_overrun);
  ADD ("overrun/quiet", test_no_enobufs);
  ADD ("overrun/unseen-reads", test_unseen_reads);
  return g_test_run ();
}
