/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* bind(), connect(), getsockname(), getpeername(). */
#include "session/endpoint.h"

#include <sys/socket.h>

typedef int (*NameCall) (NlvNetlinkSocket *socket, const NlvTask *task, const void *address, gsize address_len);

static gint64
serve_naming (NlvSocketCall *c, NameCall name_call)
{
  guint8 address[sizeof (struct sockaddr_storage)];
  gint32 len = c->call.arguments[2];
  NlvTask task;
  gint64 r;

  /* move_addr_to_kernel() */
  if (len < 0 || (gsize) len > sizeof address)
    return -EINVAL;
  r = nlv_call_read_last (c, &(NlvCallCopy){ c->call.arguments[1], address, len }, 1);
  if (r < 0)
    return r;
  nlv_call_get_task (c, FALSE, &task);
  r = name_call (c->endpoint->socket, &task, address, len);
  if (nlv_netlink_socket_is_bound (c->endpoint->socket))
    nlv_endpoint_name_program_end (c->endpoint, c->fd);
  return r;
}

gint64
nlv_serve_bind (NlvSocketCall *c)
{
  int r = nlv_session_fail_call (c->tree, NLV_CALL_BIND);

  return r < 0 ? r : serve_naming (c, nlv_netlink_socket_bind);
}

gint64
nlv_serve_connect (NlvSocketCall *c)
{
  return serve_naming (c, nlv_netlink_socket_connect);
}

/* move_addr_to_user() */
static gint64
write_name (NlvSocketCall *c, const struct sockaddr_nl *name)
{
  gint32 room, len = sizeof *name;
  int r = nlv_call_read_last (c, &(NlvCallCopy){ c->call.arguments[2], &room, sizeof room }, 1);

  if (r < 0)
    return r;
  if (room < 0)
    return -EINVAL;
  return nlv_call_write (c,
                         (NlvCallCopy[]){
                           { c->call.arguments[1], (void *) name, MIN (room, len) },
                           { c->call.arguments[2], &len, sizeof len, &room },
                         },
                         2);
}

gint64
nlv_serve_getsockname (NlvSocketCall *c)
{
  struct sockaddr_nl name;

  nlv_netlink_socket_get_name (c->endpoint->socket, &name);
  return write_name (c, &name);
}

gint64
nlv_serve_getpeername (NlvSocketCall *c)
{
  struct sockaddr_nl name;

  nlv_netlink_socket_get_peer_name (c->endpoint->socket, &name);
  return write_name (c, &name);
}
