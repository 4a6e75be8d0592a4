/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fake network: what it is made of, and its rules, nexthops and objects. Its links,
 * addresses, neighbours and routes are in network-*.c. */
#include "model/network-private.h"

#include "model/network-keys.h"

#define USUAL_ROOM ((gsize) 1 << 30)

#define DEFINE_FREE(name, clear)                                                                                       \
  static void name (gpointer data)                                                                                     \
  {                                                                                                                    \
    clear (data);                                                                                                      \
    g_free (data);                                                                                                     \
  }

/* A row is the first member of its node. */
DEFINE_FREE (free_link, nlv_link_clear)
DEFINE_FREE (free_address, nlv_address_clear)
DEFINE_FREE (free_rule, nlv_rule_clear)
DEFINE_FREE (free_neighbor, nlv_neighbor_clear)
DEFINE_FREE (free_nexthop, nlv_nexthop_object_clear)
DEFINE_FREE (free_object, nlv_object_clear)

/* --- the network ------------------------------------------------------------ */

NlvNetwork *
nlv_network_new (void)
{
  NlvNetwork *network = g_new0 (NlvNetwork, 1);

  g_atomic_ref_count_init (&network->references);
  nlv_rows_init (&network->links, nlv_compare_links, free_link);
  nlv_rows_init (&network->links_by_age, nlv_compare_link_ages, NULL);
  nlv_rows_init (&network->addresses, nlv_compare_addresses, free_address);
  nlv_rows_init (&network->rules, nlv_compare_rules, free_rule);
  nlv_rows_init (&network->neighbors, nlv_compare_neighbors, free_neighbor);
  nlv_rows_init (&network->nexthops, nlv_compare_nexthops, free_nexthop);
  network->objects = g_ptr_array_new_with_free_func (free_object);
  network->links_by_index = g_hash_table_new (NULL, NULL);
  network->links_by_lower = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  network->links_by_name = g_hash_table_new (g_str_hash, g_str_equal);
  network->links_by_alt_name = g_hash_table_new (g_str_hash, g_str_equal);
  network->address_set = g_hash_table_new (nlv_hash_address, nlv_equal_addresses);
  network->subnets = g_hash_table_new_full (nlv_hash_subnet, nlv_equal_subnets, g_free, NULL);
  network->neighbor_set = g_hash_table_new (nlv_hash_neighbor, nlv_equal_neighbors);
  network->neighbors_by_link = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
  network->forwarding =
    g_hash_table_new_full (nlv_hash_number, g_int64_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  network->nexthops_by_id = g_hash_table_new (NULL, NULL);
  network->fib = nlv_fib_new ();
  network->room = USUAL_ROOM;
  nlv_observers_init (&network->observers);
  nlv_timers_init (&network->timers);
  nlv_link_watch_init (&network->link_watch);
  return network;
}

NlvNetwork *
nlv_network_ref (NlvNetwork *network)
{
  g_atomic_ref_count_inc (&network->references);
  return network;
}

static void
clear_globals (NlvGlobals *globals)
{
  for (guint i = 0; i < NLV_N_NETWORK_SETTINGS; i++)
    g_clear_pointer (&globals->settings[i], g_array_unref);
  g_clear_pointer (&globals->labels, g_array_unref);
  g_clear_pointer (&globals->namespaces, g_array_unref);
  g_clear_pointer (&globals->kinds, g_ptr_array_unref);
}

static void
copy_globals (const NlvGlobals *globals, NlvGlobals *copy)
{
  *copy = *globals;
  for (guint i = 0; i < NLV_N_NETWORK_SETTINGS; i++)
    copy->settings[i] = nlv_settings_copy (globals->settings[i]);
  copy->labels = globals->labels != NULL ? g_array_copy (globals->labels) : NULL;
  copy->namespaces = globals->namespaces != NULL ? g_array_copy (globals->namespaces) : NULL;
  copy->kinds = globals->kinds != NULL ? g_ptr_array_ref (globals->kinds) : NULL;
}

void
nlv_network_unref (NlvNetwork *network)
{
  if (!g_atomic_ref_count_dec (&network->references))
    return;
  g_hash_table_unref (network->links_by_index);
  g_hash_table_unref (network->links_by_lower);
  g_hash_table_unref (network->links_by_name);
  g_hash_table_unref (network->links_by_alt_name);
  g_hash_table_unref (network->address_set);
  g_hash_table_unref (network->subnets);
  g_hash_table_unref (network->neighbor_set);
  g_hash_table_unref (network->neighbors_by_link);
  g_hash_table_unref (network->forwarding);
  g_hash_table_unref (network->nexthops_by_id);
  nlv_rows_clear (&network->links_by_age);
  nlv_rows_clear (&network->links);
  nlv_rows_clear (&network->addresses);
  nlv_rows_clear (&network->rules);
  nlv_rows_clear (&network->neighbors);
  nlv_rows_clear (&network->nexthops);
  g_ptr_array_unref (network->objects);
  clear_globals (&network->globals);
  nlv_fib_free (network->fib);
  nlv_observers_clear (&network->observers);
  nlv_timers_clear (&network->timers);
  nlv_link_watch_clear (&network->link_watch);
  g_free (network);
}

guint
nlv_network_get_generation (NlvNetwork *network)
{
  return network->generation;
}

NlvGlobals *
nlv_network_get_globals (NlvNetwork *network)
{
  return &network->globals;
}

guint64
nlv_network_tell_time (NlvNetwork *network, guint64 now)
{
  if (!network->clock_runs)
    {
      network->clock_start = now;
      network->clock_runs = TRUE;
      nlv_network_begin (network);
      nlv_network_deadline_changed (network);
    }
  return network->globals.clock + (now > network->clock_start ? now - network->clock_start : 0);
}

/* --- rules, nexthops and objects -------------------------------------------- */

static NlvRule *
add_rule (NlvNetwork *network, NlvRule *row, guint64 sequence)
{
  NlvRuleNode *node = g_new (NlvRuleNode, 1);

  node->row = *row;
  row->extra = NULL;
  node->sequence = sequence;
  nlv_rows_add (&network->rules, node);
  nlv_network_row_added (network, NLV_ROW_RULE, &network->rules, node, 0);
  return &node->row;
}

NlvRule *
nlv_network_add_rule (NlvNetwork *network, NlvRule *row)
{
  return add_rule (network, row, ++network->sequence);
}

NlvNexthopObject *
nlv_network_add_nexthop (NlvNetwork *network, NlvNexthopObject *row)
{
  NlvNexthopObject *node;

  if (nlv_network_find_nexthop (network, row->id) != NULL)
    {
      nlv_nexthop_object_clear (row);
      return NULL;
    }
  node = g_memdup2 (row, sizeof *row);
  *row = (NlvNexthopObject){ 0 };
  nlv_rows_add (&network->nexthops, node);
  g_hash_table_insert (network->nexthops_by_id, GUINT_TO_POINTER (node->id), node);
  return node;
}

NlvObject *
nlv_network_add_object (NlvNetwork *network, NlvObject *row)
{
  NlvObject *node = g_memdup2 (row, sizeof *row);

  *row = (NlvObject){ 0 };
  g_ptr_array_add (network->objects, node);
  return node;
}

void
nlv_network_remove_rule (NlvNetwork *network, NlvRule *row)
{
  nlv_network_row_changed (network, NLV_ROW_RULE, nlv_rows_remove (&network->rules, row), 1, 0);
}

void
nlv_network_remove_object (NlvNetwork *network, NlvObject *row)
{
  g_ptr_array_remove (network->objects, row);
}

void
nlv_network_remove_objects (NlvNetwork *network, gboolean (*match) (const NlvObject *row, gpointer user_data),
                            gpointer user_data)
{
  g_autoptr (GPtrArray) all = network->objects;

  network->objects = g_ptr_array_new_with_free_func (free_object);
  g_ptr_array_set_free_func (all, NULL);
  for (guint i = 0; i < all->len; i++)
    {
      NlvObject *row = g_ptr_array_index (all, i);

      if (match (row, user_data))
        free_object (row);
      else
        g_ptr_array_add (network->objects, row);
    }
}

void
nlv_network_remove_nexthop (NlvNetwork *network, NlvNexthopObject *row)
{
  g_hash_table_remove (network->nexthops_by_id, GUINT_TO_POINTER (row->id));
  nlv_rows_remove (&network->nexthops, row);
}

guint
nlv_network_get_n_rules (NlvNetwork *network)
{
  return nlv_rows_get_size (&network->rules);
}

NlvRule *
nlv_network_get_rule (NlvNetwork *network, guint position)
{
  return nlv_rows_get (&network->rules, position);
}

guint
nlv_network_get_n_nexthops (NlvNetwork *network)
{
  return nlv_rows_get_size (&network->nexthops);
}

NlvNexthopObject *
nlv_network_get_nexthop (NlvNetwork *network, guint position)
{
  return nlv_rows_get (&network->nexthops, position);
}

guint
nlv_network_get_n_objects (NlvNetwork *network)
{
  return network->objects->len;
}

NlvObject *
nlv_network_get_object (NlvNetwork *network, guint position)
{
  return position < network->objects->len ? g_ptr_array_index (network->objects, position) : NULL;
}

NlvNexthopObject *
nlv_network_find_nexthop (NlvNetwork *network, guint32 id)
{
  return g_hash_table_lookup (network->nexthops_by_id, GUINT_TO_POINTER (id));
}

guint32
nlv_network_free_nexthop_id (NlvNetwork *network)
{
  do
    network->last_nexthop_id++;
  while (network->last_nexthop_id == 0 || nlv_network_find_nexthop (network, network->last_nexthop_id) != NULL);
  return network->last_nexthop_id;
}

guint64
nlv_network_next_sequence (NlvNetwork *network)
{
  return ++network->sequence;
}

/* --- a copy ----------------------------------------------------------------- */

NlvNetwork *
nlv_network_copy (NlvNetwork *network)
{
  NlvNetwork *copy = nlv_network_new ();

  nlv_network_copy_links (network, copy);
  nlv_network_copy_addresses (network, copy);
  nlv_network_copy_neighbors (network, copy);
  for (guint i = 0; i < nlv_network_get_n_rules (network); i++)
    {
      const NlvRuleNode *node = nlv_rows_get (&network->rules, i);
      NlvRule row = node->row;

      row.extra = nlv_raw_attrs_copy (row.extra);
      add_rule (copy, &row, node->sequence);
    }
  for (guint i = 0; i < nlv_network_get_n_nexthops (network); i++)
    {
      NlvNexthopObject row;

      nlv_nexthop_object_copy (nlv_network_get_nexthop (network, i), &row);
      nlv_network_add_nexthop (copy, &row);
    }
  for (guint i = 0; i < network->objects->len; i++)
    {
      NlvObject row = *nlv_network_get_object (network, i);

      g_bytes_ref (row.body);
      nlv_network_add_object (copy, &row);
    }
  copy_globals (&network->globals, &copy->globals);
  copy->room = network->room;
  copy->clock_runs = network->clock_runs;
  copy->clock_start = network->clock_start;
  nlv_timers_copy (&network->timers, &copy->timers);
  nlv_link_watch_copy (&network->link_watch, &copy->link_watch);
  nlv_fib_free (copy->fib);
  copy->fib = nlv_fib_copy (network->fib);
  copy->sequence = network->sequence;
  copy->last_free_index = network->last_free_index;
  copy->last_nexthop_id = network->last_nexthop_id;
  copy->n_drawn_addresses = network->n_drawn_addresses;
  copy->generation = network->generation;
  return copy;
}
