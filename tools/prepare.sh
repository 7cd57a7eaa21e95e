#!/bin/bash
# tools/prepare.sh STATE [SECRETS] - makes what no package can bring, because it
# belongs to this machine alone; `make install` and the Debian package call it.
# Safe to run again: what is there stays.
#
#   STATE     the folder of the state file, which only Apache's user can enter
#   SECRETS   the folder of secrets, with a secret for Janus that only root can
#             read

# shellcheck source=tools/common.sh
. "$(dirname -- "$0")/common.sh"

# shellcheck disable=SC2016 # for the other shell
user=$(bash -c '. /etc/apache2/envvars && echo "$APACHE_RUN_USER"' 2>/dev/null) || true
install -d -m 700 -- "$1"
! is_root || chown -- "${user:-www-data}:" "$1"

[[ ${2-} && ! -e $2/janus ]] || exit 0
install -d -m 700 -- "$2"
(umask 077 && od -An -v -N32 -tx1 /dev/urandom | tr -d ' \n' >"$2/janus.new")
mv -- "$2/janus.new" "$2/janus"
