"""Limits of viewers, TURN credentials, secrets, and metrics of video."""

import time

import pytest

from api import ONE_CHILD
from env import SLOWNESS, wait_for
from metrics import scrape
from video import (BUSY, TURN, TURN_SECRET, Watcher, credential, problem,
                   until_gone)
from views import at_once, set_cameras

SIZES = ('StartServers 2\nServerLimit 2\nThreadsPerChild 25\n'
         'MaxRequestWorkers 50\nMinSpareThreads 1\nMaxSpareThreads 50\n')
PASSWORD = 'camera-password-c3a1'
STUN = 'stun:stun.example.org:3478'


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, video):
    set_cameras(cluster, *[{}] * 6,
                {'id': 7, 'stream_url': 'rtsp://cam7.example.org/live'})
    logins = video.write('logins', f'*.example.org viewer {PASSWORD}')
    return start_shared(
        video.server(
            cluster, SIZES + 'CCTVMaxViewers 8\nCCTVMaxViewersPerCamera 3\n'
            f'CCTVTurnServer {TURN} {STUN}\nCCTVTurnSecretFile '
            f'{video.turn_file}\nCCTVCameraLoginsFile {logins}\n'
            'LogLevel debug cctv:trace8\n'
            'LogFormat "%h %r %>s %{Location}o %{Link}o" all\n'
            'CustomLog access.log all\n'))


@pytest.fixture
def janus(video):
    return video.janus


@pytest.fixture
def viewer(httpd, janus):
    viewer = Watcher(httpd)
    yield viewer
    viewer.end_all()
    until_gone(janus)


# --- limits of viewers ------------------------------------------------------

@pytest.mark.parametrize('cameras, room', [([1], 3), ([1, 2, 3, 4, 5], 8)])
def test_caps_are_exact(httpd, viewer, janus, cameras, room):
    for camera in cameras:
        viewer.end(viewer.play(camera))
    until_gone(janus)

    def start(number):
        return viewer.post('view-start',
                           camera_id=cameras[number % len(cameras)])
    for _ in range(3):
        replies = at_once(20, start)
        numbers = [number for number, reply in enumerate(replies)
                   if reply.status == 201]
        started = [replies[number].json()['session_id'] for number in numbers]
        viewer.sessions += started
        for reply in replies:
            if reply.status != 201:
                problem(reply, 503, BUSY)
        assert len(started) == room
        # Refused starts leave nothing in Janus.
        wait_for(lambda: len(janus.viewers()) == room, 'that many in Janus',
                 2 * SLOWNESS)
        problem(start(0), 503, BUSY)
        viewer.end(started[0])
        # The same camera, because others may be at their limit.
        viewer.sessions.append(start(numbers[0]).json()['session_id'])
        viewer.end_all()
        until_gone(janus)


def test_refusals_are_counted(httpd, viewer):
    def refused(reason):
        return scrape(httpd).sum('cctv_sessions_refused_total', reason=reason)
    before = refused('camera_viewers'), refused('viewers')
    for _ in range(3):
        viewer.offer(1)
    problem(viewer.post('view-start', camera_id=1), 503, BUSY)
    assert refused('camera_viewers') == before[0] + 1
    for _ in range(5):
        viewer.offer(2 if len(viewer.sessions) < 6 else 3)
    problem(viewer.post('view-start', camera_id=4), 503, BUSY)
    assert refused('viewers') == before[1] + 1


def test_viewers_that_expire_make_room(cluster, start, video):
    httpd = start(ONE_CHILD + video.server(
        cluster, 'CCTVMaxViewers 2\nCCTVSessionTimeout 3s\n'))
    viewer = Watcher(httpd)
    viewer.play(1)
    viewer.offer(1)
    problem(viewer.post('view-start', camera_id=1), 503, BUSY)

    def starts():
        reply = viewer.post('view-start', camera_id=1)
        return reply.status == 201
    wait_for(starts, 'there is room', 3 + 2 * SLOWNESS)
    # No keeper destroys the Janus sessions that this Apache leaves.
    video.janus.forget()


def test_full_table_asks_nothing_of_janus(cluster, start, video):
    """The views in the table lose nothing either."""
    httpd = start(ONE_CHILD + video.server(cluster, 'CCTVMaxSessions 4\n'))
    viewer = Watcher(httpd)
    janus = video.janus
    sessions = [viewer.play(1) for _ in range(4)]
    since = len(janus.calls)
    for _ in range(30):
        problem(viewer.post('view-start', camera_id=1), 503)
        problem(httpd.ask('POST', '/whep/1', {'Host': 'localhost'}), 503)
    assert scrape(httpd).sum('cctv_sessions_refused_total', reason='full') == 60
    # Longer than a round of the keeper.
    wait_for(lambda: len(janus.of('message:list', since)) >= 3,
             'the keeper has been there')
    assert not janus.of('destroy', since)
    assert not janus.of('message:watch', since)
    assert [viewer.video(session) for session in sessions] == ['live'] * 4
    for session in sessions:
        viewer.end(session)
    until_gone(janus)
    janus.forget()


# --- TURN -------------------------------------------------------------------

def test_ice_servers(viewer):
    said = viewer.offer(1)
    servers = said['ice_servers']
    by_url = {url: server for server in servers for url in server['urls']}
    assert set(by_url) == {TURN, STUN}
    assert 'credential' not in by_url[STUN] or by_url[STUN] is by_url[TURN]
    server = by_url[TURN]
    assert set(server) == {'urls', 'username', 'credential'}
    expiry, _, name = server['username'].partition(':')
    # Valid for as long as a view may last, but not for ever.
    assert time.time() + 3600 <= int(expiry) <= time.time() + 7 * 86400
    assert name and said['session_id'] not in server['username']
    assert server['credential'] == credential(server['username'])
    other = viewer.offer(2)['ice_servers']
    assert other != servers


# --- secrets ----------------------------------------------------------------

def test_secrets_are_nowhere(httpd, viewer, janus):
    bodies = []
    said = viewer.offer(7)
    bodies.append(str(said))
    bodies.append(viewer.answer(said).body.decode())
    bodies.append(str(viewer.post('heartbeat',
                                  session_id=said['session_id']).json()))
    with_login = janus.mountpoints[7].body
    assert PASSWORD in str(with_login)
    bodies.append(str(viewer.post('view-answer', session_id=said['session_id'],
                                  sdp='v=0\r\n').body))
    janus.forget()
    bodies.append(str(viewer.post('heartbeat',
                                  session_id=said['session_id']).body))
    for path in '/metrics', '/health', '/whep/7':
        bodies.append(httpd.get(path).body.decode())
    viewer.end_all()
    until_gone(janus)
    with open(httpd.folder + '/access.log') as log:
        bodies.append(log.read())
    bodies.append(httpd.text())
    bodies += [command_line(pid) for pid in httpd.children()]
    bodies.append(command_line(httpd.process.pid))
    secrets = [janus.secret, TURN_SECRET, PASSWORD, 'rtsp://']
    for text in bodies:
        for secret in secrets:
            assert secret not in text, (secret, text[-2000:])
    # Ids of Janus sessions are secrets for clients that can reach Janus.
    assert len(httpd.text()) > 1000


def command_line(pid):
    with open(f'/proc/{pid}/cmdline') as file:
        return file.read()


def test_login_goes_to_its_hosts_only(viewer, janus):
    viewer.play(7)
    assert PASSWORD in str(janus.mountpoints[7].body)
    viewer.play(1)
    assert PASSWORD not in str(janus.mountpoints[1].body)


# --- metrics ----------------------------------------------------------------

def test_metrics(httpd, viewer, janus):
    before = scrape(httpd)
    viewer.play(1)
    viewer.play(2)
    viewer.offer(2)
    wait_for(lambda: scrape(httpd).sum('cctv_mountpoints') == len([
        each for each in janus.mountpoints.values()
        if (each.metadata or '').startswith('mod_cctv')]),
             'mountpoints', 4 * SLOWNESS)
    metrics = scrape(httpd)

    def more(name):
        return metrics.sum(name) - (before.sum(name) or 0)
    assert metrics.sum('cctv_janus_up') == 1
    assert more('cctv_view_answer_seconds_count') == 2
    assert 0 < more('cctv_view_answer_seconds_sum') < 4
    assert more('cctv_janus_call_duration_seconds_count') >= 3 * 4
    assert more('webrtc_view_start_total') >= 2
    assert metrics.sum('webrtc_viewers_gauge') == 2
    assert metrics.sum('cctv_http_request_duration_seconds_count',
                       handler='view-answer') >= 2
