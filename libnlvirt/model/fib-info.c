/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A hash table of what routes share, chained by numbers. Routes hold numbers,
 * so that a copy of the whole needs no look at the routes. */
#include "model/fib-info.h"
#include "model/fib-keys.h"

#include <string.h>

#define MIN_SIZE 16

/* --- hash and equality --------------------------------------------------------- */

static guint32
mix (guint32 hash, guint32 word)
{
  hash = (hash ^ word) * 0x9e3779b1u;
  return hash ^ hash >> 15;
}

static guint32
mix_ip (guint32 hash, const NlvIp *ip)
{
  for (guint i = 0; i < G_N_ELEMENTS (ip->words); i++)
    hash = mix (hash, ip->words[i]);
  return hash;
}

static guint32
mix_way (guint32 hash, const NlvNexthop *way)
{
  hash = mix (hash, way->link);
  hash = mix_ip (hash, &way->gateway);
  hash = mix (hash, (guint32) way->flags << 8 | way->weight);
  hash = mix (hash, way->realm);
  return way->encap != NULL ? mix (hash, g_bytes_hash (way->encap)) : hash;
}

/* Of all that may differ from route to route: a chain must not become long. */
static guint32
hash_shared (const NlvRoute *row)
{
  guint32 hash = mix (row->family, (guint32) row->type << 24 | (guint32) row->protocol << 16 | row->scope);

  hash = mix (hash, row->flags);
  hash = mix (hash, (guint32) row->preference << 8 | row->tos);
  hash = mix (hash, row->nexthop_id);
  hash = mix (hash, row->expires);
  if (row->has_preferred_source)
    hash = mix_ip (hash, &row->preferred_source);
  if (row->source_length > 0)
    hash = mix_ip (hash, &row->source);
  for (guint i = 0; i < row->n_nexthops; i++)
    hash = mix_way (hash, &row->nexthops[i]);
  for (guint i = 0; row->metrics != NULL && i <= RTAX_MAX; i++)
    hash = mix (hash, row->metrics[i]);
  if (row->congestion != NULL)
    hash = mix (hash, g_str_hash (row->congestion));
  for (guint i = 0; row->extra != NULL && i < row->extra->len; i++)
    hash = mix (hash, g_bytes_hash (g_array_index (row->extra, NlvRawAttr, i).payload));
  return hash;
}

static gboolean
equal_bytes (GBytes *a, GBytes *b)
{
  return a == b || (a != NULL && b != NULL && g_bytes_equal (a, b));
}

static gboolean
equal_ips (const NlvIp *a, const NlvIp *b)
{
  return memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static gboolean
equal_ways (const NlvRoute *a, const NlvRoute *b)
{
  if (a->n_nexthops != b->n_nexthops)
    return FALSE;
  for (guint i = 0; i < a->n_nexthops; i++)
    {
      const NlvNexthop *left = &a->nexthops[i], *right = &b->nexthops[i];

      if (left->link != right->link || left->gateway_family != right->gateway_family || left->flags != right->flags ||
          left->weight != right->weight || !equal_ips (&left->gateway, &right->gateway) ||
          left->realm != right->realm || left->encap_type != right->encap_type ||
          !equal_bytes (left->encap, right->encap))
        return FALSE;
    }
  return TRUE;
}

static gboolean
equal_extra (const GArray *a, const GArray *b)
{
  guint n = a != NULL ? a->len : 0;

  if (n != (b != NULL ? b->len : 0))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const NlvRawAttr *left = &g_array_index (a, NlvRawAttr, i), *right = &g_array_index (b, NlvRawAttr, i);

      if (left->type != right->type || !g_bytes_equal (left->payload, right->payload))
        return FALSE;
    }
  return TRUE;
}

static gboolean
equal_metrics (const NlvRoute *a, const NlvRoute *b)
{
  if (a->metrics == NULL || b->metrics == NULL)
    return a->metrics == b->metrics;
  return memcmp (a->metrics, b->metrics, (RTAX_MAX + 1) * sizeof *a->metrics) == 0;
}

static gboolean equal_shared (const NlvRoute *a, const NlvRoute *b);

static gboolean
equal_siblings (const GArray *a, const GArray *b)
{
  guint n = a != NULL ? a->len : 0;

  if (n != (b != NULL ? b->len : 0))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!equal_shared (&g_array_index (a, NlvRoute, i), &g_array_index (b, NlvRoute, i)))
      return FALSE;
  return TRUE;
}

static gboolean
equal_shared (const NlvRoute *a, const NlvRoute *b)
{
  return a->family == b->family && a->source_length == b->source_length && a->tos == b->tos &&
         a->protocol == b->protocol && a->scope == b->scope && a->type == b->type && a->preference == b->preference &&
         a->flags == b->flags && a->nexthop_id == b->nexthop_id && a->expires == b->expires &&
         a->as_multipath == b->as_multipath && a->has_preferred_source == b->has_preferred_source &&
         equal_ips (&a->source, &b->source) && equal_ips (&a->preferred_source, &b->preferred_source) &&
         equal_ways (a, b) && equal_metrics (a, b) && g_strcmp0 (a->congestion, b->congestion) == 0 &&
         equal_extra (a->extra, b->extra) && equal_siblings (a->siblings, b->siblings) &&
         a->ways_before == b->ways_before;
}

static gboolean
equal_infos (const NlvFibInfo *a, const NlvFibInfo *b)
{
  return a->hash == b->hash && a->table == b->table && a->metric == b->metric && equal_shared (&a->row, &b->row);
}

static guint32
hash_info (const NlvFibInfo *info)
{
  return mix (mix (hash_shared (&info->row), info->table), info->metric);
}

/* --- sizes ------------------------------------------------------------------------- */

static gsize
size_of_extra (const GArray *extra)
{
  gsize size = 0;

  for (guint i = 0; extra != NULL && i < extra->len; i++)
    size += sizeof (NlvRawAttr) + g_bytes_get_size (g_array_index (extra, NlvRawAttr, i).payload);
  return size;
}

static gsize
size_of (const NlvRoute *row)
{
  gsize size = sizeof *row + row->n_nexthops * sizeof *row->nexthops + size_of_extra (row->extra);

  for (guint i = 0; i < row->n_nexthops; i++)
    size += row->nexthops[i].encap != NULL ? g_bytes_get_size (row->nexthops[i].encap) : 0;
  if (row->metrics != NULL)
    size += (RTAX_MAX + 1) * sizeof *row->metrics;
  for (guint i = 0; row->siblings != NULL && i < row->siblings->len; i++)
    size += size_of (&g_array_index (row->siblings, NlvRoute, i));
  return size;
}

/* --- by nexthop object --------------------------------------------------------------- */

const GArray *
nlv_fib_infos_of_nexthop (const NlvFibInfos *infos, guint32 id)
{
  return g_hash_table_lookup (infos->of_nexthops, GUINT_TO_POINTER (id));
}

const NlvRoute *
nlv_fib_infos_find_newest (const NlvFibInfos *infos, const NlvRoute *like)
{
  const GArray *numbers = nlv_fib_infos_of_nexthop (infos, like->nexthop_id);
  const NlvFibInfo *found = NULL;

  for (guint i = 0; numbers != NULL && i < numbers->len; i++)
    {
      const NlvFibInfo *info = infos->all[g_array_index (numbers, guint32, i)];
      const NlvRoute *row = &info->row;

      if (row->family == like->family && info->table == like->table && info->metric == like->metric &&
          row->protocol == like->protocol && row->scope == like->scope && row->type == like->type &&
          nlv_fib_equal_flags (row->flags, like->flags) &&
          equal_ips (&row->preferred_source, &like->preferred_source) && (found == NULL || info->age > found->age))
        found = info;
    }
  return found != NULL ? &found->row : NULL;
}

static void
enter_nexthop (NlvFibInfos *infos, guint32 number)
{
  NlvFibInfo *info = infos->all[number];
  gpointer id = GUINT_TO_POINTER (info->row.nexthop_id);
  GArray *numbers = g_hash_table_lookup (infos->of_nexthops, id);

  if (info->row.nexthop_id == 0)
    return;
  if (numbers == NULL)
    {
      numbers = g_array_new (FALSE, FALSE, sizeof number);
      g_hash_table_insert (infos->of_nexthops, id, numbers);
    }
  info->place = numbers->len;
  g_array_append_val (numbers, number);
}

/* The last one takes its place. */
static void
leave_nexthop (NlvFibInfos *infos, const NlvFibInfo *info)
{
  GArray *numbers = g_hash_table_lookup (infos->of_nexthops, GUINT_TO_POINTER (info->row.nexthop_id));

  if (info->row.nexthop_id == 0)
    return;
  g_array_remove_index_fast (numbers, info->place);
  if (info->place < numbers->len)
    infos->all[g_array_index (numbers, guint32, info->place)]->place = info->place;
  if (numbers->len == 0)
    g_hash_table_remove (infos->of_nexthops, GUINT_TO_POINTER (info->row.nexthop_id));
}

static GHashTable *
new_nexthops (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
}

/* --- the table ------------------------------------------------------------------- */

static void
enter_bucket (NlvFibInfos *infos, guint32 number)
{
  NlvFibInfo *info = infos->all[number];
  guint32 *bucket = &infos->buckets[info->hash & (infos->n_buckets - 1)];

  info->next = *bucket;
  *bucket = number;
}

static void
leave_bucket (NlvFibInfos *infos, guint32 number)
{
  const NlvFibInfo *info = infos->all[number];
  guint32 *at = &infos->buckets[info->hash & (infos->n_buckets - 1)];

  while (*at != number)
    at = &infos->all[*at]->next;
  *at = info->next;
}

static void
rehash (NlvFibInfos *infos, guint32 n_buckets)
{
  g_free (infos->buckets);
  infos->buckets = g_new0 (guint32, n_buckets);
  infos->n_buckets = n_buckets;
  for (guint32 i = 1; i < infos->n; i++)
    if (infos->all[i] != NULL)
      enter_bucket (infos, i);
}

void
nlv_fib_infos_init (NlvFibInfos *infos)
{
  *infos = (NlvFibInfos){ .n = 1, .capacity = MIN_SIZE };
  infos->all = g_new0 (NlvFibInfo *, infos->capacity);
  infos->free = g_array_new (FALSE, FALSE, sizeof (guint32));
  infos->of_nexthops = new_nexthops ();
  rehash (infos, MIN_SIZE);
}

static void
free_info (NlvFibInfo *info)
{
  nlv_route_clear (&info->row);
  g_free (info);
}

void
nlv_fib_infos_clear (NlvFibInfos *infos)
{
  for (guint32 i = 0; i < infos->n; i++)
    if (infos->all[i] != NULL)
      free_info (infos->all[i]);
  g_clear_pointer (&infos->all, g_free);
  g_clear_pointer (&infos->free, g_array_unref);
  g_clear_pointer (&infos->buckets, g_free);
  g_clear_pointer (&infos->of_nexthops, g_hash_table_unref);
}

void
nlv_fib_infos_copy (const NlvFibInfos *infos, NlvFibInfos *copy)
{
  *copy = *infos;
  copy->all = g_new0 (NlvFibInfo *, copy->capacity);
  copy->buckets = g_memdup2 (infos->buckets, infos->n_buckets * sizeof *infos->buckets);
  copy->free = g_array_copy (infos->free);
  copy->of_nexthops = new_nexthops ();
  for (guint32 i = 0; i < infos->n; i++)
    if (infos->all[i] != NULL)
      {
        copy->all[i] = g_memdup2 (infos->all[i], sizeof *infos->all[i]);
        nlv_route_copy (&infos->all[i]->row, &copy->all[i]->row);
        enter_nexthop (copy, i);
      }
}

static guint32
new_number (NlvFibInfos *infos)
{
  if (infos->free->len > 0)
    {
      guint32 number = g_array_index (infos->free, guint32, infos->free->len - 1);

      g_array_set_size (infos->free, infos->free->len - 1);
      return number;
    }
  if (infos->n == infos->capacity)
    {
      infos->capacity *= 2;
      infos->all = g_renew (NlvFibInfo *, infos->all, infos->capacity);
    }
  return infos->n++;
}

/* Of what each route has for itself. */
static void
strip (NlvRoute *row)
{
  row->table = row->metric = 0;
  row->destination = (NlvIp){ 0 };
  row->destination_length = 0;
  if (row->family == AF_INET)
    row->tos = 0;
}

guint32
nlv_fib_infos_take (NlvFibInfos *infos, NlvRoute *row)
{
  NlvFibInfo wanted = { .row = *row, .n_uses = 1 }, *info;
  guint32 number;

  if (row->family == AF_INET && row->nexthop_id != 0)
    {
      wanted.table = row->table;
      wanted.metric = row->metric;
    }
  *row = (NlvRoute){ 0 };
  strip (&wanted.row);
  wanted.hash = hash_info (&wanted);
  for (number = infos->buckets[wanted.hash & (infos->n_buckets - 1)]; number != 0; number = info->next)
    {
      info = infos->all[number];
      if (!equal_infos (info, &wanted))
        continue;
      info->n_uses++;
      nlv_route_clear (&wanted.row);
      return number;
    }

  wanted.age = infos->n_made++;
  number = new_number (infos);
  info = infos->all[number] = g_memdup2 (&wanted, sizeof wanted);
  infos->size += size_of (&info->row);
  enter_nexthop (infos, number);
  if (++infos->n_used > infos->n_buckets)
    rehash (infos, infos->n_buckets * 2);
  else
    enter_bucket (infos, number);
  return number;
}

void
nlv_fib_infos_edit (NlvFibInfos *infos, guint32 number, NlvRouteEdit edit, gpointer user_data)
{
  NlvFibInfo *info = infos->all[number];

  leave_bucket (infos, number);
  infos->size -= size_of (&info->row);
  edit (&info->row, user_data);
  infos->size += size_of (&info->row);
  info->hash = hash_info (info);
  enter_bucket (infos, number);
}

void
nlv_fib_infos_release (NlvFibInfos *infos, guint32 number)
{
  NlvFibInfo *info = infos->all[number];

  if (--info->n_uses > 0)
    return;
  leave_bucket (infos, number);
  leave_nexthop (infos, info);
  infos->size -= size_of (&info->row);
  infos->all[number] = NULL;
  g_array_append_val (infos->free, number);
  free_info (info);
  if (--infos->n_used == 0)
    {
      nlv_fib_infos_clear (infos);
      nlv_fib_infos_init (infos);
    }
}
