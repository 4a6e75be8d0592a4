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
ROUTE_TARGETS = {
    "route-add": "1 to 1.5 x",
    "route-replace": "",
    "route-delete-add": "",
    "route-dump": "0.5 to 1 x",
}
# 1000000 says more, and takes some minutes.
COUNT = int(os.environ.get("NLVIRT_BENCH_ROUTES", "50000"))
SUBSCRIBERS = 1000
CHANGES = 1000
WRITING = {"table": "loopback", "options": ["--access", "read-write"]}
TIMEOUT = 600


def numbers(result):
    assert result.status == 0, str(result)
    rows = (line.split() for line in result.output.splitlines())
    return {row[0]: float(row[1]) for row in rows}


def print_row(name, native, ours, unit, target=""):
    print(f"{name:24}{native:12.1f}{ours:12.1f} {unit:4}{ours / native:8.2f} x  {target}", flush=True)


def by_turns(native, ours, rounds=ROUNDS):
    """Medians of what the two functions return, called by turns."""
    native_values, our_values = [], []
    for _ in range(rounds):
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


def fresh(command):
    """@command in a network namespace of its own."""
    return ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]


def run_both(world, user, command):
    """What it prints natively (nothing, unless root) and under nlvirt."""
    ours = numbers(world.virtual(command, user, timeout=TIMEOUT, **WRITING))
    native = numbers(world.native(fresh(command), user, timeout=TIMEOUT)) if world.root else {}
    return native, ours


def print_both(native, ours, targets):
    for name, target in targets.items():
        if name in native:
            print_row(name, native[name], ours[name], "ns", target)
        else:
            print(f"{name:24}{'(root)':>12}{ours[name]:12.1f} ns", flush=True)


def batch(world, user):
    """`ip -batch`, in the turns that its time allows."""
    path = os.path.join(world.stage, "batch")
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"route add 10.{i >> 16}.{i >> 8 & 255}.{i & 255}/32 dev lo\n" for i in range(COUNT))
    command = ["ip", "-batch", path]

    def timed(runner, line, **options):
        start = time.perf_counter()
        result = runner(line, user, timeout=TIMEOUT, **options)
        assert result.status == 0, str(result)[:2000]
        return {"ip -batch route add": (time.perf_counter() - start) * 1e9 / COUNT}

    native, ours = by_turns(
        lambda: timed(world.native, fresh(command)) if world.root else {},
        lambda: timed(world.virtual, command, **WRITING),
        ROUNDS if COUNT <= 100000 else 1,
    )
    print_both(medians(native), medians(ours), {"ip -batch route add": "1 to 1.5 x"})


def routes(world, user):
    """Added one by one, changed, dumped."""
    print(f"of {COUNT} routes, for each:")
    batch(world, user)
    native, ours = run_both(world, user, [world.probe("bench/bench-routes"), str(COUNT)])
    print_both(native, ours, ROUTE_TARGETS)
    print(f"memory for a route: {ours['bytes']:.0f} bytes (the kernel 104; at most that)")


def events(world, user):
    command = [world.probe("bench/bench-events"), str(SUBSCRIBERS), str(CHANGES)]
    native, ours = run_both(world, user, command)
    print(f"{SUBSCRIBERS} subscribers, {CHANGES} changes, for each of their events:")
    print_both(native, ours, {"event-tell": "", "event-read": ""})
    print(f"lost: {ours['lost']:.0f}")
    assert ours["lost"] == 0, "events were lost"


def route_store(world):
    """The model alone, and a file of as many routes read."""
    result = run([world.probe("bench/bench-fib"), str(COUNT)], env=world.environment, timeout=TIMEOUT)
    assert result.status == 0, str(result)
    kinds = {}
    for line in result.output.splitlines():
        name, value, unit = line.split()
        kind, _, what = name.rpartition("-")
        kinds.setdefault(kind, []).append(f"{what} {value} {unit}")
    for kind, values in kinds.items():
        print(f"{COUNT} routes, {kind}: {', '.join(values)}")
    with tempfile.NamedTemporaryFile("w", suffix=".nlvirt") as file:
        file.write("[link eth0]\naddresses=192.0.2.10/24\n")
        for i in range(COUNT):
            file.write(f"[route {i}]\ndestination=10.{i >> 16}.{i >> 8 & 255}.{i & 255}/32\ndevice=eth0\n")
        file.flush()
        start = time.perf_counter()
        result = run([world.tool, "check", file.name], env=world.environment, timeout=TIMEOUT)
        assert result.status == 0, str(result)
        print(f"{COUNT} routes, read from a file: {(time.perf_counter() - start) * 1e9 / COUNT:.0f} ns", flush=True)


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
        events(world, user)
        route_store(world)
        sessions(world)
    finally:
        world.close()


if __name__ == "__main__":
    main()
