"""What `apachectl configtest` accepts, and what it says where it does not."""

import subprocess

import pytest

from api import HANDLER, add_cameras, dbd, location

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


# --- places -----------------------------------------------------------------

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


# --- between directives -----------------------------------------------------

def test_misspelt_handler(written, cluster):
    refused(written, dbd(cluster) + '<Location "/x">\n'
            'SetHandler cctv-camera\n</Location>', 'CCTV0004', 'cctv-camera',
            'cctv-cameras')


def test_mod_dbd_not_loaded(written):
    refused(written, location(), 'CCTV0001', 'a2enmod dbd', without=['dbd'])


def test_no_driver(written):
    refused(written, location(), 'CCTV0002', 'DBDriver pgsql', 'DBDParams')


def test_other_driver(written, tmp_path, monkeypatch):
    # Stands in for a driver that need not be installed here.
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
        # A table that takes half a second to read.
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
