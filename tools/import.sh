#!/bin/bash
# Loads cameras from a CSV file into the database of PGHOST, PGUSER and
# PGDATABASE: all of them or none. With PRUNE=1 it also removes cameras of
# earlier imports that are no longer in the file.
#
#   tools/import.sh cameras.csv
set -euo pipefail

if [ $# -ne 1 ] || [ -z "$1" ] || [ "$1" = --help ]; then
    echo "Say which file to import: make import FILE=cameras.csv, or tools/import.sh cameras.csv" >&2
    exit 2
fi

prune=()
case "${PRUNE:-}" in
    '' | 0 | no | false) ;;
    1 | yes | true) prune=(--prune) ;;
    *)
        echo "PRUNE is 1 to remove cameras that the file no longer has, or" \
            "left out; it cannot be \"$PRUNE\"." >&2
        exit 2
        ;;
esac

exec /usr/bin/python3 "$(dirname "${BASH_SOURCE[0]}")/import_cameras.py" \
    "${prune[@]}" -- "$1"
