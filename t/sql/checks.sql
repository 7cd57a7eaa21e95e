-- Each rule of the table refuses wrong values, and its name tells why.
-- try() inserts a good camera with one thing changed and answers "accepted" or
-- the name of the rule; the row is rolled back.
CREATE FUNCTION pg_temp.try(changed text, new_value text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  good jsonb := '{"name": "n", "stream_url": "rtsp://h/s", "geom": "SRID=4326;POINT(1 2)"}';
  names text;
  vals text;
  rule text;
BEGIN
  good := good || jsonb_build_object(changed, new_value);
  SELECT string_agg(quote_ident(key), ', '),
         string_agg(COALESCE(quote_literal(value), 'NULL'), ', ')
    INTO names, vals FROM jsonb_each_text(good);
  EXECUTE format('INSERT INTO cameras (%s) VALUES (%s)', names, vals);
  RAISE EXCEPTION 'accepted';
EXCEPTION
  WHEN raise_exception THEN
    RETURN SQLERRM;
  WHEN check_violation OR unique_violation THEN
    GET STACKED DIAGNOSTICS rule = CONSTRAINT_NAME;
    RETURN rule;
  WHEN OTHERS THEN
    RETURN SQLERRM;
END
$$;
INSERT INTO cameras (name, external_id, stream_url, geom)
VALUES ('first', 'taken', 'rtsp://h/s', 'SRID=4326;POINT(1 2)');

SELECT c, left(v, 40) AS v, pg_temp.try(c, v) FROM (VALUES
  ('id', '0'), ('id', '-1'), ('id', '2147483647'), ('id', '2147483648'),
  ('external_id', 'taken'), ('external_id', ''), ('external_id', ' a'),
  ('external_id', repeat('x', 200)), ('external_id', repeat('x', 201)),
  ('external_id', NULL),
  ('name', ''), ('name', '   '), ('name', NULL), ('name', repeat('ü', 200)),
  ('name', repeat('ü', 201)), ('name', U&'a\0007b'),
  ('name', 'rtsp://a:b@h/s'), ('name', 'rtsp://h/s @ the gate'),
  ('name', U&'a\0085b'), ('name', U&'a\2028b'), ('name', 'O''Hare "x" <b> \'),
  ('role', ''), ('role', 'a,b'), ('role', ' a'), ('role', 'a '), ('role', U&'a\0009'),
  ('role', 'two words'), ('role', repeat('r', 64)), ('role', repeat('r', 65)), ('role', NULL),
  ('codec', 'H.264'), ('codec', 'AV1'), ('codec', 'h264'), ('codec', ''), ('codec', NULL),
  ('profile', 'Main'), ('profile', ''), ('profile', repeat('p', 65)),
  ('width', '0'), ('width', '-640'), ('width', '1'), ('height', '0'), ('height', '480'),
  ('fps', '0'), ('fps', '-1'), ('fps', 'NaN'), ('fps', 'Infinity'), ('fps', '29.97'),
  ('heading', '-0.1'), ('heading', '0'), ('heading', '359.999'), ('heading', '360'),
  ('heading', 'NaN'), ('heading', 'Infinity'), ('heading', '-Infinity'),
  ('field_of_view', '0'), ('field_of_view', '360'), ('field_of_view', '360.1'),
  ('field_of_view', 'NaN'), ('field_of_view', 'Infinity'),
  ('range_m', '0'), ('range_m', '0.5'), ('range_m', '10000'), ('range_m', '10000.1'), ('range_m', 'NaN'),
  ('status', 'online'), ('status', 'Online'), ('status', ''), ('status', NULL),
  ('geom', 'SRID=4326;POINT(180 90)'), ('geom', 'SRID=4326;POINT(-180 -90)'),
  ('geom', 'SRID=4326;POINT(180.0000001 0)'), ('geom', 'SRID=4326;POINT(0 -90.5)'),
  ('geom', 'SRID=4326;POINT EMPTY'), ('geom', NULL),
  ('geom', ST_SetSRID(ST_MakePoint('NaN', 0), 4326)::text),
  ('geom', ST_SetSRID(ST_MakePoint(0, 'NaN'), 4326)::text),
  ('geom', ST_SetSRID(ST_MakePoint('NaN', 'NaN'), 4326)::text),
  ('geom', ST_SetSRID(ST_MakePoint('Infinity', 0), 4326)::text),
  ('geom', ST_SetSRID(ST_MakePoint(0, '-Infinity'), 4326)::text),
  ('geom', 'SRID=3857;POINT(0 0)'), ('geom', 'SRID=4326;POINT Z (0 0 0)'),
  ('geom', 'SRID=4326;LINESTRING(0 0, 1 1)')
) AS t (c, v);

-- URLs without a login, as real lists have them.
SELECT left(url, 70) AS url, pg_temp.try('stream_url', url) FROM (VALUES
  ('rtsp://10.53.56.67:554/'), ('rtsp://10.0.0.1'), ('RTSPS://Cam.Example.com/x'),
  ('rtp://239.0.0.1:5004'), ('rtsp://[fe80::1%25eth0]:554/x'),
  ('rtsp://cam_7:8554/ch1'), ('http://h/img@2x.jpg'),
  ('https://cam.example.com:8443/img@2x.jpg'), ('https://h/maps/@47.37,8.54,15z'),
  ('https://h/live?mail=a@b.org'), ('https://h/p?token=abc&key=1&sig=x'),
  ('https://h/live/users/compass=1'), ('https://h/a%20b%C3%BC.jpg'),
  ('https://h/a?bypass=1&superuser=2'), ('https://h/x?1728089220000'), ('https://h/ü.jpg')
) AS t (url);

-- No URL at all.
SELECT left(url, 70) AS url, pg_temp.try('stream_url', url) FROM (VALUES
  (''), ('rtsp'), ('rtsp:'), ('rtsp://'), ('rtsp:///x'), ('//h/x'), ('/dev/video0'),
  ('file:///etc/passwd'), ('rtsp:/h/x'), (' rtsp://h/x'), ('rtsp://h/a b'),
  (U&'rtsp://h/\000Ax'), ('rtsp://h:port/x'), ('rtsp://h:123456/x'), ('rtsp://h\x/'),
  ('rtsp://h%2e/'), ('rtsp://ü.example/'), ('rtsp://h/' || repeat('x', 2040))
) AS t (url);

-- Logins in every form.
SELECT left(url, 70) AS url, pg_temp.try('stream_url', url) FROM (VALUES
  ('rtsp://user@host/x'), ('rtsp://user:pass@host/x'), ('RTSP://User:Pass@HOST'),
  ('rtsp://:pass@host/'), ('rtsp://@host/'), ('rtsp://user:@host/'), ('rtsp://a@b@host/'),
  ('rtsp://user%3Apass%40host/x'), ('rtsp://user:pass%40host/x'),
  ('rtsp://user%253Apass%2540host/x'), ('rtsp://us%2Fer:pass@host/x'),
  ('rtsp://user:p%C3%A4ss@host/x'), ('rtsp:///user:pass@host/x'), ('rtsp:\\user:pass@host\x'),
  ('rtsp://user:pa/ss@host/x'), ('rtsp://user:pa?ss@host/x'), ('rtsp://user:pa#ss@host/x'),
  ('rtsp://user:12/34@host/x'), ('rtsp://user:#34@host/x'), ('user:pass@host/x'),
  ('rtsp://user:p/a:ss@host'), ('rtsp://h:80\user:pass@host'),
  ('http://proxy.example/rtsp://user:pass@host/x'),
  ('http://proxy.example/?url=rtsp://user:pass@host/x'),
  ('http://proxy.example/?url=rtsp%3A%2F%2Fuser%3Apass%40host'),
  ('http://proxy.example/admin:secret@10.0.0.1/x'),
  ('http://h/x?password=y'), ('http://h/x?a=1&PWD=y'), ('http://h/x?user=admin'),
  ('http://h/x?username=a'), ('http://h/x;pass=y'), ('http://h/x#password=y'),
  ('http://h/x?%70assword=y'), ('http://h/x?pass%77ord%3Dy'), ('http://h/x?camera_password=y'),
  ('http://h/x?userPassword=y'), ('http://h/x?loginuse=admin&loginpas=y'),
  ('rtsp://h/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp'),
  ('http://h/x?authbasic=YWRtaW46eA'), ('http://h/x?auth=YWRtaW46eA'), ('http://h?pwd=y'),
  ('http://h/x?secret=y'), ('http://h/x?passwd=y')
) AS t (url);
SELECT count(*) FROM cameras;

-- The second stream has the rules of the first, and may be missing.
SELECT url, pg_temp.try('sub_stream_url', url) FROM (VALUES
  (NULL), ('rtsp://h/2'), ('http://h/2'), ('h/2'), ('rtsp://user:pass@h/2'), ('rtsp://h/2?password=x')) AS t (url);
-- So may the picture, which comes by http.
SELECT left(url, 40) AS url, pg_temp.try('still_url', url) FROM (VALUES
  (NULL), ('http://h/a.jpg'), ('HTTPS://h:8443/a.jpg?x=1'), ('rtsp://h/2'), ('ftp://h/a.jpg'), ('h/a.jpg'),
  ('http://user:pass@h/a.jpg'), ('http://h/a.jpg?password=x'), ('http://h/{user}/{password}.jpg'),
  ('http://h/' || repeat('x', 2040))) AS t (url);
