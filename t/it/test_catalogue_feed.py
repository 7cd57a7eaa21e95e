"""Changes in the database reach the catalogue."""

import contextlib
import os
import random
import signal
import threading
import time

import pytest

from api import ONE_CHILD, add_cameras, dbd
from env import LONG, SLOWNESS, wait_for
from journal import table
from metrics import scrape
from postgres import DOWN, halted, stopped
from preload import preloading
from test_catalogue import CONFIG, catalogue, wait_for_generation

BOUND = 5 * SLOWNESS
COUNT = 500


@pytest.fixture(scope='module')
def httpd(cluster, start_shared):
    fill(cluster)
    started = start_shared(dbd(cluster) + CONFIG + catalogue())
    wait_for_generation(started)
    return started


def fill(cluster):
    cluster.query('TRUNCATE public.cameras RESTART IDENTITY')
    add_cameras(cluster, *[{'lng': i / 9, 'lat': i / 30}
                           for i in range(COUNT)])


def settle(cluster, httpd):
    """The catalogue is as the table, and has followed the journal."""
    def is_settled():
        cluster.query("UPDATE cameras SET role = 'r' || random() "
                      'WHERE id = 400')
        wait_until_same(cluster, httpd, 30 * SLOWNESS)
        return generations(httpd)[-1] == 1
    wait_for(is_settled, 'changes are followed', 30 * SLOWNESS)


@pytest.fixture
def cameras(cluster, httpd):
    """The cameras 1 to 500, which the catalogue has."""
    fill(cluster)
    settle(cluster, httpd)
    return cluster


def seen(httpd):
    """What the API says of all cameras: {id: (name, role, status, lng, lat,
    playable)}."""
    made = {}
    for feature in httpd.get('/api/cameras?limit=100000').json()['features']:
        told = feature['properties']
        made[feature['id']] = (
            told['name'], told['role'], told['status'], told['playable'],
            *feature['geometry']['coordinates'])
    return made


def expected(cluster):
    return {id_: (name, role, status, playable, lng, lat)
            for id_, name, role, status, _, _, playable, lng, lat
            in table(cluster).values()}


def generations(httpd):
    """How many cameras were read for each generation."""
    return [int(line.split('made in ')[1].split()[2])
            for line in httpd.text().splitlines() if 'CCTV0145' in line]


def wait_until_same(cluster, httpd, seconds=BOUND):
    def is_same():
        with contextlib.suppress(OSError):
            return seen(httpd) == expected(cluster)
    wait_for(is_same, 'the catalogue is as the table', seconds)


@pytest.mark.parametrize('sql, read', [
    ("UPDATE cameras SET name = 'x', role = 'y' WHERE id < 4", 3),
    ("UPDATE cameras SET geom = 'SRID=4326;POINT(9 9)' WHERE id = 500", 1),
    ("UPDATE cameras SET stream_url = 'http://h/x' WHERE id = 250", 1),
    ('DELETE FROM cameras WHERE id IN (1, 250, 500)', 3),
    ('UPDATE cameras SET id = id + 5000 WHERE id IN (1, 250)', 4),
    ('INSERT INTO cameras (id, name, stream_url, geom) '
     "SELECT id + 500, 'new', stream_url, geom FROM cameras "
     'WHERE id < 3', 2),
    ('TRUNCATE cameras', 0),
], ids=lambda value: value[:40] if isinstance(value, str) else '')
def test_a_change_is_applied(httpd, cameras, sql, read):
    """Only the cameras that have changed are read."""
    before = len(generations(httpd))
    cameras.query(sql)
    wait_until_same(cameras, httpd)
    assert generations(httpd)[before:] == [read]


def test_a_status_makes_no_generation(httpd, cameras):
    before = len(generations(httpd))
    counted = scrape(httpd).sum('cctv_catalogue_status_changes_total')
    cameras.query("UPDATE cameras SET status = 'offline' WHERE id % 50 = 0")
    wait_until_same(cameras, httpd)
    cameras.query("SELECT cctv_set_status(50, 'unknown')")
    wait_until_same(cameras, httpd)
    assert len(generations(httpd)) == before
    assert scrape(httpd).sum(
        'cctv_catalogue_status_changes_total') == counted + 11


def test_a_change_that_nobody_sees_makes_no_generation(httpd, cameras):
    before = len(generations(httpd))
    cameras.query("UPDATE cameras SET external_id = 'e' || id")
    cameras.query("UPDATE cameras SET stream_url = 'rtsp://h/other'")
    cameras.query("UPDATE cameras SET status = 'offline' WHERE id = 1")
    wait_until_same(cameras, httpd)
    assert len(generations(httpd)) == before


def test_a_camera_that_is_as_before_makes_no_generation(httpd, cameras):
    """Its changes may be reported twice, or undo each other."""
    before = len(generations(httpd))
    with contextlib.closing(cameras.connect()) as connection, \
            connection.cursor() as cursor:
        cursor.execute("BEGIN; UPDATE cameras SET name = 'x' WHERE id = 2; "
                       "UPDATE cameras SET name = 'A camera' WHERE id = 2; "
                       "UPDATE cameras SET status = 'offline' WHERE id = 1; "
                       'COMMIT')
    wait_until_same(cameras, httpd)
    cameras.query("UPDATE cameras SET role = 'z' WHERE id = 1")
    wait_until_same(cameras, httpd)
    assert generations(httpd)[before:] == [1]


def test_a_large_change_is_read_with_all_cameras(httpd, cameras):
    before = len(generations(httpd))
    cameras.query(
        "INSERT INTO cameras (id, name, stream_url, geom) SELECT n, 'i', "
        "'rtsp://h', 'SRID=4326;POINT(1 1)' FROM "
        'generate_series(1000, 2100) AS n')
    wait_until_same(cameras, httpd)
    assert generations(httpd)[before:] == [COUNT + 1101]


def test_changes_of_the_time_without_a_database(httpd, cameras, healthy):
    """Lists go on; afterwards all changes are there."""
    httpd.expect(*DOWN, 'AH00632')
    before = seen(httpd)
    with stopped(cameras):
        wait_for(lambda: 'CCTV0007' in httpd.text()
                 or 'CCTV0008' in httpd.text(), 'it is noticed', BOUND)
        assert seen(httpd) == before
    cameras.query("UPDATE cameras SET name = 'after' WHERE id = 1")
    wait_until_same(cameras, httpd, 10 * SLOWNESS)
    with halted(cameras):
        assert seen(httpd)[1][0] == 'after'
    cameras.query("UPDATE cameras SET status = 'offline' WHERE id = 1")
    wait_until_same(cameras, httpd, 10 * SLOWNESS)
    # For the tests that follow.
    wait_for(lambda: httpd.text().count('CCTV0011') > 0, 'it is back', BOUND)


@pytest.mark.parametrize('take, give', [
    ('DROP SCHEMA cctv_journal CASCADE', None),
    ('REVOKE USAGE ON SCHEMA cctv_journal FROM cctv_reader', None),
    ('ALTER TABLE cameras DISABLE TRIGGER cctv_journal_delete',
     'ALTER TABLE cameras ENABLE TRIGGER cctv_journal_delete')],
    ids=['older schema', 'role without rights', 'trigger disabled'])
def test_without_a_journal_all_cameras_are_read(httpd, cameras, take, give):
    """It is said once, and the journal is used again when it is there."""
    httpd.expect('CCTV0150', 'CCTV0010')
    told = [httpd.text().count(id_) for id_ in ('CCTV0150', 'CCTV0151')]
    cameras.query(take)
    try:
        cameras.query("UPDATE cameras SET name = 'x' WHERE id = 1")
        wait_until_same(cameras, httpd, 30 * SLOWNESS)
    finally:
        if give:
            cameras.query(give)
        cameras.load_schema(cameras.env['PGDATABASE'])
    wait_for(lambda: httpd.text().count('CCTV0151') == told[1] + 1,
             'the journal is used again', 30 * SLOWNESS)
    assert httpd.text().count('CCTV0150') == told[0] + 1
    settle(cameras, httpd)


# What the process has just done when it is killed (die_in_publish.c).
STEPS = ['written', 'checked', 'statuses', 'renamed', 'published']


def test_a_process_killed_between_two_steps_loses_no_change(cluster, start,
                                                            tmp_path):
    fill(cluster)
    httpd = start(dbd(cluster) + CONFIG + catalogue() + ONE_CHILD,
                  wrapper=preloading(tmp_path, 'die_in_publish'))
    httpd.expect('AH00052', 'AH10392')
    wait_for_generation(httpd)
    for step in STEPS:
        path = f'{httpd.folder}/state/die-{step}'
        open(path, 'w').close()
        cluster.query("UPDATE cameras SET status = 'offline', name = %s "
                      'WHERE id = 1', [step])
        wait_for(lambda: not os.path.exists(path), step, 30 * SLOWNESS)
        # The next process finds the status of the file before.
        cluster.query("UPDATE cameras SET status = 'online' WHERE id < 3")
        wait_until_same(cluster, httpd, 60 * SLOWNESS)
    assert all(read < COUNT for read in generations(httpd)[1:])


def test_a_request_that_maps_a_generation_first_does_not_make_it_fail(
        cluster, start, tmp_path):
    fill(cluster)
    httpd = start(dbd(cluster) + CONFIG + catalogue() + ONE_CHILD,
                  wrapper=preloading(tmp_path, 'slow_map'))
    wait_for_generation(httpd)
    stop = threading.Event()

    def ask():
        while not stop.is_set():
            httpd.get('/api/cameras?limit=1')
    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for number in range(3):
            cluster.query('UPDATE cameras SET name = %s WHERE id = 1', [
                f'Name {number}'])
            wait_until_same(cluster, httpd, 30 * SLOWNESS)
    finally:
        stop.set()
        asking.join()
    assert scrape(httpd).sum('cctv_catalogue_builds_failed_total') == 0


def change_at_random(cluster, stop):
    while not stop.is_set():
        one = random.randrange(1, COUNT)
        cluster.query(random.choice([
            "UPDATE cameras SET name = 'n{1}' WHERE id = {0}",
            "UPDATE cameras SET status = 'offline' WHERE id = {0}",
            "UPDATE cameras SET status = 'online' WHERE id = {0}",
            'DELETE FROM cameras WHERE id = {0}',
            "INSERT INTO cameras (id, name, stream_url, geom) VALUES ({0}, "
            "'new', 'rtsp://h', 'SRID=4326;POINT(1 1)') "
            'ON CONFLICT (id) DO UPDATE SET role = excluded.name',
        ]).format(one, random.randrange(10**6)))
        stop.wait(0.02)


@pytest.mark.skipif(not LONG, reason='takes a minute: make soak-push')
def test_children_that_are_killed_at_random_lose_no_change(cluster, start):
    fill(cluster)
    httpd = start(dbd(cluster) + CONFIG + catalogue() + ONE_CHILD)
    httpd.expect('AH00052', 'AH10392')
    wait_for_generation(httpd)
    stop = threading.Event()
    writer = threading.Thread(target=change_at_random, args=[cluster, stop])
    writer.start()
    try:
        for _ in range(20):
            count = len(generations(httpd))
            wait_for(lambda: len(generations(httpd)) > count + 1,
                     'changes are applied', 60 * SLOWNESS)
            time.sleep(random.random() / 5)
            for pid in httpd.children():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            wait_for(httpd.children, 'there is a child again')
    finally:
        stop.set()
        writer.join()
    wait_until_same(cluster, httpd, 60 * SLOWNESS)
    # Nothing was read anew but what had changed.
    assert all(read < COUNT / 2 for read in generations(httpd)[1:])
