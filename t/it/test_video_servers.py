"""Views with video over restarts of Apache, and with all MPMs."""

import os
import signal

import pytest

from api import ONE_CHILD, dbd
from env import MPMS, SLOWNESS, is_renewed, wait_for
from metrics import scrape
from state import STATE, wait_until_saved
from video import Watcher, endpoints, until_gone
from views import HANDLERS, set_cameras

SIZES = {'event': 'StartServers 2\nServerLimit 4\nThreadsPerChild 8\n'
                  'MaxRequestWorkers 32\n',
         'prefork': 'StartServers 6\nMinSpareServers 6\nMaxSpareServers 12\n'
                    'ServerLimit 12\nMaxRequestWorkers 12\n'}
SIZES['worker'] = SIZES['event']


@pytest.fixture(scope='module')
def cameras(cluster):
    set_cameras(cluster, {}, {}, {})
    return cluster


@pytest.fixture
def janus(video):
    yield video.janus
    video.janus.forget()


def playing(httpd):
    viewer = Watcher(httpd)
    sessions = [viewer.play(camera) for camera in (1, 1, 2)]
    return viewer, sessions


def goes_on(httpd, viewer, sessions, janus, change):
    """Views and their Janus sessions are the same after the change."""
    before = sorted(session.id for session in janus.viewers())
    offered = viewer.offer(2)
    change()
    assert [viewer.video(session) for session in sessions] == ['live'] * 3
    assert viewer.video(offered['session_id']) == 'offered'
    assert viewer.answer(offered).status == 204
    assert set(before) < {session.id for session in janus.viewers()}
    assert scrape(httpd).sum('webrtc_viewers_gauge') == 4
    # The keeper still works.
    since = len(janus.calls)
    wait_for(lambda: janus.of('message:list', since), 'the keeper is there',
             5 * SLOWNESS)
    viewer.end(sessions[0])
    wait_for(lambda: len(janus.viewers()) == 3, 'one has ended', 3 * SLOWNESS)
    viewer.end_all()
    until_gone(janus, 3)


@pytest.mark.parametrize('mpm', MPMS)
def test_reload(cameras, start, video, janus, mpm):
    httpd = start(SIZES[mpm] + video.server(cameras), mpm=mpm)
    viewer, sessions = playing(httpd)
    goes_on(httpd, viewer, sessions, janus,
            lambda: httpd.reload(signal.SIGUSR1))


def test_hard_reload_and_children_killed(cameras, start, video, janus):
    httpd = start(SIZES['event'] + video.server(cameras))
    httpd.expect('children are killed successively')
    viewer, sessions = playing(httpd)

    def kill():
        httpd.reload(signal.SIGHUP)
        pids = httpd.children()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: is_renewed(set(pids), httpd.listens()),
                 'new children')
    goes_on(httpd, viewer, sessions, janus, kill)


@pytest.mark.parametrize('orderly', [True, False])
def test_full_restart(cameras, start, video, janus, orderly):
    httpd = start(ONE_CHILD + video.server(cameras, STATE))
    viewer, sessions = playing(httpd)

    def restart():
        wait_until_saved(httpd)
        if orderly:
            httpd.stop()
        else:
            httpd.kill()
        assert len(janus.viewers()) == 4
        httpd.start(httpd.port)
    if not orderly:
        httpd.expect('CCTV003')
    goes_on(httpd, viewer, sessions, janus, restart)


def test_video_that_is_turned_off_and_on(cameras, start, video, janus):
    httpd = start(ONE_CHILD + dbd(cameras, user='cctv_video')
                  + video.config() + endpoints([*HANDLERS, 'view-answer']))
    viewer = Watcher(httpd)
    viewer.play(1)
    with_video = httpd.config
    httpd.config = with_video.replace(video.config(), '').replace(
        endpoints(['view-answer']), '')
    httpd.write_config(httpd.port)
    httpd.reload(signal.SIGUSR1)
    reply = viewer.post('view-start', camera_id=1)
    assert reply.status == 201
    assert set(reply.json()) == {'session_id', 'camera_id',
                                 'heartbeat_seconds', 'timeout_seconds'}
    viewer.end(reply.json()['session_id'])
    httpd.config = with_video
    httpd.write_config(httpd.port)
    httpd.reload(signal.SIGUSR1)
    viewer.play(2)


def test_one_keeper(cameras, start, video, janus):
    """Only one of all processes is the keeper."""
    httpd = start(SIZES['prefork'] + video.server(cameras), mpm='prefork')
    viewer = Watcher(httpd)
    viewer.play(1)
    wait_for(lambda: janus.of('message:list'), 'a keeper', 5 * SLOWNESS)
    since = len(janus.calls)
    wait_for(lambda: len(janus.of('message:list', since)) >= 3, 'three lists',
             10 * SLOWNESS)
    paths = {call.path for call in janus.of('message:list', since)}
    assert len(paths) == 1


def test_stop_leaves_nothing_open(cameras, start, video, janus):
    httpd = start(SIZES['event'] + video.server(cameras))
    viewer = Watcher(httpd)
    viewer.play(1)
    httpd.stop()
    wait_for(lambda: not janus.open_calls() and not janus.connections,
             'all connections are closed', 5 * SLOWNESS)
