-- The part of `make import` that runs inside the database: a staging table, the
-- checks that need the whole file, and the merge into cameras.
--
--   psql -X -v ON_ERROR_STOP=1 -1 -f sql/30-import.sql
--
-- Safe to run again. tools/import_cameras reads the list, checks each value
-- on its own, and calls these functions in one transaction:
--   start() → COPY into incoming and faults → find_faults() → merge()

SET LOCAL client_min_messages = warning;
DO 'BEGIN PERFORM set_config(''search_path'', public.cctv_search_path(), true); END';

CREATE SCHEMA IF NOT EXISTS cctv_import;
REVOKE ALL ON SCHEMA cctv_import FROM PUBLIC;
COMMENT ON SCHEMA cctv_import IS
  'Functions of make import; its tables are temporary, one set per import';

CREATE OR REPLACE FUNCTION cctv_import.start()
RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  CREATE TEMPORARY TABLE incoming (
    line           bigint NOT NULL,
    bad            boolean NOT NULL,
    import_row     uuid,
    external_id    text,
    name           text,
    longitude      double precision,
    latitude       double precision,
    stream_url     text,
    role           text,
    codec          text,
    profile        text,
    width          integer,
    height         integer,
    fps            real,
    audio          boolean,
    heading        double precision,
    field_of_view  double precision,
    status         text,
    sub_stream_url text,
    still_url      text,
    login_check_waived boolean NOT NULL,
    geom           geometry(Point, 4326) GENERATED ALWAYS AS (
                     ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)
                   ) STORED
  ) ON COMMIT DROP;

  CREATE TEMPORARY TABLE faults (
    n            bigint GENERATED ALWAYS AS IDENTITY,
    line         bigint NOT NULL,
    column_name  text,
    value        text,
    reason       text NOT NULL
  ) ON COMMIT DROP;
END
$$;

COMMENT ON FUNCTION cctv_import.start() IS
  'Makes the staging tables: incoming, a row per camera of the file, and faults, a row per bad value';

-- The functions of earlier versions.
DROP FUNCTION IF EXISTS cctv_import.find_faults(text, text);
DROP FUNCTION IF EXISTS cctv_import.merge(text[], boolean, boolean);

CREATE OR REPLACE FUNCTION cctv_import.find_faults(
  key_column text,
  remove_bad boolean,
  OUT fault_count bigint,
  OUT bad_rows bigint,
  OUT good_rows bigint)
LANGUAGE plpgsql
AS $$
BEGIN
  ANALYZE pg_temp.incoming;
  fault_count := 0;

  IF key_column IS NOT NULL
     AND EXISTS (SELECT FROM pg_temp.incoming
                  GROUP BY external_id HAVING count(external_id) > 1) THEN
    -- If bad rows are left out, their keys are free for others.
    INSERT INTO pg_temp.faults (line, column_name, value, reason)
    SELECT line, key_column,
           CASE WHEN external_id !~ '@|://' AND stream_url IS NOT NULL
                THEN external_id END,
           format('stands on line %s already', first_line)
      FROM (SELECT line, external_id, stream_url,
                   min(line) OVER (PARTITION BY external_id) AS first_line
              FROM pg_temp.incoming
             WHERE external_id IS NOT NULL
               AND NOT (remove_bad AND bad)) AS keys
     WHERE line > first_line
     ORDER BY line;
    GET DIAGNOSTICS fault_count = ROW_COUNT;
  END IF;

  UPDATE pg_temp.incoming i
     SET bad = true
   WHERE NOT bad
     AND EXISTS (SELECT FROM pg_temp.faults f WHERE f.line = i.line);
  SELECT count(*) FILTER (WHERE bad), count(*) FILTER (WHERE NOT bad)
    INTO bad_rows, good_rows
    FROM pg_temp.incoming;
  IF remove_bad AND bad_rows > 0 THEN
    DELETE FROM pg_temp.incoming WHERE bad;
    ANALYZE pg_temp.incoming;
  END IF;
END
$$;

COMMENT ON FUNCTION cctv_import.find_faults(text, boolean) IS
  'Adds keys that stand twice to faults, counts what it added, and counts bad and good rows. Removes the bad ones if asked to';

CREATE OR REPLACE FUNCTION cctv_import.same_key(key text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT CASE
  WHEN key ~ '^[0-9]+$' THEN COALESCE(NULLIF(ltrim(key, '0'), ''), '0')
  WHEN key ~ '^[0-9]{1,3}([., ''’\u00A0\u202F][0-9]{3})+([.,]0+)?$'
  THEN COALESCE(NULLIF(ltrim(regexp_replace(
         regexp_replace(key, '[.,]0{1,2}$', ''), '[^0-9]', '', 'g'), '0'), ''),
       '0')
  WHEN key ~ '^[0-9]+[.,]0+$'
  THEN COALESCE(NULLIF(ltrim(regexp_replace(key, '[.,]0+$', ''), '0'), ''), '0')
  WHEN key ~ '^[0-9]([.][0-9]+)?[eE][+][0-9]{1,2}$'
  THEN trim_scale(key::numeric)::text
  ELSE lower(btrim(key, ' {}"''') COLLATE "C") END $$;

COMMENT ON FUNCTION cctv_import.same_key(text) IS
  'What is the same for a key and for what a spreadsheet makes of it: 0042, 42.0 and 4.2E+01 are 42';

-- Keys of the file that no camera has, but one has in another form, become that
-- form. Both have to be the only one of their kind.
CREATE OR REPLACE FUNCTION cctv_import.adopt_keys()
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
  adopted bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM public.cameras WHERE external_id IS NOT NULL) THEN
    RETURN 0;
  END IF;
  WITH strange AS MATERIALIZED (
    SELECT i.line, cctv_import.same_key(i.external_id) AS same
      FROM pg_temp.incoming i
     WHERE NOT EXISTS (SELECT FROM public.cameras c
                        WHERE c.external_id = i.external_id)
  ), left_over AS MATERIALIZED (
    SELECT c.external_id, cctv_import.same_key(c.external_id) AS same
      FROM public.cameras c
     WHERE c.external_id IS NOT NULL
       AND EXISTS (SELECT FROM strange)
       AND NOT EXISTS (SELECT FROM pg_temp.incoming i
                        WHERE i.external_id = c.external_id)
  ), pairs AS (
    SELECT min(line) AS line, min(external_id) AS external_id
      FROM strange JOIN left_over USING (same)
     GROUP BY same HAVING count(*) = 1
  )
  UPDATE pg_temp.incoming i
     SET external_id = pairs.external_id
    FROM pairs
   WHERE i.line = pairs.line;
  GET DIAGNOSTICS adopted = ROW_COUNT;
  RETURN adopted;
END
$$;

COMMENT ON FUNCTION cctv_import.adopt_keys() IS
  'Gives keys of incoming that a spreadsheet has rewritten the form that cameras has, and counts them';

CREATE OR REPLACE FUNCTION cctv_import.skip_used_ids()
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
  ids regclass := pg_get_serial_sequence('public.cameras', 'id');
  highest integer := (SELECT max(id) FROM public.cameras);
BEGIN
  IF highest > COALESCE(pg_sequence_last_value(ids), 0) THEN
    PERFORM setval(ids, highest);
  END IF;
END
$$;

COMMENT ON FUNCTION cctv_import.skip_used_ids() IS
  'Moves the sequence of ids past those that were given by hand';

-- Building an index of a large table takes less time than adding each row to it.
-- Readers wait until the import has ended, so this is for an empty table only.
CREATE OR REPLACE FUNCTION cctv_import.drop_indexes()
RETURNS text[]
LANGUAGE plpgsql
AS $$
DECLARE
  index record;
  definitions text[] := '{}';
BEGIN
  IF EXISTS (SELECT FROM public.cameras)
     OR (SELECT count(*) FROM pg_temp.incoming) < 50000 THEN
    RETURN definitions;
  END IF;
  FOR index IN
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made,
           obj_description(indexrelid, 'pg_class') AS told
      FROM pg_index
     WHERE indrelid = 'public.cameras'::regclass AND NOT indisunique
  LOOP
    EXECUTE format('DROP INDEX %s', index.name);
    definitions := definitions || index.made;
    IF index.told IS NOT NULL THEN
      definitions := definitions || format('COMMENT ON INDEX %s IS %L',
                                           index.name, index.told);
    END IF;
  END LOOP;
  RETURN definitions;
END
$$;

COMMENT ON FUNCTION cctv_import.drop_indexes() IS
  'Before many cameras come into an empty table: drops its indexes, and returns the commands that make them again';

CREATE OR REPLACE FUNCTION cctv_import.merge(
  file_columns text[],
  keyed boolean,
  prune boolean,
  OUT added bigint,
  OUT updated bigint,
  OUT unchanged bigint,
  OUT removed bigint,
  OUT adopted bigint,
  OUT stale bigint,
  OUT codecless bigint)
LANGUAGE plpgsql
AS $$
DECLARE
  key text := CASE WHEN keyed THEN 'external_id' ELSE 'import_row' END;
  sets text;
  ours text;
  theirs text;
  names text;
  again text;
  indexes text[];
BEGIN
  -- A second import, or any other writer, waits until the first import has
  -- ended, and then sees its cameras. Readers do not wait.
  LOCK TABLE public.cameras IN SHARE ROW EXCLUSIVE MODE;
  PERFORM cctv_import.skip_used_ids();
  adopted := CASE WHEN keyed THEN cctv_import.adopt_keys() ELSE 0 END;

  -- If a file contains the same row twice, these are two cameras. The second
  -- gets a digest of its own, which is the same at every import.
  IF NOT keyed THEN
    UPDATE pg_temp.incoming i
       SET import_row = md5(i.import_row || ' ' || again.n)::uuid
      FROM (SELECT line, row_number() OVER (PARTITION BY import_row
                                            ORDER BY line) AS n
              FROM pg_temp.incoming) AS again
     WHERE again.line = i.line AND again.n > 1;
  END IF;

  -- Columns that are not in the file stay unchanged.
  SELECT string_agg(format('%1$I = i.%1$I', c), ', '),
         string_agg(format('c.%I', c), ', '),
         string_agg(format('i.%I', c), ', '),
         string_agg(format('%I', c), ', ')
    INTO sets, ours, theirs, names
    FROM unnest(file_columns || ARRAY['geom']) AS c
   WHERE c NOT IN ('external_id', 'longitude', 'latitude');

  EXECUTE format(
    'UPDATE public.cameras c
        SET %1$s, import_keyed = c.import_keyed OR $1
       FROM pg_temp.incoming i
      WHERE c.%2$I = i.%2$I
        AND (ROW(%3$s) IS DISTINCT FROM ROW(%4$s) OR c.import_keyed < $1)',
    sets, key, ours, theirs)
    USING keyed;
  GET DIAGNOSTICS updated = ROW_COUNT;

  indexes := cctv_import.drop_indexes();
  EXECUTE format(
    'INSERT INTO public.cameras (%1$s, %2$I, import_keyed)
     SELECT %3$s, i.%2$I, $1
       FROM pg_temp.incoming i
      WHERE NOT EXISTS (SELECT FROM public.cameras c WHERE c.%2$I = i.%2$I)
      ORDER BY i.line',
    names, key, theirs)
    USING keyed;
  GET DIAGNOSTICS added = ROW_COUNT;
  FOREACH again IN ARRAY indexes LOOP
    EXECUTE again;
  END LOOP;

  unchanged := (SELECT count(*) FROM pg_temp.incoming) - added - updated;

  removed := 0;
  IF prune AND keyed THEN
    DELETE FROM public.cameras c
     WHERE c.import_keyed
       AND c.external_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM pg_temp.incoming i
                        WHERE i.external_id = c.external_id);
    GET DIAGNOSTICS removed = ROW_COUNT;
  END IF;

  stale := 0;
  IF NOT keyed AND added > 0 THEN
    stale := (SELECT count(*)
                FROM public.cameras c
               WHERE c.import_row IS NOT NULL
                 AND NOT EXISTS (SELECT FROM pg_temp.incoming i
                                  WHERE i.import_row = c.import_row));
  END IF;
  codecless := (SELECT count(*)
                  FROM pg_temp.incoming
                 WHERE codec IS NULL AND stream_url ~* '^(rtsps?|rtp)://');
END
$$;

COMMENT ON FUNCTION cctv_import.merge(text[], boolean, boolean) IS
  'Brings cameras to what incoming holds, in the columns that the file has, and counts';

-- These functions find PostGIS whatever the search_path of their caller is.
DO $$
DECLARE
  ours regprocedure;
BEGIN
  FOR ours IN SELECT oid FROM pg_proc
               WHERE pronamespace = 'cctv_import'::regnamespace LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %s', ours,
                   public.cctv_search_path());
  END LOOP;
END
$$;
