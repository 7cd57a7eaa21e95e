#!/bin/bash
# tools/streets.sh [FOLDER] - gets what draws the streets of a .pmtiles file on the
# map page: protomaps-leaflet, which npm downloads once and verifies by the
# checksum in tools/streets/package-lock.json. That file names no registry, so npm
# uses the one in its own configuration. FOLDER is CCTV_MAP_FILES of cctv-map.conf,
# by default /var/lib/cctv-map. The page works without it, and shows coastlines.

# shellcheck source=tools/common.sh
. "$(dirname -- "$(readlink -f -- "$0")")/common.sh"

case ${1-} in
    -h | --help)
        sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    -*) die "There is no option $1: see --help." ;;
esac
((${#} <= 1)) || die "One folder at most: see --help."
readonly to=${1-/var/lib/cctv-map}

type npm >/dev/null 2>&1 || die "npm is not installed: type 'apt install npm'."
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cp -- "$top"/tools/streets/package{,-lock}.json "$work"
npm ci --prefix "$work" --cache "$work/cache" --ignore-scripts --no-audit --no-fund --loglevel=error >"$work/log" 2>&1 || {
    cat -- "$work/log" >&2
    die "npm could not get protomaps-leaflet."
}
readonly from=$work/node_modules/protomaps-leaflet
install -d -m 755 -- "$to"
for file in dist/protomaps-leaflet.js LICENSE; do
    name=${file##*/}
    name=${name/#LICENSE/protomaps-leaflet.LICENSE}
    install -m 644 -- "$from/$file" "$to/$name.new"
    mv -f -- "$to/$name.new" "$to/$name"
done
echo "$to/protomaps-leaflet.js is there. Put a .pmtiles file beside it, and name it in config.json: {\"tiles\": {\"pmtiles\": \"own/streets.pmtiles\"}}"
