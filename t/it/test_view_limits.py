"""Limits of the number of views, and the answers at these limits."""

import ipaddress
import time

import pytest

from api import ONE_CHILD, dbd
from env import SLOWNESS, wait_for
from metrics import scrape
from views import ENDPOINTS, Viewer, at_once, set_cameras, virtual_host

PER_CLIENT = 3
# A search of a large table takes long, so that many searches overlap.
LARGE = 'CCTVMaxSessions 300000\n'
MS = 0.001


@pytest.fixture(scope='module')
def cameras(cluster):
    set_cameras(cluster, *[{}] * 20)
    return cluster


@pytest.fixture(scope='module')
def httpd(cameras, start_shared):
    limit = f'CCTVMaxSessionsPerClient {PER_CLIENT}'
    proxy = ('RemoteIPHeader X-Forwarded-For\n'
             'RemoteIPInternalProxy 127.0.0.1')
    return start_shared(
        dbd(cameras) + 'StartServers 2\nServerLimit 2\nThreadsPerChild 8\n'
        'MaxRequestWorkers 16\n' + LARGE + ENDPOINTS + virtual_host('free')
        + virtual_host('few', limit) + virtual_host('proxied', limit, proxy)
        + virtual_host('brief', 'CCTVMaxSessionsPerClient 1',
                       'CCTVSessionTimeout 3s', proxy), modules=['remoteip'])


@pytest.fixture
def client(httpd):
    """client(host, address) → a Viewer whose views end with the test."""
    made = []

    def make(name='proxied', address='192.0.2.1'):
        made.append(Viewer(httpd, name, X_Forwarded_For=address))
        return made[-1]
    yield make
    for each in made:
        each.end_all()


def refused(httpd, reason):
    return scrape(httpd).sum('cctv_sessions_refused_total', reason=reason)


def try_start(viewer):
    """The status of a view-start; a view that starts is remembered."""
    reply = viewer.post('view-start', camera_id=1)
    if reply.status == 201:
        viewer.sessions.append(reply.json()['session_id'])
    else:
        assert 'detail' in reply.json()
    return reply.status


# --- limits of one client ---------------------------------------------------

def test_too_many_views_of_a_client(httpd, client):
    viewer = client()
    before = refused(httpd, 'client')
    sessions = [viewer.start() for _ in range(PER_CLIENT)]
    for _ in range(2):
        reply = viewer.post('view-start', camera_id=1)
        assert reply.status == 429
        assert reply.headers['Content-Type'] == 'application/problem+json'
        assert 'too many' in reply.json()['detail']
        assert '192.0.2' not in reply.json()['detail']
    assert refused(httpd, 'client') == before + 2
    assert scrape(httpd).sum('cctv_sessions') == PER_CLIENT
    assert {viewer.beat(session) for session in sessions} == {200}
    # A view that ends makes room for another one.
    for session in sessions:
        viewer.end(session)
        assert try_start(viewer) == 201
        assert try_start(viewer) == 429


@pytest.mark.parametrize('address, same, others', [
    ('192.0.2.1', ['::ffff:192.0.2.1', '192.0.2.1'],
     ['192.0.2.2', '192.0.3.1', '::c000:201']),
    ('2001:db8:1:2::1', ['2001:db8:1:2:ffff::9', '2001:DB8:1:2:0:0:0:1'],
     ['2001:db8:1:3::1', '2001:db8:2:2::1', '2001:db9:1:2::1'])])
def test_which_addresses_are_one_client(client, address, same, others):
    viewer = client(address=address)
    for _ in range(PER_CLIENT):
        viewer.start()
    for each in same:
        assert try_start(client(address=each)) == 429, each
    for each in others:
        assert try_start(client(address=each)) == 201, each


def test_header_of_nobody_changes_no_address(client):
    # Otherwise a client could claim a new address with each request.
    for number in range(PER_CLIENT):
        assert try_start(client('few', f'192.0.2.{number}')) == 201
    assert try_start(client('few', '198.51.100.1')) == 429


def test_views_of_elsewhere_do_not_count(client):
    for _ in range(2 * PER_CLIENT):
        client('free').start()
    client('few').start()


def test_client_may_start_again_once_a_view_is_over(client):
    viewer = client('brief')
    viewer.start()
    started = time.monotonic()
    wait_for(lambda: try_start(viewer) == 201, 'the first view is over',
             3 + 2 * SLOWNESS)
    assert time.monotonic() - started > 3 - 0.1


def test_starts_at_once_are_never_too_many(httpd, client):
    for round_ in range(5):
        viewer = client(address=str(ipaddress.ip_address('198.51.100.0')
                                    + round_))
        before = scrape(httpd).sum('webrtc_view_start_total') or 0
        statuses = at_once(12, lambda _: try_start(viewer))
        assert set(statuses) <= {201, 429}
        assert statuses.count(201) == len(viewer.sessions) <= PER_CLIENT
        assert scrape(httpd).sum('cctv_sessions') == len(viewer.sessions)
        assert scrape(httpd).sum('webrtc_view_start_total') == (
            before + len(viewer.sessions))
        # Starts that collided leave their room free.
        while len(viewer.sessions) < PER_CLIENT:
            viewer.start()
        assert try_start(viewer) == 429
        viewer.end_all()


# --- limits of the server ---------------------------------------------------

def test_table_of_views_that_is_full(cameras, start):
    httpd = start(ONE_CHILD + dbd(cameras) + 'CCTVMaxSessions 4\n'
                  'CCTVSessionTimeout 3s\n' + ENDPOINTS)
    viewer = Viewer(httpd)
    sessions = [viewer.start() for _ in range(4)]
    for _ in range(3):
        reply = viewer.post('view-start', camera_id=1)
        assert reply.status == 503
        assert int(reply.headers['Retry-After']) >= 1
        assert reply.headers['Content-Type'] == 'application/problem+json'
    assert refused(httpd, 'full') == 3
    assert {viewer.beat(session) for session in sessions} == {200}
    assert scrape(httpd).sum('cctv_sessions') == 4
    assert scrape(httpd).sum('cctv_sessions_max') == 4
    viewer.end(sessions.pop())
    sessions.append(viewer.start())
    assert try_start(viewer) == 503
    # Views without heartbeats make room, too.
    beats = [time.monotonic()]

    def has_room():
        beats.append(time.monotonic())
        assert viewer.beat(sessions[0]) == 200
        return try_start(viewer) == 201
    wait_for(has_room, 'silent views are over', 3 + 2 * SLOWNESS)
    assert beats[-1] - beats[0] > 3 - 0.5
    wait_for(lambda: viewer.beat(sessions[0]) == 200
             and scrape(httpd).sum('cctv_sessions') == 2,
             'the one that is alive and the new one are left', 2 * SLOWNESS)


AGENTS = ['Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 '
          'Firefox/127.0', 'curl/8', 'x', '']


def test_table_of_series_that_is_full(cameras, start):
    httpd = start(ONE_CHILD + dbd(cameras) + 'CCTVMaxSeries 16\n' + ENDPOINTS)
    viewers = [Viewer(httpd, User_Agent=agent) for agent in AGENTS]
    # 20 pairs of camera and country, and 80 label sets of starts.
    at_once(len(viewers), lambda i: [viewers[i].start(camera)
                                     for camera in range(1, 21)])
    watched = sum(viewer.watched(session) for viewer in viewers
                  for session in viewer.sessions)
    metrics = scrape(httpd)
    assert metrics.sum('cctv_series') == metrics.sum('cctv_series_max') == 16
    assert metrics.sum('webrtc_view_start_total') == 80
    assert metrics.sum('webrtc_viewers_gauge') == 80
    assert 0 <= metrics.sum('webrtc_view_seconds_total') - watched <= 80 * MS
    others = metrics.sum('webrtc_view_start_total', camera_id='other')
    assert metrics.sum('webrtc_view_start_total', browser='other',
                       os='other', country='other') == others
    assert 0 < others <= metrics.sum('cctv_series_folded_total')
    for viewer in viewers[:2]:
        viewer.end_all()
    metrics = scrape(httpd)
    assert metrics.sum('webrtc_viewers_gauge') == 40
    assert metrics.sum('cctv_sessions') == 40
    assert metrics.sum('webrtc_view_start_total') == 80
