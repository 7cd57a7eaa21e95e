"""Mountpoints come with the first viewer and go some time after the last one;
cameras that are away; and what becomes of the status of a camera."""

import itertools
import time

import pytest

from env import SLOWNESS, wait_for
from janus_double import slow
from video import (BUSY, JANUS_DOWN, OFFLINE, Watcher, problem, status_of,
                   until_gone)
from views import at_once, set_cameras

CAMERAS = 60
SIZES = ('StartServers 2\nServerLimit 2\nThreadsPerChild 25\n'
         'MaxRequestWorkers 50\nMinSpareThreads 1\nMaxSpareThreads 50\n')
COLD = 2


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, video):
    set_cameras(cluster, *[{}] * CAMERAS)
    return start_shared(video.server(
        cluster, SIZES, IdleTimeout='2s', ColdTimeout=f'{COLD}s'))


@pytest.fixture(scope='module')
def fresh():
    return itertools.count(1)


@pytest.fixture
def camera(fresh):
    number = next(fresh)
    assert number <= CAMERAS
    return number


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
        # What the next test finds is its own.
        for session in janus.viewers():
            janus.close_session(session)


def gone(janus, camera, seconds=5):
    wait_for(lambda: camera not in janus.mountpoints,
             'the mountpoint is gone', seconds * SLOWNESS)


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


@pytest.mark.parametrize('connects', [0, 60])
def test_camera_that_is_away(cluster, viewer, janus, camera, connects):
    """It refuses, or it says nothing."""
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
    # Janus itself may still wait for it.
    wait_for(plays, 'it plays', 8 * SLOWNESS)
    wait_for(lambda: status_of(cluster, camera) == 'online', 'its status',
             8 * SLOWNESS)


def test_few_may_wait_for_cameras(viewer, janus, camera, fresh):
    """Others are not held up."""
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


# --- idle ones --------------------------------------------------------------

def test_idle_mountpoint_goes_and_comes_again(viewer, janus, camera):
    session = viewer.play(camera)
    made = janus.mountpoints[camera]
    began = time.monotonic()
    wait_for(lambda: time.monotonic() > began + 3, 'more than the timeout')
    assert viewer.video(session) == 'live'
    assert janus.mountpoints[camera] is made
    ended = time.monotonic()
    viewer.end(session)
    gone(janus, camera)
    assert time.monotonic() - ended > 0.9
    viewer.play(camera)
    assert camera in janus.mountpoints


def test_mountpoint_that_is_offered_stays(viewer, janus, camera):
    viewer.offer(camera)
    made = janus.mountpoints[camera]
    began = time.monotonic()
    wait_for(lambda: time.monotonic() > began + 3.5, 'more than the timeout')
    assert janus.mountpoints.get(camera) is made


@pytest.mark.parametrize('metadata', [None, 'somebody else', '', 'mod_cctv2'])
def test_mountpoints_of_others_stay(viewer, janus, camera, metadata):
    janus.add_mountpoint(camera, metadata=metadata)
    janus.add_mountpoint(9000, metadata=metadata)
    viewer.end(viewer.play(camera))
    since = len(janus.calls)
    began = time.monotonic()
    wait_for(lambda: time.monotonic() > began + 3.5, 'more than the timeout')
    assert {camera, 9000} <= set(janus.mountpoints)
    assert not [call for call in janus.of('message:destroy', since)
                if call.request['id'] in (camera, 9000)]
    del janus.mountpoints[camera], janus.mountpoints[9000]


def test_mountpoint_of_ours_without_a_camera_goes(httpd, janus):
    """It is left over from another time."""
    janus.add_mountpoint(8888, metadata='mod_cctv rtp 1', secret=janus.secret)
    gone(janus, 8888)


def test_mountpoint_whose_camera_is_away_stays_until_it_is_back(
        viewer, janus, camera):
    """Its end would hold up all others."""
    session = viewer.play(camera)
    janus.camera(camera).online = False
    # Older than what may still be called fresh.
    janus.camera(camera).offline_since -= 30
    viewer.end(session)
    began = time.monotonic()
    wait_for(lambda: time.monotonic() > began + 4, 'more than the timeout')
    assert camera in janus.mountpoints
    assert janus.blocked == 0
    janus.camera(camera).online = True
    gone(janus, camera, 6)
    assert janus.blocked == 0


def test_many_cameras_one_after_the_other(viewer, janus, fresh):
    """Janus keeps only what is watched or was lately."""
    cameras = [next(fresh) for _ in range(12)]
    for camera in cameras:
        viewer.end(viewer.play(camera))
    last = viewer.play(cameras[-1])
    wait_for(lambda: set(cameras) & set(janus.mountpoints) == {cameras[-1]},
             'only one is left', 8 * SLOWNESS)
    assert viewer.video(last) == 'live'


def test_viewer_that_comes_when_its_mountpoint_goes(viewer, janus, camera):
    """He has the old one or a new one, but no error."""
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
            # The view was watched by nobody yet: start anew.
            problem(reply, 410)
            viewer.play(camera)
        viewer.end_all()


# --- a Janus that has forgotten ---------------------------------------------

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


def test_mountpoint_that_was_destroyed_by_somebody(viewer, janus, camera):
    session = viewer.play(camera)
    janus.do_destroy({'id': camera, 'secret': janus.secret})
    wait_for(lambda: viewer.video(session) in ('gone', 404),
             'its viewer hears of it', 10 * SLOWNESS)
    viewer.play(camera)
    assert len(janus.watchers(camera)) == 1


# --- status -----------------------------------------------------------------

def test_status_of_a_watched_camera(cluster, viewer, httpd, janus, camera):
    assert status_of(cluster, camera) == 'online'
    cluster.query("UPDATE cameras SET status = 'unknown' WHERE id = %s",
                  [camera])
    session = viewer.play(camera)
    wait_for(lambda: status_of(cluster, camera) == 'online', 'it is online',
             8 * SLOWNESS)
    janus.camera(camera).online = False
    # As if it had been so for a while.
    janus.camera(camera).offline_since -= 3600
    wait_for(lambda: status_of(cluster, camera) == 'offline',
             'it is offline', 20 * SLOWNESS)
    janus.camera(camera).online = True
    wait_for(lambda: status_of(cluster, camera) == 'online',
             'it is online again', 20 * SLOWNESS)
    viewer.end(session)


def test_status_does_not_flicker(cluster, viewer, janus, camera):
    session = viewer.play(camera)
    wait_for(lambda: status_of(cluster, camera) == 'online', 'it is online')
    for _ in range(4):
        janus.camera(camera).online = False
        janus.camera(camera).offline_since -= 3600
        began = time.monotonic()
        wait_for(lambda: time.monotonic() > began + 0.6, 'a moment')
        assert status_of(cluster, camera) == 'online'
        janus.camera(camera).online = True
        began = time.monotonic()
        wait_for(lambda: time.monotonic() > began + 0.6, 'a moment')
        assert status_of(cluster, camera) == 'online'
    viewer.end(session)


def test_slow_list_holds_up_nobody(httpd, viewer, janus, camera):
    httpd.expect(*JANUS_DOWN)
    with janus.fault(slow(1.5), 'message:list'):
        viewer.end(viewer.play(camera))
        until_gone(janus, 6)
