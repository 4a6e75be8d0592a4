/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fake network: owns its rows, and finds them by position, index, name
 * and equality. */
#include "model/network-private.h"

#include "model/network-keys.h"

#include <string.h>

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
  network->links_by_name = g_hash_table_new (g_str_hash, g_str_equal);
  network->links_by_alt_name = g_hash_table_new (g_str_hash, g_str_equal);
  network->address_set = g_hash_table_new (nlv_hash_address, nlv_equal_addresses);
  network->subnets = g_hash_table_new_full (nlv_hash_subnet, nlv_equal_subnets, g_free, NULL);
  network->neighbor_set = g_hash_table_new (nlv_hash_neighbor, nlv_equal_neighbors);
  network->neighbors_by_link = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
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
  g_hash_table_unref (network->links_by_name);
  g_hash_table_unref (network->links_by_alt_name);
  g_hash_table_unref (network->address_set);
  g_hash_table_unref (network->subnets);
  g_hash_table_unref (network->neighbor_set);
  g_hash_table_unref (network->neighbors_by_link);
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

/* --- telling ---------------------------------------------------------------- */

/* A row has come, or another has come in its place. */
static void
tell_added (NlvNetwork *network, NlvRowKind kind, NlvRows *rows, gconstpointer row, guint n_removed)
{
  if (nlv_network_is_watched (network))
    nlv_network_row_changed (network, kind, nlv_rows_find (rows, row), n_removed, 1);
  else
    nlv_network_changed (network);
}

void
nlv_network_touch_address (NlvNetwork *network, const NlvAddress *row)
{
  network->generation++;
  tell_added (network, NLV_ROW_ADDRESS, &network->addresses, row, 1);
}

void
nlv_network_touch_neighbor (NlvNetwork *network, const NlvNeighbor *row)
{
  tell_added (network, NLV_ROW_NEIGHBOR, &network->neighbors, row, 1);
}

/* --- adding ----------------------------------------------------------------- */

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
  nlv_rows_add (&network->links, node);
  nlv_rows_add (&network->links_by_age, node);
  g_hash_table_insert (network->links_by_index, GUINT_TO_POINTER (node->index), node);
  g_hash_table_insert (network->links_by_name, node->name, node);
  for (guint i = 0; node->alt_names != NULL && i < node->alt_names->len; i++)
    g_hash_table_insert (network->links_by_alt_name, g_ptr_array_index (node->alt_names, i), node);
  network->generation++;
  tell_added (network, NLV_ROW_LINK, &network->links, node, 0);
  return node;
}

NlvLink *
nlv_network_add_link (NlvNetwork *network, NlvLink *row)
{
  return add_link (network, row, ++network->sequence);
}

static NlvSubnet
subnet_of (const NlvAddress *address)
{
  return (NlvSubnet){ .link = address->link,
                      .network = address->peer.v4 & nlv_ipv4_mask (address->prefix_length),
                      .prefix_length = address->prefix_length };
}

/* Whether an IPv4 address is primary is no choice of the caller's: in each
 * subnet of a link the first one is. */
static void
enter_subnet (NlvNetwork *network, NlvAddress *address)
{
  NlvSubnet key = subnet_of (address), *subnet = g_hash_table_lookup (network->subnets, &key);

  if (subnet != NULL)
    address->flags |= IFA_F_SECONDARY;
  else
    {
      address->flags &= ~(guint32) IFA_F_SECONDARY;
      subnet = g_memdup2 (&key, sizeof key);
      g_hash_table_add (network->subnets, subnet);
    }
  subnet->n_addresses++;
}

static NlvAddress *
add_address (NlvNetwork *network, NlvAddress *row, guint64 sequence)
{
  NlvAddressNode *node;

  if (g_hash_table_contains (network->address_set, row))
    {
      nlv_address_clear (row);
      return NULL;
    }
  node = g_new (NlvAddressNode, 1);
  node->row = *row;
  row->extra = NULL;
  node->sequence = sequence;
  if (node->row.family == AF_INET)
    enter_subnet (network, &node->row);
  nlv_rows_add (&network->addresses, node);
  g_hash_table_add (network->address_set, node);
  network->generation++;
  tell_added (network, NLV_ROW_ADDRESS, &network->addresses, node, 0);
  return &node->row;
}

NlvAddress *
nlv_network_add_address (NlvNetwork *network, NlvAddress *row)
{
  return add_address (network, row, ++network->sequence);
}

static NlvRule *
add_rule (NlvNetwork *network, NlvRule *row, guint64 sequence)
{
  NlvRuleNode *node = g_new (NlvRuleNode, 1);

  node->row = *row;
  row->extra = NULL;
  node->sequence = sequence;
  nlv_rows_add (&network->rules, node);
  tell_added (network, NLV_ROW_RULE, &network->rules, node, 0);
  return &node->row;
}

NlvRule *
nlv_network_add_rule (NlvNetwork *network, NlvRule *row)
{
  return add_rule (network, row, ++network->sequence);
}

static void
enter_neighbor (NlvNetwork *network, NlvNeighborNode *node)
{
  gpointer link = GUINT_TO_POINTER (node->row.link);
  GPtrArray *rows = g_hash_table_lookup (network->neighbors_by_link, link);

  if (rows == NULL)
    {
      rows = g_ptr_array_new ();
      g_hash_table_insert (network->neighbors_by_link, link, rows);
    }
  node->place = rows->len;
  g_ptr_array_add (rows, node);
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
  tell_added (network, NLV_ROW_NEIGHBOR, &network->neighbors, node, 0);
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

NlvNetwork *
nlv_network_copy (NlvNetwork *network)
{
  NlvNetwork *copy = nlv_network_new ();
  guint n_addresses = nlv_network_get_n_addresses (network);

  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      NlvLink link;

      nlv_link_copy (nlv_network_get_link (network, i), &link);
      add_link (copy, &link, link.sequence);
    }
  for (guint i = 0; i < n_addresses; i++)
    {
      const NlvAddressNode *node = nlv_rows_get (&network->addresses, i);
      NlvAddress row = node->row;

      row.extra = nlv_raw_attrs_copy (row.extra);
      add_address (copy, &row, node->sequence);
    }
  for (guint i = 0; i < nlv_network_get_n_rules (network); i++)
    {
      const NlvRuleNode *node = nlv_rows_get (&network->rules, i);
      NlvRule row = node->row;

      row.extra = nlv_raw_attrs_copy (row.extra);
      add_rule (copy, &row, node->sequence);
    }
  for (guint i = 0; i < nlv_network_get_n_neighbors (network); i++)
    {
      const NlvNeighborNode *node = nlv_rows_get (&network->neighbors, i);
      NlvNeighbor row = node->row;

      row.extra = nlv_raw_attrs_copy (row.extra);
      add_neighbor (copy, &row, node->sequence);
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
  copy->n_drawn_addresses = network->n_drawn_addresses;
  copy->generation = network->generation;
  return copy;
}

/* --- removing --------------------------------------------------------------- */

void
nlv_network_remove_link (NlvNetwork *network, NlvLink *row)
{
  g_hash_table_remove (network->links_by_index, GUINT_TO_POINTER (row->index));
  g_hash_table_remove (network->links_by_name, row->name);
  for (guint i = 0; row->alt_names != NULL && i < row->alt_names->len; i++)
    g_hash_table_remove (network->links_by_alt_name, g_ptr_array_index (row->alt_names, i));
  nlv_rows_remove (&network->links_by_age, row);
  network->generation++;
  nlv_network_row_changed (network, NLV_ROW_LINK, nlv_rows_remove (&network->links, row), 1, 0);
}

/* Out of all that finds it but its place in the order. */
static void
forget_address (NlvNetwork *network, const NlvAddress *row)
{
  g_hash_table_remove (network->address_set, row);
  if (row->family == AF_INET)
    {
      NlvSubnet key = subnet_of (row), *subnet = g_hash_table_lookup (network->subnets, &key);

      if (subnet != NULL && --subnet->n_addresses == 0)
        g_hash_table_remove (network->subnets, &key);
    }
  network->generation++;
}

void
nlv_network_remove_address (NlvNetwork *network, NlvAddress *row)
{
  forget_address (network, row);
  nlv_network_row_changed (network, NLV_ROW_ADDRESS, nlv_rows_remove (&network->addresses, row), 1, 0);
}

void
nlv_network_steal_address (NlvNetwork *network, NlvAddress *row, NlvAddress *out)
{
  guint position;

  forget_address (network, row);
  position = nlv_rows_steal (&network->addresses, row);
  *out = *row;
  g_free (row);
  nlv_network_row_changed (network, NLV_ROW_ADDRESS, position, 1, 0);
}

void
nlv_network_promote_address (NlvNetwork *network, NlvAddress *row)
{
  NlvAddressNode *node = (NlvAddressNode *) row;

  nlv_network_row_changed (network, NLV_ROW_ADDRESS, nlv_rows_steal (&network->addresses, row), 1, 0);
  row->flags &= ~(guint32) IFA_F_SECONDARY;
  node->sequence = ++network->sequence;
  network->generation++;
  nlv_rows_add (&network->addresses, row);
  tell_added (network, NLV_ROW_ADDRESS, &network->addresses, row, 0);
}

void
nlv_network_remove_rule (NlvNetwork *network, NlvRule *row)
{
  nlv_network_row_changed (network, NLV_ROW_RULE, nlv_rows_remove (&network->rules, row), 1, 0);
}

void
nlv_network_remove_neighbor (NlvNetwork *network, NlvNeighbor *row)
{
  forget_neighbor (network, (NlvNeighborNode *) row);
  nlv_network_row_changed (network, NLV_ROW_NEIGHBOR, nlv_rows_remove (&network->neighbors, row), 1, 0);
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

/* --- reading ---------------------------------------------------------------- */

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

guint
nlv_network_get_n_addresses (NlvNetwork *network)
{
  return nlv_rows_get_size (&network->addresses);
}

NlvAddress *
nlv_network_get_address (NlvNetwork *network, guint position)
{
  return nlv_rows_get (&network->addresses, position);
}

guint
nlv_network_find_addresses (NlvNetwork *network, guint8 family, guint32 link)
{
  /* What comes before all others of this link. */
  const NlvAddressNode first = {
    .row = { .family = family, .link = link, .scope = G_MAXUINT8, .local.bytes = { 0xff, 0x0f } },
    .sequence = family == AF_INET6 ? G_MAXUINT64 : 0,
  };

  return nlv_rows_find (&network->addresses, &first);
}

NlvAddress *
nlv_network_get_link_address (NlvNetwork *network, guint8 family, guint32 link, guint position)
{
  NlvAddress *address = nlv_rows_get (&network->addresses, position);

  return address != NULL && address->family == family && address->link == link ? address : NULL;
}

NlvAddress *
nlv_network_find_address (NlvNetwork *network, const NlvAddress *like)
{
  return g_hash_table_lookup (network->address_set, like);
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
nlv_network_get_n_neighbors (NlvNetwork *network)
{
  return nlv_rows_get_size (&network->neighbors);
}

NlvNeighbor *
nlv_network_get_neighbor (NlvNetwork *network, guint position)
{
  return nlv_rows_get (&network->neighbors, position);
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

NlvNexthopObject *
nlv_network_find_nexthop (NlvNetwork *network, guint32 id)
{
  return g_hash_table_lookup (network->nexthops_by_id, GUINT_TO_POINTER (id));
}

NlvNeighbor *
nlv_network_find_neighbor (NlvNetwork *network, const NlvNeighbor *like)
{
  gpointer node = NULL;

  g_hash_table_lookup_extended (network->neighbor_set, like, &node, NULL);
  return node;
}

const GPtrArray *
nlv_network_peek_neighbors (NlvNetwork *network, guint32 link)
{
  return g_hash_table_lookup (network->neighbors_by_link, GUINT_TO_POINTER (link));
}

static int
compare_neighbor_elements (gconstpointer a, gconstpointer b)
{
  return nlv_compare_neighbors (*(const gconstpointer *) a, *(const gconstpointer *) b);
}

GPtrArray *
nlv_network_find_neighbors (NlvNetwork *network, guint32 link)
{
  const GPtrArray *known = nlv_network_peek_neighbors (network, link);
  GPtrArray *rows = g_ptr_array_sized_new (known != NULL ? known->len : 0);

  for (guint i = 0; known != NULL && i < known->len; i++)
    g_ptr_array_add (rows, g_ptr_array_index (known, i));
  g_ptr_array_sort (rows, compare_neighbor_elements);
  return rows;
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
