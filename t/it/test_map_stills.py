"""Still pictures on the map page: in tiles, in the list and beside markers.
Janus is a stand-in, so no video ever comes."""

import pytest

from api import location
from env import SLOWNESS, wait_for
from map_page import MODULES, WORDS, MapFolder, MapPages
from metrics import scrape
from views import set_cameras, virtual_host

SHOWS, PLAYS, FAILS, PLAIN = range(1, 5)
NO_VIDEO = {'stream_url': 'http://h/a.mjpg', 'codec': 'MJPEG'}
CAMERAS = ({'name': 'Shows stills', 'lng': -150, **NO_VIDEO},
           {'name': 'Has both', 'lng': -50},
           {'name': 'Fails', 'lng': 50, **NO_VIDEO},
           {'name': 'Has neither', 'lng': 150, **NO_VIDEO})


@pytest.fixture(scope='module')
def httpd(cluster, video, start_shared, stills):
    set_cameras(cluster, *CAMERAS)
    for camera, path in ((SHOWS, 'ok/a'), (PLAYS, 'ok/b'), (FAILS, 'html/c')):
        cluster.query('UPDATE cameras SET still_url = %s WHERE id = %s',
                      [stills.url(path), camera])
    folder = MapFolder()
    yield start_shared(
        folder.config + location() + video.server(
            cluster, 'CCTVStillHosts 127.0.0.1\nCCTVStillAge 1s\n')
        + virtual_host('localhost') + virtual_host(
            'one.localhost', 'CCTVMaxSessionsPerClient 1'),
        modules=MODULES)
    folder.remove()


@pytest.fixture
def pages(httpd, windows):
    # Of cameras that fail or cannot be played, and of pictures that have not
    # come yet.
    windows.expect('/still - .* 503', '/view-start - .* (409|429|503)')
    return MapPages(httpd, windows)


def says(window, camera, text):
    wait_for(lambda: window.run(
        'return document.querySelector(`.tile[data-id="${arguments[0]}"] '
        '.state`)?.textContent;', camera) == text, f'it says {text}',
        20 * SLOWNESS)


def has_picture(window, selector):
    """Whether the still there is shown, and was drawn."""
    return window.run(
        'const still = document.querySelector(arguments[0] + " .stills");'
        'return Boolean(still && !still.hidden && still.width === 4);',
        selector)


def shows_picture(window, selector):
    wait_for(lambda: has_picture(window, selector), f'a still in {selector}',
             20 * SLOWNESS)


def counted(httpd, count):
    """Waits until so many views are of stills."""
    wait_for(lambda: scrape(httpd).sum(
        'cctv_sessions_by_transport', transport='still') == count,
        f'{count} views of stills', 20 * SLOWNESS)


def test_a_camera_without_video_shows_stills_again_and_again(
        pages, stills, httpd):
    window = pages.open(f'#camera={SHOWS}')
    shows_picture(window, '.tile')
    says(window, SHOWS, 'Stills')
    counted(httpd, 1)
    assert scrape(httpd).sum('webrtc_viewers_gauge',
                             camera_id=str(SHOWS)) == 1
    wait_for(lambda: window.text('.tile .viewers') == '1 viewer',
             'it says so', 20 * SLOWNESS)
    asked = stills.asked['/ok/a']
    wait_for(lambda: stills.asked['/ok/a'] > asked + 1, 'further pictures',
             20 * SLOWNESS)
    window.screenshot('stills')
    assert window.axe() == []
    window.click('.tile .close')
    counted(httpd, 0)


def goes_down(window):
    """Waits until a camera without video from Janus says so."""
    shows_picture(window, '.tile')
    # No video comes within 6 s.
    wait_for(lambda: window.run('return document.querySelector(".tile .state")'
                                '.textContent;').startswith('Stills'),
             'it says that these are stills', 30 * SLOWNESS)
    assert has_picture(window, '.tile')


def test_stills_are_the_poster_and_the_way_down(pages, httpd):
    window = pages.open(f'#camera={PLAYS}')
    shows_picture(window, '.tile')
    # A poster is no view.
    counted(httpd, 0)
    goes_down(window)
    counted(httpd, 1)
    # Whoever leaves the page is gone at once.
    window.run('location.href = "about:blank";')
    counted(httpd, 0)


def test_a_client_with_too_few_places_keeps_trying_video(
        httpd, windows, pages):
    """The view that tries video has the only place: stills are shown, but no
    view of their own keeps video from coming back."""
    window = MapPages(httpd, windows, 'one.localhost').open(
        f'#camera={PLAYS}', still=True)
    starts = 'cctv_sessions_refused_total'
    before = scrape(httpd).sum(starts, reason='client')
    goes_down(window)
    counted(httpd, 0)
    assert has_picture(window, '.tile')
    assert scrape(httpd).sum(starts, reason='client') <= before + 2
    wait_for(lambda: scrape(httpd).sum(
        'cctv_sessions_by_transport', transport='server') == 1,
        'video is tried', 20 * SLOWNESS)


def test_without_a_picture_the_tile_says_what_it_did(pages):
    window = pages.open(f'#camera={FAILS},{PLAIN}')
    for camera in (FAILS, PLAIN):
        says(window, camera, WORDS['ended', 'not-playable'])
        assert not has_picture(window, f'.tile[data-id="{camera}"]')


def test_the_list_and_the_marker_show_a_still(pages, stills):
    window = pages.open()
    for camera in (SHOWS, PLAYS):
        shows_picture(window, f'#cameras [data-id="{camera}"]')
    assert not has_picture(window, f'#cameras [data-id="{FAILS}"]')
    assert window.run('return document.querySelectorAll("#cameras .stills")'
                      '.length;') == 3
    window.run(f"document.querySelector('.cctv-marker[data-id=\"{SHOWS}\"]')"
               '.focus();')
    shows_picture(window, '.glimpse:not([hidden])')
    assert window.text('.glimpse') == 'Shows stills'
    window.screenshot('glimpse')
    window.run('document.activeElement.blur();')
    wait_for(lambda: window.run(
        'return document.querySelector(".glimpse").hidden;'), 'it is hidden')


def test_a_still_that_is_shown_for_weeks_keeps_no_listeners(pages):
    window = pages.open()
    window.run("""
        import(new URL('cctv-client.js', location)).then(({Client}) => {
          let rounds = 0;
          const kept = new Map();
          for (const [name, step] of [['add', 1], ['remove', -1]]) {
            const really = AbortSignal.prototype[`${name}EventListener`];
            AbortSignal.prototype[`${name}EventListener`] = function (...all) {
              kept.set(this, (kept.get(this) ?? 0) + step);
              really.apply(this, all);
            };
          }
          const client = new Client();
          client.still = async () => {
            if (++rounds === 20) window.most = Math.max(...kept.values());
            return {picture: new Blob([String(rounds)]), again: 0};
          };
          window.stills = client.watchStills(1, {counts: false});
        });""")
    window.until('window.most', seconds=10 * SLOWNESS)
    assert window.run('stills.end(); return window.most;') < 5


def test_no_age_makes_the_page_ask_without_a_pause(pages):
    """A proxy may have added its own."""
    window = pages.open()
    window.run("""
        import(new URL('cctv-client.js', location)).then(async ({Client}) => {
          const real = fetch;
          const asked = arguments[0].map((age) => {
            fetch = async () => new Response('', {headers: {
              'Cache-Control': 'private, max-age=5', 'Age': age}});
            return new Client().still(1);
          });
          fetch = real;
          window.again = (await Promise.all(asked)).map(({again}) => again);
        });""", ['2', '2, 0', '9', 'x'])
    window.until('window.again')
    assert window.run('return window.again;') == [3000, 3000, 1000, 5000]


def test_a_right_click_asks_which_cameras_see_the_spot(pages, cluster):
    cluster.query('UPDATE cameras SET heading = 90, field_of_view = 60 '
                  'WHERE id = %s', [PLAIN])
    window = pages.open()
    # A few metres to the east of the camera.
    window.run(
        'cctv.map.go({latitude: 0, longitude: 150.0002, zoom: 18});'
        'const map = document.getElementById("map");'
        'const {left, top, width, height} = map.getBoundingClientRect();'
        'map.dispatchEvent(new MouseEvent("contextmenu", {bubbles: true,'
        ' clientX: left + width / 2, clientY: top + height / 2}));')
    wait_for(lambda: window.run(
        'return [...document.querySelectorAll("#cameras .name")]'
        '.map((name) => name.textContent).join();') == 'Has neither',
        'the list has the camera that sees it', 20 * SLOWNESS)
    assert window.run('return document.getElementById("search").value;') \
        .startswith('sees:150.0002')
    window.run('const search = document.getElementById("search");'
               'search.value = "";'
               'search.dispatchEvent(new Event("input", {bubbles: true}));'
               'cctv.map.go({latitude: 0, longitude: 0, zoom: 1});')
    wait_for(lambda: window.run(
        'return document.querySelectorAll("#cameras .name").length;') == 4,
        'the list has all again', 20 * SLOWNESS)
