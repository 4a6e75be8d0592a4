# SPDX-License-Identifier: LGPL-2.1-or-later

"""The networks that are compared: fixed ones, a group of features each. A
network is a shell script that builds it inside a fresh namespace, with a
second one for the other ends of its links."""

FAR = "$far"  # what `ip` calls the second namespace: a process in it

# Nothing is to happen by itself, or at once: no duplicate address detection and
# no delay before it, no router solicitations, no repeated multicast reports.
QUIET = """
for family in all default lo; do
  cd /proc/sys/net/ipv6/conf/$family
  echo 0 >accept_dad; echo 0 >dad_transmits; echo 0 >router_solicitations
  echo 0 >router_solicitation_delay
  echo 1 >mldv1_unsolicited_report_interval; echo 1 >mldv2_unsolicited_report_interval
  cd /proc/sys/net/ipv4/conf/$family
  echo 1 >igmpv2_unsolicited_report_interval; echo 1 >igmpv3_unsolicited_report_interval
done
echo 0 >/proc/sys/net/ipv4/igmp_link_local_mcast_reports
cd /
"""

TOOLS = {
    "ip": "ip -force -batch -",
    "ip6": "ip -6 -force -batch -",
    "bridge": "bridge -force -batch -",
    "tc": "tc -force -batch -",
    "sh": "sh",
}


class Network:
    """Lines for ip(8) and its like. Lines for one tool that follow each other
    are one process."""

    def __init__(self, name):
        self.name = name
        self.lines = 0
        self._steps = []

    def _add(self, far, tool, text):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if self._steps and self._steps[-1][:2] == (far, tool):
            self._steps[-1][2].extend(lines)
        else:
            self._steps.append((far, tool, lines))
        self.lines += len(lines)
        return self

    def ip(self, text):
        return self._add(False, "ip", text)

    def ip6(self, text):
        return self._add(False, "ip6", text)

    def bridge(self, text):
        return self._add(False, "bridge", text)

    def tc(self, text):
        return self._add(False, "tc", text)

    def far(self, text):
        """For ip(8), in the second namespace."""
        return self._add(True, "ip", text)

    def sysctl(self, path, *values):
        return self._add(False, "sh", "\n".join(f"echo {value} >/proc/sys/net/{path}" for value in values))

    def settle(self, *names):
        """The kernel tells of a carrier with some delay, but to who asks for
        one link, at once."""
        return self.ip("\n".join(f"link show dev {name}" for name in names))

    def script(self):
        """For `sh -c SCRIPT sh FAR` in the namespace."""
        parts = ["far=$1\nexec >/dev/null\n", QUIET]
        for far, tool, lines in self._steps:
            enter = "nsenter --net=/proc/$far/ns/net " if far else ""
            parts.append(f"{enter}{TOOLS[tool]} <<END\n" + "\n".join(lines) + "\nEND\n")
        return "".join(parts)


def mac(number):
    """A locally administered MAC address of ours."""
    return f"02:00:5e:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"


def pair(network, first="v0", second="v1", number=0x5300, up=True):
    """A veth pair, up, with carrier and no addresses but our own."""
    network.ip(
        f"""
        link add {first} address {mac(number)} type veth peer name {second} address {mac(number + 1)}
        link set {first} addrgenmode none
        link set {second} addrgenmode none
        """
    )
    if up:
        # In the order in which the kernel would tell of it.
        network.ip(f"link set {first} up\nlink set {second} up").settle(second, first)
    return network


def based(name):
    """lo and a pair."""
    return pair(Network(name).ip("link set lo up"))


def untouched():
    return Network("untouched")


def loopback():
    return Network("loopback").ip("link set lo up")


def links():
    network = based("links")
    network.ip(
        f"""
        link add v2 index 40 address {mac(0x5310)} txqueuelen 77 numtxqueues 4 numrxqueues 3 type veth peer name \
v3 index 30 address {mac(0x5311)} mtu 1400
        link add mv0 link v0 address {mac(0x5320)} type macvlan mode private
        link add mv1 link v0 address {mac(0x5321)} type macvlan mode vepa
        link add mv2 link v0 address {mac(0x5322)} type macvlan mode bridge
        link add mv3 link v0 address {mac(0x5323)} type macvlan mode source macaddr set {mac(1)} {mac(2)}
        link add mt0 link v1 address {mac(0x5324)} type macvtap mode passthru
        link add ifb0 address {mac(0x5330)} type ifb
        tuntap add dev tun0 mode tun user 1000 group 100
        tuntap add dev tap0 mode tap multi_queue vnet_hdr pi
        link set tap0 address {mac(0x5331)}
        link property add dev v0 altname a-rather-long-alternative-name-for-v0
        link property add dev v0 altname other
        link set v0 alias "the first of its pair"
        link set v1 group 42
        link set v1 mtu 1400
        link set v1 txqueuelen 500
        link set v2 gso_max_size 30000 gso_max_segs 20
        link set v2 gro_max_size 31000
        link set v2 trailers on
        link set v3 addrgenmode random
        link set v3 allmulticast on
        link set v3 mode dormant
        link set v2 up
        link set mv0 up
        link set mv1 promisc on
        link set mv1 up
        link set mv2 multicast off arp off
        link set mv2 protodown on
        link set mv2 protodown_reason 3 on
        link set mv2 protodown_reason 5 on
        link set ifb0 up
        link set tun0 up
        """
    )
    # A token asks for solicitations.
    network.sysctl("ipv6/conf/v0/router_solicitations", 1).ip("token set ::1:2:3:4 dev v0")
    network.sysctl("ipv6/conf/v0/router_solicitations", 0)
    return network.settle("v0", "v1", "v2", "v3", "mv0", "mv1", "mv2", "ifb0", "tun0")


def bridges():
    network = pair(based("bridges"), "v2", "v3", 0x5302)
    network.ip(
        f"""
        link add br0 address {mac(0x5340)} type bridge stp_state 0 ageing_time 10000 priority 4096 forward_delay 500 \
group_fwd_mask 8 mcast_snooping 1 mcast_querier 0 nf_call_iptables 1 mcast_igmp_version 3 mcast_hash_max 1024
        link add br1 address {mac(0x5341)} type bridge mcast_snooping 0 hello_time 300 max_age 1500
        link add br2 address {mac(0x5342)} type bridge
        link set br0 addrgenmode none
        link set br1 addrgenmode none
        link set v1 master br0
        link set v3 master br1
        link set dev v1 type bridge_slave cost 50 priority 10 hairpin on guard on root_block on fastleave on \
learning off flood off mcast_flood off neigh_suppress on isolated on
        link set br0 up
        link set br1 up
        """
    ).settle("br0", "br1", "br2", "v1", "v3").ip("addr add 192.0.2.1/24 brd + dev br0")
    return network.bridge(
        f"""
        fdb add {mac(0x77)} dev v1 master static
        fdb add {mac(0x78)} dev v1 master permanent
        fdb add {mac(0x79)} dev v1 self
        fdb add {mac(0x7A)} dev v1 master static sticky
        fdb add {mac(0x7B)} dev v3 master extern_learn
        fdb add {mac(0x7C)} dev br0 self local
        mdb add dev br0 port v1 grp 239.1.1.1 permanent
        mdb add dev br0 port v1 grp ff05::5 permanent
        mdb add dev br0 port v1 grp 239.1.1.3 src 10.1.1.1 permanent
        """
    )


def vxlans():
    network = based("vxlans").ip("addr add 192.0.2.2/24 brd + dev v0\naddr add 2001:db8::2/64 dev v0 nodad")
    network.ip(
        f"""
        link add vx0 address {mac(0x5350)} type vxlan id 5 dstport 4789 remote 192.0.2.1 local 192.0.2.2 dev v0 ttl 7 \
tos 4 ageing 100000 maxaddress 10 nolearning proxy rsc l2miss l3miss udpcsum noudp6zerocsumtx udp6zerocsumrx srcport \
1000 2000
        link add vx1 address {mac(0x5351)} type vxlan id 6 dstport 8472 group 239.1.1.1 dev v0 ttl auto df set
        link add vx2 address {mac(0x5352)} type vxlan external dstport 4790
        link add vx3 address {mac(0x5353)} type vxlan id 7 dstport 4791 remote 2001:db8::1 local 2001:db8::2 gbp
        link add vx4 address {mac(0x5354)} type vxlan external vnifilter dstport 4793
        link set vx0 addrgenmode none
        link set vx2 addrgenmode none
        link set vx0 up
        link set vx2 up
        """
    ).settle("vx0", "vx2")
    return network.bridge(
        f"""
        vni add dev vx4 vni 100-110
        vni add dev vx4 vni 200 remote 192.0.2.7
        fdb add {mac(0x99)} dev vx1 dst 10.0.0.9 port 99 vni 12 via v0
        fdb append 00:00:00:00:00:00 dev vx1 dst 10.0.0.8
        fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.77
        fdb add {mac(0x9A)} dev vx0 dst 192.0.2.78 self permanent
        fdb add {mac(0x9B)} dev vx3 dst 2001:db8::9
        fdb add {mac(0x9C)} dev vx0 dst 192.0.2.79 router extern_learn
        """
    )


def addresses():
    network = pair(based("addresses"), "v2", "v3", 0x5302)
    network.ip("link set v2 addrgenmode eui64\nlink set v2 down\nlink set v2 up").settle("v2")
    return network.ip(
        """
        addr add 192.0.2.1 peer 192.0.2.2/32 dev v0 label v0:x
        addr add 10.0.0.1/24 brd + dev v0
        addr add 10.0.0.2/24 brd 10.0.0.77 dev v0 noprefixroute
        addr add 10.3.0.3/24 brd + dev v0 scope link
        addr add 10.9.0.2/24 brd + dev v0 metric 55
        addr add 10.8.0.2/24 brd + dev v0 valid_lft 90000 preferred_lft 80000
        addr add 10.7.0.2/24 dev v0 valid_lft 90000 preferred_lft 0
        addr add 10.6.0.0/31 dev v0
        addr add 10.0.0.2/8 dev v1 brd +
        addr add 10.4.0.9/30 dev v1 brd - label v1:a
        addr add 172.16.0.1/1 dev v1
        addr add 169.254.7.7/16 brd + dev v3 scope link
        addr add 127.9.9.9/24 dev lo scope host
        addr add 203.0.113.9/32 dev lo
        addr add 2001:db8::1/64 dev v0
        addr add 2001:db8::2/64 dev v0 home nodad noprefixroute
        addr add 2001:db8::3/64 dev v0 mngtmpaddr
        addr add 2001:db8::4/64 dev v0 valid_lft 90000 preferred_lft 0
        addr add 2001:db8:1::4/64 dev v0 valid_lft 90000 preferred_lft 80000
        addr add 2001:db8::5 peer 2001:db8::6/128 dev v0 metric 66
        addr add 2001:db8:9::/127 dev v1 optimistic
        addr add 2001:db8:a::1/128 dev v1
        addr add fe80::99/64 dev v1
        addr add fec0::1/32 dev v1
        addr add fd00::1/8 dev v3 metric 7
        addr add 2001:db8:b::1/128 dev lo
        """
    )


METRICS = (
    "mtu lock 1400 advmss 1300 window 3000 rtt 500ms rttvar 100ms ssthresh 55 cwnd lock 44 reordering 9 "
    "hoplimit 77 initcwnd 30 features ecn rto_min 300ms initrwnd 20 quickack 1 fastopen_no_cookie 1"
)


def ipv4_routes():
    network = pair(based("ipv4-routes"), "v2", "v3", 0x5302)
    return network.ip(
        f"""
        link set v3 down
        addr add 192.0.2.10/24 brd + dev v0
        addr add 192.0.2.11/24 brd + dev v0
        addr add 198.51.100.10/25 brd + dev v1
        addr add 203.0.113.10/24 brd + dev v2
        addr add 2001:db8::10/64 dev v0
        route add default via 192.0.2.1
        route add default via 192.0.2.2 metric 77
        route append default via 192.0.2.3 metric 77
        route add 0.0.0.0/1 via 192.0.2.1 proto static
        route add local 10.100.0.0/16 dev lo
        route add broadcast 10.101.0.0/16 dev v0
        route add unreachable 10.102.0.0/16
        route add unreachable default metric 4278198272
        route add blackhole 10.103.0.0/16
        route add prohibit 10.104.0.0/16 table 104
        route add throw 10.105.0.0/16 table 105
        route add multicast 239.0.0.0/8 dev v0
        route add anycast 10.107.0.0/16 dev v0
        route add 10.108.0.0/16 via 192.0.2.9 {METRICS} congctl reno
        route add 10.109.0.0/16 via 192.0.2.9 congctl lock bbr realms 3/4 src 192.0.2.11 table 999 metric 5 proto 99
        route add 10.109.0.0/16 via 192.0.2.8 dsfield 0x10
        route add 10.109.0.0/16 via 192.0.2.7 dsfield 0x04
        route add 10.110.0.0/16 nexthop via 192.0.2.9 dev v0 weight 5 realms 4 nexthop via 8.8.8.8 dev v0 onlink \
weight 100 nexthop dev v1 nexthop via inet6 2001:db8::77 dev v0
        route add 10.110.1.0/24 table 300 nexthop via 198.51.100.9 weight 1 nexthop via 192.0.2.9 weight 2
        route add 10.111.0.0/16 via inet6 fe80::77 dev v0
        route add 10.112.0.0/16 dev v0 scope link src 192.0.2.10
        route add 10.112.0.0/16 dev v1 scope host metric 1
        route add 10.113.0.0/16 encap seg6 mode encap segs 2001:db8::1,2001:db8::2 dev v0
        route add 10.114.0.0/16 encap ip id 5 dst 1.2.3.4 src 4.3.2.1 tos 4 ttl 9 key csum dev v0
        route add 10.115.0.0/16 via 203.0.113.1
        route add 10.116.0.1/32 dev v1 table 70000
        route add 10.116.0.0/15 via 9.9.9.9 dev v0 onlink proto bird
        route add local 10.117.0.1 dev v0 table 117 src 192.0.2.10
        """
    )


def ipv6_routes():
    network = pair(based("ipv6-routes"), "v2", "v3", 0x5302)
    network.ip("link set v2 addrgenmode eui64\nlink set v2 down\nlink set v2 up").settle("v2")
    network.ip("link set v3 down").settle("v2")
    return network.ip6(
        f"""
        addr add 2001:db8::1/64 dev v0 nodad
        addr add 2001:db8:1::1/64 dev v1 nodad
        route add default via 2001:db8::ff
        route append default via 2001:db8::fe
        route add default via fe80::1 dev v1 metric 2048 proto ra pref high
        route add local 2001:db8:100::/48 dev lo
        route add broadcast 2001:db8:101::/48 dev v0
        route add unreachable 2001:db8:102::/48
        route add blackhole 2001:db8:103::/48 metric 7
        route add prohibit 2001:db8:104::/48 table 104
        route add throw 2001:db8:105::/48 table 70000
        route add multicast ff05::/16 dev v0
        route add anycast 2001:db8:107::1/128 dev v0
        route add 2001:db8:108::/48 via 2001:db8::9 mtu lock 1400 advmss 1300 hoplimit 44 congctl bbr features ecn \
pref low metric 77 initcwnd 4 quickack 1 rto_min 200ms
        route add 2001:db8:109::/48 via 2001:db8::9 expires 90000 proto ra
        route add 2001:db8:10a::/48 from 2001:db8:5::/48 via 2001:db8::9 src 2001:db8::1
        route add 2001:db8:10a::/48 from 2001:db8:6::/48 dev v1
        route add 2001:db8:10a::/48 dev v1
        route add 2001:db8:10b::/48 nexthop via 2001:db8::9 weight 4 nexthop via fe80::5 dev v1 weight 9 nexthop via \
2001:db8:5:: dev v0 onlink
        route add 2001:db8:10c::/48 encap seg6 mode inline segs 2001:db8::1,2001:db8::2 dev v0
        route add 2001:db8:10d::/48 encap seg6local action End.X nh6 2001:db8::1 dev v0
        route add 2001:db8:10e::/48 encap seg6local action End.DT6 table 5 dev v0
        route add 2001:db8:10f::/48 encap ip6 id 5 dst 2001:db8::1 hoplimit 9 dev v0
        route add 2001:db8:110::/48 via fe80::9 dev v2
        route add 2001:db8:111::/128 dev v0 proto 99
        route add 2001:db8:111::/64 dev v0 table 300
        """
    )


def nexthops():
    network = based("nexthops")
    return network.ip(
        """
        addr add 192.0.2.10/24 brd + dev v0
        addr add 2001:db8::10/64 dev v0 nodad
        nexthop add id 1 via 192.0.2.1 dev v0
        nexthop add id 2 via 192.0.2.2 dev v0 proto 44
        nexthop add id 3 blackhole
        nexthop add id 4 via 2001:db8::9 dev v0
        nexthop add id 5 dev v1
        nexthop add id 6 via 9.9.9.9 dev v0 onlink
        nexthop add id 7 group 1,5/2,200
        nexthop add id 8 group 1/2,100 type resilient buckets 4 idle_timer 100000 unbalanced_timer 0
        nexthop add id 9 via 10.2.2.2 fdb
        nexthop add id 10 via 2001:db8::44 fdb
        nexthop add id 11 group 9 fdb
        nexthop add id 13 blackhole proto 9
        nexthop add id 14 encap ip id 3 dst 1.2.3.4 dev v0
        nexthop add id 15 via 2001:db8::a dev v0
        nexthop add id 16 group 4/15
        nexthop add id 17 via 2001:db8::b dev v0
        nexthop add id 4000000000 via 192.0.2.4 dev v0
        route add 10.120.0.0/16 nhid 7
        route add 10.121.0.0/16 nhid 1
        route add 10.122.0.0/16 nhid 3
        route add 10.123.0.0/16 nhid 8
        route add 10.124.0.0/16 nhid 4
        route add 10.125.0.0/16 nhid 6 metric 6 table 300
        route add 10.126.0.0/16 nhid 14
        route add 2001:db8:120::/48 nhid 16
        route add 2001:db8:121::/48 nhid 17
        """
    ).ip6("nexthop add id 23 blackhole\nroute add 2001:db8:122::/48 nhid 23")


def rules():
    network = based("rules")
    network.ip(
        """
        addr add 10.0.0.1/24 brd + dev v0
        addr add 2001:db8::1/64 dev v0 nodad
        route add 198.51.100.0/24 via 10.0.0.9 table 5
        route add default via 10.0.0.8
        route add 203.0.113.0/24 via 10.0.0.7 table 300
        rule add from 10.0.0.0/8 to 11.0.0.0/8 dsfield 0x10 lookup 5 pref 100
        rule add fwmark 5/0xff iif v0 oif v1 lookup 300 pref 101
        rule add ipproto tcp sport 5-8 dport 80 uidrange 100-200 lookup 300 pref 102 proto 77
        rule add tun_id 88 goto 200 pref 103
        rule add goto 150 pref 104 from 9.9.9.9
        rule add nop pref 105
        rule add blackhole pref 106 to 1.2.3.4
        rule add prohibit pref 107 to 1.2.3.5
        rule add unreachable pref 108 to 1.2.3.6
        rule add lookup main suppress_prefixlength 8 pref 109
        rule add lookup main suppress_ifgroup 7 pref 110
        rule add from 10.0.0.0/8 realms 5/6 lookup main pref 111
        rule add not from 10.0.0.0/8 lookup main pref 112
        rule add pref 200 lookup 4000000000
        rule add l3mdev pref 300
        rule add iif lo pref 301 table 7
        rule add iif gone0 pref 302 table 7
        rule add oif gone1 pref 302 table 7
        rule add fwmark 0x5 table 7
        rule add ipproto icmp pref 303 table 7
        rule add from 10.0.0.1 table 5
        """
    )
    network.ip6(
        """
        route add 2001:db8:5::/48 via 2001:db8::9 table 5
        rule add from 2001:db8::/32 to ff00::/8 dsfield 0x10 lookup 5 pref 100
        rule add fwmark 5/0xff iif v0 oif v1 lookup 300 pref 101 suppress_prefixlength 3
        rule add ipproto udp sport 5 dport 80-81 uidrange 0-0 lookup 300 pref 102 proto 77
        rule add realms 5/6 from 2001:db8::/32 lookup main pref 111
        rule add to 2001:db8:7::/48 unreachable pref 112
        rule add not to 2001:db8:5::/48 goto 120 pref 113
        rule add fwmark 7 lookup 5 pref 120
        mrule add iif v0 lookup 5 pref 9
        """
    )
    return network.ip("mrule add iif v0 lookup 5 pref 9\nmrule add iif v1 table 7 pref 8\nmrule add oif v1 pref 3")


def neighbors():
    network = based("neighbors")
    return network.ip(
        f"""
        addr add 192.0.2.10/24 brd + dev v0
        addr add 2001:db8::10/64 dev v0 nodad
        neigh add 192.0.2.5 lladdr {mac(5)} dev v0 nud permanent
        neigh add 192.0.2.6 lladdr {mac(6)} dev v0 nud noarp
        neigh add 192.0.2.7 lladdr {mac(7)} dev v0 nud stale
        neigh add 192.0.2.9 lladdr {mac(9)} dev v0 extern_learn
        neigh add 192.0.2.13 lladdr {mac(13)} dev v1 nud permanent protocol 9
        neigh add 192.0.2.14 dev v1 nud none
        neigh add 198.51.100.1 lladdr {mac(14)} dev v0 nud stale
        neigh add 2001:db8::5 lladdr {mac(5)} dev v0 nud permanent
        neigh add 2001:db8::7 lladdr {mac(7)} dev v0 nud stale router
        neigh add 2001:db8::8 lladdr {mac(8)} dev v1 nud noarp extern_learn router protocol 42
        neigh add proxy 192.0.2.12 dev v0
        neigh add proxy 2001:db8::13 dev v1 router
        neigh add proxy 2001:db8::14 protocol 5 dev v0
        """
    )


def traffic_control():
    network = pair(based("traffic-control"), "v2", "v3", 0x5302)
    return network.ip("addr add 192.0.2.10/24 brd + dev v0").tc(
        """
        qdisc add dev v0 root handle 1: htb default 10 r2q 5
        class add dev v0 parent 1: classid 1:1 htb rate 10mbit ceil 20mbit burst 15k
        class add dev v0 parent 1:1 classid 1:10 htb rate 1mbit prio 3
        class add dev v0 parent 1:1 classid 1:11 htb rate 2mbit quantum 2000
        qdisc add dev v0 parent 1:10 handle 10: pfifo limit 50
        qdisc add dev v0 parent 1:11 handle 11: bfifo limit 5000
        filter add dev v0 parent 1: protocol ip prio 5 u32 match ip dst 192.0.2.1/32 match ip sport 80 0xffff \
flowid 1:10
        filter add dev v0 parent 1: protocol ipv6 prio 6 u32 match u32 0 0 flowid 1:11
        qdisc add dev v1 root tbf rate 1mbit burst 10kb latency 50ms
        qdisc add dev v1 ingress
        filter add dev v1 ingress protocol all prio 7 u32 match u32 0 0 action mirred egress redirect dev v0
        qdisc add dev v2 clsact
        qdisc add dev v2 root handle 7: pfifo_head_drop limit 99
        filter add dev v2 egress protocol ip prio 3 handle 3: u32 divisor 16
        filter add dev v2 egress protocol ip chain 4 prio 8 u32 match ip src 10.0.0.0/8 action mirred egress mirror \
dev v3
        chain add dev v2 egress chain 9
        actions add action mirred egress redirect dev v0 index 50
        qdisc add dev v3 root bfifo limit 9999
        qdisc add dev v3 ingress_block 22 ingress
        filter add block 22 protocol ip prio 5 u32 match ip dst 192.0.2.1/32 action mirred egress redirect dev v0
        filter add block 22 protocol ip prio 6 chain 3 u32 match u32 0 0 action mirred egress redirect dev v0
        filter add dev v0 parent 1:1 protocol ip prio 9 bpf bytecode '1,6 0 0 0' flowid 1:10
        qdisc add dev lo root pfifo limit 7
        """
    )


def settings():
    network = based("settings").ip("addr add 192.0.2.10/24 brd + dev v0\naddr add 2001:db8::10/64 dev v0 nodad")
    network.sysctl("ipv4/conf/all/forwarding", 1)
    network.sysctl("ipv4/conf/default/rp_filter", 2)
    network.sysctl("ipv4/conf/v0/rp_filter", 1)
    network.sysctl("ipv4/conf/v0/proxy_arp", 1)
    network.sysctl("ipv4/conf/v1/bc_forwarding", 1)
    network.sysctl("ipv4/conf/v1/forwarding", 0)
    network.sysctl("ipv4/conf/all/ignore_routes_with_linkdown", 1)
    network.sysctl("ipv4/conf/v1/route_localnet", 1)
    network.sysctl("ipv6/conf/default/forwarding", 1)
    network.sysctl("ipv6/conf/v0/forwarding", 1)
    network.sysctl("ipv6/conf/v0/proxy_ndp", 1)
    network.sysctl("ipv6/conf/v1/ignore_routes_with_linkdown", 1)
    network.sysctl("ipv6/conf/v1/hop_limit", 33)
    network.sysctl("ipv6/conf/v1/mtu", 1300)
    network.sysctl("ipv6/conf/v0/use_tempaddr", 2)
    return network.ip(
        """
        addrlabel add prefix 2001:db8::/32 label 99
        addrlabel add prefix 2001:db8::/32 dev v0 label 98
        addrlabel add prefix 2001:db8:1::/48 dev v1 label 4000000000
        addrlabel del prefix 2002::/16 label 2
        ntable change name arp_cache dev v0 base_reachable 99000
        ntable change name arp_cache dev v0 queue 9 mcast_probes 7 retrans 2000 locktime 2000 proxy_delay 3000 \
proxy_queue 9 anycast_delay 9000 delay_probe 6000 gc_stale 90000
        ntable change name ndisc_cache dev v0 app_probes 7 ucast_probes 5
        netconf show dev v0
        """
    )


def far():
    """Links whose other end is elsewhere, and names for elsewhere."""
    network = Network("far").ip("link set lo up")
    network.ip(
        f"""
        link add v0 address {mac(0x5300)} type veth peer name far0 index 70 address {mac(0x5301)} netns {FAR}
        link add v1 address {mac(0x5302)} type veth peer name far1 index 71 address {mac(0x5303)} netns {FAR}
        link add v2 address {mac(0x5304)} type veth peer name far2 index 72 address {mac(0x5305)} netns {FAR}
        link add v3 address {mac(0x5306)} type veth peer name v4 address {mac(0x5307)}
        link set v0 addrgenmode none
        link set v2 addrgenmode none
        """
    )
    network.far("link set lo up\nlink set far0 up\nlink set far1 up")
    network.ip("link set v0 up\nlink set v2 up\nlink set v1 up\nlink set v3 up").settle("v0", "v1", "v2", "v3")
    return network.ip(
        f"""
        link add mv0 link v0 address {mac(0x5308)} netns {FAR} type macvlan mode bridge
        addr add 192.0.2.10/24 brd + dev v0
        addr add 198.51.100.10/24 brd + dev v2
        addr add 203.0.113.10/24 brd + dev v3
        route add default via 192.0.2.1
        route add 10.0.0.0/8 via 198.51.100.1
        route add 11.0.0.0/8 nexthop via 198.51.100.1 nexthop via 192.0.2.1 nexthop via 203.0.113.1
        """
    )


def many_links():
    network = based("many-links")
    for number in range(30):
        name = f"d{number}"
        network.ip(
            f"""
            link add {name} address {mac(0x5400 + number)} type ifb
            link set {name} addrgenmode none
            link set {name} alias "link number {number}" group {number % 3}
            addr add 10.{number}.0.1/16 brd + dev {name}
            """
        )
        if number % 2:
            network.ip(f"link set {name} up")
    return network.settle(*(f"d{number}" for number in range(1, 30, 2)))


def many_routes():
    network = based("many-routes").ip("addr add 192.0.2.10/24 brd + dev v0\naddr add 2001:db8::10/64 dev v0 nodad")
    for number in range(2500):
        high, low = divmod(number, 250)
        network.ip(f"route add 10.{high}.{low}.0/24 via 192.0.2.{1 + number % 9} metric {number % 7}")
    for number in range(600):
        network.ip(f"route add 10.{number % 40}.0.{number % 256}/32 dev v1 table {1000 + number % 300} proto 99")
    for number in range(1500):
        network.ip(f"route add 2001:db8:{number:x}::/48 via 2001:db8::{number % 9 + 1} metric {1 + number % 7}")
    return network


FIXED = [
    untouched,
    loopback,
    links,
    bridges,
    vxlans,
    addresses,
    ipv4_routes,
    ipv6_routes,
    nexthops,
    rules,
    neighbors,
    traffic_control,
    settings,
    far,
    many_links,
    many_routes,
]


def fixed_networks():
    return [make() for make in FIXED]
