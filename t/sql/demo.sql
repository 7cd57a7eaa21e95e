-- The demo data has the documented cameras, and leaves a user's rows unchanged.
INSERT INTO cameras (id, external_id, name, stream_url, geom)
VALUES (3, 'demo-0002', 'mine', 'rtsp://h/s', 'SRID=4326;POINT(1 2)');
BEGIN;
\set ECHO none
\ir ../../sql/90-demo.sql
\set ECHO all
COMMIT;
SELECT name FROM cameras WHERE external_id = 'demo-0002';
SELECT count(*), count(DISTINCT geom) AS places,
       count(DISTINCT split_part(name, ',', 1)) - 1 AS cities FROM cameras;
SELECT role, count(*) FROM cameras GROUP BY role ORDER BY role;
SELECT status, count(*) FROM cameras GROUP BY status ORDER BY status;
SELECT codec, split_part(stream_url, ':', 1) AS scheme, playable, count(*)
  FROM cameras GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
SELECT count(*) FILTER (WHERE ST_X(geom) > 179.9) AS before_180,
       count(*) FILTER (WHERE ST_X(geom) < -179.9) AS after_180,
       count(*) FILTER (WHERE ST_Y(geom) < 0) AS south,
       count(*) FILTER (WHERE heading IS NULL) AS no_heading,
       count(*) FILTER (WHERE field_of_view IS NULL) AS no_field_of_view FROM cameras;
-- The data is the same on every machine.
SELECT md5(string_agg(concat_ws('|', external_id, name, role, stream_url, heading, field_of_view,
                                status, ST_X(geom), ST_Y(geom)), ',' ORDER BY external_id)) FROM cameras;
SELECT external_id, name, ST_AsText(geom) FROM cameras WHERE external_id IN ('demo-0001', 'demo-2500', 'demo-5970') ORDER BY 1;
-- Every table, column and function has a comment.
SELECT attname FROM pg_attribute WHERE attrelid = 'cameras'::regclass AND attnum > 0
   AND NOT attisdropped AND col_description(attrelid, attnum) IS NULL;
SELECT indexname, substring(indexdef FROM 'USING .*') FROM pg_indexes WHERE tablename = 'cameras' ORDER BY 1;
