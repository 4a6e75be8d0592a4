/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The life of a served tree, and the way of a trapped call: from the listener
 * to the file that handles its kind, and its result back.
 *
 * The program decides nothing here. What it may do was decided by registers,
 * in the filter; what a number means is asked of the socket itself
 * (SO_COOKIE); what is read from its memory is only data for a socket that is
 * known to be ours. A call on anything else goes to the kernel: no call that
 * is trapped, other than socket(), could give the program a netlink socket. */
#include "session/session-private.h"

#include "session/endpoint.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const struct
{
  int number;
  NlvHandler handler;
} handlers[] = {
  { SYS_recvmsg, nlv_serve_recvmsg },
  { SYS_recvfrom, nlv_serve_recvfrom },
  { SYS_sendto, nlv_serve_sendto },
  { SYS_sendmsg, nlv_serve_sendmsg },
  { SYS_bind, nlv_serve_bind },
  { SYS_getsockname, nlv_serve_getsockname },
  { SYS_setsockopt, nlv_serve_setsockopt },
  { SYS_getsockopt, nlv_serve_getsockopt },
  { SYS_connect, nlv_serve_connect },
  { SYS_getpeername, nlv_serve_getpeername },
  { SYS_recvmmsg, nlv_serve_recvmmsg },
  { SYS_sendmmsg, nlv_serve_sendmmsg },
  { SYS_listen, nlv_serve_unsupported },
#ifdef SYS_accept
  { SYS_accept, nlv_serve_unsupported },
#endif
  { SYS_accept4, nlv_serve_unsupported },
  { SYS_shutdown, nlv_serve_unsupported },
  { SYS_ioctl, nlv_serve_ioctl },
};

static NlvHandler
find_handler (int number)
{
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    if (handlers[i].number == number)
      return handlers[i].handler;
  return NULL;
}

static guint64
current_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (guint64) now.tv_sec * 100 + now.tv_nsec / 10000000;
}

void
nlv_task_update (const NlvServedTree *tree, NlvTask *task)
{
  task->admin = task->writable = tree->writable;
  task->now = current_time ();
}

int
nlv_session_fail_call (const NlvServedTree *tree, NlvFailureCall call)
{
  const NlvFailure *failure = nlv_failures_strike (nlv_bus_get_failures (tree->bus), NLV_FAILURE_CALL, call);

  return failure != NULL ? -failure->error : 0;
}

void
nlv_call_get_task (NlvSocketCall *c, gboolean with_user, NlvTask *task)
{
  const NlvTarget *target = nlv_targets_get (c->tree->targets, c->call.tid);
  NlvTargetStatus status;

  *task = (NlvTask){ .tgid = c->call.tid, .pid = c->call.tid };
  nlv_task_update (c->tree, task);
  if (target != NULL)
    {
      task->tgid = target->inner_tgid;
      task->pid = target->tgid;
    }
  if (with_user && nlv_target_read_status (c->call.tid, &status))
    {
      task->uid = status.uid;
      task->gid = status.gid;
    }
}

/* The socket was put into a process that cannot be looked into. It has a port
 * id and a name, and answers what is written to it; here only what the kernel
 * would refuse on a unix socket is waved through. */
static gint64
serve_hidden (NlvSocketCall *c)
{
  const NlvTarget *target = nlv_targets_get (c->tree->targets, c->call.tid);
  guint64 key = (guint64) (target != NULL ? target->tgid : c->call.tid) << 32 | (guint32) c->call.arguments[0];

  if (g_hash_table_lookup (c->tree->hidden, &key) == NULL)
    return NLV_PASS;
  switch (c->call.number)
    {
      case SYS_bind:
      case SYS_connect:
        return 0;
      case SYS_setsockopt:
        return (gint32) c->call.arguments[1] == SOL_NETLINK ? 0 : NLV_PASS;
      default:
        return NLV_PASS;
    }
}

static NlvEndpoint *
find_endpoint (NlvServedTree *tree, int fd)
{
  guint64 cookie;
  socklen_t len = sizeof cookie;

  if (getsockopt (fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) != 0)
    return NULL;
  return g_hash_table_lookup (tree->endpoints, &cookie);
}

gint64
nlv_serve_call (NlvSocketCall *c, NlvHandler handler)
{
  NlvEndpoint *expected = c->endpoint;
  gint64 result = NLV_PASS;

  c->fd = nlv_targets_get_fd (c->tree->targets, c->call.tid, (guint32) c->call.arguments[0]);
  if (c->fd == -EBADF)
    return NLV_PASS;
  if (c->fd < 0)
    return serve_hidden (c);
  c->endpoint = find_endpoint (c->tree, c->fd);
  if (c->endpoint != NULL && (expected == NULL || c->endpoint == expected))
    result = handler (c);
  close (c->fd);
  c->fd = -1;
  if (c->unreachable)
    result = c->call.number == SYS_bind || c->call.number == SYS_setsockopt ? 0 : NLV_PASS;
  return result;
}

/* Gives the call what its handler returned. */
static void
finish_call (NlvSocketCall *c, NlvHandler handler, gint64 result)
{
  NlvServedTree *tree = c->tree;

  if (result == NLV_PASS)
    nlv_listener_pass (tree->listener, c->call.id);
  else if (result == NLV_PARK)
    nlv_park (c, handler);
  else if (result != NLV_ANSWERED)
    nlv_listener_answer (tree->listener, c->call.id, result);
}

static void
serve (NlvServedTree *tree)
{
  NlvSocketCall c = { .tree = tree, .fd = -1 };
  NlvHandler handler;
  gint64 result;

  if (!nlv_listener_receive (tree->listener, &c.call))
    return;
  tree->serving = TRUE;
  handler = find_handler (c.call.number);
  /* A filter that is not ours may ask about more than ours does. */
  if (!c.call.native)
    result = -ENOSYS;
  else if (c.call.number == SYS_socket && (gint32) c.call.arguments[0] == AF_NETLINK)
    result = nlv_serve_socket (tree, &c.call);
  else if (handler != NULL)
    result = nlv_serve_call (&c, handler);
  else
    result = NLV_PASS;
  finish_call (&c, handler, result);
  if (result != NLV_PARK)
    nlv_engine_expect_more (tree->engine);
  tree->serving = FALSE;
  nlv_parked_retry (tree);
}

static void
on_listener_event (guint32 events, gpointer user_data)
{
  NlvServedTree *tree = user_data;

  if (events & EPOLLIN)
    serve (tree);
  else if (events & (EPOLLHUP | EPOLLERR))
    {
      nlv_engine_unwatch (tree->engine, g_steal_pointer (&tree->watch));
      if (tree->events.ended != NULL)
        tree->events.ended (tree->user_data);
    }
}

static void
on_changed (gpointer user_data)
{
  NlvServedTree *tree = user_data;

  if (tree->events.changed != NULL)
    tree->events.changed (tree->user_data);
}

NlvServedTree *
nlv_served_tree_new (NlvEngine *engine, int listener_fd, NlvWindow window, NlvNetwork *network,
                     const NlvTreeEvents *events, gpointer user_data)
{
  NlvServedTree *tree = g_new0 (NlvServedTree, 1);

  tree->watch = nlv_engine_watch (engine, listener_fd, EPOLLIN, NLV_WATCH_LATE, on_listener_event, tree);
  tree->listener = tree->watch != NULL ? nlv_listener_new (listener_fd) : NULL;
  if (tree->listener == NULL)
    {
      int saved = errno;

      if (tree->watch != NULL)
        nlv_engine_unwatch (engine, tree->watch);
      g_free (tree);
      errno = saved;
      return NULL;
    }
  tree->engine = engine;
  tree->window = window;
  tree->bus = nlv_bus_new (network);
  nlv_bus_set_changed (tree->bus, on_changed, tree);
  tree->targets = nlv_targets_new ();
  tree->endpoints = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) nlv_endpoint_free);
  tree->hidden = g_hash_table_new (g_int64_hash, g_int64_equal);
  tree->scratch = g_byte_array_new ();
  if (events != NULL)
    tree->events = *events;
  tree->user_data = user_data;
  return tree;
}

void
nlv_served_tree_set_network (NlvServedTree *tree, NlvNetwork *network, gboolean writable)
{
  nlv_bus_set_network (tree->bus, network);
  tree->writable = writable;
}

void
nlv_served_tree_set_failures (NlvServedTree *tree, NlvFailures *failures)
{
  nlv_bus_set_failures (tree->bus, failures);
}

void
nlv_served_tree_free (NlvServedTree *tree)
{
  if (tree->watch != NULL)
    nlv_engine_unwatch (tree->engine, tree->watch);
  g_hash_table_unref (tree->endpoints);
  g_hash_table_unref (tree->hidden);
  nlv_park_clear (tree);
  nlv_targets_free (tree->targets);
  nlv_bus_set_changed (tree->bus, NULL, NULL);
  nlv_bus_unref (tree->bus);
  g_byte_array_unref (tree->scratch);
  nlv_listener_free (tree->listener);
  g_free (tree);
}
