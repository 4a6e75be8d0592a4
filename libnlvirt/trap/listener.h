/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A seccomp notification fd: trapped calls in, their results out. */
#pragma once

#include <glib.h>

typedef struct _NlvListener NlvListener;

/* A system call that waits for its answer. Numbers and arguments are the
 * registers at its entry. */
typedef struct
{
  guint64 id;
  guint32 tid;     /* in our pid namespace; 0 if it has no number there */
  gboolean native; /* of this architecture's table; else @number is another's */
  gint32 number;
  guint64 arguments[6];
} NlvCall;

/* Takes @fd. NULL with errno set if it is no notification fd, EOPNOTSUPP if the
 * kernel is too old (Linux 5.14); the fd then is left to the caller. */
NlvListener *nlv_listener_new (int fd);
void nlv_listener_free (NlvListener *listener);

/* After the fd polled readable. FALSE when the caller was gone before we came
 * to it, or was interrupted. */
gboolean nlv_listener_receive (NlvListener *listener, NlvCall *call);

/* Whether the call still waits: what was read through its thread id is then
 * known to have been its memory. */
gboolean nlv_listener_is_waiting (NlvListener *listener, guint64 id);

/* Ends a call: @result is its value, or -errno. Without effect on one that
 * does not wait any more. */
void nlv_listener_answer (NlvListener *listener, guint64 id, gint64 result);
/* Lets the kernel execute the call as if it had not been trapped. */
void nlv_listener_pass (NlvListener *listener, guint64 id);

/* Ends a call by putting @fd into the program, at @number or, with -1, at the
 * lowest that is free; the call's value is that number. Returns it, or
 * -errno with the call unanswered (-ENOENT: it does not wait any more). */
int nlv_listener_inject (NlvListener *listener, guint64 id, int fd, int number, gboolean close_on_exec);
