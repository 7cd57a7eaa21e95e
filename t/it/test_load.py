"""The viewers of `make load`, with a real Janus: they receive packets of a camera,
count them, end their views, and start again when Janus has died."""

import json
import os
import re
import signal
import subprocess

import pytest

from api import ONE_CHILD, location
from env import REPO, SLOWNESS, wait_for
from lab import Cameras, Janus, free_port, real
from metrics import scrape
from video import JANUS_DOWN, janus_config
from views import set_cameras

pytestmark = real

BUILD = os.path.dirname(os.environ.get('CCTV_MODULE', REPO + '/build/'))
CAMERA, STILL = 1, 2


class Load:
    """A run of the program, until it ends by itself or is told to."""

    def __init__(self, folder, url, *options):
        self.log = f'{folder}/load.log'
        with open(self.log, 'w') as log:
            self.process = subprocess.Popen(
                [BUILD + '/load', '--url', url, '--rate', '50', *options],
                stdout=subprocess.PIPE, stderr=log, encoding='utf-8')

    def text(self):
        with open(self.log) as log:
            return log.read()

    def plays(self, viewers, restarts):
        """Whether the last line says so; as many restarts, or more."""
        found = re.findall(r'(\d+) playing.* restarts (\d+)', self.text())
        return (found and int(found[-1][0]) == viewers
                and int(found[-1][1]) >= restarts)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self):
        """(status, summary or None, what it has said)"""
        out, _ = self.process.communicate(timeout=60 * SLOWNESS)
        print(self.text())
        return (self.process.returncode, json.loads(out) if out else None,
                self.text())


@pytest.fixture
def load(tmp_path):
    """load(url, option, …) → a Load that ends with the test."""
    started = []

    def start(*arguments):
        started.append(Load(tmp_path, *arguments))
        return started[-1]
    # `make it` has made it already.
    if not os.path.exists(BUILD + '/load'):
        subprocess.run(['make', '-s', '-C', REPO, 'BUILD=' + BUILD,
                        BUILD + '/load'], check=True)
    yield start
    for each in started:
        each.process.kill()
        each.process.wait()


@pytest.fixture(scope='module')
def janus():
    started = Janus()
    yield started
    started.remove()


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, janus):
    camera = Cameras('rtp', 'one')
    set_cameras(cluster, {'id': CAMERA, 'stream_url': camera.url()},
                {'id': STILL, 'codec': 'JPEG'})
    httpd = start_shared(ONE_CHILD + location() + janus_config(
        cluster, janus, 'CCTVRoute web1'))
    yield httpd
    # Before Janus ends.
    httpd.stop()
    camera.remove()


def address(httpd):
    return f'http://127.0.0.1:{httpd.port}/'


def test_viewers_count_packets_and_return_when_janus_dies(httpd, janus, load):
    running = load(address(httpd), '--cameras', str(CAMERA), '--viewers', '3',
                   '--seconds', '60')
    wait_for(lambda: running.plays(3, 0), '3 viewers play', 30 * SLOWNESS)
    httpd.expect(*JANUS_DOWN)
    janus.kill()
    janus.start()
    wait_for(lambda: running.plays(3, 3), 'they play again', 40 * SLOWNESS)
    status, found, said = running.stop()
    assert status == 0, said
    assert found['viewers'] == {'asked': 3, 'playing': 3, 'have_played': 3,
                                'gave_up': 0}
    assert found['restarts']['count'] >= 3
    assert found['restarts']['back_ms']['count'] >= 3
    assert found['start_ms']['count'] >= 6
    assert 0 < found['start_ms']['p50'] <= found['start_ms']['p99']
    # The camera sends 0.4 Mbit/s to each, but nothing while Janus is away.
    assert 0 < found['mbit_per_second'] < 3
    assert found['packets']['received'] > 10
    assert found['packets']['lost_percent'] < 5
    assert found['ends']['sent'] >= 6 and found['heartbeats']['sent'] >= 6
    assert found['janus']['processes'] == 1
    wait_for(lambda: not scrape(httpd).sum('webrtc_viewers_gauge'),
             'nobody watches', 10 * SLOWNESS)


def test_a_refused_view_is_named(httpd, load):
    status, found, said = load(address(httpd), '--cameras', str(STILL),
                               '--viewers', '2').wait()
    assert status == 1
    assert found['viewers']['gave_up'] == 2
    assert found['reasons'][0]['status'] == 409
    assert '2 times (HTTP 409)' in said
    assert '2 of 2 viewers never played' in said


def test_a_wrong_address_is_named(httpd, load):
    nowhere = f'http://127.0.0.1:{free_port()}'
    status, found, said = load(nowhere).wait()
    assert (status, found) == (2, None)
    assert 'the server does not answer: Failed to connect' in said
    status, found, said = load(address(httpd) + 'elsewhere').wait()
    assert (status, found) == (2, None)
    assert 'is this the address of the site?' in said
