/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of the fib share. */
#pragma once

#include "model/fib.h"

struct _NlvFibTable
{
  guint32 id;
  guint place; /* in its bucket */
  NlvFibTree tree;
  guint n_of_length[129]; /* routes by destination length */
};

/* FIB_TABLE_HASHSZ and FIB6_TABLE_HASHSZ */
#define NLV_FIB_BUCKETS 256

/* The tables of one family. fib_new_table() and fib6_link_table() hash by the
 * id's low bits and put a new table in front of its bucket, so a bucket is
 * walked from its end. */
typedef struct
{
  GPtrArray *buckets[NLV_FIB_BUCKETS]; /* (owned) (nullable) (element-type NlvFibTable) */
  GHashTable *by_id;                   /* id → (unowned) NlvFibTable */
} NlvFibFamily;

struct _NlvFib
{
  NlvFibFamily families[2]; /* IPv4, IPv6 */
  NlvFibInfos infos;
  guint64 first, last; /* sequence numbers that are taken */
  guint64 version;     /* of the trees */
  guint size;
  guint n_own_local; /* IPv4 routes of type local that are not the kernel's own */
  guint n_realms;    /* ways of IPv4 routes with a realm */
  /* What was changed last. */
  guint8 changed_family;
  guint32 changed_table;
  NlvFibKey changed_key;
};

/* NULL for other families. */
NlvFibFamily *nlv_fib_family (NlvFib *fib, guint8 family);
NlvFibTable *nlv_fib_find_table (NlvFib *fib, guint8 family, guint32 id);
/* The first one's place is behind NULL. */
NlvFibTable *nlv_fib_next_table (const NlvFibFamily *family, const NlvFibTable *table);

/* What @spot is at, as a whole. If @known is its info, what is shared is in @row
 * already. Returns the info. */
guint32 nlv_fib_decode (NlvFib *fib, const NlvFibTable *table, const NlvFibSpot *spot, NlvRoute *row, guint32 known);
