/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An ordered set of routes, each a key and the number of what it shares: a
 * B+tree that knows how many are below each node. */
#pragma once

#include "model/fib-info.h"
#include "model/fib-keys.h"

/* Entries without pointers: the words of a key, and one with the info's number. */
typedef struct _NlvFibLeaf NlvFibLeaf;

struct _NlvFibLeaf
{
  guint n, size;
  NlvFibLeaf *next;
  guint64 words[];
};

typedef struct
{
  gpointer root; /* (owned) a leaf, or an inner node */
  guint height;  /* 0: the root is a leaf */
  guint32 size;
  guint8 family;
  const NlvFibInfos *infos; /* where the sources are that IPv6 orders by */
  /* Where the last one was inserted: a run fills its leaves. */
  const NlvFibLeaf *last_leaf;
  guint last_index;
} NlvFibTree;

/* An entry, until the tree changes; no entry if @leaf is NULL. */
typedef struct
{
  const NlvFibLeaf *leaf;
  guint index;
} NlvFibSpot;

void nlv_fib_tree_init (NlvFibTree *tree, guint8 family, const NlvFibInfos *infos);
void nlv_fib_tree_clear (NlvFibTree *tree);
void nlv_fib_tree_copy (const NlvFibTree *tree, NlvFibTree *copy, const NlvFibInfos *infos);

/* @key is not there yet. */
void nlv_fib_tree_insert (NlvFibTree *tree, const NlvFibKey *key, guint32 info);
/* What these find is told by the info that it had, or 0. */
guint32 nlv_fib_tree_remove (NlvFibTree *tree, const NlvFibKey *key);
guint32 nlv_fib_tree_replace (NlvFibTree *tree, const NlvFibKey *key, guint32 info);

/* The first one behind @key; the result is how many are not. */
guint32 nlv_fib_tree_seek (const NlvFibTree *tree, const NlvFibKey *key, NlvFibSpot *spot);
void nlv_fib_tree_nth (const NlvFibTree *tree, guint32 position, NlvFibSpot *spot);

static inline void
nlv_fib_tree_next (NlvFibSpot *spot)
{
  spot->index++;
  if (spot->index >= spot->leaf->n)
    *spot = (NlvFibSpot){ .leaf = spot->leaf->next };
}

/* The words of its key. */
static inline const guint64 *
nlv_fib_tree_get (const NlvFibTree *tree, const NlvFibSpot *spot, guint32 *info)
{
  guint n_words = NLV_FIB_KEY_WORDS (tree->family);
  const guint64 *words = spot->leaf->words + spot->index * (n_words + 1);

  *info = (guint32) words[n_words];
  return words;
}
