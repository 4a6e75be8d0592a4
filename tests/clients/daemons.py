#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Real daemons that configure a network, unprivileged in `nlvirt run --access
read-write`: each reaches its goal, which the saved network shows. As root, each
also configures the same network for real, and the kernel has the same then."""

import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from clients.twin import Twin, as_ethernet  # noqa: E402
from lib.tap import Skip, Tap, skip_all  # noqa: E402
from lib.world import World, find, run  # noqa: E402

# What is compared of a network that was configured.
VIEWS = [
    "ip addr",
    "ip route show table all",
    "ip -6 route show table all",
    "ip rule",
    "ip -6 rule",
]

# For all scripts. They run in a directory of their own, with the programs that
# a case names in variables ($BIRD). $ROOT runs a command as a user who is root
# to himself, $SHUT one that must not write anything.
PRELUDE = """
until_shows ()
{
  pattern=$1
  shift
  tries=0
  until "$@" | grep -q "$pattern"; do
    tries=$((tries + 1))
    if [ $tries -gt 100 ]; then
      echo "after 10 s no $pattern in $*:" >&2
      "$@" >&2
      exit 9
    fi
    sleep 0.1
  done
}
settled ()
{
  while ip -6 addr show tentative | grep -q inet6; do sleep 0.1; done
}
"""


class Case:
    """One daemon. @programs are what it needs, @files its configuration,
    @script what starts it and waits until it has reached its goal, and @shows
    pairs of a command and a pattern that its output then has. @unlike matches
    what the kernel has otherwise."""

    def __init__(self, name, programs, files, script, shows, unlike=None):
        self.name = name
        self.programs = programs
        self.files = files
        self.script = script
        self.shows = shows
        self.unlike = unlike


BIRD = """
log stderr all;
router id 192.0.2.10;
protocol device { scan time 1; }
protocol kernel { ipv4 { export where source = RTS_STATIC; }; learn; persist; scan time 1; metric 32; }
protocol kernel { ipv6 { export where source = RTS_STATIC; }; persist; scan time 1; metric 32; }
protocol static {
  ipv4;
  route 198.51.100.0/24 via 192.0.2.7;
  route 203.0.113.0/24 blackhole;
  route 10.0.0.0/8 via 192.0.2.7 weight 1 via 192.0.2.8 weight 2;
}
protocol static { ipv6; route 2001:db8:7::/48 via 2001:db8::7; }
"""

# What it is told later.
BIRD_LATER = BIRD.replace("203.0.113.0/24 blackhole", "203.0.113.0/24 via 192.0.2.9").replace("10.0.0.0/8", "10.0.0.0/9")

KEEPALIVED = """
static_ipaddress {
  198.51.100.10/24 brd + dev eth0 scope global
}
static_routes {
  203.0.113.0/24 via 198.51.100.7 dev eth0 metric 7
}
static_rules {
  from 198.51.100.10 table 100 preference 1000
}
"""

INTERFACES = """
auto eth0
iface eth0 inet static
  address 198.51.100.10/24
  mtu 1400
  up ip route add 203.0.113.0/24 via 198.51.100.7
  up ip rule add from 198.51.100.10 lookup 100
  up ip route add default via 198.51.100.1 table 100

iface eth0 inet6 static
  address 2001:db8:1::10/64
  gateway 2001:db8:1::1
  accept_ra 2
  preferred-lifetime 0
"""

# Keys are told of by another netlink family. The rest of wg-quick is as it is.
# Where the kernel knows no WireGuard, its "userspace implementation" makes some
# other link.
WG = """#!/bin/sh
case "$1 $3" in
  "show fwmark") echo 0xca6c ;;
  "show allowed-ips") printf 'key 10.7.0.0/16 198.51.100.0/24\\nkey fd00:7::/32\\n' ;;
  "show endpoints") printf 'key 192.0.2.99:51820\\n' ;;
esac
"""
WIREGUARD_GO = '#!/bin/sh\nip link add "$1" address 02:00:5e:00:53:70 type ifb\n'
WG_CONFIG = """[Interface]
Address = 10.7.0.2/24, fd00:7::2/64
Table = 51820
PostUp = ip rule add not fwmark 51820 table 51820
PostUp = ip rule add table main suppress_prefixlength 0
PostUp = ip -6 rule add not fwmark 51820 table 51820
"""

CASES = [
    Case(
        "bird",
        ["bird"],
        {"bird.conf": BIRD, "later.conf": BIRD_LATER},
        """
        "$BIRD" -f -c bird.conf -s bird.ctl -P bird.pid & pid=$!
        trap 'kill -KILL $pid' EXIT
        until_shows 2001:db8:7::/48 ip -6 route
        until_shows 10.0.0.0/8 ip route
        # It sees that somebody took a route away.
        ip route del 198.51.100.0/24
        mv -f later.conf bird.conf
        kill -HUP $pid
        until_shows 10.0.0.0/9 ip route
        until_shows 198.51.100.0/24 ip route
        trap - EXIT
        kill -TERM $pid
        wait $pid
        """,
        [
            ("ip route", r"198\.51\.100\.0/24 via 192\.0\.2\.7 dev eth0 proto bird metric 32"),
            ("ip route", r"203\.0\.113\.0/24 via 192\.0\.2\.9 dev eth0 proto bird metric 32"),
            ("ip route", r"10\.0\.0\.0/9 proto bird metric 32 \n\tnexthop via 192\.0\.2\.8 dev eth0 weight 2 "),
            ("ip -6 route", r"2001:db8:7::/48 via 2001:db8::7 dev eth0 proto bird metric 32"),
        ],
    ),
    Case(
        "keepalived",
        ["keepalived"],
        {"keepalived.conf": KEEPALIVED},
        """
        "$KEEPALIVED" -n -l -P -f keepalived.conf -p keepalived.pid -r vrrp.pid & pid=$!
        trap 'kill -KILL $pid $(cat vrrp.pid)' EXIT
        until_shows 198.51.100.10 ip rule
        # It would take everything back.
        trap - EXIT
        kill -KILL $(cat vrrp.pid) $pid
        """,
        [
            ("ip addr", r"inet 198\.51\.100\.10/24 brd 198\.51\.100\.255 scope global eth0"),
            ("ip route", r"203\.0\.113\.0/24 via 198\.51\.100\.7 dev eth0 proto keepalived metric 7"),
            ("ip rule", r"1000:\tfrom 198\.51\.100\.10 lookup 100 proto keepalived"),
        ],
    ),
    Case(
        "ifup and ifdown",
        ["ifup"],
        {"interfaces": INTERFACES},
        """
        up () { "$IFUP" --no-scripts --state-dir=. -i interfaces "$@"; }
        ln -s "$IFUP" ifdown
        down () { ./ifdown --no-scripts --state-dir=. -i interfaces "$@"; }
        ip route del default
        ip -6 route del default
        up -a
        down eth0
        until_shows DOWN ip link show dev eth0
        up eth0
        settled
        """,
        [
            ("ip addr", r"eth0: <\S*UP,LOWER_UP> mtu 1400 "),
            ("ip addr", r"inet 198\.51\.100\.10/24 brd 198\.51\.100\.255 scope global eth0"),
            ("ip addr", r"inet6 2001:db8:1::10/64 scope global deprecated"),
            ("ip route show table 100", r"default via 198\.51\.100\.1 dev eth0"),
            ("ip rule", r"from 198\.51\.100\.10 lookup 100"),
            ("ip -6 route", r"default via 2001:db8:1::1 dev eth0 metric 1024 onlink"),
        ],
    ),
    Case(
        "dhclient-script",
        ["dhclient-script"],
        {},
        """
        script () { $SHUT env interface=eth0 "$@" /bin/sh "$DHCLIENT_SCRIPT"; }
        ip addr flush dev eth0
        script reason=PREINIT
        new="new_subnet_mask=255.255.255.0 new_broadcast_address=198.51.100.255 new_dhcp_lease_time=3600"
        script reason=BOUND $new new_ip_address=198.51.100.9 new_routers=198.51.100.1
        old="old_subnet_mask=255.255.255.0 old_ip_address=198.51.100.9"
        script reason=REBIND $old $new new_ip_address=198.51.100.10 new_routers=198.51.100.1
        script reason=BOUND6 new_ip6_address=2001:db8:1::10/64 \\
          new_max_life=7200 new_preferred_life=3600
        settled
        """,
        [
            ("ip addr", r"inet 198\.51\.100\.10/24 brd 198\.51\.100\.255 scope global dynamic eth0\n +valid_lft 3[56]\d\dsec"),
            ("ip route", r"default via 198\.51\.100\.1 dev eth0"),
            ("ip addr", r"inet6 2001:db8:1::10/64 scope global dynamic"),
        ],
    ),
    Case(
        "wg-quick",
        ["wg-quick"],
        {"wg": WG, "wireguard-go": WIREGUARD_GO, "wg0.conf": WG_CONFIG},
        """
        # It takes the wg that is beside it.
        cp "$WG_QUICK" wg-quick
        export WG_QUICK_USERSPACE_IMPLEMENTATION="$PWD/wireguard-go"
        $ROOT bash ./wg-quick up ./wg0.conf
        settled
        """,
        [
            ("ip addr", r"wg0: <\S*UP,LOWER_UP> mtu 1420 "),
            ("ip addr", r"inet 10\.7\.0\.2/24 scope global wg0"),
            ("ip route show table 51820", r"198\.51\.100\.0/24 dev wg0"),
            ("ip -6 route show table 51820", r"fd00:7::/32 dev wg0"),
            ("ip rule", r"not from all fwmark 0xca6c lookup 51820"),
            ("ip rule", r"from all lookup main suppress_prefixlength 0"),
        ],
        # What stands in for wireguard in the kernel is a tun, which makes an address of its own.
        unlike=r"3: wg0: .*\n.*\n|.* fe80::.*\n(?: valid_lft .*\n)?|(fe80::/64|.*ff00::/8) dev wg0 .*\n|.*anycast.*\n",
    ),
]


def normal(text, command, unlike):
    """Without what differs from second to second."""
    text = re.sub(r" (valid_lft|preferred_lft|expires) \d+sec", r" \1 Nsec", " " + as_ethernet(text, command))
    return re.sub(unlike, "", text) if unlike else text


class Runner:
    def __init__(self, world):
        self.world = world
        self.user = "nobody" if world.root else "user"
        self.unpacked = os.environ.get("NLVIRT_DAEMONS") or os.path.join(world.build, "daemons")
        self._stage_libraries()

    def _stage_libraries(self):
        """What was unpacked and not installed finds its libraries in the stage."""
        for folder, _, names in os.walk(os.path.join(self.unpacked, "usr/lib")):
            for name in names:
                if re.search(r"\.so(\.|$)", name) and re.search(r"/usr/lib/[^/]+$", folder):
                    shutil.copy(os.path.join(folder, name), self.world.stage)

    def program(self, name):
        """@name as it is installed, or as it was unpacked by tests/run.sh."""
        for folder in ("usr/sbin", "sbin", "usr/bin"):
            path = os.path.join(self.unpacked, folder, name)
            if os.path.exists(path):
                target = os.path.join(self.world.stage, name)
                if not os.path.exists(target):
                    shutil.copy(path, target)
                    os.chmod(target, 0o755)
                return target
        return find(name)

    def script(self, case, where, root):
        """The command that runs @case in a directory of its own."""
        folder = os.path.join(self.world.stage, f"{case.name.replace(' ', '-')}-{where}")
        os.mkdir(folder)
        os.chmod(folder, 0o777)
        for name, text in [*case.files.items(), ("script", PRELUDE + case.script)]:
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(path, 0o755 if text.startswith("#!") else 0o644)
        variables = {"ROOT": root, "SHUT": f"{find('bwrap')} --ro-bind / / --dev /dev"}
        for name in case.programs:
            variables[name.upper().replace("-", "_")] = self.program(name)
        settings = [f"{name}={value}" for name, value in variables.items()]
        return ["env", "-C", folder, *settings, "sh", "-eu", "script"]

    def saved_path(self, case):
        folder = os.path.join(self.world.stage, "saved")
        if not os.path.isdir(folder):
            os.mkdir(folder)
            os.chmod(folder, 0o777)
        return os.path.join(folder, case.name.replace(" ", "-") + ".nlvirt")

    def show(self, saved, command):
        """What @command says of a saved network."""
        result = self.world.virtual([find("ip"), *command.split()[1:]], self.user, table=saved)
        assert result.status == 0, str(result)
        return result.output

    def check(self, case):
        saved = self.saved_path(case)
        mapped = f"{find('bwrap')} --unshare-user --uid 0 --gid 0 --dev-bind / /"
        command = self.script(case, "virtual", mapped)
        result = self.world.virtual(command, self.user, options=["--access", "read-write", "--save", saved])
        assert result.status == 0, str(result)
        leaks = self.world.leaks(result.output + result.errors)
        assert not leaks, f"shows the host's {leaks}: {result}"
        checked = run([self.world.tool, "check", saved], env=self.world.environment)
        assert checked.status == 0, str(checked)
        for command, pattern in case.shows:
            output = self.show(saved, command)
            assert re.search(pattern, output), f"no {pattern} in {command}:\n{output}"

    def compare(self, case):
        """The kernel's network after the same, beside what was saved."""
        command, saved = self.script(case, "real", ""), self.saved_path(case)
        assert os.path.exists(saved), "nothing was saved"
        twin = Twin(self.world)
        try:
            done = twin.run(command, "root")
            assert done.status == 0, str(done)
            for view in VIEWS:
                expected = normal(twin.run([find("ip"), *view.split()[1:]], "root").output, view, case.unlike)
                got = normal(self.show(saved, view), view, case.unlike)
                assert got == expected, f"{view}: got\n{got}\nthe kernel's\n{expected}"
        finally:
            twin.close()

    def readme(self):
        """The example of README.md, as it stands there."""
        with open(os.path.join(self.world.source, "README.md"), encoding="utf-8") as file:
            section = file.read().split("\n## A daemon in a network of its own\n")[1].split("\n## ")[0]
        config, session = re.findall(r"```\w*\n(.*?)```", section, re.DOTALL)
        folder = os.path.join(self.world.stage, "readme")
        os.makedirs(os.path.join(folder, "data/networks"))
        os.chmod(folder, 0o777)
        shutil.copy(self.world.home, os.path.join(folder, "data/networks"))
        with open(os.path.join(folder, "bird.conf"), "w", encoding="utf-8") as file:
            file.write(config)
        path = f"{self.world.stage}:{os.path.dirname(self.program('bird'))}:{self.world.environment['PATH']}"
        for command, expected in re.findall(r"^\$ (.*)\n((?:[^$].*\n)*)", session, re.MULTILINE):
            result = self.world.native(["env", "-C", folder, f"PATH={path}", "sh", "-c", command], self.user)
            output = re.sub(r" +$", "", result.output, flags=re.MULTILINE)
            assert output == expected, f"{result}\nexpected\n{expected}"


def main():
    tap = Tap()
    try:
        world = World()
    except Skip as reason:
        skip_all(reason)
    try:
        world.enter()
        runner = Runner(world)
        for case in CASES:
            tap.test(f"{case.name}: the network that it saves", runner.check, case)
            if world.root:
                tap.test(f"{case.name}: the same as the kernel's", runner.compare, case)
        tap.test("the example of README.md", runner.readme)
    finally:
        world.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
