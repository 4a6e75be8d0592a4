/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An inner node has of each child the number of entries below it and a copy of
 * the first one. */
#include "model/fib-tree.h"

#include <string.h>

#define MAX_ENTRIES 64
/* With fewer, a node other than the root joins one beside it, or takes of it. */
#define MIN_ENTRIES 16
/* What two nodes are joined to at most. */
#define MAX_JOINED 48
/* The first leaf grows to its size. */
#define FIRST_SIZE 4

typedef struct
{
  guint n;
  gpointer children[MAX_ENTRIES];
  guint32 counts[MAX_ENTRIES];
  guint64 words[];
} Inner;

/* --- nodes ------------------------------------------------------------------------ */

static guint
entry_words (const NlvFibTree *tree)
{
  return NLV_FIB_KEY_WORDS (tree->family) + 1;
}

static guint32
info_of (const NlvFibTree *tree, const guint64 *entry)
{
  return (guint32) entry[NLV_FIB_KEY_WORDS (tree->family)];
}

static NlvFibLeaf *
new_leaf (const NlvFibTree *tree, guint size)
{
  NlvFibLeaf *leaf = g_malloc (sizeof *leaf + size * entry_words (tree) * sizeof *leaf->words);

  leaf->n = 0;
  leaf->size = size;
  leaf->next = NULL;
  return leaf;
}

static gsize
inner_size (const NlvFibTree *tree)
{
  return sizeof (Inner) + MAX_ENTRIES * entry_words (tree) * sizeof (guint64);
}

static Inner *
new_inner (const NlvFibTree *tree)
{
  Inner *inner = g_malloc (inner_size (tree));

  inner->n = 0;
  return inner;
}

static guint
n_in_node (gconstpointer node, guint height)
{
  return height == 0 ? ((const NlvFibLeaf *) node)->n : ((const Inner *) node)->n;
}

static guint64 *
words_of (gpointer node, guint height)
{
  return height == 0 ? ((NlvFibLeaf *) node)->words : ((Inner *) node)->words;
}

/* What @inner knows of its child @i, as it is now; @height is the child's. */
static void
refresh (const NlvFibTree *tree, Inner *inner, guint i, guint height)
{
  guint n_words = entry_words (tree);
  guint32 count = 0;

  if (height == 0)
    count = ((const NlvFibLeaf *) inner->children[i])->n;
  else
    for (guint j = 0; j < ((const Inner *) inner->children[i])->n; j++)
      count += ((const Inner *) inner->children[i])->counts[j];
  inner->counts[i] = count;
  memcpy (inner->words + i * n_words, words_of (inner->children[i], height), n_words * sizeof (guint64));
}

/* Moves @n entries or children, in one node or between two that are alike. */
static void
move_entries (const NlvFibTree *tree, guint height, gpointer to, guint to_index, gpointer from, guint from_index,
              guint n)
{
  guint n_words = entry_words (tree);

  memmove (words_of (to, height) + to_index * n_words, words_of (from, height) + from_index * n_words,
           n * n_words * sizeof (guint64));
  if (height == 0)
    return;
  memmove (((Inner *) to)->children + to_index, ((Inner *) from)->children + from_index, n * sizeof (gpointer));
  memmove (((Inner *) to)->counts + to_index, ((Inner *) from)->counts + from_index, n * sizeof (guint32));
}

static void
set_n (gpointer node, guint height, guint n)
{
  if (height == 0)
    ((NlvFibLeaf *) node)->n = n;
  else
    ((Inner *) node)->n = n;
}

static void
free_node (gpointer node, guint height)
{
  for (guint i = 0; height > 0 && i < ((Inner *) node)->n; i++)
    free_node (((Inner *) node)->children[i], height - 1);
  g_free (node);
}

void
nlv_fib_tree_init (NlvFibTree *tree, guint8 family, const NlvFibInfos *infos)
{
  *tree = (NlvFibTree){ .family = family, .infos = infos };
  tree->root = new_leaf (tree, FIRST_SIZE);
}

void
nlv_fib_tree_clear (NlvFibTree *tree)
{
  free_node (tree->root, tree->height);
}

/* @last is the leaf copied last. */
static gpointer
copy_node (const NlvFibTree *tree, gconstpointer node, guint height, NlvFibLeaf **last)
{
  if (height == 0)
    {
      const NlvFibLeaf *leaf = node;
      NlvFibLeaf *copy = new_leaf (tree, leaf->size);

      copy->n = leaf->n;
      memcpy (copy->words, leaf->words, leaf->n * entry_words (tree) * sizeof *leaf->words);
      if (*last != NULL)
        (*last)->next = copy;
      return *last = copy;
    }

  Inner *copy = g_memdup2 (node, inner_size (tree));
  for (guint i = 0; i < copy->n; i++)
    copy->children[i] = copy_node (tree, copy->children[i], height - 1, last);
  return copy;
}

void
nlv_fib_tree_copy (const NlvFibTree *tree, NlvFibTree *copy, const NlvFibInfos *infos)
{
  NlvFibLeaf *last = NULL;

  *copy = *tree;
  copy->infos = infos;
  copy->last_leaf = NULL;
  copy->root = copy_node (tree, tree->root, tree->height, &last);
}

/* --- order ------------------------------------------------------------------------ */

/* The sources lie between the place and the metric. */
static gboolean
is_behind_ipv6 (const NlvFibTree *tree, const guint64 *entry, const NlvFibKey *key)
{
  const guint64 *words = key->words;

  if (entry[0] != words[0])
    return entry[0] > words[0];
  if (entry[1] != words[1])
    return entry[1] > words[1];
  if (entry[2] >> 32 == words[2] >> 32 && nlv_fib_key_has_source (entry))
    {
      const NlvRoute *shared = nlv_fib_infos_get (tree->infos, info_of (tree, entry));
      int order = nlv_fib_compare_sources (&shared->source, shared->source_length, &key->source, key->source_length);

      if (order != 0)
        return order > 0;
    }
  return entry[2] != words[2] ? entry[2] > words[2] : entry[3] > words[3];
}

static gboolean
is_behind (const NlvFibTree *tree, const guint64 *entry, const NlvFibKey *key)
{
  if (tree->family != AF_INET)
    return is_behind_ipv6 (tree, entry, key);
  return entry[0] != key->words[0] ? entry[0] > key->words[0] : entry[1] > key->words[1];
}

/* How many of these are not behind @key. */
static guint
count_before (const NlvFibTree *tree, const guint64 *entries, guint n, const NlvFibKey *key)
{
  guint low = 0, high = n, n_words = entry_words (tree);

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (is_behind (tree, entries + middle * n_words, key))
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

static guint
child_for (const NlvFibTree *tree, const Inner *inner, const NlvFibKey *key)
{
  guint n = count_before (tree, inner->words, inner->n, key);

  return n > 0 ? n - 1 : 0;
}

static gboolean
is_key (const NlvFibTree *tree, const guint64 *entry, const NlvFibKey *key)
{
  return memcmp (entry, key->words, NLV_FIB_KEY_WORDS (tree->family) * sizeof *entry) == 0;
}

/* --- changes ---------------------------------------------------------------------- */

typedef struct
{
  NlvFibTree *tree;
  const NlvFibKey *key;
  guint32 info;
} Change;

static void
put_entry (const Change *change, NlvFibLeaf *leaf, guint index)
{
  NlvFibTree *tree = change->tree;
  guint n_words = entry_words (tree);
  guint64 *entry = leaf->words + index * n_words;

  move_entries (tree, 0, leaf, index + 1, leaf, index, leaf->n - index);
  memcpy (entry, change->key->words, (n_words - 1) * sizeof *entry);
  entry[n_words - 1] = change->info;
  leaf->n++;
  tree->last_leaf = leaf;
  tree->last_index = index;
}

/* Moves what is from @at on to a new leaf. */
static NlvFibLeaf *
split_leaf (const NlvFibTree *tree, NlvFibLeaf *leaf, guint at)
{
  NlvFibLeaf *right = new_leaf (tree, MAX_ENTRIES);

  move_entries (tree, 0, right, 0, leaf, at, leaf->n - at);
  right->n = leaf->n - at;
  leaf->n = at;
  right->next = leaf->next;
  leaf->next = right;
  return right;
}

/* A leaf is split in halves; but where one was put behind or before the last,
 * more of these are expected, and what is there already stays together. Returns
 * the new leaf behind @leaf, if any. */
static NlvFibLeaf *
insert_in_leaf (const Change *change, NlvFibLeaf *leaf)
{
  NlvFibTree *tree = change->tree;
  guint index = count_before (tree, leaf->words, leaf->n, change->key);
  gboolean ascends = tree->last_leaf == leaf && tree->last_index + 1 == index;
  gboolean descends = tree->last_leaf == leaf && tree->last_index == index;
  guint at = ascends || descends ? index : leaf->n / 2;
  NlvFibLeaf *right;

  if (leaf->n < leaf->size)
    {
      put_entry (change, leaf, index);
      return NULL;
    }
  right = split_leaf (tree, leaf, at);
  if (leaf->n < leaf->size && (index < at || (index == at && !(descends && right->n < right->size))))
    put_entry (change, leaf, index);
  else
    put_entry (change, right, index - at);
  return right;
}

static Inner *
split_inner (const NlvFibTree *tree, Inner *inner, guint height)
{
  Inner *right = new_inner (tree);
  guint at = inner->n / 2;

  move_entries (tree, height, right, 0, inner, at, inner->n - at);
  right->n = inner->n - at;
  inner->n = at;
  return right;
}

static void
put_child (const NlvFibTree *tree, Inner *inner, guint height, guint index, gpointer child)
{
  move_entries (tree, height, inner, index + 1, inner, index, inner->n - index);
  inner->children[index] = child;
  inner->n++;
  refresh (tree, inner, index, height - 1);
}

/* Returns the new node behind this one, if any. */
static gpointer
insert_below (const Change *change, gpointer node, guint height)
{
  NlvFibTree *tree = change->tree;
  Inner *inner = node, *right = NULL;
  gpointer child;
  guint index;

  if (height == 0)
    return insert_in_leaf (change, node);
  index = child_for (tree, inner, change->key);
  child = insert_below (change, inner->children[index], height - 1);
  if (child == NULL)
    {
      inner->counts[index]++;
      memcpy (inner->words + index * entry_words (tree), words_of (inner->children[index], height - 1),
              entry_words (tree) * sizeof (guint64));
      return NULL;
    }
  refresh (tree, inner, index, height - 1);
  index++;
  if (inner->n == MAX_ENTRIES)
    {
      right = split_inner (tree, inner, height);
      if (index > inner->n)
        {
          put_child (tree, right, height, index - inner->n, child);
          return right;
        }
    }
  put_child (tree, inner, height, index, child);
  return right;
}

static void
grow_first_leaf (NlvFibTree *tree)
{
  NlvFibLeaf *leaf = tree->root;

  if (tree->height > 0 || leaf->n < leaf->size || leaf->size == MAX_ENTRIES)
    return;
  leaf->size *= 2;
  tree->root = g_realloc (leaf, sizeof *leaf + leaf->size * entry_words (tree) * sizeof *leaf->words);
  tree->last_leaf = NULL;
}

void
nlv_fib_tree_insert (NlvFibTree *tree, const NlvFibKey *key, guint32 info)
{
  Change change = { tree, key, info };
  gpointer right;

  grow_first_leaf (tree);
  right = insert_below (&change, tree->root, tree->height);
  tree->size++;
  if (right != NULL)
    {
      Inner *root = new_inner (tree);

      put_child (tree, root, tree->height + 1, 0, tree->root);
      put_child (tree, root, tree->height + 1, 1, right);
      tree->root = root;
      tree->height++;
    }
}

static void
drop_child (const NlvFibTree *tree, Inner *inner, guint height, guint index)
{
  move_entries (tree, height, inner, index, inner, index + 1, inner->n - index - 1);
  inner->n--;
}

/* A child that has become small takes of one beside it, or joins it. Those at
 * @index and behind it are looked at; @height is theirs. */
static void
balance (NlvFibTree *tree, Inner *inner, guint index, guint height)
{
  gpointer left = inner->children[index], right = inner->children[index + 1];
  guint n_left = n_in_node (left, height), n_right = n_in_node (right, height);
  guint n = n_left + n_right, half = n / 2;

  tree->last_leaf = NULL;
  if (n <= MAX_JOINED)
    {
      move_entries (tree, height, left, n_left, right, 0, n_right);
      set_n (left, height, n);
      if (height == 0)
        ((NlvFibLeaf *) left)->next = ((NlvFibLeaf *) right)->next;
      g_free (right);
      drop_child (tree, inner, height + 1, index + 1);
      refresh (tree, inner, index, height);
      return;
    }
  if (n_left < half)
    {
      move_entries (tree, height, left, n_left, right, 0, half - n_left);
      move_entries (tree, height, right, 0, right, half - n_left, n - half);
    }
  else
    {
      move_entries (tree, height, right, n_left - half, right, 0, n_right);
      move_entries (tree, height, right, 0, left, half, n_left - half);
    }
  set_n (left, height, half);
  set_n (right, height, n - half);
  refresh (tree, inner, index, height);
  refresh (tree, inner, index + 1, height);
}

/* The info of what is removed, or 0. */
static guint32
remove_below (const Change *change, gpointer node, guint height)
{
  NlvFibTree *tree = change->tree;
  Inner *inner = node;
  guint32 info;
  guint index;

  if (height == 0)
    {
      NlvFibLeaf *leaf = node;

      index = count_before (tree, leaf->words, leaf->n, change->key);
      if (index == 0 || !is_key (tree, leaf->words + (index - 1) * entry_words (tree), change->key))
        return 0;
      info = info_of (tree, leaf->words + (index - 1) * entry_words (tree));
      move_entries (tree, 0, leaf, index - 1, leaf, index, leaf->n - index);
      leaf->n--;
      return info;
    }
  index = child_for (tree, inner, change->key);
  info = remove_below (change, inner->children[index], height - 1);
  if (info == 0)
    return 0;
  if (n_in_node (inner->children[index], height - 1) < MIN_ENTRIES)
    balance (tree, inner, index > 0 ? index - 1 : 0, height - 1);
  else
    {
      inner->counts[index]--;
      memcpy (inner->words + index * entry_words (tree), words_of (inner->children[index], height - 1),
              entry_words (tree) * sizeof (guint64));
    }
  return info;
}

guint32
nlv_fib_tree_remove (NlvFibTree *tree, const NlvFibKey *key)
{
  Change change = { tree, key, 0 };
  guint32 info = remove_below (&change, tree->root, tree->height);

  if (info == 0)
    return 0;
  tree->size--;
  while (tree->height > 0 && ((Inner *) tree->root)->n == 1)
    {
      Inner *root = tree->root;

      tree->root = root->children[0];
      tree->height--;
      g_free (root);
    }
  return info;
}

/* Where a node's first entry is a copy of the one that changes, it changes too. */
guint32
nlv_fib_tree_replace (NlvFibTree *tree, const NlvFibKey *key, guint32 info)
{
  guint n_words = entry_words (tree);
  gpointer node = tree->root;
  guint64 *entry;
  guint32 old;
  guint n;

  for (guint height = tree->height; height > 0; height--)
    {
      Inner *inner = node;
      guint index = child_for (tree, inner, key);

      entry = inner->words + index * n_words;
      if (is_key (tree, entry, key))
        entry[n_words - 1] = info;
      node = inner->children[index];
    }
  n = count_before (tree, ((NlvFibLeaf *) node)->words, ((NlvFibLeaf *) node)->n, key);
  entry = ((NlvFibLeaf *) node)->words + (n > 0 ? n - 1 : 0) * n_words;
  if (n == 0 || !is_key (tree, entry, key))
    return 0;
  old = info_of (tree, entry);
  entry[n_words - 1] = info;
  return old;
}

/* --- reading ---------------------------------------------------------------------- */

/* At the end of a leaf, the next one begins. */
static void
settle (NlvFibSpot *spot)
{
  if (spot->index >= spot->leaf->n)
    *spot = (NlvFibSpot){ .leaf = spot->leaf->next };
}

guint32
nlv_fib_tree_seek (const NlvFibTree *tree, const NlvFibKey *key, NlvFibSpot *spot)
{
  gconstpointer node = tree->root;
  guint32 position = 0;

  for (guint height = tree->height; height > 0; height--)
    {
      const Inner *inner = node;
      guint index = child_for (tree, inner, key);

      for (guint i = 0; i < index; i++)
        position += inner->counts[i];
      node = inner->children[index];
    }
  spot->leaf = node;
  spot->index = count_before (tree, spot->leaf->words, spot->leaf->n, key);
  position += spot->index;
  settle (spot);
  return position;
}

void
nlv_fib_tree_nth (const NlvFibTree *tree, guint32 position, NlvFibSpot *spot)
{
  gconstpointer node = tree->root;

  for (guint height = tree->height; height > 0; height--)
    {
      const Inner *inner = node;
      guint index = 0;

      for (; index + 1 < inner->n && position >= inner->counts[index]; index++)
        position -= inner->counts[index];
      node = inner->children[index];
    }
  spot->leaf = node;
  spot->index = position;
  settle (spot);
}
