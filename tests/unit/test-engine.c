/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What waits for fds and for time: who is told of what, in which order, and who is not. */
#include "session/engine.h"

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

typedef struct
{
  NlvEngine *engine;
  int first[2], second[2];
  NlvWatch *watches[2];
  GString *told;
} Fixture;

static void
tell_first (guint32 events, gpointer user_data)
{
  g_string_append_c (((Fixture *) user_data)->told, '1');
}

static void
tell_second (guint32 events, gpointer user_data)
{
  g_string_append_c (((Fixture *) user_data)->told, '2');
}

/* Takes back the other, whose event is known already. */
static void
take_back (guint32 events, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_c (fixture->told, 'x');
  if (fixture->watches[0] != NULL)
    nlv_engine_unwatch (fixture->engine, g_steal_pointer (&fixture->watches[0]));
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->engine = nlv_engine_new ();
  g_assert_nonnull (fixture->engine);
  fixture->told = g_string_new (NULL);
  g_assert_no_errno (pipe (fixture->first));
  g_assert_no_errno (pipe (fixture->second));
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  for (guint i = 0; i < 2; i++)
    {
      if (fixture->watches[i] != NULL)
        nlv_engine_unwatch (fixture->engine, fixture->watches[i]);
      close (fixture->first[i]);
      close (fixture->second[i]);
    }
  nlv_engine_free (fixture->engine);
  g_string_free (fixture->told, TRUE);
}

static void
watch (Fixture *fixture, guint which, int fd, NlvWatchOrder order, NlvWatchFunc func)
{
  fixture->watches[which] = nlv_engine_watch (fixture->engine, fd, EPOLLIN, order, func, fixture);
  g_assert_nonnull (fixture->watches[which]);
}

static void
make_both_readable (Fixture *fixture)
{
  g_assert_cmpint (write (fixture->first[1], "", 1), ==, 1);
  g_assert_cmpint (write (fixture->second[1], "", 1), ==, 1);
}

static gboolean
is_readable (Fixture *fixture, int timeout)
{
  struct pollfd item = { nlv_engine_get_fd (fixture->engine), POLLIN, 0 };

  return poll (&item, 1, timeout) == 1;
}

static void
test_order (Fixture *fixture, gconstpointer user_data)
{
  watch (fixture, 0, fixture->first[0], NLV_WATCH_LATE, tell_first);
  watch (fixture, 1, fixture->second[0], NLV_WATCH_EARLY, tell_second);
  g_assert_false (is_readable (fixture, 0));
  make_both_readable (fixture);
  g_assert_true (is_readable (fixture, 0));
  nlv_engine_dispatch (fixture->engine);
  g_assert_cmpstr (fixture->told->str, ==, "21");
}

static void
test_unwatch_while_told (Fixture *fixture, gconstpointer user_data)
{
  watch (fixture, 0, fixture->first[0], NLV_WATCH_LATE, tell_first);
  watch (fixture, 1, fixture->second[0], NLV_WATCH_EARLY, take_back);
  make_both_readable (fixture);
  nlv_engine_dispatch (fixture->engine);
  nlv_engine_dispatch (fixture->engine);
  g_assert_cmpstr (fixture->told->str, ==, "xx");
}

static void
note_a (gpointer user_data)
{
  g_string_append_c (((Fixture *) user_data)->told, 'a');
}

static void
note_b_and_go_on (gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_c (fixture->told, 'b');
  nlv_engine_add_timer (fixture->engine, 1000, note_a, fixture);
}

static void
test_timers (Fixture *fixture, gconstpointer user_data)
{
  NlvTimer *never;

  nlv_engine_add_timer (fixture->engine, 20000, note_a, fixture);
  never = nlv_engine_add_timer (fixture->engine, 5000, note_a, fixture);
  nlv_engine_add_timer (fixture->engine, 1000, note_b_and_go_on, fixture);
  nlv_engine_remove_timer (fixture->engine, never);
  while (fixture->told->len < 3)
    {
      g_assert_true (is_readable (fixture, 10000));
      nlv_engine_dispatch (fixture->engine);
    }
  g_assert_cmpstr (fixture->told->str, ==, "baa");
  g_assert_false (is_readable (fixture, 50));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/session/engine/order", Fixture, NULL, set_up, test_order, tear_down);
  g_test_add ("/session/engine/unwatch-while-told", Fixture, NULL, set_up, test_unwatch_while_told, tear_down);
  g_test_add ("/session/engine/timers", Fixture, NULL, set_up, test_timers, tear_down);
  return g_test_run ();
}
