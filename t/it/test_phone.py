"""The map page of the public: on a small phone, in the language of the visitor,
with a title and a legal notice of its own, and near the visitor."""

import pytest

from api import dbd, location
from env import HERE, SLOWNESS, wait_for
from map_page import MODULES, MapFolder, listed, state_of
from views import ENDPOINTS, set_cameras, virtual_host

SMALL = (360, 740)
SOON = 10 * SLOWNESS
BERLIN = {'latitude': 52.5163, 'longitude': 13.3777}


@pytest.fixture(scope='module')
def folder():
    made = MapFolder()
    yield made
    made.remove()


@pytest.fixture(scope='module')
def httpd(cluster, start_shared, folder):
    """plain.localhost does not ask where its visitors are."""
    return start_shared(
        'Define CCTV_MAP_GEOLOCATION\n' + folder.config + dbd(cluster)
        + location() + ENDPOINTS + virtual_host('127.0.0.1') + virtual_host(
            'plain.localhost', '<Location "/map">', 'Header always set '
            'Permissions-Policy "camera=(), geolocation=()"', '</Location>'),
        modules=MODULES)


@pytest.fixture
def opened(httpd, folder, cluster, windows):
    """opened(config, …) → a window with the page, on a small phone."""
    set_cameras(cluster,
                {'id': 1, 'name': 'Berlin, Brandenburger Tor: Pariser Platz',
                 'lng': 13.378, 'lat': 52.516, 'heading': 90,
                 'field_of_view': 60, 'fps': 12.5},
                {'id': 2, 'name': 'Zürich', 'lng': 8.54, 'lat': 47.37,
                 'status': 'offline'},
                *({'id': number, 'name': f'Sea {number}', 'lng': -30}
                  for number in range(10, 13)))
    changed = []

    def open_page(config=None, hash='', languages=None, size=SMALL,
                  host='127.0.0.1', **looks):
        folder.configure(config or {})
        window = windows.open(still=True, phone=True, **looks)
        window.resize(*size, phone=True)
        if languages:
            changed.append(window)
            window.order('Emulation.setUserAgentOverride', userAgent='',
                         acceptLanguage=languages)
        window.go(f'http://{host}:{httpd.port}/map/{hash}')
        window.until('window.cctv && document.getElementById("list-note")'
                     '.textContent.match(/\\d/)', seconds=SOON)
        return window
    yield open_page
    for window in changed:
        window.order('Emulation.setUserAgentOverride', userAgent='',
                     acceptLanguage='')


def watch(window, camera):
    """Lets a camera play, with pictures that the page paints itself."""
    with open(HERE + '/page/fake_views.js') as file:
        window.run(file.read() + 'startFakeViews(640, 480);')
    window.run('cctv.wall.show([arguments[0]]);', camera)
    wait_for(lambda: state_of(window, camera) == ('live', None), 'it plays',
             SOON)


def small_targets(window):
    """What can be touched and is smaller than 44 pixels."""
    return window.run('''
        const found = document.querySelectorAll(
          'button, input, select, a[href], summary, [tabindex="0"]');
        const isSeen = (element) => element.checkVisibility()
          && element.getBoundingClientRect().width > 1;
        const box = (element) => (element.closest('label') ?? element)
          .getBoundingClientRect();
        return [...found].filter((element) => isSeen(element)
            && !element.closest('.skips, .leaflet-control, #map .leaflet-pane')
            && !element.matches('[role="separator"]'))
          .filter((element) => Math.min(box(element).width,
            box(element).height) < 43.5)
          .map((element) => [element.outerHTML.slice(0, 80),
            box(element).width, box(element).height].join(' '));''')


def too_wide(window):
    """What reaches beyond the screen."""
    return window.run('''
        const isSeen = (element) => element.checkVisibility()
          && element.getBoundingClientRect().width > 1
          && !element.closest('.skips, #map, .unseen');
        return [...document.querySelectorAll('body *')].filter(isSeen)
          .filter((element) => element.getBoundingClientRect().right
            > innerWidth + .5)
          .map((element) => element.outerHTML.slice(0, 80));''')


# --- the sheet --------------------------------------------------------------

def test_the_sheet_with_the_details_of_a_camera(opened):
    window = opened()
    watch(window, 1)
    window.screenshot('phone-camera')
    assert small_targets(window) == [] == too_wide(window)
    window.click('.tile .about')
    assert window.text('#sheet h2') == (
        'Berlin, Brandenburger Tor: Pariser Platz')
    facts = window.text('#sheet dl').split('\n')
    assert facts[0] == 'Status' and facts[1].startswith('online')
    assert facts[2:] == [
        'Role', 'public', 'Video', 'H.264 Main, 640 × 480, 12.5 fps', 'Sound',
        'no', 'Direction', '90°, 60° wide', 'Position', '52.51600, 13.37800',
        'Number', '1']
    assert small_targets(window) == [] == too_wide(window)
    for dark in (False, True):
        window.look(dark=dark, still=True)
        window.screenshot('phone-sheet' + '-dark' * dark)
        assert window.axe() == []
    box = window.run('const {left, width, bottom} = document.getElementById('
                     '"sheet").getBoundingClientRect();'
                     'return [left, width, Math.round(bottom)];')
    assert box == [0, SMALL[0], SMALL[1]]


def test_ways_to_close_the_sheet(opened, cluster):
    window = opened()
    watch(window, 1)
    # Forward from the first of them is the entry of a sheet.
    length = 1 + window.run('return history.length;')

    def closes(close):
        window.click('.tile .about')
        window.find('#sheet h2')
        close()
        window.until('!document.getElementById("sheet").open'
                     ' && !history.state?.isSheet'
                     ' && document.activeElement.matches(".tile .about")',
                     seconds=SOON)
        assert window.run('return cctv.wall.ids;') == [1]
        assert window.run('return history.length;') == length
    closes(lambda: window.press('escape'))
    closes(lambda: window.click('#sheet .close'))
    closes(lambda: window.run('history.back();'))
    closes(lambda: window.run('document.getElementById("sheet").click();'))
    # News of the camera arrive in the sheet.
    window.click('.tile .about')
    cluster.query("UPDATE cameras SET name = 'Another name' WHERE id = 1")
    window.run('await cctv.cameras.refresh();')
    window.until('document.querySelector("#sheet h2").textContent'
                 ' === "Another name"', seconds=SOON)
    window.click('#sheet .where')
    window.until('cctv.map.place.zoom >= 16', seconds=SOON)
    assert abs(window.run('return cctv.map.place.latitude;') - 52.516) < .01


# --- near me ----------------------------------------------------------------

def test_a_link_shows_the_camera_below_the_wall(opened):
    window = opened(hash='#camera=1')
    window.until("""(() => {
        const marker = document.querySelector('.cctv-marker[data-id="1"]');
        const wall = document.querySelector('#wall').getBoundingClientRect();
        return marker?.getBoundingClientRect().top > wall.bottom
          && marker.getBoundingClientRect().bottom < innerHeight; })()""",
                 seconds=SOON)


def test_near_me(opened, httpd, windows):
    window = opened()
    near = window.find('#near')
    assert near.text == 'Near me'
    assert small_targets(window) == []
    window.order('Emulation.setGeolocationOverride', accuracy=20, **BERLIN)
    origin = f'http://127.0.0.1:{httpd.port}'
    window.order('Browser.grantPermissions', origin=origin,
                 permissions=['geolocation'])
    try:
        near.click()
        wait_for(lambda: listed(window) == [
            'Berlin, Brandenburger Tor: Pariser Platz'], 'the camera here',
            SOON)
        place = window.run('return cctv.map.place;')
        assert place['zoom'] >= 15
        assert abs(place['latitude'] - BERLIN['latitude']) < .001
        assert len(window.all('.cctv-user')) == 1
        window.screenshot('phone-near')
        assert window.axe() == []
        window.order('Browser.setPermission', setting='denied', origin=origin,
                     permission={'name': 'geolocation'})
        window.click('#near')
        window.until('document.getElementById("message").textContent'
                     '.includes("does not tell this page where you are")',
                     seconds=SOON)
    finally:
        window.order('Browser.resetPermissions')
        window.order('Emulation.clearGeolocationOverride')


def test_near_me_is_only_there_if_the_admin_allows_it(opened):
    window = opened(host='plain.localhost')
    # Neither is there a line with a notice without one.
    assert window.run('return document.getElementById("credits").hidden;')
    assert window.run('return document.title;') == 'Cameras'
    assert not window.find('#list-toggle').get_attribute('hidden')
    assert window.run('return document.getElementById("near").hidden;')


# --- languages --------------------------------------------------------------

@pytest.mark.parametrize('languages, config, lang, words', [
    ('de-AT,en', {}, 'de', ['Kameras', 'Liste', '5 Kameras im Ausschnitt',
                            'Einzelheiten zu Zürich', 'In der Nähe']),
    ('de', {'language': 'es'}, 'es', ['Cámaras', 'Lista',
                                      '5 cámaras a la vista',
                                      'Detalles de Zürich', 'Cerca de mí'])])
def test_the_language_of_the_visitor(opened, languages, config, lang, words):
    window = opened(config, languages=languages)
    watch(window, 2)
    assert window.run('''return [document.documentElement.lang,
        ...['h1', '#list-toggle', '#list-note'].map((each) =>
          document.querySelector(each).textContent.trim()),
        document.querySelector('.tile .about').ariaLabel,
        document.getElementById('near').textContent.trim()];'''
                      ) == [lang, *words]
    window.screenshot(f'phone-{lang}')
    assert too_wide(window) == []
    window.click('#list-toggle')
    window.screenshot(f'phone-list-{lang}')
    assert small_targets(window) == [] == too_wide(window)
    assert window.axe() == []
    for script, dialog in (('document.querySelector("#share-open").click();',
                            'share'),
                           ('document.body.dispatchEvent(new KeyboardEvent('
                            '"keydown", {key: "?", bubbles: true}));', 'help')):
        window.run(script)
        window.find('#' + dialog)
        window.screenshot(f'phone-{dialog}-{lang}')
        assert small_targets(window) == [] == too_wide(window)
        assert window.axe() == []
        window.run(f'document.getElementById("{dialog}").close();')


def test_which_texts_numbers_and_times(opened):
    window = opened(languages='de')
    # A language that there is no text of, and texts that a language lacks.
    assert window.run('''
        const {choose, overlay} = await import('./language.js');
        const english = {a: 'one', b: {c: 'two', d: 'three'}};
        const {b} = english;
        overlay(english, {b: {c: 'zwei'}});
        const chosen = [['fr', 'es-MX', 'de'], ['de-at'], ['fr'], ['', 'en-US'],
          ['de-Latn--x']].map((tags) => Object.values(choose(tags)).join());
        return [english.a, b.c, b.d, ...chosen];''') == [
        'one', 'zwei', 'three', 'es,es-MX', 'de,de-AT', 'en,en-GB', 'en,en-GB',
        'de,de']
    assert window.run('''
        const {strings} = await import('./strings.js');
        const time = new Date(2031, 0, 2, 14, 2, 33);
        return [strings.number(1234567), strings.list.inView(1, 100),
          strings.list.inView(1234, 100), strings.tile.delay(1234),
          strings.tile.last(time), strings.since('offline', time.toISOString()),
          strings.state('live', 'behind'), strings.state('offline', null),
          strings.state('offline', null, 'refused'),
          strings.loadError({status: 503}), strings.titleOf('X')];''') == [
        '1.234.567', '1 Kamera im Ausschnitt',
        '1.234 Kameras im Ausschnitt; 100 davon stehen in der Liste',
        '1,2 s verzögert', 'Letztes Bild 02.01.2031, 14:02:33',
        'offline seit 2. Jan., 14:02', 'Wird aufgeholt…',
        'Die Kamera ist offline. Sie läuft, sobald sie wieder da ist.',
        'Die Kamera lehnt die Verbindung ab. Sie läuft, sobald sie wieder da '
        'ist.', 'Der Server kann im Augenblick nicht antworten. Was Sie sehen, '
        'kann veraltet sein. Neuer Versuch…', 'X – Kameras']


    # A server that is away while the visitor looks is no fault of the camera.
    assert window.run('''
        const {strings} = await import('./strings.js');
        return ['live', 'stalled', 'connecting'].map((state) => strings.state(
          state, state === 'live' ? null : 'unreachable', 'b_frames'));''') == [
        'Das Bild bewegt sich schlecht: Die Kamera sendet B-Frames.',
        'Der Server ist nicht zu erreichen. Neuer Versuch…',
        'Der Server ist nicht zu erreichen. Neuer Versuch…']


# --- title, attribution, legal notice ---------------------------------------

def test_whose_cameras_these_are(opened):
    window = opened({'title': 'Traffic in Example City',
                     'attribution': 'Cameras: © Example City <b>roads</b>',
                     'links': {'Legal notice': '/legal',
                               'Privacy': 'https://example.org/privacy'}})
    assert window.run('return document.title;') == 'Traffic in Example City'
    assert window.text('h1') == 'Traffic in Example City'
    assert window.text('#credits span') == 'Cameras: © Example City <b>roads</b>'
    assert window.run('return [...document.querySelectorAll("#credits a")]'
                      '.map((each) => [each.textContent, each.href]);') == [
        ['Legal notice', window.run('return location.origin;') + '/legal'],
        ['Privacy', 'https://example.org/privacy']]
    assert small_targets(window) == [] == too_wide(window)
    for dark in (False, True):
        window.look(dark=dark, still=True)
        window.screenshot('phone-credits' + '-dark' * dark)
        assert window.axe() == []
    watch(window, 2)
    window.until('document.title === "Zürich – Traffic in Example City"',
                 seconds=SOON)


# --- what an address may say ------------------------------------------------

def test_odd_addresses(opened):
    window = opened(hash='?status=nonsense&kiosk')
    assert window.run('return document.getElementById("status").selectedIndex;'
                      ) == 0
    # A kiosk without a wall is a map, not a blank page.
    assert window.find('#map').size['height'] > 700 * .9
    assert not window.find('#map').size['width'] < SMALL[0]
