"""The schema, the roles and the demo data, as PostgreSQL sees them."""

import contextlib
import os
import subprocess

from api import add_cameras, dbd, location
from env import REPO


def test_sql_files_do_what_their_expected_output_says(database):
    done = subprocess.run(
        [REPO + '/t/sql/run.sh'], env={**os.environ, **database.env},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding='utf-8',
        timeout=120)
    print(done.stdout)
    assert done.returncode == 0


def test_database_that_is_not_utf8_is_refused_in_one_sentence(database):
    database.query("CREATE DATABASE ascii TEMPLATE template0 "
                   "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'")
    try:
        done = subprocess.run(
            ['psql', '-X', '-v', 'ON_ERROR_STOP=1', '-1', '-f',
             REPO + '/sql/10-schema.sql'],
            env={**os.environ, **database.env, 'PGDATABASE': 'ascii'},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            encoding='utf-8', timeout=60)
        assert done.returncode != 0
        assert 'the database ascii is not in UTF-8' in done.stderr
    finally:
        database.query('DROP DATABASE ascii')


def test_apache_reads_and_sets_a_status_as_cctv_video(database, start):
    """The settings of the role apply to each new connection."""
    add_cameras(database, {'codec': 'H.264', 'stream_url': 'rtsp://h/1'})
    httpd = start(dbd(database, user='cctv_video') + location())
    assert httpd.get('/api/cameras').ids() == [1]
    with contextlib.closing(database.connect(user='cctv_video')) as video, \
            video.cursor() as cursor:
        cursor.execute("SELECT cctv_stream_url(1), "
                       "cctv_set_status(1, 'offline')")
        assert cursor.fetchall() == [('rtsp://h/1', True)]
    reply = httpd.get('/api/cameras/1')
    assert reply.json()['properties']['status'] == 'offline'


def test_a_watcher_waits_for_no_other_transaction(database):
    """Neither does it take part in a deadlock with one, such as an import."""
    add_cameras(database, *[{'status': 'offline'}] * 2)

    def now():
        return [status for status, in database.query(
            'SELECT status FROM cameras ORDER BY id')]
    with contextlib.closing(database.connect()) as other, \
            other.cursor() as held, \
            contextlib.closing(database.connect(user='cctv_video')) as video, \
            video.cursor() as cursor:
        held.execute('BEGIN')
        held.execute('UPDATE cameras SET name = name WHERE id = 1')
        for receives, fails, reasons, status in [
                ([1, 2], [], [], 'online'), ([], [1, 2], ['refused'] * 2,
                                             'offline')]:
            cursor.execute('SELECT cctv_note_watcher(%s, %s::int[], '
                           '%s::int[], %s::text[])',
                           ['web1', receives, fails, reasons])
            assert now() == ['offline', status]
        held.execute('ROLLBACK')
        cursor.execute("SELECT cctv_note_watcher('web1', '{1,2}', '{}', '{}')")
        assert now() == ['online', 'online']


def test_a_table_without_reasons_is_read(database, start):
    """As before the SQL files of this version were loaded; without a
    restart."""
    add_cameras(database, {'status': 'offline'})
    httpd = start(dbd(database, user='cctv_video') + location())
    database.query("UPDATE cameras SET status_reason = 'refused'")

    def properties():
        return httpd.get('/api/cameras').json()['features'][0]['properties']
    assert properties()['status_reason'] == 'refused'
    database.query('ALTER TABLE cameras DROP COLUMN status_reason')
    try:
        assert properties()['status'] == 'offline'
        assert 'status_reason' not in properties()
        with open(REPO + '/sql/10-schema.sql') as file:
            database.query(file.read())
        # 20-roles.sql is not loaded yet.
        assert properties()['status'] == 'offline'
    finally:
        database.load_schema(database.env['PGDATABASE'])
    assert 'status_reason' not in properties()
