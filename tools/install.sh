#!/bin/bash
# tools/install.sh - called by `make install`: installs the module and the map
# page under DESTDIR, where Debian's Apache, a2enmod and a2enconf find them.
#
#   Apache's modules folder    mod_cctv.so, replaced by rename, because a
#                              running Apache has the old file mapped
#   Apache's mods-available/   cctv.load and cctv.conf
#   Apache's conf-available/   cctv-map.conf
#   /var/lib/cctv/             empty, for the state file
#   /etc/cctv/janus            a secret for this machine's Janus, if there is
#                              none yet; only root can read it
#   /usr/share/mod_cctv/       htdocs/, the map page; sql/ and tools/import.sh,
#                              for the database, and conf/, all as shipped
#
# An edited cctv.conf or cctv-map.conf is kept. The new version is then installed
# next to it with the suffix .new, and the script prints that. Reads BUILD and
# DESTDIR.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"
# shellcheck source=tools/install-paths.sh
. "$top/tools/install-paths.sh"

# put FILE TARGET [MODE] - replaces TARGET by rename.
put() {
    install -D -m "${3:-644}" -- "$1" "$2.installing"
    mv -f -- "$2.installing" "$2"
}

# put_conf NAME FOLDER - replaces a file unless it differs from the version that
# was installed last time.
put_conf() {
    local new=$top/conf/$1 now=$2/$1 shipped=$share/conf/$1
    if [[ ! -e $now ]] || cmp -s "$now" "$new" || cmp -s "$now" "$shipped"; then
        put "$new" "$now"
        rm -f "$now.new"
    else
        put "$new" "$now.new"
        echo "Your $now was kept; the new one is beside it as $1.new."
    fi
}

# Makes the folder of the state file in cctv.conf; only Apache's user can enter it.
put_state_folder() {
    local user
    # shellcheck disable=SC2016 # for the other shell
    user=$(bash -c '. /etc/apache2/envvars && echo "$APACHE_RUN_USER"' 2>/dev/null) || true
    install -d -m 700 -- "$state"
    ! is_root || chown -- "${user:-www-data}:" "$state"
}

put_secret() {
    [[ ! -e $secrets/janus ]] || return 0
    install -d -m 700 -- "$secrets"
    (umask 077 && od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n' >"$secrets/janus.new")
    mv -- "$secrets/janus.new" "$secrets/janus"
}

cd -- "$top"
put "${BUILD:-build}/mod_cctv.so" "$libexec/mod_cctv.so"
load=$(mktemp)
trap 'rm -f "$load"' EXIT
sed "s|/usr/lib/apache2/modules|${libexec#"${DESTDIR-}"}|" conf/cctv.load >"$load"
put "$load" "$mods/cctv.load"
put_conf cctv.conf "$mods"
put_conf cctv-map.conf "$confs"
put_state_folder
put_secret
for file in htdocs/* conf/*.conf conf/janus/*.jcfg conf/prometheus/*.yml sql/*.sql; do put "$file" "$share/$file"; done
for file in tools/import*; do
    if [[ -x $file ]]; then put "$file" "$share/$file" 755; elif [[ -e $file ]]; then put "$file" "$share/$file"; fi
done

echo "mod_cctv is installed in $libexec. Next: load 10-, 20-, 30- and 40-*.sql of $share/sql into a database (docs/install.md says how), then 'a2enmod cctv'," \
    "see $mods/cctv.conf and restart Apache. For the map page: 'a2enmod headers', 'a2enconf cctv-map'."
