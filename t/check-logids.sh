#!/bin/bash
# Each message id of mod_cctv/core/mod_log.h is used in exactly one place, and no
# other id is used.
set -euo pipefail
cd "$(dirname "$0")/.."
listed=$(grep -oE '^ \* CCTV[0-9]{4}' mod_cctv/core/mod_log.h | grep -oE 'CCTV[0-9]+' | sort)
used=$(grep -rhoE '"CCTV[0-9]{4}"' mod_cctv | tr -d '"' | sort)
if ! diff <(echo "$listed") <(echo "$used") >&2; then
    echo "check-logids: < is listed in mod_cctv/core/mod_log.h, > is used" >&2
    exit 1
fi
