/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The routes of a network: kept per family and table in the order in which
 * the kernel dumps them, looked up by longest prefix. A route that is read is a
 * NlvRoute made for the reader, whose members belong to what is shared: it holds
 * until the next change. */
#pragma once

#include "model/fib-tree.h"

typedef struct _NlvFib NlvFib;
typedef struct _NlvFibTable NlvFibTable;

NlvFib *nlv_fib_new (void);
void nlv_fib_free (NlvFib *fib);
NlvFib *nlv_fib_copy (NlvFib *fib);

typedef gboolean (*NlvFibAccept) (const NlvRoute *route, gpointer user_data);

/* --- walks -------------------------------------------------------------------- */

/* A place in the walk of all routes of a family, table after table, that
 * survives changes: the next route is the first one behind it. */
typedef struct
{
  NlvRoute row; /* what nlv_fib_next() returned last */
  guint8 family;
  gboolean started;    /* @table holds */
  gboolean one_table;  /* no others than @table */
  gboolean one_prefix; /* nor than @destination */
  NlvIp destination;
  guint8 length;
  guint32 table;
  NlvFibKey key; /* behind which to go on */
  /* Where that is, while the fib is of this version. */
  guint64 version;
  const NlvFibTable *at_table;
  NlvFibSpot spot;
  guint32 info; /* that is in @row, or 0 */
} NlvFibCursor;

void nlv_fib_cursor_init (NlvFibCursor *cursor, guint8 family);
/* The same for the routes of one table only. */
void nlv_fib_cursor_init_table (NlvFibCursor *cursor, guint8 family, guint32 table);
/* The same for those with just this destination, and any source. */
void nlv_fib_cursor_init_prefix (NlvFibCursor *cursor, guint8 family, guint32 table, const NlvIp *destination,
                                 guint8 length);
/* It holds until the next call with this cursor, or change. */
const NlvRoute *nlv_fib_next (NlvFib *fib, NlvFibCursor *cursor);
/* The route that came last comes again. */
void nlv_fib_unget (NlvFibCursor *cursor);

/* The route with the key that a cursor had in @table, or NULL when it is there no more. */
const NlvRoute *nlv_fib_seek (NlvFib *fib, NlvFibCursor *cursor, guint8 family, guint32 table, const NlvFibKey *key);

/* Positions are those of one walk: IPv4, then IPv6. The last route's, or where it
 * was. */
guint nlv_fib_position (NlvFib *fib, const NlvFibCursor *cursor);
/* FALSE when there are not so many. */
gboolean nlv_fib_nth (NlvFib *fib, guint position, NlvRoute *out);

/* --- changes ------------------------------------------------------------------ */

/* Among those with the same order: destination, source (IPv6), tos (IPv4), metric. */
typedef enum
{
  NLV_FIB_LAST,
  NLV_FIB_FIRST,
} NlvFibPlace;

/* Each takes the members of @row, whatever comes of it. */

/* Masks the prefixes, and looks for no equal. FALSE when it is no route. */
gboolean nlv_fib_insert (NlvFib *fib, NlvRoute *row, NlvFibPlace place);
/* The same for one that no equal, in the kernel's sense, is there of: FALSE when
 * there is. IPv6's ways to one destination are put together. */
gboolean nlv_fib_add (NlvFib *fib, NlvRoute *row);
/* The route that came last. */
void nlv_fib_remove_at (NlvFib *fib, NlvFibCursor *cursor);
/* It keeps its order, whatever @row has of it. FALSE when it is there no more. */
gboolean nlv_fib_replace_at (NlvFib *fib, NlvFibCursor *cursor, NlvRoute *row);
/* What was inserted, added to or replaced last, with the cursor at it; NULL when
 * it is there no more. */
const NlvRoute *nlv_fib_get_changed (NlvFib *fib, NlvFibCursor *cursor);

/* --- tables ------------------------------------------------------------------- */

guint nlv_fib_size (NlvFib *fib);
/* The tables' ids in the order of the walk. (element-type guint32) */
GArray *nlv_fib_get_tables (NlvFib *fib, guint8 family);
/* Makes a table without routes, if it is not there, as the newest. */
void nlv_fib_ensure_table (NlvFib *fib, guint8 family, guint32 table);
/* The same, but behind the others that share
 * its place in the walk, as an older one is. */
void nlv_fib_add_older_table (NlvFib *fib, guint8 family, guint32 table);
guint nlv_fib_get_table_size (NlvFib *fib, guint8 family, guint32 table);
gboolean nlv_fib_has_table (NlvFib *fib, guint8 family, guint32 table);
/* Whether someone else than the kernel added a local IPv4 route, and whether an
 * IPv4 route has a realm. */
gboolean nlv_fib_has_own_local (NlvFib *fib);
gboolean nlv_fib_has_realms (NlvFib *fib);
/* Whether a route of @family has a way over @link; asks what is shared only. */
gboolean nlv_fib_uses_link (NlvFib *fib, guint8 family, guint32 link);
/* Whether @accept takes what some routes of @family share: all but table,
 * destination, tos (IPv4) and metric. */
gboolean nlv_fib_any (NlvFib *fib, guint8 family, NlvFibAccept accept, gpointer user_data);

/* Whether @accept takes one of what the routes of @family share that use nexthop object @id. */
gboolean nlv_fib_any_of_nexthop (NlvFib *fib, guint8 family, guint32 id, NlvFibAccept accept, gpointer user_data);
/* See nlv_fib_infos_find_newest(). */
const NlvRoute *nlv_fib_find_newest_of_nexthop (NlvFib *fib, const NlvRoute *like);
/* Edits all that the routes share that use nexthop object @id, which stays. */
void nlv_fib_edit_of_nexthop (NlvFib *fib, guint8 family, guint32 id, NlvRouteEdit edit, gpointer user_data);
/* Tables of a family, with and without routes. */
guint nlv_fib_count_tables (NlvFib *fib, guint8 family);
/* About how many bytes all that routes share takes. */
gsize nlv_fib_get_shared_size (NlvFib *fib);
/* How many there are of what is shared by the routes that use nexthop object @id. */
guint nlv_fib_count_of_nexthop (NlvFib *fib, guint32 id);

/* --- lookups ------------------------------------------------------------------ */

/* The longest prefix of @table that holds @destination, and @source where it is
 * for some only (NULL is the unspecified address), and within it, what @accept
 * takes first in the order of tos and metric; NULL accepts all. FALSE when there
 * is none. @out is nullable. */
gboolean nlv_fib_lookup (NlvFib *fib, guint8 family, guint32 table, const NlvIp *destination, const NlvIp *source,
                         NlvFibAccept accept, gpointer user_data, NlvRoute *out);

/* --- of a network --------------------------------------------------------------- */

NlvFib *nlv_network_get_fib (NlvNetwork *network);
/* Changes as above, of which the network's observers are told. */
gboolean nlv_network_insert_route (NlvNetwork *network, NlvRoute *row, NlvFibPlace place);
void nlv_network_remove_route (NlvNetwork *network, NlvFibCursor *cursor);
void nlv_network_replace_route (NlvNetwork *network, NlvFibCursor *cursor, NlvRoute *row);
void nlv_network_edit_routes (NlvNetwork *network, guint8 family, guint32 nexthop, NlvRouteEdit edit,
                              gpointer user_data);
