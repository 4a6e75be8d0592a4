# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nlvirt.Table.new_from_kernel() from Python. As root in a network of its own,
as another user in that of the machine, which is only read."""

import ctypes
import json
import os
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import traceback

import tap

Gio, GLib, Nlvirt = tap.import_nlvirt()

CLONE_NEWNET = 0x40000000
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
# socket() and sendto() by machine.
SYSCALLS = {"x86_64": (41, 44), "aarch64": (198, 206)}
IP = shutil.which("ip", path=os.environ.get("PATH", "") + ":/sbin:/usr/sbin")

libc = ctypes.CDLL(None, use_errno=True)

SETUP = """
link set lo up
tuntap add dev tap0 mode tap
link set tap0 address 02:00:5e:00:53:01 mtu 1400 alias some;thing txqueuelen 77
link property add dev tap0 altname uplink
addr add 192.0.2.1/24 brd + dev tap0
addr add 192.0.2.2/24 dev tap0 label tap0:1
addr add 198.51.100.1 peer 198.51.100.2 dev tap0
addr add 2001:db8::1/64 dev tap0 nodad
addr add 2001:db8::2/64 dev tap0 nodad valid_lft 9000 preferred_lft 8000
link set tap0 up
route add 203.0.113.0/24 via 192.0.2.9
route add unreachable 10.0.0.0/8 metric 7
-6 route add 2001:db8:1::/48 via 2001:db8::9
rule add from 192.0.2.0/24 table 100 priority 1000
neigh add 192.0.2.9 lladdr 02:00:5e:00:53:09 dev tap0
"""


def ip(*arguments):
    return subprocess.run([IP, *arguments], capture_output=True, text=True, check=True).stdout


def set_up_network():
    for line in SETUP.strip().splitlines():
        # What this kernel is built without is not there.
        subprocess.run([IP, *line.split()], stderr=subprocess.DEVNULL, check=False)


def in_network(function):
    """Runs the function in a child, in a new network if that may be."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            if IP and libc.unshare(CLONE_NEWNET) == 0:
                set_up_network()
            function()
            status = 0
        except Exception:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0


def test(function):
    def run():
        in_network(function)

    run.__name__ = function.__name__
    return run


def text_of(table):
    return table.to_data().get_data().decode()


@test
def links():
    table = Nlvirt.Table.new_from_kernel()
    recorded = {link.props.index: link for link in table.get_links()}
    assert recorded
    if not IP:
        return
    told = json.loads(ip("-j", "-d", "link"))
    assert len(told) == len(recorded)
    for link in told:
        ours = recorded[link["ifindex"]]
        assert ours.props.name == link["ifname"]
        assert ours.props.mtu == link["mtu"]
        assert ours.props.up == ("UP" in link["flags"])
        assert (ours.props.mac_address or "") == link.get("address", "")
        assert ours.props.alt_names == link.get("altnames", [])


@test
def addresses():
    if not IP:
        return
    told = sorted(
        (link["ifname"], address["local"], address["prefixlen"], address.get("address", address["local"]))
        for link in json.loads(ip("-j", "addr"))
        for address in link["addr_info"]
        if "local" in address
    )
    recorded = sorted(
        (
            address.props.link_name,
            address.props.address.to_string(),
            address.props.prefix_length,
            (address.props.peer or address.props.address).to_string(),
        )
        for address in Nlvirt.Table.new_from_kernel().get_addresses()
    )
    assert recorded == told, (recorded, told)


@test
def routes_and_rules():
    if not IP:
        return
    table = Nlvirt.Table.new_from_kernel()
    n_routes = sum(len(json.loads(ip(family, "-j", "route", "show", "table", "all"))) for family in ("-4", "-6"))
    n_rules = sum(len(json.loads(ip(family, "-j", "rule"))) for family in ("-4", "-6"))
    assert len(table.get_routes()) == n_routes
    # Beside those of multicast routing.
    assert len(table.get_rules()) >= n_rules


@test
def save_and_load():
    table = Nlvirt.Table.new_from_kernel()
    text = text_of(table)
    assert text.startswith("[network]\nfill=false\n")
    assert text_of(table.copy()) == text
    assert text_of(Nlvirt.Table.new_from_data(text.encode())) == text
    with tempfile.NamedTemporaryFile(suffix=".nlvirt") as file:
        table.save(file.name)
        assert file.seek(0) == 0 and open(file.name, encoding="utf-8").read() == text
        assert text_of(Nlvirt.Table.new_from_file(file.name)) == text


@test
def twice():
    """Recording changes nothing, and leaves nothing open."""
    def still(table):
        # A clock goes on, and counters and neighbours may change on a machine that is used.
        return [link.to_string() for link in table.get_links()], [a.to_string() for a in table.get_addresses()]

    first = Nlvirt.Table.new_from_kernel()
    open_files = len(os.listdir("/proc/self/fd"))
    second = Nlvirt.Table.new_from_kernel()
    assert len(os.listdir("/proc/self/fd")) == open_files
    assert still(first) == still(second)


# --- errors ------------------------------------------------------------------


def deny(syscall, errno):
    """A seccomp filter that lets one system call fail."""
    code = [
        (0x20, 0, 0, 0),  # load the number
        (0x15, 0, 1, syscall),  # is it this one?
        (0x06, 0, 0, 0x00050000 | errno),
        (0x06, 0, 0, 0x7FFF0000),
    ]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in code))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code), ctypes.addressof(program)))
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    return libc.prctl(PR_SET_SECCOMP, 2, ctypes.c_void_p(ctypes.addressof(header)), 0, 0) == 0


def expect_error(code, words):
    try:
        Nlvirt.Table.new_from_kernel()
    except GLib.Error as error:
        assert error.matches(Gio.io_error_quark(), code), error.code
        assert error.message.startswith(words + ": "), error.message
    else:
        raise AssertionError("no error")


@test
def no_socket():
    numbers = SYSCALLS.get(os.uname().machine)
    if numbers and deny(numbers[0], 13):
        expect_error(Gio.IOErrorEnum.PERMISSION_DENIED, "cannot open a netlink socket")


@test
def no_request():
    numbers = SYSCALLS.get(os.uname().machine)
    if numbers and deny(numbers[1], 1):
        expect_error(Gio.IOErrorEnum.PERMISSION_DENIED, "cannot ask the kernel for its network")
        # Nor is anything left open.
        open_files = len(os.listdir("/proc/self/fd"))
        expect_error(Gio.IOErrorEnum.PERMISSION_DENIED, "cannot ask the kernel for its network")
        assert len(os.listdir("/proc/self/fd")) == open_files


@test
def no_descriptors():
    Nlvirt.Table.new_loopback()  # which loads the library
    lowest = os.open("/dev/null", os.O_RDONLY)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for free in (0, 1):
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + 1 + free, hard))
        expect_error(Gio.IOErrorEnum.TOO_MANY_OPEN_FILES, "cannot open a netlink socket")


sys.exit(
    tap.run(links, addresses, routes_and_rules, save_and_load, twice, no_socket, no_request, no_descriptors)
)
