"""Views of the client library that play, and faults between the camera and
the screen: the page shows the right state within 6 s, and plays again by
itself. test_map_real.py has more such tests."""

import contextlib
import signal

import pytest

from api import ONE_CHILD
from client import (CONFIG, MODULES, ClientPages, allow, asked, comes_to,
                    later, past, real_site, sent)
from env import wait_for
from lab import Cameras, real
from metrics import scrape
from video import JANUS_DOWN
from views import set_cameras

pytestmark = real

RTSP, RTP = 1, 2
# Seconds until the right state is shown, and until the picture moves again.
WORD, AGAIN = 6, 10


@pytest.fixture(scope='module')
def site(cluster, start_shared):
    with contextlib.ExitStack() as stack:
        cameras = {RTSP: Cameras('rtsp', 'one'), RTP: Cameras('rtp', 'two')}
        for each in cameras.values():
            stack.callback(each.remove)
        yield stack.enter_context(real_site(
            cluster, start_shared, ONE_CHILD + CONFIG, cameras, MODULES))


@pytest.fixture
def pages(site, cluster, windows):
    set_cameras(cluster, {'id': RTSP,
                          'stream_url': site.cameras[RTSP].url('one')},
                {'id': RTP, 'stream_url': site.cameras[RTP].url()})
    allow(site.httpd, 'public')
    windows.expect('status of 503', 'status of 404', 'status of 410')
    yield ClientPages(site.httpd, windows)
    windows.close()
    wait_for(lambda: site.watched_by() == 0, 'nobody watches', 8)


def frames(page):
    return page.run('return document.querySelector("video")'
                    '.getVideoPlaybackQuality().totalVideoFrames;')


def live(page, seconds=AGAIN):
    """Waits until the state is `live` and frames arrive."""
    comes_to(page, 'live', seconds=seconds)
    before = frames(page)
    wait_for(lambda: frames(page) > before, 'the picture moves', 3)


@pytest.mark.parametrize('camera', [RTSP, RTP])
def test_plays(pages, site, camera):
    page = pages.watch(camera)
    live(page, 6)
    assert page.run('return [view.viewers, view.stream.active,'
                    ' document.querySelector("video").videoWidth];'
                    ) == [1, True, 640]
    assert past(page) == ['connecting', 'live']
    wait_for(lambda: site.watched_by() == 1, 'one watches', 2)
    page.run('view.end();')
    wait_for(lambda: site.watched_by() == 0, 'nobody watches', 2)


def test_the_view_reports_its_quality(pages, site):
    def count(name, **labels):
        return scrape(site.httpd).sum(f'cctv_{name}', **labels)
    pictures = ('first_picture_seconds_count', {'transport': 'server'})

    def paths():
        # Chromium was seen to report prflx here, although nothing
        # translates addresses.
        return sum(count('view_ice_paths_total', path=path)
                   for path in ('host', 'prflx'))
    for camera in (RTSP, RTP):
        before = count(pictures[0], **pictures[1])
        direct = paths()
        took = count('first_picture_seconds_sum')
        page = pages.watch(camera)
        live(page)
        wait_for(lambda: count(pictures[0], **pictures[1]) == before + 1,
                 'the first picture is counted', 3)
        wait_for(lambda: paths() == direct + 1, 'the path is counted', WORD)
        assert 0 < count('first_picture_seconds_sum') - took < WORD
        frames_before = count('view_frames_decoded_total')
        wait_for(lambda: count('view_frames_decoded_total') > frames_before,
                 'decoded frames are counted', 2 * WORD)
        assert count(pictures[0], **pictures[1]) == before + 1


# A server that wants a heartbeat each second, until the video plays.
RARE = '''
    const really = window.fetch;
    window.fetch = async (url, options) => {
      const reply = await really(url, options);
      const seconds = String(url).endsWith('/view-start') ? 1
        : String(url).includes('/heartbeat') ? 60 : 0;
      if (!seconds || !reply.ok) return reply;
      const said = await reply.json();
      said.heartbeat_seconds = seconds;
      return Response.json(said, {status: reply.status});
    };'''


def test_heartbeats_are_rare_when_the_server_says_so(pages):
    page = pages.open()
    page.run(RARE)
    page.run('watch(1);')
    live(page)
    # One when the first picture comes, and perhaps one before.
    assert 1 <= sent(page, '/heartbeat', 5.5, 1) <= 2
    page.run('view.end();')


def test_two_viewers(pages):
    first, second = pages.watch(), pages.watch()
    for page in (first, second):
        live(page)
        page.until('view.viewers === 2', seconds=WORD)
    second.go('about:blank')
    first.until('view.viewers === 1', seconds=WORD)
    live(first, 0)


def test_cameras_that_send_nothing(pages, site):
    watched = {camera: pages.watch(camera) for camera in (RTSP, RTP)}
    for page in watched.values():
        live(page)
    for camera in watched:
        site.cameras[camera].halt()
    try:
        for page in watched.values():
            comes_to(page, 'stalled', seconds=WORD)
        for page in watched.values():
            comes_to(page, 'offline', seconds=12)
    finally:
        for camera in watched:
            site.cameras[camera].resume()
    for page in watched.values():
        live(page)
        assert past(page) == ['connecting', 'live', 'stalled', 'offline',
                              'live']


def test_cameras_that_die(pages, site):
    watched = {camera: pages.watch(camera) for camera in (RTSP, RTP)}
    for page in watched.values():
        live(page)
    for camera in watched:
        site.cameras[camera].kill()
    try:
        for page in watched.values():
            comes_to(page, 'stalled', seconds=WORD)
    finally:
        for camera in watched:
            site.cameras[camera].start()
    for page in watched.values():
        live(page)


def test_janus_killed_and_back(pages, site):
    page = pages.watch()
    live(page)
    site.httpd.expect(*JANUS_DOWN)
    site.janus.kill()
    comes_to(page, 'connecting', 'video-down', seconds=WORD)
    site.janus.start()
    live(page)


def test_janus_hangs_for_a_while(pages, site):
    page = pages.watch()
    live(page)
    site.httpd.expect(*JANUS_DOWN)
    with site.janus.halted():
        page.until('view.state !== "live"', seconds=WORD)
    live(page)


def test_the_server_restarts(pages, site, windows):
    """Without a state file, so the server has lost all views."""
    windows.expect('ERR_CONNECTION_REFUSED')
    page = pages.watch()
    live(page)
    site.httpd.stop()
    # Pictures do not pass through the server, so they go on.
    later(page, 3)
    assert past(page) == ['connecting', 'live']
    site.httpd.start(site.httpd.port)
    wait_for(lambda: site.watched_by() == 1, 'it is counted again', AGAIN)
    live(page)


def test_the_server_is_reloaded(pages, site):
    page = pages.watch()
    live(page)
    site.httpd.reload(signal.SIGUSR1)
    beats = len(asked(site.httpd, '/heartbeat'))
    wait_for(lambda: len(asked(site.httpd, '/heartbeat')) > beats, 'a beat')
    assert past(page) == ['connecting', 'live']
    live(page, 0)
