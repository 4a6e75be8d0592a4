/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The receive queue as far as the kernel counts it: what goes in, what the
 * reader takes out, and netlink_overrun(). */
#include "netlink/socket-private.h"

#include <errno.h>

/* The owner may know better than the count: programs also read unseen. */
static void
forget_unseen (NlvNetlinkSocket *self)
{
  if (self->queue->count_unread == NULL || nlv_backlog_is_empty (&self->backlog))
    return;
  nlv_backlog_keep_last (&self->backlog, self->queue->count_unread (self->owner));
  if (nlv_backlog_is_empty (&self->backlog))
    self->congested = FALSE;
}

static gboolean
has_room (const NlvNetlinkSocket *self, gsize charge)
{
  if (self->congested)
    return FALSE;
  return nlv_backlog_is_empty (&self->backlog) || self->backlog.charge + charge <= self->receive_buffer;
}

gboolean
nlv_netlink_socket_deliver (NlvNetlinkSocket *self, const NlvDatagram *datagram)
{
  gsize charge = nlv_backlog_charge_for (datagram->bytes.len);

  if (!has_room (self, charge))
    forget_unseen (self);
  if (!has_room (self, charge) || !self->queue->append (self->owner, datagram))
    return FALSE;
  nlv_backlog_push (&self->backlog, datagram->bytes.len, charge);
  return TRUE;
}

void
nlv_netlink_socket_overrun (NlvNetlinkSocket *self)
{
  if (nlv_netlink_socket_has_option (self, NETLINK_NO_ENOBUFS) || self->congested)
    return;
  self->congested = TRUE;
  self->error = ENOBUFS;
  if (nlv_backlog_is_empty (&self->backlog) && self->queue->report_error != NULL)
    self->queue->report_error (self->owner);
}

void
nlv_netlink_socket_send_answer (NlvNetlinkSocket *self, NlvSpan bytes)
{
  const NlvDatagram datagram = { .bytes = bytes };

  if (!nlv_netlink_socket_deliver (self, &datagram))
    nlv_netlink_socket_overrun (self);
}

int
nlv_netlink_socket_take_error (NlvNetlinkSocket *self)
{
  int error = self->error;

  self->error = 0;
  return -error;
}

void
nlv_netlink_socket_received_nothing (NlvNetlinkSocket *self)
{
  if (nlv_backlog_is_empty (&self->backlog))
    self->congested = FALSE;
}

void
nlv_netlink_socket_set_receive_buffer (NlvNetlinkSocket *self, gsize size)
{
  self->receive_buffer = size;
}

/* What netlink_recvmsg() does when it is done with a datagram. */
static void
go_on (NlvNetlinkSocket *self)
{
  if (self->backlog.charge <= self->receive_buffer / 2)
    nlv_netlink_socket_continue_dump (self);
  if (nlv_backlog_is_empty (&self->backlog))
    self->congested = FALSE;
}

void
nlv_netlink_socket_received (NlvNetlinkSocket *self, gsize reader_room, gsize consumed)
{
  self->reader_room = MAX (self->reader_room, reader_room);
  if (consumed > 0)
    nlv_backlog_pop (&self->backlog, consumed);
  go_on (self);
}

void
nlv_netlink_socket_received_unseen (NlvNetlinkSocket *self, guint n_left)
{
  nlv_backlog_keep_last (&self->backlog, n_left);
  go_on (self);
}
