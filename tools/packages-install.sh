#!/bin/bash
# tools/packages-install.sh PACKAGE… - installs them, as root; for packages.sh.
#
# While it runs, policy-rc.d forbids every start of a service, and
# postgresql-common creates no cluster. Both settings are restored in any case. A
# service that was installed with the packages is not started at boot either. The
# script waits up to five minutes for another apt or dpkg.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"
is_root || die "tools/packages-install.sh needs root."

export DEBIAN_FRONTEND=noninteractive
readonly lock_wait=300
readonly policy=/usr/sbin/policy-rc.d
readonly policy_before=$policy.before-mod_cctv
readonly cluster_dir=/etc/postgresql-common/createcluster.d
# The last file in this folder has precedence.
readonly cluster_conf=$cluster_dir/zz-mod_cctv.conf
log=$(mktemp)
made_dirs=()

forbid_services() {
    # If our file is still there, an earlier run was killed with -9. The original
    # file has been saved already.
    if [[ -e $policy || -L $policy ]] && ! grep -qs mod_cctv "$policy"; then
        mv -f "$policy" "$policy_before"
    fi
    # shellcheck disable=SC2016 # 101: the action is forbidden
    printf '#!/bin/sh\n# mod_cctv, while it installs packages\nexit 101\n' >"$policy"
    chmod 755 "$policy"
}

forbid_cluster() {
    local dir
    for dir in "${cluster_dir%/*}" "$cluster_dir"; do
        [[ -d $dir ]] && continue
        mkdir "$dir"
        made_dirs=("$dir" "${made_dirs[@]}")
    done
    echo 'create_main_cluster = false' >"$cluster_conf"
}

# shellcheck disable=SC2317 # called by the trap
put_back() {
    rm -f "$policy" "$cluster_conf" "$log"
    if [[ -e $policy_before || -L $policy_before ]]; then
        mv -f "$policy_before" "$policy"
    fi
    # By now the folder may contain files of other packages.
    ((${#made_dirs[@]} == 0)) || rmdir "${made_dirs[@]}" 2>/dev/null || true
}

apt() { apt-get -q -o DPkg::Lock::Timeout=$lock_wait -o Dpkg::Use-Pty=0 "$@" >>"$log" 2>&1; }

# DPkg::Lock::Timeout does not cover the lock of the package lists.
update_lists() {
    local until=$((SECONDS + lock_wait))
    until apt -o APT::Update::Error-Mode=any update; do
        grep -q 'Could not get lock' "$log" && ((SECONDS < until)) || return 1
        : >"$log"
        sleep 2
    done
}

fail() {
    grep '^[EW]: ' "$log" | head -5 >&2 || tail -5 "$log" >&2
    exit 1
}

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) == ii* ]]; }

trap put_back EXIT
trap 'exit 130' INT TERM HUP
new=()
for service in apache2 prometheus janus coturn nginx slapd; do
    is_installed "$service" || new+=("$service")
done
forbid_services
forbid_cluster
# Old package lists may still work; the installation will show it.
update_lists || true
apt -y --no-install-recommends install "$@" || fail
for service in "${new[@]}"; do
    is_installed "$service" || continue
    update-rc.d "$service" disable >/dev/null 2>&1 || true
    echo "The service of $service stays off; 'systemctl enable --now $service' turns it on."
done
