#!/bin/bash
# Loads cameras from a list into the database of PGHOST, PGUSER and PGDATABASE:
# all of them or none. docs/import.md explains lists and settings.
#
#   tools/import.sh cameras.csv
#   tools/import.sh --dry-run cameras.csv
#
# Settings are options (--help lists them) or variables:
#   PRUNE=1              remove cameras of earlier imports that the list lacks
#   DRY_RUN=1            say what each column is taken for, and load nothing
#   COLUMNS='name=…,…'   which column is what
#   SKIP_BAD=1           load the good rows; the others go to BAD_ROWS, by
#                        default cameras.bad.csv beside the list
#   LOGINS=file          move logins out of the list into this file
#   ALLOW_AT=1           what merely looks like a login in an address is none
# bash sets COLUMNS itself after each command if this is on.
shopt -u checkwinsize
set -euo pipefail

arguments=()
# flag NAME OPTION MEANING - adds OPTION if the variable NAME is 1.
flag() {
    case "${!1:-}" in
        '' | 0 | no | false) ;;
        1 | yes | true) arguments+=("$2") ;;
        *)
            echo "$1 is 1 to $3, or left out; it cannot be \"${!1}\"." >&2
            exit 2
            ;;
    esac
}
flag PRUNE --prune 'remove cameras that the file no longer has'
flag DRY_RUN --dry-run 'load nothing'
flag SKIP_BAD --skip-bad 'load the good rows'
flag ALLOW_AT --allow-at 'say that no address holds a login'
[[ ! ${COLUMNS:-} ]] || arguments+=(--columns="$COLUMNS")
[[ ! ${BAD_ROWS:-} ]] || arguments+=(--bad-rows="$BAD_ROWS")
[[ ! ${LOGINS:-} ]] || arguments+=(--logins="$LOGINS")

if [[ $# -eq 0 || ! ${!#} ]]; then
    echo "Say which file to import: make import FILE=cameras.csv, or tools/import.sh cameras.csv" >&2
    exit 2
fi
# The name of a file may begin with a "-".
if [[ $# -eq 1 && $1 != --help && $1 != -h ]]; then set -- -- "$1"; fi
PYTHONPATH=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# The folder of an installed package stays as it is.
export PYTHONPATH PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 -m import_cameras "${arguments[@]}" "$@"
