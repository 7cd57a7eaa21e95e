"""One request for each part of a running Apache: run by `make quick`."""

import pytest

from api import ONE_CHILD, dbd, location
from metrics import scrape
from views import ENDPOINTS, Viewer, set_cameras


@pytest.fixture
def httpd(cluster, start):
    set_cameras(cluster, {}, {'lng': 10.0, 'lat': 50.0})
    return start(dbd(cluster) + ONE_CHILD + location() + ENDPOINTS)


def test_smoke(httpd):
    assert httpd.get('/health').json()['status'] == 'ok'
    assert httpd.get('/api/cameras?bbox=9,49,11,51').ids() == [2]
    assert httpd.get('/api/cameras/1').json()['id'] == 1
    assert httpd.get('/api/cameras/9').status == 404
    viewer = Viewer(httpd)
    session = viewer.start(2)
    assert viewer.beat(session) == 200
    assert scrape(httpd).sum('webrtc_viewers_gauge', camera_id='2') == 1
    viewer.end(session)
    assert viewer.beat(session) == 404
