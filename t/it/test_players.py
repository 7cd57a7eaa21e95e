"""WHEP players of others with the real Janus: each makes the offer itself, and
its picture moves.

CCTV_PLAY=30 plays each for so many seconds.
"""

import json
import os
import shutil
import subprocess

import pytest

from api import ONE_CHILD
from env import HERE, REPO, wait_for
from lab import (PAGE_CONFIG, PAGE_MODULES, Cameras, Janus, add_pages, real)
from metrics import scrape
from video import janus_config, problem
from views import set_cameras

pytestmark = real

RTP, RTSP = 1, 2
FPS = 12
SECONDS = int(os.environ.get('CCTV_PLAY', 1))
NPM = REPO + '/build/npm/node_modules/'
FILES = {'whep.js': 'whip-whep/whep.js', 'events.js': 'events/events.js',
         'eyevinn.js': '@eyevinn/webrtc-player/dist/main.js'}


@pytest.fixture(scope='module')
def shared():
    """A Janus and two cameras for the whole file."""
    parts = [Janus(), Cameras('rtp', 'one'), Cameras('rtsp', 'two')]
    yield parts
    for part in reversed(parts):
        part.remove()


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, shared):
    janus, rtp, rtsp = shared
    set_cameras(cluster, {'id': RTP, 'stream_url': rtp.url()},
                {'id': RTSP, 'stream_url': rtsp.url('two')})
    # With CCTVRoute the Location of a view has a query.
    httpd = start_shared(ONE_CHILD + PAGE_CONFIG + janus_config(
        cluster, janus, 'CCTVRoute web1', 'CustomLog access.log "%m %q"'),
        modules=PAGE_MODULES)
    add_pages(httpd)
    for name, path in FILES.items():
        shutil.copy(NPM + path, f'{httpd.folder}/htdocs/{name}')
    yield httpd
    # Before Janus ends.
    httpd.stop()


def until_all_are_gone(httpd, janus):
    wait_for(lambda: not scrape(httpd).sum('webrtc_viewers_gauge'),
             'nobody watches', 10)
    wait_for(lambda: not [
        each for each in janus.handles()
        if each.get('plugin_specific', {}).get('mountpoint_id')],
        'no Janus session of a viewer is left', 10)


@pytest.mark.parametrize('player, camera', [
    ('playWhipWhep', RTP), ('playEyevinn', RTP), ('playReader', RTP),
    ('playBare', RTSP)])
def test_player(httpd, shared, browser, player, camera):
    page = browser.open(f'http://127.0.0.1:{httpd.port}/players.html')
    page.run('await window[arguments[0]](arguments[1]);', player,
             f'/whep/{camera}')
    found = page.wait_until_plays(SECONDS + 20, FPS * SECONDS - 3)
    assert (found['width'], found['height']) == (640, 480)
    print(player, camera, found['frames'], 'frames')
    answers = page.run('return view.answers;')
    assert 'POST 201' in answers, answers
    if player == 'playReader':
        assert answers == ['OPTIONS 204', 'POST 201', 'PATCH 204']
    page.run('await view.end();')
    until_all_are_gone(httpd, shared[0])
    # One of them does not resolve a relative Location.
    if player != 'playEyevinn':
        with open(httpd.folder + '/access.log') as log:
            assert 'DELETE ?route=web1\n' in log.readlines()[-30:]


def test_gstreamer(httpd, shared):
    """The audio comes first in its offer."""
    done = subprocess.run(
        ['/usr/bin/python3', HERE + '/gst_player.py',
         f'http://127.0.0.1:{httpd.port}/whep/{RTP}', str(SECONDS), 'audio'],
        capture_output=True, encoding='utf-8', timeout=SECONDS + 40,
        check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    print('gstreamer', found)
    assert found['status'] == 201
    assert found['frames'] >= FPS * SECONDS - 3
    until_all_are_gone(httpd, shared[0])


def test_ways_of_a_page(httpd, shared, browser):
    """With the server's offer and with its own. Janus is the DTLS client in
    both, which is faster."""
    page = browser.open(f'http://127.0.0.1:{httpd.port}/players.html')
    for way, says in ('playTwoSteps', [204, 'passive']), ('playOneStep', [201]):
        assert page.run('return window[arguments[0]](arguments[1]);', way,
                        RTP) == says
        page.wait_until_plays()
        assert page.run('return view.connection.remoteDescription.sdp;'
                        ).count('a=setup:active') == 1
        page.run('await view.end();')
        until_all_are_gone(httpd, shared[0])


def test_player_without_h264(httpd, shared, browser):
    page = browser.open(f'http://127.0.0.1:{httpd.port}/players.html')
    sdp = page.run('''
        const connection = new RTCPeerConnection();
        const {codecs} = RTCRtpReceiver.getCapabilities('video');
        connection.addTransceiver('video', {direction: 'recvonly'})
          .setCodecPreferences(codecs.filter(({mimeType}) => mimeType !== 'video/H264'));
        return (await connection.createOffer()).sdp;''')
    before = len(shared[0].sessions())
    problem(httpd.ask('POST', f'/whep/{RTP}', {
        'Content-Type': 'application/sdp'}, sdp), 422, 'urn:cctv:codec')
    assert len(shared[0].sessions()) == before
