/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The routes of a network: kept per family and table in the order in which
 * the kernel dumps them, looked up by longest prefix. */
#pragma once

#include "model/network.h"

typedef struct _NlvFib NlvFib;

NlvFib *nlv_fib_new (void);
void nlv_fib_free (NlvFib *fib);
NlvFib *nlv_fib_copy (NlvFib *fib);

NlvRoute *nlv_fib_add (NlvFib *fib, NlvRoute *row);
void nlv_fib_remove (NlvFib *fib, NlvRoute *row);
guint nlv_fib_size (NlvFib *fib);

/* A place in the walk of all routes of a family, table after table, that
 * survives changes of the table: the next route is the first one behind it. */
typedef struct
{
  guint8 family;
  gboolean started;
  NlvRoute last; /* key fields only */
  guint64 last_sequence;
  gboolean one_table; /* that of @last */
} NlvFibCursor;

void nlv_fib_cursor_init (NlvFibCursor *cursor, guint8 family);
/* The same for the routes of one table only. */
void nlv_fib_cursor_init_table (NlvFibCursor *cursor, guint8 family, guint32 table);
const NlvRoute *nlv_fib_next (NlvFib *fib, NlvFibCursor *cursor);

/* The tables' ids in the order of the walk. (element-type guint32) */
GArray *nlv_fib_get_tables (NlvFib *fib, guint8 family);
/* Makes a table without routes, if it is not there: behind the others that share
 * its place in the walk, as an older one is. */
void nlv_fib_add_older_table (NlvFib *fib, guint8 family, guint32 table);
guint nlv_fib_get_table_size (NlvFib *fib, guint8 family, guint32 table);
/* Whether someone else than the kernel added a local IPv4 route, and whether an
 * IPv4 route has a realm. */
gboolean nlv_fib_has_own_local (NlvFib *fib);
gboolean nlv_fib_has_realms (NlvFib *fib);
gboolean nlv_fib_has_table (NlvFib *fib, guint8 family, guint32 table);

/* The longest prefix of @table that holds @destination, and @source where it is
 * for some only (NULL is the unspecified address), and within it, what @accept
 * takes first in the order of tos and metric; NULL accepts all. */
const NlvRoute *nlv_fib_lookup (NlvFib *fib, guint8 family, guint32 table, const NlvIp *destination,
                                const NlvIp *source, gboolean (*accept) (const NlvRoute *route, gpointer user_data),
                                gpointer user_data);

NlvFib *nlv_network_get_fib (NlvNetwork *network);
