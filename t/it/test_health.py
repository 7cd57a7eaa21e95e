"""GET /health, the check for load balancers."""

import time

import pytest

from api import ONE_CHILD, dbd
from env import SLOWNESS, wait_for
from metrics import scrape
from postgres import DOWN, halted, stopped
from views import ENDPOINTS, Viewer, set_cameras

OK = {'status': 'ok', 'database': 'up', 'sessions': 'ok', 'series': 'ok',
      'video': 'off'}
AGENTS = ['', 'curl/8', 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) '
          'Gecko/20100101 Firefox/127.0']
# CCTVQueryTimeout, and the extra time that connecting may take, in s.
DEADLINE = 2 + 2


@pytest.fixture(scope='module')
def httpd(cluster, start_shared):
    set_cameras(cluster, *[{}] * 10)
    return start_shared(
        ONE_CHILD + dbd(cluster)
        + 'CCTVAllowOrigin https://maps.example.org\n' + ENDPOINTS)


def health(httpd):
    """The JSON of /health, after checking the rest of the answer."""
    reply = httpd.get('/health')
    said = reply.json()
    assert reply.status == (200 if said['status'] == 'ok' else 503)
    assert reply.headers['Content-Type'] == 'application/json'
    assert reply.headers['Cache-Control'] == 'no-store'
    assert set(said) == set(OK)
    return said


def test_all_is_well(httpd):
    for _ in range(3):
        assert health(httpd) == OK


def test_head(httpd):
    whole = httpd.get('/health')
    reply = httpd.ask('HEAD', '/health')
    assert (reply.status, reply.body) == (200, b'')
    assert reply.headers['Content-Length'] == str(len(whole.body))
    assert reply.headers['Content-Type'] == 'application/json'


@pytest.mark.parametrize('method', ['POST', 'PUT', 'DELETE', 'FOO'])
def test_other_methods_are_405(httpd, method):
    reply = httpd.ask(method, '/health', body=b'{}')
    assert reply.status == 405
    assert reply.headers['Allow'] == 'GET, HEAD, OPTIONS'
    assert reply.headers['Content-Type'] == 'application/problem+json'


def test_options(httpd):
    reply = httpd.ask('OPTIONS', '/health')
    assert (reply.status, reply.body) == (204, b'')
    assert reply.headers['Allow'] == 'GET, HEAD, OPTIONS'


def test_pages_of_other_sites(httpd):
    for origin in 'https://maps.example.org', 'https://evil.example':
        reply = httpd.get('/health', {'Origin': origin})
        allowed = reply.headers.get('Access-Control-Allow-Origin')
        assert allowed == (origin if 'maps' in origin else None)


def test_full_tables_are_told_and_leave_it_up(httpd, cluster, start):
    httpd = start(ONE_CHILD + dbd(cluster) + 'CCTVMaxSessions 30\n'
                  'CCTVMaxSeries 16\n' + ENDPOINTS)
    viewers = [Viewer(httpd, User_Agent=agent) for agent in AGENTS]
    assert health(httpd) == OK
    for viewer in viewers:
        for camera in range(1, 11):
            viewer.start(camera)
    assert health(httpd) == {**OK, 'sessions': 'full', 'series': 'full'}
    viewers[0].end(viewers[0].sessions.pop())
    assert health(httpd) == {**OK, 'series': 'full'}


def test_nothing_of_the_inside_is_told(httpd, cluster):
    viewer = Viewer(httpd)
    before = httpd.get('/health')
    viewer.start()
    after = httpd.get('/health')
    viewer.end_all()
    assert before.body == after.body
    for inside in ('host', 'port', 'user', 'cctv', '10.', '/', 'postgres',
                   cluster.env['PGPORT']):
        assert inside.encode() not in after.body


@pytest.mark.parametrize('fault', [stopped, halted])
def test_database_down(httpd, cluster, healthy, fault):
    assert health(httpd) == OK
    httpd.expect(*DOWN)
    down = {**OK, 'status': 'down', 'database': 'down'}

    def says(wanted):
        began = time.monotonic()
        said = health(httpd)
        assert time.monotonic() - began < DEADLINE * SLOWNESS
        return said == wanted
    with fault(cluster):
        wait_for(lambda: says(down), 'it is told', DEADLINE + 2 * SLOWNESS)
        for _ in range(3):
            assert says(down)
        reply = httpd.ask('HEAD', '/health')
        assert (reply.status, reply.body) == (503, b'')
        assert scrape(httpd).sum('cctv_db_up') == 0
    wait_for(lambda: says(OK), 'the database is back', 5 * SLOWNESS)
    assert scrape(httpd).sum('cctv_db_up') == 1


def test_down_from_the_start(start, cluster, healthy):
    with stopped(cluster):
        httpd = start(ONE_CHILD + dbd(cluster) + ENDPOINTS)
        httpd.expect(*DOWN)
        assert health(httpd)['database'] == 'down'
    wait_for(lambda: health(httpd) == OK, 'the database is back',
             5 * SLOWNESS)


def test_server_without_a_database(start):
    httpd = start('<Location "/health">\nSetHandler cctv-health\n'
                  '</Location>\n', without=['dbd'])
    assert health(httpd) == {**OK, 'database': 'none'}


def test_table_that_is_missing(httpd, cluster):
    cluster.query('ALTER TABLE cameras RENAME TO other')
    try:
        httpd.expect('CCTV0010')
        wait_for(lambda: health(httpd)['database'] == 'down', 'it is told',
                 3 * SLOWNESS)
    finally:
        cluster.query('ALTER TABLE other RENAME TO cameras')
    wait_for(lambda: health(httpd) == OK, 'it is back', 3 * SLOWNESS)
