/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The groups and routes that use a nexthop, and what becomes of them when it
 * changes or goes: remove_nexthop(), nh_netdev_event(). */
#include "model/change/change-nexthop.h"
#include "model/change/change-route.h"
#include "model/device/vxlan-fdb.h"
#include "model/fib.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>

void
nlv_nexthop_event (NlvChange *change, guint16 nl_flags, guint16 type, const NlvNexthopObject *row)
{
  NlvWriter writer;
  struct nhmsg *header = nlv_event_begin (change, &writer, RTNLGRP_NEXTHOP, type, nl_flags, TRUE, sizeof *header);

  if (header == NULL)
    return;
  nlv_nexthop_message (&writer, header, row);
  nlv_event_send (change, &writer, RTNLGRP_NEXTHOP, TRUE);
}

/* --- groups and routes that use one -------------------------------------------------------- */

static gboolean
has_member (const NlvNexthopObject *group, guint32 id)
{
  for (guint i = 0; group->group != NULL && i < group->group->len; i++)
    if (g_array_index (group->group, struct nexthop_grp, i).id == id)
      return TRUE;
  return FALSE;
}

static gint
compare_joined (gconstpointer a, gconstpointer b)
{
  const NlvNexthopObject *left = *(NlvNexthopObject *const *) a, *right = *(NlvNexthopObject *const *) b;

  return left->joined < right->joined ? 1 : left->joined > right->joined ? -1 : 0;
}

GPtrArray *
nlv_nexthop_find_groups (NlvNetwork *network, guint32 member)
{
  GPtrArray *groups = g_ptr_array_new ();

  for (guint i = 0; i < nlv_network_get_n_nexthops (network); i++)
    {
      NlvNexthopObject *group = nlv_network_get_nexthop (network, i);

      if (has_member (group, member))
        g_ptr_array_add (groups, group);
    }
  g_ptr_array_sort (groups, compare_joined);
  return groups;
}

/* fib_check_nh_list() and fib6_check_nh_list() */
static int
check_routes (NlvChange *change, guint32 id, const NlvNexthopObject *row)
{
  static const guint8 families[] = { AF_INET, AF_INET6 };
  NlvFib *fib = nlv_network_get_fib (change->network);
  int error = 0;

  for (guint i = 0; error == 0 && i < G_N_ELEMENTS (families); i++)
    {
      NlvFibCursor cursor;
      const NlvRoute *route;

      nlv_fib_cursor_init (&cursor, families[i]);
      do
        route = nlv_fib_next (fib, &cursor);
      while (route != NULL && route->nexthop_id != id);
      if (route != NULL)
        error = families[i] == AF_INET ? nlv_route_check_nexthop_ipv4 (change, row, route->scope)
                                       : nlv_route_check_nexthop_ipv6 (change, row);
    }
  return error;
}

int
nlv_nexthop_check_users (NlvChange *change, const NlvNexthopObject *old, const NlvNexthopObject *row)
{
  g_autoptr (GPtrArray) groups = nlv_nexthop_find_groups (change->network, old->id);
  int error = check_routes (change, old->id, row);

  for (guint i = 0; error == 0 && i < groups->len; i++)
    {
      const NlvNexthopObject *group = g_ptr_array_index (groups, i);

      if (row->blackhole && group->group->len > 1)
        return nlv_change_refuse (change, -EINVAL,
                                  "Blackhole nexthop can not be a member of a group with more than one path");
      error = check_routes (change, group->id, row);
    }
  return error;
}

/* The routes of @family that use nexthop @id: what is to be done to each, with
 * the cursor at it. */
typedef void (*RouteFunc) (NlvChange *change, NlvFibCursor *cursor, gpointer user_data);

static void
for_each_route (NlvChange *change, guint8 family, guint32 id, RouteFunc func, gpointer user_data)
{
  NlvFib *fib = nlv_network_get_fib (change->network);
  NlvFibCursor cursor;
  const NlvRoute *route;

  nlv_fib_cursor_init (&cursor, family);
  while ((route = nlv_fib_next (fib, &cursor)) != NULL)
    if (route->nexthop_id == id)
      func (change, &cursor, user_data);
}

/* fib_flush() tells nobody, ip6_del_rt() does. */
static void
flush_route (NlvChange *change, NlvFibCursor *cursor, gpointer user_data)
{
  NlvChange within;
  NlvRoute gone;

  nlv_change_init (&within, change->network, change->now);
  nlv_route_copy (&cursor->row, &gone);
  nlv_network_remove_route (change->network, cursor);
  if (gone.family == AF_INET6)
    nlv_route_event (&within, RTM_DELROUTE, 0, &gone, FALSE);
  nlv_route_clear (&gone);
}

static void
flush_routes (NlvChange *change, guint32 id)
{
  for_each_route (change, AF_INET, id, flush_route, NULL);
  for_each_route (change, AF_INET6, id, flush_route, NULL);
}

typedef struct
{
  const NlvNexthopObject *nexthop;
  gboolean was_blackhole;
} Renewal;

/* The route with the ways that its nexthop has now. */
static void
renew_route (NlvChange *change, NlvFibCursor *cursor, gpointer user_data)
{
  const Renewal *renewal = user_data;
  NlvRoute row;

  nlv_route_copy (&cursor->row, &row);
  for (guint i = 0; i < row.n_nexthops; i++)
    g_clear_pointer (&row.nexthops[i].encap, g_bytes_unref);
  g_clear_pointer (&row.nexthops, g_free);
  row.n_nexthops = 0;
  if (renewal->was_blackhole)
    row.type = RTN_UNICAST;
  nlv_route_take_nexthop (change->network, &row, renewal->nexthop);
  nlv_network_replace_route (change->network, cursor, &row);
}

void
nlv_nexthop_renew_routes (NlvChange *change, const NlvNexthopObject *nexthop, gboolean was_blackhole)
{
  Renewal renewal = { nexthop, was_blackhole };

  for_each_route (change, AF_INET, nexthop->id, renew_route, &renewal);
  for_each_route (change, AF_INET6, nexthop->id, renew_route, &renewal);
}

static void
keep_route (NlvChange *change, NlvFibCursor *cursor, gpointer routes)
{
  NlvRoute row;

  nlv_route_copy (&cursor->row, &row);
  g_array_append_val ((GArray *) routes, row);
}

/* From the last destination on, those to each in order. */
static void
tell_backwards (NlvChange *change, const NlvRoute *routes, guint n)
{
  while (n > 0)
    {
      guint first = n - 1;

      while (first > 0 && routes[first - 1].destination.v4 == routes[n - 1].destination.v4)
        first--;
      for (guint i = first; i < n; i++)
        nlv_route_event (change, RTM_NEWROUTE, NLM_F_REPLACE, &routes[i], TRUE);
      n = first;
    }
}

/* fib_info_notify_update(), table by table */
static void
tell_ipv4_routes (NlvChange *change, guint32 id)
{
  g_autoptr (GArray) routes = g_array_new (FALSE, FALSE, sizeof (NlvRoute));
  guint table = 0;

  g_array_set_clear_func (routes, (GDestroyNotify) nlv_route_clear);
  for_each_route (change, AF_INET, id, keep_route, routes);
  for (guint end = 0; end < routes->len; table = end)
    {
      const NlvRoute *first = &g_array_index (routes, NlvRoute, table);

      while (end < routes->len && g_array_index (routes, NlvRoute, end).table == first->table)
        end++;
      tell_backwards (change, first, end - table);
    }
}

/* fib6_rt_update() */
static void
tell_route (NlvChange *change, NlvFibCursor *cursor, gpointer user_data)
{
  nlv_route_event (change, RTM_NEWROUTE, NLM_F_REPLACE, &cursor->row, TRUE);
}

void
nlv_nexthop_tell_routes (NlvChange *change, guint32 id)
{
  g_autoptr (GPtrArray) groups = nlv_nexthop_find_groups (change->network, id);

  tell_ipv4_routes (change, id);
  for_each_route (change, AF_INET6, id, tell_route, NULL);
  for (guint i = 0; i < groups->len; i++)
    {
      const NlvNexthopObject *group = g_ptr_array_index (groups, i);

      tell_ipv4_routes (change, group->id);
      for_each_route (change, AF_INET6, group->id, tell_route, NULL);
    }
}

/* --- removal ---------------------------------------------------------------------------------- */

/* remove_nh_grp_entry() */
static void
leave_group (NlvChange *change, guint16 nl_flags, NlvNexthopObject *group, guint32 member, gboolean told)
{
  NlvNetwork *network = change->network;
  guint i = 0;

  if (group->group->len == 1)
    {
      nlv_nexthop_remove (change, nl_flags, group, told);
      return;
    }
  while (g_array_index (group->group, struct nexthop_grp, i).id != member)
    i++;
  g_array_remove_index (group->group, i);
  group->joined = nlv_network_next_sequence (network);
  if (group->group_type == NEXTHOP_GRP_TYPE_RES)
    nlv_nexthop_fill_buckets (network, group, nlv_nexthop_count_buckets (network, group->id));
  nlv_nexthop_renew_routes (change, group, FALSE);
  if (told)
    nlv_nexthop_event (change, nl_flags, RTM_NEWNEXTHOP, group);
}

void
nlv_nexthop_remove (NlvChange *change, guint16 nl_flags, NlvNexthopObject *row, gboolean told)
{
  NlvNetwork *network = change->network;
  guint32 id = row->id;
  g_autoptr (GPtrArray) groups = nlv_nexthop_find_groups (network, id);

  if (told)
    nlv_nexthop_event (change, nl_flags, RTM_DELNEXTHOP, row);
  flush_routes (change, id);
  nlv_vxlan_forget_nexthop (change, id);
  if (row->group_type == NEXTHOP_GRP_TYPE_RES && row->group != NULL)
    nlv_nexthop_fill_buckets (network, row, 0);
  for (guint i = 0; i < groups->len; i++)
    leave_group (change, nl_flags, g_ptr_array_index (groups, i), id, told);
  nlv_network_remove_nexthop (network, row);
}

/* --- devices -------------------------------------------------------------------------------------- */

/* nexthop_flush_dev() */
static void
flush_link (NlvChange *change, guint32 link)
{
  NlvNetwork *network = change->network;

  for (guint i = 0; i < nlv_network_get_n_nexthops (network);)
    {
      NlvNexthopObject *row = nlv_network_get_nexthop (network, i);

      if (row->group != NULL || row->blackhole || row->fdb || row->way.link != link)
        {
          i++;
          continue;
        }
      nlv_nexthop_remove (change, 0, row, FALSE);
      /* Groups went with it. */
      i = 0;
    }
}

void
nlv_nexthop_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  if (event == NLV_NETDEV_DOWN || event == NLV_NETDEV_UNREGISTER ||
      (event == NLV_NETDEV_CHANGE && (link->flags & IFF_RUNNING) == 0 && !link->carrier))
    flush_link (change, link->index);
}
