"""The wall of the map page: its pictures, their order, and what it says about
them. The views are driven by the tests (page/fake_views.js); test_map_real.py
has a wall with real cameras."""

import contextlib

import pytest
from selenium.webdriver.common.action_chains import ActionChains

from api import location
from client import grown
from env import HERE, SLOWNESS, wait_for
from map_page import MODULES, MapFolder, MapPages, comes_to, listed, playing
from views import set_cameras

SHOWN = 17


@pytest.fixture(scope='module')
def httpd(cluster, video, start_shared):
    folder = MapFolder()
    yield start_shared(folder.config + location() + video.server(cluster, ''),
                       modules=MODULES)
    folder.remove()


@pytest.fixture
def pages(httpd, cluster, windows):
    set_cameras(cluster, *({'name': f'Camera {number}', 'lng': 3 * number}
                           for number in range(1, SHOWN + 1)))
    return MapPages(httpd, windows)


@pytest.fixture
def wall(pages):
    """wall(cameras) → a window in which they play. `shape`: the size of their
    pictures; `colour`: of all of them."""
    def opened(cameras, shape=(640, 480), colour=None, **looks):
        window = pages.open(still=True, **looks)
        with open(HERE + '/page/fake_views.js') as file:
            window.run(file.read() + 'startFakeViews(...arguments);', *shape,
                       colour)
        window.run('cctv.wall.show(arguments[0]);', list(cameras))
        for camera in cameras:
            comes_to(window, camera, 'live')
        return window
    return opened


def tile(camera):
    return f'#wall .tile[data-id="{camera}"]'


def text(window, camera, part):
    return window.run(
        'return document.querySelector(`.tile[data-id="${arguments[0]}"] '
        '${arguments[1]}`).textContent;', camera, part)


def move(window, selector, x=0, y=0):
    chain = ActionChains(window.driver)
    chain.move_to_element_with_offset(window.all(selector)[0], x, y).perform()


@contextlib.contextmanager
def full_screen(window):
    window.click('.wall-bar .full')
    window.until('document.fullscreenElement?.id === "wall"')
    try:
        yield
    finally:
        window.run('await document.exitFullscreen();')


# --- made for screens -------------------------------------------------------

# The share of the screen that is picture.
PICTURES = '''
    const area = [...document.querySelectorAll('.tile video')].map((video) => {
      const {width, height} = video.getBoundingClientRect();
      const {videoWidth, videoHeight} = video;
      const scale = Math.min(width / videoWidth, height / videoHeight);
      return videoWidth * videoHeight * scale * scale;
    }).reduce((sum, each) => sum + each);
    return area / innerWidth / innerHeight;'''


@pytest.mark.parametrize('shape, least', [((640, 360), .97), ((640, 480), .74)])
def test_nine_fill_the_screen(wall, shape, least):
    window = wall(range(1, 10), shape, size=(1920, 1080))
    with full_screen(window):
        wait_for(lambda: window.run(PICTURES) >= least, f'{least} is picture')
        assert window.run('return getComputedStyle(document.querySelector('
                          '"#wall")).backgroundColor;') == 'rgb(0, 0, 0)'
        window.screenshot(f'wall-full-{shape[0]}x{shape[1]}')
        if shape == (640, 480):
            return
        # Names and controls leave, and come back with the pointer.
        assert window.axe() == []
        window.until('"idle" in document.querySelector("#wall").dataset')
        assert window.run('return getComputedStyle(document.querySelector('
                          '".tile-bar")).opacity;') == '0.001'
        move(window, tile(1), 5, 5)
        window.until('getComputedStyle(document.querySelector('
                     '".tile-bar")).opacity === "1"')


def test_swapping_restarts_nothing(wall):
    window = wall(range(1, 7), size=(1920, 1080))
    window.run('''
        window.events = [];
        document.querySelectorAll('.tile').forEach((tile) => {
          const video = tile.querySelector('video');
          video.original = tile.dataset.id;
          for (const type of ['pause', 'emptied', 'waiting', 'ended'])
            video.addEventListener(type, () => events.push(type));
        });''')
    # By the keyboard.
    window.run('document.querySelector(arguments[0]).focus();',
               tile(1) + ' .where')
    window.run(ALT, 'ArrowRight')
    assert playing(window) == [2, 1, 3, 4, 5, 6]
    assert window.has_focus(tile(1) + ' .where')
    assert 'Camera 1: place 2 of 6' in window.run(
        'return document.querySelector(".moved").textContent;')
    columns = window.run('return Number(document.querySelector(".tiles").style'
                         '.getPropertyValue("--columns"));')
    window.run(ALT, 'ArrowDown')
    order = [2, 1, 3, 4, 5, 6]
    order[1], order[1 + columns] = order[1 + columns], order[1]
    assert playing(window) == order
    assert window.run('return location.hash;') == '#camera=' + ','.join(
        map(str, order))
    # By the mouse: a tile, and a row of the list.
    ActionChains(window.driver).drag_and_drop(
        window.find(tile(5) + ' .picture'),
        window.find(tile(2) + ' .picture')).perform()
    order[order.index(5)], order[order.index(2)] = 2, 5
    assert playing(window) == order
    before = window.run('return started;')
    assert window.run('return events;') == []
    ActionChains(window.driver).drag_and_drop(
        window.find('#cameras [data-id="9"]'),
        window.find(tile(4) + ' .picture')).perform()
    order[order.index(4)] = 9
    assert playing(window) == order
    assert window.run('return started;') == before + 1
    # The splitter changes the sizes of all.
    wide = window.find('#wall').rect['width']
    window.run('document.querySelector(".splitter").focus();')
    window.press(*['arrow_right'] * 5)
    wait_for(lambda: window.find('#wall').rect['width'] < wide, 'narrower')
    window.press('home')
    wait_for(lambda: abs(window.find('#wall').rect['width'] - wide) < 2,
             'as before')
    # Who stayed has its old element and its old view.
    stayed = [number for number in order if number != 9]
    assert window.run(
        'return arguments[0].every((id) => !views[id].ends && document'
        '.querySelector(`.tile[data-id="${id}"] video`).original === '
        'String(id));', stayed)
    assert window.run('return [...document.querySelectorAll(".tile video")]'
                      '.every((video) => !video.paused);')
    assert window.axe() == []


ALT = '''document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
    {key: arguments[0], altKey: true, bubbles: true, cancelable: true}));'''


def test_the_next_after_the_last_asks(wall):
    window = wall(range(1, 17), size=(1920, 1080))
    window.run('cctv.wall.open(17, {add: true});')
    window.find('#replace')
    assert 'In place of which camera shall Camera 17 play?' in window.text(
        '#replace')
    assert 'At most 16 cameras' in window.text('#replace')
    window.screenshot('in-place-of-which')
    assert window.axe() == []
    window.press('escape')
    assert playing(window) == list(range(1, 17))
    window.run('cctv.wall.open(17, {add: true});')
    window.click('#replace button[value="3"]')
    wait_for(lambda: playing(window) == [1, 2, 17, *range(4, 17)],
             'it took the third place')
    assert window.run('return started;') == 17


def test_a_slow_machine_asks_sooner(wall):
    """The tenth picture comes only where nine are shown without a loss."""
    window = wall(range(1, 10))
    window.run('''
        let lost = 0;
        HTMLVideoElement.prototype.getVideoPlaybackQuality = () => {
          lost += 5;
          return {totalVideoFrames: 2 * lost, droppedVideoFrames: lost};
        };''')
    def asks():
        window.run('cctv.wall.open(10, {add: true});')
        return window.run('return document.querySelector("#replace").open;')
    wait_for(lambda: window.run('return cctv.wall.ids.length > 9;') or asks(),
             'it asks')
    # It was added before the loss was seen, or it was asked for.
    if playing(window) == list(range(1, 10)):
        assert 'too slow for more than these 9' in window.text('#replace')


def test_the_same_number_on_tile_and_marker(wall):
    window = wall((3, 9), size=(1920, 1080))
    for number, camera in ((1, 3), (2, 9)):
        window.run('cctv.map.flyTo(await cctv.client.camera(arguments[0]),'
                   ' {zoom: 12});', camera)
        marker = f'.cctv-marker[data-id="{camera}"]'
        assert text(window, camera, '.number') == str(number)
        assert window.find(marker + ' .cctv-number').text == str(number)
        move(window, tile(camera) + ' .picture')
        window.until('document.querySelector(arguments[0])'
                     '.matches(".cctv-lit")', marker)
        move(window, marker)
        window.until('document.querySelector(arguments[0]).matches(".lit")',
                     tile(camera))
        window.until('!document.querySelector(".cctv-lit")')
    window.screenshot('number-and-light')


# --- live means live --------------------------------------------------------

# PictureClock with frames at these [seconds of RTP time, seconds of arrival].
AGES = '''
    const {PictureClock} = await import('./picture.js');
    let shown;
    const video = {requestVideoFrameCallback: (call) => { shown = call; },
                   getVideoPlaybackQuality: () => ({totalVideoFrames: 0})};
    const clock = new PictureClock(video);
    return arguments[0].map(([rtp, at]) => {
      shown(1000 * at, {receiveTime: 1000 * at,
        rtpTimestamp: (4294900000 + 90000 * rtp) % 4294967296});
      return clock.isBehind;
    });'''


AGED = [
    # From the first picture on in step: known after 0.3 s.
    ([(.1 * n, .1 * n) for n in range(6)],
     [True, True, True, False, False, False]),
    # A keyframe that was 10 s old, and the next one 6 s later.
    ([(0, 0), (16, 6), (16.2, 6.2), (16.4, 6.4)], [True, True, True, False]),
    # Ten seconds of buffered pictures at once.
    ([(.1 * n, .001 * n) for n in range(100)]
     + [(9.9 + .12 * n, .1 + .12 * n) for n in range(1, 8)],
     [True] * 104 + [False] * 3),
    # One picture a second.
    ([(n, n) for n in range(4)], [True, False, False, False]),
    # Pictures that come ever later, and then catch up.
    ([(.5 * n, .5 * n) for n in range(4)] + [(2, 4.5), (2.5, 5), (5, 5.1),
                                             (5.5, 5.6), (6, 6.1)],
     [True, False, False, False, True, True, True, True, False]),
    # A clock that was set back by 5 s is forgotten.
    ([(0, 0), (1, 1)] + [(n - 5, n) for n in range(7, 30, 2)],
     [True, False] + [True] * 8 + [False] * 4),
]


def test_the_age_of_a_picture(pages):
    window = pages.open(still=True)
    for frames, behind in AGED:
        assert window.run(AGES, frames) == behind, frames


def test_a_picture_that_stops(wall):
    window = wall((1, 2), size=(1920, 1080))
    window.until('/^..:..:..$/.test(document.querySelector(".clock")'
                 '.textContent)')
    window.run('views[2].stream.getTracks()[0].stop();')
    comes_to(window, 2, 'live', 'frozen')
    assert text(window, 2, '.last').startswith('Last picture ')
    assert window.run('return getComputedStyle(document.querySelector('
                      'arguments[0])).filter;', tile(2) + ' video').startswith(
                          'grayscale(1)')
    window.screenshot('a-picture-that-stops')
    assert window.axe() == []
    # The last picture stays while the view starts again, but not longer than
    # the camera may be seen.
    window.run('''window.fresh = views[1].stream.clone();
                  views[2].set({stream: null, state: 'connecting'});''')
    window.find(tile(2) + ' .still')
    window.run("views[2].set({stream: fresh, state: 'live'});")
    comes_to(window, 2, 'live')
    assert not window.all('.still')
    window.run("views[2].set({stream: null, state: 'denied',"
               " reason: 'not-found'});")
    assert not window.all('.still')
    comes_to(window, 1, 'live')


# --- one status -------------------------------------------------------------

# Runs a script; the milliseconds until row, marker and tile have these statuses,
# or what they have after a second.
AGREE = '''
    const [script, id, status, state] = arguments;
    const of = (selector) => document.querySelector(
      `${selector}[data-id="${id}"]`)?.dataset;
    const now = () => [of('#cameras ')?.status, of('.cctv-marker')?.status,
                       of('.tile')?.state].join();
    const start = performance.now();
    await Object.getPrototypeOf(async () => {}).constructor(script)();
    while (now() !== [status, status, state].join()) {
      if (performance.now() - start > arguments[4]) return now();
      await new Promise(requestAnimationFrame);
    }
    return performance.now() - start;'''


def test_a_camera_takes_the_place_of_one_of_hls(wall):
    """The old picture, and what its <video> plays, end with the old view."""
    window = wall([1])
    window.run("""
        const video = document.querySelector('.tile video');
        // The stream comes first.
        video.src = URL.createObjectURL(new MediaSource());
        views[1].set({isHls: true});
        while (video.readyState < 2) await new Promise(requestAnimationFrame);
        cctv.wall.show([2]);""")
    assert window.run('return [...document.querySelectorAll(".tile video")]'
                      '.map((video) => video.hasAttribute("src"));') \
        in ([False, True], [False])
    window.until('!document.querySelector(".tile video[aria-hidden]")',
                 seconds=10 * SLOWNESS)
    assert window.run('return views[1].ends;') == 1
    now = 'return document.querySelector(".clock").dateTime;'
    clock = window.run(now)
    wait_for(lambda: window.run(now) != clock, 'a second has passed')
    # Its pictures are looked at further.
    comes_to(window, 2, 'live')


def test_tile_row_and_marker_agree_within_a_second(wall, cluster):
    window = wall((2, 12), size=(1920, 1080))
    window.run('cctv.map.flyTo(await cctv.client.camera(2), {zoom: 12});')
    window.find('.cctv-marker[data-id="2"]')

    def agree(script, status, state):
        took = window.run(AGREE, script, 2, status, state, 1000 * SLOWNESS)
        assert not isinstance(took, str), (script, took)

    def database(status):
        cluster.query('UPDATE cameras SET status = %s WHERE id = 2', [status])
        return 'await cctv.cameras.refresh();'
    # By the view: the list comes to know it later.
    off = 'views[2].set({state: "offline", failure: "refused"});'
    agree(off, 'offline', 'offline')
    assert 'offline since ' in window.text('#cameras [data-id="2"] .facts')
    agree('await cctv.cameras.refresh();', 'offline', 'offline')
    agree('views[2].set({state: "live", failure: null});', 'online', 'live')
    # By the database: a picture that moves is true whatever the list says.
    agree(database('offline'), 'online', 'live')
    agree('views[2].set({state: "stalled"});', 'offline', 'offline')
    agree(database('online'), 'online', 'stalled')
    # What is back is tried at once, and not when the view would try again.
    agree(off, 'offline', 'offline')
    agree(database('offline'), 'offline', 'offline')
    assert window.run('return views[2].retries;') == 0
    agree(database('online'), 'online', 'offline')
    window.until('views[2].retries === 1')
    # The status of a view that is over is the one of the list again.
    agree('views[2].set({state: "live"});', 'online', 'live')
    agree(database('unknown'), 'online', 'live')
    window.run('cctv.wall.close(2);')
    window.until('document.querySelector(".cctv-marker[data-id=\'2\']").dataset'
                 '.status === "unknown"')
    # A row of a search, of a camera that the map does not show.
    window.type('#search', 'Camera 12')
    row = '#cameras [data-id="12"]'
    window.find(row)
    window.run('views[12].set({state: "offline"});')
    window.until('document.querySelector(arguments[0]).dataset.status'
                 ' === "offline"', row)


# --- what screen readers hear -----------------------------------------------

# The words of the live region, as the browser tells them to screen readers.
def heard(window):
    nodes = window.order('Accessibility.getFullAXTree')['nodes']
    by_id = {each['nodeId']: each for each in nodes}

    def words(node):
        if node.get('role', {}).get('value') == 'StaticText':
            return node['name']['value']
        return ''.join(words(by_id[each]) for each in node.get('childIds', ())
                       if each in by_id)

    def is_live(node):
        return any(each['name'] == 'live' and each['value']['value'] == 'polite'
                   for each in node.get('properties', ()))
    return [text for text in (words(each).strip() for each in nodes
                              if not each['ignored'] and is_live(each))
            if ': ' in text]


def test_what_is_heard_names_the_camera(wall):
    window = wall(range(1, 6), size=(1920, 1080))

    def hears(*texts):
        wait_for(lambda: heard(window) == list(texts), texts, 6)
    hears('5 cameras: Live')
    window.run('views[2].set({state: "offline", failure: "refused"});')
    hears('Camera 2: The camera refuses the connection. It will play when it '
          'is back.')
    window.run("""
        for (const id of [3, 1]) views[id].set({state: 'busy'});
        views[2].set({state: 'live', failure: null});""")
    hears('Camera 3, Camera 1: Too many viewers. Waiting for a place… '
          'Camera 2: Live')
    # What is over at once, and what the page says itself, is not said.
    window.run("""
        window.said = 0;
        new MutationObserver(() => { said += 1; }).observe(
          document.querySelector('.news'), {childList: true});
        for (const state of ['connecting', 'stalled', 'live'])
          views[2].set({state});
        for (const view of [views[4], views[5]]) view.set(
          {state: 'stalled', reason: 'unreachable', serverFault: 'unreachable'});
        """)
    window.find('#message p')
    window.run("views[4].set({state: 'live', reason: null, serverFault: null});"
               "views[5].set({state: 'live', reason: null, serverFault: null});"
               "views[1].set({state: 'live'});")
    hears('Camera 1: Live')
    assert window.run('return said;') == 1
    # Also while one camera has the whole screen.
    window.click(tile(3) + ' .full')
    window.until('document.fullscreenElement?.matches(".tile")')
    window.run("views[3].set({state: 'live'});")
    hears('Camera 3: Live')
    window.run('await document.exitFullscreen();')
    window.until('document.querySelector(".wall-bar .news")')
    # A tile says by itself only where a finger or a cursor reads it.
    assert window.run('return document.querySelector(".tile .state")'
                      '.getAttribute("aria-live");') == 'off'


# --- the truth about faults -------------------------------------------------

def test_words_about_faults(wall):
    window = wall((1, 2), size=(1920, 1080))
    with full_screen(window):
        window.run('''
            for (const view of Object.values(views)) view.set(
              {serverFault: 'unreachable', reason: 'unreachable',
               state: 'stalled'});
            cctv.cameras.dispatchEvent(new CustomEvent('load', {detail: {
              loading: false, error: {status: 0}, partial: false}}));''')
        for camera in (1, 2):
            comes_to(window, camera, 'stalled', 'unreachable')
        # One message for one cause, above full screen.
        window.screenshot('unreachable-full-screen')
        assert window.text('#message').count('cannot be reached') == 1
        window.click('#message .dismiss')
        assert not window.all('#message p')
    window.run('''
        for (const view of Object.values(views)) view.set(
          {serverFault: null, state: 'live', reason: null});
        cctv.cameras.dispatchEvent(new CustomEvent('load', {detail: {
          loading: false, error: null, partial: false}}));''')
    window.until('!document.querySelector("#message p")')
    # A passing fault says when the next try is, a permanent one does not try.
    window.run('''
        views[1].set({state: 'busy', nextTry: Date.now() + 60000});
        views[2].set({failure: 'login_refused', state: 'offline'});''')
    window.until('/^Next try in [1-6][0-9] s$/.test(document.querySelector('
                 'arguments[0]).textContent)', tile(1) + ' .next')
    comes_to(window, 2, 'offline')
    assert not window.run('return document.querySelector(arguments[0])'
                          '.checkVisibility();', tile(2) + ' .next')
    window.screenshot('next-try')
    assert window.axe() == []
    window.click(tile(2) + ' .retry')
    assert window.run('return views[2].retries;') == 1


# --- readable on every picture ----------------------------------------------

# What is seen of these elements has too little contrast to what is really below
# it, by a screenshot: text below 4.5, icons below 3.
FAINT = '''
    const [shot, selector] = arguments;
    const bytes = Uint8Array.from(atob(shot), (each) => each.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const {width, height} = bitmap;
    const context = new OffscreenCanvas(width, height).getContext(
      '2d', {willReadFrequently: true});
    context.drawImage(bitmap, 0, 0);
    const light = (rgb) => rgb.map((each) => each / 255)
      .map((c) => (c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4))
      .reduce((sum, c, at) => sum + c * [.2126, .7152, .0722][at], 0);
    const contrast = (a, b) => (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const usual = (data) => {
      const counts = new Map();
      for (let at = 0; at < data.length; at += 4) {
        const key = data.slice(at, at + 3).join();
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      const most = [...counts].sort(([, a], [, b]) => b - a)[0][0];
      return most.split(',').map(Number);
    };
    window.measured = [];
    return [...document.querySelectorAll(selector)].flatMap((element) => {
      const box = element.getBoundingClientRect();
      if (!element.checkVisibility({opacityProperty: true}) || box.width < 4
          || box.right > innerWidth || box.bottom > innerHeight) return [];
      const {data} = context.getImageData(box.left, box.top, box.width,
                                          box.height);
      const ink = getComputedStyle(element).color.match(/[\\d.]+/g).map(Number);
      const ground = usual(data);
      const found = contrast(light(ink.slice(0, 3)), light(ground));
      measured.push(element.className);
      const least = element.textContent.trim() ? 4.5 : 3;
      return found < least ? [[element.className.toString(), ink, ground, found]]
        : [];
    });'''
ON_PICTURES = ', '.join(
    '.tile ' + each for each in (
        '.state', '.viewers', '.next', '.last', '.retry', '.number',
        '.where', '.snapshot:enabled', '.pip:enabled', '.full', '.close')
) + ', .wall-bar :is(h2, .clock, button)'


def faint(window, *expected):
    """What is too faint. The expected classes have to be on the screen."""
    shot = window.order('Page.captureScreenshot', format='png')['data']
    found = window.run(FAINT, shot, ON_PICTURES)
    measured = window.run('return measured;')
    assert not set(expected) - set(measured)
    return found


@pytest.mark.parametrize('colour', ['white', 'black'])
def test_what_lies_on_a_picture_is_readable(wall, colour):
    window = wall(range(1, 5), (640, 360), colour, size=(1280, 720))
    window.run('''
        views[2].stream.getTracks()[0].stop();
        views[3].set({state: 'busy', nextTry: Date.now() + 60000});
        views[4].set({state: 'denied', reason: 'forbidden'});''')
    comes_to(window, 2, 'live', 'frozen')
    comes_to(window, 4, 'denied', 'forbidden')
    window.until('!document.querySelector(arguments[0]).hidden',
                 tile(3) + ' .next')
    words = ['state', 'viewers', 'next', 'last', 'retry', 'number',
             'where', 'close', 'clock', 'close-all']
    for dark in (False, True):
        window.look(dark=dark, still=True)
        assert faint(window, *words) == []
        with full_screen(window):
            assert faint(window, *words) == []
        window.screenshot(f'on-{colour}-{"dark" if dark else "light"}')


# --- for a whole shift ------------------------------------------------------

def test_a_shift_leaves_nothing_behind(wall):
    """What soak_wall.py looks for, within seconds. A video that was replaced
    once stayed for good, with its stream."""
    window = wall(range(1, 5))
    def change(times):
        window.run('''
            const drawn = async () => {
              for (let frame = 0; frame < 3; frame++)
                await new Promise(requestAnimationFrame);
            };
            for (let time = 0; time < arguments[0]; time++) {
              for (const set of [{serverFault: 'unreachable',
                                  reason: 'unreachable', state: 'stalled'},
                                 {serverFault: null, reason: null,
                                  state: 'live'}]) {
                for (const id of cctv.wall.ids) views[id].set(set);
                await drawn();
              }
              cctv.wall.close(4);
              cctv.wall.open(4, {add: true});
              for (const [old, id] of [[3, 12], [12, 3]]) {
                cctv.wall.replace(old, id);
                await drawn();
              }
              cctv.wall.move(1, 1);
            }''', times)
        return grown(window)
    first = change(2)
    last = change(7)
    for name, most in (('JSEventListeners', 9), ('Nodes', 150)):
        assert last[name] <= first[name] + most, (
            name, first[name], last[name])


# --- pictures in the hand ---------------------------------------------------

def test_zoom_snapshot_and_the_rest(wall):
    window = wall((1, 2), size=(1920, 1080))
    zoomed = ('return Number(document.querySelector(arguments[0]).style'
              '.getPropertyValue("--zoom"));')
    picture = tile(1) + ' .picture'
    ActionChains(window.driver).scroll_from_origin(
        _at(window, picture), 0, -400).perform()
    wait_for(lambda: window.run(zoomed, picture) > 1.5, 'the wheel enlarges')
    window.screenshot('zoomed')
    window.run('document.querySelector(arguments[0]).focus();',
               tile(1) + ' .where')
    window.press('0')
    assert window.run(zoomed, picture) == 1
    window.press('+')
    assert window.run(zoomed, picture) == 1.25
    window.press('0')
    # A mouse button that is released elsewhere moves nothing afterwards.
    ActionChains(window.driver).click_and_hold(window.find(picture)).perform()
    move(window, '#search')
    ActionChains(window.driver).release().perform()
    window.run('document.querySelector(arguments[0]).focus();',
               tile(1) + ' .where')
    window.press('+')
    move(window, picture, 20, 20)
    move(window, picture, -20, -20)
    assert window.run('return document.querySelector(arguments[0]).style'
                      '.getPropertyValue("--x");', picture) == '0.00%'
    window.press('0')
    # Two fingers.
    place = window.find(picture).rect
    x, y = (place['x'] + place['width'] / 2, place['y'] + place['height'] / 2)
    for kind, by in (('touchStart', 20), ('touchMove', 30), ('touchMove', 60)):
        window.order('Input.dispatchTouchEvent', type=kind, touchPoints=[
            {'x': x - by, 'y': y, 'id': 1}, {'x': x + by, 'y': y, 'id': 2}])
    window.order('Input.dispatchTouchEvent', type='touchEnd', touchPoints=[])
    wait_for(lambda: window.run(zoomed, picture) > 1.5, 'two fingers enlarge')
    # The snapshot is a PNG with the strip below the picture.
    found = window.run('''
        const {saveSnapshot} = await import('./snapshot.js');
        let link;
        HTMLAnchorElement.prototype.click = function () { link = this; };
        await saveSnapshot(document.querySelector('.tile video'),
                           'A/B: "Nord" …', new Date(2026, 10, 27, 9, 5, 3));
        return link.download;''')
    assert found == 'A B Nord … 2026-11-27 09-05-03.png'
    size = window.run('''
        const {draw} = await import('./snapshot.js');
        const canvas = draw(document.querySelector('.tile video'), 'Text');
        return [canvas.width, canvas.height];''')
    assert size == [640, 480 + 29]
    # The arrow keys go through the controls; Tab stops once in a tile.
    window.run('document.querySelector(arguments[0]).focus();',
               tile(1) + ' .where')
    window.press('arrow_right')
    assert window.has_focus(tile(1) + ' .snapshot')
    window.press('tab')
    assert window.has_focus(tile(2) + ' .where')
    # The delay, on request.
    delay = tile(1) + ' .delay'
    assert window.run('return getComputedStyle(document.querySelector('
                      'arguments[0])).display;', delay) == 'none'
    window.click('.wall-bar .delays')
    window.run('document.querySelector(arguments[0]).textContent = "x";',
               delay)
    assert window.find('.wall-bar .delays').get_attribute(
        'aria-pressed') == 'true'


def _at(window, selector):
    from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
    return ScrollOrigin.from_element(window.find(selector))


def test_the_screen_stays_on(wall):
    window = wall(())
    window.run('''
        window.locks = 0;
        navigator.wakeLock.request = async () => {
          locks += 1;
          return {released: false, release() { this.released = true;
                                               locks -= 1; }};
        };
        cctv.wall.show([1]);''')
    window.until('locks === 1')
    window.run('cctv.wall.show([]);')
    window.until('locks === 0')


# --- on all screens ---------------------------------------------------------

@pytest.mark.parametrize('dark', [False, True])
def test_on_all_screens(wall, dark):
    window = wall((1, 2, 3, 4), shape=(640, 360), dark=dark)
    # A window of 1280 by 800 pixels has half of both at 200 %.
    for width, height in ((360, 740), (640, 400), (1280, 800), (1920, 1080),
                          (3840, 2160)):
        window.resize(width, height, width < 500)
        # On a phone the wall covers a part of the map; not half of a marker.
        window.run('cctv.map.go({latitude: arguments[0], longitude: 20, zoom: 4'
                   '});', 10 if width < 500 else 0)
        name = f'wall-{width}-{"dark" if dark else "light"}'
        window.screenshot(name)
        if width in (360, 1280):
            assert window.axe() == [], name
            # The name has room.
            assert window.run(
                'const {scrollWidth, clientWidth} = document.querySelector('
                '".tile .where"); return scrollWidth <= clientWidth;'), name
        assert window.run('const {scrollWidth, clientWidth} = document'
                          '.documentElement; return scrollWidth <= clientWidth;')
    # Forced colours.
    window.resize(1280, 800)
    window.order('Emulation.setEmulatedMedia', features=[
        {'name': 'forced-colors', 'value': 'active'},
        {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}])
    window.screenshot(f'wall-forced-{"dark" if dark else "light"}')
    assert window.axe() == []


DIALOGS = {
    'help': "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '?',"
            " bubbles: true}));",
    'share': "document.querySelector('#share-open').click();",
    'replace': 'cctv.wall.open(17, {add: true});',
    'sheet': "document.querySelector('.tile .about').click();"}


def test_dialogs_in_all_colours(wall):
    window = wall(range(1, 17), size=(1280, 800), dark=True)
    for name, script in DIALOGS.items():
        window.run(script)
        window.find(f'#{name}')
        window.screenshot(f'dialog-{name}-dark')
        assert window.axe() == [], name
        window.order('Emulation.setEmulatedMedia', features=[
            {'name': 'forced-colors', 'value': 'active'}])
        window.screenshot(f'dialog-{name}-forced')
        window.look(dark=True, still=True)
        window.press('escape')
        window.until('!document.querySelector("dialog[open]")')


# --- by the keyboard --------------------------------------------------------

def test_few_tab_stops_whatever_is_shown(wall, cluster):
    """Sixteen cameras on the wall, and more than fifty on the map."""
    set_cameras(cluster, *({
        'name': f'Camera {number}', 'lng': 8 * (number % 12) - 48,
        'lat': 8 * (number // 12) - 48, 'role': f'role {number % 6}'}
        for number in range(1, 145)))
    window = wall(range(1, 17), size=(1920, 1080))
    window.run('cctv.map.go({latitude: 0, longitude: 0, zoom: 4});')
    wait_for(lambda: len(window.all('.cctv-marker')) > 30, 'many markers')
    window.until('document.querySelectorAll(\'.cctv-marker[tabindex="0"]\')'
                 '.length === 1')
    stops = window.run("""
        return [...document.querySelectorAll('a[href], button, input, select, '
          + 'summary, video[controls], [tabindex]')]
          .filter((each) => each.tabIndex >= 0 && !each.disabled
            && each.checkVisibility()).map((each) => each.outerHTML);""")
    assert len(stops) <= 45, stops
    # From one marker to the next: 8 degrees to the east, and to the north.
    at = """return cctv.cameras.byId.get(Number(document.activeElement.dataset.id))
            .geometry.coordinates;"""
    window.tab_to('.cctv-marker')
    lng, lat = window.run(at)
    for key, to in (('arrow_right', [lng + 8, lat]),
                    ('arrow_up', [lng + 8, lat + 8]),
                    ('arrow_left', [lng, lat + 8]), ('arrow_down', [lng, lat])):
        window.press(key)
        assert window.run(at) == to
    # Tab goes on, and returns to the last one.
    window.press('arrow_right', 'tab')
    assert not window.has_focus('.cctv-marker')
    window.press('backtab')
    assert window.run(at) == [lng + 8, lat]
    # The keys are on the screen, for whom does not know them.
    window.click('#help-open')
    assert 'to the next one' in window.text('#help')
    window.press('escape')
    window.run('document.activeElement.blur();')
    window.press('f')
    window.until('document.fullscreenElement?.id === "wall"')
    window.run('await document.exitFullscreen();')


# --- as a new operator ------------------------------------------------------

def test_a_new_operator(wall, cluster, windows):
    """Finds "the camera that looks at the north entrance", builds a wall and
    hands its address over, by what is on the screen."""
    cluster.query("UPDATE cameras SET name = CASE id WHEN 7 THEN "
                  "'Station, North Entrance' WHEN 8 THEN 'North Sea, Entrance of"
                  " the Harbour' WHEN 9 THEN 'Station, South Entrance' ELSE name"
                  " END")
    window = wall((), size=(1280, 800))
    started = window.run('return performance.now();')
    window.find('#search').click()
    window.type('#search', 'north entrance')
    wait_for(lambda: listed(window)[:1] == ['Station, North Entrance'],
             'it is the first one', 10)
    window.click('#cameras .row')
    comes_to(window, 7, 'live')
    took = window.run('return performance.now();') - started
    assert took < 10000 * SLOWNESS, took
    window.screenshot('operator-1-found')
    # "Wall" is a button beside "Share".
    window.click('#wall-mode')
    window.type('#search', 'station south')
    wait_for(lambda: listed(window) == ['Station, South Entrance'], 'south', 10)
    window.click('#cameras .row')
    window.type('#search', '')
    # The map is where the last one is, and so is the list.
    window.click('#home')
    window.click('#cameras [data-id="12"]')
    # Otherwise land would cover that button, which could be clicked all the same.
    assert window.run('return getComputedStyle(document.querySelector("#map"))'
                      '.isolation;') == 'isolate'
    for camera in (7, 9, 12):
        comes_to(window, camera, 'live')
    window.screenshot('operator-2-wall')
    window.click('#share-open')
    window.click('#share .copy')
    window.screenshot('operator-3-share')
    link = window.find('#share .link').get_attribute('value')
    windows.expect('status of 503')
    other = windows.open(link)
    other.until('window.cctv?.wall.ids.join() === "7,9,12"')
    other.close()


# --- the address, layouts, tour and kiosk ------------------------------------

def test_the_address_has_the_filters(wall, windows):
    window = wall((2,), size=(1920, 1080))
    window.click('#legend [data-status=online]')
    window.click('#playable')
    window.until('location.search.endsWith("&status=online&playable")')
    other = windows.open(window.run('return location.href;'))
    other.until('window.cctv && document.getElementById("playable").checked && '
                'document.querySelector("#legend [data-status=online]")'
                '.ariaPressed === "true"')
    assert other.run('return cctv.cameras.filter;') == {
        'roles': None, 'status': 'online', 'playable': True}
    other.type('#search', 'nowhere')
    other.click('#reset')
    other.until('!/playable|status|q=/.test(location.search)')
    assert other.run('return cctv.cameras.filter;') == {
        'roles': None, 'status': None, 'playable': False}
    other.close()


def test_the_address_says_what_is_shown(wall, pages, windows):
    window = wall((2, 5), size=(1920, 1080))
    window.run('cctv.map.go({latitude: 10.5, longitude: 20.25, zoom: 6});')
    window.type('#search', 'Camera 1')
    window.run('cctv.wall.dispatchEvent(new Event("open"));')
    window.until('location.search === "?at=10.5,20.25,6&q=Camera+1"')
    # Whoever gets the link sees the same.
    window.click('#share-open')
    window.click('#share .copy')
    link = window.find('#share .link').get_attribute('value')
    assert link.endswith('?at=10.5,20.25,6&q=Camera+1#camera=2,5')
    window.screenshot('share')
    assert window.axe() == []
    windows.expect('status of 503')
    other = windows.open(link)
    other.until('window.cctv?.wall.ids.join() === "2,5"')
    # Leaflet rounds to pixels.
    assert other.run('const {latitude, longitude, zoom} = cctv.map.place;'
                     'return [Math.abs(latitude - 10.5) < .1, Math.abs('
                     'longitude - 20.25) < .1, zoom, document.querySelector('
                     '"#search").value];') == [True, True, 6, 'Camera 1']
    other.close()
    # A wall by name, kept in the browser and in a file.
    window.type('#share .name', 'Nord')
    window.click('#share .save')
    window.run('document.querySelector("#share").close();'
               'cctv.wall.show([7]);')
    window.click('#share-open')
    window.type('#share .name', 'Süd')
    window.click('#share .save')
    assert [each.text for each in window.all('#share .saved li '
                                             'button:first-child')] == [
        'Nord', 'Süd']
    same = window.run('''
        const {formatFile, readFile, Layouts} = await import('./layouts.js');
        const {all} = new Layouts();
        return JSON.stringify(readFile(formatFile(all)).layouts) ===
          JSON.stringify(all) && readFile('{"layouts": [{"name": "x",'
          + '"query": "", "hash": "javascript:"}]}').problem;''')
    assert same == 'broken'
    # Of two with the same name, a tour would never come beyond them.
    assert window.run("""
        const {readFile} = await import('./layouts.js');
        const one = {name: 'x', query: '', hash: '#camera=1'};
        return readFile(JSON.stringify({layouts: [
          one, {...one, name: 'y'}, {...one, name: ' x', hash: '#camera=2'}]}))
          .layouts.map(({name, hash}) => name + hash);""") == [
              'x#camera=2', 'y#camera=1']
    before = window.run('return started;')
    window.run('[...document.querySelectorAll("#share .saved button")]'
               '.find(({textContent}) => textContent === "Nord").click();')
    window.until('cctv.wall.ids.join() === "2,5"')
    assert window.run('return started;') == before + 2
    # Escape ends the kiosk, and closes no camera.
    window.click('#share-open')
    window.click('#share .kiosk')
    window.until('"kiosk" in document.body.dataset')
    window.run('document.querySelector(arguments[0]).focus();',
               tile(2) + ' .where')
    window.press('escape')
    window.until('!("kiosk" in document.body.dataset)')
    assert playing(window) == [2, 5]
    # A tour of more seconds than a timer can wait does not race.
    window.click('#share-open')
    window.type('#share .seconds', '9999999')
    window.click('#share .tour-toggle')
    window.until('location.search.includes("&tour=86400")')
    window.click('#share .tour-toggle')
    window.run('document.querySelector("#share").close();')
    # The tour shows one after the other; the kiosk has no controls.
    window.click('#share-open')
    window.type('#share .seconds', '1')
    window.click('#share .tour-toggle')
    window.click('#share .kiosk')
    window.until('location.search.endsWith("&tour=1&kiosk")')
    window.until('cctv.wall.ids.join() === "7"')
    window.until('cctv.wall.ids.join() === "2,5"')
    assert window.run(
        'return [...document.querySelectorAll("button:not(.where)")]'
        '.filter((each) => each.checkVisibility()).length;') == 0
    window.screenshot('kiosk')
    assert window.axe() == []
    window.press('escape')
    window.find('#share-open')
    window.run('localStorage.clear();')
