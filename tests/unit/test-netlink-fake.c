/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-netlink-fake.h"

#include <errno.h>
#include <string.h>

Fake fake;

const NlvTask nobody = { .tgid = 4711, .pid = 4711, .uid = 65534, .gid = 65534 };
const NlvTask admin = { .tgid = 4712, .pid = 4712, .admin = TRUE };

/* The responder, in place of the model's. */

typedef struct
{
  NlvDump dump;
  guint position;
  gboolean finished;
} FakeDump;

static int
fake_fill (NlvDump *dump, NlvWriter *writer)
{
  FakeDump *self = (FakeDump *) dump;

  if (self->finished)
    return 0;
  dump->interrupted = fake.interrupted;
  dump->extack = fake.words;
  for (; self->position < fake.n_messages; self->position++)
    {
      gsize payload = fake.message_size - sizeof (struct nlmsghdr);

      if (nlv_writer_begin (writer, FAKE_DUMP, NLM_F_MULTI, dump->seq, dump->caller.port, payload) == NULL)
        {
          nlv_writer_cancel (writer);
          return -EMSGSIZE;
        }
      nlv_writer_end (writer);
    }
  self->finished = TRUE;
  return fake.split_done && writer->len > 0 ? 1 : fake.end;
}

static void
fake_free (NlvDump *dump)
{
  fake.n_dumps--;
  g_free (dump);
}

static NlvDump *
fake_dump_new (const NlvCaller *caller, guint32 seq)
{
  FakeDump *self = g_new0 (FakeDump, 1);

  fake.n_dumps++;
  self->dump.fill = fake_fill;
  self->dump.free = fake_free;
  self->dump.caller = *caller;
  self->dump.seq = seq;
  self->dump.answer_flags = fake.answer_flags;
  self->dump.min_room = fake.min_room;
  return &self->dump;
}

int
nlv_rtnetlink_request (NlvNetwork *network, const NlvCaller *caller, const NlvMessage *message, NlvAnswer *answer)
{
  NlvWriter writer;

  fake.caller = *caller;
  switch (message->header.nlmsg_type)
    {
      case FAKE_REPLY:
        nlv_writer_init (&writer, 4096);
        nlv_writer_begin (&writer, FAKE_REPLY, 0, message->header.nlmsg_seq, caller->port, 4);
        nlv_writer_end (&writer);
        answer->reply = nlv_writer_steal (&writer);
        return 0;
      case FAKE_DUMP:
        answer->dump = fake_dump_new (caller, message->header.nlmsg_seq);
        return 0;
      case FAKE_REFUSE:
        answer->extack = fake.extack;
        if (fake.extack.where != NULL)
          answer->extack.where = message->bytes.data + NLMSG_HDRLEN + 4;
        return fake.error;
      case FAKE_SILENT:
        answer->flags_set = fake.flags_set;
        answer->flags_cleared = fake.flags_cleared;
        return 0;
      default:
        return -EOPNOTSUPP;
    }
}

void
nlv_answer_clear (NlvAnswer *answer)
{
  g_clear_pointer (&answer->reply, g_bytes_unref);
  g_clear_pointer (&answer->dump, nlv_dump_free);
}

void
nlv_dump_free (NlvDump *dump)
{
  dump->free (dump);
}

NlvNetwork *
nlv_network_ref (NlvNetwork *network)
{
  return network;
}

void
nlv_network_unref (NlvNetwork *network)
{
}

void
nlv_network_add_observer (NlvNetwork *network, const NlvObserver *observer, gpointer owner)
{
  fake.observer = observer;
  fake.observer_owner = owner;
}

void
nlv_network_remove_observer (NlvNetwork *network, const NlvObserver *observer, gpointer owner)
{
  g_assert_true (fake.observer == observer && fake.observer_owner == owner);
  fake.observer = NULL;
}

void
nlv_network_hold (NlvNetwork *network)
{
  fake.n_holds++;
}

gboolean
nlv_network_let_go (NlvNetwork *network)
{
  return --fake.n_holds == 0 && fake.unsettled;
}

/* The queue. */

static gsize
queue_size (End *end)
{
  gsize size = 0;

  for (GList *l = end->queue.head; l != NULL; l = l->next)
    size += g_bytes_get_size (l->data);
  return size;
}

static gboolean
append (gpointer owner, const NlvDatagram *datagram)
{
  End *end = owner;

  if (queue_size (end) + datagram->bytes.len > end->room)
    return FALSE;
  end->last = *datagram;
  g_queue_push_tail (&end->queue, g_bytes_new (datagram->bytes.data, datagram->bytes.len));
  return TRUE;
}

static guint
count_unread (gpointer owner)
{
  return ((End *) owner)->queue.length;
}

static void
report_error (gpointer owner)
{
  ((End *) owner)->n_errors++;
}

static void
delay (gpointer owner, guint milliseconds)
{
  ((End *) owner)->delay = milliseconds;
}

End *
end_new (NlvBus *bus)
{
  static const NlvSocketQueue queue = { append, count_unread, report_error, delay };
  End *end = g_new0 (End, 1);

  end->room = G_MAXSIZE;
  end->socket = nlv_netlink_socket_new (bus, SOCK_RAW, &queue, end);
  return end;
}

void
end_free (End *end)
{
  nlv_netlink_socket_free (end->socket);
  g_queue_clear_full (&end->queue, (GDestroyNotify) g_bytes_unref);
  g_free (end);
}

gssize
end_ask (End *end, guint16 type, guint16 flags, guint32 seq, gsize payload)
{
  g_autofree guint8 *bytes = g_malloc0 (NLMSG_SPACE (payload));
  const struct nlmsghdr header = {
    .nlmsg_len = NLMSG_LENGTH (payload),
    .nlmsg_type = type,
    .nlmsg_flags = NLM_F_REQUEST | flags,
    .nlmsg_seq = seq,
  };

  memcpy (bytes, &header, sizeof header);
  return nlv_netlink_socket_send (end->socket, &nobody, NULL, 0, nlv_span (bytes, NLMSG_SPACE (payload)), 212992);
}

GBytes *
end_read (End *end, gsize room)
{
  GBytes *datagram = g_queue_pop_head (&end->queue);

  if (datagram != NULL)
    nlv_netlink_socket_received (end->socket, room, g_bytes_get_size (datagram));
  return datagram;
}

struct nlmsghdr
header_of (GBytes *datagram)
{
  struct nlmsghdr header = { 0 };

  if (datagram != NULL && g_bytes_get_size (datagram) >= sizeof header)
    memcpy (&header, g_bytes_get_data (datagram, NULL), sizeof header);
  return header;
}

gint32
error_in (GBytes *datagram)
{
  gint32 error = 1;

  if (datagram != NULL && g_bytes_get_size (datagram) >= NLMSG_LENGTH (sizeof error))
    memcpy (&error, (const guint8 *) g_bytes_get_data (datagram, NULL) + NLMSG_HDRLEN, sizeof error);
  return error;
}
