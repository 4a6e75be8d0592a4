/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <nlvirt-types.h>

G_BEGIN_DECLS

#define NLVIRT_TYPE_RULE (nlvirt_rule_get_type ())

NLVIRT_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (NlvirtRule, nlvirt_rule, NLVIRT, RULE, GObject)

NLVIRT_AVAILABLE_IN_0_1
NlvirtRule *nlvirt_rule_new (GSocketFamily family, guint priority, guint table_id);
NLVIRT_AVAILABLE_IN_0_1
GSocketFamily nlvirt_rule_get_family (NlvirtRule *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_rule_get_priority (NlvirtRule *self);
NLVIRT_AVAILABLE_IN_0_1
GInetAddressMask *nlvirt_rule_get_source (NlvirtRule *self);
NLVIRT_AVAILABLE_IN_0_1
GInetAddressMask *nlvirt_rule_get_destination (NlvirtRule *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_rule_get_input_link (NlvirtRule *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_rule_get_output_link (NlvirtRule *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_rule_get_table_id (NlvirtRule *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_rule_get_action (NlvirtRule *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_rule_get_flags (NlvirtRule *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_rule_get_mark (NlvirtRule *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_rule_get_mask (NlvirtRule *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_rule_get_tos (NlvirtRule *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_rule_get_protocol (NlvirtRule *self);
NLVIRT_AVAILABLE_IN_0_1
char *nlvirt_rule_to_string (NlvirtRule *self);

G_END_DECLS
