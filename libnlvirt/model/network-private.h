/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The network from within, for the files that are a part of it: its rows
 * (network.c and network-*.c), who watches them (observer.c), and its timers (timer.c). */
#pragma once

#include "model/fib.h"
#include "model/network-rows.h"
#include "model/timer.h"

typedef struct
{
  GArray *entries; /* (owned) */
  guint holds;
  gboolean unsettled;
} NlvObservers;

typedef struct
{
  GSequence *queue;   /* (owned) */
  GHashTable *places; /* (owned) timer → its place in the queue */
  guint64 sequence;
  gboolean running;
} NlvTimers;

/* Links whose carrier has changed: device-watch.c. */
typedef struct
{
  GArray *pending; /* (element-type guint32) (owned): indexes, 0 where one was taken out */
  guint64 next_event;
  gboolean urgent, scheduled, running;
} NlvLinkWatch;

struct _NlvNetwork
{
  gatomicrefcount references;
  guint generation;
  guint64 sequence; /* of the row added last */
  guint32 last_free_index;
  guint64 n_drawn_addresses;
  guint32 last_nexthop_id; /* that was chosen here */
  NlvRows links_by_age;    /* (unowned) */
  NlvRows links, addresses, rules, neighbors, nexthops;
  GPtrArray *objects; /* (element-type NlvObject) (owned) */
  NlvGlobals globals;
  gsize room; /* nlv_network_has_room() */
  gboolean clock_runs;
  guint64 clock_start;           /* of the caller's time */
  GHashTable *links_by_index;    /* index → (unowned) NlvLink */
  GHashTable *links_by_name;     /* (unowned) name → NlvLink */
  GHashTable *links_by_alt_name; /* (unowned) alternative name → NlvLink */
  GHashTable *links_by_lower;    /* index → (owned) (element-type NlvLink) (unowned), in no order */
  GHashTable *address_set;       /* of (unowned) NlvAddressNode */
  GHashTable *subnets;           /* set of (owned) NlvSubnet */
  GHashTable *neighbor_set;      /* of (unowned) NlvNeighborNode */
  GHashTable *neighbors_by_link; /* index → (owned) (element-type NlvNeighborNode) (unowned), in no order */
  GHashTable *forwarding;        /* (owned) address → (owned) (element-type NlvNeighborNode) (unowned) */
  GHashTable *nexthops_by_id;    /* id → (unowned) NlvNexthopObject */
  NlvFib *fib;                   /* (owned) */
  NlvObservers observers;
  NlvTimers timers;
  NlvLinkWatch link_watch;
};

/* network-link.c, network-address.c, network-neighbor.c: into an empty network. */
void nlv_network_copy_links (NlvNetwork *network, NlvNetwork *copy);
void nlv_network_copy_addresses (NlvNetwork *network, NlvNetwork *copy);
void nlv_network_copy_neighbors (NlvNetwork *network, NlvNetwork *copy);

/* network-upper.c */
void nlv_network_forget_lower (NlvNetwork *network, NlvLink *link);

/* network-begin.c: nothing is told yet, but timers start. */
void nlv_network_begin (NlvNetwork *network);

/* observer.c */
void nlv_observers_init (NlvObservers *self);
void nlv_observers_clear (NlvObservers *self);
/* FALSE: nobody would be told of a row, whose position need not be looked for;
 * nlv_network_changed() is enough. */
gboolean nlv_network_is_watched (NlvNetwork *network);
void nlv_network_changed (NlvNetwork *network);
void nlv_network_row_changed (NlvNetwork *network, NlvRowKind kind, guint position, guint n_removed, guint n_added);
/* A row has come, or another has come in its place. */
void nlv_network_row_added (NlvNetwork *network, NlvRowKind kind, NlvRows *rows, gconstpointer row, guint n_removed);
void nlv_network_deadline_changed (NlvNetwork *network);

/* device-watch.c */
void nlv_link_watch_init (NlvLinkWatch *self);
void nlv_link_watch_clear (NlvLinkWatch *self);
void nlv_link_watch_copy (const NlvLinkWatch *from, NlvLinkWatch *to);

/* timer.c */
void nlv_timers_init (NlvTimers *self);
void nlv_timers_clear (NlvTimers *self);
void nlv_timers_copy (const NlvTimers *from, NlvTimers *to);
