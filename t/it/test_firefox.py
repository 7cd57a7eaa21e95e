"""The map page in Debian's Firefox. It has no H.264 without a download, so the
pictures are VP8."""

import contextlib
import shutil

import pytest

from client import allow, real_site
from env import SLOWNESS, wait_for
from firefox import Firefox
from lab import ADDRESS, real
from map_page import MODULES, MapFolder
from nginx import Nginx
from views import set_cameras

pytestmark = pytest.mark.skipif(
    not shutil.which('nginx', path='/usr/sbin')
    or not shutil.which('firefox-esr'),
    reason='nginx or firefox-esr is not installed')

CAMERA = 1


@pytest.fixture(scope='module')
def firefox():
    firefox = Firefox()
    yield firefox
    firefox.remove()


@pytest.fixture
def site(cluster, start, cameras):
    """An Apache with a real Janus and a camera that sends VP8."""
    camera = cameras('rtsp', 'one', codec='vp8')
    with contextlib.ExitStack() as stack:
        folder = MapFolder()
        stack.callback(folder.remove)
        found = stack.enter_context(real_site(
            cluster, start, folder.config, camera, MODULES))
        set_cameras(cluster, {'name': 'One', 'codec': 'VP8',
                              'stream_url': camera.url('one')})
        allow(found.httpd, 'public')
        yield found


def tells_the_truth(site, firefox):
    """About a server that does not answer, and the age of the last picture."""
    def says(state, reason, seconds=10):
        firefox.until('((tile) => tile.dataset.state === arguments[0] && (tile'
                      '.dataset.reason ?? null) === arguments[1])('
                      'document.querySelector(".tile"))', state, reason,
                      seconds=seconds)
    says('live', None)
    site.httpd.stop()
    site.cameras.halt()
    try:
        says('stalled', 'server')
        firefox.until('document.querySelectorAll("#message p").length === 1')
        assert firefox.run('return document.querySelector(".tile .last")'
                           '.textContent;').startswith('Last picture ')
        assert firefox.run('return getComputedStyle(document.querySelector('
                           '".tile video")).filter;').startswith('grayscale(1)')
    finally:
        site.cameras.resume()
    site.httpd.start(site.httpd.port)
    says('live', None, 20)
    firefox.until('!document.querySelector("#message p")', seconds=20)


@real
def test_firefox_shows_the_picture(site, firefox):
    to = f'proxy_pass http://127.0.0.1:{site.httpd.port}/'
    nginx = Nginx([f'location /cctv/ {{ {to}; }}'], tls=[0])
    try:
        # Firefox sends video by the interface by which it reaches the page.
        firefox.go(f'https://{ADDRESS}:{nginx.ports[0]}/cctv/map/'
                   f'#camera={CAMERA}')
        firefox.until('document.querySelector(".tile")?.dataset.state'
                      ' === "live"', seconds=30)
        assert firefox.run('const video = document.querySelector("video");'
                           'return [video.videoWidth, video.videoHeight];'
                           ) == [640, 480]
        firefox.until('document.querySelector("video").currentTime > 1')
        wait_for(lambda: site.watched_by() == 1, 'it counts', 10 * SLOWNESS)
        tells_the_truth(site, firefox)
        firefox.go('about:blank')
        wait_for(lambda: site.watched_by() == 0, 'it has ended', 10 * SLOWNESS)
    finally:
        firefox.go('about:blank')
        nginx.remove()


