"""Views of cameras whose role changes, and tokens for another camera."""

import base64
import json
import time

import pytest

from api import ONE_CHILD, dbd
from env import SLOWNESS, wait_for
from metrics import scrape
from video import Watcher, until_gone
from views import ENDPOINTS, Viewer, set_cameras


def denied(httpd):
    return scrape(httpd).sum('cctv_sessions_ended_total', reason='denied')


@pytest.mark.parametrize('change', ["UPDATE cameras SET role = 'police' "
                                    'WHERE id = 2',
                                    'DELETE FROM cameras WHERE id = 2'])
def test_views_of_a_camera_whose_role_changed_end_without_video(
        cluster, start, change):
    """The views end within 3 s, although no client sends a heartbeat."""
    set_cameras(cluster, *[{}] * 3)
    httpd = start(ONE_CHILD + dbd(cluster) + ENDPOINTS)
    viewer = Viewer(httpd)
    others = [viewer.start(1), viewer.start(3)]
    sessions = [viewer.start(2) for _ in range(3)]
    before = denied(httpd)
    cluster.query(change)
    wait_for(lambda: denied(httpd) == before + 3, 'they have ended',
             3 * SLOWNESS)
    assert {viewer.beat(session) for session in sessions} == {404}
    assert {viewer.beat(session) for session in others} == {200}


def test_a_change_of_many_cameras_ends_the_right_views(cluster, start):
    """There are more cameras than a single query asks for."""
    count = 2100
    set_cameras(cluster, *[{}] * count)
    httpd = start(ONE_CHILD + dbd(cluster) + ENDPOINTS)
    viewer = Viewer(httpd)
    sessions = [viewer.start(camera) for camera in range(1, count + 1)]
    before = denied(httpd)
    cluster.query("UPDATE cameras SET role = 'police' WHERE id % 7 = 0")
    wait_for(lambda: denied(httpd) == before + count // 7, 'they have ended',
             4 * SLOWNESS)
    for camera in 7, 8, 1000, 1001, 2002, 2100:
        status = viewer.beat(sessions[camera - 1])
        assert status == (404 if camera % 7 == 0 else 200)


# --- proxy ------------------------------------------------------------------

EVENTS = ('<Location "/janus-events">\nSetHandler cctv-janus-events\n'
          '</Location>\n')


def event(kind, janus, **what):
    return {'type': kind, 'session_id': janus, 'handle_id': 1, 'event': what}


@pytest.fixture
def proxied(cluster, start, video):
    set_cameras(cluster, *[{}] * 3)
    httpd = start(ONE_CHILD + video.server(
        cluster, 'CCTVJanusProxy on\n' + EVENTS))

    def tell(*events):
        login = base64.b64encode(f'janus:{video.janus.secret}'.encode())
        reply = httpd.ask('POST', '/janus-events',
                          {'Host': 'localhost',
                           'Content-Type': 'application/json',
                           'Authorization': 'Basic ' + login.decode()},
                          json.dumps(events))
        assert reply.status == 204
    httpd.tell = tell
    yield httpd
    until_gone(video.janus)


def start_proxied(viewer, camera):
    said = viewer.post('view-start', camera_id=camera,
                       signalling='janus').json()
    return said['session_id'], said['janus']['token']


def life(token):
    """The seconds until Janus refuses a token."""
    return int(token.partition(',')[0]) - time.time()


@pytest.mark.parametrize('timeout, seconds', [('3s', 120), ('10min', 600)])
def test_a_token_lives_as_long_as_its_view(cluster, start, video, timeout,
                                           seconds):
    """A view may go on without a heartbeat for CCTVSessionTimeout."""
    set_cameras(cluster, {})
    httpd = start(ONE_CHILD + video.server(
        cluster, f'CCTVJanusProxy on\nCCTVSessionTimeout {timeout}\n'))
    viewer = Viewer(httpd)
    session, token = start_proxied(viewer, 1)
    renewed = viewer.post('heartbeat', session_id=session).json()['token']
    for one in token, renewed:
        assert seconds - 30 * SLOWNESS < life(one) <= seconds + 1
    viewer.end(session)
    until_gone(video.janus)


def destroyed(janus, session):
    return [call for call in janus.of('destroy')
            if str(session) in call.path.split('/')]


# Each has Janus sessions of its own: those of the other one end meanwhile.
@pytest.mark.parametrize('status, one', [('starting', 1001),
                                         ('switching', 2001)])
def test_a_token_is_good_for_the_camera_of_its_view_only(proxied, video,
                                                         status, one):
    httpd, janus = proxied, video.janus
    httpd.expect('CCTV0071')
    viewer = Viewer(httpd)
    session, token = start_proxied(viewer, 1)
    other, other_token = start_proxied(viewer, 2)
    for number, text in ((one, token), (one + 1, other_token),
                         (one + 2, token)):
        httpd.tell(event(2, number, name='attached', token=text))
    plugin = 'janus.plugin.streaming'
    for number, camera in ((one, 1), (one + 1, 2), (one + 2, 1),
                           (one + 3, 3)):
        httpd.tell(event(64, number, plugin=plugin,
                         data={'status': status, 'id': camera}))
    assert viewer.beat(session) == viewer.beat(other) == 200
    # In another Janus session with the same token, and in the view's own.
    before = denied(httpd)
    for number in one + 2, one:
        httpd.tell(event(64, number, plugin=plugin,
                         data={'status': status, 'id': 3}))
        wait_for(lambda n=number: destroyed(janus, n), 'it is destroyed',
                 3 * SLOWNESS)
    assert denied(httpd) == before + 1
    assert viewer.beat(session) == 404
    assert viewer.beat(other) == 200
    assert not destroyed(janus, one + 1)
    viewer.end(other)
