/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* libnl's caches, filled one after the other: links, addresses, routes,
 * neighbours, rules. */
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/route.h>
#include <netlink/route/rule.h>

#include <stdio.h>

static void
show (const char *what, int error, struct nl_cache *cache)
{
  if (error < 0)
    printf ("%s: %s\n", what, nl_geterror (error));
  else
    printf ("%d %s\n", nl_cache_nitems (cache), what);
}

int
main (void)
{
  struct nl_sock *socket = nl_socket_alloc ();
  struct nl_cache *cache = NULL;

  if (socket == NULL || nl_connect (socket, NETLINK_ROUTE) < 0)
    return 1;
  show ("links", rtnl_link_alloc_cache (socket, AF_UNSPEC, &cache), cache);
  show ("addresses", rtnl_addr_alloc_cache (socket, &cache), cache);
  show ("routes", rtnl_route_alloc_cache (socket, AF_UNSPEC, 0, &cache), cache);
  show ("neighbours", rtnl_neigh_alloc_cache (socket, &cache), cache);
  show ("rules", rtnl_rule_alloc_cache (socket, AF_UNSPEC, &cache), cache);
  return 0;
}
