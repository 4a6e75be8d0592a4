/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The events of routes: rtmsg_fib() and inet6_rt_notify(). */
#include "model/change-route.h"

#include "model/rtnetlink-private.h"

void
nlv_route_event (NlvChange *change, guint16 type, guint16 flags, const NlvRoute *route, gboolean asked)
{
  guint group = route->family == AF_INET ? RTNLGRP_IPV4_ROUTE : RTNLGRP_IPV6_ROUTE;
  NlvWriter writer;
  struct rtmsg *header = nlv_event_begin (change, &writer, group, type, flags, asked, sizeof *header);

  if (header == NULL)
    return;
  nlv_route_message (&writer, header, route, 0, change->now);
  nlv_event_send (change, &writer, group, asked);
}
