-- cctv_video may do what cctv_reader may, and call seven functions.
INSERT INTO cameras (name, stream_url, codec, geom) VALUES
  ('plays', 'rtsp://h/1', 'H.264', 'SRID=4326;POINT(1 2)'),
  ('does not', 'http://h/2', 'MJPEG', 'SRID=4326;POINT(1 2)');
UPDATE cameras SET sub_stream_url = CASE id WHEN 1 THEN 'rtsp://h/11' ELSE 'http://h/22' END;
UPDATE cameras SET still_url = 'http://h/1.jpg' WHERE id = 1;
UPDATE cameras SET status_since = '2020-01-01 00:00:00Z', external_id = CASE id WHEN 1 THEN 'A 1' END;
SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls
  FROM pg_roles WHERE rolname = 'cctv_video';
-- The differences of the two roles: their settings, their privileges on tables, functions, schemas and the database, and their memberships.
CREATE VIEW may AS
SELECT rolname, 'setting' AS kind, unnest(setconfig) AS what
  FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole WHERE setdatabase = 0
UNION ALL
SELECT rolname, p || ' column', attrelid::regclass || '.' || attname
  FROM pg_roles r, pg_attribute, unnest('{SELECT,INSERT,UPDATE,REFERENCES}'::text[]) p
 WHERE attrelid >= 16384 AND has_column_privilege(r.oid, attrelid, attnum, p)
UNION ALL
SELECT rolname, p || ' table', c.oid::regclass::text
  FROM pg_roles r, pg_class c, unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) p
 WHERE relkind <> 'S' AND has_table_privilege(r.oid, c.oid, p)
UNION ALL
SELECT rolname, p || ' sequence', c.oid::regclass::text
  FROM pg_roles r, pg_class c, unnest('{USAGE,SELECT,UPDATE}'::text[]) p
 WHERE CASE WHEN relkind = 'S' THEN has_sequence_privilege(r.oid, c.oid, p) END
UNION ALL
SELECT rolname, 'function', f.oid::regprocedure::text
  FROM pg_roles r, pg_proc f WHERE has_function_privilege(r.oid, f.oid, 'EXECUTE')
UNION ALL
SELECT rolname, p || ' schema', nspname
  FROM pg_roles r, pg_namespace n, unnest('{CREATE,USAGE}'::text[]) p WHERE has_schema_privilege(r.oid, n.oid, p)
UNION ALL
SELECT rolname, p || ' database', current_database()
  FROM pg_roles r, unnest('{CREATE,CONNECT,TEMPORARY}'::text[]) p
 WHERE has_database_privilege(r.oid, current_database(), p)
UNION ALL
SELECT r.rolname, 'member', o.rolname
  FROM pg_roles r, pg_roles o WHERE o.oid <> r.oid AND pg_has_role(r.oid, o.oid, 'MEMBER');
(SELECT 'only cctv_video' AS who, kind, what FROM may WHERE rolname = 'cctv_video'
 EXCEPT SELECT 'only cctv_video', kind, what FROM may WHERE rolname = 'cctv_reader')
UNION ALL
(SELECT 'only cctv_reader', kind, what FROM may WHERE rolname = 'cctv_reader'
 EXCEPT SELECT 'only cctv_reader', kind, what FROM may WHERE rolname = 'cctv_video')
ORDER BY 1, 2, 3;
-- Only the owner and cctv_video may call the functions.
SELECT rolname, what FROM may JOIN pg_roles r USING (rolname)
 WHERE kind = 'function' AND what ~ '^cctv_(stream_url|sub_stream_url|still_url|external_id|set_status|note_watcher)' AND NOT rolsuper ORDER BY 1, 2;
SELECT p.oid::regprocedure, prosecdef, proconfig, proowner = relowner AS owned_like_the_table, obj_description(p.oid) IS NOT NULL AS has_comment
  FROM pg_proc p, pg_class c WHERE c.oid = 'public.cameras'::regclass AND proname IN ('cctv_stream_url', 'cctv_sub_stream_url', 'cctv_still_url', 'cctv_hls_url', 'cctv_external_id', 'cctv_set_status', 'cctv_set_status_reason', 'cctv_note_watcher') ORDER BY 1;

SET ROLE cctv_video;
SELECT id, name, role, status, codec, profile, width, height, fps, audio, playable, stream_is_rtp, sub_stream_is_rtp, heading, field_of_view, ST_X(geom), ST_Y(geom) FROM cameras WHERE id = 1;
SELECT stream_url FROM cameras;
SELECT sub_stream_url FROM cameras;
SELECT still_url FROM cameras;
SELECT external_id FROM cameras;
SELECT * FROM cameras;
SELECT id FROM cameras WHERE stream_url LIKE 'r%';
UPDATE cameras SET status = 'online';
UPDATE cameras SET status = 'online' WHERE id = 1;
INSERT INTO cameras (name) VALUES ('x');
DELETE FROM cameras;
TRUNCATE cameras;
SELECT id FROM cameras FOR UPDATE;
CREATE TEMPORARY TABLE t (x integer);
CREATE TABLE t (x integer);
CREATE OR REPLACE FUNCTION cctv_stream_url(camera integer) RETURNS text LANGUAGE sql AS 'SELECT NULL::text';
ALTER FUNCTION cctv_set_status(integer, text) RESET search_path;
GRANT EXECUTE ON FUNCTION cctv_stream_url(integer) TO cctv_reader;
SELECT cctv_import.skip_used_ids();

-- The URLs of a camera that Janus can pull.
SELECT cctv_stream_url(1), cctv_stream_url(2), cctv_stream_url(3), cctv_stream_url(NULL);
SELECT cctv_sub_stream_url(1), cctv_sub_stream_url(2), cctv_sub_stream_url(3), cctv_sub_stream_url(NULL);
-- The site's own key.
SELECT cctv_external_id(1), cctv_external_id(2), cctv_external_id(3), cctv_external_id(NULL);
SELECT cctv_still_url(1), cctv_still_url(2), cctv_still_url(3), cctv_still_url(NULL);
-- The status, and the time since when it holds.
SELECT cctv_set_status(1, 'online');
SELECT cctv_set_status(1, 'online'), cctv_set_status(3, 'online'), cctv_set_status(NULL, 'online'), cctv_set_status(1, NULL);
SELECT cctv_set_status(1, 'broken');
RESET ROLE;
SELECT id, status, status_since > '2020-01-01 00:00:00Z' AS moved FROM cameras ORDER BY id;
UPDATE cameras SET status_since = '2020-01-01 00:00:00Z';
SET ROLE cctv_video;
SELECT cctv_set_status(1, 'online');
RESET ROLE;
SELECT status_since FROM cameras WHERE id = 1;
SET ROLE cctv_video;
SELECT cctv_set_status(1, 'offline');
SELECT cctv_set_status(1, 'unknown');
RESET ROLE;

-- Of several servers none takes a camera offline that another one receives.
CREATE VIEW now_is AS SELECT status, status_reason AS reason FROM public.cameras WHERE id = 1;
SET ROLE cctv_video;
SELECT cctv_note_watcher('a', '{}', '{1}', '{unreachable}');
RESET ROLE;
SELECT * FROM now_is;
SET ROLE cctv_video;
SELECT cctv_note_watcher('b', '{1,2,9}', '{}', '{}');
RESET ROLE;
SELECT * FROM now_is;
SET ROLE cctv_video;
SELECT cctv_note_watcher('a', '{}', '{1}', '{unreachable}');
RESET ROLE;
SELECT * FROM now_is;
-- b does not receive it any more, and does not say why.
SET ROLE cctv_video;
SELECT cctv_note_watcher('b', '{2}', '{}', '{}'), cctv_note_watcher('a', '{}', '{1}', '{refused}');
RESET ROLE;
SELECT * FROM now_is;
-- Two that fail do not overrule each other; one alone may correct its reason.
SET ROLE cctv_video;
SELECT cctv_note_watcher('b', '{}', '{1}', '{login_refused}');
RESET ROLE;
SELECT * FROM now_is;
SET ROLE cctv_video;
SELECT cctv_note_watcher('b', '{}', '{}', '{}'), cctv_note_watcher('a', '{}', '{1}', '{unreachable}');
RESET ROLE;
SELECT * FROM now_is;
-- A server that is lost says nothing any more after 30 s.
SET ROLE cctv_video;
SELECT cctv_note_watcher('b', '{1}', '{}', '{}');
RESET ROLE;
UPDATE cctv_watchers SET seen = seen - interval '31 s' WHERE watcher = 'b';
SET ROLE cctv_video;
SELECT cctv_note_watcher('a', '{}', '{1}', '{unreachable}');
SELECT count(*) FROM cctv_watchers;
UPDATE cctv_watchers SET receives = '{}';
RESET ROLE;
SELECT * FROM now_is;
SELECT watcher, receives, fails FROM cctv_watchers ORDER BY 1;
-- One that has told nothing for long is removed; what all of them fill is limited.
RESET ROLE;
UPDATE cctv_watchers SET seen = seen - interval '10 min' WHERE watcher = 'b';
SET ROLE cctv_video;
SELECT cctv_note_watcher('a', '{}', '{}', '{}');
RESET ROLE;
SELECT watcher FROM cctv_watchers ORDER BY 1;
SET ROLE cctv_video;
SELECT cctv_note_watcher(repeat('a', 33), '{}', '{}', '{}');
SELECT cctv_note_watcher('a', array_fill(1, '{100001}'), '{}', '{}');
SELECT cctv_note_watcher('a', '{}', array_fill(1, '{100001}'), '{}');
SELECT count(cctv_note_watcher('w' || i, '{}', '{}', '{}')) FROM generate_series(1, 127) i;
SELECT cctv_note_watcher('w128', '{}', '{}', '{}');
SELECT cctv_note_watcher('w127', '{}', '{}', '{}');
RESET ROLE;
SELECT count(*) FROM cctv_watchers;
DROP VIEW now_is;

-- cctv_reader can call none of the functions.
SET ROLE cctv_reader;
SELECT cctv_stream_url(1);
SELECT cctv_sub_stream_url(1);
SELECT cctv_external_id(1);
SELECT cctv_still_url(1);
SELECT cctv_set_status(1, 'online');
SELECT cctv_note_watcher('a', '{1}', '{}', '{}');
RESET ROLE;

-- A role that may create objects in schemas at the front of its search_path cannot mislead the functions.
CREATE ROLE cctv_test_caller IN ROLE cctv_video;
SELECT format('GRANT TEMPORARY, CREATE ON DATABASE %I TO cctv_test_caller', current_database()) \gexec
SET ROLE cctv_test_caller;
CREATE SCHEMA trap;
CREATE TABLE trap.cameras (id integer, external_id text, stream_url text, sub_stream_url text, still_url text, stream_is_rtp boolean, sub_stream_is_rtp boolean, status text);
CREATE TEMPORARY TABLE cameras (id integer, external_id text, stream_url text, sub_stream_url text, still_url text, stream_is_rtp boolean, sub_stream_is_rtp boolean, status text);
INSERT INTO trap.cameras VALUES (1, 'trap', 'trap', 'trap', 'trap', true, true, 'offline'), (9, 'trap', 'trap', 'trap', 'trap', true, true, 'offline');
INSERT INTO pg_temp.cameras VALUES (1, 'trap', 'trap', 'trap', 'trap', true, true, 'offline'), (9, 'trap', 'trap', 'trap', 'trap', true, true, 'offline');
CREATE FUNCTION trap.same(integer, integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'run as %', current_user; END $$;
CREATE FUNCTION trap.other(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'run as %', current_user; END $$;
CREATE FUNCTION trap.now() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN RAISE 'run as %', current_user; END $$;
CREATE OPERATOR trap.= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = trap.same);
CREATE OPERATOR trap.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = trap.other);
SET search_path = trap, pg_temp, public, pg_catalog;
SELECT 1 = 1;
SELECT cctv_still_url(1), cctv_still_url(9), cctv_hls_url(1), cctv_hls_url(9), cctv_stream_url(1), cctv_stream_url(9), cctv_sub_stream_url(1), cctv_sub_stream_url(9), cctv_external_id(1), cctv_set_status(1, 'online'), cctv_set_status(9, 'online'), cctv_note_watcher('a', '{1}', '{9}', '{trap}');
RESET search_path;
SELECT status FROM trap.cameras UNION ALL SELECT status FROM pg_temp.cameras;
RESET ROLE;
SELECT status FROM public.cameras WHERE id = 1;
DROP TABLE pg_temp.cameras;
DROP SCHEMA trap CASCADE;
DROP OWNED BY cctv_test_caller;
DROP ROLE cctv_test_caller;

-- Privileges that were granted or revoked by hand are corrected when the file is applied again.
GRANT ALL ON cameras TO cctv_video;
GRANT EXECUTE ON FUNCTION cctv_stream_url(integer), cctv_set_status(integer, text) TO cctv_reader, PUBLIC;
REVOKE EXECUTE ON FUNCTION cctv_stream_url(integer) FROM cctv_video;
ALTER ROLE cctv_video SET default_transaction_read_only = on;
CREATE ROLE cctv_test_owner;
GRANT CREATE ON SCHEMA public TO cctv_test_owner;
ALTER TABLE cameras OWNER TO cctv_test_owner;
BEGIN;
\set ECHO none
\ir ../../sql/20-roles.sql
\set ECHO all
COMMIT;
SELECT rolname, kind, what FROM may
 WHERE rolname ~ '^cctv' AND (what = 'cameras' OR what ~ '^(cctv_stream_url|cctv_set_status|default_transaction)') ORDER BY 1, 2, 3;
SET ROLE cctv_video;
SELECT cctv_stream_url(1), cctv_set_status(1, 'offline');
RESET ROLE;
ALTER TABLE cameras OWNER TO CURRENT_USER;
ALTER FUNCTION cctv_stream_url(integer) OWNER TO CURRENT_USER;
ALTER FUNCTION cctv_set_status(integer, text) OWNER TO CURRENT_USER;
ALTER TABLE cctv_watchers OWNER TO CURRENT_USER;
DROP OWNED BY cctv_test_owner;
DROP ROLE cctv_test_owner;
DROP VIEW may;
