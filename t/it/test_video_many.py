"""Thousands of views on one Janus that takes 2 ms a call; a Janus that dies
while clients are busy."""

import contextlib
import threading
import time

import pytest

from crowded import FastJanus, Views
from api import dbd
from env import LONG, SLOWNESS, wait_for
from metrics import scrape
from video import ENDPOINTS, JANUS_DOWN, Watcher
from views import set_cameras

SIZES = ('StartServers 1\nServerLimit 1\nThreadsPerChild 64\n'
         'ThreadLimit 64\nMaxRequestWorkers 64\n'
         'KeepAliveTimeout 120\nMaxKeepAliveRequests 0\n')
COUNT = 5000
# With LONG there are COUNT views of each transport alone, then of both at once.
COUNTS = ({'server': COUNT, 'whep': COUNT, 'both': 2 * COUNT} if LONG
          else {'both': COUNT})
SECONDS = 30 if LONG else 8
# A machine that others keep busy answers less often; what counts there is that
# Janus drops no view, which it would after 30 s.
LEAST = SECONDS * 50 * (0.8 if LONG else 0.2)
LONGEST_GAP = 7 if LONG else 20
DELAY = 0.002


@pytest.fixture(scope='module')
def janus(tmp_path_factory):
    started = FastJanus(tmp_path_factory.mktemp('janus'), DELAY)
    yield started
    started.remove()


@pytest.fixture(scope='module', params=COUNTS)
def views(request, cluster, start_shared, janus):
    """Views of one transport, or of both at once."""
    set_cameras(cluster, {})
    httpd = start_shared(
        SIZES + dbd(cluster, user='cctv_video') + janus.directives()
        + 'CCTVSessionTimeout 300s\n' + ENDPOINTS)
    janus.reset()
    views = Views(httpd, request.param)
    views.httpd = httpd
    views.start(COUNTS[request.param])
    yield views
    views.close()
    httpd.stop()


def test_views_are_kept_alive_while_others_start(views, janus):
    """Janus drops a Janus session that has no request for 30 s."""
    done = views.come_and_go(SECONDS, 50)
    seen = janus.stats()
    print(views.transport, done, seen)
    assert done > LEAST / SLOWNESS
    assert seen['watching'] >= len(views.views)
    assert seen['expired'] == seen['unknown'] == 0
    assert seen['longest_gap'] < LONGEST_GAP * SLOWNESS
    assert scrape(views.httpd).sum('webrtc_viewers_gauge') == len(
        views.views)


def test_views_that_leave_at_once_leave_nothing_in_janus(views, janus):
    views.end_all()
    began = time.monotonic()
    wait_for(lambda: janus.stats()['watching'] == 0,
             'their Janus sessions are destroyed', 30)
    print(views.transport, 'destroyed after', time.monotonic() - began,
          janus.stats())
    assert time.monotonic() - began < (5 if LONG else 15) * SLOWNESS
    assert janus.stats()['expired'] == 0


def knock(httpd, over):
    """A client that starts views as often as it can."""
    client = Watcher(httpd)
    while not over.is_set():
        with contextlib.suppress(OSError):
            client.post('view-start', camera_id=1)
        over.wait(0.02)


def test_dead_janus_is_told_while_clients_are_busy(cluster, start, video):
    """Requests do not take the probes that the keeper needs."""
    set_cameras(cluster, {})
    httpd = start('StartServers 1\nServerLimit 1\nThreadsPerChild 25\n'
                  'MaxRequestWorkers 25\n' + video.server(cluster))
    httpd.expect(*JANUS_DOWN)
    viewer = Watcher(httpd)
    sessions = [viewer.play() for _ in range(5)]
    over = threading.Event()
    busy = [threading.Thread(target=knock, args=[httpd, over])
            for _ in range(12)]
    video.janus.die()
    try:
        for thread in busy:
            thread.start()
        began = time.monotonic()
        for session in sessions:
            wait_for(lambda: viewer.video(session) in ('gone', 404),
                     'its viewer hears of it',
                     began + 6 * SLOWNESS - time.monotonic())
    finally:
        over.set()
        for thread in busy:
            thread.join()
        video.janus.revive()
