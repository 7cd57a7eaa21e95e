#!/bin/bash
# tools/run-import.sh - called by `make import FILE=…`: finds the file and the
# database of `make run` and passes both to tools/import.sh.
#
# Reads FILE, relative to the checkout or to CALLER, the folder that make was
# called from (`make -C`), and the variables that tools/import.sh explains.
# DRY_RUN=1 needs no database.

# bash sets COLUMNS itself after each command if this is on.
shopt -u checkwinsize

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"

[[ ! ${PGHOST-}${PGDATABASE-}${PGSERVICE-} ]] ||
    die "'make import' loads into the database of 'make run': for that of PGHOST and PGDATABASE type 'tools/import.sh FILE'."
[[ ${FILE-} ]] || die "Which file? Type 'make import FILE=cameras.csv'."
[[ $FILE == /* || -e $FILE || ! -e ${CALLER:-.}/$FILE ]] || FILE=$CALLER/$FILE
[[ -f $FILE && -r $FILE ]] || die "There is no file $FILE that can be read."
"$top/tools/packages.sh" import
FILE=$(realpath -- "$FILE")
[[ ! ${LOGINS-} ]] || LOGINS=$(realpath -m -- "$LOGINS")
[[ ! ${BAD_ROWS-} ]] || BAD_ROWS=$(realpath -m -- "$BAD_ROWS")
export PRUNE DRY_RUN SKIP_BAD ALLOW_AT BAD_ROWS LOGINS
case "${DRY_RUN-}" in
    1 | yes | true) exec "$top/tools/import.sh" "$FILE" ;;
esac
# with-db.sh runs other commands, and must not change COLUMNS.
exec "$top/tools/with-db.sh" "$top/tools/import.sh" ${COLUMNS:+--columns="$COLUMNS"} -- "$FILE"
