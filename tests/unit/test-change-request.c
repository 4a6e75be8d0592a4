/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-change-request.h"

int
test_change_ask (NlvNetwork *network, const NlvCaller *caller, NlvWriter *writer, NlvAnswer *answer)
{
  NlvMessage message;
  NlvSpan rest;
  int error;

  g_assert_true (nlv_writer_end (writer));
  rest = nlv_span (writer->data, writer->len);
  g_assert_true (nlv_message_next (&rest, &message));
  nlv_answer_clear (answer);
  error = nlv_rtnetlink_request (network, caller, &message, answer);
  nlv_writer_clear (writer);
  return error;
}
