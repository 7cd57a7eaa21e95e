"""Pages of other origins: the element <cctv-camera> and the client library in
them, with a strict policy and with logins, and the map page in a frame."""

import contextlib

import pytest

from api import ONE_CHILD
from client import allow, real_site
from env import SLOWNESS, wait_for
from lab import Cameras, real
from map_page import MODULES, MapFolder
from users import AUTH, BASIC, set_passwords
from views import set_cameras, virtual_host

pytestmark = real

ONE, TWO, HIDDEN = 1, 2, 3
# Seconds until a picture moves, and until the server has noticed an end.
PLAYS, NOTICED = 15, 8
SOON = 10 * SLOWNESS
POLICY = ("default-src 'none'; script-src {server}; connect-src {server}; "
          "img-src data:; require-trusted-types-for 'script'")
# The page that docs/api.md shows: three lines for a camera.
PAGE = '''<!DOCTYPE html>
<html lang="{lang}"><meta charset="utf-8"><title>A page of somebody else</title>
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><main><h1>A camera</h1>
<script type="module" src="{server}/map/cctv-camera.js" {cors}></script>
<cctv-camera server="{server}" camera="{camera}"></cctv-camera></main>
'''
FRAME = ('<!DOCTYPE html><link rel="icon" href="data:,">'
         '<iframe src="{server}/map/" width="600" height="400"></iframe>')


class Other:
    """An Apache of somebody else, whose pages are of another origin."""

    def __init__(self, httpd):
        self.httpd = httpd

    def address(self, name, host='127.0.0.1'):
        return f'http://{host}:{self.httpd.port}/{name}'

    def write(self, name, text, **values):
        with open(f'{self.httpd.folder}/htdocs/{name}', 'w') as file:
            file.write(text.format(**values))
        return name


@pytest.fixture(scope='module')
def other(start_shared):
    return Other(start_shared(
        ONE_CHILD + 'TypesConfig /dev/null\nTimeout 2\n'
        'AddType text/html .html\n', modules=('mime',)))


@pytest.fixture(scope='module')
def site(cluster, start_shared, other):
    """At 127.0.0.1 everybody may watch; localhost asks for a cookie, and
    login.localhost for a password."""
    with contextlib.ExitStack() as stack:
        folder = MapFolder()
        stack.callback(folder.remove)
        cameras = Cameras('rtsp', 'one', 'two')
        stack.callback(cameras.remove)
        pages = ' '.join(other.address('', host).rstrip('/')
                         for host in ('127.0.0.1', 'localhost',
                                      'login.localhost'))
        config = (f'CCTVAllowOrigin {pages}\n'
                  f'Define CCTV_MAP_FRAME_ANCESTORS {pages.split()[0]}\n'
                  + folder.config)
        cookie = ['<If "%{REQUEST_METHOD} != \'OPTIONS\' && '
                  '%{HTTP_COOKIE} !~ /login=yes/">', 'Require all denied',
                  '</If>']
        basic = ['<Location "/">', *BASIC[:-1], '<LimitExcept OPTIONS>',
                 BASIC[-1], '</LimitExcept>', '</Location>']
        hosts = (virtual_host('127.0.0.1')
                 + virtual_host('localhost', '<Location "/">', *cookie,
                                '</Location>')
                 + virtual_host('login.localhost', *basic))
        yield stack.enter_context(real_site(
            cluster, start_shared, config + hosts, cameras,
            (*MODULES, *(name for name in AUTH if name not in MODULES))))


@pytest.fixture
def page(site, cluster, other, windows):
    """page(camera, …) → a window with a page of the other Apache."""
    set_cameras(cluster, *(
        {'id': number, 'name': name, 'stream_url': site.cameras.url(path)}
        for number, name, path in ((ONE, 'Bridge, north', 'one'),
                                   (TWO, 'Bridge, south', 'two'))),
        {'id': HIDDEN, 'role': 'hidden'})
    allow(site.httpd, 'public')

    def open_page(camera, server='127.0.0.1', host='127.0.0.1', lang='en',
                  cors=''):
        address = f'http://{server}:{site.httpd.port}'
        other.write('page.html', PAGE, camera=camera, lang=lang, cors=cors,
                    server=address, policy=POLICY.format(server=address))
        return windows.open(other.address('page.html', host))
    yield open_page
    windows.close()
    wait_for(lambda: site.watched_by() == 0, 'nobody watches',
             NOTICED * SLOWNESS)


WITH_LOGIN = 'crossorigin="use-credentials"'
CAMERA = 'document.querySelector("cctv-camera")'
VIDEO = CAMERA + '.shadowRoot.querySelector("video")'


def says(window, text, seconds=6):
    window.until(f'{CAMERA}?.shadowRoot?.querySelector("p").textContent '
                 f'=== arguments[0]', text, seconds=seconds * SLOWNESS)
    assert window.run(f'return {CAMERA}.text;') == text


def plays(window):
    says(window, 'Live', PLAYS)
    before = window.run(f'return {VIDEO}.getVideoPlaybackQuality()'
                        '.totalVideoFrames;')
    window.until(f'{VIDEO}.getVideoPlaybackQuality().totalVideoFrames'
                 f' > {before}', seconds=PLAYS * SLOWNESS)


def test_three_lines_in_a_page_with_a_strict_policy(page, site):
    window = page(ONE)
    plays(window)
    window.until(f'{VIDEO}.ariaLabel === "Bridge, north"', seconds=SOON)
    assert window.run(f"""
        const {{view, state, reason}} = {CAMERA};
        return [view.state, state, reason, {VIDEO}.muted, {VIDEO}.playsInline,
                {CAMERA}.shadowRoot.querySelector('p').role
                  ?? {CAMERA}.shadowRoot.querySelector('p').getAttribute('role'),
                {CAMERA}.shadowRoot.querySelector('button').hidden];"""
        ) == ['live', 'live', None, True, True, 'status', True]
    window.screenshot('embed-live')
    assert window.axe() == []
    wait_for(lambda: site.watched_by() == 1, 'it is counted', SOON)


def test_what_happens_to_the_element_happens_to_the_view(page, site):
    window = page(ONE)
    plays(window)
    window.run(f"""
        window.camera = {CAMERA};
        window.view = camera.view;
        window.states = [];
        camera.addEventListener('state', () => states.push(camera.state));
        document.body.append(camera);""")
    # Only moved: the same view goes on.
    assert window.run('await 0; return camera.view === view'
                      ' && view.state;') == 'live'
    window.run(f'camera.setAttribute("camera", {TWO});')
    window.until(f'{VIDEO}.ariaLabel === "Bridge, south"', seconds=SOON)
    plays(window)
    assert window.run('return [camera.view === view, view.state, states.at(-1)];'
                      ) == [False, 'ended', 'live']
    window.run('camera.remove();')
    wait_for(lambda: site.watched_by() == 0, 'nobody watches',
             NOTICED * SLOWNESS)
    assert window.run('return camera.view;') is None
    window.run('document.body.append(camera);')
    plays(window)


@pytest.mark.parametrize('lang, camera, text', [
    ('de-CH', HIDDEN,
     'Diese Kamera gibt es nicht, oder Sie dürfen sie nicht sehen.'),
    # There are no French texts, so the language of the browser counts.
    ('fr', '', 'This page does not say which camera to show.')])
def test_it_says_why_there_is_no_picture(page, windows, lang, camera, text):
    windows.expect('status of 404')
    window = page(camera, lang=lang)
    says(window, text)
    window.screenshot(f'embed-{lang}')
    assert window.axe() == []


def test_a_page_that_is_not_listed_gets_nothing(page, windows):
    windows.expect('CORS policy', 'ERR_FAILED')
    window = page(ONE, host='other.localhost')
    windows_said = []

    def refused():
        windows_said.extend(windows.complaints())
        return any('cctv-camera.js' in line and 'CORS' in line
                   for line in windows_said)
    wait_for(refused, 'the script is refused', SOON)
    assert not window.run('return customElements.get("cctv-camera");')


def is_let_in(window, windows, is_right):
    if is_right:
        plays(window)
        return
    told = []

    def is_refused():
        told.extend(windows.complaints())
        return any('cctv-camera.js' in line for line in told)
    wait_for(is_refused, 'the script is refused', SOON)


# A page of the same site, such as one on another port, and of another site.
@pytest.mark.parametrize('host, is_right', [('login.localhost', True),
                                            ('127.0.0.1', False)])
def test_with_a_password(page, site, windows, host, is_right):
    """The browser knows the password from a visit of the server."""
    windows.expect('status of 40[14]', 'CORS policy', 'ERR_FAILED')
    set_passwords(site.httpd, 'ann')
    login = f'login.localhost:{site.httpd.port}'
    windows.open(f'http://ann:secret@{login}/map/icon.svg')
    window = page(ONE, 'login.localhost', host, cors=WITH_LOGIN)
    is_let_in(window, windows, is_right)


@pytest.mark.parametrize('host, is_right', [('localhost', True),
                                            ('127.0.0.1', False)])
def test_with_a_cookie(page, site, windows, host, is_right):
    """SameSite=Lax, as browsers take a cookie that does not say."""
    windows.expect('status of 403', 'CORS policy', 'ERR_FAILED')
    site.httpd.expect('AH01630')
    first = windows.open(f'http://localhost:{site.httpd.port}/nothing')
    first.run('document.cookie = "login=yes; SameSite=Lax; path=/";')
    try:
        is_let_in(page(ONE, 'localhost', host, cors=WITH_LOGIN), windows,
                  is_right)
    finally:
        first.run('document.cookie = "login=; max-age=0; path=/";')


@pytest.mark.parametrize('host, is_shown', [('127.0.0.1', True),
                                            ('other.localhost', False)])
def test_the_page_in_a_frame(page, site, other, windows, host, is_shown):
    windows.expect('frame-ancestors')
    server = f'http://127.0.0.1:{site.httpd.port}'
    other.write('frame.html', FRAME, server=server)
    window = windows.open(other.address('frame.html', host))
    driver = window.driver

    def in_frame(script):
        driver.switch_to.window(window.handle)
        driver.switch_to.frame(driver.find_element('css selector', 'iframe'))
        try:
            return driver.execute_script(script)
        finally:
            driver.switch_to.default_content()
    if is_shown:
        wait_for(lambda: in_frame('return Boolean(window.cctv);'), 'the page',
                 SOON)
        wait_for(lambda: in_frame('return document.querySelectorAll('
                                  '"#cameras li").length;') == 2, 'cameras', SOON)
    else:
        wait_for(lambda: any('frame-ancestors' in line
                             for line in windows.complaints()), 'the refusal',
                 SOON)
        assert not in_frame('return Boolean(window.cctv);')
