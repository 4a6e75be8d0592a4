/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A socket's life and its addresses: netlink_bind(), netlink_connect(),
 * netlink_autobind(), netlink_getname() and the way of a datagram to them in
 * netlink_sendmsg(). */
#include "netlink/socket-private.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

/* net.core.rmem_default */
#define DEFAULT_RECEIVE_BUFFER 212992
/* netlink_autobind() looks below this when the task's own id is taken. */
#define HIGHEST_ROVER (-4096)
/* netlink_sendmsg(): kept back from SO_SNDBUF. */
#define SEND_OVERHEAD 32

NlvNetlinkSocket *
nlv_netlink_socket_new (NlvBus *bus, int type, const NlvSocketQueue *queue, gpointer owner)
{
  NlvNetlinkSocket *self = g_new0 (NlvNetlinkSocket, 1);

  self->bus = nlv_bus_ref (bus);
  self->type = type;
  self->queue = queue;
  self->owner = owner;
  self->receive_buffer = DEFAULT_RECEIVE_BUFFER;
  nlv_backlog_init (&self->backlog);
  nlv_writer_init (&self->writer, 0);
  nlv_writer_init (&self->dump_writer, 0);
  return self;
}

void
nlv_netlink_socket_free (NlvNetlinkSocket *self)
{
  nlv_netlink_socket_end_dump (self);
  nlv_netlink_socket_forget_held (self);
  nlv_netlink_socket_set_groups (self, 0);
  if (self->bound)
    nlv_bus_release_port (self->bus, self->port);
  nlv_backlog_finish (&self->backlog);
  nlv_writer_clear (&self->writer);
  nlv_bus_unref (self->bus);
  g_free (self);
}

int
nlv_netlink_socket_get_type (NlvNetlinkSocket *self)
{
  return self->type;
}

gboolean
nlv_netlink_socket_is_bound (NlvNetlinkSocket *self)
{
  return self->bound;
}

/* netlink_insert(): the id is the socket's before it is known to be free. */
static int
insert (NlvNetlinkSocket *self, guint32 port)
{
  self->port = port;
  if (!nlv_bus_claim_port (self->bus, port, self))
    return -EADDRINUSE;
  self->bound = TRUE;
  return 0;
}

static int
autobind (NlvNetlinkSocket *self, const NlvTask *task)
{
  guint32 port = task->tgid;
  gint32 rover = HIGHEST_ROVER;

  if (self->bound)
    return 0;
  /* Port 0 is the kernel's. */
  while (port == 0 || nlv_bus_find_port (self->bus, port) != NULL)
    {
      if (rover == HIGHEST_ROVER)
        rover = g_random_int_range (G_MININT32, HIGHEST_ROVER);
      port = (guint32) rover;
      rover = rover == G_MININT32 ? HIGHEST_ROVER - 1 : rover - 1;
    }
  return insert (self, port);
}

/* FALSE unless it is a whole struct sockaddr_nl of this family. */
static gboolean
load_address (struct sockaddr_nl *out, const void *address, gsize address_len)
{
  if (address == NULL || address_len < sizeof *out)
    return FALSE;
  memcpy (out, address, sizeof *out);
  return out->nl_family == AF_NETLINK;
}

int
nlv_netlink_socket_bind (NlvNetlinkSocket *self, const NlvTask *task, const void *address, gsize address_len)
{
  struct sockaddr_nl name;
  int error;

  if (!load_address (&name, address, address_len))
    return -EINVAL;
  if (name.nl_groups != 0)
    self->has_groups = TRUE;
  if (self->bound && name.nl_pid != self->port)
    return -EINVAL;
  error = nlv_netlink_socket_may_join (task, name.nl_groups);
  if (error != 0)
    return error;
  if (!self->bound)
    {
      error = name.nl_pid != 0 ? insert (self, name.nl_pid) : autobind (self, task);
      if (error != 0)
        return error;
    }
  nlv_netlink_socket_set_groups (self, (self->groups & ~(guint64) G_MAXUINT32) | name.nl_groups);
  return 0;
}

int
nlv_netlink_socket_connect (NlvNetlinkSocket *self, const NlvTask *task, const void *address, gsize address_len)
{
  struct sockaddr_nl name;
  sa_family_t family;
  int error;

  if (address == NULL || address_len < sizeof family)
    return -EINVAL;
  memcpy (&family, address, sizeof family);
  if (family == AF_UNSPEC)
    {
      self->connected = FALSE;
      self->peer_port = 0;
      self->peer_group = 0;
      return 0;
    }
  if (!load_address (&name, address, address_len))
    return -EINVAL;
  if ((name.nl_pid != 0 || name.nl_groups != 0) && !task->admin)
    return -EPERM;
  error = autobind (self, task);
  if (error != 0)
    return error;
  self->connected = TRUE;
  self->peer_port = name.nl_pid;
  self->peer_group = (guint32) ffs ((int) name.nl_groups);
  return 0;
}

void
nlv_netlink_socket_get_name (NlvNetlinkSocket *self, struct sockaddr_nl *name)
{
  *name = (struct sockaddr_nl){
    .nl_family = AF_NETLINK,
    .nl_pid = self->port,
    .nl_groups = (guint32) self->groups,
  };
}

void
nlv_netlink_socket_get_peer_name (NlvNetlinkSocket *self, struct sockaddr_nl *name)
{
  gboolean has_bit = self->peer_group >= 1 && self->peer_group <= 32;

  *name = (struct sockaddr_nl){
    .nl_family = AF_NETLINK,
    .nl_pid = self->peer_port,
    .nl_groups = has_bit ? 1u << (self->peer_group - 1) : 0,
  };
}

/* netlink_unicast() to another socket. It would wait for room there; nothing
 * waits here. */
static int
send_to_port (NlvNetlinkSocket *self, const NlvDatagram *datagram, guint32 port)
{
  NlvNetlinkSocket *other = nlv_bus_find_port (self->bus, port);

  if (other == NULL || (other->connected && other->peer_port != self->port))
    return -ECONNREFUSED;
  return nlv_netlink_socket_deliver (other, datagram) ? 0 : -EAGAIN;
}

gssize
nlv_netlink_socket_send (NlvNetlinkSocket *self, const NlvTask *task, const void *address, gsize address_len,
                         NlvSpan data, gsize send_buffer)
{
  NlvDatagram datagram = { .bytes = data, .pid = task->pid, .uid = task->uid, .gid = task->gid };
  guint32 port = self->peer_port;
  guint32 group = self->peer_group;
  int error;

  if (data.len == 0)
    return -ENODATA;
  if (address != NULL && address_len > 0)
    {
      struct sockaddr_nl to;

      if (!load_address (&to, address, address_len))
        return -EINVAL;
      port = to.nl_pid;
      group = (guint32) ffs ((int) to.nl_groups);
      if ((port != 0 || group != 0) && !task->admin)
        return -EPERM;
    }
  error = autobind (self, task);
  if (error != 0)
    return error;
  if (send_buffer < SEND_OVERHEAD || data.len > send_buffer - SEND_OVERHEAD)
    return -EMSGSIZE;
  if (nlv_netlink_socket_fails_send (self, data.len))
    return -ENOBUFS;

  datagram.port = self->port;
  datagram.group = group;
  nlv_bus_broadcast (self->bus, &datagram, self, port);
  datagram.group = 0;
  if (port != 0)
    error = send_to_port (self, &datagram, port);
  else if (!nlv_netlink_socket_queue_up (self, task, data))
    nlv_netlink_socket_serve (self, task, data);
  return error != 0 ? error : (gssize) data.len;
}
