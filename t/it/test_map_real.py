"""The map page with all real parts: the first visit of a user, and what users
see during faults."""

import contextlib
import json

import pytest
from selenium.webdriver.support.select import Select

from client import allow, asked, later, real_site
from env import SLOWNESS, wait_for
from lab import Cameras, real
from map_page import (MODULES, MapFolder, MapPages, comes_to, listed, playing,
                      plays, state_of)
from postgres import DOWN, MOD_DBD, stopped
from video import JANUS_DOWN
from views import set_cameras

pytestmark = real

# Seconds until the right state is shown, and until the picture moves again.
WORD, AGAIN = 6, 10
NAMES = [f'camera-{number}' for number in range(1, 11)]
# COLD has the same stream as camera 1, but no mountpoint yet.
FIRST, TENTH, COLD = 1, 10, 11
ADMIN = ('<Location "/cctv-admin/api">\nSetHandler cctv-admin\n'
         'Require all granted\n</Location>\n')


@pytest.fixture(scope='module')
def site(cluster, start_shared):
    with contextlib.ExitStack() as stack:
        folder = MapFolder()
        stack.callback(folder.remove)
        # Ten cameras at a low frame rate: two processors can encode that.
        cameras = Cameras('rtsp', *NAMES, fps=5)
        stack.callback(cameras.remove)
        yield stack.enter_context(real_site(
            cluster, start_shared, folder.config + ADMIN, cameras, MODULES))


@pytest.fixture
def pages(site, cluster, windows):
    set_cameras(cluster, *({
        'id': number, 'name': f'London, camera {number}',
        'lng': -0.1 + number / 100, 'lat': 51.5,
        'stream_url': site.cameras.url(NAMES[(number - 1) % 10])}
        for number in range(1, 12)),
        {'id': 20, 'name': 'Paris, Opéra', 'role': 'police', 'lng': 2.33,
         'lat': 48.87, 'status': 'offline'},
        {'id': 21, 'name': 'Tokyo, Shibuya', 'role': 'traffic', 'lng': 139.7,
         'lat': 35.66, 'status': 'unknown'})
    allow(site.httpd, 'public,traffic,police')
    windows.expect('status of 503', 'status of 404', 'status of 410')
    yield MapPages(site.httpd, windows)
    windows.close()
    wait_for(lambda: site.watched_by() == 0, 'nobody watches', 9 * SLOWNESS)


def test_a_newcomer(pages, site, windows):
    windows.requests()
    window = pages.open()
    window.screenshot('newcomer-1-world')
    # Zoom into the cluster of Europe and use the filters.
    window.click('.cctv-cluster')
    wait_for(lambda: len(listed(window)) == 12, 'London and Paris', 5)
    Select(window.find('#status')).select_by_value('offline')
    wait_for(lambda: listed(window) == ['Paris, Opéra'], 'what is offline', 5)
    Select(window.find('#status')).select_by_value('')
    window.click('#roles input[value="police"]')
    wait_for(lambda: len(listed(window)) == 11, 'all but the police', 5)
    window.click('#map')
    window.type('#search', 'camera 10')
    wait_for(lambda: listed(window) == ['London, camera 10'], 'the hit', 5)
    window.click(f'#cameras [data-id="{TENTH}"]')
    plays(window, TENTH)
    assert window.find('.tile .viewers').text == '1 viewer'
    window.screenshot('newcomer-2-live')
    assert window.axe() == []
    # Another person opens the same link.
    friend = windows.open(window.run('return location.href;'))
    plays(friend, TENTH)
    wait_for(lambda: window.find('.tile .viewers').text == '2 viewers',
             'both are counted', WORD)
    friend.close()
    wait_for(lambda: window.find('.tile .viewers').text == '1 viewer',
             'the friend has gone', WORD)
    window.click('.tile .close')
    wait_for(lambda: site.watched_by() == 0, 'nobody watches', 10 * SLOWNESS)
    assert [each for each in windows.requests()
            if not each.startswith(pages.origin + '/')] == []


def operate(site, action, **members):
    reply = site.httpd.ask('POST', '/cctv-admin/api/' + action,
                           {'Content-Type': 'application/json'},
                           json.dumps(members))
    assert reply.status == 200, reply.body
    return reply.json()


def was_told_soon(site, window):
    """Ends the view, and waits until it plays again."""
    # The page notes the times itself: requests of the test take long.
    window.run("""
        const state = document.querySelector('.tile .state');
        window.past = [];
        new MutationObserver(() => window.past.push(
            [Date.now(), state.textContent])).observe(
            state, {childList: true, characterData: true, subtree: true});""")
    before = window.run('return Date.now();')
    assert operate(site, 'kick', camera=FIRST, seconds=2,
                   reason='Back at ten.')['ended'] == 1
    # It plays again by itself when the time is over, and not before.
    window.until('window.past.at(-1)?.[1] === "Live"', seconds=20)
    past = window.run('return window.past;')
    said = 'An operator has ended this view. Back at ten.'
    told = min(at for at, text in past if text == said)
    after = [at for at, text in past if at > told and text != said]
    assert after and min(after) - before > 2000, past
    return told - before < 1000


def test_a_viewer_is_told_within_a_second_that_an_operator_ended_the_view(
        pages, site, windows):
    windows.expect('status of 403')
    window = pages.open(f'#camera={FIRST}', still=True)
    plays(window, FIRST)
    # A busy machine may be slow; the server and the page can do it.
    assert any(was_told_soon(site, window) for _ in range(3))


@pytest.mark.parametrize('phone', [False, True])
@pytest.mark.parametrize('dark', [False, True])
def test_live_pictures_everybody_can_read(pages, phone, dark):
    window = pages.open('#camera=1,2', phone=phone, dark=dark, still=True)
    for camera in (1, 2):
        plays(window, camera)
    window.screenshot('live-' + ('phone' if phone else 'desktop')
                      + ('-dark' if dark else '-light'))
    assert window.axe() == []


def nothing_restarts(window, site):
    """Nine pictures go on while they are swapped, reordered and resized."""
    before = len(asked(site.httpd, '/view-start'))
    window.run('''
        window.faults = [];
        window.kept = new Map();
        for (const tile of document.querySelectorAll('.tile')) {
          const video = tile.querySelector('video');
          kept.set(tile.dataset.id, [video, video.srcObject]);
          for (const type of ['pause', 'emptied', 'ended', 'loadstart'])
            video.addEventListener(type, () => faults.push(
              `${type} of ${tile.dataset.id}`));
        }''')
    window.run('cctv.wall.move(1, 1); cctv.wall.move(9, -3);'
               'cctv.wall.replace(3, 7);')
    order = [2, 1, 7, 4, 5, 9, 3, 8, 6]
    assert playing(window) == order
    window.run('location.hash = "#camera=9,8,7,6,5,4,3,2,1";')
    wait_for(lambda: playing(window) == list(range(9, 0, -1)), 'turned around')
    for size in ((1920, 1080), (640, 400), (1280, 800)):
        window.resize(*size)
    window.click('.wall-bar .full')
    window.until('document.fullscreenElement?.id === "wall"')
    window.run('await document.exitFullscreen();')
    for camera in range(1, 10):
        plays(window, camera, 20)
    assert window.run('''
        return [...document.querySelectorAll('.tile')].every((tile) => {
          const video = tile.querySelector('video');
          const [first, stream] = kept.get(tile.dataset.id);
          return video === first && video.srcObject === stream;
        });''')
    assert window.run('return faults;') == []
    assert len(asked(site.httpd, '/view-start')) == before


def test_a_wall_of_nine(pages, site):
    window = pages.open(still=True)
    window.type('#search', 'London')
    wait_for(lambda: len(listed(window)) == 11, 'the hits', 5)
    for camera in range(1, 10):
        window.click(f'#cameras [data-id="{camera}"]', 'control')
    assert playing(window) == list(range(1, 10))
    for camera in range(1, 10):
        plays(window, camera, 20)
    # All nine are live at the same time.
    assert {state_of(window, camera)[0] for camera in range(1, 10)} == {'live'}
    wait_for(lambda: site.watched_by() == 9, 'nine are watched', 10 * SLOWNESS)
    window.screenshot('wall-of-nine')
    assert window.axe() == []
    nothing_restarts(window, site)
    window.click('#wall .close-all')
    wait_for(lambda: site.watched_by() == 0, 'nobody watches', 10 * SLOWNESS)


def test_full_screen(pages):
    window = pages.open('#camera=1', still=True)
    plays(window, FIRST)
    window.click('.tile .full')
    window.until('document.fullscreenElement?.matches(".tile")')
    window.screenshot('full-screen')
    window.click('.tile .full')
    window.until('!document.fullscreenElement')
    plays(window, FIRST, 0)


# Notes what the tile says, each time it changes.
WORDS_SEEN = '''
    window.words = [];
    const {dataset} = document.querySelector('.tile');
    const note = () => {
      const word = [dataset.state, dataset.reason ?? null].join();
      if (words.at(-1) !== word) words.push(word);
    };
    note();
    new MutationObserver(note).observe(document.querySelector('.tile'),
                                       {attributes: true});'''


def test_an_old_keyframe_is_not_live(pages, site, cluster):
    """A camera with 6 s between keyframes: the first picture comes from the
    buffer of the video server."""
    rare = Cameras('rtsp', 'rare', fps=5, keyframes=6)
    try:
        set_cameras(cluster, {'id': 1, 'name': 'Rare',
                              'stream_url': rare.url('rare')})
        first = pages.open('#camera=1', still=True)
        plays(first, 1, 20)
        # Its next keyframe is as far away as can be when this one has passed.
        later(first, 2)
        window = pages.open(still=True)
        window.run('location.hash = "#camera=1"; await new Promise('
                   'requestAnimationFrame);' + WORDS_SEEN)
        plays(window, 1, 15)
        words = window.run('return words;')
        assert words[-1] == 'live,'
        assert words.index('live,behind') < words.index('live,'), words
        # Nothing blames the camera, which sends all the time.
        assert 'stalled,' not in words
        first.close()
    finally:
        rare.remove()


# Looks at each frame of the page: window.seen gets the opacity of the topmost
# video, which is 0 if it has no picture; the number of videos; and the state of
# the tile.
EACH_FRAME = '''
    window.seen = [];
    // Where the page says why it takes long, the words replace the picture.
    let isExcused = false;
    const canvas = new OffscreenCanvas(1, 1);
    const picture = canvas.getContext('2d', {willReadFrequently: true});
    const look = () => {
      const tile = document.querySelector('.tile');
      const videos = tile.querySelectorAll('video');
      picture.clearRect(0, 0, 1, 1);
      picture.drawImage([...videos].at(-1), 0, 0, 1, 1);
      const {state, reason, failure} = tile.dataset;
      isExcused ||= state === 'connecting' && Boolean(reason || failure);
      seen.push([picture.getImageData(0, 0, 1, 1).data[3] || isExcused,
                 videos.length, state]);
      requestAnimationFrame(look);
    };
    look();'''


def test_another_takes_its_place(pages, site):
    """There is a picture in every frame of the page."""
    window = pages.open('#camera=1', still=True)
    plays(window, FIRST)
    window.type('#search', 'camera 2')
    window.run(EACH_FRAME)
    window.click('#cameras [data-id="2"]')
    plays(window, 2)
    assert playing(window) == [2]
    window.until('seen.at(-1).slice(1).join() === "1,live"')
    seen = window.run('return seen;')
    assert all(opacity for opacity, *_ in seen)
    assert {videos for _, videos, _ in seen} == {1, 2}
    wait_for(lambda: site.watched_by() == 1, 'one is watched', 10 * SLOWNESS)


def test_one_that_cannot_be_shown_takes_its_place(pages, site):
    """The old picture goes, and the word is there."""
    window = pages.open('#camera=1', still=True)
    plays(window, FIRST)
    window.run('location.hash = "#camera=20";')
    comes_to(window, 20, 'offline', seconds=20)
    assert len(window.all('.tile video')) == 1
    assert not window.run('return document.querySelector("video").srcObject;')
    wait_for(lambda: site.watched_by() == 0, 'nobody watches', 9 * SLOWNESS)


def test_three_change_their_places(pages, site):
    """Who changes the camera before the picture came sees the last picture; a
    camera that moves keeps its view."""
    window = pages.open('#camera=1,3', still=True)
    plays(window, FIRST)
    plays(window, 3)
    window.run(EACH_FRAME)
    window.run('location.hash = "#camera=2,3";'
               'await new Promise(requestAnimationFrame);'
               'location.hash = "#camera=4,3";')
    plays(window, 4)
    assert playing(window) == [4, 3]
    window.run('location.hash = "#camera=3,5";')
    plays(window, 5)
    plays(window, 3)
    assert playing(window) == [3, 5]
    assert len(window.all('.tile video')) == 2
    assert all(opacity for opacity, *_ in window.run('return seen;'))
    wait_for(lambda: site.watched_by() == 2, 'two are watched', 10 * SLOWNESS)


# --- faults -----------------------------------------------------------------

@pytest.fixture
def window(pages):
    """A window with a camera that plays."""
    opened = pages.open(f'#camera={FIRST}', still=True)
    plays(opened, FIRST)
    return opened


def test_the_camera_sends_nothing(window, site):
    # On a loaded machine its mountpoint may be destroyed meanwhile.
    site.httpd.expect('CCTV0060')
    site.cameras.halt()
    try:
        comes_to(window, FIRST, 'stalled', seconds=WORD)
        window.screenshot('state-stalled')
        assert window.axe() == []
        comes_to(window, FIRST, 'offline', seconds=12)
    finally:
        site.cameras.resume()
    plays(window, FIRST, AGAIN)


def test_the_camera_dies(window, site):
    site.cameras.kill()
    try:
        comes_to(window, FIRST, 'stalled', seconds=WORD)
    finally:
        site.cameras.start()
    plays(window, FIRST, AGAIN)


# Looks at each frame of the page: window.at gets when the tile, the row and the
# marker of a camera first had its status.
NOTE_STATUS = '''
    const [id, status, state] = arguments;
    const of = (selector) => document.querySelector(
      `${selector}[data-id="${id}"]`)?.dataset;
    const at = window.at = {};
    const look = () => {
      if (of('.tile')?.state === state) at.tile ??= performance.now();
      if (of('#cameras ')?.status === status) at.row ??= performance.now();
      if (of('.cctv-marker')?.status === status) at.marker ??= performance.now();
      if (Object.keys(at).length < 3) requestAnimationFrame(look);
    };
    look();'''


def agree(window, status):
    """Row and marker had the status within a second after the tile. They may be
    sooner: a picture takes its time."""
    at = window.until('Object.keys(window.at).length === 3 && window.at',
                      seconds=10 * SLOWNESS)
    assert max(at['row'], at['marker']) - at['tile'] < 1000, (status, at)


def test_a_camera_that_was_off_from_the_start(pages, site):
    site.cameras.kill()
    try:
        window = pages.open(still=True)
        window.run('cctv.map.go({latitude: 51.5, longitude: 0.01, zoom: 16});')
        window.find(f'.cctv-marker[data-id="{COLD}"]')
        window.run(NOTE_STATUS, COLD, 'offline', 'offline')
        window.run('location.hash = arguments[0];', f'#camera={COLD}')
        comes_to(window, COLD, 'offline', seconds=WORD)
        agree(window, 'offline')
        window.run(NOTE_STATUS, COLD, 'online', 'live')
    finally:
        site.cameras.start()
    plays(window, COLD, 15)
    agree(window, 'online')


def test_janus_is_killed_and_back(window, site):
    site.httpd.expect(*JANUS_DOWN)
    site.janus.kill()
    comes_to(window, FIRST, 'connecting', 'video-down', seconds=WORD)
    site.janus.start()
    plays(window, FIRST, AGAIN)


def test_a_role_is_withdrawn(window, site):
    allow(site.httpd, 'traffic')
    comes_to(window, FIRST, 'denied', 'not-found', seconds=WORD)
    window.run('await cctv.cameras.refresh();')
    wait_for(lambda: listed(window) == [], 'nothing of it is listed', 3)
    allow(site.httpd, 'public')
    plays(window, FIRST, 12)


def test_the_database_is_away(window, site, cluster, healthy):
    site.httpd.expect(*DOWN, *MOD_DBD)
    with stopped(cluster):
        window.run('cctv.cameras.refresh();')
        wait_for(lambda: 'The server cannot answer' in window.text('#message'),
                 'the page says so', WORD)
        plays(window, FIRST, 0)
        window.run('location.hash = "#camera=1,2";')
        comes_to(window, 2, 'connecting', 'server', seconds=WORD)
        plays(window, FIRST, 0)
    plays(window, 2, AGAIN)
    window.until('!document.querySelector("#message p")', seconds=AGAIN)


def test_the_server_is_away(window, site, windows):
    windows.expect('ERR_CONNECTION_REFUSED')
    site.httpd.stop()
    window.run('cctv.cameras.refresh();')
    wait_for(lambda: 'The server cannot be reached' in window.text('#message'),
             'the page says so', WORD)
    plays(window, FIRST, 0)
    window.run('location.hash = "#camera=1,2";')
    comes_to(window, 2, 'connecting', 'unreachable', seconds=WORD)
    # Nobody knows what a camera does while the server is away.
    site.cameras.halt()
    try:
        comes_to(window, FIRST, 'stalled', 'unreachable', seconds=WORD)
        assert 'Last picture' in window.text(
            f'.tile[data-id="{FIRST}"] .last')
    finally:
        site.cameras.resume()
    site.httpd.start(site.httpd.port)
    for camera in (FIRST, 2):
        plays(window, camera, AGAIN)
    window.until('!document.querySelector("#message p")', seconds=AGAIN)
