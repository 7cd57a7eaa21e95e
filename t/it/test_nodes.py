"""Two Apaches with one database, each with a stand-in for Janus of its own: alone,
and behind each of the shipped examples of load balancers."""

import contextlib
import http.client
import json
import os
import threading

import pytest

from api import ONE_CHILD, location
from balancers import BALANCERS
from client import CONFIG, MODULES, ClientPages, asked
from env import SLOWNESS, wait_for
from janus_double import answer_to
from lab import free_port
from metrics import scrape
from state import wait_until_saved
from video import JANUS_DOWN, OFFLINE, Video, problem
from views import JSON, set_cameras, virtual_host
from watchers import assert_pairs, lines, of_views

NODES = ('web1', 'web2')
CAMERAS = 5
VIEWS = 20
TIMEOUT = 5 * SLOWNESS


@pytest.fixture(scope='module')
def videos():
    """{name: its stand-in for Janus}"""
    made = {name: Video() for name in NODES}
    yield made
    for video in made.values():
        video.remove()


@pytest.fixture(scope='module')
def nodes(cluster, videos, start_shared):
    """{name: Apache}"""
    set_cameras(cluster, *[{}] * (CAMERAS + 1))
    started = {}
    for name, video in videos.items():
        # It is started again on its port.
        started[name] = start_shared(
            ONE_CHILD.replace('8', '24') + video.server(cluster, Proxy='on')
            + f'CCTVRoute {name}\nCCTVStateFile state/views\n'
            f'CCTVStateInterval 1s\nCCTVSessionTimeout {TIMEOUT}s\n'
            'CCTVEventLog events.log\n' + location() + CONFIG
            + '<Location "/server-status">\nSetHandler server-status\n'
            '</Location>\n', at=free_port(), modules=(*MODULES, 'status'))
    return started


class Client:
    """A client that watches one camera, without cookies unless told to keep
    them: each request opens a connection of its own."""

    def __init__(self, port, camera=1, keeps_cookies=False):
        self.port = port
        self.camera = camera
        self.keeps_cookies = keeps_cookies
        self.cookie = None
        self.session = None
        self.starts = 0

    def node(self):
        return self.session.split('.')[1]

    def ask(self, method, path, body=None, kind=JSON):
        headers = {**kind, **({'Cookie': self.cookie} if self.cookie else {})}
        with contextlib.closing(http.client.HTTPConnection(
                '127.0.0.1', self.port, timeout=30 * SLOWNESS)) as connection:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            cookie = reply.headers['Set-Cookie']
            if cookie and self.keeps_cookies:
                self.cookie = cookie.partition(';')[0]
            return reply.status, reply.read(), reply.headers

    def post(self, name, **members):
        return self.ask('POST', '/' + name, json.dumps(members))

    def of_view(self, name, **members):
        query = '' if self.keeps_cookies else '?route=' + self.node()
        return self.post(name + query, session_id=self.session, **members)[0]

    def start(self):
        status, body, _ = self.post('view-start', camera_id=self.camera)
        assert status == 201, (status, body)
        said = json.loads(body)
        self.session = said['session_id']
        self.starts += 1
        assert self.of_view('view-answer', sdp=answer_to(said['sdp'])) == 204
        return self

    def beat(self):
        return self.of_view('heartbeat')

    def end(self):
        assert self.of_view('view-end') == 204


@contextlib.contextmanager
def beating(clients):
    """Sends heartbeats for these clients while the block runs; all of them have
    to be accepted."""
    over = threading.Event()
    wrong = []

    def beat():
        while not over.is_set():
            wrong.extend(status for client in clients
                         if (status := client.beat()) != 200)
            over.wait(0.2)
    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    assert not wrong


# --- the name -----------------------------------------------------------------

def test_names_that_need_no_escaping(written):
    for name in ('a.b', '"a b"', 'a' * 33, 'ü', 'a/b', 'a;b'):
        good, said = written('CCTVRoute ' + name).configtest()
        assert not good and 'has to be 1 to 32 letters' in said, said
    good, said = written(virtual_host('a', 'CCTVRoute a')).configtest()
    assert not good and 'CCTVRoute' in said, said
    for name in ('a', 'web-1_B', 'a' * 32):
        good, said = written('CCTVRoute ' + name).configtest()
        assert good, said


# --- one node knows its own views -------------------------------------------

def test_a_view_carries_the_name_of_its_node(nodes):
    one, other = (Client(nodes[name].port) for name in NODES)
    one.start()
    assert one.node() == 'web1' and one.beat() == 200
    # The id without a name is of this node, too: it had none before a reload.
    plain = one.session.split('.')[0]
    assert one.post('heartbeat', session_id=plain)[0] == 200
    # The other node does not know it, and the client starts a new view.
    for wrong in (one.session, plain, plain + '.web2', plain + '.',
                  one.session + '.web2', '.web2'):
        answer = nodes['web2'].ask('POST', '/heartbeat', JSON,
                                   json.dumps({'session_id': wrong}))
        problem(answer, 404, 'about:blank', 'start a new one')
        assert other.post('view-end', session_id=wrong)[0] == 204
    assert 'CCTV0280' in nodes['web2'].text()
    assert one.session not in nodes['web2'].text()
    assert one.beat() == 200
    one.end()
    assert one.beat() == 404


def test_the_address_of_a_whep_view_names_the_node(nodes):
    client = Client(nodes['web1'].port)
    status, offer, headers = client.ask('POST', '/whep/2', b'', {})
    assert status == 406
    where = headers['Location']
    assert where.startswith('2/') and where.endswith('.web1?route=web1')
    # The resource knows nothing of the query: it is for the balancer.
    for path in ('/whep/' + where, '/whep/' + where.partition('?')[0]):
        assert client.ask('GET', path, kind={})[0] == 204
        assert Client(nodes['web2'].port).ask('GET', path, kind={})[0] == 404
    sdp = {'Content-Type': 'application/sdp'}
    assert client.ask('PATCH', '/whep/' + where, answer_to(offer.decode()),
                      sdp)[0] == 204
    assert client.ask('DELETE', '/whep/' + where, kind={})[0] == 200
    assert client.ask('GET', '/whep/' + where, kind={})[0] == 404


def test_tokens_for_janus_do_not_name_the_node(nodes):
    """A token has the id as Janus reports it."""
    client = Client(nodes['web1'].port)
    status, body, _ = client.post('view-start', camera_id=3,
                                  signalling='janus')
    said = json.loads(body)
    client.session = said['session_id']
    assert status == 201 and client.node() == 'web1'
    name = ',janus.plugin.streaming,' + client.session.split('.')[0] + ':'
    assert name in said['janus']['token']
    _, body, _ = client.post('heartbeat?route=web1',
                             session_id=client.session)
    assert name in json.loads(body)['token']
    client.end()


def test_the_client_library_names_the_node(nodes, windows):
    httpd = nodes['web1']
    paths = '/view-answer', '/heartbeat', '/view-end'
    before = [len(asked(httpd, path)) for path in paths]
    page = ClientPages(httpd, windows).watch(2)
    wait_for(lambda: len(asked(httpd, '/heartbeat')) > before[1],
             'a heartbeat', 20 * SLOWNESS)
    page.run('view.end();')
    for path, count in zip(paths, before):
        wait_for(lambda: len(asked(httpd, path)) > count, path,
                 20 * SLOWNESS)
        assert {each.query for each in asked(httpd, path)[count:]} == {
            '?route=web1'}


def test_events_name_the_node(nodes):
    for name in NODES:
        Client(nodes[name].port).start().end()
        events = wait_for(lambda: lines(nodes[name]), 'events',
                          20 * SLOWNESS)
        assert {event['node'] for event in events} == {name}


# --- one camera on two nodes --------------------------------------------------

FAR = CAMERAS + 1


def test_a_node_without_the_camera_does_not_take_it_offline(
        nodes, videos, cluster):
    """web1 cannot reach the camera, web2 can."""
    def is_now():
        ((status, reason),) = cluster.query(
            'SELECT status, status_reason FROM cameras WHERE id = %s', [FAR])
        return status, reason

    def watchers(column):
        return {name for name, ids in cluster.query(
            f'SELECT watcher, {column} FROM cctv_watchers') if FAR in ids}
    one, other = (Client(nodes[name].port, FAR) for name in NODES)
    videos['web1'].janus.camera(FAR).online = False
    status, body, _ = one.post('view-start', camera_id=FAR)
    assert status == 503 and json.loads(body)['type'] == OFFLINE
    # Alone it knows best.
    wait_for(lambda: is_now()[0] == 'offline' and is_now()[1], 'it is told',
             20 * SLOWNESS)
    assert watchers('fails') == {'web1'}
    other.start()
    wait_for(lambda: is_now() == ('online', None), 'the other one knows better',
             20 * SLOWNESS)
    assert watchers('receives') == {'web2'}
    changed = cluster.query('SELECT status_since FROM cameras WHERE id = %s',
                            [FAR])
    # It fails again, and tells so.
    before = cluster.query("SELECT seen FROM cctv_watchers WHERE watcher = "
                           "'web1'")

    def fails_again():
        other.beat()
        status, body, _ = one.post('view-start', camera_id=FAR)
        assert status == 503, body
        return watchers('fails') == {'web1'} and before != cluster.query(
            "SELECT seen FROM cctv_watchers WHERE watcher = 'web1'")
    wait_for(fails_again, 'it is told again', 30 * SLOWNESS)
    assert is_now() == ('online', None)
    assert changed == cluster.query(
        'SELECT status_since FROM cameras WHERE id = %s', [FAR])
    other.end()


# --- behind a balancer --------------------------------------------------------

def counted(httpd):
    found = scrape(httpd)
    return {'started': found.sum('webrtc_view_start_total') or 0,
            'ended': found.sum('cctv_sessions_ended_total', reason='ended')}


@pytest.fixture(params=BALANCERS)
def balancer(nodes, request):
    made = BALANCERS[request.param](nodes.values())
    for httpd in nodes.values():
        httpd.expect(*JANUS_DOWN)
    yield made
    made.remove()


def test_a_lost_node_costs_its_viewers_one_restart(nodes, balancer):
    alive = nodes['web2']
    before = counted(alive)
    clients = [Client(balancer.port, 1 + number % CAMERAS).start()
               for number in range(VIEWS)]
    lost, kept = ([client for client in clients if client.node() == name]
                  for name in NODES)
    assert min(len(lost), len(kept)) >= VIEWS // 4
    for _ in range(3):
        assert {client.beat() for client in clients} == {200}
    wait_until_saved(nodes['web1'])
    with beating(kept):
        nodes['web1'].kill()
        for client in lost:
            # 502 or 503, as long as the balancer has not noticed it.
            wait_for(lambda: client.beat() == 404, 'another node answers',
                     20 * SLOWNESS)
            assert client.start().node() == 'web2'
            assert client.beat() == 200
    assert {client.starts for client in kept} == {1}
    assert {client.starts for client in lost} == {2}
    for client in clients:
        client.end()
    after = counted(alive)
    assert after['started'] - before['started'] == VIEWS
    assert after['ended'] - before['ended'] == VIEWS
    os.unlink(nodes['web1'].folder + '/httpd.pid')
    nodes['web1'].start(nodes['web1'].port)


def test_clients_that_only_keep_cookies_stick(nodes, balancer):
    client = Client(balancer.port, keeps_cookies=True)
    assert client.ask('GET', '/api/cameras')[0] == 200
    assert client.cookie in [f'cctv_route={name}' for name in NODES]
    for _ in range(3):
        client.start()
        assert client.cookie == 'cctv_route=' + client.node()
        assert {client.beat() for _ in range(4)} == {200}
        client.end()
    for path in ('/metrics', '/%6Detrics', '/janus-events', '/server-status',
                 '/server-status/', '/server-%73tatus/./?auto'):
        assert client.ask('GET', path)[0] == 404, path


def test_each_view_has_one_start_and_one_end(nodes):
    """Those of the node that was killed have ended, too: nobody has kept them
    alive."""
    def is_complete(events):
        return all(len(both) == 2 for both in of_views(events).values())
    for httpd in nodes.values():
        events = wait_for(lambda: is_complete(lines(httpd)) and lines(httpd),
                          'an end of each view', 30 * SLOWNESS)
        reasons = {end['reason'] for end in assert_pairs(events)}
        assert reasons <= {'ended', 'expired', 'media_gone'}
    assert not scrape(nodes['web2']).sum('cctv_sessions')
