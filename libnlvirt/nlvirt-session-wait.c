/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Waiting for the first process of a session, and talking to it.
 *
 * Each blocking form runs the asynchronous one on the session's own context,
 * so that the program is answered meanwhile. Where another thread owns that
 * context, it serves the program, and the blocking form of GSubprocess does. */
#include "nlvirt-error.h"
#include "nlvirt-session-private.h"

static gboolean
check_subprocess (NlvirtSession *self, GError **error)
{
  if (nlvirt_session_get_subprocess (self) != NULL)
    return TRUE;
  g_set_error_literal (error, NLVIRT_ERROR, NLVIRT_ERROR_NOT_SUPPORTED,
                       "the session was adopted and has no first process of its own");
  return FALSE;
}

/* FALSE if the context is another thread's. */
static gboolean
enter_context (NlvirtSession *self)
{
  GMainContext *context = nlvirt_session_get_context (self);

  if (!g_main_context_acquire (context))
    return FALSE;
  g_main_context_push_thread_default (context);
  return TRUE;
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

/* Serves the program until there is a result, and leaves the context. */
static void
serve_until (NlvirtSession *self, GAsyncResult **result)
{
  GMainContext *context = nlvirt_session_get_context (self);

  while (*result == NULL)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  g_main_context_release (context);
}

/* A task that needs the first process, or NULL when it has been answered. */
static GTask *
new_task (NlvirtSession *self, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, tag);
  if (check_subprocess (self, &error))
    return task;
  g_task_return_error (task, error);
  g_object_unref (task);
  return NULL;
}

static void
on_waited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_subprocess_wait_finish (G_SUBPROCESS (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * nlvirt_session_wait_async:
 * @self: a session
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (nullable): called when it is done
 * @user_data: (closure): for @callback
 *
 * Waits until the first process of the session has exited. Processes that it
 * has left behind are not waited for: see [signal@Nlvirt.Session::ended].
 *
 * Since: 0.1
 */
void
nlvirt_session_wait_async (NlvirtSession *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task;

  g_return_if_fail (NLVIRT_IS_SESSION (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  task = new_task (self, nlvirt_session_wait_async, cancellable, callback, user_data);
  if (task != NULL)
    g_subprocess_wait_async (nlvirt_session_get_subprocess (self), cancellable, on_waited, task);
}

/**
 * nlvirt_session_wait_finish:
 * @self: a session
 * @result: what the callback got
 * @error: return location for an error
 *
 * Ends what [method@Nlvirt.Session.wait_async] began.
 *
 * Returns: %TRUE if the process has exited, in whatever way
 *
 * Since: 0.1
 */
gboolean
nlvirt_session_wait_finish (NlvirtSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * nlvirt_session_wait:
 * @self: a session
 * @cancellable: (nullable): a cancellable, or %NULL
 * @error: return location for an error
 *
 * Waits until the first process of the session has exited, and serves the
 * program meanwhile. Processes that it has left behind are not waited for: see
 * [signal@Nlvirt.Session::ended].
 *
 * Returns: %TRUE if the process has exited, in whatever way
 *
 * Since: 0.1
 */
gboolean
nlvirt_session_wait (NlvirtSession *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_return_val_if_fail (NLVIRT_IS_SESSION (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  if (!check_subprocess (self, error))
    return FALSE;
  if (!enter_context (self))
    return g_subprocess_wait (nlvirt_session_get_subprocess (self), cancellable, error);
  nlvirt_session_wait_async (self, cancellable, keep_result, &result);
  serve_until (self, &result);
  return nlvirt_session_wait_finish (self, result, error);
}

typedef struct
{
  gpointer out;
  gpointer err;
  GDestroyNotify free;
} Output;

static void
output_free (gpointer data)
{
  Output *output = data;

  g_clear_pointer (&output->out, output->free);
  g_clear_pointer (&output->err, output->free);
  g_free (output);
}

static void
return_output (GTask *task, gpointer out, gpointer err, GDestroyNotify free_func)
{
  Output *output = g_new (Output, 1);

  *output = (Output){ out, err, free_func };
  g_task_return_pointer (task, output, output_free);
}

/* @out and @err may be NULL, or point at a GBytes * or char *. */
static gboolean
take_output (GAsyncResult *result, gpointer *out, gpointer *err, GError **error)
{
  Output *output = g_task_propagate_pointer (G_TASK (result), error);

  if (output == NULL)
    return FALSE;
  if (out != NULL)
    *out = g_steal_pointer (&output->out);
  if (err != NULL)
    *err = g_steal_pointer (&output->err);
  output_free (output);
  return TRUE;
}

static void
on_communicated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GBytes *out = NULL, *err = NULL;
  GError *error = NULL;

  if (g_subprocess_communicate_finish (G_SUBPROCESS (source), result, &out, &err, &error))
    return_output (task, out, err, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
on_communicated_utf8 (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  char *out = NULL, *err = NULL;
  GError *error = NULL;

  if (g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, &out, &err, &error))
    return_output (task, out, err, g_free);
  else
    g_task_return_error (task, error);
}

/**
 * nlvirt_session_communicate_async:
 * @self: a session
 * @stdin_buf: (nullable): what the program reads from its standard input; only
 *   for a session with %G_SUBPROCESS_FLAGS_STDIN_PIPE
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (nullable): called when it is done
 * @user_data: (closure): for @callback
 *
 * Feeds the first process, collects its output, and waits until it has exited
 * and its output has ended.
 *
 * Since: 0.1
 */
void
nlvirt_session_communicate_async (NlvirtSession *self, GBytes *stdin_buf, GCancellable *cancellable,
                                  GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (NLVIRT_IS_SESSION (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  task = new_task (self, nlvirt_session_communicate_async, cancellable, callback, user_data);
  if (task != NULL)
    g_subprocess_communicate_async (nlvirt_session_get_subprocess (self), stdin_buf, cancellable, on_communicated,
                                    task);
}

/**
 * nlvirt_session_communicate_finish:
 * @self: a session
 * @result: what the callback got
 * @stdout_buf: (out) (optional) (nullable) (transfer full): what the program
 *   wrote, if its standard output is a pipe
 * @stderr_buf: (out) (optional) (nullable) (transfer full): what the program
 *   wrote to its standard error, if that is a pipe
 * @error: return location for an error
 *
 * Ends what [method@Nlvirt.Session.communicate_async] began.
 *
 * Returns: %TRUE if the process has exited, in whatever way
 *
 * Since: 0.1
 */
gboolean
nlvirt_session_communicate_finish (NlvirtSession *self, GAsyncResult *result, GBytes **stdout_buf, GBytes **stderr_buf,
                                   GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return take_output (result, (gpointer *) stdout_buf, (gpointer *) stderr_buf, error);
}

/**
 * nlvirt_session_communicate:
 * @self: a session
 * @stdin_buf: (nullable): what the program reads from its standard input; only
 *   for a session with %G_SUBPROCESS_FLAGS_STDIN_PIPE
 * @cancellable: (nullable): a cancellable, or %NULL
 * @stdout_buf: (out) (optional) (nullable) (transfer full): what the program
 *   wrote, if its standard output is a pipe
 * @stderr_buf: (out) (optional) (nullable) (transfer full): what the program
 *   wrote to its standard error, if that is a pipe
 * @error: return location for an error
 *
 * Feeds the first process, collects its output, and waits until it has exited
 * and its output has ended. Serves the program meanwhile.
 *
 * Returns: %TRUE if the process has exited, in whatever way
 *
 * Since: 0.1
 */
gboolean
nlvirt_session_communicate (NlvirtSession *self, GBytes *stdin_buf, GCancellable *cancellable, GBytes **stdout_buf,
                            GBytes **stderr_buf, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_return_val_if_fail (NLVIRT_IS_SESSION (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  if (!check_subprocess (self, error))
    return FALSE;
  if (!enter_context (self))
    return g_subprocess_communicate (nlvirt_session_get_subprocess (self), stdin_buf, cancellable, stdout_buf,
                                     stderr_buf, error);
  nlvirt_session_communicate_async (self, stdin_buf, cancellable, keep_result, &result);
  serve_until (self, &result);
  return nlvirt_session_communicate_finish (self, result, stdout_buf, stderr_buf, error);
}

/**
 * nlvirt_session_communicate_utf8_async:
 * @self: a session
 * @stdin_buf: (nullable): what the program reads from its standard input; only
 *   for a session with %G_SUBPROCESS_FLAGS_STDIN_PIPE
 * @cancellable: (nullable): a cancellable, or %NULL
 * @callback: (scope async) (nullable): called when it is done
 * @user_data: (closure): for @callback
 *
 * Like [method@Nlvirt.Session.communicate_async], for text. Output that is not
 * UTF-8 is an error.
 *
 * Since: 0.1
 */
void
nlvirt_session_communicate_utf8_async (NlvirtSession *self, const char *stdin_buf, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (NLVIRT_IS_SESSION (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  task = new_task (self, nlvirt_session_communicate_utf8_async, cancellable, callback, user_data);
  if (task != NULL)
    g_subprocess_communicate_utf8_async (nlvirt_session_get_subprocess (self), stdin_buf, cancellable,
                                         on_communicated_utf8, task);
}

/**
 * nlvirt_session_communicate_utf8_finish:
 * @self: a session
 * @result: what the callback got
 * @stdout_buf: (out) (optional) (nullable) (transfer full): what the program
 *   wrote, if its standard output is a pipe
 * @stderr_buf: (out) (optional) (nullable) (transfer full): what the program
 *   wrote to its standard error, if that is a pipe
 * @error: return location for an error
 *
 * Ends what [method@Nlvirt.Session.communicate_utf8_async] began.
 *
 * Returns: %TRUE if the process has exited, in whatever way
 *
 * Since: 0.1
 */
gboolean
nlvirt_session_communicate_utf8_finish (NlvirtSession *self, GAsyncResult *result, char **stdout_buf, char **stderr_buf,
                                        GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return take_output (result, (gpointer *) stdout_buf, (gpointer *) stderr_buf, error);
}

/**
 * nlvirt_session_communicate_utf8:
 * @self: a session
 * @stdin_buf: (nullable): what the program reads from its standard input; only
 *   for a session with %G_SUBPROCESS_FLAGS_STDIN_PIPE
 * @cancellable: (nullable): a cancellable, or %NULL
 * @stdout_buf: (out) (optional) (nullable) (transfer full): what the program
 *   wrote, if its standard output is a pipe
 * @stderr_buf: (out) (optional) (nullable) (transfer full): what the program
 *   wrote to its standard error, if that is a pipe
 * @error: return location for an error
 *
 * Like [method@Nlvirt.Session.communicate], for text. Output that is not UTF-8
 * is an error.
 *
 * Returns: %TRUE if the process has exited, in whatever way
 *
 * Since: 0.1
 */
gboolean
nlvirt_session_communicate_utf8 (NlvirtSession *self, const char *stdin_buf, GCancellable *cancellable,
                                 char **stdout_buf, char **stderr_buf, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_return_val_if_fail (NLVIRT_IS_SESSION (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  if (!check_subprocess (self, error))
    return FALSE;
  if (!enter_context (self))
    return g_subprocess_communicate_utf8 (nlvirt_session_get_subprocess (self), stdin_buf, cancellable, stdout_buf,
                                          stderr_buf, error);
  nlvirt_session_communicate_utf8_async (self, stdin_buf, cancellable, keep_result, &result);
  serve_until (self, &result);
  return nlvirt_session_communicate_utf8_finish (self, result, stdout_buf, stderr_buf, error);
}
