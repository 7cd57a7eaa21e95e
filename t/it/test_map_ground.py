"""The map page at street level: where it opens, sets of tiles, tiles that fail,
floor plans, labels, and streets out of a file. Nothing plays here."""

import contextlib
import math
import os
import shutil
import struct
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import streets
from api import dbd, location
from env import REPO, wait_for
from map_page import MODULES, MapFolder, MapPages
from test_map_config import messages
from views import ENDPOINTS, set_cameras

LIBRARY = REPO + '/build/streets/protomaps-leaflet.js'
# Two corners of a station, and the place between them.
LAT, LNG = 51.5317, -0.1240
NO_TILES = 'The map’s tiles cannot be loaded. Trying again…'
COLOURS = {'light': (200, 220, 180), 'dark': (40, 60, 40),
           'photo': (90, 120, 60)}


def png(colour, size=256):
    """An image of one colour."""
    def chunk(name, data):
        return (struct.pack('>I', len(data)) + name + data
                + struct.pack('>I', zlib.crc32(name + data)))
    rows = (b'\0' + bytes(colour) * size) * size
    return (b'\x89PNG\r\n\x1a\n'
            + chunk(b'IHDR', struct.pack('>IIBBBBB', size, size, 8, 2, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


class TileServer(ThreadingHTTPServer):
    """Serves /SET/z/x/y.png, in the colour of the set; 503 while it fails."""
    daemon_threads = True

    def __init__(self):
        super().__init__(('127.0.0.1', 0), TileHandler)
        self.images = {name: png(colour) for name, colour in COLOURS.items()}
        self.fails = False
        self.asked = []
        self.origin = f'http://127.0.0.1:{self.server_address[1]}'
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    def address(self, name):
        return f'{self.origin}/{name}/{{z}}/{{x}}/{{y}}.png'

    def take(self):
        """The sets of the tiles that were asked for since the last call."""
        asked, self.asked = self.asked, []
        return asked

    def remove(self):
        self.shutdown()
        self.server_close()
        self.thread.join()


class TileHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.split('/')[1]
        self.server.asked.append(name)
        with contextlib.suppress(OSError):
            self.send_response(503 if self.server.fails else 200)
            self.send_header('Content-Type', 'image/png')
            self.send_header('Cache-Control', 'no-store')
            self.end_headers()
            if not self.server.fails:
                self.wfile.write(self.server.images[name])

    def log_message(self, *_):
        pass


@pytest.fixture(scope='module')
def tiles():
    server = TileServer()
    yield server
    server.remove()


@pytest.fixture(scope='module')
def folder():
    made = MapFolder()
    os.mkdir(made.folder + '/files')
    yield made
    made.remove()


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, folder, tiles):
    return start_shared(
        f'Define CCTV_MAP_TILES {tiles.origin}\n'
        f'Define CCTV_MAP_FILES "{folder.folder}/files"\n' + folder.config
        + dbd(cluster) + location() + ENDPOINTS, modules=MODULES)


@pytest.fixture
def opened(httpd, folder, cluster, windows, tiles):
    """opened(config, *cameras) → a window with the page."""
    tiles.fails = False

    def open_with(config, *cameras, query='', **looks):
        set_cameras(cluster, *({'lat': LAT, 'lng': LNG, **each}
                               for each in cameras))
        folder.configure(config)
        tiles.take()
        return MapPages(httpd, windows).open(query, **{'still': True, **looks})
    return open_with


def view(window):
    return window.run('return cctv.map.view();')


def near(longitude, latitude):
    """`at` of an address: the cameras of these tests at zoom 17."""
    return f'?at={latitude},{longitude},17'


# --- where it opens ---------------------------------------------------------

def test_it_opens_on_the_cameras(opened):
    window = opened({}, {'lat': 51.53, 'lng': -0.13}, {'lat': 51.5, 'lng': -0.1},
                    {'lat': 51.51, 'lng': -0.2})
    seen = view(window)
    assert seen['zoom'] == 13
    assert seen['west'] < -0.2 and seen['east'] > -0.1
    assert seen['south'] < 51.5 and seen['north'] > 51.53
    assert messages(window) == []
    window.screenshot('opens-on-cameras')


def test_it_opens_on_one_camera_or_on_none(opened):
    window = opened({}, {})
    seen = view(window)
    assert seen['zoom'] == 16
    assert seen['west'] < LNG < seen['east']
    assert view(opened({}))['zoom'] == 1


def test_it_opens_on_cameras_at_the_antimeridian(opened):
    seen = view(opened({}, {'lat': -18, 'lng': 178.4},
                       {'lat': -17, 'lng': -179.3}))
    assert seen['zoom'] >= 7
    assert seen['west'] < 178.4 and -179.3 < seen['east'] < -170


def test_a_place_or_a_view_comes_first(opened):
    cameras = {'lat': 51.5, 'lng': -0.1}, {'lat': 51.6, 'lng': 0}
    assert view(opened({'view': [20, 40, 30, 50]}, *cameras))['west'] > 10
    seen = view(opened({'view': [20, 40, 30, 50]}, *cameras,
                       query='?at=10,20,7'))
    assert seen['zoom'] == 7 and seen['west'] < 20 < seen['east']


# --- tiles ------------------------------------------------------------------

def source_of_tiles(window):
    """The sets of the visible tiles."""
    return window.run(
        'return [...new Set([...document.querySelectorAll("img.leaflet-tile")]'
        '.map((tile) => new URL(tile.src).pathname.split("/")[1]))].sort();')


def test_sets_of_tiles_and_dark_ones(opened, tiles, windows):
    window = opened({'tiles': [
        {'name': 'Streets', 'url': tiles.address('light'),
         'dark': tiles.address('dark'), 'attribution': '© Streets'},
        {'name': 'Satellite', 'url': tiles.address('photo'),
         'attribution': '© <b>Photos</b>'}]}, {})
    window.until('document.querySelector(".leaflet-tile-loaded")')
    assert source_of_tiles(window) == ['light']
    pressed = '.cctv-choice [aria-pressed="true"]'
    assert window.text(pressed) == 'Streets'
    window.tab_to('.cctv-choice button:last-child')
    window.press('enter')
    assert window.text(pressed) == 'Satellite'
    wait_for(lambda: source_of_tiles(window) == ['photo'], 'photos')
    assert '© <b>Photos</b>' in window.text('.leaflet-control-attribution')
    assert '© Streets' not in window.text('.leaflet-control-attribution')
    # Whoever gets the address sees the same.
    window.until('/[?&]map=2(&|$)/.test(location.search)')
    other = windows.open(window.run('return location.href;'), still=True)
    other.until('document.querySelector(arguments[0])?.textContent'
                ' === "Satellite"', pressed)
    other.close()
    window.press('backtab', 'space')
    wait_for(lambda: source_of_tiles(window) == ['light'], 'streets')
    window.until('!location.search.includes("map=")')
    window.look(dark=True, still=True)
    wait_for(lambda: source_of_tiles(window) == ['dark'], 'dark tiles')
    assert window.axe() == []
    assert 'photo' in tiles.take()
    assert messages(window) == []


def test_tiles_that_fail_leave_coastlines_and_one_message(opened, tiles,
                                                          windows):
    windows.expect('status of 503')
    window = opened({'tiles': {'url': tiles.address('light')}}, {})
    window.until('document.querySelector(".leaflet-tile-loaded")')
    assert not window.all('.cctv-world')
    tiles.fails = True
    window.run('cctv.map.go({latitude: 50, longitude: 5, zoom: 5});')
    wait_for(lambda: messages(window) == [NO_TILES], 'one message')
    window.until('document.querySelector(".cctv-world canvas")')
    window.screenshot('tiles-fail')
    assert window.axe() == []
    tiles.take()
    # The network is back, but not the server: a request for one tile, not for
    # each of them.
    window.run('dispatchEvent(new Event("online"));')
    wait_for(lambda: tiles.asked, 'one tile is tried')
    window.run('await new Promise((done) => setTimeout(done, 300));')
    # A try may have been under way before.
    assert len(tiles.take()) <= 2
    assert messages(window) == [NO_TILES]
    tiles.fails = False
    window.run('dispatchEvent(new Event("online"));')
    wait_for(lambda: messages(window) == [], 'the message leaves')
    window.until('document.querySelector("img.leaflet-tile-loaded")')


# --- floor plans ------------------------------------------------------------

PLAN = ('<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200">'
        '<rect width="400" height="200" fill="{}" fill-opacity=".8"/>'
        '<path d="M0 0H400V200H0ZM200 0V200M0 100H400" fill="none" '
        'stroke="#333" stroke-width="6"/><text x="20" y="80" font-size="60">'
        '{}</text></svg>')
# Top left, top right, bottom right: turned by 30 degrees.
TURN = math.radians(30)


def corner(right, down):
    """A position in metres from the middle of the station."""
    east = right * math.cos(TURN) + down * math.sin(TURN)
    south = down * math.cos(TURN) - right * math.sin(TURN)
    metre = 360 / 40075017
    return [LNG + east * metre / math.cos(math.radians(LAT)),
            LAT - south * metre]


CORNERS = [corner(-100, -50), corner(100, -50), corner(100, 50),
           corner(-100, 50)]


def corners_on_screen(window):
    """Where the corners of the visible plan are drawn."""
    return window.run('''
        const image = document.querySelector('.cctv-plan');
        const matrix = new DOMMatrix(getComputedStyle(image).transform);
        const {left, top} = image.parentElement.getBoundingClientRect();
        const [width, height] = [image.offsetWidth, image.offsetHeight];
        return [[0, 0], [width, 0], [width, height], [0, height]]
          .map(([x, y]) => matrix.transformPoint({x, y}))
          .map(({x, y, w}) => [x / w + left, y / w + top]);''')


def middle_of(window, camera):
    return window.run('''
        const {left, top, width, height} = document.querySelector(
          `.cctv-marker[data-id="${arguments[0]}"]`).getBoundingClientRect();
        return [left + width / 2, top + height / 2];''', camera)


def lies_on(window, cameras):
    """Whether the corners of the plan are drawn where these cameras are."""
    found = corners_on_screen(window)
    return all(math.dist(at, middle_of(window, camera)) < 2
               for at, camera in zip(found, cameras))


def write_plans(folder, *colours):
    for level, colour in enumerate(colours):
        with open(f'{folder.folder}/files/{level}.svg', 'w') as file:
            file.write(PLAN.format(colour, f'Level {level}'))


@pytest.mark.parametrize('count', [3, 4])
def test_a_plan_lies_on_its_corners(opened, folder, count):
    """There is a camera on each of the corners."""
    write_plans(folder, '#fc8')
    # The fourth corner makes it a trapezium.
    corners = CORNERS[:3] + [corner(-60, 50)] * (count == 4)
    cameras = [{'lng': lng, 'lat': lat}
               for lng, lat in (corners if count == 4 else CORNERS)]
    window = opened({'overlays': [{'image': 'own/0.svg',
                                   'corners': corners}]}, *cameras,
                    query=near(LNG, LAT))
    window.until('document.querySelector(".cctv-plan").naturalWidth === 400')
    wait_for(lambda: lies_on(window, [1, 2, 3, 4]), 'it lies there')
    if count == 3:
        window.screenshot('plan-turned')
    window.run('cctv.map.go({latitude: arguments[0], longitude: arguments[1],'
               ' zoom: 18});', LAT, LNG)
    wait_for(lambda: lies_on(window, [1, 2, 3, 4]), 'it lies there, larger')
    window.run('cctv.map.go({latitude: arguments[0], longitude: arguments[1],'
               ' zoom: 14});', LAT, LNG)
    window.until('!document.querySelector(".cctv-plan")')
    assert not window.all('.cctv-choice button')


def test_plans_of_several_levels(opened, folder, windows):
    write_plans(folder, '#fc8', '#8cf', '#8d8')
    plans = [{'name': f'Station {level}', 'image': f'own/{level}.svg',
              'level': level, 'corners': CORNERS[:3]} for level in (0, 1, 2)]
    # Beside them, and only of one level.
    plans.append({'name': 'Shed', 'image': 'own/0.svg', 'level': 0, 'corners': [
        corner(150, 60), corner(190, 60), corner(190, 80)]})
    window = opened({'overlays': plans}, {}, query=near(LNG, LAT))

    def shown(page=window):
        return page.run('return [...document.querySelectorAll(".cctv-plan")]'
                        '.map((plan) => plan.alt).sort();')

    wait_for(lambda: shown() == ['Shed', 'Station 0'], 'the ground floor')
    buttons = window.all('.cctv-choice button')
    assert [each.text for each in buttons] == ['2', '1', '0']
    assert buttons[0].get_attribute('aria-label') == 'Level 2'
    window.tab_to('.cctv-choice button')
    window.press('enter')
    wait_for(lambda: shown() == ['Shed', 'Station 2'], 'the upper floor')
    assert window.has_focus('.cctv-choice [aria-pressed="true"]')
    window.until('/[?&]level=2(&|$)/.test(location.search)')
    other = windows.open(window.run('return location.href;'), still=True)
    wait_for(lambda: shown(other) == ['Shed', 'Station 2'], 'for others too')
    other.close()
    window.screenshot('plan-levels')
    assert window.axe() == []
    window.look(dark=True, still=True)
    assert window.axe() == []
    window.run('cctv.map.go({latitude: 10, longitude: 10, zoom: 17});')
    wait_for(lambda: shown() == [], 'nothing there')
    assert not window.find('#map').find_elements(
        'css selector', '.cctv-choice:not([hidden])')


WRONG_PLANS = [
    ({'overlays': {}}, '“overlays” has to be a list'),
    ({'overlays': [7]}, '“overlays[0]” has to be an object'),
    ({'overlays': [{'corners': CORNERS}]}, '“overlays[0].image” has to be'),
    ({'overlays': [{'image': 'own/0.svg', 'corners': CORNERS[:2]}]},
     '“overlays[0].corners” has to be three or four'),
    ({'overlays': [{'image': 'own/0.svg', 'corners': [
        CORNERS[0], CORNERS[2], CORNERS[1], CORNERS[3]]}]},
     '“overlays[0].corners” has to be three or four'),
    ({'overlays': [{'image': 'own/0.svg', 'corners': [[0, 0], [1, 1], [2, 2]]}]},
     '“overlays[0].corners” has to be three or four'),
    ({'tiles': [{'url': '/{z}/{x}/{y}'}, {'name': 'x'}]},
     '“tiles[1].url” has to be'),
    ({'tiles': {'pmtiles': 'https://other.example.org/x.pmtiles'}},
     '“tiles.pmtiles” has to be the address of a file on this server')]


def test_mistakes_are_named(opened, folder):
    window = opened({}, {})
    for config, said in WRONG_PLANS:
        folder.configure(config)
        problems = window.run('return (await import("/map/config.js"))'
                              '.readConfig();')['problems']
        assert [said in each for each in problems] == [True], config


def test_an_image_that_is_not_there(opened, windows):
    windows.expect('status of 404', 'the image own/none.png cannot be loaded')
    window = opened({'overlays': [
        {'image': 'own/none.png', 'corners': CORNERS}]}, {},
        query=near(LNG, LAT))
    window.until('document.querySelector(".cctv-plan[hidden]")')
    window.find('.cctv-marker')
    assert messages(window) == []


# --- labels -----------------------------------------------------------------

def boxes(window, *selectors):
    """For each selector: the boxes of its elements, all of the same moment."""
    return window.run(
        'return arguments[0].map((selector) => [...document.querySelectorAll('
        'selector)].map((element) => {'
        'const {left, right, top, bottom} = element.getBoundingClientRect();'
        'return [left, top, right, bottom];}));', selectors)


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def labels(window):
    return window.run('return [...document.querySelectorAll(".cctv-label")]'
                      '.map((each) => each.textContent).sort();')


def contrast_of_label(window):
    """The contrast of a label on a map of the colour that is worst for it."""
    text, plate, alpha = window.run('''
        const style = getComputedStyle(document.querySelector('.cctv-label'));
        const context = document.createElement('canvas').getContext(
          '2d', {willReadFrequently: true});
        const read = (colour) => {
          context.clearRect(0, 0, 1, 1);
          context.fillStyle = colour;
          context.fillRect(0, 0, 1, 1);
          return [...context.getImageData(0, 0, 1, 1).data];
        };
        const plate = read(style.backgroundColor);
        return [read(style.color).slice(0, 3), plate.slice(0, 3), plate[3]];''')

    def light(colour):
        linear = [each / 255 / 12.92 if each / 255 <= .04045
                  else ((each / 255 + .055) / 1.055) ** 2.4 for each in colour]
        return .2126 * linear[0] + .7152 * linear[1] + .0722 * linear[2]

    def contrast(ground):
        mixed = [(each * alpha + ground * (255 - alpha)) / 255
                 for each in plate]
        one, other = sorted([light(text), light(mixed)])
        return (other + .05) / (one + .05)
    return min(contrast(0), contrast(255))


def test_labels_do_not_cover_anything(opened):
    window = opened({}, *({'name': f'Platform {row}-{column}, north entrance',
                           'lat': LAT + row * .00035,
                           'lng': LNG + column * .0007,
                           'codec': 'MJPEG' if row == 0 else 'H.264'}
                          for row in range(-4, 5) for column in range(-5, 6)),
                    query=near(LNG, LAT))
    wait_for(lambda: len(labels(window)) > 10, 'labels')
    found, markers, controls = boxes(window, '.cctv-label', '.cctv-marker',
                                     '.leaflet-control')
    markers = [[left + 6, top + 6, right - 6, bottom - 6]
               for left, top, right, bottom in markers]
    assert len(markers) > 40 and len(controls) > 1
    for index, label in enumerate(found):
        assert not any(overlap(label, other) for other in found[index + 1:])
        assert not any(overlap(label, marker) for marker in markers)
        assert not any(overlap(label, control) for control in controls)
    assert window.run('return document.querySelector(".cctv-label")'
                      '.closest("[aria-hidden=true]") !== null;')
    assert contrast_of_label(window) > 4.5
    window.screenshot('labels')
    window.look(dark=True, still=True)
    assert contrast_of_label(window) > 4.5
    # From zoom 16 on.
    window.run('cctv.map.go({latitude: arguments[0], longitude: arguments[1],'
               ' zoom: 15});', LAT, LNG)
    wait_for(lambda: labels(window) == [], 'no labels')


def test_what_plays_has_its_label_first(opened):
    """A row of cameras that are closer to each other than their names are
    long."""
    names = [f'Camera {at:02}, with a name that takes much room'
             for at in range(1, 13)]
    window = opened({}, *({'name': name, 'lng': LNG + (at - 6) * 0.00064}
                          for at, name in enumerate(names)),
                    query=near(LNG, LAT))
    wait_for(lambda: len(labels(window)) > 2, 'labels')
    lacking = [name for name in names if name not in labels(window)][-1]
    window.run('cctv.map.select([arguments[0]]);', names.index(lacking) + 1)
    wait_for(lambda: lacking in labels(window), 'its label')


# --- streets out of a file --------------------------------------------------

def tile_of(z, lng, lat):
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return z, int((lng + 180) / 360 * 2 ** z), int(y * 2 ** z)


def write_streets(path):
    """A city: land, a river, and streets."""
    z, x, y = tile_of(14, LNG, LAT)
    full = [(-64, -64), (4160, -64), (4160, 4160), (-64, 4160)]
    roads = [({'kind': 'highway' if at == 2048 else 'minor_road'}, line, False)
             for at in range(256, 4096, 256)
             for line in ([(at, 0), (at, 4096)], [(0, at), (4096, at)])]
    layers = (streets.layer('earth', [({'kind': 'earth'}, full, True)])
              + streets.layer('water', [({'kind': 'water'}, [
                  (0, 1300), (4096, 1900), (4096, 2300), (0, 1700)], True)])
              + streets.layer('roads', roads))
    streets.write(path, {(z, x + right, y + down): layers
                         for right in (-1, 0, 1) for down in (-1, 0, 1)},
                  attribution='<a href="https://x.example">© Somebody</a>')


@pytest.fixture
def library(folder):
    """The folder of the site has the library that draws streets."""
    if not os.path.exists(LIBRARY):
        pytest.skip('npm could not get protomaps-leaflet: make build/streets')
    to = folder.folder + '/files/protomaps-leaflet.js'
    shutil.copy(LIBRARY, to)
    yield
    os.remove(to)


def colours_of_canvases(window):
    """The colours of more than a hundredth of the pixels of the map."""
    return window.run('''
        const seen = new Map();
        const context = document.createElement('canvas').getContext(
          '2d', {willReadFrequently: true});
        let all = 0;
        for (const canvas of document.querySelectorAll(
            '.leaflet-layer:not(.cctv-world) canvas.leaflet-tile-loaded')) {
          if (!canvas.width) continue;
          Object.assign(context.canvas, {
            width: canvas.width, height: canvas.height});
          context.drawImage(canvas, 0, 0);
          const {data} = context.getImageData(
            0, 0, canvas.width, canvas.height);
          for (let i = 0; i < data.length; i += 4) {
            const key = data.slice(i, i + 4).join();
            seen.set(key, (seen.get(key) ?? 0) + 1);
            all += 1;
          }
        }
        return [...seen].filter(([, count]) => count > all / 100)
          .map(([key]) => key);''')


def test_streets_out_of_a_file(opened, folder, httpd, windows, library):
    write_streets(folder.folder + '/files/streets.pmtiles')
    windows.requests()
    window = opened({'tiles': {'pmtiles': 'own/streets.pmtiles'}},
                    {'name': 'Camera'}, query=near(LNG, LAT))
    # Land, water and two kinds of streets.
    wait_for(lambda: len(colours_of_canvases(window)) >= 3, 'streets')
    light = colours_of_canvases(window)
    assert '© Somebody' in window.text('.leaflet-control-attribution')
    assert not window.all('.leaflet-control-attribution a[href*="x.example"]')
    window.screenshot('streets')
    window.look(dark=True, still=True)
    wait_for(lambda: len(colours_of_canvases(window)) >= 3
             and not set(colours_of_canvases(window)) & set(light),
             'dark streets')
    asked = windows.requests()
    assert any('own/streets.pmtiles' in each for each in asked)
    assert [each for each in asked if not each.startswith(
        f'http://127.0.0.1:{httpd.port}/')] == []
    assert messages(window) == []
    reply = httpd.get('/map/own/streets.pmtiles', {'Range': 'bytes=0-6'})
    assert (reply.status, reply.body) == (206, b'PMTiles')


def test_a_file_of_streets_that_is_not_there(opened, folder, windows, library):
    windows.expect('status of 404', 'own/none.pmtiles')
    window = opened({'tiles': {'pmtiles': 'own/none.pmtiles'}}, {},
                    query='?at=50,5,5')
    wait_for(lambda: messages(window) == [NO_TILES], 'one message')
    window.until('document.querySelector(".cctv-world canvas")')
    write_streets(folder.folder + '/files/none.pmtiles')
    window.run('dispatchEvent(new Event("online"));')
    wait_for(lambda: messages(window) == [], 'the message leaves')


def test_without_the_library_there_are_coastlines(opened, windows):
    warning = 'needs own/protomaps-leaflet.js'
    windows.expect('status of 404', 'MIME type', warning)
    window = opened({'tiles': {'pmtiles': 'own/streets.pmtiles'}}, {},
                    query='?at=50,5,5')
    window.until('document.querySelector(".cctv-world canvas")')
    window.find('.cctv-marker')
    assert messages(window) == []
    said = [each for each in windows.complaints() if warning in each]
    assert len(said) == 1
