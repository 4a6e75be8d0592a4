/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What routes have in common, kept once: as the kernel's struct fib_info.
 * Owns what is shared, and counts who shares it. */
#pragma once

#include "model/network.h"

/* Everything of a route but its table and what is in its NlvFibKey. Routes of IPv4
 * with a nexthop object share it in one table and with one metric only. */
typedef struct
{
  NlvRoute row;
  guint32 table, metric; /* of such, or 0 */
  guint64 age;           /* counts up: the later, the newer */
  guint32 n_uses;
  guint32 hash;
  guint32 next;  /* in its bucket, or 0 */
  guint32 place; /* among those of its nexthop object */
} NlvFibInfo;

typedef struct
{
  NlvFibInfo **all; /* (owned) by number; NULL where it is free, as 0 is always */
  guint32 n, capacity;
  guint32 n_used;
  GArray *free;     /* (owned) (element-type guint32) numbers below @n */
  guint32 *buckets; /* (owned) the first number of each */
  guint32 n_buckets;
  GHashTable *of_nexthops; /* (owned) id of a nexthop object → (element-type guint32) numbers of those that use it */
  guint64 n_made;          /* at any time */
  gsize size;              /* about how many bytes all of them take */
} NlvFibInfos;

void nlv_fib_infos_init (NlvFibInfos *infos);
void nlv_fib_infos_clear (NlvFibInfos *infos);
/* With the same numbers and uses. */
void nlv_fib_infos_copy (const NlvFibInfos *infos, NlvFibInfos *copy);

/* The number of what is shared of @row, whose members it takes, with one use more. */
guint32 nlv_fib_infos_take (NlvFibInfos *infos, NlvRoute *row);
void nlv_fib_infos_release (NlvFibInfos *infos, guint32 number);

/* Those that use a nexthop object, or NULL. (element-type guint32) */
const GArray *nlv_fib_infos_of_nexthop (const NlvFibInfos *infos, guint32 id);
/* The newest that @like, of IPv4 and with a nexthop object, is like but for its metrics, or NULL:
 * fib_find_info_nh(). */
const NlvRoute *nlv_fib_infos_find_newest (const NlvFibInfos *infos, const NlvRoute *like);
/* @edit changes what all that share it see, but neither family nor nexthop object. */
typedef void (*NlvRouteEdit) (NlvRoute *shared, gpointer user_data);
void nlv_fib_infos_edit (NlvFibInfos *infos, guint32 number, NlvRouteEdit edit, gpointer user_data);

static inline const NlvRoute *
nlv_fib_infos_get (const NlvFibInfos *infos, guint32 number)
{
  return &infos->all[number]->row;
}
