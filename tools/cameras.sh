#!/bin/bash
# tools/cameras.sh COMMAND DIR - test cameras under DIR: see cameras.py.
#
#   start   starts those that do not run and waits until they serve; prints
#           "started" or "running". When it fails: a sentence, status 1, and
#           nothing is left running.
#   stop    stops them and waits; nothing to do when none runs
#   status  prints "running PID…" (status 0), "stopped" (status 3) or "broken"
#           (status 4: one of the two processes is gone)
#   urls    prints a line "NAME URL" for each camera
#
# Eight by RTSP in one process, which encode only while somebody watches, and
# one by RTP in another, on free ports of 127.0.0.1 that DIR keeps. Root runs them as the user nobody, others as
# themselves. DIR/rtsp.log and DIR/rtp.log are their logs.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"

readonly rtsp_names=(demo-live-{1..8})
readonly rtp_names=(demo-live-9)
readonly user=nobody

# Whether nobody has a port of 127.0.0.1, by TCP or UDP, in this network
# namespace.
is_free() { ! grep -qi "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") " /proc/net/{tcp,udp}{,6} 2>/dev/null; }

# Below the ports that the system gives to clients, and those of Janus's media.
free_port() {
    local port
    until port=$((10000 + SRANDOM % 10000)) && is_free "$port"; do :; done
    echo "$port"
}

# pids [WAY] - those of all cameras, or of rtsp or rtp alone.
pids() {
    local path
    grep -lzxF -- "$dir/cameras.py" /proc/[0-9]*/cmdline 2>/dev/null | while read -r path; do
        [[ ! ${1-} ]] || grep -qzxF -- "$1" "$path" 2>/dev/null || continue
        [[ $(cat "${path%cmdline}comm" 2>/dev/null) != python3 ]] || echo "${path//[^0-9]/}"
    done || true
}

runs() { [[ $(pids "$1") ]]; }
is_stopped() { [[ ! $(pids) ]]; }
is_ready() { grep -qsx ready "$dir/$1.log"; }
ready_or_ended() { is_ready "$1" || ! runs "$1"; }

# In DIR, as a user who may not be able to read the folder that this was
# called from, with caches of his own.
as_server() {
    cd -- "$dir"
    export XDG_CACHE_HOME=$dir/cache
    if is_root; then
        exec setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- "$@"
    else
        exec "$@"
    fi
}

# launch WAY NAME…
launch() {
    local way=$1 attempt
    for attempt in 1 2 3; do
        [[ -s $dir/$way.port && $attempt == 1 ]] || free_port >"$dir/$way.port"
        : >"$dir/$way.log"
        (as_server setsid /usr/bin/python3 "$dir/cameras.py" "$way" "$(<"$dir/$way.port")" "${@:2}") \
            >"$dir/$way.log" 2>&1 </dev/null &
        wait_for 5 runs "$way" || true
        if wait_for 30 ready_or_ended "$way" && runs "$way"; then return; fi
        stop
    done
    if disk_full "$dir" "$dir/$way.log"; then no_room "$dir"; fi
    {
        echo "The test cameras do not start; the end of their log:"
        tail -n 10 "$dir/$way.log" | sed 's/^/    /'
    } >&2
    exit 1
}

start() {
    local did=running way
    mkdir -p "$dir/cache"
    ! is_root || chown "$user:" "$dir/cache"
    if is_root && ! (as_server test -x "$dir"); then
        die "The user $user cannot reach $dir: use a folder that it can."
    fi
    if ! cmp -s "$top/tools/cameras.py" "$dir/cameras.py"; then
        stop
        cp -- "$top/tools/cameras.py" "$dir/cameras.py.new"
        chmod 644 "$dir/cameras.py.new"
        mv -f -- "$dir/cameras.py.new" "$dir/cameras.py"
    fi
    trap stop EXIT
    trap 'exit 130' INT TERM HUP
    for way in rtsp rtp; do
        if runs "$way"; then continue; fi
        did=started
        local -n names=${way}_names
        launch "$way" "${names[@]}"
    done
    trap - EXIT INT TERM HUP
    echo "$did"
}

stop() { stop_all "A test camera"; }

urls() {
    local name
    for name in "${rtsp_names[@]}"; do echo "$name rtsp://127.0.0.1:$(<"$dir/rtsp.port")/$name"; done
    for name in "${rtp_names[@]}"; do echo "$name rtp://127.0.0.1:$(<"$dir/rtp.port")"; done
}

(($# == 2)) || die "usage: tools/cameras.sh start|stop|status|urls DIR"
dir=$(realpath -m -- "$2")
case $1 in
start) start ;;
stop) stop ;;
status)
    if runs rtsp && runs rtp; then echo "running $(pids | xargs)"; elif is_stopped; then
        echo stopped
        exit 3
    else
        echo broken
        exit 4
    fi
    ;;
urls) urls ;;
*) die "tools/cameras.sh has no command '$1'." ;;
esac
