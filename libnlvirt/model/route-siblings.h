/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* IPv6 routes that go together. The kernel keeps a route for each way, and calls
 * those with a gateway, one destination and one metric siblings; here they are the
 * ways of one row, which is told as the first of them.
 *
 * @siblings of NlvRoute: what each way was added with, where that is not the same
 * for all. It is a route without ways, of which type, protocol, preference,
 * preferred source, metrics and expiry count.
 *
 * @ways_before of another route with the same order: how many of their ways come
 * before it. Where it is between them, dumps overlook it: fib6_dump_node(). */
#pragma once

#include "model/network.h"

GArray *nlv_siblings_copy (const GArray *siblings);

/* What the kernel has for one way, as a route of its own; its members are those of @row. */
void nlv_route_get_sibling (const NlvRoute *row, guint index, NlvRoute *sibling);
/* Adds the one way of @more, which is left without it. */
void nlv_route_add_sibling (NlvRoute *row, NlvRoute *more);
/* @row has more than one way. */
void nlv_route_remove_sibling (NlvRoute *row, guint index);
/* For changing what one way was added with; nlv_route_settle_siblings() must follow. */
NlvRoute *nlv_route_edit_sibling (NlvRoute *row, guint index);
void nlv_route_settle_siblings (NlvRoute *row);
