"""Typical mistakes of administrators: each is refused, or told with what mends
it. Values of single directives are in test_config.py."""

import os
import shutil
import subprocess

import pytest

from api import ONE_CHILD, dbd, location
from env import REPO, SLOWNESS, make_folder, wait_for
from test_config import accepted, refused
from test_health import OK, health
from users import AUTH, BASIC, set_passwords, user
from video import JANUS_DOWN
from views import ENDPOINTS, set_cameras

DRIVER = 'DBDriver pgsql\nDBDParams "host=/nowhere"\n'
MAP_MODULES = ['alias', 'dir', 'headers', 'mime']


@pytest.fixture
def folder():
    made = make_folder()
    yield made
    shutil.rmtree(made)


def write(path, text, mode=0o644):
    with open(path, 'w') as file:
        file.write(text)
    os.chmod(path, mode)
    return path


# --- mod_dbd ----------------------------------------------------------------

@pytest.mark.parametrize('sizes, advice', [
    ('DBDKeep 20\nDBDMax 10', 'DBDMin 1, DBDKeep 10, DBDMax 10'),
    ('DBDMin 6\nDBDMax 5', 'DBDMin 0, DBDKeep 5, DBDMax 5'),
    ('DBDMax 1', 'DBDKeep 2 (default), DBDMax 1: mod_dbd'),
    ('DBDMin 3', 'DBDMin 3, DBDKeep 2 (default)'),
    ('DBDMax 0', 'DBDMax 10')])
def test_pool_that_mod_dbd_does_not_make(written, sizes, advice):
    refused(written, DRIVER + sizes + '\n' + location(), 'CCTV0180', advice)
    refused(written, location() + f'<VirtualHost *:2>\n{DRIVER}{sizes}\n'
            '</VirtualHost>\n', 'CCTV0180', advice)


@pytest.mark.parametrize('sizes', [
    '', 'DBDMin 0\nDBDKeep 1\nDBDMax 1', 'DBDPersist Off\nDBDMax 1',
    'DBDMin 10\nDBDKeep 10\nDBDMax 10'])
def test_pool_that_mod_dbd_makes(written, sizes):
    accepted(written, DRIVER + sizes + '\n' + location())


def test_database_that_is_set_twice(written):
    other = 'DBDParams "host=/elsewhere"\n'
    refused(written, DRIVER + location() + other, 'CCTV0181',
            'httpd.conf:', 'into a <VirtualHost>')
    accepted(written, DRIVER + DRIVER + location())
    accepted(written, DRIVER + location()
             + f'<VirtualHost *:2>\n{other}</VirtualHost>\n')


@pytest.mark.skipif(os.geteuid() != 0, reason='only root makes files of others')
@pytest.mark.parametrize('owner, mode, why', [
    ('www-data', 0o600, None), ('www-data', 0o400, None),
    ('root', 0o600, "Apache's user cannot read it"),
    ('www-data', 0o640, 'others than its owner'),
    ('www-data', 0o604, 'others than its owner'),
    (None, 0, 'No such file')])
def test_file_with_the_password(written, folder, owner, mode, why):
    path = folder + '/pass'
    if owner:
        write(path, '*:*:*:*:x\n', mode)
        shutil.chown(path, owner)
    config = f'DBDriver pgsql\nDBDParams "host=/n passfile={path}"\n'
    if why is None:
        accepted(written, config + location())
    else:
        refused(written, config + location(), 'CCTV0182', why, path,
                'chown www-data:', 'chmod 600')


@pytest.mark.skipif(os.geteuid() != 0, reason='only root makes files of others')
def test_file_with_the_password_in_a_closed_folder(written, folder):
    path = write(folder + '/pass', '*:*:*:*:x\n', 0o600)
    shutil.chown(path, 'www-data')
    os.chmod(folder, 0o700)
    refused(written, 'DBDriver pgsql\nDBDParams '
            f'"host=/n passfile={path}"\n' + location(), 'CCTV0182')


# --- the state file ---------------------------------------------------------

@pytest.mark.parametrize('mode', [0o777, 0o1777, 0o770, 0o702])
def test_folder_of_the_state_that_others_may_write(written, folder, mode):
    os.chmod(folder, mode)
    refused(written, f'CCTVStateFile {folder}/state', 'CCTV0183',
            f'chmod 700 {folder}', f'{mode:04o}')


# --- variables of the shipped files -----------------------------------------

def test_define_below_its_if(written):
    video = ('<IfDefine CCTV_JANUS>\nCCTVJanusURL "${CCTV_JANUS}"\n'
             '</IfDefine>\n')
    define = 'Define CCTV_JANUS http://127.0.0.1:8088/janus\n'
    refused(written, DRIVER + location() + video + define, 'CCTV0185',
            'Define CCTV_JANUS ...', 'at the top of cctv.conf')


@pytest.mark.parametrize('name', ['CCTV_ADMIN', 'CCTV_OGC', 'CCTV_TILES'])
def test_define_below_the_site(written, name):
    modules = [*MAP_MODULES, 'authz_host']
    site = f'TypesConfig /dev/null\nInclude "{REPO}/conf/cctv-site.conf"\n'
    define = f'Define {name} local\n'
    advice = f'put "Define {name} ..." above the Include of cctv-site.conf'
    for config, told in (site + define, True), (define + site, False):
        good, said = written(DRIVER + config, modules=modules).configtest()
        assert good, said
        assert (advice in said) == told, said


def test_define_below_its_use(written):
    used = 'DBDriver pgsql\nDBDParams "${CCTV_DB}"\n'
    first, second = (f'Define CCTV_DB "host=/{name}"\n' for name in 'ab')
    for config, told in ((first + used, False), (first + used + second, True),
                         (first + used + first, False)):
        good, said = written(config + location()).configtest()
        assert good, said
        assert ('CCTV0184' in said) == told, said
    assert 'put "Define CCTV_DB ..." above it' in said or not told


def test_other_value_for_each_site(written):
    site = ('Define CCTV_PREFIX %s\n<VirtualHost *:%d>\n'
            + location(path='${CCTV_PREFIX}/api/cameras') + '</VirtualHost>\n')
    good, said = written(DRIVER + site % ('/a', 2)
                         + site % ('/b', 3)).configtest()
    assert good and 'CCTV0184' not in said, said


MAP = ('Define CCTV_MAP "{folder}/htdocs"\nDefine CCTV_MAP_CONFIG "%s"\n%s'
       f'Include "{REPO}/conf/cctv-map.conf"\n')


def map_config(folder, tiles='', below=''):
    define = f'Define CCTV_MAP_TILES "{tiles}"\n' if tiles else ''
    return ('TypesConfig /dev/null\n' + MAP % (folder, define)
            + below)


@pytest.mark.parametrize('define', [
    'CCTV_MAP_TILES https://t.example', 'CCTV_MAP_GEOLOCATION',
    'CCTV_MAP_FRAME_ANCESTORS https://portal.example'])
def test_define_below_the_page(written, folder, define):
    refused(written, map_config(folder, below=f'Define {define}\n'),
            'CCTV0185', define.split()[0] + ' is defined',
            'at the top of cctv-map.conf', modules=MAP_MODULES)
    accepted(written, f'Define {define}\n' + map_config(folder),
             modules=MAP_MODULES)


# --- the map page -----------------------------------------------------------

@pytest.mark.parametrize('tiles, why', [
    ('https://tile.example.org/{z}/{x}/{y}.png', 'no {s}, {z}'),
    ('https://{s}.tile.example.org', 'no {s}, {z}'),
    ('https://tile.example.org/tiles', 'without a path'),
    ('https://a.example,https://b.example', 'blanks between them'),
    ('ftp://tile.example.org', 'http:// or https://'),
    ('https://tile.example.org:http', 'an origin')])
def test_tiles_that_no_browser_matches(written, folder, tiles, why):
    refused(written, map_config(folder, tiles), 'CCTV0186', why,
            modules=MAP_MODULES)


@pytest.mark.parametrize('tiles, config, told', [
    ('', '{}', None),
    ('', '{"tiles": {"url": "/tiles/{z}/{x}/{y}.png"}}', None),
    ('https://*.example.org', '{"tiles": {"url": '
     '"https://{s}.example.org/{z}/{x}/{y}.png"}}', None),
    ('https://t.example:443', '{"tiles": {"url": '
     '"https://T.example/{z}/{x}/{y}.png"}}', None),
    ('', '{"tiles": {"url": "https://{s}.example.org/{z}/{x}/{y}.png"}}',
     'Define CCTV_MAP_TILES https://*.example.org'),
    ('https://t.example', '{"tiles": {"url": '
     '"https://t.example:8443/{z}/{x}/{y}.png"}}',
     'Define CCTV_MAP_TILES https://t.example:8443'),
    ('', '{"tiles": [{"url": "/{z}/{x}/{y}"}, {"url": "/{z}/{x}/{y}", '
     '"dark": "https://dark.example/{z}/{x}/{y}"}]}',
     'Define CCTV_MAP_TILES https://dark.example'),
    ('', '{"usage":\n }', 'line 2, column 2')])
def test_config_of_the_page(written, folder, tiles, config, told):
    write(folder + '/config.json', config)
    good, said = written(map_config(folder, tiles),
                         modules=MAP_MODULES).configtest()
    assert good, said
    if told is None:
        assert 'config.json' not in said and 'CCTV018' not in said
    else:
        assert told in said and 'config.json' in said


def test_the_page_without_the_module(written, folder):
    httpd = written(map_config(folder), modules=MAP_MODULES)
    httpd.write_config(1)
    path = httpd.folder + '/httpd.conf'
    with open(path) as file:
        lines = [line for line in file if 'cctv_module' not in line]
    write(path, ''.join(lines).replace(' cctv:debug', ''))
    done = subprocess.run(**httpd.command('-t'), capture_output=True, check=False,
                          text=True, timeout=30)
    assert done.returncode != 0
    assert 'a2enmod cctv' in done.stderr and 'a2disconf cctv-map' in done.stderr


# --- what only a running server knows ---------------------------------------

@pytest.fixture(scope='module')
def httpd(cluster, start_shared):
    set_cameras(cluster, *[{'role': 'public'}] * 2)
    return start_shared(
        'StartServers 1\nServerLimit 2\nThreadsPerChild 50\n'
        'MaxRequestWorkers 100\nMinSpareThreads 1\nMaxSpareThreads 100\n'
        'LogLevel cctv:info\n' + dbd(cluster, maximum=60)
        + ENDPOINTS + location())


def test_more_connections_than_the_database_has(httpd):
    assert httpd.get('/api/cameras').status == 200
    wait_for(lambda: 'CCTV0190' in httpd.text(), 'it is told', 5 * SLOWNESS)
    said = httpd.text().split('CCTV0190')[1]
    assert ('2 child processes with up to 50 connections each (DBDMax) need '
            '100, but PostgreSQL allows 97') in said
    assert 'write DBDKeep 48 and DBDMax 48' in said
    assert 'by 3\n' in said


@pytest.mark.parametrize('wrong, mended', [
    ('ALTER TABLE cameras RENAME TO other', 'ALTER TABLE other RENAME TO cameras'),
    ('REVOKE SELECT (heading) ON cameras FROM cctv_reader',
     'GRANT SELECT (heading) ON cameras TO cctv_reader')])
def test_health_asks_for_a_camera(httpd, cluster, wrong, mended):
    wait_for(lambda: health(httpd) == OK, 'it is well', 5 * SLOWNESS)
    cluster.query(wrong)
    try:
        httpd.expect('CCTV0010')
        wait_for(lambda: health(httpd)['database'] == 'down', 'it is told',
                 5 * SLOWNESS)
        # Other answers of the database do not hide it.
        for _ in range(20):
            httpd.get('/metrics')
            assert health(httpd)['database'] == 'down'
    finally:
        cluster.query(mended)
    wait_for(lambda: health(httpd) == OK, 'it is back', 5 * SLOWNESS)


def test_health_does_not_load_the_database(httpd, cluster):
    def asked():
        return httpd.get('/metrics').body.decode().split(
            'cctv_db_query_duration_seconds_count ')[1].split()[0]
    wait_for(lambda: health(httpd) == OK, 'it is well', 5 * SLOWNESS)
    before = int(asked())
    for _ in range(100):
        health(httpd)
    # At most one a second; asked() itself may count cameras.
    assert int(asked()) - before < 20 * SLOWNESS


def test_role_of_the_database_without_video(start, cluster, video):
    httpd = start(ONE_CHILD + dbd(cluster) + video.config() + ENDPOINTS)
    httpd.expect('CCTV0010')
    assert health(httpd)['database'] == 'down'
    assert 'with CCTVJanusURL cctv_video' in httpd.text()


def test_secret_that_janus_refuses(start, cluster, video):
    wrong = video.write('wrong', 'another-secret-of-some-length')
    httpd = start(ONE_CHILD + dbd(cluster, user='cctv_video')
                  + video.config(SecretFile=wrong) + ENDPOINTS)
    httpd.expect(*JANUS_DOWN)
    wait_for(lambda: health(httpd)['video'] == 'down', 'it is told',
             5 * SLOWNESS)
    wait_for(lambda: 'CCTV0048' in httpd.text(), 'it is told', 5 * SLOWNESS)


def test_admin_api_at_the_wrong_address(start, cluster, video):
    httpd = start(ONE_CHILD + dbd(cluster, user='cctv_video')
                  + video.config(AdminURL=video.janus.url) + ENDPOINTS)
    httpd.expect('CCTV0049')
    wait_for(lambda: 'CCTV0049' in httpd.text(), 'it is told', 5 * SLOWNESS)
    assert health(httpd)['video'] == 'up'


# --- CCTVRoles --------------------------------------------------------------

def test_variable_of_the_roles_that_nothing_sets(start, cluster, written):
    set_cameras(cluster, {'role': 'public'}, {'role': 'staff'})
    roles = '"public,%{reqenv:AUTHENTICATE_ROLE},%{reqenv:AUTHENTICATE_ROLES}"'
    httpd = start(
        ONE_CHILD + dbd(cluster)
        + 'SetEnvIf Authorization . AUTHENTICATE_ROLES=staff\n'
        + location(f'CCTVRoles {roles}', *BASIC)
        + location(f'CCTVRoles {roles}', path='/open'), modules=AUTH)
    set_passwords(httpd, 'ann')
    assert httpd.get('/open').ids() == [1]
    assert 'CCTV0189' not in httpd.text(), 'nobody has logged in'
    for _ in range(3):
        assert httpd.get('/api/cameras', user('ann')).ids() == [1, 2]
    assert httpd.text().count('CCTV0189') == 1
    line = httpd.text().split('CCTV0189')[1].splitlines()[0]
    assert 'reads AUTHENTICATE_ROLE,' in line
    assert "there are: AUTHENTICATE_ROLES" in line
