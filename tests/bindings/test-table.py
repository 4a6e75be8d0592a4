# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nlvirt.Table from Python."""

import sys

import tap

Gio, GLib, Nlvirt = tap.import_nlvirt()

HOME = b"""
[link eth0]
mac-address=02:00:00:00:00:01
addresses=192.0.2.10/24

[route default]
destination=default
gateway=192.0.2.1
"""


def links():
    table = Nlvirt.Table.new_loopback()
    assert [link.props.name for link in table.get_links()] == ["lo"]
    lo = table.get_link("lo")
    assert lo is table.get_links()[0]
    assert lo.props.mac_address == "00:00:00:00:00:00"
    assert lo.props.mtu == 65536 and lo.props.up
    assert lo.props.operational_state == Nlvirt.OperationalState.UNKNOWN
    assert lo.props.alt_names == []
    assert lo.props.table is table
    assert table.get_link("eth0") is None


def rows():
    table = Nlvirt.Table.new_from_data(HOME)
    addresses = [a.props.address.to_string() for a in table.get_addresses()]
    assert "192.0.2.10" in addresses
    (default,) = [r for r in table.get_routes() if r.props.destination.get_length() == 0]
    assert default.props.gateway.to_string() == "192.0.2.1"
    assert default.props.route_type == Nlvirt.RouteType.UNICAST
    assert [n.props.link_name for n in default.props.nexthops] == ["eth0"]
    assert default.to_string().startswith("default via 192.0.2.1 dev eth0")
    assert len(table.get_rules()) > 0 and len(table.get_neighbors()) == 0


def rules():
    """What a rule lacks in the network, as `ip rule` shows it."""
    table = Nlvirt.Table.new_from_data(HOME + b"[rule a]\nfamily=ipv4\npriority=9\niif=eth7\ngoto=99\n")
    rule = table.get_rules()[1]
    assert rule.to_string() == "9:\tfrom all iif eth7 [detached] goto 99 [unresolved] proto boot", rule.to_string()
    table.add_link("eth7", None)
    table.add_rule(Nlvirt.Rule.new(Gio.SocketFamily.IPV4, 99, 7))
    assert table.get_rules()[1].to_string() == "9:\tfrom all iif eth7 goto 99 proto boot"
    table.remove_rule(rule)
    table.add_rule(rule)
    assert table.get_rules()[1].props.flags == 0
    table.remove_rule(rule)
    assert table.get_rules()[1].props.priority == 99


def data():
    table = Nlvirt.Table.new_from_data(HOME)
    text = table.to_data().get_data()
    assert Nlvirt.Table.new_from_data(text).to_data().get_data() == text
    assert table.copy().to_data().get_data() == text


def errors():
    try:
        Nlvirt.Table.new_from_data(b"[link eth0]\nmac-address=zz\n")
    except GLib.Error as error:
        assert error.matches(Nlvirt.error_quark(), Nlvirt.Error.PARSE)
        assert error.message.startswith("data:2: [link eth0] mac-address: ")
    else:
        raise AssertionError("no error")


def uninitialised():
    """Objects that a language can make, though they are good for nothing."""
    for cls in (Nlvirt.Link, Nlvirt.Address, Nlvirt.Route, Nlvirt.Rule, Nlvirt.Neighbor, Nlvirt.Nexthop,
                Nlvirt.Fault, Nlvirt.Session):
        made = cls()
        for pspec in made.list_properties():
            made.get_property(pspec.name)
        if hasattr(made, "to_string"):
            assert isinstance(made.to_string(), str)


sys.exit(tap.run(links, rows, rules, data, errors, uninitialised))
