#!/bin/bash
# tools/load-sql.sh [DATABASE] [import] [demo] - loads sql/ into a database, at
# the first time and after each upgrade.
#
# Without a name it is the database in PGDATABASE, or cctv; it is made if there is
# none. It loads all files of sql/ whose names start with a number, in their
# order, each as a whole or not at all, and stops at the first error. The files
# for imports (30-import.sql) and the invented cameras (90-demo.sql) are only
# loaded if the words say so.
#
# The variables of libpq (PGHOST, PGUSER, …) say where the database is. Without
# them root connects as the user postgres of this machine.

# shellcheck source=tools/common.sh
. "$(dirname -- "$(readlink -f -- "$0")")/common.sh"

readonly optional=' import demo '
database=${PGDATABASE-}
wanted=
for word; do
    case $word in
    import | demo) wanted+=" $word" ;;
    -*) die "usage: tools/load-sql.sh [DATABASE] [import] [demo]" ;;
    *) database=$word ;;
    esac
done
database=${database:-cctv}

as_postgres=()
if is_root && [[ ! ${PGHOST-} && ! ${PGUSER-} && ! ${PGSERVICE-} ]]; then
    getent passwd postgres >/dev/null || die "There is no PostgreSQL on this machine: apt install postgresql postgresql-15-postgis-3"
    as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups --)
fi

# In /, because the user postgres may not be able to enter the current folder.
sql() { (cd / && exec "${as_postgres[@]}" env PGDATABASE="$1" PGOPTIONS='-c client_min_messages=warning' psql -X -q -v ON_ERROR_STOP=1 "${@:2}"); }

advice() {
    case $1 in
    *postgis.control* | *'extension "postgis" is not available'*)
        echo " PostGIS is not installed there: apt install postgresql-15-postgis-3 (of the version of the server)." ;;
    *'permission denied to create extension'*) echo " The first time needs a superuser." ;;
    *'No such file or directory'*socket* | *'Connection refused'*)
        echo " Does PostgreSQL run? 'pg_lsclusters' lists the clusters of this machine; 'pg_createcluster 15 main --start' makes one." ;;
    esac
}

# fail SENTENCE OUTPUT
fail() { die "$1$(advice "$2")"$'\n'"    ${2//$'\n'/$'\n'    }"; }

make_database() {
    local out
    # shellcheck disable=SC2016 # for psql
    if ! out=$(sql postgres -Atc "SELECT count(*) FROM pg_database WHERE datname = \$cctv\$$database\$cctv\$" 2>&1); then
        # The role may not be allowed to connect to the database postgres.
        sql "$database" -c 'SELECT 1' >/dev/null 2>&1 || fail "PostgreSQL does not let us in." "$out"
        return 0
    fi
    # Above the number may be warnings, such as that of another collation version.
    [[ ${out##*$'\n'} == 0 ]] || return 0
    out=$(sql postgres -c "CREATE DATABASE \"${database//\"/\"\"}\" ENCODING 'UTF8' TEMPLATE template0" 2>&1) ||
        fail "The database $database could not be made." "$out"
    echo "The database $database is new."
}

# is_wanted FILE
is_wanted() {
    local name=${1##*/[0-9]*-}
    name=${name%.sql}
    [[ $optional != *" $name "* || " $wanted " == *" $name "* ]]
}

cd -- "$top"
make_database
loaded=()
for file in sql/[0-9]*.sql; do
    [[ -e $file ]] || die "There is no $top/sql to load."
    is_wanted "$file" || continue
    out=$(sql "$database" -1 <"$file" 2>&1) ||
        fail "$file could not be loaded${loaded[0]+ (${loaded[*]} loaded)}." "$out"
    loaded+=("${file#sql/}")
done
echo "Loaded into $database: ${loaded[*]}."
