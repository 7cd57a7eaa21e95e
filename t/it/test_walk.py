"""docs/install.md and docs/maintenance.md, word for word, on a machine of its
own: see walk.sh. The prose between the commands is done by walk() below."""

import json
import os
import re
import subprocess

import pytest

from env import HERE, INSTRUMENTED, REPO, SLOWNESS
from test_run import ENV


def blocks(page, heading):
    with open(f'{REPO}/docs/{page}') as file:
        text = file.read()
    part = text.split(f'\n## {heading}\n')[1].split('\n## ')[0]
    return re.findall('```(\\w*)\n(.*?)```', part, re.S)


def shell(page, heading):
    return ''.join(text for kind, text in blocks(page, heading)
                   if kind == 'sh')


def other(page, heading, words):
    """The one code block that is no commands and has these words."""
    (text,) = [text for kind, text in blocks(page, heading)
               if kind != 'sh' and words in text]
    return text


def walk():
    """The commands of an admin; each answer is a line "name: value"."""
    ident, hba = other('install.md', 'The module and the database',
                       'map=apache').replace(
                           'cctv_reader', 'cctv_video').splitlines()
    site = other('install.md', 'The module and the database', '<VirtualHost')
    events = other('install.md', 'Video: Janus', 'cctv-janus-events')
    defines = other('install.md', 'Video: Janus', 'Define CCTV_JANUS')
    site = site.replace('</VirtualHost>', '    Include '
                        'conf-available/cctv-map.conf\n</VirtualHost>')
    # These get files from npm, and there is no network here.
    page = shell('install.md', 'The map page').replace('cctv-streets\n', '')\
        .replace('cctv-hls\n', '')
    return f'''
cd {REPO}
{shell('install.md', 'The module and the database')}
cd /etc/postgresql/15/main
echo '{ident.split('#')[0]}' >>pg_ident.conf
sed -i '0,/^local/s//{hba.split('#')[0]}\\nlocal/' pg_hba.conf
sudo systemctl reload postgresql
cat >/etc/apache2/sites-enabled/www.conf <<'EOT'
{site}
EOT
cat >/etc/apache2/conf-enabled/cctv-events.conf <<'EOT'
{events}
EOT
{shell('install.md', 'Video: Janus').replace('janus-conf.sh', 'janus-conf.sh EVENTS=http://127.0.0.1:8087/janus-events')}
cat - /etc/apache2/mods-available/cctv.conf >"$work/conf" <<'EOT'
{defines}
EOT
sed 's/cctv_reader/cctv_video/' "$work/conf" >/etc/apache2/mods-available/cctv.conf
echo 'name,longitude,latitude,stream_url,codec
One,1,2,rtsp://127.0.0.1:9/x,H.264' >/tmp/cameras.csv.$$
chmod 644 /tmp/cameras.csv.$$
{shell('install.md', 'Your own cameras').replace('/tmp/cameras.csv', '/tmp/cameras.csv.$$')}
rm /tmp/cameras.csv.$$
{page}
sudo systemctl restart apache2
at=http://127.0.0.1
until curl -sf "$at/health" >/dev/null; do sleep 0.2; done
echo "health: $(curl -s "$at/health")"
echo "cameras: $(curl -s "$at/api/cameras")"
echo "map: $(curl -s -o /dev/null -w '%{{http_code}}' "$at/map/")"
echo "view: $(curl -s -H 'Content-Type: application/json' -d '{{"camera_id": 1}}' "$at/view-start")"
until curl -s "$at/metrics" | grep -q 'result="taken"}} [1-9]'; do sleep 0.2; done
cd {REPO}
{shell('maintenance.md', 'Upgrade')}
until curl -sf "$at/health" >/dev/null; do sleep 0.2; done
echo "upgraded: $(curl -s "$at/health")"
rm /etc/apache2/sites-enabled/www.conf /etc/apache2/conf-enabled/cctv-events.conf
{shell('maintenance.md', 'Remove')}
echo "left: $(ls -d /usr/share/mod_cctv /usr/lib/apache2/modules/mod_cctv.so /etc/cctv 2>/dev/null | xargs)"
echo "jcfg: $(ls /etc/janus/*.orig | wc -l)"
'''


@pytest.mark.skipif(os.geteuid() != 0, reason='only root has such a machine')
@pytest.mark.skipif(INSTRUMENTED, reason='it installs the usual build')
def test_the_pages_word_for_word(tmp_path):
    script = tmp_path / 'script'
    script.write_text(walk())
    command = ['unshare', '-m', '-n', '-p', '--fork', '--kill-child',
               '--mount-proc', HERE + '/walk.sh']
    if subprocess.run([*command[:7], 'mount', '-t', 'tmpfs', 'none',
                       '/mnt'], capture_output=True, check=False).returncode:
        pytest.skip('no mounts here')
    done = subprocess.run([*command, script], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False,
                          timeout=120 * SLOWNESS, env=ENV)
    assert done.returncode == 0, done.stdout
    said = dict(line.split(': ', 1) for line in done.stdout.splitlines()
                if re.match('(health|cameras|map|view|upgraded|left|jcfg): ', line))
    for name in ('health', 'upgraded'):
        assert json.loads(said[name])['status'] == 'ok'
        assert json.loads(said[name])['video'] == 'up'
    assert json.loads(said['cameras'])['features'][0]['properties'][
        'name'] == 'One'
    assert said['map'] == '200'
    # Nothing listens at the camera's address.
    assert json.loads(said['view'])['reason'] == 'refused'
    assert said['left'] == '/etc/cctv'
    assert said['jcfg'] == '4'
    assert 'systemctl enable -q janus' in done.stdout
    assert 'Janus works with mod_cctv' in done.stdout
