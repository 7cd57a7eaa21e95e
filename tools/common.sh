# shellcheck shell=bash
# What all scripts in tools/ share. This file is sourced, never run.
#
#   $top        the checkout, absolute
#   die TEXT    prints TEXT on stderr and exits with status 1
#   wait_for SECONDS COMMAND…   repeats COMMAND until it succeeds; fails after
#                               SECONDS
#   is_root     whether root runs this
#   stop_all NAME               stops every process that the caller's pids()
#                               lists; exits with a sentence if it cannot
#   disk_full FOLDER FILE…      whether FOLDER has no room left, or one of the
#                               files (- is stdin) reports that
#   no_room FOLDER              exits with the sentence about a full disk

set -euo pipefail
umask 022
export LC_ALL=C.UTF-8
# Debian's folder of apache2, which is not on a normal user's PATH.
PATH=$PATH:/usr/sbin:/sbin

top=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck disable=SC2034 # used by the scripts that source this file
readonly top

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

is_root() { [[ $EUID -eq 0 ]]; }

wait_for() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < until)) || return 1
        sleep 0.1
    done
}

none_is_left() { [[ ! $(pids) ]]; }

stop_all() {
    local signal left
    for signal in TERM KILL; do
        mapfile -t left < <(pids)
        ((${#left[@]})) || return 0
        # CONT, because a stopped process handles no signal before it continues.
        kill "-$signal" "${left[@]}" 2>/dev/null || true
        kill -CONT "${left[@]}" 2>/dev/null || true
        wait_for 5 none_is_left || true
    done
    none_is_left || die "$1 (PID ${left[0]}) could not be stopped: are you the user who started it?"
}

disk_full() {
    local free
    free=$(df --output=avail -k -- "$1" 2>/dev/null | tail -1) || free=0
    ((free < 1024)) || grep -qs 'No space left on device\|Disk quota exceeded' "${@:2}"
}

no_room() { die "The disk of $1 is full: free some space, or use a folder on another disk."; }
