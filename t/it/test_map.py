"""The map page without pictures: Janus is a stand-in. test_map_real.py tests
pictures, test_map_states.py the texts of tiles."""

import pytest
from selenium.webdriver.support.select import Select

from api import location
from client import allow
from env import wait_for
from map_page import (MODULES, WORDS, MapFolder, MapPages, listed, playing,
                      shown_on_map)
from postgres import DOWN, stopped
from views import set_cameras

BRIDGE, CAMDEN, PARK, PARIS, TOKYO, SUVA = range(1, 7)
CAMERAS = (
    {'name': 'London, Tower Bridge', 'lng': -0.0754, 'lat': 51.5055,
     'heading': 90, 'field_of_view': 60},
    {'name': 'London, Camden', 'lng': -0.1426, 'lat': 51.539,
     'status': 'offline', 'role': 'traffic'},
    {'name': 'London, Hyde Park', 'lng': -0.1657, 'lat': 51.5073,
     'status': 'unknown'},
    {'name': 'Paris, Opéra', 'lng': 2.3316, 'lat': 48.8719, 'role': 'police',
     'codec': 'H.265'},
    {'name': 'Tokyo, Shibuya', 'lng': 139.7, 'lat': 35.66, 'role': 'traffic'},
    {'name': 'Suva', 'lng': 178.44, 'lat': -18.14})
LONDON = ['London, Camden', 'London, Hyde Park', 'London, Tower Bridge']
ALL = [*LONDON, 'Paris, Opéra', 'Suva', 'Tokyo, Shibuya']
LONG = 'A' * 150 + ' ' + 'b' * 49
HOSTILE = ['<img src=x onerror="window.hacked=1">',
           '"><script>hacked=1</script>', 'حديقة ٣ <b>', '📷 👩‍👩‍👧 🏳️‍🌈',
           LONG, '{camera} ${x} %s &amp;', '\u202egpj.exe']



@pytest.fixture(scope='module')
def httpd(cluster, video, start_shared):
    folder = MapFolder()
    yield start_shared(
        folder.config + location()
        + video.server(cluster, 'CCTVRoles "%{file:{folder}/roles}"\n'),
        modules=MODULES)
    folder.remove()


@pytest.fixture
def pages(httpd, cluster, windows):
    set_cameras(cluster, *CAMERAS)
    allow(httpd, 'public,traffic,police,hidden')
    return MapPages(httpd, windows)


@pytest.fixture
def window(pages):
    return pages.open(still=True)


def row(camera):
    return f'#cameras [data-id="{camera}"]'


def marker(camera):
    return f'.cctv-marker[data-id="{camera}"]'


def tile(camera):
    return f'.tile[data-id="{camera}"]'


def label(window, selector):
    return window.find(selector).get_attribute('aria-label')


def go_to(window, camera, zoom=12):
    window.run('cctv.map.flyTo(await cctv.client.camera(arguments[0]),'
               ' {zoom: arguments[1]});', camera, zoom)


def lists(window, names):
    """Waits until the list has these names."""
    try:
        wait_for(lambda: listed(window) == names, f'the list has {names}', 5)
    except AssertionError as error:
        raise AssertionError(f'{error}: {listed(window)}') from None


def says(window, text, selector='#message'):
    wait_for(lambda: text in window.find(selector).text, f'it says {text}', 8)


# --- moving the map ---------------------------------------------------------

def test_all_cameras_at_first(window):
    window.screenshot('world')
    lists(window, ALL)
    says(window, '6 cameras in view', '#list-note')
    assert shown_on_map(window) == 6
    assert label(window, marker(TOKYO)) == 'Tokyo, Shibuya, online'
    assert label(window, '.cctv-cluster') == (
        '4 cameras: 2 online, 1 offline, 1 unknown; press Enter to zoom in')
    assert window.text('.leaflet-control-attribution').startswith(
        'Natural Earth')
    assert window.axe() == []


def test_a_camera_in_the_box_of_a_cluster_but_not_of_it(pages, cluster):
    """At the greatest zoom; the fourth is too far from the first one."""
    pixel = 360 / 256 / 2 ** 19
    set_cameras(cluster, *({'name': f'{x}, {y}', 'lng': 10 + x * pixel,
                            'lat': y * pixel}
                           for x, y in ((0, 0), (35, 0), (0, 35), (35, 35))))
    window = pages.open('?at=0,10,19', still=True)
    wait_for(lambda: window.all('.cctv-cluster')
             and window.text('.cctv-cluster text') == '3', 'three in one')
    assert window.all(marker(4))
    window.click('.cctv-cluster')
    wait_for(lambda: [len(window.all(each)) for each in
                      ('.cctv-marker', '.cctv-cluster')] == [4, 0],
             'the three stand around their place')
    at = 'return document.querySelector(arguments[0]).style.transform;'
    assert len({window.run(at, marker(each)) for each in range(1, 5)}) == 4


def test_cameras_all_around_the_world(pages, cluster):
    """The smallest box around them ends at no meridian that matters."""
    set_cameras(cluster, *({'lng': lng} for lng in range(-175, 180, 30)))
    window = pages.open(still=True)
    assert abs(window.run('return cctv.map.place.longitude;')) < 1


def test_into_a_cluster_and_on(window):
    window.click('.cctv-cluster')
    lists(window, [*LONDON, 'Paris, Opéra'])
    says(window, '4 cameras in view', '#list-note')
    go_to(window, BRIDGE)
    lists(window, LONDON)
    assert label(window, marker(CAMDEN)) == 'London, Camden, offline'
    window.screenshot('london')
    window.drag('#map', -400, 0)
    lists(window, ['London, Tower Bridge'])
    window.drag('#map', 400, 0)
    lists(window, LONDON)


def test_what_was_loaded_is_not_asked_for_again(windows, window):
    windows.requests()
    go_to(window, BRIDGE)
    lists(window, LONDON)
    assert [each for each in windows.requests() if 'bbox' in each] == []


def test_over_the_end_of_the_world(window):
    go_to(window, SUVA, 4)
    lists(window, ['Suva'])
    window.drag('#map', -400, 0)
    window.drag('#map', -400, 0)
    lists(window, [])
    window.drag('#map', 400, 0)
    window.drag('#map', 400, 0)
    lists(window, ['Suva'])
    assert shown_on_map(window) == 1


def test_only_one_status(window):
    lists(window, ALL)
    status = Select(window.find('#status'))
    for value, names in (
            ('online', ['London, Tower Bridge', 'Paris, Opéra', 'Suva',
                        'Tokyo, Shibuya']),
            ('offline', ['London, Camden']),
            ('unknown', ['London, Hyde Park'])):
        status.select_by_value(value)
        lists(window, names)
        wait_for(lambda: shown_on_map(window) == len(names), 'so many')
    status.select_by_value('')
    lists(window, ALL)


def test_only_some_roles(window):
    lists(window, ALL)
    boxes = window.all('#roles input')
    assert [each.get_attribute('value') for each in boxes] == [
        'police', 'public', 'traffic']
    boxes[1].click()
    lists(window, ['London, Camden', 'Paris, Opéra', 'Tokyo, Shibuya'])
    boxes[0].click()
    lists(window, ['London, Camden', 'Tokyo, Shibuya'])
    wait_for(lambda: shown_on_map(window) == 2, 'two on the map')
    Select(window.find('#status')).select_by_value('offline')
    lists(window, ['London, Camden'])
    boxes[2].click()
    lists(window, [])
    says(window, 'Nothing found', '#list-note')
    boxes[1].click()
    Select(window.find('#status')).select_by_value('')
    lists(window, ['London, Hyde Park', 'London, Tower Bridge', 'Suva'])


def test_a_search(window):
    go_to(window, TOKYO)
    lists(window, ['Tokyo, Shibuya'])
    window.type('#search', 'LONDON')
    wait_for(lambda: sorted(listed(window)) == LONDON, 'all three', 5)
    says(window, '3 cameras found', '#list-note')
    Select(window.find('#status')).select_by_value('offline')
    lists(window, ['London, Camden'])
    Select(window.find('#status')).select_by_value('')
    window.type('#search', 'opera paris')
    lists(window, ['Paris, Opéra'])
    assert [each.text for each in window.all('.row mark')] == [
        'Paris', 'Opéra']
    window.type('#search', f'#{SUVA}')
    lists(window, ['Suva'])
    window.type('#search', '% nowhere')
    lists(window, [])
    says(window, 'Nothing found', '#list-note')
    window.screenshot('nothing-found')
    assert window.axe() == []
    window.type('#search', '')
    lists(window, ['Tokyo, Shibuya'])


def test_words_find_their_camera(pages, cluster):
    """As people type them, among the first three of many."""
    set_cameras(cluster, *(
        {'name': f'{place}, Exit {number}'} for number in range(1, 40)
        for place in ('London', 'Northampton', 'Kingston')),
        {'name': 'North of London'}, {'name': 'Southwark, London Road North'},
        {'id': 5970, 'name': 'London, North Entrance'},
        {'id': 5971, 'name': 'Harbour, Gate 2'},
        {'id': 5972, 'name': 'Vienna, Café Central'},
        {'id': 5973, 'name': 'London, King’s Cross'},
        {'name': 'Cafeteria'}, {'name': 'Camera 59710'})
    window = pages.open(still=True)
    for text, name in (('london north', 'London, North Entrance'),
                       ('cafe', 'Vienna, Café Central'),
                       ('kings cross', 'London, King’s Cross'),
                       ('#5971', 'Harbour, Gate 2'),
                       ('entrance north', 'London, North Entrance')):
        window.type('#search', text)
        wait_for(lambda: name in listed(window)[:3], f'{text} finds {name}', 5)


def test_slash_and_arrows(window):
    lists(window, ALL)
    window.run('document.activeElement.blur();')
    window.press('/')
    assert window.has_focus('#search')
    window.press('arrow_down')
    assert window.has_focus(row(CAMDEN))
    window.press('arrow_down')
    assert window.has_focus(row(PARK))
    window.press('home', 'arrow_up')
    assert window.has_focus('#search')
    assert len(window.all('#cameras button:not([tabindex="-1"])')) == 1


def test_keys_and_few_tab_stops(pages, cluster):
    set_cameras(cluster, *({'name': f'Camera {number}', 'lng': number * 30}
                           for number in range(1, 6)),
                *({'name': f'More {number}', 'lng': 45} for number in range(95)))
    # What plays gets online, and may do so after the next test has begun.
    window = pages.open('#camera=1,4', still=True)
    wait_for(lambda: len(listed(window)) > 90, 'the list', 5)
    window.press('2')
    assert window.has_focus('#wall .tiles > :nth-child(2) *')
    window.press('?')
    assert 'Full screen' in window.text('#help')
    assert window.axe() == []
    window.press('escape')
    window.until('!document.getElementById("help").open')
    stops = window.run('''
        return [...document.querySelectorAll('a[href], button, input, select, '
          + 'summary, video[controls], [tabindex]')]
          .filter((each) => each.tabIndex >= 0 && !each.disabled
            && each.checkVisibility());''')
    assert len(stops) <= 45
    window.type('#search', '/1f?')
    assert window.run('return document.getElementById("search").value;') == (
        '/1f?')


def test_chips_count_filter_and_restore(window, cluster):
    def totals():
        return [each.get_attribute('textContent')
                for each in window.all('#legend .total')]

    lists(window, ALL)
    wait_for(lambda: totals() == ['4', '1', '1'], 'the chips', 5)
    assert label(window, '#legend [data-status=offline]') == (
        '1 camera offline')
    window.click('#legend [data-status=offline]')
    lists(window, ['London, Camden'])
    assert 'offline since ' in window.text(row(CAMDEN) + ' .facts')
    assert window.find('#legend [data-status=offline]').get_attribute(
        'aria-pressed') == 'true'
    window.click('#playable')
    window.type('#search', 'nowhere')
    window.click('#reset')
    lists(window, ALL)
    assert window.has_focus('#search')
    window.click('#playable')
    lists(window, [name for name in ALL if 'Paris' not in name])
    assert window.axe() == []
    window.screenshot('chips')


def test_a_hit_is_flown_to_and_plays(window):
    window.type('#search', 'suva')
    lists(window, ['Suva'])
    window.click(row(SUVA))
    window.find(tile(SUVA))
    assert playing(window) == [SUVA]
    window.find(marker(SUVA))
    assert window.run('return cctv.map.view().zoom;') == 16


def test_animated(pages):
    """With animations, as for most users; other tests switch them off."""
    window = pages.open()
    window.click('.cctv-cluster')
    lists(window, [*LONDON, 'Paris, Opéra'])
    window.type('#search', 'suva')
    lists(window, ['Suva'])
    window.click(row(SUVA))
    window.until('document.querySelector(arguments[0])', marker(SUVA))


# --- playing cameras --------------------------------------------------------

def test_one_after_the_other(window):
    window.click(row(BRIDGE))
    window.find(tile(BRIDGE))
    assert window.run('return document.title;') == (
        'London, Tower Bridge – Cameras')
    assert window.find(row(BRIDGE)).get_attribute('aria-current') == 'true'
    window.click(row(TOKYO))
    window.find(tile(TOKYO))
    assert playing(window) == [TOKYO]
    assert window.run('return location.hash;') == f'#camera={TOKYO}'
    window.click(tile(TOKYO) + ' .close')
    assert playing(window) == []
    assert window.run('return location.hash;') == ''
    assert not window.find('#map').find_elements('css selector', '#wall')
    assert window.run('return document.title;') == 'Cameras'


def test_ctrl_and_a_click_adds(window):
    window.click(row(BRIDGE))
    window.click(row(SUVA), 'control')
    # The wall with two cameras leaves less room for the map.
    lists(window, ['Suva', 'Tokyo, Shibuya'])
    window.click(row(TOKYO), 'shift')
    assert playing(window) == [BRIDGE, SUVA, TOKYO]
    assert window.text('#wall-title') == '3 cameras'
    window.click(tile(SUVA) + ' .close')
    assert playing(window) == [BRIDGE, TOKYO]
    window.click('#wall .close-all')
    assert playing(window) == []


def test_the_button_for_a_wall(pages, cluster):
    set_cameras(cluster, *({'name': f'Camera {number}', 'lng': number}
                           for number in range(1, 11)))
    window = pages.open('?at=20,0,1', still=True)
    window.click('#wall-mode')
    assert window.find('#wall-mode').get_attribute('aria-pressed') == 'true'
    for number in range(1, 10):
        window.click(row(number))
    assert playing(window) == list(range(1, 10))
    window.screenshot('nine')
    assert window.run('return location.hash;') == '#camera=' + ','.join(
        map(str, range(1, 10)))
    window.click(tile(4) + ' .close')
    window.click(row(10))
    assert playing(window) == [1, 2, 3, 5, 6, 7, 8, 9, 10]
    window.click('#wall-mode')
    window.click(row(4))
    assert playing(window) == [4]


@pytest.mark.parametrize('size, tiles, columns', [
    ((1280, 800), 4, 2), ((2560, 1440), 9, 3), ((2560, 1440), 1, 1)])
def test_the_wall_uses_its_place(pages, cluster, size, tiles, columns):
    set_cameras(cluster, *({'name': f'Camera {number}', 'lng': number}
                           for number in range(1, 11)))
    window = pages.open('#camera=' + ','.join(
        str(number + 1) for number in range(tiles)), size=size, still=True)
    wait_for(lambda: len(window.all('.tile')) == tiles, 'all tiles')
    places = [each.rect for each in window.all('.tile')]
    assert len({round(place['x']) for place in places}) == columns
    wall = window.find('#wall').rect
    for place in places:
        assert place['x'] >= wall['x'] - 1
        assert place['y'] + place['height'] <= wall['y'] + wall['height'] + 1
    window.screenshot(f'wall-{tiles}-{size[0]}')


def test_what_cannot_be_played_says_why(window):
    window.click(row(PARIS))
    says(window, WORDS['ended', 'codec'], tile(PARIS))
    assert window.run('return document.querySelector(arguments[0])'
                      '.dataset.state;', tile(PARIS)) == 'ended'


# --- by the keyboard alone --------------------------------------------------

def test_the_keyboard_from_the_list(window):
    lists(window, ALL)
    window.tab_to('#search')
    window.tab_to('#cameras .row')
    window.press('end')
    assert window.has_focus(row(TOKYO))
    window.press('enter')
    window.find(tile(TOKYO))
    assert window.has_focus(row(TOKYO))
    window.tab_to(tile(TOKYO) + ' .close')
    window.press('enter')
    assert playing(window) == []
    assert window.has_focus(row(TOKYO))
    window.press('space')
    window.tab_to(tile(TOKYO) + ' .where')
    window.press('escape')
    assert playing(window) == []
    assert window.has_focus(row(TOKYO))


def test_the_keyboard_from_the_map(window):
    lists(window, ALL)
    window.tab_to(marker(SUVA))
    assert focus_is_seen(window)
    window.press('enter')
    window.find(tile(SUVA))
    assert window.has_focus(marker(SUVA))
    for _ in range(30):
        window.press('backtab')
        if window.has_focus(tile(SUVA) + ' .close'):
            break
    window.press('escape')
    assert playing(window) == []
    assert window.has_focus(marker(SUVA))


@pytest.mark.parametrize('still', [True, False])
def test_the_keyboard_into_a_cluster(pages, still):
    window = pages.open(still=still)
    lists(window, ALL)
    window.tab_to('.cctv-cluster')
    assert focus_is_seen(window)
    window.press('enter')
    lists(window, [*LONDON, 'Paris, Opéra'])
    window.until('document.activeElement.matches('
                 '".cctv-cluster, .cctv-marker")')


def test_skip_links(window):
    window.press('tab')
    assert window.run('return document.activeElement.textContent;') == (
        'Skip to the list of cameras')
    window.press('enter')
    assert window.has_focus('#search')


def focus_is_seen(window):
    return window.run('''
        const {outlineStyle, outlineWidth} =
          getComputedStyle(document.activeElement);
        return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;''')


# --- addresses --------------------------------------------------------------

def test_a_link_to_cameras(pages):
    window = pages.open(f'#camera={TOKYO},{SUVA}', still=True)
    assert playing(window) == [TOKYO, SUVA]
    for camera in (TOKYO, SUVA):
        window.find(tile(camera))
        window.find(marker(camera))
    for hash, ids in (('#camera=5', [5]), ('#camera=6%2C5', [6, 5]),
                      ('#camera=5,5', [5]), ('#', [])):
        window.run('location.hash = arguments[0];', hash)
        wait_for(lambda: playing(window) == ids, hash, 5)
    assert not window.all('#message p')


def test_nonsense_in_the_address_is_told(pages, windows):
    windows.expect('status of 404', 'status of 422')
    window = pages.open('#camera=5,<b>', still=True)
    says(window, 'no numbers')
    assert playing(window) == [5]
    for hash in ('#nonsense', '#camera=', '#camera=x', '#camera=-5',
                 '#camera=99999999999999999999'):
        window.click('#message .dismiss')
        window.run('location.hash = arguments[0];', hash)
        says(window, 'does not name a camera')
        assert playing(window) == [5]
    window.run('location.hash = arguments[0];',
               '#camera=' + ','.join(map(str, range(1, 40))))
    says(window, 'more than 16')
    assert playing(window) == list(range(1, 17))


def test_a_camera_that_does_not_exist(pages, windows):
    windows.expect('status of 404')
    window = pages.open('#camera=4711', still=True)
    says(window, 'There is no such camera', tile(4711))
    assert window.text(tile(4711) + ' h3') == 'Camera 4711'


def test_back_and_forth(window):
    window.click(row(BRIDGE))
    window.click(row(TOKYO))
    # The place of the map is in the query, and may have changed meanwhile.
    window.run('history.replaceState(history.state, "", '
               'location.pathname + "?q=" + location.hash);')
    window.run('history.back();')
    window.until('cctv.wall.ids.join() === arguments[0]', str(BRIDGE))
    window.run('history.back();')
    window.until('!cctv.wall.ids.length')
    window.run('history.forward();')
    window.until('cctv.wall.ids.join() === arguments[0]', str(BRIDGE))
    window.run('location.hash = "#camera=6";')
    window.until('cctv.wall.ids.join() === "6"')


# --- hostile names ----------------------------------------------------------

def test_hostile_names(pages, cluster):
    set_cameras(cluster, *({'name': name, 'lng': 20 * number}
                           for number, name in enumerate(HOSTILE)))
    ids = list(range(1, len(HOSTILE) + 1))
    window = pages.open('#camera=' + ','.join(map(str, ids)), still=True)
    wait_for(lambda: sorted(listed(window)) == sorted(HOSTILE), 'the list', 5)
    for camera, name in zip(ids, HOSTILE):
        assert window.run('return document.querySelector(arguments[0])'
                          '.textContent;', row(camera) + ' .name') == name
        window.until('document.querySelector(arguments[0]).textContent'
                     ' === arguments[1]', tile(camera) + ' .where', name)
        assert window.run('return document.querySelector(arguments[0])'
                          '.dir;', tile(camera) + ' .where') == 'auto'
    window.screenshot('hostile-names')
    for camera, name in zip(ids, HOSTILE):
        go_to(window, camera)
        assert label(window, marker(camera)).startswith(name + ', online')
        window.run('location.hash = arguments[0];', f'#camera={camera}')
        window.until('document.title.startsWith(arguments[0])',
                     ' '.join(name.split()))
    assert window.run('return window.hacked === undefined'
                      ' && !document.querySelector("img[src=x], b");')


@pytest.mark.parametrize('phone', [False, True])
def test_long_names_break_nothing(pages, cluster, phone):
    set_cameras(cluster, {'name': 'x' * 200}, {'name': LONG, 'lng': 90})
    window = pages.open('#camera=1,2', still=True, phone=phone)
    window.until('document.querySelector(".tile .where").textContent.length'
                 ' > 100')
    window.screenshot('long-names' + ('-phone' if phone else ''))
    assert window.run('const {scrollWidth, clientWidth} ='
                      ' document.documentElement;'
                      'return scrollWidth <= clientWidth;')
    for each in window.all('.tile .close'):
        assert each.rect['x'] + each.rect['width'] <= (
            390 if phone else 1280)


# --- changes while the page is open -----------------------------------------

def test_changes_are_shown_by_themselves(window, cluster):
    lists(window, ALL)
    cluster.query("UPDATE cameras SET status = 'offline' WHERE id = %s",
                  [TOKYO])
    cluster.query('DELETE FROM cameras WHERE id = %s', [SUVA])
    cluster.query("UPDATE cameras SET name = 'Paris, Louvre' WHERE id = %s",
                  [PARIS])
    window.until('document.querySelector(arguments[0]).dataset.status'
                 ' === "offline"', marker(TOKYO), seconds=20)
    lists(window, [*LONDON, 'Paris, Louvre', 'Tokyo, Shibuya'])
    assert 'offline' in window.text(row(TOKYO))
    assert not window.all(marker(SUVA))
    assert label(window, marker(TOKYO)) == 'Tokyo, Shibuya, offline'


def test_new_cameras_and_moved_ones(window, cluster):
    cluster.query('UPDATE cameras SET geom = ST_SetSRID(ST_MakePoint(%s, %s),'
                  ' 4326) WHERE id = %s', [-70, -33, SUVA])
    cluster.query(
        'INSERT INTO cameras (id, name, role, stream_url, codec, status, geom)'
        " SELECT 7, 'Cairo', 'hidden', stream_url, codec, 'online',"
        ' ST_SetSRID(ST_MakePoint(31, 30), 4326) FROM cameras WHERE id = %s',
        [SUVA])
    before = window.find(marker(SUVA)).rect
    window.run('await cctv.cameras.refresh();')
    lists(window, ['Cairo', *ALL])
    assert window.find(marker(SUVA)).rect['x'] < before['x']
    assert 'hidden' in window.text('#roles')


def test_no_marker_stays_where_a_camera_was(pages, cluster):
    """A camera that moved while all markers were built again once had two
    markers."""
    set_cameras(cluster, *CAMERAS[4:])
    window = pages.open('?at=20,0,1', still=True)
    for lng in (-70, -100, 20):
        cluster.query('UPDATE cameras SET geom = ST_SetSRID(ST_MakePoint('
                      '%s, 0), 4326) WHERE id = 2', [lng])
        before = window.find(marker(2)).rect['x']
        window.run('await cctv.cameras.refresh();')
        wait_for(lambda: window.find(marker(2)).rect['x'] != before, 'moved')
        assert len(window.all('.cctv-marker')) == 2
        assert shown_on_map(window) == 2


def test_the_focus_stays_where_it_is(window, cluster):
    lists(window, ALL)
    window.tab_to(marker(TOKYO))
    cluster.query("UPDATE cameras SET status = 'unknown'")
    window.run('await cctv.cameras.refresh();')
    window.until('document.querySelector(arguments[0]).dataset.status'
                 ' === "unknown"', marker(TOKYO))
    assert window.has_focus(marker(TOKYO))


def test_the_database_stops_and_is_back(window, windows, httpd, cluster,
                                        healthy):
    windows.expect('status of 503')
    httpd.expect(*DOWN)
    lists(window, ALL)
    with stopped(cluster):
        window.run('cctv.cameras.refresh();')
        says(window, 'The server cannot answer at the moment.')
        window.screenshot('database-stopped')
        assert window.axe() == []
        assert listed(window) == ALL and shown_on_map(window) == 6
    window.until('!document.querySelector("#message p")', seconds=12)


def test_the_server_stops_and_is_back(window, windows, httpd):
    windows.expect('ERR_CONNECTION_REFUSED')
    lists(window, ALL)
    httpd.stop()
    window.run('cctv.cameras.refresh();')
    says(window, 'The server cannot be reached.')
    assert listed(window) == ALL
    httpd.start(httpd.port)
    window.until('!document.querySelector("#message p")', seconds=12)


def test_opened_while_the_database_is_away(pages, windows, httpd, cluster,
                                           healthy):
    windows.expect('status of 503')
    httpd.expect(*DOWN)
    with stopped(cluster):
        window = windows.open(pages.origin + '/map/', still=True)
        says(window, 'The server cannot answer at the moment.')
    window.until('cctv.cameras.byId.size === 6', seconds=12)
    lists(window, ALL)


def test_roles_that_are_withdrawn(window, httpd):
    lists(window, ALL)
    allow(httpd, 'public')
    window.run('await cctv.cameras.refresh();')
    lists(window, ['London, Hyde Park', 'London, Tower Bridge', 'Suva'])
    wait_for(lambda: shown_on_map(window) == 3, 'three on the map')


def test_no_cameras_at_all(pages, cluster):
    set_cameras(cluster)
    window = pages.open(still=True)
    says(window, 'No cameras in view', '#list-note')
    assert window.axe() == []


# --- on a phone, and in the dark --------------------------------------------

def test_on_a_phone(pages):
    window = pages.open(phone=True, still=True)
    assert not window.find('#list-toggle').get_attribute(
        'aria-expanded') == 'true'
    window.screenshot('phone')
    window.click('#list-toggle')
    lists(window, ALL)
    window.screenshot('phone-list')
    assert window.axe() == []
    window.click(row(TOKYO))
    window.find(tile(TOKYO) + ' .state')
    window.click('#list-toggle')
    window.screenshot('phone-panel')
    video = window.find(tile(TOKYO) + ' .picture').rect
    assert video['x'] >= 0 and video['x'] + video['width'] <= 390
    assert video['width'] > 300
    window.find('#map')
    assert window.run('const {scrollWidth, clientWidth} ='
                      ' document.documentElement;'
                      'return scrollWidth <= clientWidth;')
    assert window.axe() == []


def test_a_tap_on_a_marker(pages):
    window = pages.open(phone=True, still=True)
    go_to(window, TOKYO)
    place = window.find(marker(TOKYO)).rect
    at = [{'x': place['x'] + place['width'] / 2,
           'y': place['y'] + place['height'] / 2}]
    window.order('Input.dispatchTouchEvent', type='touchStart',
                 touchPoints=at)
    window.order('Input.dispatchTouchEvent', type='touchEnd', touchPoints=[])
    window.find(tile(TOKYO))
    assert playing(window) == [TOKYO]


def test_in_the_dark(pages):
    window = pages.open(dark=True, still=True)
    window.click(row(TOKYO))
    window.find(tile(TOKYO))
    window.screenshot('dark')
    assert window.axe() == []
    colour = 'return getComputedStyle(document.body).backgroundColor;'
    dark = window.run(colour)
    window.look(dark=False, still=True)
    assert window.run(colour) != dark


# --- requests of the page ---------------------------------------------------

def test_nothing_but_the_server_is_asked(pages, windows):
    windows.requests()
    window = pages.open(still=True)
    window.click('.cctv-cluster')
    window.type('#search', 'tokyo')
    lists(window, ['Tokyo, Shibuya'])
    window.click(row(TOKYO))
    window.find(tile(TOKYO))
    asked = windows.requests()
    assert len(asked) > 20
    assert [each for each in asked
            if not each.startswith(pages.origin + '/')] == []
