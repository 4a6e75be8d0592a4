# SPDX-License-Identifier: LGPL-2.1-or-later

"""Where a series of changes starts."""

from networks import Network, based, fixed_networks, mac, pair
from random_networks import random_network


def empty():
    """Nothing, and lo is down."""
    return Network("empty")


def lo():
    return Network("lo").ip("link set lo up")


def single():
    """A pair with addresses."""
    return based("pair").ip("addr add 192.0.2.10/24 brd + dev v0\naddr add 2001:db8::10/64 dev v0 nodad")


def down():
    """Links of each kind, all of them down."""
    return pair(Network("down").ip("link set lo up"), up=False).ip(
        f"""
        link add br0 address {mac(0x5340)} type bridge
        link add mv0 link v0 address {mac(0x5320)} type macvlan mode bridge
        link add vx0 address {mac(0x5350)} type vxlan id 5 dstport 4789 remote 192.0.2.1 dev v0
        link add ifb0 address {mac(0x5330)} type ifb
        """
    )


def mixed():
    """Some of everything, up and addressed."""
    network = pair(single(), "v2", "v3", 0x5302)
    network.name = "mixed"
    network.ip(
        f"""
        link add br0 address {mac(0x5340)} type bridge
        link set br0 addrgenmode none
        link set v3 master br0
        link set br0 up
        link add mv0 link v0 address {mac(0x5320)} type macvlan mode bridge
        link set mv0 addrgenmode none
        link add vx0 address {mac(0x5350)} type vxlan id 5 dstport 4789 remote 192.0.2.1 dev v0
        link set vx0 addrgenmode none
        link add ifb0 address {mac(0x5330)} type ifb
        link set mv0 up
        link set vx0 up
        link set ifb0 up
        """
    ).settle("br0", "v2", "v3", "mv0", "vx0", "ifb0")
    return network.ip(
        f"""
        addr add 192.0.2.11/24 brd + dev v0
        addr add 198.51.100.10/24 brd + dev v2
        addr add 203.0.113.1/24 brd + dev br0
        addr add 2001:db8:1::10/64 dev v2 nodad
        route add default via 192.0.2.1
        route add 10.0.0.0/8 via 198.51.100.1 metric 5
        route add unreachable 10.99.0.0/16
        route add 10.1.0.0/16 nexthop via 192.0.2.7 weight 2 nexthop via 198.51.100.7
        route add default via 2001:db8::1
        route add 2001:db8:77::/48 via 2001:db8:1::1 metric 7
        nexthop add id 1 via 192.0.2.1 dev v0
        nexthop add id 2 via 198.51.100.1 dev v2
        nexthop add id 3 group 1/2
        route add 10.3.0.0/16 nhid 3
        rule add from 192.0.2.0/24 lookup 100 pref 100
        route add default via 192.0.2.2 table 100
        neigh add 192.0.2.1 lladdr {mac(0x51)} dev v0 nud permanent
        neigh add 192.0.2.5 lladdr {mac(0x55)} dev v0 nud stale
        neigh add 2001:db8::5 lladdr {mac(0x55)} dev v0 nud stale
        """
    )


NAMED = {"empty": empty, "lo": lo, "pair": single, "down": down, "mixed": mixed}


def named(name):
    """One of these, one of networks.py, or the random one of a seed."""
    if name in NAMED:
        return NAMED[name]()
    for network in fixed_networks():
        if network.name == name:
            return network
    if name.isdigit():
        return random_network(int(name))
    names = [*NAMED, *(network.name for network in fixed_networks())]
    raise SystemExit(f"no network {name}; there are {', '.join(names)}, and a number")
