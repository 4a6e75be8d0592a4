/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The links of a network: their names and their memory, how they come and go, and what
 * finds them. */
#include "model/network-private.h"

#include <string.h>

const char *
nlv_link_name_fault (const char *name)
{
  if (name[0] == '\0' || strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    return "expected a name";
  if (strlen (name) >= IFNAMSIZ)
    return "expected a name of at most 15 bytes";
  for (; *name != '\0'; name++)
    if (*name == '/' || *name == ':' || g_ascii_isspace (*name) || *name == '\v')
      return "expected a name without “/”, “:” and white space";
  return NULL;
}

gboolean
nlv_link_name_has_sysctls (const char *name)
{
  return strcmp (name, "all") != 0 && strcmp (name, "default") != 0;
}

void
nlv_link_init (NlvLink *link)
{
  *link = (NlvLink){ .lower_netns = -1 };
}

void
nlv_link_clear (NlvLink *link)
{
  g_clear_pointer (&link->alt_names, g_ptr_array_unref);
  g_clear_pointer (&link->alias, g_free);
  g_clear_pointer (&link->kind, g_free);
  g_clear_pointer (&link->kind_data, g_bytes_unref);
  g_clear_pointer (&link->slave_kind, g_free);
  g_clear_pointer (&link->slave_data, g_bytes_unref);
  g_clear_pointer (&link->qdisc, g_free);
  for (guint i = 0; i < NLV_N_LINK_SETTINGS; i++)
    g_clear_pointer (&link->settings[i], g_array_unref);
  for (guint i = 0; i < NLV_N_GROUPS; i++)
    g_clear_pointer (&link->groups[i], g_array_unref);
  g_clear_pointer (&link->extra, g_array_unref);
}

static GBytes *
ref_bytes (GBytes *bytes)
{
  return bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

gboolean
nlv_link_is_kind (const NlvLink *link, const char *kind)
{
  return link != NULL && g_strcmp0 (link->kind, kind) == 0;
}

void
nlv_link_copy (const NlvLink *link, NlvLink *copy)
{
  *copy = *link;
  copy->alias = g_strdup (link->alias);
  copy->kind = g_strdup (link->kind);
  copy->kind_data = ref_bytes (link->kind_data);
  copy->slave_kind = g_strdup (link->slave_kind);
  copy->slave_data = ref_bytes (link->slave_data);
  copy->qdisc = g_strdup (link->qdisc);
  if (link->alt_names != NULL)
    {
      copy->alt_names = g_ptr_array_new_with_free_func (g_free);
      for (guint i = 0; i < link->alt_names->len; i++)
        g_ptr_array_add (copy->alt_names, g_strdup (g_ptr_array_index (link->alt_names, i)));
    }
  for (guint i = 0; i < NLV_N_LINK_SETTINGS; i++)
    copy->settings[i] = nlv_settings_copy (link->settings[i]);
  for (guint i = 0; i < NLV_N_GROUPS; i++)
    copy->groups[i] = link->groups[i] != NULL ? g_array_copy (link->groups[i]) : NULL;
  copy->extra = nlv_raw_attrs_copy (link->extra);
}

/* --- in the network --------------------------------------------------------- */

static gboolean
link_names_taken (NlvNetwork *network, const NlvLink *row)
{
  if (nlv_network_find_link_by_name (network, row->name) != NULL)
    return TRUE;
  for (guint i = 0; row->alt_names != NULL && i < row->alt_names->len; i++)
    if (nlv_network_find_link_by_name (network, g_ptr_array_index (row->alt_names, i)) != NULL)
      return TRUE;
  return FALSE;
}

static NlvLink *
add_link (NlvNetwork *network, NlvLink *row, guint64 sequence)
{
  NlvLink *node;

  if (nlv_network_find_link (network, row->index) != NULL || link_names_taken (network, row))
    {
      nlv_link_clear (row);
      return NULL;
    }
  node = g_new (NlvLink, 1);
  *node = *row;
  *row = (NlvLink){ 0 };
  node->sequence = sequence;
  node->transmits = node->carrier && (node->flags & IFF_UP) != 0;
  node->found_on = 0;
  nlv_network_note_lower (network, node);
  nlv_rows_add (&network->links, node);
  nlv_rows_add (&network->links_by_age, node);
  g_hash_table_insert (network->links_by_index, GUINT_TO_POINTER (node->index), node);
  g_hash_table_insert (network->links_by_name, node->name, node);
  for (guint i = 0; node->alt_names != NULL && i < node->alt_names->len; i++)
    g_hash_table_insert (network->links_by_alt_name, g_ptr_array_index (node->alt_names, i), node);
  network->generation++;
  nlv_network_row_added (network, NLV_ROW_LINK, &network->links, node, 0);
  return node;
}

NlvLink *
nlv_network_add_link (NlvNetwork *network, NlvLink *row)
{
  return add_link (network, row, ++network->sequence);
}

void
nlv_network_remove_link (NlvNetwork *network, NlvLink *row)
{
  g_hash_table_remove (network->links_by_index, GUINT_TO_POINTER (row->index));
  g_hash_table_remove (network->links_by_name, row->name);
  nlv_network_forget_lower (network, row);
  for (guint i = 0; row->alt_names != NULL && i < row->alt_names->len; i++)
    g_hash_table_remove (network->links_by_alt_name, g_ptr_array_index (row->alt_names, i));
  nlv_rows_remove (&network->links_by_age, row);
  network->generation++;
  nlv_network_row_changed (network, NLV_ROW_LINK, nlv_rows_remove (&network->links, row), 1, 0);
}

gboolean
nlv_network_rename_link (NlvNetwork *network, NlvLink *row, const char *name)
{
  if (strlen (name) >= IFNAMSIZ || nlv_network_find_link_by_name (network, name) != NULL)
    return FALSE;
  g_hash_table_remove (network->links_by_name, row->name);
  g_strlcpy (row->name, name, sizeof row->name);
  g_hash_table_insert (network->links_by_name, row->name, row);
  network->generation++;
  return TRUE;
}

gboolean
nlv_network_add_alt_name (NlvNetwork *network, NlvLink *row, const char *name)
{
  if (strlen (name) >= NLV_ALT_NAME_SIZE || nlv_network_find_link_by_name (network, name) != NULL)
    return FALSE;
  if (row->alt_names == NULL)
    row->alt_names = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (row->alt_names, g_strdup (name));
  g_hash_table_insert (network->links_by_alt_name, g_ptr_array_index (row->alt_names, row->alt_names->len - 1), row);
  nlv_network_touch_link (network, row);
  return TRUE;
}

gboolean
nlv_network_remove_alt_name (NlvNetwork *network, NlvLink *row, const char *name)
{
  for (guint i = 0; row->alt_names != NULL && i < row->alt_names->len; i++)
    {
      if (strcmp (g_ptr_array_index (row->alt_names, i), name) != 0)
        continue;
      g_hash_table_remove (network->links_by_alt_name, name);
      g_ptr_array_remove_index (row->alt_names, i);
      if (row->alt_names->len == 0)
        g_clear_pointer (&row->alt_names, g_ptr_array_unref);
      nlv_network_touch_link (network, row);
      return TRUE;
    }
  return FALSE;
}

void
nlv_network_order_links (NlvNetwork *network, const guint32 *indexes, guint n)
{
  guint64 others = network->sequence;

  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      NlvLink *link = nlv_network_get_link_by_age (network, i);

      link->sequence += others + n;
      network->sequence = MAX (network->sequence, link->sequence);
    }
  for (guint i = 0; i < n; i++)
    {
      NlvLink *link = nlv_network_find_link (network, indexes[i]);

      if (link != NULL)
        link->sequence = others + 1 + i;
    }
  nlv_rows_reorder (&network->links_by_age);
}

guint
nlv_network_get_n_links (NlvNetwork *network)
{
  return nlv_rows_get_size (&network->links);
}

NlvLink *
nlv_network_get_link (NlvNetwork *network, guint position)
{
  return nlv_rows_get (&network->links, position);
}

NlvLink *
nlv_network_get_link_by_age (NlvNetwork *network, guint position)
{
  return nlv_rows_get (&network->links_by_age, position);
}

NlvLink *
nlv_network_find_link (NlvNetwork *network, guint32 index)
{
  return g_hash_table_lookup (network->links_by_index, GUINT_TO_POINTER (index));
}

NlvLink *
nlv_network_find_link_by_own_name (NlvNetwork *network, const char *name)
{
  return g_hash_table_lookup (network->links_by_name, name);
}

NlvLink *
nlv_network_find_link_by_name (NlvNetwork *network, const char *name)
{
  NlvLink *link = nlv_network_find_link_by_own_name (network, name);

  return link != NULL ? link : g_hash_table_lookup (network->links_by_alt_name, name);
}

void
nlv_network_begin_indices (NlvNetwork *network)
{
  /* One far above the others has been asked for, or was brought from another
   * namespace: the kernel does not go on from there. */
  const guint32 far = 100;

  if (network->last_free_index != 0)
    return;
  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      guint32 index = nlv_network_get_link (network, i)->index;

      if (index - network->last_free_index < far)
        network->last_free_index = index;
    }
}

/* dev_index_reserve() goes up from the last one and starts again at 1. */
guint32
nlv_network_free_index (NlvNetwork *network)
{
  nlv_network_begin_indices (network);
  do
    network->last_free_index = network->last_free_index >= G_MAXINT32 ? 1 : network->last_free_index + 1;
  while (nlv_network_find_link (network, network->last_free_index) != NULL);
  return network->last_free_index;
}

void
nlv_network_copy_links (NlvNetwork *network, NlvNetwork *copy)
{
  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      NlvLink link;

      nlv_link_copy (nlv_network_get_link (network, i), &link);
      add_link (copy, &link, link.sequence);
    }
}
