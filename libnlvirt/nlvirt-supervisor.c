/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A supervisor is a list of sessions and the loop that serves them. The loop
 * is made when the first session needs it, since it may fail, and a
 * constructor may not. Who holds whom is told in nlvirt-session.c. */
#include "nlvirt-supervisor.h"

#include "nlvirt-error.h"
#include "nlvirt-session-private.h"
#include "nlvirt-spawn-private.h"
#include "nlvirt-table.h"

#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

/**
 * NlvirtSupervisor:
 *
 * Starts programs and answers them from a table.
 *
 * A program that a supervisor starts is put under a seccomp filter before it
 * runs. Whatever it and its descendants ask the kernel about the network is
 * then answered from the [class@Nlvirt.Table] of their
 * [class@Nlvirt.Session]. This needs no privileges. It sets `no_new_privs`, so
 * that set-user-ID programs do not gain any under it, and it isolates no
 * traffic: it decides what programs are told, and nothing else.
 *
 * A supervisor does its work on the main context that was the thread-default
 * one when it was made. That context must be iterated for the programs to be
 * answered; a program that asks meanwhile waits. Use a supervisor, its
 * sessions and their tables only in the thread that runs the context.
 *
 * Programs that must not disturb each other belong under supervisors in
 * processes of their own: one that offers memory or files which answer late
 * (userfaultfd, FUSE) makes its supervisor wait. And a program of the same user
 * may look into its supervisor as any process may, unless that forbids it with
 * `prctl (PR_SET_DUMPABLE, 0)`, as `nlvirt run` does: it could take the
 * listener and answer itself.
 *
 * A supervisor that serves a session lives on when the application drops it.
 * [method@Nlvirt.Supervisor.close] ends its work.
 *
 * ```c
 * g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
 * g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
 * const char *argv[] = { "ip", "route", NULL };
 * g_autoptr (GError) error = NULL;
 * g_autoptr (NlvirtSession) session =
 *   nlvirt_supervisor_spawn (supervisor, table, argv, G_SUBPROCESS_FLAGS_NONE, &error);
 *
 * if (session == NULL || !nlvirt_session_wait (session, NULL, &error))
 *   g_printerr ("%s\n", error->message);
 * ```
 *
 * Since: 0.1
 */
struct _NlvirtSupervisor
{
  GObject parent_instance;

  GMainContext *context; /* (owned) */
  NlvirtLoop *loop;      /* (owned) (nullable) */
  NlvFilter *filter;     /* (owned) (nullable): the last one used */
  GListStore *sessions;  /* (element-type NlvirtSession) (owned) */
  guint64 n_started;
  gboolean child_subreaper;
};

enum
{
  PROP_0,
  PROP_CHILD_SUBREAPER,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (NlvirtSupervisor, nlvirt_supervisor, G_TYPE_OBJECT)

static void
nlvirt_supervisor_dispose (GObject *object)
{
  nlvirt_supervisor_close (NLVIRT_SUPERVISOR (object));
  G_OBJECT_CLASS (nlvirt_supervisor_parent_class)->dispose (object);
}

static void
nlvirt_supervisor_finalize (GObject *object)
{
  NlvirtSupervisor *self = NLVIRT_SUPERVISOR (object);

  g_clear_pointer (&self->filter, nlv_filter_free);
  g_object_unref (self->sessions);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (nlvirt_supervisor_parent_class)->finalize (object);
}

static void
nlvirt_supervisor_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
      case PROP_CHILD_SUBREAPER:
        g_value_set_boolean (value, NLVIRT_SUPERVISOR (object)->child_subreaper);
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_supervisor_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
      case PROP_CHILD_SUBREAPER:
        nlvirt_supervisor_set_child_subreaper (NLVIRT_SUPERVISOR (object), g_value_get_boolean (value));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_supervisor_class_init (NlvirtSupervisorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = nlvirt_supervisor_dispose;
  object_class->finalize = nlvirt_supervisor_finalize;
  object_class->get_property = nlvirt_supervisor_get_property;
  object_class->set_property = nlvirt_supervisor_set_property;

  /**
   * NlvirtSupervisor:child-subreaper: (getter get_child_subreaper) (setter set_child_subreaper)
   *
   * Whether orphans among the descendants become children of this process,
   * and not of the system's first one.
   *
   * Where the Yama security module is in force, as on Ubuntu, a process may
   * only look into its descendants. A daemon that has cut its ties is then
   * answered in full only if this is set. It is a property of the whole
   * process (`PR_SET_CHILD_SUBREAPER`), and who sets it has to reap children
   * that it has not started; see *prctl*(2).
   *
   * Since: 0.1
   */
  properties[PROP_CHILD_SUBREAPER] = g_param_spec_boolean (
    "child-subreaper", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
nlvirt_supervisor_init (NlvirtSupervisor *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->sessions = g_list_store_new (NLVIRT_TYPE_SESSION);
}

/**
 * nlvirt_supervisor_new:
 *
 * Makes a supervisor for the thread-default main context.
 *
 * Returns: (transfer full): a new supervisor
 *
 * Since: 0.1
 */
NlvirtSupervisor *
nlvirt_supervisor_new (void)
{
  return g_object_new (NLVIRT_TYPE_SUPERVISOR, NULL);
}

/**
 * nlvirt_supervisor_get_child_subreaper: (get-property child-subreaper)
 * @self: a supervisor
 *
 * Whether this supervisor has made the process take in orphans.
 *
 * Returns: %TRUE if it has
 *
 * Since: 0.1
 */
gboolean
nlvirt_supervisor_get_child_subreaper (NlvirtSupervisor *self)
{
  g_return_val_if_fail (NLVIRT_IS_SUPERVISOR (self), FALSE);
  return self->child_subreaper;
}

/**
 * nlvirt_supervisor_set_child_subreaper: (set-property child-subreaper)
 * @self: a supervisor
 * @child_subreaper: whether orphans become children of this process
 *
 * Says whether orphans among the descendants become children of this process.
 * See [property@Nlvirt.Supervisor:child-subreaper].
 *
 * Since: 0.1
 */
void
nlvirt_supervisor_set_child_subreaper (NlvirtSupervisor *self, gboolean child_subreaper)
{
  g_return_if_fail (NLVIRT_IS_SUPERVISOR (self));
  child_subreaper = !!child_subreaper;
  if (self->child_subreaper == child_subreaper ||
      prctl (PR_SET_CHILD_SUBREAPER, (unsigned long) child_subreaper, 0, 0, 0) != 0)
    return;
  self->child_subreaper = child_subreaper;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHILD_SUBREAPER]);
}

/**
 * nlvirt_supervisor_get_sessions:
 * @self: a supervisor
 *
 * The sessions that have not ended, in the order in which they began.
 *
 * Returns: (transfer full): a list of [class@Nlvirt.Session]
 *
 * Since: 0.1
 */
GListModel *
nlvirt_supervisor_get_sessions (NlvirtSupervisor *self)
{
  g_return_val_if_fail (NLVIRT_IS_SUPERVISOR (self), NULL);
  return g_object_ref (G_LIST_MODEL (self->sessions));
}

static gboolean
ensure_loop (NlvirtSupervisor *self, GError **error)
{
  int saved_errno;

  if (self->loop == NULL)
    self->loop = nlvirt_loop_new (self->context);
  if (self->loop != NULL)
    return TRUE;
  saved_errno = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "cannot wait for programs: %s",
               g_strerror (saved_errno));
  return FALSE;
}

/* Compiling a filter costs more than starting a program, so it is kept. */
static gboolean
ensure_filter (NlvirtSupervisor *self, GError **error)
{
  NlvWindow window = nlvirt_spawn_window ();
  const char *why = NULL;

  if (self->filter != NULL && self->filter->window.first == window.first && self->filter->window.count == window.count)
    return TRUE;
  g_clear_pointer (&self->filter, nlv_filter_free);
  self->filter = nlv_filter_new (window, &why);
  if (self->filter != NULL)
    return TRUE;
  g_set_error_literal (error, NLVIRT_ERROR, NLVIRT_ERROR_NOT_SUPPORTED, why);
  return FALSE;
}

static NlvirtSession *
add_session (NlvirtSupervisor *self, NlvirtTable *table, GSubprocess *subprocess, int listener_fd, NlvWindow window,
             GError **error)
{
  g_autofree char *identifier = g_strdup_printf ("%" G_GUINT64_FORMAT, ++self->n_started);
  g_autoptr (NlvirtSession) session = nlvirt_session_new (self, self->context, table, subprocess, identifier);

  if (!nlvirt_session_serve (session, self->loop, listener_fd, window, error))
    return NULL;
  g_list_store_append (self->sessions, session);
  return g_steal_pointer (&session);
}

/**
 * nlvirt_supervisor_spawn_with_launcher:
 * @self: a supervisor
 * @launcher: says with which environment, directory and files to start it
 * @table: the network the program is told of
 * @argv: (array zero-terminated=1) (element-type filename): the program and
 *   its arguments
 * @error: return location for an error
 *
 * Starts a program under the filter, the way @launcher says.
 *
 * The launcher's child setup function, if it has one, is replaced and then
 * removed: no code of an application runs between fork and exec.
 *
 * The errors are those of [method@Nlvirt.Supervisor.spawn].
 *
 * Returns: (transfer full): the new session
 *
 * Since: 0.1
 */
NlvirtSession *
nlvirt_supervisor_spawn_with_launcher (NlvirtSupervisor *self, GSubprocessLauncher *launcher, NlvirtTable *table,
                                       const char *const *argv, GError **error)
{
  g_autoptr (GSubprocess) subprocess = NULL;
  NlvirtSession *session;
  int listener_fd;

  g_return_val_if_fail (NLVIRT_IS_SUPERVISOR (self), NULL);
  g_return_val_if_fail (G_IS_SUBPROCESS_LAUNCHER (launcher), NULL);
  g_return_val_if_fail (NLVIRT_IS_TABLE (table), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  if (argv == NULL || argv[0] == NULL)
    {
      g_set_error_literal (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID, "no program was named");
      return NULL;
    }
  if (!ensure_loop (self, error) || !ensure_filter (self, error))
    return NULL;
  subprocess = nlvirt_spawn (launcher, self->filter, argv, &listener_fd, error);
  if (subprocess == NULL)
    return NULL;
  session = add_session (self, table, subprocess, listener_fd, self->filter->window, error);
  if (session == NULL)
    g_subprocess_force_exit (subprocess);
  return session;
}

/**
 * nlvirt_supervisor_spawn:
 * @self: a supervisor
 * @table: the network the program is told of
 * @argv: (array zero-terminated=1) (element-type filename): the program and
 *   its arguments; it is looked for in `PATH`
 * @flags: what becomes of its standard input and output
 * @error: return location for an error
 *
 * Starts a program under the filter.
 *
 * The error is %NLVIRT_ERROR_BUSY if this process is supervised itself,
 * %NLVIRT_ERROR_DENIED if a policy outside refuses the filter or netlink as a
 * whole, %NLVIRT_ERROR_NOT_SUPPORTED if the kernel has no such filters, and
 * one of [error@GLib.SpawnError] if the program cannot be executed.
 *
 * Returns: (transfer full): the new session
 *
 * Since: 0.1
 */
NlvirtSession *
nlvirt_supervisor_spawn (NlvirtSupervisor *self, NlvirtTable *table, const char *const *argv, GSubprocessFlags flags,
                         GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;

  g_return_val_if_fail (NLVIRT_IS_SUPERVISOR (self), NULL);
  launcher = g_subprocess_launcher_new (flags);
  return nlvirt_supervisor_spawn_with_launcher (self, launcher, table, argv, error);
}

/**
 * nlvirt_supervisor_adopt:
 * @self: a supervisor
 * @listener_fd: the listener of a seccomp filter; the supervisor takes it, in
 *   case of an error too
 * @table: the network the programs are told of
 * @error: return location for an error
 *
 * Serves processes that somebody else has put under a filter, such as a
 * container runtime that hands over its seccomp listener.
 *
 * The session has no first process: it can be listened to, but not waited for.
 *
 * Returns: (transfer full): the new session
 *
 * Since: 0.1
 */
NlvirtSession *
nlvirt_supervisor_adopt (NlvirtSupervisor *self, int listener_fd, NlvirtTable *table, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_SUPERVISOR (self), NULL);
  g_return_val_if_fail (NLVIRT_IS_TABLE (table), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  if (!ensure_loop (self, error))
    {
      if (listener_fd >= 0)
        close (listener_fd);
      return NULL;
    }
  return add_session (self, table, NULL, listener_fd, nlvirt_spawn_window (), error);
}

void
nlvirt_supervisor_remove (NlvirtSupervisor *self, NlvirtSession *session)
{
  guint position;

  if (g_list_store_find (self->sessions, session, &position))
    g_list_store_remove (self->sessions, position);
}

/**
 * nlvirt_supervisor_close:
 * @self: a supervisor
 *
 * Ends all sessions. Programs that still run get `ENOSYS` for what they ask,
 * and never the answers of the real network. The supervisor can be used again.
 *
 * Since: 0.1
 */
void
nlvirt_supervisor_close (NlvirtSupervisor *self)
{
  g_autoptr (GPtrArray) sessions = NULL;
  guint n;

  g_return_if_fail (NLVIRT_IS_SUPERVISOR (self));
  /* Handlers of their signals may start and end others. */
  n = g_list_model_get_n_items (G_LIST_MODEL (self->sessions));
  sessions = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (sessions, g_list_model_get_item (G_LIST_MODEL (self->sessions), i));
  for (guint i = 0; i < sessions->len; i++)
    nlvirt_session_cut (g_ptr_array_index (sessions, i));
  if (g_list_model_get_n_items (G_LIST_MODEL (self->sessions)) == 0)
    g_clear_pointer (&self->loop, nlvirt_loop_close);
}
