/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The parts of a control that are not its object. */
#pragma once

#include "nlvirt-control.h"

G_BEGIN_DECLS

/* nlvirt-control-serve.c: requests on this connection are served, until the object with the
 * number that is returned is unregistered. */
guint nlvirt_control_register (NlvirtControl *self, GDBusConnection *connection);

/* nlvirt-control-socket.c: a service that does not run yet, at @path or, if that is NULL, in a
 * directory that is made for it. */
GSocketService *nlvirt_control_listen (const char *path, char **absolute_path, char **directory, GError **error);

G_END_DECLS
