#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Counts what meson's test logs hold: every TAP line is a test, and so is a
program without any. Prints the failures, the skips and one last line
"N passed, N failed, N skipped". Exits with 1 on a failure, with 2 on a skip if
--no-skips is given."""

import json
import re
import sys

LINE = re.compile(r"^\s*(not )?ok\b\s*\d*\s*-?\s*(.*?)(?:\s+#\s*(SKIP|TODO)\b\s*(.*))?$", re.IGNORECASE)
GOOD = ("OK", "EXPECTEDFAIL", "UNEXPECTEDPASS")


class Count:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []

    def program(self, record, log):
        name, before = f"{log}: {record['name']}", len(self.failed)
        lines = [found for found in map(LINE.match, (record.get("stdout") or "").splitlines()) if found]
        for negative, title, directive, why in (found.groups() for found in lines):
            if directive and directive.upper() == "SKIP":
                self.skipped.append(f"{name}: {title}: {why}")
            elif negative:
                self.failed.append(f"{name}: {title}")
            else:
                self.passed += 1
        if record["result"] == "SKIP":
            if not lines:
                self.skipped.append(f"{name}: {(record.get('stdout') or '').strip()[:200]}")
        elif record["result"] not in GOOD:
            if len(self.failed) == before:
                self.failed.append(f"{name}: {record['result']}")
        elif not lines:
            self.passed += 1


def main(arguments):
    no_skips = "--no-skips" in arguments
    count = Count()
    for path in (argument for argument in arguments if not argument.startswith("--")):
        with open(path, encoding="utf-8") as log:
            for line in log:
                count.program(json.loads(line), path.split("/meson-logs")[0].rpartition("/")[2])
    for kind in ("failed", "skipped"):
        for what in getattr(count, kind):
            print(f"{kind}: {what}")
    print(f"{count.passed} passed, {len(count.failed)} failed, {len(count.skipped)} skipped")
    if count.failed or not count.passed:
        return 1
    return 2 if no_skips and count.skipped else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
