# SPDX-License-Identifier: LGPL-2.1-or-later

"""Test Anything Protocol output for the drivers that run real programs."""

import traceback


class Skip(Exception):
    """Raised by a test that cannot run here; says why."""


class Tap:
    """Prints one TAP line for each test, and the plan at the end."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def test(self, name, function, *arguments):
        self.count += 1
        line = f"{self.count} - {name.replace('#', ' ')}"
        try:
            function(*arguments)
        except Skip as reason:
            print(f"ok {line} # SKIP {reason}", flush=True)
        except AssertionError as failure:
            self._not_ok(line, str(failure) or traceback.format_exc())
        except Exception:  # a broken test is a failed test, and the others still run
            self._not_ok(line, traceback.format_exc())
        else:
            print(f"ok {line}", flush=True)

    def _not_ok(self, line, why):
        self.failed += 1
        print(f"not ok {line}")
        for row in why.splitlines():
            print(f"#   {row}")
        print(end="", flush=True)

    def finish(self):
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed else 0


def skip_all(reason):
    """The whole program cannot run here."""
    print(f"1..0 # SKIP {reason}", flush=True)
    raise SystemExit(0)
