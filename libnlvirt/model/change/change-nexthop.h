/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Nexthop objects that come, change and go, with the groups and routes that
 * use them. */
#pragma once

#include "model/device/netdev.h"

/* change-nexthop-users.c. nexthop_notify(): @nl_flags are those of the request. */
void nlv_nexthop_event (NlvChange *change, guint16 nl_flags, guint16 type, const NlvNexthopObject *row);
/* nh->grp_list: the groups with this member, those first that took their members last. (element-type NlvNexthopObject)
 */
GPtrArray *nlv_nexthop_find_groups (NlvNetwork *network, guint32 member);
/* Its routes get the ways that it has now, and show their own type again that a blackhole hid. */
void nlv_nexthop_renew_routes (NlvChange *change, const NlvNexthopObject *nexthop, gboolean was_blackhole);
/* The first half of replace_nexthop(): whether what uses @old can use @row. */
int nlv_nexthop_check_users (NlvChange *change, const NlvNexthopObject *old, const NlvNexthopObject *row);
/* nexthop_replace_notify() */
void nlv_nexthop_tell_routes (NlvChange *change, guint32 id);
/* remove_nexthop(), which is told of */
void nlv_nexthop_remove (NlvChange *change, guint16 nl_flags, NlvNexthopObject *row);

/* nh_netdev_event() */
void nlv_nexthop_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event);

/* change-nexthop-bucket.c: the buckets of a resilient group, each of which sends to
 * one member. Makes them agree with the group's members and their weights:
 * nh_res_group_rebalance(), nh_res_bucket_migrate(). @n is how many there are to be, 0
 * takes them all. */
void nlv_nexthop_fill_buckets (NlvNetwork *network, const NlvNexthopObject *group, guint n);
guint nlv_nexthop_count_buckets (NlvNetwork *network, guint32 group);
