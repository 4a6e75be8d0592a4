/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* socket(AF_NETLINK): never the kernel's. */
#include "session/endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TYPE_MASK 0xf /* SOCK_TYPE_MASK */
#define TYPES 11      /* SOCK_MAX */
#define PROTOCOLS 32  /* MAX_LINKS */

/* In the order of __sys_socket_create(), __sock_create(), netlink_create(). */
static int
check_arguments (gint32 type, gint32 protocol)
{
  if ((type & ~(TYPE_MASK | SOCK_CLOEXEC | SOCK_NONBLOCK)) != 0 || (type & TYPE_MASK) >= TYPES)
    return -EINVAL;
  if ((type & TYPE_MASK) != SOCK_RAW && (type & TYPE_MASK) != SOCK_DGRAM)
    return -ESOCKTNOSUPPORT;
  if (protocol < 0 || protocol >= PROTOCOLS)
    return -EPROTONOSUPPORT;
  return protocol == NETLINK_ROUTE ? 0 : -EAFNOSUPPORT;
}

/* A number in the window that the program does not use: -1 if there is none,
 * and also if the program cannot be looked into, for then calls at a number in
 * the window could not be answered either. */
static int
find_number (NlvServedTree *tree, guint32 tid, gboolean *reachable)
{
  *reachable = TRUE;
  for (guint i = tree->window.count; i-- > 0;)
    {
      int fd = nlv_targets_get_fd (tree->targets, tid, tree->window.first + i);

      if (fd == -EBADF)
        return tree->window.first + i;
      if (fd < 0)
        {
          *reachable = FALSE;
          return -1;
        }
      close (fd);
    }
  return -1;
}

/* Remembers by number what cannot be known by identity. */
static void
hide (NlvEndpoint *endpoint, guint32 tgid, int number)
{
  endpoint->hidden_key = (guint64) tgid << 32 | (guint32) number;
  g_hash_table_replace (endpoint->tree->hidden, &endpoint->hidden_key, endpoint);
}

static int
inject (NlvServedTree *tree, const NlvCall *call, int program_end, int number, gboolean close_on_exec)
{
  int r = -EBADF;

  if (number >= 0)
    r = nlv_listener_inject (tree->listener, call->id, program_end, number, close_on_exec);
  /* -EBADF: beyond RLIMIT_NOFILE, which the program has lowered. */
  if (r == -EBADF)
    r = nlv_listener_inject (tree->listener, call->id, program_end, -1, close_on_exec);
  return r;
}

/* Its getsockname() will be the kernel's: what it would tell is settled now. */
static void
prepare_unseen (NlvEndpoint *endpoint, const NlvTask *task, int program_end)
{
  static const struct sockaddr_nl any = { .nl_family = AF_NETLINK };

  nlv_netlink_socket_bind (endpoint->socket, task, &any, sizeof any);
  nlv_endpoint_name_program_end (endpoint, program_end);
}

gint64
nlv_serve_socket (NlvServedTree *tree, const NlvCall *call)
{
  gint32 type = call->arguments[1];
  NlvSocketCall c = { .tree = tree, .call = *call };
  gboolean reachable;
  NlvEndpoint *endpoint;
  NlvTask task;
  int program_end, number, r;

  r = check_arguments (type, call->arguments[2]);
  if (r == 0)
    r = nlv_session_fail_call (tree, NLV_CALL_SOCKET);
  if (r < 0)
    return r;
  number = find_number (tree, call->tid, &reachable);
  nlv_call_get_task (&c, FALSE, &task);
  endpoint = nlv_endpoint_new (tree, type & TYPE_MASK, &task, &program_end);
  if (endpoint == NULL)
    return errno == EMFILE ? -ENFILE : -errno;
  if (type & SOCK_NONBLOCK)
    fcntl (program_end, F_SETFL, O_RDWR | O_NONBLOCK);
  if (!reachable)
    prepare_unseen (endpoint, &task, program_end);
  g_hash_table_replace (tree->endpoints, &endpoint->cookie, endpoint);
  r = inject (tree, call, program_end, number, (type & SOCK_CLOEXEC) != 0);
  close (program_end);
  if (r < 0)
    {
      g_hash_table_remove (tree->endpoints, &endpoint->cookie);
      return r;
    }
  if (!reachable)
    hide (endpoint, task.pid, r);
  if (tree->events.socket_opened != NULL)
    tree->events.socket_opened (endpoint->cookie, task.pid, tree->user_data);
  return NLV_ANSWERED;
}
