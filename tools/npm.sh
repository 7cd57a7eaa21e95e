# shellcheck shell=bash
# Gets files out of a package of npm; sourced after common.sh.

# read_folder [FOLDER] - reads the arguments of such a command, whose head is its
# help, and sets `to`.
read_folder() {
    case ${1-} in
        -h | --help)
            sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
        -*) die "There is no option $1: see --help." ;;
    esac
    ((${#} <= 1)) || die "One folder at most: see --help."
    # shellcheck disable=SC2034 # the command uses it
    readonly to=${1-/var/lib/cctv-map}
}

# get_from_npm LOCK PACKAGE FOLDER FILE=NAME... - downloads the package that
# tools/LOCK/package-lock.json pins, which npm verifies by the checksum there, and
# puts its FILEs into FOLDER under these names. The lock names no registry,
# so npm uses the one in its own configuration.
get_from_npm() {
    local lock=$1 package=$2 folder=$3 work each
    shift 3
    type npm >/dev/null 2>&1 || die "npm is not installed: type 'apt install npm'."
    work=$(mktemp -d)
    # shellcheck disable=SC2064 # the folder of now
    trap "rm -rf -- '$work'" EXIT
    # shellcheck disable=SC2154 # common.sh sets it
    cp -- "$top/tools/$lock"/package{,-lock}.json "$work"
    npm ci --prefix "$work" --cache "$work/cache" --ignore-scripts --no-audit --no-fund --loglevel=error >"$work/log" 2>&1 || {
        cat -- "$work/log" >&2
        die "npm could not get $package."
    }
    install -d -m 755 -- "$folder"
    for each; do
        install -m 644 -- "$work/node_modules/$package/${each%%=*}" "$folder/${each#*=}.new"
        mv -f -- "$folder/${each#*=}.new" "$folder/${each#*=}"
    done
}
