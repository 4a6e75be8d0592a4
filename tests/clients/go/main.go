// SPDX-License-Identifier: LGPL-2.1-or-later

// Command probe shows the network as the Go standard library and the two
// rtnetlink packages of the Go world see it. Static when built without cgo.
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync"

	"github.com/jsimonetti/rtnetlink"
	"github.com/vishvananda/netlink"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func showNet() {
	interfaces, err := net.Interfaces()
	must(err)
	for _, i := range interfaces {
		// Go 1.19 knows the flags up to multicast.
		flags := i.Flags & (net.FlagMulticast<<1 - 1)
		fmt.Printf("%d %s mtu %d [%s] %v\n", i.Index, i.Name, i.MTU, i.HardwareAddr, flags)
		addresses, err := i.Addrs()
		must(err)
		for _, address := range addresses {
			fmt.Printf("  %s\n", address)
		}
	}
}

func showNetlink(destination string) {
	links, err := netlink.LinkList()
	must(err)
	for _, listed := range links {
		link, err := netlink.LinkByName(listed.Attrs().Name)
		must(err)
		a := link.Attrs()
		fmt.Printf("%d %s %s mtu %d [%s] %s\n", a.Index, a.Name, link.Type(), a.MTU, a.HardwareAddr, a.OperState)
		addresses, err := netlink.AddrList(link, netlink.FAMILY_ALL)
		must(err)
		for _, address := range addresses {
			fmt.Printf("  %s scope %d\n", address.IPNet, address.Scope)
		}
	}
	showRoutes(destination)
	rules, err := netlink.RuleList(netlink.FAMILY_V4)
	must(err)
	for _, rule := range rules {
		source := "all"
		if rule.Src != nil {
			source = rule.Src.String()
		}
		fmt.Printf("rule %d from %s table %d\n", rule.Priority, source, rule.Table)
	}
}

func showRoutes(destination string) {
	for _, family := range []int{netlink.FAMILY_V4, netlink.FAMILY_V6} {
		routes, err := netlink.RouteList(nil, family)
		must(err)
		for _, r := range routes {
			fmt.Printf("route %s via %s link %d table %d\n", r.Dst, r.Gw, r.LinkIndex, r.Table)
		}
	}
	routes, err := netlink.RouteGet(net.ParseIP(destination))
	must(err)
	for _, r := range routes {
		link, err := netlink.LinkByIndex(r.LinkIndex)
		must(err)
		fmt.Printf("get %s via %s dev %s src %s\n", destination, r.Gw, link.Attrs().Name, r.Src)
	}
}

func showRtnetlink() {
	conn, err := rtnetlink.Dial(nil)
	must(err)
	defer conn.Close()
	links, err := conn.Link.List()
	must(err)
	for _, link := range links {
		fmt.Printf("%d %s mtu %d [%s]\n", link.Index, link.Attributes.Name, link.Attributes.MTU, link.Attributes.Address)
	}
	addresses, err := conn.Address.List()
	must(err)
	for _, address := range addresses {
		fmt.Printf("%d %s/%d\n", address.Index, address.Attributes.Address, address.PrefixLength)
	}
}

// load asks from many goroutines at once, while a collector that never rests
// has the runtime stop them by signals, and wants the same answer each time.
func load(rounds int) {
	want, err := net.Interfaces()
	must(err)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			default:
				runtime.GC()
			}
		}
	}()
	const workers = 8
	var group sync.WaitGroup
	for worker := 0; worker < workers; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for round := 0; round < rounds/workers; round++ {
				got, err := net.Interfaces()
				must(err)
				if fmt.Sprint(got) != fmt.Sprint(want) {
					log.Fatalf("round %d: %v, before %v", round, got, want)
				}
			}
		}()
	}
	group.Wait()
	close(done)
	fmt.Println(rounds, "times the same:", fmt.Sprint(want))
}

// listen tells what vishvananda/netlink says of every event. It has a socket for
// each of the four kinds: there is no order between them.
func listen() {
	links := make(chan netlink.LinkUpdate)
	addresses := make(chan netlink.AddrUpdate)
	routes := make(chan netlink.RouteUpdate)
	neighbors := make(chan netlink.NeighUpdate)
	done := make(chan struct{})
	must(netlink.LinkSubscribe(links, done))
	must(netlink.AddrSubscribe(addresses, done))
	must(netlink.RouteSubscribe(routes, done))
	must(netlink.NeighSubscribe(neighbors, done))
	fmt.Println("listening")
	for {
		select {
		case u := <-links:
			a := u.Attrs()
			fmt.Printf("link %d change %#x %d %s %s mtu %d [%s] %#x %s\n", u.Header.Type, u.Change, a.Index,
				a.Name, u.Type(), a.MTU, a.HardwareAddr, a.RawFlags, a.OperState)
		case u := <-addresses:
			fmt.Printf("address new %t %s link %d flags %#x scope %d\n", u.NewAddr, u.LinkAddress.String(), u.LinkIndex,
				u.Flags, u.Scope)
		case u := <-routes:
			fmt.Printf("route %d flags %#x %s\n", u.Type, u.NlFlags, u.Route)
		case u := <-neighbors:
			fmt.Printf("neighbor %d %s link %d state %#x\n", u.Type, u.Neigh.String(), u.LinkIndex, u.State)
		}
	}
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 2 {
		log.Fatal("usage: probe net|netlink ADDRESS|rtnetlink|listen|load ROUNDS")
	}
	switch os.Args[1] {
	case "net":
		showNet()
	case "netlink":
		showNetlink(os.Args[2])
	case "rtnetlink":
		showRtnetlink()
	case "listen":
		listen()
	case "load":
		rounds, err := strconv.Atoi(os.Args[2])
		must(err)
		load(rounds)
	default:
		log.Fatalf("unknown probe %q", os.Args[1])
	}
}
