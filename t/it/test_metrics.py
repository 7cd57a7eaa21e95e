"""GET /metrics and the section of /server-status over HTTP. The text itself is
tested by test_exposition.c."""

import gzip
import json

import pytest

from api import ONE_CHILD, add_cameras, dbd
from env import wait_for
from video import Watcher
from views import set_cameras

TEXT = 'text/plain; version=0.0.4; charset=utf-8'
OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
PROMETHEUS = ('application/openmetrics-text;version=1.0.0,'
              'application/openmetrics-text;version=0.0.1;q=0.75,'
              'text/plain;version=0.0.4;q=0.5,*/*;q=0.1')


def location(path, handler, *more):
    return '\n'.join([f'<Location "{path}">', f'SetHandler {handler}', *more,
                      '</Location>\n'])


@pytest.fixture(scope='module')
def httpd(cluster, start_shared):
    return start_shared(
        dbd(cluster) + ONE_CHILD
        + location('/metrics', 'cctv-metrics')
        + location('/gzip', 'cctv-metrics', 'SetOutputFilter DEFLATE')
        + location('/view-start', 'cctv-view-start')
        + location('/view-end', 'cctv-view-end')
        + location('/server-status', 'server-status'),
        modules=['filter', 'deflate', 'status'])


def post(httpd, path, body):
    return httpd.ask('POST', path, {'Content-Type': 'application/json'},
                     json.dumps(body))


def samples(text):
    """{name and labels: value}; fails if a sample appears twice."""
    found = {}
    for line in text.splitlines():
        if not line.startswith('#'):
            name, value = line.rsplit(' ', 1)
            assert name not in found
            found[name] = float(value)
    return found


def scrape(httpd):
    reply = httpd.get('/metrics')
    assert reply.status == 200
    return samples(reply.body.decode())


def test_formats(httpd):
    for accept, content_type, end in (
            (PROMETHEUS, OPENMETRICS, b'\n# EOF\n'),
            ('text/plain', TEXT, b'} 1\n'), ('*/*', TEXT, b'} 1\n')):
        reply = httpd.get('/metrics', {'Accept': accept})
        assert reply.status == 200
        assert reply.headers['Content-Type'] == content_type
        assert reply.headers['Vary'] == 'Accept'
        assert reply.headers['Cache-Control'] == 'no-store'
        assert reply.body.endswith(end)


def test_methods(httpd):
    reply = httpd.ask('HEAD', '/metrics')
    assert (reply.status, reply.body) == (200, b'')
    assert reply.headers['Content-Type'] == TEXT
    reply = httpd.ask('OPTIONS', '/metrics')
    assert (reply.status, reply.headers['Allow']) == (204,
                                                      'GET, HEAD, OPTIONS')
    reply = httpd.ask('POST', '/metrics', body='x')
    assert (reply.status, reply.headers['Allow']) == (405,
                                                      'GET, HEAD, OPTIONS')


def test_views_are_counted(database, httpd):
    add_cameras(database, {}, {})
    pair = '{camera_id="2",country="unknown"}'
    starts = ('webrtc_view_start_total{camera_id="2",country="unknown",'
              'browser="unknown",os="unknown"}')
    sessions = [post(httpd, '/view-start', {'camera_id': 2}).json()
                for _ in range(3)]
    found = scrape(httpd)
    assert found[starts] == 3
    assert found['webrtc_viewers_gauge' + pair] == 3
    assert found['cctv_sessions'] == 3
    assert found['cctv_series'] == 2
    for session in sessions:
        assert post(httpd, '/view-end', {
            'session_id': session['session_id']}).status == 204
    found = scrape(httpd)
    assert found[starts] == 3
    assert found['webrtc_viewers_gauge' + pair] == 0
    assert found['cctv_sessions_ended_total{reason="ended"}'] == 3
    assert 0 < found['webrtc_view_seconds_total' + pair] < 300
    assert found['cctv_db_up'] == 1


@pytest.mark.parametrize('method, path', [
    ('POST', '/view-start'), ('GET', '/metrics')])
def test_broken_requests_are_no_errors_of_the_server(httpd, method, path):
    """httpd answers these requests, not the handler."""
    def count(code):
        name = 'cctv_http_request_duration_seconds_count'
        return scrape(httpd).get(
            f'{name}{{handler="{path[1:]}",code="{code}"}}', 0)
    before = count('4xx')
    reply = httpd.ask(method, path, {'Transfer-Encoding': 'chunked'},
                      b'no chunk\r\n')
    assert reply.status == 400
    assert (count('4xx'), count('5xx')) == (before + 1, 0)


def test_compressed(httpd):
    reply = httpd.get('/gzip', {'Accept-Encoding': 'gzip'})
    assert reply.headers['Content-Encoding'] == 'gzip'
    assert 'cctv_sessions' in samples(gzip.decompress(reply.body).decode())


def test_server_status(httpd):
    lines = httpd.get('/server-status?auto').body.decode().splitlines()
    assert 'CCTVDatabaseUp: 1' in lines
    assert any(line.startswith('CCTVSessions: ') for line in lines)
    page = httpd.get('/server-status').body.decode()
    assert '<tr><th>Database</th><td>up</td></tr>' in page
    assert 'CCTVVideo: off' in lines
    assert '<tr><th>Video (Janus)</th><td>off</td></tr>' in page


def test_server_status_of_video(cluster, start, video):
    set_cameras(cluster, *[{}] * 3)
    httpd = start(ONE_CHILD + video.server(cluster)
                  + location('/server-status', 'server-status'),
                  modules=['status'])
    watcher = Watcher(httpd)
    watcher.play(1)
    watcher.play(2)
    watcher.offer(2)

    def lines():
        return httpd.get('/server-status?auto').body.decode().splitlines()
    assert {'CCTVVideo: up', 'CCTVSessions: 3', 'CCTVViewsPlaying: 2',
            'CCTVViewsWaiting: 1', 'CCTVViewsGone: 0'} <= set(lines())
    wait_for(lambda: 'CCTVMountpoints: 2' in lines(), 'Janus is asked')
    page = httpd.get('/server-status').body.decode()
    assert '<tr><th>Video (Janus)</th><td>up</td></tr>' in page
    assert ('<tr><th>Views with video</th><td>2 playing, 1 waiting for an '
            'answer, 0 without video any more</td></tr>') in page
    assert '<tr><th>Mountpoints</th><td>2</td></tr>' in page
