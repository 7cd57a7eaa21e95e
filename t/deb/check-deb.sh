#!/bin/bash
# t/deb/check-deb.sh - called by `make check-deb`, as root: builds the packages of
# this checkout and of the commit before, installs, upgrades, removes and purges
# them in a clean Debian, and makes the mistakes of administrators there. It takes
# some minutes.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/../../tools/common.sh"
is_root || die "make check-deb needs root: it makes a clean Debian to try the packages in."
cd -- "$top"

work=$(mktemp -d /tmp/cctv-deb.XXXXXX)
root=$work/root
trap 't/deb/root.sh remove "$root"; rm -rf -- "$work"' EXIT

# The profile is checked without loading it.
apparmor_parser -Q -K conf/apparmor/usr.sbin.apache2 2>/dev/null || apparmor_parser -Q -K conf/apparmor/usr.sbin.apache2
# Debian's unit with the sandbox, offline: systemd knows each line, and says how
# exposed the service is.
t/deb/exposure.sh

echo "Building the packages of the commit before ..."
mkdir "$work/source"
git archive HEAD~1 | tar -xC "$work/source"
"$work/source/tools/deb.sh" >/dev/null
echo "Building the packages of this checkout ..."
tools/deb.sh

t/deb/root.sh new "$root"
mkdir "$root"/root/{before,now}
cp "$work"/source/build/deb/*.deb "$root/root/before"
cp build/deb/*.deb "$root/root/now"
rm -f "$root"/root/*/*-dbgsym_*
t/deb/root.sh run "$root" t/deb/packages.sh dependencies
t/deb/root.sh offline "$root" t/deb/packages.sh lifecycle
cp t/deb/mistakes.py "$root/root/"
t/deb/root.sh offline "$root" t/deb/packages.sh mistakes
echo "make check-deb: all passed"
