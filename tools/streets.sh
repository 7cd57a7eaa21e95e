#!/bin/bash
# tools/streets.sh [FOLDER] - gets what draws the streets of a .pmtiles file on the
# map page: protomaps-leaflet, which npm downloads once and verifies by the
# checksum in tools/streets/package-lock.json. That file names no registry, so npm
# uses the one in its own configuration. FOLDER is CCTV_MAP_FILES of cctv-map.conf,
# by default /var/lib/cctv-map. The page works without it, and shows coastlines.

# shellcheck source=tools/common.sh
. "$(dirname -- "$(readlink -f -- "$0")")/common.sh"
# shellcheck source=tools/npm.sh
. "$top/tools/npm.sh"

read_folder "$@"

get_from_npm streets protomaps-leaflet "$to" \
    dist/protomaps-leaflet.js=protomaps-leaflet.js LICENSE=protomaps-leaflet.LICENSE
echo "$to/protomaps-leaflet.js is there. Put a .pmtiles file beside it, and name it in config.json: {\"tiles\": {\"pmtiles\": \"own/streets.pmtiles\"}}"
