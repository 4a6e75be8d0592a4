#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Native beside nlvirt, measured by turns in one run; medians."""

import os
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from lib.world import World, run  # noqa: E402

ROUNDS = 5
FREE = "as native"
TARGETS = {
    "close": FREE,
    "read": FREE,
    "write": FREE,
    "recvmsg": FREE,
    "getsockopt": FREE,
    "getsockopt-at-1000": "(a watched number)",
    "getifaddrs": "3 to 4 x",
}


def numbers(result):
    assert result.status == 0, str(result)
    rows = (line.split() for line in result.output.splitlines())
    return {row[0]: float(row[1]) for row in rows}


def print_row(name, native, ours, unit, target=""):
    print(f"{name:24}{native:12.1f}{ours:12.1f} {unit:4}{ours / native:8.2f} x  {target}", flush=True)


def by_turns(native, ours):
    """Medians of what the two functions return, called by turns."""
    native_values, our_values = [], []
    for _ in range(ROUNDS):
        native_values.append(native())
        our_values.append(ours())
    return native_values, our_values


def medians(samples):
    return {name: statistics.median(sample[name] for sample in samples) for name in samples[0]}


def calls(world, user):
    program = world.probe("bench/bench-calls")
    loopback = {"table": "loopback"}
    for arguments in ([], ["getifaddrs"]):
        command = [program, *arguments]
        native, ours = by_turns(
            lambda: numbers(world.native(command, user)), lambda: numbers(world.virtual(command, user, **loopback))
        )
        native, ours = medians(native), medians(ours)
        for name, value in native.items():
            print_row(name, value, ours[name], "ns", TARGETS[name])


def start_up(world, user):
    def timed(runner, command):
        start = time.perf_counter()
        result = runner(command, user)
        assert result.status == 0, str(result)
        return (time.perf_counter() - start) * 1e3

    samples = [
        by_turns(lambda: timed(world.native, ["env", "true"]), lambda: timed(world.virtual, ["true"])) for _ in range(4)
    ]
    native = statistics.median(value for sample in samples for value in sample[0])
    ours = statistics.median(value for sample in samples for value in sample[1])
    print_row("start and end of true", native, ours, "ms")


def routes(world, user):
    """Added one by one, then dumped; natively in a namespace for each turn."""
    count = os.environ.get("NLVIRT_BENCH_ROUTES", "100000")
    program = world.probe("bench/bench-routes")
    command = [program, count]
    fresh = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]
    writing = {"table": "loopback", "options": ["--access", "read-write"], "timeout": 300}
    if "read-write" not in world.virtual(["true"], user, options=["--help"]).output:
        print("route-add, route-dump: nlvirt offers no read-write access")
        return
    ours = numbers(world.virtual(command, user, **writing))
    native = numbers(world.native(fresh, user, timeout=300)) if world.root else {}
    for name, target in (("route-add", "1 to 1.5 x"), ("route-dump", "0.5 to 1 x")):
        if native:
            print_row(f"{name} of {count}", native[name], ours[name], "ns", target)
        else:
            print(f"{name} of {count}: {ours[name]} ns (native needs root)")
    print(f"memory for a route: {ours['bytes']:.0f} bytes (the kernel 104; at most that)")


def route_store(world):
    """The model alone, and a file of as many routes read."""
    count = os.environ.get("NLVIRT_BENCH_ROUTES", "100000")
    result = run([world.probe("bench/bench-fib"), count], env=world.environment)
    assert result.status == 0, str(result)
    kinds = {}
    for line in result.output.splitlines():
        name, value, unit = line.split()
        kind, _, what = name.rpartition("-")
        kinds.setdefault(kind, []).append(f"{what} {value} {unit}")
    for kind, values in kinds.items():
        print(f"{count} routes, {kind}: {', '.join(values)}")
    with tempfile.NamedTemporaryFile("w", suffix=".nlvirt") as file:
        file.write("[link eth0]\naddresses=192.0.2.10/24\n")
        for i in range(int(count)):
            file.write(f"[route {i}]\ndestination=10.{i >> 16}.{i >> 8 & 255}.{i & 255}/32\ndevice=eth0\n")
        file.flush()
        start = time.perf_counter()
        result = run([world.tool, "check", file.name], env=world.environment)
        assert result.status == 0, str(result)
        print(f"{count} routes, read from a file: {(time.perf_counter() - start) * 1e9 / int(count):.0f} ns")


def sessions(world):
    command = [world.probe("bench/bench-sessions"), world.probe("clients/probe-wait"), world.probe("bench/bench-calls")]
    result = run(command, env=world.environment)
    assert result.status == 0, str(result)
    *rows, last = [line.split() for line in result.output.splitlines()]
    for row in rows:
        print(f"supervisor, {row[0]:>3} sessions: {row[1]:>7} KiB resident, {row[2]:>7} KiB proportional")
    growth = (int(rows[-1][1]) - int(rows[-2][1])) / (int(rows[-1][0]) - int(rows[-2][0]))
    print(f"each further session: {growth:.1f} KiB resident")
    print(f"getifaddrs beside 200 sessions: {last[1]} ns (should be as with one)")


def main():
    world = World()
    user = world.users[0]
    try:
        world.enter_empty()
        print(f"{'':24}{'native':>12}{'nlvirt':>12}{'ratio':>13}    target")
        calls(world, user)
        start_up(world, user)
        routes(world, user)
        route_store(world)
        sessions(world)
    finally:
        world.close()


if __name__ == "__main__":
    main()
