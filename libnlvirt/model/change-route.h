/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Routes that come and go, told to who listens. */
#pragma once

#include "model/change.h"

/* RTM_NEWROUTE or RTM_DELROUTE to the group of the route's family; @flags are
 * nlmsg_flags. rtmsg_fib(), inet6_rt_notify() */
void nlv_route_event (NlvChange *change, guint16 type, guint16 flags, const NlvRoute *route, gboolean asked);
