-- cctv_reader may read what the API shows, and nothing else.
INSERT INTO cameras (name, stream_url, geom) VALUES ('n', 'rtsp://h/s', 'SRID=4326;POINT(1 2)');
SELECT unnest(setconfig) FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
 WHERE rolname = 'cctv_reader' AND setdatabase = 0 ORDER BY 1;
SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls
  FROM pg_roles WHERE rolname = 'cctv_reader';
SELECT attname FROM pg_attribute
 WHERE attrelid = 'public.cameras'::regclass AND attnum > 0
   AND has_column_privilege('cctv_reader', attrelid, attnum, 'SELECT') ORDER BY attnum;
SELECT attname FROM pg_attribute
 WHERE attrelid = 'public.cameras'::regclass AND attnum > 0
   AND has_column_privilege('cctv_reader', attrelid, attnum, 'INSERT, UPDATE, REFERENCES');

-- Privileges that were granted by hand are revoked when the file is applied again.
GRANT ALL ON cameras TO cctv_reader;
GRANT SELECT (stream_url) ON cameras TO PUBLIC;
GRANT CREATE ON SCHEMA public TO cctv_reader;
BEGIN;
\set ECHO none
\ir ../../sql/20-roles.sql
\set ECHO all
COMMIT;

SET ROLE cctv_reader;
SELECT id, name, role, status, codec, profile, width, height, fps, audio, playable, heading, field_of_view, ST_X(geom), ST_Y(geom) FROM cameras WHERE geom && ST_MakeEnvelope(0, 0, 3, 3, 4326);
SELECT stream_url FROM cameras;
SELECT sub_stream_url FROM cameras;
SELECT still_url FROM cameras;
SELECT external_id FROM cameras;
SELECT created_at FROM cameras;
SELECT import_row FROM cameras;
SELECT * FROM cameras;
SELECT cameras FROM cameras;
SELECT id FROM cameras WHERE stream_url LIKE 'r%';
INSERT INTO cameras (name) VALUES ('x');
UPDATE cameras SET name = 'x';
DELETE FROM cameras;
TRUNCATE cameras;
BEGIN;
LOCK TABLE cameras IN EXCLUSIVE MODE;
ROLLBACK;
SELECT id FROM cameras FOR UPDATE;
SELECT nextval('cameras_id_seq');
SELECT last_value FROM cameras_id_seq;
CREATE TEMPORARY TABLE t (x integer);
CREATE TABLE t (x integer);
CREATE SCHEMA s;
SELECT cctv_import.skip_used_ids();
COPY cameras TO STDOUT;
COPY (SELECT 1) TO PROGRAM 'true';
ALTER TABLE cameras DISABLE TRIGGER ALL;
RESET ROLE;
-- Besides, it can read only tables that PostGIS opens to everyone.
SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
 WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND relkind IN ('r', 'v', 'm', 'p', 'f')
   AND has_any_column_privilege('cctv_reader', c.oid, 'SELECT') ORDER BY 1;
