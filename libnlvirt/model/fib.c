/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The tables of the fib, and the changes of their routes. Each table is a tree
 * in the order of the kernel's dump. */
#include "model/fib-private.h"

#include <string.h>

/* About what one RTA_MULTIPATH can hold. */
#define MAX_WAYS 4096

/* --- tables ----------------------------------------------------------------- */

static void
free_table (gpointer data)
{
  NlvFibTable *table = data;

  nlv_fib_tree_clear (&table->tree);
  g_free (table);
}

NlvFibFamily *
nlv_fib_family (NlvFib *fib, guint8 family)
{
  if (family == AF_INET)
    return &fib->families[0];
  return family == AF_INET6 ? &fib->families[1] : NULL;
}

NlvFibTable *
nlv_fib_find_table (NlvFib *fib, guint8 family, guint32 id)
{
  NlvFibFamily *tables = nlv_fib_family (fib, family);

  return tables != NULL ? g_hash_table_lookup (tables->by_id, GUINT_TO_POINTER (id)) : NULL;
}

static void
place_table (NlvFibFamily *tables, NlvFibTable *table, gboolean older)
{
  GPtrArray **bucket = &tables->buckets[table->id % NLV_FIB_BUCKETS];

  if (*bucket == NULL)
    *bucket = g_ptr_array_new_with_free_func (free_table);
  g_ptr_array_insert (*bucket, older ? 0 : -1, table);
  for (guint i = older ? 0 : (*bucket)->len - 1; i < (*bucket)->len; i++)
    ((NlvFibTable *) g_ptr_array_index (*bucket, i))->place = i;
  g_hash_table_insert (tables->by_id, GUINT_TO_POINTER (table->id), table);
}

static NlvFibTable *
new_table (NlvFib *fib, guint8 family, guint32 id, gboolean older)
{
  NlvFibTable *table = g_new0 (NlvFibTable, 1);

  table->id = id;
  nlv_fib_tree_init (&table->tree, family, &fib->infos);
  place_table (nlv_fib_family (fib, family), table, older);
  return table;
}

NlvFibTable *
nlv_fib_next_table (const NlvFibFamily *tables, const NlvFibTable *table)
{
  guint bucket = table != NULL ? table->id % NLV_FIB_BUCKETS : 0;

  if (table != NULL && table->place > 0)
    return g_ptr_array_index (tables->buckets[bucket], table->place - 1);
  for (bucket += table != NULL ? 1 : 0; bucket < NLV_FIB_BUCKETS; bucket++)
    if (tables->buckets[bucket] != NULL)
      return g_ptr_array_index (tables->buckets[bucket], tables->buckets[bucket]->len - 1);
  return NULL;
}

NlvFib *
nlv_fib_new (void)
{
  NlvFib *fib = g_new0 (NlvFib, 1);

  for (guint i = 0; i < G_N_ELEMENTS (fib->families); i++)
    fib->families[i].by_id = g_hash_table_new (NULL, NULL);
  nlv_fib_infos_init (&fib->infos);
  fib->last = G_GUINT64_CONSTANT (1) << (NLV_FIB_SEQUENCE_BITS - 1);
  fib->first = fib->last + 1;
  return fib;
}

void
nlv_fib_free (NlvFib *fib)
{
  for (guint i = 0; i < G_N_ELEMENTS (fib->families); i++)
    {
      g_hash_table_unref (fib->families[i].by_id);
      for (guint j = 0; j < NLV_FIB_BUCKETS; j++)
        g_clear_pointer (&fib->families[i].buckets[j], g_ptr_array_unref);
    }
  nlv_fib_infos_clear (&fib->infos);
  g_free (fib);
}

static void
copy_family (const NlvFibFamily *from, NlvFib *copy, NlvFibFamily *to)
{
  to->by_id = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < NLV_FIB_BUCKETS; i++)
    {
      const GPtrArray *bucket = from->buckets[i];

      to->buckets[i] = NULL;
      for (guint j = 0; bucket != NULL && j < bucket->len; j++)
        {
          const NlvFibTable *table = g_ptr_array_index (bucket, j);
          NlvFibTable *twin = g_memdup2 (table, sizeof *table);

          nlv_fib_tree_copy (&table->tree, &twin->tree, &copy->infos);
          place_table (to, twin, FALSE);
        }
    }
}

NlvFib *
nlv_fib_copy (NlvFib *fib)
{
  NlvFib *copy = g_memdup2 (fib, sizeof *fib);

  nlv_fib_infos_copy (&fib->infos, &copy->infos);
  for (guint i = 0; i < G_N_ELEMENTS (fib->families); i++)
    copy_family (&fib->families[i], copy, &copy->families[i]);
  return copy;
}

guint
nlv_fib_size (NlvFib *fib)
{
  return fib->size;
}

gboolean
nlv_fib_has_own_local (NlvFib *fib)
{
  return fib->n_own_local > 0;
}

gboolean
nlv_fib_has_realms (NlvFib *fib)
{
  return fib->n_realms > 0;
}

gboolean
nlv_fib_uses_link (NlvFib *fib, guint8 family, guint32 link)
{
  for (guint32 i = 0; i < fib->infos.n; i++)
    if (fib->infos.all[i] != NULL && fib->infos.all[i]->row.family == family)
      {
        const NlvRoute *shared = &fib->infos.all[i]->row;

        for (guint j = 0; j < shared->n_nexthops; j++)
          if (shared->nexthops[j].link == link)
            return TRUE;
      }
  return FALSE;
}

gboolean
nlv_fib_any (NlvFib *fib, guint8 family, NlvFibAccept accept, gpointer user_data)
{
  for (guint32 i = 0; i < fib->infos.n; i++)
    if (fib->infos.all[i] != NULL && fib->infos.all[i]->row.family == family &&
        accept (&fib->infos.all[i]->row, user_data))
      return TRUE;
  return FALSE;
}

gboolean
nlv_fib_any_of_nexthop (NlvFib *fib, guint8 family, guint32 id, NlvFibAccept accept, gpointer user_data)
{
  const GArray *numbers = nlv_fib_infos_of_nexthop (&fib->infos, id);

  for (guint i = 0; numbers != NULL && i < numbers->len; i++)
    {
      const NlvRoute *shared = nlv_fib_infos_get (&fib->infos, g_array_index (numbers, guint32, i));

      if (shared->family == family && accept (shared, user_data))
        return TRUE;
    }
  return FALSE;
}

const NlvRoute *
nlv_fib_find_newest_of_nexthop (NlvFib *fib, const NlvRoute *like)
{
  return nlv_fib_infos_find_newest (&fib->infos, like);
}

guint
nlv_fib_count_of_nexthop (NlvFib *fib, guint32 id)
{
  const GArray *numbers = nlv_fib_infos_of_nexthop (&fib->infos, id);

  return numbers != NULL ? numbers->len : 0;
}

guint
nlv_fib_count_tables (NlvFib *fib, guint8 family)
{
  const NlvFibFamily *tables = nlv_fib_family (fib, family);

  return tables != NULL ? g_hash_table_size (tables->by_id) : 0;
}

gsize
nlv_fib_get_shared_size (NlvFib *fib)
{
  return fib->infos.size;
}

GArray *
nlv_fib_get_tables (NlvFib *fib, guint8 family)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  const NlvFibFamily *tables = nlv_fib_family (fib, family);
  const NlvFibTable *at = NULL;

  while (tables != NULL && (at = nlv_fib_next_table (tables, at)) != NULL)
    g_array_append_val (ids, at->id);
  return ids;
}

void
nlv_fib_add_older_table (NlvFib *fib, guint8 family, guint32 table)
{
  if (nlv_fib_family (fib, family) != NULL && nlv_fib_find_table (fib, family, table) == NULL)
    new_table (fib, family, table, TRUE);
}

guint
nlv_fib_get_table_size (NlvFib *fib, guint8 family, guint32 table)
{
  const NlvFibTable *found = nlv_fib_find_table (fib, family, table);

  return found != NULL ? found->tree.size : 0;
}

gboolean
nlv_fib_has_table (NlvFib *fib, guint8 family, guint32 table)
{
  return nlv_fib_find_table (fib, family, table) != NULL;
}

/* --- changes ---------------------------------------------------------------- */

/* net->ipv4.fib_has_custom_local_routes, and what fib_num_tclassid_users() has
 * of routes. */
static void
count_for_input (NlvFib *fib, guint32 info, guint change)
{
  const NlvRoute *shared = nlv_fib_infos_get (&fib->infos, info);

  if (shared->family != AF_INET)
    return;
  if (shared->type == RTN_LOCAL && shared->protocol != RTPROT_KERNEL)
    fib->n_own_local += change;
  for (guint i = 0; i < shared->n_nexthops; i++)
    if (shared->nexthops[i].realm != 0)
      fib->n_realms += change;
}

static void
release_info (NlvFib *fib, guint32 info)
{
  count_for_input (fib, info, G_MAXUINT);
  nlv_fib_infos_release (&fib->infos, info);
  fib->version++;
}

static guint32
take_info (NlvFib *fib, NlvRoute *row)
{
  guint32 info = nlv_fib_infos_take (&fib->infos, row);

  count_for_input (fib, info, 1);
  fib->version++;
  return info;
}

void
nlv_fib_edit_of_nexthop (NlvFib *fib, guint8 family, guint32 id, NlvRouteEdit edit, gpointer user_data)
{
  const GArray *numbers = nlv_fib_infos_of_nexthop (&fib->infos, id);

  for (guint i = 0; numbers != NULL && i < numbers->len; i++)
    {
      guint32 number = g_array_index (numbers, guint32, i), n_uses = fib->infos.all[number]->n_uses;

      if (nlv_fib_infos_get (&fib->infos, number)->family != family)
        continue;
      count_for_input (fib, number, -n_uses);
      nlv_fib_infos_edit (&fib->infos, number, edit, user_data);
      count_for_input (fib, number, n_uses);
    }
  fib->version++;
}

/* FALSE, and @row cleared, if it is no route. */
static gboolean
prepare (NlvRoute *row)
{
  guint width = row->family == AF_INET ? 32 : 128;

  if ((row->family != AF_INET && row->family != AF_INET6) || row->destination_length > width ||
      row->source_length > width)
    {
      nlv_route_clear (row);
      return FALSE;
    }
  nlv_fib_mask_ip (&row->destination, row->destination_length);
  nlv_fib_mask_ip (&row->source, row->source_length);
  return TRUE;
}

static void
note_changed (NlvFib *fib, const NlvFibTable *table, const NlvFibKey *key)
{
  fib->changed_family = table->tree.family;
  fib->changed_table = table->id;
  fib->changed_key = *key;
}

static void
insert (NlvFib *fib, NlvFibTable *table, NlvRoute *row, NlvFibPlace place)
{
  NlvFibKey key;

  nlv_fib_key_init (&key, row, place == NLV_FIB_FIRST ? --fib->first : ++fib->last);
  table->n_of_length[row->destination_length]++;
  fib->size++;
  nlv_fib_tree_insert (&table->tree, &key, take_info (fib, row));
  note_changed (fib, table, &key);
}

static NlvFibTable *
ensure_table (NlvFib *fib, guint8 family, guint32 id)
{
  NlvFibTable *table = nlv_fib_find_table (fib, family, id);

  return table != NULL ? table : new_table (fib, family, id, FALSE);
}

void
nlv_fib_ensure_table (NlvFib *fib, guint8 family, guint32 table)
{
  if (family == AF_INET || family == AF_INET6)
    ensure_table (fib, family, table);
}

gboolean
nlv_fib_insert (NlvFib *fib, NlvRoute *row, NlvFibPlace place)
{
  if (!prepare (row))
    return FALSE;
  insert (fib, ensure_table (fib, row->family, row->table), row, place);
  return TRUE;
}

/* Moves those ways of @more that @route has not; FALSE if there are none. */
static gboolean
add_siblings (NlvRoute *route, NlvRoute *more)
{
  guint n_new = 0;

  for (guint i = 0; i < more->n_nexthops; i++)
    if (!nlv_fib_has_nexthop (route, &more->nexthops[i]))
      {
        if (i != n_new)
          {
            NlvNexthop skipped = more->nexthops[n_new];

            more->nexthops[n_new] = more->nexthops[i];
            more->nexthops[i] = skipped;
          }
        n_new++;
      }
  if (n_new == 0 || route->n_nexthops + n_new > MAX_WAYS)
    return FALSE;
  route->nexthops = g_renew (NlvNexthop, route->nexthops, route->n_nexthops + n_new);
  memcpy (route->nexthops + route->n_nexthops, more->nexthops, n_new * sizeof *more->nexthops);
  route->n_nexthops += n_new;
  more->n_nexthops -= n_new;
  memmove (more->nexthops, more->nexthops + n_new, more->n_nexthops * sizeof *more->nexthops);
  return TRUE;
}

static gboolean
replace_info (NlvFib *fib, NlvFibTable *table, const NlvFibKey *key, NlvRoute *row)
{
  guint32 info = take_info (fib, row), old = nlv_fib_tree_replace (&table->tree, key, info);

  /* Without it, the new one goes again. */
  release_info (fib, old != 0 ? old : info);
  if (old != 0)
    note_changed (fib, table, key);
  return old != 0;
}

/* The info of a route that is the same as @row, or 0; @equal is its key. */
static guint32
find_equal (NlvFib *fib, const NlvFibTable *table, const NlvRoute *row, NlvFibKey *equal)
{
  NlvFibSpot spot;
  NlvFibKey key;

  nlv_fib_key_init (&key, row, 0);
  *equal = key;
  for (nlv_fib_tree_seek (&table->tree, &key, &spot); spot.leaf != NULL; nlv_fib_tree_next (&spot))
    {
      guint32 info;
      const guint64 *words = nlv_fib_tree_get (&table->tree, &spot, &info);
      const NlvRoute *shared = nlv_fib_infos_get (&fib->infos, info);

      if (!nlv_fib_key_same_place (row->family, words, key.words) ||
          (row->family == AF_INET6 && !nlv_fib_equal_sources (shared, row)))
        break;
      if (!nlv_fib_equal_routes (shared, row))
        continue;
      memcpy (equal->words, words, NLV_FIB_KEY_WORDS (row->family) * sizeof *words);
      return info;
    }
  return 0;
}

/* Gives the route with this info the ways of @row that it has not. */
static gboolean
join (NlvFib *fib, NlvFibTable *table, const NlvFibKey *key, guint32 info, NlvRoute *row)
{
  NlvRoute joined;

  nlv_route_copy (nlv_fib_infos_get (&fib->infos, info), &joined);
  if (!add_siblings (&joined, row))
    {
      nlv_route_clear (&joined);
      return FALSE;
    }
  return replace_info (fib, table, key, &joined);
}

gboolean
nlv_fib_add (NlvFib *fib, NlvRoute *row)
{
  NlvFibTable *table;
  gboolean joined;
  NlvFibKey key;
  guint32 info;

  if (!prepare (row))
    return FALSE;
  table = ensure_table (fib, row->family, row->table);
  info = find_equal (fib, table, row, &key);
  if (info == 0)
    {
      insert (fib, table, row, NLV_FIB_LAST);
      return TRUE;
    }
  joined = row->family == AF_INET6 && nlv_fib_may_have_siblings (row) && join (fib, table, &key, info, row);
  nlv_route_clear (row);
  return joined;
}

void
nlv_fib_remove_at (NlvFib *fib, NlvFibCursor *cursor)
{
  NlvFibTable *table = nlv_fib_find_table (fib, cursor->family, cursor->table);
  guint32 info = table != NULL && cursor->started ? nlv_fib_tree_remove (&table->tree, &cursor->key) : 0;

  if (info == 0)
    return;
  table->n_of_length[cursor->row.destination_length]--;
  fib->size--;
  release_info (fib, info);
}

gboolean
nlv_fib_replace_at (NlvFib *fib, NlvFibCursor *cursor, NlvRoute *row)
{
  NlvFibTable *table = nlv_fib_find_table (fib, cursor->family, cursor->table);

  cursor->info = 0;
  if (row->family == AF_INET6)
    {
      row->source = cursor->key.source;
      row->source_length = cursor->key.source_length;
    }
  if (table != NULL && row->family == cursor->family)
    return replace_info (fib, table, &cursor->key, row);
  nlv_route_clear (row);
  return FALSE;
}
