"""WHEP, in the form in which the server sends the offer. The other form is in
test_video_offers.py."""

import re
import time
from email.utils import parsedate_to_datetime

import pytest

from env import SLOWNESS, wait_for
from janus_double import answer_to, close, hang
from metrics import scrape
from users import AUTH, BASIC, set_passwords, user
from video import (BUSY, JANUS_DOWN, OFFLINE, TURN, Watcher, credential,
                   until_gone)
from video import DOWN as VIDEO_DOWN
from video import problem
from views import set_cameras, virtual_host

SDP = {'Content-Type': 'application/sdp'}
POLICE, HEVC, MJPEG = 8, 9, 10
# A short CCTVSessionTimeout, in seconds.
BRIEF = 5
HOSTS = (
    virtual_host('plain') + virtual_host('roles',
                                         'CCTVRoles "%{HTTP:X-Roles}"')
    + virtual_host('users', '<Location "/">', *BASIC, '</Location>')
    + virtual_host('open', 'CCTVAllowOrigin https://maps.example.org')
    + virtual_host('brief', f'CCTVSessionTimeout {BRIEF}s')
    # As docs/api.md says, for players that do not resolve Location.
    + virtual_host('absolute', '<Location "/whep">',
                   'Header edit Location ^ /whep/', '</Location>'))


@pytest.fixture(scope='module', autouse=True)
def the_cameras(cluster):
    """The cameras of all tests here, also of tests with their own Apache."""
    set_cameras(cluster, *[{}] * 7, {'id': POLICE, 'role': 'police'},
                {'id': HEVC, 'codec': 'H.265'},
                {'id': MJPEG, 'codec': 'MJPEG'})


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, video, the_cameras):
    httpd = start_shared(
        video.server(
            cluster, 'StartServers 2\nServerLimit 2\nThreadsPerChild 8\n'
            f'MaxRequestWorkers 16\nCCTVTurnServer {TURN}\n'
            f'CCTVTurnSecretFile {video.turn_file}\n'
            'CCTVMaxViewersPerCamera 4\n') + HOSTS, modules=AUTH)
    set_passwords(httpd, 'ann', 'bob')
    return httpd


@pytest.fixture
def janus(video):
    return video.janus


class Player:
    """A WHEP player."""

    def __init__(self, httpd, host='plain', **headers):
        self.httpd = httpd
        self.headers = {'Host': host, **{
            key.replace('_', '-'): value for key, value in headers.items()}}
        self.resources = []

    def ask(self, method, path, body=None, **headers):
        return self.httpd.ask(method, path, {**self.headers, **{
            key.replace('_', '-'): value
            for key, value in headers.items()}}, body)

    def post(self, camera, body='', **headers):
        return self.ask('POST', f'/whep/{camera}', body,
                        **{'Content_Type': 'application/sdp', **headers})

    def offer(self, camera=1):
        """(the resource, the offer)"""
        reply = self.post(camera)
        assert reply.status == 406, reply.body
        # Below whatever prefix a proxy in front has.
        assert re.fullmatch(f'{camera}/[0-9a-f]+', reply.headers['Location'])
        where = reply.location()
        self.resources.append(where)
        return where, reply.body.decode()

    def patch(self, where, sdp, **headers):
        return self.ask('PATCH', where, sdp,
                        **{'Content_Type': 'application/sdp', **headers})

    def play(self, camera=1):
        where, offer = self.offer(camera)
        reply = self.patch(where, answer_to(offer))
        assert (reply.status, reply.body) == (204, b''), reply.body
        return where


@pytest.fixture
def player(httpd, janus):
    """player(host, …) → a Player whose views end with the test."""
    made = []

    def make(host='plain', **headers):
        made.append(Player(httpd, host, **headers))
        return made[-1]
    yield make
    for each in made:
        for where in each.resources:
            each.ask('DELETE', where)
    try:
        until_gone(janus)
    finally:
        janus.forget()


def test_from_start_to_end(httpd, player, janus):
    before = scrape(httpd)
    one = player()
    reply = one.post(1)
    assert reply.status == 406
    kind, _, until = reply.headers['Content-Type'].partition('; ')
    assert kind == 'application/sdp'
    (until,) = re.findall('valid-until="(.*)"', until)
    left = parsedate_to_datetime(until).timestamp() - time.time()
    # The view expires after CCTVSessionTimeout.
    assert 30 - 5 * SLOWNESS < left <= 30, until
    assert reply.headers['Cache-Control'] == 'no-store'
    (handle,) = janus.watchers(1)
    assert janus.handle_of(reply.body.decode()) is handle
    assert 'a=setup:active\r\n' in reply.body.decode()
    where = reply.location()
    assert re.fullmatch(r'/whep/1/[0-9a-f]{32,}', where)
    one.resources.append(where)
    answer = answer_to(reply.body.decode(),
                       'a=candidate:1 1 udp 1 198.51.100.7 53 typ host')
    reply = one.patch(where, answer)
    assert (reply.status, reply.body) == (204, b'')
    assert len(handle.answers) == 1 and '198.51' not in handle.answers[0]
    metrics = scrape(httpd)
    assert metrics.sum('webrtc_viewers_gauge', camera_id='1') == 1
    assert metrics.sum('webrtc_view_start_total', camera_id='1') == 1 + (
        before.sum('webrtc_view_start_total', camera_id='1') or 0)
    reply = one.ask('DELETE', where)
    assert reply.status == 200
    until_gone(janus)
    assert scrape(httpd).sum('webrtc_viewers_gauge', camera_id='1') == 0
    assert one.patch(where, answer).status == 404


def test_ice_servers_in_link(player):
    reply = player().post(1)
    links = reply.headers.get_all('Link')
    found = [re.fullmatch(r'<([^>]*)>; *rel="ice-server"(.*)', link)
             for link in links]
    (link,) = [each for each in found if each and each.group(1) == TURN]
    fields = dict(re.findall(r'; *([a-z-]+)="([^"]*)"', link.group(2)))
    assert fields['credential-type'] == 'password'
    assert fields['credential'] == credential(fields['username'])
    player().ask('DELETE', reply.location())


@pytest.mark.parametrize('camera', [
    '999', '0', '-1', 'x', '', '1x', '2147483648', '99999999999999999999',
    '1/', '1/x/y', '../1', '+1', '01'])
def test_paths_that_are_none(player, janus, camera):
    since = len(janus.calls)
    reply = player().post(camera)
    assert reply.status in (404, 405), reply.body
    assert not janus.of('message:watch', since)


def test_camera_out_of_reach(player):
    problem(player('roles', X_Roles='public').post(POLICE), 404)
    player('roles', X_Roles='police').play(POLICE)
    problem(player().post(HEVC), 422, 'urn:cctv:codec', 'H.265')


@pytest.mark.parametrize('kind', ['sdp', 'trickle-ice-sdpfrag'])
def test_role_withdrawn_is_noticed_by_any_patch(httpd, player, janus, kind):
    """A view with heartbeats ends at the next one. A player sends none, but
    some send candidates while they play."""
    one = player('roles', X_Roles='police')
    where = one.play(POLICE)
    before = scrape(httpd).sum('cctv_sessions_ended_total', reason='denied')
    reply = one.patch(where, 'a=x', X_Roles='public',
                      Content_Type='application/' + kind)
    problem(reply, 404)
    wait_for(lambda: not janus.watchers(POLICE), 'Janus has let it go',
             3 * SLOWNESS)
    assert scrape(httpd).sum('cctv_sessions_ended_total',
                             reason='denied') == before + 1


def test_resources_that_are_none(player):
    one = player()
    where, offer = one.offer()
    answer = answer_to(offer)
    other = where[:-1] + ('1' if where[-1] == '0' else '0')
    for path in (other, '/whep/1/x', '/whep/1/' + 'f' * 40,
                 where.replace('/whep/1/', '/whep/2/'), where + '/'):
        assert one.patch(path, answer).status == 404, path
        # As with view-end, the answer does not tell whether there was a view.
        assert one.ask('DELETE', path).status in (200, 404), path
    assert one.patch(where, answer).status == 204


def test_view_of_another_user(player, janus):
    ann = player('users', **user('ann'))
    where, offer = ann.offer()
    for other in player('users', **user('bob')), player():
        assert other.patch(where, answer_to(offer)).status == 404
        assert other.ask('DELETE', where).status == 200
    assert player('users').patch(where, answer_to(offer)).status == 401
    assert janus.watchers(1)[0].answers == []
    assert ann.patch(where, answer_to(offer)).status == 204


def test_second_answer(player, janus):
    one = player()
    where, offer = one.offer()
    assert one.patch(where, answer_to(offer)).status == 204
    problem(one.patch(where, answer_to(offer)), 409)
    assert len(janus.watchers(1)[0].answers) == 1


@pytest.mark.parametrize('sdp, status', [
    ('', 400), ('garbage', 400), ('{"sdp":"v=0"}', 400),
    ('v=0\r\n' + 'a=x\r\n' * 4000, 413),
    ('v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n', 400)])
def test_bad_answer(player, sdp, status):
    one = player()
    where, _ = one.offer()
    problem(one.patch(where, sdp), status)


def test_answer_that_rejects_the_video(player, janus):
    one = player()
    where, offer = one.offer()
    reply = one.patch(where, answer_to(offer).replace('m=video 9', 'm=video 0'))
    problem(reply, 422, 'urn:cctv:codec')
    assert one.patch(where, answer_to(offer)).status == 404
    wait_for(lambda: not janus.watchers(1), 'Janus has let it go',
             3 * SLOWNESS)


def test_type_of_an_answer(player):
    one = player()
    where, offer = one.offer()
    for kind in 'application/json', 'text/plain', '':
        reply = one.patch(where, answer_to(offer), Content_Type=kind)
        assert reply.status == 415, kind
    assert one.patch(where, answer_to(offer),
                     Content_Type='application/sdp; charset=utf-8'
                     ).status in (204, 415)


def test_location_with_a_path(player):
    reply = player('absolute').post(1)
    where = reply.headers['Location']
    assert reply.status == 406 and re.fullmatch('/whep/1/[0-9a-f]+', where)
    assert player('absolute').ask('DELETE', where).status == 200


def test_options_and_methods(player):
    one = player()
    reply = one.ask('OPTIONS', '/whep/1')
    assert reply.status in (200, 204)
    assert set(reply.headers['Allow'].split(', ')) >= {'POST', 'OPTIONS'}
    assert 'application/sdp' in reply.headers.get('Accept-Post', '')
    assert one.ask('OPTIONS', f'/whep/{HEVC}').status == 204
    assert one.ask('OPTIONS', f'/whep/{MJPEG}').status == 409
    for method in 'PUT', 'DELETE':
        reply = one.ask(method, '/whep/1')
        assert reply.status == 405, method
        assert 'POST' in reply.headers['Allow']
    where, _ = one.offer()
    reply = one.ask('OPTIONS', where)
    assert reply.status in (200, 204)
    assert set(reply.headers['Allow'].split(', ')) >= {
        'PATCH', 'DELETE', 'OPTIONS'}
    for method in 'PUT', 'POST':
        assert one.ask(method, where).status == 405, method


def test_get_and_head(player, janus):
    """The draft: no content, and the type tells that this is for WHEP."""
    one = player()
    since = len(janus.calls)
    for method in 'GET', 'HEAD':
        reply = one.ask(method, '/whep/1')
        assert (reply.status, reply.body) == (200, b'')
        assert reply.headers['Content-Type'] == 'application/sdp'
        assert one.ask(method, '/whep/999').status == 404
        # Players of any codec may come.
        assert one.ask(method, f'/whep/{HEVC}').status == 200
        assert one.ask(method, f'/whep/{MJPEG}').status == 409
        assert player('roles', X_Roles='public').ask(
            method, f'/whep/{POLICE}').status == 404
    assert not janus.of('message:watch', since)
    where, _ = one.offer()
    for method in 'GET', 'HEAD':
        reply = one.ask(method, where)
        assert (reply.status, reply.body) == (204, b'')
        assert one.ask(method, where + '0').status == 404


def test_cors(player):
    origin = 'https://maps.example.org'
    one = player('open', Origin=origin)
    for method, path in (('POST', '/whep/1'), ('PATCH', '/whep/1/0'),
                         ('DELETE', '/whep/1/0')):
        reply = one.ask('OPTIONS', path,
                        **{'Access_Control_Request_Method': method,
                           'Access_Control_Request_Headers': 'content-type'})
        assert reply.headers['Access-Control-Allow-Origin'] == origin
        assert method in reply.headers['Access-Control-Allow-Methods']
    reply = one.post(1)
    assert reply.status == 406
    one.resources.append(reply.location())
    assert reply.headers['Access-Control-Allow-Origin'] == origin
    exposed = reply.headers['Access-Control-Expose-Headers'].lower()
    for name in 'location', 'link', 'etag':
        assert name in exposed
    evil = player('open', Origin='https://evil.example')
    assert evil.post(1).status == 403
    assert evil.ask('DELETE', one.resources[0]).status == 403
    assert player(Origin=origin).post(1).status == 403


def test_caps_and_faults(httpd, player, janus):
    one = player()
    for _ in range(4):
        one.offer(2)
    problem(one.post(2), 503, BUSY)
    janus.camera(3).online = False
    problem(one.post(3), 503, OFFLINE)
    janus.camera(3).online = True
    httpd.expect(*JANUS_DOWN)
    janus.die()
    problem(one.post(1), 503, VIDEO_DOWN)
    janus.revive()
    wait_for(lambda: one.post(1).status == 406, 'it is back', 3 * SLOWNESS)
    janus.forget()


def test_forgotten(player, janus):
    one = player()
    where, offer = one.offer()
    janus.forget()
    problem(one.patch(where, answer_to(offer)), 410)


# --- without heartbeats -----------------------------------------------------

def test_view_lives_as_long_as_its_media(httpd, player, janus):
    """Without events it outlives its timeout, and ends once the media have
    gone."""
    with janus.silent():
        check_view_that_is_asked_about(httpd, player, janus)


def check_view_that_is_asked_about(httpd, player, janus):
    one = player('brief')
    one.play(4)
    (handle,) = janus.watchers(4)
    since = len(janus.calls)
    before = scrape(httpd)

    def more(name, **labels):
        return scrape(httpd).sum(name, **labels) - (
            before.sum(name, **labels) or 0)

    def asked():
        return [call for call in janus.of('admin:handle_info', since)
                if str(handle.id) in call.path]
    # A busy machine may ask late, but not never: it has ended then.
    wait_for(lambda: len(asked()) >= 3 and asked()[-1].at > asked()[0].at
             + 1.5 * BRIEF or not janus.watchers(4), 'it is looked after',
             10 * BRIEF * SLOWNESS)
    assert scrape(httpd).sum('webrtc_viewers_gauge', camera_id='4') == 1
    assert [call for call in janus.of('keepalive', since)
            if str(handle.session.id) in call.path]
    assert more('webrtc_view_seconds_total', camera_id='4') >= BRIEF
    janus.hang_up(handle)
    wait_for(lambda: scrape(httpd).sum('webrtc_viewers_gauge',
                                       camera_id='4') == 0,
             'it has ended', 20 * SLOWNESS)
    until_gone(janus, 4)
    assert more('cctv_sessions_ended_total', reason='media_gone') == 1


def test_offer_that_is_not_answered(player, janus):
    one = player('brief')
    where, offer = one.offer(5)
    wait_for(lambda: not janus.watchers(5), 'it has expired',
             BRIEF + 8 * SLOWNESS)
    assert one.patch(where, answer_to(offer)).status == 404


def test_answered_but_no_media_comes(player, janus):
    """The view of a peer that never connects ends."""
    one = player('brief')
    where, offer = one.offer(6)
    (handle,) = janus.watchers(6)
    assert one.patch(where, answer_to(offer)).status == 204
    handle.peer = False
    wait_for(lambda: not janus.watchers(6), 'it has ended', 60 * SLOWNESS)


def test_session_id_of_a_player_is_a_view(player, httpd):
    one = player()
    session = one.play(7).rpartition('/')[2]
    viewer = Watcher(httpd, 'plain')
    assert viewer.video(session) == 'live'
    viewer.end(session)
    assert viewer.beat(session) == 404


def test_admin_api_that_is_down_ends_no_other_view(cluster, start, video):
    """Players cannot be checked then, if events do not come either, but Janus
    itself still works."""
    httpd = start(video.server(
        cluster, 'StartServers 1\nServerLimit 1\nThreadsPerChild 8\n'
        f'MaxRequestWorkers 8\nCCTVSessionTimeout {BRIEF}s\n'))
    janus = video.janus
    janus.targets.remove(httpd)
    viewer = Watcher(httpd)
    httpd.expect('CCTV0049')
    session = viewer.play(1)
    wait_for(lambda: viewer.video(session) == 'live', 'it is asked about')
    players = [Player(httpd, 'localhost') for _ in range(5)]
    try:
        # First it hangs, then it refuses connections.
        with janus.fault(hang, 'admin:.*', times=3), janus.fault(
                close, 'admin:.*'):
            for each in players:
                each.play(2)
            end = time.monotonic() + 1.5 * BRIEF
            while time.monotonic() < end:
                assert viewer.video(session) == 'live'
                reply = viewer.post('view-start', camera_id=1)
                assert reply.status == 201, reply.body
                viewer.end(reply.json()['session_id'])
                time.sleep(0.2)
            # The players were never checked.
            wait_for(lambda: len(janus.viewers()) == 1, 'they have ended',
                     15 * SLOWNESS)
    finally:
        viewer.end(session)
    wait_for(lambda: not janus.viewers(), 'all have ended', 15 * SLOWNESS)
    janus.forget()
