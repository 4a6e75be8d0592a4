/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How rows are kept: what orders them, and what finds their equals. */
#pragma once

#include "model/network.h"

/* Every row is allocated with what orders it among its equals. */
typedef struct
{
  NlvAddress row;
  guint64 sequence;
} NlvAddressNode;

typedef struct
{
  NlvRule row;
  guint64 sequence;
} NlvRuleNode;

typedef struct
{
  NlvNeighbor row;
  guint64 sequence;
  guint place;            /* among those of its link */
  guint place_of_address; /* among those that say where an address is: nlv_network_peek_forwarding() */
} NlvNeighborNode;

/* An IPv4 subnet on a link: the first address in it is the primary one. */
typedef struct
{
  guint32 link;
  guint32 network;
  guint32 prefix_length;
  guint32 n_addresses;
} NlvSubnet;

guint32 nlv_ipv4_mask (guint prefix_length);

/* Of a guint64, where g_int64_hash() goes by half of it. */
guint nlv_hash_number (gconstpointer key);

/* The list of a key in a table of lists, which is made if there is none. */
GPtrArray *nlv_list_of (GHashTable *lists, gpointer key);
/* @list: (nullable) that of nobody is empty; @compare: of rows */
GPtrArray *nlv_list_dup_sorted (const GPtrArray *list, GCompareFunc compare);

/* In the order of the kernel's dumps; of nodes. */
int nlv_compare_links (gconstpointer a, gconstpointer b);
int nlv_compare_link_ages (gconstpointer a, gconstpointer b);
int nlv_compare_addresses (gconstpointer a, gconstpointer b);
int nlv_compare_rules (gconstpointer a, gconstpointer b);
int nlv_compare_neighbors (gconstpointer a, gconstpointer b);
int nlv_compare_nexthops (gconstpointer a, gconstpointer b);

/* The same in the kernel's sense; of rows. */
guint nlv_hash_address (gconstpointer key);
gboolean nlv_equal_addresses (gconstpointer a, gconstpointer b);
guint nlv_hash_subnet (gconstpointer key);
gboolean nlv_equal_subnets (gconstpointer a, gconstpointer b);
guint nlv_hash_neighbor (gconstpointer key);
gboolean nlv_equal_neighbors (gconstpointer a, gconstpointer b);
