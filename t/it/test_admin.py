"""The admin's view: who watches what, and how an operator ends views. Janus is
a stand-in."""

import json
import signal
import threading

import pytest

from api import ONE_CHILD, dbd, location
from env import REPO, SLOWNESS, wait_for
from janus_double import slow
from metrics import scrape
from state import STATE
from users import AUTH, BASIC, set_passwords, user
from video import OFFLINE, Watcher, problem, until_gone
from views import ENDPOINTS, Viewer, set_cameras

CAMERA, OTHER, FAILS = 1, 2, 3
API = '/cctv-admin/api'
PARTNER = 'https://partner.example'
DENIED, DRAINING = 'urn:cctv:denied', 'urn:cctv:draining'
MODULES = [*AUTH, 'alias', 'authz_host', 'dir', 'mime', 'remoteip']
LOGIN = '\n'.join(BASIC[:-1])


class Admin:
    """An operator, and what the admin's view tells it."""

    def __init__(self, httpd, name='admin'):
        self.httpd = httpd
        self.headers = {'Content-Type': 'application/json', **user(name)}

    def ask(self, path=''):
        reply = self.httpd.get(API + path, self.headers)
        assert reply.status == 200, (path, reply.body)
        assert reply.headers['Cache-Control'] == 'no-store'
        return reply.json()

    def post(self, path, **members):
        return self.httpd.ask('POST', f'{API}/{path}', self.headers,
                              json.dumps(members))

    def does(self, path, **members):
        reply = self.post(path, **members)
        assert reply.status == 200, reply.body
        return reply.json()

    def allow_all(self):
        self.does('undrain')
        for each in self.ask()['denials']:
            key = {'camera': 'camera', 'user': 'user_id', 'view': 'view'}[
                each['of']]
            assert self.does('allow', **{key: each[key]})['removed'] == 1
        assert self.ask()['denials'] == []


@pytest.fixture(scope='module')
def httpd(cluster, video, start_shared):
    set_cameras(cluster, {'id': CAMERA}, {'id': OTHER}, {'id': FAILS})
    httpd = start_shared(
        video.server(cluster, ONE_CHILD)
        + f'TypesConfig /dev/null\nDefine CCTV_MAP "{REPO}/htdocs"\n'
        'RemoteIPHeader X-Client\nCCTVEventLog events.log\n'
        f'CCTVAllowOrigin {PARTNER}\n'
        'Define CCTV_ADMIN "user admin"\n'
        f'<LocationMatch "^/(?!janus-events|metrics)">\n{LOGIN}\n<RequireAny>\nRequire valid-user\n'
        'Require expr "-z req(\'Authorization\')"\n</RequireAny>\n</LocationMatch>\n'
        f'Include "{REPO}/conf/cctv-site.conf"\n' + location(),
        modules=MODULES)
    set_passwords(httpd, 'admin', 'alice', 'bob')
    return httpd


@pytest.fixture
def admin(httpd):
    admin = Admin(httpd)
    yield admin
    admin.allow_all()


@pytest.fixture
def viewers(httpd, video):
    """viewers(name, address) → a client that watches."""
    made = []

    def make(name=None, address='192.0.2.1'):
        made.append(Watcher(httpd, X_Client=address,
                            **(user(name) if name else {})))
        return made[-1]
    yield make
    for each in made:
        each.end_all()
    until_gone(video.janus, 5 * SLOWNESS)


def ended(httpd, reason='kicked'):
    return scrape(httpd).sum('cctv_sessions_ended_total', reason=reason)


def events(httpd):
    with open(httpd.folder + '/events.log') as file:
        return [json.loads(line) for line in file if line.endswith('\n')]


def is_denied(reply, *words):
    problem(reply, 403, DENIED, *words)
    assert 0 < int(reply.headers['Retry-After']) <= 600
    return reply.json()


def test_who_watches_what(httpd, admin, viewers):
    alice, nobody = viewers('alice'), viewers()
    sessions = [alice.play(CAMERA), alice.play(OTHER), nobody.play(CAMERA)]
    said = admin.ask('/views')
    assert (said['total'], said['next']) == (3, None)
    by = {(each['camera'], each['user']): each for each in said['views']}
    assert set(by) == {(CAMERA, 'alice'), (OTHER, 'alice'), (CAMERA, None)}
    found = by[CAMERA, 'alice']
    assert found['transport'] == 'server' and found['country'] == 'unknown'
    assert found['codec'] == 'H.264' and found['stream'] == 1
    assert found['since'].endswith('Z') and 0 <= found['seconds'] < 60
    assert found['video'] in ('live', 'connecting')
    # The view id is a secret that nobody else may know.
    text = httpd.get(API + '/views', admin.headers).body.decode()
    assert not any(session in text or session[8:24] in text
                   for session in sessions)
    assert len({each['view'] for each in said['views']}) == 3
    assert admin.ask('/views?user=alice')['total'] == 2
    assert admin.ask(f'/views?camera={OTHER}')['total'] == 1
    assert admin.ask('/cameras') == {
        'total': 2, 'next': None,
        'cameras': [{'camera': CAMERA, 'views': 2},
                    {'camera': OTHER, 'views': 1}]}
    users = admin.ask('/users')['users']
    assert [(each['user'], each['views']) for each in users] == [
        ('alice', 2), (None, 1)]
    assert users[0]['user_id'] == found['user_id'] and found['user_id']


def test_pages_have_every_view_once(admin, viewers):
    alice = viewers('alice')
    for _ in range(5):
        alice.play(CAMERA)
    seen, after = [], 0
    while after is not None:
        said = admin.ask(f'/views?limit=2&after={after}')
        assert said['total'] == 5 and len(said['views']) <= 2
        seen += [each['view'] for each in said['views']]
        after = said['next']
    assert len(seen) == len(set(seen)) == 5
    for wrong in ('limit=0', 'limit=1001', 'limit=x', 'camera=0', 'after=-1',
                  'other=1', 'camera=99999999999'):
        reply = admin.httpd.get(f'{API}/views?{wrong}', admin.headers)
        assert reply.status == 400, wrong


def test_a_kicked_view_is_told_why_and_stays_away(httpd, admin, viewers,
                                                  video):
    alice, bob = viewers('alice'), viewers('bob')
    session, stays = alice.play(CAMERA), bob.play(CAMERA)
    before = ended(httpd)
    view = admin.ask('/views?user=alice')['views'][0]['view']
    assert admin.does('kick', view=view, reason='Please call 123.',
                      seconds=60)['ended'] == 1
    # Its Janus session is destroyed at once.
    wait_for(lambda: len(video.janus.live_sessions()) == 1
             or len(video.janus.watchers(CAMERA)) == 1,
             'its Janus session is gone', 10 * SLOWNESS)
    said = is_denied(alice.post('heartbeat', session_id=session))
    assert said['note'] == 'Please call 123.'
    calls = len(video.janus.names())
    said = is_denied(alice.post('view-start', camera_id=CAMERA))
    assert said['note'] == 'Please call 123.'
    assert 'create' not in video.janus.names(calls)
    # Only this viewer and this camera are concerned.
    assert alice.play(OTHER)
    assert bob.beat(stays) == 200
    assert ended(httpd) == before + 1
    denial, = admin.ask()['denials']
    assert (denial['of'], denial['user'], denial['camera'], denial['by']) == (
        'view', 'alice', CAMERA, 'admin')
    assert admin.does('allow', view=view) == {'removed': 1}
    assert alice.play(CAMERA)
    assert alice.beat(session) == 404
    assert 'CCTV0202: admin\'s view: kick of view ' + view in httpd.text()
    for said in ({'event': 'action', 'user': 'admin', 'action': 'kick',
                  'target': 'view ' + view, 'reason': 'Please call 123.'},
                 {'event': 'end', 'view': view, 'reason': 'kicked'},
                 {'event': 'refused', 'camera': CAMERA, 'reason': 'denied'}):
        wait_for(lambda: any(said.items() <= line.items()
                             for line in events(httpd)), said, 10 * SLOWNESS)


def test_a_viewer_without_a_login_is_known_by_its_address(admin, viewers):
    one, two = viewers(), viewers(address='192.0.2.2')
    one.play(CAMERA)
    view = admin.ask('/views')['views'][0]['view']
    admin.does('kick', view=view, seconds=60)
    is_denied(one.post('view-start', camera_id=CAMERA))
    assert two.play(CAMERA)


def test_a_kicked_user_and_camera(httpd, admin, viewers):
    alice, bob = viewers('alice'), viewers('bob')
    sessions = [alice.play(CAMERA), alice.play(OTHER)]
    session = bob.play(OTHER)
    assert admin.does('kick', user='alice', seconds=60)['ended'] == 2
    for each in sessions:
        is_denied(alice.post('heartbeat', session_id=each), 'your views')
    for camera in (CAMERA, OTHER):
        is_denied(alice.post('view-start', camera_id=camera))
    assert bob.beat(session) == 200
    assert admin.does('kick', camera=OTHER, reason='für 5 min',
                      seconds=60)['ended'] == 1
    said = is_denied(bob.post('heartbeat', session_id=session), 'this camera')
    assert said['note'] == 'für 5 min'
    is_denied(bob.post('view-start', camera_id=OTHER))
    assert bob.play(CAMERA)
    assert scrape(httpd).sum('cctv_sessions_refused_total',
                             reason='denied') >= 3


def test_a_denied_camera_has_no_still_picture(cluster, httpd, admin, viewers):
    """A drain is about new views only."""
    cluster.query("UPDATE cameras SET still_url = 'http://127.0.0.1/x'")
    alice, bob = viewers('alice'), viewers('bob')

    def still(who, camera):
        return httpd.get(f'/api/cameras/{camera}/still', who.headers)
    admin.does('kick', user='alice', seconds=60)
    is_denied(still(alice, CAMERA), 'your views')
    admin.does('kick', camera=OTHER, reason='Rescue.', seconds=60)
    assert is_denied(still(bob, OTHER), 'this camera')['note'] == 'Rescue.'
    admin.does('drain')
    # The address of its picture is not allowed.
    reply = still(bob, CAMERA)
    assert reply.status == 503 and reply.json()['type'] != DRAINING


def test_a_whep_player_is_told(httpd, admin, viewers):
    alice = viewers('alice')
    headers = {**alice.headers, 'Content-Type': 'application/sdp'}
    reply = httpd.ask('POST', f'/whep/{CAMERA}', headers, '')
    assert reply.status == 406
    place = '/whep/' + reply.headers['Location'].split('whep/')[-1]
    if reply.headers['Location'].count('/') == 1:
        place = '/whep/' + reply.headers['Location']
    assert admin.does('kick', user='alice', seconds=60)['ended'] == 1
    is_denied(httpd.get(place, headers))
    is_denied(httpd.ask('PATCH', place, headers, 'v=0\r\n'))
    is_denied(httpd.ask('POST', f'/whep/{CAMERA}', headers, ''))


def test_a_denial_ends_by_itself(admin, viewers):
    alice = viewers('alice')
    alice.play(CAMERA)
    admin.does('kick', user='alice', seconds=1)
    wait_for(lambda: alice.post('view-start',
                                camera_id=CAMERA).status == 201,
             'the time is over', 5 * SLOWNESS)
    for view in admin.ask('/views')['views']:
        admin.does('kick', view=view['view'], seconds=1)


def test_drain(httpd, admin, viewers):
    alice, bob = viewers('alice'), viewers('bob')
    session = alice.play(CAMERA)
    admin.does('drain', reason='Maintenance at 10.')
    assert admin.ask()['draining']['by'] == 'admin'
    reply = bob.post('view-start', camera_id=CAMERA)
    problem(reply, 503, DRAINING)
    assert reply.json()['note'] == 'Maintenance at 10.'
    assert int(reply.headers['Retry-After']) > 0
    assert alice.beat(session) == 200
    assert admin.does('undrain') == {'removed': 1}
    assert admin.ask()['draining'] is None
    assert bob.play(CAMERA)


def test_a_view_that_starts_during_a_kick_does_not_escape(admin, viewers,
                                                          video):
    alice = viewers('alice')
    replies = []
    with video.janus.fault(slow(30), 'message:watch'):
        thread = threading.Thread(target=lambda: replies.append(
            alice.post('view-start', camera_id=CAMERA)))
        thread.start()
        wait_for(lambda: 'message:watch' in [
            call.name for call in video.janus.open_calls()],
            'the start waits for Janus', 10)
        assert admin.does('kick', user='alice', seconds=60)['ended'] == 0
    thread.join()
    is_denied(replies[0])
    assert admin.ask('/views')['total'] == 0
    until_gone(video.janus, 5 * SLOWNESS)


def test_denials_survive_a_restart_and_a_drain_does_not(cluster, start,
                                                        httpd):
    # The cameras are those of `httpd`.
    del httpd
    httpd = start(dbd(cluster) + STATE + ENDPOINTS + ONE_CHILD
                  + f'<Location "{API}">\nSetHandler cctv-admin\n'
                  'Require all granted\n</Location>\n')
    admin, viewer = Admin(httpd), Viewer(httpd)
    admin.does('kick', camera=CAMERA, reason='Repair.', seconds=600)
    admin.does('kick', camera=OTHER, seconds=600)
    admin.does('allow', camera=OTHER)
    admin.does('drain')
    before = admin.ask()['denials']
    httpd.reload(signal.SIGUSR1)
    assert admin.ask()['draining']
    httpd.stop()
    httpd.start()
    said = admin.ask()
    assert said['draining'] is None
    found, = said['denials']
    assert {**found, 'seconds_left': 0, 'until': 0, 'since': 0} == {
        **before[0], 'seconds_left': 0, 'until': 0, 'since': 0}
    assert 500 < found['seconds_left'] <= before[0]['seconds_left']
    reply = viewer.post('view-start', camera_id=CAMERA)
    assert is_denied(reply)['note'] == 'Repair.'
    viewer.start(OTHER)


def test_a_failure_has_the_same_words_everywhere(httpd, admin, viewers,
                                                 video):
    """In the answer to the viewer, in the admin's view, in the log and in
    docs/operations.md."""
    video.janus.camera(FAILS).online = False
    reply = viewers('alice').post('view-start', camera_id=FAILS)
    problem(reply, 503, OFFLINE)
    failure, = admin.ask()['failures']
    name, detail = failure['reason'], failure['detail']
    assert (failure['camera'], failure['stream']) == (FAILS, 1)
    assert failure['is_refused'] and failure['next_try_seconds'] > 0
    assert reply.json()['reason'] == name
    assert reply.json()['detail'].startswith(detail)
    assert f'CCTV0110: camera {FAILS}: {name}: {detail}' in httpd.text()
    with open(f'{REPO}/docs/operations.md') as file:
        assert f'| `{name}` |' in file.read()
    with open(f'{REPO}/mod_cctv/video/failure_words.h') as file:
        assert f'"{name}"' in file.read()
    httpd.expect('CCTV0110')


@pytest.mark.parametrize('path, body', [
    ('kick', {}), ('kick', {'user': 'a', 'camera': 1}),
    ('kick', {'camera': 0}), ('kick', {'camera': '1'}), ('kick', {'user': ''}),
    ('kick', {'user': 'a\nb'}), ('kick', {'view': 'x'}),
    ('kick', {'camera': 1, 'seconds': 0}),
    ('kick', {'camera': 1, 'seconds': 2592001}),
    ('kick', {'camera': 1, 'reason': 'x' * 160}),
    ('kick', {'camera': 1, 'reason': 'a\u0007b'}), ('drain', {'reason': 5}),
    ('allow', {})])
def test_what_makes_no_sense_is_refused(admin, path, body):
    problem(admin.post(path, **body), 400)
    assert admin.ask()['denials'] == []


def test_a_view_that_is_not_there(admin):
    problem(admin.post('kick', view='0123456789abcdef01234567'), 404)


# CCTVAllowOrigin lists the second one.
@pytest.mark.parametrize('origin', ['https://evil.example', PARTNER])
@pytest.mark.parametrize('site', [{'Sec-Fetch-Site': 'cross-site'}, {}])
def test_a_page_of_another_site_can_do_and_read_nothing(httpd, admin, origin,
                                                        site):
    headers = {**admin.headers, 'Content-Type': 'text/plain',
               'Origin': origin, **site}
    for path in ('kick', 'allow', 'drain', 'undrain'):
        reply = httpd.ask('POST', f'{API}/{path}', headers, '{"camera": 1}')
        problem(reply, 403, 'urn:cctv:origin')
    reply = httpd.get(API, headers)
    assert 'Access-Control-Allow-Origin' not in reply.headers
    assert admin.ask()['draining'] is None


@pytest.mark.parametrize('name', [None, 'alice'])
def test_nobody_else_learns_anything(httpd, admin, viewers, name):
    httpd.expect('AH01631')
    viewers('bob').play(CAMERA)
    headers = user(name) if name else {}
    view = admin.ask('/views')['views'][0]['view']
    answers = set()
    for path in ('', '/views', '/views?user=bob', '/users', '/cameras',
                 '/nothing', '/../', '/kick'):
        reply = httpd.get(API + path, headers)
        answers.add((reply.status, len(reply.body)))
    for path in ('kick', 'drain', 'nothing'):
        for body in ({'view': view}, {'view': '0' * 16}, {'camera': CAMERA}):
            reply = httpd.ask('POST', f'{API}/{path}', {
                **headers, 'Content-Type': 'application/json'},
                json.dumps(body))
            answers.add((reply.status, len(reply.body)))
    for path in ('/cctv-admin', '/cctv-admin/', '/cctv-admin/admin.html'):
        reply = httpd.get(path, headers)
        answers.add((reply.status, len(reply.body)))
    assert len(answers) == 1
    assert answers.pop()[0] in (401, 403)
    assert admin.ask('/views')['total'] == 1


def test_a_login_further_down_makes_nobody_an_operator(cluster, start):
    httpd = start(dbd(cluster) + ONE_CHILD + 'TypesConfig /dev/null\n'
                  f'Define CCTV_MAP "{REPO}/htdocs"\n'
                  'Define CCTV_ADMIN "user admin"\n'
                  f'Include "{REPO}/conf/cctv-site.conf"\n'
                  f'<Location "/">\n{LOGIN}\nRequire valid-user\n</Location>\n',
                  modules=MODULES)
    set_passwords(httpd, 'admin', 'alice')
    httpd.expect('AH01631')
    for path in (API, API + '/views', '/cctv-admin/', '/cctv-admin/admin.js'):
        assert httpd.get(path).status == 401, path
        assert httpd.get(path, user('alice')).status == 401, path
        assert httpd.get(path, user('admin')).status == 200, path
    for name in 'alice', 'admin':
        assert httpd.get('/health', user(name)).status == 200


def test_a_section_that_lets_everybody_in_is_told(written):
    right, said = written(
        'TypesConfig /dev/null\nDefine CCTV_ADMIN "local"\n'
        '<Location "/open">\nSetHandler cctv-admin\n</Location>\n'
        '<Location "/granted">\nSetHandler cctv-admin\n'
        'Require all granted\n</Location>\n'
        '<Location "/closed">\n<If "true">\nSetHandler cctv-admin\n</If>\n'
        '<RequireAny>\nRequire local\n</RequireAny>\n</Location>\n'
        f'Include "{REPO}/conf/cctv-site.conf"\n', modules=MODULES
    ).configtest()
    assert said.count('CCTV0200') == 2, said


def test_nothing_is_there_until_it_is_enabled(written, cluster):
    site = dbd(cluster) + f'Include "{REPO}/conf/cctv-site.conf"\n'
    right, said = written(site, modules=['authz_host']).configtest()
    assert right, said
    # This does not say who may use it.
    right, said = written('TypesConfig /dev/null\nDefine CCTV_ADMIN\n'
                          + site, modules=MODULES).configtest()
    assert not right and 'CCTV_ADMIN' in said, said
