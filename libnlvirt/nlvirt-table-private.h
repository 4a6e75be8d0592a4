/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the library's own objects know of a table. */
#pragma once

#include "model/network.h"
#include "nlvirt-table.h"

G_BEGIN_DECLS

/* (transfer none) */
NlvNetwork *nlvirt_table_get_network (NlvirtTable *self);

/* The one handle of a link. (transfer full) (nullable) */
NlvirtLink *nlvirt_table_get_link_by_index (NlvirtTable *self, guint32 index);

/* Called by a link handle that goes away. */
void nlvirt_table_forget_link (NlvirtTable *self, guint32 index);

G_END_DECLS
