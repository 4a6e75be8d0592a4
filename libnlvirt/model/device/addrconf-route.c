/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* IPv6 routes by the kernel itself, and what links that go down do to all. */
#include "model/device/addrconf-route.h"
#include "model/change/change-route-ipv6.h"
#include "model/device/connected-ipv4.h"
#include "model/route-siblings.h"
#include "model/rtnetlink/rtnetlink-private.h"

/* --- what they are ------------------------------------------------------------------- */

static gboolean
is_local (guint8 type)
{
  return type == RTN_LOCAL || type == RTN_ANYCAST;
}

gboolean
nlv_ipv6_is_own_route (const NlvRoute *route)
{
  return route->type == RTN_LOCAL || (route->type == RTN_ANYCAST && route->protocol == RTPROT_KERNEL);
}

NlvRoute
nlv_ipv6_kernel_route (NlvNetwork *network, const NlvLink *link, guint8 type, const NlvIp *destination, guint8 length,
                       guint32 metric)
{
  guint32 table = nlv_link_get_vrf_table (network, link);
  NlvRoute route = { .family = AF_INET6,
                     .type = type,
                     .protocol = RTPROT_KERNEL,
                     .table = table,
                     .destination = *destination,
                     .destination_length = length,
                     .metric = metric,
                     .n_nexthops = 1,
                     .nexthops = g_new0 (NlvNexthop, 1) };

  if (table == 0)
    route.table = type == RTN_UNICAST ? RT_TABLE_MAIN : RT_TABLE_LOCAL;
  nlv_ip_mask (&route.destination, length, AF_INET6);
  route.nexthops->link = link->index;
  if (!is_local (type) && !link->carrier)
    route.nexthops->flags = RTNH_F_LINKDOWN;
  return route;
}

NlvRoute
nlv_ipv6_local_route (NlvNetwork *network, const NlvLink *link, const NlvAddress *address)
{
  return nlv_ipv6_kernel_route (network, link, RTN_LOCAL, &address->local, 128, 0);
}

NlvRoute
nlv_ipv6_prefix_route (NlvNetwork *network, const NlvLink *link, const NlvAddress *address, const NlvIp *ip,
                       guint8 length)
{
  guint32 metric = address->metric != 0 ? address->metric : NLV_IPV6_PREFIX_METRIC;

  return nlv_ipv6_kernel_route (network, link, RTN_UNICAST, ip, length, metric);
}

/* --- one by one ---------------------------------------------------------------------- */

/* rt6_duplicate_nexthop() */
static gboolean
has_same_way (const NlvRoute *a, const NlvRoute *b)
{
  const NlvNexthop *left = a->nexthops, *right = b->nexthops;

  return a->nexthop_id == 0 && b->nexthop_id == 0 && a->n_nexthops == 1 && b->n_nexthops == 1 &&
         left->link == right->link && left->gateway_family == right->gateway_family &&
         nlv_ip_equal (&left->gateway, &right->gateway, AF_INET6) && left->encap == NULL && right->encap == NULL;
}

static void
init_cursor (NlvFibCursor *cursor, const NlvRoute *like)
{
  nlv_fib_cursor_init_prefix (cursor, AF_INET6, like->table, &like->destination, like->destination_length);
}

const NlvRoute *
nlv_ipv6_find_route (NlvNetwork *network, NlvFibCursor *cursor, const NlvRoute *like)
{
  NlvFib *fib = nlv_network_get_fib (network);
  const NlvRoute *route;

  init_cursor (cursor, like);
  while ((route = nlv_fib_next (fib, cursor)) != NULL)
    if (route->source_length == 0 && route->metric == like->metric && route->type == like->type &&
        has_same_way (route, like))
      return route;
  return NULL;
}

gboolean
nlv_ipv6_add_route (NlvChange *change, NlvRoute *row)
{
  const NlvLink *link = nlv_network_find_link (change->network, row->nexthops->link);

  if (link != NULL && (is_local (row->type) || (link->flags & IFF_UP) != 0))
    return nlv_route_insert_ipv6 (change, row, 0, FALSE) == 0;
  nlv_route_clear (row);
  return FALSE;
}

void
nlv_ipv6_add_multicast_route (NlvChange *change, const NlvLink *link)
{
  static const NlvIp multicast = { .bytes = { 0xff } };
  NlvRoute route = nlv_ipv6_kernel_route (change->network, link, RTN_MULTICAST, &multicast, 8, NLV_IPV6_PREFIX_METRIC);

  nlv_ipv6_add_route (change, &route);
}

const NlvRoute *
nlv_ipv6_find_prefix_route (NlvNetwork *network, NlvFibCursor *cursor, const NlvLink *link, const NlvIp *ip,
                            guint8 length, gboolean no_gateway)
{
  NlvFib *fib = nlv_network_get_fib (network);
  guint32 table = nlv_link_get_vrf_table (network, link);
  NlvIp destination = *ip;
  const NlvRoute *route;

  nlv_ip_mask (&destination, length, AF_INET6);
  nlv_fib_cursor_init_prefix (cursor, AF_INET6, table != 0 ? table : RT_TABLE_MAIN, &destination, length);
  while ((route = nlv_fib_next (fib, cursor)) != NULL)
    if (route->source_length == 0 && route->nexthop_id == 0 && route->n_nexthops == 1 &&
        route->nexthops->link == link->index && (!no_gateway || route->nexthops->gateway_family == 0))
      return route;
  return NULL;
}

void
nlv_ipv6_delete_route (NlvChange *change, NlvFibCursor *cursor, const NlvRoute *route)
{
  NlvRoute gone = *route;

  gone.expires = 0; /* fib6_purge_rt() */
  nlv_route_event (change, RTM_DELROUTE, 0, &gone, FALSE);
  nlv_network_remove_route (change->network, cursor);
}

guint32
nlv_ipv6_expires_after (guint64 now, guint64 hundredths)
{
  guint32 at = (guint32) now + (guint32) MIN (hundredths, (guint64) G_MAXINT32);

  return at != 0 ? at : 1;
}

void
nlv_ipv6_set_expires (NlvNetwork *network, NlvFibCursor *cursor, const NlvRoute *route, guint32 expires)
{
  NlvRoute copy;

  if (route->expires == expires)
    return;
  nlv_route_copy (route, &copy);
  copy.expires = expires;
  nlv_network_replace_route (network, cursor, &copy);
}

/* --- all of them --------------------------------------------------------------------- */

void
nlv_ipv6_remove_preferred_source (NlvNetwork *network, const NlvIp *ip)
{
  NlvFib *fib = nlv_network_get_fib (network);
  const NlvRoute *route;
  NlvFibCursor cursor;

  nlv_fib_cursor_init (&cursor, AF_INET6);
  while ((route = nlv_fib_next (fib, &cursor)) != NULL)
    {
      NlvRoute copy;

      if (!route->has_preferred_source || route->nexthop_id != 0 || route->n_nexthops == 0 ||
          !nlv_ip_equal (&route->preferred_source, ip, AF_INET6) ||
          nlv_has_address_ipv6 (network, ip, route->nexthops->link, IFA_F_TENTATIVE))
        continue;
      nlv_route_copy (route, &copy);
      copy.has_preferred_source = FALSE;
      copy.preferred_source = (NlvIp){ 0 };
      nlv_network_replace_route (network, &cursor, &copy);
    }
}

/* The ways over @link, and how many of all are of no use without them. */
static guint
count_ways (const NlvRoute *route, guint32 link, guint *n_lost)
{
  guint n = 0;

  *n_lost = 0;
  for (guint i = 0; i < route->n_nexthops; i++)
    {
      gboolean over = route->nexthops[i].link == link;

      n += over ? 1 : 0;
      *n_lost += over || (route->nexthops[i].flags & RTNH_F_DEAD) != 0 ? 1 : 0;
    }
  return n;
}

static void
change_ways (NlvNetwork *network, NlvFibCursor *cursor, const NlvRoute *route, guint32 link, guint8 set, guint8 clear)
{
  gboolean changed = FALSE;
  NlvRoute copy;

  nlv_route_copy (route, &copy);
  for (guint i = 0; i < copy.n_nexthops; i++)
    {
      NlvNexthop *way = &copy.nexthops[i];
      guint8 flags = (way->flags & ~clear) | set;

      if (way->link != link || way->flags == flags)
        continue;
      way->flags = flags;
      changed = TRUE;
    }
  if (changed)
    nlv_network_replace_route (network, cursor, &copy);
  else
    nlv_route_clear (&copy);
}

/* Each sibling goes alone: fib6_del(). */
static void
tell_of_way (NlvChange *change, const NlvRoute *route, guint way)
{
  NlvRoute single;

  nlv_route_get_sibling (route, way, &single);
  single.as_multipath = 0;
  single.expires = 0; /* fib6_purge_rt() */
  nlv_route_event (change, RTM_DELROUTE, 0, &single, FALSE);
}

/* Some ways stay. */
static void
drop_ways (NlvNetwork *network, NlvFibCursor *cursor, const NlvRoute *route, guint32 link)
{
  g_autofree guint *gone = g_new (guint, route->n_nexthops);
  const NlvRoute like = *route;
  NlvRoute copy;
  guint n = 0;

  nlv_route_copy (route, &copy);
  copy.as_multipath = 0;
  for (guint i = route->n_nexthops; i-- > 0;)
    if (route->nexthops[i].link == link)
      {
        nlv_route_remove_sibling (&copy, i);
        gone[n++] = i;
      }
  nlv_network_replace_route (network, cursor, &copy);
  for (guint i = 0; i < n; i++)
    nlv_route_note_sibling_removed (network, &like, gone[i]);
}

/* The ways over @link go, or all. */
static void
delete_ways (NlvChange *change, NlvFibCursor *cursor, const NlvRoute *route, guint32 link, gboolean all)
{
  guint n_lost, n = count_ways (route, link, &n_lost);

  for (guint i = 0; i < route->n_nexthops; i++)
    if (all || route->nexthops[i].link == link)
      tell_of_way (change, route, i);
  if (all || n == route->n_nexthops)
    {
      const NlvRoute like = *route;

      nlv_network_remove_route (change->network, cursor);
      nlv_route_note_siblings (change->network, &like);
    }
  else
    drop_ways (change->network, cursor, route, link);
}

/* fib6_ifdown() */
static void
sync_down (NlvChange *change, NlvFibCursor *cursor, const NlvRoute *route, guint32 link, gboolean unregister)
{
  guint n_lost, n = count_ways (route, link, &n_lost);

  if (n == 0)
    return;
  if (unregister || n_lost == route->n_nexthops)
    delete_ways (change, cursor, route, link, !unregister);
  else
    change_ways (change->network, cursor, route, link, RTNH_F_DEAD | RTNH_F_LINKDOWN, 0);
}

/* Whether a way over @link is the route's own, and not a nexthop object's. */
static gboolean
uses_link (const NlvRoute *route, guint32 link)
{
  guint n_lost;

  return route->nexthop_id == 0 && count_ways (route, link, &n_lost) > 0;
}

/* fib6_clean_all(): the next route over @link. */
static const NlvRoute *
next_over (NlvFib *fib, NlvFibCursor *cursor, guint32 link)
{
  const NlvRoute *route;

  while ((route = nlv_fib_next (fib, cursor)) != NULL)
    if (uses_link (route, link))
      return route;
  return NULL;
}

static gboolean
begin_over (NlvNetwork *network, NlvFibCursor *cursor, const NlvLink *link)
{
  nlv_fib_cursor_init (cursor, AF_INET6);
  return nlv_fib_uses_link (nlv_network_get_fib (network), AF_INET6, link->index);
}

void
nlv_ipv6_sync_down (NlvChange *change, const NlvLink *link, gboolean unregister)
{
  NlvFib *fib = nlv_network_get_fib (change->network);
  const NlvRoute *route;
  NlvFibCursor cursor;

  if (!begin_over (change->network, &cursor, link))
    return;
  while ((route = next_over (fib, &cursor, link->index)) != NULL)
    sync_down (change, &cursor, route, link->index, unregister);
}

void
nlv_ipv6_sync_carrier (NlvChange *change, const NlvLink *link)
{
  NlvFib *fib = nlv_network_get_fib (change->network);
  const NlvRoute *route;
  NlvFibCursor cursor;

  if (!begin_over (change->network, &cursor, link))
    return;
  while ((route = next_over (fib, &cursor, link->index)) != NULL)
    if (!nlv_ipv6_is_own_route (route))
      change_ways (change->network, &cursor, route, link->index, RTNH_F_LINKDOWN, 0);
}

void
nlv_ipv6_sync_up (NlvChange *change, const NlvLink *link, guint8 way_flags)
{
  NlvFib *fib = nlv_network_get_fib (change->network);
  const NlvRoute *route;
  NlvFibCursor cursor;

  if ((way_flags & RTNH_F_DEAD) != 0 && link->carrier)
    way_flags |= RTNH_F_LINKDOWN;
  if (!begin_over (change->network, &cursor, link))
    return;
  while ((route = next_over (fib, &cursor, link->index)) != NULL)
    change_ways (change->network, &cursor, route, link->index, 0, way_flags);
}

void
nlv_ipv6_change_mtu (NlvChange *change, const NlvLink *link, guint32 before)
{
  NlvFib *fib = nlv_network_get_fib (change->network);
  const NlvRoute *route;
  NlvFibCursor cursor;

  if (!begin_over (change->network, &cursor, link))
    return;
  while ((route = next_over (fib, &cursor, link->index)) != NULL)
    {
      guint32 mtu = route->metrics != NULL ? route->metrics[RTAX_MTU] : 0;
      NlvRoute copy;

      if (mtu == 0 || (route->metrics[RTAX_LOCK] & 1u << RTAX_MTU) != 0 || mtu == link->mtu ||
          (mtu < link->mtu && mtu != before))
        continue;
      nlv_route_copy (route, &copy);
      copy.metrics[RTAX_MTU] = link->mtu;
      nlv_network_replace_route (change->network, &cursor, &copy);
    }
}
