#!/bin/bash
# tools/cameras.sh COMMAND DIR - test cameras under DIR: see cameras.py.
#
#   start   starts the cameras that do not run and waits until they serve; prints
#           "started" or "running". On failure it prints a sentence, exits with
#           status 1, and leaves nothing running.
#   stop    stops them and waits; does nothing if none runs
#   status  prints "running PID…" (status 0), "stopped" (status 3) or "broken"
#           (status 4: not all processes run)
#   urls    prints a line "NAME URL" for each camera without a fault
#   odd     prints a line "NAME<tab>URL<tab>SENTENCE" for each camera with a fault
#   logins  prints the lines of CCTVCameraLoginsFile for these
#
# DEMO=odd also starts the cameras with faults, in a third process: see
# rtsp_camera/. Without it, `start` stops them.
#
# One process serves eight cameras by RTSP and encodes only while somebody
# watches; another process sends one camera by RTP. They use free ports of
# 127.0.0.1, which are stored in DIR. If root starts them, they run as the user
# nobody, otherwise as the calling user. Their logs are DIR/rtsp.log,
# DIR/rtp.log and DIR/odd.log.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"

readonly rtsp_names=(demo-live-{1..8})
readonly rtp_names=(demo-live-9)
# shellcheck disable=SC2034 # used by name, like the two above
readonly odd_names=()
readonly user=nobody
ways=(rtsp rtp)
[[ ${DEMO-} != odd ]] || ways+=(odd)

# Whether a port is unused, by TCP and UDP, in this network namespace.
is_free() { ! grep -qi "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") " /proc/net/{tcp,udp}{,6} 2>/dev/null; }

# Prints a free port below the ports that the system gives to clients, and below
# the ports of Janus's media.
free_port() {
    local port
    until port=$((10000 + SRANDOM % 10000)) && is_free "$port"; do :; done
    echo "$port"
}

# pids [rtsp|rtp|odd] - lists the processes of all cameras, or of one kind; by
# default that of $only.
only=
pids() {
    local path kind=${1-$only}
    grep -lzxF -- "$dir/cameras.py" /proc/[0-9]*/cmdline 2>/dev/null | while read -r path; do
        [[ ! $kind ]] || grep -qzxF -- "$kind" "$path" 2>/dev/null || continue
        [[ $(cat "${path%cmdline}comm" 2>/dev/null) != python3 ]] || echo "${path//[^0-9]/}"
    done || true
}

runs() { [[ $(pids "$1") ]]; }
is_stopped() { [[ ! $(pids) ]]; }
is_ready() { grep -qsx ready "$dir/$1.log"; }
ready_or_ended() { is_ready "$1" || ! runs "$1"; }

# Runs a command in DIR, because the user of the cameras may not be able to read
# the folder that this script was called from. The caches are in DIR, too.
as_server() {
    cd -- "$dir"
    export XDG_CACHE_HOME=$dir/cache PYTHONDONTWRITEBYTECODE=1
    if is_root; then
        exec setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups -- "$@"
    else
        exec "$@"
    fi
}

runs_all() {
    local way
    for way in "${ways[@]}"; do runs "$way" || return; done
}

# Whether DIR has the programs of the checkout.
is_current() {
    cmp -s "$top/tools/cameras.py" "$dir/cameras.py" &&
        diff -rqx __pycache__ "$top/tools/rtsp_camera" "$dir/rtsp_camera" >/dev/null 2>&1
}

copy_programs() {
    rm -rf -- "${dir:?}/rtsp_camera"
    mkdir -- "$dir/rtsp_camera"
    cp -- "$top"/tools/rtsp_camera/*.py "$dir/rtsp_camera"
    cp -- "$top/tools/cameras.py" "$dir/cameras.py.new"
    chmod 644 "$dir/cameras.py.new" "$dir"/rtsp_camera/*
    mv -f -- "$dir/cameras.py.new" "$dir/cameras.py"
}

# launch rtsp|rtp|odd NAME…
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
    if ! is_current; then
        stop
        copy_programs
    fi
    [[ ${DEMO-} == odd ]] || only=odd stop
    trap stop EXIT
    trap 'exit 130' INT TERM HUP
    for way in "${ways[@]}"; do
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

# tell LIST - prints what cameras.py says about the cameras with faults.
tell() { PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$dir/cameras.py" "$1" "$(<"$dir/odd.port")"; }

(($# == 2)) || die "usage: tools/cameras.sh start|stop|status|urls|odd|logins DIR"
dir=$(realpath -m -- "$2")
case $1 in
start) start ;;
stop) stop ;;
status)
    if runs_all; then echo "running $(pids | xargs)"; elif is_stopped; then
        echo stopped
        exit 3
    else
        echo broken
        exit 4
    fi
    ;;
urls) urls ;;
odd) tell odd-list ;;
logins) tell odd-logins ;;
*) die "tools/cameras.sh has no command '$1'." ;;
esac
