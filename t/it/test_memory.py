"""What a child of Apache keeps: memory and database connections."""

import contextlib
import itertools
import threading

import pytest

from api import add_cameras, dbd, location
from env import INSTRUMENTED, LONG, MPMS
from load import Load

REQUESTS = 100000 if LONG else 3000
# Pages of every size; large ones are rare, because they take long.
LIMITS = [1, 10, 100, 1000, 3, 30, 300, 3000] * 4 + [10000]

own_allocator = pytest.mark.skipif(
    INSTRUMENTED, reason='an allocator that keeps all')


def own_memory(pid):
    """Anonymous resident memory in KiB."""
    with open(f'/proc/{pid}/status') as status:
        for line in status:
            if line.startswith('RssAnon:'):
                return int(line.split()[1])
    raise AssertionError('no RssAnon')


@pytest.fixture
def many(database):
    database.query(
        "INSERT INTO cameras (name, stream_url, geom) SELECT 'Camera ' || n, "
        "'rtsp://h/', ST_SetSRID(ST_MakePoint(n % 360 - 180, 0), 4326) "
        'FROM generate_series(1, 10000) AS n')
    return database


def status_of(path, connection):
    """The status of the answer. Nobody parses the answers, which have millions of
    cameras in all."""
    connection.request('GET', path)
    response = connection.getresponse()
    response.read()
    return response.status


def get(path, connection):
    try:
        return status_of(path, connection)
    except ConnectionError:
        # Apache may close an idle connection at any time.
        connection.close()
        return status_of(path, connection)


def ask_many(httpd, paths, count, threads=4):
    """`count` requests by several clients that keep their connections."""
    left = itertools.islice(itertools.cycle(paths), count)
    lock = threading.Lock()
    failed = []

    def run():
        with contextlib.closing(httpd.connection()) as connection:
            while True:
                with lock:
                    path, status = next(left, (None, None))
                if path is None:
                    return
                try:
                    answered = get(path, connection)
                    if answered != status:
                        failed.append((path, answered))
                except Exception as error:
                    failed.append((path, error))
    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failed, failed[:5]


@own_allocator
@pytest.mark.parametrize('mpm', MPMS)
def test_memory_of_a_child_stays_flat(many, start, mpm):
    sizes = ('StartServers 1\nServerLimit 1\nMaxRequestWorkers 1\n'
             if mpm == 'prefork' else
             'StartServers 1\nServerLimit 1\nThreadsPerChild 8\n'
             'MaxRequestWorkers 8\n')
    httpd = start(sizes + dbd(many, 4) + location()
                  + 'MaxKeepAliveRequests 0\nKeepAliveTimeout 30\n', mpm=mpm)
    paths = [(f'/api/cameras?limit={limit}', 200) for limit in LIMITS]
    paths += [('/api/cameras/7', 200), ('/api/cameras/x', 404),
              ('/api/cameras?q=camera+9&bbox=-180,-1,10,1', 200),
              ('/api/cameras?role=public,b&status=unknown&limit=20', 200),
              ('/api/cameras?limit=20&bbox=170,-1,-170,1', 200)]
    threads = 1 if mpm == 'prefork' else 4
    share = REQUESTS if mpm == 'event' else REQUESTS // 3
    (child,) = httpd.children()
    # The heap of each thread grows once, to what its largest page needs. A
    # leak would make it grow in every round.
    ask_many(httpd, [('/api/cameras?limit=10000', 200)] + paths,
             share // 3, threads)
    sizes = [own_memory(child)]
    while len(sizes) < 2 or sizes[-1] > sizes[-2] + 1024:
        assert len(sizes) < 6, f'KiB after each {share} requests: {sizes}'
        ask_many(httpd, paths, share, threads)
        sizes.append(own_memory(child))
    print(f'{mpm}: KiB after each {share} requests: {sizes}')
    assert httpd.children() == [child]


@own_allocator
def test_large_page_is_given_back(database, start):
    """A page of 30 MB of JSON: after the answer the child gives nearly all
    of its memory back."""
    database.query(
        "INSERT INTO cameras (name, stream_url, geom) SELECT 'Camera', "
        "'rtsp://h/', ST_SetSRID(ST_MakePoint(0, 0), 4326) "
        'FROM generate_series(1, 100000)')
    httpd = start('CCTVQueryTimeout 30s\nStartServers 1\nServerLimit 1\n'
                  'MaxRequestWorkers 1\n' + dbd(database, 1)
                  + location('CCTVMaxFeatures 100000'), mpm='prefork')
    (child,) = httpd.children()
    small = [('/api/cameras?limit=1', 200)]
    ask_many(httpd, small, 50, 1)
    before = own_memory(child)
    ask_many(httpd, [('/api/cameras?limit=100000', 200)], 5, 1)
    ask_many(httpd, small, 5, 1)
    assert own_memory(child) < before + 8192


@pytest.mark.parametrize('mpm', MPMS)
def test_connections_do_not_grow_beyond_dbdmax(database, start, mpm):
    add_cameras(database, *[{}] * 5)
    sizes = {'event': 'StartServers 2\nServerLimit 2\nThreadsPerChild 16\n'
                      'MaxRequestWorkers 32\n',
             'prefork': 'StartServers 8\nServerLimit 8\n'
                        'MaxRequestWorkers 8\nMaxSpareServers 8\n'}
    sizes['worker'] = sizes['event']
    maximum = 3
    httpd = start(sizes[mpm] + dbd(database, maximum) + location(), mpm=mpm)
    most = 0
    paths = ['/api/cameras', '/api/cameras/1', '/api/cameras?q=a']
    with Load(httpd, 24, paths, pause=0, keep_alive=False) as load:
        for _ in range(10):
            load.wait_for_answers(50)
            most = max(most, database.query(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE usename = 'cctv_reader'")[0][0])
    assert 0 < most <= maximum * len(httpd.children())
