-- Triggers maintain the times; playable follows from codec and URL.
INSERT INTO cameras (name, stream_url, codec, geom, created_at, updated_at, status_since)
VALUES ('n', 'rtsp://h/s', 'H.264', 'SRID=4326;POINT(1 2)', '2020-01-01', '2020-01-01', '2020-01-01');
SELECT playable, created_at, updated_at, status, status_since FROM cameras;

-- An update that changes nothing leaves updated_at unchanged.
UPDATE cameras SET name = 'n', fps = NULL, geom = 'SRID=4326;POINT(1 2)', updated_at = now();
SELECT updated_at FROM cameras;

-- created_at cannot be changed.
UPDATE cameras SET created_at = '1999-01-01';
SELECT created_at, updated_at FROM cameras;

-- A change of any other column sets updated_at.
SELECT format('UPDATE cameras SET %I = %s', column_name,
              CASE column_name
                WHEN 'id' THEN '77' WHEN 'codec' THEN '''H.265'''
                WHEN 'status' THEN '''online''' WHEN 'stream_url' THEN '''rtsp://h/t'''
                WHEN 'sub_stream_url' THEN '''rtsp://h/t'''
                WHEN 'still_url' THEN '''http://h/t.jpg'''
                WHEN 'geom' THEN '''SRID=4326;POINT(1 2.00000000000001)'''
                ELSE CASE data_type
                  WHEN 'boolean' THEN 'true' WHEN 'text' THEN '''changed'''
                  WHEN 'uuid' THEN 'gen_random_uuid()'
                  WHEN 'timestamp with time zone' THEN '''2021-01-01'''
                  ELSE '15' END
              END) AS change
  INTO TEMPORARY changes
  FROM information_schema.columns
 WHERE table_name = 'cameras' AND is_generated = 'NEVER'
   AND column_name NOT IN ('created_at', 'updated_at');
CREATE FUNCTION pg_temp.moves(change text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  moved boolean;
BEGIN
  EXECUTE change;
  SELECT updated_at = now() INTO moved FROM cameras;
  RAISE EXCEPTION USING ERRCODE = 'P0001', MESSAGE = moved;
EXCEPTION WHEN raise_exception THEN
  RETURN SQLERRM;
END
$$;
SELECT change, pg_temp.moves(change) FROM changes ORDER BY change COLLATE "C";

-- status_since changes with status, and only with it.
BEGIN;
UPDATE cameras SET status = 'online';
SELECT status, status_since = now() AS moved FROM cameras;
ROLLBACK;
BEGIN;
UPDATE cameras SET status = 'unknown', name = 'other';
SELECT status, status_since FROM cameras;
ROLLBACK;
UPDATE cameras SET status = 'offline', status_since = '2022-02-02';
SELECT status, status_since FROM cameras;

-- playable.
UPDATE cameras SET stream_url = 'RTSPS://h/s' RETURNING playable;
UPDATE cameras SET stream_url = 'rtp://239.0.0.1:5004' RETURNING playable;
UPDATE cameras SET stream_url = 'https://h/rtsp://x' RETURNING playable;
UPDATE cameras SET stream_url = 'rtmp://h/x' RETURNING playable;
UPDATE cameras SET stream_url = 'rtsp://h/x', codec = 'H.265' RETURNING playable;
UPDATE cameras SET codec = NULL RETURNING playable;
UPDATE cameras SET sub_stream_url = 'RTSP://h/2' RETURNING playable, stream_is_rtp, sub_stream_is_rtp;
UPDATE cameras SET sub_stream_url = 'http://h/2', stream_url = 'http://h/1' RETURNING stream_is_rtp, sub_stream_is_rtp;
UPDATE cameras SET sub_stream_url = NULL RETURNING sub_stream_is_rtp;
UPDATE cameras SET playable = true;

-- has_hls: what browsers may get.
UPDATE cameras SET login_check_waived = true;
UPDATE cameras SET stream_url = 'https://h/a.m3u8' RETURNING has_hls;
UPDATE cameras SET stream_url = 'HTTPS://h:8443/a/B.M3U8?token=x#t' RETURNING has_hls;
UPDATE cameras SET stream_url = 'https://h/live@night/a.m3u8' RETURNING has_hls;
UPDATE cameras SET stream_url = 'http://h/a.m3u8' RETURNING has_hls;
UPDATE cameras SET stream_url = 'https://h/a.mpd?x=.m3u8' RETURNING has_hls;
UPDATE cameras SET stream_url = 'https://h.m3u8' RETURNING has_hls;
UPDATE cameras SET stream_url = 'https://h/a.m3u8.exe' RETURNING has_hls;
UPDATE cameras SET stream_url = 'https://h/a.m3u8?user=anna' RETURNING has_hls;
UPDATE cameras SET stream_url = 'https://h/a.m3u8?user={user}' RETURNING has_hls;
UPDATE cameras SET stream_url = 'https://h/"a.m3u8' RETURNING has_hls;
