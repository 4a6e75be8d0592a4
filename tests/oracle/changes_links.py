# SPDX-License-Identifier: LGPL-2.1-or-later

"""Links that come and go: what is refused, and what else follows. Those that go up
have no address of their own, as looking for duplicates of it takes its time."""

import changes_networks


def commands(text):
    """A line each; those of bridge(8) say so."""
    lines = [line.strip() for line in text.replace("\\\n", "").splitlines() if line.strip()]
    return [" ".join(line.split()) if line.startswith("bridge ") else "ip " + " ".join(line.split()) for line in lines]


def bridge_ports():
    """Ports that are given to bridges and taken away, and what may be said of them."""
    return changes_networks.lo(), commands(
        """
        link add va address 02:00:5e:00:60:01 type veth peer name vb address 02:00:5e:00:60:02
        link set va addrgenmode none
        link set vb addrgenmode none
        link add br0 address 02:00:5e:00:60:10 type bridge
        link set br0 addrgenmode none
        link set va master br0
        link set vb up
        link set va up
        link set br0 up
        link set vb down
        link set vb up
        link set va mtu 1400
        link set va address 02:00:5e:00:60:03
        link set va nomaster
        link set va master br0
        link set br0 down
        link del br0
        link del va
        link add va address 02:00:5e:00:60:01 type veth peer name vb address 02:00:5e:00:60:02
        link set va addrgenmode none
        link set vb addrgenmode none
        link add mm address 02:00:5e:00:60:03 link va type macvlan
        link set va up
        link set vb up
        link set mm up
        link del mm
        link add vx address 02:00:5e:00:60:04 type vxlan id 7 dev va dstport 4789 remote 192.0.2.1
        link del vx
        link add br0 address 02:00:5e:00:60:05 type bridge
        link set br0 addrgenmode none
        link set br0 up
        link set va master br0
        link set va master br0
        link add br1 address 02:00:5e:00:60:06 type bridge
        link set va master br1
        link set br1 master br0
        link set br1 master br1
        link set lo master br0
        link set va master lo
        link set va master vb
        link set va nomaster
        link set va nomaster
        link set br0 type bridge stp_state 1
        link set va master br0
        link set br0 type bridge stp_state 0
        link set br0 type bridge priority 100 forward_delay 0
        link set br0 type bridge vlan_filtering 1
        link set br0 type bridge ageing_time 100 hello_time 100 max_age 600 group_fwd_mask 8
        link set br0 type bridge max_age 100
        link set br0 type bridge mcast_snooping 0
        link set va type bridge_slave cost 5
        link set va type bridge_slave hairpin on learning off
        link set va type bridge_slave priority 10 isolated on
        link set va type bridge_slave priority 100
        link set va type bridge_slave cost 0
        link set va type bridge_slave state 1
        bridge link set dev va cost 9
        bridge link set dev va state 2
        bridge link set dev va learning on flood off
        bridge link set dev vb cost 5
        bridge link set dev va hairpin on isolated on self
        bridge vlan add dev va vid 5
        bridge vlan del dev va vid 5
        bridge link set dev br0 cost 5
        link set br0 address 02:00:00:00:00:99
        link set br0 mtu 1300
        link set va mtu 1400
        link set br0 promisc on
        link set br0 down
        link set va down
        link del va
        link del br0
        """
    )


def bridge_groups():
    """Groups and routers of ports, which go with them and come back."""
    return changes_networks.named("bridges"), commands(
        """
        link set v1 type bridge_slave mcast_router 2
        link set v1 type bridge_slave mcast_router 1
        link set v1 type bridge_slave mcast_router 2
        link set v1 type bridge_slave mcast_router 2
        bridge -d mdb show
        link set v1 down
        bridge -d mdb show
        link set v1 up
        bridge -d mdb show
        link set v1 type bridge_slave mcast_router 0
        link set v1 type bridge_slave mcast_router 4
        link set br0 type bridge mcast_snooping 0
        link set v1 type bridge_slave mcast_router 2
        link set br0 down
        link set br0 up
        bridge -d mdb show
        link set v1 nomaster
        bridge -d mdb show
        link set v1 master br1
        link del br0
        """
    )


def macvlans():
    """Macvlans of each mode, whose state and size follow the link that they are on."""
    return changes_networks.lo(), commands(
        """
        link add va address 02:00:5e:00:60:01 type veth peer name vb address 02:00:5e:00:60:02
        link set va addrgenmode none
        link set vb addrgenmode none
        link add m1 address 02:00:5e:00:60:03 link va type macvlan
        link set m1 addrgenmode none
        link add m2 address 02:00:5e:00:60:04 link va type macvlan mode bridge
        link set m2 addrgenmode none
        link set m1 up
        link set va up
        link set vb up
        link set m2 up
        link set vb down
        link set vb up
        link set va mtu 1400
        link set va mtu 1500
        link set m1 mtu 1501
        link set m1 down
        link set va down
        link set va up
        link add m3 address 02:00:5e:00:60:05 link m1 type macvlan mode private
        link set m3 type macvlan mode bridge
        link set m3 type macvlan mode passthru
        link add m4 address 02:00:5e:00:60:06 link va type macvlan mode passthru
        link add m5 address 02:00:5e:00:60:07 link va type macvlan mode source
        link add m5 address 02:00:5e:00:60:08 link va mtu 1600 type macvlan mode source
        link add m6 address 02:00:5e:00:60:09 link lo type macvlan
        link add m6 address 02:00:5e:00:60:0a type macvlan
        link add br0 address 02:00:5e:00:60:0b type bridge
        link set br0 addrgenmode none
        link set va master br0
        link set m1 master br0
        link set br0 up
        link set m1 up
        link del va
        link add va address 02:00:5e:00:60:0c type veth peer name vb address 02:00:5e:00:60:0d
        link set va addrgenmode none
        link set vb addrgenmode none
        link add m7 address 02:00:5e:00:60:0e link va type macvlan mode passthru
        link set m7 addrgenmode none
        link set m7 address 02:00:5e:00:60:0f
        link set va address 02:00:5e:00:60:10
        link set m7 up
        link set m7 address 02:00:5e:00:60:11
        link set m7 address 02:00:5e:00:60:12
        link set va address 02:00:5e:00:60:12
        link set m7 address 02:00:5e:00:60:13
        link del m7
        link add m8 address 02:00:5e:00:60:14 link va type macvlan mode passthru
        link set m8 addrgenmode none
        link set m8 address 02:00:5e:00:60:15
        link set va address 02:00:5e:00:60:15
        link del m8
        link add m9 link va type macvlan mode passthru
        link set m9 addrgenmode none
        link set m9 address 02:00:5e:00:60:16
        link del va
        """
    )


def vxlans():
    """VXLANs, which stand on others, and are refused for many reasons."""
    return changes_networks.lo(), commands(
        """
        link add va address 02:00:5e:00:60:01 type veth peer name vb address 02:00:5e:00:60:02
        link set va addrgenmode none
        link set vb addrgenmode none
        link add vx0 address 02:00:5e:00:60:03 type vxlan id 100 dstport 4789
        link add vx1 address 02:00:5e:00:60:04 type vxlan id 101 dstport 4789 dev va remote 192.0.2.1
        link add vx2 address 02:00:5e:00:60:05 type vxlan id 101 dstport 4789
        link add vx2 address 02:00:5e:00:60:06 type vxlan id 102 group 239.1.1.1 dstport 4789
        link add vx2 address 02:00:5e:00:60:07 type vxlan id 102 group 239.1.1.1 dev va dstport 4789 ttl 4 local \
        192.0.2.9 nolearning
        link set vx2 type vxlan id 103
        link set vx2 type vxlan learning
        link set vx2 type vxlan remote 192.0.2.7
        link set vx0 addrgenmode none
        link set vx0 up
        link set vx1 addrgenmode none
        link set vx1 up
        link set va up
        link set vb up
        link set vx2 addrgenmode none
        link set vx2 up
        link add vx3 address 02:00:5e:00:60:08 type vxlan id 103 remote 2001:db8::1 dev va
        link add br0 address 02:00:5e:00:60:09 type bridge
        link set vx0 master br0
        link set vx0 nomaster
        link set va mtu 1400
        link set vx1 mtu 1400
        link set vx1 mtu 1300
        link add i0 address 02:00:5e:00:60:0a type ifb
        link set i0 addrgenmode none
        link set i0 up
        link set i0 master br0
        link set i0 down
        link del i0
        link del vx0
        link del va
        link add va address 02:00:5e:00:60:01 type veth peer name vb address 02:00:5e:00:60:02
        link set va addrgenmode none
        link set vb addrgenmode none
        link set va up
        link add gpe0 address 02:00:5e:00:60:03 type vxlan external gpe dstport 4790
        link add gpe1 address 02:00:5e:00:60:04 type vxlan id 5 gpe dstport 4790 nolearning
        link add ext0 address 02:00:5e:00:60:05 type vxlan external dstport 4789
        link add ext1 address 02:00:5e:00:60:06 type vxlan external dstport 4789
        link add v5 address 02:00:5e:00:60:07 type vxlan id 5 dstport 4789
        link add x0 address 02:00:5e:00:60:08 type vxlan external vnifilter dstport 4788
        link add gb address 02:00:5e:00:60:09 type vxlan id 9 gbp dstport 4789 srcport 100 200 maxaddress 7 ageing \
        9 tos 3 ttl inherit df set proxy rsc l2miss l3miss noudpcsum udp6zerocsumtx udp6zerocsumrx remcsumtx \
        remcsumrx
        link set gb type vxlan proxy
        link set gb type vxlan noproxy
        link set gb type vxlan dev va
        link set gb type vxlan ttl 5
        link set gb type vxlan ageing 50
        link set gb type vxlan remote 10.0.0.1
        link set gb type vxlan remote 2001:db8::1
        link set gb type vxlan local 10.0.0.2
        link set gb type vxlan dstport 5
        link set gb mtu 1400 type vxlan ttl 6
        link add ll address 02:00:5e:00:60:0a type vxlan id 11 remote fe80::1 dstport 4789
        link add ll address 02:00:5e:00:60:0b type vxlan id 11 remote fe80::1 dev va dstport 4789
        link add ll2 address 02:00:5e:00:60:0c type vxlan id 12 remote fe80::1 local 2001:db8::1 dev va dstport 4789
        link add ll3 address 02:00:5e:00:60:0d type vxlan id 12 local 239.1.1.1 dstport 4789
        link add ll4 address 02:00:5e:00:60:0e type vxlan id 12 flowlabel 5 dstport 4789
        link add ll4 address 02:00:5e:00:60:0f type vxlan id 12 dev nothere dstport 4789
        link add ll5 address 02:00:5e:00:60:10 mtu 9000 type vxlan id 13 dev va dstport 4789
        link add ll6 address 02:00:5e:00:60:11 mtu 60 type vxlan id 14 dev va dstport 4789
        link add ll7 address 02:00:5e:00:60:12 type vxlan id 15 group 239.1.1.2 dev va dstport 4789
        link set ll7 addrgenmode none
        link set ll7 up
        link set ll7 down
        """
    )


def new_links():
    """Names, indices, sizes and kinds of new links; groups that are deleted."""
    return changes_networks.lo(), commands(
        """
        link add address 02:00:00:00:01:01 type veth peer address 02:00:00:00:01:02
        link add name x%d address 02:00:5e:00:60:01 type ifb
        link add name x%d address 02:00:5e:00:60:02 type ifb
        link add name x%s address 02:00:5e:00:60:03 type ifb
        link add name %d address 02:00:5e:00:60:04 type ifb
        link add name a%db%d address 02:00:5e:00:60:05 type ifb
        link add type address 02:00:5e:00:60:06 ifb
        link add type address 02:00:5e:00:60:07 bridge
        link add type address 02:00:5e:00:60:08 bridge
        link add name w1 address 02:00:5e:00:60:09 type nothing
        link add name w1 address 02:00:5e:00:60:0a type dummy
        link add name address 02:00:5e:00:60:0b w1
        link add name w1 address 02:00:5e:00:60:0c index 50 type ifb
        link add name w2 address 02:00:5e:00:60:0d index 50 type ifb
        link add name w1 address 02:00:5e:00:60:0e index 51 type ifb
        link add name w3 address 02:00:5e:00:60:0f index -3 type ifb
        link add name w3 address 02:00:5e:00:60:10 mtu 20 type veth peer address 02:00:5e:00:60:11
        link add name w3 address 02:00:5e:00:60:13 mtu 70000 type bridge
        link add name w3 address 02:00:5e:00:60:14 numtxqueues 5000 type ifb
        link add name w3 address 02:00:5e:00:60:15 numrxqueues 0 type ifb
        link add name w4 address 02:00:5e:00:60:16 numtxqueues 5 type ifb
        link add name w5 address 02:00 type ifb
        link add name w5 address 02:00:00:00:00:00:07 type ifb
        link add name w5 address 01:00:00:00:00:07 type ifb
        link add name w5 address 01:00:00:00:00:07 type bridge
        link add name w5 address 01:00:00:00:00:07 type vxlan id 5
        link add name w5 address 01:00:00:00:00:07 type veth
        link add name w6 address 02:00:5e:00:60:17 type veth peer name w6 address 02:00:5e:00:60:18
        link add name w6 address 02:00:5e:00:60:19 type veth peer name w1 address 02:00:5e:00:60:1a
        link add name w7 address 02:00:5e:00:60:1b type bridge priority 1 ageing_time 5
        link add name w8 address 02:00:5e:00:60:1c type bridge hello_time 9
        link add name w9 address 02:00:5e:00:60:1d master w7 type ifb
        link add name w10 address 02:00:5e:00:60:1e master w1 type ifb
        link add name w11 address 02:00:5e:00:60:1f type ifb
        link add name w12 address 02:00:5e:00:60:20 up txqueuelen 5 group 7 type veth peer name w13 up mtu 1400 \
        address 02:00:5e:00:60:21
        link add name w12 address 02:00:5e:00:60:22 type ifb
        link replace name w12 type ifb
        link add name w14 address 02:00:5e:00:60:23 type macvtap
        link add name w14 address 02:00:5e:00:60:24 link w12 type macvtap
        link add name w15 address 02:00:5e:00:60:25 link w12 type macvtap mode bridge
        link del group 7
        link del group 0
        link del group 9
        link del lo
        link del nothing
        link del dev w1 type bridge
        link del index 50
        link add name w16 address 02:00:5e:00:60:26 type vxlan
        link add name w16 address 02:00:5e:00:60:27 type vxlan id 16777216
        link add w1 address 02:00:5e:00:60:28 type vxlan id 5 remote 192.0.2.1 local 2001:db8::1
        link add w17 address 02:00:5e:00:60:29 type tun
        link add w18 address 02:00:00:00:02:01 type bridge
        link add w19 address 02:00:5e:00:60:2a alias hello type ifb
        """
    )


SERIES = {
    "bridge-ports": bridge_ports,
    "bridge-groups": bridge_groups,
    "macvlans": macvlans,
    "vxlans": vxlans,
    "new-links": new_links,
}
