/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The timers of a network in the order of their deadlines. */
#include "model/network-private.h"

typedef struct
{
  NlvDueFunc func;
  guint64 key;
  guint64 due;
  guint64 sequence; /* orders what is due at the same time */
} Timer;

static guint
hash_timer (gconstpointer data)
{
  const Timer *timer = data;

  return g_int64_hash (&timer->key) ^ g_direct_hash ((gpointer) timer->func);
}

static gboolean
equal_timers (gconstpointer a, gconstpointer b)
{
  const Timer *left = a, *right = b;

  return left->func == right->func && left->key == right->key;
}

static int
compare_timers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Timer *left = a, *right = b;

  if (left->due != right->due)
    return left->due < right->due ? -1 : 1;
  return left->sequence < right->sequence ? -1 : left->sequence > right->sequence;
}

void
nlv_timers_init (NlvTimers *self)
{
  self->queue = g_sequence_new (g_free);
  self->places = g_hash_table_new (hash_timer, equal_timers);
}

void
nlv_timers_clear (NlvTimers *self)
{
  g_clear_pointer (&self->places, g_hash_table_unref);
  g_clear_pointer (&self->queue, g_sequence_free);
}

static Timer *
first_timer (const NlvTimers *self)
{
  GSequenceIter *first = g_sequence_get_begin_iter (self->queue);

  return g_sequence_iter_is_end (first) ? NULL : g_sequence_get (first);
}

static guint64
first_due (const NlvTimers *self)
{
  const Timer *timer = first_timer (self);

  return timer != NULL ? timer->due : G_MAXUINT64;
}

static void
insert_timer (NlvTimers *self, const Timer *row)
{
  Timer *timer = g_memdup2 (row, sizeof *row);

  timer->sequence = ++self->sequence;
  g_hash_table_insert (self->places, timer, g_sequence_insert_sorted (self->queue, timer, compare_timers, NULL));
}

static void
remove_timer (NlvTimers *self, const Timer *like)
{
  GSequenceIter *place = g_hash_table_lookup (self->places, like);

  if (place == NULL)
    return;
  g_hash_table_remove (self->places, like);
  g_sequence_remove (place);
}

void
nlv_timers_copy (const NlvTimers *from, NlvTimers *to)
{
  for (GSequenceIter *at = g_sequence_get_begin_iter (from->queue); !g_sequence_iter_is_end (at);
       at = g_sequence_iter_next (at))
    insert_timer (to, g_sequence_get (at));
}

gboolean
nlv_network_is_scheduled (NlvNetwork *network, NlvDueFunc func, guint64 key)
{
  const Timer like = { .func = func, .key = key };

  return g_hash_table_contains (network->timers.places, &like);
}

void
nlv_network_schedule (NlvNetwork *network, NlvDueFunc func, guint64 key, guint64 due)
{
  NlvTimers *self = &network->timers;
  const Timer timer = { .func = func, .key = key, .due = due };
  guint64 before = first_due (self);

  remove_timer (self, &timer);
  insert_timer (self, &timer);
  if (first_due (self) != before)
    nlv_network_deadline_changed (network);
}

void
nlv_network_cancel (NlvNetwork *network, NlvDueFunc func, guint64 key)
{
  NlvTimers *self = &network->timers;
  const Timer timer = { .func = func, .key = key };
  guint64 before = first_due (self);

  remove_timer (self, &timer);
  if (first_due (self) != before)
    nlv_network_deadline_changed (network);
}

guint64
nlv_network_get_deadline (NlvNetwork *network)
{
  guint64 due = first_due (&network->timers), begin = network->globals.clock;

  if (due == G_MAXUINT64 || !network->clock_runs)
    return G_MAXUINT64;
  return network->clock_start + (due > begin ? due - begin : 0);
}

void
nlv_network_run_timers (NlvNetwork *network, guint64 now)
{
  NlvTimers *self = &network->timers;
  guint64 own_now = nlv_network_tell_time (network, now);

  if (self->running || first_due (self) > own_now)
    return;
  self->running = TRUE;
  nlv_network_hold (network);
  /* What a timer starts anew for this very moment waits for the next call. */
  for (guint n = (guint) g_sequence_get_length (self->queue); n > 0 && first_due (self) <= own_now; n--)
    {
      const Timer timer = *first_timer (self);
      NlvChange change;

      remove_timer (self, &timer);
      nlv_change_init (&change, network, own_now);
      timer.func (&change, timer.key);
    }
  self->running = FALSE;
  nlv_network_deadline_changed (network);
  nlv_network_release (network);
}
