#!/bin/bash
# tools/stop.sh - called by `make stop`: stops what `make run` started in RUN_DIR.
#
# The data is kept, and the next `make run` uses it. It does nothing if nothing
# runs.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"
# shellcheck source=tools/run-dir.sh
. "$top/tools/run-dir.sh"

find_run_dir
[[ ! -d $run_dir ]] || lock_run_dir
ran=
for name in apache cameras janus postgres; do
    status=0
    tool "$name.sh" status "$run_dir/$name" >/dev/null || status=$?
    ((status == 3)) || ran=1
    tool "$name.sh" stop "$run_dir/$name"
done
if [[ $ran ]]; then echo "Stopped. The data stays in $run_dir."; else echo "Nothing runs in $run_dir."; fi
