"""What viewers report about their video, in the member "stats" of heartbeats."""

import time

import pytest

from api import dbd
from env import wait_for
from metrics import scrape
from views import ENDPOINTS, Viewer, set_cameras

FIRST = 'cctv_first_picture_seconds'
DECODED = 'cctv_view_frames_decoded_total'
PAUSE = 0.5  # s; a report that comes sooner is ignored


@pytest.fixture
def httpd(cluster, start):
    set_cameras(cluster, {})
    return start(dbd(cluster) + 'CCTVStateFile state/views\n' + ENDPOINTS)


def test_forged_reports(httpd):
    viewer = Viewer(httpd)
    asked = time.monotonic()
    session = viewer.start()
    forged = {'first_picture_ms': 1e300, 'frames_decoded': 1e12,
              'frames_received': -5, 'freeze_seconds': 1e12,
              'freeze_count': 1e12, 'pli_count': 1e12, 'round_trip_ms': 1e300,
              'ice_path': 'host', 'made_up': 'x' * 500}
    for _ in range(20):
        assert viewer.post('heartbeat', session_id=session,
                           stats=forged).status == 200
    wait_for(lambda: time.monotonic() - asked > 2 * PAUSE, 'a bit of time')
    assert viewer.post('heartbeat', session_id=session,
                       stats=forged).status == 200
    age = time.monotonic() - asked
    found = scrape(httpd)
    assert found.sum(FIRST + '_count', transport='none') == 1
    assert found.sum(FIRST + '_sum') <= age
    assert 0 < found.sum(DECODED) <= 240 * age
    assert found.sum('cctv_view_frames_received_total') == 0
    assert found.sum('cctv_view_freeze_seconds_total') <= age
    assert found.sum('cctv_view_freezes_total') <= 10 * age
    assert found.sum('cctv_view_keyframe_requests_total') <= 20 * age
    assert found.sum('cctv_view_round_trip_seconds_sum') <= 2 * 60
    assert found.sum('cctv_view_ice_paths_total') == 1
    # The counters are in the state file.
    httpd.stop()
    httpd.start(httpd.port)
    again = scrape(httpd)
    for name in FIRST + '_count', FIRST + '_sum', DECODED:
        assert again.sum(name) == found.sum(name)
    assert viewer.post('heartbeat', session_id=session,
                       stats=forged).status == 200
    assert scrape(httpd).sum(DECODED) == found.sum(DECODED)


@pytest.mark.parametrize('stats, named', [
    ([], '"stats"'), (None, '"stats"'),
    ({'frames_decoded': '7'}, '"stats.frames_decoded"'),
    ({'ice_path': 'tunnel'}, '"stats.ice_path"'),
    ({'decoder': 1}, '"stats.decoder"')])
def test_wrong_reports(httpd, stats, named):
    viewer = Viewer(httpd)
    session = viewer.start()
    reply = viewer.post('heartbeat', session_id=session, stats=stats)
    assert reply.status == 400, reply.body
    assert reply.headers['Content-Type'] == 'application/problem+json'
    assert named in reply.json()['detail']
    assert viewer.beat(session) == 200
