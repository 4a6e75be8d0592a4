// SPDX-License-Identifier: LGPL-2.1-or-later

// The library from Vala: that it compiles says most.

async string ask (Nlvirt.Supervisor supervisor, Nlvirt.Table table) throws GLib.Error {
  string output;
  var session = supervisor.spawn (table, { "/bin/sh", "-c", "echo asked" }, GLib.SubprocessFlags.STDOUT_PIPE);

  yield session.communicate_utf8_async (null, null, out output, null);
  return output;
}

void assert_rows (Nlvirt.Table table) {
  var lo = table.get_link ("lo");
  var first = table.get_addresses ().get_item (0) as Nlvirt.Address;

  assert (lo.name == "lo" && lo.mtu == 65536 && lo.up);
  assert (lo.mac_address == "00:00:00:00:00:00");
  assert (lo.operational_state == Nlvirt.OperationalState.UNKNOWN);
  assert (first.address.to_string () == "127.0.0.1" && first.prefix_length == 8);
}

void assert_errors () {
  try {
    new Nlvirt.Table.from_data ("[link eth0]\nmac-address=zz\n".data);
    assert_not_reached ();
  } catch (Nlvirt.Error.PARSE error) {
    assert (error.message.has_prefix ("data:2: "));
  } catch (GLib.Error error) {
    assert_not_reached ();
  }
}

void assert_changes () throws GLib.Error {
  var table = new Nlvirt.Table.loopback ();
  var link = table.add_link ("eth0", null);
  var told = 0;

  table.changed.connect (() => told++);
  link.set_up (true);
  table.add_address (new Nlvirt.Address ("eth0", new GLib.InetAddress.from_string ("192.0.2.7"), 24));
  table.add_from_data ("[link br0]\nkind=bridge\n".data);
  assert (told == 3 && link.running && table.get_link ("br0").kind == "bridge");
  link.master = table.get_link ("br0");
  assert (link.master.name == "br0");
  link.master = null;
  assert (link.master == null && link.kind == null);
  try {
    table.add_link ("eth0", null);
    assert_not_reached ();
  } catch (Nlvirt.Error.EXISTS error) {
    assert ("eth0" in error.message);
  }
}

int main () {
  var loop = new GLib.MainLoop ();
  var table = new Nlvirt.Table.loopback ();
  var supervisor = new Nlvirt.Supervisor ();

  print ("1..1\n");
  assert_rows (table);
  assert_errors ();
  try {
    assert_changes ();
  } catch (GLib.Error error) {
    GLib.error ("%s", error.message);
  }
  supervisor.child_subreaper = false;
  ask.begin (supervisor, table, (object, result) => {
    try {
      assert (ask.end (result) == "asked\n");
    } catch (GLib.Error error) {
      GLib.error ("%s", error.message);
    }
    loop.quit ();
  });
  loop.run ();
  print ("ok 1 session\n");
  return 0;
}
