/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One request after the other, each with all of its answer. */
#include "nlvirt-recorder-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define REQUEST_ROOM 256

/* Hands on what one datagram holds. 0 to go on, 1 at the end, or -errno. */
static int
take_datagram (NlvirtRecorder *self, gsize len, NlvirtOnMessage on_message, gpointer data)
{
  NlvSpan rest = nlv_span (self->buffer, len);
  NlvMessage message;
  gint32 result = 0;

  while (nlv_message_next (&rest, &message))
    {
      NlvSpan body = nlv_message_payload (&message);

      if (message.header.nlmsg_seq != self->seq)
        continue;
      if ((message.header.nlmsg_flags & NLM_F_DUMP_INTR) != 0)
        self->interrupted = TRUE;
      if (message.header.nlmsg_type == NLMSG_DONE || message.header.nlmsg_type == NLMSG_ERROR)
        {
          memcpy (&result, body.data, MIN (sizeof result, body.len));
          return result < 0 ? result : 1;
        }
      on_message (&message, data);
      if ((message.header.nlmsg_flags & NLM_F_MULTI) == 0)
        return 1;
    }
  return 0;
}

static int
receive_all (NlvirtRecorder *self, NlvirtOnMessage on_message, gpointer data)
{
  int result;

  do
    {
      ssize_t len = recv (self->fd, self->buffer, NLVIRT_RECORDER_READ_SIZE, 0);

      if (len < 0 && errno == EINTR)
        result = 0;
      else if (len < 0)
        return -errno;
      else if (len == 0)
        return -ECONNRESET; /* nobody answers any more, under a supervisor that is gone */
      else
        result = take_datagram (self, (gsize) len, on_message, data);
    }
  while (result == 0);
  return result < 0 ? result : 0;
}

int
nlvirt_recorder_ask (NlvirtRecorder *self, NlvWriter *writer, NlvirtOnMessage on_message, gpointer data)
{
  ssize_t sent;

  nlv_writer_end (writer);
  do
    sent = send (self->fd, writer->data, writer->len, 0);
  while (sent < 0 && errno == EINTR);
  nlv_writer_clear (writer);
  return sent < 0 ? -errno : receive_all (self, on_message, data);
}

gpointer
nlvirt_recorder_begin (NlvirtRecorder *self, NlvWriter *writer, guint16 type, guint16 flags, gsize header)
{
  nlv_writer_init (writer, REQUEST_ROOM);
  return nlv_writer_begin (writer, type, NLM_F_REQUEST | flags, ++self->seq, 0, header);
}

void
nlvirt_recorder_take_row (const NlvMessage *message, gpointer data)
{
  NlvirtRecorder *self = data;

  nlv_capture_message (self->capture, message, FALSE);
}
