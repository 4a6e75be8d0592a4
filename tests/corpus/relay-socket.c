/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* netlink/socket.h and netlink/bus.h once more, with a socket of the kernel's
 * behind each virtual one. What the kernel says reaches the program and the
 * recording; nothing is answered here.
 *
 * Of what the kernel has queued, one datagram at a time is in the program's
 * queue, the next one follows when that is read: a dump under way goes on as
 * it is read, and a program must find it under way. */
#include "netlink/socket.h"

#include "relay.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* As NlvirtSocket reads: the kernel fills datagrams up to this. */
#define READER_ROOM 32768
/* netlink_autobind() looks below this, from a random place, where the recording is to be the same each time. */
#define HIGHEST_ROVER (-4097)

struct _NlvNetlinkSocket
{
  NlvBus *bus; /* (owned) */
  int type;
  const NlvSocketQueue *queue;
  gpointer owner;
  int fd; /* (owned) the kernel's */
  gboolean bound;
  gboolean unread; /* the program's queue has a datagram */
  gboolean tells_group;
  Recorded recorded;
};

struct _NlvBus
{
  guint ref_count;
  NlvNetwork *network; /* (owned) */
};

NlvBus *
nlv_bus_new (NlvNetwork *network)
{
  NlvBus *bus = g_new0 (NlvBus, 1);

  bus->ref_count = 1;
  bus->network = nlv_network_ref (network);
  return bus;
}

NlvBus *
nlv_bus_ref (NlvBus *bus)
{
  bus->ref_count++;
  return bus;
}

void
nlv_bus_unref (NlvBus *bus)
{
  if (--bus->ref_count > 0)
    return;
  nlv_network_unref (bus->network);
  g_free (bus);
}

NlvNetwork *
nlv_bus_get_network (NlvBus *bus)
{
  return bus->network;
}

void
nlv_bus_set_network (NlvBus *bus, NlvNetwork *network)
{
  NlvNetwork *before = bus->network;

  bus->network = nlv_network_ref (network);
  nlv_network_unref (before);
}

/* The kernel changes nothing of ours. */
void
nlv_bus_set_changed (NlvBus *bus, void (*func) (gpointer user_data), gpointer user_data)
{
}

/* Nothing is to go wrong here. */
void
nlv_bus_set_failures (NlvBus *bus, NlvFailures *failures)
{
}

NlvFailures *
nlv_bus_get_failures (NlvBus *bus)
{
  return NULL;
}

const NlvFailure *
nlv_failures_strike (NlvFailures *self, NlvFailureKind kind, guint what)
{
  return NULL;
}

void
nlv_netlink_socket_resume (NlvNetlinkSocket *self, guint64 now)
{
}

NlvNetlinkSocket *
nlv_netlink_socket_new (NlvBus *bus, int type, const NlvSocketQueue *queue, gpointer owner)
{
  NlvNetlinkSocket *self = g_new0 (NlvNetlinkSocket, 1);

  self->bus = nlv_bus_ref (bus);
  self->type = type;
  self->queue = queue;
  self->owner = owner;
  self->fd = socket (AF_NETLINK, type | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (self->fd < 0)
    g_error ("socket: %s", g_strerror (errno));
  return self;
}

void
nlv_netlink_socket_free (NlvNetlinkSocket *self)
{
  recorded_clear (&self->recorded);
  close (self->fd);
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

/* The port id that the program would get is asked for by name, since the
 * kernel would choose by the id of this process. */
static int
bind_somewhere (NlvNetlinkSocket *self, const NlvTask *task, const struct sockaddr_nl *wanted)
{
  struct sockaddr_nl name = *wanted;
  gint32 rover = HIGHEST_ROVER;
  int r;

  name.nl_pid = task->tgid;
  while ((r = bind (self->fd, (const struct sockaddr *) &name, sizeof name)) != 0 && errno == EADDRINUSE)
    name.nl_pid = (guint32) rover--;
  if (r != 0)
    return -errno;
  self->bound = TRUE;
  return 0;
}

static int
autobind (NlvNetlinkSocket *self, const NlvTask *task)
{
  static const struct sockaddr_nl any = { .nl_family = AF_NETLINK };

  return self->bound ? 0 : bind_somewhere (self, task, &any);
}

int
nlv_netlink_socket_bind (NlvNetlinkSocket *self, const NlvTask *task, const void *address, gsize address_len)
{
  struct sockaddr_nl name;

  if (!self->bound && address_len >= sizeof name)
    {
      memcpy (&name, address, sizeof name);
      if (name.nl_family == AF_NETLINK && name.nl_pid == 0)
        return bind_somewhere (self, task, &name);
    }
  if (bind (self->fd, address, address_len) != 0)
    return -errno;
  self->bound = TRUE;
  return 0;
}

int
nlv_netlink_socket_connect (NlvNetlinkSocket *self, const NlvTask *task, const void *address, gsize address_len)
{
  int error = autobind (self, task);

  if (error == 0 && connect (self->fd, address, address_len) != 0)
    error = -errno;
  return error;
}

void
nlv_netlink_socket_get_name (NlvNetlinkSocket *self, struct sockaddr_nl *name)
{
  socklen_t len = sizeof *name;

  memset (name, 0, sizeof *name);
  getsockname (self->fd, (struct sockaddr *) name, &len);
}

void
nlv_netlink_socket_get_peer_name (NlvNetlinkSocket *self, struct sockaddr_nl *name)
{
  socklen_t len = sizeof *name;

  memset (name, 0, sizeof *name);
  getpeername (self->fd, (struct sockaddr *) name, &len);
}

int
nlv_netlink_socket_set_option (NlvNetlinkSocket *self, const NlvTask *task, int option, const void *value, gsize len)
{
  int number = 0;

  if (setsockopt (self->fd, SOL_NETLINK, option, value, len) != 0)
    return -errno;
  memcpy (&number, value, MIN (len, sizeof number));
  if (option == NETLINK_PKTINFO)
    self->tells_group = number != 0;
  recorded_add_option (&self->recorded, option, number);
  return 0;
}

int
nlv_netlink_socket_get_option (NlvNetlinkSocket *self, int option, void *value, gsize size, gsize *written, gsize *len)
{
  socklen_t reported = size;

  *written = 0;
  if (getsockopt (self->fd, SOL_NETLINK, option, value, &reported) != 0)
    return -errno;
  *len = reported;
  *written = MIN (size, *len);
  return 0;
}

/* The kernel's next datagram goes to the program. */
static void
pass_on (NlvNetlinkSocket *self)
{
  static guint8 buffer[READER_ROOM];
  struct sockaddr_nl name;
  NlvDatagram datagram;
  ssize_t received;

  self->unread = FALSE;
  /* An event is none of the conversation. */
  do
    {
      socklen_t len = sizeof name;

      received = recvfrom (self->fd, buffer, sizeof buffer, MSG_DONTWAIT | MSG_TRUNC, (struct sockaddr *) &name, &len);
    }
  while (received >= 0 && name.nl_groups != 0);
  if (received < 0)
    return;
  if ((gsize) received > sizeof buffer)
    g_error ("a datagram of %zd bytes is longer than is read", received);
  datagram = (NlvDatagram){ .bytes = nlv_span (buffer, received), .port = name.nl_pid };
  recorded_add_packet (&self->recorded, FALSE, datagram.bytes);
  self->unread = TRUE;
  if (!self->queue->append (self->owner, &datagram))
    g_error ("no room for a datagram");
}

gssize
nlv_netlink_socket_send (NlvNetlinkSocket *self, const NlvTask *task, const void *address, gsize address_len,
                         NlvSpan data, gsize send_buffer)
{
  int error = autobind (self, task);

  if (error != 0)
    return error;
  if (data.data == NULL)
    return -EMSGSIZE;
  if (sendto (self->fd, data.data, data.len, MSG_DONTWAIT, address, address != NULL ? address_len : 0) < 0)
    return -errno;
  recorded_add_packet (&self->recorded, TRUE, data);
  if (!self->unread)
    pass_on (self);
  return data.len;
}

int
nlv_netlink_socket_take_error (NlvNetlinkSocket *self)
{
  return 0;
}

void
nlv_netlink_socket_received_nothing (NlvNetlinkSocket *self)
{
}

void
nlv_netlink_socket_received (NlvNetlinkSocket *self, gsize reader_room, gsize consumed)
{
  /* The kernel would have made it fit. */
  if (reader_room != 0 && consumed > reader_room)
    recording_spoil ("the program reads less than is said at once: it needs a smaller network");
  if (consumed > 0)
    pass_on (self);
}

void
nlv_netlink_socket_received_unseen (NlvNetlinkSocket *self, guint n_left)
{
  pass_on (self);
}

gboolean
nlv_netlink_socket_is_dumping (NlvNetlinkSocket *self)
{
  struct pollfd item = { self->fd, POLLIN, 0 };

  return poll (&item, 1, 0) == 1;
}

/* It loses nothing: no answer is as long as what the kernel has by itself. */
void
nlv_netlink_socket_set_receive_buffer (NlvNetlinkSocket *self, gsize size)
{
}

static void
add_control (GByteArray *control, int level, int type, const void *data, gsize len)
{
  struct cmsghdr header = { .cmsg_len = CMSG_LEN (len), .cmsg_level = level, .cmsg_type = type };
  guint start = control->len;

  g_byte_array_set_size (control, start + CMSG_SPACE (len));
  memset (control->data + start, 0, CMSG_SPACE (len));
  memcpy (control->data + start, &header, sizeof header);
  memcpy (control->data + start + CMSG_LEN (0), data, len);
}

GByteArray *
nlv_netlink_socket_control (NlvNetlinkSocket *self, const NlvDatagram *datagram, gboolean pass_credentials)
{
  GByteArray *control = g_byte_array_new ();
  const struct nl_pktinfo info = { 0 };
  const struct ucred kernel = { 0 };

  if (self->tells_group)
    add_control (control, SOL_NETLINK, NETLINK_PKTINFO, &info, sizeof info);
  if (pass_credentials)
    add_control (control, SOL_SOCKET, SCM_CREDENTIALS, &kernel, sizeof kernel);
  return control;
}
