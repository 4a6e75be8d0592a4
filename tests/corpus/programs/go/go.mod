module nlvirt.org/tests/corpus

go 1.22

require (
	github.com/libp2p/go-netroute v0.2.2
	github.com/mdlayher/netlink v1.7.2
	github.com/shirou/gopsutil/v3 v3.23.12
	golang.org/x/sys v0.26.0
)

require (
	github.com/go-ole/go-ole v1.2.6 // indirect
	github.com/google/go-cmp v0.6.0 // indirect
	github.com/google/gopacket v1.1.19 // indirect
	github.com/josharian/native v1.1.0 // indirect
	github.com/mdlayher/socket v0.4.1 // indirect
	github.com/power-devops/perfstat v0.0.0-20210106213030-5aafc221ea8c // indirect
	github.com/yusufpapurcu/wmi v1.2.3 // indirect
	golang.org/x/net v0.30.0 // indirect
	golang.org/x/sync v0.1.0 // indirect
)
