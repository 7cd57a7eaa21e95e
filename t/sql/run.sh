#!/bin/bash
# Runs each t/sql/*.sql with psql and compares the output with its .out file.
# PGUSER must be a superuser on the server of PGHOST. Creates a database there
# and drops it at the end. The roles cctv_reader and cctv_video stay, because
# other databases of the server may use them.
#
#   t/sql/run.sh [name …]     (UPDATE=1 writes the .out files again)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sql=$here/../../sql
# The unusual name proves that the database need not be called cctv.
export PGDATABASE="cctv sql-test $$"
export PGOPTIONS='-c client_min_messages=warning -c timezone=UTC'
export PGCLIENTENCODING=UTF8 LC_ALL=C.UTF-8
work=$(mktemp -d)

psql_plain() {
    psql -X -q -v ON_ERROR_STOP=1 "$@"
}

finish() {
    psql_plain -d postgres -c "DROP DATABASE IF EXISTS \"$PGDATABASE\" WITH (FORCE)" || true
    rm -rf "$work"
}
trap finish EXIT

psql_plain -d postgres -c "CREATE DATABASE \"$PGDATABASE\"
    TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"

passed=0
failed=0
verdict() {
    if [ "$2" = ok ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
    printf '%-4s %s\n' "$2" "$1"
}

# Each file is applied to an empty database, and again to one with cameras.
apply_all() {
    local file
    for file in "$sql"/[0-9]*.sql; do
        if psql_plain -1 -f "$file" >"$work/said" 2>&1 && [ ! -s "$work/said" ]
        then
            verdict "${file##*/} $1" ok
        else
            cat "$work/said"
            verdict "${file##*/} $1" FAIL
        fi
    done
}

everything() {
    psql_plain -At -c 'SELECT c.* FROM public.cameras c ORDER BY id' \
        -c "SELECT last_value FROM pg_get_serial_sequence('public.cameras', 'id') s,
            LATERAL pg_sequence_last_value(s::regclass) AS last_value"
}

apply_all 'on an empty database'
everything >"$work/before"
apply_all 'again, over cameras'
everything >"$work/after"
if cmp -s "$work/before" "$work/after"; then
    verdict 'running all again changes no camera' ok
else
    verdict 'running all again changes no camera' FAIL
fi

if [ $# -eq 0 ]; then
    set -- "$here"/*.sql
else
    set -- "${@/#/$here/}"
    set -- "${@/%/.sql}"
fi
for test in "$@"; do
    psql_plain -c 'TRUNCATE public.cameras RESTART IDENTITY'
    psql -X -q -a -P pager=off -v VERBOSITY=terse -v SHOW_CONTEXT=never \
        -f "$test" 2>&1 | sed -e 's/^psql:[^ ]*: //' -e "s/$PGDATABASE/(database)/" >"$work/out"
    expected=${test%.sql}.out
    if [ -n "${UPDATE:-}" ]; then
        cp "$work/out" "$expected"
    fi
    if diff -u "$expected" "$work/out"; then
        verdict "${test##*/}" ok
    else
        verdict "${test##*/}" FAIL
    fi
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
