# shellcheck shell=bash
# The folders of `make install`; sourced after common.sh. Reads DESTDIR.
#
#   libexec   Apache's modules       mods   a2enmod's files
#   enabled   enabled modules        share  files that are no configuration
#   confs     a2enconf's files       state  for the state file
#   secrets   files that only root may read
#   sbin      links to tools         man    man pages
#   commands  the links, and the tools in tools/ that they lead to
#   manuals   the files of the man pages

# shellcheck disable=SC2034 # used by those that source this file
{
    type apxs >/dev/null 2>&1 || die "apxs is not installed: type 'make packages'."
    libexec=${DESTDIR-}$(apxs -q LIBEXECDIR)
    mods=${DESTDIR-}$(apxs -q SYSCONFDIR)/mods-available
    enabled=${mods%/*}/mods-enabled
    confs=${mods%/*}/conf-available
    share=${DESTDIR-}/usr/share/mod_cctv
    state=${DESTDIR-}/var/lib/cctv
    secrets=${DESTDIR-}/etc/cctv
    sbin=${DESTDIR-}/usr/sbin
    man=${DESTDIR-}/usr/share/man
    declare -A commands=([cctv-check]=cctv-check [cctv-hls]=hls.sh [cctv-import]=import.sh [cctv-janus-conf]=janus-conf.sh
        [cctv-load-sql]=load-sql.sh [cctv-streets]=streets.sh [cctv-verify-events]=verify-events)
    manuals=("$top"/docs/man/*.[58])
}
