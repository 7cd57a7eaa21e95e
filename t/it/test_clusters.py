"""Clusters for the map (/api/clusters): numbers that are those of the list."""

import contextlib
import random
import urllib.parse

import pytest

from api import add_cameras, dbd, location
from env import SLOWNESS, wait_for
from test_catalogue import ROLES, catalogue, wait_for_generation
from test_differential import make_cameras, make_filter, to_query
from views import ENDPOINTS, virtual_host

HANDLER = 'SetHandler cctv-clusters'
CAMERAS = 1500
STATUSES = ('online', 'offline', 'unknown')
ALL_ROLES = ['public', 'traffic', 'police', 'rare']
CONFIG = (location() + location(ROLES, path='/roles/cameras')
          + f'<Location "/api/clusters">\n{HANDLER}\n</Location>\n'
          + f'<Location "/roles/clusters">\n{HANDLER}\n{ROLES}\n</Location>\n'
          + ENDPOINTS)


@pytest.fixture(scope='module')
def cameras(cluster):
    random.seed(7)
    made = make_cameras(CAMERAS)
    for i, camera in enumerate(made):
        camera['name'] = f'Hafen {i % 50}' if i % 9 == 0 else f'Camera {i}'
        camera['codec'] = 'H.265' if i % 4 == 0 else 'H.264'
    cluster.query('TRUNCATE public.cameras RESTART IDENTITY')
    add_cameras(cluster, *made)
    return made


@pytest.fixture(scope='module')
def httpd(cluster, cameras, start_shared):
    httpd = start_shared(
        dbd(cluster) + CONFIG + catalogue()
        + virtual_host('main') + virtual_host('direct', 'CCTVCatalogue off'))
    wait_for_generation(httpd)
    return httpd


def total(answer):
    """(count, by status, playable) of an answer, clusters and cameras."""
    count, playable, by_status = 0, 0, dict.fromkeys(STATUSES, 0)
    for each in answer['features']:
        found = each['properties']
        if not found.get('cluster'):
            found = {'count': 1, found['status']: 1,
                     'playable': found['playable']}
        count += found['count']
        playable += found['playable']
        for status in STATUSES:
            by_status[status] += found.get(status, 0)
    return count, by_status, playable


def of_list(httpd, path, headers, connection=None):
    """The same of the list, whose pages are followed."""
    found, address = [], path
    while address:
        page = httpd.get(address, headers, connection).json()
        found += page['features']
        address = [link['href'] for link in page.get('links', ())
                   if link['rel'] == 'next']
        address = address and urllib.parse.urljoin(path, address[0])
    return total({'features': found})


def test_the_world_is_the_table_at_every_zoom(httpd):
    expected = of_list(httpd, '/api/cameras', {})
    for zoom in (0, 1, 2, 3, 5, 12, 24):
        answer = httpd.get(f'/api/clusters?zoom={zoom}').json()
        assert total(answer) == expected
        assert answer['numberMatched'] == CAMERAS
        assert answer['roles'] == sorted(ALL_ROLES)
        assert answer['numberReturned'] == len(answer['features'])


def test_numbers_are_those_of_the_list(httpd, cameras):
    random.seed(8)
    with contextlib.closing(httpd.connection()) as connection:
        for _ in range(60):
            asked = make_filter(cameras)
            asked.pop('limit', None)
            asked.pop('after', None)
            if random.random() < 0.3:
                asked['q'] = random.choice(['hafen', 'hafen+7', '7', 'zz'])
            if random.random() < 0.3:
                asked['playable'] = random.choice(['true', 'false'])
            roles = ','.join(random.sample(ALL_ROLES, random.randint(0, 4)))
            headers = {'X-Roles': roles}
            query = to_query(asked)
            zoom = random.randint(0, 18)
            answer = httpd.get(f'/roles/clusters?{query}&zoom={zoom}',
                               headers, connection).json()
            assert total(answer) == of_list(
                httpd, f'/roles/cameras?{query}', headers, connection), query
            assert answer['numberMatched'] == total(answer)[0]


def test_few_cameras_are_what_the_list_has(httpd):
    plain = {each['id']: each for each in httpd.get(
        '/api/cameras?limit=2000').json()['features']}
    shown = [each for each in httpd.get(
        '/api/clusters?zoom=4').json()['features']
        if not each['properties'].get('cluster')]
    assert len(shown) > 50
    for each in shown:
        assert each == plain[each['id']]


def test_a_cluster_lies_in_its_box_and_in_one_cell_of_the_zoom_before(httpd):
    before = {each['id']: each for each in httpd.get(
        '/api/clusters?zoom=2').json()['features']}
    inside = dict.fromkeys(before, 0)
    for each in httpd.get('/api/clusters?zoom=3').json()['features']:
        if not each['properties'].get('cluster'):
            continue
        west, south, east, north = each['bbox']
        lng, lat = each['geometry']['coordinates']
        assert west <= lng <= east and south <= lat <= north
        level, column, row = (int(i) for i in each['id'].split('/'))
        parent = f'{level - 1}/{column // 2}/{row // 2}'
        inside[parent] += each['properties']['count']
        box = before[parent]['bbox']
        assert box[0] <= west and box[1] <= south
        assert box[2] >= east and box[3] >= north
    for parent, count in inside.items():
        assert count <= before[parent]['properties'].get('count', 0)


def test_a_hidden_role_is_in_no_number(httpd, cameras):
    answer = httpd.get('/roles/clusters', {'X-Roles': 'traffic'}).json()
    assert total(answer)[0] == sum(each['role'] == 'traffic'
                                   for each in cameras)
    assert answer['roles'] == ['traffic']
    for headers, query in (({}, ''), ({'X-Roles': 'none'}, ''),
                           ({'X-Roles': 'traffic'}, '?role=police')):
        answer = httpd.get('/roles/clusters' + query, headers).json()
        assert answer['features'] == [] and answer['numberMatched'] == 0


def test_a_change_is_seen_within_a_second(httpd, cluster):
    def world():
        return total(httpd.get('/api/clusters?zoom=1').json())

    count, by_status, _ = world()
    cluster.query("UPDATE cameras SET status = 'offline' "
                  "WHERE status = 'online'")
    wait_for(lambda: world()[1] == {
        **by_status, 'online': 0,
        'offline': by_status['offline'] + by_status['online']},
        'the statuses', 10 * SLOWNESS)
    cluster.query('DELETE FROM cameras WHERE id < 300')
    cluster.query("UPDATE cameras SET role = 'police' WHERE id < 600")
    left, = cluster.query('SELECT count(*) FROM cameras')[0]
    assert left < count
    wait_for(lambda: world()[0] == left, 'the cameras', 10 * SLOWNESS)
    for roles in ('police', 'police,public', 'traffic'):
        headers = {'X-Roles': roles}
        expected, = cluster.query(
            'SELECT count(*) FROM cameras WHERE role = ANY(%s)',
            [roles.split(',')])[0]
        wait_for(lambda headers=headers, expected=expected: total(httpd.get(
            '/roles/clusters?zoom=3', headers).json())[0] == expected,
            'the roles', 10 * SLOWNESS)


def test_an_answer_that_did_not_change_is_not_sent(httpd, cluster):
    path = '/roles/clusters?zoom=2&bbox=-50,-50,50,50'
    headers = {'X-Roles': 'public'}
    reply = httpd.get(path, headers)
    tag = reply.headers['ETag']
    assert reply.headers['Content-Type'] == 'application/geo+json'
    assert reply.headers['Cache-Control'] == 'private'
    assert reply.headers['Link'] == '<changes>; rel="monitor"'
    again = httpd.get(path, headers | {'If-None-Match': tag})
    assert (again.status, again.body) == (304, b'')
    assert httpd.get(path, {'X-Roles': 'public,police'}).headers[
        'ETag'] != tag
    # The names of the roles in the answer are others.
    one, both = (httpd.get(path + '&role=public', {'X-Roles': roles})
                 for roles in ('public', 'public,police'))
    assert one.headers['ETag'] != both.headers['ETag']
    assert httpd.get(path + '&status=online', headers).headers['ETag'] != tag
    cluster.query("UPDATE cameras SET status = CASE status WHEN 'unknown' "
                  "THEN 'online' ELSE 'unknown' END "
                  'WHERE id = (SELECT max(id) FROM cameras)')
    wait_for(lambda: httpd.get(path, headers).headers['ETag'] != tag,
             'another tag', 10 * SLOWNESS)


def test_a_box_with_too_many_cells_gets_larger_ones(httpd):
    answer = httpd.get('/api/clusters?zoom=18').json()
    assert answer['zoom'] < 18
    answer = httpd.get('/api/clusters?zoom=18&bbox=13,52,13.01,52.01').json()
    assert answer['zoom'] == 18


@pytest.mark.parametrize('query, detail', [
    ('zoom=25', '0 to 24'), ('zoom=-1', '0 to 24'), ('zoom=1.5', '0 to 24'),
    ('zoom=', '0 to 24'), ('zoom=1&zoom=2', 'zoom'), ('limit=3', 'limit'),
    ('near=1,2', 'near'), ('after=3', 'after'), ('count=true', 'count'),
    ('bbox=1,2,3', 'bbox'), ('status=on', 'status'), ('x=1', 'x')])
def test_what_makes_no_sense_is_400(httpd, query, detail):
    reply = httpd.get('/api/clusters?' + query)
    assert reply.status == 400
    assert detail in reply.json()['detail']


def test_without_a_catalogue_there_are_no_clusters(httpd):
    reply = httpd.get('/api/clusters', {'Host': 'direct'})
    assert reply.status == 404
    assert 'CCTVCatalogue' in reply.json()['detail']


def test_nothing_is_below_it(httpd):
    assert httpd.get('/api/clusters/1').status == 404
    assert httpd.ask('POST', '/api/clusters', body=b'{}').status == 405
