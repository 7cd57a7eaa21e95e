#!/bin/bash
# tools/packages.sh [GROUP…] - installs Debian's packages that are missing.
#
# The groups are in tools/packages.txt; the default is `run`. If nothing is
# missing, it prints nothing and only runs dpkg-query once. Otherwise it prints
# the names of the packages and installs them, with sudo if it does not run as
# root. This starts no service, neither now nor at the next boot, and creates no
# database cluster. On failure it prints the packages and the command to type,
# and exits with status 1.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"

# Prints the packages of a group, one per line.
expand() {
    local group=$1 key word words found=
    while read -r key words; do
        [[ $key == "$group:" ]] || continue
        found=1
        for word in $words; do
            case $word in
                +*) expand "${word#+}" ;;
                \?*) type "${word#?}" >/dev/null 2>&1 || echo "${word#?}" ;;
                *) echo "$word" ;;
            esac
        done
    done <"$top/tools/packages.txt"
    [[ $found ]] || die "tools/packages.txt has no group '$group'."
}

# Prints the given packages that are not installed.
missing() {
    local -A have=()
    local package status
    while read -r package status; do
        [[ $status == ii ]] && have[$package]=1
    done < <(dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' "$@" 2>/dev/null)
    for package; do
        [[ ${have[$package]-} ]] || echo "$package"
    done
}

main() {
    local group names packages need
    names=$(for group in "${@:-run}"; do expand "$group"; done)
    mapfile -t packages < <(sort -u <<<"$names")
    type dpkg-query apt-get >/dev/null 2>&1 ||
        die "This is not Debian: install what these packages of Debian 12 hold, then build with 'make module':" \
            "${packages[*]}"
    mapfile -t need < <(missing "${packages[@]}")
    ((${#need[@]})) || return 0

    echo "Installing ${#need[@]} of Debian's packages and what they need: ${need[*]}"
    local -a as_root=()
    is_root || as_root=(sudo)
    if ! is_root && ! type sudo >/dev/null 2>&1; then
        echo "Neither root nor sudo is at hand." >&2
    elif "${as_root[@]}" "$top/tools/packages-install.sh" "${need[@]}"; then
        mapfile -t need < <(missing "${need[@]}")
        ((${#need[@]})) || return 0
    fi
    die "These packages are still missing. As root, type:

    apt-get update && apt-get install --no-install-recommends ${need[*]}"
}

main "$@"
