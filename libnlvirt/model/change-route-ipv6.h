/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* IPv6 routes of one prefix and what they tell of their ways. */
#pragma once

#include "model/change-route.h"
#include "model/fib.h"

/* The event of a route whose ways begin with the one at @first, and go round. */
void nlv_route_event_from (NlvChange *change, guint16 type, guint16 flags, const NlvRoute *row, guint first,
                           gboolean asked);
/* The table of a request, which may leave it out. */
guint32 nlv_route_table_ipv6 (const NlvRouteConfig *config);
/* ip6_route_del(): @all is fc_delete_all_nh. */
int nlv_route_delete_ipv6 (NlvChange *change, const NlvRouteConfig *config, const NlvWay *way, gboolean all);
/* Routes that run out are looked for from now on. */
void nlv_route_start_expiry (NlvChange *change);
