#!/bin/bash
# t/deb/exposure.sh - checks conf/systemd with Debian's apache2.service, without
# starting anything: systemd knows each setting, and rates the service as well
# protected.
set -e
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/apache2.service.d"
cp /lib/systemd/system/apache2.service "$work/"
cp "$(dirname "$0")/../../conf/systemd/apache2-sandbox.conf" "$work/apache2.service.d/"
said=$(systemd-analyze verify --man=no "$work/apache2.service" 2>&1 | grep -i 'sandbox\|apache2.service' || true)
[[ ! $said ]] || { echo "$said" >&2; exit 1; }
SYSTEMD_UNIT_PATH=$work: systemd-analyze security --offline=true --threshold=40 "$work/apache2.service" | tail -1
