"""The cameras of tools/rtsp_camera do what their behaviours say."""

import base64
import re
import struct
import time

import pytest

from env import SLOWNESS, wait_for
from lab import Janus
from odd_cameras import BEHAVIOURS, BY_NAME, Lost, OddCameras, RtspClient
from rtsp_camera import login
from rtsp_camera.behaviours import (PASSWORD, RIGHT_LOGIN, USER, WORDS,
                                    WRONG_LOGIN, WRONG_PASSWORD)

# These answer, but not as RTSP says, or never.
UNANSWERED = {'silent': TimeoutError, 'slow': TimeoutError,
              'refuses': ConnectionRefusedError, 'black-hole': TimeoutError,
              'garbage': ValueError, 'half-headers': Lost}
# The last answer to DESCRIBE, SETUP by UDP and PLAY without a login.
REFUSED = {'not-found': 404, 'forbidden': 403, 'moved': 302, 'busy': 503,
           'busy-later': 503, 'session-not-found': 454, 'wants-tcp': 461,
           'wants-neither': 461, 'path-only': 404, 'setup-path-only': 404}
WITH_LOGIN = {each.name for each in BEHAVIOURS if each.login}
PLAYS = [each for each in BEHAVIOURS if each.word is None]


@pytest.fixture(scope='module')
def cameras():
    cameras = OddCameras()
    yield cameras
    cameras.text()
    cameras.remove()


@pytest.fixture
def client(cameras):
    clients = []

    def connect(name, **options):
        clients.append(RtspClient(cameras.url(name), **options))
        return clients[-1]
    yield connect
    for each in clients:
        each.close()


def kinds(payloads):
    """The types of the NAL units; of the first fragment of each large one."""
    for each in payloads:
        kind = each[0] & 31
        if kind != 28:
            yield kind
        elif each[1] & 0x80:
            yield each[1] & 31


def keyframes(client, seconds):
    return list(kinds(client.payloads(seconds))).count(5)


def test_the_list():
    names = [each.name for each in BEHAVIOURS]
    sentences = [each.sentence for each in BEHAVIOURS]
    assert len(set(names)) == len(names) >= 30
    assert len(set(sentences)) == len(sentences)
    assert {each.word for each in BEHAVIOURS} == {*WORDS, None}
    assert all(re.fullmatch('[a-z0-9-]+', name) for name in names)


@pytest.mark.parametrize('name', [each.name for each in BEHAVIOURS])
def test_answers(client, name):
    """The answers of each camera to a client that has no login."""
    expected = UNANSWERED.get(name)
    if expected:
        with pytest.raises(expected):
            client(name, seconds=1).ask('DESCRIBE')
        return
    expected = 401 if name in WITH_LOGIN else REFUSED.get(name, 200)
    assert client(name).play() == expected


@pytest.mark.parametrize('way', ['udp', 'tcp'])
def test_media(client, way):
    """Whole frames in order, with the parameter sets before the keyframe."""
    player = client('plain')
    assert player.play(way) == 200
    packets = [player.packet() for _ in range(100)]
    numbers = [struct.unpack('!H', each[2:4])[0] for each in packets]
    assert all((after - before) % 65536 == 1
               for before, after in zip(numbers, numbers[1:]))
    found = list(kinds([each[12:] for each in packets]))
    assert found.index(7) < found.index(8) < found.index(5) < found.index(1)
    times = {each[4:8] for each in packets if each[1] & 0x80}
    assert len(times) > 1
    assert len({each[8:12] for each in packets}) == 1


def test_sender_reports(client):
    player = client('plain')
    player.play()
    player.udp[1].settimeout(5 * SLOWNESS)
    report = player.udp[1].recv(1000)
    assert report[:2] == b'\x80\xc8' and report[4:8] == player.packet()[8:12]


def test_teardown_ends_the_media(client, cameras):
    player = client('plain')
    player.play()
    player.packet()
    assert player.ask('TEARDOWN').status == 200
    assert player.payloads(0.1) is not None
    with pytest.raises(TimeoutError):
        player.packet(1)


@pytest.mark.parametrize('name', ['high-40', 'high-31', 'main-41', 'plain'])
def test_the_stream_is_what_the_sdp_says(client, name):
    player = client(name)
    body = player.ask('DESCRIBE').body
    announced = re.search('profile-level-id=(..)', body)[1]
    sets = re.search(r'sprop-parameter-sets=([^,;\s]+),', body)[1]
    assert base64.b64decode(sets)[1] == int(announced, 16)
    player.set_up()
    player.ask('PLAY')
    sps = wait_for(lambda: next((each for each in [player.packet()[12:]]
                                 if each[0] & 31 == 7), None), 'an SPS')
    assert sps == base64.b64decode(sets)


@pytest.mark.parametrize('name, words, missing', [
    ('high-40', ['profile-level-id=640028'], []),
    ('high-31', ['profile-level-id=64001f'], []),
    ('main-41', ['profile-level-id=4d0029'], []),
    ('baseline-31', ['profile-level-id=42001f'], []),
    ('no-profile', ['a=fmtp', 'H264/90000'], ['profile-level-id']),
    ('no-fmtp', ['H264/90000'], ['a=fmtp']),
    ('sets-in-sdp-only', ['sprop-parameter-sets'], []),
    ('no-parameter-sets', ['a=fmtp'], ['sprop-parameter-sets']),
    ('no-video', ['m=audio'], ['m=video']),
    ('no-sections', ['v=0'], ['m=']),
    ('no-sdp', ['<html>'], ['v=0']),
    ('h265', ['H265/90000'], ['H264']),
    ('mjpeg', ['RTP/AVP 26', 'JPEG/90000'], ['H264']),
    ('vp8', ['VP8/90000'], ['H264']),
    ('onvif-metadata', ['m=application', 'vnd.onvif.metadata'], []),
])
def test_sdp(client, name, words, missing):
    body = client(name).ask('DESCRIBE').body
    assert [word for word in words if word not in body] == []
    assert [word for word in missing if word in body] == []


@pytest.mark.parametrize('name, order', [
    ('audio-first', ['audio', 'video']),
    ('metadata-first', ['application', 'video']),
    ('onvif-metadata', ['video', 'audio', 'application'])])
def test_order_of_the_sections(client, name, order):
    body = client(name).ask('DESCRIBE').body
    assert re.findall(r'^m=(\w+)', body, re.M) == order


def test_long_fmtp(client):
    lines = client('long-fmtp').ask('DESCRIBE').body.split('\r\n')
    assert [len(each) for each in lines if each.startswith('a=fmtp')] == [60000]


@pytest.mark.parametrize('name', ['sets-in-sdp-only', 'no-parameter-sets'])
def test_stream_without_parameter_sets(client, name):
    player = client(name)
    player.play()
    found = set(kinds(player.payloads(3)))
    assert 5 in found and 1 in found and not {7, 8} & found


def test_b_frames(client):
    """Frames are sent in another order than they are shown in."""
    player = client('b-frames')
    player.play()
    times = [struct.unpack('!I', player.packet()[4:8])[0] for _ in range(150)]
    assert any((after - before) % 2 ** 32 > 2 ** 31
               for before, after in zip(times, times[1:]))


def test_rare_keyframes(client):
    plain, rare = client('plain'), client('rare-keyframes')
    plain.play()
    assert keyframes(plain, 3) >= 1
    rare.play()
    assert keyframes(rare, 11) == 0
    assert keyframes(rare, 5) == 1, 'it comes 14 s after PLAY'


def test_stops_sending(client):
    player, nothing = client('stops-sending'), client('sends-nothing')
    assert (player.play(), nothing.play()) == (200, 200)
    began = time.monotonic()
    while True:
        try:
            player.packet(3)
        except TimeoutError:
            break
    assert time.monotonic() - began > 5
    assert nothing.payloads(0.1) == []
    for each in (player, nothing):
        assert each.ask('GET_PARAMETER').status == 200


@pytest.mark.parametrize('name', ['closes', 'teardown'])
def test_ends_the_session(client, name):
    player = client(name, seconds=15)
    began = time.monotonic()
    assert player.play() == 200
    player.packet()
    said = player.socket.recv(1000)
    assert time.monotonic() - began > 4.9
    assert said.startswith(b'TEARDOWN ') == (name == 'teardown')
    assert not said or player.socket.recv(1000) == b''


def test_slow(client):
    player = client('slow', seconds=15)
    began = time.monotonic()
    assert player.ask('DESCRIBE').status == 200
    assert 8 <= time.monotonic() - began


def test_hangs_on_teardown(client):
    player = client('hangs-on-teardown', seconds=1)
    assert player.play() == 200
    player.packet()
    with pytest.raises(TimeoutError):
        player.ask('TEARDOWN')


def test_transports(client):
    for name, ways in (('wants-tcp', (461, 200)), ('wants-udp', (200, 461)),
                       ('wants-neither', (461, 461)), ('plain', (200, 200))):
        found = [client(name).play(way) for way in ('udp', 'tcp')]
        assert tuple(found) == ways, name


def test_paths(client):
    player = client('path-only')
    assert player.ask('DESCRIBE').status == 404
    assert player.ask('DESCRIBE', '/path-only').status == 200
    assert player.set_up().status == 200
    player = client('setup-path-only')
    assert player.ask('DESCRIBE').status == 200
    assert player.set_up().status == 404
    transport = 'RTP/AVP/TCP;unicast;interleaved=0-1'
    assert player.ask('SETUP', '/setup-path-only/track1',
                      Transport=transport).status == 200


def test_moved(client, cameras):
    answer = client('moved').ask('DESCRIBE')
    assert answer.headers['location'] == cameras.url('plain') + '/'


def test_huge_headers(client):
    answer = client('huge-headers').ask('DESCRIBE')
    assert len(answer.headers['x-camera']) == 1 << 20


# --- logins -----------------------------------------------------------------

def authorization(client, kind, password):
    if kind == 'basic':
        return login.basic(password)
    return login.digest('DESCRIBE', client.url, password)


@pytest.mark.parametrize('kind', ['basic', 'digest'])
def test_logins(client, cameras, kind):
    name = kind + '-right'
    cameras.reset()
    player = client(name)
    refused = player.ask('DESCRIBE')
    assert refused.status == 401
    assert refused.headers['www-authenticate'].lower().startswith(kind)
    assert player.ask('OPTIONS').status == 200
    for password, status in ((WRONG_PASSWORD, 401), (PASSWORD, 200)):
        given = authorization(player, kind, password)
        assert player.ask('DESCRIBE', Authorization=given).status == status
    found = cameras.counts(name)
    assert (found['wrong_logins'], found['right_logins']) == (1, 1)
    assert (found['connections'], found['describe']) == (1, 3)
    assert found['locked'] is False


@pytest.mark.parametrize('name, status', [('locks', 401), ('locks-403', 403)])
def test_account_is_locked(client, cameras, name, status):
    cameras.reset()
    kind = BY_NAME[name].login

    def attempt(password):
        player = client(name)
        given = authorization(player, kind, password)
        return player.ask('DESCRIBE', Authorization=given).status
    assert attempt(PASSWORD) == 200
    assert [attempt(WRONG_PASSWORD) for _ in range(3)] == [401] * 3
    assert (attempt(PASSWORD), attempt(WRONG_PASSWORD)) == (status, status)
    found = cameras.counts(name)
    assert (found['wrong_logins'], found['locked']) == (4, True)
    cameras.reset()
    assert attempt(PASSWORD) == 200


def test_file_of_logins(cameras):
    assert cameras.logins() == (
        f'{RIGHT_LOGIN}:{cameras.port} {USER} {PASSWORD}\n'
        f'{WRONG_LOGIN}:{cameras.port} {USER} {WRONG_PASSWORD}\n')


def test_an_unknown_camera(cameras):
    with RtspClient(f'rtsp://127.0.0.1:{cameras.port}/unknown') as client:
        assert client.ask('DESCRIBE').status == 404


# --- a real Janus ------------------------------------------------------------

@pytest.fixture(scope='module')
def janus():
    janus = Janus()
    yield janus
    janus.remove()


def age(janus, number):
    """The age of the newest packet of a mountpoint in ms."""
    media = janus.streaming('info', id=number)['info'].get('media') or [{}]
    return media[0].get('age_ms', float('inf'))


def test_janus_plays_those_without_a_fault(janus, cameras):
    for number, each in enumerate(PLAYS, 1):
        more = {}
        if each.host == RIGHT_LOGIN:
            more = {'rtsp_user': USER, 'rtsp_pwd': PASSWORD}
        janus.create_rtsp(number, each.url(cameras.port), rtsp_quirk=True,
                          **more)
    for number, each in enumerate(PLAYS, 1):
        wait_for(lambda: age(janus, number) < 1000,
                 f'{each.name} plays', 20 * SLOWNESS)
