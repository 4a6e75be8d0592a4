/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The seccomp program: which system calls of a supervised process come to the
 * supervisor, and which are refused on the spot. Decides on registers only. */
#pragma once

#include <glib.h>

#include <linux/filter.h>

/* The fd numbers at which calls are watched: @first is a multiple of @count,
 * which is a power of two. */
typedef struct
{
  guint first;
  guint count;
} NlvWindow;

/* The window for a process that may have fds below @soft_limit
 * (RLIMIT_NOFILE): as high as select() can reach, and at most a quarter of them. */
NlvWindow nlv_window_for_limit (guint64 soft_limit);

typedef struct
{
  NlvWindow window;
  struct sock_fprog program; /* (owned) */
} NlvFilter;

/* NULL with @why set (static words) when the program cannot be made. */
NlvFilter *nlv_filter_new (NlvWindow window, const char **why);
void nlv_filter_free (NlvFilter *filter);

/* Where nlv_filter_install() stopped. */
typedef enum
{
  NLV_INSTALL_DONE,
  NLV_INSTALL_NO_NEW_PRIVS,
  NLV_INSTALL_SECCOMP,
  NLV_INSTALL_HAND_OVER,
} NlvInstallStage;

/* What the child tells its parent, with the listener fd beside it. */
typedef struct
{
  gint32 stage; /* NlvInstallStage */
  gint32 error; /* errno */
} NlvInstallReport;

/* Puts the calling thread under the filter and sends the listener over
 * @socket_fd (SOCK_SEQPACKET). Async-signal-safe; for between fork and exec.
 * TRUE if the process is supervised now; otherwise it must not go on. */
gboolean nlv_filter_install (const NlvFilter *filter, int socket_fd);

/* The parent's side: the listener fd, or -1 with @report saying why. Does not
 * block: the child has reported before it execs. */
int nlv_filter_receive_listener (int socket_fd, NlvInstallReport *report);
