"""Long runs, by `make soak-push`: many clients of changes, a database that is away, reloads."""

import contextlib
import glob
import os
import re
import signal
import subprocess
import time

import pytest

from api import add_cameras, dbd
from changes import PATH, changes_config
from env import LONG, MPMS, SLOWNESS, wait_for
from postgres import DOWN, stopped
from test_catalogue import CONFIG, catalogue, generation, wait_for_generation
from test_changes import certificate, ready_tls  # noqa: F401
from views import set_cameras

pytestmark = pytest.mark.skipif(not LONG,
                                reason='takes minutes: make soak-push')

CLIENTS = 2000
EVERY = 2  # s
TIME = int(os.environ.get('CCTV_SOAK', 60))  # s


def processor_seconds(httpd):
    """Of all threads of the children so far."""
    files = [path for pid in httpd.children()
             for path in glob.glob(f'/proc/{pid}/task/*/schedstat')]
    total = 0
    for path in files:
        with contextlib.suppress(OSError), open(path) as file:
            total += int(file.read().split()[0])
    return total / 1e9


def share_of_a_core(httpd, address):
    """What Apache takes while CLIENTS connections ask every EVERY seconds."""
    load = subprocess.Popen(
        ['h2load', '-c', str(CLIENTS), '-t', '2', '-D', str(TIME),
         '--warm-up-time=20', f'--rps={1 / EVERY}', address],
        stdout=subprocess.PIPE, text=True)
    time.sleep(25)  # All have connected.
    before, began = processor_seconds(httpd), time.monotonic()
    time.sleep(TIME - 10)
    used = processor_seconds(httpd) - before
    share = used / (time.monotonic() - began)
    report = load.communicate()[0]
    done, failed = (int(re.search(rf'(\d+) {word}', report)[1])
                    for word in ('succeeded', 'failed'))
    assert failed == 0 and done > 0.8 * TIME * CLIENTS / EVERY
    return share


def test_two_thousand_pages_ask_over_http2(cluster, start, certificate):
    """Each poll costs what mod_http2, TLS and httpd's cheapest answer cost:
    mod_alias's 204, to the same clients, before."""
    set_cameras(cluster, {}, {})
    httpd = ready_tls(start(
        # mod_http2 holds a thread for each connection.
        changes_config(cluster, around='StartServers 1\nServerLimit 1\n'
                       f'ThreadLimit {CLIENTS + 100}\n'
                       f'ThreadsPerChild {CLIENTS + 100}\n'
                       f'MaxRequestWorkers {CLIENTS + 100}\n'
                       'KeepAliveTimeout 30\n')
        + f'RedirectMatch 204 ^/nothing$\n'
        f'SSLEngine on\nProtocols h2 http/1.1\n'
        f'SSLCertificateFile {certificate}/cert.pem\n'
        f'SSLCertificateKeyFile {certificate}/key.pem\n',
        modules=['alias', 'http2', 'ssl', 'socache_shmcb']))
    httpd.expect('AH01873', 'AH01882', 'AH01906', 'AH01909')
    server = f'https://127.0.0.1:{httpd.port}'
    cursor = re.search(r'"cursor":"([^"]+)"', subprocess.run(
        ['curl', '-sk', server + PATH], capture_output=True, text=True,
        check=True).stdout)[1]
    floor = share_of_a_core(httpd, f'{server}/nothing')
    share = share_of_a_core(httpd, f'{server}{PATH}?after={cursor}')
    print(f'\n{share:.3f} of a core; an answer without content: {floor:.3f}')
    assert share < 1.3 * floor


@contextlib.contextmanager
def under_load(httpd, seconds):
    """Requests for lists on 16 connections; none may fail."""
    load = subprocess.Popen(
        ['wrk', '-c', '16', '-t', '2', '-d', f'{seconds}s',
         f'http://127.0.0.1:{httpd.port}/api/cameras?limit=100'],
        stdout=subprocess.PIPE, text=True)
    yield
    report = load.communicate()[0]
    print(report)
    assert int(re.search(r'(\d+) requests in', report)[1]) > 100
    assert 'Non-2xx' not in report
    assert 'Socket errors' not in report or 'connect 0,' in report


def test_postgresql_is_stopped_under_load(cluster, healthy, start):
    """Not one list fails, and afterwards all changes are there within 3 s."""
    set_cameras(cluster)
    add_cameras(cluster, *[{'lng': i / 99} for i in range(5000)])
    httpd = start(dbd(cluster) + CONFIG + catalogue())
    httpd.expect(*DOWN, 'AH00636', 'AH00632')
    wait_for_generation(httpd)
    with under_load(httpd, TIME + 30):
        with stopped(cluster):
            time.sleep(TIME)
        cluster.query("UPDATE cameras SET name = 'After'")
        cluster.query('DELETE FROM cameras WHERE id % 2 = 1')
        began = time.monotonic()

        def is_seen():
            found = httpd.get('/api/cameras?limit=5000').json()['features']
            return len(found) == 2500 and all(
                each['properties']['name'] == 'After' for each in found)
        wait_for(is_seen, 'all changes', 30 * SLOWNESS)
        print(f'\n{time.monotonic() - began:.1f} s until they are there')
        assert time.monotonic() - began < 3 * SLOWNESS


@pytest.mark.parametrize('mpm', MPMS)
def test_reloads_in_a_loop(cluster, start, mpm):
    set_cameras(cluster, *[{'lng': i / 9} for i in range(900)])
    httpd = start(dbd(cluster) + CONFIG + catalogue(), mpm=mpm)
    # worker says this of a child that ends after many more reloads.
    httpd.expect('AH00546')
    number = wait_for_generation(httpd)
    until = time.monotonic() + TIME
    count = 0
    with under_load(httpd, TIME + 5):
        while time.monotonic() < until:
            httpd.reload(signal.SIGUSR1)
            count += 1
            cluster.query("UPDATE cameras SET name = 'n%s' WHERE id = 1",
                          [count])
            name = f'"n{count}"'.encode()
            wait_for(lambda: name in httpd.get('/api/cameras/1').body,
                     'the change', 30 * SLOWNESS)
    assert generation(httpd) > number
    print(f'\n{count} reloads')
