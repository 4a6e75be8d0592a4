/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <nlvirt-types.h>

G_BEGIN_DECLS

#define NLVIRT_TYPE_SESSION (nlvirt_session_get_type ())

NLVIRT_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (NlvirtSession, nlvirt_session, NLVIRT, SESSION, GObject)

NLVIRT_AVAILABLE_IN_0_1
NlvirtTable *nlvirt_session_get_table (NlvirtSession *self);
NLVIRT_AVAILABLE_IN_0_1
NlvirtAccess nlvirt_session_get_access (NlvirtSession *self);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_session_set_access (NlvirtSession *self, NlvirtAccess access);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_session_add_failure (NlvirtSession *self, NlvirtFailure *failure);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_session_remove_failure (NlvirtSession *self, NlvirtFailure *failure);
NLVIRT_AVAILABLE_IN_0_1
GListModel *nlvirt_session_get_failures (NlvirtSession *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_session_get_identifier (NlvirtSession *self);
NLVIRT_AVAILABLE_IN_0_1
GSubprocess *nlvirt_session_get_subprocess (NlvirtSession *self);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_session_has_ended (NlvirtSession *self);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_session_wait (NlvirtSession *self, GCancellable *cancellable, GError **error);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_session_wait_async (NlvirtSession *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_session_wait_finish (NlvirtSession *self, GAsyncResult *result, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_session_communicate (NlvirtSession *self, GBytes *stdin_buf, GCancellable *cancellable,
                                     GBytes **stdout_buf, GBytes **stderr_buf, GError **error);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_session_communicate_async (NlvirtSession *self, GBytes *stdin_buf, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_session_communicate_finish (NlvirtSession *self, GAsyncResult *result, GBytes **stdout_buf,
                                            GBytes **stderr_buf, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_session_communicate_utf8 (NlvirtSession *self, const char *stdin_buf, GCancellable *cancellable,
                                          char **stdout_buf, char **stderr_buf, GError **error);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_session_communicate_utf8_async (NlvirtSession *self, const char *stdin_buf, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_session_communicate_utf8_finish (NlvirtSession *self, GAsyncResult *result, char **stdout_buf,
                                                 char **stderr_buf, GError **error);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_session_send_signal (NlvirtSession *self, int signal_number);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_session_force_exit (NlvirtSession *self);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_session_get_successful (NlvirtSession *self);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_session_get_if_exited (NlvirtSession *self);
NLVIRT_AVAILABLE_IN_0_1
int nlvirt_session_get_exit_status (NlvirtSession *self);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_session_get_if_signaled (NlvirtSession *self);
NLVIRT_AVAILABLE_IN_0_1
int nlvirt_session_get_term_sig (NlvirtSession *self);

G_END_DECLS
