"""GET /api/cameras?sees=lng,lat: the cameras whose field of view covers a spot,
out of the catalogue and out of the database."""

import math
import random

import pytest

from api import add_cameras, dbd, location
from test_catalogue import ROLES, catalogue, wait_for_generation
from views import ENDPOINTS

EARTH = 6371008.771415
SPOTS = [(13.4, 52.5), (179.9999, -17.0), (-180.0, 60.0), (10.0, 89.9995)]
LIST = '/api/cameras'


def sees(camera, spot):
    """The definition; None: the rounding decides."""
    lng1, lat1, lng2, lat2 = map(math.radians, (camera['lng'], camera['lat'],
                                                *spot))
    across = lng2 - lng1
    distance = 2 * EARTH * math.asin(math.sqrt(min(1, (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2)
        * math.sin(across / 2) ** 2))))
    bearing = math.degrees(math.atan2(
        math.sin(across) * math.cos(lat2), math.cos(lat1) * math.sin(lat2)
        - math.sin(lat1) * math.cos(lat2) * math.cos(across)))
    field, heading = camera['field_of_view'], camera['heading']
    reach = camera['range_m'] or 100
    if field is None or distance > reach:
        return None if abs(distance - reach) < 1e-6 else False
    if field >= 360 or heading is None:
        return field >= 360
    off = abs((bearing - heading + 180) % 360 - 180)
    return None if abs(off - field / 2) < 1e-6 else off <= field / 2


def near(spot, metres):
    angle, length = random.uniform(0, 2 * math.pi), random.uniform(1, metres)
    lat = spot[1] + math.degrees(length * math.cos(angle) / EARTH)
    lng = spot[0] + math.degrees(length * math.sin(angle) / EARTH
                                 / math.cos(math.radians(spot[1])))
    return (lng + 180) % 360 - 180, min(lat, 90)


@pytest.fixture(scope='module')
def cameras(cluster):
    random.seed(3)
    made = []
    for spot in SPOTS:
        for _ in range(120):
            reach = random.choice([None, None, 20, 500, 10000.0])
            lng, lat = near(spot, 1.5 * (reach or 100))
            made.append({
                'id': len(made) + 1, 'lng': lng, 'lat': lat, 'range_m': reach,
                'heading': random.choice([None, random.uniform(0, 359.9)]),
                'field_of_view': random.choice(
                    [None, 360, random.uniform(10, 359)]),
                'status': random.choice(['online', 'offline']),
                'role': random.choice(['police', 'traffic'])})
    cluster.query('TRUNCATE public.cameras RESTART IDENTITY')
    add_cameras(cluster, *[{name: value for name, value in camera.items()
                            if name != 'range_m'} for camera in made])
    for reach in {camera['range_m'] for camera in made} - {None}:
        cluster.query('UPDATE cameras SET range_m = %s WHERE id = ANY(%s)',
                      [reach, [camera['id'] for camera in made
                               if camera['range_m'] == reach]])
    return made


@pytest.fixture(scope='module', params=['database', 'catalogue'])
def httpd(cluster, cameras, start_shared, request):
    has = request.param == 'catalogue'
    httpd = start_shared(dbd(cluster) + (catalogue() if has else '')
                         + location() + location(ROLES, path='/roles')
                         + ENDPOINTS)
    if has:
        wait_for_generation(httpd)
    return httpd


@pytest.mark.parametrize('spot', SPOTS)
def test_the_cameras_that_see_a_spot(httpd, cameras, spot):
    wanted = {camera['id'] for camera in cameras if sees(camera, spot)}
    unsure = {camera['id'] for camera in cameras if sees(camera, spot) is None}
    assert len(wanted) > 10
    query = f'?sees={spot[0]},{spot[1]}&count=true'
    found = httpd.get(LIST + query)
    assert found.status == 200
    assert set(found.ids()) - unsure == wanted
    assert found.ids() == sorted(found.ids())
    assert found.json()['numberMatched'] == len(found.ids())
    for feature in found.json()['features']:
        assert feature['properties'].get('range_m') == \
            cameras[feature['id'] - 1]['range_m']
    # With other filters, and page by page.
    online = httpd.get(LIST + query + '&status=online').ids()
    assert online == [camera for camera in found.ids()
                      if cameras[camera - 1]['status'] == 'online']
    police = httpd.get('/roles' + query, {'X-Roles': 'police'}).ids()
    assert police == [camera for camera in found.ids()
                      if cameras[camera - 1]['role'] == 'police']
    pages, path = [], LIST + query + '&limit=7'
    while path:
        page = httpd.get(path)
        pages += page.ids()
        path = page.next()
    assert pages == found.ids()


def test_where_nobody_looks(httpd):
    assert httpd.get(LIST + '?sees=0,0&count=true').json() == {
        'type': 'FeatureCollection', 'features': [], 'numberReturned': 0,
        'numberMatched': 0}


@pytest.mark.parametrize('query', [
    'sees=', 'sees=1', 'sees=1,2,3', 'sees=181,0', 'sees=0,91', 'sees=x,0',
    'sees=nan,0', 'sees=1,2&sees=1,2', 'sees=1,2&bbox=0,0,3,3',
    'sees=1,2&q=a', 'sees=1,2&near=1,2'])
def test_what_is_no_spot(httpd, query):
    assert httpd.get(f'{LIST}?{query}').status == 400
