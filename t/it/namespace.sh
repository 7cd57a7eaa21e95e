#!/bin/bash
# t/it/namespace.sh COMMAND… - runs COMMAND in a network namespace of its own.
#
# All ports are free there, and 10.99.0.1 is an interface other than loopback,
# which WebRTC needs. CCTV_NETWORK is set to that address. This works for root,
# and for other users if the system allows them user namespaces. Otherwise
# COMMAND runs in the machine's network, without CCTV_NETWORK.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
readonly address=10.99.0.1

# Inside the namespace: sets up the network. A veth device has a carrier only
# if its peer is up.
if [[ ${1-} == --inside ]]; then
    ip link set lo up
    ip link add cctv0 type veth peer name cctv1
    ip address add $address/24 dev cctv0
    ip link set cctv0 up
    ip link set cctv1 up
    export CCTV_NETWORK=$address
    uid=$2 gid=$3
    shift 3
    # Root stays root; other users get their own ids back.
    ((uid == 0)) || exec unshare --user --map-user="$uid" --map-group="$gid" -- "$@"
    exec "$@"
fi

as_root=(unshare --net)
((EUID == 0)) || as_root=(unshare --user --map-root-user --net)
inside=("${as_root[@]}" -- bash "${BASH_SOURCE[0]}" --inside "$(id -u)" "$(id -g)")
if "${inside[@]}" true 2>/dev/null; then exec "${inside[@]}" "$@"; fi
echo "This machine gives no network namespace: tests of real video are skipped." >&2
exec "$@"
