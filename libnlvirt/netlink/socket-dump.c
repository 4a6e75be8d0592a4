/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A dump is made one datagram at a time, as its reader goes on:
 * netlink_dump_start(), netlink_dump(), netlink_dump_done(). */
#include "netlink/socket-private.h"

#include <errno.h>
#include <string.h>

/* NLMSG_GOODSIZE, the room of a datagram before the reader is known, and the
 * most that a larger reader gets: SKB_WITH_OVERHEAD() of a page and of 32 KiB. */
#define FIRST_ROOM 3776
#define LARGEST_ROOM 32448

#define DONE_LENGTH NLMSG_LENGTH (sizeof (gint32))

gboolean
nlv_netlink_socket_is_dumping (NlvNetlinkSocket *self)
{
  return self->dump != NULL;
}

void
nlv_netlink_socket_end_dump (NlvNetlinkSocket *self)
{
  g_clear_pointer (&self->dump, nlv_dump_free);
  self->dump_held = FALSE;
  nlv_writer_clear (&self->dump_writer);
}

static void
begin_done (NlvNetlinkSocket *self, guint16 flags)
{
  const NlvDump *dump = self->dump;
  gint32 result = self->dump_result;
  gpointer payload;

  flags |= NLM_F_MULTI | dump->answer_flags | (dump->interrupted ? NLM_F_DUMP_INTR : 0);
  payload = nlv_writer_begin (&self->dump_writer, NLMSG_DONE, flags, dump->seq, dump->caller.port, sizeof result);
  if (payload != NULL)
    memcpy (payload, &result, sizeof result);
}

/* @extack: (nullable) what the dump has to say about its end. */
static void
write_done (NlvNetlinkSocket *self, const NlvExtack *extack)
{
  NlvWriter *writer = &self->dump_writer;
  NlvSpan request = { 0 };

  if (extack == NULL || !nlv_netlink_socket_has_option (self, NETLINK_EXT_ACK) ||
      !nlv_extack_has_words (extack, self->dump_result))
    {
      begin_done (self, 0);
      nlv_writer_end (writer);
      return;
    }
  /* The dump keeps the request; this much of it is known here. */
  if (extack->where != NULL)
    request = nlv_span (extack->where - self->dump->offset, (gsize) self->dump->offset + 1);
  begin_done (self, NLM_F_ACK_TLVS);
  nlv_extack_write (writer, extack, request, self->dump_result);
  if (nlv_writer_end (writer))
    return;
  /* The flag stays when there is no room for what it announces. */
  begin_done (self, NLM_F_ACK_TLVS);
  nlv_writer_end (writer);
}

/* Writes the next datagram; TRUE if the dump ends in it. */
static gboolean
write_datagram (NlvNetlinkSocket *self)
{
  NlvWriter *writer = &self->dump_writer;
  NlvExtack extack;
  gboolean asked = self->dump_result > 0;

  if (asked)
    {
      self->dump_result = self->dump->fill (self->dump, writer);
      if (self->dump_to_interrupt)
        self->dump->interrupted = TRUE;
      self->dump_to_interrupt = FALSE;
      extack = self->dump->why;
      extack.message = self->dump->extack;
      if (writer->len > 0 && self->dump_result == -EMSGSIZE)
        self->dump_result = 1;
      /* A message that does not even fit into an empty datagram. */
      if (writer->len == 0 && self->dump_result > 0)
        self->dump_result = -EMSGSIZE;
    }
  if (self->dump_result > 0 || writer->room - NLMSG_ALIGN (writer->len) < DONE_LENGTH)
    return FALSE;
  write_done (self, asked ? &extack : NULL);
  return TRUE;
}

/* Hands the datagram that was written to the owner. A dump loses nothing: what
 * cannot be held now is kept for when the reader has been here. */
static void
append_datagram (NlvNetlinkSocket *self)
{
  const NlvWriter *writer = &self->dump_writer;
  const NlvDatagram datagram = { .bytes = nlv_span (writer->data, writer->len) };

  self->dump_held = FALSE;
  if (self->queue->append (self->owner, &datagram))
    nlv_backlog_push (&self->backlog, writer->len, nlv_backlog_charge_for (writer->room));
  else if (nlv_backlog_is_empty (&self->backlog))
    nlv_netlink_socket_overrun (self);
  else
    self->dump_held = TRUE;
}

static gsize
next_room (const NlvNetlinkSocket *self)
{
  gsize least = MAX (FIRST_ROOM, self->dump->min_room);

  return MAX (least, MIN (self->reader_room, LARGEST_ROOM));
}

/* netlink_dump(): one more datagram. -ENOBUFS when the queue has no room for
 * it; the dump is not ended by that. */
static int
dump_more (NlvNetlinkSocket *self)
{
  gsize room;

  if (self->dump_held)
    {
      append_datagram (self);
    }
  else
    {
      room = next_room (self);
      if (!nlv_backlog_is_empty (&self->backlog) &&
          self->backlog.charge + nlv_backlog_charge_for (room) >= self->receive_buffer)
        return -ENOBUFS;
      nlv_writer_reset (&self->dump_writer, room);
      self->dump_ended = write_datagram (self);
      append_datagram (self);
    }
  if (self->dump_ended && !self->dump_held)
    nlv_netlink_socket_end_dump (self);
  return 0;
}

int
nlv_netlink_socket_start_dump (NlvNetlinkSocket *self, NlvDump *dump)
{
  int error;

  if (self->dump != NULL)
    {
      nlv_dump_free (dump);
      return -EBUSY;
    }
  self->dump = dump;
  self->dump_result = G_MAXINT;
  self->dump_ended = FALSE;
  self->dumping = TRUE;
  error = dump_more (self);
  self->dumping = FALSE;
  return error;
}

void
nlv_netlink_socket_continue_dump (NlvNetlinkSocket *self)
{
  int error;

  /* The owner's append may call back. */
  if (self->dump == NULL || self->dumping)
    return;
  self->dumping = TRUE;
  error = dump_more (self);
  self->dumping = FALSE;
  if (error != 0)
    self->error = -error;
}
