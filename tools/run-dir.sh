# shellcheck shell=bash
# The folder of the servers of `make run`; sourced after common.sh.
#
#   find_run_dir   sets run_dir from RUN_DIR (default .run). If root runs this
#                  and the users of the servers cannot enter that folder, it is a
#                  folder in /var/tmp, the same one each time. Exits with a
#                  sentence if the calling user may not write there.
#   lock_run_dir   makes the folder and locks it for one command at a time
#   tool NAME…     runs tools/NAME without passing the lock on to servers

# Whether Apache's children, PostgreSQL and Janus can enter the deepest existing
# folder of a path.
servers_reach() {
    local path=$1 user
    until [[ -e $path ]]; do path=$(dirname -- "$path"); done
    for user in postgres www-data nobody; do
        setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups -- test -x "$path" 2>/dev/null || return 1
    done
}

find_run_dir() {
    wanted_dir=$(realpath -m -- "${RUN_DIR:-.run}")
    run_dir=$wanted_dir
    [[ ! -e $run_dir || -d $run_dir ]] ||
        die "$run_dir is no folder: set RUN_DIR to one."
    if is_root && [[ ! -e $run_dir/postgres/data ]] && ! servers_reach "$run_dir"; then
        run_dir=/var/tmp/mod_cctv-$(sha256sum <<<"$wanted_dir" | cut -c 1-12)
        # Any user may have made a folder of that name in /var/tmp.
        if [[ -e $run_dir || -L $run_dir ]] && [[ -L $run_dir || ! -O $run_dir ]]; then
            die "$run_dir is not root's: remove it, or set RUN_DIR to a folder that the user www-data can reach."
        fi
    fi
    [[ ! -e $run_dir || -w $run_dir ]] ||
        die "$run_dir belongs to the user $(stat -c %U -- "$run_dir"): go on as that user, or set RUN_DIR to another folder."
}

lock_run_dir() {
    mkdir -p -- "$run_dir" 2>/dev/null || die "$run_dir cannot be made: set RUN_DIR to a folder that you may write to."
    # Opened for appending, which also works on a full disk.
    exec 9>>"$run_dir/lock"
    flock -w 60 9 || die "Another command is at work in $run_dir: wait until it has ended."
}

# shellcheck disable=SC2154 # top is set by common.sh
tool() { "$top/tools/$1" "${@:2}" 9>&-; }
