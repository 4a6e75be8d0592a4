/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The responder: every message of the input is a request to the network of
 * network.nlvirt, and its answer is read to the end. Single bits of the first
 * byte are the caller's rights and the size of its buffer. */
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

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static NlvNetwork *network;
  NlvMessage message;
  NlvSpan rest;

  if (size == 0)
    return 0;
  if (network == NULL)
    network = load_network ();
  const NlvCaller caller = { .port = 7, .uid = 1000, .strict = (data[0] & 1) != 0, .admin = (data[0] & 2) != 0 };
  rest = nlv_span (data + 1, size - 1);
  while (nlv_message_next (&rest, &message))
    ask_responder (network, &caller, &message, (data[0] & 4) != 0 ? 300 : 3776);
  return 0;
}
