# SPDX-License-Identifier: LGPL-2.1-or-later

"""Puts programs that the distribution does not have ready into one folder:
those of our own, built, and those of a language's registry or of a package
that would change the machine if it were installed."""

import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "programs")
CLIENTS = os.path.join(os.path.dirname(HERE), "clients")

# What the build of the tests makes, relative to tests/.
MESON_TARGETS = ["clients/probe-names", "clients/probe-names-musl", "clients/probe-mnl"]
# Daemons, which would run on this machine, and modules that become part of
# its lookups: unpacked, not installed.
UNPACKED = ["bird2", "libnss-myhostname", "liblzo2-2", "libpkcs11-helper1", "openvpn", "passt"]
NPM_PACKAGES = ["bun@1.2.2", "deno@2.1.9"]
PYTHON_PACKAGES = ["ifaddr==0.2.0"]


def run(command, **options):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **options)


def flags_of(library):
    asked = ["pkg-config", "--cflags", "--libs", library]
    return subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def build_meson(out):
    for name in MESON_TARGETS:
        if not os.path.exists(os.path.join(out, os.path.basename(name))):
            raise OSError(f"{name} is not part of the build")


def build_c(out):
    source = os.path.join(PROGRAMS, "libnl-caches.c")
    run(["cc", "-O2", source, "-o", os.path.join(out, "libnl-caches"), *flags_of("libnl-route-3.0")])


def build_qt(out):
    source = os.path.join(PROGRAMS, "qt.cpp")
    run(["c++", "-O2", "-fPIC", source, "-o", os.path.join(out, "qt"), *flags_of("Qt5Network")])


def build_mono(out):
    run(["mcs", "-out:" + os.path.join(out, "interfaces.exe"), os.path.join(PROGRAMS, "interfaces.cs")])


def build_go(out):
    environment = dict(os.environ, CGO_ENABLED="0")
    for folder, name in ((os.path.join(CLIENTS, "go"), "probe-go"), (os.path.join(PROGRAMS, "go"), "corpus-go")):
        run(["go", "build", "-o", os.path.join(out, name), "."], cwd=folder, env=environment)


def build_rust(out):
    """In a copy: the lock file names more than anyone wants to read."""
    copy = os.path.join(out, "rust")
    shutil.copytree(os.path.join(PROGRAMS, "rust"), copy, ignore=shutil.ignore_patterns("target", "Cargo.lock"))
    run(["cargo", "build", "--quiet"], cwd=copy)
    shutil.move(os.path.join(copy, "target", "debug", "corpus-rust"), out)
    shutil.rmtree(copy)


def build_npm(out):
    run(["npm", "install", "--silent", "--prefix", out, *NPM_PACKAGES])


def build_pip(out):
    pip = ["/usr/bin/python3", "-m", "pip", "install", "--quiet", "--root-user-action=ignore"]
    run([*pip, "--target", os.path.join(out, "python"), *PYTHON_PACKAGES])


def unpack(out):
    run(["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", *UNPACKED], cwd=out)
    for name in os.listdir(out):
        if name.endswith(".deb"):
            run(["dpkg-deb", "--extract", os.path.join(out, name), os.path.join(out, "unpacked")])
            os.remove(os.path.join(out, name))


BUILDERS = {
    "c": build_c,
    "go": build_go,
    "meson": build_meson,
    "mono": build_mono,
    "npm": build_npm,
    "pip": build_pip,
    "qt": build_qt,
    "rust": build_rust,
    "unpack": unpack,
}


def copy_scripts(out):
    for folder in (PROGRAMS, CLIENTS):
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                shutil.copy(path, out)


def build_all(programs, out, say):
    """The names of the programs that could not be built."""
    failed = []
    copy_scripts(out)
    for builder in sorted({program.builder for program in programs if program.builder}):
        say("building", builder)
        try:
            BUILDERS[builder](out)
        except (OSError, subprocess.CalledProcessError) as reason:
            say(f"not built: {builder}: {reason}")
            failed += [program.name for program in programs if program.builder == builder]
    return failed
