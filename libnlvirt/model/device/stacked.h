/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Links that stand on others: macvlan, VLAN and VXLAN devices. */
#pragma once

#include "model/device/link-kind.h"

/* Registers a link above @lower; takes the members of @row. 0 or -errno */
int nlv_stacked_register (NlvChange *change, NlvLink *row, NlvLink *lower, NlvLink **created);
/* netif_stacked_transfer_operstate() */
void nlv_stacked_transfer_state (NlvChange *change, const NlvLink *lower, NlvLink *upper);

/* link-kind-macvlan.c, of macvtap too */
gboolean nlv_link_is_macvlan (const NlvLink *link);
gboolean nlv_macvlan_is_passthru (const NlvLink *link);
/* Passing everything through, it does not make what is below take everything. */
gboolean nlv_macvlan_is_quiet (const NlvLink *link);
/* The oldest first. (transfer container) */
GPtrArray *nlv_macvlans_on (NlvNetwork *network, const NlvLink *lower);
/* All that are on it go: none wants a queue there any more. */
void nlv_macvlans_forget (NlvNetwork *network, const NlvLink *lower);

/* link-kind-vlan.c */
guint32 nlv_vlan_get_flags (const NlvLink *link);
/* By their ids. (transfer container) */
GPtrArray *nlv_vlans_on (NlvNetwork *network, const NlvLink *lower);

/* link-kind-vxlan.c */
/* The device that it sends through: its index, 0 none. */
guint32 nlv_vxlan_get_lower (const NlvLink *link);
/* vxlan_headroom(): what it puts before a frame. */
guint32 nlv_vxlan_get_overhead (const NlvLink *link);

/* device-stacked.c: the chain's, macvlan_device_event() and its like */
void nlv_macvlan_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event);
void nlv_vlan_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event);
void nlv_vxlan_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event);
