# SPDX-License-Identifier: LGPL-2.1-or-later

"""Builds the programs of the corpus that are our own, or of a language's own
package registry, into one folder."""

import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "programs")
CLIENTS = os.path.join(os.path.dirname(HERE), "clients")

# What the build of the tests has made, relative to tests/.
MESON_TARGETS = ["clients/probe-names", "clients/probe-names-musl", "clients/probe-mnl"]


def run(command, **options):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **options)


def build_meson(out):
    """They are there already."""


def build_go(out):
    environment = dict(os.environ, CGO_ENABLED="0")
    run(["go", "build", "-o", os.path.join(out, "probe-go"), "."], cwd=os.path.join(CLIENTS, "go"), env=environment)


def copy_scripts(out):
    for folder in (PROGRAMS, CLIENTS):
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                shutil.copy(path, out)


BUILDERS = {
    "meson": build_meson,
    "go": build_go,
}


def build_all(programs, out, say):
    """The names of the programs that could not be built."""
    failed = []
    copy_scripts(out)
    for builder in sorted({program.builder for program in programs if program.builder}):
        try:
            BUILDERS[builder](out)
        except (OSError, subprocess.CalledProcessError) as reason:
            say(f"not built: {builder}: {reason}")
            failed += [program.name for program in programs if program.builder == builder]
    return failed
