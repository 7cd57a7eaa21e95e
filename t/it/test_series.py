"""Label sets when there is little room: a client may claim any browser, so
browser and system are folded before camera and country."""

import pytest

from api import add_cameras
from env import wait_for
from metrics import scrape
from state import launch
from views import Viewer

BROWSERS = ('Firefox/127.0', 'Chrome/120.0 Safari/537.36',
            'Chrome/120.0 Safari/537.36 Edg/120.0',
            'Version/17.0 Safari/605.1', 'Chrome/120.0 Safari/537.36 OPR/106',
            'Chrome/120.0 YaBrowser/24.1 Safari/537.36',
            'SamsungBrowser/23.0 Chrome/115.0 Safari/537.36', 'x')
SYSTEMS = ('X11; Linux x86_64', 'Windows NT 10.0', 'Android 13; Mobile',
           'Macintosh; Intel Mac OS X 10_15')
AGENTS = [f'Mozilla/5.0 ({system}; rv:127.0) {browser}'
          for system in SYSTEMS for browser in BROWSERS]
STARTS = 'webrtc_view_start_total'
GAUGE = 'webrtc_viewers_gauge'
SECONDS = 'webrtc_view_seconds_total'
SERIES_SHORT = 'CCTV0086: half of the 64 label sets of CCTVMaxSeries'
SERIES_FULL = 'CCTV0087: nearly all of the 64 label sets of CCTVMaxSeries'


@pytest.fixture
def httpd(database, start):
    add_cameras(database, *[{}] * 40)
    return launch(start, database, 'CCTVMaxSeries 64\n')


def flood(httpd, cameras=range(1, 9)):
    """One client that claims to be another browser each time."""
    for camera in cameras:
        for agent in AGENTS:
            viewer = Viewer(httpd, User_Agent=agent)
            viewer.end(viewer.start(camera))


def series_of(httpd):
    return httpd.get('/health').json()['series']


def starts_by_camera(metrics):
    return {camera: metrics.sum(STARTS, camera_id=camera)
            for camera in {dict(labels)['camera_id']
                           for labels in metrics.series(STARTS)}}


def assert_has_its_own(httpd, camera):
    """A view of a camera without earlier views has its own series."""
    viewer = Viewer(httpd, User_Agent=AGENTS[0])
    session = viewer.start(camera)
    viewer.beat(session)
    metrics = scrape(httpd)
    named = {'camera_id': str(camera), 'country': 'unknown'}
    assert metrics.sum(STARTS, **named) == 1
    assert metrics.sum(GAUGE, **named) == 1
    assert metrics.sum(SECONDS, **named) > 0
    viewer.end(session)
    assert scrape(httpd).sum(GAUGE, **named) == 0
    return metrics


def test_one_client_with_many_browsers_hides_no_camera(httpd):
    assert series_of(httpd) == 'ok'
    flood(httpd)
    metrics = scrape(httpd)
    count = 8 * len(AGENTS)
    assert starts_by_camera(metrics) == {
        str(camera): len(AGENTS) for camera in range(1, 9)}
    assert metrics.sum('cctv_series_max') == 64
    assert 0 < metrics.sum('cctv_series_folded_total') < count
    assert series_of(httpd) == 'short'
    wait_for(lambda: SERIES_SHORT in httpd.text(), 'it is told')
    metrics = assert_has_its_own(httpd, 20)
    assert metrics.sum(STARTS, camera_id='20', browser='other',
                       os='other') == 1
    assert metrics.sum(STARTS) == count + 1

    # A clean restart makes room for browsers and systems again.
    before = starts_by_camera(scrape(httpd))
    httpd.stop()
    httpd.start()
    assert starts_by_camera(scrape(httpd)) == before
    assert series_of(httpd) == 'ok'
    metrics = assert_has_its_own(httpd, 21)
    assert metrics.sum(STARTS, camera_id='21', browser='firefox',
                       os='linux') == 1

    # The next flood uses that room, but takes none from cameras.
    flood(httpd)
    assert_has_its_own(httpd, 22)
    before = starts_by_camera(scrape(httpd))
    httpd.stop()
    httpd.start()
    assert starts_by_camera(scrape(httpd)) == before
    assert_has_its_own(httpd, 23)
    assert 'other' not in before


def test_a_restart_lowers_no_series_and_repeats_no_view(httpd):
    flood(httpd, range(1, 5))
    before = scrape(httpd).series(STARTS)
    httpd.stop()
    httpd.start()
    after = scrape(httpd).series(STARTS)
    assert sum(after.values()) == sum(before.values())
    for labels in before.keys() & after.keys():
        assert after[labels] == before[labels], labels
    assert len(after) < len(before)


def test_table_that_is_full_is_told_once(httpd):
    flood(httpd, [1])
    viewer = Viewer(httpd)
    for camera in range(1, 41):
        viewer.start(camera)
    assert series_of(httpd) == 'full'
    wait_for(lambda: SERIES_FULL in httpd.text(), 'it is told')
    viewer.end_all()
    for camera in range(1, 41):
        viewer.start(camera)
    metrics = scrape(httpd)
    # Series of watched time and viewers stay exact for longer.
    assert metrics.sum(GAUGE) == 40
    assert metrics.sum(GAUGE, camera_id='other') is None or (
        metrics.sum(GAUGE, camera_id='other')
        < metrics.sum(STARTS, camera_id='other'))
    assert metrics.sum(STARTS) == len(AGENTS) + 80
    assert httpd.text().count(SERIES_FULL) == 1


def test_a_refused_view_leaves_no_series(database, start):
    add_cameras(database, *[{}] * 2)
    httpd = launch(start, database, 'CCTVMaxSessionsPerClient 1\n')
    viewer = Viewer(httpd)
    viewer.start(1)
    for _ in range(2):
        assert viewer.post('view-start', camera_id=2).status in (429, 503)
        metrics = scrape(httpd)
        assert metrics.sum(GAUGE, camera_id='1') == 1
        for name in STARTS, GAUGE, SECONDS:
            assert metrics.sum(name, camera_id='2') is None
        assert metrics.sum('cctv_series') == 2
        httpd.stop()
        httpd.start()
    viewer.end(viewer.sessions.pop())
    viewer.start(2)
    assert scrape(httpd).sum(GAUGE, camera_id='2') == 1
