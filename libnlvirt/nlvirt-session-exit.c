/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Signals to the first process of a session, and how it exited. */
#include "nlvirt-session-private.h"

/* The first process, or NULL as long as it runs. */
static GSubprocess *
get_exited (NlvirtSession *self)
{
  GSubprocess *subprocess = nlvirt_session_get_subprocess (self);

  if (subprocess == NULL || g_subprocess_get_identifier (subprocess) != NULL)
    return NULL;
  return subprocess;
}

/**
 * nlvirt_session_send_signal:
 * @self: a session
 * @signal_number: the signal
 *
 * Sends a signal to the first process. Does nothing when it has exited, or if
 * the session was adopted.
 *
 * Since: 0.1
 */
void
nlvirt_session_send_signal (NlvirtSession *self, int signal_number)
{
  GSubprocess *subprocess;

  g_return_if_fail (NLVIRT_IS_SESSION (self));
  subprocess = nlvirt_session_get_subprocess (self);
  if (subprocess != NULL)
    g_subprocess_send_signal (subprocess, signal_number);
}

/**
 * nlvirt_session_force_exit:
 * @self: a session
 *
 * Kills the first process. What it has started lives on, and keeps its
 * answers. Does nothing when it has exited, or if the session was adopted.
 *
 * Since: 0.1
 */
void
nlvirt_session_force_exit (NlvirtSession *self)
{
  GSubprocess *subprocess;

  g_return_if_fail (NLVIRT_IS_SESSION (self));
  subprocess = nlvirt_session_get_subprocess (self);
  if (subprocess != NULL)
    g_subprocess_force_exit (subprocess);
}

/**
 * nlvirt_session_get_successful:
 * @self: a session
 *
 * Whether the first process has exited with status 0.
 *
 * Returns: %TRUE if it has; %FALSE also as long as it runs
 *
 * Since: 0.1
 */
gboolean
nlvirt_session_get_successful (NlvirtSession *self)
{
  GSubprocess *subprocess;

  g_return_val_if_fail (NLVIRT_IS_SESSION (self), FALSE);
  subprocess = get_exited (self);
  return subprocess != NULL && g_subprocess_get_successful (subprocess);
}

/**
 * nlvirt_session_get_if_exited:
 * @self: a session
 *
 * Whether the first process has exited by itself, and not by a signal.
 *
 * Returns: %TRUE if it has; %FALSE also as long as it runs
 *
 * Since: 0.1
 */
gboolean
nlvirt_session_get_if_exited (NlvirtSession *self)
{
  GSubprocess *subprocess;

  g_return_val_if_fail (NLVIRT_IS_SESSION (self), FALSE);
  subprocess = get_exited (self);
  return subprocess != NULL && g_subprocess_get_if_exited (subprocess);
}

/**
 * nlvirt_session_get_exit_status:
 * @self: a session
 *
 * The exit status of the first process.
 *
 * Returns: the status, from 0 to 255, or -1 if
 *   [method@Nlvirt.Session.get_if_exited] is %FALSE
 *
 * Since: 0.1
 */
int
nlvirt_session_get_exit_status (NlvirtSession *self)
{
  GSubprocess *subprocess;

  g_return_val_if_fail (NLVIRT_IS_SESSION (self), -1);
  subprocess = get_exited (self);
  if (subprocess == NULL || !g_subprocess_get_if_exited (subprocess))
    return -1;
  return g_subprocess_get_exit_status (subprocess);
}

/**
 * nlvirt_session_get_if_signaled:
 * @self: a session
 *
 * Whether a signal has ended the first process.
 *
 * Returns: %TRUE if one has; %FALSE also as long as it runs
 *
 * Since: 0.1
 */
gboolean
nlvirt_session_get_if_signaled (NlvirtSession *self)
{
  GSubprocess *subprocess;

  g_return_val_if_fail (NLVIRT_IS_SESSION (self), FALSE);
  subprocess = get_exited (self);
  return subprocess != NULL && g_subprocess_get_if_signaled (subprocess);
}

/**
 * nlvirt_session_get_term_sig:
 * @self: a session
 *
 * The signal that has ended the first process.
 *
 * Returns: the signal, or 0 if [method@Nlvirt.Session.get_if_signaled] is
 *   %FALSE
 *
 * Since: 0.1
 */
int
nlvirt_session_get_term_sig (NlvirtSession *self)
{
  GSubprocess *subprocess;

  g_return_val_if_fail (NLVIRT_IS_SESSION (self), 0);
  subprocess = get_exited (self);
  if (subprocess == NULL || !g_subprocess_get_if_signaled (subprocess))
    return 0;
  return g_subprocess_get_term_sig (subprocess);
}
