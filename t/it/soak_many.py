"""Tens of thousands of views over two Apaches, each with a stand-in for Janus
(fast_janus.c): starts, rare heartbeats and expiry. `make soak-nodes` runs it;
NODE_VIEWS=50000."""

import heapq
import json
import multiprocessing
import os
import statistics
import time

from api import dbd
from crowded import ANSWER, FastJanus
from crowd import Connection
from env import SLOWNESS, make_folder, wait_for
from metrics import scrape
from video import ENDPOINTS
from views import set_cameras

VIEWS = int(os.environ.get('NODE_VIEWS') or 50000)
PROCESSES = 4
# Of CCTVSessionTimeout; at first a heartbeat is due after a third of it.
TIMEOUT = 90
RARE = 60
# After this time all heartbeats are rare, in s.
SETTLED = 60 + TIMEOUT / 3 + 5
SIZES = ('StartServers 1\nServerLimit 1\nThreadsPerChild 32\n'
         'ThreadLimit 32\nMaxRequestWorkers 32\n'
         'KeepAliveTimeout 120\nMaxKeepAliveRequests 0\n'
         f'CCTVMaxSessions {VIEWS}\nCCTVSessionTimeout {TIMEOUT}s\n')


def watch(port, count, over, results):
    """Starts views and sends their heartbeats when they are wanted."""
    connection = Connection(port)
    starts, took, late, odd = [], [], [], 0
    due = []

    def post(path, members, times):
        began = time.monotonic()
        status, body = connection.post(path, members)
        times.append(time.monotonic() - began)
        return status, body

    def beat(wanted, view):
        status, body = post('/heartbeat', {'session_id': view}, took)
        late.append(time.monotonic() - wanted)
        if status != 200:
            return False
        wait = json.loads(body).get('heartbeat_seconds', TIMEOUT / 3)
        heapq.heappush(due, (time.monotonic() + wait, view))
        return True
    while not over.is_set():
        now = time.monotonic()
        if due and due[0][0] <= now:
            odd += not beat(*heapq.heappop(due))
        elif len(starts) < count:
            status, body = post('/view-start',
                                {'camera_id': 1 + len(starts) % 60}, starts)
            assert status == 201, (status, body)
            view = json.loads(body)['session_id']
            status, body = connection.post('/view-answer', {
                'session_id': view, 'sdp': ANSWER})
            assert status == 204, (status, body)
            heapq.heappush(due, (time.monotonic() + TIMEOUT / 3, view))
        else:
            time.sleep(0.002)
    results.put((starts, took, late, odd))


def total(nodes, name, **labels):
    return sum(scrape(node).sum(name, **labels) or 0 for node in nodes)


def times(name, found):
    found = sorted(found)
    print(f'{name}: {len(found)}, median '
          f'{1000 * statistics.median(found):.1f} ms, p99 '
          f'{1000 * found[int(len(found) * 0.99)]:.1f} ms, longest '
          f'{1000 * found[-1]:.0f} ms')


def rate(nodes, seconds):
    before = total(nodes, 'cctv_heartbeats_total')
    began = time.monotonic()
    time.sleep(seconds)
    return ((total(nodes, 'cctv_heartbeats_total') - before)
            / (time.monotonic() - began))


def test_many_views_on_two_nodes(cluster, start):
    set_cameras(cluster, *[{}] * 60)
    janus = [FastJanus(make_folder(), 0.0005) for _ in range(2)]
    nodes = [start(SIZES + dbd(cluster, user='cctv_video')
                   + each.directives() + f'CCTVRoute web{number}\n'
                   + ENDPOINTS) for number, each in enumerate(janus)]
    over = multiprocessing.Event()
    results = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=watch, args=[
        nodes[number % 2].port, VIEWS // PROCESSES, over, results])
        for number in range(PROCESSES)]
    began = time.monotonic()
    for worker in workers:
        worker.start()
    try:
        count = VIEWS // PROCESSES * PROCESSES
        wait_for(lambda: total(nodes, 'cctv_sessions') == count,
                 'all have started', 900 * SLOWNESS)
        took = time.monotonic() - began
        print(f'{count} views started within {took:.0f} s, '
              f'{count / took:.0f} a second beside their heartbeats')
        time.sleep(SETTLED)
        found = rate(nodes, RARE)
        print(f'{found:.0f} heartbeats a second: {count} views, one a minute')
        assert found <= 1.02 * count / RARE
        assert total(nodes, 'cctv_sessions') == count
        assert total(nodes, 'webrtc_viewers_gauge') == count
        assert all(each.stats()['unknown'] == each.stats()['expired'] == 0
                   for each in janus)
    finally:
        over.set()
        collected = [results.get(timeout=60) for _ in workers]
        for worker in workers:
            worker.join()
    stopped = time.monotonic()
    for number, name in enumerate(('starts', 'heartbeats')):
        times(name, [one for each in collected for one in each[number]])
    print(f'the latest heartbeat came '
          f'{max(max(each[2]) for each in collected):.1f} s late')
    assert sum(each[3] for each in collected) == 0
    wait_for(lambda: total(nodes, 'cctv_sessions') == 0, 'all have expired',
             3 * RARE + 60 * SLOWNESS)
    print(f'all had expired {time.monotonic() - stopped:.0f} s after the last '
          'heartbeat')
    assert total(nodes, 'cctv_sessions_ended_total',
                 reason='expired') == count
    wait_for(lambda: not any(each.stats()['watching'] for each in janus),
             'their Janus sessions are destroyed', 60 * SLOWNESS)
    for node in nodes:
        node.stop()
    for each in janus:
        each.remove()
