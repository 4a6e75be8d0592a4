/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who is at the other end of a unix socket. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether it is a process of this process's user and, unless @descendants, not one that this process
 * or one of its descendants has started. What cannot be found out counts against it. */
gboolean nlvirt_peer_is_allowed (GSocket *socket, gboolean descendants);

G_END_DECLS
