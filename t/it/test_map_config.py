"""The map page: config.json, tiles of other servers, and missing parts."""

import base64
import os

import pytest

from api import dbd, location
from env import wait_for
from map_page import MODULES, MapFolder, MapPages, listed, shown_on_map
from views import ENDPOINTS, set_cameras

# An image of one pixel.
PIXEL = base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lE'
                         'QVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=')


@pytest.fixture(scope='module')
def folder():
    made = MapFolder()
    yield made
    made.remove()


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, folder):
    return start_shared(folder.config + dbd(cluster) + location() + ENDPOINTS,
                        modules=MODULES)


@pytest.fixture
def opened(httpd, folder, cluster, windows):
    """opened(config) → a window with the page in this configuration."""
    set_cameras(cluster, {'name': 'One', 'lng': 10, 'lat': 50},
                {'name': 'Two', 'lng': -170, 'lat': -20})

    def open_with(config, hash='', **looks):
        folder.configure(config)
        return MapPages(httpd, windows).open(hash, still=True, **looks)
    return open_with


def messages(window):
    """The messages of the page, without their buttons."""
    return window.run('return [...document.querySelectorAll("#message span")]'
                      '.map((each) => each.textContent);')


def works(window):
    wait_for(lambda: listed(window) == ['One', 'Two'], 'cameras', 5)
    assert shown_on_map(window) == 2


MISTAKES = [
    ('', 'config.json is not valid JSON: defaults are used.'),
    ('{"usage": }', 'config.json is not valid JSON: defaults are used.'),
    ('[]', 'config.json has to be a JSON object: defaults are used.'),
    ('null', 'config.json has to be a JSON object: defaults are used.'),
    ({'tile': {}}, 'config.json: there is no member “tile”. It is ignored.'),
    ({'__proto__': 1, 'toString': 1},
     'config.json: there is no member “toString”. It is ignored.'),
    ({'tiles': 'https://tile.example.org/'},
     'config.json: “tiles” has to be an object. It is ignored.'),
    ({'tiles': {}}, 'config.json: “tiles.url” has to be an http(s) address or '
     'a path with {z}, {x} and {y}, maybe {s} and {r}. It is ignored.'),
    ({'tiles': {'url': '/tiles/{z}/{x}.png'}},
     'config.json: “tiles.url” has to be an http(s) address or '
     'a path with {z}, {x} and {y}, maybe {s} and {r}. It is ignored.'),
    ({'usage': 'javascript:alert({camera})'},
     'config.json: “usage” has to be an http(s) address. It is ignored.'),
    ({'usage': 7},
     'config.json: “usage” has to be an http(s) address. It is ignored.'),
    ({'view': [0, 50, 10, 40]},
     'config.json: “view” has to be [west, south, east, north] in degrees, '
     'south below north. It is ignored.'),
    ({'title': 7}, 'config.json: “title” has to be a text. It is ignored.'),
    ({'language': 'fr'},
     'config.json: “language” has to be de, en or es. It is ignored.'),
    ({'links': {'Legal': 'javascript:alert(1)'}},
     'config.json: “links” has to be an object of texts and http(s) addresses. '
     'It is ignored.'),
    ({'view': [0, 0, 10, '40']},
     'config.json: “view” has to be [west, south, east, north] in degrees, '
     'south below north. It is ignored.')]


def test_what_is_wrong_with_it(opened, folder, windows):
    windows.expect('config.json')
    window = opened('{"usage": }')
    works(window)
    for config, said in MISTAKES:
        folder.configure(config)
        # Another module: the page reads the file once.
        found = window.run('return (await import("/map/config.js?"'
                           ' + Math.random())).readConfig();')
        assert said in found['problems']
        assert found['config'] == {}


def test_mistakes_are_for_the_console_and_not_for_visitors(opened, windows):
    window = opened({'usage': 1, 'view': 2, 'x': '<img src=x>',
                     '<b>bold</b>': 1})
    works(window)
    told = [line for line in windows.complaints() if 'config.json: ' in line]
    assert len(told) == 4, told
    assert messages(window) == []


def test_an_empty_one_says_nothing(opened):
    window = opened({})
    works(window)
    assert messages(window) == []


def test_none_at_all(opened, folder, windows, httpd):
    windows.expect('status of 404')
    window = opened({})
    os.remove(folder.folder + '/own/config.json')
    window.go(f'http://127.0.0.1:{httpd.port}/map/')
    window.until('window.cctv')
    works(window)
    assert messages(window) == []


@pytest.mark.parametrize('view, names', [
    ([5, 45, 15, 55], ['One']), ([-175, -25, -165, -15], ['Two']),
    ([165, -25, -165, -15], ['Two']), ([-180, -80, 180, 80], ['One', 'Two'])])
def test_where_the_map_opens(opened, view, names):
    window = opened({'view': view})
    wait_for(lambda: listed(window) == names, 'cameras', 5)
    assert shown_on_map(window) == len(names)
    assert messages(window) == []


def test_a_link_to_usage(opened):
    window = opened({'usage': 'https://grafana.example.org/d/x?id={camera}'
                     '&also={camera}'}, '#camera=2')
    link = window.find('.tile .usage')
    assert link.get_attribute('href') == (
        'https://grafana.example.org/d/x?id=2&also=2')
    assert link.get_attribute('rel') == 'noopener noreferrer'
    window.until('document.querySelector(".tile .usage").ariaLabel ==='
                 ' "Usage of Two (opens a new tab)"')
    assert window.axe() == []


def test_no_link_without_it(opened):
    window = opened({}, '#camera=2')
    window.find('.tile .close')
    assert not window.find('.tile').find_elements(
        'css selector', '.usage:not([hidden])')


# --- tiles ------------------------------------------------------------------

def test_tiles_of_this_server(opened, windows, httpd):
    os.makedirs(httpd.folder + '/htdocs/tiles', exist_ok=True)
    for x in (0, 1):
        for y in (0, 1):
            with open(f'{httpd.folder}/htdocs/tiles/1-{x}-{y}', 'wb') as file:
                file.write(PIXEL)
    windows.requests()
    window = opened({'tiles': {'url': '/tiles/{z}-{x}-{y}',
                               'attribution': '© <b>Someone</b>',
                               'max_zoom': 1}})
    works(window)
    window.until('document.querySelectorAll(".leaflet-tile-loaded").length'
                 ' >= 4')
    assert '© <b>Someone</b>' in window.text('.leaflet-control-attribution')
    asked = windows.requests()
    assert any('/tiles/1-0-0' in each for each in asked)
    assert not any('world.json' in each for each in asked)
    # A closer zoom than the tile server has.
    window.run('cctv.map.flyTo(cctv.cameras.byId.get(1), {zoom: 6});')
    window.until('cctv.map.view().zoom === 6')
    assert not any('/tiles/6' in each for each in windows.requests())


def test_tiles_that_the_policy_does_not_know(opened, windows, httpd):
    windows.expect("violates the following Content Security Policy")
    windows.requests()
    window = opened({'tiles': {
        'url': 'https://tile.example.org/{z}/{x}/{y}.png'}})
    works(window)
    told = []

    def is_told():
        told.extend(windows.complaints())
        return any('set CCTV_MAP_TILES in cctv-map.conf' in line
                   for line in told)
    wait_for(is_told, 'the console says what to do')
    assert messages(window) == []
    window.screenshot('tiles-refused')
    assert window.axe() == []


def test_tiles_that_it_knows(cluster, start, folder, windows, httpd):
    """The tile server answers with 404 here, but the browser may ask it."""
    windows.expect('status of 404')
    other = f'http://localhost:{httpd.port}'
    folder.configure({'tiles': {'url': other + '/none/{z}/{x}/{y}.png'}})
    own = start(f'Define CCTV_MAP_TILES {other}\n' + folder.config
                + dbd(cluster) + location() + ENDPOINTS, modules=MODULES)
    windows.requests()
    window = MapPages(own, windows).open(still=True)
    wait_for(lambda: [each for each in windows.requests()
                      if each.startswith(other + '/none/')], 'tiles')
    wait_for(lambda: messages(window) == [
        'The map’s tiles cannot be loaded. Trying again…'], 'one message')


# --- missing parts ----------------------------------------------------------

def test_without_the_world_there_are_cameras(cluster, start, windows):
    windows.expect('status of 404', 'world.json')
    folder = MapFolder()
    os.remove(folder.folder + '/page/world.json')
    set_cameras(cluster, {'name': 'One'}, {'name': 'Two', 'lng': 120})
    httpd = start(folder.config + dbd(cluster) + location() + ENDPOINTS,
                  modules=MODULES)
    works(MapPages(httpd, windows).open(still=True))
    folder.remove()


def test_without_leaflet_it_says_so(cluster, start, windows):
    windows.expect('status of 404', 'MIME type', 'L is not defined')
    folder = MapFolder()
    config = folder.config.replace(
        'Include "', 'Redirect 404 /map/leaflet\nInclude "')
    httpd = start(config + dbd(cluster) + location() + ENDPOINTS,
                  modules=MODULES)
    window = windows.open(f'http://127.0.0.1:{httpd.port}/map/')
    window.until('document.querySelector("#message span")')
    assert messages(window) == [
        'The map is not here: leaflet/leaflet.min.js is missing on the '
        'server.']
    folder.remove()
