/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What goes wrong on demand, seen from a socket. */
#include "test-netlink-fake.h"

#include "model/observer.h"

#include <errno.h>
#include <string.h>

typedef struct
{
  NlvBus *bus;
  NlvFailures *failures;
  End *one, *other;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  memset (&fake, 0, sizeof fake);
  fake.message_size = 1000;
  fixture->bus = nlv_bus_new (NULL);
  fixture->failures = nlv_failures_new ();
  nlv_bus_set_failures (fixture->bus, fixture->failures);
  fixture->one = end_new (fixture->bus);
  fixture->other = end_new (fixture->bus);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_clear_pointer (&fixture->one, end_free);
  end_free (fixture->other);
  nlv_bus_unref (fixture->bus);
  nlv_failures_unref (fixture->failures);
  g_assert_cmpuint (fake.n_dumps, ==, 0);
}

/* It is the set's alone. */
static NlvFailure *
add (Fixture *fixture, NlvFailureKind kind, guint what)
{
  NlvFailure *failure = nlv_failure_new (kind, what);

  failure->error = EPERM;
  failure->delay = 5;
  nlv_failures_add (fixture->failures, failure);
  nlv_failure_unref (failure);
  return failure;
}

/* Asks, and reads the error or acknowledgement: 0 or -errno; 1 if there is none. */
static gint32
ask_for_error (End *end, guint16 type)
{
  g_autoptr (GBytes) answer = NULL;

  end_ask (end, type, NLM_F_ACK, 7, 4);
  answer = end_read (end, 4096);
  if (answer == NULL)
    return 1;
  g_assert_cmpuint (header_of (answer).nlmsg_type, ==, NLMSG_ERROR);
  g_assert_cmpuint (header_of (answer).nlmsg_seq, ==, 7);
  return error_in (answer);
}

static void
test_when (Fixture *fixture, gconstpointer user_data)
{
  NlvFailure *second = add (fixture, NLV_FAILURE_ERROR, FAKE_SILENT);
  NlvFailure *any = add (fixture, NLV_FAILURE_ERROR, 0);
  static const gint32 expected[] = { -EBUSY, -EPERM, -EBUSY, -EPERM, -EBUSY, 0, 0 };

  second->period = 2;
  second->limit = 2;
  any->error = EBUSY;
  any->limit = 3;
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpint (ask_for_error (fixture->one, FAKE_SILENT), ==, expected[i]);
  g_assert_cmpuint (second->hits, ==, 2);
  g_assert_cmpuint (any->hits, ==, 3);
  /* Other types are none of the first one's occasions. */
  any->limit = 0;
  second->limit = 0;
  second->seen = 1;
  g_assert_cmpint (ask_for_error (fixture->one, FAKE_REFUSE), ==, -EBUSY);
  g_assert_cmpuint (second->seen, ==, 1);
  nlv_failures_remove (fixture->failures, any);
  g_assert_cmpint (ask_for_error (fixture->one, FAKE_REFUSE), ==, 0);
}

/* The responder is not asked, and the kernel's words are its own. */
static void
test_error (Fixture *fixture, gconstpointer user_data)
{
  static const guint8 words[] = { 7, 0, NLMSGERR_ATTR_MSG, 0, 'n', 'o', 0, 0 };
  NlvFailure *failure = add (fixture, NLV_FAILURE_ERROR, FAKE_DUMP);
  End *end = fixture->one;
  g_autoptr (GBytes) error = NULL;
  int one = 1;

  failure->words = g_strdup ("no");
  fake.n_messages = 1;
  nlv_netlink_socket_set_option (end->socket, &nobody, NETLINK_EXT_ACK, &one, sizeof one);
  end_ask (end, FAKE_DUMP, NLM_F_DUMP, 3, 4);
  g_assert_cmpuint (fake.caller.port, ==, 0);
  error = end_read (end, 4096);
  g_assert_cmpuint (header_of (error).nlmsg_type, ==, NLMSG_ERROR);
  g_assert_cmphex (header_of (error).nlmsg_flags, ==, NLM_F_ACK_TLVS);
  g_assert_cmpuint (header_of (error).nlmsg_seq, ==, 3);
  g_assert_cmpint (error_in (error), ==, -EPERM);
  g_assert_cmpmem ((const guint8 *) g_bytes_get_data (error, NULL) + g_bytes_get_size (error) - sizeof words,
                   sizeof words, words, sizeof words);
  g_assert_null (end_read (end, 4096));
}

/* What is no request is nothing that could fail. */
static void
test_no_request (Fixture *fixture, gconstpointer user_data)
{
  NlvFailure *failure = add (fixture, NLV_FAILURE_ERROR, 0);

  end_ask (fixture->one, NLMSG_NOOP, 0, 1, 4);
  g_assert_cmpuint (failure->seen, ==, 0);
  g_assert_null (end_read (fixture->one, 4096));
}

/* Every header's flags, of a dump that is read to its end. */
static char *
dump_flags (End *end)
{
  GString *flags = g_string_new (NULL);
  GBytes *datagram;

  end_ask (end, FAKE_DUMP, NLM_F_DUMP, 1, 4);
  while ((datagram = end_read (end, 4096)) != NULL)
    {
      NlvSpan rest = nlv_span (g_bytes_get_data (datagram, NULL), g_bytes_get_size (datagram));
      NlvMessage message;

      while (nlv_message_next (&rest, &message))
        g_string_append_printf (flags, "%x ", message.header.nlmsg_flags);
      g_bytes_unref (datagram);
    }
  return g_string_free (flags, FALSE);
}

static void
test_interrupt (Fixture *fixture, gconstpointer user_data)
{
  NlvFailure *failure = add (fixture, NLV_FAILURE_INTERRUPT, FAKE_DUMP);
  g_autofree char *interrupted = NULL;
  g_autofree char *whole = NULL;

  failure->limit = 1;
  fake.n_messages = 2;
  interrupted = dump_flags (fixture->one);
  g_assert_cmpstr (interrupted, ==, "2 2 12 ");
  whole = dump_flags (fixture->one);
  g_assert_cmpstr (whole, ==, "2 2 2 ");
}

static void
send_event (Fixture *fixture, guint16 type)
{
  const struct nlmsghdr header = { .nlmsg_len = sizeof header, .nlmsg_type = type };
  const NlvEvent event = { .group = 1, .message = nlv_span (&header, sizeof header) };

  fake.observer->event (fixture->bus, &event);
}

static void
listen_to_events (End *end)
{
  const struct sockaddr_nl name = { .nl_family = AF_NETLINK, .nl_groups = 1 };

  g_assert_cmpint (nlv_netlink_socket_bind (end->socket, &nobody, &name, sizeof name), ==, 0);
}

static int
take_event (End *end)
{
  g_autoptr (GBytes) datagram = NULL;
  int error = nlv_netlink_socket_take_error (end->socket);

  if (error != 0)
    {
      nlv_netlink_socket_received_nothing (end->socket);
      return error;
    }
  datagram = end_read (end, 4096);
  return header_of (datagram).nlmsg_type;
}

/* One event is lost, once; the other socket hears it. */
static void
test_overrun (Fixture *fixture, gconstpointer user_data)
{
  NlvFailure *failure = add (fixture, NLV_FAILURE_OVERRUN, 24);

  failure->limit = 1;
  listen_to_events (fixture->one);
  listen_to_events (fixture->other);
  send_event (fixture, 16);
  send_event (fixture, 24);
  send_event (fixture, 25);
  g_assert_cmpuint (failure->hits, ==, 1);
  /* Its queue holds what came before, and nothing of what came after. */
  g_assert_cmpuint (fixture->one->n_errors, ==, 0);
  g_assert_cmpint (take_event (fixture->one), ==, -ENOBUFS);
  g_assert_cmpint (take_event (fixture->one), ==, 16);
  g_assert_cmpint (take_event (fixture->one), ==, 0);
  send_event (fixture, 26);
  g_assert_cmpint (take_event (fixture->one), ==, 26);
  g_assert_cmpint (take_event (fixture->other), ==, 16);
  g_assert_cmpint (take_event (fixture->other), ==, 24);
  g_assert_cmpint (take_event (fixture->other), ==, 25);
}

/* Nothing else would make its reader come. */
static void
test_overrun_when_empty (Fixture *fixture, gconstpointer user_data)
{
  NlvFailure *failure = add (fixture, NLV_FAILURE_OVERRUN, 0);

  failure->limit = 1;
  listen_to_events (fixture->one);
  send_event (fixture, 24);
  g_assert_cmpuint (fixture->one->n_errors, ==, 1);
  send_event (fixture, 25);
  g_assert_cmpuint (fixture->one->n_errors, ==, 1);
  g_assert_cmpint (take_event (fixture->one), ==, -ENOBUFS);
  send_event (fixture, 26);
  g_assert_cmpint (take_event (fixture->one), ==, 26);
}

static void
test_overrun_unreported (Fixture *fixture, gconstpointer user_data)
{
  int one = 1;

  add (fixture, NLV_FAILURE_OVERRUN, 0)->limit = 1;
  listen_to_events (fixture->one);
  nlv_netlink_socket_set_option (fixture->one->socket, &nobody, NETLINK_NO_ENOBUFS, &one, sizeof one);
  send_event (fixture, 24);
  send_event (fixture, 25);
  g_assert_cmpuint (fixture->one->n_errors, ==, 0);
  g_assert_cmpint (take_event (fixture->one), ==, 25);
}

static void
test_delay (Fixture *fixture, gconstpointer user_data)
{
  NlvFailure *failure = add (fixture, NLV_FAILURE_DELAY, FAKE_REPLY);
  End *end = fixture->one;
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;

  g_assert_cmpint (end_ask (end, FAKE_REPLY, 0, 1, 4), >, 0);
  g_assert_cmpuint (end->delay, ==, 5);
  /* What comes after it keeps its place. */
  end_ask (end, FAKE_REFUSE, NLM_F_ACK, 2, 4);
  g_assert_null (end_read (end, 4096));
  g_assert_cmpint (ask_for_error (fixture->other, FAKE_SILENT), ==, 0);
  nlv_netlink_socket_resume (end->socket, 777);
  g_assert_cmpuint (fake.caller.now, ==, 777);
  g_assert_cmpuint (fake.caller.uid, ==, nobody.uid);
  first = end_read (end, 4096);
  /* Which has its turn after the others. */
  g_assert_null (end_read (end, 4096));
  g_assert_cmpuint (end->delay, ==, 0);
  nlv_netlink_socket_resume (end->socket, 778);
  second = end_read (end, 4096);
  g_assert_cmpuint (header_of (first).nlmsg_seq, ==, 1);
  g_assert_cmpuint (header_of (second).nlmsg_seq, ==, 2);
  g_assert_null (end_read (end, 4096));
  g_assert_cmpuint (failure->hits, ==, 1);
}

/* Two that wait, in one datagram, and another behind them. */
static void
test_delays (Fixture *fixture, gconstpointer user_data)
{
  static const guint delays[] = { 5, 0, 99 };
  struct
  {
    struct nlmsghdr header;
    guint32 body;
  } requests[2] = {
    { { 20, FAKE_REPLY, NLM_F_REQUEST, 1, 0 }, 0 },
    { { 20, FAKE_REPLY, NLM_F_REQUEST, 2, 0 }, 0 },
  };
  End *end = fixture->one;

  add (fixture, NLV_FAILURE_DELAY, FAKE_REPLY)->limit = 2;
  nlv_netlink_socket_send (end->socket, &nobody, NULL, 0, nlv_span (&requests, sizeof requests), 212992);
  end_ask (end, FAKE_REPLY, 0, 3, 4);
  for (guint32 seq = 1; seq <= 3; seq++)
    {
      g_autoptr (GBytes) reply = NULL;

      g_assert_null (end_read (end, 4096));
      end->delay = 99;
      nlv_netlink_socket_resume (end->socket, 0);
      g_assert_cmpuint (end->delay, ==, delays[seq - 1]);
      reply = end_read (end, 4096);
      g_assert_cmpuint (header_of (reply).nlmsg_seq, ==, seq);
    }
}

/* A program cannot make much wait, nor is anything left of what does. */
static void
test_delay_bound (Fixture *fixture, gconstpointer user_data)
{
  guint n = 0;

  add (fixture, NLV_FAILURE_DELAY, 0);
  while (end_ask (fixture->one, FAKE_SILENT, 0, 1, 200000) > 0)
    g_assert_cmpuint (++n, <, 100);
  g_assert_cmpuint (n, >, 10);
  g_assert_cmpint (end_ask (fixture->one, FAKE_SILENT, 0, 1, 200000), ==, -ENOBUFS);
  g_assert_cmpint (end_ask (fixture->other, FAKE_SILENT, 0, 1, 200000), ==, -ENOBUFS);
  g_clear_pointer (&fixture->one, end_free);
  g_assert_cmpint (end_ask (fixture->other, FAKE_SILENT, 0, 1, 200000), >, 0);
}

/* Short ones cost memory too. */
static void
test_delay_bound_of_short (Fixture *fixture, gconstpointer user_data)
{
  guint n = 0;

  add (fixture, NLV_FAILURE_DELAY, 0);
  end_ask (fixture->one, FAKE_SILENT, 0, 1, 4);
  while (nlv_netlink_socket_send (fixture->one->socket, &nobody, NULL, 0, nlv_span ("", 1), 212992) > 0)
    g_assert_cmpuint (++n, <, 100000);
  g_assert_cmpuint (n, >, 10000);
}

#define ADD(name) g_test_add ("/netlink-failure/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD (when);
  ADD (error);
  ADD (no_request);
  ADD (interrupt);
  ADD (overrun);
  ADD (overrun_when_empty);
  ADD (overrun_unreported);
  ADD (delay);
  ADD (delays);
  ADD (delay_bound);
  ADD (delay_bound_of_short);
  return g_test_run ();
}
