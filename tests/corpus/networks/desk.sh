# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A machine with one cable. record.py runs this in a new namespace; $far is the
# process that the other ends of links go to, and up sets a link up for good.

ip link set lo up
ip link add eth0 index 2 address 02:00:5e:00:53:10 type veth peer name far0 index 12 netns "$far"
nsenter --net="/proc/$far/ns/net" ip link set far0 address 02:00:5e:00:53:01 up
up eth0
ip addr add 192.0.2.10/24 brd + dev eth0
ip addr add 2001:db8::10/64 dev eth0
ip route add default via 192.0.2.1
ip -6 route add default via 2001:db8::1
ip neigh add 192.0.2.1 lladdr 02:00:5e:00:53:01 nud permanent dev eth0
