"""Which stream of a camera a viewer gets, by what it plays."""

import base64
import json
import re

import pytest

from api import ONE_CHILD
from env import SLOWNESS, wait_for
from janus_double import SECRET, answer_to
from lab import Janus, free_port, real
from odd_cameras import OddCameras
from video import (JANUS_DOWN, OFFLINE, Watcher, endpoints, janus_config,
                   offer_of, problem, status_of, until_gone)
from views import JSON, set_cameras

H264, H265, BOTH, VP8, MJPEG, OLD, PUSHED, HALF, FAR, TWIN = range(1, 11)
CODEC = 'urn:cctv:codec'
EVENTS = 'Basic ' + base64.b64encode(f'janus:{SECRET}'.encode()).decode()
# The mountpoint of the second stream of a camera: see
# mod_cctv/janus/mountpoint_id.h.
SECOND = 2 ** 33
# Those for players that make the offer: see mod_cctv/janus/player.h.
TEMPLATES = 2 ** 32, 2 ** 32 + 2 ** 11
FIRST_URL, SECOND_URL = 'rtsp://10.9.8.7/first', 'rtsp://10.9.8.7/second'
# What Chromium on Debian, and one with a decoder in hardware, say they play.
CHROMIUM = ['vp8', 'rtx', 'vp9', 'h264', 'av1', 'red', 'ulpfec', 'flexfec-03']
HARDWARE = [*CHROMIUM, 'H265']


def add_cameras(cluster):
    set_cameras(
        cluster, {'id': H264, 'stream_url': FIRST_URL},
        *[{'id': number, 'codec': 'H.265', 'stream_url': FIRST_URL}
          for number in (H265, BOTH)],
        {'id': VP8, 'codec': 'VP8', 'stream_url': FIRST_URL},
        {'id': MJPEG, 'codec': 'MJPEG', 'stream_url': FIRST_URL},
        {'id': OLD, 'codec': 'MJPEG', 'stream_url': FIRST_URL},
        {'id': PUSHED, 'codec': 'H.265', 'stream_url': 'rtp://127.0.0.1:5004'},
        {'id': HALF, 'codec': 'H.265', 'stream_url': FIRST_URL},
        {'id': FAR, 'stream_url': FIRST_URL},
        {'id': TWIN, 'codec': 'H.265', 'stream_url': FIRST_URL})
    cluster.query('UPDATE cameras SET sub_stream_url = %s WHERE id IN '
                  '(1, 3, 6, 7, 8, 10)', [SECOND_URL])


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, video):
    add_cameras(cluster)
    for number in (H265, BOTH, HALF, TWIN):
        video.janus.camera(number).codec = 'H265'
    video.janus.camera(VP8).codec = 'VP8'
    return start_shared(ONE_CHILD + video.server(
        cluster, 'CCTVJanusProxy on\n' + endpoints(['cameras'])
        + '<Location "/events">\nSetHandler cctv-janus-events\n</Location>\n',
        IdleTimeout='1s'))


@pytest.fixture
def janus(video):
    return video.janus


@pytest.fixture
def viewer(httpd, janus):
    viewer = Watcher(httpd)
    yield viewer
    viewer.end_all()
    until_gone(janus)


def calls_of_starts(janus, since):
    """The calls that only the start of a view makes. The keeper, too, makes
    Janus sessions for itself."""
    return [name for name in janus.names(since)
            if name in ('message:create', 'message:watch')]


def start(viewer, camera, codecs=None, **more):
    """The answer to a view-start of a viewer that plays these codecs."""
    if codecs is not None:
        more['codecs'] = codecs
    reply = viewer.post('view-start', camera_id=camera, **more)
    if reply.status == 201:
        viewer.sessions.append(reply.json()['session_id'])
    return reply


def properties(httpd, camera):
    return httpd.get(f'/cameras/{camera}').json()['properties']


# --- what the API says ------------------------------------------------------

@pytest.mark.parametrize('camera, playable, by', [
    (H264, True, None), (H265, False, ['h265']), (BOTH, True, ['h265', 'h264']),
    (VP8, True, ['vp8']), (MJPEG, False, None), (OLD, True, None),
    (PUSHED, True, ['h265', 'h264'])])
def test_by_which_codecs_a_camera_plays(httpd, camera, playable, by):
    found = properties(httpd, camera)
    assert (found['playable'], found.get('playable_by')) == (playable, by)
    listed = httpd.get('/cameras').json()['features'][camera - 1]
    assert listed['properties'] == found


def test_the_second_url_is_nowhere(httpd, viewer):
    for body in (httpd.get('/cameras').body,
                 start(viewer, BOTH).body, start(viewer, MJPEG, ['vp8']).body):
        assert b'10.9.8.7' not in body and b'/second' not in body
        assert b'sub_stream' not in body


# --- the stream -------------------------------------------------------------

@pytest.mark.parametrize('camera, codecs, second, codec', [
    (H264, None, False, 'H264'), (H264, CHROMIUM, False, 'H264'),
    (H265, HARDWARE, False, 'H265'), (BOTH, None, True, 'H264'),
    (BOTH, CHROMIUM, True, 'H264'), (BOTH, HARDWARE, False, 'H265'),
    (BOTH, ['h265'], False, 'H265'), (VP8, None, False, 'VP8'),
    (OLD, None, True, 'H264'), (OLD, HARDWARE, True, 'H264'),
    (PUSHED, HARDWARE, False, 'H265'), (PUSHED, CHROMIUM, True, 'H264')])
def test_a_viewer_gets_the_stream_that_it_plays(viewer, janus, camera, codecs,
                                                second, codec):
    said = start(viewer, camera, codecs).json()
    assert f'a=rtpmap:96 {codec}/90000' in said['sdp']
    (handle,) = janus.watchers(camera + SECOND * second)
    url = handle.mountpoint.body.get('url')
    assert url == (SECOND_URL if second else
                   None if camera == PUSHED else FIRST_URL)
    assert viewer.answer(said).status == 204
    assert viewer.video(said['session_id']) == 'live'


@pytest.mark.parametrize('camera, codecs, words', [
    (H264, ['vp8', 'vp9'], 'H.264'), (H264, [], 'H.264'),
    (H265, None, 'H.265'), (H265, CHROMIUM, 'H.265'),
    (BOTH, ['vp8'], 'H.264 or H.265'), (VP8, ['h264'], 'VP8'),
    (OLD, ['mpeg4', 'JPEG', ''], 'H.264')])
def test_a_viewer_that_plays_none_of_them(viewer, janus, camera, codecs,
                                          words):
    since = len(janus.calls)
    problem(start(viewer, camera, codecs), 422, CODEC,
            f'it has to play {words}.')
    assert not calls_of_starts(janus, since)


def test_a_camera_that_no_browser_plays(viewer):
    problem(start(viewer, MJPEG, HARDWARE), 409)


@pytest.mark.parametrize('codecs', ['h264', 5, True, {}, {'h264': 1}, [5],
                                    ['h264', None], [['h264']]])
def test_codecs_that_are_no_list_of_names(viewer, codecs):
    problem(start(viewer, H264, codecs), 400, 'about:blank', 'codecs')


def test_an_answer_without_the_codec(viewer, janus):
    said = start(viewer, BOTH, HARDWARE).json()
    problem(viewer.answer(said, answer_to(said['sdp']).replace(
        'H265/', 'H264/')), 422, CODEC, 'H.265')
    wait_for(lambda: not janus.watchers(BOTH), 'the view is over', 5 * SLOWNESS)


def test_whep(httpd, janus):
    """Without an offer a player gets what every browser plays."""
    problem(httpd.ask('POST', f'/whep/{H265}'), 422, CODEC, 'H.265')
    reply = httpd.ask('POST', f'/whep/{BOTH}')
    assert reply.status == 406
    assert b'H264/90000' in reply.body
    assert janus.watchers(BOTH + SECOND)
    assert httpd.ask('DELETE', reply.location()).status == 200
    until_gone(janus)


# --- viewers that make the offer --------------------------------------------

def offers(*codecs):
    """The offer of a Chromium that plays only these codecs."""
    sdp = offer_of('chromium_video')
    if 'H265' in codecs:
        sdp = sdp.replace('H264/90000', 'H265/90000', 1)
    return re.sub(r'(a=rtpmap:\d+ )(H26[45]|VP[89]|AV1)/90000',
                  lambda found: found[0] if found[2] in codecs
                  else found[1] + 'x/90000', sdp)


@pytest.fixture(params=[1102, 1104])
def either(request, janus):
    """A Janus that makes the offer, and one that takes it."""
    def become(version):
        if janus.version == version:
            return
        janus.version = version
        since = len(janus.calls)
        janus.forget()
        wait_for(lambda: janus.of('info', since), 'its version is read',
                 10 * SLOWNESS)
    become(request.param)
    yield janus
    become(1102)


def lines_of(sdp, name):
    return re.findall(f'^a={name}:(.*?)\r$', sdp, re.M)


@pytest.mark.parametrize('camera, codecs, second, codec', [
    (H264, ['VP8', 'H264'], False, 'H264'),
    (BOTH, ['H264', 'H265', 'VP8'], False, 'H265'),
    (BOTH, ['H264', 'VP8'], True, 'H264'), (H265, ['H265'], False, 'H265'),
    (VP8, ['VP8', 'H264'], False, 'VP8'), (PUSHED, ['H265'], False, 'H265')])
def test_the_offer_names_the_codecs(httpd, viewer, either, camera, codecs,
                                    second, codec):
    """With WHEP, and with view-start, where it outdoes "codecs"."""
    sdp = offers(*codecs)
    reply = httpd.ask('POST', f'/whep/{camera}',
                      {'Content-Type': 'application/sdp'}, sdp)
    assert reply.status == 201, reply.body
    said = start(viewer, camera, ['av1'], sdp=sdp).json()
    for answer in reply.body.decode(), said['sdp']:
        assert f'{codec}/90000' in answer
        # Its payload type is the player's.
        assert lines_of(answer, 'rtpmap')[0] in lines_of(sdp, 'rtpmap')
    watchers = either.watchers(camera + SECOND * second)
    assert len(watchers) == 2
    for handle in watchers:
        assert f'{codec}/90000' in handle.answers[0]
    assert httpd.ask('DELETE', reply.location()).status == 200


@pytest.mark.parametrize('camera, codecs, words', [
    (H264, ['VP8', 'H265'], 'H.264'), (H265, ['H264'], 'H.265'),
    (BOTH, ['VP9', 'AV1'], 'H.264 or H.265'), (VP8, [], 'VP8')])
def test_an_offer_without_the_codecs(httpd, viewer, janus, camera, codecs,
                                     words):
    sdp = offers(*codecs)
    since = len(janus.calls)
    problem(httpd.ask('POST', f'/whep/{camera}',
                      {'Content-Type': 'application/sdp'}, sdp),
            422, CODEC, f'it has to play {words}.')
    problem(start(viewer, camera, CHROMIUM, sdp=sdp), 422, CODEC, words)
    assert not calls_of_starts(janus, since)


# --- two mountpoints of a camera --------------------------------------------

def test_each_stream_is_released_for_itself(viewer, janus):
    first = start(viewer, BOTH, HARDWARE).json()
    second = start(viewer, BOTH, CHROMIUM).json()
    assert viewer.answer(first).status == viewer.answer(second).status == 204
    viewer.end(second['session_id'])
    wait_for(lambda: BOTH + SECOND not in janus.mountpoints,
             'the second stream is released', 10 * SLOWNESS)
    assert janus.watchers(BOTH)
    assert viewer.video(first['session_id']) == 'live'


def test_each_stream_fails_for_itself(viewer, janus, cluster):
    """The second stream says nothing about the status of the camera."""
    janus.camera(HALF + SECOND).online = janus.camera(FAR).online = False
    problem(start(viewer, HALF), 503, OFFLINE)
    problem(start(viewer, FAR), 503, OFFLINE)
    assert start(viewer, HALF, HARDWARE).status == 201
    wait_for(lambda: status_of(cluster, FAR) == 'offline', 'it is told',
             5 * SLOWNESS)
    assert status_of(cluster, HALF) == 'online'


def test_first_stream_fails_while_the_second_plays(viewer, janus, cluster):
    """The camera is online until the second one does not play any more."""
    cluster.query("UPDATE cameras SET status = 'unknown' WHERE id = %s",
                  [TWIN])
    second = start(viewer, TWIN).json()
    assert viewer.answer(second).status == 204
    wait_for(lambda: status_of(cluster, TWIN) == 'online', 'it plays',
             10 * SLOWNESS)
    janus.camera(TWIN).online = False
    problem(start(viewer, TWIN, HARDWARE), 503, OFFLINE)
    # Failures are told one after the other; this one comes later.
    janus.camera(H264).online = False
    problem(start(viewer, H264), 503, OFFLINE)
    wait_for(lambda: status_of(cluster, H264) == 'offline', 'it is told',
             5 * SLOWNESS)
    assert status_of(cluster, TWIN) == 'online'
    viewer.end(second['session_id'])
    wait_for(lambda: status_of(cluster, TWIN) == 'offline', 'it is told',
             10 * SLOWNESS)
    janus.camera(H264).online = True
    wait_for(lambda: start(viewer, H264).status == 201, 'it plays again', 10)


@pytest.mark.parametrize('sent, detail', [
    ('H265', 'The camera sends H.265, the table of cameras says H.264.'),
    ('JPEG', 'another codec than the table of cameras says')])
def test_only_janus_knows_the_codec(httpd, viewer, janus, cluster, sent,
                                    detail):
    """The module cannot ask the camera, and Janus connects to it."""
    number = H264

    def is_released():
        wait_for(lambda: number not in janus.mountpoints, 'it is released',
                 10 * SLOWNESS)
    is_released()
    janus.camera(number).codec = sent
    since = httpd.text().count(f'camera {number}: other_codec')
    replies = [start(viewer, number),
               httpd.ask('POST', f'/whep/{number}',
                         {'Content-Type': 'application/sdp'},
                         offer_of('chromium_video'))]
    for reply in replies:
        problem(reply, 503, OFFLINE, detail)
        assert reply.json()['reason'] == 'other_codec'
    wait_for(lambda: status_of(cluster, number) == 'offline', 'it is told',
             5 * SLOWNESS)
    # It sends packets, and nobody watches it.
    is_released()
    assert status_of(cluster, number) == 'offline'
    assert httpd.text().count(f'camera {number}: other_codec') == since + 1
    janus.camera(number).codec = 'H264'
    wait_for(lambda: start(viewer, number).status == 201, 'it plays again',
             30 * SLOWNESS)


def test_viewers_with_janus_js(httpd, viewer, janus):
    """They are told the mountpoint, and may watch no other camera's."""
    said = start(viewer, BOTH, signalling='janus').json()['janus']
    assert said['mountpoint'] == BOTH + SECOND
    assert said['pin'] == janus.mountpoints[BOTH + SECOND].pin
    said = start(viewer, BOTH, HARDWARE, signalling='janus').json()['janus']
    assert said['mountpoint'] == BOTH

    def tell(session, *events):
        assert httpd.ask('POST', '/events', {
            **JSON, 'Authorization': EVENTS}, json.dumps([
                {'session_id': session, **event} for event in events]
            )).status == 204

    def watches(mountpoint):
        return {'type': 64, 'event': {'plugin': 'janus.plugin.streaming',
                                      'data': {'status': 'starting',
                                               'id': mountpoint}}}
    attached = {'type': 2, 'event': {'name': 'attached',
                                     'token': said['token']}}
    tell(5, attached, watches(BOTH), watches(BOTH + SECOND))
    assert 'CCTV0071' not in httpd.text()
    httpd.expect('CCTV0071')
    tell(5, watches(H264 + SECOND))
    assert 'CCTV0071' in httpd.text()


# --- an older table ---------------------------------------------------------

def test_a_table_without_the_columns(httpd, viewer, cluster):
    """The module works while the table is one of an older version, also if
    the table is changed while the module runs."""
    cluster.query('DROP SCHEMA cctv_journal CASCADE; '
                  'DROP TRIGGER cameras_keep_times ON cameras; '
                  'ALTER TABLE cameras DROP COLUMN sub_stream_is_rtp, '
                  'DROP COLUMN stream_is_rtp, DROP COLUMN sub_stream_url; '
                  'DROP FUNCTION cctv_sub_stream_url(integer); '
                  'CREATE OR REPLACE FUNCTION cctv_stream_url(camera integer) '
                  'RETURNS text LANGUAGE sql STABLE STRICT SECURITY DEFINER '
                  'SET search_path = pg_catalog, pg_temp AS '
                  "'SELECT c.stream_url FROM public.cameras c "
                  "WHERE c.id = camera AND c.playable'")
    try:
        assert properties(httpd, H264)['playable'] is True
        for camera in (H265, BOTH):
            assert properties(httpd, camera)['playable'] is False
            assert 'playable_by' not in properties(httpd, camera)
            problem(start(viewer, camera, HARDWARE), 409)
        assert httpd.get('/cameras').ids() == [*range(H264, TWIN + 1)]
        assert start(viewer, H264).status == 201
    finally:
        cluster.load_schema(cluster.env['PGDATABASE'])
        add_cameras(cluster)
    assert properties(httpd, BOTH)['playable_by'] == ['h265', 'h264']
    assert start(viewer, BOTH, HARDWARE).status == 201


# --- a real Janus -----------------------------------------------------------

@real
def test_what_a_real_janus_offers(cluster, start_shared):
    """Debian's Chromium plays no H.265, so this is about the SDP only."""
    odd, janus = OddCameras(), Janus()
    pushed = {1: ('H.265', 'H265'), 2: ('AV1', 'AV1'), 3: ('VP9', 'VP9'),
              4: ('VP8', 'VP8')}
    try:
        set_cameras(cluster, *[
            {'id': number, 'codec': label,
             'stream_url': f'rtp://127.0.0.1:{free_port()}'}
            for number, (label, _) in pushed.items()],
            {'id': 5, 'codec': 'H.265', 'stream_url': odd.url('h265')},
            {'id': 6, 'codec': 'VP8', 'stream_url': odd.url('vp8')})
        cluster.query('UPDATE cameras SET sub_stream_url = %s WHERE id = 5',
                      [odd.url('plain')])
        httpd = start_shared(ONE_CHILD + janus_config(cluster, janus))
        # It outlives this Janus.
        httpd.expect(*JANUS_DOWN)
        viewer = Watcher(httpd)
        for number, (_, name) in {**pushed, 5: ('', 'H265'),
                                  6: ('', 'VP8')}.items():
            said = start(viewer, number, [name]).json()
            formats = re.findall('a=rtpmap:96 (.*)/90000', said['sdp'])
            assert [each.upper() for each in formats] == [name], said
            assert 'a=fmtp:96 ' in said['sdp']
            assert viewer.answer(said).status == 204
            # The player makes the offer: crossed offers.
            said = start(viewer, number, sdp=offers(name)).json()
            assert f'{name}/90000' in said['sdp'], said
            assert viewer.video(said['session_id']) == 'connecting'
        said = start(viewer, 5, CHROMIUM).json()
        assert 'H264/90000' in said['sdp']
        assert 'profile-level-id=42e01f;packetization-mode=1' in said['sdp']
        assert viewer.answer(said).status == 204
        assert {number for number in janus.mountpoints()
                if not TEMPLATES[0] <= number < TEMPLATES[1]} == {
                    *range(1, 7), 5 + SECOND}
        viewer.end_all()
    finally:
        janus.remove()
        odd.remove()
