# SPDX-License-Identifier: LGPL-2.1-or-later
"""A running session controlled from outside: nlvirt run --control, set, show."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

import tap

NLVIRT = os.path.abspath(sys.argv[1])
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
HOME = "[link eth0]\nmac-address=02:00:00:00:00:01\naddresses=192.0.2.10/24\n"
INTERFACE = "org.nlvirt.Control1"


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, **options)


class Session:
    """A command under `nlvirt run --control`, ended with the block."""

    def __init__(self, *command, table=HOME, options=()):
        self.directory = tempfile.TemporaryDirectory()
        self.socket = os.path.join(self.directory.name, "a socket")
        self.table = os.path.join(self.directory.name, "home.nlvirt")
        with open(self.table, "w", encoding="utf-8") as file:
            file.write(table)
        self.process = subprocess.Popen(
            [NLVIRT, "run", "--control", self.socket, "--table", self.table, *options, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()
        self.directory.cleanup()

    def set(self, *words, **options):
        return run(NLVIRT, "set", "--control", self.socket, *words, **options)

    def done(self, *words, **options):
        result = self.set(*words, **options)
        assert (result.returncode, result.stdout, result.stderr) == (0, "", ""), (words, result)

    def show(self):
        result = run(NLVIRT, "show", "--control", self.socket)
        assert result.returncode == 0, result
        return result.stdout

    def connect(self):
        deadline = time.monotonic() + 10
        while True:
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(20)
            try:
                client.connect(self.socket)
                return client
            except (FileNotFoundError, ConnectionRefusedError, BlockingIOError):
                assert time.monotonic() < deadline
                time.sleep(0.01)


# Reads a command from each line of its input, and ends what it prints with a line "done".
ASK = 'while read -r line; do sh -c "$line"; echo done; done'


def ask(session, command):
    session.process.stdin.write(command + "\n")
    session.process.stdin.flush()
    lines = []
    while (line := session.process.stdout.readline()) != "done\n":
        assert line, "the command has ended"
        lines.append(line)
    return "".join(lines)


def links():
    with Session("sh", "-c", ASK) as session:
        session.done("link", "eth0", "down")
        assert "<BROADCAST,MULTICAST>" in ask(session, "ip link show dev eth0")
        assert ask(session, "ip route") == ""
        session.done("link", "eth0", "mtu=1400", "up")
        assert "UP,LOWER_UP> mtu 1400" in ask(session, "ip link show dev eth0")
        session.done("link", "eth0", "carrier=false")
        assert "<NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1400" in ask(session, "ip link show dev eth0")
        session.done("link", "eth0", "carrier=true", "name=lan", "alias=the cable", "alt-names=enp1s0;second")
        shown = ask(session, "ip link show dev second")
        assert "lan: <BROADCAST,MULTICAST,UP,LOWER_UP>" in shown and "alias the cable" in shown
        session.done("add", "link", "br0", "kind=bridge")
        session.done("link", "lan", "master=br0")
        assert "master br0" in ask(session, "ip link show dev lan")
        session.done("link", "lan", "master=")
        session.done("add", "link", "eth1", "up=false", "mac-address=02:00:00:00:00:02")
        shown = ask(session, "ip link show dev eth1")
        assert "state DOWN" in shown and "02:00:00:00:00:02" in shown
        session.done("link", "eth1", "up")
        assert "state UP" in ask(session, "ip link show dev eth1")
        for name in ("eth1", "br0"):
            session.done("remove", "link", name)
        assert re.findall(r"^\d+: (\w+)", ask(session, "ip link"), re.M) == ["lo", "lan"]


def rows():
    with Session("sh", "-c", ASK) as session:
        session.done("add", "address", "device=eth0", "address=10.0.0.1/8")
        session.done("add", "route", "destination=default", "gateway=192.0.2.1")
        session.done("add", "route", "destination=198.51.100.0/24", "gateway=10.0.0.9", "metric=7")
        session.done("replace", "route", "destination=198.51.100.0/24", "gateway=10.0.0.8", "metric=7")
        assert ask(session, "ip route").replace(" \n", "\n") == (
            "default via 192.0.2.1 dev eth0\n"
            "10.0.0.0/8 dev eth0 proto kernel scope link src 10.0.0.1\n"
            "192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.10\n"
            "198.51.100.0/24 via 10.0.0.8 dev eth0 metric 7\n"
        ), ask(session, "ip route")
        session.done("add", "rule", "from=10.0.0.0/8", "table=7")
        session.done("add", "neighbor", "device=eth0", "address=10.0.0.9", "mac-address=02:00:00:00:00:09")
        assert "from 10.0.0.0/8 lookup 7" in ask(session, "ip rule")
        assert ask(session, "ip neigh") == "10.0.0.9 dev eth0 lladdr 02:00:00:00:00:09 PERMANENT \n"
        session.done("add", "nexthop", "7", "gateway=10.0.0.7", "device=eth0")
        session.done("add", "route", "destination=203.0.113.0/24", "nexthop-id=7")
        assert ask(session, "ip route show 203.0.113.0/24").startswith("203.0.113.0/24 nhid 7 via 10.0.0.7 dev eth0")
        session.done("remove", "nexthop", "7")
        assert ask(session, "ip nexthop; ip route show 203.0.113.0/24") == ""
        session.done("remove", "neighbor", "device=eth0", "address=10.0.0.9")
        session.done("remove", "rule", "from=10.0.0.0/8")
        session.done("remove", "route", "destination=198.51.100.0/24")
        session.done("remove", "route", "family=ipv4", "destination=default")
        session.done("remove", "address", "device=eth0", "address=10.0.0.1/8")
        assert ask(session, "ip route").strip() == "192.0.2.0/24 dev eth0 proto kernel scope link src 192.0.2.10"
        assert "10.0.0" not in ask(session, "ip rule; ip neigh; ip addr")


def files():
    text = "[link veth0]\nkind=veth\nlink=veth1\n[link veth1]\nkind=veth\nlink=veth0\n[address a]\ndevice=veth1\naddress=203.0.113.1/24\n"
    with Session("sh", "-c", ASK) as session:
        session.done("--file", "-", "add", input=text)
        shown = ask(session, "ip addr show dev veth1")
        assert "veth1@veth0: <BROADCAST,MULTICAST,UP,LOWER_UP>" in shown and "203.0.113.1/24" in shown, shown
        wrong = os.path.join(session.directory.name, "wrong.nlvirt")
        with open(wrong, "w", encoding="utf-8") as file:
            file.write("[address a]\ndevice=eth0\n\naddress=nonsense\n[link eth0]\nup=perhaps\n")
        result = session.set("-f", wrong, "replace")
        lines = result.stderr.splitlines()
        assert result.returncode == 1 and len(lines) == 2, result
        assert lines[0].startswith(f"nlvirt: {wrong}:4: [address a] address: ")
        assert lines[1].startswith(f"nlvirt: {wrong}:6: [link eth0] up: ")


def wrong_words():
    with Session("sleep", "60") as session:
        session.done("link", "eth0", "up")
        for status, words, expected in (
            (2, [], "expected link, add, replace or remove"),
            (2, ["frob"], "expected link, add, replace or remove"),
            (2, ["link"], "expected the name of a link"),
            (2, ["link", "eth0"], "expected up, down or KEY=VALUE"),
            (2, ["link", "eth0", "sideways"], "“sideways”: expected KEY=VALUE"),
            (2, ["link", "eth0", "=1"], "“=1”: expected KEY=VALUE"),
            (2, ["link", "eth0", "alias=a\nmtu=9"], "expected one line"),
            (2, ["link", "a]\n[link eth0", "up"], "expected the name of a link"),
            (2, ["add"], "expected link, address, nexthop, route, rule or neighbor behind “add”"),
            (2, ["add", "object", "type=7"], "expected link, address, nexthop, route, rule or neighbor behind “add”"),
            (2, ["add", "nexthop"], "expected the id of a nexthop behind “nexthop”"),
            (2, ["add", "nexthop", "gateway=192.0.2.1"], "expected the id of a nexthop behind “nexthop”"),
            (1, ["add", "nexthop", "one", "device=eth0"], "add nexthop one: expected the id, a number from 1"),
            (125, ["--file", "/nonexistent", "add"], "No such file"),
            (1, ["--file", "/bin/true", "add"], "“/bin/true” is not text"),
            (2, ["--file", "-", "frob"], "expected add, replace or remove with --file"),
            (2, ["--file", "-", "add", "link"], "expected nothing behind “add”"),
            (2, ["--wait", "soon", "link", "eth0", "up"], "expected a number of seconds"),
            (2, ["--nonsense"], "nlvirt set: unrecognized option '--nonsense'"),
            (1, ["link", "eth7", "up"], "“eth7”: there is no such link"),
            (1, ["link", "eth0", "colour=red"], "link eth0: colour: of a link that is there this cannot be changed"),
            (1, ["link", "eth0", "kind=bridge"], "link eth0: kind: of a link that is there"),
            (1, ["add", "link", "br0", "kind=bridge", "qdisc=fq"], "add link br0: qdisc: a link of a kind is made without"),
            (1, ["link", "eth0", "mtu=many"], "mtu: "),
            (1, ["link", "eth0", "mtu=1"], "Invalid argument: mtu less than device minimum"),
            (1, ["add", "link", "eth0"], "there is a link with this name already"),
            (1, ["add", "link", "x", "kind=nonsense"], "Operation not supported: Unknown device type"),
            (1, ["remove", "link", "lo"], "Operation not supported"),
            (1, ["remove", "link", "eth0", "mtu=1"], "remove link eth0: mtu: expected no keys"),
            (1, ["add", "address", "device=eth0", "address=192.0.2.10/24"], "nlvirt: add address: File exists"),
            (1, ["add", "route", "destination=default", "gateway=203.0.113.1"], "Network is unreachable"),
            (1, ["add", "nexthop", "7", "blackhole=perhaps"], "nlvirt: add nexthop 7: blackhole: "),
            (1, ["add", "route", "destination=10.0.0.0/8"], ""),
        ):
            result = session.set(*words, stdin=subprocess.DEVNULL)
            assert result.returncode == status and result.stdout == "", (words, result)
            assert expected in result.stderr and "nlvirt: data:" not in result.stderr, (words, result.stderr)
        assert "mtu" not in session.show()


def show():
    with Session("sleep", "60") as session:
        before = session.show()
        session.done("add", "address", "device=eth0", "address=10.0.0.1/8")
        assert "10.0.0.1/8" in session.show() and "10.0.0.1/8" not in before
        with open(session.table, "w", encoding="utf-8") as file:
            file.write(session.show())
        assert run(NLVIRT, "check", session.table).returncode == 0
        assert run(NLVIRT, "show", "--control", session.socket, "eth0").returncode == 125


def own_copy():
    """What a read-write session shows and saves has the changes of both."""
    options = ("--access", "read-write")
    with Session("sh", "-c", ASK, options=options) as session:
        ask(session, "ip addr add 10.0.0.1/8 dev eth0")
        session.done("add", "address", "device=eth0", "address=10.0.0.2/8")
        assert "10.0.0.1/8" in session.show() and "10.0.0.2/8" in session.show()
        assert "10.0.0.2" in ask(session, "ip addr")


def events():
    """Told when `nlvirt set` is back: no waiting in a test."""
    script = "exec ip monitor link address"
    with Session("sh", "-c", script) as session:
        # It has subscribed when it has a socket that hears of this.
        deadline = time.monotonic() + 10
        reader = []
        thread = threading.Thread(target=lambda: reader.extend(iter(session.process.stdout.readline, "")), daemon=True)
        thread.start()
        while not reader:
            assert time.monotonic() < deadline
            session.done("link", "eth0", "carrier=false")
            session.done("link", "eth0", "carrier=true")
        n = len(reader)
        session.done("link", "eth0", "down")
        session.done("add", "address", "device=eth0", "address=10.0.0.1/8")
        while not any("10.0.0.1" in line for line in reader[n:]):
            assert time.monotonic() < deadline, reader
            time.sleep(0.01)
        assert any("eth0: <BROADCAST,MULTICAST>" in line for line in reader[n:]), reader


def inside():
    """The command has no control, unless it is told so."""
    with Session("sh", "-c", ASK) as session:
        session.done("link", "eth0", "up")
        for prefix in ("", "setsid -w ", "setsid -w setsid -w "):
            answer = ask(session, f"{prefix}{NLVIRT} set --control '{session.socket}' link eth0 down 2>&1; echo $?")
            assert "does not let this process control it" in answer and answer.endswith("125\n"), answer
        # Nor when whoever has connected for it is gone.
        relay = (
            "import os, socket, sys\n"
            "client = socket.socket(socket.AF_UNIX)\n"
            "pid = os.fork()\n"
            "if pid == 0:\n    client.connect(sys.argv[1])\n    os._exit(0)\n"
            "os.waitpid(pid, 0)\n"
            "try:\n    client.sendall(b'\\0AUTH EXTERNAL\\r\\n')\n    print(client.recv(100))\n"
            "except OSError:\n    print(b'')\n"
        )
        script = os.path.join(session.directory.name, "relay.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write(relay)
        assert ask(session, f"python3 '{script}' '{session.socket}'") == "b''\n"
        assert ask(session, "echo $NLVIRT_CONTROL") == "\n"
        assert "state UP" in ask(session, "ip link show dev eth0")
    command = f"{NLVIRT} set link lo down && {NLVIRT} show | head -n 1 && ip link && echo $NLVIRT_CONTROL"
    with tempfile.TemporaryDirectory() as directory:
        result = run(NLVIRT, "run", "--control-inside", "sh", "-c", command, env={**os.environ, "XDG_RUNTIME_DIR": directory})
        assert result.returncode == 0 and "<LOOPBACK>" in result.stdout and "[network]" in result.stdout, result
        assert result.stdout.splitlines()[-1].startswith(f"unix:path={directory}/nlvirt-")
        assert os.listdir(directory) == []


def gone():
    """A session that is not there, that comes later, and that ends in between."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "socket")
        begin = time.monotonic()
        result = run(NLVIRT, "set", "--control", path, "--wait", "0.3", "link", "lo", "down")
        assert result.returncode == 125 and "there is no session" in result.stderr
        assert 0.3 <= time.monotonic() - begin < 3
        environment = {name: value for name, value in os.environ.items() if name != "NLVIRT_CONTROL"}
        result = run(NLVIRT, "set", "link", "lo", "down", env=environment)
        assert result.returncode == 125 and "--control" in result.stderr
        waiting = subprocess.Popen([NLVIRT, "set", "-c", path, "link", "lo", "down"])
        time.sleep(0.2)
        with subprocess.Popen([NLVIRT, "run", "--control", path, "sleep", "60"]) as session:
            assert waiting.wait(20) == 0
            second = run(NLVIRT, "run", "--control", path, "true")
            assert second.returncode == 125 and "in use" in second.stderr, second
            session.terminate()
        assert not os.path.exists(path)
        # What a killed one leaves is no obstacle; what is none of ours is.
        command = [NLVIRT, "run", "--control", path, "sleep", "5"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as session:
            run(NLVIRT, "set", "-c", path, "link", "lo", "down")
            session.kill()
        assert os.path.exists(path)
        assert run(NLVIRT, "run", "--control", path, "true").returncode == 0
        with open(path, "w", encoding="utf-8") as file:
            file.write("precious")
        assert run(NLVIRT, "run", "--control", path, "true").returncode == 125
        with open(path, encoding="utf-8") as file:
            assert file.read() == "precious"
        result = run(NLVIRT, "run", "--control", directory + "/x" * 120, "true")
        assert result.returncode == 125 and "too long" in result.stderr


def last_word():
    """Who has caused the session's end has the answer still."""
    script = "ip monitor link | while read -r line; do exit 0; done"
    for _ in range(5):
        with Session("sh", "-c", script) as session:
            session.done("link", "eth0", "up")
            result = None
            while session.process.poll() is None:
                result = session.set("--wait", "0", "link", "eth0", "carrier=false")
                if result.returncode != 0:
                    break
                session.set("--wait", "0", "link", "eth0", "carrier=true")
            assert result is None or result.returncode in (0, 125), result


def two_clients():
    with Session("sleep", "60") as session:
        session.done("link", "eth0", "up")
        with contextlib.ExitStack() as stack:
            running = [
                stack.enter_context(
                    subprocess.Popen(
                        [NLVIRT, "set", "-c", session.socket, "add", "address", "device=eth0", f"address=10.{i}.0.1/16"]
                    )
                )
                for i in range(10)
            ]
            assert [process.wait(20) for process in running] == [0] * 10
        shown = session.show()
        assert all(f"10.{i}.0.1/16" in shown for i in range(10))


def bad_clients():
    """Garbage, silence, and requests without reading: the others are served."""
    with Session("sleep", "60") as session:
        garbage = session.connect()
        garbage.sendall(os.urandom(4096))
        silent = [session.connect() for _ in range(20)]
        session.done("link", "eth0", "down")
        with contextlib.suppress(ConnectionResetError):
            while garbage.recv(4096):
                pass
        greedy = session.connect()
        greedy.sendall(b"\0AUTH EXTERNAL " + str(os.geteuid()).encode().hex().encode() + b"\r\n")
        assert greedy.recv(100).startswith(b"OK ")
        greedy.sendall(b"BEGIN\r\n" + b"l\1\0\1" + b"\xff" * 60)
        session.done("link", "eth0", "up")
        # More than are let in.
        many = [session.connect() for _ in range(40)]
        assert any(client.recv(1) == b"" for client in many[-5:])
        for client in (*silent, *many, garbage, greedy):
            client.close()
        deadline = time.monotonic() + 10
        while session.set("link", "eth0", "down").returncode != 0:
            assert time.monotonic() < deadline
        # Silence is not waited for for long.
        silent = session.connect()
        begin = time.monotonic()
        assert silent.recv(1) == b"" and time.monotonic() - begin < 15


def other_tools():
    with Session("sleep", "60") as session:
        session.done("link", "eth0", "up")
        address = "unix:path=" + session.socket.replace(" ", "%20")
        call = ["--object-path", "/org/nlvirt/Control1", "--method", f"{INTERFACE}.Replace", "[link eth0]\nmtu=1300\n"]
        result = run("gdbus", "call", "--address", address, "--dest", "org.nlvirt", *call)
        assert (result.returncode, result.stdout) == (0, "()\n"), result
        call[-1] = "[link eth7]\nup=true\n"
        result = run("gdbus", "call", "--address", address, "--dest", "org.nlvirt", *call)
        assert "org.nlvirt.Error.Parse: data:1: [link eth7]" in result.stderr, result
        shown = run("gdbus", "introspect", "--address", address, "--dest", "org.nlvirt", "-o", "/org/nlvirt/Control1")
        for method in ("Add", "Replace", "Remove", "Show"):
            assert f"{method}(" in shown.stdout
        assert "mtu=1300" in session.show()


def readme():
    """The examples for shells do what they say."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        examples = re.findall(r"```sh\n(.*?)```", file.read(), re.S)
    cable, offline = [text for text in examples if "nlvirt set" in text]
    with tempfile.TemporaryDirectory() as directory:
        environment = {**os.environ, "PATH": os.path.dirname(NLVIRT) + ":" + os.environ["PATH"]}
        result = run("sh", "-e", "-c", cable, cwd=directory, env=environment)
        assert (result.returncode, result.stderr) == (0, ""), result
        assert "NO-CARRIER" in result.stdout and "LOWER_UP" in result.stdout, result
        begin = "nlvirt run --control control --table home.nlvirt -- sleep 60 & "
        end = "\nnlvirt show > now.nlvirt; kill $!; nlvirt run --table now.nlvirt ip route"
        result = run("sh", "-e", "-c", begin + offline + end, cwd=directory, env=environment)
        assert (result.returncode, result.stderr) == (0, ""), result
        for route in ("0.0.0.0/1 dev wg0 ", "default via 192.0.2.1 dev eth0 "):
            assert route in result.stdout, result


sys.exit(
    tap.run(
        links,
        rows,
        files,
        wrong_words,
        show,
        own_copy,
        events,
        inside,
        gone,
        last_word,
        two_clients,
        bad_clients,
        other_tools,
        readme,
    )
)
