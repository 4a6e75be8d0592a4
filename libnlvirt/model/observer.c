/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The observers of a network, told one after the other. */
#include "model/network-private.h"

typedef struct
{
  const NlvObserver *observer;
  gpointer owner;
} Entry;

void
nlv_observers_init (NlvObservers *self)
{
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
}

void
nlv_observers_clear (NlvObservers *self)
{
  g_clear_pointer (&self->entries, g_array_unref);
}

void
nlv_network_add_observer (NlvNetwork *network, const NlvObserver *observer, gpointer owner)
{
  const Entry entry = { observer, owner };

  g_array_append_val (network->observers.entries, entry);
}

void
nlv_network_remove_observer (NlvNetwork *network, const NlvObserver *observer, gpointer owner)
{
  GArray *entries = network->observers.entries;

  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);

      if (entry->observer != observer || entry->owner != owner)
        continue;
      g_array_remove_index (entries, i);
      return;
    }
}

#define FOR_EACH(network, member, ...)                                                                                 \
  for (guint i_ = 0; i_ < (network)->observers.entries->len; i_++)                                                     \
    {                                                                                                                  \
      const Entry entry_ = g_array_index ((network)->observers.entries, Entry, i_);                                    \
                                                                                                                       \
      if (entry_.observer->member != NULL)                                                                             \
        entry_.observer->member (entry_.owner, ##__VA_ARGS__);                                                         \
    }

void
nlv_network_hold (NlvNetwork *network)
{
  nlv_network_ref (network);
  network->observers.holds++;
}

/* An observer may well leave when it is told, or have the network changed again;
 * who is passed over then is told by the next round. */
void
nlv_network_release (NlvNetwork *network)
{
  NlvObservers *self = &network->observers;

  while (self->holds == 1 && self->unsettled)
    {
      self->unsettled = FALSE;
      FOR_EACH (network, settled);
    }
  self->holds--;
  nlv_network_unref (network);
}

gboolean
nlv_network_let_go (NlvNetwork *network)
{
  NlvObservers *self = &network->observers;
  gboolean left = --self->holds == 0 && self->unsettled;

  nlv_network_unref (network);
  return left;
}

gboolean
nlv_network_has_listeners (NlvNetwork *network, guint group)
{
  const GArray *entries = network->observers.entries;

  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);

      if (entry->observer->listens != NULL && entry->observer->listens (entry->owner, group))
        return TRUE;
    }
  return FALSE;
}

void
nlv_network_send_event (NlvNetwork *network, const NlvEvent *event)
{
  FOR_EACH (network, event, event);
}

/* What is changed outside of a hold has settled at once. */
void
nlv_network_changed (NlvNetwork *network)
{
  network->observers.unsettled = TRUE;
  if (network->observers.holds > 0)
    return;
  nlv_network_hold (network);
  nlv_network_release (network);
}

gboolean
nlv_network_is_watched (NlvNetwork *network)
{
  const GArray *entries = network->observers.entries;

  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);

      if (entry->observer->row_changed != NULL &&
          (entry->observer->watches == NULL || entry->observer->watches (entry->owner)))
        return TRUE;
    }
  return FALSE;
}

void
nlv_network_row_changed (NlvNetwork *network, NlvRowKind kind, guint position, guint n_removed, guint n_added)
{
  FOR_EACH (network, row_changed, kind, position, n_removed, n_added);
  nlv_network_changed (network);
}

void
nlv_network_row_added (NlvNetwork *network, NlvRowKind kind, NlvRows *rows, gconstpointer row, guint n_removed)
{
  if (nlv_network_is_watched (network))
    nlv_network_row_changed (network, kind, nlv_rows_find (rows, row), n_removed, 1);
  else
    nlv_network_changed (network);
}

void
nlv_network_touch_link (NlvNetwork *network, const NlvLink *link)
{
  network->generation++;
  FOR_EACH (network, link_changed, link->index);
  nlv_network_changed (network);
}

void
nlv_network_deadline_changed (NlvNetwork *network)
{
  FOR_EACH (network, deadline_changed);
}
