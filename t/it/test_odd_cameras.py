"""The cameras of tools/rtsp_camera do what their behaviours say; and each
failure has its name in the API, the database, the log, the metrics and on the
map page."""

import base64
import collections
import contextlib
import os
import re
import struct

import pytest

from api import location
from client import asked
from env import SLOWNESS, wait_for
from lab import Janus, real
from map_page import FAILURES, MODULES, MapFolder, MapPages, comes_to
from metrics import scrape
from odd_cameras import BEHAVIOURS, BY_NAME, OddCameras, RtspClient
from rtsp_camera import login
from rtsp_camera.behaviours import (PASSWORD, RIGHT_LOGIN, USER, WORDS,
                                    WRONG_LOGIN, WRONG_PASSWORD)
from video import OFFLINE, Watcher, janus_config, problem
from views import at_once, set_cameras
from window import Windows

NUMBERS = {each.name: number for number, each in enumerate(BEHAVIOURS, 1)}
# The failures that are known when a view starts.
AT_ONCE = ('unreachable', 'refused', 'login_refused', 'no_such_path',
           'wants_other_transport', 'no_video', 'other_codec')
# Cameras that only viewers can judge.
PICTURES = ('b-frames', 'rare-keyframes', 'no-parameter-sets')
# What the map page plays: nine at most.
ON_PAGE = (*PICTURES, 'refuses', 'basic-wrong', 'not-found', 'wants-tcp',
           'no-video', 'h265')
FAILING = [each for each in BEHAVIOURS if each.word in AT_ONCE]
PLAYING = [each for each in BEHAVIOURS if each.word is None]
# All cameras are started at the same time, by one client.
SIZES = ('ThreadLimit 512\nServerLimit 1\nThreadsPerChild 512\n'
         'MaxRequestWorkers 512\nMaxSpareThreads 512\n')


@pytest.fixture(scope='module')
def cameras():
    cameras = OddCameras()
    yield cameras
    cameras.text()
    cameras.remove()


class Site:
    """What the views of all cameras have brought."""

    def __init__(self, httpd, cluster, cameras):
        self.httpd, self.cluster = httpd, cluster
        names = [each.name for each in BEHAVIOURS
                 if each.name not in PICTURES]
        self.viewer = Watcher(httpd)
        replies = at_once(len(names), lambda number: self.viewer.post(
            'view-start', camera_id=NUMBERS[names[number]]))
        self.replies = dict(zip(names, replies))
        self.failures = self.metric()
        self.counts = cameras.ask('/counts')

    def metric(self):
        found = scrape(self.httpd)
        return {word: found.sum('cctv_camera_failures_total', reason=word)
                for word in FAILURES}

    def log(self, name):
        """The warnings about a camera: [(name of the failure, the rest)]."""
        return re.findall(
            rf'cctv:warn\].* CCTV0110: camera {NUMBERS[name]}: (\w+): (.*)',
            self.httpd.text())

    def in_database(self, name):
        return self.cluster.query('SELECT status, status_reason FROM cameras '
                                  'WHERE id = %s', [NUMBERS[name]])[0]

    def in_api(self, name):
        said = self.httpd.get(f'/api/cameras/{NUMBERS[name]}').json()
        return tuple(said['properties'].get(member)
                     for member in ('status', 'status_reason'))


@pytest.fixture(scope='module')
def site(cluster, start_shared, cameras):
    set_cameras(cluster, *({
        'id': NUMBERS[each.name], 'name': each.sentence, 'status': 'unknown',
        'lng': NUMBERS[each.name] / 10, 'stream_url': cameras.url(each.name)}
        for each in BEHAVIOURS))
    with contextlib.ExitStack() as stack:
        janus = Janus()
        stack.callback(janus.remove)
        folder = MapFolder()
        stack.callback(folder.remove)
        with open(janus.folder + '/logins', 'w') as file:
            file.write(cameras.logins())
        os.chmod(file.name, 0o600)
        httpd = start_shared(
            folder.config + SIZES + janus_config(
                cluster, janus, 'CCTVJanusColdTimeout 4s',
                'CCTVSessionTimeout 10min',
                f'CCTVCameraLoginsFile {janus.folder}/logins')
            + location(), modules=MODULES)
        stack.callback(httpd.stop)
        yield Site(httpd, cluster, cameras)


@pytest.fixture(scope='module')
def page(site, chromium):
    """The map page with a wall of cameras that fail."""
    windows = Windows(chromium)
    hash = ','.join(str(NUMBERS[name]) for name in ON_PAGE)
    yield MapPages(site.httpd, windows).open('#camera=' + hash)
    windows.close()


# --- the names of failures ---------------------------------------------------

@real
@pytest.mark.parametrize('name', [each.name for each in FAILING])
def test_name_of_a_failure(site, page, name):
    word = BY_NAME[name].word
    reply = site.replies[name]
    problem(reply, 503, OFFLINE)
    assert reply.json()['reason'] == word, reply.json()
    after = int(reply.headers['Retry-After'])
    assert after == (600 if word == 'login_refused' else
                     60 if BY_NAME[name].host == WRONG_LOGIN else 1)
    assert f'The next try is in {after} s.' in reply.json()['detail']
    assert [found for found, _ in site.log(name)] == [word]
    wait_for(lambda: site.in_database(name) == ('offline', word),
             'the database knows it', 20 * SLOWNESS)
    assert site.in_api(name) == ('offline', word)


@real
def test_failures_are_counted(site):
    told = collections.Counter(each.word for each in FAILING)
    assert site.failures == {word: told[word] for word in FAILURES}


@real
def test_what_the_administrator_is_told(site):
    for name, words in (('h265', 'It sends H265'),
                        ('moved', 'moved to another one (RTSP status 302)'),
                        ('basic-none', 'CCTVCameraLoginsFile has no login'),
                        ('busy', '(RTSP status 503)'),
                        ('session-not-found', 'Janus cannot connect to it')):
        assert words in site.log(name)[0][1]
    assert 'sends H.265, the table of cameras says H.264' in (
        site.replies['h265'].json()['detail'])


@real
def test_a_camera_that_says_why_costs_janus_nothing(site):
    """A redirect is not followed, and a login is tried once."""
    for name in ('moved', 'basic-wrong', 'digest-wrong', 'locks', 'locks-403',
                 'no-video', 'h265', 'not-found'):
        counts = site.counts[name]
        assert counts['describe'] <= 2 and counts.get('setup', 0) == 0, name
        assert counts['connections'] == 1 and not counts['locked'], name
        assert counts['wrong_logins'] == (BY_NAME[name].host == WRONG_LOGIN)


@real
def test_a_refused_login_is_not_tried_again(site, cameras):
    """Whoever asks, until the address changes."""
    number = NUMBERS['locks']
    replies = at_once(10, lambda _: site.viewer.post('view-start',
                                                     camera_id=number))
    assert {reply.json()['reason'] for reply in replies} == {'login_refused'}
    # Ten minutes from its first view on, which was some tests ago.
    assert all(480 <= int(reply.headers['Retry-After']) <= 600
               for reply in replies)
    assert cameras.counts('locks')['wrong_logins'] == 1
    assert cameras.counts('locks')['describe'] == 2
    site.cluster.query('UPDATE cameras SET stream_url = %s WHERE id = %s',
                       [cameras.url('digest-right'), number])
    assert site.viewer.post('view-start', camera_id=number).status == 201
    wait_for(lambda: site.in_database('locks') == ('online', None),
             'it is well again', 10 * SLOWNESS)
    wait_for(lambda: f'CCTV0111: camera {number} works again'
             in site.httpd.text(), 'the log', 5 * SLOWNESS)


@real
@pytest.mark.parametrize('name', [each.name for each in PLAYING])
def test_cameras_without_a_failure_play(site, name):
    assert site.replies[name].status == 201, site.replies[name].json()
    wait_for(lambda: site.in_database(name)[0] == 'online', 'it plays',
             20 * SLOWNESS)


@real
def test_texts_on_the_page(site, page):
    for name in ON_PAGE:
        word = BY_NAME[name].word
        if word in AT_ONCE:
            wait_for(lambda: page.run(
                'return document.querySelector(`.tile[data-id="${arguments[0]}'
                '"]`).dataset.failure;', NUMBERS[name]) == word, name, 10)
            comes_to(page, NUMBERS[name], 'offline')


# --- the cameras -------------------------------------------------------------

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


def test_the_list():
    names = [each.name for each in BEHAVIOURS]
    sentences = [each.sentence for each in BEHAVIOURS]
    assert len(set(names)) == len(names) >= 30
    assert len(set(sentences)) == len(sentences)
    assert {each.word for each in BEHAVIOURS} == {*WORDS, None}
    assert set(FAILURES) == {*WORDS, 'no_candidates'}
    assert all(re.fullmatch('[a-z0-9-]+', name) for name in names)


@pytest.mark.parametrize('way', ['udp', 'tcp'])
def test_media(client, way):
    """Whole frames in order, with the parameter sets before the keyframe."""
    player = client('plain')
    assert player.play(way) == 200
    packets = [player.packet() for _ in range(40)]
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
    found = set(kinds(player.payloads(1.5)))
    assert 5 in found and 1 in found and not {7, 8} & found


def test_b_frames(client):
    """Frames are sent in another order than they are shown in."""
    player = client('b-frames')
    player.play()
    times = [struct.unpack('!I', player.packet()[4:8])[0] for _ in range(60)]
    assert any((after - before) % 2 ** 32 > 2 ** 31
               for before, after in zip(times, times[1:]))


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


# --- failures that show after some time --------------------------------------

SILENT = 'sends-nothing', 'stops-for-good'


@real
@pytest.mark.parametrize('name', SILENT)
def test_a_camera_that_sends_nothing(site, name):
    assert site.replies[name].status == 201
    wait_for(lambda: site.in_database(name) == ('offline', 'stopped_sending'),
             'the database knows it', 30 * SLOWNESS)
    assert [found for found, _ in site.log(name)] == ['stopped_sending']
    reply = site.viewer.post('view-start', camera_id=NUMBERS[name])
    problem(reply, 503, OFFLINE)
    assert reply.json()['reason'] == 'stopped_sending'
    assert site.in_api(name) == ('offline', 'stopped_sending')
    assert site.metric()['stopped_sending'] >= 1 + SILENT.index(name)


@real
@pytest.mark.parametrize('name', PICTURES)
def test_a_camera_whose_picture_fails(site, page, name):
    """As the viewer's browser reports; nobody is refused."""
    word = BY_NAME[name].word
    wait_for(lambda: word in [found for found, _ in site.log(name)], 'the log',
             60)
    assert site.metric()[word] >= 1
    if name != 'rare-keyframes':
        wait_for(lambda: site.in_api(name) == ('online', word), 'the API', 10)
        wait_for(lambda: page.run(
            'return document.querySelector(`.tile[data-id="${arguments[0]}"]`)'
            '.dataset.failure;', NUMBERS[name]) == word, 'the page', 20)
    reply = site.viewer.post('view-start', camera_id=NUMBERS[name])
    assert reply.status == 201


@real
def test_texts_of_silent_cameras_on_the_page(site, page):
    """And of those that cannot be reached in several ways."""
    names = *SILENT, 'black-hole', 'silent', 'garbage'
    page.run('location.hash = arguments[0];', '#camera=' + ','.join(
        str(NUMBERS[name]) for name in names))
    for name in names:
        wait_for(lambda: page.run(
            'return document.querySelector(`.tile[data-id="${arguments[0]}"]`)'
            '?.dataset.failure;', NUMBERS[name]) == BY_NAME[name].word, name,
            20 * SLOWNESS)
        # A camera that has sent one packet meanwhile is tried once more.
        comes_to(page, NUMBERS[name], 'offline', seconds=30)
