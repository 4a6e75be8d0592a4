/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ask.h"

/* More than any network of a fuzz target makes. */
#define MAX_DATAGRAMS 20000

static void
check_messages (NlvSpan datagram)
{
  NlvMessage message;

  while (nlv_message_next (&datagram, &message))
    continue;
  g_assert_cmpuint (datagram.len, ==, 0);
}

static void
read_dump (NlvDump *dump, gsize room)
{
  NlvWriter writer;
  guint n = 0;
  int result;

  nlv_writer_init (&writer, room);
  do
    {
      nlv_writer_reset (&writer, room);
      result = dump->fill (dump, &writer);
      g_assert_true (result <= 0 || writer.len > 0);
      g_assert_cmpuint (writer.len, <=, room);
      g_assert_cmpuint (n++, <, MAX_DATAGRAMS);
      check_messages (nlv_span (writer.data, writer.len));
    }
  while (result > 0);
  nlv_writer_clear (&writer);
}

void
ask_responder (NlvNetwork *network, const NlvCaller *caller, const NlvMessage *message, gsize room)
{
  NlvAnswer answer;

  if (nlv_rtnetlink_request (network, caller, message, &answer) < 0)
    g_assert_null (answer.dump);
  if (answer.dump != NULL)
    read_dump (answer.dump, room);
  if (answer.reply != NULL)
    check_messages (nlv_span (g_bytes_get_data (answer.reply, NULL), g_bytes_get_size (answer.reply)));
  nlv_answer_clear (&answer);
}
