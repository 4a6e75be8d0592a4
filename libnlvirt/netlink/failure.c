/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "netlink/failure.h"

struct _NlvFailures
{
  GPtrArray *failures; /* (element-type NlvFailure) (owned) */
};

NlvFailure *
nlv_failure_new (NlvFailureKind kind, guint what)
{
  NlvFailure *failure = g_rc_box_new0 (NlvFailure);

  failure->kind = kind;
  failure->what = what;
  failure->period = 1;
  return failure;
}

NlvFailure *
nlv_failure_ref (NlvFailure *failure)
{
  return g_rc_box_acquire (failure);
}

static void
clear_failure (gpointer data)
{
  g_free (((NlvFailure *) data)->words);
}

void
nlv_failure_unref (NlvFailure *failure)
{
  g_rc_box_release_full (failure, clear_failure);
}

NlvFailures *
nlv_failures_new (void)
{
  NlvFailures *self = g_rc_box_new0 (NlvFailures);

  self->failures = g_ptr_array_new_with_free_func ((GDestroyNotify) nlv_failure_unref);
  return self;
}

NlvFailures *
nlv_failures_ref (NlvFailures *self)
{
  return g_rc_box_acquire (self);
}

static void
clear_failures (gpointer data)
{
  g_ptr_array_unref (((NlvFailures *) data)->failures);
}

void
nlv_failures_unref (NlvFailures *self)
{
  g_rc_box_release_full (self, clear_failures);
}

void
nlv_failures_add (NlvFailures *self, NlvFailure *failure)
{
  g_ptr_array_add (self->failures, nlv_failure_ref (failure));
}

void
nlv_failures_remove (NlvFailures *self, NlvFailure *failure)
{
  g_ptr_array_remove (self->failures, failure);
}

static gboolean
strikes (NlvFailure *failure)
{
  if (failure->limit > 0 && failure->hits >= failure->limit)
    return FALSE;
  return ++failure->seen % failure->period == 0;
}

const NlvFailure *
nlv_failures_strike (NlvFailures *self, NlvFailureKind kind, guint what)
{
  NlvFailure *first = NULL;

  for (guint i = 0; self != NULL && i < self->failures->len; i++)
    {
      NlvFailure *failure = g_ptr_array_index (self->failures, i);

      if (failure->kind == kind && (failure->what == 0 || failure->what == what) && strikes (failure) && first == NULL)
        first = failure;
    }
  if (first != NULL)
    first->hits++;
  return first;
}
