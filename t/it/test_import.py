"""make import: what it loads, what it refuses, and its messages."""

import csv
import os
import random
import stat
import subprocess

import pytest

from import_lists import addresses

REPO = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SHARED_FILE = os.path.join(REPO, '..', 'shared', 'data',
                           'traffic-cameras-usa.csv')
HEADER = 'external_id,name,lng,lat,url\n'
CONTENT = ('SELECT external_id, name, ST_X(geom), ST_Y(geom), stream_url '
           'FROM cameras ORDER BY id')


@pytest.fixture
def load(database, tmp_path):  # noqa: F811
    """Imports a text, or bytes, and returns how the command ended."""
    def load_text(text, **env):
        path = tmp_path / 'cameras.csv'
        data = text if isinstance(text, bytes) else text.encode()
        path.write_bytes(data)
        return run(database, path, **env)
    return load_text


def run(database, path, **env):  # noqa: F811
    return subprocess.run(
        [REPO + '/tools/import.sh', str(path)], capture_output=True,
        encoding='utf-8', timeout=60,
        env={**os.environ, 'COLUMNS': '80', **database.env, 'PRUNE': '',
             **env})


def row(key='a', name='A', lng='1', lat='2', url='rtsp://h/s'):
    return f'{key},{name},{lng},{lat},{url}\n'


def assert_loaded(done, said):
    assert (done.returncode, done.stdout) == (0, said + '\n'), done.stderr


def assert_refused(done, database, *sentences):  # noqa: F811
    assert done.returncode == 1, done
    assert done.stdout == ''
    for sentence in sentences:
        assert sentence in done.stderr
    assert 'Traceback' not in done.stderr
    assert database.query('SELECT count(*) FROM cameras') == [(0,)]


# --- loaded values ----------------------------------------------------------

def test_add_update_keep(load, database):
    first = HEADER + row('a') + row('b', 'B') + row('c', 'C')
    assert_loaded(load(first), '3 added, 0 updated, 0 unchanged')
    assert_loaded(load(first), '0 added, 0 updated, 3 unchanged')
    assert_loaded(load(HEADER + row('a', lng='1.5') + row('b', 'B')
                       + row('d', 'D')), '1 added, 1 updated, 1 unchanged')
    assert database.query('SELECT id, external_id, ST_X(geom) FROM cameras '
                          'ORDER BY id') == [
        (1, 'a', 1.5), (2, 'b', 1.0), (3, 'c', 1.0), (4, 'd', 1.0)]


def test_every_column_and_its_spellings(load, database):
    assert_loaded(load(
        ' UID ,Description,LONGITUDE,Latitude,Stream-URL,Role,Encoding,'
        'Profile,width,HEIGHT,Frame Rate,audio,Bearing,FOV,Status,zoo\n'
        'k,"O\'Hare ""x"", \\N <b> ü",-0.1276,51.5072,rtsp://h/a b\\,police,'
        'h.264,Main,640.0,480,29.97,yes,SSW,78.5,Online,x\n'),
        '1 added, 0 updated, 0 unchanged')
    assert database.query(
        'SELECT external_id, name, ST_X(geom), ST_Y(geom), stream_url, role, '
        'codec, profile, width, height, fps::text, audio, heading, '
        'field_of_view, status, playable FROM cameras') == [
        ('k', 'O\'Hare "x", \\N <b> ü', -0.1276, 51.5072, 'rtsp://h/a%20b\\',
         'police', 'H.264', 'Main', 640, 480, '29.97', True, 202.5, 78.5,
         'online', True)]


def test_a_second_stream(load, database):
    header = 'name,lon,lat,url,SubStream\n'
    assert_loaded(load(header + 'n,1,2,rtsp://h/1,rtsp://h/2\n'
                       'm,1,2,rtsp://h/3,\n'), '2 added, 0 updated, 0 unchanged')
    assert database.query('SELECT name, sub_stream_url FROM cameras '
                          'ORDER BY id') == [('n', 'rtsp://h/2'), ('m', None)]
    # Without a second stream it is the row of a file without that column.
    assert_loaded(load('name,lon,lat,url\nm,1,2,rtsp://h/3\n'),
                  '0 added, 0 updated, 1 unchanged')
    done = load(header + 'n,1,2,rtsp://h/1,rtsp://u:topsecret@h/2\n')
    assert done.returncode != 0
    assert 'sub_stream_url' in done.stdout + done.stderr
    assert 'topsecret' not in done.stdout + done.stderr


STILLS = 'SELECT name, still_url FROM cameras ORDER BY id'


def test_a_still_picture(load, database):
    header = 'name,lon,lat,url,Snapshot\n'
    text = header + ('a,1,2,rtsp://h/a,http://h/a.jpg\n'
                     'b,1,2,rtsp://h/b,\n'
                     # It has no video: both are the picture.
                     'c,1,2,,https://h/c?cam=1\n'
                     'd,1,2,http://h/d.jpg,\n'
                     # No JPEG that could be fetched.
                     'e,1,2,rtsp://h/e,img/e.jpg\n'
                     'f,1,2,rtsp://h/f,http://h/f.png\n')
    done = load(text)
    assert_loaded(done, '6 added, 0 updated, 0 unchanged')
    assert '2 still pictures with an address that is no JPEG' in done.stderr
    found = [('a', 'http://h/a.jpg'), ('b', None), ('c', 'https://h/c?cam=1'),
             ('d', 'http://h/d.jpg'), ('e', None), ('f', None)]
    assert database.query(STILLS) == found
    # Cameras that an earlier version has loaded get it, too.
    database.query('UPDATE cameras SET still_url = NULL')
    assert_loaded(load(text), '0 added, 3 updated, 3 unchanged')
    assert database.query(STILLS) == found
    # A list without pictures takes none away.
    load('name,lon,lat,url\na,1,2,rtsp://h/a\n')
    assert database.query(STILLS) == found


def test_the_codec_tells_that_an_address_is_of_a_picture(load, database):
    load('name,lon,lat,url,codec\na,1,2,http://h/1?t=2,JPEG\n'
         'b,1,2,http://h/2?t=2,MJPEG\n')
    assert database.query(STILLS) == [('a', 'http://h/1?t=2'), ('b', None)]


def test_logins_of_still_pictures(load, database, tmp_path):
    path = tmp_path / 'logins'
    text = ('name,lon,lat,url,snapshot,user,password\n'
            'a,1,2,rtsp://h/a,http://mallory:hunter2@h/a.jpg,,\n'
            'b,1,2,rtsp://h/b,http://h/b?user=joe&pwd=hunter3,,\n'
            # The login of a camera is not for other hosts.
            'c,1,2,rtsp://h/c,http://H:81/c.jpg,eve,hunter4\n'
            'd,1,2,rtsp://h/d,http://cdn/d.jpg,eve,hunter5\n')
    done = load(text)
    assert_refused(done, database, '2 bad rows', 'LOGINS=file')
    assert 'hunter' not in done.stderr
    assert_loaded(load(text, LOGINS=str(path)),
                  '4 added, 0 updated, 0 unchanged')
    assert database.query(STILLS) == [
        ('a', 'http://h/a.jpg'),
        ('b', 'http://h/b?user={user}&pwd={password}'),
        ('c', 'http://H:81/c.jpg'), ('d', 'http://cdn/d.jpg')]
    assert sorted(path.read_text().splitlines()[1:]) == [
        'h:554/c  eve hunter4', 'h:554/d  eve hunter5',
        'h:80/a.jpg  mallory hunter2',
        'h:80/b?user={user}&pwd={password}  joe hunter3',
        'h:81/c.jpg  eve hunter4']


def test_empty_cells_are_the_defaults(load, database):
    assert_loaded(load('name,lon,lat,url,role,codec,audio,status,width,fps\n'
                       'n,1,2,http://h,,,,,,\n'),
                  '1 added, 0 updated, 0 unchanged')
    assert database.query('SELECT role, codec, audio, status, width, fps '
                          'FROM cameras') == [
        ('public', None, False, 'unknown', None, None)]


def test_columns_that_the_file_lacks_stay(load, database):
    load(HEADER + row('a') + row('b'))
    database.query("UPDATE cameras SET role = 'police', status = 'online', "
                   "fps = 5, heading = 7")
    assert_loaded(load(HEADER + row('a', 'new') + row('b')),
                  '0 added, 1 updated, 1 unchanged')
    assert database.query('SELECT DISTINCT role, status, fps, heading '
                          'FROM cameras') == [('police', 'online', 5, 7)]


def test_positions_are_exact(load, database):
    source = random.Random(7)
    places = [(source.uniform(-180, 180), source.uniform(-90, 90))
              for _ in range(500)] + [(180.0, 90.0), (-180.0, -90.0),
                                      (5e-324, 1e-300)]
    load(HEADER + ''.join(row(i, lng=repr(x), lat=repr(y))
                          for i, (x, y) in enumerate(places)))
    assert database.query('SELECT ST_X(geom), ST_Y(geom) FROM cameras '
                          'ORDER BY id') == places


def test_codecs(load, database):
    spellings = {
        'h264': 'H.264', 'H264': 'H.264', 'AVC': 'H.264', 'avc1': 'H.264',
        'H.265': 'H.265', 'hevc': 'H.265', 'h-265': 'H.265',
        'mpeg4': 'MPEG-4', 'Motion JPEG': 'MJPEG', 'mjpg': 'MJPEG',
        'jpg': 'JPEG', 'vp8': 'VP8', 'Vp9': 'VP9', 'av1': 'AV1'}
    load('name,lon,lat,url,codec\n' + ''.join(
        f'{codec},1,2,http://h,{codec}\n' for codec in spellings))
    assert dict(database.query('SELECT name, codec FROM cameras')) == spellings


def test_directions(load, database):
    words = ['N', 'nb', 'East', 'Southbound', 'NW', 'south-east', '12.5',
             '360', 'Median', 'Both Directions', 'NS', '']
    done = load('name,lon,lat,url,direction\n' + ''.join(
        f'n,1,2,http://h,{word}\n' for word in words))
    assert_loaded(done, '12 added, 0 updated, 0 unchanged')
    assert '3 directions' in done.stderr
    assert [h for h, in database.query(
        'SELECT heading FROM cameras ORDER BY id')] == [
        0, 0, 90, 180, 315, 135, 12.5, 0, None, None, None, None]


def test_ignored_columns_are_named_once(load):
    done = load('city,name,lon,lat,url,zoo,\n'
                + 'x,n,1,2,http://h,y,z\n' * 3)
    assert done.stderr == 'Ignored columns: city, zoo, (no name)\n'


def test_id_is_the_key_unless_another_column_is(load, database):
    load('id,name,lon,lat,url\n7,n,1,2,http://h\n')
    assert database.query('SELECT external_id FROM cameras') == [('7',)]
    load('id,camera_id,name,lon,lat,url\n7,x,n,1,2,http://h\n')
    assert database.query('SELECT external_id FROM cameras ORDER BY id') == [
        ('7',), ('x',)]


@pytest.mark.parametrize('data', [
    HEADER + row('a') + row('b'),
    '\ufeff' + HEADER + row('a') + row('b'),
    (HEADER + row('a') + row('b')).replace('\n', '\r\n'),
    '\n' + HEADER + '\n' + row('a') + ',,,,\n' + row('b') + '\n\n',
    (HEADER + row('a') + row('b')).rstrip('\n'),
])
def test_shapes_of_a_file(load, database, data):
    assert_loaded(load(data), '2 added, 0 updated, 0 unchanged')
    assert database.query(CONTENT) == [
        (key, 'A', 1.0, 2.0, 'rtsp://h/s') for key in 'ab']


# --- files without keys ------------------------------------------------------

def test_without_keys_the_row_is_the_key(load, database):
    text = 'name,lon,lat,url\nn,1,2,http://h\nn,1,2,http://h\nm,1,2,http://h\n'
    assert_loaded(load(text), '3 added, 0 updated, 0 unchanged')
    assert_loaded(load(text), '0 added, 0 updated, 3 unchanged')
    turned = ('URL,zoo,LAT,LNG,Title\nhttp://h,x,2.0,1,m\n'
              'http://h,y,2,1e0,n\nhttp://h,z,2,1, n\n')
    assert_loaded(load(turned), '0 added, 0 updated, 3 unchanged')
    assert_loaded(load(text + 'n,1,2,http://h\n'),
                  '1 added, 0 updated, 3 unchanged')
    database.query("UPDATE cameras SET name = 'edited' WHERE id = 1")
    assert_loaded(load(text), '0 added, 1 updated, 2 unchanged')


def test_shared_file(database):  # noqa: F811
    if not os.path.exists(SHARED_FILE):
        pytest.skip('no ../shared/data/traffic-cameras-usa.csv here')
    assert_loaded(run(database, SHARED_FILE),
                  '7029 added, 0 updated, 0 unchanged')
    assert_loaded(run(database, SHARED_FILE),
                  '0 added, 0 updated, 7029 unchanged')
    assert database.query('SELECT count(*), count(*) FILTER (WHERE playable), '
                          'count(still_url) FROM cameras') == [(7029, 5, 4103)]
    # Those that CCTVBrowserHls lets browsers play.
    assert database.query('SELECT count(*) FROM cameras WHERE has_hls') == [
        (2624,)]


def test_shared_file_with_three_broken_rows(load, database):
    if not os.path.exists(SHARED_FILE):
        pytest.skip('no ../shared/data/traffic-cameras-usa.csv here')
    with open(SHARED_FILE, encoding='utf-8', newline='') as file:
        lines = file.readlines()
    lines[99] = lines[99].replace(lines[99].split(',')[3], 'west', 1)
    lines[1999] = lines[1999].rsplit(',', 1)[0] + '\r\n'
    lines[6999] = lines[6999].replace('://', '://mallory:hunter2@', 1)
    done = load(''.join(lines))
    assert_refused(done, database, 'line 100, longitude "west":',
                   'line 2000: has 8 fields, the header has 9',
                   'line 7000, url: holds a login', '3 bad rows')
    assert 'hunter2' not in done.stderr and 'mallory' not in done.stderr


# --- PRUNE -------------------------------------------------------------------

def test_prune(load, database):
    database.query("INSERT INTO cameras (external_id, name, stream_url, geom) "
                   "VALUES ('mine', 'm', 'rtsp://h', 'SRID=4326;POINT(1 2)')")
    load('name,lon,lat,url\nkeyless,1,2,http://h\n')
    load(HEADER + row('a') + row('b') + row('c'))
    assert_loaded(load(HEADER + row('a') + row('d'), PRUNE='1'),
                  '1 added, 0 updated, 1 unchanged, 2 removed')
    assert database.query('SELECT external_id, name FROM cameras '
                          'ORDER BY external_id') == [
        ('a', 'A'), ('d', 'A'), ('mine', 'm'), (None, 'keyless')]


def test_prune_needs_keys(load, database):
    assert_refused(load('name,lon,lat,url\nn,1,2,http://h\n', PRUNE='1'),
                   database, 'PRUNE=1 needs a file with keys')


def test_prune_of_a_bad_file_removes_nothing(load, database):
    load(HEADER + row('a') + row('b'))
    for text in ('', HEADER, HEADER + row('a', lng='x')):
        assert load(text, PRUNE='1').returncode == 1
    assert database.query('SELECT count(*) FROM cameras') == [(2,)]


def test_prune_is_1_or_nothing(load, database):
    done = load(HEADER + row(), PRUNE='perhaps')
    assert done.returncode == 2 and 'PRUNE is 1' in done.stderr
    assert_loaded(load(HEADER + row(), PRUNE='0'),
                  '1 added, 0 updated, 0 unchanged')


# --- bad values --------------------------------------------------------------

BAD_VALUES = [
    ('name', '', 'is empty'),
    ('name', ' ', 'is empty'),
    ('name', 'x' * 201, 'longer than 200'),
    ('name', 'a\tb', 'control character'),
    ('name', 'a\x85b', 'control character'),
    ('name', 'a\0b', 'NUL'),
    ('lng', '', 'is empty'),
    ('lng', 'abc', 'lng "abc": is not a number'),
    ('lng', '51.5.2', 'is not a number such as 51.5072 or'),
    ('lng', '1e400', 'too large'),
    ('lng', 'NaN', 'lng "NaN": is not a number'),
    ('lng', 'inf', 'is not a number'),
    ('lng', '0x10', 'is not a number'),
    ('lng', '1_0', 'is not a number'),
    ('lng', '١', 'is not a number'),
    ('lng', '180.0001', 'is not between -180 and 180 degrees'),
    ('lat', '-91', 'is not between -90 and 90 degrees'),
    ('url', '', 'is empty'),
    ('url', 'camera', 'is not a URL'),
    ('url', 'rtsp://', 'is not a URL'),
    ('url', 'file:///etc/passwd', 'is not a URL'),
    ('url', '"rtsp://h/\nx"', 'line break'),
    ('url', 'rtsp://h/' + 'x' * 2040, 'longer than 2048'),
    ('role', '"a,b"', 'a comma'),
    ('role', 'r' * 65, 'longer than 64'),
    ('codec', 'theora', 'codec "theora": is not a codec known here: H.264'),
    ('profile', 'p' * 65, 'longer than 64'),
    ('width', '0', 'not above 0'),
    ('width', '-1', 'not a whole number'),
    ('width', '1.5', 'not a whole number'),
    ('width', '2147483648', 'too large'),
    ('height', '9' * 5000, 'too large'),
    ('fps', '0', 'not above 0'),
    ('fps', '1e39', 'too large'),
    ('fps', '1e-60', 'too small'),
    ('audio', 'maybe', 'is not true or false'),
    ('heading', '361', 'not between 0 and 360'),
    ('heading', '-361', 'not between 0 and 360'),
    ('heading', 'Median', 'point of the compass'),
    ('fov', '0', 'not above 0'),
    ('fov', '361', 'not above 0 and up to 360'),
    ('status', 'broken', 'is not online, offline or unknown'),
    ('external_id', '', 'every camera of a file with keys needs one'),
    ('external_id', 'x' * 201, 'longer than 200'),
]


def test_bad_values(load, database):
    columns = dict.fromkeys(column for column, _, _ in BAD_VALUES)
    good = dict(columns, name='n', lng='1', lat='2', url='rtsp://h')
    text = ','.join(columns) + '\n'
    expected = []
    for key, (column, value, reason) in enumerate(BAD_VALUES):
        cells = {**good, 'external_id': str(key), column: value}
        expected.append((f'line {text.count(chr(10)) + 1}, {column}', reason))
        text += ','.join(cell or '' for cell in cells.values()) + '\n'
    done = load(text)
    assert_refused(done, database, f'{len(BAD_VALUES)} bad rows')
    said = done.stderr.splitlines()
    assert len(said) == len(BAD_VALUES) + 1
    for line, (where, reason) in zip(said, expected):
        assert line.startswith(where) and reason in line


def test_bad_direction(load, database):
    assert_refused(load('name,lng,lat,url,direction\nn,1,2,http://h,400\n'),
                   database, 'line 2, direction "400": is not between 0 and')


def test_every_bad_value_has_its_line(load, database):
    done = load(
        'external_id,name,lng,lat,url,note\n'
        'a,A,1,2,rtsp://h,"one\ntwo\nthree"\n'      # lines 2 to 4
        'b,,x,2,rtsp://h,\n'                        # line 5: two values
        '\n'
        'c,C,1,2\n'                                 # line 7
        'd,D,1,2,rtsp://h,n,n\n'                    # line 8
        'a,A,1,99,rtsp://h,\n'                      # line 9
        '"e" x,E,1,2,rtsp://h,\n'                   # line 10
        'f,F,1,2,rtsp://h,"never closed\n')         # line 11
    assert_refused(done, database)
    assert done.stderr.splitlines() == [
        'Ignored columns: note',
        'line 5, name: is empty',
        'line 5, lng "x": is not a number',
        'line 7: has 4 fields, the header has 6',
        'line 8: has 7 fields, the header has 6',
        'line 9, lat "99": is not between -90 and 90 degrees',
        'line 9, external_id "a": stands on line 2 already',
        'line 10: has text after a closing quote: a quote inside a quoted '
        'field is written ""',
        'line 11: opens a quote that is never closed',
        done.stderr.splitlines()[-1]]
    assert done.stderr.splitlines()[-1].endswith(
        '6 bad rows. Nothing was loaded.')


def test_many_bad_rows_are_counted(load, database):
    done = load(HEADER + row('same', lng='x') * 1000)
    assert_refused(done, database, '… and 1,899 more', '1,000 bad rows')
    assert len(done.stderr.splitlines()) == 102


def test_windows_1252_is_read_with_a_warning(load, database):
    done = load((HEADER + row('a') + row('b', 'Zürich')).encode('cp1252'))
    assert_loaded(done, '2 added, 0 updated, 0 unchanged')
    assert 'the first is line 3' in done.stderr
    assert 'Windows-1252' in done.stderr
    assert database.query('SELECT name FROM cameras ORDER BY id') == [
        ('A',), ('Zürich',)]
    done = load(HEADER.encode() + row('c', 'Z\x81').encode('latin1'))
    assert done.returncode == 1
    assert 'line 2, name "Z\\x81": is neither UTF-8' in done.stderr


LOGINS = ['rtsp://mallory:hunter2@host/x', 'RTSP://mallory:hunter2@HOST/',
          'rtsp://hunter2@host/x', 'rtsp://mallory%3Ahunter2%40host/x',
          'rtsp://host/x?user=mallory&password=hunter2', 'mallory:hunter2@host/x',
          'http://host/hunter2?pwd=hunter2', 'rtsp://mallory:hun/hunter2@host/x',
          'rtsp://mallory:12/hunter2@host/x', 'rtsp://mallory:hunter2 x@host/',
          '"rtsp://mallory:hun,hunter2@host/x"', 'rtsp://mallory:hun"hunter2@host/x']


def test_login_is_never_repeated(load, database):
    done = load(HEADER + ''.join(row(key, lng='x', url=url)
                                 for key, url in enumerate(LOGINS)))
    assert_refused(done, database, f'{len(LOGINS)} bad rows')
    for line in range(2, 2 + len(LOGINS)):
        assert f'line {line}, url: ' in done.stderr
        assert f'line {line}, lng: is not a number' in done.stderr
    assert 'hunter2' not in done.stderr and 'mallory' not in done.stderr
    assert len(done.stderr.splitlines()) == 2 * len(LOGINS) + 1


@pytest.mark.parametrize('text', [
    # A comma in the password moves its rest into other columns.
    'rtsp://mallory:1,hunter2,x@host,name,1,2\n',
    'rtsp://mallory,hunter2@host/x,name,1,2\n',
    'rtsp://mallory:1,n,hunter2,x@host,2\n',
    'http://h/x,rtsp://mallory:hunter2@host/x,1,2,x\n',
    'http://h/x,name,rtsp://mallory:hunter2@host/x,2,x\n',
    'http://h/x,name,1,2,mallory:hunter2@host\n',
    'rtsp://mallory:hunter2@host/x,name\n',
    '"rtsp://mallory:hunter2@host/x,name,1,2,3\n',
    '"rtsp://mallory:"hunter2@host/x,name,1,2,3\n',
])
def test_login_in_a_broken_row_is_never_repeated(load, database, text):
    done = load('url,name,lat,lng,fps\n' + text)
    assert_refused(done, database, 'line 2')
    assert 'hunter2' not in done.stderr and 'mallory' not in done.stderr


def test_login_in_the_header_is_never_repeated(load, database):
    done = load('rtsp://mallory:hunter2@host/x,name,1,2\n')
    assert_refused(done, database, 'no column for')
    assert 'hunter2' not in done.stderr


# --- files that are no table of cameras --------------------------------------

@pytest.mark.parametrize('text, sentence', [
    ('', 'the file is empty'),
    ('\n\n', 'the file is empty'),
    (HEADER, 'a header and no cameras'),
    ('name,lng,lat\nn,1,2\n', 'no column for stream_url (stream_url or'),
    ('a,b\n1,2\n', 'none for longitude'),
    ('name,Lng,LNG,lat,url\n', '"Lng" and "LNG" both mean'),
    ('name,name,lng,lat,url\n', 'both mean the name'),
    ('name;lng;lat\nn;1;2\n', 'no column for stream_url'),
    ('name,lng,lat,url\nn,1,2\rx,http://h\n', 'carriage return'),
    (HEADER + 'x' * 1100000, 'longer than 1 MiB'),
    (HEADER + row('a', name='x' * 140000), 'more than 131,072 characters'),
    ('"name,lng\n', 'a quote that is never closed'),
    ('a\0b', 'not UTF-8 text'),
], ids=range(13))
def test_no_table(load, database, text, sentence):
    assert_refused(load(text), database, sentence, 'Nothing was loaded.')


def test_no_such_file(database, tmp_path):  # noqa: F811
    for path in (tmp_path / 'missing.csv', tmp_path):
        done = run(database, path)
        assert done.returncode == 2
        assert done.stderr.startswith('Cannot read ')
        assert done.stderr.count('\n') == 1


def test_unreadable_file(database, tmp_path):  # noqa: F811
    path = tmp_path / 'cameras.csv'
    path.write_text(HEADER)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip('root can read every file')
    assert 'Permission denied' in run(database, path).stderr


def test_no_file_named(database):  # noqa: F811
    done = run(database, '')
    assert done.returncode == 2 and 'make import FILE=' in done.stderr


def test_odd_file_names(database, tmp_path):  # noqa: F811
    for name in ('-x.csv', "a 'b' \"c\".csv"):
        (tmp_path / name).write_text(HEADER + row(name[0]))
        done = subprocess.run([REPO + '/tools/import.sh', name], cwd=tmp_path,
                              env={**os.environ, **database.env},
                              capture_output=True, text=True)
        assert_loaded(done, '1 added, 0 updated, 0 unchanged')


# --- the database ------------------------------------------------------------

def test_no_database(load):
    for env, word in (({'PGHOST': '/nonexistent'}, 'No such file'),
                      ({'PGDATABASE': 'nowhere'}, 'does not exist')):
        done = load(HEADER + row(), **env)
        assert done.returncode == 2
        assert done.stderr.startswith('Cannot connect to the database')
        assert word in done.stderr
        assert done.stderr.count('\n') == 1


def test_no_schema(load):
    done = load(HEADER + row(), PGDATABASE='template1')
    assert done.returncode == 2
    assert done.stderr.startswith('The database has no table of cameras')


def test_ids_given_by_hand_are_skipped(load, database):
    database.query("INSERT INTO cameras (id, name, stream_url, geom) VALUES "
                   "(2, 'm', 'rtsp://h', 'SRID=4326;POINT(1 2)')")
    assert_loaded(load(HEADER + row('a') + row('b')),
                  '2 added, 0 updated, 0 unchanged')
    assert database.query('SELECT id FROM cameras ORDER BY id') == [
        (2,), (3,), (4,)]


@pytest.mark.parametrize('header', [HEADER, HEADER.replace('external_id',
                                                           'note')])
def test_imports_at_once_do_not_double(database, tmp_path, header):  # noqa
    path = tmp_path / 'cameras.csv'
    path.write_text(header + ''.join(row(i, f'n{i}') for i in range(500)))
    runs = [subprocess.Popen([REPO + '/tools/import.sh', str(path)],
                             env={**os.environ, **database.env},
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True) for _ in range(4)]
    said = sorted(run.communicate()[0] for run in runs)
    assert said == ['0 added, 0 updated, 500 unchanged\n'] * 3 + [
        '500 added, 0 updated, 0 unchanged\n']
    assert database.query('SELECT count(*) FROM cameras') == [(500,)]


def test_statistics_are_fresh(load, database):
    load(HEADER + ''.join(row(i) for i in range(300)))
    assert database.query("SELECT reltuples FROM pg_class "
                          "WHERE relname = 'cameras'") == [(300.0,)]


def test_a_pipe_is_a_file_too(database, tmp_path):  # noqa: F811
    path = tmp_path / 'pipe'
    os.mkfifo(path)
    assert stat.S_ISFIFO(path.stat().st_mode)
    feed = subprocess.Popen(['sh', '-c', f'cat > {path}'],
                            stdin=subprocess.PIPE, text=True)
    feed.stdin.write(HEADER + row())
    feed.stdin.close()
    assert_loaded(run(database, path), '1 added, 0 updated, 0 unchanged')
    assert feed.wait() == 0


def test_name_that_is_a_url_with_a_login_is_not_shown(load, database):
    done = load(HEADER + row(name='rtsp://admin:s3cret@10.0.0.9/x'))
    assert_refused(done, database, 'line 2', 'name', 'holds a login')
    assert 's3cret' not in done.stderr


# --- lists of any kind; t/it/test_import_lists.py has them all ---------------

def test_a_spreadsheet_of_another_country(load, database):
    done = load('sep=;\r\nName;Breite;Länge;RTSP;Bild;Video Codec;Auflösung\r\n'
                'Tor;51,5;-0,1;rtsp://h/a;http://h/a.jpg;H.264+;1080p\r\n')
    assert_loaded(done, '1 added, 0 updated, 0 unchanged')
    assert database.query(
        'SELECT name, ST_X(geom), ST_Y(geom), stream_url, codec, width, height '
        'FROM cameras') == [('Tor', -0.1, 51.5, 'rtsp://h/a', 'H.264', 1920,
                             1080)]


def test_line_breaks_in_a_name_are_blanks(load, database):
    assert_loaded(load(HEADER + row(name='"North\r\nGate"')),
                  '1 added, 0 updated, 0 unchanged')
    assert database.query('SELECT name FROM cameras') == [('North Gate',)]


def test_columns(load, database):
    text = 'a,b,c,d,e,name\nn,1,2,rtsp://h/1,rtsp://h/2,x\n'
    done = load(text, COLUMNS='name=a,longitude=b,latitude=C,stream_url=#5')
    assert_loaded(done, '1 added, 0 updated, 0 unchanged')
    assert database.query('SELECT name, ST_X(geom), stream_url FROM cameras') \
        == [('n', 1.0, 'rtsp://h/2')]
    for columns, status, sentence in (
            ('name=zoo', 1, 'COLUMNS names the column "zoo"'),
            ('nonsense=a', 2, 'is none of: name, longitude'),
            ('nonsense', 2, 'is none of: name, longitude')):
        done = load(text, COLUMNS=columns)
        assert done.returncode == status
        assert sentence in done.stderr and 'Traceback' not in done.stderr


def test_dry_run(load, database):
    text = ('id,Bezeichnung,lng,lat,url,RTSP,notes,password\n'
            'a,Gate,1,2,http://h/a.jpg,rtsp://u:hunter2@h/a,x,hunter3\n'
            'b,Yard,1,x,http://h/b.jpg,rtsp://h/b,y,hunter3\n')
    done = load(text, DRY_RUN='1', LOGINS='/nonexistent/logins',
                PGHOST='/nonexistent')
    assert done.returncode == 1
    for line in ('  external_id <- "id": "a", "b"',
                 '  name <- "Bezeichnung": "Gate", "Yard"',
                 '  stream_url <- "RTSP": "…", "rtsp://h/b"',
                 '  still picture <- "url": "http://h/a.jpg", "http://h/b.jpg"',
                 '  ignored: "notes": "x", "y"',
                 '  password <- "password": (not shown)',
                 '1 good row, 1 bad row. Nothing was loaded: this is a dry '
                 'run'):
        assert line in done.stdout.splitlines()
    assert 'line 3, lat "x": is not a number' in done.stderr
    assert 'hunter' not in done.stdout + done.stderr
    assert database.query('SELECT count(*) FROM cameras') == [(0,)]


def test_skip_bad(load, database, tmp_path):
    text = (HEADER + row('a') + row('b', lng='x', name='"B, ""b"""')
            + row('c', url='rtsp://mallory:hunter2@h/x') + row('a', 'twice')
            + 'd,D,1\n' + row('e'))
    assert load(text).returncode == 1
    done = load(text, SKIP_BAD='1')
    assert_loaded(done, '2 added, 0 updated, 0 unchanged, 4 bad')
    assert 'hunter2' not in done.stderr
    path = tmp_path / 'cameras.bad.csv'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with open(path, encoding='utf-8', newline='') as file:
        bad = list(csv.reader(file))
    assert bad[0] == ['import_line', 'import_reason', 'external_id', 'name',
                      'lng', 'lat', 'url']
    assert [(line[0], line[1].split(':')[0], line[2:4]) for line in bad[1:]] \
        == [('3', 'lng "x"', ['b', 'B, "b"']),
            ('4', 'url', ['c', 'A']),
            ('5', 'external_id "a"', ['a', 'twice']),
            ('6', 'has 3 fields, the header has 5', ['d', 'D'])]
    # The file can be mended and imported; what was written in front is
    # ignored.
    bad[1][4], bad[2][6], bad[3][2] = '1', 'rtsp://h', 'z'
    with open(path, 'w', encoding='utf-8', newline='') as file:
        csv.writer(file).writerows(bad[:4])
    assert_loaded(run(database, path), '3 added, 0 updated, 0 unchanged')


def test_skip_bad_without_bad_rows_writes_no_file(load, database, tmp_path):
    assert_loaded(load(HEADER + row(), SKIP_BAD='1'),
                  '1 added, 0 updated, 0 unchanged')
    assert not (tmp_path / 'cameras.bad.csv').exists()


def test_skip_bad_needs_a_good_row(load, database, tmp_path):
    text = HEADER + row(lng='x')
    done = load(text, SKIP_BAD='1', BAD_ROWS=str(tmp_path / 'elsewhere'))
    assert_refused(done, database, '1 bad row. Nothing was loaded.')
    assert (tmp_path / 'elsewhere').read_text().count('\n') == 2
    done = load(text, SKIP_BAD='1', BAD_ROWS='/nonexistent/file')
    assert done.returncode == 2 and 'BAD_ROWS=file' in done.stderr


def test_cameras_of_bad_rows_are_not_removed(load, database):
    load(HEADER + row('a') + row('b') + row('c'))
    done = load(HEADER + row('a') + row('b', lng='x'), SKIP_BAD='1',
                PRUNE='1')
    assert_loaded(done, '0 added, 0 updated, 1 unchanged, 0 removed, 1 bad')
    assert 'Nothing was removed' in done.stderr
    assert database.query('SELECT count(*) FROM cameras') == [(3,)]


def test_logins_are_moved(load, database, tmp_path):
    path = tmp_path / 'logins'
    path.write_text('# mine\nh:554/gone  old  login\nother.example  u  p\n'
                    '*  any  thing')
    text = ('name,lng,lat,url,user,password\n'
            'A,1,2,rtsp://joe:hunter2@h/a,,\n'
            'B,1,2,rtsp://h:8554/user=joe_password=hunter2_channel=1.sdp,,\n'
            'C,1,2,rtsp://h/gone,root,\n')
    refused = load(text)
    assert_refused(refused, database, 'LOGINS=file')
    done = load(text, LOGINS=str(path))
    assert_loaded(done, '3 added, 0 updated, 0 unchanged')
    assert '3 logins written to' in done.stderr
    assert database.query('SELECT stream_url FROM cameras ORDER BY id') == [
        ('rtsp://h/a',),
        ('rtsp://h:8554/user={user}_password={password}_channel=1.sdp',),
        ('rtsp://h/gone',)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().splitlines()[1:] == [
        'h:554/a  joe hunter2',
        'h:8554/user={user}_password={password}_channel=1.sdp  joe hunter2',
        'h:554/gone  root ""', '# mine', 'other.example  u  p', '*  any  thing']
    assert 'hunter2' not in done.stderr
    # Once more: nothing changes.
    before = path.read_text()
    assert_loaded(load(text, LOGINS=str(path)),
                  '0 added, 0 updated, 3 unchanged')
    assert path.read_text() == before


def test_logins_stay_as_they_were_if_nothing_is_loaded(load, tmp_path):
    path = tmp_path / 'logins'
    path.write_text('h  u  p\n')
    text = HEADER + row(lng='x', url='rtsp://joe:hunter2@h/a')
    assert load(text, LOGINS=str(path)).returncode == 1
    assert path.read_text() == 'h  u  p\n'
    assert sorted(os.listdir(tmp_path)) == ['cameras.csv', 'logins']
    done = load(HEADER + row(url='rtsp://joe:hunter2@h/a'),
                LOGINS='/nonexistent/logins')
    assert done.returncode == 2 and 'Cannot write' in done.stderr


def test_what_looks_like_a_login(load, database):
    text = HEADER + row('a') + row('b', url='rtsp://gate:8554/video1@main')
    assert_refused(load(text), database, 'line 3, url: ', 'ALLOW_AT=1',
                   '1 bad row')
    assert_loaded(load(text, ALLOW_AT='1'), '2 added, 0 updated, 0 unchanged')
    assert database.query('SELECT stream_url, login_check_waived FROM cameras '
                          'ORDER BY id') == [
        ('rtsp://h/s', False), ('rtsp://gate:8554/video1@main', True)]
    done = load(HEADER + row(url='rtsp://u:hunter2@h/a'), ALLOW_AT='1')
    assert done.returncode == 1 and 'holds a login' in done.stderr


def test_the_database_agrees_about_logins(database):
    urls = [url.strip('"') for url in LOGINS] + [
        'rtsp://h/a', 'rtsp://h/a@b', 'rtsp://gate:8554/video1@main',
        'http://h/?user=joe', 'http://h/?auth=x', 'http://h/?pwd=',
        'rtsp://h/user={user}_password={password}_c=1', 'http://h/compass=1',
        'http://h/?url=rtsp://u:p@h', 'http://h/a:b@c', 'http://h/?token=1',
        'rtsp://h/x%3Fuser=%7Buser%7D', 'rtsp://h/password={user}x',
        'rtsp://h/%2540', 'rtsp://a:12/34@10.0.0.1/x', 'rtsp://a:1?@[::1]',
        'rtsp://a:12/34@10.0.0.1x', 'http://h/x?Pass=1', 'rtsp://h/{user}:x@y']
    for url in urls:
        asked = database.query(
            "SELECT cctv_url_has_login($1), cctv_url_has_login($1, true), "
            "cctv_is_url($1)".replace('$1', "'" + url.replace("'", "''")
                                      + "'"))
        assert asked == [(addresses.has_login(url),
                          addresses.surely_has_login(url),
                          addresses.is_url(url))], url


REWRITTEN = {
    '1234': '1,234', '1235': '1235.0', '1000': '1E+03', '007': '7',
    '0042': '42.0', '1236': ' 1236 ', '1237': '"1237"', '1238': '="1238"',
    '1239': '1.239', '1240': '1 240', '1241': '1\xa0241', '1242': "'1242",
    '{A0B1}': 'a0b1', '12E4': '12E4', '8': '008', '1,243': '1243',
    '1244': '\u201c1244\u201d', '1245': '1,245.00', '1246000': '1.246E+06',
    'CAM-9': 'cam-9'}


def test_keys_that_a_spreadsheet_has_rewritten(load, database):
    def text(keys):
        return HEADER + ''.join(row('"' + key.replace('"', '""') + '"')
                                for key in keys)
    many = len(REWRITTEN)
    assert_loaded(load(text(REWRITTEN)),
                  f'{many} added, 0 updated, 0 unchanged')
    before = database.query(CONTENT)
    assert_loaded(load(text(REWRITTEN.values()), PRUNE='1'),
                  f'0 added, 0 updated, {many} unchanged, 0 removed')
    assert database.query(CONTENT) == before


def test_keys_that_differ_stay_apart(load, database):
    text = HEADER + ''.join(row(key) for key in ('7', '07', 'A', 'a', '1.1',
                                                 '1.10'))
    assert_loaded(load(text), '6 added, 0 updated, 0 unchanged')
    assert_loaded(load(text), '0 added, 0 updated, 6 unchanged')
    assert_loaded(load(HEADER + row('007')), '1 added, 0 updated, 0 unchanged')


def test_progress_of_a_long_file(load):
    done = load(HEADER + ''.join(row(i, url='http://h') for i in range(20001)))
    assert_loaded(done, '20001 added, 0 updated, 0 unchanged')
    assert done.stderr.splitlines() == [
        '10,000 lines read …', '20,000 lines read …',
        '20,001 lines read; the database loads them …']


def test_many_cameras_into_an_empty_table(database, tmp_path):
    asked = ("SELECT indexdef, obj_description(indexname::regclass) FROM "
             "pg_indexes WHERE tablename = 'cameras' ORDER BY 1")
    before = database.query(asked)
    path = tmp_path / 'cameras.csv'
    path.write_text(HEADER + ''.join(row(i, url='http://h')
                                     for i in range(50000)))
    assert_loaded(run(database, path), '50000 added, 0 updated, 0 unchanged')
    assert database.query(asked) == before


def test_what_is_left_of_lists_without_keys_is_told(load, database):
    header = 'name,lng,lat,url\n'
    load(header + 'n,1,2,rtsp://h/1\n')
    done = load(header + 'n,1,2,rtsp://h/2\n')
    assert '1 camera of earlier imports' in done.stderr
    assert '1 camera cannot be played while the codec is not known' \
        in done.stderr


def test_an_older_schema_is_told(load, database):
    database.query('ALTER TABLE cameras RENAME login_check_waived TO gone')
    try:
        done = load(HEADER + row())
    finally:
        database.query('ALTER TABLE cameras RENAME gone TO login_check_waived')
    assert done.returncode == 2 and 'of an earlier version' in done.stderr
