/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A table served to other processes: D-Bus on a socket of its own. Who may
 * connect is decided before a byte is read; there are few connections, and a
 * client that does not introduce itself is dropped. The socket is in
 * nlvirt-control-socket.c, and what can be asked in nlvirt-control-serve.c. */
#include "nlvirt-control-private.h"

#include "nlvirt-peer-private.h"

#include <glib/gstdio.h>
#include <string.h>

#define MAX_CONNECTIONS 32
#define HANDSHAKE_SECONDS 5
/* How long answers may take to be sent when all ends. */
#define FLUSH_SECONDS 1

/**
 * NlvirtControl:
 *
 * Lets other processes change a table while programs use it.
 *
 * It serves the D-Bus interface `org.nlvirt.Control1`, at the object path
 * `/org/nlvirt/Control1`, on a unix socket of its own: there need be no message bus. The
 * interface can be introspected, and *gdbus*(1), *dbus-send*(1) with `--peer`, and every D-Bus
 * library can call it; `nlvirt set` and `nlvirt show` do so. The interface's file is installed.
 *
 * Only processes of the same user may connect, and they authenticate as such. Of
 * these, descendants of this process may not, unless
 * [property@Nlvirt.Control:allow-descendants] says so: the supervised programs are among them, and are
 * not to control what they are told. That holds as long as they remain descendants, so
 * let the supervisor be their [property@Nlvirt.Supervisor:child-subreaper]. It is no
 * boundary for a program that can make another process of the same user connect for it.
 *
 * Requests are served by the main context that was the thread's default when the object was made.
 * There may be 32 connections at a time.
 *
 * ```c
 * g_autoptr (NlvirtControl) control = nlvirt_control_new (table, "/run/user/1000/test.socket", &error);
 *
 * if (control == NULL)
 *   g_printerr ("%s\n", error->message);
 * ```
 *
 * Since: 0.1
 */
struct _NlvirtControl
{
  GObject parent_instance;

  NlvirtTable *table;          /* (owned) */
  GMainContext *context;       /* (owned) */
  GSocketService *service;     /* (owned) (nullable) */
  GDBusAuthObserver *observer; /* (owned) */
  GHashTable *connections;     /* (element-type GDBusConnection) (owned) */
  GHashTable *beginning;       /* (element-type Handshake) (owned): who has not yet introduced himself; not owned */
  char *guid;                  /* (owned) */
  char *directory;             /* (owned) (nullable) made for the socket */
  char *path;                  /* (owned) (nullable) */
  char *address;               /* (owned) (nullable) */
  gboolean allow_descendants;
};

enum
{
  PROP_0,
  PROP_TABLE,
  PROP_PATH,
  PROP_ADDRESS,
  PROP_ALLOW_DESCENDANTS,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (NlvirtControl, nlvirt_control, G_TYPE_OBJECT)

/* --- connections ------------------------------------------------------------------- */

typedef struct
{
  GWeakRef control;
  GCancellable *cancellable; /* (owned) */
  GSource *timeout;          /* (owned) */
} Handshake;

static void
free_handshake (Handshake *handshake)
{
  g_source_destroy (handshake->timeout);
  g_source_unref (handshake->timeout);
  g_object_unref (handshake->cancellable);
  g_weak_ref_clear (&handshake->control);
  g_free (handshake);
}

static gboolean
on_timeout (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_closed (GDBusConnection *connection, gboolean remote_peer_vanished, GError *error, gpointer user_data)
{
  g_hash_table_remove (NLVIRT_CONTROL (user_data)->connections, connection);
}

/* What it has still asked for is not done. */
static void
drop_connection (gpointer data)
{
  g_autoptr (GDBusConnection) connection = data;
  guint id = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (connection), "nlvirt-registration"));

  g_signal_handlers_disconnect_matched (connection, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_closed, NULL);
  if (id != 0)
    g_dbus_connection_unregister_object (connection, id);
  g_dbus_connection_close (connection, NULL, NULL, NULL);
}

static void
add_connection (NlvirtControl *self, GDBusConnection *connection)
{
  guint id = nlvirt_control_register (self, connection);

  g_object_set_data (G_OBJECT (connection), "nlvirt-registration", GUINT_TO_POINTER (id));
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
  g_hash_table_add (self->connections, connection);
  g_dbus_connection_start_message_processing (connection);
  if (g_dbus_connection_is_closed (connection))
    g_hash_table_remove (self->connections, connection);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Handshake *handshake = user_data;
  g_autoptr (NlvirtControl) self = g_weak_ref_get (&handshake->control);
  GDBusConnection *connection = g_dbus_connection_new_finish (result, NULL);

  if (self != NULL)
    g_hash_table_remove (self->beginning, handshake);
  free_handshake (handshake);
  if (connection == NULL)
    return;
  if (self != NULL && self->service != NULL)
    add_connection (self, connection);
  else
    drop_connection (connection);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *stream, GObject *source_object, gpointer user_data)
{
  NlvirtControl *self = user_data;
  Handshake *handshake;

  if (g_hash_table_size (self->beginning) + g_hash_table_size (self->connections) >= MAX_CONNECTIONS ||
      !nlvirt_peer_is_allowed (g_socket_connection_get_socket (stream), self->allow_descendants))
    {
      g_io_stream_close (G_IO_STREAM (stream), NULL, NULL);
      return TRUE;
    }
  handshake = g_new0 (Handshake, 1);
  g_weak_ref_init (&handshake->control, self);
  handshake->cancellable = g_cancellable_new ();
  handshake->timeout = g_timeout_source_new_seconds (HANDSHAKE_SECONDS);
  g_source_set_callback (handshake->timeout, on_timeout, handshake->cancellable, NULL);
  g_source_attach (handshake->timeout, self->context);
  g_hash_table_add (self->beginning, handshake);
  g_dbus_connection_new (G_IO_STREAM (stream), self->guid,
                         G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER |
                           G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_REQUIRE_SAME_USER |
                           G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
                         self->observer, handshake->cancellable, on_connected, handshake);
  return TRUE;
}

/* The kernel's word for who somebody is, and not a file with a secret. */
static gboolean
on_allow_mechanism (GDBusAuthObserver *observer, const char *mechanism, gpointer user_data)
{
  return strcmp (mechanism, "EXTERNAL") == 0;
}

static char *
make_address (const char *path)
{
  g_autofree char *escaped = g_dbus_address_escape_value (path);

  return g_strdup_printf ("unix:path=%s", escaped);
}

static gboolean
listen_at (NlvirtControl *self, const char *path, GError **error)
{
  self->service = nlvirt_control_listen (path, &self->path, &self->directory, error);
  if (self->service == NULL)
    return FALSE;
  self->address = make_address (self->path);
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_service_start (self->service);
  return TRUE;
}

/* --- the object -------------------------------------------------------------------- */

static void
nlvirt_control_dispose (GObject *object)
{
  nlvirt_control_close (NLVIRT_CONTROL (object));
  G_OBJECT_CLASS (nlvirt_control_parent_class)->dispose (object);
}

static void
nlvirt_control_finalize (GObject *object)
{
  NlvirtControl *self = NLVIRT_CONTROL (object);

  g_clear_object (&self->table);
  g_object_unref (self->observer);
  g_hash_table_unref (self->connections);
  g_hash_table_unref (self->beginning);
  g_main_context_unref (self->context);
  g_free (self->guid);
  g_free (self->directory);
  g_free (self->path);
  g_free (self->address);
  G_OBJECT_CLASS (nlvirt_control_parent_class)->finalize (object);
}

static void
nlvirt_control_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NlvirtControl *self = NLVIRT_CONTROL (object);

  switch (id)
    {
      case PROP_TABLE:
        g_value_set_object (value, self->table);
        break;
      case PROP_PATH:
        g_value_set_string (value, self->path);
        break;
      case PROP_ADDRESS:
        g_value_set_string (value, self->address);
        break;
      case PROP_ALLOW_DESCENDANTS:
        g_value_set_boolean (value, self->allow_descendants);
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_control_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  NlvirtControl *self = NLVIRT_CONTROL (object);

  switch (id)
    {
      case PROP_TABLE:
        nlvirt_control_set_table (self, g_value_get_object (value));
        break;
      case PROP_ALLOW_DESCENDANTS:
        nlvirt_control_set_allow_descendants (self, g_value_get_boolean (value));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_control_class_init (NlvirtControlClass *klass)
{
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags settable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = nlvirt_control_dispose;
  object_class->finalize = nlvirt_control_finalize;
  object_class->get_property = nlvirt_control_get_property;
  object_class->set_property = nlvirt_control_set_property;

  /**
   * NlvirtControl:table: (getter get_table) (setter set_table)
   *
   * The table that is changed.
   *
   * Since: 0.1
   */
  properties[PROP_TABLE] = g_param_spec_object ("table", NULL, NULL, NLVIRT_TYPE_TABLE, settable);
  /**
   * NlvirtControl:path: (getter get_path)
   *
   * The socket's file.
   *
   * Since: 0.1
   */
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, read_only);
  /**
   * NlvirtControl:address: (getter get_address)
   *
   * The socket as a D-Bus address.
   *
   * Since: 0.1
   */
  properties[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, NULL, read_only);
  /**
   * NlvirtControl:allow-descendants: (getter get_allow_descendants) (setter set_allow_descendants)
   *
   * Whether processes may connect that this process or one of its descendants has
   * started, and so the supervised programs themselves.
   *
   * Since: 0.1
   */
  properties[PROP_ALLOW_DESCENDANTS] = g_param_spec_boolean ("allow-descendants", NULL, NULL, FALSE, settable);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
nlvirt_control_init (NlvirtControl *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->connections = g_hash_table_new_full (NULL, NULL, drop_connection, NULL);
  self->beginning = g_hash_table_new (NULL, NULL);
  self->guid = g_dbus_generate_guid ();
  self->observer = g_dbus_auth_observer_new ();
  g_signal_connect (self->observer, "allow-mechanism", G_CALLBACK (on_allow_mechanism), NULL);
}

/**
 * nlvirt_control_new:
 * @table: a table
 * @path: (nullable) (type filename): the file to make the socket at, or %NULL for one in a private directory in
 *   `$XDG_RUNTIME_DIR`, or else among the temporary files
 * @error: return location for a [error@Nlvirt.Error] or [error@Gio.IOErrorEnum]
 *
 * Lets other processes change a table, until [method@Nlvirt.Control.close] or
 * the object's end.
 *
 * A socket that is left of a process that has ended is replaced; any other file at @path is
 * an error.
 *
 * Returns: (transfer full): a new object
 *
 * Since: 0.1
 */
NlvirtControl *
nlvirt_control_new (NlvirtTable *table, const char *path, GError **error)
{
  g_autoptr (NlvirtControl) self = NULL;

  g_return_val_if_fail (NLVIRT_IS_TABLE (table), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  self = g_object_new (NLVIRT_TYPE_CONTROL, "table", table, NULL);
  return listen_at (self, path, error) ? g_steal_pointer (&self) : NULL;
}

static void
on_flushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint *n_left = user_data;

  g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, NULL);
  --*n_left;
}

static gboolean
on_flush_timeout (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Who has asked for the change that ends it all is to have the answer. A context of its own is
 * never iterated again, so who does not read is left behind. */
static void
flush_connections (NlvirtControl *self)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) timeout = g_timeout_source_new_seconds (FLUSH_SECONDS);
  guint n_left = g_hash_table_size (self->connections);
  gboolean timed_out = FALSE;
  GHashTableIter at;
  gpointer connection;

  g_source_set_callback (timeout, on_flush_timeout, &timed_out, NULL);
  g_source_attach (timeout, context);
  g_main_context_push_thread_default (context);
  g_hash_table_iter_init (&at, self->connections);
  while (g_hash_table_iter_next (&at, &connection, NULL))
    g_dbus_connection_flush (connection, NULL, on_flushed, &n_left);
  while (n_left > 0 && !timed_out)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (timeout);
  g_main_context_pop_thread_default (context);
}

static void
cancel_beginning (NlvirtControl *self)
{
  GHashTableIter at;
  gpointer handshake;

  g_hash_table_iter_init (&at, self->beginning);
  while (g_hash_table_iter_next (&at, &handshake, NULL))
    g_cancellable_cancel (((Handshake *) handshake)->cancellable);
}

/**
 * nlvirt_control_close:
 * @self: a control
 *
 * Takes no more requests, and removes the socket. Answers that are still to be sent are
 * waited for, for at most a second.
 *
 * Since: 0.1
 */
void
nlvirt_control_close (NlvirtControl *self)
{
  g_return_if_fail (NLVIRT_IS_CONTROL (self));
  if (self->service == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  /* While it listens nobody puts another in its place. */
  g_unlink (self->path);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
  if (self->directory != NULL)
    g_rmdir (self->directory);
  cancel_beginning (self);
  flush_connections (self);
  g_hash_table_remove_all (self->connections);
}

/**
 * nlvirt_control_get_table: (get-property table)
 * @self: a control
 *
 * The table that is changed.
 *
 * Returns: (transfer none): the table
 *
 * Since: 0.1
 */
NlvirtTable *
nlvirt_control_get_table (NlvirtControl *self)
{
  g_return_val_if_fail (NLVIRT_IS_CONTROL (self), NULL);
  return self->table;
}

/**
 * nlvirt_control_set_table: (set-property table)
 * @self: a control
 * @table: a table
 *
 * Lets it change another table from the next request on, such as the copy that a session with
 * [enum@Nlvirt.Access] `READ_WRITE` has made.
 *
 * Since: 0.1
 */
void
nlvirt_control_set_table (NlvirtControl *self, NlvirtTable *table)
{
  g_return_if_fail (NLVIRT_IS_CONTROL (self));
  g_return_if_fail (NLVIRT_IS_TABLE (table));
  if (g_set_object (&self->table, table))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TABLE]);
}

/**
 * nlvirt_control_get_path: (get-property path)
 * @self: a control
 *
 * The socket's file.
 *
 * Returns: (type filename) (transfer none): the file's absolute path
 *
 * Since: 0.1
 */
const char *
nlvirt_control_get_path (NlvirtControl *self)
{
  g_return_val_if_fail (NLVIRT_IS_CONTROL (self), NULL);
  return self->path;
}

/**
 * nlvirt_control_get_address: (get-property address)
 * @self: a control
 *
 * The socket as a D-Bus address.
 *
 * Returns: (transfer none): the address
 *
 * Since: 0.1
 */
const char *
nlvirt_control_get_address (NlvirtControl *self)
{
  g_return_val_if_fail (NLVIRT_IS_CONTROL (self), NULL);
  return self->address;
}

/**
 * nlvirt_control_get_allow_descendants: (get-property allow-descendants)
 * @self: a control
 *
 * Whether this process's own descendants may connect.
 *
 * Returns: %TRUE if they may
 *
 * Since: 0.1
 */
gboolean
nlvirt_control_get_allow_descendants (NlvirtControl *self)
{
  g_return_val_if_fail (NLVIRT_IS_CONTROL (self), FALSE);
  return self->allow_descendants;
}

/**
 * nlvirt_control_set_allow_descendants: (set-property allow-descendants)
 * @self: a control
 * @allow: whether they may
 *
 * Says whether this process's own descendants may connect. It counts for new
 * connections.
 *
 * Since: 0.1
 */
void
nlvirt_control_set_allow_descendants (NlvirtControl *self, gboolean allow)
{
  g_return_if_fail (NLVIRT_IS_CONTROL (self));
  allow = allow != FALSE;
  if (self->allow_descendants == allow)
    return;
  self->allow_descendants = allow;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ALLOW_DESCENDANTS]);
}
