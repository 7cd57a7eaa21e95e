"""Mountpoints are created for the first viewer and destroyed some time after
the last one; cameras that are away; and the status of cameras."""

import time

import pytest

from env import SLOWNESS, wait_for
from janus_double import slow
from odd_cameras import OddCameras
from video import (BUSY, DOWN, JANUS_DOWN, OFFLINE, Watcher, problem, status_of,
                   until_gone)
from views import at_once, set_cameras, virtual_host

CAMERAS = 60
SIZES = ('StartServers 2\nServerLimit 2\nThreadsPerChild 25\n'
         'MaxRequestWorkers 50\nMinSpareThreads 1\nMaxSpareThreads 50\n')
COLD = 2


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, video):
    set_cameras(cluster, *[{}] * CAMERAS)
    return start_shared(video.server(
        cluster, SIZES, IdleTimeout='1s', ColdTimeout=f'{COLD}s')
        + virtual_host('main')
        + virtual_host('brief', 'CCTVSessionTimeout 3s'))


@pytest.fixture
def janus(video):
    yield video.janus
    for camera in video.janus.cameras.values():
        camera.online, camera.connects = True, 0


@pytest.fixture
def viewer(httpd, janus):
    viewer = Watcher(httpd)
    yield viewer
    viewer.end_all()
    try:
        until_gone(janus)
    finally:
        # The next test must not find these Janus sessions.
        for session in janus.viewers():
            janus.close_session(session)


def gone(janus, camera, seconds=5):
    wait_for(lambda: camera not in janus.mountpoints,
             'the mountpoint is gone', seconds * SLOWNESS)


def goes_away(janus, camera):
    janus.camera(camera).online = False
    # Pretend that it has been offline for a while.
    janus.camera(camera).offline_since -= 30


# --- cold cameras -----------------------------------------------------------

def test_mountpoint_is_made_and_used_again(viewer, janus, camera):
    since = len(janus.calls)
    for _ in range(3):
        viewer.play(camera)
    assert len(janus.of('message:create', since)) == 1
    assert len(janus.watchers(camera)) == 3


@pytest.mark.parametrize('connects', [0, 0.5])
def test_clients_that_start_a_cold_camera_at_once(viewer, janus, camera,
                                                  connects):
    janus.camera(camera).connects = connects
    began = time.monotonic()
    at_once(6, lambda _: viewer.play(camera))
    assert time.monotonic() - began < (COLD + 1) * SLOWNESS
    assert len(janus.watchers(camera)) == 6


def test_camera_that_takes_a_while(viewer, janus, camera):
    janus.camera(camera).connects = 1.2
    began = time.monotonic()
    viewer.play(camera)
    assert 1.2 <= time.monotonic() - began < 1.2 + 1 * SLOWNESS


def test_camera_that_is_busy_for_a_moment(cluster, viewer, janus, camera):
    """It describes itself, and refuses Janus because it is still busy with
    that."""
    cameras = OddCameras()
    cluster.query('UPDATE cameras SET stream_url = %s WHERE id = %s',
                  [cameras.url('plain'), camera])

    def busy_at_first(double, _connection, _lifted):
        double.camera(camera).online = len(
            double.of('message:create', since)) > 1
    since = len(janus.calls)
    try:
        with janus.fault(busy_at_first, 'message:create'):
            viewer.play(camera)
    finally:
        cameras.remove()
    assert len(janus.of('message:create', since)) == 2


@pytest.mark.parametrize('connects', [0, 60])
def test_camera_that_is_away(cluster, viewer, janus, camera, connects):
    """The camera refuses connections, or does not respond."""
    janus.camera(camera).online = False
    janus.camera(camera).connects = connects
    began = time.monotonic()
    problem(viewer.post('view-start', camera_id=camera), 503, OFFLINE)
    assert time.monotonic() - began < COLD + 0.5 * SLOWNESS
    wait_for(lambda: status_of(cluster, camera) == 'offline',
             'its status', 3 * SLOWNESS)
    until_gone(janus)
    janus.camera(camera).online = True
    janus.camera(camera).connects = 0

    def plays():
        reply = viewer.post('view-start', camera_id=camera)
        if reply.status == 201:
            viewer.sessions.append(reply.json()['session_id'])
        return reply.status == 201
    # Janus itself may still wait before it reconnects.
    wait_for(plays, 'it plays', 8 * SLOWNESS)
    wait_for(lambda: status_of(cluster, camera) == 'online', 'its status',
             8 * SLOWNESS)


def test_few_may_wait_for_cameras(viewer, janus, camera, fresh):
    """Starts of other cameras are not delayed."""
    viewer.play(camera)
    cold = [next(fresh) for _ in range(24)]
    for number in cold:
        janus.camera(number).connects = 60
    kinds = []

    def start(number):
        if number < len(cold):
            reply = Watcher(viewer.httpd).post('view-start',
                                               camera_id=cold[number])
            kinds.append(reply.json()['type'])
            problem(reply, 503, kinds[-1])
            return
        wait_for(lambda: len(janus.of('message:create', since)) >= 4,
                 'some wait')
        for _ in range(5):
            began = time.monotonic()
            viewer.end(viewer.play(camera))
            assert time.monotonic() - began < 1 * SLOWNESS
    since = len(janus.calls)
    began = time.monotonic()
    at_once(len(cold) + 1, start)
    assert time.monotonic() - began < (COLD + 1) * SLOWNESS
    assert set(kinds) == {BUSY, OFFLINE}
    assert 1 <= kinds.count(OFFLINE) <= 20


# --- idle mountpoints -------------------------------------------------------

def test_idle_mountpoint_goes_and_comes_again(viewer, janus, camera):
    session = viewer.play(camera)
    made = janus.mountpoints[camera]
    began = time.monotonic()
    wait_for(lambda: time.monotonic() > began + 2.5, 'more than the timeout')
    assert viewer.video(session) == 'live'
    assert janus.mountpoints[camera] is made
    viewer.end(session)
    gone(janus, camera)
    viewer.play(camera)
    assert camera in janus.mountpoints


OTHERS = [None, 'somebody else', '', 'mod_cctv2']


def test_what_stays(viewer, httpd, janus, fresh):
    """Some idle mountpoints stay: one whose offer is still open, those of
    other programs, and one whose end would block all others. An old
    mountpoint of the module that no process remembers goes."""
    httpd.expect('CCTV0050')
    offered, away, *foreign = [next(fresh) for _ in range(2 + len(OTHERS))]
    viewer.offer(offered)
    session = viewer.play(away)
    for camera, metadata in zip(foreign, OTHERS):
        janus.add_mountpoint(camera, metadata=metadata)
        janus.add_mountpoint(9000 + camera, metadata=metadata)
        problem(viewer.post('view-start', camera_id=camera), 503, DOWN)
    kept = {number: janus.mountpoints[number] for number in [
        offered, away, *foreign, *[9000 + camera for camera in foreign]]}
    goes_away(janus, away)
    janus.mountpoints[away].made -= 60
    viewer.end(session)
    since = len(janus.calls)
    janus.add_mountpoint(8888, metadata='mod_cctv rtp 1', secret=janus.secret)
    wait_for(lambda: len(janus.of('message:list', since)) > 4,
             'more than the timeout', 20 * SLOWNESS)
    assert kept.items() <= janus.mountpoints.items()
    assert 8888 not in janus.mountpoints
    assert not [call for call in janus.of('message:destroy', since)
                if call.request['id'] in kept]
    assert janus.blocked == 0
    janus.camera(away).online = True
    gone(janus, away, 6)
    assert janus.blocked == 0


def test_many_cameras_one_after_the_other(viewer, janus, fresh):
    """Janus keeps only mountpoints that are or recently were watched."""
    cameras = [next(fresh) for _ in range(12)]
    for camera in cameras:
        viewer.end(viewer.play(camera))
    last = viewer.play(cameras[-1])
    wait_for(lambda: set(cameras) & set(janus.mountpoints) == {cameras[-1]},
             'only one is left', 8 * SLOWNESS)
    assert viewer.video(last) == 'live'


def test_viewer_that_comes_when_its_mountpoint_goes(viewer, janus, camera):
    """The viewer gets the old mountpoint or a new one, but no error."""
    for _ in range(3):
        viewer.end(viewer.play(camera))
        with janus.fault(slow(0.3), 'message:destroy'):
            wait_for(lambda: camera not in janus.mountpoints or [
                call for call in janus.open_calls()
                if call.name == 'message:destroy'
                and call.request['id'] == camera], 'it goes', 10 * SLOWNESS)
            said = viewer.offer(camera)
        reply = viewer.answer(said)
        if reply.status != 204:
            # The mountpoint had no viewer yet and is gone: start again.
            problem(reply, 410)
            viewer.play(camera)
        viewer.end_all()


# --- a Janus that has lost its state ----------------------------------------

def test_all_heals(viewer, janus, camera):
    session = viewer.play(camera)
    janus.forget()
    wait_for(lambda: viewer.video(session) == 404, 'the view is over',
             5 * SLOWNESS)
    again = viewer.play(camera)
    assert viewer.video(again) == 'live'
    assert len(janus.watchers(camera)) == 1
    viewer.end(again)
    gone(janus, camera)


def test_mountpoint_that_was_destroyed_by_somebody(httpd, janus, camera):
    viewer = Watcher(httpd, 'brief')
    session = viewer.play(camera)
    janus.do_destroy({'id': camera, 'secret': janus.secret})
    wait_for(lambda: viewer.video(session) in ('gone', 404),
             'its viewer hears of it', 10 * SLOWNESS)
    viewer.play(camera)
    assert len(janus.watchers(camera)) == 1
    viewer.end_all()
    until_gone(janus)


# --- status -----------------------------------------------------------------

def test_status_of_watched_cameras(cluster, viewer, janus, camera, fresh):
    """One camera goes away and returns while another one flickers."""
    other = next(fresh)
    for number in camera, other:
        cluster.query("UPDATE cameras SET status = 'unknown' WHERE id = %s",
                      [number])
        viewer.play(number)
    for number in camera, other:
        wait_for(lambda: status_of(cluster, number) == 'online',
                 'it is online', 8 * SLOWNESS)
    goes_away(janus, camera)
    began = time.monotonic()

    def is_offline():
        if int((time.monotonic() - began) / 1.2) % 2 == 0:
            goes_away(janus, other)
        else:
            janus.camera(other).online = True
        assert status_of(cluster, other) == 'online'
        return status_of(cluster, camera) == 'offline'
    wait_for(is_offline, 'it is offline', 20 * SLOWNESS)
    for number in camera, other:
        janus.camera(number).online = True
    wait_for(lambda: status_of(cluster, camera) == 'online',
             'it is online again', 20 * SLOWNESS)
    assert status_of(cluster, other) == 'online'


def test_slow_list_holds_up_nobody(httpd, viewer, janus, camera):
    httpd.expect(*JANUS_DOWN)
    with janus.fault(slow(1.5), 'message:list'):
        viewer.end(viewer.play(camera))
        # Of the keeper's calls, the list is nearly always open then.
        wait_for(lambda: not janus.viewers(), 'its Janus session is destroyed',
                 15 * SLOWNESS)
