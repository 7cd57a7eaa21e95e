"""The map page in Debian's Firefox. It has no H.264 without a download, so real
pictures are VP8; of the wall the test drives the views (page/fake_views.js)."""

import contextlib
import shutil

import pytest
from selenium.webdriver.common.keys import Keys

from api import location
from client import allow, real_site
from env import HERE, SLOWNESS, wait_for
from firefox import Firefox
from lab import ADDRESS, real
from map_page import MODULES, MapFolder
from nginx import Nginx
from test_wall import PICTURES
from views import set_cameras
from window import AXE, RULES

pytestmark = pytest.mark.skipif(
    not shutil.which('nginx', path='/usr/sbin')
    or not shutil.which('firefox-esr'),
    reason='nginx or firefox-esr is not installed')

CAMERA = 1
SOON = 30


@pytest.fixture(scope='module')
def firefox():
    firefox = Firefox()
    yield firefox
    firefox.remove()


# --- a wall -----------------------------------------------------------------

@pytest.fixture(scope='module')
def httpd(cluster, video, start_shared):
    folder = MapFolder()
    # A script of the page's own: what Marionette runs has another global object.
    shutil.copy(HERE + '/page/fake_views.js', folder.folder + '/page')
    yield start_shared(folder.config + location() + video.server(cluster, ''),
                       modules=MODULES)
    folder.remove()


@pytest.fixture
def wall(httpd, cluster, firefox):
    """wall(size of the pictures) → Firefox with nine of them."""
    set_cameras(cluster, *({'name': f'Camera {number}', 'lng': 3 * number,
                            'codec': 'VP8'} for number in range(1, 10)))

    def opened(width, height):
        firefox.resize(1920, 1080)
        firefox.go('about:blank')
        firefox.go(f'http://127.0.0.1:{httpd.port}/map/')
        firefox.until('window.cctv && document.querySelectorAll('
                      '"#cameras li").length === 9', seconds=SOON)
        firefox.run('''
            const script = document.createElement('script');
            script.src = 'fake_views.js';
            document.head.append(script);
            await new Promise((done) => script.addEventListener('load', done));
            window.startFakeViews(...arguments);
            cctv.wall.show([1, 2, 3, 4, 5, 6, 7, 8, 9]);''', width, height)
        # On a busy machine they may be late: "Catching up".
        firefox.until('[...document.querySelectorAll(\'.tile[data-state="live"]'
                      ' video\')].filter(({videoWidth}) => videoWidth)'
                      '.length === 9', seconds=SOON)
        return firefox
    yield opened
    firefox.go('about:blank')


def playing(page):
    return page.run('return [...cctv.wall.ids];')


def test_a_wall_of_nine(wall):
    page = wall(640, 360)
    page.run('await document.querySelector("#wall").requestFullscreen();')
    wait_for(lambda: page.run(PICTURES) >= .97, 'it is all pictures',
             SOON * SLOWNESS)
    # A message is above full screen, one for one cause.
    page.run("""for (const view of Object.values(views)) view.set(
        {serverFault: 'unreachable', reason: 'unreachable', state: 'stalled'});
        """)
    page.until('document.querySelectorAll("#wall #message p").length === 1',
               seconds=SOON)
    assert page.run('return document.querySelector(".tile .state").textContent;'
                    ) == 'The server cannot be reached. Trying again…'
    assert page.run("""
        const {left, top, width, height} = document.querySelector('#message p')
          .getBoundingClientRect();
        return Boolean(document.elementFromPoint(left + width / 2,
          top + height / 2).closest('#message'));""")
    page.run("""for (const view of Object.values(views)) view.set(
        {serverFault: null, reason: null, state: 'live'});""")
    page.until('!document.querySelector("#message p")')
    page.run('await document.exitFullscreen();')
    # Whoever stays goes on, and whoever moves too.
    page.run("""
        window.events = [];
        for (const video of document.querySelectorAll('.tile video')) {
          video.original = video.closest('.tile').dataset.id;
          for (const type of ['pause', 'emptied', 'ended'])
            video.addEventListener(type, () => events.push(type));
        }
        document.querySelector('.tile .where').focus();""")
    page.press((Keys.ALT, Keys.ARROW_RIGHT))
    assert playing(page) == [2, 1, 3, 4, 5, 6, 7, 8, 9]
    page.run('cctv.wall.replace(5, 9);')
    assert playing(page) == [2, 1, 3, 4, 9, 6, 7, 8, 5]
    page.resize(1280, 800)
    assert page.run("""return [...document.querySelectorAll('.tile video')]
        .every((video) => !video.paused && views[video.original].ends === 0
          && video.closest('.tile').dataset.id === video.original);""")
    assert page.run('return [...events, started];') == [9]


def test_the_keyboard(wall):
    page = wall(640, 360)
    page.run('document.activeElement.blur();')

    def has_focus(selector):
        return page.run('return document.activeElement.matches(arguments[0]);',
                        selector)
    page.press('/')
    assert has_focus('#search')
    page.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert has_focus('#cameras li:nth-child(2) .row')
    page.press('3')
    assert has_focus('.tile[data-id="3"] .where')
    page.press('?')
    page.until('document.querySelector("#help").open')
    page.press(Keys.ESCAPE)
    page.until('!document.querySelector("#help").open')
    assert len(page.run("""
        return [...document.querySelectorAll('a[href], button, input, select, '
          + 'summary, [tabindex]')].filter((each) => each.tabIndex >= 0
          && !each.disabled && each.checkVisibility()).map(String);""")) <= 45
    with open(AXE, encoding='utf-8') as file:
        assert page.run(file.read() + """
            const {violations} = await axe.run(document, {
              resultTypes: ['violations'], runOnly: arguments[0]});
            return violations.map(({id, nodes}) => id + nodes[0].target);
            """, RULES) == []


# --- a real camera ----------------------------------------------------------

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


