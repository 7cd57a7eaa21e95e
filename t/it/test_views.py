"""One view: its start, its heartbeats, its end, and its user."""

import re
import shutil
import time

import pytest

import mmdb
from api import ONE_CHILD, dbd
from env import SLOWNESS, make_folder, wait_for
from metrics import scrape
from postgres import DOWN, halted, stopped
from users import AUTH, BASIC, set_passwords, user
from views import ENDPOINTS, Viewer, at_once, set_cameras, virtual_host

# Each test gets a camera of its own; some cameras are special.
CAMERAS = 60
MJPEG, UNREACHABLE, POLICE = 101, 102, 103
# Watched seconds are reported in whole milliseconds.
MS = 0.001
HOSTS = (
    virtual_host('plain') + virtual_host('brief', 'CCTVSessionTimeout 3s')
    + virtual_host('roles', 'CCTVRoles "%{HTTP:X-Roles}"')
    + virtual_host('users', '<Location "/">', *BASIC, '</Location>')
    + virtual_host('proxied', 'RemoteIPHeader X-Forwarded-For',
                   'RemoteIPInternalProxy 127.0.0.1'))


@pytest.fixture(scope='module')
def countries():
    """The path of a GeoIP database."""
    folder = make_folder()
    with open(folder + '/countries.mmdb', 'wb') as file:
        file.write(mmdb.FILES['nested.mmdb'])
    yield file.name
    shutil.rmtree(folder)


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, countries):
    set_cameras(cluster, *[{}] * CAMERAS, {'id': MJPEG, 'codec': 'MJPEG'},
                {'id': UNREACHABLE, 'stream_url': 'http://10.1.2.3/mjpeg'},
                {'id': POLICE, 'role': 'police'})
    httpd = start_shared(
        dbd(cluster) + 'StartServers 2\nServerLimit 2\nThreadsPerChild 8\n'
        'MaxRequestWorkers 16\nLogLevel debug cctv:trace8\n'
        f'CCTVGeoIPDatabase "{countries}"\n' + ENDPOINTS + HOSTS,
        modules=[*AUTH, 'remoteip'])
    set_passwords(httpd, 'ann', 'bob')
    return httpd


@pytest.fixture
def client(httpd):
    """client(host, …) → a Viewer whose views end with the test."""
    made = []

    def make(name='plain', **headers):
        made.append(Viewer(httpd, name, **headers))
        return made[-1]
    yield make
    for each in made:
        each.end_all()


@pytest.fixture
def viewer(client):
    return client()


@pytest.fixture
def count(httpd, camera):
    """count(metric) → its sum for the camera of the test."""
    def total(name):
        return scrape(httpd).sum(name, camera_id=str(camera))
    return total


@pytest.fixture
def ended(httpd):
    """ended(reason) → how many views have ended for it during the test."""
    def total(reason):
        return scrape(httpd).sum('cctv_sessions_ended_total', reason=reason)
    before = {reason: total(reason)
              for reason in ('ended', 'expired', 'denied')}
    return lambda reason: total(reason) - before[reason]


def problem(reply, status, *words):
    assert reply.status == status, reply.body
    assert reply.headers['Content-Type'] == 'application/problem+json'
    said = reply.json()
    assert said['status'] == status
    for word in words:
        assert word in said['detail']


# --- start ------------------------------------------------------------------

def test_start(viewer, camera, count):
    reply = viewer.post('view-start', camera_id=camera)
    assert reply.status == 201
    assert reply.headers['Content-Type'] == 'application/json'
    assert reply.headers['Cache-Control'] == 'no-store'
    assert int(reply.headers['Content-Length']) == len(reply.body)
    said = reply.json()
    session = said.pop('session_id')
    assert said == {'camera_id': camera, 'heartbeat_seconds': 10,
                    'timeout_seconds': 30}
    assert {type(value) for value in said.values()} == {int}
    assert count('webrtc_view_start_total') == 1
    assert count('webrtc_viewers_gauge') == 1
    assert count('webrtc_view_seconds_total') == 0
    viewer.end(session)


def test_timeout_of_the_virtual_host(client, camera):
    viewer = client('brief')
    said = viewer.post('view-start', camera_id=camera).json()
    assert (said['heartbeat_seconds'], said['timeout_seconds']) == (1, 3)
    viewer.end(said['session_id'])


def test_ids_cannot_be_guessed(viewer, camera):
    ids = [viewer.start(camera) for _ in range(64)]
    assert len(set(ids)) == len(ids)
    for session in ids:
        assert re.fullmatch('[A-Za-z0-9_-]{22,100}', session)
    # At least 32 digits take more than 8 values and are not ascending.
    varied = [digits for digits in zip(*ids) if len(set(digits)) > 8]
    assert len(varied) >= 32
    assert not any(list(digits) == sorted(digits) for digits in varied)


NONE = [9999, 0, -1, 2**31 - 1, 2**31, 2**32 + 1, 2**63 - 1, -2**63]


@pytest.mark.parametrize('number', NONE)
def test_camera_that_does_not_exist(viewer, httpd, number):
    problem(viewer.post('view-start', camera_id=number), 404)
    assert scrape(httpd).sum('webrtc_view_start_total',
                             camera_id=str(number)) is None


@pytest.mark.parametrize('number', [MJPEG, UNREACHABLE])
def test_camera_that_is_not_playable(viewer, httpd, number):
    problem(viewer.post('view-start', camera_id=number), 409, 'playable')
    assert scrape(httpd).sum('webrtc_view_start_total',
                             camera_id=str(number)) is None


def test_camera_out_of_reach_is_like_a_missing_one(client):
    assert client('roles', X_Roles='public,police').start(POLICE)
    for roles in 'public', '':
        viewer = client('roles', X_Roles=roles)
        hidden = viewer.post('view-start', camera_id=POLICE)
        missing = viewer.post('view-start', camera_id=NONE[0])
        problem(hidden, 404)
        del hidden.headers['Date'], missing.headers['Date']
        assert hidden.body == missing.body
        assert hidden.headers.items() == missing.headers.items()


# --- heartbeat --------------------------------------------------------------

def test_watched_time_is_measured(viewer, camera, count):
    before = time.monotonic()
    session = viewer.start(camera)
    started = time.monotonic()
    least = 0
    for _ in range(3):
        wait_for(lambda: time.monotonic() > started + 0.1, 'a bit of time')
        asked = time.monotonic()
        watched = viewer.watched(session)
        assert asked - started - MS <= watched <= time.monotonic() - before
        assert watched >= least
        assert 0 <= count('webrtc_view_seconds_total') - watched <= MS
        least = watched + 0.001


def test_seconds_cannot_be_claimed(viewer, camera, count):
    began = time.monotonic()
    session = viewer.start(camera)
    for members in ({'watched_seconds': 999999}, {'seconds': 999999},
                    {'timestamp': 0}, {'camera_id': 2}):
        reply = viewer.post('heartbeat', session_id=session, **members)
        assert reply.json()['watched_seconds'] <= time.monotonic() - began
    assert viewer.watched(session) <= time.monotonic() - began
    assert count('webrtc_view_seconds_total') <= time.monotonic() - began


def test_heartbeats_at_once_count_the_time_once(viewer, camera, count):
    session = viewer.start(camera)

    def beat(_):
        return [viewer.beat(session) for _ in range(15)]
    assert set(sum(at_once(8, beat), [])) == {200}
    watched = viewer.watched(session)
    assert 0 <= count('webrtc_view_seconds_total') - watched <= MS


def test_silent_view_is_over(client, camera, count, ended):
    viewer = client('brief')
    alive, silent = viewer.start(camera), viewer.start(camera)
    watched = viewer.watched(silent)
    last = time.monotonic()

    def is_over():
        assert viewer.beat(alive) == 200
        return count('webrtc_viewers_gauge') == 1
    wait_for(is_over, 'the view is over', 3 + 2 * SLOWNESS)
    assert time.monotonic() - last > 3 - 0.1
    for _ in range(2):
        problem(viewer.post('heartbeat', session_id=silent), 404, 'new one')
    viewer.end(silent)
    # Nothing is counted after the last heartbeat of a view.
    watched += viewer.watched(alive)
    assert 0 <= count('webrtc_view_seconds_total') - watched <= 2 * MS
    assert (ended('expired'), ended('ended')) == (1, 0)


def test_roles_withdrawn_at_a_heartbeat(client, camera, count, ended):
    public = client('roles', X_Roles='traffic,public')
    session, other = public.start(camera), public.start(camera)
    assert public.beat(session) == 200
    for roles in 'traffic', '', 'public':
        now = client('roles', X_Roles=roles)
        assert now.beat(session) == 404
    assert public.beat(other) == 200
    assert count('webrtc_viewers_gauge') == 1
    assert (ended('denied'), ended('ended')) == (1, 0)


# --- end --------------------------------------------------------------------

def test_end(viewer, camera, count, ended):
    before = time.monotonic()
    session = viewer.start(camera)
    started = time.monotonic()
    wait_for(lambda: time.monotonic() > started + 0.05, 'a bit of time')
    asked = time.monotonic()
    for _ in range(3):
        viewer.end(session)
    assert asked - started - MS <= count('webrtc_view_seconds_total')
    assert count('webrtc_view_seconds_total') <= time.monotonic() - before
    assert viewer.beat(session) == 404
    assert ended('ended') == 1
    assert count('webrtc_view_start_total') == 1


def test_pair_that_was_seen_stays_at_0(viewer, camera, count):
    viewer.end(viewer.start(camera))
    for _ in range(2):
        assert count('webrtc_viewers_gauge') == 0


NONSENSE = ['', 'x', 'a' * 39, '0' * 40, 'f' * 40, 'g' * 40, 'A' * 40,
            '0' * 41, '\u0000', 'ü' * 40, '../../etc/passwd', ' ' * 40,
            '%s%n', '9' * 3000]


@pytest.mark.parametrize('session', NONSENSE, ids=range(len(NONSENSE)))
def test_ids_that_are_none(viewer, ended, session):
    if '\0' in session:
        problem(viewer.post('view-end', session_id=session), 400)
        return
    viewer.end(session)
    problem(viewer.post('heartbeat', session_id=session), 404)
    assert ended('ended') == 0


def test_id_with_one_other_digit_is_none(viewer, camera, count):
    session = viewer.start(camera)
    for i in range(len(session)):
        other = '1' if session[i] == '0' else '0'
        changed = session[:i] + other + session[i + 1:]
        assert viewer.beat(changed) == 404
    for changed in session.upper(), ' ' + session, session + '0':
        assert changed == session or viewer.beat(changed) == 404
    assert viewer.beat(session) == 200
    assert count('webrtc_viewers_gauge') == 1


def test_end_by_many_at_once_counts_once(viewer, camera, count, ended):
    for number in range(1, 6):
        began = time.monotonic()
        session = viewer.start(camera)
        before = count('webrtc_view_seconds_total')
        at_once(8, lambda _: viewer.end(session))
        took = time.monotonic() - began
        assert ended('ended') == number
        assert count('webrtc_viewers_gauge') == 0
        assert 0 < count('webrtc_view_seconds_total') - before < took


def test_end_and_heartbeats_at_once(viewer, camera, count, ended):
    began = time.monotonic()
    session = viewer.start(camera)

    def act(number):
        if number == 0:
            viewer.end(session)
            return 404
        return viewer.beat(session)
    assert set(at_once(8, act)) <= {200, 404}
    assert viewer.beat(session) == 404
    assert ended('ended') == 1
    assert count('webrtc_view_seconds_total') < time.monotonic() - began


# --- users ------------------------------------------------------------------

@pytest.fixture
def ann(client):
    return client('users', **user('ann'))


def test_view_belongs_to_its_user(client, ann, camera, count, ended):
    session = ann.start(camera)
    for other in client('users', **user('bob')), client():
        problem(other.post('heartbeat', session_id=session), 404)
        other.end(session)
        assert ann.beat(session) == 200
    assert client('users').beat(session) == 401
    assert count('webrtc_viewers_gauge') == 1
    assert ended('ended') == 0
    ann.end(session)
    assert ended('ended') == 1


def test_view_of_nobody_belongs_to_who_knows_its_id(client, ann, camera):
    session = client().start(camera)
    assert ann.beat(session) == 200
    assert client().beat(session) == 200
    ann.end(session)
    assert client().beat(session) == 404


# --- labels -----------------------------------------------------------------

CHROME = ('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like '
          'Gecko) Chrome/126.0.0.0 Safari/537.36')
IPHONE = ('Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit'
          '/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 '
          'Safari/604.1')
FIREFOX = ('Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101'
           ' Firefox/127.0')
BRAVE = '"Brave";v="126", "Chromium";v="126", "Not/A)Brand";v="8"'


@pytest.mark.parametrize('headers, labels', [
    ({'User_Agent': CHROME, 'X_Forwarded_For': '81.2.69.7'},
     ('GB', 'chrome', 'linux')),
    ({'User_Agent': IPHONE, 'X_Forwarded_For': '89.160.20.130'},
     ('SE', 'safari', 'ios')),
    ({'User_Agent': FIREFOX, 'X_Forwarded_For': '2001:db8::1'},
     ('NO', 'firefox', 'windows')),
    ({'User_Agent': CHROME, 'Sec_CH_UA': BRAVE,
      'Sec_CH_UA_Platform': '"Android"', 'X_Forwarded_For': '10.0.0.1'},
     ('unknown', 'brave', 'android')),
    ({'User_Agent': 'camera="1"\\{}', 'X_Forwarded_For': 'nonsense'},
     ('unknown', 'other', 'other')),
    ({'User_Agent': 'curl/7.88.1', 'X_Forwarded_For': '81.2.69.7, 127.0.0.1'},
     ('GB', 'bot', 'bot')),
    ({}, ('unknown', 'unknown', 'unknown'))])
def test_labels(client, httpd, camera, headers, labels):
    client('proxied', **headers).start(camera)
    (found,) = [dict(each) for each in scrape(httpd).series(
        'webrtc_view_start_total') if ('camera_id', str(camera)) in each]
    assert (found['country'], found['browser'], found['os']) == labels
    (found,) = [dict(each) for each in scrape(httpd).series(
        'webrtc_viewers_gauge') if ('camera_id', str(camera)) in each]
    assert found == {'camera_id': str(camera), 'country': labels[0]}


def test_address_is_not_read_from_headers_where_no_proxy_is(
        client, httpd, camera):
    client('plain', X_Forwarded_For='81.2.69.7').start(camera)
    assert scrape(httpd).sum('webrtc_view_start_total', camera_id=str(camera),
                             country='unknown') == 1


# --- without a database -----------------------------------------------------

@pytest.mark.parametrize('fault', [stopped, halted])
def test_views_go_on_while_the_database_does_not(cluster, start, healthy,
                                                 httpd, fault):
    own = start(ONE_CHILD + dbd(cluster) + 'CCTVQueryTimeout 1s\n'
                + ENDPOINTS)
    viewer = Viewer(own)
    session, second = viewer.start(), viewer.start()
    own.expect(*DOWN)
    httpd.expect(*DOWN)
    with fault(cluster):
        for _ in range(2):
            reply = viewer.post('view-start', camera_id=1)
            problem(reply, 503, 'database')
            assert int(reply.headers['Retry-After']) >= 1
        began = time.monotonic()
        assert viewer.beat(session) == 200
        viewer.end(second)
        assert viewer.beat(second) == 404
        assert time.monotonic() - began < 1 * SLOWNESS
        assert scrape(own).sum('cctv_sessions') == 1
        assert scrape(own).sum('cctv_db_up') == 0
    wait_for(lambda: viewer.post('view-start', camera_id=1).status == 201,
             'views start again', 5 * SLOWNESS)
    assert viewer.watched(session) > 0
    assert scrape(own).sum('cctv_sessions') == 2
