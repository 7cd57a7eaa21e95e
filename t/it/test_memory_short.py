"""One allocation of jansson fails because memory is short. The answer is
either complete or an error."""

import mmap
import struct
import subprocess

import pytest

from env import HERE, INSTRUMENTED, PRELOAD, wait_for
from metrics import scrape
from video import JANUS_DOWN, TURN, Watcher, offer_of
from views import set_cameras

SDP = {'Content-Type': 'application/sdp'}
MEMBERS = {'session_id', 'camera_id', 'heartbeat_seconds', 'timeout_seconds',
           'viewers', 'ice_servers', 'sdp'}
# The number of allocations of an answer after the dialogue with Janus.
TAIL = 120

pytestmark = pytest.mark.skipif(
    INSTRUMENTED, reason='sanitizers end the process where memory is short')


class Scarce:
    """Chooses the allocation of jansson that fails, in all processes of an
    Apache."""

    def __init__(self, folder):
        self.path = f'{folder}/scarce'
        self.library = f'{folder}/scarce_json.so'
        subprocess.run(['cc', '-shared', '-fPIC', '-o', self.library,
                        HERE + '/scarce_json.c', '-ljansson'], check=True)
        with open(self.path, 'wb+') as file:
            file.write(bytes(16))
            file.flush()
            self.memory = mmap.mmap(file.fileno(), 16)

    def wrapper(self):
        return ['env', f'LD_PRELOAD={PRELOAD}:{self.library}',
                f'SCARCE={self.path}']

    def fail(self, number):
        """The allocation with this number fails; 0: none."""
        self.memory[:] = struct.pack('qq', 0, number)

    def count(self, call):
        """The number of allocations that a call makes."""
        self.fail(0)
        call()
        return struct.unpack('qq', self.memory[:])[0]


@pytest.fixture
def scarce(tmp_path):
    return Scarce(tmp_path)


@pytest.fixture
def httpd(cluster, start, video, scarce):
    set_cameras(cluster, {})
    httpd = start(video.server(
        cluster, 'StartServers 1\nServerLimit 1\nThreadsPerChild 8\n'
        f'MaxRequestWorkers 8\nCCTVTurnServer {TURN}\n'
        f'CCTVTurnSecretFile {video.turn_file}\n'), wrapper=scarce.wrapper())
    # Background work may meet the failure as well.
    httpd.expect(*JANUS_DOWN, 'CCTV0022')
    yield httpd
    scarce.fail(0)
    video.janus.forget()


@pytest.fixture
def viewer(httpd):
    return Watcher(httpd)


def check_problem(reply):
    assert reply.status >= 400
    if reply.headers['Content-Type'] == 'application/problem+json':
        assert set(reply.json()) == {'type', 'title', 'status', 'detail'}
    else:
        assert 'json' not in reply.headers['Content-Type']


def recover(scarce, viewer):
    """Waits until the module asks Janus again after a failure."""
    scarce.fail(0)
    wait_for(lambda: viewer.post('view-start', camera_id=1).status == 201,
             'a view starts again')


def test_start_is_whole_or_an_error(httpd, scarce, video, viewer):
    viewer.offer()
    total = scarce.count(viewer.offer)
    failed = 0
    unsent = 0
    for number in range(max(1, total - TAIL), total + 1):
        before = scrape(httpd).sum('cctv_sessions')
        scarce.fail(number)
        reply = viewer.post('view-start', camera_id=1)
        if reply.status == 201:
            said = reply.json()
            assert set(said) == MEMBERS, (number, said)
            assert said['camera_id'] == 1 and len(said['ice_servers']) == 1
            assert video.janus.handle_of(said['sdp'])
        else:
            failed += 1
            assert reply.status >= 500, (number, reply.body)
            check_problem(reply)
            # A view whose answer could not be sent keeps no place.
            unsent += reply.status == 500
            assert scrape(httpd).sum('cctv_sessions') <= before, number
            recover(scarce, viewer)
    assert failed > 10 and unsent > 0


@pytest.mark.parametrize('path, members', [
    ('/health', {'status', 'database', 'sessions', 'series', 'video'}),
    ('/heartbeat', {'watched_seconds', 'viewers', 'video'})])
def test_small_answer_is_whole_or_an_error(httpd, scarce, viewer, path,
                                           members):
    session = viewer.play()

    # jansson reads a heartbeat that has more than the view's id.
    def ask():
        return (httpd.get(path) if path == '/health' else
                viewer.post('heartbeat', session_id=session, stats={}))
    total = scarce.count(ask)
    seen = set()
    for number in range(1, total + 1):
        scarce.fail(number)
        reply = ask()
        seen.add(reply.status)
        if reply.status == 200:
            assert set(reply.json()) == members, (number, reply.body)
        else:
            check_problem(reply)
    assert max(seen) >= 500, seen


def test_a_plain_heartbeat_needs_no_memory_of_jansson(scarce, viewer):
    session = viewer.play()
    assert scarce.count(lambda: viewer.post('heartbeat',
                                            session_id=session)) == 0


def test_problem_is_whole_or_an_error(httpd, scarce):
    total = scarce.count(lambda: httpd.get('/view-start'))
    for number in range(1, total + 1):
        scarce.fail(number)
        reply = httpd.get('/view-start')
        assert reply.status in (405, 500), (number, reply.body)
        check_problem(reply)


def test_whep_answer_is_whole_or_an_error(httpd, scarce, video, viewer):
    def play():
        return httpd.ask('POST', '/whep/1', SDP, offer_of('chromium_video'))
    play()
    total = scarce.count(play)
    failed = 0
    unsent = 0
    for number in range(max(1, total - TAIL), total + 1):
        before = scrape(httpd).sum('cctv_sessions')
        scarce.fail(number)
        reply = play()
        if reply.status == 201:
            assert video.janus.handle_of(reply.body.decode())
            assert len(reply.headers.get_all('Link')) == 1, number
            scarce.fail(0)
            reply = httpd.ask('DELETE', reply.location())
            assert reply.status == 200
        else:
            failed += 1
            assert reply.status >= 500, (number, reply.body)
            check_problem(reply)
            # Its player does not know the view, so it cannot end it.
            unsent += reply.status == 500
            assert scrape(httpd).sum('cctv_sessions') <= before, number
            recover(scarce, viewer)
    assert failed > 10 and unsent > 0
