"""Vector tiles (/tiles), with the decoders that people use."""

import gzip
import json
import math
import subprocess

import pytest

from api import add_cameras, dbd, location
from env import REPO, SLOWNESS, wait_for
from test_catalogue import ROLES, catalogue, wait_for_generation
from users import AUTH, BASIC, set_passwords, user
from views import ENDPOINTS, virtual_host

TYPE = 'application/vnd.mapbox-vector-tile'
HANDLER = 'SetHandler cctv-tiles'
CAMERAS = 400
CONFIG = (location()
          + f'<Location "/tiles">\n{HANDLER}\n'
            f'AddOutputFilterByType DEFLATE {TYPE}\n</Location>\n'
          + f'<Location "/roles/tiles">\n{HANDLER}\n{ROLES}\n</Location>\n'
          + f'<Location "/other">\n{HANDLER}\n'
            'CCTVTilesAddress https://maps.example.org/t/\n</Location>\n'
          + '<Location "/closed/tiles">\n' + HANDLER + '\n'
          + '\n'.join(BASIC) + '\nCCTVRoles "%{REMOTE_USER}"\n</Location>\n'
          + ENDPOINTS)


@pytest.fixture(scope='module')
def cameras(cluster):
    made = [{'name': f'Café "{i}"', 'lng': -170 + i * 0.9 % 340,
             'lat': -60 + i * 7 % 130, 'role': 'police' if i % 3 else 'public',
             'status': ('online', 'offline', 'unknown')[i % 3],
             'codec': 'H.265' if i % 4 == 0 else 'H.264',
             'heading': 12.5 if i % 2 else None}
            for i in range(CAMERAS - 40)]
    made += [{'name': 'A corner', 'lng': 13.4, 'lat': 52.5} for _ in range(40)]
    cluster.query('TRUNCATE public.cameras RESTART IDENTITY')
    add_cameras(cluster, *made)
    return made


@pytest.fixture(scope='module')
def httpd(cluster, cameras, start_shared):
    httpd = start_shared(
        dbd(cluster) + CONFIG + catalogue()
        + virtual_host('main') + virtual_host('direct', 'CCTVCatalogue off'),
        modules=(*AUTH, 'filter', 'deflate'))
    set_passwords(httpd, 'police')
    wait_for_generation(httpd)
    return httpd


def decode(reply, z, x, y):
    assert reply.status == 200 and reply.headers['Content-Type'] == TYPE
    done = subprocess.run(
        ['node', REPO + '/t/it/tile.mjs', REPO + '/build/npm/node_modules',
         *map(str, (z, x, y))], input=reply.body, stdout=subprocess.PIPE,
        timeout=60 * SLOWNESS, check=True)
    return json.loads(done.stdout)


def of_tile(httpd, z, x, y, query='', path='/tiles', headers=None):
    return decode(httpd.get(f'{path}/{z}/{x}/{y}.mvt{query}', headers or {}),
                  z, x, y)


def inside(layer):
    return [each for each in layer['features']
            if 0 <= each['x'] < 4096 and 0 <= each['y'] < 4096]


def count(tile):
    return (sum(each['properties']['count']
                for each in inside(tile.get('clusters', {'features': []})))
            + len(inside(tile.get('cameras', {'features': []}))))


def test_the_world_in_one_tile(httpd):
    tile = of_tile(httpd, 0, 0, 0)
    assert count(tile) == CAMERAS
    for layer in tile.values():
        assert (layer['version'], layer['extent']) == (2, 4096)
    for each in tile['clusters']['features']:
        found = each['properties']
        assert found['count'] == (found['online'] + found['offline']
                                  + found['unknown'])
        assert 0 <= found['playable'] <= found['count']


def test_tiles_of_a_zoom_have_all_cameras(httpd):
    total = 0
    for x in range(4):
        for y in range(4):
            reply = httpd.get(f'/tiles/2/{x}/{y}.mvt')
            if reply.status == 204:
                assert reply.body == b''
                continue
            total += count(decode(reply, 2, x, y))
    assert total == CAMERAS


def test_a_camera_is_what_the_list_has(httpd):
    plain = {each['id']: each for each in httpd.get(
        '/api/cameras?limit=1000').json()['features']}
    seen = of_tile(httpd, 4, 7, 7)['cameras']['features']
    assert len(seen) > 3
    for each in seen:
        expected = plain[each['id']]
        assert each['properties'] == {
            name: value for name, value in expected['properties'].items()
            if value is not None and not isinstance(value, list)}
        lng, lat = expected['geometry']['coordinates']
        assert each['geometry']['coordinates'] == pytest.approx(
            [lng, lat], abs=360 / 2 ** 4 / 4096 * 1.01)


def tile_at(z, lng, lat):
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lng + 180) / 360 * 2 ** z), int(y * 2 ** z)


def test_a_corner_with_many_cameras_is_shown_near(httpd):
    """Beyond the greatest zoom of the description, too."""
    for zoom, layer in ((10, 'clusters'), (17, 'cameras'), (20, 'cameras'),
                        (24, 'cameras')):
        tile = of_tile(httpd, zoom, *tile_at(zoom, 13.4, 52.5))
        assert list(tile) == [layer] and count(tile) == 40


def test_a_buffer_has_what_the_neighbours_have(httpd):
    x, y = tile_at(10, 13.4, 52.5)
    own = of_tile(httpd, 10, x, y)['clusters']['features'][0]
    for dx in (-1, 1):
        reply = httpd.get(f'/tiles/10/{x + dx}/{y}.mvt')
        at = own['x'] - dx * 4096
        assert (reply.status == 200) == (-1024 <= at < 5120)
        if reply.status == 200:
            each = decode(reply, 10, x + dx, y)['clusters']['features'][0]
            assert (each['x'], each['id']) == (at, own['id'])


def test_filters_and_roles(httpd, cameras):
    police = sum(each.get('role') == 'police' for each in cameras)
    assert count(of_tile(httpd, 0, 0, 0, '?role=police')) == police
    assert count(of_tile(httpd, 0, 0, 0, path='/roles/tiles',
                         headers={'X-Roles': 'police'})) == police
    assert count(of_tile(httpd, 0, 0, 0, '?status=offline')) == sum(
        each.get('status') == 'offline' for each in cameras)
    assert count(of_tile(httpd, 0, 0, 0, '?q=corner')) == 40
    assert httpd.get('/roles/tiles/0/0/0.mvt').status == 204
    assert httpd.get('/roles/tiles/0/0/0.mvt?role=police',
                     {'X-Roles': 'public'}).status == 204


def test_a_login_sees_its_cameras_only(httpd, cameras):
    path = '/closed/tiles/0/0/0.mvt'
    assert httpd.get(path).status == 401
    assert count(decode(httpd.get(path, user('police')), 0, 0, 0)) == sum(
        each.get('role') == 'police' for each in cameras)


def test_tiles_are_compressed_and_not_sent_twice(httpd, cluster):
    path = '/tiles/0/0/0.mvt'
    plain = httpd.get(path)
    packed = httpd.get(path, {'Accept-Encoding': 'gzip'})
    assert packed.headers['Content-Encoding'] == 'gzip'
    assert gzip.decompress(packed.body) == plain.body
    tag = plain.headers['ETag']
    assert httpd.get(path, {'If-None-Match': tag}).status == 304
    empty = httpd.get('/tiles/9/0/0.mvt')
    assert empty.status == 204
    assert httpd.get('/tiles/9/0/0.mvt', {
        'If-None-Match': empty.headers['ETag']}).status == 304
    cluster.query("UPDATE cameras SET status = 'unknown' WHERE id = 1")
    wait_for(lambda: httpd.get(path, {'If-None-Match': tag}).status == 200,
             'another tag', 10 * SLOWNESS)


@pytest.mark.parametrize('path, status', [
    ('/tiles', 404), ('/tiles/', 404), ('/tiles/25/0/0.mvt', 404),
    ('/tiles/1/2/0.mvt', 404), ('/tiles/1/0/-1.mvt', 404),
    ('/tiles/1/0/0', 404), ('/tiles/1/0/0.png', 404),
    ('/tiles/a/b/c.mvt', 404), ('/tiles/0/0/0.mvt?zoom=1', 400),
    ('/tiles/0/0/0.mvt?bbox=1,2,3,4', 400),
    ('/tiles/tilejson.json?x=1', 400), ('/tiles/0/0/0.mvt?status=on', 400)])
def test_what_is_no_tile(httpd, path, status):
    reply = httpd.get(path)
    assert reply.status == status
    assert reply.headers['Content-Type'] == 'application/problem+json'


def test_the_description(httpd):
    base = f'http://127.0.0.1:{httpd.port}'
    found = httpd.get('/tiles/tilejson.json').json()
    assert found['tilejson'] == '3.0.0'
    assert found['tiles'] == [base + '/tiles/{z}/{x}/{y}.mvt']
    assert [each['id'] for each in found['vector_layers']] == ['clusters',
                                                               'cameras']
    known = {each['id']: set(each['fields'])
             for each in found['vector_layers']}
    for name, layer in of_tile(httpd, 3, 4, 3).items():
        for each in layer['features']:
            assert set(each['properties']) <= known[name]
    found = httpd.get('/tiles/tilejson.json?role=police').json()
    assert found['tiles'][0].endswith('.mvt?role=police')
    assert httpd.get('/other/tilejson.json').json()['tiles'] == [
        'https://maps.example.org/t/{z}/{x}/{y}.mvt']


def test_without_a_catalogue_there_are_no_tiles(httpd):
    reply = httpd.get('/tiles/0/0/0.mvt', {'Host': 'direct'})
    assert reply.status == 404
    assert 'CCTVCatalogue' in reply.json()['detail']


def test_gdal_reads_a_tile(httpd):
    done = subprocess.run(
        ['ogrinfo', '-ro', '-al', '-so',
         f'MVT:http://127.0.0.1:{httpd.port}/tiles/0/0/0.mvt'],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding='utf-8',
        timeout=60 * SLOWNESS, check=True)
    assert 'ERROR' not in done.stdout
    assert 'Layer name: clusters' in done.stdout
    assert 'count: Integer' in done.stdout
