#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Builds libnlvirt in _build/try and shows what it is for: the same program, once
# on this machine's network and once with a network of its own.

set -eu
cd "$(dirname "$0")/.."
BUILD=_build/try
PACKAGES="gcc pkg-config meson ninja-build libglib2.0-dev libseccomp-dev python3"

ready ()
{
  command -v cc >/dev/null && command -v meson >/dev/null && command -v ninja >/dev/null &&
    pkg-config --exists 'glib-2.0 >= 2.74' gio-unix-2.0 'libseccomp >= 2.5.4' 2>/dev/null
}

if ! ready; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing what the build needs ..."
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive sh -c 'apt-get update -qq && apt-get install -y --no-install-recommends "$@" >/dev/null' \
      sh $PACKAGES
  else
    echo "The build needs a C compiler, meson, ninja, GLib 2.74 and libseccomp 2.5.4. On Debian:" >&2
    echo "  sudo apt-get install $PACKAGES" >&2
    exit 1
  fi
fi

echo "Building in $BUILD ..."
mkdir -p _build
{
  [ -f "$BUILD/build.ninja" ] || meson setup "$BUILD" -Dintrospection=false -Dvapi=false -Dtests=false
  ninja -C "$BUILD"
} >_build/try.log 2>&1 || { cat _build/try.log; exit 1; }

nlvirt=$BUILD/libnlvirt/tool/nlvirt
table=data/networks/home.nlvirt
if PATH=$PATH:/usr/sbin:/sbin && command -v ip >/dev/null; then
  set -- ip -br addr
else
  set -- python3 -c 'import socket
for index, name in socket.if_nameindex(): print(index, name)'
fi

echo
echo "This machine's network, as $1 sees it:"
echo
"$@"
echo
echo "The network in $table:"
echo
sed 's/^/    /' "$table"
echo
echo "The same unmodified program with that network:"
echo "  $nlvirt run --table $table -- $*"
echo
"$nlvirt" run --table "$table" -- "$@"
echo
echo "No root, no namespace, nothing preloaded: what the program asks the kernel"
echo "about the network is answered from the file; its real traffic is untouched."
