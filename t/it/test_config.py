"""What `apachectl configtest` accepts, and its messages when it refuses."""

import pathlib
import re
import subprocess

import pytest

from api import HANDLER, add_cameras, dbd, location
from env import REPO
from views import ENDPOINTS, HANDLERS, Viewer, virtual_host

LIST = '/api/cameras'


def refused(written, config, *sentences, **options):
    good, said = written(config, **options).configtest()
    assert not good, said
    for sentence in sentences:
        assert sentence in said


def accepted(written, config, **options):
    good, said = written(config, **options).configtest()
    assert good, said


# --- values -----------------------------------------------------------------

@pytest.mark.parametrize('value', [
    '0', '-1', '100001', '1.5', '1e3', 'ten', '"5 "', '5x', '0x10',
    '99999999999999999999', '+', '" 5"'])
def test_bad_max_features(written, value):
    refused(written, 'CCTVMaxFeatures ' + value,
            f'CCTVMaxFeatures "{value.strip(chr(34))}"', 'from 1 to 100000')


@pytest.mark.parametrize('value', ['1', '100000', '10000', '"7"'])
def test_good_max_features(written, value):
    accepted(written, 'CCTVMaxFeatures ' + value)


@pytest.mark.parametrize('value', [
    '0', '-1', '99ms', '61', '61s', '2min', '1.5', '1.5s', 'soon',
    '" 1s"', '2x', '1e1', '99999999999999999999', 'ms', '0.2',
    '18446744073710s', '50000us', '2sx', '500msx', '"2s "'])
def test_bad_query_timeout(written, value):
    refused(written, 'CCTVQueryTimeout ' + value,
            f'CCTVQueryTimeout "{value.strip(chr(34))}"', '100ms to 60s')


@pytest.mark.parametrize('value', ['100ms', '1', '2s', '60s', '60', '1min',
                                   '500ms', '"2s"'])
def test_good_query_timeout(written, value):
    accepted(written, 'CCTVQueryTimeout ' + value)


@pytest.mark.parametrize('value', [
    '"%{REMOTE_USER"', '"%{no_such_function:x}"', '"%{}"', '"%{tolower:"'])
def test_bad_roles(written, value):
    refused(written, f'CCTVRoles {value}',
            f'CCTVRoles {value}', 'expression that yields names of roles')


@pytest.mark.parametrize('value', [
    'public', '"public,traffic"', '"%{REMOTE_USER}"',
    '"%{env:ROLES},public"', '"%{reqenv:ROLES}"', '"%{tolower:%{HTTP_HOST}}"'])
def test_good_roles(written, value):
    accepted(written, f'CCTVRoles {value}')


@pytest.mark.parametrize('value', [
    'maps.example.org', 'https://maps.example.org/', 'https://h/map',
    'https://h:0', 'https://h:65536', 'https://h:', 'https://u@h', 'null',
    'ftp://h', 'https://*.example.org', 'https://[::1', '"https://h "',
    '"https://a https://b"', 'https://a,https://b', '//h', 'none.example'])
def test_bad_allow_origin(written, value):
    for good in ('', 'https://h ', 'http://[::1]:8080 '):
        refused(written, f'CCTVAllowOrigin {good}{value}',
                f'CCTVAllowOrigin "{value.strip(chr(34))}"',
                'an origin such as https://maps.example.org', 'or none')


@pytest.mark.parametrize('value', ['*', '"*"', 'https://h *'])
def test_every_origin_is_refused_and_why(written, value):
    refused(written, f'CCTVAllowOrigin {value}', 'CCTVAllowOrigin "*"',
            'has to name each origin', 'credentials', 'POST')


@pytest.mark.parametrize('value', ['none https://h', 'https://h none',
                                   'https://h\nCCTVAllowOrigin none', 'none none'])
def test_no_origin_stands_alone(written, value):
    refused(written, f'CCTVAllowOrigin {value}', 'CCTVAllowOrigin "none"',
            'has to stand alone')


@pytest.mark.parametrize('value', [
    'https://maps.example.org', 'HTTPS://H', 'http://localhost:5173', 'none',
    'None', 'https://a http://b:1 http://[::1]:65535',
    'https://a\nCCTVAllowOrigin https://b'])
def test_good_allow_origin(written, value):
    accepted(written, f'CCTVAllowOrigin {value}')


@pytest.mark.parametrize('directive', [
    'CCTVMaxFeatures', 'CCTVMaxFeatures 1 2', 'CCTVMaxFeatures ""',
    'CCTVQueryTimeout', 'CCTVQueryTimeout 1 2', 'CCTVRoles', 'CCTVRoles a b'])
def test_number_of_arguments(written, directive):
    refused(written, directive, directive.split()[0], 'takes one argument')


def test_allow_origin_wants_an_argument(written):
    refused(written, 'CCTVAllowOrigin', 'CCTVAllowOrigin', 'origins of other')


# --- contexts of directives -------------------------------------------------

SECTIONS = ['<VirtualHost *:1>|</VirtualHost>', '<Location "/x">|</Location>',
            '<Directory "/">|</Directory>', '<LocationMatch "x">|'
            '</LocationMatch>', '<Files "x">|</Files>', '<If "true">|</If>']


@pytest.mark.parametrize('section', SECTIONS)
@pytest.mark.parametrize('directive', ['CCTVMaxFeatures 5', 'CCTVRoles a',
                                       'CCTVAllowOrigin https://h'])
def test_directives_of_every_section(written, section, directive):
    accepted(written, section.replace('|', f'\n{directive}\n'))


@pytest.mark.parametrize('section', SECTIONS[1:])
def test_query_timeout_is_of_the_server(written, section):
    refused(written, section.replace('|', '\nCCTVQueryTimeout 1s\n'),
            'CCTVQueryTimeout not allowed')


def test_query_timeout_of_a_virtual_host(written):
    accepted(written, SECTIONS[0].replace('|', '\nCCTVQueryTimeout 1s\n'))


@pytest.mark.parametrize('directive', ['CCTVMaxFeatures 5', 'CCTVRoles a',
                                       'CCTVAllowOrigin https://h',
                                       'CCTVQueryTimeout 1s'])
def test_not_in_htaccess(database, start, directive):
    httpd = start(dbd(database) + location(path='/x')
                  + '<Directory "{folder}/htdocs">\nAllowOverride All\n'
                  '</Directory>\n')
    with open(httpd.folder + '/htdocs/.htaccess', 'w') as file:
        file.write(directive + '\n')
    httpd.expect('not allowed here')
    assert httpd.get('/static').status == 500


# --- directives that depend on each other -----------------------------------

def test_misspelt_handler(written, cluster):
    refused(written, dbd(cluster) + '<Location "/x">\n'
            'SetHandler cctv-camera\n</Location>', 'CCTV0004', 'cctv-camera',
            'cctv-cameras')


def test_mod_dbd_not_loaded(written):
    refused(written, location(), 'CCTV0001', 'a2enmod dbd', without=['dbd'])


def test_no_driver(written):
    refused(written, location(), 'CCTV0002', 'DBDriver pgsql', 'DBDParams')


def test_other_driver(written, tmp_path, monkeypatch):
    # A fake driver, because the real one may not be installed.
    source = tmp_path / 'driver.c'
    source.write_text('const void *apr_dbd_other_driver[64];\n')
    subprocess.run(['cc', '-shared', '-fPIC', '-o',
                    tmp_path / 'apr_dbd_other-1.so', source], check=True)
    monkeypatch.setenv('LD_LIBRARY_PATH', str(tmp_path))
    refused(written, 'DBDriver other\nDBDParams "x"\n' + location(),
            'CCTV0003', 'DBDriver other', 'DBDriver pgsql')


def test_smallest_configuration(written, cluster):
    accepted(written, dbd(cluster) + location())


def test_module_without_its_handler_needs_nothing(written):
    accepted(written, '', without=['dbd'])


@pytest.mark.parametrize('section', [
    '<Directory "/">\n%s\n</Directory>', '<LocationMatch "x">\n%s\n'
    '</LocationMatch>', '<VirtualHost *:1>\n<Location "/x">\n%s\n</Location>\n'
    '</VirtualHost>', '<IfModule mod_cctv.c>\n<Location "/x">\n%s\n'
    '</Location>\n</IfModule>', '<Location "/x">\n<If "true">\n%s\n</If>\n'
    '</Location>'])
def test_checks_look_into_every_section(written, section):
    refused(written, section % HANDLER, 'CCTV0002')


# --- merging ----------------------------------------------------------------

@pytest.fixture
def four(database):
    add_cameras(database, {'role': 'a'}, {'role': 'b'}, {'role': 'a'},
                {'role': 'c'})
    return database


def test_location_inherits_from_the_server(four, start):
    httpd = start('CCTVMaxFeatures 1\nCCTVRoles b,c\n' + dbd(four)
                  + location() + location('CCTVMaxFeatures 2', path='/two')
                  + location('CCTVRoles a', path='/a'))
    assert httpd.get(LIST).ids() == [2]
    assert httpd.get('/two').ids() == [2, 4]
    assert httpd.get('/a?after=1').ids() == [3]


def test_virtual_host_inherits_from_the_server(four, start):
    host = ('<VirtualHost 127.0.0.1:{port}>\nServerName %s\n%s\n'
            '</VirtualHost>\n')
    httpd = start('CCTVMaxFeatures 1\n' + dbd(four) + location()
                  + host % ('one.example', '')
                  + host % ('two.example', 'CCTVMaxFeatures 2')
                  + host % ('c.example', 'CCTVRoles c'))
    for name, ids in ('one', [1]), ('two', [1, 2]), ('c', [4]):
        assert httpd.get(LIST, {'Host': name + '.example'}).ids() == ids


def test_inner_location_wins(four, start):
    httpd = start(dbd(four) + location('CCTVRoles a', 'CCTVMaxFeatures 1')
                  + '<Location "/api/cameras/in">\nCCTVRoles b\n</Location>\n'
                  + '<Location "/api/cameras/2">\nCCTVRoles b\n</Location>\n')
    assert httpd.get(LIST).ids() == [1]
    assert httpd.get(LIST + '/1').status == 200
    assert httpd.get(LIST + '/2').status == 200
    assert httpd.get(LIST + '/4').status == 404


def test_query_timeout_of_each_virtual_host_on_a_connection_of_both(
        four, start):
    host = ('<VirtualHost 127.0.0.1:{port}>\nServerName %s\n'
            'CCTVQueryTimeout %s\n</VirtualHost>\n')
    # One process with one connection.
    httpd = start(dbd(four) + location() + host % ('fast.example', '100ms')
                  + host % ('slow.example', '5s') + 'StartServers 1\n'
                  'ServerLimit 1\nMaxRequestWorkers 1\n', mpm='prefork')
    four.query('ALTER TABLE cameras RENAME TO real_cameras')
    try:
        # Reading the table takes half a second.
        four.query('CREATE VIEW cameras AS SELECT real_cameras.* FROM '
                   'real_cameras, (SELECT pg_sleep(0.5)) AS waited; '
                   'GRANT SELECT ON cameras TO cctv_reader')
        path = LIST + '/1'
        httpd.expect('CCTV0009')
        for _ in range(2):
            assert httpd.get(path, {'Host': 'fast.example'}).status == 503
            assert httpd.get(path, {'Host': 'slow.example'}).status == 200
    finally:
        four.query('DROP VIEW IF EXISTS cameras; '
                   'ALTER TABLE real_cameras RENAME TO cameras')


DRIVER = 'DBDriver pgsql\nDBDParams "host=/nowhere"\n'


def host(content, port=2):
    return f'<VirtualHost *:{port}>\n{content}</VirtualHost>\n'


def test_virtual_host_without_a_database_of_its_own(written):
    refused(written, host(DRIVER) + host(location(), 3), 'CCTV0002')


def test_virtual_host_with_the_database_of_the_server(written):
    accepted(written, DRIVER + host(location()))


def test_handler_outside_and_databases_in_virtual_hosts(written):
    accepted(written, location() + host(DRIVER) + host(DRIVER, 3))


SQLITE = 'DBDriver sqlite3\nDBDParams "/nowhere"\n'


def test_another_driver_is_another_virtual_hosts_affair(written):
    accepted(written, DRIVER + location() + host(SQLITE))


def test_handler_in_a_virtual_host_with_another_driver(written):
    refused(written, DRIVER + host(SQLITE + location()) + host(DRIVER, 3),
            'CCTV0003', 'sqlite3')


# --- views ------------------------------------------------------------------

def listed_numbers():
    """(name, scope, least, most, what a message says) of each directive that
    is a number, from the lists of the parts: a new one is tested at once."""
    for path in sorted(pathlib.Path(REPO, 'mod_cctv').glob('*/mod_settings.h')):
        if path.parent.name == 'config':
            continue
        for name, scope, least, most, off, unit in re.findall(
                r'\bNUMBER\(\w+, "(\w+)", (\w+), (\d+), (\d+), \w+, (\w+), '
                r'"([^"]*)"', ' '.join(path.read_text().replace('\\', '').split())):
            yield (name, scope, int(least), int(most),
                   f'{"off or " if off == "OR_OFF" else ""}a whole number of '
                   f'{unit} from {least} to {most}')


NUMBERS = {name: (least, most, wanted)
           for name, _, least, most, wanted in listed_numbers()}
assert NUMBERS['CCTVMaxSessionsPerClient'] == (
    1, 1000000, 'off or a whole number of sessions from 1 to 1000000')
TIMES = {'CCTVSessionTimeout': ('3s', '60min', '3s to 60min'),
         'CCTVStateInterval': ('1s', '60min', '1s to 60min'),
         'CCTVStillAge': ('1s', '60min', '1s to 60min'),
         'CCTVStillTimeout': ('1s', '60s', '1s to 60s'),
         'CCTVCatalogueInterval': ('100ms', '60s', '100ms to 60s')}
# Values that every directive with a number or with a time refuses.
NO_NUMBER = ['0', '-1', '1.5', '1e3', 'ten', '" 5"', '"20 "', '20x', '0x20',
             '+20', '99999999999999999999', 'none', 'offf', '20d']
NO_TIME = ['0', '-1', '1.5s', 'soon', '" 5s"', '5x', '1e1', '5sx', '5 s',
           '99999999999999999999', 'off', '1h', '1d', '999999us']
GLOBAL = ['CCTVCatalogueInterval 5s', 'CCTVMetricsCreated on',
          'CCTVStateFile state', 'CCTVStateInterval 5s', 'CCTVStillAge 5s',
          'CCTVStillTimeout 5s', 'CCTVStillHosts none',
          *(f'{name} {least}' for name, scope, least, *_ in listed_numbers()
            if scope == 'SERVER')]
OF_HOST = ['CCTVSessionTimeout 5s',
           *(f'{name} {least}' for name, scope, least, *_ in listed_numbers()
             if scope == 'HOST')]


def refused_value(written, name, value, wanted):
    refused(written, f'{name} {value}', f'{name} "{value.strip(chr(34))}"',
            wanted, 'httpd.conf')


@pytest.mark.parametrize('value', NO_NUMBER)
@pytest.mark.parametrize('name', NUMBERS)
def test_bad_numbers(written, name, value):
    refused_value(written, name, value, NUMBERS[name][2])


@pytest.mark.parametrize('name', NUMBERS)
def test_range_of_numbers(written, name):
    least, most, wanted = NUMBERS[name]
    for value in least - 1, most + 1:
        refused_value(written, name, str(value), wanted)
    for value in least, most:
        accepted(written, f'{name} {value}')


@pytest.mark.parametrize('value', NO_TIME)
@pytest.mark.parametrize('name', TIMES)
def test_bad_times(written, name, value):
    if ' ' in value and '"' not in value:
        refused(written, f'{name} {value}', name, 'takes one argument')
        return
    refused_value(written, name, value, TIMES[name][2])


@pytest.mark.parametrize('name, too_short', [
    ('CCTVSessionTimeout', ['2', '2s', '2999ms']),
    ('CCTVStateInterval', ['999ms', '0s', '0min'])])
def test_range_of_times(written, name, too_short):
    least, most, wanted = TIMES[name]
    for value in *too_short, '61min', '3601', '3600001ms':
        refused_value(written, name, value, wanted)
    for value in least, most, '3600', '5000ms':
        accepted(written, f'{name} {value}')


@pytest.mark.parametrize('directive', [
    'CCTVMaxSessionsPerClient off', 'CCTVMaxSessionsPerClient OFF',
    'CCTVSeriesIdle off', 'CCTVStateFile off', 'CCTVStateFile Off',
    'CCTVStateFile state', 'CCTVStateFile /nowhere/state'])
def test_what_may_be_off(written, directive):
    accepted(written, directive)


@pytest.mark.parametrize('name', [*NUMBERS, *TIMES, 'CCTVStateFile'])
@pytest.mark.parametrize('arguments', ['', ' ""', ' 20 20'])
def test_each_takes_one_argument(written, name, arguments):
    refused(written, name + arguments, name, 'takes one argument')


@pytest.mark.parametrize('directive', GLOBAL)
def test_what_is_of_all_stands_outside(written, directive):
    name = directive.split()[0]
    for section in SECTIONS:
        wanted = ('cannot occur within' if 'VirtualHost' in section
                  else 'not allowed')
        refused(written, section.replace('|', f'\n{directive}\n'),
                f'{name} {wanted}')


@pytest.mark.parametrize('directive', OF_HOST)
def test_what_is_of_a_virtual_host(written, directive):
    accepted(written, SECTIONS[0].replace('|', f'\n{directive}\n'))
    for section in SECTIONS[1:]:
        refused(written, section.replace('|', f'\n{directive}\n'),
                directive.split()[0] + ' not allowed')


@pytest.mark.parametrize('name', HANDLERS)
def test_each_handler_is_known(written, cluster, name):
    accepted(written, dbd(cluster) + f'<Location "/x">\nSetHandler cctv-'
             f'{name}\n</Location>')
    for wrong in name[:-1], name + '-', name.upper():
        refused(written, dbd(cluster) + f'<Location "/x">\nSetHandler cctv-'
                f'{wrong}\n</Location>', 'CCTV0004', f'cctv-{wrong}',
                f'cctv-{name}')


def test_view_start_needs_a_database(written):
    refused(written, ENDPOINTS, 'CCTV0002', 'cctv-view-start')
    accepted(written, ''.join(part + '</Location>\n' for part
                              in ENDPOINTS.split('</Location>\n')[1:-1]))


def test_timeout_of_each_virtual_host(database, start):
    add_cameras(database, {})
    httpd = start(
        'CCTVSessionTimeout 10s\n' + dbd(database) + ENDPOINTS
        + virtual_host('same') + virtual_host('long', 'CCTVSessionTimeout 60min')
        + virtual_host('short', 'CCTVSessionTimeout 3s'))
    for name, seconds in ('same', 10), ('long', 3600), ('short', 3):
        said = Viewer(httpd, name).post('view-start', camera_id=1).json()
        assert said['timeout_seconds'] == seconds
        assert said['heartbeat_seconds'] == seconds // 3


def test_views_of_a_client_in_each_virtual_host(database, start):
    add_cameras(database, {})
    httpd = start(
        'CCTVMaxSessionsPerClient 1\n' + dbd(database) + ENDPOINTS
        + virtual_host('same')
        + virtual_host('more', 'CCTVMaxSessionsPerClient 2')
        + virtual_host('all', 'CCTVMaxSessionsPerClient off'))
    for name, status in (('same', 201), ('same', 429), ('more', 201),
                         ('more', 429), ('all', 201), ('same', 429)):
        reply = Viewer(httpd, name).post('view-start', camera_id=1)
        assert reply.status == status, name
