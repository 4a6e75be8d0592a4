/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A datagram to the kernel, cut into requests and answered one after the
 * other: netlink_rcv_skb(). */
#include "netlink/socket-private.h"

/* What the writer may keep between two datagrams. */
#define KEPT_MEMORY 16384

static gboolean
is_for_responder (const NlvMessage *message)
{
  return (message->header.nlmsg_flags & NLM_F_REQUEST) != 0 && message->header.nlmsg_type >= NLMSG_MIN_TYPE;
}

/* nlmsg_notify(): who asks is told once, and sees which group it was for. */
static void
send_reply (NlvNetlinkSocket *self, const NlvAnswer *answer)
{
  gsize len;
  gconstpointer data = g_bytes_get_data (answer->reply, &len);
  const NlvDatagram datagram = { .bytes = nlv_span (data, len), .group = answer->group };

  nlv_bus_broadcast (self->bus, &datagram, NULL, answer->mute ? 0 : self->port);
  if (!answer->mute && !nlv_netlink_socket_deliver (self, &datagram))
    nlv_netlink_socket_overrun (self);
}

/* 0 or -errno; @answered when a dump has started in place of an ACK. */
static int
ask_responder (NlvNetlinkSocket *self, const NlvCaller *caller, const NlvMessage *message, NlvAnswer *answer,
               gboolean *answered)
{
  int error = nlv_rtnetlink_request (nlv_bus_get_network (self->bus), caller, message, answer);

  if (answer->reply != NULL)
    send_reply (self, answer);
  if (error == 0 && answer->dump != NULL)
    {
      error = nlv_netlink_socket_start_dump (self, g_steal_pointer (&answer->dump));
      *answered = error == 0;
    }
  return error;
}

static int
ask_unless_it_fails (NlvNetlinkSocket *self, const NlvCaller *caller, const NlvMessage *message, NlvAnswer *answer,
                     gboolean *answered)
{
  int error = nlv_netlink_socket_fails_request (self, message, &answer->extack);

  return error != 0 ? error : ask_responder (self, caller, message, answer, answered);
}

static void
serve_message (NlvNetlinkSocket *self, const NlvCaller *caller, const NlvMessage *message)
{
  NlvAnswer answer = { 0 };
  gboolean answered = FALSE;
  int error = 0;

  if (is_for_responder (message))
    error = ask_unless_it_fails (self, caller, message, &answer, &answered);
  if (!answered && (error != 0 || (message->header.nlmsg_flags & NLM_F_ACK) != 0))
    nlv_netlink_socket_ack (self, message, error, &answer);
  nlv_answer_clear (&answer);
}

static void
serve_all (NlvNetlinkSocket *self, const NlvTask *task, NlvSpan data, gboolean late)
{
  NlvCaller caller = {
    .port = self->port,
    .uid = task->uid,
    .admin = task->admin,
    .writable = task->writable,
    .origin = self->bus,
    .strict = nlv_netlink_socket_has_option (self, NETLINK_GET_STRICT_CHK),
    .now = task->now,
  };
  NlvMessage message;

  nlv_bus_hold (self->bus);
  for (NlvSpan rest = data; nlv_message_next (&rest, &message); late = FALSE, data = rest)
    {
      if (!late && is_for_responder (&message) && nlv_netlink_socket_hold (self, task, &message, data))
        break;
      serve_message (self, &caller, &message);
      caller.goes_on = TRUE;
    }
  nlv_bus_let_go (self->bus);
  if (self->writer.allocated > KEPT_MEMORY)
    nlv_writer_clear (&self->writer);
}

void
nlv_netlink_socket_serve (NlvNetlinkSocket *self, const NlvTask *task, NlvSpan data)
{
  serve_all (self, task, data, FALSE);
}

void
nlv_netlink_socket_serve_held (NlvNetlinkSocket *self, const NlvTask *task, NlvSpan data)
{
  serve_all (self, task, data, TRUE);
}
