#!/bin/bash
# tools/hls.sh [FOLDER] - gets what plays HLS (CCTVBrowserHls) on the map page in
# browsers that do not play it by themselves: hls.js, which npm downloads once and
# verifies by the checksum in tools/hls/package-lock.json. That file names no
# registry, so npm uses the one in its own configuration. FOLDER is CCTV_MAP_FILES
# of cctv-map.conf, by default /var/lib/cctv-map. Without it, such a browser says
# that it does not play the video of such a camera, and shows stills if it has any.

# shellcheck source=tools/common.sh
. "$(dirname -- "$(readlink -f -- "$0")")/common.sh"
# shellcheck source=tools/npm.sh
. "$top/tools/npm.sh"

read_folder "$@"

get_from_npm hls hls.js "$to" dist/hls.light.min.mjs=hls.js LICENSE=hls.LICENSE
echo "$to/hls.js is there."
