/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The failures of a session or a socket: what the application lists and what
 * the netlink layer asks are kept the same here. */
#include "nlvirt-failure-private.h"

void
nlvirt_failure_list_init (NlvirtFailureList *self)
{
  self->store = g_list_store_new (NLVIRT_TYPE_FAILURE);
  self->set = nlv_failures_new ();
}

void
nlvirt_failure_list_clear (NlvirtFailureList *self)
{
  g_clear_object (&self->store);
  g_clear_pointer (&self->set, nlv_failures_unref);
}

void
nlvirt_failure_list_add (NlvirtFailureList *self, NlvirtFailure *failure)
{
  nlv_failures_add (self->set, nlvirt_failure_get_failure (failure));
  g_list_store_append (self->store, failure);
}

gboolean
nlvirt_failure_list_remove (NlvirtFailureList *self, NlvirtFailure *failure)
{
  guint position;

  if (!g_list_store_find (self->store, failure, &position))
    return FALSE;
  nlv_failures_remove (self->set, nlvirt_failure_get_failure (failure));
  g_list_store_remove (self->store, position);
  return TRUE;
}
