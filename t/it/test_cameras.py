"""GET of the list of cameras and of one camera: what a client sees."""

import re
import struct
import unicodedata
from urllib.parse import quote

import pytest

from api import HANDLER, ONE_CHILD, add_cameras, dbd, location

LIST = '/api/cameras'
PROPERTIES = ['name', 'role', 'status', 'status_since', 'playable', 'codec',
              'profile', 'width', 'height', 'fps', 'audio']


@pytest.fixture(scope='module')
def httpd(cluster, start_shared):
    return start_shared(
        dbd(cluster) + location()
        + ONE_CHILD
        + location('CCTVMaxFeatures 3', path='/three')
        + location('CCTVMaxFeatures 20000', path='/all')
        + '<Location "/">\nRequire all granted\n</Location>\n'
        f'<LocationMatch "^/maps/[a-z]+/cameras">\n{HANDLER}\n'
        '</LocationMatch>\n')


@pytest.fixture
def get(httpd):
    """get(parameters) → the list of cameras, after checking its form."""
    def ask(parameters='', path=LIST):
        reply = httpd.get(path + ('?' + parameters if parameters else ''))
        assert reply.status == 200, reply.body
        return reply
    return ask


def bbox(*edges):
    return 'bbox=' + ','.join(repr(float(edge)) for edge in edges)


def assert_problem(reply, status, *words):
    """Checks for an RFC 9457 document that says what to change."""
    assert reply.status == status, reply.body
    assert reply.headers['Content-Type'] == 'application/problem+json'
    assert reply.headers['Cache-Control'] == 'no-store'
    problem = reply.json()
    assert problem['status'] == status
    assert problem['title'] and problem['type'] == 'about:blank'
    assert problem['detail'].endswith('.')
    for word in words:
        assert word in problem['detail'], problem
    assert not re.search(r'SELECT|SQL|/tmp|/usr|localhost|127\.0',
                         problem['detail'])


# --- the form of the answers ------------------------------------------------

def test_list_is_a_geojson_feature_collection(database, get):
    add_cameras(database, {'name': 'North', 'lng': 13.4, 'lat': 52.5,
                           'heading': 12.5, 'field_of_view': 90},
                {'lng': -71.25, 'lat': -33})
    reply = get()
    assert reply.headers['Content-Type'] == 'application/geo+json'
    assert reply.headers['Cache-Control'] == 'private'
    assert int(reply.headers['Content-Length']) == len(reply.body)
    answer = reply.json()
    assert list(answer) == ['type', 'features', 'numberReturned']
    assert answer['type'] == 'FeatureCollection'
    assert answer['numberReturned'] == 2
    [[since]] = database.query(
        "SELECT to_char(status_since AT TIME ZONE 'UTC', "
        "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM cameras WHERE id = 1")
    assert answer['features'][0] == {
        'type': 'Feature', 'id': 1,
        'geometry': {'type': 'Point', 'coordinates': [13.4, 52.5]},
        'properties': {
            'name': 'North', 'role': 'public', 'status': 'online',
            'status_since': since, 'playable': True, 'codec': 'H.264', 'profile': 'Main',
            'width': 640, 'height': 480, 'fps': 25, 'audio': False,
            'heading': 12.5, 'field_of_view': 90}}
    # The properties of this camera are unknown, so they are absent.
    assert list(answer['features'][1]['properties']) == PROPERTIES


def test_since_when_a_camera_has_its_status(database, httpd):
    add_cameras(database, {}, {}, {}, {})
    database.query(
        "UPDATE cameras SET status_since = '2026-11-27 15:02:33.9+01' "
        "WHERE id = 1; UPDATE cameras SET status_since = '-infinity' "
        "WHERE id = 2; UPDATE cameras SET status_since = '1969-01-01' "
        "WHERE id = 3; UPDATE cameras SET status_since = '20000-01-01' "
        'WHERE id = 4')
    assert [each['properties'].get('status_since')
            for each in httpd.get(LIST).json()['features']] == [
        '2026-11-27T14:02:33Z', None, None, None]
    database.query("UPDATE cameras SET status = 'offline' WHERE id = 1")
    assert httpd.get(LIST + '/1').json()['properties'][
        'status_since'] > '2026-11-27T14:02:33Z'


def test_item_is_the_feature_of_the_list(database, httpd, get):
    add_cameras(database, {}, {'name': 'Second', 'heading': 0, 'lat': 1.5})
    reply = httpd.get(LIST + '/2')
    assert reply.status == 200
    assert reply.headers['Content-Type'] == 'application/geo+json'
    assert reply.json() == get().json()['features'][1]


def test_what_is_not_known_is_null(database, get):
    add_cameras(database, {'codec': None, 'profile': None, 'width': None,
                           'height': None, 'fps': None})
    properties = get().json()['features'][0]['properties']
    for name in ('codec', 'profile', 'width', 'height', 'fps'):
        assert properties[name] is None
    assert properties['playable'] is False


@pytest.mark.parametrize('codec, url, playable', [
    ('H.264', 'rtsp://host/a', True), ('H.264', 'rtsps://host/a', True),
    ('H.264', 'rtp://host:5000', True), ('H.264', 'http://host/a', False),
    ('H.265', 'rtsp://host/a', False), (None, 'rtsp://host/a', False)])
def test_playable(database, get, codec, url, playable):
    add_cameras(database, {'codec': codec, 'stream_url': url})
    properties = get().json()['features'][0]['properties']
    assert properties['playable'] is playable
    assert properties['codec'] == codec


def test_stream_url_is_nowhere(database, httpd):
    add_cameras(database, {'stream_url': 'rtsp://10.99.88.77:8554/hidden/s1'},
                {'stream_url': 'rtsp://internal-host/hidden'})
    for path in (LIST, LIST + '/1', LIST + '/2', LIST + '/3', LIST + '?x'):
        reply = httpd.get(path)
        for secret in (b'10.99', b'internal-host', b'hidden', b'rtsp',
                       b'stream'):
            assert secret not in reply.body
            assert secret not in bytes(reply.headers)


@pytest.mark.parametrize('name', [
    'with "quotes" and \'these\'', 'back\\slash \\n \\u0041', '</script><!--',
    'Zürich – Łódź', '東京都 カメラ', '👁️‍🗨️ \U0001F4F7', 'a/b', '\\', '"',
    'e\u0301 combined', '\u200f\u202eright to left', '\ufeffbom', '\ufffd',
    'tail \U0010FFFD', '&lt;&amp;%20+', 'x' * 200, '"' * 200, '👁' * 200])
def test_names_arrive_as_they_are(database, httpd, get, name):
    add_cameras(database, {'name': name, 'role': 'r ' + name[:60].strip()})
    properties = get().json()['features'][0]['properties']
    assert properties['name'] == name
    assert properties['role'] == 'r ' + name[:60].strip()
    assert httpd.get(LIST + '/1').json()['properties']['name'] == name


@pytest.mark.parametrize('lng, lat', [
    (0.1, 0.2), (1 / 3, -2 / 3), (180, 90), (-180, -90),
    (1e-300, -1e-5), (5e-324, 2.2250738585072014e-308),
    (179.99999999999997, 89.99999999999999), (123456789e-7, 1.5e-7),
    (-100.000001, 33.00000000000001)])
def test_positions_are_exact(database, get, lng, lat):
    add_cameras(database, {'lng': lng, 'lat': lat})
    found = get().json()['features'][0]['geometry']['coordinates']
    assert struct.pack('>dd', *found) == struct.pack('>dd', lng, lat)


def test_fractions_are_exact(database, get):
    add_cameras(database, {'fps': 29.97, 'heading': 0.1 + 0.2,
                           'field_of_view': 1e-7})
    properties = get().json()['features'][0]['properties']
    assert properties['fps'] == 29.97
    assert properties['heading'] == 0.1 + 0.2
    assert properties['field_of_view'] == 1e-7


def test_list_is_in_the_order_of_ids(database, get):
    add_cameras(database, {'id': 30}, {'id': 4}, {'id': 2147483646},
                {'id': 17}, {'id': 1})
    assert get().ids() == [1, 4, 17, 30, 2147483646]
    assert get(bbox(-1, -1, 1, 1)).ids() == [1, 4, 17, 30, 2147483646]


def test_empty_table_is_an_empty_collection(database, get):
    assert get().json() == {'type': 'FeatureCollection', 'features': [],
                            'numberReturned': 0}


# --- bbox -------------------------------------------------------------------

PLACES = [
    {'lng': 10, 'lat': 10}, {'lng': 180, 'lat': 0}, {'lng': -180, 'lat': 0},
    {'lng': 179.5, 'lat': 1}, {'lng': -179.5, 'lat': 1}, {'lng': 0, 'lat': 90},
    {'lng': 77, 'lat': -90}, {'lng': -100.000001, 'lat': 40},
    {'lng': -100, 'lat': 40}]


@pytest.mark.parametrize('box, ids', [
    ((-180, -90, 180, 90), [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ((9, 9, 11, 11), [1]),
    ((10, 10, 11, 11), [1]), ((9, 9, 10, 10), [1]), ((10, 9, 11, 10), [1]),
    ((9, 10, 10, 11), [1]), ((10, 10, 10, 10), [1]),
    ((10.000000000000002, 9, 11, 11), []), ((9, 9, 11, 9.999999999999998), []),
    ((179, -5, -179, 5), [2, 3, 4, 5]), ((179.5, 1, -179.5, 1), [4, 5]),
    ((179.6, -5, -179.6, 5), [2, 3]), ((180, -5, -180, 5), [2, 3]),
    ((180, -5, 180, 5), [2]), ((-180, -5, -180, 5), [3]),
    ((179, -5, 180, 5), [2, 4]), ((-180, -5, -179, 5), [3, 5]),
    ((-180, 90, 180, 90), [6]), ((-180, -90, 180, -90), [7]),
    ((-180, 89, 180, 90), [6]), ((0, -90, 0, 90), [6]),
    ((170, -90, -170, 90), [2, 3, 4, 5]),
    ((10.5, -90, 10, 90), [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ((-100, 39, -99, 41), [9]), ((-101, 39, -100.000001, 41), [8]),
    ((-100.000001, 40, -100, 40), [8, 9]), ((20, 20, 21, 21), []),
    ((20, -5, 19.999, 5), [2, 3, 4, 5]),
    # Maps wrap around: longitudes beyond 180, and more than the whole globe.
    ((170, -5, 190, 5), [2, 3, 4, 5]), ((-190, -5, -170, 5), [2, 3, 4, 5]),
    ((180, -5, 190, 5), [2, 3, 5]), ((369, 9, 371, 11), [1]),
    ((-350, 9, 20, 11), [1]), ((-400, -90, 400, 90), [*range(1, 10)]),
    ((179, -5, 180.0000000001, 5), [2, 4]),
    ((0, -90.0000000001, 10, 90.00000000000001), [1, 6])])
def test_bbox(database, get, box, ids):
    add_cameras(database, *PLACES)
    assert get(bbox(*box)).ids() == ids


@pytest.mark.parametrize('text', [
    '9,9,11,11', '9%2C9%2c11%2C11', '%39,9,11,11', '%2B9,9,11,11',
    '9.0,9.00,11.,11', '.9e1,9,1.1e1,1100E-2',
    '9.0000000000000000,8.9999999999999999,11.000000000000001,11',
    '009,9,011,11', '-0,0,11,11', '9,9,-100,11,11,8000',
    '+9,%209+,11,%0911%20', '9' + '.' + '0' * 60 + ',9,11,11'])
def test_bbox_notations(database, get, text):
    add_cameras(database, *PLACES)
    assert get('bbox=' + text).ids() == [1]


def test_bbox_with_17_digits_is_exact(database, get):
    add_cameras(database, {'lng': 0.1 + 0.2, 'lat': 0.3})
    assert get('bbox=0.30000000000000004,0.29999999999999999,1,1').ids() == [1]
    assert get('bbox=0.30000000000000010,0,1,1').ids() == []
    assert get('bbox=0,0,0.3,1').ids() == []


# --- role, status, q --------------------------------------------------------

@pytest.mark.parametrize('value, ids', [
    ('traffic', [1, 4]), ('police', [2]), ('traffic,police', [1, 2, 4]),
    ('police,traffic,police', [1, 2, 4]), ('none', []), ('Traffic', []),
    ('none,police', [2]), ('traffic%2Cpolice', [1, 2, 4]),
    ('ro%22le%5C%7B%7D', [3]), ('two+words', [5]), ('two%20words', [5]),
    ("it's", [6]), ('NULL', [7]), ('%E2%82%AC', [8]), ('traf', [])])
def test_role(database, get, value, ids):
    add_cameras(database, *[{'role': role} for role in (
        'traffic', 'police', 'ro"le\\{}', 'traffic', 'two words', "it's",
        'NULL', '€')])
    assert get('role=' + value).ids() == ids


@pytest.mark.parametrize('value, ids', [
    ('online', [1, 4]), ('offline', [2]), ('unknown', [3])])
def test_status(database, get, value, ids):
    add_cameras(database, {}, {'status': 'offline'}, {'status': 'unknown'}, {})
    assert get('status=' + value).ids() == ids


NAMES = ['Main Street', 'ÉCLUSE du Nord', 'écluse du sud', '100% sure',
         'a_b', 'a\\b', 'axb', "it's", 'Straße', 'main gate']


# The first ones start with the text; the others have it.
@pytest.mark.parametrize('text, ids', [
    ('main', [1, 10]), ('MAIN', [1, 10]), ('street', [1]),
    ('é', [2, 3, 1, 4, 9, 10]), ('ÉCLUSE DU', [2, 3]), ('sud ecluse', [3]),
    ('du nor', [2]), ('%', [4]), ('_', [5]), ('\\', [6]), ('a_b', [5]),
    ('a\\b', [6]), ('%a', []), ('ß', [9]), ('STRASSE', [9]), ('its', [8]),
    ("i't's", [8]), ('main  ', [1, 10]), ('gate main', [10]),
    ('main main', [1, 10]), ('main nowhere', []), ('7', [7]), ('# 7', [7]),
    ('07', [7]), ('11', []), ('99999999999', []), ('x' * 200, []),
    ('👁' * 200, []), ('0% s', [4]),
    *((blank, list(range(1, 11))) for blank in (' ', '', "'", '#', " '# "))])
def test_q_finds_text_in_names(database, get, text, ids):
    add_cameras(database, *[{'name': name} for name in NAMES])
    assert get('q=' + quote(text)).ids() == ids
    assert get(f'q={quote(text)}&' + bbox(-1, -1, 1, 1)).ids() == ids


def test_q_ranks_what_it_finds(database, httpd):
    """Exact, then the start of the name, then starts of words, then the rest;
    what every browser plays comes first; and each page has its place."""
    names = ['North London', 'London', 'Londonderry', 'New London Road',
             'Old-London', 'LONDON!', 'London North', 'london']
    add_cameras(database, *({'name': name, 'codec': codec}
                            for codec in ('H.265', 'H.264')
                            for name in names))
    ranked = [10, 16, 2, 8, 11, 14, 15, 3, 6, 7, 9, 12, 1, 4, 13, 5]
    for limit in (1, 3, 4, 100):
        path = LIST + f'?q=london&limit={limit}&count=true'
        pages = list(follow(httpd, path))
        assert [each['id'] for page in pages
                for each in page['features']] == ranked
        assert {page['numberMatched'] for page in pages} == {16}
    assert httpd.get(LIST + '?q=london&after=8').ids() == [
        id_ for id_ in ranked if id_ > 8]
    assert httpd.get(LIST + '?q=london&playable=true').ids() == [
        id_ for id_ in ranked if id_ > 8]
    assert httpd.get(LIST + '?q=london&playable=false&count=true').json()[
        'numberMatched'] == 8


def test_the_box_around_all_that_match(database, get, httpd):
    add_cameras(database, {'lng': 178.5, 'lat': -18}, {'lng': 10, 'lat': 50},
                {'lng': -179.25, 'lat': -17, 'role': 'traffic'})
    assert get('extent=true&limit=1').json()['extent'] == [
        10, -18, -179.25, 50]
    assert get('extent=true&bbox=0,0,20,60').json()['extent'] == [
        10, 50, 10, 50]
    assert get('extent=true&role=traffic&after=3').json()['extent'] == [
        -179.25, -17, -179.25, -17]
    assert get('extent=true&q=nowhere').json().get('extent') is None
    assert get('extent=true&q=3').json()['extent'] == [
        -179.25, -17, -179.25, -17]
    assert 'extent' not in get('extent=false').json()
    assert_problem(httpd.get(LIST + '?extent=1'), 400, 'true or false')


def test_only_what_every_browser_plays(database, get):
    add_cameras(database, {}, {'codec': 'H.265'}, {'codec': None},
                {'codec': 'VP8'}, {'stream_url': 'http://h/x'},
                {'codec': 'H.265'})
    database.query("UPDATE cameras SET sub_stream_url = 'rtsp://h/2' "
                   'WHERE id = 6')
    assert get('playable=true').ids() == [1, 4, 6]
    assert get('playable=false').ids() == [2, 3, 5]
    assert get('playable=true&limit=1&count=true').json()[
        'numberMatched'] == 3
    for feature in get().json()['features']:
        assert feature['properties']['playable'] == (
            feature['id'] in (1, 4, 6))


def test_the_database_folds_as_the_search_does(database, get):
    """Each letter is found by itself, in the names that have it."""
    letters = [chr(code) for code in (
        *range(0xA1, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x2000))
        if unicodedata.category(chr(code)) in ('Lu', 'Ll')]
    add_cameras(database, *({'name': f'{letter}q{letter}w'}
                            for letter in letters))
    for at in range(0, len(letters), 9):
        letter = letters[at]
        assert at + 1 in get('q=' + quote(f'{letter}Q{letter}W')).ids(), letter


def test_q_finds_the_longest_name(database, get):
    add_cameras(database, {'name': '_' * 200}, {'name': 'x' * 200})
    assert get('q=' + '_' * 200).ids() == [1]


def test_q_reads_plus_as_a_blank(database, get):
    add_cameras(database, {'name': 'a b'}, {'name': 'a+b'})
    assert get('q=a+b').ids() == [1, 2]  # b is in the second name as well
    assert get('q=a%2Bb').ids() == [2]


def test_parameters_narrow_together(database, get):
    add_cameras(database, {'name': 'x', 'role': 'a'},
                {'name': 'x', 'role': 'a', 'lng': 5},
                {'name': 'y', 'role': 'a'}, {'name': 'x', 'role': 'b'},
                {'name': 'x', 'role': 'a', 'status': 'offline'},
                {'name': 'X', 'role': 'a'})
    assert get('q=x&role=a&status=online&' + bbox(-1, -1, 1, 1)).ids() == [
        1, 6]


# --- limit and paging -------------------------------------------------------

def follow(httpd, path):
    """All pages from this one on, following the links to the next."""
    for _ in range(100):
        reply = httpd.get(path)
        assert reply.status == 200, (path, reply.body)
        page = reply.json()
        yield page
        if 'links' not in page:
            return
        (link,) = page['links']
        assert link['rel'] == 'next'
        assert link.get('type', 'application/geo+json') == (
            'application/geo+json')
        assert link['href'].startswith('?'), link
        path = reply.next()
    raise AssertionError('the paging does not end')


def pages_of_ids(httpd, path):
    pages = list(follow(httpd, path))
    for page in pages:
        assert page['numberReturned'] == len(page['features'])
    return [[feature['id'] for feature in page['features']] for page in pages]


def test_limit_cuts_and_links_to_the_rest(database, httpd):
    add_cameras(database, *[{}] * 7)
    assert pages_of_ids(httpd, LIST + '?limit=3') == [
        [1, 2, 3], [4, 5, 6], [7]]


def test_full_last_page_has_no_link(database, httpd):
    add_cameras(database, *[{}] * 6)
    assert pages_of_ids(httpd, LIST + '?limit=3') == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize('parameters', [
    'limit=2&role=a%2Cb&status=online&q=n%26m&bbox=-1,-1,1,1',
    'after=0&limit=2&q=n%26m&bbox=-1%2C-1%2C1%2C1',
    'bbox=-1,-1,1,1&%61fter=0&limi%74=2&&q=N%26M&'])
def test_next_carries_the_other_parameters(database, httpd, parameters):
    wanted = {'name': 'n&m', 'role': 'a'}
    add_cameras(database, *[wanted, {**wanted, 'name': 'n'},
                            {**wanted, 'lng': 2}] * 5)
    pages = pages_of_ids(httpd, LIST + '?' + parameters)
    assert pages == [[1, 4], [7, 10], [13]]


def test_pages_yield_each_id_once(database, httpd):
    database.query(
        "INSERT INTO cameras (id, name, stream_url, geom) SELECT n * 3, 'n', "
        "'rtsp://h/', ST_SetSRID(ST_MakePoint(n % 360 - 180, n % 90), 4326) "
        'FROM generate_series(1, 2500) AS n')
    pages = pages_of_ids(httpd, LIST)
    assert [len(page) for page in pages] == [1000, 1000, 500]
    assert sum(pages, []) == [n * 3 for n in range(1, 2501)]


def test_camera_added_or_removed_meanwhile_shifts_nothing(database, httpd):
    add_cameras(database, *[{'id': n} for n in (10, 20, 30, 40, 50)])
    pages = follow(httpd, LIST + '?limit=2')
    assert [f['id'] for f in next(pages)['features']] == [10, 20]
    database.query('DELETE FROM cameras WHERE id IN (10, 20)')
    add_cameras(database, {'id': 5}, {'id': 35})
    assert [f['id'] for f in next(pages)['features']] == [30, 35]


@pytest.mark.parametrize('after, ids', [
    ('0', [3, 5, 8]), ('3', [5, 8]), ('4', [5, 8]), ('8', []),
    ('2147483647', []), ('99999999999999999999', []), ('0003', [5, 8])])
def test_after(database, get, after, ids):
    add_cameras(database, {'id': 3}, {'id': 5}, {'id': 8})
    assert get('after=' + after).ids() == ids


@pytest.mark.parametrize('limit', [
    '3', '4', '8', '9', '10', '99', '3000', '99999999999999999999'])
def test_limit_is_capped(database, httpd, limit):
    add_cameras(database, *[{}] * 12)
    assert len(httpd.get('/three?limit=' + limit).ids()) == 3


def test_cap_is_also_the_default_limit(database, httpd):
    add_cameras(database, *[{}] * 12)
    assert pages_of_ids(httpd, '/three?limit=2')[0] == [1, 2]
    assert [len(page) for page in pages_of_ids(httpd, '/three')] == [3] * 4


def test_large_page(database, httpd):
    database.query(
        "INSERT INTO cameras (name, stream_url, geom) SELECT repeat('\"', 200)"
        ", 'rtsp://h/', ST_SetSRID(ST_MakePoint(0, 0), 4326) "
        'FROM generate_series(1, 15000)')
    reply = httpd.get('/all?limit=15000')
    assert reply.ids() == list(range(1, 15001))
    assert len(httpd.get('/all').ids()) == 1000


# --- refused requests -------------------------------------------------------

@pytest.mark.parametrize('parameters, word', [
    ('bbox=', 'bbox'), ('bbox', 'bbox'), ('bbox=1,2,3', 'bbox'),
    ('bbox=1,2,3,4,5', 'bbox'), ('bbox=1,2,3,', 'bbox'),
    ('bbox=,1,2,3', 'bbox'), ('bbox=1,,2,3', 'bbox'),
    ('bbox=1,2,3,4,', 'bbox'),
    ('bbox=nan,0,1,1', 'finite'), ('bbox=NaN,0,1,1', 'finite'),
    ('bbox=0,0,inf,1', 'finite'), ('bbox=-Infinity,0,1,1', 'finite'),
    ('bbox=0,0,1e400,1', 'finite'), ('bbox=0x1,0,2,1', 'finite'),
    ('bbox=1p1,0,2,1', 'finite'), ('bbox=1%202,0,2,1', 'finite'),
    ('bbox=+,0,2,1', 'finite'), ('bbox=1;0;2;1', 'bbox'),
    ('bbox=1,2,x,3,4,5', 'finite'), ('bbox=1,2,3,4,5,6,7', 'bbox'),
    ('bbox=1%00,0,2,1', 'percent-encoded'), ('bbox=--1,0,2,1', 'finite'),
    ('bbox=1e,0,2,1', 'finite'), ('bbox=e1,0,2,1', 'finite'),
    ('bbox=.,0,2,1', 'finite'), ('bbox=%EF%BC%91,0,2,1', 'finite'),
    ('bbox=1.0.0,0,2,1', 'finite'), ('bbox=1_0,0,2,1', 'finite'),
    ('bbox=' + '1' * 400 + ',0,2,1', 'finite'),
    ('bbox=0,91,1,92', '90'), ('bbox=0,-91,1,0', '90'),
    ('bbox=0,0,1,90.0000000011', '90'), ('bbox=0,-90.1,0,1,1,1', '90'),
    ('bbox=0,1,1,0', 'south'), ('bbox=0,1.0000000000000002,1,1', 'south'),
    ('limit=0', 'limit'), ('limit=-1', 'limit'), ('limit=', 'limit'),
    ('limit=1.0', 'limit'), ('limit=1e3', 'limit'), ('limit=ten', 'limit'),
    ('limit=%2B1', 'limit'), ('limit=+1', 'limit'), ('limit=1%20', 'limit'),
    ('limit', 'limit'), ('after=', 'after'), ('after=-1', 'after'),
    ('after=x', 'after'), ('after=1.5', 'after'),
    ('status=', 'status'), ('status=Online', 'status'),
    ('status=online,offline', 'status'), ('role=', 'role'),
    ('role=a,', 'role'), ('role=,', 'role'), ('role=a,,b', 'role'),
    ('q=' + 'x' * 201, 'q'), ('q=' + quote('é' * 201), 'q'),
    ('q=%FF', 'percent-encoded'), ('q=%C3', 'percent-encoded'),
    ('q=%C0%AF', 'percent-encoded'), ('q=%ED%A0%80', 'percent-encoded'),
    ('q=%00', 'percent-encoded'), ('q=a%00b', 'percent-encoded'),
    ('q=%', 'percent-encoded'), ('q=%4', 'percent-encoded'),
    ('q=%zz', 'percent-encoded'), ('q=%F4%90%80%80', 'percent-encoded'),
    ('role=%FF', 'percent-encoded'), ('%FF=1', 'percent-encoded'),
    ('nope=1', '"nope"'), ('nope', '"nope"'), ('BBOX=0,0,1,1', '"BBOX"'),
    ('limit=1&nope=1', '"nope"'), ('=1', 'unknown'),
    ('%3Cscript%3E=1', 'unknown'), ('limit%00=1', 'percent-encoded'),
    ('limit=1&limit=1', '"limit"'), ('limit=1&lim%69t=2', '"limit"'),
    ('bbox=0,0,1,1&status=online&%62box=0,0,1,1', '"bbox"'),
    ('q=&q=', '"q"'), ('role=a&role=b', '"role"'), ('q&q', '"q"'),
    ('x' * 5000 + '=1', 'unknown'), ('q=' + 'x' * 6000, 'q'),
    ('role=' + 'a,' * 3500, 'role')])
def test_bad_parameter_is_400(httpd, parameters, word):
    reply = httpd.get(LIST + '?' + parameters)
    assert_problem(reply, 400, word)
    if 'script' in parameters:
        assert b'script' not in reply.body


def test_up_to_64_roles_are_served(database, httpd, get):
    add_cameras(database, {'role': 'r7'}, {})
    roles = [f'r{n}' for n in range(65)]
    assert get('role=' + ','.join(roles[:64])).ids() == [1]
    assert_problem(httpd.get(LIST + '?role=' + ','.join(roles)), 400, '64')


def test_blanks_around_roles_do_not_count(database, get):
    add_cameras(database, {'role': 'a'}, {'role': 'b'})
    assert get('role=a,%20b+').ids() == [1, 2]


# --- one camera -------------------------------------------------------------

@pytest.mark.parametrize('name', [
    '0', '007', 'abc', '42/', '42/x', '99999999999', '3', '-1', '+1', '1.0',
    '1%20', '%00', '0x1', '1e0', '2147483648', '4294967297', '1;x', '٣',
    "1'", '18446744073709551617'])
def test_no_such_camera_is_404(database, httpd, name):
    add_cameras(database, {}, {'id': 42})
    reply = httpd.get(f'{LIST}/{quote(name, safe="/%")}')
    assert reply.status == 404
    if name != '%00':  # Apache itself refuses it.
        assert_problem(reply, 404, 'no such camera')


def test_slash_behind_the_list_is_the_list(database, httpd):
    add_cameras(database, {})
    assert httpd.get(LIST + '/').ids() == [1]


def test_item_with_percent_encoded_digits(database, httpd):
    add_cameras(database, {'id': 42})
    assert httpd.get(LIST + '/%34%32').json()['id'] == 42


@pytest.mark.parametrize('number', [1, 9, 10, 2147483646, 2147483647])
def test_every_id_of_the_list_is_an_item(database, httpd, get, number):
    add_cameras(database, {'id': number})
    assert get().ids() == [number]
    assert httpd.get(f'{LIST}/{number}').json()['id'] == number


@pytest.mark.parametrize('parameters', ['nope=1', 'bbox=0,0,1,1', 'limit=1',
                                        'q', '%FF'])
def test_item_takes_no_parameters(database, httpd, parameters):
    add_cameras(database, {})
    assert_problem(httpd.get(f'{LIST}/1?{parameters}'), 400)


def test_item_takes_an_empty_query(database, httpd):
    add_cameras(database, {})
    assert httpd.get(LIST + '/1?').status == 200
    assert httpd.get(LIST + '?').status == 200
