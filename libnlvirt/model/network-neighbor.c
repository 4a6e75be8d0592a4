/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The neighbours of a network: how they come and go, and what finds them. */
#include "model/network-keys.h"
#include "model/network-private.h"

#include <string.h>

/* A bridge looks for an address on all of its ports. */
static gboolean
is_forwarding (const NlvNeighborNode *node)
{
  return node->row.family == AF_BRIDGE && (node->row.flags & NTF_SELF) == 0;
}

static guint64
number_of (const guint8 *address)
{
  guint64 number = 0;

  memcpy (&number, address, 6);
  return number;
}

static void
enter_address (NlvNetwork *network, NlvNeighborNode *node)
{
  guint64 number = number_of (node->row.address);
  GPtrArray *rows = g_hash_table_lookup (network->forwarding, &number);

  if (rows == NULL)
    {
      rows = g_ptr_array_new ();
      g_hash_table_insert (network->forwarding, g_memdup2 (&number, sizeof number), rows);
    }
  node->place_of_address = rows->len;
  g_ptr_array_add (rows, node);
}

static void
forget_address (NlvNetwork *network, const NlvNeighborNode *node)
{
  guint64 number = number_of (node->row.address);
  GPtrArray *rows = g_hash_table_lookup (network->forwarding, &number);
  guint place = node->place_of_address;

  g_ptr_array_remove_index_fast (rows, place);
  if (place < rows->len)
    ((NlvNeighborNode *) g_ptr_array_index (rows, place))->place_of_address = place;
  if (rows->len == 0)
    g_hash_table_remove (network->forwarding, &number);
}

static void
enter_neighbor (NlvNetwork *network, NlvNeighborNode *node)
{
  GPtrArray *rows = nlv_list_of (network->neighbors_by_link, GUINT_TO_POINTER (node->row.link));

  node->place = rows->len;
  g_ptr_array_add (rows, node);
  if (is_forwarding (node))
    enter_address (network, node);
  g_hash_table_add (network->neighbor_set, node);
}

/* The last one of its link takes its place. */
static void
forget_neighbor (NlvNetwork *network, const NlvNeighborNode *node)
{
  gpointer link = GUINT_TO_POINTER (node->row.link);
  GPtrArray *rows = g_hash_table_lookup (network->neighbors_by_link, link);

  g_hash_table_remove (network->neighbor_set, node);
  g_ptr_array_remove_index_fast (rows, node->place);
  if (node->place < rows->len)
    ((NlvNeighborNode *) g_ptr_array_index (rows, node->place))->place = node->place;
  if (rows->len == 0)
    g_hash_table_remove (network->neighbors_by_link, link);
  if (is_forwarding (node))
    forget_address (network, node);
}

static NlvNeighbor *
add_neighbor (NlvNetwork *network, NlvNeighbor *row, guint64 sequence)
{
  NlvNeighborNode *node;

  if (g_hash_table_contains (network->neighbor_set, row))
    {
      nlv_neighbor_clear (row);
      return NULL;
    }
  node = g_new (NlvNeighborNode, 1);
  node->row = *row;
  row->extra = NULL;
  node->sequence = sequence;
  nlv_rows_add (&network->neighbors, node);
  enter_neighbor (network, node);
  nlv_network_row_added (network, NLV_ROW_NEIGHBOR, &network->neighbors, node, 0);
  return &node->row;
}

NlvNeighbor *
nlv_network_add_neighbor (NlvNetwork *network, NlvNeighbor *row)
{
  return add_neighbor (network, row, ++network->sequence);
}

NlvNeighbor *
nlv_network_add_neighbor_first (NlvNetwork *network, NlvNeighbor *row)
{
  return add_neighbor (network, row, -++network->sequence);
}

NlvNeighbor *
nlv_network_replace_neighbor (NlvNetwork *network, NlvNeighbor *row, NlvNeighbor *with)
{
  NlvNeighbor *there = nlv_network_find_neighbor (network, with);

  if (there != NULL && there != row)
    {
      nlv_neighbor_clear (with);
      nlv_network_remove_neighbor (network, row);
      return there;
    }
  forget_neighbor (network, (NlvNeighborNode *) row);
  nlv_neighbor_clear (row);
  *row = *with;
  with->extra = NULL;
  enter_neighbor (network, (NlvNeighborNode *) row);
  nlv_network_touch_neighbor (network, row);
  return row;
}

void
nlv_network_touch_neighbor (NlvNetwork *network, const NlvNeighbor *row)
{
  nlv_network_row_added (network, NLV_ROW_NEIGHBOR, &network->neighbors, row, 1);
}

void
nlv_network_remove_neighbor (NlvNetwork *network, NlvNeighbor *row)
{
  forget_neighbor (network, (NlvNeighborNode *) row);
  nlv_network_row_changed (network, NLV_ROW_NEIGHBOR, nlv_rows_remove (&network->neighbors, row), 1, 0);
}

guint
nlv_network_get_n_neighbors (NlvNetwork *network)
{
  return nlv_rows_get_size (&network->neighbors);
}

NlvNeighbor *
nlv_network_get_neighbor (NlvNetwork *network, guint position)
{
  return nlv_rows_get (&network->neighbors, position);
}

NlvNeighbor *
nlv_network_find_neighbor (NlvNetwork *network, const NlvNeighbor *like)
{
  gpointer node = NULL;

  g_hash_table_lookup_extended (network->neighbor_set, like, &node, NULL);
  return node;
}

const GPtrArray *
nlv_network_peek_forwarding (NlvNetwork *network, const guint8 address[6])
{
  guint64 number = number_of (address);

  return g_hash_table_lookup (network->forwarding, &number);
}

const GPtrArray *
nlv_network_peek_neighbors (NlvNetwork *network, guint32 link)
{
  return g_hash_table_lookup (network->neighbors_by_link, GUINT_TO_POINTER (link));
}

GPtrArray *
nlv_network_find_neighbors (NlvNetwork *network, guint32 link)
{
  return nlv_list_dup_sorted (nlv_network_peek_neighbors (network, link), nlv_compare_neighbors);
}

guint64
nlv_network_get_neighbor_key (NlvNetwork *network, const NlvNeighbor *row)
{
  return ((const NlvNeighborNode *) row)->sequence;
}

/* They are in this order. */
NlvNeighbor *
nlv_network_find_neighbor_by_key (NlvNetwork *network, guint64 key)
{
  guint low = 0, high = nlv_network_get_n_neighbors (network);

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      NlvNeighborNode *node = nlv_rows_get (&network->neighbors, middle);

      if (node->sequence == key)
        return &node->row;
      if ((gint64) node->sequence < (gint64) key)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

void
nlv_network_copy_neighbors (NlvNetwork *network, NlvNetwork *copy)
{
  for (guint i = 0; i < nlv_network_get_n_neighbors (network); i++)
    {
      const NlvNeighborNode *node = nlv_rows_get (&network->neighbors, i);
      NlvNeighbor row = node->row;

      row.extra = nlv_raw_attrs_copy (row.extra);
      add_neighbor (copy, &row, node->sequence);
    }
}
