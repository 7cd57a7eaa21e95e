"""/api/changes: what changed, as JSON at once or as events."""

import contextlib
import os
import random
import select
import signal
import socket
import ssl
import subprocess
import time

import pytest

from api import ONE_CHILD, add_cameras
from changes import EVENTS, PATH, Events, Poller, changes_config, ready
from client import allow
from env import LONG, MPMS, SLOWNESS, wait_for
from lab import free_port
from metrics import scrape
from views import set_cameras

REQUEST = (f'GET {PATH} HTTP/1.1\r\nHost: a\r\n'
           'Accept: text/event-stream\r\n\r\n').encode()
ALLOWED = 'CCTVRoles "%{file:{folder}/roles}"'


@pytest.fixture(scope='module')
def httpd(cluster, start_shared):
    set_cameras(cluster, *({'lng': number} for number in range(1, 11)))
    return ready(start_shared(
        changes_config(cluster) + '<Location /status>\nSetHandler '
        'server-status\n</Location>\n', modules=['status']))


def news_within(poller, seconds=10):
    return wait_for(poller.poll, 'news', seconds * SLOWNESS)


# --- as JSON ----------------------------------------------------------------

def test_one_after_the_other(httpd, cluster):
    reply = httpd.get(PATH)
    assert reply.headers['Content-Type'] == 'application/json'
    assert reply.headers['Cache-Control'] == 'no-store'
    assert 'Accept' in reply.headers['Vary']
    assert set(reply.json()) == {'cursor'}
    poller = Poller(httpd)
    poller.poll()
    assert httpd.get(f'{PATH}?after={poller.cursor}').status == 204
    cluster.query("UPDATE cameras SET name = 'New' WHERE id = 3")
    news, = news_within(poller)
    assert [(each['id'], each['properties']['name'])
            for each in news['changed']] == [(3, 'New')], news
    assert (news['gone'], news['status']) == ([], {})
    cluster.query("UPDATE cameras SET status = 'offline' WHERE id = 4")
    news, = news_within(poller)
    assert news['status'] == {'offline': [4]} and not news['changed']
    cluster.query('DELETE FROM cameras WHERE id = 5')
    news, = news_within(poller)
    assert news['gone'] == [5]
    add_cameras(cluster, {'id': 11})
    news, = news_within(poller)
    assert [each['id'] for each in news['changed']] == [11]
    assert httpd.get(f'{PATH}?after={poller.cursor}').status == 204
    assert poller.known == Poller(httpd).known


def test_a_box_of_its_own(httpd, cluster):
    box = Poller(httpd, 'bbox=6.5,-1,7.5,1')
    assert list(box.known) == [7]
    cluster.query('UPDATE cameras SET geom = ST_SetSRID(ST_MakePoint(7, 0), '
                  '4326) WHERE id = 8')
    news, = news_within(box)
    assert [each['id'] for each in news['changed']] == [8]
    cluster.query('UPDATE cameras SET geom = ST_SetSRID(ST_MakePoint(9, 0), '
                  '4326) WHERE id IN (7, 10)')
    news, = news_within(box)
    assert news['gone'] == [7]
    assert list(box.known) == [8]


def cursor_of(httpd):
    return httpd.get(PATH).json()['cursor']


@pytest.mark.parametrize('query, status', [
    ('after=', 400), ('after=x', 400), ('after={}x', 400), ('limit=1', 400),
    ('after={}&after={}', 400), ('bbox=1', 400), ('q=a', 400),
    ('status=down', 400), ('after={}&status=online&role=public', 204)])
def test_what_is_asked_is_checked(httpd, query, status):
    reply = httpd.get(f'{PATH}?' + query.replace('{}', cursor_of(httpd)))
    assert reply.status == status
    if status == 400:
        assert reply.json()['detail'][-1] == '.'


@pytest.mark.parametrize('change', [
    lambda epoch, number, roles: ('0' * 16, number, roles),
    lambda epoch, number, roles: (epoch, 'ffffffff', roles),
    lambda epoch, number, roles: (epoch, number, '00000001')])
def test_cursors_that_are_not_known(httpd, change):
    cursor = '-'.join(change(*cursor_of(httpd).split('-')))
    reply = httpd.get(f'{PATH}?after={cursor}')
    assert reply.status == 410
    assert 'list' in reply.json()['detail']
    # EventSource would never return after an error.
    events = Events(httpd, after=cursor)
    assert events.status == 200
    events.until(lambda: events.resets == 1, 'a reset')
    assert events.cursor != cursor
    events.close()


def test_methods(httpd):
    assert httpd.ask('HEAD', PATH).status == 200
    reply = httpd.ask('HEAD', PATH, EVENTS)
    assert reply.headers['Content-Type'] == 'text/event-stream'
    assert httpd.ask('OPTIONS', PATH).headers['Allow'] == 'GET, HEAD, OPTIONS'
    assert httpd.ask('POST', PATH).status == 405


@pytest.mark.parametrize('accept, is_stream', [
    ('text/event-stream', True), ('*/*', False), ('application/json', False),
    ('text/*;q=0.5, application/json;q=0.4', True),
    ('text/event-stream, application/json', False),
    ('text/event-stream;q=0', False), ('text/html', False)])
def test_the_client_chooses_by_accept(httpd, accept, is_stream):
    reply = httpd.ask('HEAD', PATH, {'Accept': accept})
    assert ('event-stream' in reply.headers['Content-Type']) == is_stream


# --- as events --------------------------------------------------------------

def test_events(httpd, cluster):
    events = Events(httpd)
    events.until(lambda: events.known, 'the list')
    assert events.headers_in['Content-Type'] == 'text/event-stream'
    assert events.headers_in['Cache-Control'] == 'no-store'
    assert 2000 <= events.retry < 3000
    # Clients of other tests may not have been noticed to be gone yet.
    wait_for(lambda: scrape(httpd).sum('cctv_push_clients',
                                       carrier='socket') == 1, 'one client')
    wait_for(lambda: b'\nCCTVPushClients: 1\n' in httpd.get('/status?auto').body,
             'one client in the status page')
    cluster.query("UPDATE cameras SET status = 'unknown' WHERE id = 1")
    events.until(lambda: events.known[1]['properties']['status'] == 'unknown',
                 'the status')
    # What happens meanwhile comes when it returns.
    events.close()
    cluster.query('DELETE FROM cameras WHERE id = 2')
    wait_for(lambda: 2 not in httpd.get('/api/cameras').ids(), 'it is gone')
    events.connect()
    events.until(lambda: 2 not in events.known, 'it is gone')
    assert events.resets == 0
    events.close()
    wait_for(lambda: scrape(httpd).sum('cctv_push_clients') == 0,
             'the server notices that it is gone')


# --- what ends streams ------------------------------------------------------

def test_a_reload_sends_clients_on(cluster, httpd):
    clients = [Events(httpd) for _ in range(20)]
    for each in clients:
        each.until(lambda: each.known, 'the list')
    started = time.monotonic()
    httpd.restart(signal.SIGUSR1)
    for each in clients:
        wait_for(lambda: each.read() is None, 'the stream ends', 10 * SLOWNESS)
    assert time.monotonic() - started < 5 * SLOWNESS
    assert len({each.retry for each in clients}) > 10
    assert all(500 <= each.retry <= 3000 for each in clients)
    cluster.query("UPDATE cameras SET name = 'After' WHERE id = 1")
    for each in clients:
        each.close()
        each.connect()
        each.until(lambda: each.known[1]['properties']['name'] == 'After',
                   'what changed meanwhile')
        assert each.resets == 0
        each.close()


class FullLog:
    """A log that takes nothing until it is read: who writes to it waits."""

    def __init__(self, path):
        self.path = path
        os.mkfifo(path)
        self.pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        with pytest.raises(BlockingIOError):
            while True:
                os.write(self.pipe, b'\n' * select.PIPE_BUF)
        self.text = b''

    def read(self):
        with contextlib.suppress(BlockingIOError):
            self.text += os.read(self.pipe, 1 << 20)
        return self.text.split()


@pytest.fixture
def full_log(tmp_path):
    log = FullLog(tmp_path / 'full')
    yield log
    os.close(log.pipe)


def test_a_client_that_leaves_before_httpd_has_closed_its_copy(
        cluster, start, full_log):
    """httpd closes its copy of the socket after it has logged the request."""
    set_cameras(cluster, {})
    httpd = ready(start(
        changes_config(cluster) + f'CustomLog {full_log.path} "%U" '
        '"expr=%{HTTP:Accept} == \'text/event-stream\'"\n'))
    stays, leaves = Events(httpd), Events(httpd)
    stays.until(lambda: stays.known, 'the list')
    leaves.close()
    wait_for(lambda: scrape(httpd).sum('cctv_push_clients') == 1,
             'the server notices that it is gone')
    cluster.query("UPDATE cameras SET name = 'After' WHERE id = 1")
    stays.until(lambda: stays.known[1]['properties']['name'] == 'After',
                'a change')
    assert stays.ends == 0
    wait_for(lambda: full_log.read() == [PATH.encode()] * 2,
             'httpd has logged both')
    stays.close()


def test_too_many_clients(cluster, start):
    httpd = ready(start(changes_config(cluster) + 'CCTVMaxPushClients 2\n'))
    first, second = Events(httpd), Events(httpd)
    third = Events(httpd)
    assert (first.status, second.status, third.status) == (200, 200, 503)
    assert scrape(httpd).sum('cctv_push_refused_total', reason='clients') == 1
    first.close()
    wait_for(lambda: Events(httpd).status == 200, 'its place is free')


# --- without a catalogue ----------------------------------------------------

def test_without_a_catalogue(cluster, start):
    config = changes_config(cluster).replace('CCTVCatalogue ', '#')
    httpd = start(config)
    reply = httpd.get(PATH)
    assert reply.status == 404
    assert 'CCTVCatalogue' in reply.json()['detail']


# --- TLS --------------------------------------------------------------------

@pytest.fixture(scope='module')
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp('tls')
    subprocess.run(
        ['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days',
         '2', '-subj', '/CN=localhost', '-keyout', f'{folder}/key.pem',
         '-out', f'{folder}/cert.pem'], check=True, capture_output=True)
    return folder


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


def tls(version=ssl.TLSVersion.TLSv1_3):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    return context


def over_tls(certificate):
    """Directives of a virtual host with TLS beside the one in the clear, and
    its port."""
    port = free_port()
    return (f'Listen 127.0.0.1:{port}\n<VirtualHost 127.0.0.1:{port}>\n'
            'SSLEngine on\n'
            f'SSLCertificateFile {certificate}/cert.pem\n'
            f'SSLCertificateKeyFile {certificate}/key.pem\n'
            '</VirtualHost>\n'), port


TLS_MODULES = ['ssl', 'socache_shmcb']
TLS_WARNINGS = 'AH01873', 'AH01882', 'AH01906', 'AH01909'


# --- roles and boxes --------------------------------------------------------

ROLES = ['public', 'police', 'traffic']


def random_query(choice):
    parts = []
    if choice.random() < 0.7:
        west, south = choice.randint(-10, 5), choice.randint(-10, 5)
        parts.append(f'bbox={west},{south},{west + choice.randint(1, 9)},'
                     f'{south + choice.randint(1, 9)}')
    if choice.random() < 0.5:
        parts.append('role=' + ','.join(
            choice.sample(ROLES, choice.randint(1, 2))))
    if choice.random() < 0.3:
        parts.append('status=' + choice.choice(['online', 'offline']))
    return '&'.join(parts)


def change(choice, cluster, hidden):
    """Changes some cameras. Those of `hidden` always have the role hidden."""
    one = f'WHERE id = {choice.randint(1, 40)}'
    cluster.query(choice.choice([
        f"UPDATE cameras SET role = '{choice.choice(ROLES)}' {one}",
        'UPDATE cameras SET geom = ST_SetSRID(ST_MakePoint('
        f'{choice.randint(-12, 12)}, {choice.randint(-12, 12)}), 4326) {one}',
        f"UPDATE cameras SET status = '{choice.choice(['online', 'offline'])}'"
        f' {one}',
        f"UPDATE cameras SET name = 'N{choice.random()}' {one}",
        f'DELETE FROM cameras {one}',
        "UPDATE cameras SET name = name || 'x', status = 'offline' "
        f'WHERE id > {hidden}']))


def test_each_client_knows_what_its_list_has(cluster, start):
    """Random roles and boxes, random changes; cameras that nobody may see
    change as well."""
    choice = random.Random(7)
    set_cameras(cluster, *({
        'lng': choice.randint(-12, 12), 'lat': choice.randint(-12, 12),
        'role': choice.choice(ROLES) if number <= 40 else 'hidden'}
        for number in range(1, 51)))
    httpd = start(changes_config(cluster, ALLOWED))
    allow(httpd, ','.join(ROLES))
    ready(httpd)
    clients = [Poller(httpd, random_query(choice)) for _ in range(15)]
    clients += [Events(httpd, random_query(choice)) for _ in range(15)]
    for _ in range(40):
        change(choice, cluster, 40)
        for each in choice.sample(clients, 6):
            each.read() if isinstance(each, Events) else each.poll()

    def agrees(each):
        if isinstance(each, Poller):
            each.poll()
        listed = httpd.get(f'/api/cameras?limit=1000&{each.query}').json()
        return each.known == {one['id']: one for one in listed['features']}
    for each in clients:
        if isinstance(each, Events):
            each.until(lambda: agrees(each), f'the view of {each.query}')
            each.close()
        else:
            wait_for(lambda: agrees(each), f'the view of {each.query}',
                     10 * SLOWNESS)
        assert max(each.named, default=0) <= 40
        assert each.resets == 0


def slow_reader(port, context=None):
    """A client that does not read: its socket."""
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(('127.0.0.1', port))
    if context:
        slow = context.wrap_socket(slow)
    slow.sendall(REQUEST)
    return slow


def test_roles_that_change_and_a_slow_reader(cluster, start, certificate):
    """A stream is asked for its roles within 30 s. A client that does not read
    costs one piece of memory, and is closed after 10 s; the others go on."""
    set_cameras(cluster, {'role': 'public'}, {'role': 'police'})
    host, port = over_tls(certificate)
    httpd = start(changes_config(cluster, ALLOWED) + host, modules=TLS_MODULES)
    httpd.expect(*TLS_WARNINGS)
    allow(httpd, 'public,police')
    ready(httpd)
    slow = [slow_reader(httpd.port), slow_reader(port, tls())]
    poller, events = Poller(httpd), Events(httpd)
    events.until(lambda: len(events.known) == 2, 'the list')
    cluster.query('INSERT INTO cameras (id, name, role, stream_url, geom) '
                  "SELECT i, repeat('x', 190), 'public', 'rtsp://a/b', "
                  "'SRID=4326;POINT(0 0)' FROM generate_series(101, 2000) i")
    events.until(lambda: len(events.known) == 1902, 'all cameras')
    cluster.query('DELETE FROM cameras WHERE id > 100')
    events.until(lambda: len(events.known) == 2, 'that they are gone')
    allow(httpd, 'public')
    poller.poll()
    assert (list(poller.known), poller.resets) == ([1], 1)
    events.until(lambda: list(events.known) == [1], 'the role is gone', 40)
    assert (events.ends, events.resets) == (1, 1)
    assert scrape(httpd).sum('cctv_push_closed_total', reason='slow') == 2
    for each in (events, *slow):
        each.close()


# --- other connections ------------------------------------------------------

class TlsEnd(Events):
    """A client over TLS. `is_clean`: the server has said that it ends."""

    def receive(self, seconds):
        self.socket.settimeout(seconds)
        self.socket.suppress_ragged_eofs = False
        try:
            found = self.socket.recv(65536)
            self.is_clean = found == b''
            self.raw += found
            return found != b''
        except (TimeoutError, ssl.SSLWantReadError):
            return True


class Openssl:
    """`openssl s_client` with a stream of events: its lines."""

    def __init__(self, port, *options):
        self.process = subprocess.Popen(
            ['openssl', 's_client', '-connect', f'127.0.0.1:{port}',
             *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.text = b''

    def send(self, text):
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def until(self, text):
        def has_it():
            self.text += self.process.stdout.read() or b''
            return text in self.text
        wait_for(has_it, f'{text} in {self.text}', 10 * SLOWNESS)
        self.text = b''

    def end(self):
        self.process.kill()
        self.process.communicate()


def test_over_tls_without_a_thread(cluster, start, certificate):
    """More clients than threads; the bytes are those in the clear."""
    set_cameras(cluster, {}, {})
    host, port = over_tls(certificate)
    httpd = ready(start(changes_config(cluster) + 'CCTVPushThreads off\n'
                        + host, modules=TLS_MODULES))
    httpd.expect(*TLS_WARNINGS)
    clear = Events(httpd)
    clients = [TlsEnd(httpd, tls=tls(version), port=port) for _ in range(6)
               for version in VERSIONS]
    del clear.headers_in['Date']
    for each in clients:
        del each.headers_in['Date']
        assert (each.status, each.headers_in.items()) == (
            200, clear.headers_in.items())
        each.until(lambda: each.known, 'the list')
    for secret, again in (('-tls1_3', b'K\n'), ('-tls1_2', b'R\n')):
        openssl = Openssl(port, secret, '-crlf')
        openssl.until(b'Verify return code')
        openssl.send(REQUEST.replace(b'\r', b''))
        openssl.until(b'id: ')
        # New keys are made; a new handshake is refused.
        openssl.send(again)
        openssl.until(b'KEYUPDATE' if again == b'K\n' else b'RENEGOTIATING')
        if again == b'K\n':
            cluster.query("UPDATE cameras SET name = 'K' WHERE id = 1")
            openssl.until(b'"name":"K"')
        openssl.end()
    wait_for(lambda: streams(httpd) == len(clients) + 1, 'openssl has gone')
    # What httpd has read already would be missing in the session.
    eager = tls().wrap_socket(socket.create_connection(('127.0.0.1', port)))
    eager.sendall(2 * REQUEST)
    assert b' 503 ' in eager.recv(65536)
    eager.close()
    # One says that it leaves, another one is gone.
    leaves = clients.pop()
    with contextlib.suppress(ssl.SSLError):
        leaves.socket.unwrap()
    clients.pop().socket.close()
    wait_for(lambda: streams(httpd) == len(clients) + 1, 'both have left')
    leaves.close()
    cluster.query("UPDATE cameras SET name = 'B' WHERE id = 2")
    for each in clients:
        each.until(lambda: each.known[2]['properties']['name'] == 'B',
                   'the change')
        assert each.ends == 0
        each.retry = None
    httpd.restart(signal.SIGUSR1)
    for each in clients:
        wait_for(lambda: each.read() is None, 'the stream ends', 10 * SLOWNESS)
        assert each.retry and each.is_clean
        each.close()
    clear.close()


def streams(httpd):
    return scrape(httpd).sum('cctv_push_clients', carrier='socket')


def curl(httpd, certificate, *options):
    return subprocess.Popen(
        ['curl', '-sNk', *options, f'https://127.0.0.1:{httpd.port}{PATH}'],
        stdout=subprocess.PIPE, text=True)


def test_over_http2(cluster, start, certificate):
    set_cameras(cluster, {}, {})
    httpd = ready_tls(start(
        changes_config(cluster) + 'CCTVPushThreads 1\nSSLEngine on\n'
        'Protocols h2 http/1.1\n'
        f'SSLCertificateFile {certificate}/cert.pem\n'
        f'SSLCertificateKeyFile {certificate}/key.pem\n',
        modules=['http2', 'ssl', 'socache_shmcb']))
    httpd.expect(*TLS_WARNINGS)
    events = curl(httpd, certificate, '--http2', '-H',
                  'Accept: text/event-stream')
    lines = iter(events.stdout.readline, '')
    assert next(lines).startswith('retry: ')
    refused = curl(httpd, certificate, '--http2', '-w', '%{http_code}', '-H',
                   'Accept: text/event-stream')
    assert refused.communicate()[0].endswith('503')
    asked = curl(httpd, certificate, '--http2', '-w', ' %{http_version}')
    assert asked.communicate()[0].endswith('} 2')
    cluster.query("UPDATE cameras SET name = 'B' WHERE id = 2")
    while '"id":2' not in next(lines):
        pass
    events.terminate()
    events.wait()
    wait_for(lambda: not curl(httpd, certificate, '-f', '-m', '1', '--http2',
                              '-H', 'Accept: text/event-stream').wait() == 22,
             'its place is free', 20 * SLOWNESS)


def ready_tls(httpd):
    def has_catalogue():
        events = Events(httpd, tls=tls(), lists=False)
        events.close()
        return events.status == 200
    wait_for(has_catalogue, 'there is a catalogue', 20 * SLOWNESS)
    wait_for(lambda: not has_streams(httpd), 'the place is free')
    return httpd


def has_streams(httpd):
    with socket.create_connection(('127.0.0.1', httpd.port)) as plain:
        with tls().wrap_socket(plain) as connection:
            connection.sendall(b'GET /metrics HTTP/1.0\r\n\r\n')
            text = b''.join(iter(lambda: connection.recv(65536), b''))
    return b'cctv_push_clients{carrier="thread"} 0\n' not in text


@pytest.mark.parametrize('mpm', MPMS)
def test_every_mpm(cluster, start, certificate, mpm):
    set_cameras(cluster, {}, {})
    around = ONE_CHILD if mpm != 'prefork' else (
        'StartServers 2\nMaxRequestWorkers 4\nMinSpareServers 1\n'
        'MaxSpareServers 4\n')
    host, port = over_tls(certificate)
    httpd = ready(start(changes_config(cluster, around=around)
                        + 'CCTVPushThreads off\n' + host, mpm=mpm,
                        modules=TLS_MODULES))
    httpd.expect(*TLS_WARNINGS)
    clients = [Events(httpd) for _ in range(8)]
    clients += [Events(httpd, tls=tls(), port=port) for _ in range(8)]
    for each in clients:
        each.until(lambda: each.known, 'the list')
    # None of them holds a thread or a process.
    assert httpd.get(PATH).status == 200
    cluster.query("UPDATE cameras SET status = 'offline' WHERE id = 1")
    for each in clients:
        each.until(lambda: each.known[1]['properties']['status'] == 'offline',
                   'the status')
    httpd.restart(signal.SIGUSR1)
    for each in clients:
        wait_for(lambda: each.read() is None, 'the stream ends', 10 * SLOWNESS)
        each.close()


# --- many clients -----------------------------------------------------------

def resident(pid):
    """The memory of a process that is its own: bytes."""
    with open(f'/proc/{pid}/status') as status:
        return 1024 * sum(int(line.split()[1]) for line in status
                          if line.startswith(('RssAnon', 'RssFile')))


class Crowd:
    """Many clients that read events, on one epoll. `context`: over TLS."""

    def __init__(self, port, count, context=None):
        self.epoll = select.epoll()
        self.sockets = {}
        for number in range(count):
            one = socket.create_connection(
                ('127.0.0.1', port),
                source_address=(f'127.0.1.{1 + number % 4}', 0))
            if context:
                one = context.wrap_socket(one)
            one.sendall(REQUEST)
            one.setblocking(False)
            self.sockets[one.fileno()] = one
            self.epoll.register(one, select.EPOLLIN)

    def receive(self, text, seconds):
        """When each of them has got a text: times in order."""
        left = set(self.sockets)
        found = []
        end = time.monotonic() + seconds
        while left and time.monotonic() < end:
            for fd, _ in self.epoll.poll(0.1):
                if self.has_got(self.sockets[fd], text) and fd in left:
                    left.discard(fd)
                    found.append(time.monotonic())
        assert not left, f'{len(left)} clients have not got {text}'
        return found

    @staticmethod
    def has_got(one, text):
        with contextlib.suppress(ssl.SSLWantReadError):
            return text in one.recv(65536)


# How many clients, and the memory of each of them at most: bytes.
CROWDS = {'clear': (int(os.environ.get('CCTV_CLIENTS', 8000)), 1024),
          'tls': (1000, 16384)}


@pytest.mark.skipif(not LONG, reason='takes many descriptors: make soak-push')
@pytest.mark.parametrize('way', CROWDS)
def test_ten_thousand_clients(cluster, start, certificate, way):
    """A change is at all of them within 500 ms, and none holds a thread."""
    count, most = CROWDS[way]
    set_cameras(cluster, {}, {})
    host, port = over_tls(certificate)
    httpd = ready(start(changes_config(
        cluster, around='StartServers 1\nServerLimit 1\nThreadsPerChild 64\n'
        'MaxRequestWorkers 64\nMinSpareThreads 1\nMaxSpareThreads 64\n')
        + 'CCTVPushThreads off\n' + host, modules=TLS_MODULES))
    httpd.expect(*TLS_WARNINGS)
    child, = httpd.children()
    context = tls() if way == 'tls' else None
    port = port if context else httpd.port
    Crowd(port, 100, context).receive(b'cursor', 10)
    before = resident(child)
    began = time.monotonic()
    crowd = Crowd(port, count, context)
    crowd.receive(b'cursor', 30)
    print(f'\n{count} clients after {time.monotonic() - began:.1f} s')
    wait_for(lambda: scrape(httpd).sum('cctv_push_clients') == count, 'all')
    each = (resident(child) - before) / count
    print(f'{each:.0f} bytes each')
    for number in range(5):
        changed = time.monotonic()
        cluster.query("UPDATE cameras SET name = 'Name %s'", [number])
        times = crowd.receive(b'Name %d' % number, 20)
        print(f'from the first to the last: '
              f'{1000 * (times[-1] - times[0]):.0f} ms; since the change: '
              f'{1000 * (times[-1] - changed):.0f} ms')
    assert each <= most
