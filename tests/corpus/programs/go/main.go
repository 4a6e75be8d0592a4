// SPDX-License-Identifier: LGPL-2.1-or-later

// Command corpus-go asks by ways of the Go world that tests/clients does not go.
package main

import (
	"fmt"
	"log"
	"net"
	"os"

	"github.com/libp2p/go-netroute"
	"github.com/mdlayher/netlink"
	psnet "github.com/shirou/gopsutil/v3/net"
	"golang.org/x/sys/unix"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func gopsutil() {
	interfaces, err := psnet.Interfaces()
	must(err)
	for _, i := range interfaces {
		fmt.Println(i.Index, i.Name, i.Addrs)
	}
}

func route() {
	router, err := netroute.New()
	must(err)
	device, gateway, source, err := router.Route(net.ParseIP("198.51.100.200"))
	must(err)
	fmt.Println(device.Name, gateway, source)
}

// strict asks with strict checking what the kernel takes and what it refuses.
func strict() {
	conn, err := netlink.Dial(unix.NETLINK_ROUTE, &netlink.Config{Strict: true})
	must(err)
	defer conn.Close()
	for _, body := range [][]byte{make([]byte, unix.SizeofIfAddrmsg), {1, 2, 3}} {
		answer, err := conn.Execute(netlink.Message{
			Header: netlink.Header{Type: unix.RTM_GETADDR, Flags: netlink.Request | netlink.Dump},
			Data:   body,
		})
		fmt.Println(len(answer), err)
	}
}

func main() {
	log.SetFlags(0)
	programs := map[string]func(){"gopsutil": gopsutil, "netroute": route, "mdlayher": strict}
	if len(os.Args) != 2 || programs[os.Args[1]] == nil {
		log.Fatal("usage: corpus-go gopsutil|netroute|mdlayher")
	}
	programs[os.Args[1]]()
}
