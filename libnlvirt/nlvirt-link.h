/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <nlvirt-types.h>

G_BEGIN_DECLS

#define NLVIRT_TYPE_LINK (nlvirt_link_get_type ())

NLVIRT_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (NlvirtLink, nlvirt_link, NLVIRT, LINK, GObject)

NLVIRT_AVAILABLE_IN_0_1
NlvirtTable *nlvirt_link_get_table (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_link_get_name (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_link_get_index (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_link_get_kind (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_link_get_hardware_type (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
char *nlvirt_link_get_mac_address (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
char *nlvirt_link_get_permanent_mac_address (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
char *nlvirt_link_get_broadcast (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_link_get_mtu (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_link_get_flags (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_link_get_up (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_link_get_running (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_link_get_carrier (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
NlvirtOperationalState nlvirt_link_get_operational_state (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
char **nlvirt_link_get_alt_names (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_link_get_alias (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
NlvirtLink *nlvirt_link_get_master (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_link_get_qdisc (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_link_get_tx_queue_length (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_link_get_group (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
char *nlvirt_link_to_string (NlvirtLink *self);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_link_set_up (NlvirtLink *self, gboolean up, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_link_set_carrier (NlvirtLink *self, gboolean carrier, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_link_set_name (NlvirtLink *self, const char *name, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_link_set_mac_address (NlvirtLink *self, const char *mac_address, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_link_set_mtu (NlvirtLink *self, guint mtu, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_link_set_alias (NlvirtLink *self, const char *alias, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_link_set_master (NlvirtLink *self, NlvirtLink *master, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_link_set_tx_queue_length (NlvirtLink *self, guint length, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_link_set_group (NlvirtLink *self, guint group, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_link_add_alt_name (NlvirtLink *self, const char *name, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_link_remove_alt_name (NlvirtLink *self, const char *name, GError **error);

G_END_DECLS
