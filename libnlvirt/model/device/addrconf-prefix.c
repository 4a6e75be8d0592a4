/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The routes to the networks that IPv6 addresses are in. Addresses share them, so
 * that one may have to stay, or to live as long as the last. */
#include "model/device/addrconf-route.h"
#include "model/device/addrconf.h"
#include "model/rtnetlink/rtnetlink-private.h"

void
nlv_addrconf_add_prefix_route (NlvChange *change, const NlvLink *link, const NlvAddress *address, const NlvIp *ip,
                               guint8 length, guint32 expires)
{
  NlvRoute route = nlv_ipv6_prefix_route (change->network, link, address, ip, length);

  /* fib6_is_reject() */
  if ((link->flags & IFF_LOOPBACK) == 0 || nlv_ipv6_is_loopback (&route.destination))
    route.expires = expires;
  nlv_ipv6_add_route (change, &route);
}

/* init_loopback() gives ::1 no route of this kind. */
void
nlv_addrconf_add_routes (NlvChange *change, const NlvLink *link, const NlvAddress *address)
{
  NlvRoute local = nlv_ipv6_local_route (change->network, link, address);

  nlv_ipv6_add_route (change, &local);
  if (address->protocol == IFAPROT_KERNEL_LO)
    return;
  if ((address->flags & IFA_F_NOPREFIXROUTE) == 0)
    nlv_addrconf_add_prefix_route (change, link, address, &address->local, address->prefix_length, 0);
  if (!nlv_ip_equal (&address->peer, &address->local, AF_INET6))
    nlv_addrconf_add_prefix_route (change, link, address, &address->peer, 128, 0);
}

NlvPrefixCleanup
nlv_addrconf_check_prefix (NlvChange *change, const NlvAddress *address, guint32 *expires)
{
  guint position = nlv_network_find_addresses (change->network, AF_INET6, address->link);
  NlvPrefixCleanup cleanup = NLV_PREFIX_GOES;
  const NlvAddress *other;
  guint64 last = change->now;

  while ((other = nlv_network_get_link_address (change->network, AF_INET6, address->link, position++)) != NULL)
    {
      guint64 end = other->updated + (guint64) other->valid_lifetime * 100;

      if (other == address || other->prefix_length != address->prefix_length ||
          !nlv_ip_in_prefix (&other->local, &address->local, address->prefix_length, AF_INET6))
        continue;
      if ((other->flags & (IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE)) != 0)
        return NLV_PREFIX_STAYS;
      cleanup = NLV_PREFIX_EXPIRES;
      last = MAX (last, end);
    }
  *expires = nlv_ipv6_expires_after (change->now, last - change->now);
  return cleanup;
}

void
nlv_addrconf_clean_prefix (NlvChange *change, const NlvAddress *address, const NlvIp *ip, NlvPrefixCleanup cleanup,
                           guint32 expires)
{
  const NlvLink *link = nlv_network_find_link (change->network, address->link);
  const NlvRoute *route;
  NlvFibCursor cursor;

  if (cleanup == NLV_PREFIX_STAYS || link == NULL)
    return;
  route = nlv_ipv6_find_prefix_route (change->network, &cursor, link, ip, address->prefix_length, TRUE);
  if (route == NULL)
    return;
  if (cleanup == NLV_PREFIX_GOES)
    nlv_ipv6_delete_route (change, &cursor, route);
  else if (route->expires == 0)
    nlv_ipv6_set_expires (change->network, &cursor, route, expires);
}

/* A route that stays would be given the time from now as if it were that since
 * boot: modify_prefix_route() sets it to what is over. */
#define LONG_OVER 1

gboolean
nlv_addrconf_modify_prefix (NlvChange *change, const NlvAddress *address, const NlvIp *ip, guint32 expires)
{
  const NlvLink *link = nlv_network_find_link (change->network, address->link);
  guint32 metric = address->metric != 0 ? address->metric : NLV_IPV6_PREFIX_METRIC;
  const NlvRoute *route;
  NlvFibCursor cursor;

  route =
    link != NULL ? nlv_ipv6_find_prefix_route (change->network, &cursor, link, ip, address->prefix_length, TRUE) : NULL;
  if (route == NULL)
    return FALSE;
  if (route->metric == metric)
    {
      nlv_ipv6_set_expires (change->network, &cursor, route, expires != 0 ? LONG_OVER : 0);
      return TRUE;
    }
  nlv_ipv6_delete_route (change, &cursor, route);
  nlv_addrconf_add_prefix_route (change, link, address, ip, address->prefix_length, expires);
  return TRUE;
}
