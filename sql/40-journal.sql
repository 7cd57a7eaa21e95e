-- The journal of changes: which cameras have changed, for Apaches that hold all
-- cameras in memory (CCTVCatalogue). Triggers fill it, since() reads it.
--
--   psql -X -v ON_ERROR_STOP=1 -1 -f sql/40-journal.sql
--
-- Safe to run again. What the journal holds is lost then, and each Apache reads
-- the table of cameras once.
--
-- A row of the journal has ids only; whoever reads it takes everything else
-- from the table. Times and sequences do not tell in which order transactions
-- commit, so the reader's position is the snapshot of its last call: new is
-- what was not visible in it. So a transaction that commits late is not missed,
-- nobody waits for one that stays open, and one that is rolled back leaves
-- nothing.

SET LOCAL client_min_messages = warning;

CREATE SCHEMA IF NOT EXISTS cctv_journal;
REVOKE ALL ON SCHEMA cctv_journal FROM PUBLIC;
COMMENT ON SCHEMA cctv_journal IS
  'Which cameras have changed, for Apaches that hold all cameras in memory';

-- Writers of cameras also write to the journal. Without this lock they could
-- wait for each other and for this file.
LOCK TABLE public.cameras IN ACCESS EXCLUSIVE MODE;

DROP TABLE IF EXISTS cctv_journal.changes, cctv_journal.state;

CREATE TABLE cctv_journal.changes (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid      xid8 NOT NULL DEFAULT pg_current_xact_id(),
  size     integer NOT NULL,
  is_many  boolean NOT NULL,
  changed  integer[] NOT NULL,
  statuses integer[] NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

CREATE INDEX changes_xid_index ON cctv_journal.changes (xid);

COMMENT ON TABLE cctv_journal.changes IS
  'A row for each statement that has changed what viewers see of cameras';
COMMENT ON COLUMN cctv_journal.changes.xid IS
  'The transaction of the statement';
COMMENT ON COLUMN cctv_journal.changes.size IS
  'How many ids the row has';
COMMENT ON COLUMN cctv_journal.changes.is_many IS
  'True: so many cameras may have changed that their ids are not listed';
COMMENT ON COLUMN cctv_journal.changes.changed IS
  'Ids of cameras that are new, gone, or differ in more than their status';
COMMENT ON COLUMN cctv_journal.changes.statuses IS
  'Ids of cameras whose status has changed';

CREATE TABLE cctv_journal.state (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  place   text NOT NULL,
  trims   bigint NOT NULL,
  visible pg_snapshot NOT NULL,
  trimmed timestamptz NOT NULL
);

COMMENT ON TABLE cctv_journal.state IS
  'One row: how far the journal has been trimmed';
COMMENT ON COLUMN cctv_journal.state.place IS
  'Which table the row was written for: a dump that is restored has another';
COMMENT ON COLUMN cctv_journal.state.trims IS
  'How often the journal has been trimmed';
COMMENT ON COLUMN cctv_journal.state.visible IS
  'What was visible at the last trim: the next one deletes that';
COMMENT ON COLUMN cctv_journal.state.trimmed IS
  'When the journal was last trimmed';

CREATE OR REPLACE FUNCTION cctv_journal.place()
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT concat_ws(' ',
    (SELECT system_identifier FROM pg_control_system()),
    (SELECT oid FROM pg_database WHERE datname = current_database()),
    'cctv_journal.changes'::regclass::oid)
$$;

COMMENT ON FUNCTION cctv_journal.place() IS
  'Names this journal: another after a dump was restored';

-- Each trim deletes the rows that were visible at the trim before, two minutes
-- ago or more. A reader that has seen at least that trim has seen these rows.
-- xid >= xmax: rows of a dump that came from another server.
CREATE OR REPLACE FUNCTION cctv_journal.trim_rows()
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  last cctv_journal.state;
BEGIN
  -- Nobody waits for another transaction that trims.
  SELECT * INTO last
    FROM cctv_journal.state
   WHERE trimmed NOT BETWEEN clock_timestamp() - interval '2 minutes'
                         AND clock_timestamp()
     FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF last.place = cctv_journal.place() THEN
    DELETE FROM cctv_journal.changes
     WHERE xid < pg_snapshot_xmax(last.visible)
       AND pg_visible_in_snapshot(xid, last.visible);
  END IF;
  DELETE FROM cctv_journal.changes
   WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())
     AND xid <> pg_current_xact_id();
  UPDATE cctv_journal.state
     SET place = cctv_journal.place(), trims = trims + 1,
         visible = pg_current_snapshot(), trimmed = clock_timestamp();
EXCEPTION
  -- This transaction sees an older state (REPEATABLE READ): another one trims.
  WHEN serialization_failure THEN NULL;
END
$$;

COMMENT ON FUNCTION cctv_journal.trim_rows() IS
  'Deletes the rows of the journal that readers have had two minutes for';

CREATE OR REPLACE FUNCTION cctv_journal.note(
  changed integer[],
  statuses integer[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  size integer := cardinality(changed) + cardinality(statuses);
  is_many boolean := changed IS NULL OR size > 10000;
BEGIN
  IF size = 0 THEN
    RETURN;
  END IF;
  IF is_many THEN
    size := 0;
    changed := '{}';
    statuses := '{}';
  END IF;
  INSERT INTO cctv_journal.changes (size, is_many, changed, statuses)
  VALUES (size, is_many, changed, statuses);
  IF EXISTS (SELECT FROM cctv_journal.state
              WHERE trimmed NOT BETWEEN clock_timestamp() - interval '2 minutes'
                                    AND clock_timestamp()) THEN
    PERFORM cctv_journal.trim_rows();
  END IF;
END
$$;

COMMENT ON FUNCTION cctv_journal.note(integer[], integer[]) IS
  'Writes to the journal; NULL: so many cameras that nobody has counted';

-- The functions of the triggers run with the rights of the table's owner:
-- whoever may change cameras need not have any right on the journal. An import
-- of a million cameras is one statement; of such a one they read only as many
-- rows as it takes to know that there are many.
CREATE OR REPLACE FUNCTION cctv_journal.note_insert()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM cctv_journal.note(ARRAY(SELECT id FROM new_rows LIMIT 10001), '{}');
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION cctv_journal.note_delete()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM cctv_journal.note(ARRAY(SELECT id FROM old_rows LIMIT 10001), '{}');
  RETURN NULL;
END
$$;

-- It compares what Apache reads. Of a URL only what follows from it counts:
-- playable, stream_is_rtp, sub_stream_is_rtp, has_still, has_hls. Compared as bytes,
-- positions need no operator of PostGIS. If an id changes, both ids have changed.
CREATE OR REPLACE FUNCTION cctv_journal.note_update()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  changed integer[];
  statuses integer[];
BEGIN
  IF (SELECT count(*) FROM (SELECT FROM new_rows LIMIT 10001) AS few) <= 10000
  THEN
    SELECT COALESCE(array_agg(id) FILTER (WHERE is_other), '{}'),
           COALESCE(array_agg(id) FILTER (WHERE has_other_status), '{}')
      INTO changed, statuses
      FROM (SELECT id,
                   o.name IS NULL OR n.name IS NULL
                     OR (o.name, o.role, o.status_reason, o.codec, o.profile,
                         o.width, o.height, o.fps, o.audio, o.playable,
                         o.stream_is_rtp, o.sub_stream_is_rtp, o.heading,
                         o.field_of_view, o.range_m, o.has_still,
                         o.has_hls,
                         o.geom::bytea)
                        IS DISTINCT FROM
                        (n.name, n.role, n.status_reason, n.codec, n.profile,
                         n.width, n.height, n.fps, n.audio, n.playable,
                         n.stream_is_rtp, n.sub_stream_is_rtp, n.heading,
                         n.field_of_view, n.range_m, n.has_still,
                         n.has_hls,
                         n.geom::bytea) AS is_other,
                   (o.status, o.status_since) <> (n.status, n.status_since)
                     AS has_other_status
              FROM old_rows o FULL JOIN new_rows n USING (id)) AS both_rows
     WHERE is_other OR has_other_status;
  END IF;
  PERFORM cctv_journal.note(changed, statuses);
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION cctv_journal.note_truncate()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM cctv_journal.note(NULL, NULL);
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION cctv_journal.note_row()
RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  PERFORM cctv_journal.note(array_remove(ARRAY[OLD.id, NEW.id], NULL), '{}');
  RETURN NULL;
END
$$;

COMMENT ON FUNCTION cctv_journal.note_insert() IS 'For the trigger';
COMMENT ON FUNCTION cctv_journal.note_delete() IS 'For the trigger';
COMMENT ON FUNCTION cctv_journal.note_update() IS 'For the trigger';
COMMENT ON FUNCTION cctv_journal.note_truncate() IS 'For the trigger';
COMMENT ON FUNCTION cctv_journal.note_row() IS
  'For the trigger of changes that come by logical replication';

DROP TRIGGER IF EXISTS cctv_journal_insert ON public.cameras;
DROP TRIGGER IF EXISTS cctv_journal_delete ON public.cameras;
DROP TRIGGER IF EXISTS cctv_journal_update ON public.cameras;
DROP TRIGGER IF EXISTS cctv_journal_truncate ON public.cameras;
DROP TRIGGER IF EXISTS cctv_journal_row ON public.cameras;

CREATE TRIGGER cctv_journal_insert
  AFTER INSERT ON public.cameras REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION cctv_journal.note_insert();
CREATE TRIGGER cctv_journal_delete
  AFTER DELETE ON public.cameras REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION cctv_journal.note_delete();
CREATE TRIGGER cctv_journal_update
  AFTER UPDATE ON public.cameras
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION cctv_journal.note_update();
CREATE TRIGGER cctv_journal_truncate
  AFTER TRUNCATE ON public.cameras
  FOR EACH STATEMENT EXECUTE FUNCTION cctv_journal.note_truncate();
-- Logical replication fires no triggers of statements but this one, and only
-- those of rows that are enabled for it.
CREATE TRIGGER cctv_journal_row
  AFTER INSERT OR UPDATE OR DELETE ON public.cameras
  FOR EACH ROW EXECUTE FUNCTION cctv_journal.note_row();
ALTER TABLE public.cameras ENABLE ALWAYS TRIGGER cctv_journal_truncate;
ALTER TABLE public.cameras ENABLE REPLICA TRIGGER cctv_journal_row;

-- Names everything without which positions mean nothing:
--   the start of the server: in a crash it may lose transactions that were
--     visible (synchronous_commit = off), and gives their numbers again
--   the reset of its statistics: they are reset after a crash without a start
--   the timeline: after a failover or a restore to an earlier time
--   the journal itself: a dump that is restored has another
--   the triggers: somebody may have disabled them for a while
--   the columns of the table: somebody may have dropped one
CREATE OR REPLACE FUNCTION cctv_journal.epoch()
RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT hashtextextended(concat_ws(' ',
    extract(epoch FROM pg_postmaster_start_time()),
    (SELECT extract(epoch FROM stats_reset) FROM pg_stat_bgwriter),
    CASE WHEN pg_is_in_recovery() THEN 'standby'
         ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END,
    (SELECT oid FROM pg_database WHERE datname = current_database()),
    'cctv_journal.changes'::regclass::oid,
    (SELECT string_agg(format('%s:%s', t.oid, t.xmin), ' ' ORDER BY t.oid)
       FROM pg_trigger t
      WHERE t.tgrelid = 'public.cameras'::regclass
        AND t.tgname LIKE 'cctv\_journal\_%'),
    (SELECT sum(a.xmin::text::bigint) FROM pg_attribute a
      WHERE a.attrelid = 'public.cameras'::regclass)), 0)::text
$$;

COMMENT ON FUNCTION cctv_journal.epoch() IS
  'Positions of another epoch mean nothing';

CREATE OR REPLACE FUNCTION cctv_journal.is_complete()
RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT (SELECT count(*) = 5 FROM pg_trigger t
           WHERE t.tgrelid = 'public.cameras'::regclass
             AND t.tgname LIKE 'cctv\_journal\_%' AND t.tgenabled <> 'D')
     AND EXISTS (SELECT FROM cctv_journal.state)
$$;

COMMENT ON FUNCTION cctv_journal.is_complete() IS
  'False: somebody has disabled or dropped a trigger';

-- Each condition is an index scan, however long some transaction stays open.
CREATE OR REPLACE FUNCTION cctv_journal.rows_between(
  last pg_snapshot,
  upper_bound xid8)
RETURNS TABLE (
  size integer,
  is_many boolean,
  changed integer[],
  statuses integer[])
LANGUAGE sql STABLE
AS $$
  SELECT j.size, j.is_many, j.changed, j.statuses
    FROM cctv_journal.changes j
   WHERE j.xid >= pg_snapshot_xmax(last) AND j.xid < upper_bound
   UNION ALL
  SELECT j.size, j.is_many, j.changed, j.statuses
    FROM cctv_journal.changes j
   WHERE j.xid = ANY (ARRAY(SELECT pg_snapshot_xip(last)))
$$;

COMMENT ON FUNCTION cctv_journal.rows_between(pg_snapshot, xid8) IS
  'What has become visible since a snapshot';

-- What has changed since an earlier call, in one snapshot:
--   last     what the earlier call has returned as reached; '' at first
--   most     if more ids than this would be returned, is_many is true
--   reached  NULL: the journal is not complete, so do not rely on it
--   resume   a shorter position that may stand for reached; what came after it
--            may be returned again
--   is_many  read the whole table; the ids are not listed
--   changed  cameras that are new, gone, or differ in more than their status
--   status_ids, statuses
--            cameras that had another status, and the status they have now
--
-- It has to be STABLE: then all its statements see the snapshot that it
-- returns. A standby does not know which transactions of the primary are in
-- progress, only the oldest of them; so it returns again what came after that.
--
-- Plans are for a journal that may have grown since they were made. Compiling
-- them would take 400 times as long as running them.
CREATE OR REPLACE FUNCTION cctv_journal.since(
  last text,
  most integer,
  OUT reached text,
  OUT resume text,
  OUT is_many boolean,
  OUT changed integer[],
  OUT status_ids integer[],
  OUT statuses text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET jit = off
AS $$
DECLARE
  this pg_snapshot := pg_current_snapshot();
  this_epoch text := cctv_journal.epoch();
  this_trims bigint := (SELECT s.trims FROM cctv_journal.state s);
  earlier pg_snapshot;
  found_rows bigint;
BEGIN
  IF NOT cctv_journal.is_complete() THEN
    RETURN;
  END IF;
  resume := format('%s %s %3$s:%3$s:', this_epoch, this_trims,
                   pg_snapshot_xmin(this));
  reached := CASE WHEN pg_is_in_recovery() THEN resume
                  ELSE concat_ws(' ', this_epoch, this_trims, this) END;
  is_many := true;
  IF split_part(last, ' ', 1) <> this_epoch THEN
    RETURN;
  END IF;
  earlier := split_part(last, ' ', 3)::pg_snapshot;
  IF this_trims > split_part(last, ' ', 2)::bigint + 1
     OR pg_snapshot_xmax(earlier) > pg_snapshot_xmax(this) THEN
    RETURN;
  END IF;

  SELECT count(*),
         COALESCE(bool_or(r.is_many) OR count(*) > most OR sum(r.size) > most,
                  false)
    INTO found_rows, is_many
    FROM (SELECT * FROM cctv_journal.rows_between(earlier,
                                                  pg_snapshot_xmax(this))
           LIMIT most + 1) AS r;
  IF is_many OR found_rows = 0 THEN
    RETURN;
  END IF;

  changed := ARRAY(
    SELECT DISTINCT unnest(r.changed)
      FROM cctv_journal.rows_between(earlier, pg_snapshot_xmax(this)) AS r
     ORDER BY 1);
  SELECT array_agg(c.id), array_agg(c.status)
    INTO status_ids, statuses
    FROM public.cameras c
   WHERE c.id = ANY (ARRAY(
           SELECT unnest(r.statuses)
             FROM cctv_journal.rows_between(earlier, pg_snapshot_xmax(this))
                  AS r));
END
$$;

COMMENT ON FUNCTION cctv_journal.since(text, integer) IS
  'Which cameras have changed since an earlier call, and where this call stands';

INSERT INTO cctv_journal.state (place, trims, visible, trimmed)
VALUES (cctv_journal.place(), 0, pg_current_snapshot(), now());

-- The role that loads this file may not be the owner of the table. The roles of
-- Apache may ask what has changed, and nothing else.
DO $$
DECLARE
  owner regrole := (SELECT relowner FROM pg_class
                     WHERE oid = 'public.cameras'::regclass);
  object text;
  reader name;
BEGIN
  FOR object IN
    SELECT 'FUNCTION ' || p.oid::regprocedure FROM pg_proc p
     WHERE p.pronamespace = 'cctv_journal'::regnamespace
     UNION ALL VALUES ('TABLE cctv_journal.changes'),
                      ('TABLE cctv_journal.state')
  LOOP
    EXECUTE format('ALTER %s OWNER TO %s', object, owner);
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', object);
  END LOOP;
  EXECUTE format('ALTER SCHEMA cctv_journal OWNER TO %s', owner);
  FOR reader IN SELECT rolname FROM pg_roles
                 WHERE rolname IN ('cctv_reader', 'cctv_video') LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA cctv_journal TO %I', reader);
    EXECUTE format('GRANT EXECUTE ON FUNCTION '
                   'cctv_journal.since(text, integer) TO %I', reader);
  END LOOP;
END
$$;
