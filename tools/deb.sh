#!/bin/bash
# tools/deb.sh [changelog] - called by `make deb`: builds the Debian packages out
# of a copy of the sources, and checks them with lintian. Nothing in the checkout
# changes. Reads BUILD, and writes the packages to BUILD/deb.
#
# The version is that of the module (core/version.h). Before its release, which
# CHANGES says by "Unreleased", the date of the last commit follows, so that the
# packages of a later commit are an upgrade.
#
# `changelog` only prints debian/changelog.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"
cd -- "$top"

readonly sources=(CHANGES LICENSE Makefile README.md conf debian diagrams docs htdocs mod_cctv sql tools)

# seconds - the time of the last commit; without git, that of CHANGES.
seconds() { git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGES; }

version() {
    local number
    number=$(sed -n 's/^#define CCTV_VERSION "\(.*\)"$/\1/p' mod_cctv/core/version.h)
    if grep -qx Unreleased CHANGES; then number+="~$(date -u -d "@$(seconds)" +%Y%m%d%H%M%S)"; fi
    echo "$number"
}

changelog() {
    cat <<EOF
mod-cctv ($(version)) unstable; urgency=medium

  * See /usr/share/mod_cctv/CHANGES, in the package cctv-doc.

 -- $(sed -n 's/^Maintainer: //p' debian/control)  $(date -u -R -d "@$(seconds)")
EOF
}

if [[ ${1-} == changelog ]]; then
    changelog
    exit 0
fi

to=$top/${BUILD:-build}/deb
rm -rf -- "$to"
mkdir -p -- "$to/mod-cctv"
tar -c --exclude=__pycache__ "${sources[@]}" | tar -xC "$to/mod-cctv"
changelog >"$to/mod-cctv/debian/changelog"
cd -- "$to/mod-cctv"
log=$to/log
# The settings of this project's make are not those of the build of a package.
env -u BUILD -u DESTDIR -u MAKEFLAGS -u MAKELEVEL DEB_BUILD_OPTIONS=noautodbgsym dpkg-buildpackage -b -us -uc "-j$(nproc)" >"$log" 2>&1 || {
    tail -30 "$log" >&2
    die "The packages could not be built: see $log."
}
cd -- "$to"
rm -r -- mod-cctv
lintian --allow-root --fail-on error,warning --info ./*.changes || die "lintian complains about the packages in $to."
printf '%s\n' ./*.deb | sed "s|^\\.|${BUILD:-build}/deb|"
