/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/endpoint.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

/* Numbers kept for the work itself, whatever the program opens. */
#define SPARE_FDS 32
#define NAME_TRIES 8
/* SIOCOUTQ counts struct sk_buff and the slab object of its head, with struct
 * skb_shared_info in it. Less than any of them is what sock_wfree() still holds
 * of one while it tells us that it is read. */
#define SKB_SIZE 256
#define SHARED_INFO 320
#define LEAST_HEAD 512
#define LARGEST_HEAD 16384
#define LEAST_DATAGRAM 64
/* Bytes that wait here, in all of a tree, for programs to make room, with what it
 * takes to keep each datagram. However large SO_RCVBUF is, and however many
 * sockets there are, the memory is ours. */
#define MAX_UNSENT (32 * 1024 * 1024)
#define UNSENT_OVERHEAD 256
/* Requests of one program that are answered before others are looked at. */
#define INPUT_BATCH 16
#define INPUT_BATCH_BYTES 65536

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

/* What SIOCOUTQ counts for a datagram: SKB_TRUESIZE() of what is allocated for
 * it; measured on x86-64. Large ones count for more. */
static int
charge_for (gsize len)
{
  gsize head = LEAST_HEAD;

  while (head < LARGEST_HEAD && head < len + SHARED_INFO)
    head *= 2;
  return (int) head + SKB_SIZE;
}

/* What the program read, or its socket filter threw away, without our seeing
 * it is known by what is left in its queue: the last that we sent. */
static void
forget_unseen (NlvEndpoint *endpoint)
{
  guint n_unread = 0;
  int in_flight = 0;

  if (endpoint->queued.length == endpoint->n_unsent || ioctl (endpoint->end, SIOCOUTQ, &in_flight) != 0)
    return;
  for (GList *link = endpoint->unsent != NULL ? endpoint->unsent->prev : endpoint->queued.tail;
       link != NULL && in_flight >= LEAST_DATAGRAM; link = link->prev, n_unread++)
    in_flight -= charge_for (((NlvQueued *) link->data)->len);
  while (endpoint->queued.length > endpoint->n_unsent + n_unread)
    queued_free (g_queue_pop_head (&endpoint->queued));
}

static guint
count_unread (gpointer owner)
{
  NlvEndpoint *endpoint = owner;

  forget_unseen (endpoint);
  return endpoint->queued.length;
}

/* The program sees no error on its end; what it polls for is a datagram. Who
 * reads it without our knowing sees a message that means nothing. */
static const struct nlmsghdr knock = { .nlmsg_len = sizeof knock, .nlmsg_type = NLMSG_NOOP };

static void
report_error (gpointer owner)
{
  NlvEndpoint *endpoint = owner;

  if (!endpoint->has_knock && endpoint->n_unsent == 0)
    endpoint->has_knock = send_now (endpoint, &knock, sizeof knock);
  endpoint->appended = ++endpoint->tree->appended;
  nlv_parked_retry_soon (endpoint->tree);
}

int
nlv_endpoint_take_error (NlvEndpoint *endpoint, int fd)
{
  int error = nlv_netlink_socket_take_error (endpoint->socket);
  struct nlmsghdr header;

  if (error == 0 || !endpoint->has_knock)
    return error;
  endpoint->has_knock = FALSE;
  if (recv (fd, &header, sizeof header, MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC) == sizeof header &&
      memcmp (&header, &knock, sizeof header) == 0)
    recv (fd, &header, sizeof header, MSG_DONTWAIT);
  return error;
}

static void
on_late (gpointer user_data)
{
  NlvEndpoint *endpoint = user_data;
  NlvTask task;

  endpoint->late = NULL;
  nlv_task_update (endpoint->tree, &task);
  nlv_netlink_socket_resume (endpoint->socket, task.now);
}

static void
delay (gpointer owner, guint milliseconds)
{
  NlvEndpoint *endpoint = owner;

  endpoint->late = nlv_engine_add_timer (endpoint->tree->engine, (gint64) milliseconds * 1000, on_late, endpoint);
}

static gboolean
append (gpointer owner, const NlvDatagram *datagram)
{
  NlvEndpoint *endpoint = owner;
  NlvServedTree *tree = endpoint->tree;
  gboolean sent = endpoint->n_unsent == 0 && send_now (endpoint, datagram->bytes.data, datagram->bytes.len);
  NlvQueued *queued;

  if (!sent && tree->unsent_bytes + datagram->bytes.len + UNSENT_OVERHEAD > MAX_UNSENT)
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
      tree->unsent_bytes += queued->len + UNSENT_OVERHEAD;
    }
  g_queue_push_tail (&endpoint->queued, queued);
  if (!sent && endpoint->unsent == NULL)
    endpoint->unsent = endpoint->queued.tail;
  endpoint->appended = ++tree->appended;
  nlv_parked_retry_soon (tree);
  if (!endpoint->read_natively)
    nlv_look_later (tree, endpoint);
  if (tree->events.message != NULL)
    tree->events.message (endpoint->cookie, NLV_MESSAGE_REPLY, datagram->bytes, tree->user_data);
  return TRUE;
}

void
nlv_endpoint_flush (NlvEndpoint *endpoint)
{
  while (endpoint->unsent != NULL)
    {
      NlvQueued *queued = endpoint->unsent->data;

      if (!send_now (endpoint, g_bytes_get_data (queued->unsent, NULL), queued->len))
        return;
      g_clear_pointer (&queued->unsent, g_bytes_unref);
      endpoint->n_unsent--;
      endpoint->unsent = endpoint->unsent->next;
      endpoint->tree->unsent_bytes -= queued->len + UNSENT_OVERHEAD;
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
  guint32 input = endpoint->input_ended ? 0 : EPOLLIN;

  /* Edge-triggered, to be told once of each datagram that is read. */
  nlv_engine_change_watch (endpoint->tree->engine, endpoint->watch,
                           endpoint->read_natively ? input | EPOLLOUT | EPOLLET : input);
}

/* SO_PASSCRED says who sent it. */
static void
read_sender (struct msghdr *message, NlvTask *task)
{
  for (struct cmsghdr *cmsg = CMSG_FIRSTHDR (message); cmsg != NULL; cmsg = CMSG_NXTHDR (message, cmsg))
    if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_CREDENTIALS &&
        cmsg->cmsg_len == CMSG_LEN (sizeof (struct ucred)))
      {
        struct ucred sender;

        memcpy (&sender, CMSG_DATA (cmsg), sizeof sender);
        task->pid = sender.pid;
        task->uid = sender.uid;
        task->gid = sender.gid;
      }
}

/* Into tree->scratch: the datagram's length, or -1 if there is none. */
static ssize_t
take_own_input (NlvEndpoint *endpoint, gboolean hung_up, NlvTask *task)
{
  GByteArray *scratch = endpoint->tree->scratch;
  union
  {
    char bytes[CMSG_SPACE (sizeof (struct ucred))];
    struct cmsghdr align;
  } control;
  ssize_t len = recv (endpoint->end, NULL, 0, MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC);
  struct iovec iov;
  struct msghdr message = {
    .msg_iov = &iov,
    .msg_iovlen = 1,
    .msg_control = control.bytes,
    .msg_controllen = sizeof control.bytes,
  };

  if (len < 0 || (len == 0 && hung_up))
    return -1;
  g_byte_array_set_size (scratch, MAX (len, 1));
  iov = (struct iovec){ scratch->data, scratch->len };
  len = recvmsg (endpoint->end, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (len >= 0)
    read_sender (&message, task);
  return len;
}

/* Nothing more will come from the program, which has shut its end down for
 * writing (a copy of it that we do not see); it may go on reading. */
static gboolean
has_input_ended (NlvEndpoint *endpoint)
{
  struct pollfd item = { endpoint->end, POLLRDHUP, 0 };

  return poll (&item, 1, 0) == 1 && (item.revents & POLLRDHUP) != 0;
}

/* A request came by write(), or from where we do not see the calls. FALSE if
 * there is none. */
static gboolean
serve_own_input (NlvEndpoint *endpoint, gboolean hung_up, gsize *served)
{
  NlvTask task = endpoint->opener;
  ssize_t len = take_own_input (endpoint, hung_up, &task);
  NlvSpan data = { endpoint->tree->scratch->data, MAX (len, 0) };

  if (len < 0)
    return FALSE;
  if (len == 0)
    {
      endpoint->input_ended = has_input_ended (endpoint);
      if (endpoint->input_ended)
        set_watch (endpoint);
      return !endpoint->input_ended;
    }
  *served += len;
  nlv_task_update (endpoint->tree, &task);
  nlv_endpoint_report_request (endpoint, data);
  nlv_netlink_socket_send (endpoint->socket, &task, NULL, 0, data, G_MAXSIZE);
  return TRUE;
}

/* FALSE if some is left. */
static gboolean
serve_input (NlvEndpoint *endpoint, gboolean hung_up)
{
  gsize served = 0;

  for (guint i = 0; i < INPUT_BATCH && served < INPUT_BATCH_BYTES; i++)
    if (!serve_own_input (endpoint, hung_up, &served))
      return TRUE;
  /* Others have their turn; setting the watch anew tells of the rest. */
  set_watch (endpoint);
  return FALSE;
}

static void
serve_end (NlvEndpoint *endpoint, guint32 events)
{
  gboolean hung_up = (events & (EPOLLHUP | EPOLLERR)) != 0;
  gboolean drained = (events & EPOLLIN) == 0 || serve_input (endpoint, hung_up);

  if (drained && hung_up)
    {
      g_hash_table_remove (endpoint->tree->endpoints, &endpoint->cookie);
      return;
    }
  if (events & EPOLLOUT)
    {
      guint before = endpoint->queued.length;

      nlv_endpoint_flush (endpoint);
      if (count_unread (endpoint) < before)
        nlv_netlink_socket_received_unseen (endpoint->socket, endpoint->queued.length);
    }
}

static void
on_end_event (guint32 events, gpointer user_data)
{
  NlvServedTree *tree = ((NlvEndpoint *) user_data)->tree;

  tree->serving = TRUE;
  serve_end (user_data, events);
  tree->serving = FALSE;
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
  static const int on = 1, off = 0;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return FALSE;
  if (is_out_of_fds (ends[1]))
    {
      close (ends[0]);
      close (ends[1]);
      errno = EMFILE;
      return FALSE;
    }
  setsockopt (ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
  /* Linux 6.16: a program's fds, whose closing may take any time, do not come
   * with what it writes. */
  setsockopt (ends[0], SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof off);
  return TRUE;
}

NlvEndpoint *
nlv_endpoint_new (NlvServedTree *tree, int type, const NlvTask *opener, int *program_end)
{
  static const NlvSocketQueue queue = { append, count_unread, report_error, delay };
  socklen_t len = sizeof (guint64);
  NlvEndpoint *endpoint;
  int ends[2];

  if (!make_pair (ends))
    return NULL;
  endpoint = g_new0 (NlvEndpoint, 1);
  endpoint->tree = tree;
  endpoint->end = ends[0];
  endpoint->opener = *opener;
  endpoint->sends = tree->sends;
  endpoint->receives = tree->receives;
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

  tree->sends = endpoint->sends;
  tree->receives = endpoint->receives;
  nlv_parked_abandon (tree, endpoint);
  if (g_hash_table_lookup (tree->hidden, &endpoint->hidden_key) == endpoint)
    g_hash_table_remove (tree->hidden, &endpoint->hidden_key);
  if (endpoint->late != NULL)
    nlv_engine_remove_timer (tree->engine, endpoint->late);
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

      tree->unsent_bytes -= queued->len + UNSENT_OVERHEAD;
      queued_free (queued);
    }
  g_queue_clear_full (&endpoint->queued, (GDestroyNotify) queued_free);
  g_free (endpoint);
}
