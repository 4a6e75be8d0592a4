/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* sendto(), sendmsg(), sendmmsg(): the requests are run, and their answers
 * queued, before the call returns. */
#include "session/endpoint.h"
#include "session/message.h"

#include <errno.h>

#define LONGEST_BATCH 5000 /* microseconds */

/* Who asks matters to requests other than dumps (ip route get shows the
 * caller's uid), and finding out costs as much as answering. */
static gboolean
depends_on_user (NlvSpan data)
{
  NlvMessage message;

  while (data.data != NULL && nlv_message_next (&data, &message))
    if ((message.header.nlmsg_flags & NLM_F_DUMP) == 0)
      return TRUE;
  return FALSE;
}

/* What has not come with the header: the name and the data, in one system call
 * where that is simple. */
static int
read_message (NlvSocketCall *c, NlvRemoteMessage *message, void *data)
{
  const NlvCallCopy copies[] = {
    { message->name, message->name_bytes, (gsize) message->name_len <= message->name_ahead ? 0 : message->name_len },
    { (guintptr) message->pieces[0].iov_base, data, message->has_data ? 0 : message->room },
  };
  int r;

  if (message->n_pieces == 1 && data != NULL)
    return nlv_call_read (c, copies, 2);
  r = nlv_call_read (c, copies, 1);
  if (r == 0 && data != NULL)
    r = nlv_call_read_pieces (c, message->pieces, message->n_pieces, data, message->room);
  return r;
}

static gint64
send_message (NlvSocketCall *c, NlvRemoteMessage *message, guint32 flags)
{
  NlvEndpoint *endpoint = c->endpoint;
  GByteArray *scratch = c->tree->scratch;
  NlvSpan data = { NULL, message->room };
  NlvTask task;
  gint64 r;

  if (flags & MSG_OOB)
    return -EOPNOTSUPP;
  /* move_addr_to_kernel() */
  if (message->name_len < 0 || (gsize) message->name_len > sizeof message->name_bytes)
    return -EINVAL;
  nlv_note_buffers (c);
  /* More than the buffer holds is refused unread. */
  if (message->room <= endpoint->send_buffer)
    {
      g_byte_array_set_size (scratch, MAX (message->room, 1));
      data.data = scratch->data;
    }
  r = read_message (c, message, (void *) data.data);
  if (r == 0)
    r = nlv_call_confirm (c);
  if (r == 0)
    r = nlv_session_fail_call (c->tree, NLV_CALL_SEND);
  if (r < 0)
    return r;
  nlv_call_get_task (c, depends_on_user (data), &task);
  if (data.data != NULL)
    nlv_endpoint_report_request (endpoint, data);
  r = nlv_netlink_socket_send (endpoint->socket, &task, message->name_len > 0 ? message->name_bytes : NULL,
                               message->name_len, data, endpoint->send_buffer);
  nlv_endpoint_name_program_end (endpoint, c->fd);
  return r;
}

gint64
nlv_serve_sendto (NlvSocketCall *c)
{
  NlvRemoteMessage message;

  nlv_remote_message_init (&message, c->call.arguments[1], c->call.arguments[2]);
  message.name = c->call.arguments[4];
  message.name_len = message.name != 0 ? (gint32) c->call.arguments[5] : 0;
  return send_message (c, &message, c->call.arguments[3]);
}

static gint64
send_from_header (NlvSocketCall *c, guint64 header, guint32 flags)
{
  NlvRemoteMessage message;
  gint64 r = nlv_remote_message_read (c, header, &c->endpoint->sends, &message);

  nlv_remote_message_note_places (&message, TRUE, &c->endpoint->sends);
  if (r == 0)
    r = nlv_remote_message_check_control (c, &message);
  if (r == 0)
    r = send_message (c, &message, flags);
  nlv_remote_message_clear (&message);
  return r;
}

gint64
nlv_serve_sendmsg (NlvSocketCall *c)
{
  return send_from_header (c, c->call.arguments[1], c->call.arguments[2]);
}

gint64
nlv_serve_sendmmsg (NlvSocketCall *c)
{
  guint n = MIN ((guint32) c->call.arguments[2], NLV_MAX_BATCH);
  gint64 end = g_get_monotonic_time () + LONGEST_BATCH;

  for (guint i = 0; i < n; i++)
    {
      guint64 header = c->call.arguments[1] + i * sizeof (struct mmsghdr);
      gint64 r;

      /* Others wait; a caller takes the rest for a full buffer. */
      if (i > 0 && g_get_monotonic_time () > end)
        return i;
      r = send_from_header (c, header, c->call.arguments[3]);
      if (r >= 0)
        r = nlv_remote_message_write_length (c, header, r);
      if (r < 0)
        return i > 0 ? (gint64) i : r;
    }
  return n;
}
