-- The part of `make import` that runs inside the database: a staging table, the
-- checks of URLs, the checks that need the whole file, and the merge into
-- cameras.
--
--   psql -X -v ON_ERROR_STOP=1 -1 -f sql/30-import.sql
--
-- Safe to run again. tools/import_cameras.py reads the CSV file, checks each
-- value on its own, and calls these functions in one transaction:
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
    geom           geometry(Point, 4326) GENERATED ALWAYS AS (
                     ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)
                   ) STORED
  ) ON COMMIT DROP;

  CREATE TEMPORARY TABLE faults (
    n            bigint GENERATED ALWAYS AS IDENTITY,
    line         bigint NOT NULL,
    column_name  text,
    value        text,
    reason       text NOT NULL,
    hides_row    boolean NOT NULL DEFAULT false
  ) ON COMMIT DROP;
END
$$;

COMMENT ON FUNCTION cctv_import.start() IS
  'Makes the staging tables: incoming, a row per camera of the file, and faults, a row per bad value';

CREATE OR REPLACE FUNCTION cctv_import.find_faults(
  url_column text,
  key_column text,
  OUT fault_count bigint,
  OUT bad_rows bigint)
LANGUAGE plpgsql
AS $$
DECLARE
  more bigint;
BEGIN
  ANALYZE pg_temp.incoming;

  INSERT INTO pg_temp.faults (line, column_name, reason, hides_row)
  SELECT line, CASE WHEN is_second THEN 'sub_stream_url' ELSE url_column END,
         CASE WHEN has_login
              THEN 'holds a login, which is not shown here; store the URL without it'
              ELSE 'is not a URL such as rtsp://host/path' END,
         true
    FROM (SELECT line, url, is_second,
                 public.cctv_url_has_login(url) AS has_login
            FROM pg_temp.incoming,
                 LATERAL (VALUES (stream_url, false), (sub_stream_url, true))
                         AS both_urls (url, is_second)) AS urls
   WHERE has_login OR NOT public.cctv_is_url(url)
   ORDER BY line, is_second;
  GET DIAGNOSTICS fault_count = ROW_COUNT;

  INSERT INTO pg_temp.faults (line, column_name, reason, hides_row)
  SELECT line, 'name', 'is a URL that holds a login, which is not shown here',
         true
    FROM pg_temp.incoming
   WHERE name ~ '://' AND public.cctv_url_has_login(name)
   ORDER BY line;
  GET DIAGNOSTICS more = ROW_COUNT;
  fault_count := fault_count + more;

  IF key_column IS NOT NULL THEN
    INSERT INTO pg_temp.faults (line, column_name, value, reason)
    SELECT line, key_column,
           CASE WHEN external_id !~ '@|://' AND stream_url IS NOT NULL
                THEN external_id END,
           format('stands on line %s already', first_line)
      FROM (SELECT line, external_id, stream_url,
                   min(line) OVER (PARTITION BY external_id) AS first_line
              FROM pg_temp.incoming
             WHERE external_id IS NOT NULL) AS keys
     WHERE line > first_line
     ORDER BY line;
    GET DIAGNOSTICS more = ROW_COUNT;
    fault_count := fault_count + more;
  END IF;

  -- Messages show no value of such a row: because of a stray comma any column
  -- may contain a part of a login.
  ANALYZE pg_temp.faults;
  UPDATE pg_temp.faults f
     SET value = NULL
    FROM pg_temp.faults url
   WHERE url.line = f.line AND url.hides_row AND f.value IS NOT NULL;

  SELECT count(*)
    INTO bad_rows
    FROM pg_temp.incoming i
   WHERE bad
      OR EXISTS (SELECT FROM pg_temp.faults f WHERE f.line = i.line);
END
$$;

COMMENT ON FUNCTION cctv_import.find_faults(text, text) IS
  'Adds to faults URLs with a login or of no use, names that are such URLs, and keys that stand twice. Counts what it added, and all bad rows';

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

CREATE OR REPLACE FUNCTION cctv_import.merge(
  file_columns text[],
  keyed boolean,
  prune boolean,
  OUT added bigint,
  OUT updated bigint,
  OUT unchanged bigint,
  OUT removed bigint)
LANGUAGE plpgsql
AS $$
DECLARE
  key text := CASE WHEN keyed THEN 'external_id' ELSE 'import_row' END;
  sets text;
  ours text;
  theirs text;
  names text;
BEGIN
  -- A second import, or any other writer, waits until the first import has
  -- ended, and then sees its cameras. Readers do not wait.
  LOCK TABLE public.cameras IN SHARE ROW EXCLUSIVE MODE;
  PERFORM cctv_import.skip_used_ids();

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

  EXECUTE format(
    'INSERT INTO public.cameras (%1$s, %2$I, import_keyed)
     SELECT %3$s, i.%2$I, $1
       FROM pg_temp.incoming i
      WHERE NOT EXISTS (SELECT FROM public.cameras c WHERE c.%2$I = i.%2$I)
      ORDER BY i.line',
    names, key, theirs)
    USING keyed;
  GET DIAGNOSTICS added = ROW_COUNT;

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
