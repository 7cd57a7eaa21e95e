"""The map page with many cameras: clusters of the server, at every zoom."""

import glob
import random
import shutil
import subprocess

import pytest
from selenium.webdriver.support.select import Select

from api import location
from env import HERE, SLOWNESS, wait_for
from map_page import (HTDOCS, MODULES, MapFolder, MapPages, listed,
                      shown_on_map)
from test_catalogue import catalogue, wait_for_generation
from views import set_cameras

COUNT = 6000
# So many of them are in one town, and five of these on one spot.
IN_TOWN, ON_SPOT = 40, 5
TOWN = (-18.14, 178.44)
SECTIONS = ''.join(f'<Location "/api/{name}">\nSetHandler cctv-{name}\n'
                   '</Location>\n' for name in ('changes', 'clusters'))


@pytest.fixture(scope='module')
def httpd(cluster, video, start_shared):
    folder = MapFolder()
    lat, lng = TOWN
    set_cameras(cluster, *(
        {'name': f'Camera {i}', 'lng': -150 + i * 0.618 % 300,
         'lat': -50 + i * 7.321 % 110,
         'role': ('traffic', 'police', 'public')[i % 3],
         'codec': 'MJPEG' if i % 7 == 0 else 'H.264',
         'status': 'offline' if i % 10 == 0 else 'online'}
        for i in range(COUNT - IN_TOWN)),
        *({'name': f'Suva {i}', 'role': 'harbour',
           'lng': lng + max(0, i - ON_SPOT) % 8 * 0.01,
           'lat': lat + max(0, i - ON_SPOT) // 8 * 0.01}
          for i in range(IN_TOWN)))
    httpd = start_shared(folder.config + location() + SECTIONS
                         + video.server(cluster) + catalogue(),
                         modules=MODULES)
    wait_for_generation(httpd)
    yield httpd
    folder.remove()


@pytest.fixture
def pages(httpd, windows):
    return MapPages(httpd, windows)


@pytest.fixture
def window(pages):
    return pages.open(still=True)


def shows(window, count, what):
    wait_for(lambda: shown_on_map(window) == count, what, 20 * SLOWNESS)


def notes(window, text):
    wait_for(lambda: window.find('#list-note').text == text, text,
             10 * SLOWNESS)


def go(window, lat, lng, zoom):
    window.run('cctv.map.go({latitude: arguments[0], longitude: arguments[1],'
               ' zoom: arguments[2]});', lat, lng, zoom)


def test_the_world_is_right_and_the_list_is_short(window, windows):
    shows(window, COUNT, 'all cameras')
    notes(window, '6,000 cameras in view; the list has 100 of them')
    wait_for(lambda: len(listed(window)) == 100, 'the list')
    assert [each.get_attribute('value') for each in window.all(
        '#roles input')] == ['harbour', 'police', 'public', 'traffic']
    assert [each.text for each in window.all('#legend .total')] == [
        '5,404', '596', '0']
    assert window.run('return cctv.cameras.byId.size;') < 300
    assert window.axe() == []
    window.screenshot('many-world')
    go(window, -18.12, 178.47, 11)
    notes(window, f'{IN_TOWN} cameras in view')
    shows(window, IN_TOWN, 'those here')
    wait_for(lambda: len(listed(window)) == IN_TOWN, 'all of them')
    asked = [each for each in windows.requests() if '/api/' in each]
    assert all('limit=1' in each for each in asked if '/cameras?' in each)
    go(window, 5, 0, 1)
    shows(window, COUNT, 'all cameras again')


def test_any_filter_counts_what_the_table_has(window, cluster):
    random.seed(16)
    roles = ['harbour', 'police', 'public', 'traffic']
    filters = [{
        'roles': random.choice([None, random.sample(roles, 2), roles[:1]]),
        'status': random.choice([None, 'online', 'offline']),
        'playable': random.random() < 0.4} for _ in range(50)]
    found = window.run('''
        const counts = [];
        for (const filter of arguments[0]) {
          cctv.cameras.setFilter(filter);
          await cctv.cameras.refresh();
          const shown = cctv.cameras.features.reduce((sum, {properties}) =>
            sum + (properties.count ?? 1), 0);
          counts.push([shown, cctv.cameras.counts().total]);
        }
        return counts;''', filters)
    rows = cluster.query("SELECT role, status, codec = 'H.264' AND stream_url "
                         'IS NOT NULL, count(*) FROM cameras GROUP BY 1, 2, 3')
    for wanted, (shown, total) in zip(filters, found):
        right = sum(count for role, status, playable, count in rows
                    if (wanted['roles'] is None or role in wanted['roles'])
                    and wanted['status'] in (None, status)
                    and (playable or not wanted['playable']))
        assert shown == total == right, wanted


def test_changes_are_counted(window, cluster):
    shows(window, COUNT, 'all cameras')

    def unknown():
        return window.run('return cctv.cameras.counts().unknown;')

    cluster.query("UPDATE cameras SET status = 'unknown' WHERE id % 2 = 0")
    wait_for(lambda: unknown() == COUNT // 2, 'half of them', 20 * SLOWNESS)
    cluster.query("UPDATE cameras SET status = 'online' WHERE id % 2 = 0")
    wait_for(lambda: unknown() == 0, 'none of them', 20 * SLOWNESS)
    cluster.query("INSERT INTO cameras (id, name, role, stream_url, geom) "
                  "SELECT 9000 + i, 'New', 'public', 'rtsp://a/b', "
                  "'SRID=4326;POINT(20 20)' FROM generate_series(1, 10) i")
    shows(window, COUNT + 10, 'the new ones')
    cluster.query('DELETE FROM cameras WHERE id > 9000')
    shows(window, COUNT, 'without the new ones')


def test_what_is_shown_stays_until_the_new_is_there(pages):
    window = pages.open('?at=20,10,3', still=True)
    window.until('document.querySelectorAll(".cctv-cluster").length > 20')
    window.order('Network.enable')
    window.order('Network.emulateNetworkConditions', offline=False,
                 latency=300, downloadThroughput=-1, uploadThroughput=-1)
    window.run('''
        window.least = Infinity;
        window.looks = 0;
        const look = () => {
          least = Math.min(least,
            document.querySelectorAll('.cctv-marker, .cctv-cluster').length);
          looks += 1;
          requestAnimationFrame(look);
        };
        look();
        const loaded = () => new Promise((resolve) => {
          cctv.cameras.addEventListener('change', resolve, {once: true});
        });
        for (const [longitude, zoom] of [[10, 4], [40, 4], [40, 3]]) {
          const done = loaded();
          cctv.map.go({latitude: 20, longitude, zoom});
          await done;
        }''')
    assert window.run('return looks;') > 10
    assert window.run('return least;') > 3


@pytest.mark.parametrize('key', [False, True])
def test_a_cluster_opens(window, key):
    shows(window, COUNT, 'all cameras')
    zoom = window.run('return cctv.map.place.zoom;')
    window.run('''
        const largest = [...document.querySelectorAll('.cctv-cluster')]
          .sort((a, b) => b.textContent - a.textContent)[0];
        largest.focus();
        if (arguments[0]) {
          largest.dispatchEvent(new KeyboardEvent('keydown', {
            key: 'Enter', keyCode: 13, bubbles: true}));
        } else {
          largest.click();
        }''', key)
    wait_for(lambda: window.run('return cctv.map.place.zoom;') > zoom,
             'a nearer view', 10 * SLOWNESS)
    window.until('document.activeElement.matches('
                 '".cctv-cluster, .cctv-marker")', seconds=10 * SLOWNESS)


def test_cameras_on_one_spot_are_spread_out(pages):
    lat, lng = TOWN
    window = pages.open(f'?at={lat},{lng},17', still=True)
    window.until('document.querySelector(".cctv-cluster text")?.textContent'
                 ' === arguments[0]', str(ON_SPOT + 1))
    window.click('.cctv-cluster')
    wait_for(lambda: len(window.all('.cctv-marker')) == ON_SPOT + 1,
             'each of them', 10 * SLOWNESS)
    assert not window.all('.cctv-cluster')
    places = {(each.rect['x'], each.rect['y'])
              for each in window.all('.cctv-marker')}
    assert len(places) == ON_SPOT + 1
    window.screenshot('many-on-one-spot')
    window.click('.cctv-marker')
    window.find('.tile')
    window.press('escape')
    window.click('#map')
    window.find('.cctv-cluster')
    assert not window.all('.cctv-marker')


def test_a_cluster_shows_that_a_camera_of_it_plays(pages, cluster):
    window = pages.open(f'?at=20,150,2#camera={COUNT}', still=True)
    window.until('document.querySelectorAll(".cctv-cluster.cctv-playing")'
                 '.length === 1')
    assert 'one of them plays' in window.find(
        '.cctv-cluster.cctv-playing').get_attribute('aria-label')
    # The blue around it leaves 23 of its 40 for the number.
    widths = window.run('''
        const marker = document.querySelector('.cctv-playing');
        const text = marker.querySelector('text');
        const {digits} = marker.dataset;
        const {textContent} = text;
        const widths = [1, 2, 3, 4, 5, 6, 7, 8].map((many) => {
          marker.dataset.digits = many;
          text.textContent = '8'.repeat(many);
          return text.getBBox().width;
        });
        marker.dataset.digits = digits;
        text.textContent = textContent;
        return widths;''')
    assert max(widths) < 23, widths
    window.run('''document.querySelector('.tile').dispatchEvent(
        new PointerEvent('pointerover', {bubbles: true}));''')
    window.until('document.querySelector(".cctv-playing.cctv-lit")')
    # Its changes are told although it is in a cluster.
    assert not window.run('return cctv.cameras.byId.has(arguments[0]);', COUNT)
    cluster.query("UPDATE cameras SET name = 'Nadi' WHERE id = %s", [COUNT])
    try:
        wait_for(lambda: window.text('.tile .where') == 'Nadi', 'its new name',
                 10 * SLOWNESS)
    finally:
        cluster.query("UPDATE cameras SET name = 'Suva 39' WHERE id = %s",
                      [COUNT])


def test_what_is_computed_without_a_map(tmp_path):
    for path in glob.glob(HTDOCS + '/*.js'):
        shutil.copy(path, tmp_path)
    # Old versions of node take a .js for another kind of module without this.
    (tmp_path / 'package.json').write_text('{"type": "module"}')
    done = subprocess.run(
        ['node', HERE + '/types/geometry.mjs', str(tmp_path)], timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding='utf-8',
        check=False)
    assert (done.returncode, done.stdout) == (0, '')
