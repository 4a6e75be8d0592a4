/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The responder: every request of the input goes to the network of
 * network.nlvirt, and its answer is read to the end. What is no request is an
 * object of the network. Somebody listens to all groups, and time goes by. Then
 * the network must be of a piece. Single bits of the first byte are the caller's
 * rights and the size of its buffer, that a dump is read one datagram at a time
 * while others ask, and that the network is saved and loaded again. */
#include "ask.h"
#include "check.h"
#include "fuzz.h"
#include "model/file/table-file.h"
#include "model/observer.h"
#include "model/timer.h"

/* Hundredths of a second: between two requests, and for what they leave to be done. */
#define STEP 30
#define LATER 100000

static gboolean
listens (gpointer owner, guint group)
{
  return TRUE;
}

static void
hear (gpointer owner, const NlvEvent *event)
{
  NlvSpan rest = event->message;
  NlvMessage message;

  g_assert_true (nlv_message_next (&rest, &message));
  g_assert_cmpuint (rest.len, ==, 0);
}

static const NlvObserver listener = { .listens = listens, .event = hear };

static NlvNetwork *
load_network (void)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new ();
  g_autofree char *text = NULL;
  NlvNetwork *network;
  gsize len;

  g_assert_true (g_file_get_contents (FUZZ_NETWORK, &text, &len, NULL));
  network = nlv_table_file_parse (text, len, faults);
  g_assert_nonnull (network);
  return network;
}

static void
add_object (NlvNetwork *network, const NlvMessage *message)
{
  NlvSpan body = nlv_message_payload (message);
  NlvObject object = { .type = message->header.nlmsg_type, .body = g_bytes_new (body.data, body.len) };

  nlv_network_add_object (network, &object);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static NlvNetwork *recorded;
  NlvMessage message;
  gsize room;
  OpenDump open = { 0 };
  guint n_objects = 0;
  NlvSpan rest;

  if (size == 0)
    return 0;
  room = (data[0] & 4) != 0 ? 300 : 3776;
  if (recorded == NULL)
    recorded = load_network ();
  NlvNetwork *network = nlv_network_copy (recorded);
  NlvCaller caller = {
    .port = 7,
    .uid = 1000,
    .strict = (data[0] & 1) != 0,
    .admin = (data[0] & 2) != 0,
    .writable = (data[0] & 8) != 0,
  };
  nlv_network_add_observer (network, &listener, network);
  rest = nlv_span (data + 1, size - 1);
  while (nlv_message_next (&rest, &message))
    if ((message.header.nlmsg_flags & NLM_F_REQUEST) == 0)
      {
        add_object (network, &message);
        n_objects++;
      }
    else
      {
        read_open_dump (&open, room);
        ask_openly (network, &caller, &message, room, &open);
        if ((data[0] & 32) == 0)
          finish_open_dump (&open, room);
        caller.now += STEP;
      }
  nlv_network_run_timers (network, caller.now + LATER);
  finish_open_dump (&open, room);
  check_network (network);
  if (n_objects == 0 && (data[0] & 16) != 0)
    check_text (network);
  nlv_network_remove_observer (network, &listener, network);
  nlv_network_unref (network);
  return 0;
}
