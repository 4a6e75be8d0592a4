/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <nlvirt-types.h>

G_BEGIN_DECLS

#define NLVIRT_TYPE_TABLE (nlvirt_table_get_type ())

NLVIRT_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (NlvirtTable, nlvirt_table, NLVIRT, TABLE, GObject)

NLVIRT_AVAILABLE_IN_0_1
NlvirtTable *nlvirt_table_new (void);
NLVIRT_AVAILABLE_IN_0_1
NlvirtTable *nlvirt_table_new_loopback (void);
NLVIRT_AVAILABLE_IN_0_1
NlvirtTable *nlvirt_table_new_from_file (const char *path, GError **error);
NLVIRT_AVAILABLE_IN_0_1
NlvirtTable *nlvirt_table_new_from_data (const guint8 *data, gsize len, GError **error);
NLVIRT_AVAILABLE_IN_0_1
NlvirtTable *nlvirt_table_new_from_kernel (GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_save (NlvirtTable *self, const char *path, GError **error);
NLVIRT_AVAILABLE_IN_0_1
GBytes *nlvirt_table_to_data (NlvirtTable *self);
NLVIRT_AVAILABLE_IN_0_1
NlvirtTable *nlvirt_table_copy (NlvirtTable *self);
NLVIRT_AVAILABLE_IN_0_1
GListModel *nlvirt_table_check (const char *path, GError **error);
NLVIRT_AVAILABLE_IN_0_1
GListModel *nlvirt_table_get_links (NlvirtTable *self);
NLVIRT_AVAILABLE_IN_0_1
GListModel *nlvirt_table_get_addresses (NlvirtTable *self);
NLVIRT_AVAILABLE_IN_0_1
GListModel *nlvirt_table_get_routes (NlvirtTable *self);
NLVIRT_AVAILABLE_IN_0_1
GListModel *nlvirt_table_get_rules (NlvirtTable *self);
NLVIRT_AVAILABLE_IN_0_1
GListModel *nlvirt_table_get_neighbors (NlvirtTable *self);
NLVIRT_AVAILABLE_IN_0_1
NlvirtLink *nlvirt_table_get_link (NlvirtTable *self, const char *name);
NLVIRT_AVAILABLE_IN_0_1
NlvirtLink *nlvirt_table_add_link (NlvirtTable *self, const char *name, const char *kind, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_remove_link (NlvirtTable *self, NlvirtLink *link, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_add_address (NlvirtTable *self, NlvirtAddress *address, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_replace_address (NlvirtTable *self, NlvirtAddress *address, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_remove_address (NlvirtTable *self, NlvirtAddress *address, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_add_route (NlvirtTable *self, NlvirtRoute *route, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_replace_route (NlvirtTable *self, NlvirtRoute *route, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_remove_route (NlvirtTable *self, NlvirtRoute *route, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_add_rule (NlvirtTable *self, NlvirtRule *rule, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_remove_rule (NlvirtTable *self, NlvirtRule *rule, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_add_neighbor (NlvirtTable *self, NlvirtNeighbor *neighbor, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_replace_neighbor (NlvirtTable *self, NlvirtNeighbor *neighbor, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_remove_neighbor (NlvirtTable *self, NlvirtNeighbor *neighbor, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_add_from_data (NlvirtTable *self, const guint8 *data, gsize len, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_replace_from_data (NlvirtTable *self, const guint8 *data, gsize len, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_table_remove_from_data (NlvirtTable *self, const guint8 *data, gsize len, GError **error);

G_END_DECLS
