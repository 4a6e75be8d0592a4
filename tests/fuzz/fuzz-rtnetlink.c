/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The responder: every message of the input is a request to a small network,
 * and its answer is read to the end. Single bits of the first byte are the
 * caller's rights and the size of its buffer. */
#include "fuzz.h"
#include "model/consequences.h"
#include "model/rtnetlink.h"

static NlvNetwork *
network_of_two_links (void)
{
  NlvNetwork *network = nlv_network_new_loopback ();
  NlvLink link;

  nlv_link_init_like_kernel (&link, "eth0", NULL);
  link.index = 2;
  nlv_link_set_up (&link, TRUE, TRUE);
  nlv_network_add_link (network, &link);

  NlvAddress ipv4 = { .family = AF_INET, .prefix_length = 24, .link = 2, .local.bytes = { 10, 0, 0, 1 } };
  NlvAddress ipv6 = {
    .family = AF_INET6, .prefix_length = 64, .link = 2, .local.bytes = { 0x20, 1, 0xd, 0xb8, [15] = 1 }
  };
  ipv4.peer = ipv4.local;
  ipv6.peer = ipv6.local;
  nlv_network_add_address (network, &ipv4);
  nlv_network_add_address (network, &ipv6);
  NlvNeighbor neighbor = { .family = AF_INET, .link = 2, .state = NUD_REACHABLE, .destination.bytes = { 10, 0, 0, 2 } };
  nlv_network_add_neighbor (network, &neighbor);
  nlv_network_derive_routes (network);
  return network;
}

/* A dump ends, and every datagram is a row of whole messages. */
static void
read_dump (NlvDump *dump, gsize room)
{
  NlvWriter writer;
  guint n = 0;
  int result;

  nlv_writer_init (&writer, room);
  do
    {
      NlvMessage message;

      nlv_writer_reset (&writer, room);
      result = dump->fill (dump, &writer);
      g_assert_true (result <= 0 || writer.len > 0);
      g_assert_cmpuint (writer.len, <=, room);
      g_assert_cmpuint (n++, <, 1000);
      NlvSpan rest = nlv_span (writer.data, writer.len);
      while (nlv_message_next (&rest, &message))
        continue;
      g_assert_cmpuint (rest.len, ==, 0);
    }
  while (result > 0);
  nlv_writer_clear (&writer);
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
    network = network_of_two_links ();
  const NlvCaller caller = { .port = 7, .uid = 1000, .strict = (data[0] & 1) != 0, .admin = (data[0] & 2) != 0 };
  rest = nlv_span (data + 1, size - 1);
  while (nlv_message_next (&rest, &message))
    {
      NlvAnswer answer;

      if (nlv_rtnetlink_request (network, &caller, &message, &answer) < 0)
        g_assert_null (answer.dump);
      if (answer.dump != NULL)
        read_dump (answer.dump, (data[0] & 4) != 0 ? 300 : 3776);
      nlv_answer_clear (&answer);
    }
  return 0;
}
