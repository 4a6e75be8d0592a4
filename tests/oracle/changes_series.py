# SPDX-License-Identifier: LGPL-2.1-or-later

"""Series of commands that are written by hand: what random ones do not come
to, as it takes time, or a setting that no command of theirs makes."""

import ipaddress
import struct

import changes_links
import changes_networks
import messages as m
from networks import FAR, Network, mac, pair

DAD = "sleep 2.3"  # a delay of up to a second, and a second without an answer


def loud():
    """A pair that looks for duplicates of its addresses."""
    network = Network("duplicates").ip("link set lo up")
    for family in ("all", "default"):
        network.sysctl(f"ipv6/conf/{family}/accept_dad", int(family == "default"))
        network.sysctl(f"ipv6/conf/{family}/dad_transmits", 1)
        network.sysctl(f"ipv6/conf/{family}/router_solicitation_delay", 1)
    return pair(network)


def duplicates():
    return loud(), [
        "ip addr add 2001:db8::1/64 dev v0",
        "ip addr add 2001:db8::2/64 dev v0",
        "ip addr del 2001:db8::2/64 dev v0",
        DAD,
        "ip addr add 2001:db8::3/64 dev v0 nodad",
        "ip addr add 2001:db8::4/64 dev v0 optimistic",
        "ip addr add 2001:db8::5/64 dev v0",
        "ip link set v0 down",
        "ip link set v0 up",
        "ip -6 addr show dev v0",
        "ip link set v0 addrgenmode eui64",
        DAD,
        "ip -6 addr show dev v0",
    ]


def promotion():
    """Secondary addresses that stay when the first one goes, and that do not."""
    network = changes_networks.single()
    network.name = "promotion"
    network.sysctl("ipv4/conf/v1/promote_secondaries", 1)
    commands = []
    for device in ("v0", "v1"):
        commands += [f"ip addr add 10.0.0.{number}/24 brd + dev {device}" for number in (1, 2, 3, 4)]
        commands += [
            f"ip route add 10.5.0.0/16 via 10.0.0.9 dev {device} src 10.0.0.3",
            f"ip addr add 10.0.0.5/25 dev {device}",
            f"ip addr del 10.0.0.2/24 dev {device}",
            f"ip addr del 10.0.0.1/24 dev {device}",
            "ip route show table all",
            f"ip addr flush dev {device} to 10.0.0.0/24",
        ]
    return network, commands


def elsewhere():
    """Links whose other end is in another namespace."""
    network = Network("elsewhere").ip(
        f"""
        link set lo up
        link add v0 address {mac(0x5300)} type veth peer name far0 address {mac(0x5301)} netns {FAR}
        link add v1 address {mac(0x5302)} type veth peer name far1 address {mac(0x5303)} netns {FAR}
        link set v0 addrgenmode none
        link set v1 addrgenmode none
        """
    )
    network.far("link set lo up\nlink set far0 up")
    network.ip("link set v0 up\nlink set v1 up").settle("v0", "v1")
    return network, [
        "ip addr add 192.0.2.1/24 dev v0",
        "ip addr add 198.51.100.1/24 dev v1",
        "ip route add default via 192.0.2.9",
        "ip route add 10.0.0.0/8 via 198.51.100.9",
        "ip link set v0 down",
        "ip link set v0 up",
        "ip link set v1 mtu 1400",
        "ip link set v1 name v7",
        "ip link add link v0 address 02:00:5e:00:54:01 name mv0 type macvlan",
        "ip link set mv0 up",
        *(f"raw 1 {m.message(16, m.NLM_F_ACK | flags, m.link_header() + name + m.u32(37, 0)).hex()}"
          for flags in (0, 0x400) for name in (m.text(3, "v7"), m.text(3, "q0"))),
        "ip link del v0",
        "ip link del v7",
    ]  # fmt: skip


def cascade():
    """What goes with a link, and what comes when it is up again."""
    return changes_networks.mixed(), [
        "ip link set v0 down",
        "ip route show table all",
        "ip -6 route show table all",
        "ip link set v0 up",
        "ip route show table all",
        "ip -6 route show table all",
        "ip link set v1 down",
        "ip link set v1 up",
        "ip link set lo down",
        "ip link set lo up",
        "ip link set v3 nomaster",
        "ip link set v3 master br0",
        "ip link set br0 down",
        "ip link set br0 up",
        "ip link set v0 address 02:00:5e:00:54:02",
        "ip link del br0",
        "ip link del mv0",
        "ip link del v1",
        "ip -d nexthop",
        "ip link del v2",
    ]


def addresses6():
    """IPv6 addresses of all kinds, and what they leave of the routes that they share."""
    return changes_networks.single(), [
        "ip addr add 2001:db8:1::1 peer 2001:db8:2::1/64 dev v0 nodad",
        "ip addr change 2001:db8:1::1 peer 2001:db8:3::1/64 dev v0 nodad",
        "ip addr change 2001:db8:1::1 peer 2001:db8:3::1/64 dev v0 metric 77",
        "ip -6 route show table all",
        "ip addr del 2001:db8:1::1 peer 2001:db8:3::1/64 dev v0",
        "ip -6 route show table all",
        "ip addr add 2001:db8:4::1/64 dev v0 nodad noprefixroute",
        "ip addr change 2001:db8:4::1/64 dev v0",
        "ip addr change 2001:db8:4::1/64 dev v0 noprefixroute",
        "ip addr change 2001:db8:4::1/64 dev v0 valid_lft 100 preferred_lft 50",
        "ip link set v1 address 02:00:5e:53:00:77",
        "ip addr change 2001:db8:4::1/64 dev v0",
        "ip addr add 2001:db8:4::2/64 dev v0 nodad valid_lft 100 preferred_lft 0",
        "ip addr del 2001:db8:4::1/64 dev v0",
        "ip addr del 2001:db8:4::2/64 dev v0",
        "ip addr del 2001:db8:4::3/64 dev v0",
        "ip addr add 2001:db8:1::2/128 dev v0 nodad",
        "ip addr add 2001:db8:1::2/64 dev v0 nodad",
        "ip addr replace 2001:db8:1::2/64 dev v0 nodad",
        *(f"ip addr add {address}/64 dev v0 nodad" for address in ("fe80::2", "fec0::2", "::", "::1", "ff02::5")),
        *(f"ip addr add {address}/64 dev v0 nodad autojoin" for address in ("ff01::5", "ff02::5", "ff05::5", "fe80::5")),
        "ip addr add 2001:db8:5::1/64 dev v0 home mngtmpaddr",
        "ip addr add 2001:db8:5::2/65 dev v0 home mngtmpaddr",
        "ip addr add 2001:db8:7::1/64 dev lo",
        "ip addr add 2001:db8:7::2/64 dev lo valid_lft 100 preferred_lft 50",
        "ip addr del 2001:db8:7::1/64 dev lo",
        "ip addr add 2001:db8:8::1/129 dev v0",
        "ip addr add 2001:db8:8::1/0 dev v0 nodad",
        "ip -6 route add 2001:db8:9::/64 dev v0 src 2001:db8:8::1",
        "ip addr del 2001:db8:8::1/0 dev v0",
        "ip -6 addr",
        "ip -6 route show table all",
        "ip addr add 2001:db8:a::1/64 dev v0 nodad noprefixroute valid_lft 2 preferred_lft 1",
        "sleep 2.3",
        "ip addr del ff02::5/64 dev v0",
        "ip -6 addr flush dev v0",
    ]


def routers():
    """Links that forward, which have anycast addresses, and one that keeps what it has
    when it goes down."""
    network = changes_networks.single()
    network.name = "routers"
    network.sysctl("ipv6/conf/v0/forwarding", 1).sysctl("ipv6/conf/v0/keep_addr_on_down", 1)
    network.sysctl("ipv6/conf/v1/forwarding", 1)
    return network, [
        *(f"ip addr add 2001:db8:{number}::1/{length} dev v0 nodad" for number, length in ((1, 64), (2, 127), (3, 126))),
        "ip addr add 2001:db8:1::2/64 dev v0 nodad",
        "ip addr add fe80::1/64 dev v0 nodad",
        "ip addr del 2001:db8:1::1/64 dev v0",
        "ip addr del 2001:db8:1::2/64 dev v0",
        *(f"ip -6 neigh {verb} proxy 2001:db8:4::{number} dev v0" for verb, number in (("add", 7), ("add", 8), ("del", 8))),
        "ip -6 neigh add proxy 2001:db8:4::9",
        *(f"ip -6 neigh add proxy 2001:db8:4::{number} dev v1" for number in (1, "11", "996c", "f722", 2, "22")),
        "ip -6 addr add 2001:db8:4::7/64 dev v0 nodad",
        "ip addr add 2001:db8:1::3/64 dev v1 nodad",
        "ip -6 route add anycast 2001:db8:5::/48 table main dev v1",
        "ip link set v0 down",
        "ip -6 addr",
        "ip link set v0 up",
        "ip -6 addr",
        "ip -6 route show table all",
        "ip link set v1 mtu 1200",
        "ip addr add 2001:db8:1::3/64 dev v1",
        "ip addr del 2001:db8:1::3/64 dev v1",
        "ip link set v1 addrgenmode none mtu 1500",
        "ip link set v0 arp off",
        "ip link set v0 arp on",
        "ip link set v0 down",
        "ip link set v0 mtu 1000",
        "ip link set lo mtu 1000",
        "ip link set lo promisc on",
        "ip link set lo down",
        "ip link set lo up",
        "ip link set lo mtu 65536",
        "ip link set lo promisc off",
    ]


def objects():
    """Routes of nexthop objects and what goes with these; routes that differ in a flag only; rules that lead back."""
    return changes_networks.single(), [
        "ip nexthop add id 93 via 2001:db8::5 dev v0",
        "ip nexthop add id 94 group 93",
        "ip -6 route add 2001:db8:93::/64 nhid 93 expires 90000",
        "ip -6 route add 2001:db8:94::/64 nhid 94 expires 90000",
        "ip nexthop add id 95 via 192.0.2.1 dev v0",
        "ip route add 10.95.0.0/16 nhid 95",
        "ip route replace 10.95.0.0/16 nhid 95",
        "ip nexthop add id 96 via 0.0.0.0 fdb",
        "ip nexthop add id 97 via 2001:db8::7 fdb",
        "ip nexthop del id 93",
        "ip -d nexthop",
        "ip rule add pref 200 goto 0",
        "ip rule add pref 200 goto 200",
        "ip rule add pref 200 goto 201",
        "ip route add local 10.0.0.0/12 dev v0",
        "ip route prepend local 10.0.0.0/12 dev v0 onlink",
        "ip route show table local",
    ]


def labels():
    """Address labels: the longest prefix comes first, and that of a link."""
    return changes_networks.single(), [
        "ip addrlabel add prefix 2001:db8::/32 label 99",
        "ip addrlabel add prefix 2001:db8::/32 label 99",
        "ip addrlabel add prefix 2001:db8::/32 dev v0 label 98",
        "ip addrlabel add prefix 2001:db8:1::/33 dev v0 label 98",
        "ip addrlabel add prefix ::ffff:1.2.3.4/100 label 97",
        "ip addrlabel add prefix ::ffff:1.2.3.4/90 label 97",
        "ip addrlabel list",
        "ip addrlabel del prefix ::ffff:1.2.3.4/90 label 97",
        "ip addrlabel del prefix ::ffff:1.2.3.4/90 label 97",
        "ip addrlabel del prefix 2001:db8::/32 dev v0",
        *["ip addrlabel add prefix ::ffff:0:0/96 label 96"] * 2,
        "ip addrlabel list",
        *["ip addrlabel del prefix ::ffff:0:0/96"] * 3,
        "ip addrlabel flush",
        "ip addrlabel list",
        "ip addrlabel add prefix 2001:db8::/32 dev lo label 5",
        "ip addrlabel list",
    ]


def forwarding():
    """Forwarding entries: what devices let in with them, ways of VXLANs, and what goes
    with a nexthop, a port, or a flush."""
    network = changes_networks.mixed()
    network.ip(
        f"""
        tuntap add tap0 mode tap
        link set tap0 address {mac(0x5310)} addrgenmode none
        link set tap0 up
        link add vx9 address {mac(0x5311)} type vxlan id 9 dstport 4799
        link set vx9 addrgenmode none
        link set vx9 up
        nexthop add id 91 via 192.0.2.91 fdb
        nexthop add id 92 group 91 fdb
        """
    )
    network.bridge("fdb add 02:00:5f:00:00:06 dev vx9 dst 192.0.2.66")
    commands = [
        "ip -6 rule add prohibit pref 16420",
        "ip nexthop add id 93 via 2001:db8::93 dev v0",
        "ip -6 rule del prohibit pref 16420",
        "ip nexthop replace id 91 dev v0",
        "ip route add local 10.77.0.0/24 dev v0",
        "ip neigh add 10.77.0.5 lladdr 02:00:5f:00:00:05 dev v1 nud stale",
    ]
    for device in ("tap0", "v0"):
        for address in ("01:00:5e:00:00:08", "01:80:c2:00:00:01", "02:00:5f:00:00:07"):
            commands += [
                f"bridge fdb add {address} dev {device} self local",
                f"ip -d link show {device}",
                f"bridge fdb del {address} dev {device} self local",
                f"ip -d link show {device}",
            ]
    commands += [f"bridge fdb append 00:00:00:00:00:00 dev vx9 dst 192.0.2.{number}" for number in (1, 2, 3, 2)]
    commands += [
        "bridge fdb append 02:00:5f:00:00:06 dev vx9 dst 192.0.2.67",
        "bridge fdb replace 02:00:5f:00:00:06 dev vx9 dst 192.0.2.67",
        "bridge fdb add 02:00:5f:00:00:08 dev vx9 nhid 92",
        "bridge fdb add 02:00:5f:00:00:09 dev vx9 nhid 91",
        "bridge fdb del 00:00:00:00:00:00 dev vx9 dst 192.0.2.1",
        "bridge fdb del 00:00:00:00:00:00 dev vx9 dst 192.0.2.77",
        "ip nexthop del id 91",
        "ip nexthop add id 94 via 0.0.0.0 fdb",
        "ip nexthop add id 95 via :: fdb",
        "bridge fdb flush dev vx9 nopermanent",
        "bridge fdb flush dev vx9",
        "bridge fdb add 02:00:5f:00:00:0a dev v3 master static",
        "bridge fdb add 02:00:5f:00:00:0b dev v3 master dynamic",
        "bridge fdb add 02:00:5f:00:00:0c dev v3 master static sticky",
        "bridge fdb replace 02:00:5f:00:00:0a dev br0 self local",
        "bridge fdb flush dev br0 sticky",
        "bridge fdb flush dev v3 master nostatic",
        "ip link set v3 nomaster",
        "bridge fdb flush dev br0",
    ]
    return network, commands


def bare():
    """What no command says: requests that are nearly right."""

    def raw(kind, flags, header, *attributes):
        return f"raw 1 {m.message(kind, m.NLM_F_ACK | flags, header + b''.join(attributes)).hex()}"

    def ip(text):
        return ipaddress.ip_address(text).packed

    def ways(*numbers):
        gateways = [m.attribute(5, ip(f"2001:db8::{number}")) for number in numbers]
        hops = (struct.pack("=HBBi", 8 + len(gateway), 0, 0, 3) + gateway for gateway in gateways)
        return m.attribute(1, ip("2001:db8:7::")) + m.attribute(9, b"".join(hops))

    def lifetimes(seconds):
        return m.attribute(6, struct.pack("=IIII", seconds, seconds, 0, 0))

    create, nexthop, spec = 0x600, struct.Struct("=4BI"), m.nested(26, m.nested(m.AF_INET))
    kind_veth = m.nested(18, m.text(1, "veth"))
    address = m.attribute(2, ip("2001:db8:6::1"))
    route = m.route_header(m.AF_INET6, 48, 0, 0, 254, 3, 0, 1)
    return changes_networks.single(), [
        *(raw(32, create, m.rule_header(family, action=6, flags=0xFF), m.text(3, "lo"), m.u32(6, 300 + family))
          for family in (m.AF_INET, m.AF_INET6, 128)),
        raw(24, create, route, ways(1, 2)),
        raw(24, create | 0x800, route, ways(3, 2)),
        raw(24, 0x400 | 0x800, route, ways(3, 2)),
        raw(24, 0x500, route, ways(4, 5)),
        raw(24, create, m.route_header(128, 32, 0, 0, 0, 4, 0, 5), m.u32(3, 1)),
        raw(25, 0, m.route_header(128, 32, 0, 0, 0, 4, 0, 5), m.u32(3, 77)),
        *(raw(104, create, nexthop.pack(family, 0, 4, 0, 0), m.u32(1, family), m.attribute(11, b""))
          for family in (m.AF_INET, m.AF_INET6)),
        "ip link set lo down",
        *(raw(104, create, nexthop.pack(m.AF_INET6, 0, 4, 0, flags), m.u32(1, 99), m.attribute(4, b"")) for flags in (0, 4)),
        "ip link set lo up",
        raw(104, create, nexthop.pack(m.AF_INET6, 0, 4, 0, 4), m.u32(1, 99), m.attribute(4, b"")),
        raw(20, create, m.address_header(m.AF_INET6, 3, 64), address, lifetimes(0x80000000), m.u32(8, 2)),
        "ip link set v0 mtu 1000",
        "ip link set v0 mtu 1500",
        *(f"ip neigh add {text} managed dev v0" for text in ("2001:db8::77", "192.0.2.77")),
        "ip -6 rule add blackhole pref 77 table 6",
        "ip -6 route show table 6",
        *(raw(16, create, m.link_header(), spec, m.text(3, "q0"), kind) for kind in (kind_veth, m.nested(18, m.text(1, "ifb")))),
        raw(95, 0, struct.pack("=BBHiI", 0, 0, 0, -1, 0)),
        raw(33, 0, m.rule_header(m.AF_INET6, action=2), m.u32(6, 100), m.u32(4, 0)),
        *(f"ip addr add 10.8.0.{number}/24 dev v{number}" for number in (0, 1)),
        *(f"ip nexthop add id 8{number} via 10.8.0.1 dev v{number}" for number in (0, 1)),
        "ip nexthop",
        "ip rule",
        "ip -6 route show table all",
    ]  # fmt: skip


SERIES = {
    "bare": bare,
    "duplicates": duplicates,
    "promotion": promotion,
    "elsewhere": elsewhere,
    "cascade": cascade,
    "addresses6": addresses6,
    "routers": routers,
    "labels": labels,
    "objects": objects,
    "forwarding": forwarding,
    **changes_links.SERIES,
}
