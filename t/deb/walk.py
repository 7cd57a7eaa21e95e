#!/usr/bin/python3
"""What a stranger does in a clean Debian (root.sh), word for word, as root:

    t/deb/walk.py run FOLDER      README.md: `make run` in a fresh clone, to a
                                  playing camera, `make stop`
    t/deb/walk.py page FOLDER     docs/install.md with the packages of `make
                                  deb`, to a playing camera behind a login. Before
                                  that: cp build/deb/*.deb FOLDER/root, and
                                  t/deb/root.sh run FOLDER t/deb/packages.sh page

`page` runs in t/it/namespace.sh, because it uses the usual ports; `run`
downloads packages. The browser, and the camera of `page`, run outside of the
folder. Prints the time of each step, and what cctv-check says on the way.
"""

import base64
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE) + '/it')

from env import wait_for
from lab import Browser, Cameras
from test_walk import other, shell
from window import Window

SITE = 'www.example.org'


def recipe(page, heading):
    with open(f'{HERE}/../../docs/{page}') as file:
        part = file.read().split(f'### {heading}\n')[1]
    return re.search('```apacheconf\n(.*?)```', part, re.S)[1]


RUN = '''
step() { echo "== $(date +%T) $*"; }
step "what a clean Debian lacks: git and make"
apt-get -qq update
apt-get -qq install -y --no-install-recommends git make >/dev/null
git clone -q /root/clone.git /root/mod_cctv
cd /root/mod_cctv
step "make run"
make run
step "ready"
touch /root/ready
while [[ ! -e /root/done ]]; do sleep 0.2; done
make stop
step "stopped; what still runs:"
ps -eo args= | grep -v -e bash -e 'ps -eo' || true
'''


def script(camera):
    first = shell('install.md', 'The module and the database')
    commands = {word: next(line for line in first.splitlines() if word in line)
                for word in ('load-sql', 'a2enmod')}
    ident, hba = (line.split('#')[0].replace('cctv_reader', 'cctv_video')
                  for line in other('install.md', 'The module and the database',
                                    'map=apache').splitlines())
    site = other('install.md', 'The module and the database', '<VirtualHost')
    events = other('install.md', 'Video: Janus', 'cctv-janus-events')
    defines = other('install.md', 'Video: Janus', 'Define CCTV_JANUS')
    janus = shell('install.md', 'Video: Janus').strip()
    login = recipe('security.md', 'A file with users')
    site = site.replace(
        '</VirtualHost>', '    Include conf-available/cctv-map.conf\n' + login
        + '</VirtualHost>')
    return f'''
step() {{ echo "== $(date +%T) $*"; }}
check() {{ cctv-check || true; }}
# janus-conf.sh looks for it; the packages are installed without it.
mkdir -p /run/systemd/system
step "before anything is done"
systemctl restart postgresql
check
step "the database"
{commands['load-sql']}
check
step "a2enmod"
{commands['a2enmod']}
check
cd /etc/postgresql/15/main
echo '{ident}' >>pg_ident.conf
sed -i '0,/^local/s//{hba}\\nlocal/' pg_hba.conf
systemctl reload postgresql
step "the site, with the map and a login"
cat >/etc/apache2/sites-available/www.conf <<'EOT'
{site}
EOT
a2ensite -q www
a2enmod -q headers auth_basic authn_file authz_groupfile rewrite
mkdir /etc/cctv-users
htpasswd -b -B -c /etc/cctv-users/passwords ann secret
echo 'cameras: ann bob' >/etc/cctv-users/groups
echo 'ann staff,security' >/etc/cctv-users/roles
chown -R root:www-data /etc/cctv-users && chmod 750 /etc/cctv-users
systemctl restart apache2
check
step "video"
{janus}
cat - /etc/apache2/mods-available/cctv.conf >/root/conf <<'EOT'
{defines}
EOT
cp /root/conf /etc/apache2/mods-available/cctv.conf
check
sed -i 's/cctv_reader/cctv_video/' /etc/apache2/mods-available/cctv.conf
systemctl restart apache2
check
step "events"
cat >/etc/apache2/conf-available/cctv-events.conf <<'EOT'
{events}
EOT
a2enconf -q cctv-events
systemctl restart apache2
{janus} EVENTS=http://127.0.0.1:8087/janus-events
step "a camera"
echo 'name,longitude,latitude,role,stream_url,codec
One,1,2,staff,{camera},H.264' >/tmp/cameras.csv
chmod 644 /tmp/cameras.csv
{shell('install.md', 'Your own cameras').replace('sudo -u postgres', 'cd / && sudo -u postgres')}
cctv-check -q
step "ready"
touch /root/ready
while [[ ! -e /root/done ]]; do sleep 0.2; done
curl -s -o /dev/null -w 'without a login: %{{http_code}}\\n' http://{SITE}/api/cameras --resolve {SITE}:80:127.0.0.1
curl -s http://{SITE}/metrics --resolve {SITE}:80:127.0.0.1 | grep -E '^(webrtc_view|cctv_janus_events)' || true
apache2ctl stop
'''


def watch(url, login=None):
    Browser.FLAGS = (*Browser.FLAGS,
                     f'--host-resolver-rules=MAP {SITE} 127.0.0.1')
    browser = Browser()
    try:
        window = Window(browser)
        if login:
            login = base64.b64encode(login.encode()).decode()
            window.order('Network.enable')
            window.order('Network.setExtraHTTPHeaders',
                         headers={'Authorization': 'Basic ' + login})
        window.go(url)
        window.until('document.querySelector("video")?.currentTime > 2',
                     seconds=120)
        print('the camera plays', flush=True)
    finally:
        browser.kill()


def follow(folder, text, *watched):
    """Run a script in the folder, and watch a camera when it is ready."""
    path = folder + '.script'
    with open(path, 'w') as file:
        file.write(text)
    started = time.monotonic()
    with subprocess.Popen([HERE + '/root.sh', 'run', folder, path]) as walk:
        try:
            wait_for(lambda: os.path.exists(folder + '/root/ready')
                     or walk.poll() is not None, 'it is ready', 1800)
            assert walk.poll() is None, 'a command has failed'
            print(f'{time.monotonic() - started:.0f} s of commands', flush=True)
            watch(*watched)
        finally:
            with open(folder + '/root/done', 'w'):
                pass
            os.remove(path)
    return walk.returncode


def main():
    what, folder = sys.argv[1], os.path.abspath(sys.argv[2])
    if what == 'run':
        subprocess.run(['git', 'clone', '-q', '--bare', HERE + '/../..',
                        folder + '/root/clone.git'], check=True)
        sys.exit(follow(folder, RUN, 'http://127.0.0.1:8080/map/#camera=5971'))
    camera = Cameras('rtsp', 'one')
    try:
        sys.exit(follow(folder, script(camera.url('one')),
                        f'http://{SITE}/map/#camera=1', 'ann:secret'))
    finally:
        camera.remove()


if __name__ == '__main__':
    main()
