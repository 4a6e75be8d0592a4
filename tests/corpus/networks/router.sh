# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A machine with something of most kinds: a bridge, a macvlan, several
# addresses, policy rules, nexthop objects, neighbours. See desk.sh.

ip link set lo up
ip link add eth0 index 2 address 02:00:5e:00:53:20 type veth peer name far0 index 12 netns "$far"
ip link add eth1 index 3 address 02:00:5e:00:53:21 type veth peer name far1 index 13 netns "$far"
nsenter --net="/proc/$far/ns/net" ip link set far0 address 02:00:5e:00:53:02 up
nsenter --net="/proc/$far/ns/net" ip link set far1 address 02:00:5e:00:53:03 up
ip link add br0 index 4 address 02:00:5e:00:53:22 type bridge forward_delay 0 mcast_snooping 0
ip link add mv0 index 5 link eth0 address 02:00:5e:00:53:23 type macvlan mode bridge
ip link set eth0 alias uplink
ip link property add dev eth0 altname enp1s0
ip link set eth1 master br0
up eth0
up eth1
up br0

ip addr add 198.51.100.2/24 brd + dev eth0
ip addr add 198.51.100.3/24 brd + dev eth0 label eth0:1
ip addr add 203.0.113.7 peer 203.0.113.8 dev eth0
ip addr add 2001:db8:1::2/64 dev eth0
ip addr add 192.0.2.1/25 brd + dev br0
ip addr add 2001:db8:2::1/64 dev br0

ip route add default via 198.51.100.1 proto dhcp metric 100
ip route add 192.0.2.128/26 nexthop via 198.51.100.11 weight 2 nexthop via 198.51.100.12
ip route add blackhole 192.0.2.192/26
ip route add 203.0.113.128/25 via 192.0.2.2 mtu 1400 table 100
ip -6 route add default via 2001:db8:1::1 proto ra metric 1024 pref high
ip -6 route add 2001:db8:3::/48 nexthop via 2001:db8:2::11 nexthop via 2001:db8:2::12
ip -6 route add unreachable 2001:db8:dead::/48
ip nexthop add id 7 via 198.51.100.13 dev eth0
ip nexthop add id 8 blackhole
ip route add 203.0.113.64/27 nhid 7

ip rule add from 192.0.2.0/25 lookup 100 priority 1000
ip rule add fwmark 0x10/0xff iif br0 unreachable priority 1001
ip -6 rule add to 2001:db8:3::/48 lookup 100 priority 1000

ip neigh add 198.51.100.1 lladdr 02:00:5e:00:53:02 nud permanent dev eth0
ip neigh add 192.0.2.2 lladdr 02:00:5e:00:53:03 nud permanent dev br0
ip neigh add 2001:db8:1::1 lladdr 02:00:5e:00:53:02 nud permanent router dev eth0
ip neigh add proxy 192.0.2.99 dev br0
bridge fdb add 02:00:5e:00:53:03 dev eth1 master static
