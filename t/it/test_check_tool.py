"""tools/cctv-check: it finds what an installation lacks, says the line that
mends it, and gives no secret away."""

import os
import re
import subprocess
import sys

import pytest

from api import dbd
from env import REPO, SLOWNESS, make_folder
from lab import real
from video import ENDPOINTS, EVENTS, janus_config

sys.path.insert(0, REPO + '/tools')

from cctv_check import account, apache, files
from cctv_check import database as database_check
from cctv_check import janus as janus_check
from cctv_check import report as findings

LOAD = 'cctv-load-sql import'
STATE = ('CCTVStateFile {folder}/state/state\n'
         'CCTVCatalogue {folder}/state/catalogue\nCCTVMaxFeatures 5000\n')
PASSWORD = 'pass-word-2d81'
# Stands before the real commands, and writes down how they were called.
WITNESS = '''#!/bin/sh
{ echo "$@"; env; } >>"$WITNESS"
exec "/usr/sbin/${0##*/}" "$@"
'''


def check(httpd, *options, **env):
    """(exit status, what it prints)"""
    httpd.write_config(1)
    done = subprocess.run(
        [REPO + '/tools/cctv-check', '-f', httpd.folder + '/httpd.conf',
         *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=60 * SLOWNESS, check=False,
        env={**os.environ, 'PATH': os.environ['PATH'] + ':/usr/sbin', **env})
    assert 'Traceback' not in done.stdout, done.stdout
    return done.returncode, done.stdout


def wrong(said):
    """The faults: [sentence, line that mends it]."""
    return re.findall(r'^WRONG  (.*)\n       -> (.*)$', said, re.M)


@pytest.fixture
def few(written, cluster):
    """few(more, …) → a server whose pools fit into max_connections."""
    def write(more='', maximum=1, **params):
        return written('ServerLimit 4\nThreadsPerChild 4\nMaxRequestWorkers 16\n'
                       + dbd(cluster, maximum=maximum, **params) + STATE
                       + ENDPOINTS.replace('whep', 'health').split(
                           '<Location "/view-answer">')[0] + more)
    return write


def test_nothing_is_wrong(few, database):
    status, said = check(few())
    assert status == 0, said
    assert 'Nothing is wrong.' in said
    assert re.search('^ok     database .* as cctv_reader: table', said, re.M)
    assert 'there are no cameras yet\n       -> cctv-import' in said
    assert check(few(), '-q') == (0, '')


def asked(cluster, **needs):
    """What the check of the database finds as Apache's user."""
    needs = {'me': 'www-data', 'video': False, 'catalogue': True,
             'children': 4, 'threads': 4, 'most': 1, **needs}
    params = needs.pop('params', None) or cluster.params()
    return account.findings_of('www-data', database_check.check, params, needs)


@pytest.mark.parametrize('broken, mended, sentence, mends', [
    ('REVOKE SELECT (name) ON cameras FROM cctv_reader',
     'GRANT SELECT (name) ON cameras TO cctv_reader',
     'may not read the columns name', LOAD),
    ('ALTER TABLE cameras RENAME heading TO other',
     'ALTER TABLE cameras RENAME other TO heading', 'has no heading', LOAD),
    ('ALTER TABLE cameras RENAME TO others',
     'ALTER TABLE others RENAME TO cameras', 'has no table of cameras', LOAD),
    ('ALTER TABLE cameras DISABLE TRIGGER cctv_journal_update',
     'ALTER TABLE cameras ENABLE TRIGGER cctv_journal_update',
     'the journal of changes lacks triggers', LOAD),
    ('REVOKE USAGE ON SCHEMA cctv_journal FROM cctv_reader',
     'GRANT USAGE ON SCHEMA cctv_journal TO cctv_reader',
     'may not read the journal', LOAD),
    ('ALTER ROLE cctv_reader IN DATABASE cctv SET search_path = pg_catalog',
     'ALTER ROLE cctv_reader IN DATABASE cctv SET search_path = public, pg_temp',
     'does not find PostGIS', LOAD),
    ('ALTER ROLE cctv_reader CONNECTION LIMIT 3',
     'ALTER ROLE cctv_reader CONNECTION LIMIT -1',
     'need 4, but PostgreSQL allows 3', 'DBDKeep 1 and DBDMax 1')])
def test_the_database(database, broken, mended, sentence, mends):
    database.query(broken)
    try:
        found = asked(database)
    finally:
        database.query(mended)
    (fault,) = [each for each in found if each[0] == 'wrong']
    assert sentence in fault[1] and mends in fault[2]


@pytest.mark.parametrize('params, mends', [
    ({'dbname': 'no_such'}, LOAD), ({'user': 'no_such'}, 'pg_ident.conf'),
    ({'host': '/nonexistent'}, 'pg_lsclusters')])
def test_no_connection(cluster, params, mends):
    (fault,) = asked(cluster, params=cluster.params(**params,
                                                    password=PASSWORD))
    assert 'refuses Apache' in fault[1] and mends in fault[2]
    assert PASSWORD not in fault[1]


def test_params_that_cannot_be_read(cluster):
    (fault,) = asked(cluster, params=f'host=a password={PASSWORD} is it')
    assert PASSWORD not in fault[1] and 'no connection string' in fault[1]


def test_the_rights_of_the_role(database):
    (fault,) = [each for each in asked(database, video=True)
                if each[0] == 'wrong']
    assert 'cctv_stream_url()' in fault[1] and 'cctv_video' in fault[2]
    database.query('GRANT SELECT (stream_url) ON cameras TO cctv_reader')
    try:
        found = asked(database)
    finally:
        database.query('REVOKE SELECT (stream_url) ON cameras FROM cctv_reader')
    assert any('may read stream URLs' in each[1] for each in found)


def test_it_is_not_in_use(written):
    status, said = check(written('', modules=['authn_core']))
    assert status == 1
    assert wrong(said) == [('mod_cctv is not in use: no line of the '
                            'configuration names it', 'a2enmod cctv')]


def test_folders(few):
    httpd = few()
    os.chmod(httpd.folder + '/state', 0o755)
    status, said = check(httpd)
    assert status == 1
    assert 'others than' in wrong(said)[0][0]
    assert 'chmod 700' in wrong(said)[0][1]


def test_configtest_is_part_of_it(few):
    status, said = check(few('CCTVMaxSessions many\n'))
    assert status == 1 and 'CCTVMaxSessions' in said
    status, said = check(few(maximum=0))
    assert 'CCTV0180' in said


@real
def test_janus_and_turn_and_no_secret(written, cluster, janus, coturn,
                                      tmp_path):
    stun = coturn.url.replace('turn', 'stun').split('?')[0]
    server = ('ServerLimit 4\nMaxRequestWorkers 64\n' + janus_config(
        cluster, janus, f'CCTVTurnServer {coturn.url} {stun}',
        f'CCTVTurnSecretFile {coturn.secret_file}').replace(
            'user=cctv_video', f'user=cctv_video password={PASSWORD}'))
    for name in 'apache2ctl', 'apache2':
        (tmp_path / name).write_text(WITNESS)
        (tmp_path / name).chmod(0o755)
    notes = tmp_path / 'notes'
    status, said = check(written(server), WITNESS=str(notes), PATH=(
        f'{tmp_path}:{os.environ["PATH"]}:/usr/sbin'))
    assert status == 0, said
    assert 'secret, admin_key, admin API; viewers receive from' in said
    assert f'{coturn.url} takes the logins' in said
    assert re.search('^ok     stun:.* answers$', said, re.M)
    assert 'as cctv_video: table' in said
    assert 'DUMP_CONFIG' in notes.read_text()
    # Another secret, and a STUN server that is not there.
    other = coturn.folder + '/other'
    with open(os.open(other, os.O_WRONLY | os.O_CREAT, 0o600), 'w') as file:
        file.write('another-secret-of-16')
    said += check(written(server.replace(coturn.secret_file, other).replace(
        janus.secret_file, other).replace(stun, 'stun:127.0.0.1:9')))[1]
    faults = dict(wrong(said))
    assert 'static-auth-secret' in faults[
        f'{coturn.url} refuses the logins of viewers: its secret is another one']
    assert any('Janus refuses the secret' in fault and 'cctv-janus-conf' in how
               for fault, how in faults.items())
    assert any('stun:127.0.0.1:9: ' in fault for fault in faults)
    for secret in PASSWORD, coturn.secret, janus.secret, 'another-secret-of-16':
        assert secret not in notes.read_text() + said


def test_the_columns_are_those_of_the_module():
    with open(REPO + '/mod_cctv/cameras/select.h') as file:
        listed = re.search(r'\(SELECT (id, .*?)FROM cameras\)', file.read(),
                           re.S)[1]
    read = re.findall(r'\w+', listed)
    assert set(read) == set(database_check.COLUMNS)


def test_arguments_of_directives():
    assert apache.words('"a b" c \'d "e\' "f\\"g"') == ['a b', 'c', 'd "e',
                                                      'f"g']


def test_pools():
    servers = apache.read(
        '# In file: x\nDBDriver pgsql\nDBDParams "a"\n<VirtualHost *:80>\n'
        '  DBDParams "b"\n  <Location "/">\n   SetHandler cctv-health\n'
        '  </Location>\n</VirtualHost>\n<VirtualHost *:81>\n</VirtualHost>\n')
    assert [server.value('DBDParams') for server in servers] == ['a', 'b', 'a']
    assert [server.has_dbd() for server in servers] == [True, True, False]


def test_events_of_janus_that_are_off(tmp_path, monkeypatch):
    """Debian's file has them off, with an address that is only an example."""
    path = tmp_path / 'events.jcfg'
    path.write_text('general: {\n\tenabled = false\t# By default\n'
                    '\tbackend = "http://your.webserver.here/and/a/path"\n}\n')
    monkeypatch.setattr(janus_check, 'EVENTS', str(path))
    found = findings.Findings()
    janus_check.check_events(found)
    (kind, what, how), = found
    assert (kind, how) == ('note', 'cctv-janus-conf')
    assert 'events are off' in what


def test_the_age_of_countries():
    folder = REPO + '/t/data/geoip'
    for name in os.listdir(folder):
        if name.endswith('.mmdb'):
            with open(f'{folder}/{name}', 'rb') as file:
                made = files.build_time(file.read().rpartition(files.MARK)[2])
            assert made > 1e9, name
