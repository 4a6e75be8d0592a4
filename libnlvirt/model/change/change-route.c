/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The events of routes, and what both families have in common: rtmsg_fib(),
 * inet6_rt_notify(), tables, and routes that name a nexthop. */
#include "model/change/change-route.h"

#include "model/rtnetlink/rtnetlink-private.h"

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

/* Until a rule is added, IPv4's local table comes with the main one; IPv6 has
 * both before any other. */
void
nlv_route_add_table (NlvNetwork *network, guint8 family, guint32 table)
{
  NlvFib *fib = nlv_network_get_fib (network);

  if (nlv_fib_has_table (fib, family, table))
    return;
  if (family == AF_INET6)
    {
      nlv_fib_ensure_table (fib, AF_INET6, RT_TABLE_MAIN);
      nlv_fib_ensure_table (fib, AF_INET6, RT_TABLE_LOCAL);
    }
  else if (table == RT_TABLE_LOCAL && nlv_tables_are_merged (network))
    nlv_fib_ensure_table (fib, AF_INET, RT_TABLE_MAIN);
  nlv_fib_ensure_table (fib, family, table);
}

static void
take_way (NlvRoute *row, const NlvNexthopObject *nexthop, guint8 weight)
{
  NlvNexthop *way = &row->nexthops[row->n_nexthops++];

  *way = nexthop->way;
  way->weight = weight;
  way->flags = nexthop->flags;
  if (way->encap != NULL)
    g_bytes_ref (way->encap);
}

void
nlv_route_take_nexthop (NlvNetwork *network, NlvRoute *row, const NlvNexthopObject *nexthop)
{
  guint n = nexthop->group != NULL ? MIN (nexthop->group->len, G_MAXUINT16) : 1;

  row->nexthop_id = nexthop->id;
  row->nexthops = g_new0 (NlvNexthop, n);
  if (nexthop->group == NULL)
    take_way (row, nexthop, 0);
  for (guint i = 0; nexthop->group != NULL && i < n; i++)
    {
      const struct nexthop_grp *member = &g_array_index (nexthop->group, struct nexthop_grp, i);
      const NlvNexthopObject *one = nlv_network_find_nexthop (network, member->id);

      if (one != NULL && one->group == NULL)
        take_way (row, one, member->weight);
    }
  if (nlv_nexthop_is_blackhole (network, nexthop))
    {
      row->type = RTN_BLACKHOLE;
      /* nh_create_blackhole() */
      for (guint i = 0; i < row->n_nexthops; i++)
        row->nexthops[i].link = nlv_loopback_index (network);
    }
  row->as_multipath = row->family == AF_INET6 && nexthop->group != NULL;
}
