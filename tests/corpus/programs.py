# SPDX-License-Identifier: LGPL-2.1-or-later

"""The programs of the corpus. A row here is all that another one needs."""

import re
import shlex

# The default of --seconds: a program that does not end by itself gets more or less.
SECONDS = 20


class Program:
    """One conversation, or several at once, of one program.

    @name      of the conversation
    @title     what the program does
    @runtime   what speaks netlink in it: a language's own code, or a library
    @command   "{built}" is where the programs of our own are
    @network   "router", or "desk" for a program that reads less than 8 KiB at once
    @packages  what it needs of the distribution; the first one has its version
    @version   a command that prints it, if no package has it
    @builder   in builds.py"""

    def __init__(self, name, title, runtime, command, packages=(), *, version=None, network="desk", builder=None,
                 source=None, seconds=SECONDS, environment=None):
        self.name = name
        self.title = title
        self.runtime = runtime
        self.command = command
        self.packages = packages
        self.version = version
        self.network = network
        self.builder = builder
        self.source = source
        self.seconds = seconds
        self.environment = environment or {}

    def describe(self, output_of):
        """Its group in the index, without the sockets."""
        if isinstance(self.version, str):
            version = self.version
        elif self.version:
            version = output_of(self.version).splitlines()[0].strip()
        else:
            package = self.packages[0]
            version = package + " " + output_of(["dpkg-query", "-W", "-f", "${Version}", package])
        group = {"title": self.title, "runtime": self.runtime, "version": version}
        group["command"] = shlex.join(re.sub(r"\{built\}/(\S*/)?", "", word) for word in self.command)
        if self.source:
            group["source"] = self.source
        group["network"] = self.network
        return group


def unpacked(name, title, runtime, package, command, seconds=SECONDS):
    """What is not installed, for it would change the machine."""
    folder = "{built}/unpacked"
    return Program(name, title, runtime, command, network="router", builder="unpack", seconds=seconds,
                   version=["sh", "-c", f"apt-cache show {package} | sed -n 's/^Version:/{package}/p'"],
                   environment={"LD_LIBRARY_PATH": f"{folder}/usr/lib/x86_64-linux-gnu:{folder}/lib/x86_64-linux-gnu"})


def glibc(name, title, what):
    return Program(name, title, "C, glibc", ["{built}/probe-names", what], ["libc6"], builder="meson",
                   source="tests/clients/probe-names.c")


def musl(name, title, what):
    return Program(name, title, "C, musl, static", ["{built}/probe-names-musl", what], ["musl-dev", "musl-tools"],
                   builder="meson", source="tests/clients/probe-names.c")


def ip(name, *words):
    return Program(name, " ".join(words), "C, iproute2", list(words), ["iproute2"], network="router")


def busybox(name, *words):
    return Program(name, " ".join(("busybox",) + words), "C, busybox", ["busybox", *words], ["busybox"],
                   network="router")


def libnl(name, *words):
    return Program(name, " ".join(words), "C, libnl", list(words), ["libnl-utils"], network="router")


def by_libc(name, title, runtime, command, packages, **options):
    """A language that asks libc."""
    return Program(name, title, runtime + ", by libc", command, packages, **options)


def python(name, title, code, packages, **options):
    return Program(name, title, "Python", ["/usr/bin/python3", "-c", code], packages, **options)


def go(name, title, words, source, network="router"):
    return Program(name, title, "Go", ["{built}/" + words[0], *words[1:]], version=["go", "version"],
                   builder="go", network=network, source=source)


def rust(name, title, version, what, network="router"):
    return Program(name, title, "Rust", ["{built}/corpus-rust", what], version=version, builder="rust",
                   network=network, source="tests/corpus/programs/rust")


LIBC = [
    glibc("glibc-getifaddrs", "getifaddrs()", "getifaddrs"),
    glibc("glibc-if-nameindex", "if_nameindex()", "if_nameindex"),
    glibc("glibc-addrconfig", "getaddrinfo() with AI_ADDRCONFIG", "addrconfig"),
    musl("musl-getifaddrs", "getifaddrs()", "getifaddrs"),
    musl("musl-if-nameindex", "if_nameindex()", "if_nameindex"),
]

IPROUTE2 = [
    ip("ip-addr", "ip", "addr"),
    ip("ip-addr-dev", "ip", "addr", "show", "dev", "br0"),
    ip("ip-6-addr-scope", "ip", "-6", "addr", "show", "up", "scope", "global"),
    ip("ip-link-details", "ip", "-d", "-s", "link"),
    ip("ip-link-dev", "ip", "link", "show", "dev", "enp1s0"),
    ip("ip-link-master", "ip", "link", "show", "master", "br0"),
    ip("ip-link-type", "ip", "link", "show", "type", "bridge"),
    ip("ip-link-nothing", "ip", "link", "show", "dev", "nothing"),
    ip("ip-route", "ip", "route"),
    ip("ip-route-all", "ip", "-d", "route", "show", "table", "all"),
    ip("ip-route-dev", "ip", "route", "show", "dev", "br0", "proto", "kernel"),
    ip("ip-6-route", "ip", "-6", "route"),
    ip("ip-route-get", "ip", "route", "get", "198.51.100.200"),
    ip("ip-route-get-from", "ip", "route", "get", "203.0.113.200", "from", "192.0.2.1", "oif", "br0"),
    ip("ip-route-get-fibmatch", "ip", "route", "get", "fibmatch", "192.0.2.130"),
    ip("ip-route-get-nothing", "ip", "route", "get", "192.0.2.200"),
    ip("ip-6-route-get", "ip", "-6", "route", "get", "2001:db8:3::7"),
    ip("ip-rule", "ip", "rule"),
    ip("ip-6-rule", "ip", "-6", "rule"),
    ip("ip-neigh", "ip", "neigh"),
    ip("ip-neigh-get", "ip", "neigh", "get", "198.51.100.1", "dev", "eth0"),
    ip("ip-neigh-proxy", "ip", "neigh", "show", "proxy"),
    ip("ip-ntable", "ip", "ntable"),
    ip("ip-netconf", "ip", "netconf"),
    ip("ip-nexthop", "ip", "nexthop"),
    ip("ip-addrlabel", "ip", "addrlabel"),
    ip("ip-stats", "ip", "stats", "show", "dev", "eth0"),
    ip("ip-mroute", "ip", "mroute"),
    ip("ip-netns-list-id", "ip", "netns", "list-id"),
    ip("ip-link-add-refused", "ip", "link", "add", "br1", "type", "bridge"),
    ip("ip-addr-add-refused", "ip", "addr", "add", "192.0.2.99/24", "dev", "eth0"),
    ip("ip-route-add-refused", "ip", "route", "add", "10.0.0.0/8", "via", "198.51.100.1"),
    ip("bridge-link", "bridge", "-d", "link"),
    ip("bridge-fdb", "bridge", "fdb"),
    ip("bridge-vlan", "bridge", "vlan"),
    ip("bridge-mdb", "bridge", "mdb"),
    ip("tc-qdisc", "tc", "qdisc"),
    ip("tc-class-filter", "sh", "-c", "tc class show dev eth0; tc filter show dev eth0"),
]

LIBRARIES = [
    busybox("busybox-ip-addr", "ip", "addr"),
    busybox("busybox-ip-route", "ip", "route"),
    busybox("busybox-ip-route-get", "ip", "route", "get", "198.51.100.200"),
    busybox("busybox-ip-rule", "ip", "rule"),
    busybox("busybox-ip-neigh", "ip", "neigh"),
    libnl("nl-link-list", "nl-link-list"),
    libnl("nl-addr-list", "nl-addr-list"),
    libnl("nl-route-list", "nl-route-list"),
    libnl("nl-route-get", "nl-route-get", "198.51.100.200"),
    libnl("nl-rule-list", "nl-rule-list"),
    libnl("nl-neigh-list", "nl-neigh-list"),
    libnl("nl-neightbl-list", "nl-neightbl-list"),
    libnl("nl-qdisc-list", "nl-qdisc-list"),
    Program("libnl-caches", "five caches on one socket", "C, libnl", ["{built}/libnl-caches"], ["libnl-route-3-dev"],
            builder="c", network="router", source="tests/corpus/programs/libnl-caches.c"),
    Program("libmnl", "links", "C, libmnl", ["{built}/probe-mnl"], ["libmnl0"], builder="meson",
            network="router", source="tests/clients/probe-mnl.c"),
    Program("glib-network-monitor", "GNetworkMonitor's first look", "C, GLib",
            ["/usr/bin/python3", "{built}/monitor.py"], ["libglib2.0-0", "python3-gi"], network="router",
            source="tests/clients/monitor.py"),
    Program("qt-network-interface", "QNetworkInterface::allInterfaces()", "C++, Qt 5", ["{built}/qt"],
            ["libqt5network5", "qtbase5-dev"], builder="qt", network="router", source="tests/corpus/programs/qt.cpp"),
]

LANGUAGES = [
    go("go-net", "net.Interfaces() and their addresses", ["probe-go", "net"], "tests/clients/go", "desk"),
    go("go-vishvananda", "vishvananda/netlink: links, addresses, routes, rules",
       ["probe-go", "netlink", "198.51.100.200"], "tests/clients/go"),
    go("go-jsimonetti", "jsimonetti/rtnetlink: links and addresses", ["probe-go", "rtnetlink"], "tests/clients/go"),
    go("go-gopsutil", "gopsutil: interfaces", ["corpus-go", "gopsutil"], "tests/corpus/programs/go", "desk"),
    go("go-netroute", "libp2p/go-netroute: the way to an address", ["corpus-go", "netroute"],
       "tests/corpus/programs/go", "desk"),
    go("go-mdlayher", "mdlayher/netlink: a strict request and one that is refused", ["corpus-go", "mdlayher"],
       "tests/corpus/programs/go"),
    rust("rust-if-addrs", "interfaces, by libc", "if-addrs 0.13.4", "if-addrs", "desk"),
    rust("rust-local-ip-address", "this host's address, by neli", "local-ip-address 0.6.13", "local-ip-address"),
    rust("rust-rtnetlink", "links, addresses, routes, with tokio", "rtnetlink 0.14.1", "rtnetlink"),
    rust("rust-netlink-sys", "rules, by a packet of its own", "netlink-sys 0.8.8", "netlink-sys"),
    python("python-if-nameindex", "socket.if_nameindex()", "import socket; print(socket.if_nameindex())", ["python3"]),
    python("python-getaddrinfo", "socket.getaddrinfo() with AI_ADDRCONFIG",
           "import socket; print(socket.getaddrinfo('localhost', 80, flags=socket.AI_ADDRCONFIG))", ["python3"]),
    python("python-netifaces", "netifaces: addresses and gateways",
           "import netifaces; print(netifaces.interfaces(), netifaces.gateways())", ["python3-netifaces"]),
    python("python-psutil", "psutil.net_if_addrs()", "import psutil; print(psutil.net_if_addrs())",
           ["python3-psutil"]),
    python("python-ifaddr", "ifaddr.get_adapters()", "import ifaddr; print(*ifaddr.get_adapters())", packages=(),
           version="ifaddr 0.2.0", builder="pip", environment={"PYTHONPATH": "{built}/python"}),
    Program("python-raw", "a dump by a socket and struct alone", "Python", ["/usr/bin/python3", "{built}/raw-dump.py"],
            ["python3"], network="router", source="tests/clients/raw-dump.py"),
    Program("python-pyroute2", "IPRoute: links, addresses, default routes, rules", "Python",
            ["/usr/bin/python3", "{built}/pyroute2-list.py"], ["python3-pyroute2"], network="router",
            source="tests/clients/pyroute2-list.py"),
    Program("python-pyroute2-more", "IPRoute: neighbours, routes, tables, queueing, the way to an address", "Python",
            ["/usr/bin/python3", "{built}/pyroute2-more.py"], ["python3-pyroute2"], network="router",
            source="tests/corpus/programs/pyroute2-more.py"),
    by_libc("node-network-interfaces", "os.networkInterfaces()", "JavaScript, Node.js",
            ["node", "-p", "os.networkInterfaces()"], ["nodejs"]),
    by_libc("node-dns-lookup", "dns.lookup() with ADDRCONFIG", "JavaScript, Node.js",
            ["node", "-e", "dns.lookup('localhost', {hints: dns.ADDRCONFIG}, console.log)"], ["nodejs"]),
    by_libc("deno-network-interfaces", "Deno.networkInterfaces()", "JavaScript, Deno",
            ["{built}/node_modules/.bin/deno", "eval", "console.log(Deno.networkInterfaces())"], version="deno 2.1.9",
            packages=(), builder="npm"),
    by_libc("bun-network-interfaces", "os.networkInterfaces()", "JavaScript, Bun",
            ["{built}/node_modules/.bin/bun", "-e", "console.log(require('os').networkInterfaces())"],
            version="bun 1.2.2", packages=(), builder="npm"),
    by_libc("ruby-getifaddrs", "Socket.getifaddrs", "Ruby",
            ["ruby", "-rsocket", "-e", "puts Socket.getifaddrs.map(&:inspect)"], ["ruby"]),
    by_libc("perl-getaddrinfo", "Socket's getaddrinfo with AI_ADDRCONFIG", "Perl",
            ["perl", "-MSocket=:addrinfo", "-e", "print getaddrinfo('localhost', 80, {flags => AI_ADDRCONFIG})"],
            ["perl"]),
    by_libc("perl-net-interface", "Net::Interface", "Perl",
            ["perl", "-MNet::Interface", "-e", "print Net::Interface->interfaces"], ["libnet-interface-perl"]),
    by_libc("php-net-get-interfaces", "net_get_interfaces()", "PHP",
            ["php", "-r", "print_r(net_get_interfaces());"], ["php-cli"]),
    by_libc("erlang-getifaddrs", "inet:getifaddrs()", "Erlang",
            ["erl", "-noshell", "-eval", 'io:format("~p~n", [inet:getifaddrs()]), halt().'], ["erlang-base"]),
    by_libc("lua-luv", "luv's interface_addresses()", "Lua",
            ["lua5.4", "-e", "for name in pairs(require('luv').interface_addresses()) do print(name) end"],
            ["lua-luv", "lua5.4"]),
    by_libc("guile-getaddrinfo", "getaddrinfo with AI_ADDRCONFIG", "Scheme, Guile",
            ["guile", "-c", '(display (getaddrinfo "localhost" "80" AI_ADDRCONFIG))'], ["guile-3.0"],
            environment={"GUILE_AUTO_COMPILE": "0"}),
    by_libc("emacs-network-interface-list", "(network-interface-list)", "Emacs Lisp",
            ["emacs", "--batch", "--eval", "(print (network-interface-list))"], ["emacs-nox"]),
    by_libc("tcl-socket", "a connection to localhost", "Tcl",
            ["sh", "-c", "echo 'catch {socket localhost 9} result; puts $result' | exec tclsh"], ["tcl"]),
    by_libc("gawk-inet", "a connection to localhost", "AWK, gawk",
            ["gawk", 'BEGIN { "/inet/tcp/0/localhost/9" |& getline }'], ["gawk"],
            environment={"GAWK_SOCK_RETRIES": "1"}),
    by_libc("sbcl-get-host-by-name", "(sb-bsd-sockets:get-host-by-name)", "Common Lisp, SBCL",
            ["sbcl", "--noinform", "--no-userinit", "--eval", "(require :sb-bsd-sockets)", "--eval",
             '(print (sb-bsd-sockets:get-host-by-name "localhost"))', "--quit"], ["sbcl"]),
    by_libc("mono-network-interface", "NetworkInterface and NetworkChange", "C#, Mono",
            ["mono", "{built}/interfaces.exe"], ["mono-runtime", "mono-mcs", "libmono-system4.0-cil"], builder="mono",
            source="tests/corpus/programs/interfaces.cs"),
]

TOOLS = [
    Program("getent-ahosts", "a look-up with AI_ADDRCONFIG", "C, glibc", ["getent", "ahosts", "localhost"],
            ["libc-bin"]),
    Program("hostname", "all addresses of this host", "C, glibc", ["hostname", "-I"], ["hostname"]),
    Program("tcpdump", "the list of devices", "C, glibc", ["tcpdump", "-D"], ["tcpdump"]),
    Program("openssl", "a connection to localhost", "C, glibc",
            ["openssl", "s_client", "-connect", "localhost:9"], ["openssl"]),
    Program("nmap", "the way to an address", "C++", ["nmap", "--route-dst", "198.51.100.200"], ["nmap"],
            network="router"),
    Program("wg", "WireGuard devices", "C, libmnl", ["wg", "show"], ["wireguard-tools"]),
    Program("bmon", "one look at all interfaces", "C, libnl",
            ["bmon", "-p", "*", "-o", "format:quitafter=1"], ["bmon"], network="router"),
    Program("dnsmasq", "start of a name server for all interfaces", "C",
            ["dnsmasq", "--no-daemon", "--port=5353", "--conf-file=/dev/null", "--pid-file", "--no-resolv",
             "--bind-dynamic"], ["dnsmasq-base"], network="router", seconds=2),
    Program("systemd-networkd-wait-online", "a wait for one second", "C, sd-netlink",
            ["/lib/systemd/systemd-networkd-wait-online", "--any", "--timeout=1"], ["systemd"], network="router"),
    unpacked("nss-myhostname", "the gateway by its pseudo name", "C, sd-netlink", "libnss-myhostname",
             ["getent", "-s", "myhostname", "ahosts", "_gateway"]),
    unpacked("openvpn", "the default gateway", "C", "openvpn", ["{built}/unpacked/usr/sbin/openvpn", "--show-gateway"]),
    unpacked("passt", "start of a user-mode network", "C", "passt",
             ["{built}/unpacked/usr/bin/passt", "--foreground", "--socket", "passt.socket"], seconds=2),
    unpacked("bird", "start of a router", "C", "bird2",
             ["{built}/unpacked/usr/sbin/bird", "-f", "-c", "{built}/bird.conf", "-s", "bird.socket"], seconds=3),
]

PROGRAMS = [*LIBC, *IPROUTE2, *LIBRARIES, *LANGUAGES, *TOOLS]
