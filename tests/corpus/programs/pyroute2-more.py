#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""More of what pyroute2 can ask: neighbours, all routes, tables, queueing.

One request a line of output."""

from pyroute2 import IPRoute

with IPRoute() as route:
    print(len(route.get_neighbours()), "neighbours")
    print(len(route.get_routes()), "routes")
    print(len(route.get_ntables()), "neighbour tables")
    print(len(route.get_qdiscs()), "queueing disciplines")
    print(route.route("get", dst="198.51.100.200")[0].get_attr("RTA_OIF"), "is the way")
    print(*route.link_lookup(kind="bridge"), "is the bridge")
