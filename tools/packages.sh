#!/bin/bash
# tools/packages.sh [GROUP…] - makes sure that Debian's packages are there.
#
# The groups stand in tools/packages.txt; without one it is `run`. Nothing
# missing: prints nothing, takes one dpkg-query. Otherwise says what it
# installs and installs it, through sudo when not root. No service is started
# by that, now or at the next boot, and no database cluster is created. When
# it cannot: says which packages and the command to type, status 1.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"

# The packages of a group, one a line.
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

# Those of the given packages that are not installed.
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
