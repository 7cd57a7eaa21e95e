"""Views are counted exactly while children are killed and Apache restarts."""

import contextlib
import os
import random
import signal
import threading
import time

import pytest

from api import ONE_CHILD, add_cameras, dbd, location
from crowd import Account, Connection, Crowd, assert_within
from env import LONG, PRELOAD, SLOWNESS, VALGRIND, wait_for
from load import Load
from metrics import scrape
from preload import preloading
from views import ENDPOINTS

CLIENTS = 8
REQUESTS = 20000 if LONG else 1000
CAMERAS = 30
ROOM = 4096
TSAN = 'libtsan' in PRELOAD
SIZES = {
    # MaxRequestWorkers is never reached. Otherwise httpd may run one child too
    # many after a kill during a graceful restart, and never stop it.
    'event': 'StartServers 4\nServerLimit 12\nThreadsPerChild 6\n'
             'ThreadLimit 6\nMaxRequestWorkers 72\nMinSpareThreads 12\n'
             'MaxSpareThreads 30\n',
    'prefork': 'StartServers 16\nMinSpareServers 8\nMaxSpareServers 16\n'
               'ServerLimit 32\nMaxRequestWorkers 32\n'}
# Enough children, so that some may die.
SMALL = {'event': ONE_CHILD.replace('1', '2', 1),
         'prefork': 'StartServers 4\n'}
SESSIONS = f'CCTVSessionTimeout 30min\nCCTVMaxSessions {ROOM}\n'
KILLED = 'AH1039[23]: children are killed successively'

exact = pytest.mark.skipif(TSAN, reason='sees one process only')


class Killer:
    """Kills a child with -9 again and again."""

    def __init__(self, httpd):
        self.httpd = httpd
        self.random = random.Random(1)
        self.kills = 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.stopping.wait(self.random.uniform(0.1, 0.5)):
            with contextlib.suppress(ProcessLookupError, IndexError):
                os.kill(self.random.choice(self.httpd.children()),
                        signal.SIGKILL)
                self.kills += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()


def fire(httpd, restarts):
    """The combined records of the crowd after the run. restarts: the fractions
    of the run at which Apache restarts gracefully."""
    with Crowd(httpd, CLIENTS, REQUESTS, CAMERAS) as crowd:
        for part in restarts:
            wait_for(lambda: crowd.done() > part, f'{part} of all requests',
                     600 * SLOWNESS)
            httpd.restart(signal.SIGUSR1)
        return Account(crowd.wait(600 * SLOWNESS))


def assert_counted(account, metrics, now):
    assert account.wrong == []
    assert_within(metrics.sum('webrtc_view_start_total'), account.starts(),
                  'started')
    assert_within(metrics.sum('cctv_sessions_ended_total', reason='ended'),
                  account.ends(), 'ended')
    assert_within(metrics.sum('cctv_sessions'), account.live(), 'live')
    assert_within(metrics.sum('webrtc_viewers_gauge'), account.live(),
                  'viewers')
    assert_within(metrics.sum('webrtc_view_seconds_total'),
                  account.watched(now), 'watched')
    for camera in range(1, CAMERAS + 1):
        assert_camera_counted(account, metrics, camera)
    assert metrics.sum('cctv_sessions_ended_total', reason='expired') == 0
    assert metrics.sum('cctv_series_folded_total') == 0


def assert_camera_counted(account, metrics, camera):
    started = sum(view.camera == camera for view in account.views)
    is_open = sum(view.camera == camera for view in account.open)
    assert_within(
        metrics.sum('webrtc_view_start_total', camera_id=str(camera)) or 0,
        (started, started + account.unknown), f'camera {camera} started')
    assert_within(
        metrics.sum('webrtc_viewers_gauge', camera_id=str(camera)) or 0,
        (is_open, is_open + account.unknown), f'camera {camera} viewers')


def assert_every_slot_is_free(httpd, live):
    """Exactly as many views can start as there are free places beside the live
    ones."""
    connection = Connection(httpd.port)
    for _ in range(ROOM - live):
        assert connection.post('/view-start', {'camera_id': 1})[0] == 201
    assert connection.post('/view-start', {'camera_id': 1})[0] == 503
    connection.close()


def tell(mpm, account, metrics, kills, seconds):
    names = ('webrtc_view_start_total', 'cctv_sessions_ended_total',
             'cctv_sessions', 'webrtc_view_seconds_total')
    print(f'{mpm}: {CLIENTS} × {REQUESTS} requests in {seconds:.1f} s, '
          f'{kills} kills; starts {account.starts()}, ends {account.ends()}, '
          f'live {account.live()}; '
          + ', '.join(f'{name} {metrics.sum(name)}' for name in names))


@exact
@pytest.mark.parametrize('mpm', ['event', 'prefork'])
def test_exact_under_fire(database, start, mpm):
    add_cameras(database, *[{}] * CAMERAS)
    httpd = start(SIZES[mpm] + dbd(database, 3) + SESSIONS + ENDPOINTS,
                  mpm=mpm)
    httpd.expect(KILLED)
    began = time.monotonic()
    with Killer(httpd) as killer:
        account = fire(httpd, [1 / 3, 2 / 3])
        now = time.monotonic()
    metrics = scrape(httpd)
    tell(mpm, account, metrics, killer.kills, now - began)
    assert_counted(account, metrics, time.monotonic())
    assert account.unknown <= CLIENTS * (killer.kills + 2)
    assert_every_slot_is_free(httpd, int(metrics.sum('cctv_sessions')))


def test_exact_with_one_process(database, start):
    """One process, whose threads run all requests; each request gets its
    answer."""
    add_cameras(database, *[{}] * CAMERAS)
    httpd = start(ONE_CHILD.replace(' 8', ' 16') + dbd(database) + SESSIONS
                  + 'CCTVStateFile state/views\nCCTVStateInterval 1s\n'
                  + ENDPOINTS + location())
    with Load(httpd, 2, ['/metrics', '/api/cameras', '/health']) as load:
        account = fire(httpd, [])
    metrics = scrape(httpd)
    assert_counted(account, metrics, time.monotonic())
    assert account.unknown == 0
    assert {answer.status for answer in load.answers} == {200}


@pytest.fixture
def dying(tmp_path):
    """The command that runs an Apache whose children die right after they claim
    a slot, while {folder}/state/die exists."""
    return preloading(tmp_path, 'random_faults')


@exact
@pytest.mark.parametrize('mpm', ['event', 'prefork'])
def test_slot_of_who_died_in_its_claim_comes_free(database, start, dying, mpm):
    add_cameras(database, {})
    httpd = start(SMALL[mpm] + dbd(database) + 'CCTVMaxSessions 2\n'
                  + ENDPOINTS, mpm=mpm, wrapper=dying)
    httpd.expect(KILLED)
    die = httpd.folder + '/state/die'
    open(die, 'w').close()
    connection = Connection(httpd.port)
    for _ in range(2):
        assert connection.post('/view-start', {'camera_id': 1})[0] == 0
    os.unlink(die)
    assert scrape(httpd).sum('cctv_sessions') == 0
    for _ in range(2):
        wait_for(lambda: connection.post('/view-start', {'camera_id': 1})[0]
                 == 201, 'a free slot', 5 * SLOWNESS)
    assert connection.post('/view-start', {'camera_id': 1})[0] == 503
    assert scrape(httpd).sum('webrtc_view_start_total') == 2
    connection.close()
