#!/bin/bash
# tools/janus.sh COMMAND DIR - a private Janus with its streaming plugin under DIR.
#
#   start   starts it and waits until it answers; prints "started", "restarted"
#           (because its configuration has changed, or it did not answer) or
#           "running". On failure it prints a sentence, exits with status 1, and
#           leaves nothing running.
#   stop    stops it and waits; does nothing if it does not run
#   status  prints "running PID" (status 0) or "stopped" (status 3)
#   env     prints JANUS_URL=, JANUS_ADMIN_URL=, JANUS_SECRET_FILE= and, with a
#           WebSocket, JANUS_WS_URL=, each on its own line
#
# Its APIs listen on 127.0.0.1 only, on free ports that are stored in DIR. Media
# uses the machine's other interfaces, since browsers offer no loopback
# candidates. If root starts it, it runs as the user nobody, otherwise as the
# calling user. Only that user can read its configuration, which contains the
# secret of all APIs: the 64 hexadecimal digits in JANUS_SECRET_FILE
# (DIR/../secrets/janus). The file is made if it does not exist.
#
# JANUS_WS=1        for front ends with their own janus.js: turns on a WebSocket,
#                   and accepts tokens signed with the secret instead of it
# JANUS_EVENTS=URL  where Janus sends its events, with the user name janus and
#                   the secret as the password
# JANUS_MEDIA_PORTS the ports that it sends media from, 20000-32767 by default
# DIR/log is its log.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"

libs=$(echo /usr/lib/*/janus)
readonly libs
readonly user=nobody

# Stores the choices of the environment, so that `env` can read them later.
with_ws=${JANUS_WS-}
events=${JANUS_EVENTS-}
media_ports=${JANUS_MEDIA_PORTS:-20000-32767}

listens() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Prints a free port below the ports that the system gives to clients.
free_port() {
    local port
    until port=$((10000 + SRANDOM % 10000)) && ! listens "$port"; do :; done
    echo "$port"
}

pids() {
    local path pid
    grep -lzxF -- "--configs-folder=$dir/conf" /proc/[0-9]*/cmdline 2>/dev/null | while read -r path; do
        pid=${path//[^0-9]/}
        [[ $(cat "/proc/$pid/comm" 2>/dev/null) != janus ]] || echo "$pid"
    done || true
}

is_running() { [[ $(pids) ]]; }
is_stopped() { ! is_running; }
answers() { curl --noproxy '*' -sf -o /dev/null -m 2 "http://127.0.0.1:$http_port/janus/info"; }

as_server() {
    if is_root; then
        exec setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- "$@"
    else
        exec "$@"
    fi
}

# Writes a file that is never incomplete and never readable by other users.
make_secret() {
    [[ ! -s $secret_file ]] || return 0
    (
        umask 077
        mkdir -p -- "${secret_file%/*}"
        od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n' >"$secret_file.new"
    )
    mv -f -- "$secret_file.new" "$secret_file"
}

read_secret() {
    secret=$(<"$secret_file")
    [[ $secret =~ ^[0-9A-Za-z]{16,}$ ]] ||
        die "$secret_file holds no secret of 16 or more letters and digits: remove it, and another is made."
}

# Sets http_port, admin_port and ws_port to the ports of the last start.
read_ports() { read -r http_port admin_port ws_port < <(cat "$dir/ports" 2>/dev/null); }

choose_ports() {
    http_port=$(free_port) admin_port=$(free_port) ws_port=$(free_port)
    echo "$http_port $admin_port $ws_port" >"$dir/ports"
}

janus_jcfg() {
    cat <<EOT
# Written by tools/janus.sh at every start.
general: {
    configs_folder = "$dir/conf"
    plugins_folder = "$dir/lib/plugins"
    transports_folder = "$dir/lib/transports"
    events_folder = "$dir/lib/events"
    loggers_folder = "$dir/lib/loggers"
    debug_level = 4
    debug_timestamps = true
    debug_colors = false
    hide_dependencies = true
    api_secret = "$secret"
    admin_secret = "$secret"
    session_timeout = 30
    event_loops = 2
EOT
    [[ ! $with_ws ]] || printf '    token_auth = true\n    token_auth_secret = "%s"\n' "$secret"
    cat <<EOT
}
media: {
    rtp_port_range = "$media_ports"
}
nat: {
    ice_keepalive_conncheck = true
}
EOT
    [[ ! $events ]] || printf 'events: {\n    broadcast = true\n    stats_period = 2\n}\n'
}

http_jcfg() {
    cat <<EOT
general: {
    json = "compact"
    base_path = "/janus"
    http = true
    ip = "127.0.0.1"
    port = $http_port
}
admin: {
    admin_base_path = "/admin"
    admin_http = true
    admin_ip = "127.0.0.1"
    admin_port = $admin_port
}
EOT
}

ws_jcfg() {
    cat <<EOT
general: {
    json = "compact"
    ws = true
    ws_ip = "127.0.0.1"
    ws_port = $ws_port
}
EOT
}

events_jcfg() {
    cat <<EOT
general: {
    enabled = true
    events = "sessions,handles,jsep,webrtc,media,plugins"
    grouping = true
    json = "compact"
    backend = "$events"
    backend_user = "janus"
    backend_pwd = "$secret"
}
EOT
}

# Writes the current configuration into DIR/conf.new. Janus loads all
# plugins and transports that it finds, so DIR/lib contains only those needed.
write_config() {
    local to=$dir/conf.new
    rm -rf "${to:?}" "${dir:?}/lib"
    mkdir -m 700 "$to"
    (
        umask 077
        janus_jcfg >"$to/janus.jcfg"
        echo "general: { admin_key = \"$secret\" }" >"$to/janus.plugin.streaming.jcfg"
        http_jcfg >"$to/janus.transport.http.jcfg"
        [[ ! $with_ws ]] || ws_jcfg >"$to/janus.transport.websockets.jcfg"
        [[ ! $events ]] || events_jcfg >"$to/janus.eventhandler.sampleevh.jcfg"
    )
    mkdir -p "$dir"/lib/{plugins,transports,events,loggers}
    ln -s "$libs/plugins/libjanus_streaming.so" "$dir/lib/plugins"
    ln -s "$libs/transports/libjanus_http.so" "$dir/lib/transports"
    [[ ! $with_ws ]] || ln -s "$libs/transports/libjanus_websockets.so" "$dir/lib/transports"
    [[ ! $events ]] || ln -s "$libs/events/libjanus_sampleevh.so" "$dir/lib/events"
    ! is_root || chown -R "$user:" "$to"
}

launch() {
    rm -rf "$dir/conf"
    mv "$dir/conf.new" "$dir/conf"
    (as_server setsid janus --configs-folder="$dir/conf") >"$dir/log" 2>&1 </dev/null &
    wait_for 5 is_running || true
    wait_for 10 listens_or_ended && is_running
}

# Whether the log reports the start. Asking the port is not enough: another Janus
# may have taken it meanwhile.
listens_itself() {
    grep -qsF "HTTP webserver started (port $http_port, /janus" "$dir/log" &&
        grep -qsF "HTTP webserver started (port $admin_port, /admin" "$dir/log" &&
        { [[ ! $with_ws ]] || grep -qsF "Websockets server started (port $ws_port)" "$dir/log"; } && answers
}
listens_or_ended() { listens_itself || is_stopped; }

start() {
    local did=started attempt
    type janus >/dev/null 2>&1 || die "Janus is not installed: type 'make packages'."
    mkdir -p "$dir"
    if is_root && ! (as_server test -x "$dir"); then
        die "The user $user cannot reach $dir: use a folder that it can."
    fi
    make_secret
    read_secret
    read_ports || choose_ports
    write_config
    if is_running; then
        if diff -rq "$dir/conf" "$dir/conf.new" >/dev/null && wait_for 5 answers; then
            rm -rf "$dir/conf.new"
            echo running
            return
        fi
        did=restarted
        stop
    fi
    trap stop EXIT
    trap 'exit 130' INT TERM HUP
    for ((attempt = 1; ; attempt++)); do
        if launch; then break; fi
        stop
        if ((attempt == 3)); then
            if disk_full "$dir" "$dir/log"; then no_room "$dir"; fi
            {
                echo "Janus does not start; the end of its log:"
                tail -n 10 "$dir/log" | sed 's/^/    /'
            } >&2
            exit 1
        fi
        choose_ports
        write_config
    done
    trap - EXIT INT TERM HUP
    echo "$did"
}

stop() { stop_all "Janus"; }

(($# == 2)) || die "usage: tools/janus.sh start|stop|status|env DIR"
dir=$(realpath -m -- "$2")
[[ $dir != *[\"\\]* ]] || die "Janus cannot work in a folder whose name has a quote or a backslash: $dir"
secret_file=$(realpath -m -- "${JANUS_SECRET_FILE:-$dir/../secrets/janus}")
case $1 in
start) start ;;
stop) stop ;;
status)
    if is_running; then echo "running $(pids | head -1)"; else
        echo stopped
        exit 3
    fi
    ;;
env)
    read_ports || die "Janus was never started in $dir."
    printf '%s\n' "JANUS_URL=http://127.0.0.1:$http_port/janus" \
        "JANUS_ADMIN_URL=http://127.0.0.1:$admin_port/admin" "JANUS_SECRET_FILE=$secret_file"
    [[ ! -e $dir/lib/transports/libjanus_websockets.so ]] || echo "JANUS_WS_URL=ws://127.0.0.1:$ws_port/"
    ;;
*) die "tools/janus.sh has no command '$1'." ;;
esac
