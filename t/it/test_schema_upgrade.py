"""sql/10-schema.sql applied to a table of an older version: afterwards the
table is as a new one, and has kept its cameras."""

import pytest

from env import REPO

# Older shapes of the table: columns and rules that later versions added or
# changed.
SHAPES = {
    'of the first commit': None,
    'without columns': 'ALTER TABLE cameras DROP COLUMN playable, '
    'DROP COLUMN import_keyed, DROP COLUMN import_row, '
    'DROP COLUMN status_since, DROP COLUMN heading, DROP COLUMN codec, '
    'DROP COLUMN external_id',
    'with other rules': 'ALTER TABLE cameras DROP CONSTRAINT '
    'cameras_width_is_positive, DROP CONSTRAINT cameras_codec_is_known, '
    "ADD CONSTRAINT cameras_codec_is_known CHECK (codec = 'H.264')",
    'without indexes and comments':
    'DROP INDEX cameras_name_index; COMMENT ON COLUMN cameras.fps IS NULL',
    'current': 'SELECT 1'}

CATALOG = {
    'columns': "SELECT attname, format_type(atttypid, atttypmod), attnotnull, "
    "attidentity, attgenerated, pg_get_expr(adbin, adrelid), "
    "col_description(attrelid, attnum) FROM pg_attribute "
    "LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum "
    "WHERE attrelid = 'public.cameras'::regclass AND attnum > 0 "
    "AND NOT attisdropped ORDER BY attname",
    'rules': "SELECT conname, pg_get_constraintdef(oid), convalidated "
    "FROM pg_constraint WHERE conrelid = 'public.cameras'::regclass "
    "ORDER BY conname",
    'indexes': "SELECT indexname, indexdef FROM pg_indexes "
    "WHERE tablename = 'cameras' ORDER BY indexname",
    'triggers': "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger "
    "WHERE tgrelid = 'public.cameras'::regclass ORDER BY tgname"}


def catalog(cluster, dbname):
    return {name: cluster.query(sql, dbname=dbname)
            for name, sql in CATALOG.items()}


@pytest.fixture
def empty(cluster):
    """empty(name) → a database without anything."""
    made = []

    def make(name):
        cluster.query(f'CREATE DATABASE {name} TEMPLATE template0')
        made.append(name)
        return name
    yield make
    for name in made:
        cluster.query(f'DROP DATABASE {name} WITH (FORCE)')


@pytest.mark.parametrize('shape', SHAPES)
def test_older_table_becomes_as_a_new_one(cluster, empty, shape):
    new, old = empty('cctv_new'), empty('cctv_old')
    cluster.load_schema(new)
    if SHAPES[shape] is None:
        with open(REPO + '/t/data/schema/first.sql') as file:
            cluster.query(file.read(), dbname=old)
    else:
        cluster.load_schema(old)
        cluster.query(SHAPES[shape], dbname=old)
    cluster.query("INSERT INTO cameras (name, stream_url, geom) VALUES "
                  "('kept', 'rtsp://h/1', 'SRID=4326;POINT(1 2)')", dbname=old)
    cluster.load_schema(old)
    assert catalog(cluster, old) == catalog(cluster, new)
    assert cluster.query('SELECT id, name, status, playable FROM cameras',
                         dbname=old) == [(1, 'kept', 'unknown', False)]
    # Applied again, the file changes nothing and checks no rule again.
    before = cluster.query(
        "SELECT oid FROM pg_constraint WHERE conrelid = "
        "'public.cameras'::regclass ORDER BY conname", dbname=old)
    cluster.load_schema(old)
    assert before == cluster.query(
        "SELECT oid FROM pg_constraint WHERE conrelid = "
        "'public.cameras'::regclass ORDER BY conname", dbname=old)


def test_camera_that_breaks_a_new_rule_changes_nothing(cluster, empty):
    old = empty('cctv_old')
    cluster.load_schema(old)
    cluster.query("ALTER TABLE cameras DROP COLUMN heading, "
                  "DROP CONSTRAINT cameras_width_is_positive; "
                  "INSERT INTO cameras (name, stream_url, width, geom) VALUES "
                  "('x', 'rtsp://h/1', 0, 'SRID=4326;POINT(1 2)')", dbname=old)
    before = catalog(cluster, old)
    with pytest.raises(Exception, match='cameras_width_is_positive'):
        cluster.load_schema(old)
    assert catalog(cluster, old) == before
