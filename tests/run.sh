#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Builds everything and runs all tests: plain, under the address and undefined
# behaviour sanitizers, those with threads under the thread sanitizer, and under
# valgrind. Ends with one line that counts every
# test. Fails if one fails, and as root, where nothing need be missing, if one is
# skipped.
#
#   BUILD   build directory (default _build/test; the sanitized one is beside it)

set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-_build/test}
GLIB_SUPPRESSIONS=/usr/share/glib-2.0/valgrind/glib.supp

# What the build needs, then what the tests run.
PACKAGES="gcc pkg-config meson ninja-build libglib2.0-dev libseccomp-dev
libgirepository1.0-dev gobject-introspection valac gi-docgen
python3 python3-gi gir1.2-glib-2.0 python3-pyroute2 iproute2 busybox bubblewrap
dash util-linux libmnl-dev libnl-utils musl-tools nodejs golang-go valgrind
wireguard-tools"

# Daemons, which would be started and configure this machine if they were
# installed: they are only unpacked, with the libraries that are not here.
DAEMONS="bird2 keepalived ifupdown isc-dhcp-client"
NLVIRT_DAEMONS=$PWD/$BUILD/daemons
case $BUILD in /*) NLVIRT_DAEMONS=$BUILD/daemons ;; esac
export NLVIRT_DAEMONS

missing_packages ()
{
  for package in $PACKAGES; do
    case $package in
      # These come in other ways too.
      nodejs) command -v node >/dev/null && continue ;;
      golang-go) command -v go >/dev/null && continue ;;
    esac
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || printf '%s ' "$package"
  done
}

install_packages ()
{
  command -v dpkg-query >/dev/null || { echo "not a Debian system: install what the build asks for"; return; }
  missing=$(missing_packages)
  [ -n "$missing" ] || return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "not installed, so some tests may be skipped: $missing"
    return
  fi
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086
  apt-get install -y --no-install-recommends $missing >/dev/null 2>&1 ||
    { apt-get update -qq && apt-get install -y --no-install-recommends $missing >/dev/null; } ||
    echo "apt-get could not install all of: $missing"
}

# With what they need and is not here, in one line.
daemon_packages ()
{
  # shellcheck disable=SC2086
  apt-get install -s --no-install-recommends $DAEMONS 2>/dev/null | sed -n 's/^Inst \([^ ]*\).*/\1/p' | tr '\n' ' '
}

unpack_daemons ()
{
  command -v apt-get >/dev/null || return
  [ -f "$NLVIRT_DAEMONS/unpacked" ] && return
  [ -n "$(daemon_packages)" ] || [ "$(id -u)" -ne 0 ] || apt-get update -qq
  mkdir -p "$NLVIRT_DAEMONS"
  (
    cd "$NLVIRT_DAEMONS" || exit
    # shellcheck disable=SC2046
    apt-get download $(daemon_packages) || exit
    for package in *.deb; do
      dpkg-deb -x "$package" . || exit
    done
    rm -f -- *.deb
    touch unpacked
  ) >"$NLVIRT_DAEMONS.log" 2>&1 || cat "$NLVIRT_DAEMONS.log"
}

# set_up DIRECTORY OPTION... (TARGETS: not everything)
set_up ()
{
  directory=$1
  shift
  if [ -f "$directory/build.ninja" ]; then
    meson setup --reconfigure "$directory" -Dwerror=true "$@" >"$directory.log" 2>&1
  else
    mkdir -p "$(dirname "$directory")"
    meson setup "$directory" -Dwerror=true "$@" >"$directory.log" 2>&1
  fi || { cat "$directory.log"; return 1; }
  # shellcheck disable=SC2086
  ninja -C "$directory" ${TARGETS-} >"$directory.log" 2>&1 || { tail -n 60 "$directory.log"; return 1; }
  rm -f "$directory.log"
}

finish ()
{
  # The count comes last whatever went wrong.
  if [ "$broken" -ne 0 ]; then
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
  fi
  set -- "$BUILD/meson-logs/testlog.json"
  [ -f "$BUILD-sanitize/meson-logs/testlog.json" ] && set -- "$@" "$BUILD-sanitize/meson-logs/testlog.json"
  [ -f "$BUILD-thread/meson-logs/testlog.json" ] && set -- "$@" "$BUILD-thread/meson-logs/testlog.json"
  [ -f "$BUILD/meson-logs/testlog-valgrind.json" ] && set -- "$@" "$BUILD/meson-logs/testlog-valgrind.json"
  [ "$(id -u)" -eq 0 ] && set -- "$@" --no-skips
  python3 tests/lib/count.py "$@"
  exit $?
}

broken=0
install_packages

echo "== plain build"
set_up "$BUILD" || { broken=1; finish; }
unpack_daemons
meson test -C "$BUILD" --no-rebuild --print-errorlogs

echo "== address and undefined behaviour sanitizers"
# g-ir-scanner runs programs that would lack the sanitizer's runtime, so there
# is no introspection here; its tests have run above.
set_up "$BUILD-sanitize" -Db_sanitize=address,undefined -Db_lundef=false -Dintrospection=false -Dvapi=false ||
  { broken=1; finish; }
ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 NLVIRT_SANITIZED=1 \
  meson test -C "$BUILD-sanitize" --no-rebuild --print-errorlogs

echo "== thread sanitizer"
TARGETS=tests/unit/test-threads set_up "$BUILD-thread" -Db_sanitize=thread -Db_lundef=false -Dintrospection=false \
  -Dvapi=false || { broken=1; finish; }
G_SLICE=always-malloc TSAN_OPTIONS="suppressions=$PWD/tests/lib/thread-sanitizer.supp" \
  meson test -C "$BUILD-thread" --no-rebuild --print-errorlogs threads

echo "== valgrind"
rm -f "$BUILD/meson-logs/testlog-valgrind.json"
# Only what installs no filter: valgrind 3.19 does not know seccomp(2). The
# supervisor itself has been looked through by the sanitizers above.
if command -v valgrind >/dev/null; then
  # shellcheck disable=SC2046
  meson test -C "$BUILD" --no-rebuild --print-errorlogs --timeout-multiplier 10 --logbase testlog-valgrind \
    --wrapper "valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --suppressions=$GLIB_SUPPRESSIONS" \
    $(meson test -C "$BUILD" --no-rebuild --suite unit --list 2>/dev/null | sed -n 's|.* / ||p' |
      grep -vE '^(trap-.*|supervisor|session|access)$')
else
  echo "skipped: valgrind is not installed"
fi

finish
