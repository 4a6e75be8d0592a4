/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The ways of an IPv6 route, and what each of them was added with. */
#include "model/route-siblings.h"

#include <string.h>

/* --- lists ---------------------------------------------------------------------- */

static void
clear_sibling (gpointer data)
{
  nlv_route_clear (data);
}

static GArray *
new_siblings (guint n)
{
  GArray *siblings = g_array_sized_new (FALSE, TRUE, sizeof (NlvRoute), n);

  g_array_set_clear_func (siblings, clear_sibling);
  return siblings;
}

/* What counts of @row. */
static void
append (GArray *siblings, const NlvRoute *row)
{
  const NlvRoute own = {
    .family = row->family,
    .type = row->type,
    .protocol = row->protocol,
    .preference = row->preference,
    .preferred_source = row->preferred_source,
    .has_preferred_source = row->has_preferred_source,
    .metrics = row->metrics,
    .congestion = row->congestion,
    .expires = row->expires,
  };
  NlvRoute sibling;

  nlv_route_copy (&own, &sibling);
  g_array_append_val (siblings, sibling);
}

GArray *
nlv_siblings_copy (const GArray *siblings)
{
  GArray *copy;

  if (siblings == NULL)
    return NULL;
  copy = new_siblings (siblings->len);
  for (guint i = 0; i < siblings->len; i++)
    append (copy, &g_array_index (siblings, NlvRoute, i));
  return copy;
}

static gboolean
equal_metrics (const guint32 *a, const guint32 *b)
{
  return a == NULL || b == NULL ? a == b : memcmp (a, b, (RTAX_MAX + 1) * sizeof *a) == 0;
}

static gboolean
is_alike (const NlvRoute *a, const NlvRoute *b)
{
  return a->type == b->type && a->protocol == b->protocol && a->preference == b->preference &&
         a->has_preferred_source == b->has_preferred_source &&
         memcmp (&a->preferred_source, &b->preferred_source, sizeof a->preferred_source) == 0 &&
         equal_metrics (a->metrics, b->metrics) && g_strcmp0 (a->congestion, b->congestion) == 0 &&
         a->expires == b->expires;
}

/* One for each way: those that came from elsewhere are as the first. */
static void
ensure_siblings (NlvRoute *row)
{
  if (row->siblings == NULL)
    row->siblings = new_siblings (row->n_nexthops);
  while (row->siblings->len < row->n_nexthops)
    append (row->siblings, row);
  if (row->siblings->len > row->n_nexthops)
    g_array_set_size (row->siblings, row->n_nexthops);
}

/* The row is as the first of them. */
void
nlv_route_settle_siblings (NlvRoute *row)
{
  NlvRoute first;
  gboolean alike = TRUE;

  if (row->siblings == NULL || row->siblings->len == 0)
    return;
  nlv_route_copy (&g_array_index (row->siblings, NlvRoute, 0), &first);
  row->type = first.type;
  row->protocol = first.protocol;
  row->preference = first.preference;
  row->preferred_source = first.preferred_source;
  row->has_preferred_source = first.has_preferred_source;
  row->expires = first.expires;
  g_free (row->metrics);
  row->metrics = g_steal_pointer (&first.metrics);
  g_free (row->congestion);
  row->congestion = g_steal_pointer (&first.congestion);
  nlv_route_clear (&first);
  for (guint i = 0; i < row->siblings->len; i++)
    alike &= is_alike (row, &g_array_index (row->siblings, NlvRoute, i));
  if (alike)
    g_clear_pointer (&row->siblings, g_array_unref);
}

/* --- one of them ------------------------------------------------------------------- */

void
nlv_route_get_sibling (const NlvRoute *row, guint index, NlvRoute *sibling)
{
  *sibling = *row;
  sibling->siblings = NULL;
  if (row->siblings != NULL && index < row->siblings->len)
    {
      const NlvRoute *own = &g_array_index (row->siblings, NlvRoute, index);

      sibling->type = own->type;
      sibling->protocol = own->protocol;
      sibling->preference = own->preference;
      sibling->preferred_source = own->preferred_source;
      sibling->has_preferred_source = own->has_preferred_source;
      sibling->metrics = own->metrics;
      sibling->congestion = own->congestion;
      sibling->expires = own->expires;
    }
  sibling->nexthops = row->nexthops + index;
  sibling->n_nexthops = 1;
}

void
nlv_route_add_sibling (NlvRoute *row, NlvRoute *more)
{
  gboolean alike = row->siblings == NULL && is_alike (row, more);

  if (!alike)
    {
      ensure_siblings (row);
      append (row->siblings, more);
    }
  row->nexthops = g_renew (NlvNexthop, row->nexthops, row->n_nexthops + 1u);
  row->nexthops[row->n_nexthops++] = more->nexthops[0];
  g_clear_pointer (&more->nexthops, g_free);
  more->n_nexthops = 0;
}

void
nlv_route_remove_sibling (NlvRoute *row, guint index)
{
  if (row->siblings != NULL)
    {
      ensure_siblings (row);
      g_array_remove_index (row->siblings, index);
    }
  g_clear_pointer (&row->nexthops[index].encap, g_bytes_unref);
  row->n_nexthops--;
  memmove (&row->nexthops[index], &row->nexthops[index + 1], (row->n_nexthops - index) * sizeof *row->nexthops);
  nlv_route_settle_siblings (row);
}

NlvRoute *
nlv_route_edit_sibling (NlvRoute *row, guint index)
{
  ensure_siblings (row);
  return &g_array_index (row->siblings, NlvRoute, index);
}
