# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nlvirt.Supervisor and Nlvirt.Session from Python."""

import socket
import sys

import tap

Gio, GLib, Nlvirt = tap.import_nlvirt()

NAMES = [sys.executable, "-c", "import socket; print(*[name for _, name in socket.if_nameindex()])"]


def spawn():
    supervisor = Nlvirt.Supervisor()
    session = supervisor.spawn(Nlvirt.Table.new_loopback(), NAMES, Gio.SubprocessFlags.STDOUT_PIPE)
    assert list(supervisor.get_sessions()) == [session]
    assert session.communicate_utf8(None, None) == (True, "lo\n", None)
    assert session.get_successful() and session.get_exit_status() == 0
    while not session.has_ended():
        GLib.MainContext.default().iteration(True)
    assert len(supervisor.get_sessions()) == 0


def temporary_supervisor():
    session = Nlvirt.Supervisor().spawn(Nlvirt.Table.new_loopback(), NAMES, Gio.SubprocessFlags.STDOUT_PIPE)
    assert session.communicate_utf8(None, None)[1] == "lo\n"


def asynchronous():
    loop = GLib.MainLoop()
    outputs = []

    def done(session, result):
        outputs.append(session.communicate_utf8_finish(result))
        loop.quit()

    supervisor = Nlvirt.Supervisor()
    session = supervisor.spawn(Nlvirt.Table.new_loopback(), NAMES, Gio.SubprocessFlags.STDOUT_PIPE)
    session.communicate_utf8_async(None, None, done)
    loop.run()
    assert outputs == [(True, "lo\n", None)]


def signals():
    heard = []
    supervisor = Nlvirt.Supervisor()
    session = supervisor.spawn(Nlvirt.Table.new_loopback(), NAMES, Gio.SubprocessFlags.STDOUT_SILENCE)
    session.connect("socket-opened", lambda session, number, pid: heard.append("opened"))
    session.connect("message", lambda session, number, direction, data: heard.append((direction, data.get_size())))
    session.connect("ended", lambda session: heard.append("ended"))
    while "ended" not in heard:
        GLib.MainContext.default().iteration(True)
    assert heard[0] == "opened" and heard[-1] == "ended"
    assert heard[1][0] == Nlvirt.MessageDirection.REQUEST
    assert any(entry[0] == Nlvirt.MessageDirection.REPLY and entry[1] > 16 for entry in heard[1:-1])


def access():
    table = Nlvirt.Table.new_loopback()
    session = Nlvirt.Supervisor().spawn(table, NAMES, Gio.SubprocessFlags.STDOUT_SILENCE)
    heard = []
    session.connect("notify::table", lambda session, pspec: heard.append(session.get_table()))
    assert session.props.access == Nlvirt.Access.READ_ONLY
    session.props.access = Nlvirt.Access.SHARED
    assert session.get_access() == Nlvirt.Access.SHARED and session.props.table == table
    session.set_access(Nlvirt.Access.READ_WRITE)
    assert heard == [session.props.table] and heard != [table]
    assert session.props.table.to_data().equal(table.to_data())
    assert session.wait(None)


def failures():
    session = Nlvirt.Supervisor().spawn(Nlvirt.Table.new_loopback(), NAMES, Gio.SubprocessFlags.STDERR_PIPE)
    failure = Nlvirt.Failure.new_from_string("RTM_GETLINK=EBUSY:1")
    late = Nlvirt.Failure.new_delay(Nlvirt.message_type_from_string("RTM_GETADDR"), 5)
    session.add_failure(late)
    session.add_failure(failure)
    assert list(session.get_failures()) == list(session.props.failures) == [late, failure]
    assert session.remove_failure(late) and not session.remove_failure(late)
    assert failure.props.kind == Nlvirt.FailureKind.ERROR and failure.props.limit == 1
    assert "Device or resource busy" in session.communicate_utf8(None, None)[2]
    assert failure.props.hits == 1 and late.props.hits == 0
    assert failure.to_string() == "RTM_GETLINK=EBUSY:1"
    try:
        Nlvirt.Failure.new_from_string("RTM_GETLINK")
    except GLib.Error as error:
        assert error.matches(Nlvirt.error_quark(), Nlvirt.Error.INVALID)
    else:
        raise AssertionError("no error")


def launcher():
    launcher = Gio.SubprocessLauncher.new(Gio.SubprocessFlags.STDOUT_PIPE)
    launcher.setenv("COLOUR", "green", True)
    session = Nlvirt.Supervisor().spawn_with_launcher(
        launcher, Nlvirt.Table.new_loopback(), ["sh", "-c", "echo $COLOUR"]
    )
    assert session.communicate_utf8(None, None)[1] == "green\n"


def errors():
    supervisor = Nlvirt.Supervisor()
    try:
        supervisor.spawn(Nlvirt.Table.new_loopback(), ["/nonexistent/program"], 0)
    except GLib.Error as error:
        assert error.matches(GLib.spawn_error_quark(), GLib.SpawnError.NOENT)
    else:
        raise AssertionError("no error")
    ours, theirs = socket.socketpair()
    try:
        supervisor.adopt(ours.detach(), Nlvirt.Table.new())
    except GLib.Error as error:
        assert error.matches(Nlvirt.error_quark(), Nlvirt.Error.INVALID)
    else:
        raise AssertionError("no error")
    assert theirs.recv(1) == b""


sys.exit(tap.run(spawn, temporary_supervisor, asynchronous, signals, access, failures, launcher, errors))
