/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One balanced tree per family and table, in the order of the kernel's dump.
 * A lookup asks the tree once for each prefix length that is in use. */
#include "model/fib.h"

#include <string.h>

typedef struct
{
  NlvRoute row;
  guint64 sequence; /* orders what has the same key */
} Node;

typedef struct
{
  guint32 id;
  guint place;            /* in its bucket */
  GTree *tree;            /* (owned) Node → Node, owning the nodes */
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
  Family families[2]; /* IPv4, IPv6 */
  GHashTable *identities; /* set of (unowned) Node: what an equal row would be */
  guint64 sequence;
  guint size;
};

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* --- order ------------------------------------------------------------------ */

static int
compare_bits (const NlvIp *a, const NlvIp *b, guint n_bits)
{
  int order = memcmp (a->bytes, b->bytes, n_bits / 8);
  guint rest = n_bits % 8;

  if (order == 0 && rest != 0)
    order = (a->bytes[n_bits / 8] >> (8 - rest)) - (b->bytes[n_bits / 8] >> (8 - rest));
  return order;
}

/* As fn_trie_dump_leaf() meets them: by key, and in a leaf the longer prefix,
 * the higher TOS and the lower metric first. */
static int
compare_ipv4 (const NlvRoute *a, const NlvRoute *b)
{
  int order = memcmp (a->destination.bytes, b->destination.bytes, 4);

  if (order == 0)
    order = COMPARE (b->destination_length, a->destination_length);
  if (order == 0)
    order = COMPARE (b->tos, a->tos);
  return order != 0 ? order : COMPARE (a->metric, b->metric);
}

/* fib6_walk_continue() goes left, right, and then to the node itself: a prefix
 * comes after those it covers. */
static int
compare_after_children (const NlvIp *a, guint a_length, const NlvIp *b, guint b_length)
{
  int order = compare_bits (a, b, MIN (a_length, b_length));

  return order != 0 ? order : COMPARE (b_length, a_length);
}

/* A node's subtree of source prefixes is walked before its children. */
static int
compare_ipv6 (const NlvRoute *a, const NlvRoute *b)
{
  int order = compare_bits (&a->destination, &b->destination, MIN (a->destination_length, b->destination_length));

  if (order != 0)
    return order;
  if (a->destination_length < b->destination_length)
    return a->source_length > 0 ? -1 : 1;
  if (a->destination_length > b->destination_length)
    return b->source_length > 0 ? 1 : -1;
  order = compare_after_children (&a->source, a->source_length, &b->source, b->source_length);
  return order != 0 ? order : COMPARE (a->metric, b->metric);
}

static int
compare_keys (const NlvRoute *a, const NlvRoute *b)
{
  return a->family == AF_INET ? compare_ipv4 (a, b) : compare_ipv6 (a, b);
}

static int
compare_nodes (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Node *left = a, *right = b;
  int order = compare_keys (&left->row, &right->row);

  return order != 0 ? order : COMPARE (left->sequence, right->sequence);
}

static void
mask_ip (NlvIp *ip, guint n_bits)
{
  for (guint i = 0; i < sizeof ip->bytes; i++)
    {
      guint bits = n_bits > i * 8 ? MIN (n_bits - i * 8, 8) : 0;

      ip->bytes[i] &= (guint8) (0xff00 >> bits);
    }
}

/* --- routes ----------------------------------------------------------------- */

void
nlv_route_clear (NlvRoute *route)
{
  for (guint i = 0; i < route->n_nexthops; i++)
    g_clear_pointer (&route->nexthops[i].encap, g_bytes_unref);
  route->n_nexthops = 0;
  g_clear_pointer (&route->nexthops, g_free);
  g_clear_pointer (&route->metrics, g_free);
  g_clear_pointer (&route->congestion, g_free);
}

void
nlv_route_copy (const NlvRoute *route, NlvRoute *copy)
{
  *copy = *route;
  copy->nexthops = g_memdup2 (route->nexthops, route->n_nexthops * sizeof *route->nexthops);
  for (guint i = 0; i < copy->n_nexthops; i++)
    if (copy->nexthops[i].encap != NULL)
      g_bytes_ref (copy->nexthops[i].encap);
  if (route->metrics != NULL)
    copy->metrics = g_memdup2 (route->metrics, (RTAX_MAX + 1) * sizeof *route->metrics);
  copy->congestion = g_strdup (route->congestion);
}

static void
free_node (gpointer data)
{
  Node *node = data;

  nlv_route_clear (&node->row);
  g_free (node);
}

static gboolean
equal_gateways (const NlvNexthop *a, const NlvNexthop *b)
{
  return a->link == b->link && a->gateway_family == b->gateway_family &&
         (a->gateway_family == 0 ||
          memcmp (a->gateway.bytes, b->gateway.bytes, a->gateway_family == AF_INET ? 4 : 16) == 0);
}

static gboolean
equal_encaps (const NlvNexthop *a, const NlvNexthop *b)
{
  return a->encap_type == b->encap_type &&
         (a->encap == b->encap || (a->encap != NULL && b->encap != NULL && g_bytes_equal (a->encap, b->encap)));
}

static gboolean
equal_metrics (const NlvRoute *a, const NlvRoute *b)
{
  if (g_strcmp0 (a->congestion, b->congestion) != 0)
    return FALSE;
  for (guint i = 0; i <= RTAX_MAX; i++)
    if ((a->metrics != NULL ? a->metrics[i] : 0) != (b->metrics != NULL ? b->metrics[i] : 0))
      return FALSE;
  return TRUE;
}

/* Two IPv4 aliases with the same key: fib_table_insert() compares type and
 * scope, and fib_find_info() the rest. */
static gboolean
equal_ipv4_aliases (const NlvRoute *a, const NlvRoute *b)
{
  if (a->type != b->type || a->scope != b->scope || a->protocol != b->protocol || a->nexthop_id != b->nexthop_id ||
      a->has_preferred_source != b->has_preferred_source ||
      (a->has_preferred_source && a->preferred_source.v4 != b->preferred_source.v4) ||
      a->n_nexthops != b->n_nexthops || !equal_metrics (a, b))
    return FALSE;
  for (guint i = 0; i < a->n_nexthops; i++)
    if (!equal_gateways (&a->nexthops[i], &b->nexthops[i]) || !equal_encaps (&a->nexthops[i], &b->nexthops[i]) ||
        a->nexthops[i].weight != b->nexthops[i].weight)
      return FALSE;
  return TRUE;
}

/* rt6_duplicate_nexthop() */
static gboolean
has_nexthop (const NlvRoute *route, const NlvNexthop *nexthop)
{
  for (guint i = 0; i < route->n_nexthops; i++)
    if (equal_gateways (&route->nexthops[i], nexthop))
      return TRUE;
  return route->n_nexthops == 0;
}

/* rt6_qualify_for_ecmp() */
static gboolean
may_have_siblings (const NlvRoute *route)
{
  return route->nexthop_id == 0 && route->n_nexthops > 0 && route->nexthops[0].gateway_family != 0 &&
         route->protocol != RTPROT_RA && route->protocol != RTPROT_REDIRECT;
}

/* IPv6 routes with the same key and a gateway each are one route: there is
 * never more than one such under a key. Others are equal by their first way,
 * as in rt6_duplicate_nexthop(). */
static gboolean
equal_identities (gconstpointer a, gconstpointer b)
{
  const NlvRoute *left = &((const Node *) a)->row, *right = &((const Node *) b)->row;

  if (left->family != right->family || left->table != right->table || compare_keys (left, right) != 0)
    return FALSE;
  if (left->family == AF_INET)
    return equal_ipv4_aliases (left, right);
  if (may_have_siblings (left) != may_have_siblings (right))
    return FALSE;
  return may_have_siblings (left) || left->n_nexthops == 0 || has_nexthop (right, left->nexthops);
}

static guint
hash_identity (gconstpointer key)
{
  const NlvRoute *route = &((const Node *) key)->row;
  guint32 words[] = { route->destination.words[0],
                      route->destination.words[1],
                      route->destination.words[2],
                      route->destination.words[3],
                      route->table,
                      route->metric,
                      (guint32) route->destination_length << 8 | route->tos,
                      route->n_nexthops > 0 && !may_have_siblings (route) ? route->nexthops[0].link : 0 };
  guint32 hash = 2166136261u;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    hash = (hash ^ words[i]) * 0x9e3779b1u ^ hash >> 15;
  if (route->family == AF_INET && route->n_nexthops > 0)
    hash ^= route->nexthops[0].gateway.v4 * 0x85ebca6bu;
  return hash;
}

/* Moves those ways of @more that @route has not; FALSE if there are none. */
static gboolean
add_siblings (NlvRoute *route, NlvRoute *more)
{
  guint n_new = 0;

  for (guint i = 0; i < more->n_nexthops; i++)
    if (!has_nexthop (route, &more->nexthops[i]))
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

/* --- tables ----------------------------------------------------------------- */

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
ensure_table (NlvFib *fib, guint8 family, guint32 id)
{
  Family *tables = get_family (fib, family);
  GPtrArray **bucket = &tables->buckets[id % N_BUCKETS];
  Table *table = find_table (fib, family, id);

  if (table != NULL)
    return table;
  if (*bucket == NULL)
    *bucket = g_ptr_array_new_with_free_func (free_table);
  table = g_new0 (Table, 1);
  table->id = id;
  table->place = (*bucket)->len;
  table->tree = g_tree_new_full (compare_nodes, NULL, free_node, NULL);
  g_ptr_array_add (*bucket, table);
  g_hash_table_insert (tables->by_id, GUINT_TO_POINTER (id), table);
  return table;
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
  fib->identities = g_hash_table_new (hash_identity, equal_identities);
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

static Node *
insert_node (NlvFib *fib, Table *table, const NlvRoute *row, guint64 sequence)
{
  Node *node = g_new (Node, 1);

  node->row = *row;
  node->sequence = sequence;
  g_tree_insert (table->tree, node, node);
  g_hash_table_add (fib->identities, node);
  table->n_of_length[row->destination_length]++;
  fib->size++;
  return node;
}

static void
copy_table (NlvFib *copy, guint8 family, const Table *from)
{
  Table *to = ensure_table (copy, family, from->id);

  for (GTreeNode *at = g_tree_node_first (from->tree); at != NULL; at = g_tree_node_next (at))
    {
      const Node *node = g_tree_node_value (at);
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

/* --- changes ---------------------------------------------------------------- */

NlvRoute *
nlv_fib_add (NlvFib *fib, NlvRoute *row)
{
  guint width = row->family == AF_INET ? 32 : 128;
  Node probe, *node;

  if (get_family (fib, row->family) == NULL || row->destination_length > width || row->source_length > width)
    {
      nlv_route_clear (row);
      return NULL;
    }
  mask_ip (&row->destination, row->destination_length);
  mask_ip (&row->source, row->source_length);
  probe = (Node){ .row = *row };
  node = g_hash_table_lookup (fib->identities, &probe);
  if (node != NULL)
    {
      gboolean added = row->family == AF_INET6 && may_have_siblings (row) && add_siblings (&node->row, row);

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
  Node *node = (Node *) row;
  Table *table = find_table (fib, row->family, row->table);

  if (table == NULL)
    return;
  table->n_of_length[row->destination_length]--;
  fib->size--;
  g_hash_table_remove (fib->identities, node);
  g_tree_remove (table->tree, node);
}

guint
nlv_fib_size (NlvFib *fib)
{
  return fib->size;
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
advance (NlvFibCursor *cursor, const Node *node)
{
  cursor->started = TRUE;
  cursor->last_sequence = node->sequence;
  cursor->last = node->row;
  cursor->last.nexthops = NULL;
  cursor->last.n_nexthops = 0;
  cursor->last.metrics = NULL;
  cursor->last.congestion = NULL;
  return &node->row;
}

static GTreeNode *
first_behind (const Table *table, const NlvFibCursor *cursor)
{
  Node last = { .row = cursor->last, .sequence = cursor->last_sequence };

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
} Taste;

/* The first route that @taste accepts, from @probe on and as long as the
 * destination, and whether there is a source prefix, stay the same. */
static const NlvRoute *
lookup_from (const Table *table, const Node *probe, const Taste *taste)
{
  for (GTreeNode *at = g_tree_lower_bound (table->tree, probe); at != NULL; at = g_tree_node_next (at))
    {
      const NlvRoute *route = &((const Node *) g_tree_node_value (at))->row;

      if (route->destination_length != probe->row.destination_length ||
          (route->source_length > 0) != (probe->row.source_length > 0) ||
          compare_bits (&route->destination, &probe->row.destination, route->destination_length) != 0)
        return NULL;
      if (taste->accept == NULL || taste->accept (route, taste->user_data))
        return route;
    }
  return NULL;
}

const NlvRoute *
nlv_fib_lookup (NlvFib *fib, guint8 family, guint32 table_id, const NlvIp *destination,
                gboolean (*accept) (const NlvRoute *route, gpointer user_data), gpointer user_data)
{
  const Table *table = find_table (fib, family, table_id);
  Taste taste = { accept, user_data };
  Node probe = { .row.family = family, .row.tos = G_MAXUINT8 };

  if (table == NULL)
    return NULL;
  memcpy (probe.row.destination.bytes, destination->bytes, family == AF_INET ? 4 : 16);
  for (int length = family == AF_INET ? 32 : 128; length >= 0; length--)
    {
      const NlvRoute *route = NULL;

      if (table->n_of_length[length] == 0)
        continue;
      mask_ip (&probe.row.destination, (guint) length);
      probe.row.destination_length = (guint8) length;
      if (family == AF_INET6)
        {
          probe.row.source_length = 128;
          route = lookup_from (table, &probe, &taste);
          probe.row.source_length = 0;
        }
      if (route == NULL)
        route = lookup_from (table, &probe, &taste);
      if (route != NULL)
        return route;
    }
  return NULL;
}
