#!/bin/bash
# tools/apache.sh COMMAND DIR - a private Apache with the module under DIR.
#
#   start   starts Debian's Apache with the configuration of conf/ and waits
#           until it listens; prints "started", "restarted" (because its module
#           or its configuration has changed) or "running". On failure it prints
#           a sentence, exits with status 1, and leaves nothing running.
#           Reads PORT, LISTEN (an address of this machine besides
#           127.0.0.1; 0.0.0.0: all), MODULE (the .so) and CCTV_DB (a connection
#           string); for
#           video JANUS_URL, JANUS_ADMIN_URL and JANUS_SECRET_FILE (janus.sh);
#           for cameras with a login CAMERA_LOGINS (a file); for a map with
#           tiles CCTV_MAP_TILES (cctv-map.conf).
#   stop    stops it and waits; does nothing if it does not run
#   status  prints "running PID" (status 0), "stopped" (status 3) or "broken"
#           (status 4: its parent process was killed, others still run)
#   check   succeeds if PORT is free or used by this Apache; otherwise prints a
#           sentence
#
# It listens on 127.0.0.1:PORT, with LISTEN on that address as well, and uses the event MPM. All files that it
# reads and writes are in DIR: httpd.conf, the module, error.log, access.log,
# htdocs/, state/. The map page is the one of the checkout, or a copy in DIR/map
# if Apache's user cannot read the checkout; DIR/config.json is its
# configuration. If root starts Apache, its children run as www-data.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"

# Lists all processes of this Apache: those started with its configuration file.
# After a crash the number in a PID file may belong to any other process.
pids() {
    local path pid
    grep -lzxF -- "$dir/httpd.conf" /proc/[0-9]*/cmdline 2>/dev/null | while read -r path; do
        pid=${path//[^0-9]/}
        [[ $(cat "/proc/$pid/comm" 2>/dev/null) != apache2 ]] || echo "$pid"
    done || true
}

# Prints the PID of the parent process.
parent_pid() {
    local pid
    pid=$(cat "$dir/apache.pid" 2>/dev/null) && pids | grep -x -- "$pid"
}

is_running() { parent_pid >/dev/null; }
is_stopped() { [[ ! $(pids) ]]; }
listens() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Prints the directives with the addresses. 0.0.0.0 includes 127.0.0.1, and httpd
# refuses both together.
listens_on() {
    case ${LISTEN:-127.0.0.1} in
    0.0.0.0 | 127.0.0.1) echo "Listen ${LISTEN:-127.0.0.1}:$PORT" ;;
    *:*) printf 'Listen %s:%s\n' 127.0.0.1 "$PORT" "[$LISTEN]" "$PORT" ;;
    *) printf 'Listen %s:%s\n' 127.0.0.1 "$PORT" "$LISTEN" "$PORT" ;;
    esac
}

# Prints the definitions that turn on video in cctv.conf.
video_defines() {
    [[ ! ${JANUS_URL-} ]] || cat <<EOF
Define CCTV_JANUS "$JANUS_URL"
Define CCTV_JANUS_ADMIN "$JANUS_ADMIN_URL"
Define CCTV_SECRETS "${JANUS_SECRET_FILE%/*}"
EOF
}

# Prints the definitions that cctv-map.conf uses.
map_defines() {
    printf 'Define %s "%s"\n' CCTV_MAP "$map" CCTV_MAP_CONFIG "$dir" CCTV_MAP_FILES "$dir/own"
    [[ ! ${CCTV_MAP_TILES-} ]] || printf 'Define CCTV_MAP_TILES "%s"\n' "$CCTV_MAP_TILES"
}

httpd_conf() {
    local name
    echo "# Written by tools/apache.sh at every start."
    echo "ServerName localhost"
    listens_on
    ! is_root || printf '%s www-data\n' User Group
    for name in mpm_event authz_core authz_host status dir mime alias headers filter deflate reqtimeout dbd; do
        echo "LoadModule ${name}_module \"$modules/mod_$name.so\""
    done
    cat <<EOF
# 8 processes with DBDMax 10 use at most 80 of the 100 connections of PostgreSQL.
# All of them run from the start: the event MPM closes idle connections of a
# process whose threads are all busy, and a client that has just sent a request
# on one sees an error.
StartServers 8
ThreadsPerChild 64
MaxSpareThreads 512
MaxRequestWorkers 512
DefaultRuntimeDir .
PidFile apache.pid
ErrorLog error.log
CustomLog access.log "%h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\""
DocumentRoot htdocs
TypesConfig /etc/mime.types
Define CCTV_DB "$CCTV_DB"
Define CCTV_STATE "$dir/state/cctv"
Define CCTV_CATALOGUE "$dir/state/catalogue"
Define CCTV_OGC
Define CCTV_TILES
Define CCTV_OPENAPI "$dir/openapi.json"
$(video_defines)
$(map_defines)
RedirectMatch "^/$" "/map/"
<Location "/server-status">
    SetHandler server-status
    Require local
</Location>
Include cctv.load
Include cctv.conf
Include cctv-site.conf
Include cctv-map.conf
EOF
    [[ ! ${CAMERA_LOGINS-} ]] || echo "CCTVCameraLoginsFile \"$CAMERA_LOGINS\""
}

# Whether Apache's user can read everything in a folder.
can_read() {
    local -a as_server=()
    ! is_root || as_server=(setpriv --reuid=www-data --regid=www-data --init-groups --)
    [[ ! $(cd / && "${as_server[@]}" find "$1" ! -readable -print -quit 2>&1) ]]
}

# Sets map, the folder of the map page. If it is the one of the checkout, edits
# show at once; edits of config.json always do.
find_map() {
    [[ -e $dir/config.json ]] || echo '{}' >"$dir/config.json" || return
    map=$top/htdocs
    can_read "$map" || {
        map=$dir/map
        rm -rf "$map" && cp -R -- "$top/htdocs" "$map" && chmod -R a+rX "$map"
    }
}

# Writes the current configuration into DIR/new.
write_config() {
    local to=$dir/new
    rm -rf "$to" && mkdir "$to" &&
        cp -- "$MODULE" "$to/mod_cctv.so" &&
        cp -- "$top"/conf/cctv{,-site,-map}.conf "$top/conf/openapi.json" "$to/" &&
        sed 's|^\(LoadModule cctv_module\) .*|\1 mod_cctv.so|' "$top/conf/cctv.load" >"$to/cctv.load" &&
        httpd_conf >"$to/httpd.conf"
}

# Replaces the old configuration with DIR/new; returns whether they differ.
renew_config() {
    local name changed=
    for name in mod_cctv.so cctv.conf cctv-site.conf cctv-map.conf cctv.load httpd.conf openapi.json; do
        cmp -s "$dir/new/$name" "$dir/$name" && continue
        changed=1
        # Replace by rename: a running Apache has the old file mapped.
        mv -f "$dir/new/$name" "$dir/$name"
    done
    rm -rf "$dir/new"
    [[ $changed ]]
}

port_taken() { die "Port $PORT is in use by another program: stop that, or choose another port with PORT=…"; }

check() {
    if ! [[ $PORT =~ ^[1-9][0-9]{0,4}$ ]] || ((PORT > 65535)); then
        die "PORT=$PORT is no port: it is a number from 1 to 65535."
    fi
    [[ ${LISTEN:-127.0.0.1} =~ ^[0-9A-Fa-f.:]+$ ]] ||
        die "LISTEN=$LISTEN is no address: it is such as 192.0.2.7, or 0.0.0.0 for all addresses of this machine."
    if ! is_stopped && grep -qsE "^Listen (127\.0\.0\.1|0\.0\.0\.0):$PORT\$" "$dir/httpd.conf"; then return; fi
    if listens "$PORT"; then port_taken; fi
    # Check this before the running Apache is stopped.
    if ! is_root && ((PORT < $(</proc/sys/net/ipv4/ip_unprivileged_port_start))); then
        port_forbidden
    fi
}

port_forbidden() { die "This user may not listen on port $PORT: choose one above 1023 with PORT=…"; }

launch() {
    local out
    trap 'stop' EXIT
    trap 'exit 130' INT TERM HUP
    if out=$(apache2 -d "$dir" -f "$dir/httpd.conf" -k start 2>&1 </dev/null) &&
        wait_for 10 is_running && wait_for 10 listens "$PORT"; then
        trap - EXIT INT TERM HUP
        return
    fi
    case $out in
    *'Address already in use'*) port_taken ;;
    *'Permission denied'*'make_sock'*) port_forbidden ;;
    esac
    if disk_full "$dir" - <<<"$out"; then no_room "$dir"; fi
    {
        echo "Apache does not start; it said:"
        { [[ ! $out ]] || echo "$out"; tail -n 10 "$dir/error.log" 2>/dev/null; } | sed 's/^/    /'
    } >&2
    exit 1
}

start() {
    local did=started out
    check
    type apache2 >/dev/null 2>&1 || die "Apache is not installed: type 'make packages'."
    modules=$(apxs -q LIBEXECDIR)
    mkdir -p "$dir/htdocs" "$dir/state" "$dir/own"
    ! is_root || chown www-data: "$dir/state"
    chmod 700 "$dir/state"
    if ! out=$(find_map 2>&1 && write_config 2>&1); then
        if disk_full "$dir"; then no_room "$dir"; fi
        die "Apache's configuration could not be written: $out"
    fi
    if renew_config; then
        is_stopped || did=restarted
    elif is_running && listens "$PORT"; then
        echo running
        return
    fi
    stop
    check
    launch
    echo "$did"
}

stop() {
    local signal pid left
    if pid=$(parent_pid); then
        kill -TERM "$pid" 2>/dev/null || die "Apache (PID $pid) could not be stopped: are you the user who started it?"
        # Stopped processes handle no signal before they continue.
        mapfile -t left < <(pids)
        kill -CONT "${left[@]}" 2>/dev/null || true
        wait_for 15 is_stopped || true
    fi
    # If the parent was killed, its children may still run.
    for signal in TERM KILL; do
        mapfile -t left < <(pids)
        ((${#left[@]})) || break
        kill "-$signal" "${left[@]}" 2>/dev/null || true
        wait_for 2 is_stopped || true
    done
    is_stopped || die "Apache (PID $(pids | head -1)) could not be stopped: are you the user who started it?"
    rm -f "$dir/apache.pid"
}

(($# == 2)) || die "usage: tools/apache.sh start|stop|status|check DIR"
dir=$(realpath -m -- "$2")
case $1 in
start) start ;;
stop) stop ;;
status)
    if is_running; then echo "running $(parent_pid)"; elif is_stopped; then
        echo stopped
        exit 3
    else
        echo broken
        exit 4
    fi
    ;;
check) check ;;
*) die "tools/apache.sh has no command '$1'." ;;
esac
