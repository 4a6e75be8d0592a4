/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Signals of the process as events of the default main context. */
#pragma once

#include <glib.h>

/* @sent: by a process; otherwise by the kernel, as those of a terminal are. */
typedef void (*SignalFunc) (int number, gboolean sent, gpointer user_data);

/* From now on @func hears of SIGCHLD, of the signals of job control and of
 * every signal that would end the process and is not ignored. FALSE with errno
 * set. Once in a process. */
gboolean signals_watch (SignalFunc func, gpointer user_data);
