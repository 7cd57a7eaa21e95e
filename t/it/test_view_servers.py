"""Views with all MPMs, over reloads, and when children die."""

import contextlib
import email.utils
import os
import shutil
import signal
import threading
import time

import pytest

from api import ONE_CHILD, dbd
from env import (INSTRUMENTED, MPMS, make_folder, is_renewed, process_halted,
                 wait_for)
from metrics import scrape
from views import ENDPOINTS, Viewer, at_once, set_cameras

SIZES = {
    'event': 'StartServers 3\nServerLimit 6\nThreadsPerChild 4\n'
             'MaxRequestWorkers 24\nMinSpareThreads 12\nMaxSpareThreads 24\n',
    'prefork': 'StartServers 6\nMinSpareServers 6\nMaxSpareServers 12\n'
               'ServerLimit 12\nMaxRequestWorkers 12\n'}
SIZES['worker'] = SIZES['event']
ROOM = 'CCTVMaxSessions 100'
# Watched seconds are reported in whole milliseconds.
MS = 0.001
# The dynamic linker replaces $LIB, for example by lib/x86_64-linux-gnu.
FAKETIME = '/usr/$LIB/faketime/libfaketimeMT.so.1'


@pytest.fixture(scope='module')
def cameras(cluster):
    set_cameras(cluster, {}, {})
    return cluster


@pytest.fixture(scope='module', params=MPMS)
def httpd(request, cameras, start_shared):
    return start_shared(SIZES[request.param] + dbd(cameras, 4) + ROOM + '\n'
                        + ENDPOINTS, mpm=request.param)


@pytest.fixture
def viewer(httpd):
    viewer = Viewer(httpd)
    yield viewer
    viewer.end_all()


def assert_watched(httpd, before, watched, views):
    """The counted seconds have grown by what the viewers were told."""
    more = scrape(httpd).sum('webrtc_view_seconds_total') - before
    assert abs(more - watched) < views * MS


def test_views_of_many_clients(httpd, viewer):
    before = scrape(httpd)
    clients = [Viewer(httpd) for _ in range(6)]

    def watch(number):
        for _ in range(5):
            clients[number].start(1 + number % 2)
        for session in clients[number].sessions * 4:
            assert clients[number].beat(session) == 200
        for session in clients[number].sessions[:3]:
            clients[number].end(session)
    began = time.monotonic()
    at_once(len(clients), watch)
    metrics = scrape(httpd)

    def more(name, **labels):
        return metrics.sum(name, **labels) - (before.sum(name, **labels) or 0)
    assert more('webrtc_view_start_total', camera_id='1') == 15
    assert more('webrtc_view_start_total', camera_id='2') == 15
    assert more('cctv_sessions_ended_total', reason='ended') == 18
    assert metrics.sum('webrtc_viewers_gauge') == 12
    assert metrics.sum('cctv_sessions') == 12
    took = time.monotonic() - began
    assert 0 < more('webrtc_view_seconds_total') < 30 * took
    for client in clients:
        client.end_all()
    assert scrape(httpd).sum('webrtc_viewers_gauge') == 0


def kept(httpd, viewer, change):
    """Views and counters are the same after the change."""
    sessions = [viewer.start(), viewer.start(2)]
    gone = viewer.start()
    viewer.end(gone)
    watched = sum(viewer.watched(session) for session in sessions)
    before = scrape(httpd)
    change()
    metrics = scrape(httpd)
    for name in ('webrtc_view_start_total', 'cctv_sessions_ended_total',
                 'cctv_sessions', 'cctv_start_time_seconds'):
        assert metrics.sum(name) == before.sum(name), name
    assert metrics.series('webrtc_viewers_gauge') == before.series(
        'webrtc_viewers_gauge')
    assert metrics.series('webrtc_view_seconds_total') == before.series(
        'webrtc_view_seconds_total')
    later = sum(viewer.watched(session) for session in sessions)
    assert later > watched
    assert_watched(httpd, before.sum('webrtc_view_seconds_total'),
                   later - watched, 2)
    assert viewer.beat(gone) == 404
    viewer.end(sessions[0])
    assert viewer.beat(sessions[0]) == 404


@pytest.mark.parametrize('number', [signal.SIGUSR1, signal.SIGHUP])
def test_views_go_on_over_a_reload(httpd, viewer, number):
    kept(httpd, viewer, lambda: httpd.reload(number))


def test_views_go_on_when_all_children_are_killed(httpd, viewer):
    def kill():
        pids = httpd.children()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: is_renewed(set(pids), httpd.children()),
                 'new children')
    httpd.expect('children are killed successively')
    kept(httpd, viewer, kill)


def test_heartbeats_during_a_graceful_reload(httpd, viewer):
    session = viewer.start()
    statuses = []
    stopping = threading.Event()

    def beat():
        while not stopping.is_set():
            statuses.append(viewer.beat(session))
    threads = [threading.Thread(target=beat) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        wait_for(lambda: len(statuses) > 20, 'heartbeats')
        httpd.reload(signal.SIGUSR1)
        done = len(statuses)
        wait_for(lambda: len(statuses) > done + 20, 'heartbeats')
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    assert set(statuses) == {200}


# --- changed sizes, and a halted watchdog -----------------------------------

def test_changed_size_is_told_and_kept_over_a_reload(cameras, start):
    httpd = start(ONE_CHILD + dbd(cameras) + ROOM + '\n' + ENDPOINTS)
    viewer = Viewer(httpd)
    session = viewer.start()
    httpd.config = httpd.config.replace(ROOM, 'CCTVMaxSessions 2\n'
                                        'CCTVMaxSeries 777')
    httpd.write_config(httpd.port)
    httpd.expect('CCTV0039')
    httpd.reload(signal.SIGUSR1)
    assert 'CCTV0039: CCTVMaxSessions 2 and CCTVMaxSeries 777 hold from' in (
        httpd.text())
    metrics = scrape(httpd)
    assert metrics.sum('cctv_sessions_max') == 100
    assert metrics.sum('cctv_series_max') == 262144
    assert viewer.beat(session) == 200
    for _ in range(3):
        viewer.start()


def watchdog(httpd):
    """The child that runs the watchdog: only it holds a lock on a file."""
    with open('/proc/locks') as locks:
        pids = {line.split()[4] for line in locks if ' POSIX ' in line}
    return [pid for pid in httpd.children() if str(pid) in pids]


@contextlib.contextmanager
def without_watchdog(httpd):
    """The child with the watchdog is halted and keeps its lock."""
    (pid,) = wait_for(lambda: watchdog(httpd), 'a child with the watchdog')
    with process_halted(pid):
        yield


def test_silent_views_are_over_without_a_watchdog(cameras, start):
    httpd = start(SIZES['event'] + dbd(cameras) + 'CCTVMaxSessions 3\n'
                  'CCTVSessionTimeout 3s\n' + ENDPOINTS
                  + 'Mutex fcntl:{folder} watchdog-callback\n')
    viewer = Viewer(httpd)
    with without_watchdog(httpd):
        sessions = [viewer.start() for _ in range(3)]
        watched = sum(viewer.watched(session) for session in sessions)
        last = time.monotonic()
        assert scrape(httpd).sum('webrtc_viewers_gauge') == 3
        wait_for(lambda: time.monotonic() > last + 3, 'the timeout')
        assert viewer.beat(sessions[0]) == 404
        metrics = scrape(httpd)
        assert metrics.sum('webrtc_viewers_gauge') == 0
        assert metrics.sum('cctv_sessions') == 0
        assert_watched(httpd, 0, watched, 3)
        again = [viewer.start() for _ in range(3)]
    assert {viewer.beat(session) for session in again} == {200}
    metrics = scrape(httpd)
    assert metrics.sum('cctv_sessions_ended_total', reason='expired') == 3
    assert metrics.sum('webrtc_viewers_gauge') == 3


# --- the wall clock ---------------------------------------------------------

class WallClock:
    """The wall clock of an Apache, which a test can step."""

    def __init__(self, folder):
        self.path = folder + '/clock'
        self.step('+0')

    def step(self, off):
        with open(self.path + '.new', 'w') as file:
            file.write(off + '\n')
        os.rename(file.name, self.path)

    def wrapper(self):
        return ['env', f'LD_PRELOAD={FAKETIME}',
                f'FAKETIME_TIMESTAMP_FILE={self.path}', 'FAKETIME_NO_CACHE=1',
                'FAKETIME_DONT_FAKE_MONOTONIC=1']


@pytest.fixture
def clock():
    folder = make_folder()
    yield WallClock(folder)
    shutil.rmtree(folder)


def seen_at(httpd):
    """Apache's wall clock time, in seconds since 1970."""
    date = httpd.get('/health').headers['Date']
    return email.utils.parsedate_to_datetime(date).timestamp()


@pytest.mark.skipif(INSTRUMENTED, reason='another library is preloaded')
@pytest.mark.parametrize('off, seconds', [('+3d', 259200), ('-3d', -259200)])
def test_wall_clock_that_is_stepped(cameras, start, clock, off, seconds):
    httpd = start(SIZES['event'] + dbd(cameras) + 'CCTVSessionTimeout 10s\n'
                  + ENDPOINTS, wrapper=clock.wrapper())
    viewer = Viewer(httpd)
    began = time.monotonic()
    session, silent = viewer.start(), viewer.start()
    clock.step(off)
    wait_for(lambda: abs(seen_at(httpd) - time.time() - seconds) < 5,
             'Apache sees the other time')
    assert 0 < viewer.watched(session) <= time.monotonic() - began
    assert scrape(httpd).sum('cctv_sessions') == 2
    assert viewer.watched(silent) <= time.monotonic() - began
    viewer.end(silent)
    viewer.start(2)
    clock.step('+0')
    wait_for(lambda: abs(seen_at(httpd) - time.time()) < 5, 'back again')
    assert viewer.watched(session) <= time.monotonic() - began
    metrics = scrape(httpd)
    assert metrics.sum('webrtc_viewers_gauge') == 2
    took = time.monotonic() - began
    assert 0 < metrics.sum('webrtc_view_seconds_total') < 3 * took
    assert metrics.sum('cctv_sessions_ended_total', reason='expired') == 0
