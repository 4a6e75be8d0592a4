/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Receives that wait for a datagram. The kernel cannot interrupt a call that a
 * supervisor has taken (SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV), so a signal
 * that waits for the thread is looked for here, every few milliseconds. */
#include "session/endpoint.h"

#include <errno.h>

#define FIRST_LOOK 2000 /* microseconds */
#define LAST_LOOK 40000
/* Looking takes this part of the time at the most. */
#define LOOK_SHARE 8

/* The kernel's own value: it then runs the handler, and either gives EINTR or
 * makes the call again, as SA_RESTART says. */
#define ERESTARTSYS 512

typedef struct
{
  NlvSocketCall call; /* its fd is not held */
  NlvHandler handler;
  gint64 since;
  guint64 tried;        /* tree->appended when there was nothing for it */
  gboolean signal_seen; /* pending for the process when looked at last */
} NlvParked;

void
nlv_park (const NlvSocketCall *c, NlvHandler handler)
{
  NlvParked *parked = g_new0 (NlvParked, 1);

  *parked = (NlvParked){ *c, handler, g_get_monotonic_time (), c->tree->appended, FALSE };
  g_queue_push_tail (&c->tree->parked, parked);
  nlv_look_later (c->tree, NULL);
}

static void
end (NlvServedTree *tree, GList *link, gint64 result)
{
  NlvParked *parked = link->data;

  nlv_listener_answer (tree->listener, parked->call.call.id, result);
  g_queue_delete_link (&tree->parked, link);
  g_free (parked);
}

/* Runs the call again; it stays where it is if there is nothing for it. */
static void
try_again (NlvServedTree *tree, GList *link)
{
  NlvParked *parked = link->data;
  gint64 result;

  parked->tried = tree->appended;
  result = nlv_serve_call (&parked->call, parked->handler);
  if (result == NLV_PARK)
    return;
  /* The number means something else by now. */
  if (result == NLV_PASS)
    result = -EBADF;
  end (tree, link, result);
}

static void
on_retry (gpointer user_data)
{
  NlvServedTree *tree = user_data;

  tree->retry = NULL;
  nlv_parked_retry (tree);
}

void
nlv_parked_retry_soon (NlvServedTree *tree)
{
  if (tree->parked.length > 0 && tree->retry == NULL && !tree->serving)
    tree->retry = nlv_engine_add_timer (tree->engine, 0, on_retry, tree);
}

void
nlv_parked_retry (NlvServedTree *tree)
{
  guint64 seen;

  if (tree->retry != NULL)
    nlv_engine_remove_timer (tree->engine, g_steal_pointer (&tree->retry));
  if (tree->parked.length == 0 || tree->retried == tree->appended)
    return;
  tree->serving = TRUE;
  /* An answer may make a dump go on, and so bring datagrams for the next. */
  do
    {
      seen = tree->appended;
      for (GList *link = tree->parked.head, *next; link != NULL; link = next)
        {
          const NlvParked *parked = link->data;

          next = link->next;
          if (parked->call.endpoint->appended > parked->tried)
            try_again (tree, link);
        }
    }
  while (tree->appended != seen);
  tree->retried = seen;
  tree->serving = FALSE;
}

void
nlv_parked_abandon (NlvServedTree *tree, NlvEndpoint *endpoint)
{
  for (GList *link = tree->parked.head, *next; link != NULL; link = next)
    {
      next = link->next;
      if (((NlvParked *) link->data)->call.endpoint == endpoint)
        end (tree, link, -EBADF);
    }
  if (endpoint->to_look_at)
    g_queue_remove (&tree->look_at, endpoint);
}

/* What a pending signal makes of the call: 0 nothing yet. */
static gint64
interruption (NlvParked *parked)
{
  NlvTargetStatus status;
  guint64 deliverable;
  gint64 restart = parked->call.deadline == G_MAXINT64 ? -ERESTARTSYS : -EINTR; /* sock_intr_errno() */

  if (!nlv_target_read_status (parked->call.call.tid, &status))
    return 0;
  deliverable = ~(status.blocked | status.ignored);
  if ((status.pending & deliverable) != 0 || (status.threads == 1 && (status.shared_pending & deliverable) != 0))
    return restart;
  /* Job control has stopped the others, and waits for this thread. */
  if (status.threads > 1 && nlv_target_has_stopped_sibling (parked->call.call.tid, status.tgid))
    return restart;
  /* One for the process may be another thread's to take, and only the thread
   * that takes it may be told to restart: the others would see the bare 512.
   * If it is still there the next time, the kernel has chosen a thread that
   * cannot run; and it chooses the leader if that may take it (complete_signal()). */
  if ((status.shared_pending & deliverable) == 0)
    parked->signal_seen = FALSE;
  else if (parked->signal_seen)
    return status.tgid == parked->call.call.tid ? restart : -EINTR;
  else
    parked->signal_seen = TRUE;
  return 0;
}

/* What ends it beside a datagram: 0 nothing yet. */
static gint64
look_at (NlvServedTree *tree, NlvParked *parked, gint64 now, gboolean for_signals)
{
  gint64 result = 0;

  if (now >= parked->call.deadline)
    result = -EAGAIN;
  else if (for_signals && !nlv_listener_is_waiting (tree->listener, parked->call.call.id))
    return -ESRCH;
  else if (for_signals)
    result = interruption (parked);
  return result != 0 && parked->call.progress > 0 ? (gint64) parked->call.progress : result;
}

/* The time to the next look: often at first, for those who wait shortly; but
 * many are not looked at for signals all the time. */
static gint64
look_at_parked (NlvServedTree *tree)
{
  gint64 now = g_get_monotonic_time (), end_of_wait = G_MAXINT64, delay = LAST_LOOK;
  gboolean for_signals = now >= tree->signals_due;

  for (GList *link = tree->parked.head, *next; link != NULL; link = next)
    {
      NlvParked *parked = link->data;
      gint64 result = look_at (tree, parked, now, for_signals);

      next = link->next;
      delay = MIN (delay, MAX ((now - parked->since) / 4, FIRST_LOOK));
      if (result != 0)
        end (tree, link, result);
      else
        end_of_wait = MIN (end_of_wait, parked->call.deadline);
    }
  if (for_signals)
    tree->signals_due = now + MAX (delay, (g_get_monotonic_time () - now) * LOOK_SHARE);
  return MAX (MIN (tree->signals_due, end_of_wait) - now, 0);
}

static void
look (gpointer user_data)
{
  NlvServedTree *tree = user_data;
  NlvEndpoint *endpoint;
  gint64 delay;

  tree->look = NULL;
  while ((endpoint = g_queue_pop_head (&tree->look_at)) != NULL)
    nlv_endpoint_look (endpoint);
  delay = look_at_parked (tree);
  if (tree->parked.length > 0 && tree->look == NULL)
    tree->look = nlv_engine_add_timer (tree->engine, delay, look, tree);
}

void
nlv_look_later (NlvServedTree *tree, NlvEndpoint *endpoint)
{
  if (endpoint != NULL && !endpoint->to_look_at)
    {
      endpoint->to_look_at = TRUE;
      g_queue_push_tail (&tree->look_at, endpoint);
    }
  if (tree->look == NULL)
    tree->look = nlv_engine_add_timer (tree->engine, FIRST_LOOK, look, tree);
}

void
nlv_park_clear (NlvServedTree *tree)
{
  if (tree->look != NULL)
    nlv_engine_remove_timer (tree->engine, g_steal_pointer (&tree->look));
  if (tree->retry != NULL)
    nlv_engine_remove_timer (tree->engine, g_steal_pointer (&tree->retry));
  g_queue_clear (&tree->look_at);
  g_queue_clear_full (&tree->parked, g_free);
}
