#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""All links through a bare AF_NETLINK socket, with the sender checked."""

import socket
import struct

NLMSG_ERROR, NLMSG_DONE, RTM_NEWLINK, RTM_GETLINK = 2, 3, 16, 18
NLM_F_REQUEST, NLM_F_MULTI, NLM_F_DUMP = 1, 2, 0x300
IFLA_ADDRESS, IFLA_IFNAME = 1, 3


def attributes(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        yield kind, data[4:length]
        data = data[(length + 3) & ~3 :]


def messages(data):
    while len(data) >= 16:
        length, kind, flags, seq, port = struct.unpack_from("=IHHII", data)
        yield kind, flags, seq, port, data[16:length]
        data = data[(length + 3) & ~3 :]


with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as sock:
    sock.bind((0, 0))
    mine, groups = sock.getsockname()
    assert mine and not groups
    body = struct.pack("=BxHiII", 0, 0, 0, 0, 0)
    sock.send(struct.pack("=IHHII", 16 + len(body), RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 42, 0) + body)
    done = False
    while not done:
        datagram, sender = sock.recvfrom(32768)
        assert sender == (0, 0), sender
        for kind, flags, seq, port, payload in messages(datagram):
            assert kind != NLMSG_ERROR and flags & NLM_F_MULTI and seq == 42 and port == mine
            done = done or kind == NLMSG_DONE
            if kind == RTM_NEWLINK:
                found = dict(attributes(payload[16:]))
                index = struct.unpack_from("=i", payload, 4)[0]
                print(index, found[IFLA_IFNAME].rstrip(b"\0").decode(), found[IFLA_ADDRESS].hex(":"))
