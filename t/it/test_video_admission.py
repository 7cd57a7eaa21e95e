"""The start of a view: refusals cost nothing, a camera that has just failed is
left alone, and one client's requests do not lock out others."""

import collections
import contextlib
import os
import re
import signal
import threading
import time

import pytest

import janus_double
from api import ONE_CHILD, dbd
from env import SLOWNESS, wait_for
from metrics import scrape
from users import user, users_in_database
from video import (BUSY, DOWN, ENDPOINTS, OFFLINE, Watcher, problem, status_of,
                   until_gone)
from views import at_once, set_cameras

MODULES = ['remoteip']
PROXY = 'RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n'
# Calls that the keeper makes in the background.
KEEPER = {'message:list', 'keepalive', 'destroy', 'admin:handle_info'}


@pytest.fixture
def cameras(cluster):
    set_cameras(cluster, *[{}] * 60)
    return cluster


@pytest.fixture
def janus(video):
    # Forget the calls of the previous test.
    del video.janus.calls[:]
    yield video.janus
    for camera in video.janus.cameras.values():
        camera.online, camera.connects = True, 0
    video.janus.forget()
    for number in list(video.janus.mountpoints):
        del video.janus.mountpoints[number]


def whep(httpd, camera, **headers):
    return httpd.ask('POST', f'/whep/{camera}',
                     {'Host': 'localhost', **headers})


def settled(httpd, janus):
    """Waits until the keeper has its own Janus sessions, one for lists and one
    for probes. Returns the number of calls so far."""
    wait_for(lambda: janus.of('message:list') and janus.of('keepalive'),
             'the keeper is there', 10 * SLOWNESS)
    return len(janus.calls)


def calls_of_starts(janus, since):
    return [name for name in janus.names(since) if name not in KEEPER]


# --- limits -----------------------------------------------------------------

@pytest.mark.parametrize('limit', ['CCTVMaxSessionsPerClient 1',
                                   'CCTVMaxViewers 1',
                                   'CCTVMaxViewersPerCamera 1'])
def test_views_that_are_refused_cost_no_call_of_janus(cameras, start, video,
                                                      janus, limit):
    httpd = start(ONE_CHILD + video.server(cameras, limit + '\n'))
    viewer = Watcher(httpd)
    viewer.play(1)
    since = settled(httpd, janus)
    camera = 1 if limit.startswith('CCTVMaxViewersPer') else 2
    for _ in range(10):
        status = viewer.post('view-start', camera_id=camera).status
        assert status == (429 if 'Client' in limit else 503)
        assert whep(httpd, camera).status == status
    assert calls_of_starts(janus, since) == []
    viewer.end_all()


def test_refused_view_leaves_no_series(cameras, start, video, janus):
    httpd = start(ONE_CHILD + video.server(
        cameras, 'CCTVMaxSessionsPerClient 1\n'))
    viewer = Watcher(httpd)
    janus.camera(3).online = False
    problem(viewer.post('view-start', camera_id=3), 503, OFFLINE)
    viewer.play(1)
    assert viewer.post('view-start', camera_id=2).status == 429
    text = httpd.get('/metrics').body.decode()
    assert 'camera_id="1"' in text
    assert 'camera_id="2"' not in text
    assert 'camera_id="3"' not in text
    viewer.end_all()


def test_exactly_one_gets_the_last_place(cameras, start, video, janus):
    httpd = start(ONE_CHILD + video.server(
        cameras, 'CCTVMaxViewersPerCamera 1\n'))
    viewer = Watcher(httpd)
    viewer.end(viewer.play(1))
    for _ in range(20):
        replies = at_once(4, lambda _: viewer.post('view-start', camera_id=1))
        started = [reply.json()['session_id'] for reply in replies
                   if reply.status == 201]
        assert len(started) == 1
        viewer.end(started[0])


def test_a_killed_child_gives_its_places_back(cameras, start, video, janus):
    """The child was waiting for a camera that hangs."""
    httpd = start('StartServers 2\nServerLimit 2\nThreadsPerChild 4\n'
                  'MaxRequestWorkers 8\nMinSpareThreads 1\nMaxSpareThreads 8\n'
                  + video.server(cameras, 'CCTVMaxViewers 1\n',
                                 ColdTimeout='20s'))
    httpd.expect('AH00052', 'AH00045', 'AH03490')
    janus.camera(9).connects = 60

    def hang():
        with contextlib.suppress(Exception):
            Watcher(httpd).post('view-start', camera_id=9)
    thread = threading.Thread(target=hang)
    thread.start()
    wait_for(lambda: janus.of('message:create'), 'it waits', 10 * SLOWNESS)
    viewer = Watcher(httpd)
    problem(viewer.post('view-start', camera_id=1), 503, BUSY,
            'viewers as the server takes')
    for pid in httpd.children():
        os.kill(pid, signal.SIGKILL)
    thread.join()

    def starts():
        with contextlib.suppress(OSError):
            reply = viewer.post('view-start', camera_id=1)
            return reply.status == 201
    wait_for(starts, 'there is room again', 30 * SLOWNESS)


def test_answers_that_fail_are_no_refusals(cameras, start, video, janus):
    """These views had already started."""
    httpd = start(ONE_CHILD + video.server(cameras))
    httpd.expect('CCTV0026', 'CCTV0028')
    viewer = Watcher(httpd)
    said = viewer.offer(1)

    def refused():
        return scrape(httpd).sum('cctv_sessions_refused_total',
                                 reason='video_down')
    before = refused()
    janus.die()
    try:
        assert viewer.answer(said).status == 503
        assert refused() == before
        assert viewer.post('view-start', camera_id=1).status == 503
        assert refused() == before + 1
    finally:
        janus.revive()


# --- cameras that fail ------------------------------------------------------

# Each has a camera of its own: Janus may still be busy with that of another
# test.
@pytest.mark.parametrize('connects, dead', [(0, 51), (60, 52)])
def test_five_starts_of_a_dead_camera_cost_one_connect(cameras, start, video,
                                                       janus, connects, dead):
    """This holds for all transports."""
    httpd = start(ONE_CHILD + video.server(cameras, 'CCTVJanusProxy on\n',
                                           ColdTimeout='1s'))
    viewer = Watcher(httpd)
    janus.camera(dead).online = False
    janus.camera(dead).connects = connects
    before = len(janus.calls)
    first = viewer.post('view-start', camera_id=dead)
    problem(first, 503, OFFLINE)
    assert first.headers['Retry-After'] == '1'
    since = len(janus.calls)
    began = time.monotonic()
    for reply in [viewer.post('view-start', camera_id=dead),
                  viewer.post('view-start', camera_id=dead, signalling='janus'),
                  whep(httpd, dead), viewer.post('view-start', camera_id=dead)]:
        problem(reply, 503, OFFLINE)
        assert reply.headers['Retry-After'] == '1'
    if time.monotonic() - began < 0.7:
        assert calls_of_starts(janus, since) == []
        assert len(janus.of('message:create', before)) == 1


def test_a_camera_that_comes_back_plays_within_its_back_off(
        cameras, start, video, janus):
    httpd = start(ONE_CHILD + video.server(cameras))
    viewer = Watcher(httpd)
    janus.camera(9).online = False
    # The back-off begins before the answer comes.
    began = time.monotonic()
    problem(viewer.post('view-start', camera_id=9), 503, OFFLINE)
    janus.camera(9).online = True

    def plays():
        reply = viewer.post('view-start', camera_id=9)
        return reply.status == 201 and viewer.sessions.append(
            reply.json()['session_id']) is None
    wait_for(plays, 'it plays', 2 + 2 * SLOWNESS)
    assert time.monotonic() - began > 1
    # The module has forgotten the failure.
    viewer.end_all()
    viewer.play(9)
    viewer.end_all()


def test_a_login_that_may_be_wrong_is_not_tried_often(cluster, start, video,
                                                      janus):
    """Cameras lock accounts after several wrong passwords."""
    set_cameras(cluster, {'id': 7,
                          'stream_url': 'rtsp://cam7.example.org/live'})
    logins = video.write('logins', '*.example.org viewer wrong')
    httpd = start(ONE_CHILD + video.server(
        cluster, f'CCTVCameraLoginsFile {logins}\n'))
    viewer = Watcher(httpd)
    janus.camera(7).online = False
    for _ in range(20):
        reply = viewer.post('view-start', camera_id=7)
        problem(reply, 503, OFFLINE)
        assert int(reply.headers['Retry-After']) > 30
    assert len(janus.of('message:create')) == 1


def test_janus_without_a_network_address(cameras, start, video, janus,
                                         monkeypatch):
    """It is named, and logged once."""
    httpd = start(ONE_CHILD + video.server(cameras))
    httpd.expect('CCTV0112')
    viewer = Watcher(httpd)
    with monkeypatch.context() as patch:
        patch.setattr(janus_double, 'OFFER', re.sub(
            'a=candidate.*\r\n', '', janus_double.OFFER))
        for _ in range(3):
            reply = viewer.post('view-start', camera_id=1)
            problem(reply, 503, DOWN, 'no network address')
            assert reply.json()['reason'] == 'no_candidates'
    viewer.play(1)
    viewer.end_all()
    assert scrape(httpd).sum('cctv_camera_failures_total',
                             reason='no_candidates') == 3
    assert httpd.text().count('CCTV0112') == 1


def test_requests_for_one_cold_camera_share_its_attempt(cameras, start, video,
                                                        janus):
    httpd = start('StartServers 2\nServerLimit 2\nThreadsPerChild 25\n'
                  'MaxRequestWorkers 50\nMinSpareThreads 1\n'
                  'MaxSpareThreads 50\n' + video.server(cameras,
                                                        ColdTimeout='3s'))
    janus.camera(9).connects = 60
    replies = []

    def start_it(number):
        replies.append(Watcher(httpd).post('view-start', camera_id=9))
    at_once(12, start_it)
    assert {reply.status for reply in replies} == {503}
    assert len(janus.of('message:create')) == 1


# --- effects on other clients -----------------------------------------------

def test_one_client_on_hanging_cameras_denies_nobody(cameras, start, video,
                                                     janus):
    """Each of the other clients starts a cold camera of its own."""
    httpd = start('StartServers 1\nServerLimit 1\nThreadsPerChild 64\n'
                  'MaxRequestWorkers 64\nMinSpareThreads 1\n'
                  'MaxSpareThreads 64\n'
                  + video.server(cameras, PROXY, ColdTimeout='3s'),
                  modules=MODULES)
    over = threading.Event()
    for number in range(30, 60):
        janus.camera(number).connects = 60

    def attack(number):
        attacker = Watcher(httpd, X_Forwarded_For='192.0.2.66')
        camera = 30 + number % 30
        while not over.is_set():
            with contextlib.suppress(OSError):
                attacker.post('view-start', camera_id=camera)
    threads = [threading.Thread(target=attack, args=(number,))
               for number in range(30)]
    for thread in threads:
        thread.start()
    try:
        wait_for(lambda: len(janus.of('message:create')) >= 2, 'an attack',
                 20 * SLOWNESS)
        found = collections.Counter()
        for camera in range(1, 21):
            viewer = Watcher(httpd, X_Forwarded_For=f'198.51.100.{camera}')
            reply = viewer.post('view-start', camera_id=camera)
            found[reply.status] += 1
        assert found == {201: 20}
    finally:
        over.set()
        for thread in threads:
            thread.join()


@pytest.fixture
def users(cluster):
    return '\n'.join(['<Location "/view-start">',
                      *users_in_database(cluster), '</Location>\n'])


LOGIN = ['authn_core', 'authn_dbd', 'authz_user', 'auth_basic']


@pytest.mark.parametrize('mpm', ['event', 'prefork'])
def test_a_dead_camera_needs_no_second_connection(cameras, start, video, janus,
                                                  users, mpm):
    """mod_authn_dbd holds the only connection during the request."""
    sizes = ONE_CHILD if mpm == 'event' else (
        'StartServers 1\nServerLimit 1\nMaxRequestWorkers 1\n')
    httpd = start(sizes + dbd(cameras, 1, user='cctv_video') + video.config()
                  + ENDPOINTS + users, mpm=mpm, modules=LOGIN)
    viewer = Watcher(httpd, **user('police'))
    janus.camera(9).online = False
    began = time.monotonic()
    problem(viewer.post('view-start', camera_id=9), 503, OFFLINE)
    assert time.monotonic() - began < 5 * SLOWNESS
    wait_for(lambda: status_of(cameras, 9) == 'offline', 'its status',
             10 * SLOWNESS)
    assert viewer.start(1)


def test_dead_cameras_cost_no_login(cameras, start, video, janus, users):
    httpd = start('StartServers 1\nServerLimit 1\nThreadsPerChild 25\n'
                  'MaxRequestWorkers 25\n'
                  + dbd(cameras, 10, user='cctv_video') + video.config()
                  + ENDPOINTS + users, modules=LOGIN)
    for number in range(1, 41):
        janus.camera(number).online = False
    found = collections.Counter()
    over = time.monotonic() + 4

    def knock(number):
        viewer = Watcher(httpd, **user('police'))
        while time.monotonic() < over:
            number = number % 40 + 1
            found[viewer.post('view-start', camera_id=number).status] += 1
    at_once(14, knock)
    assert set(found) == {503}
    assert found[503] > 14


def test_logins_of_single_cameras(cluster, start, video, janus):
    """An entry may be for one address or for the external_id of a camera, may
    have an empty password, and may fill the places of a login in an address."""
    vendor = 'rtsp://cam1.example:8554/user={user}_password={password}_c=1.sdp'
    set_cameras(cluster, {'id': 1, 'stream_url': vendor},
                {'id': 2, 'stream_url': 'rtsp://cam1.example:8554/other'},
                {'id': 3, 'stream_url': 'rtsp://cam3.example/live'},
                *[{'id': number, 'stream_url': 'rtsp://cam4.example/live'}
                  for number in (4, 5)])
    cluster.query("UPDATE cameras SET external_id = 'North gate 4%' "
                  'WHERE id = 4')
    logins = video.write('logins', (
        'external_id=North%20gate%204%25 guard sesame\n'
        'cam1.example:8554/user={user}_password={password}_c=1.sdp '
        'joe a b/c\ncam3.example:554/live root ""\n*:8554/elsewhere no one\n'))
    httpd = start('LogLevel trace8\n' + ONE_CHILD + video.server(
        cluster, f'CCTVCameraLoginsFile {logins}\n'))
    viewer = Watcher(httpd)
    for camera in (1, 2, 3, 4, 5):
        viewer.play(camera)
    viewer.end_all()
    made = [(each['url'], each.get('rtsp_user'), each.get('rtsp_pwd'))
            for each in (call.body['body'] for call
                         in janus.of('message:create'))]
    assert made == [
        ('rtsp://cam1.example:8554/user=joe_password=a%20b%2Fc_c=1.sdp',
         'joe', 'a b/c'),
        ('rtsp://cam1.example:8554/other', None, None),
        ('rtsp://cam3.example/live', 'root', ''),
        ('rtsp://cam4.example/live', 'guard', 'sesame'),
        ('rtsp://cam4.example/live', None, None)]
    assert 'a%20b' not in httpd.text()
