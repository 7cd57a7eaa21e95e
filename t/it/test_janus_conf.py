"""tools/janus-conf.sh, with Debian's Janus."""

import contextlib
import os
import shutil
import socket
import subprocess

import pytest

from env import REPO, SLOWNESS, make_folder, wait_for
from lab import free_port, real

TOOL = REPO + '/tools/janus-conf.sh'
SHIPPED = ['janus', 'janus.plugin.streaming', 'janus.transport.http',
           'janus.eventhandler.sampleevh']
# Every character that a secret may have.
SECRET = ''.join(chr(n) for n in range(33, 127) if chr(n) not in '"\'`\\')


class Conf:
    """A folder like /etc/janus with what Debian ships, and a secret."""

    def __init__(self):
        self.folder = make_folder()
        self.to = self.folder + '/janus'
        os.mkdir(self.to)
        for name in SHIPPED:
            self.put(name, f'# {name} of Debian\n')
        self.secret = self.folder + '/secret'
        with open(self.secret, 'w') as file:
            file.write(SECRET + '\n')
        self.ports = {'API_PORT': free_port(), 'ADMIN_PORT': free_port()}

    def path(self, name):
        return f'{self.to}/{name}.jcfg'

    def put(self, name, text):
        with open(self.path(name), 'w') as file:
            file.write(text)

    def text(self, name):
        with open(self.path(name)) as file:
            return file.read()

    def run(self, *words, prefix=(), **settings):
        """(whether it succeeds, its output)"""
        done = subprocess.run(
            [*prefix, TOOL, *words, f'SECRET_FILE={self.secret}', f'TO={self.to}',
             *(f'{name}={value}' for name, value in settings.items())],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=60, check=False)
        return done.returncode == 0, done.stdout

    def write(self, **settings):
        good, said = self.run(**settings)
        assert good, said

    def refused(self, *sentences, **settings):
        before = {name: self.text(name) for name in SHIPPED}
        good, said = self.run(**settings)
        assert not good, said
        for sentence in sentences:
            assert sentence in said
        assert {name: self.text(name) for name in SHIPPED} == before

    def answers(self):
        with contextlib.suppress(OSError):
            socket.create_connection(
                ('127.0.0.1', self.ports['API_PORT'])).close()
            return True
        return False

    @contextlib.contextmanager
    def janus(self):
        """Janus runs with these files, without the other plugins."""
        log = open(self.folder + '/log', 'w')
        with subprocess.Popen(['janus', '--configs-folder=' + self.to],
                              stdout=log, stderr=log) as process, log:
            try:
                wait_for(self.answers, 'Janus listens', 10 * SLOWNESS)
                yield
            finally:
                process.terminate()
                process.wait(20)


@pytest.fixture
def conf():
    made = Conf()
    yield made
    shutil.rmtree(made.folder)


def test_what_was_there_is_kept_for_ever(conf):
    conf.write()
    for name in SHIPPED:
        with open(conf.path(name) + '.orig') as file:
            assert file.read() == f'# {name} of Debian\n'
        assert os.stat(conf.path(name)).st_mode & 0o777 == 0o600
        assert '"SECRET"' not in conf.text(name)
    # A package upgrade may bring its file again.
    conf.put('janus', '# janus of another version\n')
    conf.write()
    with open(conf.path('janus') + '.orig') as file:
        assert file.read() == '# janus of Debian\n'
    with open(conf.path('janus') + '.orig.2') as file:
        assert file.read() == '# janus of another version\n'


def test_settings_stay_until_they_are_named_again(conf):
    conf.write(NAT='203.0.113.5', RTP_PORTS='30000-30999', PROXY=1,
               EVENTS='http://127.0.0.1:81/x', API_PORT=8090)
    first = {name: conf.text(name) for name in SHIPPED}
    assert 'nat_1_1_mapping = "203.0.113.5"' in first['janus']
    assert '\n    rtp_port_range = "30000-30999"' in first['janus']
    assert '\n    token_auth = true\n' in first['janus']
    assert '\n    port = 8090\n' in first['janus.transport.http']
    assert os.path.exists(conf.path('janus.transport.websockets'))
    assert 'libjanus_websockets.so"' not in first['janus']
    conf.write()
    assert {name: conf.text(name) for name in SHIPPED} == first
    conf.write(NAT='', PROXY='')
    assert '\n    #nat_1_1_mapping' in conf.text('janus')
    assert '\n    #token_auth = ' in conf.text('janus')
    assert '\n    rtp_port_range = "30000-30999"' in conf.text('janus')


def test_files_that_were_edited_are_not_replaced(conf):
    conf.write()
    conf.put('janus', conf.text('janus').replace('event_loops = 2',
                                                 'event_loops = 4'))
    conf.refused('janus.jcfg was edited', NAT='203.0.113.5')


@pytest.mark.parametrize('setting, value', [
    ('NAT', 'example.org'), ('NAT', '1.2.3.4"'), ('RTP_PORTS', '20000'),
    ('RTP_PORTS', '40000-20000'), ('RTP_PORTS', '1-70000'), ('EVENTS', ''),
    ('EVENTS', 'ftp://x/'), ('API_PORT', '0'), ('ADMIN_PORT', '99999'),
    ('INTERFACES', 'eth 0'), ('NOTHING', '1')])
def test_wrong_settings(conf, setting, value):
    conf.refused(setting, **{setting: value})


@pytest.mark.parametrize('secret', ['short', 'with blank in the secret',
                                    'with-a-"quote"-in-it', ''])
def test_wrong_secrets(conf, secret):
    with open(conf.secret, 'w') as file:
        file.write(secret)
    conf.refused('holds no secret')


@real
def test_janus_runs_with_it_and_is_checked(conf):
    conf.write(NAT='203.0.113.5', **conf.ports)
    with conf.janus():
        good, said = conf.run('check')
        assert good, said
        assert '203.0.113.5' in said
        with open(conf.secret, 'w') as file:
            file.write('another-secret-of-some-length')
        good, said = conf.run('check')
        assert (good, 'refuses the secret' in said) == (False, True), said


@real
@pytest.mark.parametrize('name, line, sentence', [
    ('janus.plugin.streaming', 'admin_key = ', 'admin_key is not set'),
    ('janus', 'api_secret = ', 'api_secret is not set'),
    ('janus.transport.http', 'admin_http = ', 'admin_http has to be true')])
def test_what_is_missing_is_told(conf, name, line, sentence):
    conf.write(**conf.ports)
    conf.put(name, conf.text(name).replace(line, '#' + line))
    with conf.janus():
        good, said = conf.run('check')
    assert (good, sentence in said) == (False, True), said


@real
def test_no_address_for_viewers(conf):
    conf.write(**conf.ports)
    good, said = conf.run('check', prefix=[
        'unshare', '-n', 'bash', '-c', 'ip link set lo up; janus '
        '--configs-folder="$0" >/dev/null 2>&1 & for _ in {1..100}; do '
        'if (: </dev/tcp/127.0.0.1/$1) 2>/dev/null; then break; fi; '
        'sleep 0.1; done; shift; "$@"; status=$?; kill $!; wait $!; '
        'exit $status', conf.to, str(conf.ports['API_PORT'])])
    assert (good, 'none but loopback' in said) == (False, True), said


def test_no_janus_that_runs(conf):
    conf.write(**conf.ports)
    good, said = conf.run('check')
    assert (good, 'does not answer' in said) == (False, True), said
