/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Everything a supervisor waits for, in one epoll set, so that the cost of a
 * notification does not grow with the number of sessions. */
#pragma once

#include <glib.h>

typedef struct _NlvEngine NlvEngine;
typedef struct _NlvWatch NlvWatch;

/* NULL with errno set. */
NlvEngine *nlv_engine_new (void);
void nlv_engine_free (NlvEngine *engine);

/* The fd to poll for input. */
int nlv_engine_get_fd (NlvEngine *engine);
/* Handles what is ready, and what comes as soon as that has been handled: a
 * way through the main context costs as much as many a call. */
void nlv_engine_dispatch (NlvEngine *engine);
/* From what dispatch calls: a program was answered, and may ask again at once. */
void nlv_engine_expect_more (NlvEngine *engine);

typedef enum
{
  /* Told first: the end of a socket, so that its port id is free again when
   * the call is handled that its program made after closing it. */
  NLV_WATCH_EARLY,
  NLV_WATCH_LATE,
} NlvWatchOrder;

typedef void (*NlvWatchFunc) (guint32 events, gpointer user_data);

/* Calls @func with what epoll reports of @fd. NULL with errno set. */
NlvWatch *nlv_engine_watch (NlvEngine *engine, int fd, guint32 events, NlvWatchOrder order, NlvWatchFunc func,
                            gpointer user_data);
void nlv_engine_change_watch (NlvEngine *engine, NlvWatch *watch, guint32 events);
/* @func is not called again, not even for what epoll has reported already.
 * Before the fd is closed. */
void nlv_engine_unwatch (NlvEngine *engine, NlvWatch *watch);

typedef struct _NlvTimer NlvTimer;
typedef void (*NlvTimerFunc) (gpointer user_data);

/* Calls @func once, at least @delay microseconds from now, and together with
 * others that are due some milliseconds later; the timer is gone then. */
NlvTimer *nlv_engine_add_timer (NlvEngine *engine, gint64 delay, NlvTimerFunc func, gpointer user_data);
void nlv_engine_remove_timer (NlvEngine *engine, NlvTimer *timer);
