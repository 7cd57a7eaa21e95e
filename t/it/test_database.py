"""The state in which the module leaves connections that other modules use as
well, and how the module waits for connections."""

import collections
import contextlib
import os
import signal
import socket
import ssl
import struct
import subprocess
import threading
import time

import pytest

from api import ONE_CHILD, add_cameras, dbd, location
from env import SLOWNESS, wait_for
from load import Load
from postgres import DOWN, Postgres, halted, stopped
from preload import preloading
from users import user, users_in_database
from views import virtual_host

LOGIN = ['authn_core', 'authn_dbd', 'authz_user', 'auth_basic']
# Messages of a login on a connection whose database was down.
LOST_LOGIN = ('AH01656', 'AH01657', 'AH01658', 'AH01617', 'AH01618', *DOWN)
ONE_PROCESS = 'StartServers 1\nServerLimit 1\nMaxRequestWorkers 1\n'


@pytest.fixture
def users(cluster):
    return users_in_database(cluster)


def secret(users, path='/secret'):
    return '\n'.join([f'<Location "{path}">', *users, '</Location>\n'])


def log_in(httpd, count=1):
    """The statuses of requests with a login. The path behind the login does
    not exist, so 404 means that the login succeeded."""
    return [httpd.get('/secret', user('police')).status
            for _ in range(count)]


# --- statements and settings of other modules ------------------------------

def hang(cluster, httpd, path):
    """The database hangs during this request, until the request has got
    503."""
    with halted(cluster):
        assert httpd.get(path, user('police')).status == 503


def kill(cluster, httpd, path):
    """The backends are terminated; this is the next request."""
    cluster.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
                  "WHERE usename = 'cctv_reader'")
    assert httpd.get(path, user('police')).status == 200


def restart(cluster, httpd, path):
    """PostgreSQL stops, and is requested while it is down."""
    with stopped(cluster):
        assert httpd.get(path, user('police')).status == 503
    wait_for(lambda: httpd.get(path).status == 200, 'cameras again')


def kill_later(cluster, httpd, path):
    """The connection is lost before the module has first used it."""
    kill(cluster, httpd, path)


@pytest.mark.parametrize('mpm', ['event', 'prefork'])
@pytest.mark.parametrize('maximum, persist', [(1, 'On'), (10, 'On'),
                                              (10, 'Off')])
@pytest.mark.parametrize('trouble', [hang, kill, restart, kill_later])
def test_logins_work_after_the_database_was_in_trouble(
        database, start, users, healthy, mpm, maximum, persist, trouble):
    add_cameras(database, {})
    httpd = start((ONE_CHILD if mpm == 'event' else ONE_PROCESS)
                  + f'DBDPersist {persist}\n' + dbd(database, maximum)
                  + location() + secret(users), mpm=mpm, modules=LOGIN)
    httpd.expect(*LOST_LOGIN)
    assert log_in(httpd, 2) == [404, 404]
    if trouble is not kill_later:
        assert httpd.get('/api/cameras').status == 200
    trouble(database, httpd, '/api/cameras')
    wait_for(lambda: httpd.get('/api/cameras').status == 200, 'cameras again')
    assert log_in(httpd, 6) == [404] * 6


def test_logins_work_after_lists_behind_a_login_met_a_hang(
        database, start, users, healthy):
    add_cameras(database, {})
    httpd = start(ONE_CHILD + dbd(database, 1)
                  + location('AuthDBDUserPWQuery "SELECT password FROM '
                             'web_users WHERE pg_sleep(0.3) IS NOT NULL AND '
                             'name = %s"', *users[:3], users[4])
                  + secret(users), modules=LOGIN)
    httpd.expect(*LOST_LOGIN)
    assert log_in(httpd) == [404]
    found = []

    def ask():
        found.append(httpd.get('/api/cameras', user('police')).status)
    asking = threading.Thread(target=ask)
    with contextlib.closing(database.connect()) as connection:
        connection.autocommit = False
        # The login reads another table. Only the list hangs; it is cancelled
        # late.
        connection.cursor().execute(
            'LOCK TABLE cameras IN ACCESS EXCLUSIVE MODE')
        asking.start()
        wait_for(lambda: database.query(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"),
            'the list waits')
        with halted(database):
            asking.join(20)
    assert found == [503]
    wait_for(lambda: httpd.get('/api/cameras', user('police')).status == 200,
             'cameras again')
    assert log_in(httpd, 6) == [404] * 6


def test_a_time_limit_of_the_module_is_not_left_behind(
        database, start, users):
    add_cameras(database, {})
    slow = [line.replace('WHERE name', 'WHERE pg_sleep(0.3) IS NOT NULL AND '
                         'name') for line in users]
    httpd = start(ONE_CHILD + 'CCTVQueryTimeout 200ms\n' + dbd(database, 1)
                  + location() + secret(slow), modules=LOGIN)
    httpd.expect('CCTV0009')
    assert log_in(httpd) == [404]
    wait_for(lambda: httpd.get('/api/cameras').status == 200, 'cameras')
    assert log_in(httpd) == [404]


def test_a_cancelled_query_leaves_the_connection_in_use(
        database, start, users):
    add_cameras(database, {})
    # A cancel has a quarter of the timeout to arrive.
    httpd = start(ONE_CHILD + f'CCTVQueryTimeout {2 * SLOWNESS}s\n'
                  + dbd(database, 1) + location() + secret(users), modules=LOGIN)
    httpd.expect('CCTV0009')

    def backends():
        return database.query('SELECT pid FROM pg_stat_activity WHERE '
                              "usename = 'cctv_reader'")
    assert httpd.get('/api/cameras').status == 200
    before = backends()
    with contextlib.closing(database.connect()) as connection:
        connection.autocommit = False
        connection.cursor().execute(
            'LOCK TABLE cameras IN ACCESS EXCLUSIVE MODE')
        for _ in range(2):
            assert httpd.get('/api/cameras').status == 503
        # No query of these requests still runs in the database.
        wait_for(lambda: not database.query(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"),
            'no query waits')
    assert httpd.get('/api/cameras').status == 200
    assert log_in(httpd, 3) == [404] * 3
    assert backends() == before


# --- several virtual hosts --------------------------------------------------

def test_a_hung_database_costs_another_virtual_host_no_answer(
        database, start, users):
    add_cameras(database, {})
    other = Postgres()
    try:
        add_cameras(other, {})
        httpd = start('StartServers 1\nServerLimit 1\nThreadsPerChild 24\n'
                      'MaxRequestWorkers 24\n'
                      + virtual_host('ill', dbd(other, 10), location())
                      + virtual_host('well', dbd(database, 10), location(),
                                     secret(users)), modules=LOGIN)
        httpd.expect(*DOWN)
        for name in ('ill', 'well'):
            assert httpd.get('/api/cameras', {'Host': name}).status == 200
        with halted(other), Load(httpd, 14, ['/api/cameras'],
                                 headers={'Host': 'ill'}) as ill:
            with Load(httpd, 2, ['/api/cameras', '/secret'],
                      headers={'Host': 'well', **user('police')}) as well:
                ill.wait_for_answers(30, status=503)
        wrong = [answer for answer in well.answers
                 if answer.status != (404 if answer.path == '/secret'
                                      else 200)]
        assert len(well.answers) > 20 and not wrong, wrong
        # A request that waited for the other database would take 3 s.
        assert max(each.seconds() for each in well.answers) < 2 * SLOWNESS
    finally:
        other.signal(signal.SIGCONT)
        other.remove()


# --- HTTP/2 -----------------------------------------------------------------

def frame(kind, flags, stream, payload=b''):
    return (struct.pack('>I', len(payload))[1:] + bytes([kind, flags])
            + struct.pack('>I', stream) + payload)


def literal(index, text):
    return bytes([index, len(text)]) + text.encode()


def h2_connection(httpd, scheme):
    plain = socket.create_connection(('127.0.0.1', httpd.port), timeout=30)
    if scheme == 'http':
        return plain
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(['h2'])
    return context.wrap_socket(plain)


def frames(connection):
    """(kind, flags, stream, payload) of what the server sends."""
    data = b''
    while True:
        while len(data) < 9 or len(data) < 9 + int.from_bytes(data[:3], 'big'):
            piece = connection.recv(65536)
            if not piece:
                return
            data += piece
        end = 9 + int.from_bytes(data[:3], 'big')
        yield (data[3], data[4], int.from_bytes(data[5:9], 'big') & 0x7fffffff,
               data[9:end])
        data = data[end:]


def h2(httpd, count, scheme, path):
    """Sends `count` streams on one connection. Returns the first byte of
    each status: 0x88 is 200."""
    settings = struct.pack('>HI', 4, 2 ** 30)
    found = {}
    left = set(range(1, 2 * count, 2))
    with h2_connection(httpd, scheme) as connection:
        connection.sendall(
            b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + frame(4, 0, 0, settings)
            + frame(8, 0, 0, struct.pack('>I', 2 ** 30)))
        scheme_index = b'\x86' if scheme == 'http' else b'\x87'
        connection.sendall(b''.join(
            frame(1, 5, stream, b'\x82' + scheme_index + literal(4, path)
                  + literal(1, 'localhost')) for stream in sorted(left)))
        for kind, flags, stream, payload in frames(connection):
            if kind == 1:
                while payload[0] & 0xe0 == 0x20:  # a new table size
                    payload = payload[1:]
                found[stream] = payload[0]
            if kind == 4 and not flags & 1:
                connection.sendall(frame(4, 1, 0))
            if kind == 3 or kind in (0, 1) and flags & 1:
                left.discard(stream)
            if not left:
                break
    return collections.Counter(found.values())


@pytest.mark.parametrize('scheme', ['http', 'https'])
@pytest.mark.parametrize('threads, workers', [(8, 64), (25, None)])
def test_a_hundred_streams_of_http2_are_all_answered(
        database, start, tmp_path, scheme, threads, workers):
    add_cameras(database, *[{}] * 50)
    config = (f'StartServers 1\nServerLimit 1\nThreadsPerChild {threads}\n'
              f'MaxRequestWorkers {threads}\nProtocols h2 h2c http/1.1\n'
              'H2MaxSessionStreams 100\nCCTVQueryTimeout 10s\n')
    if workers is not None:
        config += f'H2MinWorkers {workers}\nH2MaxWorkers {workers}\n'
    if scheme == 'https':
        subprocess.run(
            ['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes',
             '-days', '2', '-subj', '/CN=localhost', '-keyout',
             tmp_path / 'key.pem', '-out', tmp_path / 'cert.pem'],
            stderr=subprocess.DEVNULL, check=True)
        config += (f'SSLEngine On\nSSLCertificateFile {tmp_path}/cert.pem\n'
                   f'SSLCertificateKeyFile {tmp_path}/key.pem\n')
    httpd = start(config + dbd(database, 2) + location(),
                  modules=['http2', 'socache_shmcb', 'ssl'])
    httpd.expect('AH01873', 'AH01882', 'AH01906', 'AH01909')
    for _ in range(3):
        assert h2(httpd, 100, scheme, '/api/cameras?limit=50') == {0x88: 100}


# --- fewer connections than wanted ------------------------------------------

@contextlib.contextmanager
def limited(cluster, count):
    """PostgreSQL refuses more than `count` connections."""
    cluster.query(f'ALTER ROLE cctv_reader CONNECTION LIMIT {count}')
    try:
        yield
    finally:
        cluster.query('ALTER ROLE cctv_reader CONNECTION LIMIT -1')


# With 32 threads and 10 places, 14 requests may wait in a child while the
# database is slow: more than the test has clients.
@pytest.mark.parametrize('mpm, sizes', [
    ('event', 'StartServers 1\nServerLimit 1\nThreadsPerChild 32\n'
     'MaxRequestWorkers 32\n'),
    ('event', 'StartServers 4\nServerLimit 4\nThreadsPerChild 32\n'
     'MaxRequestWorkers 128\n'),
    ('prefork', 'StartServers 8\nServerLimit 8\nMaxRequestWorkers 8\n')])
@pytest.mark.parametrize('count', [1, 12])
def test_too_few_connections_are_waited_for(
        database, start, mpm, sizes, count):
    add_cameras(database, *[{}] * 5)
    with limited(database, count):
        httpd = start(sizes + 'CCTVQueryTimeout 10s\n' + dbd(database, 10)
                      + location(), mpm=mpm)
        httpd.expect('CCTV0051', 'AH00629', 'AH00639', 'AH02655')
        with Load(httpd, 12, ['/api/cameras', '/api/cameras/1'],
                  keep_alive=False) as load:
            load.wait_for_answers(100)
        wrong = [answer for answer in load.answers if answer.status != 200]
        assert not wrong, wrong[:3]
        assert httpd.text().count('CCTV0051') <= 1
        assert 'the database is down' not in httpd.text()


def test_logins_and_lists_share_the_only_connection(database, start, users):
    add_cameras(database, *[{}] * 5)
    with limited(database, 1):
        httpd = start('StartServers 1\nServerLimit 1\nThreadsPerChild 25\n'
                      'MaxRequestWorkers 25\nCCTVQueryTimeout 10s\n'
                      + dbd(database, 1) + location()
                      + location(*users, path='/users/cameras'),
                      modules=LOGIN)
        with Load(httpd, 8, ['/api/cameras', '/users/cameras'],
                  headers=user('police')) as load:
            load.wait_for_answers(300)
        wrong = [answer for answer in load.answers if answer.status != 200]
        assert not wrong, wrong[:3]


@pytest.fixture
def slow_lists(database):
    """A list takes 0.1 s, so that many requests want a connection at a
    time."""
    add_cameras(database, {})
    database.query("""
        ALTER TABLE cameras ENABLE ROW LEVEL SECURITY;
        CREATE POLICY slow ON cameras FOR SELECT TO cctv_reader
          USING (pg_sleep(0.1) IS NOT NULL)""")
    yield
    database.query('DROP POLICY slow ON cameras; '
                   'ALTER TABLE cameras DISABLE ROW LEVEL SECURITY')


def backends(database):
    return database.query('SELECT count(*) FROM pg_stat_activity '
                          "WHERE usename = 'cctv_reader'")[0][0]


@pytest.mark.parametrize('count', [28, 12])
def test_logins_wait_for_one_of_too_few_connections(
        database, start, users, slow_lists, count):
    """4 processes want 10 connections each. Lists use all that they get, and
    mod_dbd must not open a further one for a login."""
    with limited(database, count):
        httpd = start('StartServers 4\nServerLimit 4\nThreadsPerChild 25\n'
                      'MaxRequestWorkers 100\nCCTVQueryTimeout 10s\n'
                      + dbd(database, 10) + location()
                      + location(*users, path='/users/cameras'),
                      modules=LOGIN)
        httpd.expect('CCTV0051', 'AH01653', *DOWN)
        with Load(httpd, 64, ['/api/cameras'], pause=0) as lists, \
                Load(httpd, 4, ['/users/cameras'],
                     headers=user('police')) as logins:
            # The first logins may fail, until the pools are full.
            logins.wait_until_good(30, 20)
            known = time.monotonic()
            logins.wait_for_answers(100)
            # The lists of all processes together use the connections.
            assert len(lists.since(known)) > len(logins.since(known))
            # With room again, the processes use more connections.
            database.query('ALTER ROLE cctv_reader CONNECTION LIMIT -1')
            wait_for(lambda: backends(database) > count, 'more connections',
                     30)
        for answers in (lists.since(known), logins.since(known)):
            wrong = [answer for answer in answers if answer.status != 200]
            assert not wrong, (len(wrong), len(answers), wrong[:3])
        # Until a process knows how few connections it has, it is slow, and
        # may refuse a list at once. No list waits in vain.
        wrong = [answer for answer in lists.answers if answer.status != 200
                 and (answer.status != 503 or answer.seconds() > 5)]
        assert not wrong, wrong[:3]
        assert 'CCTV0051' in httpd.text()


# --- a lookup that hangs ----------------------------------------------------

@pytest.fixture
def slow_lookup(tmp_path):
    return preloading(tmp_path, 'slow_lookup')


@contextlib.contextmanager
def over_tcp(cluster):
    """The port of a small relay to PostgreSQL's socket, because the server
    listens on no TCP address."""
    path = f"{cluster.env['PGHOST']}/.s.PGSQL.{cluster.env['PGPORT']}"
    with socket.create_server(('127.0.0.1', 0)) as server:
        def pump(a, b):
            with contextlib.suppress(OSError):
                while True:
                    data = a.recv(65536)
                    if not data:
                        break
                    b.sendall(data)
            for each in (a, b):
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    backend = socket.socket(socket.AF_UNIX)
                    backend.connect(path)
                    for pair in ((client, backend), (backend, client)):
                        threading.Thread(target=pump, args=pair,
                                         daemon=True).start()
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize('mpm', ['event', 'prefork'])
def test_a_lookup_that_hangs_keeps_no_request_waiting(
        database, start, slow_lookup, mpm):
    add_cameras(database, {})
    sizes = (ONE_CHILD if mpm == 'event' else
             'StartServers 4\nServerLimit 4\nMaxRequestWorkers 4\n')
    with over_tcp(database) as port:
        httpd = start(
            sizes + 'CCTVQueryTimeout 1s\n'
            + dbd(database, 4, host='database.example', port=port) + location()
            + '<Location "/health">\nSetHandler cctv-health\n</Location>\n',
            mpm=mpm, wrapper=slow_lookup)
        httpd.expect(*DOWN)
        slow = httpd.folder + '/state/slow'
        open(slow, 'w').close()
        with Load(httpd, 3, ['/api/cameras', '/health']) as load:
            load.wait_for_answers(30)
        assert {answer.status for answer in load.answers} == {503}
        slowest = max(answer.seconds() for answer in load.answers)
        assert slowest < 1 + 1.5 * SLOWNESS
        os.remove(slow)
        wait_for(lambda: httpd.get('/api/cameras').status == 200, 'cameras')
        # Open connections do not need the name.
        open(slow, 'w').close()
        with Load(httpd, 1, ['/api/cameras', '/health']) as load:
            if mpm == 'event':
                load.wait_for_answers(30, status=200)
                assert {answer.status for answer in load.answers} == {200}
        os.remove(slow)
