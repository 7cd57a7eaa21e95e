"""Several Janus servers: which one gets a view, and what is left when one is
lost, drained, full or gone from the configuration."""

import contextlib
import os
import shutil
import signal
import time

import pytest

from api import ONE_CHILD, dbd
from env import SLOWNESS, make_folder, wait_for
from janus_double import JanusDouble, close, hang, slow
from metrics import scrape
from state import STATE, wait_until_saved
from video import (BUSY, DOWN, ENDPOINTS, EVENTS, JANUS_DOWN, OFFLINE, Watcher,
                   problem)
from views import set_cameras

CAMERAS = 60
NAMES = ('east', 'north', 'west')
# What operations.md promises, in s.
TOLD = 6
AGAIN = 3


class Servers:
    """Stand-ins for Janus by their names, each with a secret of its own."""

    def __init__(self, folder):
        self.janus = {}
        self.secrets = {}
        for name in NAMES:
            self.janus[name] = JanusDouble(f'janus-secret-of-{name}')
            self.secrets[name] = f'{folder}/{name}'
            with open(self.secrets[name], 'w') as file:
                file.write(self.janus[name].secret)
            os.chmod(self.secrets[name], 0o600)

    def lines(self, names=NAMES, **more):
        """The directives; east='drain' adds to the line of this server."""
        return ''.join(
            f'CCTVJanus {name} url={self.janus[name].url} '
            f'admin={self.janus[name].admin_url} '
            f'secret={self.secrets[name]} {more.get(name, "")}\n'
            for name in names)

    def config(self, cluster, lines):
        return (ONE_CHILD + dbd(cluster, user='cctv_video') + lines
                + 'CCTVJanusIdleTimeout 60min\nCCTVJanusColdTimeout 2s\n'
                + STATE + ENDPOINTS + EVENTS)

    def views(self):
        return {name: len(janus.viewers())
                for name, janus in self.janus.items()}

    def sessions(self):
        """(server, id) of all Janus sessions that watch something."""
        return {(name, session.id) for name, janus in self.janus.items()
                for session in janus.viewers()}

    def having(self, camera):
        """The servers that have a mountpoint of this camera."""
        return {name for name, janus in self.janus.items()
                if camera in janus.mountpoints}


@pytest.fixture(scope='module')
def servers():
    folder = make_folder()
    made = Servers(folder)
    yield made
    for janus in made.janus.values():
        janus.remove()
    shutil.rmtree(folder)


@pytest.fixture(scope='module')
def shared(cluster, servers, start_shared):
    set_cameras(cluster, *[{}] * CAMERAS)
    httpd = start_shared(servers.config(cluster, servers.lines()))
    yield httpd
    # Before the Janus servers are gone.
    httpd.stop()


@pytest.fixture
def httpd(cluster, servers, shared):
    """The shared Apache with all servers up."""
    yield shared
    configure(shared, cluster, servers, servers.lines())
    for janus in servers.janus.values():
        if not janus.running:
            janus.revive()
    wait_for(lambda: states(shared) == dict.fromkeys(NAMES, 'up'),
             'all are up', 10 * SLOWNESS)


@pytest.fixture
def viewer(httpd):
    watcher = Watcher(httpd)
    yield watcher
    watcher.end_all()


def configure(httpd, cluster, servers, lines):
    config = servers.config(cluster, lines)
    if config != httpd.config:
        httpd.config = config
        httpd.write_config(httpd.port)
        httpd.reload(signal.SIGUSR1)


def states(httpd):
    return httpd.get('/health').json()['video_servers']


def counted(httpd):
    """The views of each server as the module counts them."""
    metrics = scrape(httpd)
    return {name: metrics.sum('cctv_janus_views', server=name)
            for name in NAMES}


def wait_until_counted(httpd, number):
    wait_for(lambda: sum(counted(httpd).values()) == number,
             f'{number} views are counted', 10 * SLOWNESS)


def start(viewer, camera):
    """Starts a view, which waits for its SDP answer; returns the status."""
    reply = viewer.post('view-start', camera_id=camera)
    if reply.status == 201:
        viewer.sessions.append(reply.json()['session_id'])
    return reply.status


def on_server(servers, call):
    """(the result of the call, the server that got a view by it, the id of the
    Janus session)"""
    before = servers.sessions()
    result = call()
    ((name, session),) = servers.sessions() - before
    return result, name, session


def play_on_each(viewer, servers):
    """Starts views until each server has one: {server: [(camera, view, Janus
    session)]}."""
    at = {}
    for camera in range(1, 40):
        view, name, session = on_server(servers, lambda: viewer.play(camera))
        at.setdefault(name, []).append((camera, view, session))
        if set(at) == set(NAMES):
            return at
    raise AssertionError(at)


# --- the choice -------------------------------------------------------------

def test_views_are_even_and_cameras_are_pulled_once(httpd, viewer, servers):
    for camera in range(1, 10):
        for _ in range(2):
            viewer.play(camera)
    for camera in range(1, 10):
        assert len(servers.having(camera)) == 1, camera
    assert min(servers.views().values()) >= 4, servers.views()
    wait_until_counted(httpd, 18)
    assert counted(httpd) == servers.views()
    for name, janus in servers.janus.items():
        wait_for(lambda: scrape(httpd).sum('cctv_mountpoints', server=name)
                 == len(janus.mountpoints), 'its list', 5 * SLOWNESS)
    metrics = scrape(httpd)
    assert metrics.sum('cctv_janus_up') == 3
    assert metrics.sum('cctv_janus_draining') == 0
    assert httpd.get('/health').json()['video'] == 'up'


def test_a_hot_camera_is_spread_and_limits_hold(cluster, httpd, viewer,
                                                servers):
    configure(httpd, cluster, servers, servers.lines(
        **dict.fromkeys(NAMES, 'max=2')))
    wait_until_counted(httpd, 0)
    # What was begun before the reload has been counted, or is forgotten.
    viewer.play(1)
    wait_until_counted(httpd, 1)
    viewer.end_all()
    wait_until_counted(httpd, 0)
    for _ in range(6):
        viewer.play(1)
    wait_for(lambda: servers.views() == dict.fromkeys(NAMES, 2),
             'two views at each server', 5 * SLOWNESS)
    assert servers.having(1) == set(NAMES)
    problem(viewer.post('view-start', camera_id=1), 503, BUSY)
    wait_until_counted(httpd, 6)
    viewer.end(viewer.sessions.pop())
    wait_until_counted(httpd, 5)
    viewer.play(1)
    wait_for(lambda: servers.views() == dict.fromkeys(NAMES, 2),
             'the place is taken again', 5 * SLOWNESS)


def test_a_server_that_fails_to_connect_does_not_take_a_camera_offline(
        cluster, httpd, viewer, servers):
    """Another one receives it, and has as many views as it may."""
    camera = CAMERAS

    def is_now():
        ((status, since),) = cluster.query(
            'SELECT status, status_since FROM cameras WHERE id = %s', [camera])
        return status, since
    configure(httpd, cluster, servers, servers.lines(
        **dict.fromkeys(NAMES, 'max=1')))
    wait_until_counted(httpd, 0)
    cluster.query("UPDATE cameras SET status = 'unknown' WHERE id = %s",
                  [camera])
    _, has, _ = on_server(servers, lambda: viewer.play(camera))
    wait_for(lambda: is_now()[0] == 'online', 'it is online', 10 * SLOWNESS)
    before = is_now()
    for name in set(NAMES) - {has}:
        servers.janus[name].camera(camera).online = False
    # The failure lasts until the next list.
    with servers.janus[has].fault(slow(2), 'message:list'):
        problem(viewer.post('view-start', camera_id=camera), 503, OFFLINE)
        wait_for(lambda: f'camera {camera} works again' in httpd.text(),
                 'it is forgiven', 10 * SLOWNESS)
    assert is_now() == before


# --- a hot camera -----------------------------------------------------------

RELAY = 'CCTVFanOut rtsp://10.1.2.9/cameras/{id}\n'
# With more views of a camera than this, the first of two servers is full.
CROWD = 34


def crowd(cluster, httpd, viewer, servers, camera, more):
    """Starts a view of a camera with two servers that take new views; returns
    that of the view, the other one, and a function that starts a crowd."""
    configure(httpd, cluster, servers, servers.lines(north='drain') + more)
    wait_until_counted(httpd, 0)
    viewer.play(camera)
    (first,) = servers.having(camera)
    (other,) = {'east', 'west'} - {first}
    wait_until_counted(httpd, 1)
    return first, other, lambda: [viewer.play(camera)
                                  for _ in range(CROWD + 2)]


@pytest.mark.parametrize('more', ['', RELAY], ids=['itself', 'relay'])
def test_a_server_that_cannot_pull_a_hot_camera_leaves_it_to_the_first(
        cluster, httpd, viewer, servers, more):
    """Nobody is refused, and the camera has not failed."""
    camera = 12 if more else 11
    first, other, start_all = crowd(cluster, httpd, viewer, servers, camera,
                                    more)
    before = scrape(httpd).sum('cctv_camera_failures_total')
    httpd.expect('CCTV0290')
    servers.janus[other].camera(camera).online = False
    start_all()
    assert servers.having(camera) == {first}
    # One viewer has waited for the other server, and nobody else.
    (line,) = [line for line in httpd.text().splitlines()
               if f'CCTV0290: Janus {other} cannot connect to camera {camera} '
               in line]
    assert ('CCTVFanOut' in line) == bool(more)
    assert '10.1.2.9' not in httpd.text()
    assert scrape(httpd).sum('cctv_camera_failures_total') == before


def test_further_servers_pull_from_the_relay(cluster, httpd, viewer, servers):
    camera = 13
    first, other, start_all = crowd(cluster, httpd, viewer, servers, camera,
                                    RELAY)
    start_all()
    assert servers.having(camera) == {first, other}
    urls = [servers.janus[name].mountpoints[camera].body['url']
            for name in (first, other)]
    assert urls == ['rtsp://10.1.2.3:554/secret-path',
                    f'rtsp://10.1.2.9/cameras/{camera}']


# --- loss -------------------------------------------------------------------

@contextlib.contextmanager
def killed(janus):
    """Its machine refuses connections."""
    janus.die()
    yield
    janus.revive()


def silent(janus):
    """It hangs, as one that was stopped, or its packets are dropped."""
    return janus.fault(hang)


@pytest.mark.parametrize('lost', [killed, silent])
def test_a_server_that_is_lost_and_returns(httpd, viewer, servers, lost):
    at = play_on_each(viewer, servers)
    httpd.expect(*JANUS_DOWN)
    with lost(servers.janus['east']):
        is_lost(httpd, viewer, servers, at)
    # It gets new cameras until it has its share.
    wait_for(lambda: states(httpd)['east'] == 'up', 'it is up',
             5 * SLOWNESS)
    for camera in range(44, 60):
        if on_server(servers, lambda: viewer.play(camera))[1] == 'east':
            return
    raise AssertionError(servers.views())


def is_lost(httpd, viewer, servers, at):
    began = time.monotonic()
    for camera in range(40, 44):
        viewer.offer(camera)
    for _, view, _ in at['east']:
        wait_for(lambda: viewer.video(view) == 'gone', 'it is told',
                 TOLD * SLOWNESS)
    assert time.monotonic() - began < TOLD * SLOWNESS
    began = time.monotonic()
    for camera, view, _ in at['east']:
        viewer.end(view)
        assert on_server(servers, lambda: viewer.play(camera))[1] != 'east'
    assert time.monotonic() - began < AGAIN * SLOWNESS
    for name in 'north', 'west':
        for _, view, session in at[name]:
            assert viewer.video(view) == 'live'
            assert (name, session) in servers.sessions()
    reply = httpd.get('/health')
    assert (reply.status, reply.json()['video']) == (200, 'up')
    assert states(httpd) == {'east': 'down', 'north': 'up', 'west': 'up'}
    assert 'http' not in reply.body.decode()
    metrics = scrape(httpd)
    assert metrics.sum('cctv_janus_up', server='east') == 0
    assert metrics.sum('cctv_mountpoints', server='east') == 0
    assert metrics.sum('cctv_janus_server_errors_total', server='east') >= 2
    assert (metrics.sum('cctv_janus_server_calls_total', server='west')
            > metrics.sum('cctv_janus_server_errors_total', server='west'))
    assert scrape(httpd).sum('cctv_janus_up') == 2


@pytest.mark.parametrize('fault, seconds', [(close, 0), (hang, 2)])
def test_a_start_that_fails_at_one_server_goes_on_with_another(
        httpd, viewer, servers, fault, seconds):
    """The background work finds nothing wrong: it has its Janus session."""
    httpd.expect(*JANUS_DOWN)
    east = servers.janus['east']
    since = len(east.calls)
    with east.fault(fault, 'create'):
        for camera in range(20, 40):
            began = time.monotonic()
            _, name, _ = on_server(servers, lambda: viewer.play(camera))
            assert name != 'east'
            assert time.monotonic() - began < seconds + 3 * SLOWNESS
            if east.of('create', since):
                break
    assert east.of('create', since)


def test_all_servers_down(httpd, viewer, servers):
    httpd.expect(*JANUS_DOWN)
    for janus in servers.janus.values():
        janus.die()
    problem(viewer.post('view-start', camera_id=1), 503, DOWN)
    wait_for(lambda: httpd.get('/health').json()['video'] == 'down',
             'video is down', 5 * SLOWNESS)
    servers.janus['west'].revive()
    wait_for(lambda: start(viewer, 1) == 201,
             'one serves', 5 * SLOWNESS)


# --- drain, reload, restart -------------------------------------------------

def test_drain_then_removal(cluster, httpd, viewer, servers):
    sessions = {name: [view for _, view, _ in views] for name, views in
                play_on_each(viewer, servers).items()}
    configure(httpd, cluster, servers, servers.lines(north='drain'))
    assert states(httpd) == {'east': 'up', 'north': 'draining', 'west': 'up'}
    assert scrape(httpd).sum('cctv_janus_draining', server='north') == 1
    for camera in range(1, 10):
        assert on_server(servers,
                         lambda: viewer.play(camera))[1] != 'north'
    for session in [each for all_ in sessions.values() for each in all_]:
        assert viewer.video(session) == 'live'
    # The server that is gone goes on to send events.
    httpd.expect('CCTV0047')
    configure(httpd, cluster, servers, servers.lines(('west', 'east')))
    for session in sessions['north']:
        wait_for(lambda: viewer.video(session) == 404, 'its views end',
                 5 * SLOWNESS)
    for session in sessions['east'] + sessions['west']:
        assert viewer.video(session) == 'live'


def test_views_stay_with_their_servers_over_a_restart(httpd, viewer, servers):
    at = play_on_each(viewer, servers)
    views = [(view, (name, session)) for name, started in at.items()
             for _, view, session in started]
    offered, name, session = on_server(servers, lambda: viewer.offer(8))
    wait_until_saved(httpd)
    httpd.stop()
    httpd.start(httpd.port)
    assert {viewer.video(view) for view, _ in views} == {'live'}
    assert viewer.answer(offered).status == 204
    viewer.end(offered['session_id'])
    viewer.end(at['west'][0][1])
    ended = {(name, session), ('west', at['west'][0][2])}
    wait_for(lambda: not ended & servers.sessions(),
             'the Janus sessions end, each at its server', 10 * SLOWNESS)
    assert {session for _, session in views} - ended <= servers.sessions()
