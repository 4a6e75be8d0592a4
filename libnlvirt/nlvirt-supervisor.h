/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <nlvirt-types.h>

G_BEGIN_DECLS

#define NLVIRT_TYPE_SUPERVISOR (nlvirt_supervisor_get_type ())

NLVIRT_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (NlvirtSupervisor, nlvirt_supervisor, NLVIRT, SUPERVISOR, GObject)

NLVIRT_AVAILABLE_IN_0_1
NlvirtSupervisor *nlvirt_supervisor_new (void);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_supervisor_get_child_subreaper (NlvirtSupervisor *self);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_supervisor_set_child_subreaper (NlvirtSupervisor *self, gboolean child_subreaper);
NLVIRT_AVAILABLE_IN_0_1
GListModel *nlvirt_supervisor_get_sessions (NlvirtSupervisor *self);
NLVIRT_AVAILABLE_IN_0_1
NlvirtSession *nlvirt_supervisor_spawn (NlvirtSupervisor *self, NlvirtTable *table, const char *const *argv,
                                        GSubprocessFlags flags, GError **error);
NLVIRT_AVAILABLE_IN_0_1
NlvirtSession *nlvirt_supervisor_spawn_with_launcher (NlvirtSupervisor *self, GSubprocessLauncher *launcher,
                                                      NlvirtTable *table, const char *const *argv, GError **error);
NLVIRT_AVAILABLE_IN_0_1
NlvirtSession *nlvirt_supervisor_adopt (NlvirtSupervisor *self, int listener_fd, NlvirtTable *table, GError **error);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_supervisor_close (NlvirtSupervisor *self);

G_END_DECLS
