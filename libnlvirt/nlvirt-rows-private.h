/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The rows of a table as a list model, and the objects that stand for one
 * row. */
#pragma once

#include "model/observer.h"
#include "nlvirt-table-private.h"

G_BEGIN_DECLS

#define NLVIRT_TYPE_ROWS (nlvirt_rows_get_type ())

G_DECLARE_FINAL_TYPE (NlvirtRows, nlvirt_rows, NLVIRT, ROWS, GObject)

GListModel *nlvirt_rows_new (NlvirtTable *table, NlvRowKind kind);

/* Rows of @kind have changed, see NlvObserver; what has changed is told once, as
 * one span. */
void nlvirt_rows_note (NlvirtRows *self, NlvRowKind kind, guint position, guint n_removed, guint n_added);
void nlvirt_rows_tell (NlvirtRows *self);

/* Each copies its row; @network gives the names of links. */
NlvirtLink *nlvirt_link_new_for_row (NlvirtTable *table, const NlvLink *row);
/* NULL when it is gone. */
const NlvLink *nlvirt_link_find_row (NlvirtLink *self);
/* Notifies of the properties that have changed since the last time. */
void nlvirt_link_tell (NlvirtLink *self);
NlvirtAddress *nlvirt_address_new_for_row (NlvNetwork *network, const NlvAddress *row);
NlvirtRoute *nlvirt_route_new_for_row (NlvNetwork *network, const NlvRoute *row);
NlvirtRule *nlvirt_rule_new_for_row (NlvNetwork *network, const NlvRule *row);
NlvirtNeighbor *nlvirt_neighbor_new_for_row (NlvNetwork *network, const NlvNeighbor *row);
NlvirtNexthop *nlvirt_nexthop_new_for_way (NlvNetwork *network, const NlvNexthop *way);

const NlvAddress *nlvirt_address_peek_row (NlvirtAddress *self);
const NlvRoute *nlvirt_route_peek_row (NlvirtRoute *self);
const NlvRule *nlvirt_rule_peek_row (NlvirtRule *self);

/* The way back: what an object says, for @network, where links have other
 * indexes. Each FALSE sets @error; a route's row is to be cleared. */
gboolean nlvirt_address_to_row (NlvirtAddress *self, NlvNetwork *network, NlvAddress *row, GError **error);
gboolean nlvirt_route_to_row (NlvirtRoute *self, NlvNetwork *network, NlvRoute *row, GError **error);
gboolean nlvirt_rule_to_row (NlvirtRule *self, NlvRule *row, GError **error);
gboolean nlvirt_neighbor_to_row (NlvirtNeighbor *self, NlvNetwork *network, NlvNeighbor *row, GError **error);
/* Without the link. */
void nlvirt_nexthop_describe (NlvirtNexthop *self, NlvNexthop *way);

/* (element-type NlvFault) (transfer full) */
GListModel *nlvirt_fault_list_new (const char *path, GPtrArray *faults);

G_END_DECLS
