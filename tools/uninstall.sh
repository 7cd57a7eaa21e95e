#!/bin/bash
# tools/uninstall.sh - called by `make uninstall`: removes what `make install`
# installed under DESTDIR. An edited configuration file is kept.
#
# It refuses while one of them is enabled, or while a site uses a directive of the
# module, because Apache could not start again.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"
# shellcheck source=tools/install-paths.sh
. "$top/tools/install-paths.sh"

# refuse_enabled LINK COMMAND
refuse_enabled() {
    [[ ! -e $1 && ! -L $1 ]] || die "${1##*/} is enabled: type '$2', restart Apache, then uninstall."
}

# Directives that need the module, outside of <IfModule mod_cctv.c>, keep Apache
# from starting; the lines in the sections of a site are easily forgotten.
refuse_directives() {
    local found
    found=$(grep -RnE '^[[:space:]]*CCTV[A-Z][A-Za-z]+[[:space:]]|^[[:space:]]*SetHandler[[:space:]]+"?cctv-' \
        "${confs%/*}"/{sites,conf}-enabled/ 2>/dev/null | head -3) || true
    [[ ! $found ]] || die "These lines need the module: remove them, restart Apache, then uninstall."$'\n'"$found"
}

# remove_conf FILE
remove_conf() {
    if cmp -s "$1" "$share/conf/${1##*/}"; then
        rm -f "$1"
    elif [[ -e $1 ]]; then
        echo "Your $1 was edited and stays."
    fi
    rm -f "$1.new"
}

refuse_enabled "$enabled/cctv.load" 'a2dismod cctv'
refuse_enabled "${confs%/*}/conf-enabled/cctv-map.conf" 'a2disconf cctv-map'
refuse_enabled "${confs%/*}/conf-enabled/cctv-site.conf" 'a2disconf cctv-site'
site=$(grep -ElRs '^[^#]*Include.*cctv-(site|map)\.conf' "${confs%/*}/sites-enabled" | head -1) || true
[[ ! $site ]] || die "${site##*/} includes a file of mod_cctv: remove the line, restart Apache, then uninstall."
refuse_directives
remove_conf "$mods/cctv.conf"
remove_conf "$confs/cctv-site.conf"
remove_conf "$confs/cctv-map.conf"
rm -f "$libexec/mod_cctv.so" "$mods/cctv.load"
for name in "${!commands[@]}"; do rm -f -- "$sbin/$name"; done
for file in "${manuals[@]}"; do rm -f -- "$man/man${file##*.}/${file##*/}"; done
rm -rf "$share"
rmdir -- "$state" 2>/dev/null || [[ ! -d $state ]] || echo "Views and counters stay in $state."
[[ ! -d $secrets ]] || echo "The secrets stay in $secrets."
