/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rows are noted while the network changes, and told of when it has settled:
 * the application may then do anything, and it finds all lists in the state that
 * they tell of. */
#include "nlvirt-watch-private.h"

#include "model/timer.h"

struct _NlvirtWatch
{
  NlvNetwork *network; /* (owned) */
  void (*settled) (gpointer owner);
  gpointer owner;
  GPtrArray *lists;      /* (element-type NlvirtRows) (owned): not their elements */
  GMainContext *context; /* (owned) */
  GSource *timer;        /* (owned) (nullable): there was a deadline */
};

typedef struct
{
  GSource parent;
  NlvNetwork *network; /* (owned) */
} Timer;

static gboolean
timer_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  nlv_network_run_timers (((Timer *) source)->network, nlvirt_table_get_time ());
  return G_SOURCE_CONTINUE;
}

static void
timer_finalize (GSource *source)
{
  nlv_network_unref (((Timer *) source)->network);
}

static GSource *
timer_new (NlvNetwork *network, GMainContext *context)
{
  static GSourceFuncs funcs = { .dispatch = timer_dispatch, .finalize = timer_finalize };
  GSource *source = g_source_new (&funcs, sizeof (Timer));

  ((Timer *) source)->network = nlv_network_ref (network);
  g_source_set_static_name (source, "nlvirt timers");
  /* Time goes on for a handler that iterates the context, as the blocking calls do. */
  g_source_set_can_recurse (source, TRUE);
  g_source_attach (source, context);
  return source;
}

static void
deadline_changed (gpointer owner)
{
  NlvirtWatch *self = owner;
  guint64 deadline = nlv_network_get_deadline (self->network);

  if (self->timer == NULL && deadline == G_MAXUINT64)
    return;
  if (self->timer == NULL)
    self->timer = timer_new (self->network, self->context);
  g_source_set_ready_time (self->timer,
                           deadline < G_MAXINT64 / NLVIRT_TABLE_TICK ? (gint64) deadline * NLVIRT_TABLE_TICK : -1);
}

static gboolean
watches (gpointer owner)
{
  return ((NlvirtWatch *) owner)->lists->len > 0;
}

static void
row_changed (gpointer owner, NlvRowKind kind, guint position, guint n_removed, guint n_added)
{
  NlvirtWatch *self = owner;

  for (guint i = 0; i < self->lists->len; i++)
    nlvirt_rows_note (g_ptr_array_index (self->lists, i), kind, position, n_removed, n_added);
}

static void
settled (gpointer owner)
{
  NlvirtWatch *self = owner;
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->lists->len; i++)
    g_ptr_array_add (lists, g_object_ref (g_ptr_array_index (self->lists, i)));
  /* A list keeps its table, and with it the watch. */
  for (guint i = 0; i < lists->len; i++)
    nlvirt_rows_tell (g_ptr_array_index (lists, i));
  self->settled (self->owner);
}

static const NlvObserver observer = {
  .watches = watches,
  .row_changed = row_changed,
  .settled = settled,
  .deadline_changed = deadline_changed,
};

NlvirtWatch *
nlvirt_watch_new (NlvNetwork *network, void (*on_settled) (gpointer owner), gpointer owner)
{
  NlvirtWatch *self = g_new0 (NlvirtWatch, 1);

  self->network = nlv_network_ref (network);
  self->settled = on_settled;
  self->owner = owner;
  self->lists = g_ptr_array_new ();
  self->context = g_main_context_ref_thread_default ();
  nlv_network_add_observer (network, &observer, self);
  deadline_changed (self);
  return self;
}

void
nlvirt_watch_free (NlvirtWatch *self)
{
  nlv_network_remove_observer (self->network, &observer, self);
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  g_ptr_array_unref (self->lists);
  g_main_context_unref (self->context);
  nlv_network_unref (self->network);
  g_free (self);
}

void
nlvirt_watch_add_list (NlvirtWatch *self, NlvirtRows *list)
{
  g_ptr_array_add (self->lists, list);
}

void
nlvirt_watch_remove_list (NlvirtWatch *self, NlvirtRows *list)
{
  g_ptr_array_remove_fast (self->lists, list);
}

gboolean
nlvirt_watch_has_lists (NlvirtWatch *self)
{
  return self->lists->len > 0;
}
