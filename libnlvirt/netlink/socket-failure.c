/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where what is to go wrong does: requests, events, and requests that wait
 * until they are late enough. What waits keeps its order, and its bytes are
 * counted, since a program decides how many there are. */
#include "netlink/socket-private.h"

#include <string.h>

/* Of all sockets of a bus, with what it takes to keep each of them. */
#define MAX_HELD (8 * 1024 * 1024)
#define HELD_OVERHEAD 256

typedef struct
{
  NlvTask task;
  GBytes *data; /* (owned) */
} HeldRequest;

static const NlvFailure *
strike (NlvNetlinkSocket *self, NlvFailureKind kind, guint what)
{
  return nlv_failures_strike (nlv_bus_get_failures (self->bus), kind, what);
}

int
nlv_netlink_socket_fails_request (NlvNetlinkSocket *self, const NlvMessage *message, NlvExtack *extack)
{
  const NlvFailure *failure = strike (self, NLV_FAILURE_ERROR, message->header.nlmsg_type);

  if (failure != NULL)
    {
      if (failure->words != NULL)
        nlv_extack_set (extack, failure->words, NULL);
      return -failure->error;
    }
  if ((message->header.nlmsg_flags & NLM_F_DUMP) != 0 && self->dump == NULL)
    self->dump_to_interrupt = strike (self, NLV_FAILURE_INTERRUPT, message->header.nlmsg_type) != NULL;
  return 0;
}

gboolean
nlv_netlink_socket_fails_event (NlvNetlinkSocket *self, const NlvDatagram *datagram)
{
  struct nlmsghdr header = { 0 };

  memcpy (&header, datagram->bytes.data, MIN (sizeof header, datagram->bytes.len));
  return strike (self, NLV_FAILURE_OVERRUN, header.nlmsg_type) != NULL;
}

gboolean
nlv_netlink_socket_fails_send (NlvNetlinkSocket *self, gsize len)
{
  return nlv_bus_get_failures (self->bus) != NULL && *nlv_bus_get_held (self->bus) + len + HELD_OVERHEAD > MAX_HELD;
}

static HeldRequest *
held_request_new (NlvNetlinkSocket *self, const NlvTask *task, NlvSpan data)
{
  HeldRequest *request = g_new (HeldRequest, 1);

  *request = (HeldRequest){ *task, g_bytes_new (data.data, data.len) };
  *nlv_bus_get_held (self->bus) += data.len + HELD_OVERHEAD;
  return request;
}

static void
held_request_free (NlvNetlinkSocket *self, HeldRequest *request)
{
  *nlv_bus_get_held (self->bus) -= g_bytes_get_size (request->data) + HELD_OVERHEAD;
  g_bytes_unref (request->data);
  g_free (request);
}

gboolean
nlv_netlink_socket_hold (NlvNetlinkSocket *self, const NlvTask *task, const NlvMessage *message, NlvSpan data)
{
  const NlvFailure *failure;

  if (self->queue->delay == NULL)
    return FALSE;
  failure = strike (self, NLV_FAILURE_DELAY, message->header.nlmsg_type);
  if (failure == NULL)
    return FALSE;
  g_queue_push_head (&self->held, held_request_new (self, task, data));
  self->held_is_late = TRUE;
  self->queue->delay (self->owner, failure->delay);
  return TRUE;
}

gboolean
nlv_netlink_socket_queue_up (NlvNetlinkSocket *self, const NlvTask *task, NlvSpan data)
{
  if (g_queue_is_empty (&self->held))
    return FALSE;
  g_queue_push_tail (&self->held, held_request_new (self, task, data));
  return TRUE;
}

void
nlv_netlink_socket_forget_held (NlvNetlinkSocket *self)
{
  HeldRequest *request;

  while ((request = g_queue_pop_head (&self->held)) != NULL)
    held_request_free (self, request);
}

/* One datagram at a time, so that much that has waited holds nobody else up. */
void
nlv_netlink_socket_resume (NlvNetlinkSocket *self, guint64 now)
{
  HeldRequest *request = g_queue_pop_head (&self->held);
  gboolean late = self->held_is_late;
  gsize len;
  gconstpointer data;

  if (request == NULL)
    return;
  self->held_is_late = FALSE;
  data = g_bytes_get_data (request->data, &len);
  request->task.now = now;
  if (late)
    nlv_netlink_socket_serve_held (self, &request->task, nlv_span (data, len));
  else
    nlv_netlink_socket_serve (self, &request->task, nlv_span (data, len));
  held_request_free (self, request);
  if (!g_queue_is_empty (&self->held) && !self->held_is_late)
    self->queue->delay (self->owner, 0);
}
