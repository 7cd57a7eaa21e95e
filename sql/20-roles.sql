-- The roles that Apache connects as. cctv_reader may read what the API shows.
-- If CCTVJanusURL is set, Apache uses cctv_video instead. This role may also
-- read the URLs and the external_id of one camera at a time, and set the status
-- of a camera.
--
--   psql -X -v ON_ERROR_STOP=1 -1 -f sql/20-roles.sql
--
-- Safe to run again: rights that were granted to the roles by hand in the
-- schema public of this database are revoked. No password is set here; if the
-- server asks for one:  ALTER ROLE cctv_reader PASSWORD '…'

SET LOCAL client_min_messages = warning;
DO 'BEGIN PERFORM set_config(''search_path'', public.cctv_search_path(), true); END';

-- Roles belong to the whole cluster, so they may already exist because of
-- another database.
DO $$
DECLARE
  missing name;
BEGIN
  FOREACH missing IN ARRAY ARRAY['cctv_reader', 'cctv_video'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I LOGIN', missing);
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
END
$$;

ALTER ROLE cctv_reader LOGIN
  NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE cctv_video LOGIN
  NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

COMMENT ON ROLE cctv_reader IS
  'mod_cctv: reads what the camera API shows, and nothing else';
COMMENT ON ROLE cctv_video IS
  'mod_cctv with video: reads what the camera API shows, asks for the URLs of a camera, sets a status';

-- This limit is for other clients that connect as these roles. mod_cctv cancels
-- its own queries after three quarters of the time that CCTVQueryTimeout leaves.
ALTER ROLE cctv_reader SET statement_timeout = '5s';
ALTER ROLE cctv_video SET statement_timeout = '5s';
-- A pooled connection that stays inside a transaction would block VACUUM.
ALTER ROLE cctv_reader SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE cctv_video SET idle_in_transaction_session_timeout = '10s';
-- If an Apache child is killed, its query ends within a second. PostgreSQL 13
-- does not have this setting.
DO $$
BEGIN
  IF current_setting('server_version_num')::integer >= 140000 THEN
    ALTER ROLE cctv_reader SET client_connection_check_interval = '1s';
    ALTER ROLE cctv_video SET client_connection_check_interval = '1s';
  END IF;
END
$$;
-- Starting parallel workers, or JIT compilation, takes longer than any page.
ALTER ROLE cctv_reader SET max_parallel_workers_per_gather = 0;
ALTER ROLE cctv_video SET max_parallel_workers_per_gather = 0;
ALTER ROLE cctv_reader SET jit = off;
ALTER ROLE cctv_video SET jit = off;
-- In this database the roles find PostGIS, in whatever schema it is, and no
-- object that somebody else has made under the same name.
DO $$
DECLARE
  reader name;
BEGIN
  FOREACH reader IN ARRAY ARRAY['cctv_reader', 'cctv_video'] LOOP
    EXECUTE format('ALTER ROLE %I IN DATABASE %I SET search_path = %s', reader,
                   current_database(), public.cctv_search_path());
  END LOOP;
END
$$;
-- A second protection for cctv_reader, in addition to granting only SELECT.
-- cctv_video cannot have it: it would also apply inside cctv_set_status().
ALTER ROLE cctv_reader SET default_transaction_read_only = on;
ALTER ROLE cctv_video RESET default_transaction_read_only;

-- Through PUBLIC every role may create temporary tables, and on clusters that
-- were upgraded from PostgreSQL 14 or older also tables in the schema public.
-- Both rights are revoked; the owner of the database keeps them.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
DO $$
BEGIN
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC',
                 current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM cctv_reader, cctv_video',
                 current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO cctv_reader, cctv_video',
                 current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM cctv_reader, cctv_video;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM cctv_reader, cctv_video;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM cctv_reader, cctv_video;
REVOKE ALL ON TABLE public.cameras FROM PUBLIC;

GRANT USAGE ON SCHEMA public TO cctv_reader, cctv_video;

-- The same for the schemas of the extensions. They may belong to somebody whose
-- rights this role cannot change, such as a provider.
DO $$
DECLARE
  place name;
BEGIN
  FOR place IN SELECT DISTINCT nspname
                 FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
                WHERE extname IN ('postgis', 'pg_trgm')
                  AND nspname NOT IN ('public', 'pg_catalog') LOOP
    BEGIN
      EXECUTE format('GRANT USAGE ON SCHEMA %I TO cctv_reader, cctv_video',
                     place);
      EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', place);
      EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM cctv_reader, cctv_video',
                     place);
    EXCEPTION
      WHEN insufficient_privilege THEN NULL;
    END;
    IF NOT (has_schema_privilege('cctv_reader', place, 'USAGE')
            AND has_schema_privilege('cctv_video', place, 'USAGE')) THEN
      RAISE EXCEPTION 'cctv_reader and cctv_video cannot use the schema %: its owner has to GRANT USAGE ON SCHEMA % TO cctv_reader, cctv_video',
        place, place;
    END IF;
    IF EXISTS (SELECT FROM pg_namespace,
                           aclexplode(nspacl) AS acl
                WHERE nspname = place AND acl.grantee = 0
                  AND acl.privilege_type = 'CREATE') THEN
      RAISE WARNING 'everybody may create objects in the schema %: its owner should REVOKE CREATE ON SCHEMA % FROM PUBLIC',
        place, place;
    END IF;
  END LOOP;
END
$$;
-- stream_url, sub_stream_url and still_url are left out because they contain internal hosts,
-- and external_id because it identifies the camera in a system that is not the
-- viewer's.
GRANT SELECT (id, name, role, status, status_since, status_reason, codec,
              profile, width, height, fps, audio, playable, stream_is_rtp,
              sub_stream_is_rtp, heading, field_of_view, geom, name_folded,
              has_still, range_m, has_hls)
  ON TABLE public.cameras TO cctv_reader, cctv_video;

-- These functions run with the rights of the table's owner, whoever calls them.
-- Therefore their search_path contains no schema in which another role could
-- create objects.
CREATE OR REPLACE FUNCTION public.cctv_stream_url(camera integer)
RETURNS text
LANGUAGE sql STABLE STRICT SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.stream_url
    FROM public.cameras c
   WHERE c.id = camera AND c.stream_is_rtp
$$;

COMMENT ON FUNCTION public.cctv_stream_url(integer) IS
  'Where the first stream of a camera comes from; NULL: it has none that Janus can pull';

CREATE OR REPLACE FUNCTION public.cctv_sub_stream_url(camera integer)
RETURNS text
LANGUAGE sql STABLE STRICT SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.sub_stream_url
    FROM public.cameras c
   WHERE c.id = camera AND c.sub_stream_is_rtp
$$;

COMMENT ON FUNCTION public.cctv_sub_stream_url(integer) IS
  'Where the second stream of a camera comes from; NULL: it has none that Janus can pull';

CREATE OR REPLACE FUNCTION public.cctv_external_id(camera integer)
RETURNS text
LANGUAGE sql STABLE STRICT SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.external_id
    FROM public.cameras c
   WHERE c.id = camera
$$;

COMMENT ON FUNCTION public.cctv_external_id(integer) IS
  'The site''s own key of a camera, by which its login is found; NULL: it has none';

CREATE OR REPLACE FUNCTION public.cctv_still_url(camera integer)
RETURNS text
LANGUAGE sql STABLE STRICT SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.still_url
    FROM public.cameras c
   WHERE c.id = camera
$$;

COMMENT ON FUNCTION public.cctv_still_url(integer) IS
  'Where a JPEG picture of a camera comes from; NULL: it has none';

CREATE OR REPLACE FUNCTION public.cctv_hls_url(camera integer)
RETURNS text
LANGUAGE sql STABLE STRICT SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT c.stream_url
    FROM public.cameras c
   WHERE c.id = camera AND c.has_hls
$$;

COMMENT ON FUNCTION public.cctv_hls_url(integer) IS
  'Where browsers fetch the video of a camera by themselves, for CCTVBrowserHls; NULL: it has no such address';

CREATE OR REPLACE FUNCTION public.cctv_set_status(
  camera integer,
  new_status text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE public.cameras c
     SET status = new_status
   WHERE c.id = camera AND c.status <> new_status;
  RETURN FOUND;
END
$$;

COMMENT ON FUNCTION public.cctv_set_status(integer, text) IS
  'Sets the status of a camera: online, offline or unknown. False: it was that already, or there is no such camera';

CREATE OR REPLACE FUNCTION public.cctv_set_status_reason(
  camera integer,
  new_reason text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  UPDATE public.cameras c
     SET status_reason = new_reason
   WHERE c.id = camera AND c.status_reason IS DISTINCT FROM new_reason;
  RETURN FOUND;
END
$$;

COMMENT ON FUNCTION public.cctv_set_status_reason(integer, text) IS
  'Sets the name of the failure of a camera; NULL: there is none. False: it was that already, or there is no such camera';

-- Several servers (CCTVRoute) that watch the same cameras: what each of them
-- receives, and which cameras fail it.
CREATE TABLE IF NOT EXISTS public.cctv_watchers (
  watcher text PRIMARY KEY,
  seen timestamptz NOT NULL,
  receives integer[] NOT NULL,
  fails integer[] NOT NULL
);

COMMENT ON TABLE public.cctv_watchers IS
  'Which cameras each of several servers receives. A row that is older than 30 seconds says nothing any more';
COMMENT ON COLUMN public.cctv_watchers.watcher IS
  'The name of the server: CCTVRoute';
COMMENT ON COLUMN public.cctv_watchers.seen IS
  'When it has last told what it receives; it does so every 10 seconds';
COMMENT ON COLUMN public.cctv_watchers.receives IS
  'Ids of the cameras that it receives';
COMMENT ON COLUMN public.cctv_watchers.fails IS
  'Ids of the cameras that have just failed it';

-- A camera is online while a server receives it, and offline when one fails to
-- and no other receives it: no server overrules one that knows better. A reason
-- stays until the camera is online, unless only one server fails.
CREATE OR REPLACE FUNCTION public.cctv_note_watcher(
  this_watcher text,
  these_receive integer[],
  these_fail integer[],
  reasons text[])
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  others_receive integer[];
  others_fail integer[];
BEGIN
  -- What a server can fill is limited.
  IF length(this_watcher) > 32 OR cardinality(these_receive) > 100000
     OR cardinality(these_fail) > 100000 THEN
    RAISE program_limit_exceeded USING MESSAGE =
      'a watcher has a name of at most 32 characters, and tells of at most 100000 cameras';
  END IF;
  -- One server after the other: their updates might wait for each other.
  LOCK TABLE public.cctv_watchers IN SHARE ROW EXCLUSIVE MODE;
  -- Servers that have another name now, or are gone.
  DELETE FROM public.cctv_watchers w
   WHERE w.seen < clock_timestamp() - interval '10 minutes';
  IF (SELECT count(*) FROM public.cctv_watchers w
       WHERE w.watcher <> this_watcher) >= 128 THEN
    RAISE program_limit_exceeded USING MESSAGE =
      'there are 128 watchers already';
  END IF;
  INSERT INTO public.cctv_watchers (watcher, seen, receives, fails)
  VALUES (this_watcher, clock_timestamp(), these_receive, these_fail)
  ON CONFLICT (watcher) DO UPDATE
     SET seen = excluded.seen, receives = excluded.receives,
         fails = excluded.fails;

  -- Cameras that another transaction is changing, such as an import, are left
  -- out until the next time: nobody waits for it, and it for nobody.
  UPDATE public.cameras c
     SET status = 'online', status_reason = NULL
    FROM (SELECT o.id FROM public.cameras o
           WHERE o.id = ANY (these_receive) AND o.status <> 'online'
             FOR NO KEY UPDATE SKIP LOCKED) AS free
   WHERE c.id = free.id;

  IF cardinality(these_fail) = 0 THEN
    RETURN;
  END IF;
  others_receive := ARRAY(
    SELECT unnest(w.receives) FROM public.cctv_watchers w
     WHERE w.watcher <> this_watcher
       AND w.seen > clock_timestamp() - interval '30 seconds');
  others_fail := ARRAY(
    SELECT unnest(w.fails) FROM public.cctv_watchers w
     WHERE w.watcher <> this_watcher
       AND w.seen > clock_timestamp() - interval '30 seconds');
  UPDATE public.cameras c
     SET status = 'offline', status_reason = free.reason
    FROM (SELECT o.id, f.reason
            FROM unnest(these_fail, reasons) AS f (camera, reason)
            JOIN public.cameras o ON o.id = f.camera
           WHERE f.camera <> ALL (others_receive)
             AND (o.status <> 'offline'
                  OR (o.status_reason IS DISTINCT FROM f.reason
                      AND f.camera <> ALL (others_fail)))
             FOR NO KEY UPDATE OF o SKIP LOCKED) AS free
   WHERE c.id = free.id;
END
$$;

COMMENT ON FUNCTION public.cctv_note_watcher(text, integer[], integer[], text[]) IS
  'A server tells which cameras it receives, which have just failed it, and why: sets their statuses';

-- The role that loads this file may not be the owner of the table.
DO $$
DECLARE
  owner regrole := (SELECT relowner FROM pg_class
                     WHERE oid = 'public.cameras'::regclass);
BEGIN
  EXECUTE format('ALTER FUNCTION public.cctv_stream_url(integer) OWNER TO %s',
                 owner);
  EXECUTE format('ALTER FUNCTION public.cctv_sub_stream_url(integer) '
                 'OWNER TO %s', owner);
  EXECUTE format('ALTER FUNCTION public.cctv_external_id(integer) OWNER TO %s',
                 owner);
  EXECUTE format('ALTER FUNCTION public.cctv_still_url(integer) OWNER TO %s',
                 owner);
  EXECUTE format('ALTER FUNCTION public.cctv_hls_url(integer) OWNER TO %s',
                 owner);
  EXECUTE format('ALTER FUNCTION public.cctv_set_status(integer, text) '
                 'OWNER TO %s', owner);
  EXECUTE format('ALTER FUNCTION '
                 'public.cctv_set_status_reason(integer, text) OWNER TO %s',
                 owner);
  EXECUTE format('ALTER FUNCTION public.cctv_note_watcher(text, integer[], '
                 'integer[], text[]) OWNER TO %s', owner);
  EXECUTE format('ALTER TABLE public.cctv_watchers OWNER TO %s', owner);
END
$$;

REVOKE ALL ON FUNCTION public.cctv_stream_url(integer),
                       public.cctv_sub_stream_url(integer),
                       public.cctv_external_id(integer),
                       public.cctv_still_url(integer),
                       public.cctv_hls_url(integer),
                       public.cctv_set_status(integer, text),
                       public.cctv_set_status_reason(integer, text),
                       public.cctv_note_watcher(text, integer[], integer[],
                                                text[])
  FROM PUBLIC, cctv_reader, cctv_video;
GRANT EXECUTE ON FUNCTION public.cctv_stream_url(integer),
                          public.cctv_sub_stream_url(integer),
                          public.cctv_external_id(integer),
                          public.cctv_still_url(integer),
                          public.cctv_hls_url(integer),
                          public.cctv_set_status(integer, text),
                          public.cctv_set_status_reason(integer, text),
                          public.cctv_note_watcher(text, integer[], integer[],
                                                   text[])
  TO cctv_video;
