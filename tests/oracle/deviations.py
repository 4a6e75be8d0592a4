# SPDX-License-Identifier: LGPL-2.1-or-later

"""What two runs of one series of commands have differently: for each command
its words, its status and its events, and what became of the network."""

import difflib
import itertools
import re
import struct

import events
import messages as m
import tables
import volatile

MOST_ROWS = 40  # of one command
COLUMNS = 200
UNSUPPORTED = "RTNETLINK answers: Operation not supported"  # what it does not know at all
TELLING = r"  (IFLA_IFNAME|NETCONFA_IFINDEX|\w+_(DST|ADDRESS|TABLE|ID|LOCAL|MULTICAST)) "  # attributes of a message

NEIGH, RTM_DELNEIGH = 28, 29


class Event:
    """A message that was heard, without what is volatile."""

    def __init__(self, group, data, offset, length, port):
        self.group = group
        self.data = bytes(data[offset : offset + length])
        self.port = port
        self.kind = struct.unpack_from("=H", data, offset + 4)[0]
        masked = volatile.mask_datagram(self.data, tree=volatile.EVENT_TREE)
        self.masked = masked
        self.key = (group, events.head(group, masked, 0, port), masked[16:])

    def rows(self):
        return events.describe(self.group, self.masked, self.port)


def events_of(result, line):
    """In the order in which they came."""
    heard = []
    for group, data in result["events"]:
        data = bytes.fromhex(data)
        if group < 0:
            heard.append(group)
            continue
        for offset, length, _, _ in m.messages(data):
            event = Event(group, data, offset, length, result["pid"])
            if not volatile.is_passing(event.data):
                heard.append(event)
    return _neighbors_sorted(heard, "neigh flush" in line)


def _neighbors_sorted(heard, all_of_them):
    """They are flushed, with a link or by ip(8), in the order of a hash with a
    secret; forwarding entries are not, but which of two ports had one first no dump
    tells, as it goes from port to port."""

    def order(event):
        if not isinstance(event, Event) or m.base_of(event.kind) != NEIGH:
            return None
        if event.data[16] == m.AF_BRIDGE:
            return link if event.kind == RTM_DELNEIGH else None
        return key if all_of_them or event.kind == RTM_DELNEIGH else None

    runs = itertools.groupby(heard, order)
    return [event for order, run in runs for event in (sorted(run, key=order) if order else run)]


def link(event):
    return struct.unpack_from("=i", event.data, 20)[0]


def key(event):
    return event if isinstance(event, int) else event.key


def event_rows(event):
    return [f"[{events.group_name(event)}]"] if isinstance(event, int) else event.rows()


def label(event):
    """The rows that say what it is."""
    rows = event_rows(event)
    return [*rows[:2], *(row for row in rows[2:] if re.match(TELLING, row))]


def kind_of(line):
    """Of a command: `route add`, `-6 route add`, `fdb del`."""
    if " -batch " in line:
        return "batch"
    if line.startswith("raw "):
        return "raw " + m.name_of(struct.unpack_from("=H", bytes.fromhex(line.split()[2]).ljust(6, b"\0"), 4)[0])
    words = line.split()
    family = [word for word in words[1:] if word == "-6"]
    words = [word for word in words[1:] if not word.startswith("-")]
    if len(words) > 2 and words[1] == "set":
        more = next((word for word in words[2:] if word in SETTINGS), "")
        return " ".join([*family, *words[:2], more]).strip()
    return " ".join([*family, *words[:2]])


SETTINGS = (
    "up down mtu address name alias txqueuelen group arp multicast allmulticast promisc master nomaster addrgenmode "
    "protodown protodown_reason type carrier broadcast mode state trailers dynamic"
).split()


def _text_rows(one, other):
    rows = list(difflib.unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=0))[2:]
    return [row for row in rows if not row.startswith("@@")]


# By base type: where in the header and in which attributes it says what it is about.
ABOUT = {
    16: ((0, 1, 4, 8), ()),  # family, index
    20: ((0, 2, 4, 8), (2, 1)),
    24: ((0, 2), (1, 15, 6)),
    28: ((0, 1, 4, 8), (1, 2)),
    32: ((0, 1), (6,)),
    104: ((), (1,)),
}


def about(event):
    base = m.base_of(event.kind)
    spans, attributes = ABOUT.get(base, ((0, 8), ()))
    start = 16
    header = b"".join(event.data[start + a : start + b] for a, b in zip(spans[::2], spans[1::2]))
    found = m.found(event.data, 0, len(event.data))
    return event.group, event.kind, header, tuple(found.get(number) for number in attributes)


def _same_message(one, other):
    """Whether the one is the other with some attributes differently."""
    if isinstance(one, int) or isinstance(other, int):
        return False
    return about(one) == about(other)


def _event_difference(one, other):
    """Two that are about the same, an attribute a row."""
    first, second = one.rows(), other.rows()
    rows = list(difflib.ndiff(first, second))
    changed = [row for row in rows if row[0] in "+-"]
    # What has not changed is needed only to tell which message it is.
    kept = {"  " + row for row in label(one)}
    shown = [("  " + row) for row in rows if row[0] in "+-" or row in kept]
    if sorted(row[2:] for row in changed if row[0] == "-") == sorted(row[2:] for row in changed if row[0] == "+"):
        shown.append("    (the same attributes in another order)")
    if not changed:
        shown += ["  - " + one.key[2].hex(), "  + " + other.key[2].hex()]
    return shown


def _event_rows(first, second):
    """How a list of events became the other."""
    is_moved = sorted(str(key(e)) for e in first) == sorted(str(key(e)) for e in second)
    rows = ["  the same events in another order:"] if is_moved else []
    matcher = difflib.SequenceMatcher(None, [key(e) for e in first], [key(e) for e in second], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone, come = list(first[a:b]), list(second[c:d])
        for event in () if is_moved else list(gone):
            match = next((other for other in come if _same_message(event, other)), None)
            if match is not None:
                rows += _event_difference(event, match)
                gone.remove(event)
                come.remove(match)
        for mark, lost in (("-", gone), ("+", come)):
            where = f" (at {a if mark == '-' else c})"
            for event in lost:
                head, *rest = label(event)
                rows.append(f"  {mark} {head}{where}")
                rows += [f"  {mark}   {'; '.join(row.strip() for row in rest)}"] if rest else []
    return rows


class Deviation:
    """Of one command."""

    def __init__(self, number, line, what, rows):
        self.number = number
        self.line = line
        self.kind = kind_of(line)
        self.what = what  # of "words", "status", "events", "final"
        self.rows = rows

    @property
    def key(self):
        return self.number, self.line

    def block(self, most=MOST_ROWS):
        shown = [row if len(row) <= COLUMNS else row[:COLUMNS] + "..." for row in self.rows[:most]]
        if len(self.rows) > most:
            shown.append(f"  ... {len(self.rows) - most} more rows")
        head = [f"{self.number}: $ {self.line}   [{', '.join(self.what)}]"]
        if self.line.startswith("raw "):
            head += ["    " + row for row in m.describe(bytes.fromhex(self.line.split()[2]))]
        return [*head, *shown]


def answers(text, port):
    """What a bare request got, in words."""
    for row in text.split():
        data = bytearray(bytes.fromhex(row))
        for offset, _, _, _ in list(m.messages(data)):
            sender = struct.unpack_from("=I", data, offset + 12)[0]
            struct.pack_into("=I", data, offset + 12, 1 if sender == port else sender)
        yield from m.describe(volatile.mask_datagram(bytes(data), tree=volatile.EVENT_TREE))


def _masked_text(line, text, port):
    """Without what is volatile; of a bare request, its answers in words."""
    if line.startswith("raw "):
        return "".join(row + "\n" for row in answers(text, port))
    return volatile.mask_text(line, text, volatile.EVENT_TEXT)


def of_command(number, line, first, second):
    """What the second had differently, or None."""
    what, rows = [], []
    if UNSUPPORTED in second["errors"] and UNSUPPORTED not in first["errors"]:
        said = first["errors"].strip().splitlines() or [f"status {first['status']}"]
        events = f" and {len(first['events'])} events" if first.get("events") else ""
        return Deviation(number, line, ["unsupported"], [f"  - {said[0]}{events}"])
    for name in ("output", "errors"):
        one, other = (_masked_text(line, side[name], side.get("pid")) for side in (first, second))
        if one != other:
            what += [] if "words" in what else ["words"]
            rows += ["  " + row for row in _text_rows(one, other)]
    if first["status"] != second["status"]:
        what.append("status")
        rows.append(f"  - status {first['status']}, + status {second['status']}")
    if "events" in first:
        one, other = events_of(first, line), events_of(second, line)
        if [key(e) for e in one] != [key(e) for e in other]:
            what.append("events")
            rows += _event_rows(one, other)
    return Deviation(number, line, what, rows) if what else None


def of_series(lines, final, first, second):
    """All of them, in order: those of the commands, then of the final network,
    then of what `ip monitor` said, if nothing else tells of it."""
    found = []
    for number, (line, one, other) in enumerate(zip(lines, first["commands"], second["commands"])):
        found.append(of_command(number, line, one, other))
    for line, one, other in zip(final, first["final"], second["final"]):
        deviation = of_command("end", line, one, other)
        if deviation:
            deviation.what, deviation.kind = ["final"], "final " + line
        found.append(deviation)
    found = [deviation for deviation in found if deviation]
    if not any("events" in deviation.what for deviation in found):
        found += of_monitor(first, second)
    return found


def of_tables(number, line, first, second):
    """Of the table files at these paths."""
    with open(first, encoding="utf-8") as one, open(second, encoding="utf-8") as other:
        rows = tables.differences(one.read(), other.read())
    return [Deviation(number, line, ["saved"], rows)] if rows else []


def without_untold_tables(found, network, recorded):
    """Without those about an empty table that is there, as a command that was
    refused left it: the recorder does not look for one that nothing names."""

    def is_untold(deviation):
        number = re.search(r"\btable (\d+)", deviation.line)
        rows = [row.strip() for row in deviation.rows if not row.startswith("  - status")]
        return (
            number
            and set(deviation.what) <= {"words", "status"}
            and any(NO_TABLE.fullmatch(row) for row in rows)
            and all(NO_TABLE.fullmatch(row) or row in ("-RTNETLINK answers: No such process", DUMP_ENDED) for row in rows)
            and re.search(rf"\btable {number[1]}\b", network)
            and not re.search(rf"(?m)^table={number[1]}$", recorded)
        )

    return [deviation for deviation in found if not is_untold(deviation)]


def without_drawn_ways(found, lines):
    """Without those of a route of several ways, of which the kernel draws another
    than we do, by a hash with a secret that lasts as long as the kernel runs."""
    several = [line for line in lines if line.count("nexthop via ") > 1]

    def is_drawn(deviation):
        rows = [WAY.sub("", row).strip() for row in deviation.rows]
        ways = [way[1] for way in map(WAY.search, deviation.rows) if way]
        return (
            re.match(r"ip (-6 )?route get (?!fibmatch)", deviation.line)
            and deviation.what == ["words"]
            and len(rows) == len(ways) == 2
            and rows[0][1:] == rows[1][1:]
            and any(all(f"via {way} " in line for way in ways) for line in several)
        )

    return [deviation for deviation in found if not is_drawn(deviation)]


WAY = re.compile(r" via (\S+) dev \S+( src \S+)?")
NO_TABLE = re.compile(r"\+Error: (ipv[46]: )?FIB table does not exist\.")
DUMP_ENDED = "+Dump terminated"


def joined(found, saved):
    """What is of one command, as one."""
    if found and found.what == ["unsupported"]:
        return [found]
    if not found or not saved:
        return [found] if found else saved
    return [Deviation(found.number, found.line, [*found.what, *saved[0].what], [*found.rows, *saved[0].rows])]


def _monitored(run):
    text = "".join(result["monitor"] for result in run["commands"]) + run["rest"]
    return volatile.mask_text("ip monitor", text, volatile.EVENT_TEXT)


def of_monitor(first, second):
    one, other = _monitored(first), _monitored(second)
    if one == other:
        return []
    return [Deviation("end", "ip -d monitor label all", ["monitor"], ["  " + row for row in _text_rows(one, other)])]
