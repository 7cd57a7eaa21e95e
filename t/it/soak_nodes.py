"""Two Apaches behind HAProxy, three Janus servers that both of them use, and a
PostgreSQL with a standby. Viewers of 60 cameras follow the client rules while
each of the seven is lost in turn, and one Janus is drained. `make soak-nodes`
runs it; NODE_VIEWERS=300 NODE_ROUNDS=1 NODE_SLOWNESS=1
NODE_LOSES=janus,drain,apache,postgres."""

import collections
import contextlib
import dataclasses
import http.client
import json
import os
import random
import re
import signal
import threading
import time

import pytest

from api import dbd, location
from balancers import ByHaproxy
from env import make_folder, wait_for
from janus_double import answer_to, hang
from lab import free_port
from metrics import scrape
from postgres import DOWN
from replication import join
from soak_failover import pair  # noqa: F401
from state import wait_until_saved
from test_nodes import Client
from test_servers import Servers
from video import ENDPOINTS, EVENTS, JANUS_DOWN
from views import set_cameras
from watchers import assert_pairs, lines, of_views

# How much slower than an idle machine this one is.
SLOWNESS = float(os.environ.get('NODE_SLOWNESS') or 1)
VIEWERS = int(os.environ.get('NODE_VIEWERS') or 300)
ROUNDS = int(os.environ.get('NODE_ROUNDS') or 1)
LOSES = (os.environ.get('NODE_LOSES') or 'janus,drain,apache,postgres').split(',')
CAMERAS = 60
NODES = ('web1', 'web2')
# What operations.md and scaling.md promise, in s.
TOLD, BACK = 6, 3
# Time between two heartbeats of a viewer, in s: that of the client library. One
# of 15 viewers is a close one, whose times are measured: the threads of the
# others are busy for seconds when a hundred of them start again.
BEAT = 4
CLOSE_BEAT = 0.5
CLOSE = 15
WORKERS = 8
CLOSE_WORKERS = 2
SIZES = ('StartServers 2\nServerLimit 2\nThreadsPerChild 32\n'
         'MaxRequestWorkers 64\nMinSpareThreads 1\nMaxSpareThreads 64\n')


@dataclasses.dataclass
class Times:
    """What viewers went through since the last reset, in s: from the loss
    until they were told, and from then until they played again."""
    since: float
    lost: list = dataclasses.field(default_factory=list)
    told: list = dataclasses.field(default_factory=list)
    back: list = dataclasses.field(default_factory=list)


def most(times):
    """(what 19 of 20 times are below, the longest)"""
    times = sorted(times) or [0]
    return times[int(len(times) * 0.95) - (len(times) < 20)], times[-1]


class Viewer(Client):
    """Follows the client rules, one step after the other."""

    due = 0.0
    lost = None
    is_close = False
    # What kinds of requests got no answer, and how often.
    unanswered = collections.Counter()

    def step(self, crowd):
        if self.session is None:
            self.try_to_start(crowd)
            return
        try:
            status, body, _ = self.post('heartbeat?route=' + self.node(),
                                        session_id=self.session)
        except (OSError, http.client.HTTPException) as error:
            self.note('heartbeat', error)
            status = 0
        is_gone = status == 200 and json.loads(body)['video'] == 'gone'
        if is_gone or status == 404:
            self.session = None
            self.lost = time.monotonic()
            # Not those of when the heartbeat was sent: it may have been on its
            # way when the server was killed.
            times = crowd.times
            times.lost.append(self)
            if self.is_close:
                times.told.append(self.lost - times.since)
            self.try_to_start(crowd)
            return
        # A balancer that has not noticed yet answers 502 or 503.
        self.due = time.monotonic() + random.uniform(0.8, 1.2) * (
            CLOSE_BEAT if self.is_close else BEAT)

    def try_to_start(self, crowd):
        self.due = time.monotonic() + random.uniform(0.2, 0.5)
        what = 'view-start'
        try:
            status, body, _ = self.post(what, camera_id=self.camera)
            if status != 201:
                return
            said = json.loads(body)
            self.session = said['session_id']
            self.starts += 1
            what = 'view-answer'
            is_taken = self.of_view(what, sdp=answer_to(said['sdp'])) == 204
        except (OSError, http.client.HTTPException) as error:
            self.note(what, error)
            is_taken = False
        if not is_taken:
            # Nobody knows whether this view plays. It ends by itself.
            self.session = None
        elif self.lost is not None:
            if self.is_close:
                crowd.times.back.append(time.monotonic() - self.lost)
            self.lost = None

    def note(self, what, error):
        self.unanswered[f'{what}: {type(error).__name__}'] += 1

    def __repr__(self):
        return (f'<camera {self.camera}, view {self.session and self.node()}, '
                f'lost {self.lost}, due {self.due - time.monotonic():.1f} s>')


class Crowd:
    """Viewers whose steps some threads take."""

    def __init__(self, port):
        self.viewers = [Viewer(port, 1 + number % CAMERAS)
                        for number in range(VIEWERS)]
        self.close = random.sample(self.viewers, VIEWERS // CLOSE)
        for viewer in self.close:
            viewer.is_close = True
        self.times = Times(time.monotonic())
        self.over = threading.Event()
        self.failed = []
        others = [each for each in self.viewers if not each.is_close]
        self.threads = [threading.Thread(target=self.work, args=[mine])
                        for mine in [
                            *(self.close[number::CLOSE_WORKERS]
                              for number in range(CLOSE_WORKERS)),
                            *(others[number::WORKERS]
                              for number in range(WORKERS))]]

    def work(self, mine):
        try:
            while not self.over.is_set():
                viewer = min(mine, key=lambda each: each.due)
                if self.over.wait(max(0, viewer.due - time.monotonic())):
                    return
                viewer.step(self)
        except Exception as error:
            self.failed.append(error)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()
        assert not self.failed, self.failed

    def is_watching(self):
        assert not self.failed, self.failed
        return not self.idle()

    def idle(self):
        return [viewer for viewer in self.viewers
                if not viewer.session or viewer.lost is not None]

    def wait(self, condition, what, seconds):
        try:
            return wait_for(condition, what, seconds * SLOWNESS)
        except AssertionError as error:
            raise AssertionError(
                f'{error}; {len(self.times.lost)} were lost, these do not '
                f'watch: {self.idle()}; {Viewer.unanswered}') from None

    def wait_until_watching(self, what='all watch', seconds=60):
        self.wait(self.is_watching, what, seconds)

    @contextlib.contextmanager
    def loses(self, what, count):
        """The block loses something that so many viewers have."""
        self.wait_until_watching()
        self.times = times = Times(time.monotonic())
        yield
        self.wait(lambda: len(times.lost) >= count and self.is_watching(),
                  f'all watch without {what}', 60)
        assert len(times.lost) == count, (what, len(times.lost))
        if count == 0:
            print(f'{what}: no viewer noticed it')
            return
        told, back = most(times.told), most(times.back)
        print(f'{what}: {count} viewers, of which '
              f'{len(times.told)} were told after {told[0]:.1f} s (19 of 20; '
              f'the last one {told[1]:.1f} s), back {back[0]:.1f} s after that '
              f'({back[1]:.1f} s)')
        # The viewers share the machine with the servers.
        assert told[0] < TOLD * SLOWNESS and told[1] < 2 * TOLD * SLOWNESS
        assert back[0] < BACK * SLOWNESS and back[1] < 2 * BACK * SLOWNESS


@pytest.fixture
def servers():
    made = Servers(make_folder())
    yield made
    for janus in made.janus.values():
        if not janus.running:
            janus.revive()
        janus.remove()


def config_of(name, servers, first, hosts, **more):
    return (SIZES + dbd(first, user='cctv_video').replace('host=', hosts)
            + servers.lines(**more) + ENDPOINTS + EVENTS
            + 'CCTVStateFile state/views\nCCTVStateInterval 1s\n'
            + f'CCTVRoute {name}\nCCTVEventLog events.log\n'
            'CCTVCatalogue {folder}/state\nCCTVCatalogueInterval 200ms\n'
            + location())


def loads(servers):
    return {name: len(janus.viewers()) for name, janus in
            servers.janus.items()}


def assert_even(servers, what, most=1.1):
    """No server has more than this many times its share, or more than what each
    Apache lets a Janus have above it (CCTV_CHOICE_SLACK of video/choice.h)."""
    found = loads(servers)
    mean = sum(found.values()) / len(found)
    print(f'{what}: views of the Janus servers {found}')
    assert sum(found.values()) == VIEWERS
    assert max(found.values()) <= max(
        most * mean, mean + 16 * len(NODES)) + 1, found


def test_each_machine_is_lost_in_turn(pair, servers, start):  # noqa: F811
    first, second = pair
    set_cameras(first, *[{}] * CAMERAS)
    hosts = f'target_session_attrs=read-write host={second.host},'
    nodes = {name: start(config_of(name, servers, first, hosts),
                         at=free_port()) for name in NODES}
    for node in nodes.values():
        node.expect(*DOWN, *JANUS_DOWN, 'CCTV0290', 'CCTV0047')
    balancer = ByHaproxy(nodes.values())
    try:
        with Crowd(balancer.port) as crowd:
            crowd.wait_until_watching()
            assert_even(servers, 'at first')
            past = collections.Counter()
            for _ in range(ROUNDS):
                if 'janus' in LOSES:
                    lose_janus(crowd, servers, nodes)
                if 'drain' in LOSES:
                    drain(crowd, servers, nodes, first, hosts)
                if 'apache' in LOSES:
                    past.update(lose_apache(crowd, nodes))
                if 'postgres' in LOSES:
                    lose_postgres(crowd, pair)
        finish(crowd, nodes, past)
    finally:
        with open(balancer.folder + '/log') as log:
            print('HAProxy:', re.findall(r'Server (\S+) is (DOWN|UP)',
                                         log.read()))
        balancer.remove()


def are_up(nodes):
    return all(set(node.get('/health').json()['video_servers'].values())
               == {'up'} for node in nodes.values())


def lose_janus(crowd, servers, nodes):
    """Killed, and hung, in turn."""
    for number, (name, janus) in enumerate(servers.janus.items()):
        crowd.wait_until_watching()
        count = loads(servers)[name]
        if number == 2:
            with contextlib.ExitStack() as stack:
                with crowd.loses(f'{name} (hangs)', count):
                    stack.enter_context(janus.fault(hang))
        else:
            with crowd.loses(f'{name} (killed)', count):
                janus.die()
            janus.revive()
        wait_for(lambda: are_up(nodes), 'it is up again', 20 * SLOWNESS)


def drain(crowd, servers, nodes, first, hosts):
    """Views go on, new ones go elsewhere, and it gets new ones again."""
    def configure(**more):
        for name, node in nodes.items():
            node.config = config_of(name, servers, first, hosts, **more)
            node.write_config(node.port)
            node.reload(signal.SIGUSR1)
    churn(crowd)
    before = sum(viewer.starts for viewer in crowd.viewers)
    configure(west='drain')
    has = loads(servers)['west']
    time.sleep(5)
    assert sum(viewer.starts for viewer in crowd.viewers) == before
    assert loads(servers)['west'] == has
    churn(crowd)
    assert loads(servers)['west'] == 0, loads(servers)
    print(f'west (drained): {has} views went on, and none were started')
    configure()
    churn(crowd)
    # Cameras stay where they are pulled already, while there is room.
    assert_even(servers, 'after the drain', 1.25 * 1.1)


def churn(crowd):
    """All viewers end their views and start anew."""
    before = [viewer.starts for viewer in crowd.viewers]
    for viewer in crowd.viewers:
        viewer.end()
    crowd.wait(lambda: crowd.is_watching() and all(
        viewer.starts > starts
        for viewer, starts in zip(crowd.viewers, before)),
        'all watch again', 60)
    # The last Janus sessions of the old views end.
    time.sleep(3)


COUNTERS = ('webrtc_view_start_total', 'cctv_sessions_ended_total')


def counters(node):
    found = scrape(node)
    return {name: int(found.sum(name) or 0) for name in COUNTERS}


def lose_apache(crowd, nodes):
    """Returns what the counters of both were when they were killed: they start
    at zero after that."""
    past = collections.Counter()
    for name, node in nodes.items():
        crowd.wait_until_watching()
        count = sum(viewer.node() == name for viewer in crowd.viewers)
        wait_until_ended(node, count)
        past.update(counters(node))
        wait_until_saved(node)
        with crowd.loses(f'{name} (killed)', count):
            node.kill()
        start_again(node)
    return past


def wait_until_ended(node, count):
    """Waits until a node has no more than this many views. One that was left
    alone when its server was killed may take three minutes."""
    wait_for(lambda: scrape(node).sum('cctv_sessions') == count,
             f'{count} views are left', 240 * SLOWNESS)


def start_again(node):
    os.unlink(node.folder + '/httpd.pid')
    node.start(node.port)
    wait_for(lambda: node.get('/health').status == 200, 'it is back',
             20 * SLOWNESS)


def lose_postgres(crowd, servers):
    """Each is killed twice: as the standby, and as the primary."""
    primary, standby = servers
    for _ in range(2):
        with crowd.loses('the standby of PostgreSQL (killed)', 0):
            standby.kill()
            time.sleep(3)
        rejoin(standby, primary)
        with crowd.loses('the primary of PostgreSQL (killed)', 0):
            primary.kill()
            standby.query('SELECT pg_promote()')
            time.sleep(3)
        rejoin(primary, standby)
        primary, standby = standby, primary


def rejoin(server, primary):
    """A server that was killed becomes the standby."""
    wait_for(lambda: not os.path.exists(server.data + '/postmaster.pid')
             or server.value('SELECT 1') is None, 'it is gone')
    join(server, primary)
    wait_for(lambda: primary.value(
        "SELECT count(*) FROM pg_stat_replication WHERE state = "
        "'streaming'"), 'the standby follows', 60 * SLOWNESS)


def finish(crowd, nodes, past):
    for viewer in crowd.viewers:
        viewer.end()
    ends = pairs_of_all(nodes, past)
    starts = sum(viewer.starts for viewer in crowd.viewers)
    print(f'{starts} starts, {ends} pairs of events; requests without an '
          f'answer: {dict(Viewer.unanswered)}')
    # A start whose answer was lost is known to the server only.
    lost = sum(count for what, count in Viewer.unanswered.items()
               if what.startswith('view-start'))
    assert starts <= ends <= starts + lost


def pairs_of_all(nodes, past):
    """Waits until all views have ended. Each has one start and one end, in the
    events and in the counters of all nodes; returns how many they are."""
    for node in nodes.values():
        wait_until_ended(node, 0)

    def pairs():
        found = [lines(node) for node in nodes.values()]
        return found if all(
            len(both) == 2 for events in found
            for both in of_views(events).values()) else None
    found = wait_for(pairs, 'an end of each view', 60 * SLOWNESS)
    ends = sum(len(list(assert_pairs(events))) for events in found)
    counted = past.copy()
    for node in nodes.values():
        counted.update(counters(node))
    assert set(counted.values()) == {ends}, (ends, counted)
    return ends
