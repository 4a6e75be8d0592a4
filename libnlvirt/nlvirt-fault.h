/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <nlvirt-types.h>

G_BEGIN_DECLS

#define NLVIRT_TYPE_FAULT (nlvirt_fault_get_type ())

NLVIRT_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (NlvirtFault, nlvirt_fault, NLVIRT, FAULT, GObject)

NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_fault_get_path (NlvirtFault *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_fault_get_line (NlvirtFault *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_fault_get_group (NlvirtFault *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_fault_get_key (NlvirtFault *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_fault_get_message (NlvirtFault *self);
NLVIRT_AVAILABLE_IN_0_1
char *nlvirt_fault_to_string (NlvirtFault *self);

G_END_DECLS
