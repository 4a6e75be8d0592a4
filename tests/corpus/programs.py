# SPDX-License-Identifier: LGPL-2.1-or-later

"""The programs of the corpus. A row here is all that another one needs."""

# The default of --seconds: a program that does not end by itself gets more or less.
SECONDS = 20


class Program:
    """One conversation, or several at once, of one program.

    @name      of the conversation
    @title     what the program does
    @runtime   what speaks netlink in it: a language's own code, or a library
    @command   "{built}" is where the programs of our own are
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
        words = [word.replace("{built}/", "") for word in self.command]
        group["command"] = " ".join(f"'{word}'" if set(word) & set(" ;()$&|") else word for word in words)
        if self.source:
            group["source"] = self.source
        group["network"] = self.network
        return group


def glibc(name, title, what):
    return Program(name, title, "C, glibc", ["{built}/probe-names", what], ["libc6"], builder="meson",
                   source="tests/clients/probe-names.c")


def musl(name, title, what):
    return Program(name, title, "C, musl, static", ["{built}/probe-names-musl", what], ["musl-tools"],
                   builder="meson", source="tests/clients/probe-names.c")


def ip(name, title, *words):
    return Program(name, title, "C, iproute2", list(words), ["iproute2"], network="router")


PROGRAMS = [
    glibc("glibc-getifaddrs", "getifaddrs()", "getifaddrs"),
    glibc("glibc-if-nameindex", "if_nameindex()", "if_nameindex"),
    glibc("glibc-addrconfig", "getaddrinfo() with AI_ADDRCONFIG", "addrconfig"),
    musl("musl-getifaddrs", "getifaddrs()", "getifaddrs"),
    musl("musl-if-nameindex", "if_nameindex()", "if_nameindex"),
    Program("libmnl", "links and addresses", "C, libmnl", ["{built}/probe-mnl"], ["libmnl0"], builder="meson",
            source="tests/clients/probe-mnl.c"),
    ip("ip-addr", "ip addr", "ip", "addr"),
    Program("go-net", "net.Interfaces() and their addresses", "Go", ["{built}/probe-go", "net"],
            version=["go", "version"], builder="go", source="tests/clients/go"),
    Program("node", "os.networkInterfaces()", "JavaScript, Node.js",
            ["node", "-p", "os.networkInterfaces()"], ["nodejs"]),
    Program("python-if-nameindex", "socket.if_nameindex()", "Python",
            ["/usr/bin/python3", "-c", "import socket; print(socket.if_nameindex())"], ["python3"]),
]
