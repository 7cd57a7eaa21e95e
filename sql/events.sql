-- The events of mod_cctv in PostgreSQL, for those who have no ClickHouse:
-- docs/events.md. May be loaded again. It needs nothing of the other files, and may
-- be in another database than the cameras.
--
--     psql -d cctv_history -f sql/events.sql
--     psql -d cctv_history -c "\copy cctv_event_lines (line) FROM
--         '/var/log/apache2/cctv-events.log' WITH (FORMAT csv, QUOTE e'\x01',
--         DELIMITER e'\x02')"
--
-- A file, or a part of it, may be loaded as often as you like: each line counts
-- once.

SET client_min_messages = warning;

BEGIN;

-- One row for each view.
CREATE TABLE IF NOT EXISTS cctv_views (
    view                  text PRIMARY KEY,
    camera                integer NOT NULL,
    role                  text,
    "start"               timestamptz NOT NULL,
    "end"                 timestamptz,
    watched_seconds       double precision NOT NULL DEFAULT 0,
    first_picture_seconds double precision,
    answered              boolean,
    country               text NOT NULL,
    browser               text NOT NULL,
    system                text NOT NULL,
    transport             text NOT NULL,
    reason                text,
    username              text,
    client                text,
    node                  text
);
CREATE INDEX IF NOT EXISTS cctv_views_start ON cctv_views ("start");
CREATE INDEX IF NOT EXISTS cctv_views_camera ON cctv_views (camera, "start");

COMMENT ON TABLE cctv_views IS
    'One row for each view: a person who watched one camera.';
COMMENT ON COLUMN cctv_views.view IS
    'The public id of the view, a keyed hash of its secret id.';
COMMENT ON COLUMN cctv_views."end" IS 'NULL: it goes on.';
COMMENT ON COLUMN cctv_views.watched_seconds IS
    'How long video flowed; known at the end.';

-- Who could not watch, what an admin did, and how many events are missing.
CREATE TABLE IF NOT EXISTS cctv_acts (
    line_hash text PRIMARY KEY,
    "time"    timestamptz NOT NULL,
    event     text NOT NULL,
    camera    integer,
    role      text,
    action    text,
    target    text,
    reason    text,
    username  text,
    client    text,
    country   text,
    node      text,
    lines     bigint
);
CREATE INDEX IF NOT EXISTS cctv_acts_time ON cctv_acts ("time");

COMMENT ON COLUMN cctv_acts.line_hash IS
    'Of the line, so that a line that is loaded twice counts once.';

-- What lines are copied into. The trigger puts them where they belong, so this
-- table stays empty.
CREATE TABLE IF NOT EXISTS cctv_event_lines (line text NOT NULL);

CREATE OR REPLACE FUNCTION cctv_take_event_line() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    e jsonb := NEW.line::jsonb;
BEGIN
    IF e->>'event' IN ('start', 'end') THEN
        INSERT INTO cctv_views AS v
        VALUES (e->>'view', (e->>'camera')::integer, e->>'role',
                (e->>'start')::timestamptz, (e->>'end')::timestamptz,
                coalesce((e->>'watched_seconds')::double precision, 0),
                (e->>'first_picture_seconds')::double precision,
                (e->>'answered')::boolean, e->>'country', e->>'browser',
                e->>'system', e->>'transport', e->>'reason', e->>'user',
                e->>'client', e->>'node')
        ON CONFLICT (view) DO UPDATE SET
            "end" = excluded."end",
            watched_seconds = excluded.watched_seconds,
            first_picture_seconds = excluded.first_picture_seconds,
            answered = excluded.answered,
            reason = excluded.reason
        WHERE v."end" IS NULL AND excluded."end" IS NOT NULL;
    ELSE
        INSERT INTO cctv_acts
        VALUES (md5(NEW.line), (e->>'time')::timestamptz, e->>'event',
                (e->>'camera')::integer, e->>'role', e->>'action',
                e->>'target', e->>'reason', e->>'user', e->>'client',
                e->>'country', e->>'node', (e->>'lines')::bigint)
        ON CONFLICT (line_hash) DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS cctv_event_lines_taken ON cctv_event_lines;
CREATE TRIGGER cctv_event_lines_taken BEFORE INSERT ON cctv_event_lines
    FOR EACH ROW EXECUTE FUNCTION cctv_take_event_line();

-- A view of a WHEP player that never answered the offer has not started, as in
-- webrtc_view_start_total.
CREATE OR REPLACE VIEW cctv_view AS
    SELECT * FROM cctv_views
    WHERE NOT (transport = 'whep' AND answered IS FALSE);

COMMIT;
