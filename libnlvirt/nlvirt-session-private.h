/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a supervisor and its sessions know of each other. */
#pragma once

#include "nlvirt-loop-private.h"
#include "nlvirt-session.h"
#include "trap/filter.h"

G_BEGIN_DECLS

/* @subprocess may be NULL. */
NlvirtSession *nlvirt_session_new (NlvirtSupervisor *supervisor, GMainContext *context, NlvirtTable *table,
                                   GSubprocess *subprocess, const char *identifier);

/* Takes @listener_fd, also when it fails. */
gboolean nlvirt_session_serve (NlvirtSession *self, NlvirtLoop *loop, int listener_fd, NlvWindow window,
                               GError **error);

/* Ends it from the supervisor's side: the tree is no longer served. */
void nlvirt_session_cut (NlvirtSession *self);

/* (transfer none) */
GMainContext *nlvirt_session_get_context (NlvirtSession *self);

/* In nlvirt-supervisor.c: a session has ended. */
void nlvirt_supervisor_remove (NlvirtSupervisor *self, NlvirtSession *session);

G_END_DECLS
