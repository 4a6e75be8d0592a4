/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which routes are between the siblings of others: what becomes of @ways_before
 * of NlvRoute when these change. */
#include "model/change/change-route-ipv6.h"

#include "model/fib-keys.h"
#include "model/route-siblings.h"

static gboolean
is_beside (const NlvRoute *row, const NlvRoute *like)
{
  return row->metric == like->metric && nlv_fib_equal_sources (row, like);
}

static void
begin (NlvFibCursor *cursor, const NlvRoute *like)
{
  nlv_fib_cursor_init_prefix (cursor, AF_INET6, like->table, &like->destination, like->destination_length);
}

static void
set_ways_before (NlvNetwork *network, NlvFibCursor *cursor, guint16 ways)
{
  NlvRoute moved;

  if (cursor->row.ways_before == ways)
    return;
  nlv_route_copy (&cursor->row, &moved);
  moved.ways_before = ways;
  nlv_network_replace_route (network, cursor, &moved);
}

guint16
nlv_route_count_siblings (NlvNetwork *network, const NlvRoute *like)
{
  NlvFib *fib = nlv_network_get_fib (network);
  const NlvRoute *row;
  NlvFibCursor cursor;

  begin (&cursor, like);
  while ((row = nlv_fib_next (fib, &cursor)) != NULL)
    if (is_beside (row, like) && nlv_fib_may_have_siblings (row))
      return row->n_nexthops;
  return 0;
}

void
nlv_route_note_siblings (NlvNetwork *network, const NlvRoute *like)
{
  NlvFib *fib = nlv_network_get_fib (network);
  gboolean behind = FALSE;
  const NlvRoute *row;
  NlvFibCursor cursor;

  begin (&cursor, like);
  while ((row = nlv_fib_next (fib, &cursor)) != NULL)
    if (!is_beside (row, like))
      continue;
    else if (nlv_fib_may_have_siblings (row))
      behind = TRUE;
    else
      set_ways_before (network, &cursor, behind);
}

/* Puts the siblings, and what is behind one of them, behind all else again. */
static void
reorder (NlvNetwork *network, const NlvRoute *like)
{
  g_autoptr (GArray) moved = g_array_new (FALSE, FALSE, sizeof (NlvRoute));
  NlvFib *fib = nlv_network_get_fib (network);
  const NlvRoute *row;
  NlvFibCursor cursor;

  begin (&cursor, like);
  while ((row = nlv_fib_next (fib, &cursor)) != NULL)
    if (is_beside (row, like) && (row->ways_before > 0 || nlv_fib_may_have_siblings (row)))
      {
        NlvRoute copy;

        nlv_route_copy (row, &copy);
        g_array_append_val (moved, copy);
        nlv_network_remove_route (network, &cursor);
      }
  for (guint i = 0; i < moved->len; i++)
    nlv_network_insert_route (network, &g_array_index (moved, NlvRoute, i), NLV_FIB_LAST);
}

void
nlv_route_note_sibling_removed (NlvNetwork *network, const NlvRoute *like, guint index)
{
  NlvFib *fib = nlv_network_get_fib (network);
  gboolean behind = FALSE, misplaced = FALSE;
  const NlvRoute *row;
  NlvFibCursor cursor;

  begin (&cursor, like);
  while ((row = nlv_fib_next (fib, &cursor)) != NULL)
    if (!is_beside (row, like))
      continue;
    else if (nlv_fib_may_have_siblings (row))
      behind = TRUE;
    else if (row->ways_before > index)
      {
        misplaced |= behind && row->ways_before == 1;
        set_ways_before (network, &cursor, row->ways_before - 1);
      }
  if (misplaced)
    reorder (network, like);
}
