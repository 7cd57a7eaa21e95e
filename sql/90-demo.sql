-- Demo cameras around real cities, so that the map shows something at once.
--
--   psql -X -v ON_ERROR_STOP=1 -1 -f sql/90-demo.sql
--
-- Safe to run again: it adds missing demo cameras and changes no existing row.
-- The cameras are the same each time, because values that look random are
-- computed from the number of the camera. Their external_id is demo-0001 and
-- on; their streams are under demo.invalid, a domain that can never exist. To
-- remove them:  DELETE FROM cameras WHERE external_id LIKE 'demo-%'

SET LOCAL client_min_messages = warning;
SET LOCAL client_encoding = 'UTF8';
DO 'BEGIN PERFORM set_config(''search_path'', public.cctv_search_path(), true); END';

DO 'BEGIN PERFORM cctv_import.skip_used_ids(); END';

WITH
  -- The position of each city in degrees and its number of cameras. Taveuni,
  -- Suva, Anadyr, Egvekinot, Provideniya and Apia lie around the antimeridian;
  -- Waiyevo is on it.
  city (city_number, name, longitude, latitude, cameras) AS (
    VALUES
      ( 1, 'London',            -0.1276,  51.5072, 180),
      ( 2, 'Paris',              2.3522,  48.8566, 160),
      ( 3, 'Berlin',            13.4050,  52.5200, 140),
      ( 4, 'Madrid',            -3.7038,  40.4168, 120),
      ( 5, 'Roma',              12.4964,  41.9028, 120),
      ( 6, 'Zürich',             8.5417,  47.3769,  90),
      ( 7, 'Wien',              16.3738,  48.2082, 110),
      ( 8, 'Kraków',            19.9450,  50.0647,  80),
      ( 9, 'København',         12.5683,  55.6761,  90),
      (10, 'Malmö',             13.0038,  55.6050,  60),
      (11, 'Reykjavík',        -21.9426,  64.1466,  60),
      (12, 'Lisboa',            -9.1393,  38.7223,  90),
      (13, 'Αθήνα',             23.7275,  37.9838,  90),
      (14, 'İstanbul',          28.9784,  41.0082, 140),
      (15, 'Київ',              30.5234,  50.4501, 100),
      (16, 'Tromsø',            18.9553,  69.6492,  50),
      (17, 'Longyearbyen',      15.6356,  78.2232,  20),
      (18, 'القاهرة',           31.2357,  30.0444, 120),
      (19, 'Lagos',              3.3792,   6.5244, 120),
      (20, 'Nairobi',           36.8219,  -1.2921, 100),
      (21, 'Cape Town',         18.4241, -33.9249, 100),
      (22, 'Antananarivo',      47.5079, -18.8792,  60),
      (23, 'Dakar',            -17.4677,  14.7167,  60),
      (24, 'תל אביב',           34.7818,  32.0853,  80),
      (25, 'Dubai',             55.2708,  25.2048, 110),
      (26, 'मुंबई',               72.8777,  19.0760, 150),
      (27, 'Bengaluru',         77.5946,  12.9716, 130),
      (28, 'กรุงเทพฯ',           100.5018,  13.7563, 130),
      (29, 'Singapore',        103.8198,   1.3521, 150),
      (30, 'Jakarta',          106.8456,  -6.2088, 140),
      (31, 'Hà Nội',           105.8342,  21.0278, 100),
      (32, '香港',              114.1694,  22.3193, 130),
      (33, '서울',              126.9780,  37.5665, 150),
      (34, '東京',              139.6917,  35.6895, 180),
      (35, 'Улаанбаатар',      106.9057,  47.8864,  50),
      (36, 'Sydney',           151.2093, -33.8688, 140),
      (37, 'Perth',            115.8605, -31.9505,  80),
      (38, 'Auckland',         174.7633, -36.8485,  90),
      (39, 'Waiyevo (Taveuni)', 180.0,   -16.7833,  40),
      (40, 'Suva',             178.4419, -18.1416,  50),
      (41, 'Анадырь',          177.4969,  64.7337,  40),
      (42, 'Эгвекинот',       -179.1239,  66.3217,  30),
      (43, 'Провидения',      -173.2231,  64.4236,  20),
      (44, 'Apia',            -171.7514, -13.8507,  40),
      (45, 'Honolulu',        -157.8583,  21.3069,  80),
      (46, 'Vancouver',       -123.1207,  49.2827, 100),
      (47, 'San Francisco',   -122.4194,  37.7749, 130),
      (48, 'Ciudad de México', -99.1332,  19.4326, 160),
      (49, 'Chicago',          -87.6298,  41.8781, 140),
      (50, 'New York',         -74.0060,  40.7128, 180),
      (51, 'Montréal',         -73.5673,  45.5017,  90),
      (52, 'Nuuk',             -51.6941,  64.1814,  30),
      (53, 'Bogotá',           -74.0721,   4.7110, 110),
      (54, 'Lima',             -77.0428, -12.0464, 110),
      (55, 'Santiago',         -70.6693, -33.4489, 100),
      (56, 'Ushuaia',          -68.3030, -54.8019,  30),
      (57, 'Buenos Aires',     -58.3816, -34.6037, 130),
      (58, 'São Paulo',        -46.6333, -23.5505, 160),
      (59, 'Rio de Janeiro',   -43.1729, -22.9068, 130)
  ),
  place (place_number, name) AS (
    VALUES
      (0, 'Central Station'), (1, 'Ring Road, km %s'), (2, 'Market Square'),
      (3, 'O''Connell Bridge'), (4, 'Café "Zum Löwen"'), (5, 'Exit %s'),
      (6, 'Harbour & Ferry'), (7, 'Tunnel <east>'), (8, 'Rue de l''Église'),
      (9, 'Bus stop %s'), (10, 'Airport road'), (11, 'Park \ Zoo'),
      (12, 'Tram depot')
  ),
  numbered AS (
    SELECT row_number() OVER (ORDER BY city_number, nth)::integer AS number,
           city.*, nth
      FROM city CROSS JOIN LATERAL generate_series(1, cameras) AS nth
  ),
  -- chance takes the values 0 … 999 in a mixed order. The cameras of a city lie
  -- on a spiral with the golden angle, 0.6 km to about 8 km from the centre, so
  -- they are spread evenly and do not overlap.
  mixed AS (
    SELECT *,
           (number * 7919 + 101) % 1000 AS chance,
           0.6 * sqrt(nth) * (0.9 + 0.2 * ((number * 131) % 97) / 97.0)
             AS kilometres,
           radians(nth * 137.508) AS direction
      FROM numbered
  ),
  placed AS (
    SELECT *,
           latitude + kilometres * cos(direction) / 111.2 AS camera_latitude,
           longitude + kilometres * sin(direction)
                       / (111.2 * cos(radians(latitude))) AS camera_longitude
      FROM mixed
  ),
  -- 80 % have the expected sub-stream: H.264 Main, 640×480, no audio.
  demo AS (
    SELECT placed.*,
           'demo-' || lpad(number::text, 4, '0') AS external_id,
           'camera-' || lpad(number::text, 4, '0') || '.demo.invalid' AS host,
           place.name AS place,
           CASE WHEN chance < 800 THEN 'usual'
                WHEN chance < 850 THEN 'large'
                WHEN chance < 920 THEN 'hevc'
                WHEN chance < 960 THEN 'stills'
                WHEN chance < 990 THEN 'hls'
                ELSE 'unexplored' END AS kind
      FROM placed
      JOIN place ON place_number = (number * 31) % 13
  )
INSERT INTO public.cameras (
         external_id, name, role, stream_url, codec, profile, width, height,
         fps, audio, heading, field_of_view, status, geom)
SELECT external_id,
       demo.name || ', ' || format(place, nth)
         || CASE WHEN place LIKE '%\%s%' THEN '' ELSE ' ' || nth END,
       (ARRAY['traffic', 'traffic', 'traffic', 'traffic', 'public', 'public',
              'transit', 'transit', 'police', 'harbour'])[number * 3 % 10 + 1],
       CASE kind WHEN 'stills' THEN 'http://' || host || '/snapshot.jpg'
                 WHEN 'hls' THEN 'https://' || host || '/live/index.m3u8'
                 ELSE 'rtsp://' || host || ':554/sub' END,
       CASE kind WHEN 'hevc' THEN 'H.265'
                 WHEN 'stills' THEN 'JPEG'
                 WHEN 'unexplored' THEN NULL
                 ELSE 'H.264' END,
       CASE WHEN kind IN ('usual', 'hevc') THEN 'Main'
            WHEN kind IN ('large', 'hls') THEN 'High' END,
       CASE kind WHEN 'unexplored' THEN NULL WHEN 'usual' THEN 640
                 WHEN 'stills' THEN 1280 ELSE 1920 END,
       CASE kind WHEN 'unexplored' THEN NULL WHEN 'usual' THEN 480
                 WHEN 'stills' THEN 720 ELSE 1080 END,
       CASE kind WHEN 'unexplored' THEN NULL WHEN 'stills' THEN 0.2
                 WHEN 'usual' THEN (ARRAY[12.5, 15, 25, 29.97])[number % 4 + 1]
                 ELSE 25 END,
       kind = 'large' AND number % 2 = 0,
       CASE WHEN number % 5 <> 0 THEN (number * 47 % 720) / 2.0 END,
       CASE WHEN number % 3 <> 0
            THEN (ARRAY[42, 60, 78.5, 90, 110, 360])[number % 6 + 1] END,
       CASE WHEN kind = 'unexplored' THEN 'unknown'
            WHEN (number * 6151) % 100 < 5 THEN 'offline'
            WHEN (number * 6151) % 100 < 8 THEN 'unknown'
            ELSE 'online' END,
       -- Six decimals, about 10 cm, so that the result does not depend on how
       -- a machine rounds a sine.
       ST_SetSRID(ST_MakePoint(
         round((camera_longitude - 360 * floor((camera_longitude + 180) / 360))
               ::numeric, 6)::double precision,
         round(camera_latitude::numeric, 6)::double precision), 4326)
  FROM demo
 WHERE NOT EXISTS (SELECT FROM public.cameras c
                    WHERE c.external_id = demo.external_id)
 ORDER BY number
ON CONFLICT (external_id) DO NOTHING;

ANALYZE public.cameras;
