/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <nlvirt-types.h>

G_BEGIN_DECLS

#define NLVIRT_TYPE_NEXTHOP (nlvirt_nexthop_get_type ())

NLVIRT_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (NlvirtNexthop, nlvirt_nexthop, NLVIRT, NEXTHOP, GObject)

NLVIRT_AVAILABLE_IN_0_1
NlvirtNexthop *nlvirt_nexthop_new (GInetAddress *gateway, const char *link_name, guint weight);
NLVIRT_AVAILABLE_IN_0_1
GInetAddress *nlvirt_nexthop_get_gateway (NlvirtNexthop *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_nexthop_get_link_index (NlvirtNexthop *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_nexthop_get_link_name (NlvirtNexthop *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_nexthop_get_weight (NlvirtNexthop *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_nexthop_get_flags (NlvirtNexthop *self);
NLVIRT_AVAILABLE_IN_0_1
char *nlvirt_nexthop_to_string (NlvirtNexthop *self);

G_END_DECLS
