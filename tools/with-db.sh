#!/bin/bash
# tools/with-db.sh COMMAND… - runs COMMAND with PGHOST, PGPORT, PGUSER and
# PGDATABASE of the database that `make run` started in RUN_DIR.
#
# Called by `make psql` and `make import`. Prints a sentence if the database does
# not run.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"
# shellcheck source=tools/run-dir.sh
. "$top/tools/run-dir.sh"

find_run_dir
"$top/tools/postgres.sh" status "$run_dir/postgres" >/dev/null || die "No database runs in $run_dir: type 'make run' first."
while IFS="=" read -r name value; do export "$name=$value"; done < <("$top/tools/postgres.sh" env "$run_dir/postgres")
exec "$@"
