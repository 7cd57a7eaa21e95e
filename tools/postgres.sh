#!/bin/bash
# tools/postgres.sh COMMAND DIR - a private PostgreSQL with PostGIS under DIR.
#
#   start   makes the cluster if there is none, starts it and waits until it
#           answers; does nothing if it runs. On failure it prints a sentence and
#           the end of the log, exits with status 1, and leaves nothing running.
#   stop    stops it and waits; does nothing if it does not run
#   status  prints "running PID" (status 0) or "stopped" (status 3)
#   load [--demo]   makes the database cctv and loads sql/ (load-sql.sh); the
#           demo cameras only with --demo
#   env     prints PGHOST=, PGPORT=, PGUSER= and PGDATABASE=, each on its own line
#
# It listens on a Unix socket only, not on TCP. If root starts it, it runs as the
# user postgres, otherwise as the calling user. PostgreSQL checks the user of the
# operating system (peer, never trust). The calling user and the user of the
# server may connect as any role; Apache's children (www-data, if root started
# it) only as cctv_reader and cctv_video. For roles that are created later,
# `load` adds the permission.
#
# CCTV_PG_FSYNC=off makes start faster but unsafe: for tests and measurements.
# DIR/log is the log of the server; DIR/socket contains the folder of its socket.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"

readonly database=cctv

# The path of a socket may have 107 bytes, and commas, quotes and blanks in a host
# have a special meaning for libpq.
choose_socket_dir() {
    socket_dir=$dir/run
    if ((${#socket_dir} > 85)) || [[ $socket_dir == *[^A-Za-z0-9/._-]* ]]; then
        socket_dir=$(mktemp -d /tmp/cctv-pg.XXXXXX)
    fi
    mkdir -p "$socket_dir"
    ! is_root || chown postgres:postgres "$socket_dir"
    # Other users may enter the folder, since Apache's children have to; the
    # server checks the user of each connection.
    chmod 711 "$socket_dir"
    echo "$socket_dir" >"$dir/socket"
}

# After a crash the sockets are still in this folder.
forget_socket_dir() {
    local old
    [[ -r $dir/socket ]] || return 0
    old=$(<"$dir/socket")
    rm -f "$dir/socket" "$old"/.s.PGSQL.5432{,.lock}
    rmdir -- "$old" 2>/dev/null || true
}

# Runs a command as the server's user, in server_dir or in /. That user may not
# be able to read the folder that this script was called from.
as_server() {
    if is_root; then
        (cd -- "${server_dir:-/}" && exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$@")
    else
        (cd -- "${server_dir:-/}" && exec "$@")
    fi
}

# Finds the PostgreSQL that made the cluster, or the newest one installed.
find_bin() {
    local version
    version=$(cat "$data/PG_VERSION" 2>/dev/null) ||
        version=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' 2>/dev/null | sort -V | tail -1)
    bin=/usr/lib/postgresql/$version/bin
    [[ $version && -x $bin/postgres ]] ||
        die "PostgreSQL ${version:-15} is not installed: type 'make packages'."
}

# Lists all processes of this cluster: those of PostgreSQL in its folder.
pids() {
    local path
    for path in /proc/[0-9]*; do
        [[ $path/cwd -ef $data && $(cat "$path/comm" 2>/dev/null) == postgres ]] && echo "${path#/proc/}"
    done || true
}

# Prints the PID in postmaster.pid if it is really the server of this cluster:
# after a crash the number may belong to any other process.
server_pid() {
    local pid
    pid=$(head -1 "$data/postmaster.pid" 2>/dev/null) && pids | grep -x -- "$pid"
}

is_running() { server_pid >/dev/null; }
is_stopped() { [[ ! $(pids) ]]; }

connect() { env PGHOST="$socket_dir" PGPORT=5432 PGUSER=postgres PGDATABASE="${1?}" PGCONNECT_TIMEOUT=5 "${@:2}"; }

answers() { connect postgres timeout 3 psql -XAtqc 'SELECT 1' >/dev/null 2>&1; }

write_config() {
    as_server tee "$data/cctv.conf" >/dev/null <<EOF
# Written by tools/postgres.sh at every start.
listen_addresses = ''
unix_socket_directories = '$socket_dir'
shared_buffers = 128MB
max_connections = 100
fsync = ${CCTV_PG_FSYNC:-on}
full_page_writes = ${CCTV_PG_FSYNC:-on}
synchronous_commit = ${CCTV_PG_FSYNC:-on}
log_line_prefix = '%m [%p] %q%u@%d '
EOF
    grep -qx "include 'cctv.conf'" "$data/postgresql.conf" ||
        as_server tee -a "$data/postgresql.conf" >/dev/null <<<"include 'cctv.conf'"
    as_server tee "$data/pg_hba.conf" >/dev/null <<<'local all all peer map=cctv'
}

# write_ident ROLE…
write_ident() {
    local user role
    {
        for role; do
            for user in "$(id -un)" "$(stat -c %U "$data")"; do echo "cctv \"$user\" \"$role\""; done
        done
        ! is_root || printf 'cctv www-data %s\n' cctv_reader cctv_video
    } | sort -u | as_server tee "$data/pg_ident.conf" >/dev/null
}

# fail SENTENCE [LOG…]
fail() {
    printf '%s\n' "$1" >&2
    shift
    tail -qn 15 -- "$@" 2>/dev/null | sed 's/^/    /' >&2
    exit 1
}

make_cluster() {
    local out=$dir/initdb.log
    # Made under another name and then renamed, so that an incomplete cluster is
    # never used.
    rm -rf "$data.new"
    mkdir "$data.new"
    ! is_root || chown postgres:postgres "$data.new"
    if ! as_server "$bin/initdb" -D "$data.new" -U postgres -A peer --locale=C.UTF-8 -E UTF8 \
        --no-instructions ${CCTV_PG_FSYNC:+--no-sync} >"$out" 2>&1; then
        rm -rf "$data.new"
        if disk_full "$dir" "$out"; then no_room "$dir"; fi
        fail "The database's files could not be made in $dir; initdb said:" "$out"
    fi
    mv "$data.new" "$data"
    rm -f "$out"
}

start() {
    local owner
    mkdir -p "$dir"
    find_bin
    owner=$(stat -c %U "$data" 2>/dev/null) || owner=$(as_server id -un)
    [[ $owner == "$(as_server id -un)" ]] ||
        die "$dir holds a database of the user $owner: go on as that user, or use another folder."
    if is_root && ! as_server test -x "$dir"; then
        die "The user postgres cannot reach $dir: use a folder that it can."
    fi
    [[ -e $data/PG_VERSION ]] || make_cluster
    if is_running; then
        wait_for 5 answers && return
        die "PostgreSQL in $dir runs (PID $(server_pid)) but does not answer: see $dir/log, or stop it first."
    fi
    # Remove what a killed server left: first its children, then its PID file.
    # With that file PostgreSQL would take a zombie or any other process with this
    # PID for a running server.
    stop
    rm -f "$data/postmaster.pid"
    choose_socket_dir
    write_config
    write_ident postgres cctv_reader cctv_video
    touch "$dir/log"
    ! is_root || chown postgres:postgres "$dir/log"
    trap 'is_stopped || stop' EXIT
    trap 'exit 130' INT TERM HUP
    # Relative paths, because pg_ctl passes them to a shell.
    if ! server_dir=$dir as_server "$bin/pg_ctl" -D data -l log -s -w -t 60 start >/dev/null 2>&1 ||
        ! wait_for 5 answers; then
        if tail -20 "$dir/log" | disk_full "$dir" -; then no_room "$dir"; fi
        stop
        fail "PostgreSQL does not start in $dir; the end of its log:" "$dir/log"
    fi
    trap - EXIT INT TERM HUP
}

stop() {
    local pid signal left
    if pid=$(server_pid); then
        # INT is a fast shutdown, QUIT an immediate one. CONT, because a stopped
        # server handles no signal before it continues.
        for signal in INT QUIT; do
            kill "-$signal" "$pid" 2>/dev/null || break
            kill -CONT "$pid" 2>/dev/null || true
            wait_for 20 is_stopped && break
        done
    fi
    # If the server was killed, its other processes usually end on their own.
    is_running || wait_for 5 is_stopped || true
    mapfile -t left < <(pids)
    if ((${#left[@]})); then
        kill -KILL "${left[@]}" 2>/dev/null || true
        wait_for 5 is_stopped ||
            die "PostgreSQL (PID ${left[0]}) could not be stopped: are you the user who started it?"
    fi
    forget_socket_dir
}

load() {
    local out found=
    is_running || die "PostgreSQL is not running in $dir."
    [[ $(connect postgres psql -XAtqc "SELECT 1 FROM pg_database WHERE datname = '$database'") ]] ||
        connect postgres psql -XAtqc "CREATE DATABASE $database"
    out=$(connect "$database" "$top/tools/load-sql.sh" import ${1:+demo} 2>&1) || die "$out"
    mapfile -t found < <(connect postgres psql -XAtqc "SELECT rolname FROM pg_roles WHERE rolcanlogin")
    write_ident "${found[@]}"
    kill -HUP "$(server_pid)"
}

(($# >= 2)) || die "usage: tools/postgres.sh start|stop|status|load|env DIR [--demo]"
dir=$(realpath -m -- "$2")
data=$dir/data
socket_dir=$(cat "$dir/socket" 2>/dev/null || true)
case $1 in
start) start ;;
stop) stop ;;
load) load "${3-}" ;;
status)
    if is_running; then echo "running $(server_pid)"; else
        echo stopped
        exit 3
    fi
    ;;
env) printf '%s\n' "PGHOST=$socket_dir" PGPORT=5432 PGUSER=postgres "PGDATABASE=$database" ;;
*) die "tools/postgres.sh has no command '$1'." ;;
esac
