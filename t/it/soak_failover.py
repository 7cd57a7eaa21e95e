"""PostgreSQL fails over again and again while cameras are listed and watched:
the primary is killed with -9, stopped at once, or stopped in order, in turn; the
standby is promoted, and the old primary comes back as its standby.
`make soak-failover` runs it; FAILOVERS=10."""

import os
import statistics
import time

import pytest

from api import add_cameras, location
from env import SLOWNESS, bound, wait_for
from load import Load
from postgres import DOWN, Postgres
from replication import Server, join, make_standby
from test_postgres_hosts import CHILDREN, PATHS, Starts, status_of
from video import JANUS_DOWN, Video, Watcher

FAILOVERS = int(os.environ.get('FAILOVERS') or 10)
WAYS = (Server.kill, lambda server: server.ctl('-m', 'immediate', 'stop'),
        lambda server: server.ctl('-m', 'fast', 'stop'))


@pytest.fixture
def pair():
    cluster = Postgres()
    cluster.query(f'ALTER SYSTEM SET port = {bound(0)}')
    first = Server(cluster.folder, None)
    first.append('pg_hba.conf',
                 'local replication postgres peer map=cctv\n')
    first.ctl('restart')
    with open(first.data + '/postmaster.pid') as file:
        first.port = int(file.read().splitlines()[3])
    first.host = cluster.env['PGHOST']
    first.params = lambda **more: cluster.params(
        **{'port': first.port, **more})
    add_cameras(first, *[{'status': 'offline'}] * (FAILOVERS + 3))
    second = make_standby(first)
    yield first, second
    for server in first, second:
        server.ctl('-m', 'immediate', 'stop')
    cluster.remove()


def fail_over(number, servers, kept, load):
    primary, standby = servers
    starts = Starts(kept, number + 3)
    starts.start()
    wait_for(lambda: standby.value(
        "SELECT status FROM pg_stat_wal_receiver") == 'streaming',
        'the standby follows', 60 * SLOWNESS)
    gone = time.monotonic()
    WAYS[number % len(WAYS)](primary)
    load.wait_for_answers(20, status=503)
    starts.since = time.monotonic()
    standby.query('SELECT pg_promote()')
    back = time.monotonic()
    first = starts.first() - back
    name = f'Name {number}'
    standby.query(f"UPDATE cameras SET name = '{name}' WHERE id = 1")
    wait_for(lambda: kept.get('/api/cameras/1').json()['properties']['name']
             == name, 'the catalogue follows', 20 * SLOWNESS)
    seen = time.monotonic() - back
    viewer = Watcher(kept)
    viewer.play(number + 3)
    with viewer.kept():
        wait_for(lambda: status_of(standby, number + 3) == 'online',
                 'statuses are written', 20 * SLOWNESS)
    viewer.end_all()
    wait_for(lambda: not os.path.exists(primary.data + '/postmaster.pid')
             or primary.value('SELECT 1') is None, 'it is gone')
    join(primary, standby)
    load.wait_until_good(50, 20 * SLOWNESS)
    print(f'{number + 1}: {back - gone:.2f} s without a primary, a view '
          f'{first:.2f} s after that, the catalogue {seen:.2f} s')
    assert first < 5 * SLOWNESS
    return first


def test_many_failovers(pair, start):
    first, second = pair
    hosts = f'target_session_attrs=read-write host={second.host},'
    videos = Video(), Video()
    plain, kept = (start(
        CHILDREN + video.server(first).replace('host=', hosts) + more
        + location()) for video, more in zip(videos, (
            '', 'CCTVCatalogue {folder}/state\nCCTVCatalogueInterval 200ms\n')))
    for each in (plain, kept):
        each.expect(*DOWN, *JANUS_DOWN)
    wait_for(lambda: kept.get('/health').json()['catalogue'] == 'ok',
             'there is a catalogue', 20 * SLOWNESS)
    took = []
    with Load(plain, 8, PATHS) as load, Load(kept, 4, PATHS) as sure:
        servers = first, second
        for number in range(FAILOVERS):
            took.append(fail_over(number, servers, kept, load))
            servers = servers[::-1]
    assert {answer.status for answer in sure.answers} == {200}
    assert {answer.status for answer in load.answers} == {200, 503}
    print(f'{FAILOVERS} failovers: a view {statistics.median(took):.2f} s after '
          f'the promotion (median), {max(took):.2f} s at most; '
          f'{len(sure.answers)} answers of the catalogue, all 200')
    for video in videos:
        plain.stop()
        kept.stop()
        video.remove()
