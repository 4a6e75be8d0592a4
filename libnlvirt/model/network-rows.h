/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rows of one kind in a total order, by position in constant time. What is
 * added goes to an unsorted tail that the next access merges in, so that
 * filling a list costs O(n log n) in any order. */
#pragma once

#include <glib.h>

typedef struct
{
  GPtrArray *rows; /* (owned) */
  guint sorted;    /* rows up to here are in order */
  GCompareFunc compare;
} NlvRows;

/* @compare gets the rows themselves and must tell any two apart. */
void nlv_rows_init (NlvRows *rows, GCompareFunc compare, GDestroyNotify free_row);
void nlv_rows_clear (NlvRows *rows);
void nlv_rows_add (NlvRows *rows, gpointer row);
/* Returns the position that it had. */
guint nlv_rows_remove (NlvRows *rows, gpointer row);
/* The same, and the row stays the caller's. */
guint nlv_rows_steal (NlvRows *rows, gpointer row);
/* The position of a row, or where it would be. */
guint nlv_rows_find (NlvRows *rows, gconstpointer row);
/* NULL past the end. */
gpointer nlv_rows_get (NlvRows *rows, guint position);
/* The order of rows that are there has changed. */
void nlv_rows_reorder (NlvRows *rows);
guint nlv_rows_get_size (const NlvRows *rows);
