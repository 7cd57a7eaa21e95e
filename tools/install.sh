#!/bin/bash
# tools/install.sh [check] - called by `make install`: installs the module and
# the map page under DESTDIR, where Debian's Apache, a2enmod and a2enconf find
# them, and says what is left to do.
#
#   Apache's modules folder    mod_cctv.so, replaced by rename, because a
#                              running Apache has the old file mapped
#   Apache's mods-available/   cctv.load and cctv.conf
#   Apache's conf-available/   cctv-site.conf and cctv-map.conf, for the site
#   /var/lib/cctv/             empty, for the state file
#   /etc/cctv/janus            a secret for this machine's Janus, if there is
#                              none yet; only root can read it. Not with
#                              DESTDIR: a package must not bring a secret
#   /usr/share/mod_cctv/       htdocs/, the map page; sql/; tools/, those for
#                              the database and for Janus; conf/, docs/ and
#                              diagrams/, all as shipped
#   /usr/sbin/                 links to the tools, named cctv-…
#   /usr/share/man/            their man pages
#
# An edited configuration file is kept. The new version is then installed next to
# it with the suffix .new, and the script prints that.
#
# `check` only looks whether Apache, a cluster of PostgreSQL and Janus are there,
# and prints one command that installs what is missing. Those that run on another
# machine are named in WITHOUT: WITHOUT=postgresql,janus. With DESTDIR nothing is
# needed. Reads BUILD, DESTDIR and WITHOUT.

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"

# ---- What has to be there ----

# is_needed NAME
is_needed() { [[ ",${WITHOUT-}," != *",$1,"* ]]; }

has() {
    local path
    path=$(type -P "$1") && [[ -x $path ]]
}

has_cluster() {
    has pg_lsclusters || return
    [[ $(pg_lsclusters -h 2>/dev/null) ]]
}

check() {
    local packages=() what=() more=
    if ! has apache2 || ! has a2enmod; then
        packages+=(apache2)
        what+=("Apache with its a2enmod")
    fi
    if is_needed postgresql && ! has_cluster; then
        what+=("a PostgreSQL cluster")
        # Packages that `make run` has installed made no cluster.
        if has pg_createcluster && compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; then
            more="    pg_createcluster $(basename -- "$(printf '%s\n' /usr/lib/postgresql/* | sort -V | tail -1)") main --start"$'\n'
        else
            packages+=(postgresql postgresql-15-postgis-3)
        fi
    fi
    if is_needed janus && ! has janus; then
        packages+=(janus)
        what+=("Janus")
    fi
    ((${#what[@]})) || return 0
    local list
    printf -v list '%s, ' "${what[@]}"
    {
        echo "This machine does not have: ${list%, }. As root, type:"
        ((${#packages[@]} == 0)) || echo "    apt install --no-install-recommends ${packages[*]}"
        printf '%s' "$more"
        echo "What runs on another machine is named in WITHOUT: make install WITHOUT=postgresql,janus"
    } >&2
    exit 1
}

if [[ ${1-} == check ]]; then
    [[ ${DESTDIR-} ]] || check
    exit 0
fi

# ---- The files ----

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

# Whether the enabled cctv.conf lets every site of this server answer, as those of
# earlier versions did.
answers_for_all_sites() { [[ -e $enabled/cctv.load ]] && grep -qs 'SetHandler cctv-' "$mods/cctv.conf"; }

is_upgrade=
[[ ! -e $libexec/mod_cctv.so && ! -e $share/conf/cctv.conf ]] || is_upgrade=1
cd -- "$top"
put "${BUILD:-build}/mod_cctv.so" "$libexec/mod_cctv.so"
load=$(mktemp)
trap 'rm -f "$load"' EXIT
sed "s|/usr/lib/apache2/modules|${libexec#"${DESTDIR-}"}|" conf/cctv.load >"$load"
put "$load" "$mods/cctv.load"
was_for_all_sites=
if answers_for_all_sites; then was_for_all_sites=1; fi
put_conf cctv.conf "$mods"
put_conf cctv-site.conf "$confs"
put_conf cctv-map.conf "$confs"
if [[ ${DESTDIR-} ]]; then tools/prepare.sh "$state"; else tools/prepare.sh "$state" "$secrets"; fi
for file in htdocs/* conf/*.conf conf/*.cfg conf/openapi.json conf/janus/*.jcfg conf/prometheus/*.yml conf/grafana/*/*.json conf/grafana/*/*/*.yml sql/*.sql README.md CHANGES docs/*.md diagrams/*; do
    put "$file" "$share/$file"
done
for file in conf/{systemd,apparmor}/* tools/{import_cameras,cctv_check}/*.py tools/{hls,streets}/*.json tools/{common,npm,prepare}.sh tools/janus_check.py "${commands[@]/#/tools/}"; do
    if [[ -x $file ]]; then put "$file" "$share/$file" 755; else put "$file" "$share/$file"; fi
done
install -d -- "$sbin"
for name in "${!commands[@]}"; do ln -sfn -- "../share/mod_cctv/tools/${commands[$name]}" "$sbin/$name"; done
for file in "${manuals[@]}"; do put "$file" "$man/man${file##*.}/${file##*/}"; done

# ---- What is left to do ----

# Prints the command that turns on services which are off, such as those that
# `make packages` has installed.
services_off() {
    local service off=()
    [[ ! ${DESTDIR-} && -d /run/systemd/system ]] || return 0
    for service; do
        { systemctl -q is-enabled "$service" && systemctl -q is-active "$service"; } 2>/dev/null || off+=("$service")
    done
    ((${#off[@]} == 0)) || echo "  - systemctl enable --now ${off[*]}"
}

cat <<EOF
mod_cctv is installed${is_upgrade:+ over the earlier version}. What is left to do ($share/docs/install.md explains it):
EOF
if [[ $is_upgrade ]]; then
    cat <<EOF
  - $share/tools/load-sql.sh import    adds to the database what is new
  - take over from the files *.conf.new what you want, if there are such files
  - $share/tools/janus-conf.sh    if this machine has Janus, and it was configured by this command
  - apachectl configtest && systemctl restart apache2
EOF
    if [[ $was_for_all_sites ]] && ! answers_for_all_sites; then
        echo "The new cctv.conf lets no site answer by itself. Before you restart Apache, write the Include into the <VirtualHost> of your site," \
            "or type 'a2enconf cctv-site': then every site of this server answers, as before."
    fi
    exit 0
fi
services_off apache2 postgresql
cat <<EOF
  - $share/tools/load-sql.sh import    makes the database
  - two lines in pg_ident.conf and pg_hba.conf let Apache connect
  - a2enmod cctv, and 'Include conf-available/cctv-site.conf' in the <VirtualHost> of your site
  - for video: $share/tools/janus-conf.sh, and three lines at the top of $mods/cctv.conf
  - for the map page: a2enmod headers, and 'Include conf-available/cctv-map.conf' below that line
  - apachectl configtest && systemctl restart apache2
EOF
