/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The rows of a table as a list model, and the objects that stand for one
 * row. */
#pragma once

#include "nlvirt-table-private.h"

G_BEGIN_DECLS

typedef enum
{
  NLVIRT_ROWS_LINKS,
  NLVIRT_ROWS_ADDRESSES,
  NLVIRT_ROWS_ROUTES,
  NLVIRT_ROWS_RULES,
  NLVIRT_ROWS_NEIGHBORS,
} NlvirtRowsKind;

#define NLVIRT_TYPE_ROWS (nlvirt_rows_get_type ())

G_DECLARE_FINAL_TYPE (NlvirtRows, nlvirt_rows, NLVIRT, ROWS, GObject)

GListModel *nlvirt_rows_new (NlvirtTable *table, NlvirtRowsKind kind);

/* Each copies its row; @network gives the names of links. */
NlvirtLink *nlvirt_link_new_for_row (NlvirtTable *table, const NlvLink *row);
NlvirtAddress *nlvirt_address_new_for_row (NlvNetwork *network, const NlvAddress *row);
NlvirtRoute *nlvirt_route_new_for_row (NlvNetwork *network, const NlvRoute *row);
NlvirtRule *nlvirt_rule_new_for_row (const NlvRule *row);
NlvirtNeighbor *nlvirt_neighbor_new_for_row (NlvNetwork *network, const NlvNeighbor *row);
NlvirtNexthop *nlvirt_nexthop_new_for_way (NlvNetwork *network, const NlvNexthop *way);

/* (element-type NlvFault) (transfer full) */
GListModel *nlvirt_fault_list_new (const char *path, GPtrArray *faults);

G_END_DECLS
