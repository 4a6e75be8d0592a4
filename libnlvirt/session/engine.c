/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session/engine.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* As many sockets may have ended before the call that was made last. */
#define MAX_EVENTS 256
/* After a call, another one is waited for: so long (nanoseconds), and so long
 * with all that come (microseconds); the rest of the context has its turn then. */
#define PAUSE 100000
#define LONGEST_STAY 2000
/* Timers of more than this (microseconds) go off together. */
#define TICK 4000

struct _NlvWatch
{
  int fd;
  NlvWatchOrder order;
  NlvWatchFunc func; /* (nullable) NULL: unwatched while events are being told */
  gpointer user_data;
};

struct _NlvTimer
{
  gint64 time;
  NlvTimerFunc func;
  gpointer user_data;
};

struct _NlvEngine
{
  int epoll_fd;     /* (owned) */
  int timer_fd;     /* (owned) in the epoll set, so that one fd says everything */
  gint64 timer_set; /* when timer_fd goes off, G_MAXINT64 never */
  GSList *timers;   /* (element-type NlvTimer) (owned) by time */
  gboolean dispatching;
  gboolean expecting; /* since the last look */
  GSList *buried;     /* (element-type NlvWatch) (owned) unwatched while dispatching */
  NlvWatch *timer_watch;
};

static void set_timer_fd (NlvEngine *engine);

static void
tell_timers (guint32 events, gpointer user_data)
{
  NlvEngine *engine = user_data;
  gint64 now = g_get_monotonic_time ();
  guint64 expirations;

  if (read (engine->timer_fd, &expirations, sizeof expirations) < 0 && errno != EAGAIN)
    g_warning ("timerfd: %s", g_strerror (errno));
  engine->timer_set = G_MAXINT64;
  while (engine->timers != NULL && ((NlvTimer *) engine->timers->data)->time <= now)
    {
      NlvTimer *timer = engine->timers->data;

      engine->timers = g_slist_delete_link (engine->timers, engine->timers);
      timer->func (timer->user_data);
      g_free (timer);
    }
  set_timer_fd (engine);
}

NlvEngine *
nlv_engine_new (void)
{
  NlvEngine *engine = g_new0 (NlvEngine, 1);

  engine->timer_set = G_MAXINT64;
  engine->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  engine->timer_fd = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (engine->epoll_fd >= 0 && engine->timer_fd >= 0)
    engine->timer_watch = nlv_engine_watch (engine, engine->timer_fd, EPOLLIN, NLV_WATCH_LATE, tell_timers, engine);
  if (engine->timer_watch == NULL)
    g_clear_pointer (&engine, nlv_engine_free);
  return engine;
}

void
nlv_engine_free (NlvEngine *engine)
{
  int saved = errno;

  if (engine->timer_watch != NULL)
    nlv_engine_unwatch (engine, engine->timer_watch);
  if (engine->timer_fd >= 0)
    close (engine->timer_fd);
  if (engine->epoll_fd >= 0)
    close (engine->epoll_fd);
  g_slist_free_full (engine->timers, g_free);
  g_slist_free_full (engine->buried, g_free);
  g_free (engine);
  errno = saved;
}

int
nlv_engine_get_fd (NlvEngine *engine)
{
  return engine->epoll_fd;
}

static void
tell_events (NlvEngine *engine, struct epoll_event *events, int n)
{
  engine->dispatching = TRUE;
  for (NlvWatchOrder order = NLV_WATCH_EARLY; order <= NLV_WATCH_LATE; order++)
    for (int i = 0; i < n; i++)
      {
        NlvWatch *watch = events[i].data.ptr;

        if (watch->order == order && watch->func != NULL)
          watch->func (events[i].events, watch->user_data);
      }
  engine->dispatching = FALSE;
  g_slist_free_full (g_steal_pointer (&engine->buried), g_free);
}

void
nlv_engine_dispatch (NlvEngine *engine)
{
  static const struct timespec pause = { .tv_nsec = PAUSE };
  struct epoll_event events[MAX_EVENTS];
  gint64 end = g_get_monotonic_time () + LONGEST_STAY;
  int n;

  g_return_if_fail (!engine->dispatching);
  n = epoll_wait (engine->epoll_fd, events, MAX_EVENTS, 0);
  while (n > 0)
    {
      engine->expecting = FALSE;
      tell_events (engine, events, n);
      if (!engine->expecting || g_get_monotonic_time () >= end)
        break;
      n = epoll_pwait2 (engine->epoll_fd, events, MAX_EVENTS, &pause, NULL);
    }
}

void
nlv_engine_expect_more (NlvEngine *engine)
{
  engine->expecting = TRUE;
}

NlvWatch *
nlv_engine_watch (NlvEngine *engine, int fd, guint32 events, NlvWatchOrder order, NlvWatchFunc func, gpointer user_data)
{
  NlvWatch *watch = g_new0 (NlvWatch, 1);
  struct epoll_event event = { .events = events, .data.ptr = watch };

  *watch = (NlvWatch){ fd, order, func, user_data };
  if (epoll_ctl (engine->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
    g_clear_pointer (&watch, g_free);
  return watch;
}

void
nlv_engine_change_watch (NlvEngine *engine, NlvWatch *watch, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = watch };

  epoll_ctl (engine->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event);
}

void
nlv_engine_unwatch (NlvEngine *engine, NlvWatch *watch)
{
  epoll_ctl (engine->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
  watch->func = NULL;
  if (engine->dispatching)
    engine->buried = g_slist_prepend (engine->buried, watch);
  else
    g_free (watch);
}

static void
set_timer_fd (NlvEngine *engine)
{
  gint64 time = engine->timers != NULL ? ((NlvTimer *) engine->timers->data)->time : G_MAXINT64;
  struct itimerspec when = { 0 };

  /* One that goes off too early costs less than setting it back. */
  if (time >= engine->timer_set)
    return;
  when.it_value.tv_sec = time / G_USEC_PER_SEC;
  when.it_value.tv_nsec = time % G_USEC_PER_SEC * 1000;
  if (timerfd_settime (engine->timer_fd, TFD_TIMER_ABSTIME, &when, NULL) == 0)
    engine->timer_set = time;
}

static gint
compare_timers (gconstpointer a, gconstpointer b)
{
  gint64 first = ((const NlvTimer *) a)->time, second = ((const NlvTimer *) b)->time;

  return (first > second) - (first < second);
}

NlvTimer *
nlv_engine_add_timer (NlvEngine *engine, gint64 delay, NlvTimerFunc func, gpointer user_data)
{
  NlvTimer *timer = g_new0 (NlvTimer, 1);

  *timer = (NlvTimer){ g_get_monotonic_time () + delay, func, user_data };
  if (delay > TICK)
    timer->time += TICK - timer->time % TICK;
  engine->timers = g_slist_insert_sorted (engine->timers, timer, compare_timers);
  set_timer_fd (engine);
  return timer;
}

void
nlv_engine_remove_timer (NlvEngine *engine, NlvTimer *timer)
{
  engine->timers = g_slist_remove (engine->timers, timer);
  g_free (timer);
}
