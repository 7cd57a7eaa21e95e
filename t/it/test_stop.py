"""Apache stops while the database or Janus does not answer."""

import contextlib
import time

import pytest

from api import dbd, location
from env import MPMS, SLOWNESS, wait_for
from janus_double import slow
from load import Load
from postgres import DOWN, halted
from video import JANUS_DOWN, Watcher
from views import ENDPOINTS, Viewer, set_cameras

SIZES = {
    'event': 'StartServers 1\nServerLimit 1\nThreadsPerChild 8\n'
             'MaxRequestWorkers 8\n',
    'worker': 'StartServers 1\nServerLimit 1\nThreadsPerChild 8\n'
              'MaxRequestWorkers 8\n',
    'prefork': 'StartServers 8\nServerLimit 8\nMaxRequestWorkers 8\n'}


@contextlib.contextmanager
def locked(cluster):
    """Nobody can read the table; gives what says how many try to."""
    with contextlib.closing(cluster.connect()) as connection:
        connection.autocommit = False
        connection.cursor().execute(
            'LOCK TABLE cameras IN ACCESS EXCLUSIVE MODE')

        def waiting():
            return cluster.query(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE wait_event_type = 'Lock'")[0][0]
        yield waiting
        connection.rollback()


def assert_no_crash(httpd):
    """Children that end have given mod_dbd all its connections back, which it
    asserts. (Crashes at a stop are not seen as faults otherwise.)"""
    lines = [line for line in httpd.text().splitlines()
             if 'ssertion' in line or 'exit signal' in line]
    assert lines == []


@pytest.mark.parametrize('mpm', MPMS)
def test_a_stop_during_requests_that_wait_for_the_database(
        cluster, start, mpm):
    set_cameras(cluster, *[{}] * 3)
    httpd = start(SIZES[mpm] + dbd(cluster) + location(), mpm=mpm)
    httpd.expect(*DOWN)
    assert httpd.get('/api/cameras').status == 200
    with locked(cluster) as waiting, \
            Load(httpd, 4, ['/api/cameras'], keep_alive=False):
        wait_for(lambda: waiting() >= 2, 'requests wait')
        httpd.stop()
    assert_no_crash(httpd)


@pytest.mark.parametrize('mpm', MPMS)
def test_a_stop_while_background_work_waits_for_the_database(
        cluster, start, mpm):
    set_cameras(cluster, *[{}] * 3)
    httpd = start(SIZES[mpm] + dbd(cluster) + ENDPOINTS, mpm=mpm)
    httpd.expect(*DOWN)
    Viewer(httpd).start(1)
    with locked(cluster) as waiting:
        # The roles of the cameras that are watched.
        wait_for(lambda: waiting() >= 1, 'the background work waits')
        httpd.stop()
    assert_no_crash(httpd)


@pytest.mark.parametrize('mpm', MPMS)
def test_a_stop_while_connections_are_made_again(cluster, start, mpm):
    """By the thread that makes them, which may hang longer than a request."""
    set_cameras(cluster, *[{}] * 3)
    httpd = start(SIZES[mpm] + 'CCTVQueryTimeout 200ms\n' + dbd(cluster)
                  + location(), mpm=mpm)
    httpd.expect(*DOWN)
    # The first answers of a busy machine may take longer than the timeout.
    wait_for(lambda: httpd.get('/api/cameras').status == 200, 'a good answer')
    with halted(cluster):
        with Load(httpd, 4, ['/api/cameras'], keep_alive=False) as load:
            load.wait_for_answers(20, status=503)
        httpd.stop()
    assert_no_crash(httpd)


@pytest.mark.parametrize('mpm', MPMS)
def test_a_stop_while_janus_and_the_database_hang(cluster, start, video, mpm):
    """The threads that look after video end before the memory that they use
    does."""
    set_cameras(cluster, *[{}] * 3)
    janus = video.janus
    httpd = start(SIZES[mpm] + video.server(cluster), mpm=mpm)
    httpd.expect(*DOWN, *JANUS_DOWN)
    viewer = Watcher(httpd)
    for camera in 1, 2, 3:
        viewer.play(camera)
    since = len(janus.calls)
    with janus.fault(slow(8)), locked(cluster) as waiting:
        wait_for(lambda: len(janus.calls) > since and waiting() >= 1,
                 'the background work waits')
        began = time.monotonic()
        httpd.stop()
        assert time.monotonic() - began < 7 * SLOWNESS
    assert_no_crash(httpd)
