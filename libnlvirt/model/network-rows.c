/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An ordered list of rows, sorted when it is read. */
#include "model/network-rows.h"

#include <string.h>

void
nlv_rows_init (NlvRows *rows, GCompareFunc compare, GDestroyNotify free_row)
{
  rows->rows = g_ptr_array_new_with_free_func (free_row);
  rows->sorted = 0;
  rows->compare = compare;
}

void
nlv_rows_clear (NlvRows *rows)
{
  g_clear_pointer (&rows->rows, g_ptr_array_unref);
  rows->sorted = 0;
}

void
nlv_rows_add (NlvRows *rows, gpointer row)
{
  guint n = rows->rows->len;

  if (rows->sorted == n && (n == 0 || rows->compare (g_ptr_array_index (rows->rows, n - 1), row) < 0))
    rows->sorted++;
  g_ptr_array_add (rows->rows, row);
}

static int
compare_elements (gconstpointer a, gconstpointer b, gpointer compare)
{
  return ((GCompareFunc) compare) (*(const gconstpointer *) a, *(const gconstpointer *) b);
}

/* Merges from the back, so that only the tail needs a copy. */
static void
merge_tail (NlvRows *rows)
{
  gpointer *all = rows->rows->pdata;
  guint n_head = rows->sorted, n_tail = rows->rows->len - n_head, at = rows->rows->len;
  g_autofree gpointer *tail = g_memdup2 (all + n_head, n_tail * sizeof (gpointer));

  g_qsort_with_data (tail, (gint) n_tail, sizeof (gpointer), compare_elements, (gpointer) rows->compare);
  while (n_tail > 0)
    {
      if (n_head > 0 && rows->compare (all[n_head - 1], tail[n_tail - 1]) > 0)
        all[--at] = all[--n_head];
      else
        all[--at] = tail[--n_tail];
    }
  rows->sorted = rows->rows->len;
}

gpointer
nlv_rows_get (NlvRows *rows, guint position)
{
  if (rows->sorted < rows->rows->len)
    merge_tail (rows);
  return position < rows->rows->len ? g_ptr_array_index (rows->rows, position) : NULL;
}

void
nlv_rows_reorder (NlvRows *rows)
{
  rows->sorted = 0;
}

guint
nlv_rows_get_size (const NlvRows *rows)
{
  return rows->rows->len;
}

guint
nlv_rows_find (NlvRows *rows, gconstpointer row)
{
  guint low = 0, high = rows->rows->len;

  if (rows->sorted < rows->rows->len)
    merge_tail (rows);
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (rows->compare (g_ptr_array_index (rows->rows, middle), row) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

guint
nlv_rows_remove (NlvRows *rows, gpointer row)
{
  guint position = nlv_rows_find (rows, row);

  g_ptr_array_remove_index (rows->rows, position);
  rows->sorted--;
  return position;
}

guint
nlv_rows_steal (NlvRows *rows, gpointer row)
{
  guint position = nlv_rows_find (rows, row);

  g_ptr_array_steal_index (rows->rows, position);
  rows->sorted--;
  return position;
}
