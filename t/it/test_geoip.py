"""CCTVGeoIPDatabase: how `apachectl configtest` and the start treat a file.

t/unit tests lookups and the replacement of a file.
"""

import os
import signal
import socket

import pytest

import mmdb

DIRECTIVE = 'CCTVGeoIPDatabase "{folder}/test.mmdb"'
CORRUPT = 'it is corrupt, or no MaxMind DB file'
WHOLE = mmdb.FILES['nested.mmdb']


@pytest.fixture
def configured(written):
    """configured(content) → an Apache with that file; None: no file."""
    def make(content, directive=DIRECTIVE):
        httpd = written(directive)
        if content is not None:
            put(httpd, content)
        return httpd
    return make


def put(httpd, content):
    with open(httpd.folder + '/new.mmdb', 'wb') as file:
        file.write(content)
    os.rename(httpd.folder + '/new.mmdb', httpd.folder + '/test.mmdb')


def refused(httpd, reason):
    good, said = httpd.configtest()
    assert not good, said
    assert reason in said
    assert f'CCTVGeoIPDatabase "{httpd.folder}/test.mmdb" cannot be used' \
        in said
    assert 'httpd.conf' in said


@pytest.mark.parametrize('name', mmdb.FILES)
def test_the_files_of_the_unit_tests_are_those_of_mmdb_py(name):
    with open(os.path.join(mmdb.DATA, name), 'rb') as file:
        assert file.read() == mmdb.FILES[name]


@pytest.mark.parametrize('name', ['nested.mmdb', 'flat.mmdb', 'ip4.mmdb',
                                  'layouts.mmdb'])
def test_each_layout(configured, name):
    good, said = configured(mmdb.FILES[name]).configtest()
    assert good, said


def test_a_file_of_maxmind(configured):
    path = os.path.join(mmdb.DATA, '../../../../shared/data',
                        'GeoIP2-Country-Test.mmdb')
    if not os.path.exists(path):
        pytest.skip('no ../shared/data/GeoIP2-Country-Test.mmdb here')
    with open(path, 'rb') as file:
        good, said = configured(file.read()).configtest()
    assert good, said


def test_missing(configured):
    refused(configured(None), 'it cannot be opened: No such file')


def test_folder(configured):
    httpd = configured(None)
    os.mkdir(httpd.folder + '/test.mmdb')
    refused(httpd, 'it is not a regular file')


def test_socket(configured):
    httpd = configured(None)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(httpd.folder + '/test.mmdb')
        refused(httpd, 'it cannot be opened')


def test_pipe(configured):
    httpd = configured(None)
    os.mkfifo(httpd.folder + '/test.mmdb')
    refused(httpd, 'it is not a regular file')


def test_not_readable(configured):
    if os.getuid() == 0:
        pytest.skip('root may read everything')
    httpd = configured(WHOLE)
    os.chmod(httpd.folder + '/test.mmdb', 0)
    refused(httpd, 'it cannot be opened: Permission denied')


def test_empty(configured):
    refused(configured(b''), 'it is empty')


CONTENTS = {
    'byte': b'x', 'text': b'not a database\n' * 1000, 'marker': mmdb.MARKER,
    'zeros': bytes(4096), 'ones': b'\xff' * 100000,
    'page': bytes(4096 - len(mmdb.MARKER)) + mmdb.MARKER}


@pytest.mark.parametrize('content', CONTENTS)
def test_not_a_database(configured, content):
    refused(configured(CONTENTS[content]), CORRUPT)


@pytest.mark.parametrize('part', range(1, 20))
def test_cut_off(configured, part):
    refused(configured(WHOLE[:len(WHOLE) * part // 20]), CORRUPT)


@pytest.mark.parametrize('bits', [24, 28, 32])
def test_damaged_in_the_middle(configured, bits):
    whole = mmdb.database({'81.2.69.0/24': mmdb.nested('GB')}, bits)
    for start in 0, whole.index(bytes(16)) + 16:
        refused(configured(whole[:start] + b'\xff' * 60 + whole[start + 60:]),
                CORRUPT)


def test_without_countries(configured):
    refused(configured(mmdb.FILES['asn.mmdb']), 'it is no country database')


def test_relative_to_the_server_root(configured):
    httpd = configured(WHOLE, 'CCTVGeoIPDatabase test.mmdb')
    good, said = httpd.configtest()
    assert good, said
    os.remove(httpd.folder + '/test.mmdb')
    good, said = httpd.configtest()
    assert not good
    # The message shows the path as it is in the configuration.
    assert 'CCTVGeoIPDatabase "test.mmdb" cannot be used' in said


@pytest.mark.parametrize('directive, sentence', [
    ('CCTVGeoIPDatabase', 'takes one argument'),
    ('CCTVGeoIPDatabase a b', 'takes one argument'),
    ('CCTVGeoIPDatabase ""', 'takes one argument'),
    ('<VirtualHost *:1>\nCCTVGeoIPDatabase test.mmdb\n</VirtualHost>',
     'CCTVGeoIPDatabase cannot occur within'),
    ('<Location "/">\nCCTVGeoIPDatabase test.mmdb\n</Location>',
     'CCTVGeoIPDatabase not allowed')])
def test_bad_directives(configured, directive, sentence):
    good, said = configured(WHOLE, directive).configtest()
    assert not good, said
    assert sentence in said


def copies(pid):
    """How many databases a process has mapped."""
    with open(f'/proc/{pid}/maps') as maps:
        return sum('cctv-geoip' in line for line in maps)


@pytest.mark.parametrize('mpm', ['event', 'prefork'])
def test_each_process_has_one_database_over_reloads(start, tmp_path, mpm):
    path = tmp_path / 'test.mmdb'
    path.write_bytes(WHOLE)
    httpd = start(f'CCTVGeoIPDatabase "{path}"\n', mpm=mpm)
    for _ in range(3):
        before = httpd.children()
        assert copies(httpd.process.pid) == 1
        assert all(copies(pid) == 1 for pid in before)
        httpd.reload(signal.SIGUSR1)
