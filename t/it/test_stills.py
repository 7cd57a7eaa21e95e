"""GET /api/cameras/{id}/still: pictures that are fetched once for everybody,
from nowhere that the admin did not allow."""

import concurrent.futures
import contextlib
import math
import re
import shutil
import subprocess
import time
from email.utils import parsedate_to_datetime

import pytest

from api import add_cameras, dbd, location
from env import HERE, PRELOAD, SLOWNESS, make_folder, wait_for
from metrics import scrape
from postgres import DOWN
from stills import JPEG, PASSWORD, StillCameras, picture, write_logins
from test_catalogue import catalogue, wait_for_generation
from views import ENDPOINTS

ROLES = 'CCTVRoles "%{req:X-Roles}"'
THREADS = ('StartServers 2\nServerLimit 2\nThreadsPerChild 32\n'
           'MaxRequestWorkers 64\nMinSpareThreads 1\nMaxSpareThreads 64\n')
# With these a picture stays fresh while a test looks at it.
LONG = 'CCTVStillAge 60s\n'
SHORT = 'CCTVStillAge 1s\n'
OFFLINE, BUSY = 'urn:cctv:offline', 'urn:cctv:busy'


def still(camera, query=''):
    return f'/api/cameras/{camera}/still{query}'


@pytest.fixture(scope='module')
def logins(stills):
    folder = make_folder()
    yield write_logins(folder + '/logins', stills.port)
    shutil.rmtree(folder)


@pytest.fixture(scope='module')
def config(cluster, logins):
    return (dbd(cluster, user='cctv_video') + THREADS
            + 'CCTVStillTimeout 2s\nCCTVStillHosts 127.0.0.1\n'
            + f'CCTVCameraLoginsFile {logins}\n' + ENDPOINTS + location()
            + location(ROLES, path='/roles'))


@pytest.fixture(scope='module')
def httpd(config, start_shared):
    return start_shared(config + LONG)


def first(httpd, camera, path=still, headers=None):
    """The answer once it is not that the picture has not come yet."""
    found = []

    def asked():
        found[:] = [httpd.get(path(camera), headers or {})]
        return found[0].status != 503 or found[0].json()['type'] != BUSY
    wait_for(asked, 'an answer', 20 * SLOWNESS)
    return found[0]


@pytest.fixture
def each(cluster, httpd):
    """each(url, …): these are the cameras now, and nobody has asked for them.
    The cache belongs to ids, so that each test has its own."""
    def make(*urls, **changes):
        begin = each.next
        each.next += len(urls)
        cluster.query('TRUNCATE public.cameras RESTART IDENTITY')
        ids = list(range(begin, each.next))
        add_cameras(cluster, *[{**changes, 'id': camera} for camera in ids])
        cluster.query('UPDATE cameras SET still_url = url FROM '
                      'unnest(%s::int[], %s::text[]) AS with_url (of, url) '
                      'WHERE id = of', [ids, list(urls)])
        return ids
    return make


each.next = 1000


# --- a picture --------------------------------------------------------------

def test_a_picture(httpd, stills, each):
    camera, = each(stills.url('ok/a'))
    reply = first(httpd, camera)
    assert (reply.status, reply.body) == (200, picture(1))
    assert reply.headers['Content-Type'] == 'image/jpeg'
    assert reply.headers['X-Content-Type-Options'] == 'nosniff'
    assert reply.headers['Cache-Control'] == 'private, max-age=60'
    assert 0 <= int(reply.headers['Age']) <= 60
    modified = parsedate_to_datetime(reply.headers['Last-Modified'])
    assert abs(modified.timestamp() - time.time()) < 120
    head = httpd.ask('HEAD', still(camera))
    assert (head.status, head.body) == (200, b'')
    assert head.headers['Content-Length'] == str(len(picture(1)))
    for field, value in (('If-None-Match', reply.headers['ETag']),
                         ('If-None-Match', '"x", ' + reply.headers['ETag']),
                         ('If-Modified-Since', reply.headers['Last-Modified'])):
        again = httpd.get(still(camera), {field: value})
        assert (again.status, again.body) == (304, b''), field
        assert again.headers['ETag'] == reply.headers['ETag']
    assert httpd.get(still(camera), {'If-None-Match': '"x"'}).status == 200
    assert stills.asked['/ok/a'] == 1
    feature = httpd.get(f'/api/cameras/{camera}').json()
    assert feature['properties']['still'] is True
    assert str(stills.port) not in str(feature)


def test_its_parameters_and_methods(httpd, stills, each):
    camera, = each(stills.url('same/a'))
    assert first(httpd, camera, lambda id: still(id, '?width=320')).body == JPEG
    for query in ('?width=0', '?width=10001', '?width=x', '?width=1&width=1',
                  '?height=1'):
        assert httpd.get(still(camera, query)).status == 400, query
    reply = httpd.ask('POST', still(camera), {}, '')
    assert (reply.status, reply.headers['Allow']) == \
        (405, 'GET, HEAD, OPTIONS')
    for path in (f'/api/cameras/{camera}/still/', '/api/cameras/still',
                 f'/api/cameras/{camera}/x/still', '/api/cameras/0/still',
                 f'/api/cameras/{camera}/stills'):
        assert httpd.get(path).status == 404, path


def test_it_may_come_without_a_type(httpd, stills, each):
    camera, = each(stills.url('untyped/a'))
    assert first(httpd, camera).body == JPEG


@pytest.mark.parametrize('source', ['database', 'catalogue'])
def test_who_may_not_see_the_camera_gets_no_picture(
        source, cluster, config, stills, each, httpd, start):
    hidden, plain = each(stills.url(f'same/{source}'), None, role='police')
    if source == 'catalogue':
        httpd = start(config + LONG + catalogue())
        wait_for_generation(httpd)
    path = '/roles/{}/still'.format
    allowed, other = {'X-Roles': 'a, police'}, {'X-Roles': 'traffic'}
    for headers in (other, {}):
        assert httpd.get(path(hidden), headers).status == 404
    assert stills.asked[f'/same/{source}'] == 0
    assert first(httpd, hidden, path, allowed).body == JPEG
    # Also while the picture is there.
    for headers in (other, {}):
        assert httpd.get(path(hidden), headers).status == 404
    assert httpd.get(path(plain), allowed).status == 404
    assert httpd.get(path(99), allowed).status == 404
    assert httpd.get(path(hidden), allowed).status == 200
    assert 'still' not in httpd.get(
        f'/api/cameras/{plain}').json()['properties']


def test_a_role_that_changes_hides_a_picture_that_is_fresh(
        cluster, httpd, stills, each):
    camera, = each(stills.url('same/changed'), role='police')
    path, allowed = '/roles/{}/still'.format, {'X-Roles': 'police'}
    assert first(httpd, camera, path, allowed).status == 200
    cluster.query("UPDATE cameras SET role = 'court' WHERE id = %s", [camera])
    # The picture is fresh for 60 s.
    wait_for(lambda: httpd.get(path(camera), allowed).status == 404,
             'it is hidden', 10 * SLOWNESS)
    assert httpd.get(path(camera), {'X-Roles': 'court'}).status == 200
    assert stills.asked['/same/changed'] == 1


# --- once for everybody -----------------------------------------------------

def test_a_thousand_requesters_cause_one_fetch_per_camera_and_age(
        config, stills, each, start):
    httpd = start(config + SHORT)
    ids = each(*[stills.url(f'ok/many{n}') for n in range(5)])
    began = time.monotonic()
    statuses = []

    def ask(number):
        with contextlib.closing(httpd.connection()) as connection:
            for at in range(25):
                while True:
                    reply = httpd.get(still(ids[(number + at) % 5]),
                                      connection=connection)
                    statuses.append(reply.status)
                    if reply.status == 200:
                        break
                    assert (reply.json()['type'], reply.headers['Retry-After'],
                            ) == (BUSY, '1')
                    time.sleep(0.1)
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        list(pool.map(ask, range(40)))
    ages = int(time.monotonic() - began) + 1
    assert statuses.count(200) == 1000
    for number in range(5):
        assert 1 <= stills.asked[f'/ok/many{number}'] <= ages
    metrics = scrape(httpd)
    assert metrics.sum('cctv_still_fetches_total', result='ok') == sum(
        stills.asked[f'/ok/many{number}'] for number in range(5))
    assert metrics.sum('cctv_still_answers_total') == len(statuses)
    assert metrics.sum('cctv_still_fetch_duration_seconds_count') == \
        metrics.sum('cctv_still_fetches_total')
    assert metrics.sum('cctv_still_fetched_bytes_total') >= len(picture(1))


def test_a_picture_that_is_old_is_fetched_again(config, stills, each, start):
    httpd = start(config + SHORT)
    camera, = each(stills.url('ok/old'))
    assert first(httpd, camera).body == picture(1)
    wait_for(lambda: first(httpd, camera).body != picture(1), 'a new picture',
             20 * SLOWNESS)
    assert stills.asked['/ok/old'] >= 2


# --- cameras that fail ------------------------------------------------------

FAULTS = {'missing': 'no_such_path', 'redirect': 'no_such_path',
          'error': 'unreachable', 'empty': 'no_video', 'html': 'other_codec',
          'typed': 'other_codec', 'mjpeg': 'other_codec',
          'huge': 'other_codec', 'endless': 'other_codec',
          'short': 'stopped_sending', 'silent': 'stopped_sending',
          'dripping': 'stopped_sending'}


def test_what_is_no_picture_is_refused_with_a_reason(httpd, stills, each):
    """All at once, since some take their whole time."""
    ids = dict(zip(FAULTS, each(*[stills.url(f'{name}/f')
                                  for name in FAULTS])))

    def ask(name):
        return name, first(httpd, ids[name])
    with concurrent.futures.ThreadPoolExecutor(len(ids)) as pool:
        replies = dict(pool.map(ask, ids))
    for name, reply in replies.items():
        assert reply.status == 503, name
        problem = reply.json()
        assert (problem['type'], problem['reason']) == \
            (OFFLINE, FAULTS[name]), name
        assert int(reply.headers['Retry-After']) >= 1
        assert str(stills.port) not in reply.body.decode()
    # No redirect was followed.
    assert stills.asked['/ok/0'] == 0
    lines = re.findall(r'CCTV0260: camera (\d+) has no still picture: (\w+)',
                       httpd.text())
    told = {int(camera): why for camera, why in lines}
    for name, camera in ids.items():
        assert told[camera] == FAULTS[name]
    assert str(stills.port) not in '\n'.join(
        line for line in httpd.text().splitlines() if 'CCTV026' in line)


def test_a_camera_that_fails_is_left_alone_for_a_time(httpd, stills, each):
    camera, = each(stills.url('missing/alone'))
    began = time.monotonic()
    for _ in range(20):
        assert first(httpd, camera).status == 503
    # Tries after 0, 1, 1 + 2, 1 + 2 + 4 … s.
    tries = math.floor(math.log2(time.monotonic() - began + 1)) + 1
    assert 1 <= stills.asked['/missing/alone'] <= tries


def test_a_camera_whose_port_is_closed(httpd, each):
    closed = StillCameras()
    closed.remove()
    camera, = each(closed.url('ok/x'))
    assert first(httpd, camera).json()['reason'] == 'refused'


def test_dead_cameras_hold_up_nobody(config, stills, each, start):
    """200 that never answer, while others and other handlers are asked for."""
    httpd = start(config.replace('Timeout 2s', 'Timeout 1s') + LONG)
    *dead, live, new = each(*[stills.url(f'silent/{n}') for n in range(200)],
                            stills.url('same/live'), stills.url('same/new'))
    assert first(httpd, live).status == 200
    slow = []
    with concurrent.futures.ThreadPoolExecutor(60) as pool:
        asked = [pool.submit(httpd.get, still(camera)) for camera in dead]
        while not all(each.done() for each in asked):
            for path in (still(live), '/health', '/api/cameras/1'):
                began = time.monotonic()
                httpd.get(path)
                slow.append(time.monotonic() - began)
            if first(httpd, new).status == 200 and len(slow) > 60:
                break
    # Each of these would take seconds if it waited for a dead camera.
    assert sorted(slow)[len(slow) // 2] < 0.5 * SLOWNESS
    assert stills.asked['/same/new'] == 1
    for reply in (each.result() for each in asked):
        assert reply.status == 503


# --- logins -----------------------------------------------------------------

def test_logins_are_sent_to_the_camera_only(httpd, stills, each):
    basic, digest, plain = each(*[stills.url(path) for path in (
        'basic/a', 'digest/a', 'plain/a')])
    assert first(httpd, basic).body == JPEG
    assert first(httpd, plain).body == JPEG
    assert first(httpd, digest).body == JPEG
    for secret in (PASSWORD, 'Authorization'):
        assert secret not in httpd.text()


def test_a_refused_login_is_tried_again_once_it_has_changed(
        cluster, httpd, stills, each):
    # The file of logins has no login for the name.
    camera, = each(stills.url('basic/b', 'localhost'))
    assert first(httpd, camera).json()['reason'] == 'login_refused'
    for _ in range(5):
        assert httpd.get(still(camera)).json()['reason'] == 'login_refused'
    asked = stills.asked['/basic/b']
    cluster.query('UPDATE cameras SET still_url = %s WHERE id = %s',
                  [stills.url('basic/b'), camera])
    assert first(httpd, camera).status == 200
    assert asked == 1


# --- the directive ----------------------------------------------------------

@pytest.mark.parametrize('value', [
    'none', '10.1.2.3', '10.0.0.0/8 cam.example *.cams.example', '2a00::/16',
    '::1', 'localhost'])
def test_good_hosts(written, value):
    good, said = written(f'CCTVStillHosts {value}').configtest()
    assert good, said


@pytest.mark.parametrize('value', [
    '*', '10.0.0.0/33', '2130706433', 'http://cam.example', 'cam.example:80',
    '10.1.2.3 a/b'])
def test_bad_hosts(written, value):
    good, said = written(f'CCTVStillHosts {value}').configtest()
    assert not good
    assert f'CCTVStillHosts "{value.split()[-1]}": has to be none' in said


# --- nowhere else -----------------------------------------------------------

FORMS = ['127.0.0.1', '127.1', '127.000.000.001', '2130706433', '0x7f000001',
         '0x7f.1', '017700000001', '0177.0.0.1', 'localhost', '[::1]',
         '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:0:0:1]',
         '[64:ff9b::7f00:1]', '0.0.0.0', '0', '[::]', '169.254.169.254',
         '[fe80::1]', '224.0.0.1', '255.255.255.255', '[ff02::1]']


def test_special_addresses_are_not_asked_unless_allowed(
        config, stills, each, start):
    httpd = start(config.replace('CCTVStillHosts 127.0.0.1\n', '') + LONG)
    ids = each(*[stills.url('same/ssrf', form) for form in FORMS])
    asked = stills.asked['/same/ssrf']
    for form, camera in zip(FORMS, ids):
        reply = first(httpd, camera)
        assert reply.status == 503, form
        assert reply.json()['reason'] == 'unreachable', form
    assert stills.asked['/same/ssrf'] == asked
    assert 'CCTVStillHosts does not allow its address' in httpd.text()


@pytest.fixture
def changing_lookup(tmp_path):
    library = str(tmp_path / 'changing_lookup.so')
    subprocess.run(['cc', '-shared', '-fPIC', '-o', library,
                    HERE + '/changing_lookup.c'], check=True)
    return ['env', f'LD_PRELOAD={PRELOAD}:{library}']


def test_a_name_that_changes_leads_nowhere_else(
        config, stills, each, start, changing_lookup):
    """camera.example is 127.0.0.1, which is allowed, and then 127.0.0.2."""
    elsewhere = StillCameras('127.0.0.2', stills.port)
    try:
        httpd = start(config + SHORT, wrapper=changing_lookup)
        camera, new = each(stills.url('same/dns', 'camera.example'),
                           stills.url('same/dns2', 'camera.example'))
        assert first(httpd, camera).status == 200
        with open(httpd.folder + '/htdocs/changed', 'w'):
            pass
        httpd.restart(10)
        wait_for(lambda: first(httpd, new).status == 503, 'it is refused',
                 20 * SLOWNESS)
        assert not elsewhere.asked
    finally:
        elsewhere.remove()


# --- faults -----------------------------------------------------------------

def test_a_reload_waits_for_no_picture(config, stills, each, start):
    httpd = start(config.replace('Timeout 2s', 'Timeout 60s') + LONG)
    camera, = each(stills.url('silent/reload'))
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        asked = pool.submit(httpd.get, still(camera))
        wait_for(lambda: stills.asked['/silent/reload'], 'it waits')
        began = time.monotonic()
        httpd.restart(10)
        reply = asked.result()
        # Otherwise it takes 60 s.
        assert time.monotonic() - began < 20 * SLOWNESS
    assert (reply.status, reply.json()['type']) == (503, BUSY)


def test_a_picture_is_shown_while_the_database_is_away(
        cluster, config, stills, each, start, healthy):
    httpd = start(config + LONG)
    camera, = each(stills.url('same/db'))
    assert first(httpd, camera).status == 200
    httpd.expect(*DOWN)
    cluster.tool('stop')
    assert httpd.get(still(camera)).body == JPEG
    # Also once the database would be asked for the role of the camera.
    wait_for(lambda: int(httpd.get(still(camera)).headers.get('Age', 0)) > 5,
             'a picture of more than 5 s', 10 * SLOWNESS)
    assert httpd.get(still(camera + 500)).status == 503
