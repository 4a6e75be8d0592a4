# SPDX-License-Identifier: LGPL-2.1-or-later
"""The nlvirt command: options, exit statuses, signals, terminals."""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import tap

NLVIRT = sys.argv[1]
NETWORKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data", "networks")
NAMES = ["python3", "-c", "import socket; print(*[name for _, name in socket.if_nameindex()])"]


def nlvirt(*arguments, **options):
    return subprocess.run([NLVIRT, *arguments], capture_output=True, text=True, timeout=20, check=False, **options)


def start(script, **options):
    """A shell script under supervision, which has printed "ready"."""
    process = subprocess.Popen(
        [NLVIRT, "run", "sh", "-c", script], stdout=subprocess.PIPE, text=True, start_new_session=True, **options
    )
    assert process.stdout.readline() == "ready\n"
    return process


def file_with(text):
    file = tempfile.NamedTemporaryFile("w", suffix=".nlvirt")
    file.write(text)
    file.flush()
    return file


def exit_statuses():
    assert nlvirt("run", "true").returncode == 0
    assert nlvirt("run", "sh", "-c", "exit 7").returncode == 7
    assert nlvirt("run", "sh", "-c", "kill -9 $$").returncode == 128 + 9
    assert nlvirt("run", "/nonexistent/program").returncode == 127
    assert nlvirt("run", "/dev/null").returncode == 126
    assert nlvirt("run", NLVIRT, "run", "true").returncode == 125
    for wrong in ([], ["nonsense"], ["run"], ["run", "--nonsense", "true"], ["run", "--table", "nonsense", "true"]):
        result = nlvirt(*wrong)
        assert result.returncode == 125 and result.stderr, wrong


def options():
    assert nlvirt("--version").stdout.startswith("nlvirt ")
    assert "--table" in nlvirt("run", "--help").stdout
    assert "nlvirt record" in nlvirt("--help").stdout
    assert nlvirt("run", "--", "echo", "--table").stdout == "--table\n"
    assert nlvirt("run", "echo", "--trace", "--").stdout == "--trace --\n"
    refused = nlvirt("run", "--access", "anything", "true")
    assert refused.returncode == 125 and "read-only" in refused.stderr


def tables():
    assert nlvirt("run", *NAMES).stdout == "lo\n"
    assert nlvirt("run", "--table", "loopback", *NAMES).stdout == "lo\n"
    with file_with("[link eth7]\naddresses=192.0.2.7/24\n") as file:
        assert nlvirt("run", "--table", file.name, *NAMES).stdout == "lo eth7\n"


# Joining this group is for the administrator of the network.
JOIN = """import socket
try:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).setsockopt(270, 1, 30)
except OSError as error:
    print(error.strerror)"""


def access():
    for name, expected in (("read-only", "Operation not permitted\n"), ("read-write", "")):
        result = nlvirt("run", "--access", name, "python3", "-c", JOIN)
        assert (result.returncode, result.stdout, result.stderr) == (0, expected, ""), result
    for wrong in ("shared", "read", "", "read-write "):
        result = nlvirt("run", "--access", wrong, "echo", "started")
        assert (result.returncode, result.stdout) == (125, ""), wrong
        assert result.stderr == f"nlvirt: there is no access “{wrong}”; the known ones are: read-only, read-write\n"


def save():
    with tempfile.TemporaryDirectory() as directory, file_with("[link eth7]\naddresses=192.0.2.7/24\n") as file:
        path = os.path.join(directory, "a b.nlvirt")
        for status, arguments in ((0, []), (3, ["--access", "read-write"])):
            result = nlvirt("run", "--table", file.name, *arguments, "--save", path, "sh", "-c", f"exit {status}")
            assert (result.returncode, result.stdout, result.stderr) == (status, "", "")
            assert os.listdir(directory) == ["a b.nlvirt"]
            assert nlvirt("run", "--table", path, *NAMES).stdout == "lo eth7\n"
            os.unlink(path)
        # What the command has changed, and only there.
        arguments = ["--table", file.name, "--access", "read-write", "--save", path]
        assert nlvirt("run", *arguments, "ip", "link", "set", "eth7", "down", "mtu", "1400").returncode == 0
        shown = nlvirt("run", "--table", path, "ip", "-o", "link", "show", "eth7").stdout
        assert " mtu 1400 " in shown and "state DOWN" in shown, shown
        assert " mtu 1500 " in nlvirt("run", "--table", file.name, "ip", "-o", "link", "show", "eth7").stdout
        os.unlink(path)
        refused = nlvirt("run", "--save", path, "ip", "link", "set", "lo", "down")
        assert refused.returncode == 2 and "Operation not permitted" in refused.stderr, refused
        os.unlink(path)
        # As it is when all have ended, and nothing if there was nothing to end.
        slow = f"(sleep 0.3; test -e '{path}' && echo early) & exit 4"
        result = nlvirt("run", f"--save={path}", "sh", "-c", slow)
        assert (result.returncode, result.stdout) == (4, "") and os.path.exists(path)
        os.unlink(path)
        assert nlvirt("run", "--save", path, "/nonexistent/program").returncode == 127
        assert not os.listdir(directory)


def save_errors():
    with tempfile.TemporaryDirectory() as directory:
        fifo, gone = os.path.join(directory, "fifo"), os.path.join(directory, "gone")
        os.mkfifo(fifo)
        os.mkdir(gone)
        for path, reason in (
            ("/nonexistent/x.nlvirt", "No such file or directory"),
            ("", "No such file or directory"),
            (directory, "Is a directory"),
            (fifo, "it is no plain file"),
            ("/dev/stdout", "it is no plain file"),
        ):
            result = nlvirt("run", "--save", path, "echo", "started")
            assert (result.returncode, result.stdout) == (125, ""), path
            assert result.stderr == f"nlvirt: cannot save to “{path}”: {reason}\n", result.stderr
        # It was possible before the command ran.
        result = nlvirt("run", "--save", os.path.join(gone, "x.nlvirt"), "rmdir", gone)
        assert result.returncode == 125 and result.stderr.startswith("nlvirt: Failed to create file "), result.stderr
        assert os.listdir(directory) == ["fifo"]


def fail():
    refused = ["--fail", "RTM_GETLINK=EBUSY:1", "--fail=interrupt"]
    result = nlvirt("run", *refused, "ip", "link")
    assert result.stderr == "RTNETLINK answers: Device or resource busy\nDump terminated\n", result.stderr
    for wrong, reason in (
        ("RTM_GETLINK=EBUSIER", "“EBUSIER” is neither an error, such as EPERM, nor a time, such as 300ms or 2s"),
        ("RTM_GETLINK=EBUSY:often", "“often” is none of: a number of times, every=NUMBER, words=TEXT, each once"),
        ("socket", "which error the call gets is missing"),
    ):
        result = nlvirt("run", "--fail", wrong, "echo", "started")
        assert (result.returncode, result.stdout) == (125, "")
        assert result.stderr == f"nlvirt: --fail “{wrong}”: {reason}\n", result.stderr


def check():
    with file_with("[link eth7]\nmtu=many\n") as wrong, file_with("[link eth7]\n") as right:
        result = nlvirt("check", right.name, wrong.name)
        assert result.returncode == 1 and result.stdout.startswith(f"{wrong.name}:2: [link eth7] mtu: ")
        assert len(result.stdout.splitlines()) == 1
        assert nlvirt("check", right.name).returncode == 0
        assert nlvirt("run", "--table", wrong.name, "true").returncode == 125
    assert nlvirt("check", "/nonexistent/x.nlvirt").returncode == 125


def groups_of(text):
    """The groups of a table file, by kind, in their order; labels are free."""
    groups = {}
    for part in text.split("\n["):
        head, _, body = part.lstrip("[").partition("]\n")
        kind, _, label = head.partition(" ")
        groups.setdefault(kind, []).append(((label if kind == "link" else ""), body.strip()))
    return groups


def record():
    """The network of this process, which is that of the machine or of a test."""
    result = nlvirt("record")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("[network]\nfill=false\n")
    assert nlvirt("record", "--output", "-").stdout.startswith("[network]\n")
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "a b.nlvirt")
        for arguments in (["-o", path], ["--output", path], [f"--output={path}"], [f"-o{path}"]):
            result = nlvirt("record", *arguments)
            assert (result.returncode, result.stdout, result.stderr) == (0, "", ""), arguments
            assert nlvirt("check", path).returncode == 0
            assert os.listdir(directory) == ["a b.nlvirt"]
        result = nlvirt("run", "--table", path, *NAMES)
        assert result.returncode == 0
        assert result.stdout == subprocess.run(NAMES, capture_output=True, text=True, check=True).stdout
        # A file that was there is replaced, and none is left when that cannot be.
        with open(path, "w", encoding="utf-8") as file:
            file.write("[nonsense")
        assert nlvirt("record", "-o", path).returncode == 0
        assert nlvirt("check", path).returncode == 0


def record_errors():
    for wrong in (["file"], ["-o"], ["--output"], ["--nonsense"], ["--output", "/dev/null", "more"], ["-x"]):
        result = nlvirt("record", *wrong)
        assert result.returncode == 125 and result.stderr and not result.stdout, wrong
    assert "record takes no arguments" in nlvirt("record", "file").stderr
    for path in ("/nonexistent/x.nlvirt", "/", "/proc/x.nlvirt", ""):
        result = nlvirt("record", "-o", path)
        assert result.returncode == 125 and result.stderr.startswith("nlvirt: "), path
        assert len(result.stderr.splitlines()) == 1
    with open("/dev/full", "w", encoding="ascii") as full:
        result = subprocess.run([NLVIRT, "record"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (result.returncode, result.stderr) == (125, "nlvirt: cannot write: No space left on device\n")
    # With one descriptor, which is too few.
    result = subprocess.run(
        ["sh", "-c", 'ulimit -n 4; exec "$@"', "sh", NLVIRT, "record"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 125 and not result.stdout
    assert result.stderr == "nlvirt: cannot open a netlink socket: Too many open files\n"


def record_help():
    result = nlvirt("record", "--help")
    assert result.returncode == 0 and result.stdout.startswith("Usage: nlvirt record ")
    assert "--output" in result.stdout and not result.stderr
    assert nlvirt("record", "-h").stdout == result.stdout
    assert "nlvirt record [--output FILE]" in nlvirt("--help").stdout


TABLE = """[network]
fill=false
[link lo]
[link eth7]
mtu=1400
alt-names=one;two
alias=a b;
attribute-77=0102
addresses=192.0.2.7/24;192.0.2.8/24;2001:db8::7/64
ipv4-settings=forwarding:1
[link eth8]
kind=dummy
up=false
[address 1]
device=eth8
address=198.51.100.1/32
peer=198.51.100.2
label=eth8:1
[route 1]
destination=10.0.0.0/8
gateway=192.0.2.1
device=eth7
mtu=1300
[route 2]
destination=11.0.0.0/8
nexthops=via 192.0.2.1 dev eth7 weight 3;dev eth8
table=257
[route 3]
destination=11.0.0.0/8
device=eth7
table=1
[route 4]
family=ipv6
destination=default
gateway=fe80::1
device=eth7
preference=high
[route 5]
destination=2001:db8:1::/48
type=unreachable
[rule 1]
family=ipv4
from=192.0.2.0/24
table=257
priority=5
[rule 2]
family=ipv6
table=main
priority=6
[neighbor 1]
device=eth7
address=192.0.2.1
mac-address=02:00:00:00:00:01
state=stale
[nexthop 7]
gateway=192.0.2.1
device=eth7
"""


def record_inside():
    """What a program records is what it was given."""
    with file_with(TABLE) as file:
        first = nlvirt("run", "--table", file.name, "--", NLVIRT, "record")
        assert (first.returncode, first.stderr) == (0, "")
    with file_with(first.stdout) as file:
        second = nlvirt("run", "--table", file.name, "--", NLVIRT, "record")
        assert nlvirt("check", file.name).returncode == 0
    given, recorded, again = groups_of(TABLE), groups_of(first.stdout), groups_of(second.stdout)
    del recorded["network"], again["network"]  # where a clock goes on
    assert recorded == again
    for kind, groups in given.items():
        if kind != "network":
            assert len(recorded[kind]) == len(groups), kind
    assert [name for name, _ in recorded["link"]] == ["lo", "eth7", "eth8"]
    for line in (
        "addresses=192.0.2.7/24;192.0.2.8/24;2001:db8::7/64;",
        "alt-names=one;two;",
        "alias=a b;",
        "attribute-77=0102",
        "ipv4-settings=forwarding:1;",
        "peer=198.51.100.2",
        "nexthops=via 192.0.2.1 dev eth7 weight 3;dev eth8;",
        "preference=high",
        "[nexthop 7]",
    ):
        assert line in first.stdout.splitlines(), line


def record_inside_examples():
    """Links, addresses and routes of a network are the same when they come from a recording."""
    ip = shutil.which("ip", path=os.environ.get("PATH", "") + ":/sbin:/usr/sbin")
    for name in ("loopback", "home", "office") if ip else ():
        given = os.path.join(NETWORKS, name + ".nlvirt")
        recorded = nlvirt("run", "--table", given, "--", NLVIRT, "record").stdout
        with file_with(recorded) as file:
            for question in ("link", "-4 addr", "-6 addr", "-4 route show table all", "-6 route show table all", "rule"):
                answers = [
                    # Seconds go by.
                    re.sub(r"\b[0-9]+ ?sec\b", "", nlvirt("run", "--table", t, "--", ip, *question.split()).stdout)
                    for t in (given, file.name)
                ]
                assert answers[0] == answers[1] != "", (name, question)


def trace():
    result = nlvirt("run", "--trace", *NAMES)
    assert result.stdout == "lo\n"
    assert "RTM_GETLINK flags REQUEST|DUMP seq " in result.stderr
    assert "RTM_NEWLINK flags MULTI seq " in result.stderr


def inherited_files():
    read, write = os.pipe()
    nlvirt("run", "sh", "-c", f"echo through >&{write}", pass_fds=[write])
    assert os.read(read, 100) == b"through\n"
    assert nlvirt("run", "cat", input="in\n").stdout == "in\n"


def forwarded_signals():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGRTMIN + 3):
        process = start(f"trap 'exit 9' {int(number)}; echo ready; while :; do sleep 0.05; done")
        process.send_signal(number)
        assert process.wait(10) == 9, number
    process = start("echo ready; exec sleep 600")
    process.terminate()
    assert process.wait(10) == 128 + signal.SIGTERM


def ignored_signals():
    process = start(
        "echo ready; exec sleep 600", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
    )
    process.send_signal(signal.SIGHUP)
    time.sleep(0.1)
    assert process.poll() is None
    process.terminate()
    assert process.wait(10) == 128 + signal.SIGTERM


def descendants():
    """nlvirt stays for those that the command leaves behind."""
    result = nlvirt("run", "sh", "-c", "(sleep 0.2; exec \"$@\") & exit 4", "sh", *NAMES)
    assert (result.returncode, result.stdout) == (4, "lo\n")


def orphans_reaped():
    """No zombie of a stranger is left while the command runs."""
    process = start("(sleep 0.1 &); sleep 0.3; echo ready; exec sleep 600")
    children = open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii").read().split()
    process.terminate()
    assert process.wait(10) == 128 + signal.SIGTERM
    assert len(children) == 1


def ended_by_signal():
    """Once the command has exited, a signal ends nlvirt."""
    process = start("(echo ready; exec sleep 5 >/dev/null 2>&1) & exit 3")
    time.sleep(0.1)
    assert process.poll() is None
    process.terminate()
    assert process.wait(10) == 3


def read_until(terminal, wanted):
    text = ""
    while wanted not in text:
        assert select.select([terminal], [], [], 10)[0], (wanted, text)
        text += os.read(terminal, 4096).decode()
    return text


def job_control():
    """A shell on a terminal sees its job stop and go on, and ^C ends it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["PS1"] = "> "
        os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
    read_until(terminal, "> ")
    os.write(terminal, f"{NLVIRT} run sh -c 'echo rea''dy; exec cat'\n".encode())
    read_until(terminal, "ready")
    os.write(terminal, b"\x1a")
    read_until(terminal, "Stopped")
    os.write(terminal, b"fg\n")
    time.sleep(0.1)
    os.write(terminal, b"say\n")
    read_until(terminal, "say\r\nsay")
    os.write(terminal, b"\x03")
    read_until(terminal, "> ")
    os.write(terminal, b"echo status $?\n")
    read_until(terminal, "status 130")
    os.write(terminal, b"exit\n")
    os.waitpid(pid, 0)
    os.close(terminal)


sys.exit(
    tap.run(
        exit_statuses,
        options,
        tables,
        access,
        save,
        save_errors,
        fail,
        check,
        record,
        record_errors,
        record_help,
        record_inside,
        record_inside_examples,
        trace,
        inherited_files,
        forwarded_signals,
        ignored_signals,
        descendants,
        orphans_reaped,
        ended_by_signal,
        job_control,
    )
)
