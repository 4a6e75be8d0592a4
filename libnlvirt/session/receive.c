/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* recvfrom(), recvmsg(), recvmmsg(): the datagram comes out of the program's
 * end of the pair, everything else about it from what was noted when it was
 * queued. */
#include "session/endpoint.h"
#include "session/message.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/time.h>
#include <time.h>

#define LEAST_BUFFER 65536

/* There is no datagram: -EAGAIN, or the call waits until its SO_RCVTIMEO. */
static gint64
wait_for_datagram (NlvSocketCall *c, guint32 flags)
{
  if ((flags & MSG_DONTWAIT) != 0 || (fcntl (c->fd, F_GETFL) & O_NONBLOCK) != 0)
    return -EAGAIN;
  if (c->deadline == 0)
    {
      struct timeval timeout = { 0 };
      socklen_t len = sizeof timeout;

      getsockopt (c->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, &len);
      c->deadline = (timeout.tv_sec == 0 && timeout.tv_usec == 0) || timeout.tv_sec > G_MAXINT32
                      ? G_MAXINT64
                      : g_get_monotonic_time () + timeout.tv_sec * G_USEC_PER_SEC + timeout.tv_usec;
    }
  return g_get_monotonic_time () >= c->deadline ? -EAGAIN : NLV_PARK;
}

/* Into tree->scratch: the length of the datagram, or -errno. */
static gssize
take_datagram (NlvSocketCall *c, gboolean peek)
{
  GByteArray *scratch = c->tree->scratch;
  NlvQueued *first = g_queue_peek_head (&c->endpoint->queued);
  int flags = MSG_DONTWAIT | MSG_TRUNC | (peek ? MSG_PEEK : 0);
  gssize len;

  g_byte_array_set_size (scratch, MAX (first != NULL ? first->len : 0, LEAST_BUFFER));
  len = recv (c->fd, scratch->data, scratch->len, flags);
  if (len < 0 && errno == EAGAIN && c->endpoint->n_unsent > 0)
    {
      nlv_endpoint_flush (c->endpoint);
      len = recv (c->fd, scratch->data, scratch->len, flags);
    }
  return len < 0 ? -errno : MIN (len, (gssize) scratch->len);
}

/* Hands a datagram to the program: its length as the call returns it. */
static gint64
deliver (NlvSocketCall *c, const NlvRemoteMessage *message, guint32 flags, const NlvDatagram *datagram)
{
  gsize len = datagram->bytes.len;
  gsize copied = MIN (len, message->room);
  struct sockaddr_nl name = {
    .nl_family = AF_NETLINK,
    .nl_pid = datagram->port,
    /* netlink_group_mask() */
    .nl_groups = datagram->group > 0 && datagram->group <= 32 ? 1u << (datagram->group - 1) : 0,
  };
  guint32 message_flags = (flags & MSG_CMSG_CLOEXEC) | (copied < len ? MSG_TRUNC : 0);
  g_autoptr (GByteArray) control =
    nlv_netlink_socket_control (c->endpoint->socket, datagram, c->endpoint->pass_credentials);
  int r = nlv_remote_message_write_back (c, message, nlv_span (datagram->bytes.data, copied), &name,
                                         nlv_span (control->data, control->len), message_flags);

  if (r < 0)
    return r;
  return flags & MSG_TRUNC ? len : copied;
}

static gint64
receive (NlvSocketCall *c, const NlvRemoteMessage *message, guint32 flags)
{
  NlvEndpoint *endpoint = c->endpoint;
  gboolean peek = (flags & MSG_PEEK) != 0;
  NlvDatagram datagram = { 0 };
  gssize len;
  gint64 r;

  if (flags & MSG_OOB)
    return -EOPNOTSUPP;
  nlv_note_buffers (c);
  /* One that waits has come by here before. */
  r = c->deadline == 0 ? nlv_session_fail_call (c->tree, NLV_CALL_RECEIVE) : 0;
  if (r < 0)
    return r;
  r = nlv_endpoint_take_error (endpoint, c->fd);
  if (r < 0)
    {
      nlv_netlink_socket_received_nothing (endpoint->socket);
      return r;
    }
  r = nlv_call_confirm (c);
  if (r < 0)
    return r;
  len = take_datagram (c, peek);
  if (len == -EAGAIN)
    {
      nlv_netlink_socket_received_nothing (endpoint->socket);
      return wait_for_datagram (c, flags);
    }
  if (len < 0)
    return len;

  datagram.bytes = nlv_span (c->tree->scratch->data, len);
  if (nlv_endpoint_find_received (endpoint, c->tree->scratch->data, len, &datagram) && !peek)
    nlv_endpoint_drop_received (endpoint);
  r = deliver (c, message, flags, &datagram);
  nlv_netlink_socket_received (endpoint->socket, message->room, peek ? 0 : len);
  nlv_endpoint_flush (endpoint);
  return r;
}

static gint64
receive_and_fail (NlvSocketCall *c, const NlvRemoteMessage *message, int error)
{
  gint64 r = receive (c, message, c->call.arguments[3]);

  return r < 0 || r == NLV_PARK ? r : error;
}

gint64
nlv_serve_recvfrom (NlvSocketCall *c)
{
  NlvRemoteMessage message;

  nlv_remote_message_init (&message, c->call.arguments[1], c->call.arguments[2]);
  message.name = c->call.arguments[4];
  message.name_len_at = c->call.arguments[5];
  if (message.name != 0)
    {
      int r = nlv_call_read (c, &(NlvCallCopy){ message.name_len_at, &message.name_len, sizeof message.name_len }, 1);

      if (r < 0)
        return r;
      /* move_addr_to_user() comes too late to keep the datagram. */
      if (message.name_len < 0)
        {
          message.name = 0;
          return receive_and_fail (c, &message, -EINVAL);
        }
    }
  return receive (c, &message, c->call.arguments[3]);
}

static gint64
receive_to_header (NlvSocketCall *c, guint64 header, guint32 flags)
{
  NlvRemoteMessage message;
  gint64 r = nlv_remote_message_read (c, header, &c->endpoint->receives, &message);

  nlv_remote_message_note_places (&message, FALSE, &c->endpoint->receives);
  if (r == 0)
    r = receive (c, &message, flags);
  nlv_remote_message_clear (&message);
  return r;
}

gint64
nlv_serve_recvmsg (NlvSocketCall *c)
{
  return receive_to_header (c, c->call.arguments[1], c->call.arguments[2]);
}

/* recvmmsg()'s timeout, looked at after each datagram. */
static int
start_batch (NlvSocketCall *c)
{
  struct timespec timeout;
  int r;

  if (c->batch_deadline != 0)
    return 0;
  c->batch_deadline = G_MAXINT64;
  if (c->call.arguments[4] == 0)
    return 0;
  r = nlv_call_read (c, &(NlvCallCopy){ c->call.arguments[4], &timeout, sizeof timeout }, 1);
  if (r < 0)
    return r;
  if (timeout.tv_sec < 0 || timeout.tv_nsec < 0 || timeout.tv_nsec >= 1000000000)
    return -EINVAL;
  if (timeout.tv_sec < G_MAXINT32)
    c->batch_deadline = g_get_monotonic_time () + timeout.tv_sec * G_USEC_PER_SEC + timeout.tv_nsec / 1000;
  return 0;
}

static gint64
finish_batch (NlvSocketCall *c)
{
  if (c->call.arguments[4] != 0 && c->batch_deadline != G_MAXINT64)
    {
      gint64 left = MAX (c->batch_deadline - g_get_monotonic_time (), 0);
      struct timespec timeout = { left / G_USEC_PER_SEC, left % G_USEC_PER_SEC * 1000 };
      NlvCallCopy write = { c->call.arguments[4], &timeout, sizeof timeout };
      int r = nlv_call_write (c, &write, 1);

      if (r < 0)
        return r;
    }
  return c->progress;
}

gint64
nlv_serve_recvmmsg (NlvSocketCall *c)
{
  guint n = MIN ((guint32) c->call.arguments[2], NLV_MAX_BATCH);
  guint32 flags = c->call.arguments[3];
  gint64 r = start_batch (c);

  if (r < 0)
    return r;
  while (c->progress < n)
    {
      guint64 header = c->call.arguments[1] + c->progress * sizeof (struct mmsghdr);
      gboolean one_is_enough = (flags & MSG_WAITFORONE) != 0 && c->progress > 0;

      r = receive_to_header (c, header, (flags & ~MSG_WAITFORONE) | (one_is_enough ? MSG_DONTWAIT : 0));
      if (r == NLV_PARK)
        return r;
      if (r < 0)
        break;
      r = nlv_remote_message_write_length (c, header, r);
      if (r < 0)
        break;
      c->progress++;
      c->deadline = 0;
      if (g_get_monotonic_time () >= c->batch_deadline)
        break;
    }
  return c->progress == 0 && r < 0 ? r : finish_batch (c);
}
