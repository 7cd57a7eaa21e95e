"""PostgreSQL as it is run elsewhere: PostGIS in a schema of its own, databases in
other encodings, sessions that may not write, a pooler in between.

test_postgres_hosts.py has standbys, promotions and TLS.
"""

import contextlib
import glob
import os
import re
import shutil
import signal
import subprocess
import time

import psycopg2
import pytest

from api import ONE_CHILD, add_cameras, dbd, location
from env import REPO, SLOWNESS, bound, make_folder, wait_for
from load import Load
from postgres import DOWN, stopped, told
from video import Watcher
from views import set_cameras

FILES = ('10-schema', '20-roles', '30-import', '90-demo')
LIST = ONE_CHILD + location() + '<Location "/health">\n' \
    'SetHandler cctv-health\n</Location>\n'


def psql(cluster, dbname, *arguments):
    done = subprocess.run(
        ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-1', '-d', dbname,
         *arguments], env={**os.environ, **cluster.env}, timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding='utf-8')
    assert done.returncode == 0, done.stdout
    return done.stdout


def load(cluster, dbname, *names):
    return [psql(cluster, dbname, '-f', f'{REPO}/sql/{name}.sql')
            for name in names]


@pytest.fixture(scope='module')
def make_database(cluster):
    """make_database(name, options) → an empty database."""
    made = []

    def make(name, options=''):
        cluster.query(f'CREATE DATABASE {name} TEMPLATE template0 {options}')
        made.append(name)
        return name
    yield make
    for name in made:
        cluster.query(f'DROP DATABASE {name} WITH (FORCE)')


# --- PostGIS in a schema of its own -------------------------------------------

@pytest.fixture(scope='module')
def elsewhere(cluster, make_database):
    """A database with the extensions in a schema that everybody may write to."""
    name = make_database('cctv_elsewhere')
    psql(cluster, name, '-c', 'CREATE SCHEMA extensions',
         '-c', 'CREATE EXTENSION postgis SCHEMA extensions',
         '-c', 'CREATE EXTENSION pg_trgm SCHEMA extensions',
         '-c', 'GRANT CREATE ON SCHEMA extensions TO PUBLIC')
    load(cluster, name, *FILES)
    return name


def ask(httpd):
    """The status codes of a list by position, by name, and of one camera."""
    return [httpd.get('/api/cameras' + path).status
            for path in ('?bbox=-1,51,1,52&limit=5', '?q=centr&limit=2',
                         '?limit=3', '/1')]


def import_twice(cluster, dbname, path):
    path.write_text('external_id,name,lng,lat,url\na,A,1,2,rtsp://h/s\n')
    said = [subprocess.run(
        [REPO + '/tools/import.sh', str(path)], check=True, timeout=60,
        stdout=subprocess.PIPE, encoding='utf-8', env={
            **os.environ, **cluster.env, 'PGDATABASE': dbname, 'PRUNE': ''})
        .stdout for _ in range(2)]
    assert '1 added' in said[0] and '1 unchanged' in said[1], said


def test_postgis_is_in_a_schema_of_its_own(cluster, start, elsewhere, tmp_path):
    httpd = start(dbd(cluster, dbname=elsewhere) + LIST)
    assert ask(httpd) == [200] * 4
    assert httpd.get('/api/cameras?bbox=-1,51,1,52&limit=5').ids()
    # Again, as at an upgrade.
    load(cluster, elsewhere, *FILES)
    import_twice(cluster, elsewhere, tmp_path / 'cameras.csv')
    assert ask(httpd) == [200] * 4
    cluster.query("SELECT cctv_set_status(1, 'offline')", dbname=elsewhere)


def test_nothing_is_found_where_others_may_write(cluster, elsewhere):
    with contextlib.closing(cluster.connect(
            elsewhere, 'cctv_reader')) as connection:
        cursor = connection.cursor()
        cursor.execute('SHOW search_path')
        assert cursor.fetchone() == ('public, extensions, pg_temp',)
        cursor.execute('SET default_transaction_read_only = off')
        for schema in ('public', 'extensions'):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(f'CREATE TABLE {schema}.trap ()')
    assert cluster.query(
        "SELECT count(*) FROM pg_namespace, aclexplode(nspacl) AS acl "
        "WHERE nspname IN ('public', 'extensions') AND grantee = 0 "
        "AND privilege_type = 'CREATE'", dbname=elsewhere) == [(0,)]


def test_roles_are_loaded_while_apache_runs(cluster, start, elsewhere):
    """Before, as after an upgrade from a version that did not set it, the
    functions are not found; the log says what to load."""
    cluster.query(f'ALTER ROLE cctv_reader IN DATABASE {elsewhere} '
                  'RESET search_path', dbname=elsewhere)
    httpd = start(dbd(cluster, dbname=elsewhere) + LIST)
    httpd.expect('CCTV0010')
    for _ in range(5):
        assert httpd.get('/api/cameras?bbox=-1,51,1,52').status == 503
    lines = told(httpd, 'CCTV0010')
    assert len(lines) == 1 and 'sql/20-roles.sql' in lines[0], lines
    load(cluster, elsewhere, '20-roles')
    wait_for(lambda: httpd.get('/api/cameras?bbox=-1,51,1,52').status == 200,
             'the pooled connection is replaced', 10 * SLOWNESS)


# --- encodings ----------------------------------------------------------------

LATIN1 = "ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C'"


def refused(httpd, words):
    """Every answer is a 503, and one line of the log says why."""
    httpd.expect('CCTV0172')
    for path in ('/api/cameras', '/health', '/api/cameras/1', '/health'):
        assert httpd.get(path).status == 503
    lines = told(httpd, 'CCTV0172')
    assert len(lines) == 1 and words in lines[0], lines


def test_a_database_in_latin1_is_refused(cluster, start, make_database):
    name = make_database('cctv_latin1', LATIN1)
    with pytest.raises(AssertionError, match='createdb -E UTF8'):
        load(cluster, name, '10-schema')
    refused(start(dbd(cluster, dbname=name) + LIST), 'createdb -E UTF8')


def test_a_connection_in_latin1_is_refused(database, start):
    add_cameras(database, {'name': 'Café'})
    refused(start(dbd(database) + LIST
                  + 'DBDInitSQL "SET client_encoding = LATIN1"\n'),
            'client_encoding')


@pytest.mark.parametrize('params, words', [
    ({'client_encoding': 'LATIN1'}, 'client_encoding than UTF8'),
    ({'target_session_attrs': 'read-write'}, 'target_session_attrs=primary')])
def test_params_that_cannot_work_are_refused(database, written, params, words):
    good, said = written(dbd(database, **params) + LIST).configtest()
    assert not good and 'CCTV0175' in said and words in said, said


def test_the_encoding_of_a_role_does_not_matter(database, start):
    add_cameras(database, {'name': 'Café'})
    database.query("ALTER ROLE cctv_reader SET client_encoding = 'LATIN1'")
    try:
        reply = start(dbd(database) + LIST).get('/api/cameras/1')
    finally:
        database.query('ALTER ROLE cctv_reader RESET client_encoding')
    assert reply.json()['properties']['name'] == 'Café'


# --- sessions that may not write ------------------------------------------------

@pytest.fixture
def read_only(cluster):
    """Sessions of the database are read-only by default until it is called."""
    def writable():
        cluster.query('BEGIN READ WRITE; ALTER DATABASE cctv RESET '
                      'default_transaction_read_only; COMMIT')
    yield writable
    writable()


def status_of(cluster, camera):
    with contextlib.closing(cluster.connect()) as connection:
        cursor = connection.cursor()
        cursor.execute('SELECT status FROM cameras WHERE id = %s', [camera])
        return cursor.fetchone()[0]


def test_writes_pause_while_the_database_is_read_only(
        cluster, start, video, read_only):
    set_cameras(cluster, {'status': 'offline'}, {'status': 'offline'})
    cluster.query('ALTER DATABASE cctv SET default_transaction_read_only = on')
    httpd = start(ONE_CHILD + video.server(cluster) + location())
    httpd.expect('CCTV0170')
    viewer = Watcher(httpd)
    viewer.play(1)
    with viewer.kept():
        wait_for(lambda: told(httpd, 'CCTV0170'), 'it is told', 20 * SLOWNESS)
        # Attempts go on meanwhile, and do not tell it again.
        wait_for(lambda: httpd.text().count('CCTV0174') >= 1, 'it is tried',
                 30 * SLOWNESS)
        assert httpd.get('/api/cameras').status == 200
        assert status_of(cluster, 1) == 'offline'
        assert len(told(httpd, 'CCTV017')) == 1
        read_only()
        # Existing sessions stay read-only: their connections are replaced.
        wait_for(lambda: status_of(cluster, 1) == 'online', 'it is written',
                 20 * SLOWNESS)
    assert len(told(httpd, 'CCTV0170')) == len(told(httpd, 'CCTV0171')) == 1
    assert not told(httpd, 'CCTV0010')
    viewer.end_all()


def test_what_a_standby_ends_is_run_again(database, start):
    """A standby ends a query if a change from the primary needs what it reads."""
    add_cameras(database, {})
    database.query("""
        CREATE SEQUENCE ends;
        CREATE FUNCTION ends(text) RETURNS text LANGUAGE plpgsql
        SECURITY DEFINER AS $$ BEGIN
          IF nextval('ends') % 2 = 1 THEN
            RAISE 'canceling statement due to conflict with recovery'
              USING ERRCODE = '40001';
          END IF;
          RETURN $1;
        END $$;
        ALTER TABLE cameras RENAME TO real_cameras;
        CREATE VIEW cameras AS
          SELECT id, ends(name) AS name, role, status, status_reason, codec,
                 profile, width, height, fps, audio, playable, stream_is_rtp,
                 sub_stream_is_rtp, heading, field_of_view, geom
            FROM real_cameras;
        GRANT SELECT ON cameras TO cctv_video""")
    try:
        # cctv_reader may not move a sequence.
        httpd = start(dbd(database, user='cctv_video') + LIST)
        for _ in range(3):
            assert httpd.get('/api/cameras/1').status == 200
    finally:
        database.query('DROP VIEW cameras; DROP FUNCTION ends; '
                       'DROP SEQUENCE ends; '
                       'ALTER TABLE real_cameras RENAME TO cameras')


# --- PostgreSQL is down ---------------------------------------------------------

def test_a_database_that_is_down_is_logged_once(database, start, healthy):
    add_cameras(database, {})
    httpd = start(dbd(database) + LIST)
    httpd.expect(*DOWN)
    assert httpd.get('/api/cameras/1').status == 200
    with stopped(database), Load(httpd, 4, ['/api/cameras/1'],
                                 pause=0.02) as load_:
        # Each of these looks whether the database is back.
        wait_for(lambda: httpd.text().count('CCTV0007') >= 8, 'probes',
                 30 * SLOWNESS)
    assert {answer.status for answer in load_.answers} <= {200, 503}
    wait_for(lambda: httpd.get('/api/cameras/1').status == 200, 'it is back')
    assert len(told(httpd, 'CCTV0007')) == len(told(httpd, 'CCTV0011')) == 1
    assert len(told(httpd, 'CCTV0008')) + len(told(httpd, 'CCTV0009')) <= 1
    # mod_dbd's own lines, when a connection is lost and when none is to be had.
    assert len(re.findall(r'\[dbd:error\]', httpd.text())) <= 4


# --- versions -------------------------------------------------------------------

# What PostgreSQL 14 to 18 have added, as far as SQL such as ours may want it.
NEWER = re.compile(
    r'CREATE OR REPLACE TRIGGER|^RETURN |BEGIN ATOMIC|MERGE INTO|MERGE_ACTION'
    r'|NULLS NOT DISTINCT|SECURITY_INVOKER|IS JSON|JSON_(TABLE|EXISTS|VALUE)'
    r'|JSON_QUERY|\b(DATE_BIN|BIT_COUNT|UNISTR|STRING_TO_TABLE|TRIM_ARRAY'
    r'|REGEXP_(COUNT|LIKE|SUBSTR|INSTR)|ANY_VALUE|RANDOM_NORMAL|UUIDV7)\b'
    r'|MULTIRANGE|SEARCH (DEPTH|BREADTH) FIRST|RETURNING (OLD|NEW)\b|VIRTUAL'
    r'|GRANT .*\bMAINTAIN\b|WITH INHERIT', re.I | re.M)


def test_the_sql_is_that_of_postgresql_13():
    for path in sorted(glob.glob(REPO + '/sql/*.sql')):
        with open(path) as file:
            text = re.sub('--.*', '', file.read())
        found = NEWER.search(text)
        assert not found, (path, found.group())
    assert NEWER.search('\nRETURN 1;') and NEWER.search('merge into t')


# --- a pooler -------------------------------------------------------------------

class Pgbouncer:
    """pgbouncer in front of the cluster, with a backend per transaction."""

    def __init__(self, cluster, backends=3, clients=100):
        self.folder = make_folder()
        self.port = bound(0)
        with open(self.folder + '/users', 'w') as file:
            file.write('"cctv_reader" ""\n"cctv_video" ""\n')
        with open(self.folder + '/pgbouncer.ini', 'w') as file:
            file.write(f'''[databases]
cctv = host={cluster.env['PGHOST']} port={cluster.env['PGPORT']}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = trust
auth_file = {self.folder}/users
pool_mode = transaction
default_pool_size = {backends}
max_client_conn = {clients}
logfile = {self.folder}/log
''')
        user = []
        if os.getuid() == 0:
            shutil.chown(self.folder, 'www-data', 'www-data')
            user = ['setpriv', '--reuid=www-data', '--regid=www-data',
                    '--init-groups']
        self.process = subprocess.Popen(
            [*user, '/usr/sbin/pgbouncer', '-q',
             self.folder + '/pgbouncer.ini'], start_new_session=True)
        wait_for(self.listens, 'pgbouncer listens', 10 * SLOWNESS)

    def listens(self):
        assert self.process.poll() is None, 'pgbouncer has ended'
        with contextlib.suppress(psycopg2.OperationalError):
            psycopg2.connect(host='127.0.0.1', port=self.port, dbname='cctv',
                             user='cctv_reader').close()
            return True

    def remove(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        shutil.rmtree(self.folder)


@pytest.fixture
def pgbouncer(cluster):
    """pgbouncer(clients=…) → one that runs until the test ends."""
    made = []

    def make(**options):
        made.append(Pgbouncer(cluster, **options))
        return made[-1]
    yield make
    for bouncer in made:
        bouncer.remove()


PATHS = ['/api/cameras', '/api/cameras/1', '/api/cameras?bbox=-1,-1,1,1',
         '/api/cameras?role=public&limit=2', '/api/cameras?q=cam',
         '/api/cameras?status=online']


def test_pgbouncer_in_transaction_mode(database, start, pgbouncer, request):
    add_cameras(database, *[{}] * 5)
    request.addfinalizer(lambda: database.query(
        'ALTER ROLE cctv_reader CONNECTION LIMIT -1'))
    database.query('ALTER ROLE cctv_reader CONNECTION LIMIT 6')
    pooler = pgbouncer()
    httpd = start(
        'StartServers 2\nServerLimit 2\nThreadsPerChild 10\n'
        'MaxRequestWorkers 20\n' + dbd(database, host='127.0.0.1',
                                       port=pooler.port) + location())
    began = time.monotonic()
    with Load(httpd, 12, PATHS) as load_:
        load_.wait_for_answers(600)
    print(f'{len(load_.answers)} answers in {time.monotonic() - began:.1f} s')
    assert {answer.status for answer in load_.answers} == {200}
    assert len(told(httpd, 'CCTV0173')) == 1
    time.sleep(3)
    assert not told(httpd, 'CCTV0190'), 'the limit is not that of the pooler'
    # Nothing of ours is left on the backends that all clients share.
    for _ in range(3):
        with contextlib.closing(psycopg2.connect(
                host='127.0.0.1', port=pooler.port, dbname='cctv',
                user='cctv_reader')) as connection:
            cursor = connection.cursor()
            cursor.execute('SELECT count(*) FROM pg_prepared_statements')
            assert cursor.fetchone() == (0,)


def test_pgbouncer_that_takes_no_further_client(database, start, pgbouncer):
    """Requests wait for the connections that exist, as with max_connections."""
    add_cameras(database, *[{}] * 5)
    httpd = start(ONE_CHILD + dbd(database, host='127.0.0.1', port=pgbouncer(
        clients=2).port) + location())
    httpd.expect('CCTV0051', *DOWN)
    with Load(httpd, 8, PATHS) as load_:
        wait_for(lambda: told(httpd, 'CCTV0051'), 'it is told', 20 * SLOWNESS)
        load_.wait_for_answers(100)
    assert {answer.status for answer in load_.answers} == {200}
