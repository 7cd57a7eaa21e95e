"""The texts of tiles without a picture, and that they are readable for
everybody. Janus is a stand-in; test_map_real.py tests tiles with pictures."""

import pytest

from api import location
from client import allow
from env import wait_for
from map_page import MODULES, MapFolder, MapPages, comes_to
from postgres import DOWN, stopped
from video import JANUS_DOWN, Watcher, until_gone
from views import set_cameras, virtual_host

CAMERA, OFFLINE, HIDDEN, H265, MJPEG = 1, 2, 3, 4, 5
MOST = 6
# A view ends this many seconds after its last heartbeat.
TIMEOUT = 3
AGAIN = 10


@pytest.fixture(scope='module')
def httpd(cluster, video, start_shared):
    folder = MapFolder()
    yield start_shared(
        folder.config + location()
        + video.server(cluster, f'CCTVMaxViewers {MOST}\n'
                       f'CCTVSessionTimeout {TIMEOUT}s\n'
                       'CCTVRoles "%{file:{folder}/roles}"\n')
        + virtual_host('localhost')
        + virtual_host('login.localhost', 'Redirect 401 /view-start')
        + virtual_host('forbidden.localhost', 'Redirect 403 /view-start')
        + virtual_host('other.localhost',
                       'RequestHeader set Sec-Fetch-Site cross-site'),
        modules=MODULES)
    folder.remove()


@pytest.fixture
def janus(video):
    return video.janus


@pytest.fixture
def pages(httpd, cluster, janus, windows):
    set_cameras(cluster, {'id': CAMERA, 'name': 'A camera'},
                {'id': OFFLINE, 'name': 'Off', 'lng': 90},
                {'id': HIDDEN, 'name': 'Hidden', 'role': 'hidden'},
                {'id': H265, 'name': 'Modern', 'codec': 'H.265', 'lat': 50},
                {'id': MJPEG, 'name': 'Old', 'codec': 'MJPEG', 'lat': -50})
    allow(httpd, 'public')
    windows.expect('status of 503')
    yield MapPages(httpd, windows)
    windows.close()
    janus.camera(OFFLINE).online = True
    if not janus.running:
        janus.revive()


def everybody_can_read_it(window, name):
    """In light and dark, on a screen and on a phone."""
    for phone in (False, True):
        window.resize(*((390, 844) if phone else (1280, 800)), phone)
        for dark in (False, True):
            window.look(dark=dark, still=True)
            window.screenshot('-'.join([
                'state', name, 'phone' if phone else 'desktop',
                'dark' if dark else 'light']))
            assert window.axe() == [], (phone, dark)


def open_camera(pages, camera=CAMERA):
    return pages.open(f'#camera={camera}', still=True)


def watched(janus, camera=CAMERA, seconds=AGAIN):
    wait_for(lambda: any(each.answers for each in janus.watchers(camera)),
             'it is watched', seconds)


def test_no_picture_gets_through(pages, janus):
    window = open_camera(pages)
    comes_to(window, CAMERA, 'connecting')
    everybody_can_read_it(window, 'connecting')
    comes_to(window, CAMERA, 'connecting', 'no-picture', seconds=8)
    everybody_can_read_it(window, 'no-picture')


def test_the_camera_is_off(pages, janus):
    janus.camera(OFFLINE).online = False
    window = open_camera(pages, OFFLINE)
    comes_to(window, OFFLINE, 'offline')
    everybody_can_read_it(window, 'offline')


def test_too_many_viewers(pages, httpd, janus):
    # Pages that closed during a start could not end their views.
    until_gone(janus, TIMEOUT + 3)
    others = Watcher(httpd)
    for _ in range(MOST):
        others.play()
    with others.kept():
        window = open_camera(pages)
        comes_to(window, CAMERA, 'busy')
        everybody_can_read_it(window, 'busy')
    others.end_all()


def test_a_camera_that_may_not_be_seen(pages, windows):
    windows.expect('status of 404')
    window = open_camera(pages, HIDDEN)
    comes_to(window, HIDDEN, 'denied', 'not-found')
    everybody_can_read_it(window, 'not-found')


def test_a_login_that_has_run_out(httpd, pages, windows):
    windows.expect('status of 401')
    window = open_camera(MapPages(httpd, windows, 'login.localhost'))
    comes_to(window, CAMERA, 'denied', 'login')
    everybody_can_read_it(window, 'login')
    window.run('window.isOld = true;')
    window.click('.tile .reload')
    window.until('!window.isOld && window.cctv')
    comes_to(window, CAMERA, 'denied', 'login')


def test_watching_is_forbidden(httpd, pages, windows):
    windows.expect('status of 403')
    window = open_camera(MapPages(httpd, windows, 'forbidden.localhost'))
    comes_to(window, CAMERA, 'denied', 'forbidden')
    everybody_can_read_it(window, 'forbidden')


def test_the_page_counts_as_one_of_another_site(httpd, pages, windows):
    windows.expect('status of 403')
    window = open_camera(MapPages(httpd, windows, 'other.localhost'))
    comes_to(window, CAMERA, 'denied', 'origin')
    everybody_can_read_it(window, 'origin')


def test_not_for_browsers(pages, windows):
    # The codec is unknown until the server refuses.
    windows.expect('status of 409')
    window = open_camera(pages, MJPEG)
    comes_to(window, MJPEG, 'ended', 'not-playable')
    everybody_can_read_it(window, 'not-playable')


def test_not_for_this_browser(pages, windows):
    """Debian's Chromium does not play H.265."""
    windows.expect('status of 422')
    window = open_camera(pages, H265)
    comes_to(window, H265, 'ended', 'codec')
    everybody_can_read_it(window, 'codec')


def test_it_becomes_playable(pages, windows, cluster, janus):
    windows.expect('status of 422')
    window = open_camera(pages, H265)
    comes_to(window, H265, 'ended', 'codec')
    cluster.query("UPDATE cameras SET codec = 'H.264' WHERE id = %s", [H265])
    window.run('await cctv.cameras.refresh();')
    watched(janus, H265)


def test_janus_dies_and_is_back(pages, httpd, janus):
    httpd.expect(*JANUS_DOWN)
    janus.die()
    window = open_camera(pages)
    comes_to(window, CAMERA, 'connecting', 'video-down')
    everybody_can_read_it(window, 'video-down')
    httpd.expect(*JANUS_DOWN)
    janus.revive()
    watched(janus)


def test_the_database_stops_and_is_back(pages, httpd, cluster, healthy,
                                        janus):
    httpd.expect(*DOWN)
    window = pages.open(still=True)
    with stopped(cluster):
        window.run('location.hash = "#camera=1";')
        comes_to(window, CAMERA, 'connecting', 'server')
        everybody_can_read_it(window, 'server')
    watched(janus)


def test_the_server_stops_and_is_back(pages, windows, httpd, janus):
    windows.expect('ERR_CONNECTION_REFUSED')
    window = pages.open(still=True)
    httpd.stop()
    window.run('location.hash = "#camera=1";')
    comes_to(window, CAMERA, 'connecting', 'unreachable')
    everybody_can_read_it(window, 'unreachable')
    httpd.start(httpd.port)
    watched(janus)
