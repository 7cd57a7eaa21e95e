#!/bin/bash
# t/bench/bench.sh BUILD_FOLDER ARGUMENT… - run by `make bench`: finds a folder
# that the servers' users can reach and starts bench.py in it. Only one run at
# a time is possible.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/../../tools/common.sh"
# shellcheck source=tools/run-dir.sh
. "$top/tools/run-dir.sh"

build=$(realpath -m -- "$1")
RUN_DIR=$build/bench find_run_dir
lock_run_dir
mkdir -p -- "$build/bench"
exec /usr/bin/python3 -B "$top/t/bench/bench.py" --build "$build" --run-dir "$run_dir" "${@:2}"
