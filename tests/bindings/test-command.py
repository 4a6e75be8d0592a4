# SPDX-License-Identifier: LGPL-2.1-or-later
"""The nlvirt command: options, exit statuses, signals, terminals."""

import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time

import tap

NLVIRT = sys.argv[1]
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
    assert nlvirt("run", "--", "echo", "--table").stdout == "--table\n"
    assert nlvirt("run", "echo", "--trace", "--").stdout == "--trace --\n"
    refused = nlvirt("run", "--access", "anything", "true")
    assert refused.returncode == 125 and "read-only" in refused.stderr


def tables():
    assert nlvirt("run", *NAMES).stdout == "lo\n"
    assert nlvirt("run", "--table", "loopback", *NAMES).stdout == "lo\n"
    with file_with("[link eth7]\naddresses=192.0.2.7/24\n") as file:
        assert nlvirt("run", "--table", file.name, *NAMES).stdout == "lo eth7\n"


def check():
    with file_with("[link eth7]\nmtu=many\n") as wrong, file_with("[link eth7]\n") as right:
        result = nlvirt("check", right.name, wrong.name)
        assert result.returncode == 1 and result.stdout.startswith(f"{wrong.name}:2: [link eth7] mtu: ")
        assert len(result.stdout.splitlines()) == 1
        assert nlvirt("check", right.name).returncode == 0
        assert nlvirt("run", "--table", wrong.name, "true").returncode == 125
    assert nlvirt("check", "/nonexistent/x.nlvirt").returncode == 125


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
        check,
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
