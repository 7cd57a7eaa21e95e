#!/bin/bash
# t/it/walk.sh SCRIPT - runs SCRIPT, which does what docs/install.md says, as root
# on a machine of its own: with copies of /etc, /usr and /var, an empty /run, its
# own network and processes. All of it ends with the script; nothing stays.
#
# sudo, apt and systemctl are small stand-ins. apt only checks that it knows the
# packages; systemctl starts what the services of Debian would start.
set -e
work=$(mktemp -d)
export work
trap 'umount -l "$work"; rmdir "$work"' EXIT
mount -t tmpfs -o size=900m none "$work"
for name in etc usr var; do
    mkdir -p "$work/$name"/{upper,work}
    mount -t overlay overlay -o "lowerdir=/$name,upperdir=$work/$name/upper,workdir=$work/$name/work" "/$name"
done
mount -t tmpfs none /run
mkdir -p /run/{lock,apache2,postgresql,systemd/system}
chown postgres: /run/postgresql
for folder in /etc/postgresql /var/lib/postgresql /var/log/postgresql; do mount -t tmpfs none "$folder"; chown postgres: "$folder"; done
rm -rf /etc/cctv /var/lib/cctv /usr/share/mod_cctv /etc/apache2/{mods,conf,sites}-enabled/*
rm -f /usr/lib/apache2/modules/mod_cctv.so
a2enmod -q mpm_event authz_core authz_host alias dir mime status deflate filter env >/dev/null
echo 'ServerName localhost' >/etc/apache2/conf-enabled/name.conf
ip link set lo up
ip link add v0 type veth peer name v1
ip addr add 10.77.0.1/24 dev v0
ip link set v0 up
ip link set v1 up

mkdir "$work/bin"
PATH=$work/bin:$PATH:/usr/sbin
cat >"$work/bin/sudo" <<'EOT'
#!/bin/bash
[[ $1 == -u ]] || exec env "$@"
shift
user=$1
shift
exec setpriv --reuid="$user" --regid="$user" --init-groups env "$@"
EOT
cat >"$work/bin/apt" <<'EOT'
#!/bin/bash
for word; do
    [[ $word == install || $word == -* ]] || dpkg-query -W -f '${Package}\n' "$word" 2>/dev/null ||
        apt-cache show --no-all-versions "$word" | sed -n 's/^Package: //p' | grep . || exit
done
EOT
cat >"$work/bin/systemctl" <<'EOT'
#!/bin/bash
echo "systemctl $*"
case "$*" in
*reload\ postgresql) pg_ctlcluster 15 main reload ;;
*re*\ apache2) apachectl -k graceful >/dev/null ;;
*restart\ janus) (setsid janus --disable-colors >/var/log/janus.log 2>&1 </dev/null &) ;;
esac
EOT
chmod +x "$work"/bin/*
pg_createcluster 15 main >/dev/null
pg_ctlcluster 15 main start
apachectl start
bash -e "$1"
