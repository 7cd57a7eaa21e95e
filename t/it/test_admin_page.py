"""The admin's page in a browser, and what the map page tells a viewer whose
view an operator has ended."""

import pytest

from api import location
from env import REPO, SLOWNESS
from lab import real
from map_page import MODULES, MapFolder, MapPages, comes_to
from test_admin import API
from video import Watcher, until_gone
from views import set_cameras

pytestmark = real
SITE = ('Define CCTV_ADMIN "local"\n'
        f'Include "{REPO}/conf/cctv-site.conf"\n')


@pytest.fixture(scope='module')
def httpd(cluster, video, start_shared):
    folder = MapFolder()
    set_cameras(cluster, {'id': 1, 'name': 'A camera'}, {'id': 2})
    yield start_shared(
        folder.config + SITE + location() + video.server(cluster),
        modules=(*MODULES, 'authz_host'))
    folder.remove()


def open_admin(httpd, windows, **looks):
    window = windows.open(f'http://127.0.0.1:{httpd.port}/cctv-admin/',
                          **looks)
    window.until('document.body.dataset.at')
    return window


def everybody_can_read_it(window):
    for phone in (False, True):
        window.resize(*((390, 844) if phone else (1280, 800)), phone)
        for dark in (False, True):
            window.look(dark=dark, still=True)
            assert window.axe() == [], (phone, dark)
    window.resize(1280, 800)


def test_an_operator_ends_a_view_with_the_keyboard(httpd, video, windows):
    viewer = Watcher(httpd)
    window = open_admin(httpd, windows, still=True)
    assert window.text('#views-title ~ .note') == 'Nobody watches.'
    everybody_can_read_it(window)
    session = viewer.play(1)
    window.tab_to('#now')
    window.press('enter')
    window.until('document.querySelectorAll("#views tbody tr").length === 1')
    everybody_can_read_it(window)
    window.tab_to('#views button')
    assert window.run('return document.activeElement.ariaLabel;') == \
        'End the view of camera 1 (no login)'
    window.press('enter')
    window.find('#ask[open]')
    everybody_can_read_it(window)
    window.press(*'Bye.')
    window.press('enter')
    window.until('document.getElementById("said").textContent'
                 ' === "1 view has ended."')
    reply = viewer.post('heartbeat', session_id=session)
    assert (reply.status, reply.json()['note']) == (403, 'Bye.')
    window.until('document.querySelectorAll("#denials tbody tr").length === 1')
    assert window.has_focus('#views-title')
    everybody_can_read_it(window)
    window.click('#denials button')
    window.until('document.querySelectorAll("#denials tbody tr").length === 0')
    viewer.end(viewer.sessions.pop())
    until_gone(video.janus, 5 * SLOWNESS)


def test_an_operator_drains_the_server(httpd, windows):
    window = open_admin(httpd, windows, still=True)
    pages = MapPages(httpd, windows)
    windows.expect('status of 503', 'status of 403')
    window.click('#drain')
    window.find('#ask[open]')
    window.click('#ask .strong')
    window.find('#undrain')
    everybody_can_read_it(window)
    comes_to(pages.open('#camera=1', still=True), 1, 'connecting', 'draining')
    window.click('#undrain')
    window.find('#drain')


def test_why_a_camera_does_not_play(httpd, video, windows):
    video.janus.camera(2).online = False
    try:
        Watcher(httpd).post('view-start', camera_id=2)
        failure, = httpd.get(API).json()['failures']
        window = open_admin(httpd, windows, still=True)
        window.type('#failures-camera', '2')
        row = window.text('#failures tbody tr')
        assert failure['reason'] in row and failure['detail'] in row
        everybody_can_read_it(window)
        window.type('#failures-camera', '3')
        window.until('document.getElementById("failures").hidden')
    finally:
        video.janus.camera(2).online = True


def test_the_page_tells_a_fault(httpd, windows):
    window = open_admin(httpd, windows, still=True)
    windows.expect('ERR_')
    window.run('window.fetch = () => Promise.reject(new TypeError());')
    window.click('#now')
    window.until('document.getElementById("fault").textContent')
    everybody_can_read_it(window)
