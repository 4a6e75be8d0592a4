/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Starts a program under a filter. */
#pragma once

#include "trap/filter.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The window for the programs that this process starts. */
NlvWindow nlvirt_spawn_window (void);

/* Starts @argv and sets @listener_fd, which the caller then owns. Replaces the
 * child setup function of @launcher. (transfer full) (nullable) */
GSubprocess *nlvirt_spawn (GSubprocessLauncher *launcher, const NlvFilter *filter, const char *const *argv,
                           int *listener_fd, GError **error);

G_END_DECLS
