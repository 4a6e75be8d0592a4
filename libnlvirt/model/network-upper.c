/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which links stand on which, found by the one below. */
#include "model/device/link-kind.h"
#include "model/network-keys.h"
#include "model/network-private.h"

static gpointer
key_of (guint32 index)
{
  return GUINT_TO_POINTER (index);
}

void
nlv_network_forget_lower (NlvNetwork *network, NlvLink *link)
{
  gpointer lower = key_of (link->found_on);
  GPtrArray *uppers = g_hash_table_lookup (network->links_by_lower, lower);

  if (link->found_on == 0)
    return;
  g_ptr_array_remove_fast (uppers, link);
  if (uppers->len == 0)
    g_hash_table_remove (network->links_by_lower, lower);
  link->found_on = 0;
}

void
nlv_network_note_lower (NlvNetwork *network, NlvLink *link)
{
  guint32 lower = nlv_link_get_lower (link);

  if (lower == link->found_on)
    return;
  nlv_network_forget_lower (network, link);
  link->found_on = lower;
  if (lower != 0)
    g_ptr_array_add (nlv_list_of (network->links_by_lower, key_of (lower)), link);
}

const GPtrArray *
nlv_network_peek_uppers (NlvNetwork *network, guint32 lower)
{
  return g_hash_table_lookup (network->links_by_lower, key_of (lower));
}

GPtrArray *
nlv_network_find_uppers (NlvNetwork *network, guint32 lower)
{
  return nlv_list_dup_sorted (nlv_network_peek_uppers (network, lower), nlv_compare_link_ages);
}
