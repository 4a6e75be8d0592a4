/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A route's own memory. */
#include "model/route-siblings.h"

void
nlv_route_clear (NlvRoute *route)
{
  for (guint i = 0; i < route->n_nexthops; i++)
    g_clear_pointer (&route->nexthops[i].encap, g_bytes_unref);
  route->n_nexthops = 0;
  g_clear_pointer (&route->nexthops, g_free);
  g_clear_pointer (&route->metrics, g_free);
  g_clear_pointer (&route->congestion, g_free);
  g_clear_pointer (&route->extra, g_array_unref);
  g_clear_pointer (&route->siblings, g_array_unref);
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
  copy->extra = nlv_raw_attrs_copy (route->extra);
  copy->siblings = nlv_siblings_copy (route->siblings);
}
