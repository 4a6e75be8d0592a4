#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What GLib's network monitor is, and whether it takes the network for there.
With the argument "watch" it goes on and tells when that changes."""

import os
import sys

os.environ["GIO_USE_NETWORK_MONITOR"] = "netlink"

from gi.repository import Gio, GLib  # noqa: E402


def tell(monitor, *_):
    print(type(monitor).__gtype__.name, "available:", monitor.get_network_available(), flush=True)


monitor = Gio.NetworkMonitor.get_default()
tell(monitor)
if sys.argv[1:] == ["watch"]:
    monitor.connect("notify::network-available", tell)
    GLib.MainLoop().run()
