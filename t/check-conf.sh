#!/bin/bash
# The directives of mod_cctv/config.c, of conf/cctv-reference.conf and of the
# table in docs/install.md are the same.
set -euo pipefail
cd "$(dirname "$0")/.."
code=$(grep -oE 'AP_INIT_[A-Z0-9]+\("CCTV[A-Za-z]+' mod_cctv/config.c | grep -oE 'CCTV[A-Za-z]+' | sort)
for file in conf/cctv-reference.conf docs/install.md; do
    if ! diff <(echo "$code") \
        <(grep -oE '^(\| `|# Syntax: +)CCTV[A-Za-z]+' "$file" | grep -oE 'CCTV[A-Za-z]+' | sort) >&2; then
        echo "check-conf: < is in mod_cctv/config.c, > is in $file" >&2
        exit 1
    fi
done
