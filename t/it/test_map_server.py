"""cctv-map.conf: what Apache serves below /map/, and with which headers."""

import gzip
import http.client
import json
import os

import pytest

from env import REPO
from test_config import accepted, refused

CONF = REPO + '/conf/cctv-map.conf'
HTDOCS = REPO + '/htdocs'
LEAFLET = '/usr/share/javascript/leaflet'
NEEDED = ('alias', 'dir', 'headers', 'mime')
# As in Debian's apache2.conf. The types come from cctv-map.conf itself.
AROUND = ('TypesConfig /dev/null\n<Directory "/">\nRequire all denied\n'
          'AllowOverride None\n</Directory>\n')
CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; "
       "img-src 'self' data:{}; connect-src 'self'; media-src 'self' blob:; "
       "font-src 'none'; base-uri 'none'; form-action 'none'; "
       "frame-ancestors 'self'{}")


def map_config(before='', after=''):
    """`after` is a site that is configured after the page."""
    return (f'{AROUND}Define CCTV_MAP "{{folder}}/page"\n'
            f'Define CCTV_MAP_CONFIG "{{folder}}/own"\n'
            f'{before}\nInclude "{CONF}"\n{after}')


class Site:
    """An Apache with a copy of the page that the server's user can read."""

    def __init__(self, written, started, config, own=None, modules=NEEDED):
        self.httpd = written(config, modules=modules)
        self.folder = self.httpd.folder
        os.mkdir(self.folder + '/own')
        os.mkdir(self.folder + '/page')
        for name in os.listdir(HTDOCS):
            with open(f'{HTDOCS}/{name}', 'rb') as file:
                self.put('page/' + name, file.read())
        if own is not None:
            self.put('own/config.json', own.encode())
        started(self.httpd)
        self.get = self.httpd.get

    def put(self, name, content):
        with open(f'{self.folder}/{name}', 'wb') as file:
            file.write(content)


@pytest.fixture
def site(written):
    """site(config, own=…, modules=…) → a Site; own: its config.json."""
    started = []

    def start(httpd):
        started.append(httpd)
        httpd.start()
    yield lambda *arguments, **options: Site(
        written, start, *arguments, **options)
    for httpd in reversed(started):
        httpd.stop()
        assert httpd.unexpected() == []


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def test_page_and_its_parts(site):
    page = site(map_config())
    types = {'html': 'text/html; charset=utf-8', 'js': 'text/javascript',
             'css': 'text/css', 'json': 'application/json',
             'svg': 'image/svg+xml', 'png': 'image/png',
             'ts': 'application/typescript'}
    for name in os.listdir(HTDOCS):
        reply = page.get('/map/' + name)
        assert reply.status == 200, name
        assert reply.headers['Content-Type'].lower() == types[
            name.rpartition('.')[2]], name
        assert reply.body == read(f'{HTDOCS}/{name}'), name
    reply = page.get('/map/')
    assert (reply.status, reply.body) == (200, read(HTDOCS + '/index.html'))
    for name, kind in (('leaflet.min.js', 'text/javascript'),
                       ('leaflet.css', 'text/css'),
                       ('images/layers.png', 'image/png')):
        reply = page.get('/map/leaflet/' + name)
        assert (reply.status, reply.headers['Content-Type']) == (200, kind)
        assert reply.body == read(f'{LEAFLET}/{name}'), name


def test_address_without_slash(site):
    page = site(map_config())
    for path, where in (('/map', 'map/'), ('/map?a=b', 'map/?a=b')):
        reply = page.get(path)
        assert (reply.status, reply.headers['Location']) == (301, where)
    page.httpd.expect('AH01630')
    assert page.get('/mapx').status == 403, 'the site around it'
    assert page.get('/map/leaflet/').status == 404


def headers_of(page, path, status):
    reply = page.get(path)
    assert reply.status == status, path
    return reply.headers


@pytest.mark.parametrize('tiles, frames, location', [
    ('', '', ''), ('https://tile.example.org', '', 'Define CCTV_MAP_GEOLOCATION'),
    ('https://a.tile.example.org https://b.tile.example.org',
     'https://a.example.org https://b.example.org', '')])
def test_headers_of_answers_and_errors(site, tiles, frames, location):
    page = site(map_config(
        f'Define CCTV_MAP_TILES "{tiles}"\n' * bool(tiles)
        + f'Define CCTV_MAP_FRAME_ANCESTORS "{frames}"\n' * bool(frames)
        + location))
    for path, status in (('/map/', 200), ('/map/world.json', 200),
                         ('/map/leaflet/leaflet.min.js', 200),
                         ('/map/config.json', 200), ('/map', 301),
                         ('/map/nowhere.js', 404)):
        headers = headers_of(page, path, status)
        for name, value in (
                ('Content-Security-Policy', CSP.format(
                    tiles and ' ' + tiles, frames and ' ' + frames)),
                ('X-Content-Type-Options', 'nosniff'),
                ('Referrer-Policy', 'strict-origin-when-cross-origin'),
                ('Permissions-Policy',
                 'camera=(), microphone=(), geolocation='
                 + ('(self)' if location else '()'))):
            assert headers.get_all(name) == [value], (path, name)
        assert status != 200 or headers.get_all('Cache-Control') == [
            'no-cache']


def cors_of(reply):
    return {name: reply.headers[name] for name in (
        'Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials',
        'Vary') if reply.headers[name]}


def test_scripts_for_pages_of_other_origins(site):
    listed, other = 'https://portal.example.org', 'https://evil.example'
    page = site('CCTVAllowOrigin ' + listed + '\n' + map_config())
    granted = {'Access-Control-Allow-Origin': listed,
               'Access-Control-Allow-Credentials': 'true', 'Vary': 'Origin'}
    scripts = [name for name in os.listdir(HTDOCS) if name.endswith('.js')]
    assert {'cctv-client.js', 'cctv-camera.js'} < set(scripts)
    for name in scripts:
        reply = page.get('/map/' + name, {'Origin': listed})
        assert (reply.status, reply.body) == (200, read(f'{HTDOCS}/{name}'))
        assert cors_of(reply) == granted, name
        assert reply.headers['Cache-Control'] == 'no-cache'
    again = page.get('/map/cctv-client.js', {
        'Origin': listed, 'If-None-Match': page.get(
            '/map/cctv-client.js').headers['ETag']})
    assert (again.status, cors_of(again)) == (304, granted)
    assert cors_of(page.get('/map/cctv-client.js', {'Origin': other})) == {
        'Vary': 'Origin'}
    assert page.httpd.ask('POST', '/map/app.js', body='').status == 405
    # What is no script stays the page's own.
    for name in ('/map/', '/map/config.json', '/map/leaflet/leaflet.min.js',
                 '/map/cctv-client.d.ts'):
        assert cors_of(page.get(name, {'Origin': listed})) == {}, name


def test_without_an_allowed_origin_scripts_are_the_pages_own(site):
    page = site(map_config())
    assert cors_of(page.get('/map/cctv-client.js', {
        'Origin': 'https://portal.example.org'})) == {}


@pytest.mark.parametrize('compressed', [False, True])
def test_what_a_browser_has_is_not_sent_again(site, compressed):
    page = site(map_config(), modules=(
        *NEEDED, *(('filter', 'deflate') if compressed else ())))
    asked = {'Accept-Encoding': 'gzip'}
    first = page.get('/map/world.json', asked)
    assert (first.status, first.headers['Content-Encoding']) == (
        200, 'gzip' if compressed else None)
    body = gzip.decompress(first.body) if compressed else first.body
    assert body == read(HTDOCS + '/world.json')
    asked['If-None-Match'] = first.headers['ETag']
    again = page.get('/map/world.json', asked)
    assert (again.status, again.body) == (304, b'')
    assert again.headers['Cache-Control'] == 'no-cache'
    page.put('page/world.json', b'{}')
    new = page.get('/map/world.json', asked)
    assert new.status == 200


def test_config_is_the_shipped_one_or_the_admins(site):
    shipped = site(map_config()).get('/map/config.json')
    assert (shipped.status, shipped.json()) == (200, {})
    page = site(map_config(), own='{"usage": "https://grafana.example"}')
    page.put('own/secret', b'secret')
    page.put('own/config.json', b'{"view": [0, 0, 1, 1]}')
    own = page.get('/map/config.json')
    assert (own.status, own.json()) == (200, {'view': [0, 0, 1, 1]})
    assert own.headers['Content-Type'] == 'application/json'


@pytest.mark.parametrize('path', [
    '/map/../httpd.conf', '/map/..%2fhttpd.conf', '/map/%2e%2e/httpd.conf',
    '/map/.%2e/httpd.conf', '/map/..%5chttpd.conf', '/map/..//httpd.conf',
    '/map/leaflet/../../httpd.conf', '/map/leaflet/%2e%2e/%2e%2e/httpd.conf',
    '/map/leaflet/../../../../../etc/passwd', '/map/leaflet/..%2fjquery',
    '/map/config.json/../own/secret', '/map/config.json/secret',
    '/map/leaflet../jquery/jquery.js', '/map../httpd.conf', '/map/link',
    '/map/%00', '/map/.htaccess'])
def test_nothing_else_is_reached(site, path):
    page = site(map_config(), own='{}')
    page.put('own/secret', b'secret')
    os.symlink(page.folder + '/httpd.conf', page.folder + '/page/link')
    page.httpd.expect('AH00037', 'AH01630', 'AH10244', 'AH00026')
    # Send the path unchanged; other clients would normalize it.
    connection = http.client.HTTPConnection('127.0.0.1', page.httpd.port)
    connection.putrequest('GET', path)
    connection.endheaders()
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    assert reply.status in (400, 403, 404), body
    assert b'Listen' not in body and b'root:' not in body


def test_login_in_front_wins_wherever_it_stands(site):
    login = ('<LocationMatch "^/(map|api/cameras)(/|$)">\n'
             'Require all denied\n</LocationMatch>\n')
    for config in (map_config(login), map_config(after=login)):
        page = site(config, own='{}')
        page.httpd.expect('AH01630')
        for path in ('/map/', '/map/app.js', '/map/config.json',
                     '/map/leaflet/leaflet.css'):
            assert page.get(path).status == 403


@pytest.mark.parametrize('missing', NEEDED)
def test_says_which_module_is_missing(written, missing):
    modules = [name for name in NEEDED if name != missing]
    config = map_config()
    if missing == 'mime':
        config = config.replace('TypesConfig /dev/null', '')
    refused(written, config, f"a2enmod {missing}", modules=modules)


def test_right_with_nothing_defined(written):
    accepted(written, f'TypesConfig /dev/null\nInclude "{CONF}"',
             modules=NEEDED)


def points(line):
    """The points of a line of world.json, in hundredths of a degree."""
    assert len(line) >= 4 and len(line) % 2 == 0
    assert all(type(number) is int for number in line)
    x = y = 0
    for dx, dy in zip(line[::2], line[1::2]):
        x, y = x + dx, y + dy
        yield x, y


def test_world_is_whole_and_small():
    text = read(HTDOCS + '/world.json')
    assert len(text) < 350_000 and len(gzip.compress(text)) < 120_000
    world = json.loads(text)
    assert 'Natural Earth' in world['source']
    assert {kind: len(found) > 300 for kind, found in world['lines'].items()
            } == {'coast': True, 'borders': True}
    for line in (*world['lines']['coast'], *world['lines']['borders']):
        found = list(points(line))
        for (x, y), (to_x, _) in zip(found, found[1:]):
            assert abs(to_x - x) < 18000
            assert not abs(x) == abs(to_x) == 18000
        assert all(abs(x) <= 18000 and abs(y) <= 9000 for x, y in found)
