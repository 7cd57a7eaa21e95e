"""Random requests, compared with an oracle that computes in doubles."""

import contextlib
import math
import os
import random
import re
import threading

import pytest

from api import add_cameras, dbd, location
from env import LONG

SEED = int(os.environ.get('CCTV_SEED', random.randrange(10 ** 9)))
BOXES = 3000 if LONG else 1000
THREADS = 4
ROLES = ['public', 'traffic', 'police', 'rare']
STATUSES = ['online', 'offline', 'unknown']
CAP = 2500


def beside(value, limit):
    """A value near this one: an adjacent double, one that float32 rounds to
    the same number, one a little further off, or the value itself."""
    other = random.choice([
        math.nextafter(value, math.inf), math.nextafter(value, -math.inf),
        value + random.choice([-1, 1]) * 1e-6 * random.random(),
        value + random.choice([-1, 1]) * 1e-9, value])
    return max(-limit, min(limit, other))


def make_cameras(count):
    """Cameras over the whole globe: clusters, edges, poles, and close
    neighbours."""
    cameras = []
    for _ in range(count):
        kind = random.random()
        if kind < 0.4 or not cameras:
            lng, lat = random.uniform(-180, 180), random.uniform(-90, 90)
        elif kind < 0.6:
            lng = random.gauss(13.4, 0.2)
            lat = random.gauss(52.5, 0.2)
        elif kind < 0.75:
            near = random.choice(cameras)
            lng, lat = beside(near['lng'], 180), beside(near['lat'], 90)
        elif kind < 0.85:
            lng = random.choice([180.0, -180.0, 0.0, -100.0, -100.000001,
                                 beside(180.0, 180), beside(-180.0, 180)])
            lat = random.uniform(-90, 90)
        elif kind < 0.92:
            lng = random.uniform(-180, 180)
            lat = random.choice([90.0, -90.0, 0.0, beside(90.0, 90)])
        else:
            lng, lat = (float(random.randint(-180, 180)),
                        float(random.randint(-90, 90)))
        cameras.append({
            'id': len(cameras) * 3 + random.randint(1, 3), 'lng': lng,
            'lat': lat, 'status': random.choice(STATUSES),
            'role': random.choices(ROLES, [60, 30, 9.9, 0.1])[0]})
    return cameras


def make_box(cameras):
    """west, south, east, north of a random box; or None: no box."""
    def edge(name, limit):
        value = random.choice(cameras)[name]
        return value if random.random() < 0.5 else beside(value, limit)

    kind = random.random()
    if kind < 0.04:
        return None
    if kind < 0.08:
        return -180.0, -90.0, 180.0, 90.0
    if kind < 0.30:  # edges exactly on cameras, or next to them
        west, east = edge('lng', 180), edge('lng', 180)
        south, north = sorted([edge('lat', 90), edge('lat', 90)])
    elif kind < 0.45:  # tiny, around a camera
        near = random.choice(cameras)
        west, south = beside(near['lng'], 180), beside(near['lat'], 90)
        east, north = beside(near['lng'], 180), beside(near['lat'], 90)
        south, north = sorted([south, north])
    elif kind < 0.55:  # a pole, or a degenerate box
        west, east = random.uniform(-180, 180), random.uniform(-180, 180)
        south, north = random.choice([(89.0, 90.0), (-90.0, -89.5),
                                      (90.0, 90.0), (-90.0, -90.0),
                                      (0.0, 0.0)])
    elif kind < 0.70:  # crosses the antimeridian
        west, east = random.uniform(90, 180), random.uniform(-180, -90)
        if random.random() < 0.3:
            west, east = random.choice([(180.0, -180.0), (180.0, east),
                                        (west, -180.0)])
        south, north = sorted(random.uniform(-90, 90) for _ in range(2))
    elif kind < 0.80:  # between neighbours that float32 cannot tell apart
        west = random.choice([-100.0, -100.000001, 180.0, -180.0, 0.0])
        east = beside(west, 180) if random.random() < 0.5 else (
            random.uniform(west, 180))
        south, north = -90.0, 90.0
    else:
        west, east = random.uniform(-180, 180), random.uniform(-180, 180)
        south, north = sorted(random.uniform(-90, 90) for _ in range(2))
    return west, south, east, north


def make_filter(cameras):
    asked = {}
    box = make_box(cameras)
    if box:
        asked['bbox'] = box
    if random.random() < 0.35:
        asked['role'] = random.sample(ROLES, random.randint(1, 3))
    if random.random() < 0.25:
        asked['status'] = random.choice(STATUSES)
    if random.random() < 0.25:
        asked['after'] = random.choice(cameras)['id'] + random.randint(-1, 1)
    if random.random() < 0.8:
        asked['limit'] = random.choice([1, 2, 7, 50, 300, 10 ** 6])
    return asked


def to_query(asked):
    parts = []
    for name, value in asked.items():
        if name == 'bbox':
            number = random.choice(['%.17g', '%r', '%.20e'])
            value = ','.join(number % edge for edge in value)
        elif name == 'role':
            value = ','.join(value)
        parts.append(f'{name}={value}')
    random.shuffle(parts)
    return '&'.join(parts).replace('+', '%2B')


def is_wanted(camera, asked):
    if 'bbox' in asked:
        west, south, east, north = asked['bbox']
        lng, lat = camera['lng'], camera['lat']
        inside = (west <= lng <= east if west <= east
                  else lng >= west or lng <= east)
        if not (inside and south <= lat <= north):
            return False
    return (('role' not in asked or camera['role'] in asked['role'])
            and asked.get('status', camera['status']) == camera['status']
            and camera['id'] > asked.get('after', 0))


def wanted_ids(cameras, asked):
    """(the ids of the expected page, whether there are more)"""
    limit = min(asked.get('limit', 1000), CAP)
    ids = [camera['id'] for camera in cameras if is_wanted(camera, asked)]
    return ids[:limit], len(ids) > limit


def compare(httpd, cameras, requests):
    """Sends these requests over one connection; returns the failed ones."""
    wrong = []
    with contextlib.closing(httpd.connection()) as connection:
        for asked in requests:
            query = to_query(asked)
            reply = httpd.get('/api/cameras?' + query, connection=connection)
            wanted, more = wanted_ids(cameras, asked)
            ids = [int(number) for number in re.findall(
                rb'"type":"Feature","id":(\d+)', reply.body)]
            links = b'"rel":"next"' in reply.body
            if (reply.status, ids, links) != (200, wanted, more):
                wrong.append((query, reply.status,
                              sorted(set(ids) ^ set(wanted))[:5], links))
    return wrong


def compare_in_threads(httpd, cameras, requests):
    wrong = []
    failed = []

    def run(part):
        try:
            wrong.extend(compare(httpd, cameras, part))
        except Exception as error:
            failed.append(error)
    threads = [threading.Thread(target=run, args=[requests[n::THREADS]])
               for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed
    assert not wrong, f'{len(wrong)} of {len(requests)}: {wrong[:5]}'


@pytest.fixture(autouse=True)
def seed():
    print(f'CCTV_SEED={SEED}')
    random.seed(SEED)


def test_random_boxes(database, start):
    cameras = make_cameras(4000)
    add_cameras(database, *cameras)
    database.query('VACUUM ANALYZE cameras')
    httpd = start(dbd(database) + location(f'CCTVMaxFeatures {CAP}'))
    compare_in_threads(httpd, cameras,
                       [make_filter(cameras) for _ in range(BOXES)])


@pytest.fixture
def statements(cluster):
    """statements() → the SQL that Apache has sent since the last call."""
    path = cluster.folder + '/log'
    before = os.path.getsize(path)
    cluster.query("ALTER ROLE cctv_reader SET log_statement = 'all'")

    def text():
        with open(path, errors='replace') as log:
            log.seek(before)
            return log.read()
    yield text
    cluster.query('ALTER ROLE cctv_reader RESET log_statement')


def test_large_table_by_every_plan(database, start, statements):
    """The answers are the same with each plan."""
    cameras = make_cameras(60000 if LONG else 30000)
    add_cameras(database, *cameras)
    database.query('VACUUM ANALYZE cameras')
    httpd = start(dbd(database) + location(f'CCTVMaxFeatures {CAP}'))
    rare = {'role': ['rare'], 'bbox': (-170.0, -80.0, 170.0, 80.0)}
    compare_in_threads(httpd, cameras, [rare] * 5
                       + [make_filter(cameras) for _ in range(150)])
    asked = statements()
    # By position, by id, and as PostgreSQL decides: see cameras/plan.h.
    assert re.search(r'execute cctv_\d+_\d+: .* geom && \(SELECT', asked)
    assert re.search(r'execute cctv_\d+_\d+: (?!.* &&).* ST_X\(geom\) ',
                     asked)
    assert re.search(r'execute <unnamed>: .* WHERE id > ', asked)


def test_answers_stay_right_while_cameras_change(database, start):
    """Each page is a snapshot: a camera that moves from one box to another is
    in exactly one of them."""
    add_cameras(database, *[{'lng': -10} for _ in range(50)])
    httpd = start(dbd(database) + location())
    stop = threading.Event()

    def move():
        with contextlib.closing(database.connect()) as connection:
            while not stop.is_set():
                connection.cursor().execute(
                    'UPDATE cameras SET geom = ST_SetSRID(ST_MakePoint('
                    '-ST_X(geom), 0), 4326)')
    mover = threading.Thread(target=move)
    mover.start()
    try:
        with contextlib.closing(httpd.connection()) as connection:
            for _ in range(300):
                reply = httpd.get('/api/cameras?bbox=-20,-1,20,1',
                                  connection=connection)
                lngs = {feature['geometry']['coordinates'][0]
                        for feature in reply.json()['features']}
                assert len(reply.ids()) == 50
                assert lngs in ({-10}, {10})
    finally:
        stop.set()
        mover.join()
