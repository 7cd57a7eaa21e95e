-- The role that Apache connects as: it may read what the API shows.
--
--   psql -X -v ON_ERROR_STOP=1 -1 -f sql/20-roles.sql
--
-- Safe to run again: what the role was given by hand on this database's
-- schema public is taken back. No password is set here; where the server asks
-- for one:  ALTER ROLE cctv_reader PASSWORD '…'

SET LOCAL client_min_messages = warning;

-- Roles belong to the whole cluster: another database may have made it.
DO $$
BEGIN
  CREATE ROLE cctv_reader LOGIN;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

ALTER ROLE cctv_reader LOGIN
  NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

COMMENT ON ROLE cctv_reader IS
  'mod_cctv: reads what the camera API shows, and nothing else';

-- For whoever else connects as this role: mod_cctv sets a limit of its own,
-- three quarters of CCTVQueryTimeout.
ALTER ROLE cctv_reader SET statement_timeout = '5s';
-- A pooled connection left inside a transaction would hold back VACUUM.
ALTER ROLE cctv_reader SET idle_in_transaction_session_timeout = '10s';
-- A query whose Apache child was killed ends within a second.
ALTER ROLE cctv_reader SET client_connection_check_interval = '1s';
-- Workers take longer to start than any page takes; so does compiling.
ALTER ROLE cctv_reader SET max_parallel_workers_per_gather = 0;
ALTER ROLE cctv_reader SET jit = off;
-- A second lock on the door; the first is that nothing but SELECT is granted.
ALTER ROLE cctv_reader SET default_transaction_read_only = on;

-- Every role may make temporary tables, and on clusters that come from
-- PostgreSQL 14 or older also tables in public, through PUBLIC. The owner of
-- the database keeps both.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
DO $$
BEGIN
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC',
                 current_database());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM cctv_reader',
                 current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO cctv_reader',
                 current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM cctv_reader;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM cctv_reader;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM cctv_reader;
REVOKE ALL ON TABLE public.cameras FROM PUBLIC;

GRANT USAGE ON SCHEMA public TO cctv_reader;
-- Not stream_url: it names internal hosts. Not external_id: it names the
-- camera in a system that is not the viewer's.
GRANT SELECT (id, name, role, status, codec, profile, width, height, fps,
              audio, playable, heading, field_of_view, geom)
  ON TABLE public.cameras TO cctv_reader;
