/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The responder: every request of the input goes to the network of
 * network.nlvirt, and its answer is read to the end. What is no request is an
 * object of the network. Single bits of the first byte are the caller's rights
 * and the size of its buffer. */
#include "ask.h"
#include "fuzz.h"
#include "model/table-file.h"

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
  NlvSpan rest;

  if (size == 0)
    return 0;
  if (recorded == NULL)
    recorded = load_network ();
  NlvNetwork *network = nlv_network_copy (recorded);
  const NlvCaller caller = { .port = 7, .uid = 1000, .strict = (data[0] & 1) != 0, .admin = (data[0] & 2) != 0 };
  rest = nlv_span (data + 1, size - 1);
  while (nlv_message_next (&rest, &message))
    if ((message.header.nlmsg_flags & NLM_F_REQUEST) == 0)
      add_object (network, &message);
    else
      ask_responder (network, &caller, &message, (data[0] & 4) != 0 ? 300 : 3776);
  nlv_network_unref (network);
  return 0;
}
