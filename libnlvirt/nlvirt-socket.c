/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A netlink socket whose other end is this process: the queue is a list in
 * memory, and nothing is trapped. Each has a bus of its own, so that its port
 * id does not depend on how many there are. */
#include "nlvirt-socket.h"

#include "netlink/socket.h"
#include "nlvirt-enum-types.h"
#include "nlvirt-error.h"
#include "nlvirt-failure-private.h"
#include "nlvirt-table-private.h"

#include <unistd.h>

/* net.core.wmem_default */
#define SEND_BUFFER 212992
/* The most that makes a difference to a dump. */
#define READER_ROOM 32768

/**
 * NlvirtSocket:
 *
 * A netlink socket on a table, within this process.
 *
 * What is sent is answered as the kernel's `NETLINK_ROUTE` socket would, from
 * the table and without a system call. Use it to test code that writes or
 * reads netlink messages, or to give an emulated machine a network to ask
 * about.
 *
 * The answers are there when [method@Nlvirt.Socket.send] returns. They wait in
 * a queue of the size that the kernel's has by default. A dump is made while
 * it is read, so that it takes no more memory than a few datagrams.
 *
 * The socket may ask, not change: requests that need privileges are refused,
 * unless [property@Nlvirt.Socket:access] allows them. It is not thread-safe; use
 * it in the thread that uses its table.
 *
 * ```c
 * g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
 * g_autoptr (NlvirtSocket) socket = nlvirt_socket_new (table);
 * struct
 * {
 *   struct nlmsghdr header;
 *   struct ifinfomsg link;
 * } request = { { sizeof request, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 } };
 * GBytes *datagram;
 *
 * nlvirt_socket_send (socket, (const guint8 *) &request, sizeof request, NULL);
 * while ((datagram = nlvirt_socket_receive (socket)) != NULL)
 *   g_bytes_unref (datagram);
 * ```
 *
 * Since: 0.1
 */
struct _NlvirtSocket
{
  GObject parent_instance;

  NlvirtTable *table;       /* (owned) */
  NlvBus *bus;              /* (owned) */
  NlvNetlinkSocket *socket; /* (owned) */
  GQueue queue;             /* (element-type GBytes) (owned) */
  NlvirtFailureList failures;
  gint64 late; /* when a request that waits is to be served: monotonic microseconds, 0 there is none */
  NlvirtAccess access;
  gboolean owns_table; /* @table is the copy that was made for this socket */
};

enum
{
  PROP_0,
  PROP_TABLE,
  PROP_ACCESS,
  PROP_FAILURES,
  PROP_PORT,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (NlvirtSocket, nlvirt_socket, G_TYPE_OBJECT)

/* How much may wait is settled by the socket: it counts as the kernel does. */
static gboolean
append (gpointer owner, const NlvDatagram *datagram)
{
  NlvirtSocket *self = owner;

  g_queue_push_tail (&self->queue, g_bytes_new (datagram->bytes.data, datagram->bytes.len));
  return TRUE;
}

static void
delay (gpointer owner, guint milliseconds)
{
  NlvirtSocket *self = owner;

  self->late = g_get_monotonic_time () + (gint64) milliseconds * 1000;
}

static NlvTask
current_task (NlvirtSocket *self)
{
  const gboolean writable = self->access != NLVIRT_ACCESS_READ_ONLY;

  return (NlvTask){
    .tgid = (guint32) getpid (),
    .pid = (guint32) getpid (),
    .uid = getuid (),
    .gid = getgid (),
    .admin = writable,
    .writable = writable,
    .now = nlvirt_table_get_time (),
  };
}

/* The socket has no main context: whoever looks for an answer brings it about.
 * Who is told of a change then may drop the socket. */
static void
serve_late (NlvirtSocket *self)
{
  if (self->late == 0 || g_get_monotonic_time () < self->late)
    return;
  while (self->late != 0 && g_get_monotonic_time () >= self->late)
    {
      self->late = 0;
      nlv_netlink_socket_resume (self->socket, current_task (self).now);
    }
  nlvirt_table_settle (self->table);
}

static void
nlvirt_socket_constructed (GObject *object)
{
  static const NlvSocketQueue queue = { .append = append, .delay = delay };
  const struct sockaddr_nl any = { .nl_family = AF_NETLINK };
  NlvirtSocket *self = NLVIRT_SOCKET (object);
  const NlvTask task = current_task (self);

  G_OBJECT_CLASS (nlvirt_socket_parent_class)->constructed (object);

  if (self->table == NULL)
    self->table = nlvirt_table_new ();
  self->bus = nlv_bus_new (nlvirt_table_get_network (self->table));
  nlv_bus_set_failures (self->bus, self->failures.set);
  self->socket = nlv_netlink_socket_new (self->bus, SOCK_RAW, &queue, self);
  nlv_netlink_socket_bind (self->socket, &task, &any, sizeof any);
}

static void
nlvirt_socket_finalize (GObject *object)
{
  NlvirtSocket *self = NLVIRT_SOCKET (object);

  nlv_netlink_socket_free (self->socket);
  nlv_bus_unref (self->bus);
  nlvirt_failure_list_clear (&self->failures);
  g_queue_clear_full (&self->queue, (GDestroyNotify) g_bytes_unref);
  g_object_unref (self->table);
  G_OBJECT_CLASS (nlvirt_socket_parent_class)->finalize (object);
}

static void
nlvirt_socket_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NlvirtSocket *self = NLVIRT_SOCKET (object);

  switch (id)
    {
      case PROP_TABLE:
        g_value_set_object (value, self->table);
        break;
      case PROP_ACCESS:
        g_value_set_enum (value, self->access);
        break;
      case PROP_FAILURES:
        g_value_set_object (value, self->failures.store);
        break;
      case PROP_PORT:
        g_value_set_uint (value, nlvirt_socket_get_port (self));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_socket_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  NlvirtSocket *self = NLVIRT_SOCKET (object);

  switch (id)
    {
      case PROP_TABLE:
        self->table = g_value_dup_object (value);
        break;
      case PROP_ACCESS:
        nlvirt_socket_set_access (self, g_value_get_enum (value));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_socket_class_init (NlvirtSocketClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = nlvirt_socket_constructed;
  object_class->finalize = nlvirt_socket_finalize;
  object_class->get_property = nlvirt_socket_get_property;
  object_class->set_property = nlvirt_socket_set_property;

  /**
   * NlvirtSocket:table: (getter get_table)
   *
   * The table that answers.
   *
   * Since: 0.1
   */
  properties[PROP_TABLE] = g_param_spec_object ("table", NULL, NULL, NLVIRT_TYPE_TABLE,
                                                G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * NlvirtSocket:access: (getter get_access) (setter set_access)
   *
   * What may be done with the table through this socket.
   *
   * Since: 0.1
   */
  properties[PROP_ACCESS] = g_param_spec_enum ("access", NULL, NULL, NLVIRT_TYPE_ACCESS, NLVIRT_ACCESS_READ_ONLY,
                                               G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /**
   * NlvirtSocket:failures: (getter get_failures)
   *
   * What is made to go wrong with the socket: a list of [class@Nlvirt.Failure].
   *
   * Since: 0.1
   */
  properties[PROP_FAILURES] =
    g_param_spec_object ("failures", NULL, NULL, G_TYPE_LIST_MODEL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * NlvirtSocket:port: (getter get_port)
   *
   * The port id, which each answer carries as its `nlmsg_pid`.
   *
   * Since: 0.1
   */
  properties[PROP_PORT] =
    g_param_spec_uint ("port", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
nlvirt_socket_init (NlvirtSocket *self)
{
  nlvirt_failure_list_init (&self->failures);
  g_queue_init (&self->queue);
}

/**
 * nlvirt_socket_new:
 * @table: the table that answers
 *
 * Opens a socket. It is bound, with the process id as its port id, and in no
 * multicast group.
 *
 * Returns: (transfer full): a new socket
 *
 * Since: 0.1
 */
NlvirtSocket *
nlvirt_socket_new (NlvirtTable *table)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (table), NULL);

  return g_object_new (NLVIRT_TYPE_SOCKET, "table", table, NULL);
}

/**
 * nlvirt_socket_get_table: (get-property table)
 * @self: a socket
 *
 * Gets the table that answers.
 *
 * Returns: (transfer none): the table
 *
 * Since: 0.1
 */
NlvirtTable *
nlvirt_socket_get_table (NlvirtSocket *self)
{
  g_return_val_if_fail (NLVIRT_IS_SOCKET (self), NULL);

  return self->table;
}

/**
 * nlvirt_socket_get_access: (get-property access)
 * @self: a socket
 *
 * What may be done with the table through this socket.
 *
 * Returns: the access
 *
 * Since: 0.1
 */
NlvirtAccess
nlvirt_socket_get_access (NlvirtSocket *self)
{
  g_return_val_if_fail (NLVIRT_IS_SOCKET (self), NLVIRT_ACCESS_READ_ONLY);

  return self->access;
}

static void
take_own_table (NlvirtSocket *self)
{
  NlvirtTable *copy = nlvirt_table_copy (self->table);

  g_object_unref (self->table);
  self->table = copy;
  self->owns_table = TRUE;
  nlv_bus_set_network (self->bus, nlvirt_table_get_network (copy));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TABLE]);
}

/**
 * nlvirt_socket_set_access: (set-property access)
 * @self: a socket
 * @access: the access
 *
 * Sets what may be done with the table through this socket, from the next
 * request on. It is read-only at first.
 *
 * %NLVIRT_ACCESS_SHARED is what tests of a program that changes its network want:
 * what is sent changes the table that the socket was made for. With
 * %NLVIRT_ACCESS_READ_WRITE that stays as it is: the table is copied, once, and
 * [property@Nlvirt.Socket:table] is from then on the copy.
 *
 * Since: 0.1
 */
void
nlvirt_socket_set_access (NlvirtSocket *self, NlvirtAccess access)
{
  g_return_if_fail (NLVIRT_IS_SOCKET (self));

  if (self->access == access)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  self->access = access;
  if (access == NLVIRT_ACCESS_READ_WRITE && !self->owns_table)
    take_own_table (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACCESS]);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * nlvirt_socket_get_port: (get-property port)
 * @self: a socket
 *
 * Gets the port id.
 *
 * Returns: the port id
 *
 * Since: 0.1
 */
guint
nlvirt_socket_get_port (NlvirtSocket *self)
{
  struct sockaddr_nl name;

  g_return_val_if_fail (NLVIRT_IS_SOCKET (self), 0);

  nlv_netlink_socket_get_name (self->socket, &name);
  return name.nl_pid;
}

/**
 * nlvirt_socket_add_failure:
 * @self: a socket
 * @failure: a failure
 *
 * Makes something go wrong with the socket, from now on.
 *
 * Since: 0.1
 */
void
nlvirt_socket_add_failure (NlvirtSocket *self, NlvirtFailure *failure)
{
  g_return_if_fail (NLVIRT_IS_SOCKET (self));
  g_return_if_fail (NLVIRT_IS_FAILURE (failure));

  nlvirt_failure_list_add (&self->failures, failure);
}

/**
 * nlvirt_socket_remove_failure:
 * @self: a socket
 * @failure: a failure
 *
 * Makes it go wrong no longer. A request that waits goes on waiting.
 *
 * Returns: %TRUE if it was among the failures of the socket
 *
 * Since: 0.1
 */
gboolean
nlvirt_socket_remove_failure (NlvirtSocket *self, NlvirtFailure *failure)
{
  g_return_val_if_fail (NLVIRT_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (NLVIRT_IS_FAILURE (failure), FALSE);

  return nlvirt_failure_list_remove (&self->failures, failure);
}

/**
 * nlvirt_socket_get_failures: (get-property failures)
 * @self: a socket
 *
 * What is made to go wrong with the socket, in the order of its adding.
 *
 * Returns: (transfer none): a list of [class@Nlvirt.Failure]
 *
 * Since: 0.1
 */
GListModel *
nlvirt_socket_get_failures (NlvirtSocket *self)
{
  g_return_val_if_fail (NLVIRT_IS_SOCKET (self), NULL);

  return G_LIST_MODEL (self->failures.store);
}

static gboolean
fail (GError **error, const char *what, gint64 result)
{
  g_set_error (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID, "%s: %s", what, g_strerror ((int) -result));
  return FALSE;
}

/**
 * nlvirt_socket_set_option:
 * @self: a socket
 * @option: one of the `NETLINK_*` options of *netlink*(7), such as
 *   `NETLINK_EXT_ACK` (11) or `NETLINK_GET_STRICT_CHK` (12)
 * @value: its value
 * @error: return location for an error
 *
 * Sets an option, as `setsockopt()` at level `SOL_NETLINK`.
 *
 * The error is %NLVIRT_ERROR_INVALID where the kernel refuses it.
 *
 * Returns: whether the option was set
 *
 * Since: 0.1
 */
gboolean
nlvirt_socket_set_option (NlvirtSocket *self, int option, int value, GError **error)
{
  const NlvTask task = current_task (self);
  int result;

  g_return_val_if_fail (NLVIRT_IS_SOCKET (self), FALSE);

  result = nlv_netlink_socket_set_option (self->socket, &task, option, &value, sizeof value);
  return result == 0 || fail (error, "cannot set the option", result);
}

/**
 * nlvirt_socket_send:
 * @self: a socket
 * @data: (array length=len) (element-type guint8): one datagram, of one request
 *   or several
 * @len: the length of @data in bytes
 * @error: return location for an error
 *
 * Sends a datagram to the responder.
 *
 * It is sent even if each request in it is refused: that is told in an answer.
 * The error is %NLVIRT_ERROR_INVALID when @data is empty or longer than the
 * kernel takes, and when a failure makes it so.
 *
 * Returns: whether the datagram was sent
 *
 * Since: 0.1
 */
gboolean
nlvirt_socket_send (NlvirtSocket *self, const guint8 *data, gsize len, GError **error)
{
  g_autoptr (NlvirtSocket) kept = NULL;
  const NlvFailure *failure;
  NlvTask task;
  gssize result;

  g_return_val_if_fail (NLVIRT_IS_SOCKET (self), FALSE);
  g_return_val_if_fail (data != NULL || len == 0, FALSE);

  /* Who is told of a change may drop the socket. */
  kept = g_object_ref (self);
  serve_late (self);
  task = current_task (self);
  failure = nlv_failures_strike (self->failures.set, NLV_FAILURE_CALL, NLV_CALL_SEND);
  if (failure != NULL)
    return fail (error, "cannot send the datagram", -failure->error);
  result = nlv_netlink_socket_send (self->socket, &task, NULL, 0, nlv_span (data, len), SEND_BUFFER);
  nlvirt_table_settle (self->table);
  return result >= 0 || fail (error, "cannot send the datagram", result);
}

/**
 * nlvirt_socket_receive:
 * @self: a socket
 *
 * Takes the next datagram out of the queue. Never blocks.
 *
 * A dump goes on while it is received: it has ended when a datagram has an
 * `NLMSG_DONE` in it, not before.
 *
 * Returns: (transfer full) (nullable): a datagram, or %NULL if there is none
 *
 * Since: 0.1
 */
GBytes *
nlvirt_socket_receive (NlvirtSocket *self)
{
  g_autoptr (NlvirtSocket) kept = NULL;
  GBytes *datagram;

  g_return_val_if_fail (NLVIRT_IS_SOCKET (self), NULL);

  kept = g_object_ref (self);
  serve_late (self);
  datagram = g_queue_pop_head (&self->queue);
  if (datagram != NULL)
    nlv_netlink_socket_received (self->socket, READER_ROOM, g_bytes_get_size (datagram));
  else
    nlv_netlink_socket_received_nothing (self->socket);
  return datagram;
}

/**
 * nlvirt_socket_take_overrun:
 * @self: a socket
 *
 * Asks whether answers were lost because the queue was full, since this was
 * last asked. A program reads the same as the error `ENOBUFS`.
 *
 * Nothing more is queued after a loss until the queue has been emptied.
 *
 * Returns: whether answers were lost
 *
 * Since: 0.1
 */
gboolean
nlvirt_socket_take_overrun (NlvirtSocket *self)
{
  g_return_val_if_fail (NLVIRT_IS_SOCKET (self), FALSE);

  return nlv_netlink_socket_take_error (self->socket) != 0;
}
