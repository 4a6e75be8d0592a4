#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What GLib's network monitor is, and whether it takes the network for there."""

import os

os.environ["GIO_USE_NETWORK_MONITOR"] = "netlink"

from gi.repository import Gio  # noqa: E402

monitor = Gio.NetworkMonitor.get_default()
print(type(monitor).__gtype__.name, "available:", monitor.get_network_available())
