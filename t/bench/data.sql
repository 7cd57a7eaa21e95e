-- Cameras for the measurements, into the empty table of one database.
--
--   psql -X -1 -v ON_ERROR_STOP=1 -v count=100000 -v by_place=false -f t/bench/data.sql
--
-- The cameras are the same in each run. Nine of ten are spread evenly over 360
-- degrees of longitude and the latitudes where people live; every tenth is in
-- one of 100 cities, the first of which has the most cameras. by_place: ids
-- follow the places, 6 by 6 degrees after each other, as after an import by state.

SET LOCAL client_min_messages = warning;
SET LOCAL maintenance_work_mem = '512MB';
SET LOCAL work_mem = '256MB';

-- Creating the indexes after the rows is faster.
SELECT coalesce(string_agg(pg_get_indexdef(indexrelid), '; '), '') AS make_indexes,
       coalesce(string_agg('DROP INDEX ' || indexrelid::regclass, '; '), '') AS drop_indexes
  FROM pg_index
 WHERE indrelid = 'public.cameras'::regclass AND NOT indisunique \gset
:drop_indexes;

SELECT setseed(0.42) \g /dev/null

CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT n,
       CASE WHEN n % 10 > 0 THEN -180 + 360 * x
            ELSE -175 + (city * 137.508)::numeric % 350 + 0.3 * (x - 0.5) END AS lng,
       CASE WHEN n % 10 > 0 THEN -56 + 127 * y
            ELSE -50 + (city * 61.803)::numeric % 110 + 0.3 * (y - 0.5) END AS lat,
       chance
  FROM (SELECT n, random() AS x, random() AS y, floor(100 * random() ^ 2) AS city,
               floor(1000 * random())::integer AS chance
          FROM generate_series(1, :count) AS n) AS dice;

INSERT INTO public.cameras (
         id, name, role, stream_url, codec, profile, width, height, fps,
         heading, field_of_view, status, geom)
SELECT id,
       (ARRAY['I-95 NB at Exit', 'Ring Road, km', 'Market Square', 'Harbour & Ferry', 'Café "Zum Löwen"',
              'Tunnel <east>', 'Bus stop', 'Rue de l''Église'])[chance % 8 + 1] || ' ' || id,
       CASE WHEN chance < 1 THEN 'harbour' WHEN chance < 20 THEN 'police' WHEN chance < 400 THEN 'transit'
            ELSE 'traffic' END,
       'rtsp://camera-' || id || '.bench.invalid:554/sub',
       CASE WHEN chance % 10 = 0 THEN 'H.265' ELSE 'H.264' END,
       'Main', 640, 480, (ARRAY[12.5, 15, 25])[chance % 3 + 1],
       CASE WHEN chance % 5 > 0 THEN chance % 360 END,
       CASE WHEN chance % 3 > 0 THEN 90 END,
       CASE WHEN n % 20 = 7 THEN 'offline' ELSE 'online' END,
       ST_SetSRID(ST_MakePoint(round(lng::numeric, 6), round(lat::numeric, 6)), 4326)
  FROM (SELECT row_number() OVER (ORDER BY
                 CASE WHEN :by_place THEN hashint8(floor(lng / 6)::bigint * 1000 + floor(lat / 6)::bigint) END,
                 n) AS id,
               made.*
          FROM made) AS numbered
 ORDER BY id;

:make_indexes;
