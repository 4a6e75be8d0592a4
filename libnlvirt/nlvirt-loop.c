/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Two sources on one context.
 *
 * The engine's source polls the engine's fd. No code of the application runs
 * from within the engine, whose callbacks must not free what calls them.
 *
 * The other source runs what those callbacks put off. It may run nested: a
 * signal handler that iterates the context, as the blocking calls do, goes on
 * being served and goes on hearing of events. */
#include "nlvirt-loop-private.h"

typedef struct
{
  void (*func) (gpointer data);
  gpointer data;
  GDestroyNotify destroy;
} Deferred;

struct _NlvirtLoop
{
  GSource *engine_source;   /* (owned) */
  GSource *deferred_source; /* (owned) */
  NlvEngine *engine;        /* (owned) (nullable): NULL once closed */
  GQueue deferred;          /* (element-type Deferred) (owned) */
};

/* Each source holds a reference to the loop. */
typedef struct
{
  GSource parent;
  NlvirtLoop *loop; /* (owned) */
} LoopSource;

static void
deferred_free (gpointer data)
{
  Deferred *deferred = data;

  deferred->destroy (deferred->data);
  g_free (deferred);
}

static gboolean
engine_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  NlvirtLoop *loop = ((LoopSource *) source)->loop;

  nlv_engine_dispatch (loop->engine);
  return G_SOURCE_CONTINUE;
}

static gboolean
deferred_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  NlvirtLoop *loop = g_atomic_rc_box_acquire (((LoopSource *) source)->loop);
  guint n = loop->deferred.length;

  /* What comes in meanwhile waits for the next round, so that a busy program
   * cannot keep the context to itself. */
  for (; n > 0 && loop->deferred.length > 0; n--)
    {
      Deferred *deferred = g_queue_pop_head (&loop->deferred);

      deferred->func (deferred->data);
      deferred_free (deferred);
    }
  if (loop->deferred.length == 0)
    g_source_set_ready_time (source, -1);
  g_atomic_rc_box_release (loop);
  return G_SOURCE_CONTINUE;
}

static void
source_finalize (GSource *source)
{
  g_atomic_rc_box_release (((LoopSource *) source)->loop);
}

static GSource *
new_source (NlvirtLoop *loop, GSourceFuncs *funcs, const char *name)
{
  GSource *source = g_source_new (funcs, sizeof (LoopSource));

  ((LoopSource *) source)->loop = g_atomic_rc_box_acquire (loop);
  g_source_set_static_name (source, name);
  return source;
}

NlvirtLoop *
nlvirt_loop_new (GMainContext *context)
{
  static GSourceFuncs engine_funcs = { .dispatch = engine_dispatch, .finalize = source_finalize };
  static GSourceFuncs deferred_funcs = { .dispatch = deferred_dispatch, .finalize = source_finalize };
  NlvEngine *engine = nlv_engine_new ();
  NlvirtLoop *loop;

  if (engine == NULL)
    return NULL;
  loop = g_atomic_rc_box_new0 (NlvirtLoop);
  loop->engine = engine;
  g_queue_init (&loop->deferred);
  loop->engine_source = new_source (loop, &engine_funcs, "nlvirt engine");
  /* It does not recurse; but a source that may not is taken off the context's
   * poll set and put back for each dispatch, at two wake-ups (g_main_dispatch()). */
  g_source_set_can_recurse (loop->engine_source, TRUE);
  g_source_add_unix_fd (loop->engine_source, nlv_engine_get_fd (engine), G_IO_IN);
  g_source_attach (loop->engine_source, context);
  loop->deferred_source = new_source (loop, &deferred_funcs, "nlvirt events");
  g_source_set_can_recurse (loop->deferred_source, TRUE);
  g_source_attach (loop->deferred_source, context);
  return loop;
}

void
nlvirt_loop_close (NlvirtLoop *loop)
{
  g_source_destroy (loop->engine_source);
  g_source_destroy (loop->deferred_source);
  g_queue_clear_full (&loop->deferred, deferred_free);
  g_clear_pointer (&loop->engine, nlv_engine_free);
  g_clear_pointer (&loop->engine_source, g_source_unref);
  g_clear_pointer (&loop->deferred_source, g_source_unref);
  g_atomic_rc_box_release (loop);
}

NlvEngine *
nlvirt_loop_get_engine (NlvirtLoop *loop)
{
  return loop->engine;
}

void
nlvirt_loop_defer (NlvirtLoop *loop, void (*func) (gpointer data), gpointer data, GDestroyNotify destroy)
{
  Deferred *deferred = g_new (Deferred, 1);

  *deferred = (Deferred){ func, data, destroy };
  g_queue_push_tail (&loop->deferred, deferred);
  g_source_set_ready_time (loop->deferred_source, 0);
}
