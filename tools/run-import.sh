#!/bin/bash
# tools/run-import.sh - called by `make import FILE=… [PRUNE=1]`: finds the file
# and the database of `make run` and passes both to tools/import.sh.
#
# Reads FILE, relative to the checkout or to CALLER, the folder that make was
# called from (`make -C`), and PRUNE for tools/import.sh.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"

[[ ! ${PGHOST-}${PGDATABASE-}${PGSERVICE-} ]] ||
    die "'make import' loads into the database of 'make run': for that of PGHOST and PGDATABASE type 'tools/import.sh FILE'."
[[ ${FILE-} ]] || die "Which file? Type 'make import FILE=cameras.csv'."
[[ $FILE == /* || -e $FILE || ! -e ${CALLER:-.}/$FILE ]] || FILE=$CALLER/$FILE
[[ -f $FILE && -r $FILE ]] || die "There is no file $FILE that can be read."
"$top/tools/packages.sh" import
exec "$top/tools/with-db.sh" "$top/tools/import.sh" "$(realpath -- "$FILE")"
