"""What soak_nodes.py does, with three real Janus servers, real cameras, and
viewers of real WebRTC that count packets (build/load). `make soak-nodes` runs
it; NODE_REAL=30 is the number of viewers, NODE_ROUNDS=1 how often each is
lost."""

import collections
import os
import re
import time

import pytest

from balancers import ByHaproxy
from env import wait_for
from lab import Cameras, Janus, free_port, real
from metrics import scrape
from postgres import DOWN
from soak_failover import pair  # noqa: F401
from soak_nodes import (NODES, ROUNDS, SLOWNESS, are_up, config_of, counters,
                        pairs_of_all, rejoin, start_again)
from state import wait_until_saved
from test_load import address, load  # noqa: F401
from test_servers import NAMES
from video import JANUS_DOWN
from views import set_cameras

VIEWERS = int(os.environ.get('NODE_REAL') or 30)
CAMERAS = 6

pytestmark = real


class Servers:
    """Real Janus servers by their names."""

    def __init__(self):
        self.janus = {name: Janus() for name in NAMES}

    def lines(self):
        return ''.join(
            f'CCTVJanus {name} url={janus.url} admin={janus.admin_url} '
            f'secret={janus.secret_file}\n'
            for name, janus in self.janus.items())

    def remove(self):
        for janus in self.janus.values():
            janus.remove()


@pytest.fixture
def servers():
    made = Servers()
    yield made
    made.remove()


@pytest.fixture
def cameras():
    made = Cameras('rtsp', *(f'camera{number}' for number in range(CAMERAS)),
                   fps=8)
    yield made
    made.remove()


def restarts(running):
    found = re.findall(r'restarts (\d+)', running.text())
    return int(found[-1]) if found else 0


def lose(running, what, count, kill):
    """Kills something that so many viewers have."""
    wait_for(lambda: running.plays(VIEWERS, 0), 'all play', 60 * SLOWNESS)
    before = restarts(running)
    began = time.monotonic()
    kill()
    # A heartbeat may come only once a minute.
    wait_for(lambda: running.plays(VIEWERS, before + count),
             f'all play without {what}', 120 * SLOWNESS)
    print(f'{what} (killed): ' + (
        f'{count} of {VIEWERS} viewers, all played again '
        f'{time.monotonic() - began:.0f} s later' if count
        else 'no viewer noticed it'))
    assert restarts(running) == before + count, running.text()


def views(nodes, name):
    return int(sum(scrape(node).sum('cctv_janus_views', server=name) or 0
                   for node in nodes.values()))


def test_each_real_machine_is_lost_in_turn(
        pair, servers, cameras, start, load):  # noqa: F811
    first, second = pair
    set_cameras(first, *({'stream_url': cameras.url(f'camera{number}')}
                         for number in range(CAMERAS)))
    hosts = f'target_session_attrs=read-write host={second.host},'
    nodes = {name: start(config_of(name, servers, first, hosts),
                         at=free_port()) for name in NODES}
    for node in nodes.values():
        node.expect(*DOWN, *JANUS_DOWN, 'CCTV0290', 'CCTV0047')
    balancer = ByHaproxy(nodes.values())
    try:
        running = load(address(balancer), '--cameras', 'all', '--viewers',
                       str(VIEWERS), '--seconds', '100000')
        wait_for(lambda: running.plays(VIEWERS, 0), 'all play', 60 * SLOWNESS)
        print('at first:', {name: views(nodes, name) for name in NAMES})
        past = collections.Counter()
        databases = pair
        for _ in range(ROUNDS):
            lose_janus(running, servers, nodes)
            past.update(lose_apache(running, nodes))
            lose_postgres(running, databases)
            databases = databases[::-1]
        status, found, said = running.stop()
        assert status == 0, said
        print({name: found[name] for name in
               ('start_ms', 'restarts', 'packets', 'ends', 'heartbeats')})
        ends = pairs_of_all(nodes, past)
        print(f'{ends} pairs of events')
        # Each viewer had a first start.
        assert ends == VIEWERS + found['restarts']['count']
    finally:
        balancer.remove()
    for node in nodes.values():
        # Before Janus ends.
        node.stop()


def wait_until_settled(nodes):
    """Waits until the views that were left alone have ended."""
    wait_for(lambda: sum(scrape(node).sum('cctv_sessions')
                         for node in nodes.values()) == VIEWERS,
             'only the views of the viewers are left', 240 * SLOWNESS)


def lose_janus(running, servers, nodes):
    for name, janus in servers.janus.items():
        wait_until_settled(nodes)
        lose(running, name, views(nodes, name), janus.kill)
        janus.start()
        wait_for(lambda: are_up(nodes), 'it is up again', 20 * SLOWNESS)


def lose_apache(running, nodes):
    """See lose_apache() of soak_nodes.py."""
    past = collections.Counter()
    for name, node in nodes.items():
        wait_until_settled(nodes)
        count = int(scrape(node).sum('cctv_sessions'))
        past.update(counters(node))
        wait_until_saved(node)
        lose(running, name, count, node.kill)
        start_again(node)
    return past


def lose_postgres(running, servers):
    primary, standby = servers

    def kill_primary():
        primary.kill()
        standby.query('SELECT pg_promote()')
        time.sleep(3)
    lose(running, 'the standby of PostgreSQL', 0, standby.kill)
    rejoin(standby, primary)
    lose(running, 'the primary of PostgreSQL', 0, kill_primary)
    rejoin(primary, standby)
