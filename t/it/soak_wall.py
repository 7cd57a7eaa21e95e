"""A wall of nine for an hour, with every fault of docs/operations.md that a
viewer can see: after each of them all tiles play again by themselves, and at
the end the page needs no more memory, nodes and listeners than after the first
round of faults. `make soak-wall` runs it; SOAK_MINUTES=60."""

import contextlib
import os
import random
import signal
import time

import pytest

from client import allow, real_site
from env import wait_for
from lab import Cameras, real
from map_page import MODULES, MapFolder, MapPages, state_of
from postgres import stopped
from views import set_cameras

pytestmark = real

MINUTES = float(os.environ.get('SOAK_MINUTES') or 60)
NINE = list(range(1, 10))
NAMES = [f'camera-{number}' for number in NINE]
# Seconds until all nine play again. Janus's sessions live for 30 s, and all
# nine start within a machine that also encodes nine cameras. Where others work on
# the machine as well, it takes longer in proportion.
AGAIN = 90
# The processes that it keeps busy, for each processor.
OWN_LOAD = 2
# On a machine that is too slow for nine cameras, pictures may come late.
LIVE = ('live', None), ('live', 'behind')
# What the page may need more at the end: a share, and bytes for the noise of
# the heap.
GROWTH, HEAP = 1.1, 4e6


@pytest.fixture(scope='module')
def site(cluster, start_shared):
    with contextlib.ExitStack() as stack:
        folder = MapFolder()
        stack.callback(folder.remove)
        cameras = Cameras('rtsp', *NAMES, fps=5)
        stack.callback(cameras.remove)
        yield stack.enter_context(real_site(
            cluster, start_shared, folder.config, cameras, MODULES))


@pytest.fixture
def window(site, cluster, windows):
    set_cameras(cluster, *({
        'id': number, 'name': f'Camera {number}', 'lng': number / 100,
        'lat': 51.5, 'stream_url': site.cameras.url(NAMES[number - 1])}
        for number in NINE))
    allow(site.httpd, 'public')
    windows.expect('')
    pages = MapPages(site.httpd, windows)
    window = pages.open('#camera=' + ','.join(map(str, NINE)), still=True)
    window.order('Performance.enable')
    yield window


class Faults:
    """Each method is a fault that is over when it returns."""

    def __init__(self, site, cluster, window):
        self.site, self.cluster, self.window = site, cluster, window

    def cameras_send_nothing(self):
        self.site.cameras.halt()
        time.sleep(12)
        self.site.cameras.resume()

    def cameras_die(self):
        self.site.cameras.kill()
        time.sleep(8)
        self.site.cameras.start()

    def janus_dies(self):
        self.site.janus.kill()
        time.sleep(5)
        self.site.janus.start()

    def janus_hangs(self):
        with self.site.janus.halted():
            time.sleep(10)

    def apache_stops(self):
        self.site.httpd.stop()
        time.sleep(10)
        self.site.httpd.start(self.site.httpd.port)

    def apache_is_reloaded(self):
        self.site.httpd.reload(signal.SIGUSR1)

    def a_child_is_killed(self):
        os.kill(random.choice(self.site.httpd.children()), signal.SIGKILL)

    def apache_hangs(self):
        pids = [self.site.httpd.process.pid, *self.site.httpd.children()]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(20)
        for pid in pids:
            os.kill(pid, signal.SIGCONT)

    def the_database_stops(self):
        with stopped(self.cluster):
            time.sleep(8)

    def the_role_is_withdrawn(self):
        allow(self.site.httpd, 'none')
        time.sleep(8)
        allow(self.site.httpd, 'public')

    def the_user_puts_it_in_order(self):
        self.window.run('''
            for (const id of [...cctv.wall.ids]) {
              cctv.wall.move(id, id % 2 ? 1 : -1);
              await new Promise(requestAnimationFrame);
            }
            cctv.wall.close(5);
            cctv.wall.open(5, {add: true});''')

    def all(self):
        return [name for name in vars(Faults)
                if not name.startswith('_') and name != 'all']


def measured(window):
    """The page's memory after a garbage collection."""
    for _ in range(3):
        window.order('HeapProfiler.collectGarbage')
        time.sleep(.5)
    found = {each['name']: each['value'] for each in
             window.order('Performance.getMetrics')['metrics']}
    return {name: found[name] for name in (
        'JSHeapUsedSize', 'Nodes', 'JSEventListeners')}


def busy():
    """How many times as much work there is as this soak itself makes."""
    processes = os.getloadavg()[0] / os.cpu_count()
    return max(1, processes / OWN_LOAD)


def all_play(window, why):
    """Waits until all nine are live, with pictures that move; the seconds."""
    started = time.monotonic()
    def are_live():
        return all(state_of(window, number) in LIVE for number in NINE)
    try:
        wait_for(are_live, why, AGAIN * busy())
    except AssertionError as error:
        states = {number: state_of(window, number) for number in NINE}
        raise AssertionError(f'{error}: {states}') from None
    return time.monotonic() - started


def test_a_shift(window, windows, site, cluster):
    faults = Faults(site, cluster, window)
    window.run('window.words = new Set(); new MutationObserver((all) => {'
               'for (const {target} of all) if (target.matches(".tile"))'
               'words.add(`${target.dataset.state} ${target.dataset.reason}`);'
               '}).observe(document.querySelector(".tiles"),'
               '{attributes: true, subtree: true});')
    all_play(window, 'at first')
    end = time.monotonic() + 60 * MINUTES
    first = None
    rounds = 0
    while time.monotonic() < end or rounds < 2:
        for name in faults.all():
            site.httpd.expect('.')
            getattr(faults, name)()
            took = all_play(window, f'after {name}')
            # Both logs of the browser would grow without end.
            windows.requests()
            windows.complaints()
            windows.expect('')
            print(f'{name}: all play {took:.0f} s later', flush=True)
        # A quiet minute of an hour, so that what waits is over.
        time.sleep(10)
        now = measured(window)
        first = first or now
        rounds += 1
        print(f'round {rounds}: {now}', flush=True)
    print(sorted(window.run('return [...words];')), flush=True)
    site.httpd.expect('.')
    for name in ('Nodes', 'JSEventListeners'):
        assert now[name] <= GROWTH * first[name], (name, first, now)
    assert now['JSHeapUsedSize'] <= (
        GROWTH * first['JSHeapUsedSize'] + HEAP), (first, now)
