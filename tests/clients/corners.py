#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Corners of a socket's life in which a stand-in is easily found out. The same
scenes run on the kernel and under nlvirt, and say the same."""

import errno
import os
import resource
import signal
import socket
import struct
import sys
import threading
import time

NLM_F_REQUEST, NLM_F_DUMP = 1, 0x300
RTM_GETLINK, RTM_NEWROUTE, RTM_GETROUTE = 18, 24, 26
RTA_DST, RTA_UID = 1, 25
SO_PEERGROUPS, SO_PEERPIDFD = 59, 77


def open_socket():
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)


def request(kind, flags, body):
    return struct.pack("=IHHII", 16 + len(body), kind, NLM_F_REQUEST | flags, 1, 0) + body


def dump():
    return request(RTM_GETLINK, NLM_F_DUMP, bytes(16))


def route():
    attribute = struct.pack("=HH4s", 8, RTA_DST, socket.inet_aton("127.0.0.1"))
    return request(RTM_GETROUTE, 0, struct.pack("=8BI", socket.AF_INET, 32, *[0] * 6, 0) + attribute)


def asking_uid(message):
    """RTA_UID of an answer to route(); an error's number otherwise."""
    if struct.unpack_from("=H", message, 4)[0] != RTM_NEWROUTE:
        return f"error {struct.unpack_from('=i', message, 16)[0]}"
    offset = 28
    while offset + 4 <= len(message):
        length, kind = struct.unpack_from("=HH", message, offset)
        if kind == RTA_UID:
            return struct.unpack_from("=I", message, offset + 4)[0] == os.getuid()
        offset += (length + 3) & ~3
    return "none"


def uid_of_write():
    taken = open_socket()
    os.write(taken.fileno(), route())
    return asking_uid(taken.recv(4096))


def uid_after_a_dump():
    taken = open_socket()
    taken.send(dump() + route())
    while True:
        message = taken.recv(65536)
        if struct.unpack_from("=H", message, 4)[0] == RTM_NEWROUTE:
            return asking_uid(message)


def peer_options():
    taken = open_socket()
    names = []
    for option in (SO_PEERGROUPS, SO_PEERPIDFD):
        try:
            taken.getsockopt(socket.SOL_SOCKET, option, 4)
            names.append("a value")
        except OSError as error:
            names.append(errno.errorcode[error.errno])
    return names


def very_long_timeout():
    taken = open_socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 10**13, 0))

    def stop(number, frame):
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        taken.recv(100)
    except TimeoutError:
        return "waits"
    except OSError as error:
        return errno.errorcode[error.errno]


def stop_of_threads(number):
    """A process with one thread in recv() stops as a whole, whichever thread
    the signal goes to."""
    child = os.fork()
    if child == 0:
        taken = open_socket()
        if number == "other":
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            taken.recv(100)
        threading.Thread(target=taken.recv, args=(100,), daemon=True).start()
        time.sleep(60)
    time.sleep(0.5)
    threads = sorted(map(int, os.listdir(f"/proc/{child}/task")))
    os.kill(threads[-1] if number == "other" else child, signal.SIGSTOP)
    seen = "does not stop"
    for _ in range(50):
        done, status = os.waitpid(child, os.WNOHANG | os.WUNTRACED)
        if done and os.WIFSTOPPED(status):
            seen = "stops"
            break
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return seen


SCENES = {
    "uid of a write()": uid_of_write,
    "uid after a dump in one send": uid_after_a_dump,
    "who is at the other end": peer_options,
    "a timeout beyond time": very_long_timeout,
    "stopped while a thread waits": lambda: stop_of_threads("leader"),
    "stopped while the leader waits": lambda: stop_of_threads("other"),
}


def probe():
    for name, scene in SCENES.items():
        print(f"{name}: {scene()}", flush=True)
    return 0


def served_when_written_nothing():
    """Under nlvirt only: an empty write() hides no request that follows."""
    taken = open_socket()
    taken.settimeout(10)
    duplicate = os.dup(taken.fileno())
    for _ in range(20):
        os.write(duplicate, b"")
        os.write(duplicate, dump())
        assert taken.recv(65536)
        taken.recv(65536)
    os.close(duplicate)


def idle_after_shutdown():
    """Under nlvirt only: a copy that is shut down for writing keeps nobody
    busy, and can be read from."""
    taken = open_socket()
    taken.bind((0, 0))
    duplicate = socket.socket(fileno=os.dup(taken.fileno()), family=socket.AF_UNIX, type=socket.SOCK_SEQPACKET)
    duplicate.shutdown(socket.SHUT_WR)
    parent = f"/proc/{os.getppid()}/stat"

    def used():
        with open(parent, encoding="ascii") as stat:
            return sum(map(int, stat.read().rpartition(")")[2].split()[11:13]))

    before = used()
    time.sleep(1)
    assert used() - before < 0.5 * os.sysconf("SC_CLK_TCK"), "the supervisor is busy"


def ours():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    served_when_written_nothing()
    idle_after_shutdown()
    print("served")
    return 0


def drive():
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from lib.tap import Tap
    from lib.world import World, find

    world, tap = World(), Tap()

    def same(user):
        command = [find("python3"), script, "probe"]
        native, virtual = world.native(command, user), world.virtual(command, user)
        assert native.status == 0 and native.output.count("\n") == len(SCENES), str(native)
        assert native.output == virtual.output, f"the kernel:\n{native.output}nlvirt:\n{virtual}"

    def served(user):
        result = world.virtual([find("python3"), script, "ours"], user)
        assert result.output == "served\n" and result.status == 0, str(result)

    try:
        world.enter_empty()
        script = world.staged_source("tests/clients/corners.py")
        for user in world.users:
            tap.test(f"{user}: as the kernel", same, user)
            tap.test(f"{user}: served", served, user)
    finally:
        world.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit({"probe": probe, "ours": ours}.get(sys.argv[-1], drive)())
