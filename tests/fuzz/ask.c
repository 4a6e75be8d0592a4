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

void
read_open_dump (OpenDump *open, gsize room)
{
  NlvWriter writer;
  int result;

  if (open->dump == NULL)
    return;
  nlv_writer_init (&writer, room);
  result = open->dump->fill (open->dump, &writer);
  g_assert_true (result <= 0 || writer.len > 0);
  g_assert_cmpuint (writer.len, <=, room);
  g_assert_cmpuint (open->n++, <, MAX_DATAGRAMS);
  check_messages (nlv_span (writer.data, writer.len));
  nlv_writer_clear (&writer);
  if (result > 0)
    return;
  nlv_dump_free (open->dump);
  *open = (OpenDump){ 0 };
}

void
finish_open_dump (OpenDump *open, gsize room)
{
  while (open->dump != NULL)
    read_open_dump (open, room);
}

void
ask_openly (NlvNetwork *network, const NlvCaller *caller, const NlvMessage *message, gsize room, OpenDump *open)
{
  NlvAnswer answer;
  OpenDump own = { 0 };

  if (nlv_rtnetlink_request (network, caller, message, &answer) < 0)
    g_assert_null (answer.dump);
  own.dump = g_steal_pointer (&answer.dump);
  if (open->dump == NULL)
    {
      *open = own;
      own.dump = NULL;
    }
  finish_open_dump (&own, room);
  if (answer.reply != NULL)
    check_messages (nlv_span (g_bytes_get_data (answer.reply, NULL), g_bytes_get_size (answer.reply)));
  nlv_answer_clear (&answer);
}

void
ask_responder (NlvNetwork *network, const NlvCaller *caller, const NlvMessage *message, gsize room)
{
  OpenDump open = { 0 };

  ask_openly (network, caller, message, room, &open);
  finish_open_dump (&open, room);
}
