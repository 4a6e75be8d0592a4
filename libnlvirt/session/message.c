/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/message.h"

#include "session/endpoint.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

/* MAX_RW_COUNT */
#define MAX_TRANSFER ((gsize) (INT_MAX & ~4095))
#define MAX_PIECES 1024
/* What a program may attach to a request; net.core.optmem_max is not less. */
#define MAX_CONTROL 20480
/* Of a request's data, with the header: so much at the most, in such steps. */
#define MAX_AHEAD 1024
#define AHEAD_STEP 64

void
nlv_remote_message_init (NlvRemoteMessage *message, guint64 buffer, guint64 len)
{
  *message = (NlvRemoteMessage){ .n_pieces = 1 };
  message->pieces = message->fast;
  message->room = MIN (len, MAX_TRANSFER);
  message->fast[0] = (struct iovec){ (void *) (guintptr) buffer, message->room };
}

void
nlv_remote_message_clear (NlvRemoteMessage *message)
{
  if (message->pieces != message->fast)
    g_free (message->pieces);
  message->pieces = NULL;
}

static int
import_pieces (NlvRemoteMessage *message)
{
  for (gsize i = 0; i < message->n_pieces; i++)
    {
      struct iovec *piece = &message->pieces[i];

      if ((gssize) piece->iov_len < 0)
        return -EINVAL;
      piece->iov_len = MIN (piece->iov_len, MAX_TRANSFER - message->room);
      message->room += piece->iov_len;
    }
  return 0;
}

static int
read_pieces (NlvSocketCall *c, guint64 address, guint64 n_pieces, NlvRemoteMessage *message)
{
  int r;

  if (n_pieces > MAX_PIECES)
    return -EMSGSIZE;
  if (n_pieces > NLV_FAST_PIECES)
    message->pieces = g_new (struct iovec, n_pieces);
  r = nlv_call_read (c, &(NlvCallCopy){ address, message->pieces, n_pieces * sizeof (struct iovec) }, 1);
  message->n_pieces = r == 0 ? n_pieces : 0;
  return r;
}

/* The header; and, in the same system call, all that stands where the last call
 * had it. @len becomes how much of that, in this order, could be read. */
static int
read_header (NlvSocketCall *c, guint64 header, const NlvMessagePlaces *places, struct msghdr *there,
             NlvRemoteMessage *message, gsize *len)
{
  GByteArray *scratch = c->tree->scratch;
  gssize r = 0;

  if (scratch->len < places->data_len)
    g_byte_array_set_size (scratch, places->data_len);
  if (places->piece != 0)
    {
      const NlvCallCopy copies[] = {
        { header, there, sizeof *there },
        { places->piece, message->fast, sizeof message->fast[0] },
        { places->name, message->name_bytes, places->name_len },
        { places->data, scratch->data, places->data_len },
      };

      r = nlv_call_read_some (c, copies, G_N_ELEMENTS (copies));
    }
  if (r < (gssize) sizeof *there)
    {
      r = nlv_call_read (c, &(NlvCallCopy){ header, there, sizeof *there }, 1);
      if (r < 0)
        return r;
    }
  *len = MAX (r, (gssize) sizeof *there) - sizeof *there;
  return 0;
}

/* What of the @len bytes that were read ahead is what the header speaks of.
 * FALSE if not even the piece is. */
static gboolean
use_ahead (const struct msghdr *there, const NlvMessagePlaces *places, gsize len, NlvRemoteMessage *message)
{
  const struct iovec *piece = message->fast;

  if (len < sizeof *piece || there->msg_iovlen != 1 || (guintptr) there->msg_iov != places->piece)
    return FALSE;
  len -= sizeof *piece;
  if (len < places->name_len)
    return TRUE;
  len -= places->name_len;
  message->name_ahead = message->name == places->name ? places->name_len : 0;
  message->has_data = len > 0 && (guintptr) piece->iov_base == places->data && piece->iov_len <= len;
  return TRUE;
}

void
nlv_remote_message_note_places (const NlvRemoteMessage *message, gboolean sent, NlvMessagePlaces *places)
{
  gsize ahead = (message->room + AHEAD_STEP - 1) / AHEAD_STEP * AHEAD_STEP;

  *places = (NlvMessagePlaces){ 0 };
  if (message->n_pieces != 1)
    return;
  places->piece = message->pieces_at;
  places->name = message->name;
  places->name_len = sent ? message->name_len : MIN (message->name_len, (gint32) sizeof (struct sockaddr_nl));
  if (!sent)
    return;
  places->data = (guintptr) message->pieces[0].iov_base;
  places->data_len = ahead <= MAX_AHEAD ? ahead : 0;
}

int
nlv_remote_message_read (NlvSocketCall *c, guint64 header, const NlvMessagePlaces *places, NlvRemoteMessage *message)
{
  struct msghdr there;
  gsize ahead;
  int r;

  *message = (NlvRemoteMessage){ .header = header };
  message->pieces = message->fast;
  r = read_header (c, header, places, &there, message, &ahead);
  if (r < 0)
    return r;
  if ((gint32) there.msg_namelen < 0)
    return -EINVAL;
  message->name = (guintptr) there.msg_name;
  message->name_len = message->name != 0 ? MIN (there.msg_namelen, sizeof (struct sockaddr_storage)) : 0;
  message->name_len_at = header + offsetof (struct msghdr, msg_namelen);
  message->control = (guintptr) there.msg_control;
  message->control_len = there.msg_controllen;
  message->pieces_at = (guintptr) there.msg_iov;
  if (use_ahead (&there, places, ahead, message))
    message->n_pieces = 1;
  else
    r = read_pieces (c, (guintptr) there.msg_iov, there.msg_iovlen, message);
  return r < 0 ? r : import_pieces (message);
}

/* As put_cmsg() for each control message in @control: what is too long is cut,
 * and said so in @flags. Returns the bytes that the program's buffer holds. */
static gsize
cut_control (NlvSpan control, gsize room, guint32 *flags)
{
  gsize used = 0;

  while (control.len - used >= sizeof (struct cmsghdr))
    {
      struct cmsghdr cmsg;

      memcpy (&cmsg, control.data + used, sizeof cmsg);
      if (room - used < sizeof cmsg)
        {
          *flags |= MSG_CTRUNC;
          break;
        }
      if (room - used < cmsg.cmsg_len)
        {
          cmsg.cmsg_len = room - used;
          memcpy ((guint8 *) control.data + used, &cmsg, sizeof cmsg);
          *flags |= MSG_CTRUNC;
        }
      used += MIN (CMSG_ALIGN (cmsg.cmsg_len), room - used);
    }
  return used;
}

/* The tail of struct msghdr. */
typedef struct
{
  guint64 control_len;
  guint32 flags;
} MessageTail;

G_STATIC_ASSERT (offsetof (struct msghdr, msg_flags) ==
                 offsetof (struct msghdr, msg_controllen) + offsetof (MessageTail, flags));

#define TAIL_LEN (offsetof (MessageTail, flags) + sizeof (guint32))

int
nlv_remote_message_write_back (NlvSocketCall *c, const NlvRemoteMessage *message, NlvSpan data,
                               const struct sockaddr_nl *name, NlvSpan control, guint32 flags)
{
  NlvCallCopy writes[NLV_MAX_CALL_COPIES];
  MessageTail tail = { 0, flags };
  gint32 name_len = sizeof *name;
  gboolean whole = message->n_pieces == 1;
  guint n = 0;

  /* One piece goes out with all the rest; more go before. */
  if (whole)
    writes[n++] = (NlvCallCopy){ (guintptr) message->pieces[0].iov_base, (void *) data.data, data.len };
  else
    {
      int r = nlv_call_write_pieces (c, message->pieces, message->n_pieces, data);

      if (r < 0)
        return r;
    }
  if (message->name != 0)
    {
      gint32 room = MIN (message->name_len, name_len);
      gboolean is_known = whole && (gsize) room <= message->name_ahead;

      writes[n++] = (NlvCallCopy){ message->name, (void *) name, room, is_known ? message->name_bytes : NULL };
      writes[n++] =
        (NlvCallCopy){ message->name_len_at, &name_len, sizeof name_len, whole ? &message->name_len : NULL };
    }
  if (message->header != 0)
    {
      tail.control_len = cut_control (control, message->control != 0 ? message->control_len : 0, &tail.flags);
      writes[n++] = (NlvCallCopy){ message->control, (void *) control.data, tail.control_len };
      writes[n++] = (NlvCallCopy){ message->header + offsetof (struct msghdr, msg_controllen), &tail, TAIL_LEN };
    }
  return nlv_call_write (c, writes, n);
}

int
nlv_remote_message_write_length (NlvSocketCall *c, guint64 header, guint32 len)
{
  return nlv_call_write (c, &(NlvCallCopy){ header + offsetof (struct mmsghdr, msg_len), &len, sizeof len }, 1);
}

/* scm_check_creds(): one may only speak for oneself. */
static int
check_credentials (NlvSocketCall *c, const struct ucred *credentials)
{
  NlvTask task;

  nlv_call_get_task (c, TRUE, &task);
  if (task.uid == 0)
    return 0;
  return (guint32) credentials->pid == task.tgid && credentials->uid == task.uid && credentials->gid == task.gid
           ? 0
           : -EPERM;
}

static int
check_one (NlvSocketCall *c, const struct cmsghdr *cmsg, NlvSpan data)
{
  struct ucred credentials;

  if (cmsg->cmsg_level != SOL_SOCKET)
    return 0;
  /* SCM_RIGHTS is for unix sockets only. */
  if (cmsg->cmsg_type != SCM_CREDENTIALS || cmsg->cmsg_len != CMSG_LEN (sizeof credentials))
    return -EINVAL;
  memcpy (&credentials, data.data, sizeof credentials);
  return check_credentials (c, &credentials);
}

int
nlv_remote_message_check_control (NlvSocketCall *c, const NlvRemoteMessage *message)
{
  g_autofree guint8 *control = NULL;
  NlvSpan rest;
  int r;

  if (message->control_len > MAX_CONTROL)
    return -ENOBUFS;
  if (message->control_len == 0)
    return 0;
  control = g_malloc (message->control_len);
  r = nlv_call_read (c, &(NlvCallCopy){ message->control, control, message->control_len }, 1);
  rest = nlv_span (control, message->control_len);
  while (r == 0 && rest.len >= sizeof (struct cmsghdr))
    {
      struct cmsghdr cmsg;

      memcpy (&cmsg, rest.data, sizeof cmsg);
      if (cmsg.cmsg_len < sizeof cmsg || cmsg.cmsg_len > rest.len)
        return -EINVAL;
      r = check_one (c, &cmsg, nlv_span_from (rest, sizeof cmsg));
      rest = nlv_span_from (rest, CMSG_ALIGN (cmsg.cmsg_len));
    }
  return r;
}
