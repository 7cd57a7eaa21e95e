#!/bin/bash
# t/deb/root.sh COMMAND FOLDER - clean Debian systems to try an installation in,
# as root. No service of this machine is started or seen.
#
#   new FOLDER               unpacks a clean Debian 12 into FOLDER. The first one
#                            is downloaded, and kept in build/root/base.tar
#   run FOLDER SCRIPT [ARGUMENT…]      runs the file SCRIPT in it, with processes
#                            and mounts of its own, which end with the script
#   offline FOLDER SCRIPT [ARGUMENT…]  also with a network of its own
#   remove FOLDER            removes it
#
# sudo is a stand-in, and systemctl starts what the services of Debian would
# start; /usr/local/sbin has them. policy-rc.d forbids packages to start any.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/../../tools/common.sh"
is_root || die "t/deb/root.sh needs root."

readonly base=$top/build/root/base.tar

has_mounts() { grep -q " $(realpath -- "$1")/" /proc/self/mountinfo; }

download() {
    mkdir -p -- "${base%/*}"
    echo "Downloading a clean Debian ..."
    mmdebstrap --quiet --format=tar --variant=minbase --include=ca-certificates bookworm "$base.new"
    mv -- "$base.new" "$base"
}

stand_ins() {
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
    cat >"$1/usr/local/sbin/sudo" <<'EOT'
#!/bin/bash
[[ $1 == -u ]] || exec env "$@"
user=$2
shift 2
exec setpriv --reuid="$user" --regid="$user" --init-groups env "$@"
EOT
    cat >"$1/usr/local/sbin/systemctl" <<'EOT'
#!/bin/bash
echo "systemctl $*"
for word; do
    case "$1 $word" in
    *start\ postgresql | enable\ postgresql) pg_ctlcluster --skip-systemctl-redirect 15 main restart ;;
    reload\ postgresql) pg_ctlcluster --skip-systemctl-redirect 15 main reload ;;
    restart\ apache2 | enable\ apache2) apache2ctl stop 2>/dev/null; while pgrep -x apache2 >/dev/null; do sleep 0.1; done; apache2ctl start ;;
    reload\ apache2) apache2ctl graceful ;;
    restart\ janus) (setsid janus --disable-colors >/var/log/janus.log 2>&1 </dev/null &) ;;
    esac
done
EOT
    chmod 755 "$1/usr/sbin/policy-rc.d" "$1"/usr/local/sbin/{sudo,systemctl}
}

# inside FOLDER SCRIPT [ARGUMENT…] - in the namespaces that enter() makes.
inside() {
    local folder=$1 script=$2
    shift 2
    mount --make-rprivate /
    mount -t proc none "$folder/proc"
    mount -t sysfs -o ro none "$folder/sys"
    mount --rbind /dev "$folder/dev"
    mount -t tmpfs -o mode=1777 none "$folder/tmp"
    mount -t tmpfs -o mode=755 none "$folder/run"
    mkdir -p "$folder/run/lock"
    cp /etc/resolv.conf /etc/hosts "$folder/etc/"
    install -m 755 -- "$script" "$folder/root/script"
    if [[ ${OFFLINE-} ]]; then
        ip link set lo up
        ip link add v0 type veth peer name v1
        ip addr add 10.77.0.1/24 dev v0
        ip link set v0 up
        ip link set v1 up
    fi
    exec chroot "$folder" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive bash -e /root/script "$@"
}

folder=$(realpath -m -- "$2")
case $1 in
new)
    [[ ! -e $folder ]] || die "$folder exists."
    [[ -e $base ]] || download
    mkdir -p -- "$folder"
    tar -xpf "$base" -C "$folder" --numeric-owner
    stand_ins "$folder"
    # Nothing in it has to survive a power failure, and what this machine has
    # downloaded need not be downloaded again.
    echo force-unsafe-io >"$folder/etc/dpkg/dpkg.cfg.d/fast"
    cp -l /var/cache/apt/archives/*.deb "$folder/var/cache/apt/archives/" 2>/dev/null || true
    ;;
run) unshare -m -p --fork --kill-child "$0" inside "$folder" "${@:3}" ;;
offline) OFFLINE=1 unshare -n -m -p --fork --kill-child "$0" inside "$folder" "${@:3}" ;;
inside) inside "$folder" "${@:3}" ;;
remove)
    ! has_mounts "$folder" || die "Something is mounted in $folder: it stays."
    rm -rf --one-file-system -- "$folder"
    ;;
*) die "see the head of $0" ;;
esac
