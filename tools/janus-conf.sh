#!/bin/bash
# tools/janus-conf.sh [NAME=VALUE…] - configures the Janus of this machine for
# mod_cctv, starts it, and checks it. As root.
#
#   NAT=203.0.113.5      the public address of a Janus behind NAT, as in most
#                        clouds (nat_1_1_mapping); several with commas
#   RTP_PORTS=20000-40000   the UDP ports for viewers (rtp_port_range)
#   INTERFACES=eth0      the network interfaces or addresses for viewers
#                        (ice_enforce_list); default: all but loopback
#   EVENTS=http://127.0.0.1/janus-events   where Janus sends its events
#   API_PORT=8088 ADMIN_PORT=7088          where its APIs listen, on 127.0.0.1
#   PROXY=1              for front ends that use janus.js
#                        (cctv-janus-proxy.conf)
#   SECRET_FILE=/etc/cctv/janus            the secret of CCTVJanusSecretFile
#   TO=/etc/janus        the folder to write to; with another one, Janus is
#                        neither started nor checked
#
#   tools/janus-conf.sh check   only checks the Janus that runs
#
# A setting stays as it is until a later run names it; NAME= removes it. The
# files that were there before are kept as NAME.jcfg.orig, which no later run
# overwrites. A file that was edited since the last run is not replaced: the
# script says so and changes nothing. Only root can read the files.

# shellcheck source=tools/common.sh
. "$(dirname -- "$(readlink -f -- "$0")")/common.sh"

readonly names=(janus janus.plugin.streaming janus.transport.http janus.eventhandler.sampleevh)
readonly mark='# Written by mod_cctv (janus-conf.sh), which replaces it while this sum is right: '
declare -A settings=([EVENTS]=http://127.0.0.1/janus-events [API_PORT]=8088 [ADMIN_PORT]=7088
    [NAT]='' [RTP_PORTS]='' [INTERFACES]='' [PROXY]='')
declare -A pattern=(
    [NAT]='^[0-9A-Fa-f.:,]+$' [RTP_PORTS]='^[0-9]+-[0-9]+$' [INTERFACES]='^[A-Za-z0-9.:,_-]+$'
    [EVENTS]='^https?://[^"\\[:space:]]+$' [API_PORT]='^[0-9]+$' [ADMIN_PORT]='^[0-9]+$' [PROXY]='^1$')
declare -A example=(
    [NAT]=203.0.113.5 [RTP_PORTS]=20000-40000 [INTERFACES]=eth0 [EVENTS]=http://127.0.0.1/janus-events
    [API_PORT]=8088 [ADMIN_PORT]=7088 [PROXY]=1)
secret_file=/etc/cctv/janus
to=/etc/janus

# The same rules as in mod_cctv/secret/file.c: then every configuration file can
# hold it in quotes.
read_secret() {
    [[ -r $secret_file ]] || die "$secret_file cannot be read: 'make install' makes it; run this as root."
    secret=$(<"$secret_file")
    secret=${secret#"${secret%%[![:space:]]*}"} secret=${secret%"${secret##*[![:space:]]}"}
    [[ $secret =~ ^[!-~]{16,256}$ && $secret != *[\"\'\`\\]* ]] ||
        die "$secret_file holds no secret: 16 to 256 printable ASCII characters without blanks, quotes and backslashes."
}

# file_of NAME - where the file of this name is.
file_of() { echo "$to/$1.jcfg"; }

sum_of() { sha256sum | cut -d' ' -f1; }

# is_ours FILE - whether this script has written it; is_edited FILE - whether it
# was changed after that.
is_ours() { [[ -e $1 && $(head -n 1 -- "$1") == "$mark"* ]]; }
is_edited() { [[ $(head -n 1 -- "$1") != "$mark$(tail -n +2 -- "$1" | sum_of)" ]]; }

# value_in NAME KEY - a setting of a file that this script has written.
value_in() {
    local file
    file=$(file_of "$1")
    ! is_ours "$file" || sed -n "s/^ *$2 = \"\?\([^\"]*\)\"\?\$/\1/p" "$file" | head -n 1
}

# keep NAME FILE KEY - takes over a setting of the last run.
keep() {
    local found
    found=$(value_in "$2" "$3")
    [[ ! $found ]] || settings[$1]=$found
}

keep_settings() {
    keep NAT janus nat_1_1_mapping
    keep RTP_PORTS janus rtp_port_range
    keep INTERFACES janus ice_enforce_list
    keep EVENTS janus.eventhandler.sampleevh backend
    keep API_PORT janus.transport.http port
    keep ADMIN_PORT janus.transport.http admin_port
    [[ $(value_in janus token_auth) != true ]] || settings[PROXY]=1
}

check_setting() {
    local name=$1 value=${settings[$1]} low high
    case $name in
    EVENTS | API_PORT | ADMIN_PORT) [[ $value ]] || die "$name has to be set, such as $name=${example[$name]}." ;;
    esac
    [[ ! $value || $value =~ ${pattern[$name]} ]] || die "$name=$value: it has to be such as $name=${example[$name]}."
    case $name in
    *_PORT) ((10#${value:0:9} >= 1 && 10#${value:0:9} <= 65535)) || die "$name=$value: it has to be from 1 to 65535." ;;
    RTP_PORTS)
        low=${value%-*} high=${value#*-}
        [[ ! $value ]] || ((10#${low:0:9} >= 1024 && 10#${low:0:9} < 10#${high:0:9} && 10#${high:0:9} <= 65535)) ||
            die "$name=$value: it has to be a range within 1024-65535."
        ;;
    esac
}

# set_line KEY VALUE - a filter that gives a line of a shipped file, which may be
# a comment, this value; without a value the line becomes a comment.
set_line() {
    local line
    while IFS= read -r line; do
        if [[ $line =~ ^(\ *)\#?$1\ =\ (.*)$ ]]; then
            if [[ ! $2 ]]; then line="${BASH_REMATCH[1]}#$1 = ${BASH_REMATCH[2]}"; else line="${BASH_REMATCH[1]}$1 = $2"; fi
        fi
        printf '%s\n' "$line"
    done
}

quoted() { [[ ! $1 ]] || printf '"%s"' "$1"; }

put_secret() {
    local text
    text=$(cat)
    printf '%s\n' "${text//'"SECRET"'/"\"$secret\""}"
}

# The shipped file NAME with the settings.
content() {
    local on=
    [[ ! ${settings[PROXY]} ]] || on=true
    set_line nat_1_1_mapping "$(quoted "${settings[NAT]}")" <"$top/conf/janus/$1.jcfg" |
        set_line rtp_port_range "$(quoted "${settings[RTP_PORTS]}")" |
        set_line ice_enforce_list "$(quoted "${settings[INTERFACES]}")" |
        set_line backend "$(quoted "${settings[EVENTS]}")" |
        set_line port "${settings[API_PORT]}" |
        set_line admin_port "${settings[ADMIN_PORT]}" |
        set_line token_auth "$on" |
        set_line token_auth_secret "${on:+\"SECRET\"}" |
        if [[ $on ]]; then sed 's/,libjanus_websockets\.so//'; else cat; fi |
        put_secret
}

# Nothing is written before all files have been looked at.
refuse_edited() {
    local name file
    for name; do
        file=$(file_of "$name")
        ! is_ours "$file" || ! is_edited "$file" ||
            die "$file was edited: move your changes into settings of this script (see its head) and remove the file," \
                "or go on without the script. Nothing was changed."
    done
}

# free_name PATH - PATH, or PATH.2 and so on if there is one.
free_name() {
    local path=$1 number=1
    while [[ -e $path ]]; do path=$1.$((++number)); done
    echo "$path"
}

write() {
    local name file text
    for name; do
        file=$(file_of "$name")
        [[ ! -e $file ]] || is_ours "$file" || mv -- "$file" "$(free_name "$file.orig")"
        text=$(content "$name")
        (umask 077 && printf '%s%s\n%s\n' "$mark" "$(sum_of <<<"$text")" "$text" >"$file.new")
        mv -f -- "$file.new" "$file"
    done
}

start_janus() {
    if [[ -d /run/systemd/system ]]; then
        systemctl enable -q janus && systemctl restart janus
        return
    fi
    echo "Systemd does not run here: start Janus again, then type '$0 check'."
    return 1
}

# check [OPTION…]
check() {
    local command=("$top/tools/janus_check.py" --secret-file "$secret_file" --api "http://127.0.0.1:${settings[API_PORT]}/janus"
        --admin "http://127.0.0.1:${settings[ADMIN_PORT]}/admin")
    [[ ! ${settings[NAT]} ]] || command+=(--nat "${settings[NAT]}")
    /usr/bin/python3 "${command[@]}" "$@"
}

only_check=
given=()
for word; do
    case $word in
    check) only_check=1 ;;
    SECRET_FILE=*) secret_file=${word#*=} ;;
    TO=*) to=${word#*=} ;;
    *=*)
        [[ -v settings[${word%%=*}] ]] || die "There is no setting ${word%%=*}: see the head of $0."
        given+=("$word")
        ;;
    *) die "'$word' is neither check nor NAME=VALUE: see the head of $0." ;;
    esac
done
[[ -d $to ]] || die "There is no folder $to: install Janus first (apt install janus)."
read_secret
keep_settings
for word in "${given[@]}"; do settings[${word%%=*}]=${word#*=}; done
for name in "${!settings[@]}"; do check_setting "$name"; done
if [[ ! $only_check ]]; then
    files=("${names[@]}")
    [[ ! ${settings[PROXY]} ]] || files+=(janus.transport.websockets)
    refuse_edited "${files[@]}"
    write "${files[@]}"
    echo "Janus is configured in $to; what was there is kept as *.jcfg.orig."
    [[ $to == /etc/janus ]] || exit 0
    start_janus || exit 0
    check --wait 10
else
    check
fi
