/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/endpoint.h"

#include <errno.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Numbers kept for the work itself, whatever the program opens. */
#define SPARE_FDS 32
#define NAME_TRIES 8
/* SIOCOUTQ counts whole buffers. Less than any of them is what sock_wfree()
 * still holds of one while it tells us that it is read. */
#define LEAST_DATAGRAM 64
/* Bytes that wait here, in all of a tree, for programs to make room. However
 * large SO_RCVBUF is, and however many sockets there are, the memory is ours. */
#define MAX_UNSENT (32 * 1024 * 1024)
/* Requests of one program that are answered before others are looked at. */
#define INPUT_BATCH 16

/* An abstract unix name of 10 bytes gives a 12-byte address, and its bytes
 * stand where a sockaddr_nl has its padding (0, then one free byte), its port
 * id and its groups (four free bytes). */
static gboolean
bind_name (int fd, guint32 port)
{
  struct sockaddr_un name = { .sun_family = AF_UNIX };

  memcpy (name.sun_path + 2, &port, sizeof port);
  for (guint i = 0; i < NAME_TRIES; i++)
    {
      guint32 unique = g_random_int ();

      name.sun_path[1] = (char) g_random_int ();
      memcpy (name.sun_path + 6, &unique, sizeof unique);
      if (bind (fd, (struct sockaddr *) &name, sizeof (struct sockaddr_nl)) == 0)
        return TRUE;
      if (errno != EADDRINUSE)
        return FALSE;
    }
  return FALSE;
}

void
nlv_endpoint_name_program_end (NlvEndpoint *endpoint, int program_end)
{
  struct sockaddr_nl name;

  if (endpoint->named)
    return;
  nlv_netlink_socket_get_name (endpoint->socket, &name);
  endpoint->named = bind_name (program_end, name.nl_pid);
}

static void
queued_free (NlvQueued *queued)
{
  g_clear_pointer (&queued->unsent, g_bytes_unref);
  g_free (queued);
}

/* TRUE if there is nothing to try again. */
static gboolean
send_now (NlvEndpoint *endpoint, const void *data, gsize len)
{
  ssize_t r;

  do
    r = send (endpoint->end, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (r < 0 && errno == EINTR);
  return r >= 0 || (errno != EAGAIN && errno != ENOBUFS && errno != ENOMEM);
}

/* What the program read, or its socket filter threw away, without our seeing
 * it is gone when nothing of ours is in its queue. TRUE if there was such. */
static gboolean
forget_unseen (NlvEndpoint *endpoint)
{
  int in_flight = 0;

  if (endpoint->queued.length == endpoint->n_unsent || ioctl (endpoint->end, SIOCOUTQ, &in_flight) != 0 ||
      in_flight >= LEAST_DATAGRAM)
    return FALSE;
  while (endpoint->queued.length > endpoint->n_unsent)
    queued_free (g_queue_pop_head (&endpoint->queued));
  return TRUE;
}

static gboolean
is_drained (gpointer owner)
{
  NlvEndpoint *endpoint = owner;

  forget_unseen (endpoint);
  return endpoint->queued.length == 0;
}

static gboolean
append (gpointer owner, const NlvDatagram *datagram)
{
  NlvEndpoint *endpoint = owner;
  NlvServedTree *tree = endpoint->tree;
  gboolean sent = endpoint->n_unsent == 0 && send_now (endpoint, datagram->bytes.data, datagram->bytes.len);
  NlvQueued *queued;

  if (!sent && tree->unsent_bytes + datagram->bytes.len > MAX_UNSENT)
    return FALSE;
  queued = g_new0 (NlvQueued, 1);
  *queued = (NlvQueued){
    .len = datagram->bytes.len,
    .port = datagram->port,
    .group = datagram->group,
    .pid = datagram->pid,
    .uid = datagram->uid,
    .gid = datagram->gid,
  };
  memcpy (&queued->head, datagram->bytes.data, MIN (sizeof queued->head, datagram->bytes.len));
  if (!sent)
    {
      queued->unsent = g_bytes_new (datagram->bytes.data, datagram->bytes.len);
      endpoint->n_unsent++;
      tree->unsent_bytes += queued->len;
    }
  g_queue_push_tail (&endpoint->queued, queued);
  endpoint->appended = ++tree->appended;
  if (!endpoint->read_natively)
    nlv_look_later (tree, endpoint);
  if (tree->events.message != NULL)
    tree->events.message (endpoint->cookie, NLV_MESSAGE_REPLY, datagram->bytes, tree->user_data);
  return TRUE;
}

void
nlv_endpoint_flush (NlvEndpoint *endpoint)
{
  while (endpoint->n_unsent > 0)
    {
      NlvQueued *queued = g_queue_peek_nth (&endpoint->queued, endpoint->queued.length - endpoint->n_unsent);

      if (!send_now (endpoint, g_bytes_get_data (queued->unsent, NULL), queued->len))
        return;
      g_clear_pointer (&queued->unsent, g_bytes_unref);
      endpoint->n_unsent--;
      endpoint->tree->unsent_bytes -= queued->len;
      endpoint->appended = ++endpoint->tree->appended;
    }
}

gboolean
nlv_endpoint_find_received (NlvEndpoint *endpoint, const guint8 *data, gsize len, NlvDatagram *datagram)
{
  while (endpoint->queued.length > endpoint->n_unsent)
    {
      NlvQueued *queued = g_queue_peek_head (&endpoint->queued);

      /* A socket filter may have cut it short. */
      if (len <= queued->len && memcmp (&queued->head, data, MIN (sizeof queued->head, len)) == 0)
        {
          *datagram = (NlvDatagram){
            nlv_span (data, len), queued->port, queued->group, queued->pid, queued->uid, queued->gid,
          };
          return TRUE;
        }
      nlv_netlink_socket_received (endpoint->socket, 0, queued->len);
      queued_free (g_queue_pop_head (&endpoint->queued));
    }
  return FALSE;
}

void
nlv_endpoint_drop_received (NlvEndpoint *endpoint)
{
  queued_free (g_queue_pop_head (&endpoint->queued));
}

void
nlv_endpoint_report_request (NlvEndpoint *endpoint, NlvSpan data)
{
  NlvServedTree *tree = endpoint->tree;

  if (tree->events.message != NULL)
    tree->events.message (endpoint->cookie, NLV_MESSAGE_REQUEST, data, tree->user_data);
}

static void
set_watch (NlvEndpoint *endpoint)
{
  /* Edge-triggered, to be told once of each datagram that is read. */
  nlv_engine_change_watch (endpoint->tree->engine, endpoint->watch,
                           endpoint->read_natively ? EPOLLIN | EPOLLOUT | EPOLLET : EPOLLIN);
}

/* A request came by write(), or from where we do not see the calls. FALSE if
 * there is none. */
static gboolean
serve_own_input (NlvEndpoint *endpoint, gboolean hung_up)
{
  GByteArray *scratch = endpoint->tree->scratch;
  ssize_t len = recv (endpoint->end, NULL, 0, MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC);
  NlvTask task = endpoint->opener;
  NlvSpan data;

  if (len < 0 || (len == 0 && hung_up))
    return FALSE;
  g_byte_array_set_size (scratch, MAX (len, 1));
  len = recv (endpoint->end, scratch->data, scratch->len, MSG_DONTWAIT);
  if (len <= 0)
    return FALSE;
  data = nlv_span (scratch->data, len);
  task.now = nlv_session_now ();
  nlv_endpoint_report_request (endpoint, data);
  nlv_netlink_socket_send (endpoint->socket, &task, NULL, 0, data, G_MAXSIZE);
  return TRUE;
}

/* FALSE if some is left. */
static gboolean
serve_input (NlvEndpoint *endpoint, gboolean hung_up)
{
  for (guint i = 0; i < INPUT_BATCH; i++)
    if (!serve_own_input (endpoint, hung_up))
      return TRUE;
  /* Others have their turn; setting the watch anew tells of the rest. */
  set_watch (endpoint);
  return FALSE;
}

static void
on_end_event (guint32 events, gpointer user_data)
{
  NlvEndpoint *endpoint = user_data;
  NlvServedTree *tree = endpoint->tree;

  gboolean hung_up = (events & (EPOLLHUP | EPOLLERR)) != 0;
  gboolean drained = (events & EPOLLIN) == 0 || serve_input (endpoint, hung_up);

  if (drained && hung_up)
    {
      g_hash_table_remove (tree->endpoints, &endpoint->cookie);
      return;
    }
  if (events & EPOLLOUT)
    {
      nlv_endpoint_flush (endpoint);
      if (forget_unseen (endpoint))
        nlv_netlink_socket_drained (endpoint->socket);
    }
  nlv_parked_retry (tree);
}

void
nlv_endpoint_look (NlvEndpoint *endpoint)
{
  endpoint->to_look_at = FALSE;
  /* Nothing more is to come, or its reader has not come for what is there:
   * then there is nothing to do before it has. */
  if (endpoint->read_natively || endpoint->queued.length == 0 ||
      (endpoint->n_unsent == 0 && !nlv_netlink_socket_is_dumping (endpoint->socket)))
    return;
  endpoint->read_natively = TRUE;
  set_watch (endpoint);
}

/* So many sockets are open that a copy of a program's fd could not be made. */
static gboolean
is_out_of_fds (int fd)
{
  struct rlimit limit;

  return getrlimit (RLIMIT_NOFILE, &limit) == 0 && (rlim_t) fd + MIN (SPARE_FDS, limit.rlim_cur / 4) >= limit.rlim_cur;
}

static gboolean
make_pair (int ends[2])
{
  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return FALSE;
  if (!is_out_of_fds (ends[1]))
    return TRUE;
  close (ends[0]);
  close (ends[1]);
  errno = EMFILE;
  return FALSE;
}

NlvEndpoint *
nlv_endpoint_new (NlvServedTree *tree, int type, const NlvTask *opener, int *program_end)
{
  static const NlvSocketQueue queue = { append, is_drained };
  socklen_t len = sizeof (guint64);
  NlvEndpoint *endpoint;
  int ends[2];

  if (!make_pair (ends))
    return NULL;
  endpoint = g_new0 (NlvEndpoint, 1);
  endpoint->tree = tree;
  endpoint->end = ends[0];
  endpoint->opener = *opener;
  endpoint->watch = nlv_engine_watch (tree->engine, endpoint->end, EPOLLIN, NLV_WATCH_EARLY, on_end_event, endpoint);
  if (endpoint->watch == NULL || getsockopt (ends[1], SOL_SOCKET, SO_COOKIE, &endpoint->cookie, &len) != 0)
    {
      int saved = errno;

      close (ends[1]);
      nlv_endpoint_free (endpoint);
      errno = saved;
      return NULL;
    }
  bind_name (endpoint->end, 0);
  endpoint->socket = nlv_netlink_socket_new (tree->bus, type, &queue, endpoint);
  *program_end = ends[1];
  return endpoint;
}

void
nlv_endpoint_free (NlvEndpoint *endpoint)
{
  NlvServedTree *tree = endpoint->tree;

  nlv_parked_abandon (tree, endpoint);
  if (endpoint->hidden_key != 0)
    g_hash_table_remove (tree->hidden, &endpoint->hidden_key);
  if (endpoint->watch != NULL)
    nlv_engine_unwatch (tree->engine, endpoint->watch);
  close (endpoint->end);
  if (endpoint->socket != NULL)
    {
      nlv_netlink_socket_free (endpoint->socket);
      if (tree->events.socket_closed != NULL)
        tree->events.socket_closed (endpoint->cookie, tree->user_data);
    }
  for (; endpoint->n_unsent > 0; endpoint->n_unsent--)
    {
      NlvQueued *queued = g_queue_pop_tail (&endpoint->queued);

      tree->unsent_bytes -= queued->len;
      queued_free (queued);
    }
  g_queue_clear_full (&endpoint->queued, (GDestroyNotify) queued_free);
  g_free (endpoint);
}
