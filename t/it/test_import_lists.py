"""Lists of cameras as people have them: each file of t/data/import and the
rows that it gives, and the parts of the importer. No database is needed."""

import csv
import json
import os
import re
import stat
import subprocess
import time
import tracemalloc

import pytest

from import_lists import REPO, given, taken
from import_cameras import (addresses, headings, keys, logins, places, report,
                            sizes, values)
from import_cameras.__main__ import check_apart
from import_cameras.codecs_of_video import codec_and_profile
from import_cameras.login_file import LoginFile
from import_cameras.words import Bad, Obstacle, Refused

FOLDER = os.path.join(REPO, 't', 'data', 'import')
with open(os.path.join(FOLDER, 'expected.json'), encoding='utf-8') as file:
    EXPECTED = json.load(file)


def test_every_file_is_expected():
    assert sorted(set(os.listdir(FOLDER)) - {'expected.json'}) == sorted(
        EXPECTED)


@pytest.mark.parametrize('name', EXPECTED)
def test_file(name):
    path = os.path.join(FOLDER, name)
    found = given(path, EXPECTED[name].get('columns', ''))
    assert json.loads(json.dumps(found)) == EXPECTED[name]


# --- what docs/import.md says ----------------------------------------------

def page():
    path = os.path.join(REPO, 'docs', 'import.md')
    with open(path, encoding='utf-8') as text:
        return text.read()


def spellings(heading):
    """[(first cell, [code of the second])] of the table below a heading."""
    part = page().partition(f'\n## {heading}\n')[2].partition('\n## ')[0]
    rows = [line.strip('| ').split(' | ') for line in part.splitlines()
            if line.startswith('| ') and line.count('`')]
    return [(cells[0], re.findall('`([^`]+)`', cells[-1])) for cells in rows]


READ = {
    'codec': lambda text: codec_and_profile(text)[0],
    'status': values.read_status,
    'heading': lambda text: f'{float(headings.read_heading(text)):g}',
    'fps': lambda text: f'{float(values.read_fps(text)):g}',
    'resolution': lambda text: 'x'.join(sizes.read_size(text)),
    'audio': lambda text: {'t': 'true'}.get(values.read_audio(text)),
}


@pytest.mark.parametrize('cell, words', spellings('Values'))
def test_documented_values(cell, words):
    column, value = cell.replace('`', '').split(' ', 1)
    assert words
    for word in words:
        assert READ[column](word) == value, word


def test_documented_coordinates():
    table = dict(spellings('Coordinates'))
    for word in table['degrees'] + table['minutes and seconds']:
        value = places.degrees(word, None)
        assert round(value, 2) in (51.51, -0.13), word
    for words in (table['both in one cell'], table['WKT, EWKT'],
                  table['other']):
        for word in words:
            assert {round(each, 2) for each in places.read_pair(word)[:2]} \
                == {51.51, -0.13}, word


def test_documented_keys():
    words = re.findall('`([^`]+)`', page().partition('\n## Keys\n')[2]
                       .partition(' are `1234`')[0])
    assert len(words) == 6
    assert {keys.plain_key(word) for word in words} == {'1234'}


# --- parts -------------------------------------------------------------------

@pytest.mark.parametrize('read, texts', [
    (lambda t: codec_and_profile(t)[0] or Bad, 'theora;h;26;x;H.26;H.263;H.266'
     ';wmv;unknown codec;MPEG-2;VP7;raw'),
    (values.read_status, 'broken;2;maybe;yes no'),
    (headings.read_heading, '361;-361;Median;NS;north/south;1e400;;x'),
    (values.read_fps, '0;-1;fps;15-30;1e39'),
    (sizes.read_size, '1920;x;0x0;1920x;abc;1.5x2'),
    (values.read_audio, 'maybe;2'),
    (values.read_pixels, '1.5;-1;0;1,5;2147483648;1,92'),
    (lambda t: places.degrees(t, 'latitude'), '90.1;-91;51°60\'N;51 30 61 N;'
     '51.5 E;N 51 N;51.5.5;1e9;--1;51°30.5\'30"N;-51 N'),
    (places.read_pair, 'x;1;POINT(1);POINT EMPTY;LINESTRING(1 2,3 4);'
     '51N 52N;{};0101000020')])
def test_what_is_no_value(read, texts):
    for text in texts.split(';'):
        with pytest.raises(Bad):
            if read(text) is Bad:
                raise Bad(text)


@pytest.mark.parametrize('header, sample, names', [
    # Real headers.
    ('CAMERALABEL,VIDEOURL,XPOS,YPOS', [],
     {'name': 'CAMERALABEL', 'stream_url': 'VIDEOURL',
      'place': ('XPOS', 'YPOS')}),
    ('locationName,streamingVideoURL,longitude,latitude', [],
     {'name': 'locationName', 'stream_url': 'streamingVideoURL',
      'place': ('longitude', 'latitude')}),
    ('Name,url,RTSP,x,y', ['a,http://h/a.jpg,rtsp://h/a,1,2'],
     {'name': 'Name', 'stream_url': 'RTSP', 'still_url': 'url',
      'place': ('x', 'y')}),
    # A picture is not video, whatever its title.
    ('name,lon,lat,stream,image', ['a,1,2,http://h/a.jpg,rtsp://h/a'],
     {'name': 'name', 'stream_url': 'image', 'still_url': 'stream',
      'place': ('lon', 'lat')}),
    # Titles that mean something else.
    ('name,lon,lat,url,state,city,mode', ['a,1,2,rtsp://h/a,Ohio,Dayton,Auto'],
     {'name': 'name', 'stream_url': 'url', 'place': ('lon', 'lat')}),
    ('name,lon,lat,url,state', ['a,1,2,rtsp://h/a,online'],
     {'name': 'name', 'stream_url': 'url', 'status': 'state',
      'place': ('lon', 'lat')}),
    ('name,lon,lat,url,website', ['a,1,2,rtsp://h/a,http://h/'],
     {'name': 'name', 'stream_url': 'url', 'place': ('lon', 'lat')}),
    ('Camera,Location,Feed', ['a,"51.5 -0.1",rtsp://h/a'],
     {'name': 'Camera', 'stream_url': 'Feed', 'place': ('Location', None)}),
    ('Camera,Location,lat,lon,Link', ['1,Main St,51,0,rtsp://h/a'],
     {'name': 'Location', 'stream_url': 'Link', 'place': ('lon', 'lat')}),
    # A column without values gives way.
    ('name,title,longitude,lng,lat,url', [',a,,1,2,rtsp://h/a'],
     {'name': 'title', 'stream_url': 'url', 'place': ('lng', 'lat')}),
    ('camera.name,geo.latitude,geo.longitude,rtsp_url', [],
     {'name': 'camera.name', 'stream_url': 'rtsp_url',
      'place': ('geo.longitude', 'geo.latitude')}),
    ('Name,Latitude (deg),Longitude [°],Stream URL,Frame rate (fps)', [],
     {'name': 'Name', 'stream_url': 'Stream URL', 'fps': 'Frame rate (fps)',
      'place': ('Longitude [°]', 'Latitude (deg)')}),
    ('id,camera_id,name,lon,lat,url,url2', [],
     {'external_id': 'camera_id', 'name': 'name', 'stream_url': 'url',
      'sub_stream_url': 'url2', 'place': ('lon', 'lat')}),
])
def test_columns(header, sample, names):
    assert taken(header.split(','), csv.reader(sample)) == names


@pytest.mark.parametrize('columns, names', [
    ('name=b,stream_url=c', {'name': 'b', 'stream_url': 'c'}),
    ('name=b,url=#3', {'name': 'b', 'stream_url': 'c'}),
    ('NAME = B , stream_url = C', {'name': 'b', 'stream_url': 'c'}),
    ('name=b,stream_url=c,role=', {'name': 'b', 'stream_url': 'c'}),
    ('name=b,stream_url=c,codec=x,y', {'name': 'b', 'stream_url': 'c',
                                       'codec': 'x,y'})])
def test_columns_that_are_named(columns, names):
    header = ['name', 'b', 'c', 'lon', 'lat', 'x,y']
    assert taken(header, [], columns) == {**names, 'place': ('lon', 'lat')}


def test_the_order_of_a_pair_may_be_named():
    header = ['name', 'url', 'p']
    row = ['a', 'rtsp://h', '1 2']
    for columns, order in (('lat_lon=p', 'lat_lon'), ('lon_lat=p', 'lon_lat'),
                           ('latitude=p,longitude=p', 'lat_lon')):
        assert taken(header, [row], columns)['place'] == ('p', order)


@pytest.mark.parametrize('columns, error', [
    ('zoo=name', Obstacle), ('name', Obstacle), ('name=zoo', Refused),
    ('name=#9', Refused), ('name=twice', Refused)])
def test_columns_that_cannot_be_named(columns, error):
    with pytest.raises(error):
        taken(['name', 'url', 'lon', 'lat', 'twice', 'twice'], [], columns)


@pytest.mark.parametrize('width', ['80', '', ' '])
def test_the_width_of_a_terminal_names_no_columns(width):
    assert taken(['name', 'url', 'lon', 'lat'], [], width)['name'] == 'name'


@pytest.mark.parametrize('text', [
    'rtsp://a:b@', 'rtsp://h:1/x:y@z', 'http://h/?auth=zzz',
    'rtsp://us er:p@h/a', 'rtsp://u%3Av:p@h', 'rtsp://:p@h/a',
    'rtsp://u:%20p@h', 'rtsp://u:p%0A@h', 'rtsp://u:p@h?user=v&password=w',
    'rtsp://mallory%3Ahunter2%40host/x', 'u:p@h', 'rtsp://u:%22%22@h'])
def test_logins_that_cannot_be_moved(text):
    with pytest.raises(Bad) as bad:
        address, user, _ = logins.take(text)
        assert user is None or not addresses.is_url(address)
        raise Bad('is not a URL')
    assert 'hunter2' not in str(bad.value)


def test_a_file_of_logins_keeps_its_other_lines(tmp_path):
    path = tmp_path / 'logins'
    path.write_bytes(b'# m\xc3\xb6\n h:1/a old pw\nh:1 u p')
    one = LoginFile(str(path))
    assert one.add('h:1/a', 'new', 'pw')
    assert not one.add('h:1/a', 'other', 'pw')
    assert one.add('[::1]:2', 'u', '')
    one.prepare()
    assert path.read_bytes().startswith(b'# m')
    one.put()
    assert path.read_text(encoding='utf-8').splitlines()[1:] == [
        'h:1/a  new pw', '[::1]:2  u ""', '# mö', 'h:1 u p']
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ['logins']


def test_a_login_of_a_host_stands_behind_those_of_its_cameras(tmp_path):
    path = tmp_path / 'logins'
    (tmp_path / 'link').symlink_to('logins')
    path.write_bytes(b'# K\xf6ln\n* all p\nh:554/old  u  p\nh:554  a b\n')
    file = LoginFile(str(tmp_path / 'link'))
    file.add('h:554', 'new', 'p')
    file.add('h:554/x', 'new', 'p')
    file.prepare()
    file.put()
    assert path.read_bytes().splitlines()[1:] == [
        b'h:554/x  new p', b'h:554/old  u  p', b'h:554  new p', b'# K\xf6ln',
        b'* all p']
    assert (tmp_path / 'link').is_symlink()


@pytest.mark.parametrize('path', ['/dev/null', '/tmp'])
def test_logins_go_into_a_file(path):
    with pytest.raises(Obstacle):
        LoginFile(path)


def test_no_part_of_a_login_is_printed(tmp_path):
    path = tmp_path / 'list.csv'
    path.write_text(
        'name,lat,lon,url,username,credentials,pw2,codec\n'
        'rtsp://a:SECRET@10.0.0.1/a,1,2,http://h/x,a,SECRET,SECRET,SECRET\n'
        'B,1,2,rtsp://10.0.0.2/b,SECRET,SECRET,SECRET,H.264\n')
    done = subprocess.run(
        [os.path.join(REPO, 'tools', 'import.sh'), '--dry-run', str(path)],
        capture_output=True, text=True)
    assert 'line 2, codec: is not a codec' in done.stderr
    assert 'SECRET' not in done.stdout + done.stderr


def test_what_follows_a_password_is_not_printed(tmp_path):
    path = tmp_path / 'list.csv'
    path.write_text('name,lat,lon,url,user,password,codec,\n'
                    'A,1,2,rtsp://10.0.0.1/a,admin,pass,SECRET,H.264\n')
    done = subprocess.run(
        [os.path.join(REPO, 'tools', 'import.sh'), '--dry-run',
         '--logins=l', str(path)], capture_output=True, text=True)
    assert 'line 2, codec: is not a codec' in done.stderr
    assert 'SECRET' not in done.stderr


def test_bad_rows_may_go_nowhere():
    # A device as /dev/null is one.
    ends = os.openpty()
    path = os.ttyname(ends[1])
    mode = os.stat(path).st_mode
    report.check_writable(path)
    report.discard_bad_rows(path)
    assert os.stat(path).st_mode == mode
    for end in ends:
        os.close(end)


def test_no_file_is_read_and_written(tmp_path):
    path = tmp_path / 'list.csv'
    path.touch()
    (tmp_path / 'link').symlink_to(path)
    check_apart({'the list': str(path), 'LOGINS': None, 'BAD_ROWS': False})
    for name in ('LOGINS', 'BAD_ROWS'):
        with pytest.raises(Obstacle, match='the same file'):
            check_apart({'the list': str(path),
                         name: str(tmp_path / 'link')})


@pytest.mark.parametrize('read', [
    headings.read_heading, headings.read_direction,
    headings.read_field_of_view, sizes.read_size, values.read_fps,
    values.read_status, values.read_audio, places.read_pair,
    lambda text: places.degrees(text, None)])
@pytest.mark.parametrize('text', ['1 !', 'N (!', 'facing x', '1x y'])
def test_long_texts_take_no_time(read, text):
    start = time.monotonic()
    try:
        read(text.replace(' ', 100_000 * ' '))
    except Bad:
        pass
    assert time.monotonic() - start < 1


def test_large_files_take_no_memory(tmp_path):
    """Rows are read one by one, in every format that can be large."""
    from import_cameras.source import Source
    from import_cameras.tables import open_table
    path = tmp_path / 'list.geojsonl'
    feature = ('{"type":"Feature","properties":{"name":"%01000d","url":"h"},'
               '"geometry":{"type":"Point","coordinates":[1,2]}}\n')
    with path.open('w') as file:
        file.writelines(feature % n for n in range(3000))
    tracemalloc.start()
    source = Source(str(path))
    assert sum(1 for _ in open_table(source).rows()) == 3000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    source.close()
    assert peak < 2 << 20
