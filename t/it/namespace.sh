#!/bin/bash
# t/it/namespace.sh COMMAND… - runs COMMAND in a network of its own.
#
# All ports are free there, and 10.99.0.1 is an interface that is no loopback:
# WebRTC needs one. Sets CCTV_NETWORK to that address. Works for root, and for
# other users where they may have user namespaces; elsewhere COMMAND runs in
# the machine's network, without CCTV_NETWORK.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
readonly address=10.99.0.1

# Inside: makes the network. Another end is what makes a veth device carry.
if [[ ${1-} == --inside ]]; then
    ip link set lo up
    ip link add cctv0 type veth peer name cctv1
    ip address add $address/24 dev cctv0
    ip link set cctv0 up
    ip link set cctv1 up
    export CCTV_NETWORK=$address
    uid=$2 gid=$3
    shift 3
    # Root stays root; others are themselves again.
    ((uid == 0)) || exec unshare --user --map-user="$uid" --map-group="$gid" -- "$@"
    exec "$@"
fi

as_root=(unshare --net)
((EUID == 0)) || as_root=(unshare --user --map-root-user --net)
inside=("${as_root[@]}" -- bash "${BASH_SOURCE[0]}" --inside "$(id -u)" "$(id -g)")
if "${inside[@]}" true 2>/dev/null; then exec "${inside[@]}" "$@"; fi
echo "This machine gives no network namespace: tests of real video are skipped." >&2
exec "$@"
