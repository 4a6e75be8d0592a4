/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a device lets in beside what is its own: the addresses of its groups, and
 * those of the devices that are stacked on it. They are shown among the
 * forwarding entries; nobody is told of them. dev_mc_add(), dev_uc_add(). */
#pragma once

#include "model/device/netdev.h"

/* The address of a group, joined or left by now. */
void nlv_filter_group_joined (NlvNetwork *network, const NlvLink *link, NlvGroups which, const NlvIp *group);
void nlv_filter_group_left (NlvNetwork *network, const NlvLink *link, NlvGroups which, const NlvIp *group);
/* Of all groups of the link. */
void nlv_filter_join (NlvNetwork *network, const NlvLink *link, NlvGroups which);

/* An address of six bytes; one that is let in for somebody else too stays. */
void nlv_filter_add (NlvNetwork *network, const NlvLink *link, const guint8 *address);
void nlv_filter_remove (NlvNetwork *network, const NlvLink *link, const guint8 *address);
/* The entry @row is not by a request any more. If it never was, it is taken from
 * whom it is for: dev_mc_del() counts, but does not ask. */
void nlv_filter_disown (NlvNetwork *network, const NlvLink *link, NlvNeighbor *row);

/* igmp_group_added() and its like for all groups of a link that comes up. */
void nlv_filter_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event);
