/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* setsockopt() and getsockopt(). Level SOL_NETLINK is the netlink socket's;
 * of SOL_SOCKET, what a unix socket and a netlink socket have alike is left to
 * the kernel, and only what tells them apart is answered here. */
#include "session/endpoint.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

/* The longest value that an option of ours has. */
#define MAX_VALUE 256
/* The longest request that is read, however large SO_SNDBUF is. */
#define MAX_SEND_BUFFER (1024 * 1024)

/* Set here, so that its effect is known when the next event comes. */
static gint64
set_receive_buffer (NlvSocketCall *c, gint32 len)
{
  gint32 value;
  gint64 r;

  if ((gsize) len < sizeof value)
    return -EINVAL;
  r = nlv_call_read_last (c, &(NlvCallCopy){ c->call.arguments[3], &value, sizeof value }, 1);
  if (r == 0 && setsockopt (c->fd, SOL_SOCKET, SO_RCVBUF, &value, sizeof value) != 0)
    r = -errno;
  c->endpoint->receive_buffer_changed = TRUE;
  nlv_note_buffers (c);
  return r;
}

static gint64
set_socket_option (NlvSocketCall *c, int option, gint32 len)
{
  gint32 value;
  gint64 r;

  switch (option)
    {
      case SO_PASSCRED:
        if ((gsize) len < sizeof value)
          return -EINVAL;
        r = nlv_call_read_last (c, &(NlvCallCopy){ c->call.arguments[3], &value, sizeof value }, 1);
        if (r == 0)
          c->endpoint->pass_credentials = value != 0;
        return r;
      case SO_PEEK_OFF:
        return -EOPNOTSUPP;
      case SO_RCVBUF:
        return set_receive_buffer (c, len);
      case SO_RCVBUFFORCE: /* by the program's own privileges */
        c->endpoint->receive_buffer_changed = TRUE;
        return NLV_PASS;
      case SO_SNDBUF:
      case SO_SNDBUFFORCE:
        c->endpoint->send_buffer = 0;
        return NLV_PASS;
      default:
        return NLV_PASS;
    }
}

gint64
nlv_serve_setsockopt (NlvSocketCall *c)
{
  gint32 level = c->call.arguments[1];
  gint32 option = c->call.arguments[2];
  gint32 len = c->call.arguments[4];
  guint8 value[MAX_VALUE];
  NlvTask task;
  gint64 r;

  if (len < 0)
    return -EINVAL;
  if (level == SOL_SOCKET)
    return set_socket_option (c, option, len);
  if (level != SOL_NETLINK)
    return -ENOPROTOOPT;
  len = MIN (len, MAX_VALUE);
  r = nlv_call_read_last (c, &(NlvCallCopy){ c->call.arguments[3], value, len }, 1);
  if (r < 0)
    return r;
  nlv_call_get_task (c, FALSE, &task);
  return nlv_netlink_socket_set_option (c->endpoint->socket, &task, option, value, len);
}

void
nlv_note_buffers (NlvSocketCall *c)
{
  NlvEndpoint *endpoint = c->endpoint;
  int size = 0;
  socklen_t len = sizeof size;

  if (endpoint->receive_buffer_changed && getsockopt (c->fd, SOL_SOCKET, SO_RCVBUF, &size, &len) == 0 && size > 0)
    nlv_netlink_socket_set_receive_buffer (endpoint->socket, size);
  if (endpoint->send_buffer == 0 && getsockopt (c->fd, SOL_SOCKET, SO_SNDBUF, &size, &len) == 0 && size > 0)
    endpoint->send_buffer = MIN (size, MAX_SEND_BUFFER);
  endpoint->receive_buffer_changed = FALSE;
}

/* TRUE if @option is answered here, with @value and @len filled. */
static gboolean
get_socket_option (NlvSocketCall *c, int option, void *value, gsize *len)
{
  /* sock_getsockopt(): nobody is known to be at the other end. */
  static const struct ucred nobody = { 0, (uid_t) -1, (gid_t) -1 };
  gint32 number;

  switch (option)
    {
      case SO_DOMAIN:
        number = AF_NETLINK;
        break;
      case SO_TYPE:
        number = nlv_netlink_socket_get_type (c->endpoint->socket);
        break;
      case SO_PROTOCOL:
        number = NETLINK_ROUTE;
        break;
      case SO_PASSCRED:
        number = c->endpoint->pass_credentials;
        break;
      case SO_ERROR:
        number = -nlv_endpoint_take_error (c->endpoint, c->fd);
        break;
      case SO_PEERCRED:
        memcpy (value, &nobody, sizeof nobody);
        *len = sizeof nobody;
        return TRUE;
      default:
        return FALSE;
    }
  memcpy (value, &number, sizeof number);
  *len = sizeof number;
  return TRUE;
}

gint64
nlv_serve_getsockopt (NlvSocketCall *c)
{
  gint32 level = c->call.arguments[1];
  gint32 option = c->call.arguments[2];
  gint32 room, reported;
  guint8 value[MAX_VALUE] = { 0 };
  gsize written, len;
  gint64 r;

  if (level != SOL_SOCKET && level != SOL_NETLINK)
    return -ENOPROTOOPT;
  if (level == SOL_SOCKET && option == SO_PEEK_OFF)
    return -EOPNOTSUPP;
  /* These would name the supervisor. */
  if (level == SOL_SOCKET && (option == SO_PEERGROUPS || option == SO_PEERPIDFD))
    return -ENODATA;
  r = nlv_call_read_last (c, &(NlvCallCopy){ c->call.arguments[4], &room, sizeof room }, 1);
  if (r < 0)
    return r;
  if (room < 0)
    return -EINVAL;
  if (level == SOL_NETLINK)
    {
      r = nlv_netlink_socket_get_option (c->endpoint->socket, option, value, MIN (room, MAX_VALUE), &written, &len);
      if (r < 0)
        return r;
      reported = len;
    }
  else
    {
      if (!get_socket_option (c, option, value, &len))
        return NLV_PASS;
      reported = written = MIN ((gsize) room, len);
    }
  return nlv_call_write (c,
                         (NlvCallCopy[]){
                           { c->call.arguments[3], value, written },
                           { c->call.arguments[4], &reported, sizeof reported, &room },
                         },
                         2);
}
