#!/bin/bash
# The directives of mod_cctv/*/settings.h, of conf/cctv-reference.conf and of
# the README's table are the same.
set -euo pipefail
cd "$(dirname "$0")/.."
code=$(grep -ohE '"CCTV[A-Za-z]+"' mod_cctv/*/settings.h | grep -oE 'CCTV[A-Za-z]+' | sort -u)
for file in conf/cctv-reference.conf README.md; do
    if ! diff <(echo "$code") \
        <(grep -oE '^(\| `|# Syntax: +)CCTV[A-Za-z]+' "$file" | grep -oE 'CCTV[A-Za-z]+' | sort) >&2; then
        echo "check-conf: < is in mod_cctv/*/settings.h, > is in $file" >&2
        exit 1
    fi
done
