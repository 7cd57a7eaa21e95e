"""A Janus that is slow, dead, hostile or has lost its state, and the effects
on viewers and on all other requests."""

import contextlib
import json
import os
import signal
import socket
import threading
import time
import traceback

import pytest

from api import location
from env import SLOWNESS, is_renewed, wait_for
from janus_double import (answer_to, close, drips, floods, hang, replies, says,
                          slow)
from metrics import scrape
from video import DOWN, JANUS_DOWN, Video, Watcher, problem, until_gone
from views import at_once, set_cameras, virtual_host

CAMERAS = 20
SIZES = ('StartServers 1\nServerLimit 1\nThreadsPerChild 25\n'
         'MaxRequestWorkers 25\nMinSpareThreads 1\nMaxSpareThreads 25\n')
# Time for a view-start that finds a fault: 2 s for Janus, and what a busy machine
# adds. Without a limit each of them would take much longer.
LATE = 4 * SLOWNESS
# Time for everything that does not need Janus.
FAST = 0.5 * SLOWNESS
# The same while many clients share the two processors.
BUSY_FAST = 1 * SLOWNESS


@pytest.fixture(scope='module')
def cameras(cluster):
    set_cameras(cluster, *[{}] * CAMERAS)


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, video, cameras):
    return start_shared(
        video.server(cluster, SIZES + location())
        + virtual_host('plain') + virtual_host('brief',
                                               'CCTVSessionTimeout 3s'))


@pytest.fixture
def janus(video):
    """Janus runs again after the test, however it ends."""
    yield video.janus
    if not video.janus.running:
        video.janus.revive()


@pytest.fixture
def viewer(httpd, janus):
    viewer = Watcher(httpd)
    httpd.expect(*JANUS_DOWN)
    until_well(viewer)
    yield viewer
    until_well(viewer)
    viewer.end_all()
    until_gone(janus, 4)


def until_well(viewer, camera=1, seconds=6):
    """Waits until a view starts, after Janus is back."""
    def is_well():
        reply = viewer.post('view-start', camera_id=camera)
        if reply.status == 201:
            viewer.end(reply.json()['session_id'])
        return reply.status == 201
    wait_for(is_well, 'views start', seconds * SLOWNESS)


@contextlib.contextmanager
def dead(janus):
    janus.die()
    try:
        yield
    finally:
        janus.revive()


def timed(call):
    """(the result of the call, its duration in seconds)"""
    began = time.monotonic()
    answer = call()
    return answer, time.monotonic() - began


def assert_others_are_fast(httpd, viewer, session, fast=FAST, beats=(200,)):
    """`beats`: the allowed statuses of a heartbeat."""
    for call, statuses in (
            (lambda: httpd.get('/api/cameras?limit=2'), (200,)),
            (lambda: httpd.get('/api/cameras/1'), (200,)),
            (lambda: viewer.post('heartbeat', session_id=session), beats),
            (lambda: httpd.get('/metrics'), (200,))):
        reply, seconds = timed(call)
        assert reply.status in statuses
        assert seconds < fast
    reply, seconds = timed(lambda: httpd.get('/health'))
    assert reply.status in (200, 503) and seconds < fast
    reply, seconds = timed(lambda: viewer.post('view-end', session_id='0'))
    assert reply.status == 204 and seconds < fast


# --- invalid answers --------------------------------------------------------

CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
DEEP = '[' * 100000
OK = '{"janus":"success","transaction":"x","data":{"id":%s}}'
HOSTILE = {
    'slow': slow(3),
    'silent': hang,
    'closes': close,
    'empty': replies(''),
    'not JSON': replies('<html>Welcome to nginx!</html>'),
    'array': replies('[]'),
    'deep': replies(DEEP),
    'deep inside': replies('{"janus":' + DEEP),
    'wrong types': replies('{"janus":5,"data":[1],"error":"no"}'),
    'no id': replies('{"janus":"success","data":{}}'),
    'id of text': replies(OK % '"12"'),
    'id of 0': replies(OK % '0'),
    'negative id': replies(OK % '-5'),
    'huge id': replies(OK % (2**64)),
    'real id': replies(OK % '1e300'),
    'path as id': replies(OK % '"../admin"'),
    'bytes': replies(b'{"janus":"success","data":{"id":5},"\xff\xfe\0":1}'),
    'huge': replies(b'{"janus":"' + b'x' * (24 << 20) + b'"}'),
    'endless': floods(CHUNKED, b'10000\r\n' + b' ' * 65536 + b'\r\n'),
    'endless, slowly': drips(CHUNKED, b'1\r\n{\r\n'),
    'endless fields': drips(b'HTTP/1.1 200 OK\r\n', b'X-A: b\r\n', 0.01),
    'endless 100': drips(b'', b'HTTP/1.1 100 Continue\r\n\r\n', 0.01),
    'half': says(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"jan'),
    'chunk bomb': says(CHUNKED + b'FFFFFFFFFFFFFFFF\r\n{'),
    'bad chunk': says(CHUNKED + b'-5\r\n{}\r\n0\r\n\r\n'),
    'not HTTP': says(b'SSH-2.0-OpenSSH_9.2\r\n'),
    '500': replies(OK % 5, '500 Internal Server Error'),
    '404': replies('', '404 Not Found'),
    '401': replies('', '401 Unauthorized', 'WWW-Authenticate: Basic'),
    'error': replies('{"janus":"error","error":{"code":403,"reason":"no"}}'),
    'error of no type': replies('{"janus":"error","error":{"code":[]}}'),
}


def ask_hostile(httpd, viewer, janus, kind):
    session = viewer.play(1)
    with janus.fault(HOSTILE[kind]):
        reply, seconds = timed(lambda: viewer.post('view-start', camera_id=1))
        problem(reply, 503, DOWN)
        assert seconds < LATE
        assert_others_are_fast(httpd, viewer, session, BUSY_FAST)


LATER = [(kind, name) for name in (
    'attach', 'message:watch', 'message:info', 'poll', 'message:start')
    for kind in ('closes', 'deep', 'wrong types', 'no id', 'half', 'huge')]


def ask_hostile_later(_, viewer, janus, what):
    """All calls before this one succeed."""
    kind, name = what
    with janus.fault(HOSTILE[kind], name):
        reply = viewer.post('view-start', camera_id=1)
        if name == 'message:start' or reply.status == 201:
            said = reply.json()
            viewer.sessions.append(said['session_id'])
            reply = viewer.answer(said)
            # For this answer Janus may have reported success.
            if reply.status != 204:
                problem(reply, 503, DOWN)
        else:
            problem(reply, 503, DOWN)


EVENTS = [
    '{"janus":"event"}', '{"janus":"keepalive"}', '{"janus":"timeout"}',
    '{"janus":"hangup","reason":"x"}', '{"janus":"event","plugindata":[]}',
    '{"janus":"event","plugindata":{"data":{"result":5}},"jsep":5}',
    '{"janus":"event","plugindata":{"plugin":"p","data":{}},'
    '"jsep":{"type":"offer"}}',
    '{"janus":"event","plugindata":{"plugin":"p","data":{}},'
    '"jsep":{"type":"offer","sdp":5}}',
    '{"janus":"event","plugindata":{"plugin":"p","data":{}},'
    '"jsep":{"type":"answer","sdp":"v=0"}}']


def ask_event(_, viewer, janus, event):
    with janus.fault(replies(event), 'poll'):
        reply, seconds = timed(lambda: viewer.post('view-start', camera_id=1))
        problem(reply, 503, DOWN)
        assert seconds < LATE


@pytest.fixture(scope='module')
def outcomes(cluster, start_shared, cameras):
    """{(check, what): None or the failure} of all checks. Several servers run
    them in parallel, because it takes a second until a failed Janus is asked
    again."""
    jobs = [*((ask_hostile, kind) for kind in HOSTILE),
            *((ask_hostile_later, what) for what in LATER),
            *((ask_event, event) for event in EVENTS)]
    fleet = [Video() for _ in range(6)]
    servers = [start_shared(each.server(cluster, SIZES + location()))
               for each in fleet]
    found = {}

    def work(number):
        janus, httpd = fleet[number].janus, servers[number]
        httpd.expect(*JANUS_DOWN)
        viewer = Watcher(httpd)
        until_well(viewer)
        for check, what in jobs[number::len(fleet)]:
            try:
                check(httpd, viewer, janus, what)
                until_well(viewer)
                viewer.end_all()
                until_gone(janus, 4)
                found[check, what] = None
            except Exception:
                found[check, what] = traceback.format_exc()
                viewer.sessions.clear()
                until_well(viewer, seconds=10)
    at_once(len(fleet), work)
    yield found
    for httpd in servers:
        httpd.stop()
    for each in fleet:
        each.remove()


@pytest.mark.parametrize('kind', HOSTILE)
def test_hostile_janus(outcomes, kind):
    assert not outcomes[ask_hostile, kind], outcomes[ask_hostile, kind]


@pytest.mark.parametrize('what', LATER, ids='-'.join)
def test_hostile_later(outcomes, what):
    assert not outcomes[ask_hostile_later, what], outcomes[
        ask_hostile_later, what]


@pytest.mark.parametrize('event', EVENTS, ids=range(len(EVENTS)))
def test_event_that_is_no_offer(outcomes, event):
    assert not outcomes[ask_event, event], outcomes[ask_event, event]


def test_redirects_are_not_followed(viewer, janus):
    with socket.create_server(('127.0.0.1', 0)) as decoy:
        decoy.settimeout(0.2)
        where = 'http://127.0.0.1:%d/janus' % decoy.getsockname()[1]
        for status in '302 Found', '307 Temporary Redirect':
            with janus.fault(replies('', status, 'Location: ' + where)):
                problem(viewer.post('view-start', camera_id=1), 503, DOWN)
            until_well(viewer)
        with pytest.raises(TimeoutError):
            decoy.accept()


def test_wrong_secret(httpd, viewer, janus):
    right = janus.secret
    janus.secret = 'another'
    try:
        problem(viewer.post('view-start', camera_id=1), 503, DOWN)
    finally:
        janus.secret = right
    until_well(viewer)


# --- under load -------------------------------------------------------------

@pytest.mark.parametrize('kind', ['silent', 'slow', 'dead'])
def test_nothing_else_waits_for_janus(httpd, viewer, janus, kind):
    # If Janus answers no two probes of the keeper, its views end.
    beats = 200, 404
    session = viewer.play(1)
    stopping = threading.Event()
    answers = []

    def start():
        while not stopping.is_set():
            answers.append(timed(
                lambda: Watcher(httpd).post('view-start', camera_id=1)))
            # The client shares the processors with the server.
            stopping.wait(0.1)

    def others():
        try:
            end = time.monotonic() + 3
            while time.monotonic() < end:
                assert_others_are_fast(httpd, viewer, session, BUSY_FAST,
                                       beats)
        finally:
            stopping.set()
    with (dead(janus) if kind == 'dead'
          else janus.fault(hang if kind == 'silent' else slow(3))):
        at_once(61, lambda number: start() if number else others())
    for reply, seconds in answers:
        problem(reply, 503, DOWN)
        assert seconds < LATE + FAST
    assert len(answers) >= 60
    until_well(viewer)


@pytest.mark.parametrize('number', range(2))
def test_janus_restarted(httpd, viewer, janus, number):
    sessions = [viewer.play(camera) for camera in (1, 2, 3)]
    janus.die()
    problem(viewer.post('view-start', camera_id=1), 503, DOWN)
    assert viewer.beat(sessions[0]) in (200, 404)
    janus.revive()
    until_well(viewer, seconds=2)
    for session in sessions:
        wait_for(lambda: viewer.video(session) in ('gone', 404),
                 'its viewer hears of it', 5 * SLOWNESS)
    again = [viewer.play(camera) for camera in (1, 2, 3)]
    assert [viewer.video(session) for session in again] == ['live'] * 3
    # That of a view that was tried meanwhile ends a moment later.
    wait_for(lambda: len(janus.viewers()) == 3, 'no other view is left',
             5 * SLOWNESS)


def test_janus_that_is_down_is_told_by_metrics_and_log(httpd, viewer, janus):
    assert scrape(httpd).sum('cctv_janus_up') == 1
    janus.die()
    problem(viewer.post('view-start', camera_id=1), 503, DOWN)
    wait_for(lambda: scrape(httpd).sum('cctv_janus_up') == 0,
             'it is down', 3 * SLOWNESS)
    janus.revive()
    until_well(viewer)
    wait_for(lambda: scrape(httpd).sum('cctv_janus_up') == 1,
             'it is up', 3 * SLOWNESS)
    for line in httpd.text().splitlines():
        assert janus.secret not in line


def test_offer_that_never_comes(viewer, janus):
    with janus.fault(hang, 'poll'):
        reply, seconds = timed(lambda: viewer.post('view-start', camera_id=1))
        problem(reply, 503, DOWN)
        assert seconds < LATE
    until_well(viewer)
    until_gone(janus, 4)


def test_end_of_a_mountpoint_that_blocks_all(httpd, viewer, janus):
    session = viewer.play(1)
    held = threading.Event()

    def hold():
        with janus.mountpoints_lock:
            held.set()
            stop.wait(20)
    stop = threading.Event()
    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    try:
        reply, seconds = timed(lambda: viewer.post('view-start', camera_id=2))
        problem(reply, 503, DOWN)
        assert seconds < LATE
        assert_others_are_fast(httpd, viewer, session)
    finally:
        stop.set()
        thread.join()
    until_well(viewer)
    assert viewer.video(session) == 'live'


# --- requests that are cut off ----------------------------------------------

def test_client_that_closes_meanwhile(httpd, viewer, janus):
    before = scrape(httpd).sum('cctv_sessions')
    body = json.dumps({'camera_id': 1}).encode()
    for name in 'message:watch', 'poll', 'attach':
        with janus.fault(slow(0.5), name):
            with socket.create_connection(('127.0.0.1', httpd.port)) as raw:
                since = len(janus.calls)
                raw.sendall(b'POST /view-start HTTP/1.1\r\nHost: brief\r\n'
                            b'Content-Type: application/json\r\n'
                            b'Content-Length: %d\r\n\r\n' % len(body) + body)
                wait_for(lambda: janus.of(name, since), 'it is asked')
    # Nobody answers the offer, so its view ends at its timeout.
    until_gone(janus, 3 + 3)
    wait_for(lambda: scrape(httpd).sum('cctv_sessions') == before,
             'its view has ended', 6 * SLOWNESS)


@pytest.mark.parametrize('name', ['message:watch', 'poll', 'message:start'])
def test_child_killed_meanwhile(httpd, viewer, janus, name):
    """The killed child was the only one that knew the Janus session, so
    nobody keeps it alive."""
    said = viewer.offer(1)
    httpd.expect('children are killed successively')
    since = len(janus.calls)
    janus.session_timeout = 3
    try:
        with janus.fault(hang, name):
            thread = threading.Thread(target=ask, args=[viewer, said, name])
            thread.start()
            wait_for(lambda: janus.of(name, since), 'it is asked')
            pids = httpd.children()
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            wait_for(lambda: is_renewed(set(pids), httpd.listens()),
                     'new children')
            thread.join()
        viewer.end_all()
        until_gone(janus, 6)
    finally:
        janus.session_timeout = 30
    until_well(viewer)


def ask(viewer, said, name):
    try:
        if name == 'message:start':
            viewer.answer(said)
        else:
            viewer.post('view-start', camera_id=1)
    except OSError:
        pass
    except Exception as gone:
        assert 'closed' in str(gone) or 'Remote' in type(gone).__name__


def test_end_while_janus_is_down(httpd, viewer, janus):
    """The Janus session is destroyed once Janus is back, or by the timeout
    of Janus."""
    session = viewer.play(1)
    with janus.fault(hang):
        _, seconds = timed(lambda: viewer.end(session))
        assert seconds < FAST
        assert viewer.beat(session) == 404
    until_well(viewer)
    until_gone(janus, 4)


def test_answer_while_janus_is_slow(viewer, janus):
    said = viewer.offer(1)
    with janus.fault(hang, 'message:start'):
        reply, seconds = timed(lambda: viewer.answer(said))
        problem(reply, 503, DOWN)
        assert seconds < LATE
    # It is unknown whether Janus has taken the answer: the view has ended.
    assert viewer.answer(said).status in (404, 409, 410)
    until_gone(janus, 4)


def refuses(reason, code=469):
    """A fault: an error of Janus."""
    return replies(json.dumps({'janus': 'error', 'error': {
        'code': code, 'reason': reason}}, ensure_ascii=False))


def seconds_watched(httpd):
    return scrape(httpd).sum('webrtc_view_seconds_total') or 0


def test_nothing_is_watched_before_janus_takes_the_answer(httpd, viewer,
                                                          janus):
    """Also, a heartbeat meanwhile does not rescue a view whose answer Janus
    refuses."""
    before = seconds_watched(httpd)
    said = viewer.offer(1)
    session = said['session_id']
    replied = []

    def refuses_late(*fault):
        slow(1.2)(*fault)
        return refuses('Error processing SDP')(*fault)
    with janus.fault(refuses_late, 'message:start'):
        thread = threading.Thread(target=lambda: replied.append(
            viewer.answer(said)))
        since = len(janus.calls)
        thread.start()
        wait_for(lambda: janus.of('message:start', since), 'Janus is asked')
        for _ in range(3):
            assert viewer.video(session) == 'offered'
            problem(viewer.answer(said), 409)
            time.sleep(0.1)
        assert not scrape(httpd).sum('webrtc_viewers_gauge')
        thread.join()
    problem(replied[0], 400)
    assert viewer.beat(session) == 404
    assert seconds_watched(httpd) == before


def test_reason_that_is_cut(viewer, janus):
    """A reason that is too long is not cut in the middle of a character."""
    for start in 'x' * 254, 'x' * 253, 'x' * 252:
        said = viewer.offer(1)
        with janus.fault(refuses(start + '\U0001d11e' * 5), 'message:start'):
            problem(viewer.answer(said), 400, 'about:blank', start)


def test_answer_with_the_wrong_secret(viewer, janus):
    """The secret of the API is wrong, which is not the viewer's fault."""
    said = viewer.offer(1)
    with janus.fault(refuses('Unauthorized request (wrong or missing '
                             'secret/token)', 403), 'message:start'):
        reply = viewer.answer(said)
    problem(reply, 503, DOWN)
    assert b'ecret' not in reply.body
    assert viewer.answer(said).status == 404


def test_second_answer_says_nothing_of_janus(httpd, viewer, janus):
    said = viewer.offer(1)
    assert viewer.answer(said).status == 204
    with janus.fault(hang):
        problem(viewer.post('view-start', camera_id=1), 503, DOWN)
        before = httpd.text().count('Janus answers again')
        problem(viewer.answer(said), 409)
        # Meanwhile the view is lost, too.
        end = time.monotonic() + 4
        while time.monotonic() < end:
            assert viewer.answer(said).status in (404, 409, 410)
            time.sleep(0.02)
        assert httpd.text().count('Janus answers again') == before


# --- the work of the keeper -------------------------------------------------

def test_slow_ends_of_mountpoints_hold_up_no_view(cluster, start, video):
    """Views are kept alive while mountpoints are destroyed slowly."""
    set_cameras(cluster, *[{}] * CAMERAS)
    janus = video.janus
    httpd = start(video.server(cluster, SIZES, IdleTimeout='1s'))
    httpd.expect(*JANUS_DOWN)
    viewer = Watcher(httpd)
    janus.session_timeout = 12
    try:
        session = viewer.play(1)
        (handle,) = janus.watchers(1)
        for camera in range(2, 12):
            viewer.end(viewer.play(camera))
        since = len(janus.calls)
        with janus.fault(slow(1.5), 'message:destroy'):
            wait_for(lambda: not set(range(2, 12)) & set(janus.mountpoints),
                     'they are gone', 90)
            assert longest_pause(janus, handle, since) < 9
        assert viewer.video(session) == 'live'
    finally:
        janus.session_timeout = 30
    viewer.end_all()
    viewer.end(session)
    until_gone(janus, 4)
    janus.forget()


def test_slow_ends_of_sessions_hold_up_no_view(viewer, janus):
    session = viewer.play(3)
    (handle,) = janus.watchers(3)
    others = [viewer.offer(2)['session_id'] for _ in range(60)]
    since = len(janus.calls)
    with janus.fault(slow(0.3), 'destroy'):
        for other in others:
            viewer.end(other)
        until_gone_but(janus, 1, 60)
        assert longest_pause(janus, handle, since) < 9
    assert viewer.video(session) == 'live'
    viewer.end(session)


def test_views_are_kept_alive_without_a_list_of_mountpoints(viewer, janus):
    """Janus refuses the list if its admin_key is another one; then mountpoints
    are made by other programs."""
    session = viewer.play(3)
    (handle,) = janus.watchers(3)
    since = len(janus.calls)
    with janus.fault(refuses('Unauthorized (wrong admin_key)', 457),
                     'message:list'):
        wait_for(lambda: str(handle.session.id) in str(
            [call.path for call in janus.of('keepalive', since)]),
            'it is kept alive', 12 * SLOWNESS)
    assert viewer.video(session) == 'live'
    viewer.end(session)


def longest_pause(janus, handle, since):
    """The longest time in seconds without a keepalive of its Janus session."""
    calls = list(janus.calls)[since:]
    times = [calls[0].at, *(
        call.at for call in calls if call.name == 'keepalive'
        and str(handle.session.id) in call.path), calls[-1].at]
    return max(b - a for a, b in zip(times, times[1:]))


def until_gone_but(janus, count, seconds):
    wait_for(lambda: len(janus.viewers()) == count, 'the others are gone',
             seconds * SLOWNESS)


def test_late_offer_is_nobody_elses(viewer, janus):
    """The connection of an abandoned call is not reused."""
    with janus.fault(slow(2.2), 'poll', times=1):
        problem(viewer.post('view-start', camera_id=1), 503, DOWN)
    until_well(viewer, 2)
    offers = set()
    for camera in (1, 2, 3) * 3:
        said = viewer.offer(camera)
        assert janus.handle_of(said['sdp']).mountpoint.id == camera
        offers.add(said['sdp'])
        assert viewer.answer(said, answer_to(said['sdp'])).status == 204
    assert len(offers) == 9
