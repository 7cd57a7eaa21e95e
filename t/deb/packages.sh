#!/bin/bash
# t/deb/packages.sh STEP - what `make check-deb` does in a clean Debian, with the
# packages of the commit before in /root/before, and the new ones in /root/now.

step() { echo "== $*"; }
fail() {
    echo "FAILED: $*" >&2
    tail -20 /var/log/apache2/error.log >&2 || true
    exit 1
}

# everything FILE - lists all files, but those that change by themselves.
everything() {
    find / -xdev \( -path /root -o -path /tmp -o -path /run -o -path /proc -o -path /sys -o -path /dev \
        -o -path /var/log -o -path /var/cache -o -path /var/lib/dpkg -o -path /var/lib/postgresql \
        -o -path /var/lib/apt \) -prune -o -print | sort >"$1"
}

at=http://127.0.0.1
post() { curl -sf -H 'Content-Type: application/json' -d "$2" "$at/$1"; }
counted() { curl -sf "$at/metrics" | sed -n 's/^webrtc_view_start_total{camera_id="1",.*} //p'; }
until_it_answers() {
    for _ in {1..100}; do
        ! curl -sf "$at/health" >/dev/null || return 0
        sleep 0.1
    done
    fail "$at/health does not answer: $(curl -s "$at/health")"
}

dependencies() {
    step "what the packages need"
    apt-get -qq update
    apt-get -qq install -y --no-install-recommends apache2 postgresql postgresql-15-postgis-3 janus curl procps >/dev/null
    apt-get -qq satisfy -y --no-install-recommends "$(dpkg-deb -f /root/now/libapache2-mod-cctv_*.deb Depends)" \
        "$(dpkg-deb -f /root/now/cctv-map_*.deb Depends | sed 's/libapache2-mod-cctv ([^)]*), //')" >/dev/null
}

# "As a Debian package" of docs/install.md, for walk.py.
page() {
    apt-get -qq update
    apt-get -qq install -y /root/*.deb >/dev/null
    apt-get -qq install -y --no-install-recommends curl procps >/dev/null
}

# As README.Debian and docs/install.md say.
set_up() {
    step "set up: cctv-load-sql, pg_hba.conf, a2enmod, a site"
    systemctl restart postgresql
    cctv-load-sql import
    echo 'apache  www-data  cctv_reader' >>/etc/postgresql/15/main/pg_ident.conf
    sed -i '0,/^local/s//local   cctv  cctv_reader  peer map=apache\nlocal/' /etc/postgresql/15/main/pg_hba.conf
    systemctl reload postgresql
    a2enmod -q cctv headers
    cat >/etc/apache2/sites-available/cameras.conf <<'EOT'
<VirtualHost *:80>
    Include conf-available/cctv-site.conf
    Include conf-available/cctv-map.conf
</VirtualHost>
EOT
    a2dissite -q 000-default
    a2ensite -q cameras
    echo ServerName localhost >/etc/apache2/conf-enabled/name.conf
    printf 'name,longitude,latitude,stream_url,codec\nOne,1,2,rtsp://127.0.0.1:9/x,H.264\n' >/tmp/cameras.csv
    chmod 644 /tmp/cameras.csv
    (cd / && sudo -u postgres PGDATABASE=cctv cctv-import /tmp/cameras.csv)
    systemctl restart apache2
    until_it_answers
    cctv-check -q || fail "cctv-check finds faults"
    curl -sf "$at/map/" | grep -q '<title>' || fail "no map page"
}

lifecycle() {
    step "install the packages of the commit before"
    everything /root/files.before
    dpkg -i /root/before/*.deb >/root/dpkg.log 2>&1 || fail "$(cat /root/dpkg.log)"
    [[ ! -e /etc/apache2/mods-enabled/cctv.load ]] || fail "the package enables the module"
    [[ $(stat -c %a:%U /var/lib/cctv) == 700:www-data ]] || fail "the state folder: $(stat -c %a:%U /var/lib/cctv)"
    [[ $(stat -c %a:%U /etc/cctv/janus) == 600:root ]] || fail "the secret: $(stat -c %a:%U /etc/cctv/janus)"
    secret=$(cat /etc/cctv/janus)
    man -w cctv-check mod_cctv >/dev/null 2>&1 || [[ -e /usr/share/man/man8/cctv-check.8.gz || ! -e /usr/bin/man ]] || fail "no man page"
    set_up

    step "start views, upgrade"
    for _ in 1 2 3; do view=$(post view-start '{"camera_id": 1}'); done
    [[ $(counted) == 3 ]] || fail "three views were started, counted: $(counted)"
    # What an administrator has edited stays.
    echo '# edited' >>/etc/apache2/conf-available/cctv-site.conf
    dpkg --force-confold -i /root/now/*.deb >/root/dpkg.log 2>&1 || fail "$(cat /root/dpkg.log)"
    [[ -e /etc/apache2/mods-enabled/cctv.load ]] || fail "the upgrade has disabled the module"
    grep -q '^# edited' /etc/apache2/conf-available/cctv-site.conf || fail "the upgrade has replaced an edited file"
    systemctl restart apache2
    until_it_answers
    [[ $(counted) == 3 ]] || fail "after the upgrade counted: $(counted)"
    post heartbeat "$view" >/dev/null || fail "the upgrade has lost a view"
    [[ $(cat /etc/cctv/janus) == "$secret" ]] || fail "the upgrade has changed the secret"
    cctv-load-sql import
    cctv-check -q || fail "cctv-check finds faults after the upgrade"

    step "remove"
    said=$(apt-get -qq remove -y libapache2-mod-cctv cctv-map cctv-doc 2>&1)
    [[ $said == *cctv-site.conf* ]] || fail "nobody was told of the site that includes cctv-site.conf: $said"
    a2dissite -q cameras
    apache2ctl configtest || fail "Apache's configuration is broken"
    systemctl restart apache2
    [[ -e /var/lib/cctv/state ]] || fail "remove has lost views and counters"

    step "purge"
    apt-get -qq purge -y libapache2-mod-cctv cctv-map cctv-doc >/root/dpkg.log 2>&1 || fail "$(cat /root/dpkg.log)"
    rm /etc/apache2/sites-available/cameras.conf
    everything /root/files.after
    # What a2enmod and a2ensite note about other modules and sites.
    left=$(comm -13 /root/files.before /root/files.after |
        grep -vE '/name.conf$|/mods-enabled/(dbd|headers)\.|^/var/lib/apache2/(module|site)(/(dis|en)abled_by_[a-z]*(/(dbd|headers|000-default|cameras))?)?$' ||
        true)
    [[ ! $left ]] || fail "left behind:"$'\n'"$left"
    apache2ctl stop
}

# Behind lifecycle(): the packages are not there, the database is.
mistakes() {
    step "mistakes of administrators, without video"
    dpkg -i /root/now/*.deb >/root/dpkg.log 2>&1 || fail "$(cat /root/dpkg.log)"
    set_up
    python3 /root/mistakes.py plain
    step "mistakes of administrators, with video"
    cctv-janus-conf
    printf 'Define CCTV_%s\n' 'JANUS http://127.0.0.1:8088/janus' \
        'JANUS_ADMIN http://127.0.0.1:7088/admin' 'SECRETS /etc/cctv' >/root/defines
    cp /etc/apache2/mods-available/cctv.conf /root/cctv.conf
    cat /root/defines /root/cctv.conf >/etc/apache2/mods-available/cctv.conf
    sed -i 's/cctv_reader/cctv_video/' /etc/apache2/mods-available/cctv.conf /etc/postgresql/15/main/pg_{ident,hba}.conf
    systemctl reload postgresql
    systemctl restart apache2
    until_it_answers
    cctv-check -q || fail "cctv-check finds faults"
    python3 /root/mistakes.py video
    apache2ctl stop
}

"$1"
