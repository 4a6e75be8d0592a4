/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The routes of a network: what changes in its fib is told to its observers. */
#include "model/network-private.h"

NlvFib *
nlv_network_get_fib (NlvNetwork *network)
{
  return network->fib;
}

guint
nlv_network_get_n_routes (NlvNetwork *network)
{
  return nlv_fib_size (network->fib);
}

static void
tell (NlvNetwork *network, const NlvFibCursor *cursor, guint n_removed, guint n_added)
{
  if (nlv_network_is_watched (network))
    nlv_network_row_changed (network, NLV_ROW_ROUTE, nlv_fib_position (network->fib, cursor), n_removed, n_added);
  else
    nlv_network_changed (network);
}

/* The fib had @size_before routes. */
static void
tell_of_changed (NlvNetwork *network, guint size_before)
{
  NlvFibCursor cursor;

  if (!nlv_network_is_watched (network))
    {
      nlv_network_changed (network);
      return;
    }
  nlv_fib_get_changed (network->fib, &cursor);
  tell (network, &cursor, nlv_fib_size (network->fib) == size_before ? 1 : 0, 1);
}

gboolean
nlv_network_add_route (NlvNetwork *network, NlvRoute *row)
{
  guint size = nlv_fib_size (network->fib);

  if (!nlv_fib_add (network->fib, row))
    return FALSE;
  tell_of_changed (network, size);
  return TRUE;
}

gboolean
nlv_network_insert_route (NlvNetwork *network, NlvRoute *row, NlvFibPlace place)
{
  guint size = nlv_fib_size (network->fib);

  if (!nlv_fib_insert (network->fib, row, place))
    return FALSE;
  tell_of_changed (network, size);
  return TRUE;
}

void
nlv_network_remove_route (NlvNetwork *network, NlvFibCursor *cursor)
{
  guint size = nlv_fib_size (network->fib);

  nlv_fib_remove_at (network->fib, cursor);
  if (nlv_fib_size (network->fib) < size)
    tell (network, cursor, 1, 0);
}

void
nlv_network_replace_route (NlvNetwork *network, NlvFibCursor *cursor, NlvRoute *row)
{
  if (nlv_fib_replace_at (network->fib, cursor, row))
    tell (network, cursor, 1, 1);
}

void
nlv_network_edit_routes (NlvNetwork *network, guint8 family, guint32 nexthop, NlvRouteEdit edit, gpointer user_data)
{
  NlvFibCursor cursor;
  const NlvRoute *route;

  if (nlv_fib_count_of_nexthop (network->fib, nexthop) == 0)
    return;
  nlv_fib_edit_of_nexthop (network->fib, family, nexthop, edit, user_data);
  nlv_network_changed (network);
  if (!nlv_network_is_watched (network))
    return;
  nlv_fib_cursor_init (&cursor, family);
  while ((route = nlv_fib_next (network->fib, &cursor)) != NULL)
    if (route->nexthop_id == nexthop)
      tell (network, &cursor, 1, 1);
}
