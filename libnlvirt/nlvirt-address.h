/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <nlvirt-types.h>

G_BEGIN_DECLS

#define NLVIRT_TYPE_ADDRESS (nlvirt_address_get_type ())

NLVIRT_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (NlvirtAddress, nlvirt_address, NLVIRT, ADDRESS, GObject)

NLVIRT_AVAILABLE_IN_0_1
NlvirtAddress *nlvirt_address_new (const char *link_name, GInetAddress *address, guint prefix_length);
NLVIRT_AVAILABLE_IN_0_1
GSocketFamily nlvirt_address_get_family (NlvirtAddress *self);
NLVIRT_AVAILABLE_IN_0_1
GInetAddress *nlvirt_address_get_address (NlvirtAddress *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_address_get_prefix_length (NlvirtAddress *self);
NLVIRT_AVAILABLE_IN_0_1
GInetAddress *nlvirt_address_get_peer (NlvirtAddress *self);
NLVIRT_AVAILABLE_IN_0_1
GInetAddress *nlvirt_address_get_broadcast (NlvirtAddress *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_address_get_link_index (NlvirtAddress *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_address_get_link_name (NlvirtAddress *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_address_get_label (NlvirtAddress *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_address_get_scope (NlvirtAddress *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_address_get_flags (NlvirtAddress *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_address_get_protocol (NlvirtAddress *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_address_get_metric (NlvirtAddress *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_address_get_valid_lifetime (NlvirtAddress *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_address_get_preferred_lifetime (NlvirtAddress *self);
NLVIRT_AVAILABLE_IN_0_1
char *nlvirt_address_to_string (NlvirtAddress *self);

G_END_DECLS
