/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The groups that links are in, joined and left with the events of it:
 * net/ipv4/igmp.c, net/ipv6/mcast.c and anycast.c. */
#pragma once

#include "model/change.h"

/* From now on @link says itself which groups it is in, and for how many: if it
 * did not, those that a link which is @up, or is not, is in by itself. To be called
 * before the link's addresses change, or its IFF_UP does. */
void nlv_groups_begin (NlvNetwork *network, NlvLink *link, NlvGroups which, gboolean up);

/* One more is in it, the first of whom is told of: ip_mc_inc_group(),
 * __ipv6_dev_mc_inc(). */
void nlv_group_join (NlvChange *change, NlvLink *link, NlvGroups which, const NlvIp *group);
/* One less. TRUE when it was the last. */
gboolean nlv_group_leave (NlvChange *change, NlvLink *link, NlvGroups which, const NlvIp *group);
/* The halves of these, for what comes between them: FALSE when nothing is to be
 * told, since others are in it, or nobody was. */
gboolean nlv_group_enter (NlvChange *change, NlvLink *link, NlvGroups which, const NlvIp *group, NlvMembership *first);
gboolean nlv_group_drop (NlvChange *change, NlvLink *link, NlvGroups which, const NlvIp *group, NlvMembership *last);
void nlv_group_event (NlvChange *change, const NlvLink *link, NlvGroups which, const NlvMembership *group,
                      gboolean joined);

/* ff02::1:ffXX:XXXX */
NlvIp nlv_ipv6_solicited_node (const NlvIp *ip);
