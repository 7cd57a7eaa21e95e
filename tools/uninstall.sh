#!/bin/bash
# tools/uninstall.sh - behind `make uninstall`: removes what `make install`
# put under DESTDIR. A cctv.conf that was edited stays.
#
# Refuses while the module is enabled: Apache would not start again.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"
# shellcheck source=tools/install-paths.sh
. "$top/tools/install-paths.sh"

[[ ! -e $enabled/cctv.load && ! -L $enabled/cctv.load ]] ||
    die "The module is enabled: type 'a2dismod cctv', restart Apache, then uninstall."
if cmp -s "$mods/cctv.conf" "$share/conf/cctv.conf"; then
    rm -f "$mods/cctv.conf"
elif [[ -e $mods/cctv.conf ]]; then
    echo "Your $mods/cctv.conf was edited and stays."
fi
rm -f "$libexec/mod_cctv.so" "$mods/cctv.load" "$mods/cctv.conf.new"
rm -rf "$share"
rmdir -- "$state" 2>/dev/null || [[ ! -d $state ]] || echo "Views and counters stay in $state."
[[ ! -d $secrets ]] || echo "The secrets stay in $secrets."
