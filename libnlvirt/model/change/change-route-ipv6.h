/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* IPv6 routes of one prefix and what they tell of their ways. */
#pragma once

#include "model/change/change-route.h"
#include "model/fib.h"

/* The event of the sibling at @first, with the ways of all, which begin with its own
 * and go round: rt6_fill_node(). */
void nlv_route_event_from (NlvChange *change, guint16 type, guint16 flags, const NlvRoute *row, guint first,
                           gboolean asked);
/* change-route-siblings.c, for routes with the order of @like. How many ways those
 * that are siblings have. */
guint16 nlv_route_count_siblings (NlvNetwork *network, const NlvRoute *like);
/* They have all gone, or only one is left or there now. */
void nlv_route_note_siblings (NlvNetwork *network, const NlvRoute *like);
/* The way at @index has gone. */
void nlv_route_note_sibling_removed (NlvNetwork *network, const NlvRoute *like, guint index);

/* The table of a request, which may leave it out. */
guint32 nlv_route_table_ipv6 (const NlvRouteConfig *config);
/* ip6_route_del(): @all is fc_delete_all_nh. */
int nlv_route_delete_ipv6 (NlvChange *change, const NlvRouteConfig *config, const NlvWay *way, gboolean all);
/* Routes that run out are looked for from now on; or at once: fib6_run_gc(). */
void nlv_route_start_expiry (NlvChange *change);
void nlv_route_run_expiry (NlvChange *change);
/* What routes wait for when the network's time begins. */
void nlv_route_begin (NlvChange *change);
