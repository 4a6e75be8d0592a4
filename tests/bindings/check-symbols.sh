#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The library exports what the committed list says, and nothing else.
# Usage: check-symbols.sh LIBRARY LIST
set -eu
nm -D --defined-only "$1" | awk '{ print $3 }' | LC_ALL=C sort | diff -u "$2" -
