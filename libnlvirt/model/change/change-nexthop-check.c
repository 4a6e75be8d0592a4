/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whether a route may go some way: fib_check_nh() and fib6_nh_init(). */
#include "model/change/change-route.h"

#include "model/device/connected-ipv4.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <string.h>

#define IPV6_IGNORE_ROUTES_WITH_LINKDOWN 39
#define IPV6_DISABLE_IPV6 26

/* What of a request's flags a way shows. */
#define KEPT_FLAGS (RTNH_F_ONLINK | RTNH_F_OFFLOAD | RTNH_F_TRAP)

/* fib_nexthop_info() shows a way whose link has no carrier as dead where such
 * ways are not taken. */
static guint8
link_flags (NlvNetwork *network, const NlvLink *link, guint8 family)
{
  gboolean ignored;

  if (link->carrier)
    return 0;
  ignored = family == AF_INET ? nlv_link_ignores_linkdown (network, link)
                              : nlv_link_get_setting (link, NLV_LINK_IPV6, IPV6_IGNORE_ROUTES_WITH_LINKDOWN) != 0;
  return ignored ? RTNH_F_LINKDOWN | RTNH_F_DEAD : RTNH_F_LINKDOWN;
}

/* l3mdev_fib_table() */
static guint32
table_of (NlvNetwork *network, const NlvLink *link, guint32 other)
{
  guint32 table = nlv_link_get_vrf_table (network, link);

  return table != 0 ? table : other;
}

static void
settle (NlvNetwork *network, NlvNexthop *nexthop, const NlvLink *link, guint32 flags, guint8 family)
{
  nexthop->link = link->index;
  nexthop->flags = (flags & KEPT_FLAGS) | link_flags (network, link, family);
}

static gboolean
is_up (const NlvLink *link)
{
  return (link->flags & IFF_UP) != 0;
}

/* --- IPv4 --------------------------------------------------------------------- */

/* __inet_dev_addr_type() */
guint8
nlv_address_type_ipv4 (NlvNetwork *network, const NlvIp *ip, guint32 table)
{
  const NlvFlow flow = { .family = AF_INET, .destination = *ip };
  NlvLookup lookup = { 0 };

  if (ip->v4 == 0 || ip->v4 == G_MAXUINT32 || !nlv_route_has_table (network, AF_INET, table))
    return RTN_BROADCAST;
  if (nlv_ipv4_is_multicast (ip->v4))
    return RTN_MULTICAST;
  return nlv_lookup_table (network, &flow, table, &lookup) < 0 ? RTN_UNICAST : lookup.route.type;
}

static int
check_onlink_ipv4 (NlvChange *change, guint32 flags, guint8 scope, NlvNexthop *nexthop)
{
  const NlvLink *link = nlv_network_find_link (change->network, nexthop->link);

  if (scope >= RT_SCOPE_LINK)
    return nlv_change_refuse (change, -EINVAL, "Nexthop has invalid scope");
  if (link == NULL)
    return nlv_change_refuse (change, -ENODEV, "Nexthop device required for onlink");
  if (!is_up (link))
    return nlv_change_refuse (change, -ENETDOWN, "Nexthop device is not up");
  if (nlv_address_type_ipv4 (change->network, &nexthop->gateway, table_of (change->network, link, RT_TABLE_LOCAL)) !=
      RTN_UNICAST)
    return nlv_change_refuse (change, -EINVAL, "Nexthop has invalid gateway");
  settle (change->network, nexthop, link, flags, AF_INET);
  return 0;
}

/* The route to a gateway, in the table of the route that is to go there or in any. */
static int
lookup_gateway_ipv4 (NlvNetwork *network, const NlvNexthop *nexthop, guint32 table, guint8 scope, NlvLookup *lookup)
{
  const NlvFlow flow = {
    .family = AF_INET,
    .scope = MAX (scope + 1, RT_SCOPE_LINK),
    .has_uid = TRUE,
    .ignore_link_state = TRUE,
    .output = nexthop->link,
    .destination = nexthop->gateway,
  };

  if (table != RT_TABLE_MAIN && nlv_route_has_table (network, AF_INET, table) &&
      nlv_lookup_table (network, &flow, table, lookup) == 0)
    return 0;
  return nlv_lookup (network, &flow, lookup);
}

guint8
nlv_gateway_scope_ipv4 (NlvNetwork *network, const NlvNexthop *nexthop)
{
  NlvLookup lookup = { 0 };

  return lookup_gateway_ipv4 (network, nexthop, RT_TABLE_MAIN, RT_SCOPE_UNIVERSE, &lookup) == 0 ? lookup.route.scope
                                                                                                : RT_SCOPE_LINK;
}

/* fib_check_nh_v4_gw() */
static int
check_gateway_ipv4 (NlvChange *change, guint32 flags, guint32 table, guint8 scope, NlvNexthop *nexthop)
{
  const NlvLink *link;
  NlvLookup lookup = { 0 };
  int error;

  if ((flags & RTNH_F_ONLINK) != 0)
    return check_onlink_ipv4 (change, flags, scope, nexthop);
  error = lookup_gateway_ipv4 (change->network, nexthop, table, scope, &lookup);
  if (error == 0 && lookup.route.type != RTN_UNICAST && lookup.route.type != RTN_LOCAL)
    error = -EINVAL;
  if (error < 0)
    return nlv_change_refuse (change, error, "Nexthop has invalid gateway");
  link = lookup.route.n_nexthops > 0
           ? nlv_network_find_link (change->network, lookup.route.nexthops[lookup.nexthop].link)
           : NULL;
  if (link == NULL)
    return nlv_change_refuse (change, -EINVAL, "No egress device for nexthop gateway");
  settle (change->network, nexthop, link, flags, AF_INET);
  return is_up (link) ? 0 : -ENETDOWN;
}

/* fib_check_nh_v6_gw() */
static int
check_gateway_via_ipv6 (NlvChange *change, guint32 flags, guint32 table, NlvNexthop *nexthop)
{
  const NlvRouteConfig config = { .family = AF_INET6, .type = RTN_UNICAST, .table = table };
  const NlvWay way = {
    .link = nexthop->link, .gateway_family = AF_INET6, .gateway = nexthop->gateway, .flags = flags & RTNH_F_ONLINK
  };
  NlvNexthop checked = { 0 };
  int error = nlv_nexthop_check_ipv6 (change, &config, &way, &checked);

  if (error < 0)
    return error;
  /* The state of the link is not taken over. */
  nexthop->link = checked.link;
  nexthop->flags = flags & KEPT_FLAGS;
  return 0;
}

/* fib_check_nh_nongw() */
static int
check_link_ipv4 (NlvChange *change, guint32 flags, NlvNexthop *nexthop)
{
  const NlvLink *link = nlv_network_find_link (change->network, nexthop->link);

  if ((flags & (RTNH_F_PERVASIVE | RTNH_F_ONLINK)) != 0)
    return nlv_change_refuse (change, -EINVAL, "Invalid flags for nexthop - PERVASIVE and ONLINK can not be set");
  if (link == NULL || !nlv_link_has_ipv4 (link))
    return -ENODEV;
  if (!is_up (link))
    return nlv_change_refuse (change, -ENETDOWN, "Device for nexthop is not up");
  settle (change->network, nexthop, link, flags, AF_INET);
  return 0;
}

int
nlv_nexthop_check_ipv4 (NlvChange *change, guint32 flags, guint32 table, guint8 scope, NlvNexthop *nexthop)
{
  if (nexthop->gateway_family == AF_INET)
    return check_gateway_ipv4 (change, flags, table, scope, nexthop);
  if (nexthop->gateway_family == AF_INET6)
    return check_gateway_via_ipv6 (change, flags, table, nexthop);
  return check_link_ipv4 (change, flags, nexthop);
}

/* --- IPv6 --------------------------------------------------------------------- */

gboolean
nlv_has_address_ipv6 (NlvNetwork *network, const NlvIp *ip, guint32 link, guint32 banned_flags)
{
  gboolean of_link = nlv_ipv6_is_link_local (ip) || nlv_ipv6_is_loopback (ip);

  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    {
      const NlvAddress *address = nlv_network_get_address (network, i);
      guint32 flags = address->flags;

      if ((flags & IFA_F_OPTIMISTIC) != 0)
        flags &= ~(guint32) IFA_F_TENTATIVE;
      if (address->family == AF_INET6 && nlv_ip_equal (&address->local, ip, AF_INET6) && (flags & banned_flags) == 0 &&
          (link == 0 || address->link == link || !of_link))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_own (NlvNetwork *network, const NlvIp *gateway, guint32 link)
{
  return nlv_has_address_ipv6 (network, gateway, nlv_ipv6_is_link_local (gateway) ? link : 0, 0);
}

static const NlvNexthop *
way_of (const NlvLookup *lookup)
{
  return lookup->nexthop < lookup->route.n_nexthops ? &lookup->route.nexthops[lookup->nexthop] : NULL;
}

/* RTF_REJECT: fib6_is_reject() of a route that is there. One over the loopback is, but for
 * local ones, and anycast ones that the kernel has made. */
static gboolean
rejects (NlvNetwork *network, const NlvLookup *lookup)
{
  const NlvRoute *route = &lookup->route;
  const NlvNexthop *way = way_of (lookup);
  const NlvLink *link = way != NULL ? nlv_network_find_link (network, way->link) : NULL;

  if (nlv_route_type_error (route) < 0)
    return TRUE;
  return link != NULL && (link->flags & IFF_LOOPBACK) != 0 && route->type != RTN_LOCAL &&
         !(route->type == RTN_ANYCAST && route->protocol == RTPROT_KERNEL);
}

/* Whether what was found is a neighbour's; @link 0 is any. */
static gboolean
leads_on_link (NlvNetwork *network, int error, const NlvLookup *lookup, guint32 link)
{
  const NlvNexthop *way = way_of (lookup);

  return error == 0 && way != NULL && !rejects (network, lookup) && way->gateway_family == 0 &&
         (link == 0 || way->link == link);
}

/* ip6_route_check_nh() */
static int
find_link_ipv6 (NlvNetwork *network, const NlvRouteConfig *config, const NlvWay *way, guint32 *link)
{
  NlvFlow flow = { .family = AF_INET6,
                   .has_uid = TRUE,
                   .prefer_link = TRUE,
                   .ignore_link_state = TRUE,
                   .stop_at_throw = TRUE,
                   .output = way->link,
                   .source = config->preferred_source,
                   .destination = way->gateway };
  NlvLookup lookup = { 0 };
  gboolean found = config->table != 0 &&
                   leads_on_link (network, nlv_lookup_table (network, &flow, config->table, &lookup), &lookup, *link);

  if (!found)
    {
      memset (&flow.source, 0, sizeof flow.source);
      if (!leads_on_link (network, nlv_lookup (network, &flow, &lookup), &lookup, *link))
        return -EHOSTUNREACH;
    }
  *link = way_of (&lookup)->link;
  return 0;
}

/* ip6_route_check_nh_onlink(): a default route has nothing to say. */
static int
check_onlink_ipv6 (NlvChange *change, const NlvRouteConfig *config, const NlvWay *way)
{
  const NlvFlow flow = { .family = AF_INET6,
                         .has_uid = TRUE,
                         .ignore_link_state = TRUE,
                         .output = way->link,
                         .source = config->preferred_source,
                         .destination = way->gateway };
  const NlvLink *link = nlv_network_find_link (change->network, way->link);
  guint32 table = table_of (change->network, link, RT_TABLE_MAIN);
  NlvLookup lookup = { 0 };

  if (nlv_lookup_table (change->network, &flow, table, &lookup) == 0 && !rejects (change->network, &lookup) &&
      !nlv_ip_is_any (&lookup.route.destination, AF_INET6) &&
      (lookup.route.type != RTN_UNICAST || way_of (&lookup)->link != way->link))
    return nlv_change_refuse (change, -EINVAL, "Nexthop has invalid gateway or device mismatch");
  return 0;
}

/* ip6_validate_gw() */
static int
check_gateway_ipv6 (NlvChange *change, const NlvRouteConfig *config, const NlvWay *way, guint32 *link)
{
  NlvNetwork *network = change->network;
  const NlvIp *gateway = &way->gateway;
  gboolean check_later = *link == 0;
  const NlvLink *found;
  int error = 0;

  if (!check_later && is_own (network, gateway, *link))
    return nlv_change_refuse (change, -EINVAL, "Gateway can not be a local address");
  if (!nlv_ipv6_is_link_local (gateway))
    {
      if (nlv_ip_is_any (gateway, AF_INET6) || nlv_ipv6_is_multicast (gateway))
        return nlv_change_refuse (change, -EINVAL, "Invalid gateway address");
      error = (way->flags & RTNH_F_ONLINK) != 0 ? check_onlink_ipv6 (change, config, way)
                                                : find_link_ipv6 (network, config, way, link);
    }
  if (error < 0)
    return error;
  found = nlv_network_find_link (network, *link);
  if (found == NULL)
    return nlv_change_refuse (change, -EINVAL, "Egress device not specified");
  if ((found->flags & IFF_LOOPBACK) != 0)
    return nlv_change_refuse (change, -EINVAL, "Egress device can not be loopback device for this route");
  if (check_later && is_own (network, gateway, *link))
    return nlv_change_refuse (change, -EINVAL, "Gateway can not be a local address");
  return 0;
}

/* The link that is named, before it is asked where the gateway is. */
static int
check_named_link (NlvChange *change, const NlvWay *way)
{
  const NlvLink *link = nlv_network_find_link (change->network, way->link);

  if (way->link != 0 && (link == NULL || !nlv_link_has_ipv6 (link)))
    return -ENODEV;
  if ((way->flags & RTNH_F_ONLINK) == 0)
    return 0;
  if (link == NULL)
    return nlv_change_refuse (change, -ENODEV, "Nexthop device required for onlink");
  return is_up (link) ? 0 : nlv_change_refuse (change, -ENETDOWN, "Nexthop device is not up");
}

static int
check_link_ipv6 (NlvChange *change, const NlvRouteConfig *config, const NlvWay *way, guint32 index, NlvNexthop *nexthop)
{
  const NlvLink *link = nlv_network_find_link (change->network, index);

  if (link == NULL)
    return -ENODEV;
  if (!nlv_link_has_ipv6 (link) || nlv_link_get_setting (link, NLV_LINK_IPV6, IPV6_DISABLE_IPV6) != 0)
    return nlv_change_refuse (change, -EACCES, "IPv6 is disabled on nexthop device");
  if (!is_up (link))
    return nlv_change_refuse (change, -ENETDOWN, "Nexthop device is not up");
  settle (change->network, nexthop, link, way->flags, AF_INET6);
  if (config->type == RTN_LOCAL)
    nexthop->flags &= (guint8) ~(RTNH_F_LINKDOWN | RTNH_F_DEAD);
  return nlv_encap_build (change, AF_INET6, way, nexthop);
}

static gboolean
is_reject (guint8 type)
{
  return type == RTN_UNREACHABLE || type == RTN_BLACKHOLE || type == RTN_PROHIBIT || type == RTN_THROW;
}

int
nlv_nexthop_check_ipv6 (NlvChange *change, const NlvRouteConfig *config, const NlvWay *way, NlvNexthop *nexthop)
{
  guint32 link = way->link;
  int error = check_named_link (change, way);

  if (error < 0)
    return error;
  if (is_reject (config->type))
    {
      nexthop->link = nlv_loopback_index (change->network);
      nexthop->flags = way->flags & RTNH_F_ONLINK;
      return 0;
    }
  if (way->gateway_family != 0)
    {
      error = check_gateway_ipv6 (change, config, way, &link);
      if (error < 0)
        return error;
      nexthop->gateway_family = AF_INET6;
      nexthop->gateway = way->gateway;
    }
  return check_link_ipv6 (change, config, way, link, nexthop);
}
