"""The catalogue: its answers are those of the database."""

import contextlib
import os
import random
import urllib.parse

import pytest

from api import add_cameras, dbd, location
from env import SLOWNESS, Reply, wait_for
from metrics import scrape
from test_differential import CAP, make_cameras, make_filter, to_query
from views import ENDPOINTS, virtual_host

# More by hand: CCTV_REQUESTS=5000.
REQUESTS = int(os.environ.get('CCTV_REQUESTS', 300))
NAMES = ['Hafen Nord', 'ÄRGER', 'Ärger am Tor', 'harbour "A"', 'Straße 100%',
         'ΣΊΣΥΦΟΣ', 'σίσυφος', 'İstanbul', 'a_b\\c', 'x,"status":"y']
WORDS = ['nord hafen', 'STRASSE', 'e', 'a b', '#7', '7', 'b 7', "'", 'ta',
         'x y', 'sisyphos', 'am arger', 'hafen', 'ärger', 'Ä', '"a"', '100%', '_', '\\', 'σ', 'Σ', 'i', 'ß',
         'SS', 'r', 'zz', ',"status":']
ROLES = "CCTVRoles \"%{req:X-Roles}\""


def catalogue(folder='{folder}/state/catalogue'):
    return f'CCTVCatalogue {folder}\nCCTVCatalogueInterval 100ms\n'


def generation(httpd):
    return scrape(httpd).sum('cctv_catalogue_generation') or 0


def wait_for_generation(httpd, after=0):
    wait_for(lambda: generation(httpd) > after, 'a new generation',
             60 * SLOWNESS)
    return generation(httpd)


@pytest.fixture(scope='module')
def cameras(cluster):
    random.seed(1)
    made = make_cameras(1500)
    for camera in made:
        camera['name'] = random.choice(NAMES) + random.choice(['', ' 7'])
        camera['codec'] = random.choice(['H.264', 'H.264', 'H.265'])
    cluster.query('TRUNCATE public.cameras RESTART IDENTITY')
    add_cameras(cluster, *made)
    return made


CONFIG = location(f'CCTVMaxFeatures {CAP}') + location(
    ROLES, path='/roles') + ENDPOINTS


@pytest.fixture(scope='module')
def direct(cluster, cameras, start_shared):
    return start_shared(dbd(cluster) + CONFIG)


@pytest.fixture(scope='module')
def httpd(cluster, cameras, start_shared):
    started = start_shared(dbd(cluster) + CONFIG + catalogue())
    wait_for_generation(started)
    return started


def random_path(cameras):
    """(path, headers) of a request for a list or an item."""
    kind = random.random()
    if kind < 0.1:
        return f'/api/cameras/{random.choice(cameras)["id"]}', {}
    asked = make_filter(cameras)
    if random.random() < 0.3:
        asked['q'] = urllib.parse.quote(random.choice(WORDS))
        if random.random() < 0.3:
            asked['after'] = random.choice(cameras)['id']
            asked['rank'] = random.randrange(8)
            asked['q'] = urllib.parse.quote(random.choice(WORDS[:3]))
    if random.random() < 0.2:
        asked['playable'] = random.choice(['true', 'false'])
    if random.random() < 0.2:
        asked['count'] = 'true'
    if random.random() < 0.2:
        asked['extent'] = 'true'
    if kind < 0.3:
        roles = random.choice(['', 'public', 'traffic, rare', 'none',
                               'public,police,traffic,rare'])
        return '/roles?' + to_query(asked), {'X-Roles': roles}
    return '/api/cameras?' + to_query(asked), {}


def compare(direct, httpd, cameras, requests=REQUESTS):
    with contextlib.closing(direct.connection()) as one, \
            contextlib.closing(httpd.connection()) as other:
        for _ in range(requests):
            path, headers = random_path(cameras)
            # One check against conf/openapi.json is enough for both.
            one.request('GET', path, headers=headers)
            expected = Reply(one.getresponse(), path)
            reply = httpd.get(path, headers, other)
            assert (reply.status, reply.body) == (
                expected.status, expected.body), path
            assert expected.status in (200, 404), path
            for name in ('Content-Type', 'Content-Length', 'Cache-Control'):
                assert reply.headers[name] == expected.headers[name]


def test_both_paths_send_the_same_bytes(direct, httpd, cameras):
    random.seed(os.environ.get('CCTV_SEED', 2))
    compare(direct, httpd, cameras)
    assert httpd.get(f'/api/cameras/{cameras[0]["id"]}').status == 200


def test_statuses_in_place_are_those_of_the_database(
        direct, httpd, cluster, cameras):
    before = generation(httpd)
    cluster.query(
        "UPDATE cameras SET status = CASE status WHEN 'online' THEN 'offline' "
        "ELSE 'online' END WHERE id % 2 = 0; "
        "UPDATE cameras SET status_since = '2020-02-02 12:34:56.7+00' "
        "WHERE id % 3 = 0; "
        "UPDATE cameras SET status_since = 'infinity' WHERE id % 5 = 0")
    path = '/api/cameras?limit=100000'
    wait_for(lambda: direct.get(path).body == httpd.get(path).body,
             'the catalogue follows', 10 * SLOWNESS)
    assert generation(httpd) == before
    statuses = dict(cluster.query('SELECT id, status FROM cameras'))
    for each in cameras:
        each['status'] = statuses[each['id']]
    known = httpd.get(path).json()['features']
    for each in known:
        assert ('status_since' in each['properties']) == (each['id'] % 5 != 0)


def test_a_search_finds_changes_in_their_places(direct, httpd, cluster,
                                                cameras):
    before = generation(httpd)
    random.seed(4)
    with contextlib.closing(cluster.connect()) as connection:
        for each in random.sample(cameras, 100):
            each['name'] = random.choice(NAMES) + random.choice(['', ' 7'])
            connection.cursor().execute(
                'UPDATE cameras SET name = %s WHERE id = %s',
                (each['name'], each['id']))
    path = '/api/cameras?limit=100000'
    wait_for(lambda: direct.get(path).body == httpd.get(path).body,
             'the catalogue follows', 10 * SLOWNESS)
    assert generation(httpd) > before
    for words in ('7', 'hafen', 'nord 7', 'e', cameras[0]['id']):
        path = f'/api/cameras?limit=20&q={urllib.parse.quote(str(words))}'
        while path:
            expected, page = direct.get(path), httpd.get(path)
            assert page.body == expected.body, path
            path = [link['href'] for link in page.json().get('links', ())
                    if link['rel'] == 'next']
            path = path and '/api/cameras' + path[0]
    compare(direct, httpd, cameras)


def test_near_is_what_postgis_finds(httpd, cluster, cameras):
    random.seed(3)
    for lng, lat in [(180, 10), (-180, -10), (0, 90), (77.5, -90), (13.4, 52.5),
                     *[(random.uniform(-180, 180), random.uniform(-90, 90))
                       for _ in range(10)]]:
        rows = cluster.query(
            'SELECT id, d FROM (SELECT id, ST_DistanceSphere(geom, '
            'ST_SetSRID(ST_MakePoint(%s, %s), 4326)) AS d FROM cameras '
            "WHERE status = 'online') AS each ORDER BY d LIMIT 20",
            [lng, lat])
        reply = httpd.get(f'/api/cameras?near={lng},{lat}&limit=20'
                          '&status=online&count=true').json()
        distances = [each['properties']['distance']
                     for each in reply['features']]
        assert distances == sorted(distances)
        assert distances == pytest.approx([d for _, d in rows], abs=0.5)
        assert 'links' not in reply and reply['numberReturned'] == 20
        assert reply['numberMatched'] == sum(
            camera['status'] == 'online' for camera in cameras)


@pytest.mark.parametrize('query, detail', [
    ('near=1,2&after=3', 'do not go together'), ('near=1', 'two numbers'),
    ('near=181,0', 'two numbers'), ('near=0,nan', 'two numbers'),
    ('near=1,2,3', 'two numbers'), ('count=yes', 'true or false')])
def test_what_makes_no_sense_is_400(httpd, query, detail):
    reply = httpd.get('/api/cameras?' + query)
    assert reply.status == 400
    assert detail in reply.json()['detail']


def test_near_needs_the_catalogue(direct):
    reply = direct.get('/api/cameras?near=1,2')
    assert reply.status == 400
    assert 'CCTVCatalogue' in reply.json()['detail']


def test_304_follows_from_query_roles_and_generation(httpd, cluster):
    def tag(path, **headers):
        return httpd.get(path, headers).headers['ETag']

    path = '/api/cameras?bbox=0,0,50,60&limit=5'
    first = tag(path)
    assert tag(path) == first
    reply = httpd.get(path, {'If-None-Match': first})
    assert (reply.status, reply.body) == (304, b'')
    assert reply.headers['ETag'] == first
    assert tag(path + '&count=true') != first
    assert httpd.get('/api/cameras/999999').headers['ETag'] is None
    one = tag('/roles?limit=5', **{'X-Roles': 'public'})
    two = tag('/roles?limit=5', **{'X-Roles': 'traffic'})
    assert one != two
    before = generation(httpd)
    cluster.query("UPDATE cameras SET name = name || '!' WHERE id = "
                  '(SELECT max(id) FROM cameras)')
    wait_for_generation(httpd, before)
    assert httpd.get(path, {'If-None-Match': first}).status == 200
    last = '/api/cameras?after=%d' % (cluster.query(
        'SELECT max(id) FROM cameras')[0][0] - 1)
    assert httpd.get(last).json()['features'][0]['properties'][
        'name'].endswith('!')


def test_a_walk_has_each_camera_once_while_others_change(httpd, cluster):
    fixed = [row[0] for row in cluster.query(
        'SELECT id FROM cameras WHERE id % 2 = 0 ORDER BY id')]
    for i in range(3):
        before = generation(httpd)
        path, walked = '/api/cameras?limit=50', []
        while path:
            reply = httpd.get(path)
            walked += reply.ids()
            path = reply.next()
            if len(walked) < 200:
                cluster.query(
                    'UPDATE cameras SET name = name || %s, geom = '
                    'ST_SetSRID(ST_MakePoint(random() * 360 - 180, 0), 4326) '
                    'WHERE id %% 2 = 1', [str(i)])
            elif len(walked) < 300:
                wait_for_generation(httpd, before)
        assert len(set(walked)) == len(walked)
        assert [number for number in walked if number % 2 == 0] == fixed


def test_changes_and_a_new_base_of_them_are_answered_as_well(
        direct, httpd, cluster, cameras):
    """Changes are in a file of their own, until they are so many that all
    cameras are written anew."""
    def newest(of):
        return cluster.query(f'SELECT {of} FROM cameras')[0][0]

    def is_applied():
        return httpd.get('/api/cameras?limit=1&count=true').json()[
            'numberMatched'] == newest('count(*)') and httpd.get(
                f'/api/cameras/{newest("max(id)")}').status == 200

    cluster.query("SELECT setval(pg_get_serial_sequence('cameras', 'id'), "
                  'max(id)) FROM cameras')
    random.seed(os.environ.get('CCTV_SEED', 3))
    folder, rounds = httpd.folder + '/state/catalogue', 0
    while 'CCTV0224' not in httpd.text():
        assert rounds < 9
        cluster.query(
            "UPDATE cameras SET name = 'Hafen ' || id, role = 'rare', geom = "
            'ST_SetSRID(ST_MakePoint(random() * 360 - 180, random() * 180 - '
            '90), 4326) WHERE id %% 9 = %s', [rounds])
        cluster.query('DELETE FROM cameras WHERE id %% 61 = %s', [rounds])
        cluster.query("INSERT INTO cameras (name, role, stream_url, geom) "
                      "SELECT name, 'new', stream_url, geom FROM cameras "
                      'WHERE id %% 31 = %s', [rounds])
        wait_for(is_applied, 'the changes', 30 * SLOWNESS)
        if rounds == 0:
            wait_for(lambda: len(os.listdir(folder)) == 4,
                     'a base and its changes', 30 * SLOWNESS)
        if rounds < 2:
            compare(direct, httpd, cameras, REQUESTS // 2)
        rounds += 1
        if rounds > 5:
            wait_for(lambda: 'CCTV0224' in httpd.text(), 'a new base',
                     30 * SLOWNESS)
    cluster.query("SELECT cctv_set_status(max(id)::int, 'offline') "
                  'FROM cameras')
    wait_for(lambda: httpd.get(f'/api/cameras/{newest("max(id)")}').json()[
        'properties']['status'] == 'offline', 'a status', 30 * SLOWNESS)
    compare(direct, httpd, cameras, REQUESTS // 2)


def test_a_folder_has_one_database(start, cluster, cameras):
    """A virtual host that inherits the folder, but has a database of its own,
    never shows the cameras of the other one."""
    host = '<VirtualHost 127.0.0.1:{port}>\nServerName %s\n%s\n</VirtualHost>\n'
    httpd = start(dbd(cluster) + CONFIG + catalogue()
                  + host % ('here.localhost', '')
                  + host % ('there.localhost',
                            'DBDParams "host=/nowhere connect_timeout=2"'))
    wait_for_generation(httpd)
    httpd.expect('CCTV0010', 'AH00629', 'AH00632', 'AH02655',
                 'could not connect')
    here = httpd.get('/api/cameras', {'Host': 'here.localhost'})
    assert here.status == 200 and here.headers['ETag']
    assert httpd.get('/api/cameras',
                     {'Host': 'there.localhost'}).status == 503


def test_a_virtual_host_may_do_without(written, cluster):
    accepted, output = written(
        dbd(cluster) + CONFIG + catalogue('/nowhere')
        + '<VirtualHost *:1>\nDBDParams "host=elsewhere"\nCCTVCatalogue off\n'
        '</VirtualHost>\n').configtest()
    assert accepted, output


def test_a_virtual_host_may_have_a_database_of_another_kind(written, cluster):
    """It inherits the folder of the shipped configuration, and shows no
    cameras."""
    host = '<VirtualHost *:1>\nDBDriver sqlite3\nDBDParams "/nowhere"\n%s' \
        '</VirtualHost>\n'
    config = dbd(cluster) + CONFIG + catalogue('/nowhere')
    accepted, output = written(config + host % '').configtest()
    assert accepted, output
    accepted, output = written(
        config + host % 'CCTVCatalogue /nowhere/else\n').configtest()
    assert not accepted and 'CCTV0142' in output


def test_a_folder_with_a_slash_at_its_end_is_the_same(start, cluster, cameras):
    httpd = start(dbd(cluster) + CONFIG + catalogue() + virtual_host(
        'slash', 'CCTVCatalogue {folder}/state/catalogue/'))
    wait_for_generation(httpd)
    assert scrape(httpd).sum('cctv_catalogue_generation', catalogue='2') is None
