"""Viewers that make the SDP offer: WHEP players, and pages that send it with
view-start. The other way is in test_video_whep.py and
test_video_signalling.py."""

import json
import re

import pytest

from env import SLOWNESS, wait_for
from janus_double import answer_to, replies, sdp_of, ufrag
from metrics import scrape
from users import AUTH
from video import (TURN, Watcher, credential, endpoints, offer_of, problem,
                   until_gone)
from video import DOWN as VIDEO_DOWN
from views import set_cameras, virtual_host

SDP = {'Content-Type': 'application/sdp', 'Host': 'plain'}
FRAG = {'Content-Type': 'application/trickle-ice-sdpfrag', 'Host': 'plain'}
CHROMIUM = 'chromium_video'
# The template of payload type 0; see mod_cctv/janus/player.h.
FIRST = 4294967296
HOSTS = (virtual_host('plain')
         + virtual_host('roles', 'CCTVRoles "%{HTTP:X-Roles}"')
         + virtual_host('open', 'CCTVAllowOrigin https://maps.example.org'))


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, video):
    set_cameras(cluster, *[{}] * 8, {'id': 9, 'role': 'police'})
    return start_shared(
        video.server(
            cluster, 'StartServers 2\nServerLimit 2\nThreadsPerChild 8\n'
            f'MaxRequestWorkers 16\nCCTVTurnServer {TURN}\n'
            f'CCTVTurnSecretFile {video.turn_file}\n', IdleTimeout='1s')
        + endpoints(['ice-servers']) + HOSTS, modules=AUTH)


@pytest.fixture
def janus(video, httpd):
    """The stand-in, first with no template and no mountpoint."""
    video.janus.forget()
    yield video.janus


@pytest.fixture
def newer(janus):
    """One that takes offers."""
    for version in 1104, 1102:
        janus.version = version
        since = len(janus.calls)
        # The keeper notices that its Janus session is lost.
        janus.forget()
        wait_for(lambda: janus.of('info', since), 'its version is read',
                 10 * SLOWNESS)
        if version == 1104:
            yield janus


def post(httpd, camera=1, sdp=None, **headers):
    return httpd.ask('POST', f'/whep/{camera}', {**SDP, **headers},
                     offer_of(CHROMIUM) if sdp is None else sdp)


def delete(httpd, janus, *replies):
    for reply in replies:
        assert httpd.ask('DELETE', reply.location(),
                         {'Host': 'plain'}).status == 200
    until_gone(janus)


def requests(janus, since):
    """The plugin requests of viewers, in their order."""
    return [(call.request['request'], call.request.get('id'))
            for call in list(janus.calls)[since:]
            if call.name.startswith('message:')
            and call.request['request'] not in ('info', 'list')]


def is_asked(janus, since, camera=7):
    """Whether Janus was called for this camera. The keeper calls it, too."""
    return any(call.request.get('id') == camera
               for call in list(janus.calls)[since:])


def lines(sdp, start):
    return [line for line in sdp.split('\r\n') if line.startswith(start)]


def chosen_of(answer):
    """The payload types of the video."""
    return [int(each) for each in
            lines(answer, 'm=video')[0].split('SAVPF ')[1].split()]


def test_crossed_offers(httpd, janus):
    """Player and Janus each get the offer of the other, as an answer."""
    before = scrape(httpd)
    since = len(janus.calls)
    reply = post(httpd)
    assert reply.status == 201, reply.body
    assert reply.headers['Content-Type'] == 'application/sdp'
    assert reply.headers['Cache-Control'] == 'no-store'
    assert reply.headers['Accept-Patch'] == FRAG['Content-Type']
    assert re.fullmatch('/whep/1/[0-9a-f]{40}', reply.location())
    assert len(reply.headers.get_all('Link')) == 1
    answer = reply.body.decode()
    pt = chosen_of(answer)[0]
    (handle,) = janus.watchers(1)
    assert requests(janus, since) == [
        ('create', 1), ('watch', FIRST + pt), ('create', FIRST + pt),
        ('watch', FIRST + pt), ('switch', 1), ('start', None)]
    # What the player gets: Janus's transport, and its own payload type.
    assert janus.handle_of(answer) is handle
    for line in ('a=sendonly', 'a=setup:active', 'a=end-of-candidates',
                 f'a=rtpmap:{pt} H264/90000'):
        assert line in answer.split('\r\n'), line
    assert '192.0.2.2 44208 typ host' in answer
    # What Janus gets: the player's transport, and no candidate.
    (got,) = handle.answers
    assert ufrag(got) == ufrag(offer_of(CHROMIUM))
    assert 'a=setup:passive' in got and 'candidate' not in got
    assert chosen_of(got)[0] == pt
    after = scrape(httpd)
    assert after.sum('webrtc_view_start_total', camera_id='1') == 1 + (
        before.sum('webrtc_view_start_total', camera_id='1') or 0)
    # It has its answer already.
    problem(httpd.ask('PATCH', reply.location(), SDP, got), 409)
    # The next viewer finds the template.
    since = len(janus.calls)
    again = post(httpd)
    assert requests(janus, since) == [
        ('watch', FIRST + pt), ('switch', 1), ('start', None)]
    delete(httpd, janus, reply, again)


@pytest.mark.parametrize('player', [
    'chromium_audio_video_data_max_bundle', 'reader_js', 'firefox',
    'gstreamer', 'pion_no_mid'])
def test_offers_of_players(httpd, janus, player):
    """Each section has its answer, in the player's order."""
    sdp = offer_of(player)
    reply = post(httpd, 2, sdp)
    assert reply.status == 201, reply.body
    answer = reply.body.decode()

    def kinds(text):
        return re.findall('^m=(\\w+)', text, re.M)
    assert kinds(answer) == kinds(sdp)
    assert re.findall('^a=mid:(.*?)\r', answer, re.M) == re.findall(
        '^a=mid:(.*?)\r', sdp, re.M)
    assert len(lines(answer, 'a=sendonly')) == 1
    delete(httpd, janus, reply)


def test_templates_are_never_destroyed(httpd, janus):
    """Janus would hang. The mountpoint of the camera goes, as always."""
    since = len(janus.calls)
    reply = post(httpd, 3)
    template = FIRST + chosen_of(reply.body.decode())[0]
    delete(httpd, janus, reply)
    wait_for(lambda: 3 not in janus.mountpoints, 'nobody watches it',
             15 * SLOWNESS)
    assert template in janus.mountpoints
    assert template not in [call.request.get('id')
                            for call in janus.of('message:destroy', since)]


@pytest.mark.parametrize('change', [
    ('H264/90000', 'VP8/90000'), ('a=recvonly', 'a=inactive'),
    ('m=video 9', 'm=video 0'), ('m=video', 'm=audio')])
def test_player_without_h264(httpd, janus, change):
    """Janus is not called, and nothing is left."""
    sdp = offer_of(CHROMIUM).replace(*change)
    since = len(janus.calls)
    before = scrape(httpd)
    problem(post(httpd, 7, sdp), 422, 'urn:cctv:codec', 'H.264')
    problem(Watcher(httpd, 'plain').post('view-start', camera_id=7, sdp=sdp),
            422, 'urn:cctv:codec', 'H.264')
    assert not is_asked(janus, since)
    after = scrape(httpd)
    for name in 'cctv_sessions', 'webrtc_view_start_total':
        assert (after.sum(name) or 0) == (before.sum(name) or 0), name


@pytest.mark.parametrize('change', [
    ('v=0', 'v=1'), ('sha-256', 'sha-1'), ('a=ice-pwd:', 'a=x:'),
    ('a=setup:actpass', 'a=setup:holdconn'), ('m=video', '\x01=video')])
def test_offers_with_a_mistake(httpd, janus, change):
    sdp = offer_of(CHROMIUM).replace(*change)
    since = len(janus.calls)
    problem(post(httpd, 7, sdp), 400, 'about:blank', 'The SDP'
            if change[0] != 'v=0' else 'no SDP')
    assert not is_asked(janus, since)
    problem(post(httpd, 7, 'v=0\r\n' + 'a=x\r\n' * 14000), 413)
    assert post(httpd, **{'Content-Type': 'application/json'}).status == 415


def test_janus_that_takes_offers(httpd, newer):
    """From 1.1.4 on. The version is read again after a restart of Janus."""
    janus = newer
    since = len(janus.calls)
    reply = post(httpd, 4)
    assert reply.status == 201, reply.body
    answer = reply.body.decode()
    (handle,) = janus.watchers(4)
    assert requests(janus, since) == [('create', 4), ('watch', 4)]
    assert janus.handle_of(answer) is handle
    # Without rtx: with it Janus would repeat nothing.
    assert len(chosen_of(handle.player)) == len(chosen_of(answer)) == 1
    assert 'a=setup:active\r\n' in answer
    assert 'a=setup:actpass\r\n' in handle.player
    assert 'candidate' not in handle.player
    watcher = Watcher(httpd, 'plain')
    said = watcher.post('view-start', camera_id=4, sdp=offer_of(CHROMIUM))
    assert said.status == 201 and len(janus.watchers(4)) == 2
    watcher.end(said.json()['session_id'])
    delete(httpd, janus, reply)


def test_sdp_of_janus_that_cannot_be_used(httpd, janus):
    httpd.expect('CCTV0120')
    event = json.dumps({'janus': 'event', 'plugindata': {'data': {}}, 'jsep': {
        'type': 'offer', 'sdp': sdp_of(1).replace('a=fingerprint', 'a=x')}})
    watcher = Watcher(httpd, 'plain')
    for start in (lambda: post(httpd), lambda: post(httpd, sdp=''),
                  lambda: watcher.post('view-start', camera_id=1)):
        with janus.fault(replies(event), 'poll'):
            problem(start(), 503, VIDEO_DOWN)
    # That says nothing about Janus itself.
    delete(httpd, janus, post(httpd))
    assert 'the SDP of Janus for camera' in httpd.text()


@pytest.mark.parametrize('reason, status', [
    ('Error processing SDP', 400),
    # Its mountpoint was destroyed meanwhile.
    ('Unexpected ANSWER (did we offer?)', 503)])
def test_answer_that_janus_refuses(httpd, janus, reason, status):
    httpd.expect(*(['CCTV0023'] if status == 503 else []))
    with janus.fault(replies(json.dumps({
            'janus': 'error', 'transaction': 'x',
            'error': {'code': 469, 'reason': reason}})), 'message:start'):
        reply = post(httpd)
    if status == 400:
        problem(reply, 400, 'about:blank', reason)
    else:
        problem(reply, 503, VIDEO_DOWN)
    until_gone(janus)


# --- trickle, OPTIONS -------------------------------------------------------

CANDIDATES = ('a=mid:0\r\n'
              'a=candidate:1 1 udp 1 198.51.100.7 53 typ host\r\n')
RESTART = ('a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n'
           + CANDIDATES)


def ice_of(sdp):
    """The lines that say who a player is for ICE; fragments have them, too."""
    return ''.join(line + '\r\n' for line in sdp.splitlines()
                   if line.startswith(('a=ice-ufrag', 'a=ice-pwd')))


def test_candidates_are_ignored(httpd, janus):
    reply = post(httpd)
    where = reply.location()
    since = len(janus.calls)
    for headers, status in (({}, 204), ({'If-Match': '*'}, 204),
                            ({'If-Match': '"other"'}, 412)):
        said = httpd.ask('PATCH', where, {**FRAG, **headers},
                         ice_of(offer_of(CHROMIUM)) + CANDIDATES)
        assert said.status == status, headers
        assert 'ETag' not in said.headers
    for body in '', 'garbage', '{"candidate": 1}':
        problem(httpd.ask('PATCH', where, FRAG, body), 400)
    problem(httpd.ask('PATCH', where, FRAG, CANDIDATES * 300), 413)
    problem(httpd.ask('PATCH', where + '0', FRAG, CANDIDATES), 404)
    assert not any('198.51' in str(call.body)
                   for call in list(janus.calls)[since:])
    delete(httpd, janus, reply)


def test_ice_cannot_be_restarted(httpd, janus):
    """Another user of ICE means a restart. The view goes on."""
    offered = post(httpd)
    asked = httpd.ask('POST', '/whep/1', SDP, '')
    answer = answer_to(asked.body.decode())
    # Before its answer the player's user is not known.
    where = asked.location()
    assert httpd.ask('PATCH', where, FRAG, RESTART).status == 204
    assert httpd.ask('PATCH', where, SDP, answer).status == 204
    for reply, sdp in (offered, offer_of(CHROMIUM)), (asked, answer):
        where = reply.location()
        for headers in FRAG, {**FRAG, 'If-Match': '*'}:
            assert httpd.ask('PATCH', where, headers,
                             ice_of(sdp) + CANDIDATES).status == 204
            problem(httpd.ask('PATCH', where, headers, RESTART), 422,
                    'about:blank', 'POST for a new one')
        assert httpd.ask('GET', where, {'Host': 'plain'}).status == 204
    delete(httpd, janus, offered, asked)


def test_another_user_of_the_offer_is_no_restart(httpd, janus):
    """Without BUNDLE each section has a user of its own."""
    sdp = offer_of('gstreamer')
    audio = ice_of(sdp).split('\r\n')[0]
    other = sdp[::-1].replace(audio[::-1], 'a=ice-ufrag:VideoUser'[::-1],
                              1)[::-1]
    assert audio in other and 'VideoUser' in other
    reply = post(httpd, sdp=other)
    assert reply.status == 201, reply.body
    for user in audio, 'a=ice-ufrag:VideoUser':
        assert httpd.ask('PATCH', reply.location(), FRAG,
                         user + '\r\n' + CANDIDATES).status == 204
    delete(httpd, janus, reply)


def test_ice_servers_before_the_offer(httpd, janus):
    """For players with OPTIONS, for pages as JSON."""
    links = httpd.ask('OPTIONS', '/whep/1', {'Host': 'plain'})
    assert links.status == 204
    (link,) = links.headers.get_all('Link')
    assert link.startswith(f'<{TURN}>; rel="ice-server"; username="')
    reply = httpd.ask('GET', '/ice-servers', {'Host': 'plain'})
    assert reply.headers['Cache-Control'] == 'no-store'
    (server,) = reply.json()['ice_servers']
    assert server['urls'] == [TURN]
    assert server['credential'] == credential(server['username'])
    # Who may see no camera, and a preflight, which has no login, get none.
    assert httpd.ask('GET', '/ice-servers', {
        'Host': 'roles'}).status == 404
    assert httpd.ask('OPTIONS', '/whep/9', {
        'Host': 'roles', 'X-Roles': 'public'}).status == 404
    assert httpd.ask('GET', '/ice-servers', {
        'Host': 'roles', 'X-Roles': 'public'}).status == 200
    preflight = httpd.ask('OPTIONS', '/whep/1/x', {
        'Host': 'open', 'Origin': 'https://maps.example.org',
        'Access-Control-Request-Method': 'PATCH'})
    assert preflight.headers.get('Link') is None
    assert 'If-Match' in preflight.headers['Access-Control-Allow-Headers']
    assert httpd.ask('OPTIONS', '/whep/1', {
        'Host': 'open', 'Access-Control-Request-Method': 'POST'
    }).headers.get('Link') is None


# --- view-start with the page's offer ---------------------------------------

def test_one_request(httpd, janus):
    watcher = Watcher(httpd, 'plain')
    reply = watcher.post('view-start', camera_id=6, sdp=offer_of(CHROMIUM))
    assert reply.status == 201
    said = reply.json()
    assert set(said) == {'session_id', 'camera_id', 'heartbeat_seconds',
                         'timeout_seconds', 'viewers', 'ice_servers', 'sdp'}
    assert 'a=sendonly\r\n' in said['sdp']
    (handle,) = janus.watchers(6)
    assert janus.handle_of(said['sdp']) is handle
    # The report of Janus may come before the view is there for it.
    wait_for(lambda: watcher.video(said['session_id']) == 'live', 'it plays')
    problem(watcher.answer(said), 409)
    watcher.end(said['session_id'])
    until_gone(janus)


@pytest.mark.parametrize('members', [
    {'sdp': 5}, {'sdp': None}, {'sdp': ['v=0']}, {'sdp': ''},
    {'sdp': 'v=0', 'signalling': 'janus'}])
def test_members_that_do_not_fit(httpd, janus, members):
    since = len(janus.calls)
    problem(Watcher(httpd, 'plain').post('view-start', camera_id=7, **members),
            400)
    assert not is_asked(janus, since)


def test_size_of_a_page_offer(httpd, janus):
    """It has room for 16 kB of SDP, where Janus is configured."""
    watcher = Watcher(httpd, 'plain')
    sdp = offer_of(CHROMIUM)
    sdp += 'a=x-padding:' + 'x' * 100 + '\r\n'
    while len(sdp) < 15000:
        sdp += 'a=x-padding:' + 'x' * 100 + '\r\n'
    reply = watcher.post('view-start', camera_id=6, sdp=sdp)
    assert reply.status == 201, reply.body
    watcher.end(reply.json()['session_id'])
    problem(watcher.post('view-start', camera_id=6, sdp=sdp * 2), 413)
