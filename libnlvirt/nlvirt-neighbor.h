/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <nlvirt-types.h>

G_BEGIN_DECLS

#define NLVIRT_TYPE_NEIGHBOR (nlvirt_neighbor_get_type ())

NLVIRT_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (NlvirtNeighbor, nlvirt_neighbor, NLVIRT, NEIGHBOR, GObject)

NLVIRT_AVAILABLE_IN_0_1
NlvirtNeighbor *nlvirt_neighbor_new (const char *link_name, GInetAddress *address, const char *mac_address);
NLVIRT_AVAILABLE_IN_0_1
GSocketFamily nlvirt_neighbor_get_family (NlvirtNeighbor *self);
NLVIRT_AVAILABLE_IN_0_1
GInetAddress *nlvirt_neighbor_get_address (NlvirtNeighbor *self);
NLVIRT_AVAILABLE_IN_0_1
char *nlvirt_neighbor_get_mac_address (NlvirtNeighbor *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_neighbor_get_link_index (NlvirtNeighbor *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_neighbor_get_link_name (NlvirtNeighbor *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_neighbor_get_state (NlvirtNeighbor *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_neighbor_get_flags (NlvirtNeighbor *self);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_neighbor_get_proxy (NlvirtNeighbor *self);
NLVIRT_AVAILABLE_IN_0_1
char *nlvirt_neighbor_to_string (NlvirtNeighbor *self);

G_END_DECLS
