/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the library's own objects know of a table. */
#pragma once

#include "model/network.h"
#include "nlvirt-table.h"
#include "wire/writer.h"

G_BEGIN_DECLS

/* (transfer none) */
NlvNetwork *nlvirt_table_get_network (NlvirtTable *self);

/* The one handle of a link. (transfer full) (nullable) */
NlvirtLink *nlvirt_table_get_link_by_index (NlvirtTable *self, guint32 index);

/* The library's clock, as the model counts it; a tick in microseconds of
 * g_get_monotonic_time(). */
#define NLVIRT_TABLE_TICK 10000
guint64 nlvirt_table_get_time (void);

/* A request by the administrator: begin gives its zeroed family header, ask ends it,
 * has it answered, and clears @writer. */
gpointer nlvirt_request_begin (NlvWriter *writer, guint16 type, guint16 flags, gsize payload);
gboolean nlvirt_table_ask (NlvirtTable *self, NlvWriter *writer, GError **error);

/* NLVIRT_ERROR_* for what a request is refused with. */
int nlvirt_error_code (int error);
/* All of @faults as one error, a line each. (element-type NlvFault) */
void nlvirt_set_faults_error (GError **error, int code, const char *path, GPtrArray *faults);

/* Tells what a program has changed; is_heard: whether the application would hear it. */
void nlvirt_table_settle (NlvirtTable *self);
gboolean nlvirt_table_is_heard (NlvirtTable *self);

/* Called by a list that comes and goes. */
struct _NlvirtRows;
void nlvirt_table_add_list (NlvirtTable *self, struct _NlvirtRows *list);
void nlvirt_table_remove_list (NlvirtTable *self, struct _NlvirtRows *list);

/* Called by a link handle that goes away. */
void nlvirt_table_forget_link (NlvirtTable *self, guint32 index);

G_END_DECLS
