"""The journal of changes (sql/40-journal.sql), as PostgreSQL keeps it."""

import contextlib
import os
import random
import signal
import subprocess
import threading
import time

import psycopg2
import pytest

from env import LONG, REPO, wait_for
from journal import Reader, reader, table

NOTHING = (False, [], {})
# Writers of the test of many writers, and how long they write: s.
WRITERS = 20
WRITE_TIME = 60 if LONG else 6
LATE = 10 if LONG else 2


def add(cluster, ids, dbname=None):
    cluster.query(
        "INSERT INTO cameras (id, name, stream_url, codec, geom) "
        "SELECT id, 'n', 'rtsp://h/s', 'H.264', 'SRID=4326;POINT(1 2)' "
        "FROM unnest(%s) AS id", [list(ids)], dbname=dbname)


@pytest.fixture
def cameras(database):
    """The database, with cameras 1 to 9."""
    add(database, range(1, 10))
    return database


@pytest.mark.parametrize('sql, news', [
    ("UPDATE cameras SET status = 'offline' WHERE id < 3",
     (False, [], {1: 'offline', 2: 'offline'})),
    ("UPDATE cameras SET status = 'offline', name = 'x' WHERE id = 3",
     (False, [3], {3: 'offline'})),
    ("UPDATE cameras SET status = 'offline' WHERE id = 1; "
     "UPDATE cameras SET status = 'online' WHERE id = 1",
     (False, [], {1: 'online'})),
    ("UPDATE cameras SET status = 'offline' WHERE id = 1; "
     'DELETE FROM cameras WHERE id = 1', (False, [1], {})),
    ("UPDATE cameras SET name = 'n'", NOTHING),
    ("UPDATE cameras SET name = 'x' WHERE id > 100", NOTHING),
    ("UPDATE cameras SET external_id = id, import_keyed = true, "
     'import_row = gen_random_uuid(), updated_at = now()', NOTHING),
    ("UPDATE cameras SET stream_url = 'rtsp://other/s'", NOTHING),
    ("UPDATE cameras SET stream_url = 'http://h/s' WHERE id = 1",
     (False, [1], {})),
    ("UPDATE cameras SET sub_stream_url = 'rtsp://h/2' WHERE id = 2",
     (False, [2], {})),
    ("UPDATE cameras SET still_url = 'http://h/1' WHERE id = 2",
     (False, [2], {})),
    ('UPDATE cameras SET id = 77 WHERE id = 4', (False, [4, 77], {})),
    ('UPDATE cameras SET id = id + 100', (
        False, [*range(1, 10), *range(101, 110)], {})),
    ('DELETE FROM cameras WHERE id = 5', (False, [5], {})),
    ('DELETE FROM cameras WHERE id > 50', NOTHING),
    ('TRUNCATE cameras', (True, [], {})),
    ("SELECT cctv_set_status(6, 'offline'), cctv_set_status(6, 'offline')",
     (False, [], {6: 'offline'})),
    ("SELECT cctv_set_status_reason(6, 'refused')", (False, [6], {})),
    ("INSERT INTO cameras (id, name, stream_url, geom) VALUES "
     "(1, 'x', 'rtsp://h', 'SRID=4326;POINT(1 2)'), "
     "(10, 'x', 'rtsp://h', 'SRID=4326;POINT(1 2)') "
     'ON CONFLICT (id) DO UPDATE SET role = excluded.name',
     (False, [1, 10], {})),
    # What the triggers of statements do not see.
    ('SET session_replication_role = replica; '
     "UPDATE cameras SET status = 'offline' WHERE id = 1; "
     'DELETE FROM cameras WHERE id = 2', (False, [1, 2], {})),
    ('SET session_replication_role = replica; TRUNCATE cameras',
     (True, [], {})),
], ids=lambda value: value[:40] if isinstance(value, str) else '')
def test_news_of_a_change(cameras, sql, news):
    with reader(cameras) as follower:
        cameras.query(sql)
        assert follower.poll() == news
        assert follower.cameras == table(cameras)
        assert follower.poll() == NOTHING


def test_every_column_that_apache_reads_is_followed(cameras):
    values = {'fps': '7', 'heading': '7', 'field_of_view': '7', 'width': '7',
              'range_m': '7', 'has_still': None, 'has_hls': None,
              'height': '7', 'audio': 'true', 'codec': "'H.265'",
              'status': "'online'", 'status_since': "'2020-02-02'",
              'playable': None, 'stream_is_rtp': None,
              'sub_stream_is_rtp': None, 'id': None, 'name_folded': None,
              'geom': "'SRID=4326;POINT(1 2.0000000000000004)'"}
    columns = cameras.query(
        "SELECT attname FROM pg_attribute WHERE attnum > 0 AND "
        "attrelid = 'public.cameras'::regclass AND has_column_privilege("
        "'cctv_reader', attrelid, attnum, 'SELECT')")
    with reader(cameras) as follower:
        for [column] in columns:
            value = values.get(column, "'changed'")
            if value is None:
                continue
            cameras.query(f'UPDATE cameras SET {column} = {value} '
                          'WHERE id = 1')
            is_status = column in ('status', 'status_since')
            assert follower.poll() == (
                (False, [], {1: 'online'}) if is_status
                else (False, [1], {})), column


@pytest.mark.parametrize('sql', [
    "INSERT INTO cameras (name, stream_url, geom) SELECT 'n', 'rtsp://h', "
    "'SRID=4326;POINT(1 2)' FROM generate_series(1, %s)",
    "UPDATE cameras SET name = 'x' WHERE id IN "
    '(SELECT id FROM cameras ORDER BY id LIMIT %s)',
    'DELETE FROM cameras WHERE id IN '
    '(SELECT id FROM cameras ORDER BY id LIMIT %s)'])
def test_a_change_of_very_many_cameras_is_one_short_row(database, sql):
    add(database, range(100001, 120002))
    with reader(database, most=20000) as follower:
        database.query(sql, [10000])
        is_many, changed, _ = follower.poll()
        assert (is_many, len(changed)) == (False, 10000)
        database.query(sql, [10001])
        assert follower.poll() == (True, [], {})
        [[size]] = database.query(
            'SELECT pg_column_size(c.*) FROM cctv_journal.changes c '
            'WHERE c.is_many ORDER BY c.id DESC LIMIT 1')
        assert size < 200
        assert follower.cameras == table(database)


def test_more_ids_than_the_reader_wants(cameras):
    with reader(cameras, most=3) as follower:
        cameras.query("UPDATE cameras SET name = 'x' WHERE id <= 3")
        assert follower.poll() == (False, [1, 2, 3], {})
        cameras.query("UPDATE cameras SET name = 'y' WHERE id <= 4")
        assert follower.poll() == (True, [], {})
        for number in range(4):
            cameras.query(f"UPDATE cameras SET name = 'z{number}' "
                          'WHERE id = 1')
        assert follower.poll() == (True, [], {})


@contextlib.contextmanager
def begun(cluster, sql):
    """A transaction that has run a statement; it is rolled back at the end
    unless the test commits it."""
    with contextlib.closing(cluster.connect()) as connection:
        connection.autocommit = False
        connection.cursor().execute(sql)
        yield connection


def test_a_late_commit_is_not_missed_and_holds_nobody_up(cameras):
    with reader(cameras) as follower, \
            begun(cameras, "UPDATE cameras SET name = 'late' WHERE id = 1"
                  ) as late, \
            begun(cameras, "UPDATE cameras SET role = 'x' WHERE id = 2"
                  ) as other:
        for number in range(3):
            cameras.query(f"UPDATE cameras SET name = 'soon{number}' "
                          'WHERE id = 3')
            assert follower.poll() == (False, [3], {})
        late.commit()
        assert follower.poll() == (False, [1], {})
        other.rollback()
        assert follower.poll() == NOTHING
        assert follower.cameras == table(cameras)


def test_a_savepoint_that_is_rolled_back_leaves_nothing(cameras):
    with reader(cameras) as follower:
        cameras.query(
            "BEGIN; SAVEPOINT a; UPDATE cameras SET name = 'x' WHERE id = 1; "
            "ROLLBACK TO a; SAVEPOINT b; UPDATE cameras SET name = 'y' "
            'WHERE id = 2; RELEASE b; COMMIT')
        assert follower.poll() == (False, [2], {})


def test_the_position_for_the_file_misses_nothing(cameras):
    """It is shorter: what came after it may come twice."""
    with reader(cameras) as follower, \
            begun(cameras, "UPDATE cameras SET name = 'late' WHERE id = 1"
                  ) as late:
        cameras.query("UPDATE cameras SET name = 'x' WHERE id = 2")
        follower.poll()
        assert len(follower.resume) < 64
        with contextlib.closing(
                Reader(cameras, position=follower.resume)) as next_one:
            late.commit()
            cameras.query("UPDATE cameras SET name = 'x' WHERE id = 3")
            assert next_one.since() == (False, [1, 2, 3], {})
            assert next_one.since() == NOTHING


def test_several_readers_do_not_disturb_each_other(cameras):
    with reader(cameras) as one, reader(cameras) as another:
        cameras.query("UPDATE cameras SET name = 'x' WHERE id = 1")
        assert one.poll() == (False, [1], {})
        cameras.query("UPDATE cameras SET name = 'x' WHERE id = 2")
        assert one.poll() == (False, [2], {})
        assert another.poll() == (False, [1, 2], {})


def make_trim_due(cluster):
    cluster.query('UPDATE cctv_journal.state '
                  "SET trimmed = now() - interval '3 minutes'")


def test_the_journal_is_trimmed_by_itself(cameras):
    def change():
        cameras.query("UPDATE cameras SET name = name || 'x' WHERE id = 1")

    def rows():
        return cameras.query('SELECT count(*) FROM cctv_journal.changes')[0][0]
    change()
    with reader(cameras) as follower, reader(cameras) as slow:
        change()
        for _ in range(2):
            make_trim_due(cameras)
            change()
            assert follower.poll() == (False, [1], {})
        # Left are the changes since the last trim but one.
        assert rows() == 2
        # It has seen the rows that the first trim deleted, and not those that
        # the second one did.
        assert slow.poll() == (True, [], {})
        assert slow.poll() == NOTHING


def test_a_transaction_that_took_longer_than_a_trim_is_not_missed(cameras):
    with reader(cameras) as follower, \
            begun(cameras, "UPDATE cameras SET name = 'late' WHERE id = 1"
                  ) as late:
        for _ in range(3):
            make_trim_due(cameras)
            cameras.query("UPDATE cameras SET name = name || 'x' "
                          'WHERE id = 2')
            assert follower.poll() == (False, [2], {})
        late.commit()
        assert follower.poll() == (False, [1], {})


@pytest.mark.parametrize('level', ['REPEATABLE READ', 'SERIALIZABLE'])
def test_a_trim_fails_no_transaction(cameras, level):
    make_trim_due(cameras)
    slow = cameras.connect()
    with contextlib.closing(slow), slow.cursor() as cursor:
        cursor.execute(f'BEGIN ISOLATION LEVEL {level}')
        cursor.execute('SELECT count(*) FROM cctv_journal.state')
        cameras.query("UPDATE cameras SET name = 'x' WHERE id = 1")
        cursor.execute("UPDATE cameras SET name = 'x' WHERE id = 2")
        cursor.execute('COMMIT')
    with reader(cameras) as follower:
        assert follower.cameras[2][1] == 'x'


def test_a_trim_waits_for_nobody(cameras):
    make_trim_due(cameras)
    with begun(cameras, "UPDATE cameras SET name = 'x' WHERE id = 1"):
        assert cameras.query("SET lock_timeout = '5s'; "
                             "UPDATE cameras SET name = 'x' WHERE id = 2 "
                             'RETURNING name') == [('x',)]


@pytest.mark.parametrize('sql', [
    'ALTER TABLE cameras DISABLE TRIGGER cctv_journal_update; '
    "UPDATE cameras SET name = 'x'; "
    'ALTER TABLE cameras ENABLE TRIGGER cctv_journal_update',
    'ALTER TABLE cameras DROP COLUMN status_reason'],
    ids=['triggers are disabled for a while', 'a column is dropped'])
def test_what_the_triggers_do_not_see_is_noticed(cameras, sql):
    with reader(cameras) as follower:
        cameras.query(sql)
        try:
            assert follower.since()[0]
            assert follower.since() == NOTHING
        finally:
            cameras.load_schema(cameras.env['PGDATABASE'])


def test_a_journal_that_is_not_complete_says_so(cameras):
    with reader(cameras) as follower:
        cameras.query('ALTER TABLE cameras DISABLE TRIGGER ALL')
        try:
            assert follower.since() is None
        finally:
            cameras.query('ALTER TABLE cameras ENABLE TRIGGER ALL')
            cameras.load_schema(cameras.env['PGDATABASE'])
        assert follower.since()[0]


def test_loading_the_file_again_is_noticed(cameras):
    with reader(cameras) as follower:
        cameras.load_schema(cameras.env['PGDATABASE'])
        assert follower.poll() == (True, [], {})
        cameras.query("UPDATE cameras SET name = 'x' WHERE id = 1")
        assert follower.poll() == (False, [1], {})


def test_loading_the_file_again_fails_no_transaction(cameras):
    name = cameras.env['PGDATABASE']
    waits = ("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = "
             "'cameras'::regclass")

    def load():
        with open(f'{REPO}/sql/40-journal.sql') as file:
            cameras.query(file.read(), dbname=name)

    loading = threading.Thread(target=load)
    with begun(cameras, 'SELECT count(*) FROM cameras') as other:
        loading.start()
        wait_for(lambda: cameras.query(waits)[0][0], 'the file waits')
        other.cursor().execute("UPDATE cameras SET name = 'x' WHERE id = 1")
        other.commit()
    loading.join()
    with reader(cameras) as follower:
        assert follower.cameras[1][1] == 'x'
        cameras.query("UPDATE cameras SET name = 'y' WHERE id = 1")
        assert follower.poll() == (False, [1], {})


def test_apache_may_ask_what_has_changed_and_nothing_else(cameras):
    for sql in ['SELECT * FROM cctv_journal.changes',
                'SELECT * FROM cctv_journal.state',
                'DELETE FROM cctv_journal.changes',
                "SELECT cctv_journal.note('{1}', '{}')",
                'SELECT cctv_journal.trim_rows()']:
        for user in 'cctv_reader', 'cctv_video':
            with contextlib.closing(cameras.connect(user=user)) as connection, \
                    connection.cursor() as cursor, \
                    pytest.raises(psycopg2.Error, match='denied|read-only'):
                cursor.execute(sql)
    with contextlib.closing(cameras.connect(user='cctv_video')) as connection, \
            connection.cursor() as cursor:
        cursor.execute("SELECT is_many FROM cctv_journal.since('', 1)")
        assert cursor.fetchall() == [(True,)]


def test_a_writer_needs_no_right_on_the_journal(cameras):
    cameras.query('CREATE ROLE writer; '
                  'GRANT SELECT, UPDATE (name), DELETE ON cameras TO writer')
    try:
        with reader(cameras) as follower:
            cameras.query("SET ROLE writer; UPDATE cameras SET name = 'x' "
                          'WHERE id = 1; DELETE FROM cameras WHERE id = 2')
            assert follower.poll() == (False, [1, 2], {})
    finally:
        cameras.query('DROP OWNED BY writer; DROP ROLE writer')


def test_no_url_is_in_the_journal(cameras):
    cameras.query("UPDATE cameras SET stream_url = 'http://secret-host/x', "
                  "sub_stream_url = 'rtsp://secret-host/x'")
    [[text]] = cameras.query('SELECT string_agg(c::text, $$ $$) '
                             'FROM cctv_journal.changes c')
    assert 'secret' not in text


@contextlib.contextmanager
def restored(cluster, name):
    """A copy of the database by pg_dump and psql."""
    cluster.query(f'CREATE DATABASE {name} TEMPLATE template0')
    env = {**os.environ, **cluster.env}
    try:
        dump = subprocess.run(['pg_dump'], env=env, stdout=subprocess.PIPE,
                              timeout=60, check=True)
        subprocess.run(['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', name],
                       env={**env, 'PGDATABASE': name}, input=dump.stdout,
                       stdout=subprocess.DEVNULL, timeout=60, check=True)
        yield name
    finally:
        cluster.query(f'DROP DATABASE {name} WITH (FORCE)')


def test_a_restored_dump_has_a_journal_of_its_own(cameras):
    # Rows of a server that has counted further.
    cameras.query("INSERT INTO cctv_journal.changes (xid, size, is_many, "
                  "changed, statuses) SELECT (pg_current_xact_id()::text"
                  "::bigint + n)::text::xid8, 1, true, '{}', '{}' "
                  'FROM generate_series(1000000, 1000100) AS n')
    with reader(cameras) as old, restored(cameras, 'cctv_copy') as copy, \
            contextlib.closing(
                Reader(cameras, dbname=copy, position=old.position)) as new:
        cameras.query("UPDATE cameras SET name = 'x' WHERE id = 1",
                      dbname=copy)
        assert new.poll() == (True, [], {})
        for _ in range(3):
            cameras.query("UPDATE cameras SET name = name || 'x' "
                          'WHERE id = 2', dbname=copy)
            assert new.poll() == (False, [2], {})
        assert new.cameras == table(cameras, copy)
        # Its state is of the other database: nothing is deleted by it.
        cameras.query("UPDATE cctv_journal.state SET trimmed = now() - "
                      "interval '3 minutes', visible = '1000000000:"
                      "1000000000:'", dbname=copy)
        cameras.query("UPDATE cameras SET name = 'y' WHERE id = 3",
                      dbname=copy)
        assert new.poll() == (False, [3], {})
        assert cameras.query('SELECT count(*) FROM cctv_journal.changes '
                             'WHERE NOT is_many', dbname=copy)[0][0] >= 5
        assert old.poll() == NOTHING
    make_trim_due(cameras)
    cameras.query("UPDATE cameras SET name = 'z' WHERE id = 1")
    assert cameras.query('SELECT count(*) FROM cctv_journal.changes '
                         'WHERE is_many AND xid > pg_current_xact_id()'
                         ) == [(0,)]


def test_after_a_crash_all_cameras_are_read(cameras, healthy):
    """PostgreSQL may lose transactions that were visible, and give their
    numbers again."""
    with reader(cameras) as follower:
        position = follower.position
    victim = cameras.connect()
    os.kill(victim.info.backend_pid, signal.SIGKILL)

    def is_back():
        with contextlib.suppress(psycopg2.Error), \
                contextlib.closing(Reader(cameras, position=position)) as again:
            return again.since()
    assert wait_for(is_back, 'PostgreSQL is back', 30)[0]


class Writer(threading.Thread):
    """Changes cameras at random in transactions. Its own camera's name counts
    the transactions that it has committed."""

    def __init__(self, cluster, number, end, seed):
        super().__init__()
        self.random = random.Random(seed)
        self.connection = cluster.connect()
        self.number = number
        self.end = end
        self.count = 0

    def statement(self):
        some = self.random.sample(range(100, 400), self.random.choice(
            [1, 1, 1, 3, 30]))
        one = some[0]
        value = self.random.randrange(1000000)
        return self.random.choice([
            f"UPDATE cameras SET status = 'online' WHERE id IN "
            f"({', '.join(map(str, sorted(some)))})",
            f"UPDATE cameras SET status = 'offline' WHERE id = {one}",
            f"UPDATE cameras SET name = 'v{value}' WHERE id IN "
            f"({', '.join(map(str, sorted(some)))})",
            f"UPDATE cameras SET role = 'r{value % 5}' WHERE id = {one}",
            f'UPDATE cameras SET id = {1000 + value} WHERE id = {one}',
            f"UPDATE cameras SET stream_url = 'http://h', geom = "
            f"'SRID=4326;POINT({value % 180} 3)' WHERE id = {one}",
            f'DELETE FROM cameras WHERE id = {one}',
            f"INSERT INTO cameras (id, name, stream_url, geom) VALUES ({one}, "
            f"'new', 'rtsp://h', 'SRID=4326;POINT(1 1)') "
            f'ON CONFLICT (id) DO UPDATE SET name = excluded.name'])

    def transaction(self, cursor):
        cursor.execute('BEGIN')
        cursor.execute("SET LOCAL lock_timeout = '100ms'")
        cursor.execute("UPDATE cameras SET name = %s WHERE id = %s",
                       [f'{self.count + 1:09}', self.number])
        for _ in range(self.random.randrange(4)):
            cursor.execute(self.statement())
            if self.random.random() < 0.2:
                cursor.execute('SAVEPOINT a')
                cursor.execute(self.statement())
                cursor.execute('ROLLBACK TO a')
        chance = self.random.random()
        time.sleep(LATE if chance < 0.02
                   else self.random.random() * 0.1)
        if chance > 0.9:
            cursor.execute('ROLLBACK')
            return
        cursor.execute('COMMIT')
        self.count += 1

    def run(self):
        with contextlib.closing(self.connection), \
                self.connection.cursor() as cursor:
            while time.monotonic() < self.end:
                try:
                    self.transaction(cursor)
                except psycopg2.Error:
                    cursor.execute('ROLLBACK')


def import_many(cluster):
    cluster.query(
        "INSERT INTO cameras (id, name, stream_url, geom) SELECT n, 'i', "
        "'rtsp://h', 'SRID=4326;POINT(1 1)' FROM "
        'generate_series(2000000, 2012000) AS n')


@contextlib.contextmanager
def writing(writers):
    for writer in writers:
        writer.start()
    try:
        yield
    finally:
        for writer in writers:
            writer.join()


def make_trim_due_if_free(cluster):
    with contextlib.suppress(psycopg2.Error):
        cluster.query("SET lock_timeout = '10ms'; UPDATE cctv_journal.state "
                      "SET trimmed = now() - interval '3 minutes'")


def test_writers_that_commit_in_any_order(database):
    """What was committed before a poll has begun is in its result."""
    seed = random.randrange(10**6)
    print('seed', seed)
    add(database, range(1, 400))
    database.query("UPDATE cameras SET name = '0'")
    end = time.monotonic() + WRITE_TIME
    writers = [Writer(database, i + 1, end, seed + i) for i in range(WRITERS)]
    has_imported = False
    polls = 0
    # An unrelated transaction stays open.
    with begun(database, 'CREATE TEMPORARY TABLE t AS SELECT 1'), \
            reader(database) as follower:
        with writing(writers):
            while any(writer.is_alive() for writer in writers):
                counts = [writer.count for writer in writers]
                follower.poll()
                polls += 1
                for writer, count in zip(writers, counts):
                    assert int(follower.cameras[writer.number][1]) >= count
                if not has_imported and end - time.monotonic() < WRITE_TIME / 2:
                    has_imported = True
                    import_many(database)
                if polls % 20 == 0:
                    make_trim_due_if_free(database)
                time.sleep(0.02)
        follower.poll()
        assert follower.cameras == table(database)
        assert follower.poll() == NOTHING
    transactions = sum(writer.count for writer in writers)
    print(polls, 'polls', follower.rebuilds, 'rebuilds', transactions,
          'transactions')
    assert follower.rebuilds < polls / 2
    assert transactions > WRITERS


def test_the_sql_files_load_in_an_empty_database_without_roles(cluster):
    """40-journal.sql does not need 20-roles.sql."""
    cluster.query('CREATE DATABASE cctv_alone TEMPLATE template0')
    try:
        for name in '10-schema', '40-journal':
            with open(f'{REPO}/sql/{name}.sql') as file:
                cluster.query(file.read(), dbname='cctv_alone')
        add(cluster, [1], 'cctv_alone')
        assert cluster.query(
            'SELECT changed FROM cctv_journal.changes',
            dbname='cctv_alone') == [([1],)]
    finally:
        cluster.query('DROP DATABASE cctv_alone WITH (FORCE)')
