"""OGC API - Features (/ogc), with the clients that people use."""

import json
import subprocess

import pytest
from owslib.ogcapi.features import Features

from api import add_cameras, dbd
from env import SLOWNESS, wait_for
from test_catalogue import catalogue, generation
from users import AUTH, BASIC, set_passwords, user
from views import ENDPOINTS

OPEN = ('<Location "/ogc">\nSetHandler cctv-ogc\nCCTVMaxFeatures 100\n'
        '</Location>\n')
# An administrator's section: a login, and the cameras of its user only.
CLOSED = ('<Location "/closed/ogc">\nSetHandler cctv-ogc\n'
          + '\n'.join(BASIC) + '\nCCTVRoles "%{REMOTE_USER}"\n</Location>\n')
OTHER = ('<Location "/other">\nSetHandler cctv-ogc\n'
         'CCTVOgcAddress https://maps.example.org/gis/\n</Location>\n')
ITEMS = '/ogc/collections/cameras/items'
POLICE = 3


@pytest.fixture(scope='module')
def cameras(cluster):
    cluster.query('TRUNCATE public.cameras RESTART IDENTITY')
    add_cameras(cluster, *[
        {'name': f'Camera {i}', 'lng': -170 + i, 'lat': -40 + i % 80,
         'role': 'police' if i < POLICE else 'traffic',
         'status': ('online', 'offline', 'unknown')[i % 3]}
        for i in range(250)])
    return cluster


@pytest.fixture(scope='module', params=['database', 'catalogue'])
def httpd(cameras, start_shared, request):
    extra = catalogue() if request.param == 'catalogue' else ''
    httpd = start_shared(dbd(cameras) + extra + OPEN + CLOSED + OTHER
                         + ENDPOINTS, modules=AUTH)
    set_passwords(httpd, 'police')
    if extra:
        wait_for(lambda: generation(httpd) > 0, 'a catalogue', 60 * SLOWNESS)
    httpd.counts = bool(extra)
    return httpd


def links(document):
    return {link['rel']: link['href'] for link in document['links']}


def base(httpd):
    return f'http://127.0.0.1:{httpd.port}/ogc'


@pytest.mark.parametrize('path', ['/ogc', '/ogc/'])
def test_every_link_leads_somewhere(httpd, path):
    found = links(httpd.get(path).json())
    assert found == {
        'self': base(httpd), 'service-desc': base(httpd) + '/api',
        'conformance': base(httpd) + '/conformance',
        'data': base(httpd) + '/collections'}
    for href in found.values():
        assert httpd.get(httpd_path(httpd, href)).status == 200
    (collection,) = httpd.get('/ogc/collections').json()['collections']
    assert collection == httpd.get('/ogc/collections/cameras').json()
    assert httpd_path(httpd, links(collection)['items']) == ITEMS


def httpd_path(httpd, href):
    start = f'http://127.0.0.1:{httpd.port}'
    assert href.startswith(start)
    return href[len(start):]


def test_conformance(httpd):
    classes = httpd.get('/ogc/conformance').json()['conformsTo']
    assert [each.rsplit('/', 1)[1] for each in classes] == ['core', 'oas30',
                                                           'geojson']


def test_pages_of_items(httpd):
    path, seen, pages = ITEMS + '?limit=40&status=online', [], 0
    while path:
        reply = httpd.get(path)
        assert reply.headers['Content-Type'] == 'application/geo+json'
        page = reply.json()
        assert page['numberReturned'] == len(page['features'])
        assert page.get('numberMatched') == (84 if httpd.counts else None)
        assert httpd_path(httpd, links(page)['self']) == path
        seen += [each['id'] for each in page['features']]
        path = links(page).get('next')
        path = path and httpd_path(httpd, path)
        pages += 1
    assert seen == [i for i in range(1, 251) if i % 3 == 1] and pages == 3


def test_pages_of_a_search(httpd):
    path, seen = ITEMS + '?limit=100&q=1&playable=true&rank=2&after=0', []
    while path:
        page = httpd.get(path).json()
        seen.append([each['id'] for each in page['features']])
        path = links(page).get('next')
        path = path and httpd_path(httpd, path)
        assert not path or path.startswith(
            ITEMS + '?limit=100&q=1&playable=true&rank=')
    # "Camera 1" has a word that starts with 1; "Camera 21" has 1 within.
    names = {i + 1: str(i) for i in range(250)}
    starts = [i for i in names if names[i].startswith('1') and i != 1]
    within = [i for i in names if '1' in names[i][1:] and i != 1
              and not names[i].startswith('1')]
    assert [len(each) for each in seen] == [100, len(starts + within) - 100]
    assert sum(seen, []) == starts + within


def test_an_item(httpd):
    item = httpd.get(ITEMS + '/7').json()
    plain = {**item}
    del plain['links']
    assert plain == next(each for each in httpd.get(
        ITEMS + '?limit=10').json()['features'] if each['id'] == 7)
    assert links(item) == {
        'self': base(httpd) + '/collections/cameras/items/7',
        'collection': base(httpd) + '/collections/cameras'}


def test_items_are_not_sent_twice(httpd):
    for path in (ITEMS, ITEMS + '/7', '/ogc/api', '/ogc'):
        tag = httpd.get(path).headers['ETag']
        assert httpd.get(path, {'If-None-Match': tag}).status == 304


@pytest.mark.parametrize('query, status', [
    ('bbox=-180,-90,-160,90', 200), ('bbox=1,2,3', 400), ('nothing=1', 400),
    ('datetime=2026-11-27T12:00:00Z', 200), ('datetime=2026-11-27/..', 200),
    ('datetime=yesterday', 400), ('datetime=', 400), ('limit=0', 400),
    ('limit=1000000', 200), ('near=1,2', 400), ('q=Camera+2', 200),
    ('datetime=2026-11-27&limit=3&datetime=x', 400), ('f=%ff', 400)])
def test_parameters(httpd, query, status):
    reply = httpd.get(f'{ITEMS}?{query}')
    assert reply.status == status
    if status == 400:
        assert reply.headers['Content-Type'] == 'application/problem+json'


@pytest.mark.parametrize('path', [
    '/ogc/nothing', '/ogc/collections/other', '/ogc/collections/cameras/x',
    ITEMS + '/0', ITEMS + '/9999', ITEMS + '/7/x', ITEMS + '/'])
def test_what_is_not_there(httpd, path):
    assert httpd.get(path).status == 404


@pytest.mark.parametrize('method', ['POST', 'PUT', 'DELETE'])
def test_nothing_can_be_changed(httpd, method):
    assert httpd.ask(method, ITEMS, body=b'{}').status == 405


def test_documents_take_no_parameters(httpd):
    assert httpd.get('/ogc/api?x=1').status == 400


def test_the_openapi_document_names_what_there_is(httpd):
    reply = httpd.get('/ogc/api')
    assert reply.headers['Content-Type'] == ('application/vnd.oai.openapi+json'
                                             ';version=3.0')
    document = reply.json()
    assert document['openapi'].startswith('3.0.')
    assert document['servers'] == [{'url': base(httpd)}]
    for path in document['paths']:
        path = path.replace('{featureId}', '7')
        assert httpd.get('/ogc' + path).status == 200
    limit = next(each for each in document['paths'][
        '/collections/cameras/items']['get']['parameters']
        if each['name'] == 'limit')
    assert limit['schema']['maximum'] == 100


def test_links_say_the_address_that_the_administrator_gave(httpd):
    assert links(httpd.get('/other').json())['data'] == (
        'https://maps.example.org/gis/collections')
    page = httpd.get('/other/collections/cameras/items?limit=1').json()
    assert links(page)['next'] == ('https://maps.example.org/gis/collections/'
                                   'cameras/items?limit=1&after=1')


@pytest.mark.parametrize('path', [ITEMS, ITEMS + '/7'])
def test_an_answer_with_other_links_has_another_tag(httpd, path):
    """CCTVOgcAddress may change, or the scheme behind a proxy."""
    tag = httpd.get(path).headers['ETag']
    host = {'Host': f'localhost:{httpd.port}'}
    reply = httpd.get(path, host)
    assert 'localhost' in reply.body.decode()
    assert reply.headers['ETag'] != tag
    assert httpd.get(path, host | {'If-None-Match': tag}).status == 200


def test_a_header_leads_to_nothing_that_is_not_there(httpd):
    assert 'Link' not in httpd.get(ITEMS).headers


def test_a_login_sees_its_cameras_only(httpd):
    path = '/closed/ogc/collections/cameras/items'
    assert httpd.get(path).status == 401
    page = httpd.get(path, user('police')).json()
    assert page['numberReturned'] == POLICE
    assert httpd.get(f'{path}/{POLICE}', user('police')).status == 200
    assert httpd.get(f'{path}/{POLICE + 1}', user('police')).status == 404


# --- the abstract tests of OGC 17-069r4, annex A, that are not above ---------
#
# Written after the standard, as the suite ets-ogcapi-features10 has them; their
# names follow in quotes.

def resources(httpd):
    """Each document with links, and what its links have to name."""
    return {'/ogc': {'self', 'service-desc', 'conformance', 'data'},
            '/ogc/collections': {'self'},
            '/ogc/collections/cameras': {'self', 'items'},
            ITEMS + '?limit=3': {'self', 'next'},
            ITEMS + '/7': {'self', 'collection'}}


def test_every_link_has_a_relation_and_a_type_that_is_true(httpd):
    """"fc-rel-type", "f-links", "rc-md-links", "root-success"."""
    for path, wanted in resources(httpd).items():
        document = httpd.get(path).json()
        assert {link['rel'] for link in document['links']} >= wanted, path
        for link in document['links']:
            reply = httpd.get(httpd_path(httpd, link['href']))
            assert reply.status == 200
            assert reply.headers['Content-Type'] == link['type'], link
    with_items = httpd.get('/ogc/collections').json()['collections'][0]
    assert {link['type'] for link in with_items['links']
            if link['rel'] == 'items'} == {'application/geo+json'}


@pytest.mark.parametrize('name, schema', [
    ('limit', {'type': 'integer', 'minimum': 1}),
    ('bbox', {'type': 'array', 'minItems': 4, 'maxItems': 6,
              'items': {'type': 'number'}}),
    ('datetime', {'type': 'string'})])
def test_the_definition_of_a_parameter(httpd, name, schema):
    """"fc-limit-definition", "fc-bbox-definition", "fc-time-definition"."""
    found = next(each for each in httpd.get('/ogc/api').json()['paths'][
        '/collections/cameras/items']['get']['parameters']
        if each['name'] == name)
    assert found['in'] == 'query' and not found['required']
    assert found['style'] == 'form' and found['explode'] is False
    assert schema.items() <= found['schema'].items()


def test_the_openapi_document_has_unique_ids_and_all_answers(httpd):
    """"oas-definition-2", "completeness", "exceptions-codes"."""
    operations = [operation for path in httpd.get('/ogc/api').json()[
        'paths'].values() for operation in path.values()]
    ids = [operation['operationId'] for operation in operations]
    assert len(set(ids)) == len(ids) == 7
    for operation in operations:
        assert '200' in operation['responses']
        if any(each['in'] == 'query'
               for each in operation.get('parameters', ())):
            assert '400' in operation['responses']


@pytest.mark.parametrize('box, is_in', [
    ('-180,-90,-160,90', lambda lng, lat: lng <= -160),
    ('-180,-90,0,-160,90,100', lambda lng, lat: lng <= -160),
    ('-170,-40,-170,-40', lambda lng, lat: (lng, lat) == (-170, -40)),
    ('60,-90,-165,90', lambda lng, lat: lng >= 60 or lng <= -165),
    ('-180,-90,180,90', lambda lng, lat: True)])
def test_only_features_of_the_box(httpd, box, is_in):
    """"fc-bbox-response", "crs84"."""
    page = httpd.get(f'{ITEMS}?limit=100&bbox={box}').json()
    places = [each['geometry']['coordinates'] for each in page['features']]
    assert all(-180 <= lng <= 180 and -90 <= lat <= 90 and is_in(lng, lat)
               for lng, lat in places)
    expected = [i for i in range(250) if is_in(-170 + i, -40 + i % 80)]
    assert len(places) == min(100, len(expected)) and places


@pytest.mark.parametrize('query', [
    'bbox=1,2,3,4,5', 'bbox=1,2,3,x', 'bbox=0,0,0,0,0,0,0', 'bbox=,,,',
    'bbox=-180,91,180,92', 'bbox=0,10,1,-10', 'limit=x', 'limit=-1',
    'datetime=../..', 'datetime=2026-11-27/2026-11-26/2026', 'Limit=1',
    'status=broken', 'unknown=', 'limit=1&limit=2'])
def test_a_wrong_or_unknown_parameter(httpd, query):
    """"query-param-invalid", "query-param-unknown"."""
    reply = httpd.get(f'{ITEMS}?{query}')
    assert reply.status == 400 and reply.json()['status'] == 400


@pytest.mark.parametrize('limit', [1, 7, 100, 101, 9999])
def test_no_page_is_longer_than_its_limit(httpd, limit):
    """"fc-limit-response", "fc-numberReturned", "fc-numberMatched"."""
    page = httpd.get(f'{ITEMS}?limit={limit}').json()
    assert len(page['features']) == page['numberReturned'] == min(limit, 100)
    assert page.get('numberMatched', 250) == 250
    assert page['type'] == 'FeatureCollection' and 'timeStamp' not in page
    assert all(each['type'] == 'Feature' and each['geometry']['type']
               == 'Point' for each in page['features'])


@pytest.mark.parametrize('time', [
    '2026-11-27T12:00:00Z', '2026-11-27T12:00:00Z/..',
    '../2026-11-27T12:00:00Z', '2026-11-26T12:00:00Z/2026-11-27T12:00:00Z',
    '/2026-11-27T12:00:00Z', '2026-11-27T12:00:00Z/'])
def test_features_without_a_time_match_every_time(httpd, time):
    """"fc-time-response"."""
    query = f'{ITEMS}?limit=5&datetime={time}'
    assert [each['id'] for each in httpd.get(query).json()['features']] \
        == [1, 2, 3, 4, 5]


def test_the_extent_contains_every_feature(httpd):
    """"rc-extent", "sfc-md-success"."""
    collection = httpd.get('/ogc/collections/cameras').json()
    spatial = collection['extent']['spatial']
    (west, south, east, north), = spatial['bbox']
    assert spatial['crs'] == collection['crs'][0] \
        == 'http://www.opengis.net/def/crs/OGC/1.3/CRS84'
    for each in httpd.get(ITEMS + '?limit=100').json()['features']:
        lng, lat = each['geometry']['coordinates']
        assert west <= lng <= east and south <= lat <= north


@pytest.mark.parametrize('path', ['/ogc', '/ogc/conformance', '/ogc/api',
                                  '/ogc/collections', ITEMS, ITEMS + '/7'])
def test_head_is_get_without_its_body(httpd, path):
    """"http"."""
    got, head = httpd.get(path), httpd.ask('HEAD', path)
    assert head.status == got.status == 200 and head.body == b''
    for name in ('Content-Type', 'ETag'):
        assert head.headers[name] == got.headers[name]
    assert httpd.get(path, {'Accept': 'text/html;q=0.1, */*'}).status == 200


# --- GDAL, OWSLib -----------------------------------------------------------

def gdal(*command, timeout=60):
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding='utf-8',
                          timeout=timeout * SLOWNESS, check=True).stdout


def test_gdal_reads_all_pages(httpd, tmp_path):
    out = str(tmp_path / 'cameras.geojson')
    gdal('ogr2ogr', '-f', 'GeoJSON', out, 'OAPIF:' + base(httpd), 'cameras',
         '-oo', 'PAGE_SIZE=60')
    with open(out) as file:
        features = json.load(file)['features']
    assert len(features) == 250
    assert features[9]['properties']['name'] == 'Camera 9'
    assert features[9]['geometry']['coordinates'] == [-161, -31]


def test_gdal_filters_on_the_server(httpd):
    said = gdal('ogrinfo', '-ro', '-al', '-so', 'OAPIF:' + base(httpd),
                '-where', "status = 'offline'", '-spat', '-180', '-90',
                '-150', '90')
    assert 'ERROR' not in said
    assert 'Feature Count: 7' in said


def test_gdal_logs_in(httpd):
    said = gdal('ogrinfo', '-ro', '-al', '-so',
                'OAPIF:' + base(httpd).replace('/ogc', '/closed/ogc'), '-oo',
                'USERPWD=police:secret')
    assert f'Feature Count: {POLICE}' in said


def test_owslib(httpd):
    features = Features(base(httpd))
    assert features.feature_collections() == ['cameras']
    page = features.collection_items('cameras', bbox=[-180, -90, -160, 90],
                                     limit=5)
    assert [each['id'] for each in page['features']] == [1, 2, 3, 4, 5]
    assert features.collection_item('cameras', '7')['id'] == 7
