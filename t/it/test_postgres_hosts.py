"""PostgreSQL on several hosts, and over TLS: a primary and its standby. The last
test promotes the standby, so the tests run in this order.
"""

import contextlib
import glob
import os
import shutil
import subprocess
import time

import psycopg2
import pytest

from api import ONE_CHILD, add_cameras, dbd, location
from env import SLOWNESS, bound, make_folder, wait_for
from load import Load
from postgres import DOWN, Postgres, told
from video import JANUS_DOWN, Watcher

BIN = sorted(glob.glob('/usr/lib/postgresql/*/bin'))[-1]
PATHS = ['/api/cameras', '/api/cameras/1', '/api/cameras?bbox=-1,-1,1,1']


def as_server(*command, cwd='/'):
    """Runs a command as the user of PostgreSQL."""
    user = ['setpriv', '--reuid=postgres', '--regid=postgres',
            '--init-groups'] if os.getuid() == 0 else []
    subprocess.run([*user, *command], check=True, cwd=cwd, timeout=120,
                   stdout=subprocess.DEVNULL)


class Server:
    """A server that this file configures itself."""

    def __init__(self, folder, port):
        self.folder = folder
        self.data = folder + '/data'
        self.port = port

    def ctl(self, *command):
        as_server(BIN + '/pg_ctl', '-D', self.data, '-s', '-w', '-t', '60',
                  '-l', self.folder + '/log', *command, cwd=self.folder)

    def append(self, name, text):
        with open(f'{self.data}/{name}', 'a') as file:
            file.write(text)

    def query(self, sql):
        with contextlib.closing(psycopg2.connect(
                host=self.host, port=self.port, user='postgres',
                dbname='cctv')) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []


def openssl(folder, *command):
    subprocess.run(['openssl', *command], cwd=folder, check=True, timeout=60,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_certificates(folder):
    """A private CA, a server's certificate from it, and another CA."""
    for name in ('ca', 'other'):
        openssl(folder, 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days',
                '2', '-subj', '/CN=A private CA', '-keyout', name + '.key',
                '-out', name + '.crt')
    openssl(folder, 'req', '-newkey', 'rsa:2048', '-nodes', '-subj',
            '/CN=db.example', '-keyout', 'db.key', '-out', 'db.csr')
    openssl(folder, 'x509', '-req', '-in', 'db.csr', '-CA', 'ca.crt', '-CAkey',
            'ca.key', '-CAcreateserial', '-days', '2', '-out', 'db.crt')
    if os.getuid() == 0:
        shutil.chown(folder + '/db.key', 'postgres', 'postgres')
    os.chmod(folder + '/db.key', 0o600)


@pytest.fixture(scope='module')
def primary():
    made = Postgres()
    made.query('ALTER SYSTEM SET listen_addresses = %s', ['127.0.0.1'])
    made.query(f'ALTER SYSTEM SET port = {bound(0)}')
    made.query('ALTER SYSTEM SET ssl = on')
    for name, file in (('cert', 'db.crt'), ('key', 'db.key')):
        made.query(f'ALTER SYSTEM SET ssl_{name}_file = %s',
                   [f'{made.folder}/{file}'])
    make_certificates(made.folder)
    add_cameras(made, *[{'status': 'offline'}] * 5)
    server = Server(made.folder, None)
    server.append('pg_hba.conf', 'local replication postgres peer map=cctv\n'
                  'hostssl all all 127.0.0.1/32 trust\n')
    server.ctl('restart')
    with open(server.data + '/postmaster.pid') as file:
        server.port = int(file.read().splitlines()[3])
    server.host = made.env['PGHOST']
    server.params = lambda **more: made.params(**{'port': server.port, **more})
    yield server
    made.remove()


@pytest.fixture(scope='module')
def standby(primary):
    server = Server(make_folder(), primary.port)
    server.host = server.folder
    if os.getuid() == 0:
        shutil.chown(server.folder, 'postgres', 'postgres')
    as_server(BIN + '/pg_basebackup', '-h', primary.host, '-p',
              str(primary.port), '-U', 'postgres', '-D', server.data, '-R',
              '-c', 'fast', '--no-sync')
    server.append('postgresql.auto.conf',
                  f"unix_socket_directories = '{server.folder}'\n"
                  "listen_addresses = ''\n")
    server.ctl('start')
    server.params = lambda **more: primary.params(
        **{'host': server.folder, **more})
    yield server
    server.ctl('-m', 'immediate', 'stop')
    shutil.rmtree(server.folder)


@pytest.fixture
def start(primary):
    """start(config) → an Apache that ends with the test."""
    from conftest import launcher
    yield from launcher()


def test_tls_with_a_private_ca(primary, start):
    tls = {'host': 'db.example', 'hostaddr': '127.0.0.1',
           'sslmode': 'verify-full'}
    httpd = start(ONE_CHILD + location()
                  + dbd(primary, sslrootcert=primary.folder + '/ca.crt', **tls))
    assert httpd.get('/api/cameras/1').status == 200
    assert primary.query(
        "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity "
        "USING (pid) WHERE usename = 'cctv_reader'") == [(True,)]
    # A connection that is given up over TLS comes back.
    primary.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                  "WHERE usename = 'cctv_reader'")
    assert httpd.get('/api/cameras/1').status == 200
    for wrong in ({'sslrootcert': primary.folder + '/other.crt'},
                  {'sslrootcert': primary.folder + '/ca.crt',
                   'host': 'other.example'}):
        httpd = start(ONE_CHILD + location() + dbd(primary, **{**tls, **wrong}))
        httpd.expect(*DOWN)
        assert httpd.get('/api/cameras/1').status == 503


def test_a_standby_is_read(standby, start, video):
    httpd = start(ONE_CHILD + video.server(standby) + location())
    httpd.expect('CCTV0170', *JANUS_DOWN)
    viewer = Watcher(httpd)
    viewer.play(1)
    with viewer.kept():
        wait_for(lambda: httpd.text().count('CCTV0174') >= 1,
                 'writes are tried again', 30 * SLOWNESS)
        for path in PATHS:
            assert httpd.get(path).status == 200
    assert len(told(httpd, 'CCTV017')) == 1
    assert not told(httpd, 'CCTV0010')
    viewer.end_all()


def status_of(server, camera):
    with contextlib.suppress(psycopg2.Error):
        return server.query(
            f'SELECT status FROM cameras WHERE id = {camera}')[0][0]


def test_a_promotion_under_load(primary, standby, start, video):
    """Apache looks for the host that can be written to."""
    httpd = start(
        'StartServers 2\nServerLimit 2\nThreadsPerChild 10\n'
        'MaxRequestWorkers 20\n' + video.server(primary).replace(
            'host=', f'target_session_attrs=read-write host={standby.host},')
        + location())
    httpd.expect(*DOWN, *JANUS_DOWN)
    viewer = Watcher(httpd)
    viewer.play(2)
    with viewer.kept(), Load(httpd, 8, PATHS) as load:
        wait_for(lambda: status_of(primary, 2) == 'online',
                 'the primary is written to', 20 * SLOWNESS)
        load.wait_for_answers(100, status=200)
        wait_for(lambda: status_of(standby, 2) == 'online', 'replicated')
        gone = time.monotonic()
        primary.ctl('-m', 'immediate', 'stop')
        load.wait_for_answers(50, status=503)
        standby.query('SELECT pg_promote()')
        back = time.monotonic()
        load.observe(2.5 * SLOWNESS)
        viewer.play(3)
        wait_for(lambda: status_of(standby, 3) == 'online',
                 'the new primary is written to', 20 * SLOWNESS)
    print(f'{back - gone:.1f} s without a primary; '
          f'{len(load.since(back))} answers after that')
    assert {answer.status for answer in load.answers} == {200, 503}
    late = load.since(back + 2 * SLOWNESS)
    assert len(late) > 20
    assert {answer.status for answer in late} == {200}
    # The fault and its end, once for each of the two.
    assert len(told(httpd, 'CCTV0008')) <= 1
    assert len(told(httpd, 'CCTV0011')) <= 2
    viewer.end_all()
