/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <nlvirt-types.h>

G_BEGIN_DECLS

#define NLVIRT_TYPE_ROUTE (nlvirt_route_get_type ())

NLVIRT_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (NlvirtRoute, nlvirt_route, NLVIRT, ROUTE, GObject)

NLVIRT_AVAILABLE_IN_0_1
NlvirtRoute *nlvirt_route_new (GInetAddressMask *destination, GInetAddress *gateway, const char *link_name);
NLVIRT_AVAILABLE_IN_0_1
GSocketFamily nlvirt_route_get_family (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
GInetAddressMask *nlvirt_route_get_destination (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
GInetAddressMask *nlvirt_route_get_source (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
GInetAddress *nlvirt_route_get_preferred_source (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
GInetAddress *nlvirt_route_get_gateway (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_route_get_link_index (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_route_get_link_name (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
GListModel *nlvirt_route_get_nexthops (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
NlvirtRouteType nlvirt_route_get_route_type (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_route_get_table_id (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_route_get_metric (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_route_get_protocol (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_route_get_scope (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_route_get_tos (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_route_get_mtu (NlvirtRoute *self);
NLVIRT_AVAILABLE_IN_0_1
char *nlvirt_route_to_string (NlvirtRoute *self);

G_END_DECLS
