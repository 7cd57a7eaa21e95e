"""The catalogue while PostgreSQL, files, disks and processes fail."""

import contextlib
import glob
import os
import signal
import subprocess

import pytest

from api import add_cameras, dbd
from env import INSTRUMENTED, SLOWNESS, wait_for
from metrics import scrape
from postgres import DOWN, stopped
from test_catalogue import CONFIG, catalogue, generation, wait_for_generation
from views import Viewer, set_cameras, virtual_host


def folder_of(httpd):
    return httpd.folder + '/state/catalogue'


def is_served(httpd, camera=None):
    for path in ('/api/cameras?limit=3', '/api/cameras?bbox=-9,40,30,60&q=a',
                 '/api/cameras?near=1,2&limit=3', '/health',
                 *([f'/api/cameras/{camera}'] if camera else [])):
        assert httpd.get(path).status == 200, path


@pytest.mark.parametrize('mpm', ['event', 'prefork'])
def test_postgresql_may_be_away(cluster, healthy, start, mpm):
    set_cameras(cluster, *[{'lng': i / 9, 'lat': i / 30} for i in range(900)])
    config = dbd(cluster) + CONFIG + catalogue()
    httpd = start(config, mpm=mpm)
    httpd.expect(*DOWN, 'AH00636', 'AH00632')
    wait_for_generation(httpd)
    whole = httpd.get('/api/cameras').body
    with stopped(cluster):
        for _ in range(20):
            is_served(httpd, 7)
        viewer = Viewer(httpd)
        viewer.end(viewer.start(7))
        assert viewer.post('view-start', camera_id=901).status == 404
        wait_for(lambda: httpd.get('/health').json()['database'] == 'down',
                 'the database is known to be down')
        number = generation(httpd)
        httpd.stop()
        httpd.start(httpd.port)
        is_served(httpd, 7)
        assert generation(httpd) == number
        assert httpd.get('/api/cameras').body == whole
        age = httpd.get('/health').json()['catalogue_age_seconds']
        assert age >= 0
        assert scrape(httpd).sum('cctv_catalogue_age_seconds') >= age
    wait_for_generation(httpd, number)
    before = generation(httpd)
    cluster.query('DELETE FROM cameras WHERE id = 7')
    wait_for(lambda: httpd.get('/api/cameras/7').status == 404,
             'a change is seen', 30 * SLOWNESS)
    assert generation(httpd) > before


def damage(path, at):
    with open(path, 'r+b') as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 0x40]))


def test_a_damaged_file_is_replaced_with_one_line(cluster, start):
    set_cameras(cluster, *[{'lng': i / 9} for i in range(300)])
    httpd = start(dbd(cluster) + CONFIG + catalogue())
    number = wait_for_generation(httpd)
    whole = httpd.get('/api/cameras').body
    for at in (0, 9, 70, 1000, -1, None):
        httpd.stop()
        path, = glob.glob(folder_of(httpd) + '/cameras-*')
        if at is None:
            os.truncate(path, 5000)
        else:
            damage(path, at % os.path.getsize(path))
        before = httpd.text().count('CCTV0141')
        httpd.expect('CCTV0141')
        httpd.start()
        assert httpd.get('/api/cameras').body == whole
        number = wait_for_generation(httpd, number)
        assert httpd.get('/api/cameras').body == whole
        assert httpd.text().count('CCTV0141') == before + 1
        assert len(os.listdir(folder_of(httpd))) == 2


def test_builders_are_killed(cluster, start):
    """Children are killed while they build; another one goes on, and every
    answer is right."""
    set_cameras(cluster, *[{'lng': i / 99} for i in range(9000)])
    httpd = start(dbd(cluster) + CONFIG + catalogue())
    httpd.expect('AH00052', 'AH10392')
    wait_for_generation(httpd)
    for i in range(2):
        cluster.query("UPDATE cameras SET name = 'Round ' || %s", [i])
        wait_for(lambda: glob.glob(folder_of(httpd) + '/new*'),
                 'a build runs', 60 * SLOWNESS)
        for pid in httpd.children():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_for(httpd.children, 'there are children again')
        with contextlib.suppress(OSError):
            reply = httpd.get('/api/cameras?limit=1&count=true')
            assert reply.status == 200
            assert reply.json()['numberMatched'] == 9000
    wait_for(lambda: b'"Round 1"' in httpd.get('/api/cameras?limit=1').body,
             'the last change is seen', 60 * SLOWNESS)
    wait_for(lambda: len(os.listdir(folder_of(httpd))) == 2,
             'nothing is left over', 30 * SLOWNESS)


def owner(httpd, connection):
    """The child that serves a connection."""
    ends = f':{httpd.port:04X}', f':{connection.sock.getsockname()[1]:04X}'
    with open('/proc/net/tcp') as file:
        inode, = (row[9] for row in map(str.split, file)
                  if (row[1][8:], row[2][8:]) == ends)
    for pid in httpd.children():
        for link in glob.glob(f'/proc/{pid}/fd/*'):
            with contextlib.suppress(OSError):
                if os.readlink(link) == f'socket:[{inode}]':
                    return pid


def set_descriptors(pid, count):
    user = ['setpriv', '--reuid=www-data', '--regid=www-data', '--clear-groups'
            ] if os.getuid() == 0 else []
    subprocess.run([*user, 'prlimit', f'--pid={pid}', f'--nofile={count}:'],
                   check=True)


@pytest.mark.skipif(INSTRUMENTED, reason='sanitizers need descriptors')
def test_a_child_without_descriptors_does_not_refuse_for_all(cluster, start):
    set_cameras(cluster, *[{'lng': i / 9} for i in range(300)])
    httpd = start(dbd(cluster) + CONFIG + catalogue()
                  + 'StartServers 2\nThreadsPerChild 4\nMaxRequestWorkers 8\n'
                  'MinSpareThreads 1\nMaxSpareThreads 8\nKeepAliveTimeout 60\n'
                  '<Directory />\nAllowOverride None\n</Directory>\n')
    wait_for_generation(httpd)

    def builder():
        return int(httpd.text().split(' CCTV0145')[-2].split('[pid ')[-1]
                   .split(':')[0])

    with contextlib.ExitStack() as stack:
        def connect():
            connection = stack.enter_context(
                contextlib.closing(httpd.connection()))
            assert httpd.get('/api/cameras/1', connection=connection).status
            return connection, owner(httpd, connection)

        # A child takes 12 connections at most.
        connection, pid = next(pair for pair in (connect() for _ in range(16))
                               if pair[1] != builder())
        set_descriptors(pid, 3)
        built = httpd.text().count('CCTV0145')
        cluster.query("UPDATE cameras SET name = 'New' WHERE id = 1")
        wait_for(lambda: httpd.text().count('CCTV0145') > built,
                 'a generation', 30 * SLOWNESS)
        reply = httpd.get('/api/cameras/1', connection=connection)
        assert reply.status == 200 and b'"New"' not in reply.body
        assert 'CCTV0141' not in httpd.text()
        set_descriptors(pid, 500)
        reply = httpd.get('/api/cameras/1', connection=connection)
        assert b'"New"' in reply.body


def test_a_full_disk_keeps_the_last_generation(cluster, start):
    set_cameras(cluster, *[{'lng': i / 99} for i in range(500)])
    # A file may have 500 kB.
    httpd = start(dbd(cluster) + CONFIG + catalogue(),
                  wrapper=['prlimit', '--fsize=500000'])
    number = wait_for_generation(httpd)
    httpd.expect('CCTV0143')
    add_cameras(cluster, *[{'id': i, 'name': 150 * 'x'}
                           for i in range(501, 1501)])
    wait_for(lambda: scrape(httpd).sum('cctv_catalogue_builds_failed_total'),
             'a build fails', 30 * SLOWNESS)
    assert generation(httpd) == number
    assert httpd.get('/api/cameras?count=true').json()['numberMatched'] == 500
    assert httpd.text().count('CCTV0143') == 1
    cluster.query('DELETE FROM cameras WHERE id > 600')
    wait_for_generation(httpd, number)
    assert httpd.get('/api/cameras').json()['numberReturned'] == 600
    assert httpd.text().count('CCTV0144') == 1


def test_two_apaches_do_not_share_a_folder(cluster, start):
    """The second one asks the database, and takes the folder over when the
    first one has ended, even after both were reloaded."""
    set_cameras(cluster, {}, {})
    first = start(dbd(cluster) + CONFIG + catalogue())
    wait_for_generation(first)
    second = start(dbd(cluster) + CONFIG + catalogue(folder_of(first)))
    second.expect('CCTV0225')
    for httpd in first, second:
        httpd.reload(signal.SIGUSR1)
    assert second.get('/health').json()['catalogue'] == 'none'
    assert second.get('/api/cameras').ids() == [1, 2]
    assert generation(second) == 0
    number = generation(first)
    files = sorted(os.listdir(folder_of(first)))
    cluster.query('DELETE FROM cameras WHERE id = 2')
    wait_for_generation(first, number)
    wait_for(lambda: second.get('/api/cameras').ids() == [1], 'the change')
    assert files[0] in os.listdir(folder_of(first))
    assert second.text().count('CCTV0225') == 2
    first.stop()
    wait_for_generation(second, number)
    assert second.text().count('CCTV0226') == 1
    assert second.get('/api/cameras?near=1,1').ids() == [1]


def test_a_folder_of_another_user_is_not_used(cluster, start):
    set_cameras(cluster, {})
    httpd = start(dbd(cluster) + CONFIG + catalogue('/usr/share'))
    httpd.expect('CCTV0140', 'CCTV0143')
    assert httpd.get('/api/cameras').ids() == [1]
    assert httpd.text().count('CCTV0140') == 1


@pytest.fixture
def other(cluster):
    """The name of a second database, with one camera: 77."""
    cluster.query('CREATE DATABASE other TEMPLATE template0')
    cluster.load_schema('other')
    cluster.query("INSERT INTO cameras (id, name, stream_url, geom) VALUES "
                  "(77, 'Other', 'rtsp://10.1.2.3/x', "
                  "ST_SetSRID(ST_MakePoint(7, 7), 4326))", dbname='other')
    yield 'other'
    cluster.query('DROP DATABASE other WITH (FORCE)')


def test_each_virtual_host_has_its_catalogue(cluster, other, start):
    set_cameras(cluster, {}, {})
    httpd = start(dbd(cluster) + CONFIG + catalogue()
                  + virtual_host('first', 'Options All')
                  + virtual_host('second', dbd(cluster, dbname=other),
                                 'CCTVCatalogue {folder}/state/second'))

    def ids(host):
        return httpd.get('/api/cameras?near=0,0', {'Host': host})

    for host, wanted in ('first', [1, 2]), ('second', [77]):
        wait_for(lambda: ids(host).status == 200, 'its catalogue is there',
                 30 * SLOWNESS)
        assert ids(host).ids() == wanted
    for number, cameras in ('1', 2), ('2', 1):
        assert scrape(httpd).sum('cctv_catalogue_cameras',
                                 catalogue=number) == cameras
