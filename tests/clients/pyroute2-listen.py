#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Every event as pyroute2 hears it, in one line each."""

from pyroute2 import IPRoute

# Counters, and what is told of the machine and not of the network.
LEFT_OUT = ("IFLA_STATS", "IFLA_STATS64", "RTA_CACHEINFO", "IFA_CACHEINFO", "NDA_CACHEINFO", "NDA_PROBES", "IFLA_AF_SPEC")


def words(message):
    yield message["event"]
    yield f"flags {message['header']['flags']:#x} port {message['header']['pid'] != 0}"
    for key, value in message.items():
        if key not in ("attrs", "header", "event", "value", "__align"):
            yield f"{key} {value}"
    for name, value in message["attrs"]:
        if name not in LEFT_OUT:
            yield f"{name} {value}"


with IPRoute() as route:
    route.bind()
    print("listening", flush=True)
    while True:
        for message in route.get():
            print(*words(message), sep=", ", flush=True)
