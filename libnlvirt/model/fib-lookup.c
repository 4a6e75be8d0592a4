/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The longest prefix: a tree is asked once for each prefix length that is in
 * use. */
#include "model/fib-private.h"

#include <string.h>

typedef struct
{
  NlvFib *fib;
  const NlvFibTable *table;
  NlvFibAccept accept;
  gpointer user_data;
  NlvIp destination; /* masked to @length */
  guint length;
  NlvIp source;
  gboolean has_node; /* fib6_node_lookup_1() would have ended by now */
  NlvRoute row;
} Search;

/* What there is at one place, whether it is accepted or not. */
typedef struct
{
  gboolean any;
  gboolean of_source;
} Seen;

/* The first route that is for the source and accepted, as long as the
 * destination, and whether there is a source prefix, stay the same. */
static gboolean
lookup_place (Search *search, gboolean for_sources, Seen *seen)
{
  const NlvFibTree *tree = &search->table->tree;
  guint32 known = 0;
  NlvFibSpot spot;
  NlvFibKey key;

  *seen = (Seen){ FALSE, FALSE };
  nlv_fib_key_init_prefix (&key, tree->family, &search->destination, search->length, for_sources);
  for (nlv_fib_tree_seek (tree, &key, &spot); spot.leaf != NULL; nlv_fib_tree_next (&spot))
    {
      guint32 info;

      if (!nlv_fib_key_same_prefix (tree->family, nlv_fib_tree_get (tree, &spot, &info), key.words))
        return FALSE;
      known = nlv_fib_decode (search->fib, search->table, &spot, &search->row, known);
      seen->any = TRUE;
      if (for_sources && nlv_fib_compare_bits (&search->row.source, &search->source, search->row.source_length) != 0)
        continue;
      seen->of_source = TRUE;
      if (search->accept == NULL || search->accept (&search->row, search->user_data))
        return TRUE;
    }
  return FALSE;
}

/* Of one destination length. Routes for some sources hide those for all, except
 * at the root, and from fib6_backtrack(), which goes up from a node that has
 * nothing to accept. */
static gboolean
lookup_length (Search *search)
{
  gboolean found;
  Seen seen;

  if (search->table->tree.family == AF_INET6)
    {
      found = lookup_place (search, TRUE, &seen);
      search->has_node |= seen.of_source;
      if (found || (seen.any && !search->has_node && search->length > 0))
        return found;
    }
  found = lookup_place (search, FALSE, &seen);
  search->has_node |= seen.any;
  return found;
}

gboolean
nlv_fib_lookup (NlvFib *fib, guint8 family, guint32 table, const NlvIp *destination, const NlvIp *source,
                NlvFibAccept accept, gpointer user_data, NlvRoute *out)
{
  Search search = { .fib = fib, .accept = accept, .user_data = user_data };

  search.table = nlv_fib_find_table (fib, family, table);
  if (search.table == NULL)
    return FALSE;
  if (source != NULL)
    search.source = *source;
  memcpy (search.destination.bytes, destination->bytes, family == AF_INET ? 4 : 16);
  for (int length = family == AF_INET ? 32 : 128; length >= 0; length--)
    {
      if (search.table->n_of_length[length] == 0)
        continue;
      search.length = (guint) length;
      nlv_fib_mask_ip (&search.destination, search.length);
      if (!lookup_length (&search))
        continue;
      if (out != NULL)
        *out = search.row;
      return TRUE;
    }
  return FALSE;
}
