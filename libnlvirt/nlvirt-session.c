/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A session is served, then ended. While it is served it holds its supervisor
 * and its supervisor holds it, so an application may drop both and the program
 * keeps its answers; the end of the tree, or of the supervisor's work, undoes
 * the cycle.
 *
 * The tree calls back from within the engine, where no code of the application
 * may run: what the application is to hear goes through nlvirt_loop_defer().
 * Waiting and communicating are in nlvirt-session-wait.c. */
#include "nlvirt-session-private.h"

#include "nlvirt-enum-types.h"
#include "nlvirt-error.h"
#include "nlvirt-failure-private.h"
#include "nlvirt-supervisor.h"
#include "nlvirt-table-private.h"
#include "session/session.h"

#include <errno.h>
#include <unistd.h>

/**
 * NlvirtSession:
 *
 * One supervised program, with all that descends from it.
 *
 * A session begins when a [class@Nlvirt.Supervisor] starts a program or adopts
 * a listener. It ends when nobody is under its filter any more, which may be
 * long after the first process has exited: a daemon that the program leaves
 * behind keeps its answers. [signal@Nlvirt.Session::ended] tells.
 *
 * A session belongs to the main context of its supervisor, and its signals are
 * emitted there, some time after what they tell of. The program is answered
 * only while that context is iterated. The blocking calls,
 * [method@Nlvirt.Session.wait] and [method@Nlvirt.Session.communicate_utf8],
 * iterate it themselves, so all sources that are attached to it may run. In a
 * thread other than the one that runs the context, they block until that
 * thread has done the work.
 *
 * ```c
 * g_autoptr (NlvirtSession) session = NULL;
 * g_autofree char *output = NULL;
 * const char *argv[] = { "ip", "address", NULL };
 *
 * session = nlvirt_supervisor_spawn (supervisor, table, argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
 * if (session != NULL && nlvirt_session_communicate_utf8 (session, NULL, NULL, &output, NULL, &error))
 *   g_print ("%s", output);
 * ```
 *
 * Since: 0.1
 */
struct _NlvirtSession
{
  GObject parent_instance;

  NlvirtSupervisor *supervisor; /* (owned) (nullable): until the session has ended */
  NlvirtLoop *loop;             /* (not owned) (nullable): the supervisor's */
  NlvServedTree *tree;          /* (owned) (nullable): until the session has ended */
  GMainContext *context;        /* (owned) */
  NlvirtTable *table;           /* (owned) */
  GSubprocess *subprocess;      /* (owned) (nullable) */
  GPtrArray *last_words;        /* (element-type Event) (nullable): while the tree is freed */
  char *identifier;             /* (owned) */
  NlvirtFailureList failures;
  NlvirtAccess access;
  gboolean owns_table; /* @table is the copy that was made for the programs */
};

enum
{
  PROP_0,
  PROP_TABLE,
  PROP_ACCESS,
  PROP_FAILURES,
  PROP_IDENTIFIER,
  PROP_SUBPROCESS,
  N_PROPERTIES
};

enum
{
  SOCKET_OPENED,
  SOCKET_CLOSED,
  MESSAGE,
  ENDED,
  N_SIGNALS
};

/* An event that is the table's to tell. */
#define CHANGED N_SIGNALS

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NlvirtSession, nlvirt_session, G_TYPE_OBJECT)

/* What a tree has told, on its way to the application. */
typedef struct
{
  NlvirtSession *session; /* (owned) */
  guint signal;
  guint64 socket;
  guint pid;
  NlvirtMessageDirection direction;
  GBytes *datagram;   /* (owned) (nullable) */
  NlvirtTable *table; /* (owned) (nullable): which has changed */
} Event;

static void
event_free (gpointer data)
{
  Event *event = data;

  g_object_unref (event->session);
  g_clear_pointer (&event->datagram, g_bytes_unref);
  g_clear_object (&event->table);
  g_free (event);
}

static void
event_emit (gpointer data)
{
  Event *event = data;
  guint id = event->signal < N_SIGNALS ? signals[event->signal] : 0;

  switch (event->signal)
    {
      case SOCKET_OPENED:
        g_signal_emit (event->session, id, 0, event->socket, event->pid);
        break;
      case SOCKET_CLOSED:
        g_signal_emit (event->session, id, 0, event->socket);
        break;
      case MESSAGE:
        g_signal_emit (event->session, id, 0, event->socket, event->direction, event->datagram);
        break;
      case CHANGED:
        nlvirt_table_settle (event->table);
        break;
      case ENDED:
      default:
        nlvirt_session_cut (event->session);
        break;
    }
}

static void
emit_last_word (gpointer data, gpointer user_data)
{
  event_emit (data);
}

static void
queue_event (NlvirtSession *self, Event event)
{
  event.session = g_object_ref (self);
  if (self->last_words != NULL)
    g_ptr_array_add (self->last_words, g_memdup2 (&event, sizeof event));
  else
    nlvirt_loop_defer (self->loop, event_emit, g_memdup2 (&event, sizeof event), event_free);
}

static gboolean
is_heard (NlvirtSession *self, guint signal)
{
  return g_signal_has_handler_pending (self, signals[signal], 0, FALSE);
}

static void
on_tree_ended (gpointer user_data)
{
  queue_event (user_data, (Event){ .signal = ENDED });
}

static void
on_tree_socket_opened (guint64 socket, guint32 pid, gpointer user_data)
{
  if (is_heard (user_data, SOCKET_OPENED))
    queue_event (user_data, (Event){ .signal = SOCKET_OPENED, .socket = socket, .pid = pid });
}

static void
on_tree_socket_closed (guint64 socket, gpointer user_data)
{
  if (is_heard (user_data, SOCKET_CLOSED))
    queue_event (user_data, (Event){ .signal = SOCKET_CLOSED, .socket = socket });
}

static void
on_tree_message (guint64 socket, NlvMessageDirection direction, NlvSpan datagram, gpointer user_data)
{
  Event event = { .signal = MESSAGE, .socket = socket };

  if (!is_heard (user_data, MESSAGE))
    return;
  event.direction =
    direction == NLV_MESSAGE_REQUEST ? NLVIRT_MESSAGE_DIRECTION_REQUEST : NLVIRT_MESSAGE_DIRECTION_REPLY;
  event.datagram = g_bytes_new (datagram.data, datagram.len);
  queue_event (user_data, event);
}

static void
on_tree_changed (gpointer user_data)
{
  NlvirtSession *self = user_data;

  if (nlvirt_table_is_heard (self->table))
    queue_event (self, (Event){ .signal = CHANGED, .table = g_object_ref (self->table) });
  else
    nlvirt_table_settle (self->table);
}

NlvirtSession *
nlvirt_session_new (NlvirtSupervisor *supervisor, GMainContext *context, NlvirtTable *table, GSubprocess *subprocess,
                    const char *identifier)
{
  NlvirtSession *self = g_object_new (NLVIRT_TYPE_SESSION, NULL);

  self->supervisor = g_object_ref (supervisor);
  self->context = g_main_context_ref (context);
  self->table = g_object_ref (table);
  self->subprocess = subprocess != NULL ? g_object_ref (subprocess) : NULL;
  self->identifier = g_strdup (identifier);
  return self;
}

gboolean
nlvirt_session_serve (NlvirtSession *self, NlvirtLoop *loop, int listener_fd, NlvWindow window, GError **error)
{
  static const NlvTreeEvents events = {
    .ended = on_tree_ended,
    .socket_opened = on_tree_socket_opened,
    .socket_closed = on_tree_socket_closed,
    .message = on_tree_message,
    .changed = on_tree_changed,
  };
  int saved_errno;

  self->loop = loop;
  self->tree = nlv_served_tree_new (nlvirt_loop_get_engine (loop), listener_fd, window,
                                    nlvirt_table_get_network (self->table), &events, self);
  if (self->tree != NULL)
    {
      nlv_served_tree_set_failures (self->tree, self->failures.set);
      return TRUE;
    }
  saved_errno = errno;
  close (listener_fd);
  if (saved_errno == EOPNOTSUPP)
    g_set_error_literal (error, NLVIRT_ERROR, NLVIRT_ERROR_NOT_SUPPORTED,
                         "the kernel cannot answer with a socket (it needs Linux 5.14)");
  else
    g_set_error (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID, "cannot serve fd %d, is it a seccomp listener? %s",
                 listener_fd, g_strerror (saved_errno));
  return FALSE;
}

void
nlvirt_session_cut (NlvirtSession *self)
{
  g_autoptr (NlvirtSupervisor) supervisor = g_steal_pointer (&self->supervisor);
  g_autoptr (GPtrArray) last_words = NULL;

  if (self->tree == NULL)
    return;
  g_object_ref (self);
  /* The sockets that are still open close now. */
  self->last_words = g_ptr_array_new_with_free_func (event_free);
  g_clear_pointer (&self->tree, nlv_served_tree_free);
  last_words = g_steal_pointer (&self->last_words);
  self->loop = NULL;
  if (supervisor != NULL)
    nlvirt_supervisor_remove (supervisor, self);
  g_ptr_array_foreach (last_words, emit_last_word, NULL);
  g_signal_emit (self, signals[ENDED], 0);
  g_object_unref (self);
}

static void
nlvirt_session_dispose (GObject *object)
{
  nlvirt_session_cut (NLVIRT_SESSION (object));
  G_OBJECT_CLASS (nlvirt_session_parent_class)->dispose (object);
}

static void
nlvirt_session_finalize (GObject *object)
{
  NlvirtSession *self = NLVIRT_SESSION (object);

  nlvirt_failure_list_clear (&self->failures);
  g_clear_object (&self->subprocess);
  g_clear_object (&self->table);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self->identifier);
  G_OBJECT_CLASS (nlvirt_session_parent_class)->finalize (object);
}

static void
nlvirt_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NlvirtSession *self = NLVIRT_SESSION (object);

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
      case PROP_IDENTIFIER:
        g_value_set_string (value, self->identifier);
        break;
      case PROP_SUBPROCESS:
        g_value_set_object (value, self->subprocess);
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  NlvirtSession *self = NLVIRT_SESSION (object);

  switch (id)
    {
      case PROP_ACCESS:
        nlvirt_session_set_access (self, g_value_get_enum (value));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * NlvirtSession:table: (getter get_table)
   *
   * The network that the program is told of: the table with which the session
   * began, or the copy of it that its programs change.
   *
   * Since: 0.1
   */
  properties[PROP_TABLE] = g_param_spec_object ("table", NULL, NULL, NLVIRT_TYPE_TABLE, read_only);
  /**
   * NlvirtSession:access: (getter get_access) (setter set_access)
   *
   * What the program may do with the table.
   *
   * Since: 0.1
   */
  properties[PROP_ACCESS] = g_param_spec_enum ("access", NULL, NULL, NLVIRT_TYPE_ACCESS, NLVIRT_ACCESS_READ_ONLY,
                                               G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  /**
   * NlvirtSession:failures: (getter get_failures)
   *
   * What is made to go wrong with the programs' sockets: a list of [class@Nlvirt.Failure].
   *
   * Since: 0.1
   */
  properties[PROP_FAILURES] =
    g_param_spec_object ("failures", NULL, NULL, G_TYPE_LIST_MODEL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * NlvirtSession:identifier: (getter get_identifier)
   *
   * A name for the session that no other one of its supervisor has.
   *
   * Since: 0.1
   */
  properties[PROP_IDENTIFIER] = g_param_spec_string ("identifier", NULL, NULL, NULL, read_only);
  /**
   * NlvirtSession:subprocess: (getter get_subprocess)
   *
   * The first process. %NULL for a session that was adopted.
   *
   * Since: 0.1
   */
  properties[PROP_SUBPROCESS] = g_param_spec_object ("subprocess", NULL, NULL, G_TYPE_SUBPROCESS, read_only);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
install_signals (GType type)
{
  /**
   * NlvirtSession::socket-opened:
   * @self: the session
   * @socket: a number for the socket that no other one of the session has
   * @pid: the process that opened it
   *
   * A program has opened a netlink socket. Told only to those who connect
   * before.
   *
   * Since: 0.1
   */
  signals[SOCKET_OPENED] = g_signal_new ("socket-opened", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                         G_TYPE_UINT64, G_TYPE_UINT);
  /**
   * NlvirtSession::socket-closed:
   * @self: the session
   * @socket: the number that [signal@Nlvirt.Session::socket-opened] gave
   *
   * Nobody has the netlink socket open any more.
   *
   * Since: 0.1
   */
  signals[SOCKET_CLOSED] =
    g_signal_new ("socket-closed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  /**
   * NlvirtSession::message:
   * @self: the session
   * @socket: the number that [signal@Nlvirt.Session::socket-opened] gave
   * @direction: which way the datagram goes
   * @datagram: the datagram, one or more netlink messages
   *
   * A program has sent a datagram, or is to receive one.
   *
   * Since: 0.1
   */
  signals[MESSAGE] = g_signal_new ("message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                   G_TYPE_UINT64, NLVIRT_TYPE_MESSAGE_DIRECTION, G_TYPE_BYTES);
  /**
   * NlvirtSession::ended:
   * @self: the session
   *
   * Nobody is under the session's filter any more, or its supervisor was
   * closed. The session is no longer among those of its supervisor.
   *
   * Since: 0.1
   */
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
nlvirt_session_class_init (NlvirtSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = nlvirt_session_dispose;
  object_class->finalize = nlvirt_session_finalize;
  object_class->get_property = nlvirt_session_get_property;
  object_class->set_property = nlvirt_session_set_property;
  install_properties (object_class);
  install_signals (G_TYPE_FROM_CLASS (klass));
}

static void
nlvirt_session_init (NlvirtSession *self)
{
  nlvirt_failure_list_init (&self->failures);
}

GMainContext *
nlvirt_session_get_context (NlvirtSession *self)
{
  return self->context;
}

/**
 * nlvirt_session_get_table: (get-property table)
 * @self: a session
 *
 * The network that the program is told of: the table with which the session
 * began, or the copy of it that its programs change.
 *
 * Returns: (transfer none): the table
 *
 * Since: 0.1
 */
NlvirtTable *
nlvirt_session_get_table (NlvirtSession *self)
{
  g_return_val_if_fail (NLVIRT_IS_SESSION (self), NULL);
  return self->table;
}

/**
 * nlvirt_session_get_access: (get-property access)
 * @self: a session
 *
 * What the program may do with the table.
 *
 * Returns: the access
 *
 * Since: 0.1
 */
NlvirtAccess
nlvirt_session_get_access (NlvirtSession *self)
{
  g_return_val_if_fail (NLVIRT_IS_SESSION (self), NLVIRT_ACCESS_READ_ONLY);
  return self->access;
}

static void
take_own_table (NlvirtSession *self)
{
  NlvirtTable *copy = nlvirt_table_copy (self->table);

  g_object_unref (self->table);
  self->table = copy;
  self->owns_table = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TABLE]);
}

/**
 * nlvirt_session_set_access: (set-property access)
 * @self: a session
 * @access: the access
 *
 * Sets what the program may do with the table, from its next request on.
 *
 * A session begins as read-only. The program gets no answer before the main
 * context of the session is iterated, so what is set right after
 * [method@Nlvirt.Supervisor.spawn] or [method@Nlvirt.Supervisor.adopt] holds
 * from the first request on.
 *
 * With %NLVIRT_ACCESS_READ_WRITE the table is copied, and
 * [property@Nlvirt.Session:table] is from then on the copy, to be looked at,
 * changed and saved. That happens once: a session that has its own table keeps
 * it, whatever is set later.
 *
 * Sockets that are open stay as they are, in their groups too, and ask the
 * table that the session has by then. Only a dump that is being read goes on
 * with the table that it began with.
 *
 * Since: 0.1
 */
void
nlvirt_session_set_access (NlvirtSession *self, NlvirtAccess access)
{
  g_return_if_fail (NLVIRT_IS_SESSION (self));

  if (self->access == access)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  self->access = access;
  if (access == NLVIRT_ACCESS_READ_WRITE && !self->owns_table)
    take_own_table (self);
  if (self->tree != NULL)
    nlv_served_tree_set_network (self->tree, nlvirt_table_get_network (self->table), access != NLVIRT_ACCESS_READ_ONLY);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACCESS]);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * nlvirt_session_add_failure:
 * @self: a session
 * @failure: a failure
 *
 * Makes something go wrong with the programs' sockets, from now on.
 *
 * Since: 0.1
 */
void
nlvirt_session_add_failure (NlvirtSession *self, NlvirtFailure *failure)
{
  g_return_if_fail (NLVIRT_IS_SESSION (self));
  g_return_if_fail (NLVIRT_IS_FAILURE (failure));

  nlvirt_failure_list_add (&self->failures, failure);
}

/**
 * nlvirt_session_remove_failure:
 * @self: a session
 * @failure: a failure
 *
 * Makes it go wrong no longer. A request that waits goes on waiting.
 *
 * Returns: %TRUE if it was among the failures of the session
 *
 * Since: 0.1
 */
gboolean
nlvirt_session_remove_failure (NlvirtSession *self, NlvirtFailure *failure)
{
  g_return_val_if_fail (NLVIRT_IS_SESSION (self), FALSE);
  g_return_val_if_fail (NLVIRT_IS_FAILURE (failure), FALSE);

  return nlvirt_failure_list_remove (&self->failures, failure);
}

/**
 * nlvirt_session_get_failures: (get-property failures)
 * @self: a session
 *
 * What is made to go wrong with the programs' sockets, in the order of its adding.
 *
 * Returns: (transfer none): a list of [class@Nlvirt.Failure]
 *
 * Since: 0.1
 */
GListModel *
nlvirt_session_get_failures (NlvirtSession *self)
{
  g_return_val_if_fail (NLVIRT_IS_SESSION (self), NULL);

  return G_LIST_MODEL (self->failures.store);
}

/**
 * nlvirt_session_get_identifier: (get-property identifier)
 * @self: a session
 *
 * A name for the session that no other one of its supervisor has. It is not
 * the process id; that is in [method@Gio.Subprocess.get_identifier].
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const char *
nlvirt_session_get_identifier (NlvirtSession *self)
{
  g_return_val_if_fail (NLVIRT_IS_SESSION (self), NULL);
  return self->identifier;
}

/**
 * nlvirt_session_get_subprocess: (get-property subprocess)
 * @self: a session
 *
 * The first process of the session. Its own blocking calls block without
 * serving the program; use those of the session.
 *
 * Returns: (transfer none) (nullable): the process, or %NULL if the session
 *   was adopted
 *
 * Since: 0.1
 */
GSubprocess *
nlvirt_session_get_subprocess (NlvirtSession *self)
{
  g_return_val_if_fail (NLVIRT_IS_SESSION (self), NULL);
  return self->subprocess;
}

/**
 * nlvirt_session_has_ended:
 * @self: a session
 *
 * Whether the session has ended. See [signal@Nlvirt.Session::ended].
 *
 * Returns: %TRUE if it has
 *
 * Since: 0.1
 */
gboolean
nlvirt_session_has_ended (NlvirtSession *self)
{
  g_return_val_if_fail (NLVIRT_IS_SESSION (self), TRUE);
  return self->tree == NULL;
}
