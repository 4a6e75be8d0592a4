/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which multicast groups a socket listens to. */
#include "netlink/socket-private.h"

#include <errno.h>

G_STATIC_ASSERT (NLV_BUS_N_GROUPS <= 64);

/* rtnetlink_bind(): unresolved multicast routes are for the administrator. */
int
nlv_netlink_socket_may_join (const NlvTask *task, guint64 groups)
{
  const guint64 guarded = G_GUINT64_CONSTANT (1) << (RTNLGRP_IPV4_MROUTE_R - 1) | G_GUINT64_CONSTANT (1)
                                                                                    << (RTNLGRP_IPV6_MROUTE_R - 1);

  return (groups & guarded) != 0 && !task->admin ? -EPERM : 0;
}

void
nlv_netlink_socket_set_groups (NlvNetlinkSocket *self, guint64 groups)
{
  nlv_bus_change_groups (self->bus, self, self->groups, groups);
  self->groups = groups;
}
