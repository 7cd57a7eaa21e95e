"""PostgreSQL on several hosts, and over TLS: a primary and its standby. The last
test promotes the standby, so the tests run in this order.
"""

import math
import os
import re
import shutil
import subprocess
import threading
import time

import pytest

from api import ONE_CHILD, add_cameras, dbd, location
from env import SLOWNESS, bound, wait_for
from load import Load
from postgres import DOWN, Postgres, told
from replication import Server, make_standby
from video import JANUS_DOWN, Video, Watcher
from views import virtual_host

CHILDREN = ('StartServers 2\nServerLimit 2\nThreadsPerChild 10\n'
            'MaxRequestWorkers 20\n')
PATHS = ['/api/cameras', '/api/cameras/1', '/api/cameras?bbox=-1,-1,1,1']


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
    server = make_standby(primary)
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


def test_lists_come_from_the_standby_and_statuses_go_to_the_primary(
        primary, standby, start, video):
    """The virtual host has DBDParams of its own."""
    hosts = f'target_session_attrs=read-write host={primary.host},{standby.host}'
    one = video.server(primary).replace(f'host={primary.host}', hosts)
    both = re.search('DBDParams "(.*)"', one)[1].replace('read-write',
                                                         'prefer-standby')
    httpd = start(ONE_CHILD + one + location() + virtual_host(
        'localhost', f'DBDParams "{both}"', 'CCTVCatalogue {folder}/state'))
    httpd.expect(*JANUS_DOWN)
    wait_for(lambda: httpd.get('/health').json()['catalogue'] == 'ok',
             'there is a catalogue', 20 * SLOWNESS)

    def sessions(server):
        return server.value("SELECT count(*) FROM pg_stat_activity "
                            "WHERE usename = 'cctv_video'")
    assert sessions(standby) > 0 and sessions(primary) == 0
    viewer = Watcher(httpd)
    viewer.play(5)
    with viewer.kept():
        wait_for(lambda: httpd.get('/api/cameras/5').json()['properties'][
            'status'] == 'online', 'it is written, and read from the standby',
            20 * SLOWNESS)
    assert status_of(primary, 5) == 'online'
    assert sessions(primary) > 0
    assert 'CCTV0170' not in httpd.text()
    viewer.end_all()


def status_of(server, camera):
    return server.value(f'SELECT status FROM cameras WHERE id = {camera}')


class Starts(threading.Thread):
    """Starts views of a camera that Janus is not connected to, again and again,
    until `answers` has a 201 after the moment `since`."""

    def __init__(self, httpd, camera):
        super().__init__(daemon=True)
        self.viewer = Watcher(httpd)
        self.camera = camera
        self.since = math.inf
        self.answers = []

    def run(self):
        while not (self.answers and self.answers[-1][1] == 201):
            if time.monotonic() < self.since:
                time.sleep(0.05)
                continue
            reply = self.viewer.post('view-start', camera_id=self.camera)
            self.answers.append((time.monotonic(), reply.status))

    def first(self):
        """When the first view has started."""
        self.join(60 * SLOWNESS)
        when, status = self.answers[-1]
        assert status == 201
        assert {status for _, status in self.answers[:-1]} <= {503}
        return when


@pytest.fixture
def other():
    """A second stand-in for Janus."""
    other = Video()
    yield other
    other.remove()


def test_a_promotion_under_load(primary, standby, video, other, start):
    """Apache looks for the host that can be written to. One has a catalogue: it
    answers all the time, and forgets what the new primary never had."""
    hosts = f'target_session_attrs=read-write host={standby.host},'
    httpd = start(CHILDREN + video.server(primary).replace('host=', hosts)
                  + location())
    kept = start(CHILDREN + other.server(primary).replace('host=', hosts)
                 + 'CCTVCatalogue {folder}/state\nCCTVCatalogueInterval 200ms\n'
                 + location())
    for each in (httpd, kept):
        each.expect(*DOWN, *JANUS_DOWN)

    def answer(camera):
        reply = kept.get(f'/api/cameras/{camera}')
        return reply.status == 200 and reply.json()['properties']['name']
    viewer = Watcher(httpd)
    viewer.play(2)
    wait_for(lambda: kept.get('/health').json()['catalogue'] == 'ok',
             'there is a catalogue', 20 * SLOWNESS)
    starts = Starts(kept, 4)
    starts.start()
    with viewer.kept(), Load(httpd, 8, PATHS) as load, \
            Load(kept, 2, PATHS) as sure:
        wait_for(lambda: status_of(primary, 2) == 'online',
                 'the primary is written to', 20 * SLOWNESS)
        load.wait_for_answers(100, status=200)
        wait_for(lambda: status_of(standby, 2) == 'online', 'replicated')
        # The standby does not get the last transactions.
        standby.stop_replicating(primary)
        primary.query("UPDATE cameras SET name = 'Lost' WHERE id = 5")
        primary.query('DELETE FROM cameras WHERE id = 3')
        wait_for(lambda: answer(5) == 'Lost' and not answer(3),
                 'the catalogue follows', 20 * SLOWNESS)
        gone = time.monotonic()
        primary.kill()
        load.wait_for_answers(50, status=503)
        starts.since = time.monotonic()
        standby.query('SELECT pg_promote()')
        back = time.monotonic()
        load.observe(2.5 * SLOWNESS)
        viewer.play(3)
        wait_for(lambda: status_of(standby, 3) == 'online',
                 'the new primary is written to', 20 * SLOWNESS)
        # The numbers of its transactions are those that are lost.
        standby.query("UPDATE cameras SET name = 'Found' WHERE id = 1")
        wait_for(lambda: (answer(1), answer(3), answer(5)) == (
            'Found', 'A camera', 'A camera'), 'the catalogue follows',
            20 * SLOWNESS)
    print(f'{back - gone:.1f} s without a primary; '
          f'{len(load.since(back))} answers after that; a view after '
          f'{starts.first() - back:.1f} s')
    assert starts.first() - back < 5 * SLOWNESS
    assert {answer.status for answer in load.answers} == {200, 503}
    assert {answer.status for answer in sure.answers} == {200}
    late = load.since(back + 2 * SLOWNESS)
    assert len(late) > 20
    assert {answer.status for answer in late} == {200}
    # The fault and its end, once for each of the two.
    assert len(told(httpd, 'CCTV0008')) <= 1
    assert len(told(httpd, 'CCTV0011')) <= 2
    viewer.end_all()
