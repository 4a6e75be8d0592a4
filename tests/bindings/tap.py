# SPDX-License-Identifier: LGPL-2.1-or-later
"""A test run in the Test Anything Protocol."""

import sys
import traceback


def import_nlvirt():
    """Gio, GLib and Nlvirt; ends the run as skipped without PyGObject."""
    try:
        import gi
    except ImportError:
        print("1..0 # SKIP no PyGObject")
        sys.exit(0)
    gi.require_version("Nlvirt", "1")
    from gi.repository import Gio, GLib, Nlvirt

    return Gio, GLib, Nlvirt


def run(*tests):
    failed = 0
    print(f"1..{len(tests)}")
    for number, test in enumerate(tests, 1):
        try:
            test()
            print(f"ok {number} {test.__name__}", flush=True)
        except Exception:
            failed += 1
            for line in traceback.format_exc().splitlines():
                print("#", line)
            print(f"not ok {number} {test.__name__}", flush=True)
    return 1 if failed else 0
