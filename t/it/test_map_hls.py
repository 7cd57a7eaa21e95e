"""Cameras of HLS on the map page: played by the browser itself, and counted as
all others. There is no Janus."""

import os
import shutil

import pytest

from api import dbd, location
from env import REPO, SLOWNESS, make_folder, wait_for
from hls_camera import HlsCamera
from map_page import MODULES, MapFolder, plays, state_of
from metrics import scrape
from views import ENDPOINTS, set_cameras

LIBRARY = REPO + '/build/hls/hls.js'
# STILLS has still pictures as well, whose views count like those of video.
HLS, RTSP, STILLS = 1, 2, 3
# As a browser that plays HLS by itself, or does not; and one without MSE.
ANSWERS = ('{const media = HTMLMediaElement.prototype, real = media.canPlayType;'
           'media.canPlayType = function (type) {'
           'return /mpegurl/i.test(type) ? "%s" : real.call(this, type); };}')
NATIVE, NOT_NATIVE = ANSWERS % 'maybe', ANSWERS % ''
NOTHING = NOT_NATIVE + 'delete window.MediaSource;'


@pytest.fixture(scope='module')
def camera():
    folder = make_folder()
    made = HlsCamera(folder)
    yield made
    made.remove()
    shutil.rmtree(folder)


@pytest.fixture(scope='module')
def folder():
    made = MapFolder()
    os.mkdir(made.folder + '/files')
    yield made
    made.remove()


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, camera, stills, folder):
    set_cameras(cluster, {'name': 'HLS', 'stream_url': camera.url},
                {'name': 'RTSP', 'lng': 90},
                {'name': 'Stills', 'lng': -90, 'stream_url': camera.url})
    cluster.query('UPDATE cameras SET still_url = %s WHERE id = %s',
                  [stills.url('ok/a'), STILLS])
    return start_shared(
        f'Define CCTV_MAP_FILES "{folder.folder}/files"\n'
        f'Define CCTV_MAP_HLS {camera.origin}\n' + folder.config
        + dbd(cluster, user='cctv_video') + ENDPOINTS + location()
        + 'CCTVBrowserHls on\nCCTVStillHosts 127.0.0.1\nCCTVStillAge 1s\n',
        modules=MODULES)


@pytest.fixture
def library(folder):
    """The folder of the site has hls.js."""
    if not os.path.exists(LIBRARY):
        pytest.skip('npm could not get hls.js: make build/hls/hls.js')
    copy = shutil.copy(LIBRARY, folder.folder + '/files')
    os.chmod(copy, 0o644)
    yield
    os.remove(copy)


@pytest.fixture
def opened(httpd, windows, camera):
    """opened(script) → the page with a camera of HLS, in a browser that this
    script has changed."""
    changed = []

    def open(script, id=HLS):
        window = windows.open()
        window.order('Security.setIgnoreCertificateErrors', ignore=True)
        changed.append((window, window.order(
            'Page.addScriptToEvaluateOnNewDocument', source=script)))
        window.go(f'http://127.0.0.1:{httpd.port}/map/#camera={id}')
        window.until('window.cctv')
        return window
    yield open
    # Later tests get the same windows.
    for window, added in changed:
        window.go('about:blank')
        window.order('Page.removeScriptToEvaluateOnNewDocument', **added)
        window.order('Security.setIgnoreCertificateErrors', ignore=False)
    camera.fails = False


def viewers(httpd):
    return scrape(httpd).sum('webrtc_viewers_gauge', camera_id=str(HLS)) or 0


def says(window, text):
    wait_for(lambda: window.run(
        'return document.querySelector(".tile .state")?.textContent;')
        == text, f'it says {text}', 30 * SLOWNESS)


def test_hls_js_plays_it_and_the_view_counts(opened, library, httpd, camera):
    before = scrape(httpd)
    window = opened(NOT_NATIVE)
    plays(window, HLS, seconds=30 * SLOWNESS)
    assert '/live/index.m3u8?token=x' in camera.asked
    assert viewers(httpd) == 1
    now = scrape(httpd)
    for name, labels in (
            ('webrtc_view_start_total', {'camera_id': str(HLS)}),
            ('cctv_first_picture_seconds_count', {'transport': 'hls'})):
        wait_for(lambda: (scrape(httpd).sum(name, **labels) or 0)
                 == (before.sum(name, **labels) or 0) + 1, name)
    assert now.sum('cctv_sessions_by_transport', transport='hls') == 1
    assert window.text('.tile .viewers').startswith('1')
    window.screenshot('hls')
    window.click('.tile .close')
    # A refusal is over as soon as a start is accepted.
    window.run('''
        const video = document.createElement('video');
        video.muted = true;
        window.again = cctv.client.watch(arguments[0], {video});
        again.refusal = new Error('too many');''', HLS)
    window.until('again.isHls && again.refusal === null',
                 seconds=30 * SLOWNESS)
    window.run('again.end();')
    wait_for(lambda: viewers(httpd) == 0, 'the views have ended')
    assert scrape(httpd).sum('cctv_sessions_ended_total', reason='ended') \
        == (before.sum('cctv_sessions_ended_total', reason='ended') or 0) + 2


def test_a_browser_that_plays_hls_gets_the_address(opened, httpd, camera):
    """Debian's Chromium does not: it only says so here."""
    window = opened(NATIVE)
    wait_for(lambda: window.run('return document.querySelector(".tile video")'
                                '.src;') == camera.url, 'the address',
             20 * SLOWNESS)
    assert viewers(httpd) == 1


@pytest.mark.parametrize('script', [NOT_NATIVE, NOTHING],
                         ids=['not there', 'no MSE'])
def test_without_hls_js_it_says_so_and_shows_stills(opened, httpd, windows,
                                                    script):
    windows.expect('/own/hls.js', '/view-start .* 422')
    window = opened(script, STILLS)
    wait_for(lambda: state_of(window, STILLS) == ('ended', 'codec'), 'it ends',
             20 * SLOWNESS)
    says(window, 'Stills')
    wait_for(lambda: [scrape(httpd).sum('cctv_sessions_by_transport',
                                        transport=each) or 0
                      for each in ('hls', 'still')] == [0, 1],
             'a view of stills, and none of HLS')
    assert window.axe() == []


def test_a_camera_that_fails_holds_no_view(opened, library, httpd, windows,
                                           camera):
    windows.expect('404', 'm3u8')
    camera.fails = True
    window = opened(NOT_NATIVE)
    wait_for(lambda: state_of(window, HLS) == ('connecting', 'no-picture'),
             'it says that no picture comes', 40 * SLOWNESS)
    wait_for(lambda: viewers(httpd) == 0, 'the view has ended')
    window.until('document.querySelector(".tile .next").textContent',
                 seconds=20 * SLOWNESS)
