/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Routes that die and come back with links: net/ipv4/fib_frontend.c, and
 * fib_sync_down_dev() and its like of fib_semantics.c. */
#include "model/device/device-fib.h"

#include "model/change/change-neighbor.h"
#include "model/change/change-route.h"
#include "model/device/connected-ipv4.h"
#include "model/fib.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <linux/if.h>

/* --- ways that are dead, or without carrier ---------------------------------------------- */

/* What happens to the ways over a link. */
typedef struct
{
  NlvChange *change;
  const NlvLink *link;
  guint8 set, clear; /* RTNH_F_* */
  gboolean down;
  gboolean host; /* routes of scope host too */
  gboolean gone; /* NETDEV_UNREGISTER */
} Sync;

/* RTNH_F_DEAD may be there only to show what comes of a carrier that is off:
 * fib_nexthop_info(). */
static gboolean
is_dead (const Sync *sync, const NlvNexthop *way)
{
  const NlvLink *link;

  if ((way->flags & RTNH_F_DEAD) == 0)
    return FALSE;
  if ((way->flags & RTNH_F_LINKDOWN) == 0)
    return TRUE;
  link = nlv_network_find_link (sync->change->network, way->link);
  return link == NULL || (link->flags & IFF_UP) == 0 || !nlv_link_ignores_linkdown (sync->change->network, link);
}

/* Whether it has ways of its own over the link, and no nexthop object's. */
static gboolean
concerns (const Sync *sync, const NlvRoute *route)
{
  if (route->nexthop_id != 0 || (sync->down && !sync->host && route->scope == RT_SCOPE_HOST))
    return FALSE;
  for (guint i = 0; i < route->n_nexthops; i++)
    if (route->nexthops[i].link == sync->link->index)
      return TRUE;
  return FALSE;
}

/* The flags of one of its ways afterwards. */
static guint8
flags_of (const Sync *sync, const NlvNexthop *way)
{
  guint8 flags = way->flags;

  if (way->link != sync->link->index || (sync->down && is_dead (sync, way)))
    return flags;
  if (!is_dead (sync, way))
    flags &= (guint8) ~RTNH_F_DEAD;
  flags = (guint8) ((flags & ~sync->clear) | sync->set);
  if ((flags & RTNH_F_LINKDOWN) != 0 && nlv_link_ignores_linkdown (sync->change->network, sync->link))
    flags |= RTNH_F_DEAD;
  return flags;
}

/* Whether none of its ways is left. It does not do without one that is gone. */
static gboolean
is_flushed (const Sync *sync, const NlvRoute *route)
{
  gboolean flushed = sync->down && (sync->set & RTNH_F_DEAD) != 0;

  for (guint i = 0; i < route->n_nexthops && flushed && !sync->gone; i++)
    flushed = route->nexthops[i].link == sync->link->index || is_dead (sync, &route->nexthops[i]);
  return flushed;
}

/* fib_info's own flags are shown of several ways only. A way over another link
 * counts as one without carrier when it is dead. */
static guint32
own_flags_of (const Sync *sync, const NlvRoute *route)
{
  guint n_down = 0, n_alive = 0;

  if (route->n_nexthops < 2)
    return route->flags;
  for (guint i = 0; i < route->n_nexthops; i++)
    {
      const NlvNexthop *way = &route->nexthops[i];

      n_down += way->link == sync->link->index || is_dead (sync, way);
      n_alive += way->link == sync->link->index || (way->flags & sync->clear) == 0;
    }
  if (sync->down)
    return n_down == route->n_nexthops ? route->flags | RTNH_F_LINKDOWN : route->flags;
  return n_alive > 0 ? route->flags & ~(guint32) sync->clear : route->flags;
}

static gboolean
is_changed (const NlvRoute *route, gpointer user_data)
{
  const Sync *sync = user_data;

  if (!concerns (sync, route))
    return FALSE;
  if (is_flushed (sync, route) || own_flags_of (sync, route) != route->flags)
    return TRUE;
  for (guint i = 0; i < route->n_nexthops; i++)
    if (flags_of (sync, &route->nexthops[i]) != route->nexthops[i].flags)
      return TRUE;
  return FALSE;
}

static void
sync_route (const Sync *sync, NlvFibCursor *cursor, const NlvRoute *route)
{
  NlvRoute changed;

  if (is_flushed (sync, route))
    {
      nlv_network_remove_route (sync->change->network, cursor);
      return;
    }
  nlv_route_copy (route, &changed);
  changed.flags = own_flags_of (sync, route);
  for (guint i = 0; i < changed.n_nexthops; i++)
    changed.nexthops[i].flags = flags_of (sync, &changed.nexthops[i]);
  nlv_network_replace_route (sync->change->network, cursor, &changed);
}

static void
sync_routes (const Sync *sync)
{
  NlvFib *fib = nlv_network_get_fib (sync->change->network);
  NlvFibCursor cursor;
  const NlvRoute *route;

  if (!nlv_fib_any (fib, AF_INET, is_changed, (gpointer) sync))
    return;
  nlv_fib_cursor_init (&cursor, AF_INET);
  while ((route = nlv_fib_next (fib, &cursor)) != NULL)
    if (is_changed (route, (gpointer) sync))
      sync_route (sync, &cursor, route);
}

/* fib_sync_down_dev() and, where routes die of it, fib_flush(), which says
 * nothing. */
static void
sync_down (NlvChange *change, const NlvLink *link, guint8 flags, gboolean host, gboolean gone)
{
  const Sync sync = { .change = change, .link = link, .set = flags, .down = TRUE, .host = host, .gone = gone };

  sync_routes (&sync);
}

/* fib_sync_up() */
static void
sync_up (NlvChange *change, const NlvLink *link, guint8 flags)
{
  Sync sync = { .change = change, .link = link, .clear = flags };

  if ((link->flags & IFF_UP) == 0 || !nlv_link_has_ipv4 (link))
    return;
  if ((flags & RTNH_F_DEAD) != 0 && (link->flags & (IFF_RUNNING | IFF_LOWER_UP)) != 0)
    sync.clear |= RTNH_F_LINKDOWN;
  sync_routes (&sync);
}

/* fib_disable_ip() */
static void
disable (NlvChange *change, const NlvLink *link, gboolean host, gboolean gone)
{
  sync_down (change, link, RTNH_F_DEAD | RTNH_F_LINKDOWN, host, gone);
  nlv_neighbors_go_down (change, link, AF_INET);
}

/* --- addresses ---------------------------------------------------------------------------- */

static gboolean
prefers (const NlvRoute *route, gpointer user_data)
{
  const guint32 *ip = user_data;

  return route->has_preferred_source && route->preferred_source.v4 == *ip && nlv_route_type_error (route) == 0;
}

/* A route that goes for this is told of, unlike one that goes with its link. */
void
nlv_fib_sync_down_address (NlvChange *change, const NlvLink *link, guint32 ip)
{
  guint32 vrf = nlv_link_get_vrf_table (change->network, link);
  NlvFib *fib = nlv_network_get_fib (change->network);
  NlvFibCursor cursor;
  const NlvRoute *route;

  if (ip == 0 || !nlv_fib_any (fib, AF_INET, prefers, &ip))
    return;
  nlv_fib_cursor_init_table (&cursor, AF_INET, vrf != 0 ? vrf : RT_TABLE_MAIN);
  while ((route = nlv_fib_next (fib, &cursor)) != NULL)
    if (prefers (route, &ip))
      {
        nlv_route_event (change, RTM_DELROUTE, 0, route, FALSE);
        nlv_network_remove_route (change->network, &cursor);
      }
}

void
nlv_fib_address_added (NlvChange *change, const NlvLink *link, const NlvAddress *address)
{
  nlv_ipv4_add_routes (change, link, address);
  sync_up (change, link, RTNH_F_DEAD);
}

/* Without an address the link routes nothing. */
void
nlv_fib_address_removed (NlvChange *change, const NlvLink *link, const NlvAddress *address, gboolean dead)
{
  guint first = nlv_network_find_addresses (change->network, AF_INET, link->index);

  nlv_ipv4_remove_routes (change, link, address, NULL, dead);
  if (nlv_network_get_link_address (change->network, AF_INET, link->index, first) == NULL)
    disable (change, link, TRUE, FALSE);
}

/* --- links -------------------------------------------------------------------------------- */

static void
come_up (NlvChange *change, const NlvLink *link)
{
  const NlvAddress *address;

  for (guint i = nlv_network_find_addresses (change->network, AF_INET, link->index);
       (address = nlv_network_get_link_address (change->network, AF_INET, link->index, i)) != NULL; i++)
    nlv_ipv4_add_routes (change, link, address);
  sync_up (change, link, RTNH_F_DEAD);
}

void
nlv_fib_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  if (event == NLV_NETDEV_UNREGISTER)
    disable (change, link, TRUE, TRUE);
  else if (!nlv_link_has_ipv4 (link))
    return;
  else if (event == NLV_NETDEV_UP)
    come_up (change, link);
  else if (event == NLV_NETDEV_DOWN)
    disable (change, link, FALSE, FALSE);
  else if (event == NLV_NETDEV_CHANGE && (link->flags & (IFF_RUNNING | IFF_LOWER_UP)) != 0)
    sync_up (change, link, RTNH_F_LINKDOWN);
  else if (event == NLV_NETDEV_CHANGE)
    sync_down (change, link, RTNH_F_LINKDOWN, FALSE, FALSE);
}
