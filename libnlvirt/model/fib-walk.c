/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Walks through the fib, and positions in them. */
#include "model/fib-private.h"

#include <string.h>

guint32
nlv_fib_decode (NlvFib *fib, const NlvFibTable *table, const NlvFibSpot *spot, NlvRoute *row, guint32 known)
{
  guint32 info;
  const guint64 *words = nlv_fib_tree_get (&table->tree, spot, &info);

  if (info != known)
    *row = *nlv_fib_infos_get (&fib->infos, info);
  row->table = table->id;
  nlv_fib_key_decode (words, row);
  return info;
}

/* --- walks ------------------------------------------------------------------- */

void
nlv_fib_cursor_init (NlvFibCursor *cursor, guint8 family)
{
  *cursor = (NlvFibCursor){ .family = family };
  nlv_fib_key_init_first (&cursor->key);
}

void
nlv_fib_cursor_init_table (NlvFibCursor *cursor, guint8 family, guint32 table)
{
  nlv_fib_cursor_init (cursor, family);
  cursor->started = cursor->one_table = TRUE;
  cursor->table = table;
}

void
nlv_fib_cursor_init_prefix (NlvFibCursor *cursor, guint8 family, guint32 table, const NlvIp *destination, guint8 length)
{
  nlv_fib_cursor_init_table (cursor, family, table);
  cursor->one_prefix = TRUE;
  cursor->destination = *destination;
  cursor->length = (guint8) MIN (length, family == AF_INET ? 32 : 128);
  nlv_fib_mask_ip (&cursor->destination, cursor->length);
  nlv_fib_key_init_prefix (&cursor->key, family, &cursor->destination, cursor->length, family == AF_INET6);
}

/* Whether it knows where it is. */
static gboolean
is_settled (const NlvFib *fib, const NlvFibCursor *cursor)
{
  return cursor->spot.leaf != NULL && cursor->version == fib->version;
}

/* The words of the next route of the table that the cursor is in, or NULL. */
static const guint64 *
find_next (NlvFib *fib, NlvFibCursor *cursor, const NlvFibTable *table)
{
  NlvFibSpot *spot = &cursor->spot;
  guint32 info;

  if (is_settled (fib, cursor))
    nlv_fib_tree_next (spot);
  else
    nlv_fib_tree_seek (&table->tree, &cursor->key, spot);
  return spot->leaf != NULL ? nlv_fib_tree_get (&table->tree, spot, &info) : NULL;
}

/* Takes what find_next() found. */
static const NlvRoute *
take (NlvFib *fib, NlvFibCursor *cursor, const NlvFibTable *table, const guint64 *words)
{
  guint32 known = cursor->version == fib->version ? cursor->info : 0;

  cursor->info = nlv_fib_decode (fib, table, &cursor->spot, &cursor->row, known);
  cursor->version = fib->version;
  cursor->at_table = table;
  for (guint i = 0; i < NLV_FIB_KEY_WORDS (cursor->family); i++)
    cursor->key.words[i] = words[i];
  if (cursor->family == AF_INET6)
    {
      cursor->key.source = cursor->row.source;
      cursor->key.source_length = cursor->row.source_length;
    }
  return &cursor->row;
}

/* IPv6 routes for some sources are in one place, and then those for all in another. */
static const NlvRoute *
next_of_prefix (NlvFib *fib, NlvFibCursor *cursor, const NlvFibTable *table)
{
  for (;;)
    {
      gboolean of_source = cursor->family == AF_INET6 && nlv_fib_key_has_source (cursor->key.words);
      const guint64 *words = find_next (fib, cursor, table);
      NlvFibKey prefix;

      nlv_fib_key_init_prefix (&prefix, cursor->family, &cursor->destination, cursor->length, of_source);
      if (words != NULL && nlv_fib_key_same_prefix (cursor->family, words, prefix.words))
        return take (fib, cursor, table, words);
      cursor->spot.leaf = NULL;
      if (!of_source)
        return NULL;
      nlv_fib_key_init_prefix (&cursor->key, cursor->family, &cursor->destination, cursor->length, FALSE);
    }
}

const NlvRoute *
nlv_fib_next (NlvFib *fib, NlvFibCursor *cursor)
{
  const NlvFibFamily *tables = nlv_fib_family (fib, cursor->family);
  const NlvFibTable *table = NULL;
  const guint64 *words;

  if (tables == NULL)
    return NULL;
  if (cursor->started)
    {
      table = is_settled (fib, cursor) ? cursor->at_table : nlv_fib_find_table (fib, cursor->family, cursor->table);
      if (table == NULL)
        return NULL;
      if (cursor->one_prefix)
        return next_of_prefix (fib, cursor, table);
      words = find_next (fib, cursor, table);
      if (words != NULL)
        return take (fib, cursor, table, words);
      if (cursor->one_table)
        return NULL;
    }
  while ((table = nlv_fib_next_table (tables, table)) != NULL)
    if (table->tree.size > 0)
      {
        cursor->started = TRUE;
        cursor->table = table->id;
        nlv_fib_key_init_first (&cursor->key);
        cursor->spot.leaf = NULL;
        return take (fib, cursor, table, find_next (fib, cursor, table));
      }
  return NULL;
}

void
nlv_fib_unget (NlvFibCursor *cursor)
{
  cursor->key.words[NLV_FIB_KEY_WORDS (cursor->family) - 1]--;
  cursor->spot.leaf = NULL;
}

const NlvRoute *
nlv_fib_seek (NlvFib *fib, NlvFibCursor *cursor, guint8 family, guint32 table, const NlvFibKey *key)
{
  nlv_fib_cursor_init_table (cursor, family, table);
  cursor->key = *key;
  nlv_fib_unget (cursor);
  if (nlv_fib_next (fib, cursor) == NULL ||
      memcmp (cursor->key.words, key->words, NLV_FIB_KEY_WORDS (family) * sizeof *key->words) != 0)
    return NULL;
  return &cursor->row;
}

const NlvRoute *
nlv_fib_get_changed (NlvFib *fib, NlvFibCursor *cursor)
{
  const NlvFibKey key = fib->changed_key;

  return nlv_fib_seek (fib, cursor, fib->changed_family, fib->changed_table, &key);
}

/* --- positions --------------------------------------------------------------- */

guint
nlv_fib_position (NlvFib *fib, const NlvFibCursor *cursor)
{
  guint position = 0;

  for (guint i = 0; i < G_N_ELEMENTS (fib->families); i++)
    for (const NlvFibTable *at = NULL; (at = nlv_fib_next_table (&fib->families[i], at)) != NULL;)
      if (at->tree.family == cursor->family && at->id == cursor->table)
        {
          NlvFibKey before = cursor->key;
          NlvFibSpot spot;

          before.words[NLV_FIB_KEY_WORDS (cursor->family) - 1]--;
          return position + nlv_fib_tree_seek (&at->tree, &before, &spot);
        }
      else
        position += at->tree.size;
  return position;
}

gboolean
nlv_fib_nth (NlvFib *fib, guint position, NlvRoute *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (fib->families); i++)
    for (const NlvFibTable *at = NULL; (at = nlv_fib_next_table (&fib->families[i], at)) != NULL;)
      {
        NlvFibSpot spot;

        if (position < at->tree.size)
          {
            nlv_fib_tree_nth (&at->tree, position, &spot);
            nlv_fib_decode (fib, at, &spot, out, 0);
            return TRUE;
          }
        position -= at->tree.size;
      }
  return FALSE;
}
