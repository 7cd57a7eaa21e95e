"""A view with video: offer, answer, heartbeats, end; and the calls that Janus
gets for it."""

import json
import time

import pytest

from env import SLOWNESS, wait_for
from janus_double import FINGERPRINT, answer_to, replies, ufrag
from metrics import scrape
from users import AUTH, BASIC, set_passwords, user
from video import Watcher, problem, until_gone
from views import at_once, set_cameras, virtual_host

CAMERAS = 60
RTP, MJPEG, POLICE = 101, 102, 103
HOSTS = (
    virtual_host('plain') + virtual_host('brief', 'CCTVSessionTimeout 3s')
    + virtual_host('roles', 'CCTVRoles "%{HTTP:X-Roles}"')
    + virtual_host('users', '<Location "/">', *BASIC, '</Location>'))
LIMIT = 16 * 1024


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, video):
    set_cameras(cluster, *[{}] * CAMERAS,
                {'id': RTP, 'stream_url': 'rtp://127.0.0.1:5004'},
                {'id': MJPEG, 'codec': 'MJPEG'},
                {'id': POLICE, 'role': 'police'})
    httpd = start_shared(
        video.server(cluster, 'StartServers 2\nServerLimit 2\n'
                     'ThreadsPerChild 8\nMaxRequestWorkers 16\n'
                     'LogLevel debug cctv:trace8\n') + HOSTS,
        modules=AUTH)
    set_passwords(httpd, 'ann', 'bob')
    return httpd


@pytest.fixture
def janus(video):
    return video.janus


@pytest.fixture
def client(httpd, janus):
    """client(host, …) → a Watcher. Its views end with the test, and then Janus
    must have no Janus session of a viewer left."""
    made = []

    def make(name='plain', **headers):
        made.append(Watcher(httpd, name, **headers))
        return made[-1]
    yield make
    for each in made:
        each.end_all()
    until_gone(janus)


@pytest.fixture
def viewer(client):
    return client()


@pytest.fixture
def count(httpd, camera):
    """count(metric) → its sum for the camera of the test."""
    return lambda name: scrape(httpd).sum(name, camera_id=str(camera))


def calls_of(janus, session):
    """The names of the calls in a Janus session, after its creation."""
    return [call.name for call in list(janus.calls)
            if f'/janus/{session.id}' in call.path]


# --- from start to end ------------------------------------------------------

def test_what_janus_is_asked(viewer, janus, camera):
    viewer.end(viewer.play(camera))
    until_gone(janus)
    said = viewer.offer(camera)
    (handle,) = janus.watchers(camera)
    before = calls_of(janus, handle.session)
    assert [name for name in before if name != 'message:info'] == [
        'attach', 'message:watch', 'poll']
    assert janus.handle_of(said['sdp']) is handle
    assert viewer.answer(said).status == 204
    assert calls_of(janus, handle.session)[len(before):] == ['message:start']
    (got,) = handle.answers
    assert ufrag(got) == ufrag(answer_to(said['sdp']))
    assert viewer.video(said['session_id']) == 'live'
    viewer.end(said['session_id'])
    until_gone(janus)
    after = calls_of(janus, handle.session)[len(before) + 1:]
    assert [name for name in after if name != 'keepalive'] == ['destroy']
    (call,) = [call for call in janus.of('message:watch')
               if str(handle.id) in call.path]
    assert call.request['id'] == camera
    assert handle.session.id not in janus.live_sessions()


def test_what_view_start_says(viewer, camera):
    reply = viewer.post('view-start', camera_id=camera)
    assert reply.status == 201
    assert reply.headers['Content-Type'] == 'application/json'
    assert reply.headers['Cache-Control'] == 'no-store'
    said = reply.json()
    viewer.sessions.append(said.pop('session_id'))
    sdp = said.pop('sdp')
    assert sdp.startswith('v=0\r\n') and 'a=candidate:' in sdp
    assert said == {'camera_id': camera, 'heartbeat_seconds': 10,
                    'timeout_seconds': 30, 'viewers': 1, 'ice_servers': []}


def test_viewers_are_told(viewer, camera):
    session, _ = viewer.play(camera), viewer.play(camera)

    def says():
        said = viewer.post('heartbeat', session_id=session).json()
        assert set(said) == {'watched_seconds', 'viewers', 'video'}
        return said['viewers']
    # The counts are updated about once a second.
    wait_for(lambda: says() == 2, 'both are counted', 5 * SLOWNESS)
    assert viewer.offer(camera)['viewers'] == 3
    assert says() == 2


def test_camera_that_is_not_playable(viewer, janus):
    problem(viewer.post('view-start', camera_id=MJPEG), 409)
    assert MJPEG not in janus.mountpoints


def test_camera_of_type_rtp(viewer, janus):
    viewer.play(RTP)
    body = janus.mountpoints[RTP].body
    assert body['type'] == 'rtp'
    assert body['metadata'].startswith('mod_cctv')
    assert 5004 in json.loads(json.dumps([
        body.get('videoport'),
        *[media['port'] for media in body.get('media', [])]]))


def test_how_a_mountpoint_is_made(viewer, janus, camera, video):
    viewer.play(camera)
    body = janus.mountpoints[camera].body
    assert body['type'] == 'rtsp'
    assert body['url'] == 'rtsp://10.1.2.3:554/secret-path'
    assert body['metadata'].startswith('mod_cctv')
    assert body['secret'] == video.janus.secret
    assert body['is_private'] is True
    assert body['videobufferkf'] is True
    assert (body['video'], body.get('audio', False)) == (True, False)
    assert not body.get('permanent', False)


def test_nothing_of_the_camera_is_told(viewer, camera):
    reply = viewer.post('view-start', camera_id=camera)
    viewer.sessions.append(reply.json()['session_id'])
    for word in b'rtsp:', b'10.1.2.3', b'secret':
        assert word not in reply.body


# --- the answer -------------------------------------------------------------

CANDIDATES = [
    'a=candidate:1 1 udp 2015363327 198.51.100.7 53 typ host',
    'a=candidate:2 1 udp 2015363327 10.0.0.1 22 typ host',
    'a=end-of-candidates', 'a=ice-options:trickle',
    'a=CANDIDATE:3 1 udp 1 198.51.100.9 1 typ host']


@pytest.mark.parametrize('eol', ['\r\n', '\n'])
def test_candidates_do_not_reach_janus(viewer, janus, camera, eol):
    said = viewer.offer(camera)
    (handle,) = janus.watchers(camera)
    sdp = answer_to(said['sdp'], *CANDIDATES).replace('\r\n', eol)
    assert viewer.answer(said, sdp).status == 204
    (got,) = handle.answers
    assert 'a=candidate' not in got.lower()
    for text in '198.51.100', '10.0.0.1':
        assert text not in got
    # It is written anew; these are the values that Janus needs.
    assert ufrag(got) == ufrag(sdp)
    for line in ('a=mid:v', 'a=recvonly', 'a=setup:active',
                 'a=fingerprint:sha-256 ' + FINGERPRINT,
                 'm=video 9 UDP/TLS/RTP/SAVPF 96 97', 'a=fmtp:97 apt=96'):
        assert line in got.split('\r\n'), line


def test_second_answer(viewer, janus, camera):
    said = viewer.offer(camera)
    (handle,) = janus.watchers(camera)
    assert viewer.answer(said).status == 204
    for _ in range(2):
        problem(viewer.answer(said), 409)
    assert len(handle.answers) == 1
    assert viewer.video(said['session_id']) == 'live'


def test_answers_at_once(viewer, janus, camera):
    for _ in range(4):
        said = viewer.offer(camera)
        handle = janus.handle_of(said['sdp'])
        statuses = [reply.status for reply in at_once(
            6, lambda _: viewer.answer(said))]
        assert sorted(statuses) == [204] + [409] * 5
        assert len(handle.answers) == 1
        assert viewer.video(said['session_id']) == 'live'


def test_answer_of_another_user(client, janus, camera):
    ann = client('users', **user('ann'))
    said = ann.offer(camera)
    (handle,) = janus.watchers(camera)
    for other in client('users', **user('bob')), client():
        problem(other.answer(said), 404)
    assert client('users').answer(said).status == 401
    assert handle.answers == []
    assert ann.answer(said).status == 204


@pytest.mark.parametrize('session', ['', 'x', '0' * 40, 'f' * 40, 'ü'])
def test_answer_of_no_view(viewer, session):
    reply = viewer.post('view-answer', session_id=session, sdp='v=0\r\n')
    problem(reply, 404)


def test_answer_of_a_view_that_has_ended(viewer, camera):
    said = viewer.offer(camera)
    viewer.end(said['session_id'])
    problem(viewer.answer(said), 404)


def padded(sdp, size):
    """The SDP with meaningless lines added, up to this size."""
    line = 'a=x-padding:' + 'x' * 100 + '\r\n'
    sdp += line * ((size - len(sdp) - 20) // len(line))
    return sdp + 'a=x' + 'y' * (size - len(sdp) - 5) + '\r\n'


def test_size_of_an_answer(viewer, camera):
    said = viewer.offer(camera)
    sdp = padded(answer_to(said['sdp']), LIMIT)
    assert len(sdp) == LIMIT
    # In JSON each line end is two bytes longer.
    assert viewer.answer(said, sdp).status == 204
    for size in LIMIT + 1, 20000, 100000, 3000000:
        said = viewer.offer(camera)
        reply = viewer.answer(said, padded(answer_to(said['sdp']), size))
        problem(reply, 413)


def test_answer_with_escapes_only(viewer, camera):
    said = viewer.offer(camera)
    body = json.dumps({'session_id': said['session_id'],
                       'sdp': padded(answer_to(said['sdp']), LIMIT)})
    head, tail = body.split('"v=0', 1)
    body = head + '"' + ''.join(f'\\u{ord(each):04x}' for each in 'v=0') + tail
    reply = viewer.httpd.ask('POST', '/view-answer', viewer.headers, body)
    assert reply.status == 204, reply.body


NOT_SDP = ['', ' ', 'garbage', 'v', 'v=', '{"v":0}', '\r\n' * 100, 'a' * 9000,
           '<html>', 'V=0\r\n', ' v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\n']


@pytest.mark.parametrize('sdp', NOT_SDP, ids=range(len(NOT_SDP)))
def test_answer_that_is_no_sdp(viewer, janus, camera, sdp):
    said = viewer.offer(camera)
    problem(viewer.answer(said, sdp), 400)


@pytest.mark.parametrize('sdp', [None, 5, True, [], {}, ['v=0']])
def test_answer_of_another_type(viewer, camera, sdp):
    said = viewer.offer(camera)
    reply = viewer.httpd.ask(
        'POST', '/view-answer', viewer.headers, json.dumps(
            {'session_id': said['session_id'], 'sdp': sdp}))
    problem(reply, 400)
    # The request was invalid, so the offer is still open.
    assert viewer.answer(said).status == 204


HEAD = 'v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n'
M_LINE = 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\n'


@pytest.mark.parametrize('sdp, reason', [
    (HEAD, 'm-line'), (HEAD + 'm=quux 9 x 96\r\n', 'm-line'),
    (HEAD + M_LINE + 'a=ice-ufrag:x\r\n', 'cannot be used'),
    (HEAD + M_LINE + 'a=rtpmap:96 H264/90000\r\n', 'ice-ufrag')])
def test_answer_that_is_refused(viewer, janus, camera, sdp, reason):
    said = viewer.offer(camera)
    problem(viewer.answer(said, sdp), 400, 'about:blank', reason)


@pytest.mark.parametrize('change', [
    ('m=video 9 ', 'm=video 0 '), ('a=recvonly', 'a=inactive'),
    ('a=recvonly', 'a=sendonly'), ('H264/90000', 'VP8/90000')])
def test_answer_that_rejects_the_video(httpd, viewer, janus, camera, change):
    """The view ends at once, and nothing was watched."""
    before = scrape(httpd)
    said = viewer.offer(camera)
    since = len(janus.calls)
    reply = viewer.answer(said, answer_to(said['sdp']).replace(*change))
    problem(reply, 422, 'urn:cctv:codec', 'H.264')
    assert janus.of('message:start', since) == []
    assert viewer.beat(said['session_id']) == 404
    after = scrape(httpd)
    for name in 'webrtc_view_seconds_total', 'webrtc_viewers_gauge':
        assert (after.sum(name) or 0) == (before.sum(name) or 0), name
    until_gone(janus)
    viewer.play(camera)


@pytest.mark.parametrize('code, reason', [
    (465, "Invalid SDP (doesn't start with v=)"),
    (469, 'Error processing SDP')])
def test_reason_of_janus(viewer, janus, camera, code, reason):
    said = viewer.offer(camera)
    with janus.fault(replies(json.dumps({
            'janus': 'error', 'transaction': 'x',
            'error': {'code': code, 'reason': reason}})), 'message:start'):
        reply = viewer.answer(said)
    problem(reply, 400, 'about:blank', reason)
    # The view has ended, so a client cannot try answers until one fits.
    assert viewer.answer(said).status in (404, 409)
    assert viewer.video(said['session_id']) in (404, 'gone')
    until_gone(janus)


@pytest.mark.parametrize('text', ['\u0000', 'v=0\r\n\u0000', '\ud800'])
def test_answer_with_bytes_that_do_not_belong_there(viewer, camera, text):
    said = viewer.offer(camera)
    problem(viewer.answer(said, text), 400)


def test_answer_when_janus_has_forgotten(viewer, janus, camera):
    said = viewer.offer(camera)
    janus.forget()
    problem(viewer.answer(said), 410)
    assert viewer.video(said['session_id']) in (404, 'gone')
    viewer.play(camera)


def test_method_and_type_of_an_answer(viewer, httpd):
    reply = httpd.get('/view-answer')
    assert (reply.status, reply.headers['Allow']) == (405, 'POST, OPTIONS')
    for kind in 'application/sdp', 'text/html', 'multipart/form-data':
        problem(httpd.ask('POST', '/view-answer', {'Content-Type': kind},
                          'v=0\r\n'), 415)
    for body in '', '[]', '{', '{}', '{"session_id":"x"}', '{"sdp":"v=0"}', (
            '{"session_id":1,"sdp":"v=0"}'):
        problem(httpd.ask('POST', '/view-answer', viewer.headers, body), 400)
    problem(httpd.ask('POST', '/view-answer', {
        **viewer.headers, 'Origin': 'https://evil.example'}, '{}'), 403,
        'urn:cctv:origin')


def test_offer_of_view_start_to_a_sender_of_janus_signalling(viewer, camera):
    reply = viewer.post('view-start', camera_id=camera, signalling='janus')
    problem(reply, 400)


# --- heartbeats -------------------------------------------------------------

def test_heartbeat_tells_what_the_video_does(viewer, camera):
    said = viewer.offer(camera)
    assert viewer.video(said['session_id']) == 'offered'
    assert viewer.answer(said).status == 204
    assert viewer.video(said['session_id']) == 'live'


def test_only_what_is_answered_counts(httpd, viewer, camera, count):
    said = viewer.offer(camera)
    began = time.monotonic()
    wait_for(lambda: time.monotonic() > began + 0.3, 'a bit of time')
    reply = viewer.post('heartbeat', session_id=said['session_id']).json()
    assert reply['watched_seconds'] == 0
    assert not count('webrtc_viewers_gauge')
    assert not count('webrtc_view_seconds_total')
    answered = time.monotonic()
    assert viewer.answer(said).status == 204
    assert count('webrtc_viewers_gauge') == 1
    assert viewer.watched(said['session_id']) <= time.monotonic() - answered
    assert count('webrtc_view_seconds_total') <= time.monotonic() - answered
    viewer.end(said['session_id'])
    assert count('webrtc_viewers_gauge') == 0
    assert 0 < count('webrtc_view_seconds_total') <= (
        time.monotonic() - answered)


def test_view_whose_offer_is_not_answered_ends(client, janus, camera):
    viewer = client('brief')
    said = viewer.offer(camera)
    began = time.monotonic()
    # Heartbeats do not prolong the offer.
    wait_for(lambda: viewer.video(said['session_id']) == 404, 'the end',
             3 + 2 * SLOWNESS)
    assert time.monotonic() - began > 3 - 0.5
    until_gone(janus)
    problem(viewer.answer(said), 404)


def test_view_that_janus_has_forgotten(viewer, janus, camera, count):
    session = viewer.play(camera)
    assert viewer.video(session) == 'live'
    janus.forget()
    said = []

    def is_gone():
        said.append(viewer.video(session))
        return said[-1] in ('gone', 404)
    wait_for(is_gone, 'a heartbeat says so', 5 * SLOWNESS)
    assert said[-1] == 'gone'
    wait_for(lambda: viewer.video(session) == 404, 'it is over', 5 * SLOWNESS)
    assert count('webrtc_viewers_gauge') == 0
    viewer.play(camera)


def test_silent_view_ends_in_janus_too(client, janus, camera):
    viewer = client('brief')
    alive, _ = viewer.play(camera), viewer.play(camera)

    def is_over():
        assert viewer.video(alive) == 'live'
        return len(janus.watchers(camera)) == 1
    wait_for(is_over, 'the silent one is gone', 3 + 2 * SLOWNESS)
    assert viewer.video(alive) == 'live'


@pytest.mark.parametrize('answered', [True, False])
def test_end(viewer, janus, camera, answered):
    other = viewer.play(camera)
    session = viewer.play(camera) if answered else (
        viewer.offer(camera)['session_id'])
    assert len(janus.watchers(camera)) == 2
    viewer.end(session)
    wait_for(lambda: len(janus.watchers(camera)) == 1, 'it is gone',
             2 * SLOWNESS)
    assert viewer.video(other) == 'live'


def test_janus_session_is_kept_alive(client, janus, camera):
    viewer = client('brief')
    session = viewer.play(camera)
    (handle,) = janus.watchers(camera)

    def kept():
        assert viewer.video(session) == 'live'
        return calls_of(janus, handle.session).count('keepalive') >= 2
    wait_for(kept, 'keepalives', 10 * SLOWNESS)


# --- permission -------------------------------------------------------------

def test_camera_out_of_reach(client, janus):
    assert client('roles', X_Roles='public,police').play(POLICE)
    since = len(janus.calls)
    for roles in 'public', '':
        viewer = client('roles', X_Roles=roles)
        problem(viewer.post('view-start', camera_id=POLICE), 404)
    assert not janus.of('message:watch', since)


def test_roles_withdrawn_at_a_heartbeat(client, janus, camera):
    public = client('roles', X_Roles='public')
    session, other = public.play(camera), public.play(camera)
    assert client('roles', X_Roles='traffic').beat(session) == 404
    wait_for(lambda: len(janus.watchers(camera)) == 1, 'it is gone',
             2 * SLOWNESS)
    assert public.video(other) == 'live'


def test_roles_withdrawn_at_the_answer(client, janus, camera):
    said = client('roles', X_Roles='public').offer(camera)
    (handle,) = janus.watchers(camera)
    problem(client('roles', X_Roles='traffic').answer(said), 404)
    assert handle.answers == []


def test_role_of_the_camera_changed(cluster, client, janus, camera, httpd):
    viewer = client('roles', X_Roles='public')
    session = viewer.play(camera)
    before = scrape(httpd).sum('cctv_sessions_ended_total', reason='denied')
    cluster.query("UPDATE cameras SET role = 'police' WHERE id = %s",
                  [camera])
    wait_for(lambda: not janus.watchers(camera), 'its Janus session is gone',
             4 * SLOWNESS)
    assert viewer.beat(session) == 404
    assert scrape(httpd).sum('cctv_sessions_ended_total',
                             reason='denied') == before + 1


def test_camera_that_is_deleted(cluster, client, janus, camera):
    viewer = client('roles', X_Roles='public')
    session = viewer.play(camera)
    cluster.query('DELETE FROM cameras WHERE id = %s', [camera])
    wait_for(lambda: not janus.watchers(camera), 'its Janus session is gone',
             4 * SLOWNESS)
    assert viewer.beat(session) == 404
