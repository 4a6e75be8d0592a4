/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <nlvirt-table.h>

G_BEGIN_DECLS

#define NLVIRT_TYPE_CONTROL (nlvirt_control_get_type ())

NLVIRT_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (NlvirtControl, nlvirt_control, NLVIRT, CONTROL, GObject)

NLVIRT_AVAILABLE_IN_0_1
NlvirtControl *nlvirt_control_new (NlvirtTable *table, const char *path, GError **error);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_control_close (NlvirtControl *self);
NLVIRT_AVAILABLE_IN_0_1
NlvirtTable *nlvirt_control_get_table (NlvirtControl *self);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_control_set_table (NlvirtControl *self, NlvirtTable *table);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_control_get_path (NlvirtControl *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_control_get_address (NlvirtControl *self);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_control_get_allow_descendants (NlvirtControl *self);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_control_set_allow_descendants (NlvirtControl *self, gboolean allow);

G_END_DECLS
