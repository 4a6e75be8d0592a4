#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Links, addresses, routes and rules as pyroute2 reads them."""

from pyroute2 import IPRoute

with IPRoute() as route:
    for link in route.get_links():
        print(link["index"], link.get_attr("IFLA_IFNAME"), link.get_attr("IFLA_ADDRESS"), link["state"])
    for address in route.get_addr():
        print(address["index"], f"{address.get_attr('IFA_ADDRESS')}/{address['prefixlen']}")
    for row in route.get_default_routes():
        print("default via", row.get_attr("RTA_GATEWAY"), "dev", row.get_attr("RTA_OIF"))
    for rule in route.get_rules():
        print("rule", rule["family"], rule.get_attr("FRA_PRIORITY"), rule.get_attr("FRA_TABLE"))
    print(*(route.link_lookup(ifname="lo")), "is lo")
