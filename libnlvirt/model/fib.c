/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One balanced tree per family and table, in the order of the kernel's dump.
 * A lookup asks the tree once for each prefix length that is in use. */
#include "model/fib.h"

#include "model/fib-keys.h"

#include <string.h>

typedef struct
{
  guint32 id;
  guint place;            /* in its bucket */
  GTree *tree;            /* (owned) NlvFibNode → NlvFibNode, owning the nodes */
  guint n_of_length[129]; /* routes by destination length */
} Table;

/* FIB_TABLE_HASHSZ and FIB6_TABLE_HASHSZ */
#define N_BUCKETS 256

/* About what one RTA_MULTIPATH can hold. */
#define MAX_WAYS 4096

/* The tables of one family. fib_new_table() and fib6_link_table() hash by the
 * id's low bits and put a new table in front of its bucket, so a bucket is
 * walked from its end. */
typedef struct
{
  GPtrArray *buckets[N_BUCKETS]; /* (owned) (nullable) (element-type Table) */
  GHashTable *by_id;             /* id → (unowned) Table */
} Family;

struct _NlvFib
{
  Family families[2];     /* IPv4, IPv6 */
  GHashTable *identities; /* set of (unowned) NlvFibNode: what an equal row would be */
  guint64 sequence;
  guint size;
  guint n_own_local; /* IPv4 routes of type local that are not the kernel's own */
  guint n_realms;    /* ways of IPv4 routes with a realm */
};

/* --- tables ----------------------------------------------------------------- */

static void
free_node (gpointer data)
{
  NlvFibNode *node = data;

  nlv_route_clear (&node->row);
  g_free (node);
}

static void
free_table (gpointer data)
{
  Table *table = data;

  g_tree_unref (table->tree);
  g_free (table);
}

static Family *
get_family (NlvFib *fib, guint8 family)
{
  if (family == AF_INET)
    return &fib->families[0];
  return family == AF_INET6 ? &fib->families[1] : NULL;
}

static Table *
find_table (NlvFib *fib, guint8 family, guint32 id)
{
  Family *tables = get_family (fib, family);

  return tables != NULL ? g_hash_table_lookup (tables->by_id, GUINT_TO_POINTER (id)) : NULL;
}

static Table *
new_table (Family *tables, guint32 id, gboolean older)
{
  GPtrArray **bucket = &tables->buckets[id % N_BUCKETS];
  Table *table = g_new0 (Table, 1);

  if (*bucket == NULL)
    *bucket = g_ptr_array_new_with_free_func (free_table);
  table->id = id;
  table->tree = g_tree_new_full (nlv_fib_compare_nodes, NULL, free_node, NULL);
  g_ptr_array_insert (*bucket, older ? 0 : -1, table);
  for (guint i = 0; i < (*bucket)->len; i++)
    ((Table *) g_ptr_array_index (*bucket, i))->place = i;
  g_hash_table_insert (tables->by_id, GUINT_TO_POINTER (id), table);
  return table;
}

static Table *
ensure_table (NlvFib *fib, guint8 family, guint32 id)
{
  Table *table = find_table (fib, family, id);

  return table != NULL ? table : new_table (get_family (fib, family), id, FALSE);
}

/* NULL for the first one. */
static Table *
next_table (const Family *tables, const Table *table)
{
  guint bucket = table != NULL ? table->id % N_BUCKETS : 0;

  if (table != NULL && table->place > 0)
    return g_ptr_array_index (tables->buckets[bucket], table->place - 1);
  for (bucket += table != NULL ? 1 : 0; bucket < N_BUCKETS; bucket++)
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
  fib->identities = g_hash_table_new (nlv_fib_hash_identity, nlv_fib_equal_identities);
  return fib;
}

void
nlv_fib_free (NlvFib *fib)
{
  g_hash_table_unref (fib->identities);
  for (guint i = 0; i < G_N_ELEMENTS (fib->families); i++)
    {
      g_hash_table_unref (fib->families[i].by_id);
      for (guint j = 0; j < N_BUCKETS; j++)
        g_clear_pointer (&fib->families[i].buckets[j], g_ptr_array_unref);
    }
  g_free (fib);
}

/* net->ipv4.fib_has_custom_local_routes, and what fib_num_tclassid_users() has
 * of routes. */
static void
count_for_input (NlvFib *fib, const NlvRoute *row, int change)
{
  if (row->family != AF_INET)
    return;
  if (row->type == RTN_LOCAL && row->protocol != RTPROT_KERNEL)
    fib->n_own_local += change;
  for (guint i = 0; i < row->n_nexthops; i++)
    if (row->nexthops[i].realm != 0)
      fib->n_realms += change;
}

static NlvFibNode *
insert_node (NlvFib *fib, Table *table, const NlvRoute *row, guint64 sequence)
{
  NlvFibNode *node = g_new (NlvFibNode, 1);

  node->row = *row;
  node->sequence = sequence;
  g_tree_insert (table->tree, node, node);
  g_hash_table_add (fib->identities, node);
  table->n_of_length[row->destination_length]++;
  fib->size++;
  count_for_input (fib, row, 1);
  return node;
}

static void
copy_table (NlvFib *copy, guint8 family, const Table *from)
{
  Table *to = ensure_table (copy, family, from->id);

  for (GTreeNode *at = g_tree_node_first (from->tree); at != NULL; at = g_tree_node_next (at))
    {
      const NlvFibNode *node = g_tree_node_value (at);
      NlvRoute row;

      nlv_route_copy (&node->row, &row);
      insert_node (copy, to, &row, node->sequence);
    }
}

NlvFib *
nlv_fib_copy (NlvFib *fib)
{
  static const guint8 families[] = { AF_INET, AF_INET6 };
  NlvFib *copy = nlv_fib_new ();

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    for (guint j = 0; j < N_BUCKETS; j++)
      {
        const GPtrArray *bucket = fib->families[i].buckets[j];

        for (guint k = 0; bucket != NULL && k < bucket->len; k++)
          copy_table (copy, families[i], g_ptr_array_index (bucket, k));
      }
  copy->sequence = fib->sequence;
  return copy;
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

/* --- changes ---------------------------------------------------------------- */

NlvRoute *
nlv_fib_add (NlvFib *fib, NlvRoute *row)
{
  guint width = row->family == AF_INET ? 32 : 128;
  NlvFibNode probe, *node;

  if (get_family (fib, row->family) == NULL || row->destination_length > width || row->source_length > width)
    {
      nlv_route_clear (row);
      return NULL;
    }
  nlv_fib_mask_ip (&row->destination, row->destination_length);
  nlv_fib_mask_ip (&row->source, row->source_length);
  probe = (NlvFibNode){ .row = *row };
  node = g_hash_table_lookup (fib->identities, &probe);
  if (node != NULL)
    {
      gboolean added = row->family == AF_INET6 && nlv_fib_may_have_siblings (row) && add_siblings (&node->row, row);

      nlv_route_clear (row);
      return added ? &node->row : NULL;
    }
  node = insert_node (fib, ensure_table (fib, row->family, row->table), row, ++fib->sequence);
  *row = (NlvRoute){ 0 };
  return &node->row;
}

void
nlv_fib_remove (NlvFib *fib, NlvRoute *row)
{
  NlvFibNode *node = (NlvFibNode *) row;
  Table *table = find_table (fib, row->family, row->table);

  if (table == NULL)
    return;
  table->n_of_length[row->destination_length]--;
  fib->size--;
  count_for_input (fib, row, -1);
  g_hash_table_remove (fib->identities, node);
  g_tree_remove (table->tree, node);
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

GArray *
nlv_fib_get_tables (NlvFib *fib, guint8 family)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  const Family *tables = get_family (fib, family);

  for (const Table *at = tables != NULL ? next_table (tables, NULL) : NULL; at != NULL; at = next_table (tables, at))
    g_array_append_val (ids, at->id);
  return ids;
}

void
nlv_fib_add_older_table (NlvFib *fib, guint8 family, guint32 table)
{
  Family *tables = get_family (fib, family);

  if (tables != NULL && find_table (fib, family, table) == NULL)
    new_table (tables, table, TRUE);
}

guint
nlv_fib_get_table_size (NlvFib *fib, guint8 family, guint32 table)
{
  const Table *found = find_table (fib, family, table);

  return found != NULL ? (guint) g_tree_nnodes (found->tree) : 0;
}

gboolean
nlv_fib_has_table (NlvFib *fib, guint8 family, guint32 table)
{
  return find_table (fib, family, table) != NULL;
}

/* --- walks and lookups ------------------------------------------------------- */

void
nlv_fib_cursor_init (NlvFibCursor *cursor, guint8 family)
{
  *cursor = (NlvFibCursor){ .family = family };
}

void
nlv_fib_cursor_init_table (NlvFibCursor *cursor, guint8 family, guint32 table)
{
  *cursor = (NlvFibCursor){ .family = family, .one_table = TRUE, .last.table = table };
}

static const NlvRoute *
advance (NlvFibCursor *cursor, const NlvFibNode *node)
{
  cursor->started = TRUE;
  cursor->last_sequence = node->sequence;
  cursor->last = node->row;
  cursor->last.nexthops = NULL;
  cursor->last.n_nexthops = 0;
  cursor->last.metrics = NULL;
  cursor->last.congestion = NULL;
  cursor->last.extra = NULL;
  return &node->row;
}

static GTreeNode *
first_behind (const Table *table, const NlvFibCursor *cursor)
{
  NlvFibNode last = { .row = cursor->last, .sequence = cursor->last_sequence };

  return cursor->started ? g_tree_upper_bound (table->tree, &last) : g_tree_node_first (table->tree);
}

const NlvRoute *
nlv_fib_next (NlvFib *fib, NlvFibCursor *cursor)
{
  const Family *tables = get_family (fib, cursor->family);
  const Table *table;

  if (tables == NULL)
    return NULL;
  if (cursor->started || cursor->one_table)
    {
      GTreeNode *at;

      table = find_table (fib, cursor->family, cursor->last.table);
      at = table != NULL ? first_behind (table, cursor) : NULL;
      if (at != NULL)
        return advance (cursor, g_tree_node_value (at));
      if (table == NULL || cursor->one_table)
        return NULL;
      table = next_table (tables, table);
    }
  else
    table = next_table (tables, NULL);
  for (; table != NULL; table = next_table (tables, table))
    {
      GTreeNode *at = g_tree_node_first (table->tree);

      if (at != NULL)
        return advance (cursor, g_tree_node_value (at));
    }
  return NULL;
}

typedef struct
{
  gboolean (*accept) (const NlvRoute *route, gpointer user_data);
  gpointer user_data;
  NlvIp source;
  gboolean has_node; /* fib6_node_lookup_1() would have ended by now */
} Search;

/* What there is at one place, whether it is accepted or not. */
typedef struct
{
  gboolean any;
  gboolean of_source;
} Seen;

static gboolean
is_at (const NlvFibNode *probe, const NlvRoute *route)
{
  return route->destination_length == probe->row.destination_length &&
         (route->source_length > 0) == (probe->row.source_length > 0) &&
         nlv_fib_compare_bits (&route->destination, &probe->row.destination, route->destination_length) == 0;
}

/* The first route that is for the source and accepted, from @probe on and as
 * long as the destination, and whether there is a source prefix, stay the same. */
static const NlvRoute *
lookup_from (const Table *table, const NlvFibNode *probe, const Search *search, Seen *seen)
{
  *seen = (Seen){ FALSE, FALSE };
  for (GTreeNode *at = g_tree_lower_bound (table->tree, probe); at != NULL; at = g_tree_node_next (at))
    {
      const NlvRoute *route = &((const NlvFibNode *) g_tree_node_value (at))->row;

      if (!is_at (probe, route))
        return NULL;
      seen->any = TRUE;
      if (route->source_length > 0 && nlv_fib_compare_bits (&route->source, &search->source, route->source_length) != 0)
        continue;
      seen->of_source = TRUE;
      if (search->accept == NULL || search->accept (route, search->user_data))
        return route;
    }
  return NULL;
}

/* Of one destination length. Routes for some sources hide those for all, except
 * at the root, and from fib6_backtrack(), which goes up from a node that has
 * nothing to accept. */
static const NlvRoute *
lookup_length (const Table *table, NlvFibNode *probe, Search *search)
{
  const NlvRoute *route;
  Seen seen;

  if (probe->row.family == AF_INET6)
    {
      probe->row.source_length = 128;
      route = lookup_from (table, probe, search, &seen);
      probe->row.source_length = 0;
      search->has_node |= seen.of_source;
      if (route != NULL || (seen.any && !search->has_node && probe->row.destination_length > 0))
        return route;
    }
  route = lookup_from (table, probe, search, &seen);
  search->has_node |= seen.any;
  return route;
}

const NlvRoute *
nlv_fib_lookup (NlvFib *fib, guint8 family, guint32 table_id, const NlvIp *destination, const NlvIp *source,
                gboolean (*accept) (const NlvRoute *route, gpointer user_data), gpointer user_data)
{
  const Table *table = find_table (fib, family, table_id);
  NlvFibNode probe = { .row.family = family, .row.tos = G_MAXUINT8 };
  Search search = { .accept = accept, .user_data = user_data };

  if (table == NULL)
    return NULL;
  if (source != NULL)
    search.source = *source;
  memcpy (probe.row.destination.bytes, destination->bytes, family == AF_INET ? 4 : 16);
  for (int length = family == AF_INET ? 32 : 128; length >= 0; length--)
    {
      const NlvRoute *route;

      if (table->n_of_length[length] == 0)
        continue;
      nlv_fib_mask_ip (&probe.row.destination, (guint) length);
      probe.row.destination_length = (guint8) length;
      route = lookup_length (table, &probe, &search);
      if (route != NULL)
        return route;
    }
  return NULL;
}
