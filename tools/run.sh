#!/bin/bash
# tools/run.sh - called by `make run`: starts a system with demo cameras.
#
# Installs missing packages, builds the module, starts a private PostgreSQL,
# Janus with test cameras and a private Apache in RUN_DIR, loads sql/, waits until
# the API answers with cameras, prints the addresses and returns. When it is run
# again, it starts servers that have died and restarts servers whose files have
# changed; otherwise it only prints the addresses. On failure it prints one
# sentence about what to do, and stops what it has started.
#
# DEMO=odd adds a camera for each fault that tools/rtsp_camera knows; another run
# without it removes them.
#
# Reads PORT, LISTEN, RUN_DIR, DEMO, BUILD and MAKE.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"
# shellcheck source=tools/run-dir.sh
. "$top/tools/run-dir.sh"

export PORT=${PORT:-8080}
started=()

stop_started() {
    local name
    for name in "${started[@]}"; do tool "$name.sh" stop "$run_dir/$name" || true; done
}

# room FOLDER MEGABYTES
room() {
    local path=$1 free
    until [[ -e $path ]]; do path=$(dirname -- "$path"); done
    free=$(($(df --output=avail -k -- "$path" | tail -1) / 1024))
    ((free >= $2)) || die "Too little room in $path: $free MB are free, $2 MB are needed. Free some space," \
        "or set RUN_DIR to a folder on another disk."
}

build() {
    "${MAKE:-make}" -s -C "$top" module 9>&- || die "The module was not built: the compiler says why above."
    # With -j, make waits at its end for everybody who has its pipe: the servers
    # must not have it.
    if [[ ${MAKEFLAGS-} =~ --jobserver-(auth|fds)=([0-9]+),([0-9]+) ]]; then
        local in=${BASH_REMATCH[2]} out=${BASH_REMATCH[3]}
        exec {in}<&- {out}>&-
        unset MAKEFLAGS
    fi
    export MODULE=$top/${BUILD:-build}/mod_cctv.so
    [[ ${BUILD:-build} != /* ]] || MODULE=$BUILD/mod_cctv.so
}

start_database() {
    local dir=$run_dir/postgres
    if tool postgres.sh status "$dir" >/dev/null; then
        tool postgres.sh start "$dir" 2>/dev/null && return
        echo "PostgreSQL did not answer and is restarted."
        tool postgres.sh stop "$dir"
    fi
    started=(postgres "${started[@]}")
    tool postgres.sh start "$dir"
}

# Loads each version of sql/ only once, so that later changes by hand are kept.
load_database() {
    local state out
    state=$(cat "$top"/sql/*.sql | sha256sum)
    [[ $state != "$(cat "$run_dir/loaded" 2>/dev/null)" ]] || return 0
    if ! out=$(tool postgres.sh load "$run_dir/postgres" --demo 2>&1); then
        if disk_full "$run_dir" - <<<"$out"; then no_room "$run_dir"; fi
        die "$out"
    fi
    echo "$state" >"$run_dir/loaded"
}

# The test cameras are normal rows, in London. Of rows that exist already only the
# stream URL is updated, since the ports may have changed.
list_cameras() {
    local urls
    urls=$(tool cameras.sh urls "$run_dir/cameras")
    tool with-db.sh psql -X -q -1 -v ON_ERROR_STOP=1 -v urls="$urls" <<'EOT' || die "The test cameras were not added."
DO 'BEGIN PERFORM cctv_import.skip_used_ids(); END';
INSERT INTO cameras (external_id, name, stream_url, codec, profile, width, height, fps, status,
                     heading, field_of_view, geom)
SELECT 'demo-live-' || n, 'Live ' || n || ', ' || place, url[2], 'H.264', 'Main', 640, 480, 12, 'online',
       heading, field_of_view, ST_SetSRID(ST_MakePoint(lng, lat), 4326)
  FROM (VALUES (1, 'Westminster Bridge', -0.1217, 51.5009, 275, 60),
               (2, 'Trafalgar Square', -0.1281, 51.5077, 190, 90),
               (3, 'Piccadilly Circus', -0.1347, 51.5101, 45, 75),
               (4, 'Oxford Circus', -0.1419, 51.5152, 90, 40),
               (5, 'King''s Cross', -0.1233, 51.5308, 180, 70),
               (6, 'St Paul''s', -0.0999, 51.5138, 315, 55),
               (7, 'London Bridge', -0.0877, 51.5079, 0, 50),
               (8, 'Tower Bridge', -0.0754, 51.5055, 345, 65),
               (9, 'Hyde Park Corner', -0.1527, 51.5027, 240, 120))
       AS places (n, place, lng, lat, heading, field_of_view)
  JOIN regexp_matches(:'urls', '(\S+) (\S+)', 'g') AS urls (url) ON url[1] = 'demo-live-' || n
 ORDER BY n
    ON CONFLICT (external_id) DO UPDATE SET stream_url = EXCLUDED.stream_url
 WHERE cameras.stream_url <> EXCLUDED.stream_url;
EOT
}

# The cameras with faults are in a grid on the North Sea, where no others are.
list_odd_cameras() {
    local found=
    [[ ${DEMO-} != odd ]] || found=$(tool cameras.sh odd "$run_dir/cameras")
    tool with-db.sh psql -X -q -1 -v ON_ERROR_STOP=1 -v found="$found" <<'EOT' || die "The cameras with faults were not listed."
CREATE TEMPORARY TABLE odd AS
SELECT 'demo-odd-' || found[1] AS external_id, found[2] AS stream_url, found[3] AS name, n - 1 AS n
  FROM regexp_matches(:'found', '(\S+)\t(\S+)\t([^\n]+)', 'g') WITH ORDINALITY AS found (found, n);
DELETE FROM cameras WHERE external_id LIKE 'demo-odd-%' AND external_id NOT IN (SELECT external_id FROM odd);
DO 'BEGIN PERFORM cctv_import.skip_used_ids(); END';
INSERT INTO cameras (external_id, name, stream_url, codec, width, height, fps, geom)
SELECT external_id, name, stream_url, 'H.264', 640, 480, 12,
       ST_SetSRID(ST_MakePoint(2 + n % 8 * 0.5, 56.5 - n / 8 * 0.3), 4326)
  FROM odd
 ORDER BY n
    ON CONFLICT (external_id) DO UPDATE SET stream_url = EXCLUDED.stream_url, name = EXCLUDED.name
 WHERE (cameras.stream_url, cameras.name) <> (EXCLUDED.stream_url, EXCLUDED.name);
EOT
}

# The name of the file has the port, so that Apache reads it again if that changes.
write_logins() {
    local folder=$run_dir/secrets
    rm -f -- "$folder"/cameras-*
    [[ ${DEMO-} == odd ]] || return 0
    CAMERA_LOGINS=$folder/cameras-$(<"$run_dir/cameras/odd.port")
    (umask 077 && tool cameras.sh logins "$run_dir/cameras" >"$CAMERA_LOGINS")
    export CAMERA_LOGINS
}

start_video() {
    local name did
    for name in janus cameras; do
        tool "$name.sh" status "$run_dir/$name" >/dev/null || started=("$name" "${started[@]}")
        did=$(JANUS_EVENTS=http://127.0.0.1:$PORT/janus-events tool "$name.sh" start "$run_dir/$name")
        [[ $did != restarted ]] || echo "Janus was restarted: it did not answer, or its configuration has changed."
    done
    list_cameras
    list_odd_cameras
    write_logins
    while IFS="=" read -r name did; do export "$name=$did"; done < <(tool janus.sh env "$run_dir/janus")
}

start_apache() {
    local dir=$run_dir/apache status=0 did
    CCTV_DB="host=$(tool postgres.sh env "$run_dir/postgres" | sed -n 's/^PGHOST=//p') dbname=cctv user=cctv_video connect_timeout=2"
    export CCTV_DB
    tool apache.sh status "$dir" >/dev/null || status=$?
    ((status == 0)) || started=(apache "${started[@]}")
    did=$(tool apache.sh start "$dir")
    [[ $did != restarted ]] || echo "Apache was restarted: its port, its module or its configuration has changed."
    if [[ $did == running ]] && ! wait_for 5 answers; then
        echo "Apache did not answer and is restarted."
        tool apache.sh stop "$dir"
        tool apache.sh start "$dir" >/dev/null
        did=restarted
    fi
    wait_for 20 answers || {
        echo "Apache runs, but $api answers ${code/000/not at all}; the end of $dir/error.log:"
        tail -n 8 "$dir/error.log" 2>/dev/null | sed 's/^/    /'
        exit 1
    } >&2
}

readonly api=http://127.0.0.1:$PORT/api/cameras
code=
answers() {
    code=$(curl --noproxy '*' -s -o /dev/null -m 5 -w '%{http_code}' "$api?limit=1" 9>&-) || true
    [[ $code == 200 ]]
}

[[ ${DEMO-} =~ ^(odd)?$ ]] || die "DEMO=$DEMO is no demo: DEMO=odd adds a camera for each fault."
"$top/tools/packages.sh" run
find_run_dir
[[ $run_dir == "$wanted_dir" ]] ||
    echo "The servers' users cannot reach $wanted_dir: what runs is kept in $run_dir."
lock_run_dir
trap stop_started EXIT
trap 'exit 130' INT TERM HUP
tool apache.sh check "$run_dir/apache"
if [[ -e $run_dir/postgres/data ]]; then room "$run_dir" 20; else room "$run_dir" 200; fi
room "$top" 20
build
start_database
load_database
start_video
start_apache
trap - EXIT INT TERM HUP

# The address for browsers on other machines.
elsewhere() {
    local address=$LISTEN
    [[ $address != 0.0.0.0 ]] || address=$(ip -4 -o route get 192.0.2.1 2>/dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p')
    [[ $address != *:* ]] || address="[$address]"
    echo "${address:-ADDRESS}"
}

if ((${#started[@]})); then word="runs now"; else word="is running already"; fi
live=$(tool with-db.sh psql -XAtq -c "SELECT id FROM cameras WHERE external_id = 'demo-live-1'")
relative=$(realpath --relative-base="$PWD" -- "$run_dir")
# The variables that have to be given again for the same folder.
again=
[[ ${RUN_DIR:-.run} == .run ]] || again=" RUN_DIR=$(printf %q "$RUN_DIR")"
cat <<EOF
mod_cctv $word:

  map        http://127.0.0.1:$PORT/map/
  video      http://127.0.0.1:$PORT/map/#camera=$live, one of $(tool cameras.sh urls "$run_dir/cameras" | wc -l) test cameras, behind a Janus of its own
  cameras    $api?bbox=-74.3,40.5,-73.7,40.9&limit=3
  metrics    ${api%/api/*}/metrics
  database   make psql$again ARGS='-c "SELECT count(*) FROM cameras"'
  logs       $relative/apache/error.log, $relative/postgres/log, $relative/janus/log
  stop       make stop$again
EOF
if [[ ${DEMO-} == odd ]]; then
    odd=$(tool with-db.sh psql -XAtq -c "SELECT count(*) || ' ' || min(id) FROM cameras WHERE external_id LIKE 'demo-odd-%'")
    echo "  faults     http://127.0.0.1:$PORT/map/#camera=${odd#* }, one of ${odd% *} cameras on the North Sea, most with a fault"
fi
case ${LISTEN:-127.0.0.1} in
127.0.0.1) ;;
*)
    cat <<EOF
  elsewhere  http://$(elsewhere):$PORT/map/ in a browser on another machine. Everybody who reaches this port sees all cameras.
             Video comes from this machine by UDP, from the ports 20000 to 32767: a firewall has to let them through,
             and a tunnel for the page, such as ssh -L, does not carry it.
EOF
    ;;
esac
