-- The table of cameras: columns, rules, a trigger that maintains times, indexes.
--
--   psql -X -v ON_ERROR_STOP=1 -1 -f sql/10-schema.sql
--
-- Safe to run again, also if the table already contains cameras. The first run
-- needs a superuser, who creates the extension postgis. If the extensions exist,
-- they may be in schemas of their own, such as `extensions`.
--
-- These files use nothing that PostgreSQL 13 does not have.

SET LOCAL client_min_messages = warning;

DO $$
BEGIN
  IF current_setting('server_encoding') <> 'UTF8' THEN
    RAISE EXCEPTION 'the database % is not in UTF-8: make it with createdb -E UTF8 -T template0',
      current_database();
  END IF;
END
$$;

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Returns where names are looked up: in pg_catalog, which always comes first, in
-- public, and in the schemas of the two extensions. pg_temp is named last, because
-- it would otherwise come before all others.
CREATE OR REPLACE FUNCTION public.cctv_search_path()
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
  SELECT concat_ws(', ', 'public', string_agg(DISTINCT quote_ident(nspname), ', '),
                   'pg_temp')
    FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
   WHERE extname IN ('postgis', 'pg_trgm')
     AND nspname NOT IN ('public', 'pg_catalog')
$$;

COMMENT ON FUNCTION public.cctv_search_path() IS
  'The search_path with which the files in sql/ are loaded and Apache connects';

DO 'BEGIN PERFORM set_config(''search_path'', public.cctv_search_path(), true); END';

-- Returns whether a URL contains a user name or a password. It checks the URL
-- as written and every percent-decoding of it, because both %40 and %2540 can
-- mean an @. It checks four places:
--   1. user@host, user:password@host, also in a URL inside the URL
--   2. user:password@ at the start of a path segment or of a query value
--   3. a password with an unescaped / ? or # that starts with digits and so
--      looks like a port: rtsp://admin:12/34@host. This also refuses a host
--      without a dot that has a port and an @ further on
--   4. user=, password=, pwd=, loginpas=, authbasic= … in path or query
-- An @ elsewhere in path or query does not count as a login. Keys and tokens
-- (token=, key=, sig=) do not count either: many public addresses have them.
CREATE OR REPLACE FUNCTION public.cctv_url_has_login(url text, surely boolean)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
  -- With COLLATE "C", because a Turkish locale lowers I to another letter.
  plain text := lower(url COLLATE "C");
BEGIN
  -- Most URLs have none of these characters; then no check below can match.
  IF plain !~ '[@=%]' THEN
    RETURN false;
  END IF;
  -- mod_cctv fills these two in; they are no login.
  plain := regexp_replace(plain, '[a-z_]+=\{(user|password)\}', '', 'g');
  FOR layer IN 0..9 LOOP
    IF plain ~ ':[/\\]+[^/?#]*@'
       OR plain ~ ('^[a-z][a-z0-9+.-]*://[^/?#.@]*:[0-9]*[/?#].*@'
                   '(([0-9]{1,3}\.){3}[0-9]{1,3}|\[[0-9a-f:.]+\])([:/?#]|$)')
       OR plain ~ ('((passwo?rd|passwd|passwort|pwd|loginpass?)'
                   '|[^a-z](pass|passcode|passphrase|psw))=[^&;_#/?]')
    THEN
      RETURN true;
    ELSIF surely THEN
      NULL;
    ELSIF plain ~ '(^|[/\\?#&=;])[^/\\?#&=;@:]+:[^/?#&=;@]+@'
       OR plain ~ '^[a-z][a-z0-9+.-]*://[^/?#.@]*:[0-9]*[/?#].*@'
       OR plain ~ '(passwo?rd|passwd|passwort|pwd|loginpass?|loginuse)='
       OR plain ~ ('[^a-z](user|username|user_name|userid|user_id|usr|login'
                   '|pass|passcode|passphrase|psw|secret|credentials?'
                   '|auth|authbasic|authorization)=')
    THEN
      RETURN true;
    END IF;
    EXIT WHEN plain !~ '%[2-7][0-9a-f]';
    SELECT lower((string_agg(
             CASE WHEN part.match[1] ~ '^%[2-7][0-9a-f]$'
                  THEN chr(('x' || substr(part.match[1], 2))::bit(8)::integer)
                  ELSE part.match[1] END, '' ORDER BY part.n)) COLLATE "C")
      INTO plain
      FROM regexp_matches(plain, '%[2-7][0-9a-f]|%|[^%]+', 'g')
           WITH ORDINALITY AS part (match, n);
  END LOOP;
  RETURN false;
END
$$;

COMMENT ON FUNCTION public.cctv_url_has_login(text, boolean) IS
  'True when a URL holds a user name or a password, before @ or as a parameter. Surely: without what merely looks like one, such as an @ in a path';

CREATE OR REPLACE FUNCTION public.cctv_url_has_login(url text)
RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT public.cctv_url_has_login(url, false) $$;

COMMENT ON FUNCTION public.cctv_url_has_login(text) IS
  'True when a URL holds a user name or a password, or what looks like one';

-- The host has to be a name in ASCII, an IPv4 address or [an IPv6 address].
-- Anything else in this place could hide something.
CREATE OR REPLACE FUNCTION public.cctv_is_url(url text)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT url ~* ('^[a-z][a-z0-9+.-]*://'
                 '([a-z0-9_][a-z0-9._-]*'
                 '|\[[0-9a-f:.]+(%25[a-z0-9._~-]+)?\])'
                 '(:[0-9]{1,5})?([/?#]|$)')
         AND url !~ '[\s\u0001-\u0020\u007F-\u009F]'
$$;

COMMENT ON FUNCTION public.cctv_is_url(text) IS
  'True for scheme://host, with or without a port and what follows';

-- Returns a name as it is searched for: in lower case, without accents and
-- apostrophes, with one blank for blanks and #. mod_cctv folds what is searched
-- for in the same way (mod_cctv/cameras/words.h). With ICU, lower case does not
-- depend on the locale of the database.
DO $do$
DECLARE
  locale text := COALESCE((SELECT ' COLLATE pg_catalog."und-x-icu"'
                             FROM pg_collation
                            WHERE collname = 'und-x-icu'
                              AND collnamespace = 'pg_catalog'::regnamespace),
                          '');
BEGIN
  EXECUTE format($sql$
CREATE OR REPLACE FUNCTION public.cctv_fold(name text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $body$
  SELECT btrim(left(regexp_replace(translate(
    CASE WHEN octet_length(name) = char_length(name)
         THEN lower(name COLLATE "C")
         ELSE replace(replace(replace(translate(lower(lower(normalize(
                regexp_replace(normalize(name, NFKD), '[\u0300-\u036F]', '', 'g'),
                NFC) COLLATE "C")%s), 'øđłıħς', 'odlihσ'),
                'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe') COLLATE "C" END,
    '''`´‘’‛ʹʻʼʽˈ′', ''), '[\s#]+', ' ', 'g'), 200))
$body$
$sql$, locale);
END
$do$;

COMMENT ON FUNCTION public.cctv_fold(text) IS
  'A name as it is searched for: without case, accents and apostrophes';

-- CREATE TABLE makes the first column, and ADD COLUMN makes each column that an
-- existing table does not have yet. So a new column in a later version of this
-- file only needs a new line here.
CREATE TABLE IF NOT EXISTS public.cameras (
  id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY
);

ALTER TABLE public.cameras
  ADD COLUMN IF NOT EXISTS external_id    text,
  ADD COLUMN IF NOT EXISTS name           text NOT NULL,
  ADD COLUMN IF NOT EXISTS role           text NOT NULL DEFAULT 'public',
  ADD COLUMN IF NOT EXISTS stream_url     text NOT NULL,
  ADD COLUMN IF NOT EXISTS sub_stream_url text,
  ADD COLUMN IF NOT EXISTS codec          text,
  ADD COLUMN IF NOT EXISTS profile        text,
  ADD COLUMN IF NOT EXISTS width          integer,
  ADD COLUMN IF NOT EXISTS height         integer,
  ADD COLUMN IF NOT EXISTS fps            real,
  ADD COLUMN IF NOT EXISTS audio          boolean NOT NULL DEFAULT false,
  ADD COLUMN IF NOT EXISTS heading        double precision,
  ADD COLUMN IF NOT EXISTS field_of_view  double precision,
  ADD COLUMN IF NOT EXISTS status         text NOT NULL DEFAULT 'unknown',
  ADD COLUMN IF NOT EXISTS status_since   timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN IF NOT EXISTS geom           geometry(Point, 4326) NOT NULL,
  ADD COLUMN IF NOT EXISTS playable       boolean NOT NULL GENERATED ALWAYS AS (
      COALESCE(codec = 'H.264', false)
      AND stream_url ~* '^(rtsps?|rtp)://') STORED,
  ADD COLUMN IF NOT EXISTS stream_is_rtp  boolean GENERATED ALWAYS AS (
      stream_url ~* '^(rtsps?|rtp)://') STORED,
  ADD COLUMN IF NOT EXISTS sub_stream_is_rtp boolean GENERATED ALWAYS AS (
      sub_stream_url ~* '^(rtsps?|rtp)://') STORED,
  ADD COLUMN IF NOT EXISTS created_at     timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN IF NOT EXISTS updated_at     timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN IF NOT EXISTS import_keyed   boolean NOT NULL DEFAULT false,
  ADD COLUMN IF NOT EXISTS import_row     uuid,
  ADD COLUMN IF NOT EXISTS status_reason  text,
  ADD COLUMN IF NOT EXISTS login_check_waived boolean NOT NULL DEFAULT false,
  ADD COLUMN IF NOT EXISTS name_folded    text COLLATE "C" GENERATED ALWAYS AS (
      public.cctv_fold(name)) STORED,
  ADD COLUMN IF NOT EXISTS still_url      text,
  ADD COLUMN IF NOT EXISTS has_still      boolean NOT NULL GENERATED ALWAYS AS (
      still_url IS NOT NULL) STORED,
  ADD COLUMN IF NOT EXISTS range_m        double precision,
  ADD COLUMN IF NOT EXISTS has_hls        boolean NOT NULL GENERATED ALWAYS AS (
      stream_url ~* '^https://[^@/?#]+/[^?#]*\.m3u8([?#]|$)'
      AND stream_url !~ '["<>\\^`{|}]|[^\u0021-\u007E]'
      AND NOT public.cctv_url_has_login(stream_url)) STORED;

-- Apache reads these columns as soon as they exist, so its roles may read them
-- before 20-roles.sql is loaded again.
DO $$
DECLARE
  reader name;
BEGIN
  FOR reader IN SELECT rolname FROM pg_roles
                 WHERE rolname IN ('cctv_reader', 'cctv_video') LOOP
    EXECUTE format('GRANT SELECT (status_since, status_reason, stream_is_rtp, '
                   'sub_stream_is_rtp, name_folded, has_still, range_m, '
                   'has_hls) '
                   'ON public.cameras TO %I', reader);
  END LOOP;
END
$$;

-- The rules of the table. A rule that is new or was changed in this file is
-- applied again: the comment on each constraint contains the text that the
-- constraint was made from.
DO $rules$
DECLARE
  rule record;
  made_from text;
BEGIN
  FOR rule IN VALUES
    ('cameras_external_id_is_unique',
     $rule$UNIQUE (external_id)$rule$),
    ('cameras_import_row_is_unique',
     $rule$UNIQUE (import_row)$rule$),
    ('cameras_id_is_positive',
     $rule$CHECK (id > 0)$rule$),
    ('cameras_external_id_is_1_to_200_plain_characters',
     $rule$CHECK (external_id ~ '^\S(.*\S)?$' AND char_length(external_id) <= 200
      AND external_id !~ '[\u0001-\u001F\u007F-\u009F\u2028\u2029]')$rule$),
    ('cameras_name_is_1_to_200_characters',
     $rule$CHECK (name ~ '\S' AND char_length(name) <= 200)$rule$),
    ('cameras_name_has_no_control_characters',
     $rule$CHECK (name !~ '[\u0001-\u001F\u007F-\u009F\u2028\u2029]')$rule$),
    -- Lists without names use the URL as the name, and everybody sees names.
    ('cameras_name_has_no_login',
     $rule$CHECK (name !~ '://' OR NOT public.cctv_url_has_login(name))$rule$),
    -- In the parameter role=a,b of the API a comma separates roles.
    ('cameras_role_is_1_to_64_characters_without_comma',
     $rule$CHECK (role ~ '^\S(.*\S)?$' AND char_length(role) <= 64
      AND role !~ '[,\u0001-\u001F\u007F-\u009F\u2028\u2029]')$rule$),
    ('cameras_stream_url_has_no_login',
     $rule$CHECK (NOT public.cctv_url_has_login(stream_url, login_check_waived))$rule$),
    ('cameras_stream_url_is_a_url',
     $rule$CHECK (public.cctv_is_url(stream_url) AND char_length(stream_url) <= 2048)$rule$),
    ('cameras_sub_stream_url_has_no_login',
     $rule$CHECK (NOT public.cctv_url_has_login(sub_stream_url, login_check_waived))$rule$),
    ('cameras_sub_stream_url_is_a_url',
     $rule$CHECK (public.cctv_is_url(sub_stream_url) AND char_length(sub_stream_url) <= 2048)$rule$),
    ('cameras_still_url_has_no_login',
     $rule$CHECK (NOT public.cctv_url_has_login(still_url, login_check_waived))$rule$),
    ('cameras_still_url_is_an_http_url',
     $rule$CHECK (public.cctv_is_url(still_url) AND still_url ~* '^https?://'
      AND char_length(still_url) <= 2048)$rule$),
    ('cameras_codec_is_known',
     $rule$CHECK (codec IN ('H.264', 'H.265', 'MPEG-4', 'MJPEG', 'JPEG',
      'VP8', 'VP9', 'AV1'))$rule$),
    ('cameras_profile_is_1_to_64_plain_characters',
     $rule$CHECK (profile ~ '^\S(.*\S)?$' AND char_length(profile) <= 64
      AND profile !~ '[\u0001-\u001F\u007F-\u009F\u2028\u2029]')$rule$),
    ('cameras_width_is_positive',
     $rule$CHECK (width > 0)$rule$),
    ('cameras_height_is_positive',
     $rule$CHECK (height > 0)$rule$),
    -- NaN sorts above Infinity, so one comparison refuses both.
    ('cameras_fps_is_positive',
     $rule$CHECK (fps > 0 AND fps < 'Infinity')$rule$),
    ('cameras_heading_is_0_to_below_360_degrees',
     $rule$CHECK (heading >= 0 AND heading < 360)$rule$),
    ('cameras_field_of_view_is_above_0_to_360_degrees',
     $rule$CHECK (field_of_view > 0 AND field_of_view <= 360)$rule$),
    ('cameras_range_m_is_above_0_to_10000_metres',
     $rule$CHECK (range_m > 0 AND range_m <= 10000)$rule$),
    ('cameras_status_is_known',
     $rule$CHECK (status IN ('online', 'offline', 'unknown'))$rule$),
    ('cameras_status_reason_is_a_name',
     $rule$CHECK (status_reason ~ '^[a-z_]{1,40}$')$rule$),
    -- ST_X of POINT EMPTY is NULL, which a CHECK would accept.
    ('cameras_position_is_on_the_globe',
     $rule$CHECK (COALESCE(ST_X(geom) BETWEEN -180 AND 180
      AND ST_Y(geom) BETWEEN -90 AND 90, false))$rule$)
  LOOP
    SELECT obj_description(oid, 'pg_constraint') INTO made_from
      FROM pg_constraint
      WHERE conrelid = 'public.cameras'::regclass AND conname = rule.column1;
    CONTINUE WHEN made_from = rule.column2;
    EXECUTE format('ALTER TABLE public.cameras DROP CONSTRAINT IF EXISTS %1$I, '
                   'ADD CONSTRAINT %1$I %2$s', rule.column1, rule.column2);
    EXECUTE format('COMMENT ON CONSTRAINT %I ON public.cameras IS %L',
                   rule.column1, rule.column2);
  END LOOP;
END
$rules$;

CREATE INDEX IF NOT EXISTS cameras_geom_index
  ON public.cameras USING gist (geom);
CREATE INDEX IF NOT EXISTS cameras_role_index
  ON public.cameras (role);
-- The parameter q= of the API finds words anywhere in folded names. In an older
-- version this index had the names themselves.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_indexes
              WHERE schemaname = 'public' AND indexname = 'cameras_name_index'
                AND indexdef NOT LIKE '%name_folded%') THEN
    DROP INDEX public.cameras_name_index;
  END IF;
END
$$;
CREATE INDEX IF NOT EXISTS cameras_name_index
  ON public.cameras USING gin (name_folded gin_trgm_ops);
-- It finds the start of a name, and is read as a whole where there is no
-- trigram: for one or two letters, which may be anywhere.
CREATE INDEX IF NOT EXISTS cameras_search_index
  ON public.cameras (name_folded) INCLUDE (id, role, codec, stream_is_rtp,
                                           sub_stream_is_rtp);

CREATE OR REPLACE FUNCTION public.cameras_keep_times()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
  was public.cameras := OLD;
BEGIN
  NEW.created_at := OLD.created_at;
  -- An UPDATE that also sets status_since keeps the value that it sets.
  IF NEW.status IS DISTINCT FROM OLD.status
     AND NEW.status_since IS NOT DISTINCT FROM OLD.status_since THEN
    NEW.status_since := now();
  END IF;
  -- These six are computed from the other columns after this trigger; until
  -- then they are NULL in NEW.
  NEW.updated_at := OLD.updated_at;
  was.playable := NULL;
  was.stream_is_rtp := NULL;
  was.sub_stream_is_rtp := NULL;
  was.name_folded := NULL;
  was.has_still := NULL;
  was.has_hls := NULL;
  IF NEW IS DISTINCT FROM was THEN
    NEW.updated_at := now();
  END IF;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION public.cameras_keep_times() IS
  'Keeps created_at, moves status_since with status, and updated_at with any real change';

DROP TRIGGER IF EXISTS cameras_keep_times ON public.cameras;
CREATE TRIGGER cameras_keep_times
  BEFORE UPDATE ON public.cameras
  FOR EACH ROW EXECUTE FUNCTION public.cameras_keep_times();

COMMENT ON TABLE public.cameras IS
  'Cameras on the map: one row per video stream, served by mod_cctv as GeoJSON';
COMMENT ON COLUMN public.cameras.id IS
  'Number of the camera in the API, 1 to 2147483647';
COMMENT ON COLUMN public.cameras.external_id IS
  'Name of the camera in the system it comes from: the key of an import. NULL: it has none';
COMMENT ON COLUMN public.cameras.name IS
  'What a person reads on the map, 1 to 200 characters';
COMMENT ON COLUMN public.cameras.role IS
  'Who may see the camera: one role, without comma, up to 64 characters';
COMMENT ON COLUMN public.cameras.stream_url IS
  'Where the video comes from, without user name and password. Never leaves the server, unless has_hls and CCTVBrowserHls on';
COMMENT ON COLUMN public.cameras.sub_stream_url IS
  'A second stream of the camera, in H.264, for viewers that do not play the codec of the first; without user name and password. NULL: there is none. Never leaves the server';
COMMENT ON COLUMN public.cameras.codec IS
  'Video codec: H.264, H.265, MPEG-4, MJPEG, JPEG, VP8, VP9 or AV1. NULL: not known';
COMMENT ON COLUMN public.cameras.profile IS
  'Profile of the codec, for example Main or Baseline. NULL: not known';
COMMENT ON COLUMN public.cameras.width IS
  'Width of the picture in pixels. NULL: not known';
COMMENT ON COLUMN public.cameras.height IS
  'Height of the picture in pixels. NULL: not known';
COMMENT ON COLUMN public.cameras.fps IS
  'Pictures per second. NULL: not known';
COMMENT ON COLUMN public.cameras.audio IS
  'True when the stream carries sound';
COMMENT ON COLUMN public.cameras.heading IS
  'Where the camera looks: degrees clockwise from true north, 0 to below 360. NULL: not known';
COMMENT ON COLUMN public.cameras.field_of_view IS
  'Horizontal angle of the picture in degrees, above 0 to 360. NULL: not known';
COMMENT ON COLUMN public.cameras.status IS
  'online, offline or unknown';
COMMENT ON COLUMN public.cameras.status_since IS
  'When the status became what it is; moves with it';
COMMENT ON COLUMN public.cameras.status_reason IS
  'Name of the failure of the camera, such as login_refused. NULL: there is none';
COMMENT ON COLUMN public.cameras.login_check_waived IS
  'True when the addresses may have what merely looks like a login, because the admin has said that it is none (ALLOW_AT=1)';
COMMENT ON COLUMN public.cameras.geom IS
  'Position: longitude and latitude in degrees, WGS 84 (EPSG:4326)';
COMMENT ON COLUMN public.cameras.playable IS
  'True when every browser can be given the first stream as it is: H.264 from an rtsp, rtsps or rtp URL';
COMMENT ON COLUMN public.cameras.stream_is_rtp IS
  'True when Janus can pull the first stream: its URL is rtsp, rtsps or rtp';
COMMENT ON COLUMN public.cameras.sub_stream_is_rtp IS
  'True when Janus can pull the second stream';
COMMENT ON COLUMN public.cameras.name_folded IS
  'The name as it is searched for: cctv_fold()';
COMMENT ON COLUMN public.cameras.still_url IS
  'Where a JPEG picture of the camera comes from: http or https, without user and password. NULL: there is none';
COMMENT ON COLUMN public.cameras.has_still IS
  'True when the camera has a still_url';
COMMENT ON COLUMN public.cameras.has_hls IS
  'True when browsers could play the first stream by themselves: its URL is https, ends with .m3u8 and has nothing that looks like a login. mod_cctv gives such a URL to viewers only with CCTVBrowserHls on';
COMMENT ON COLUMN public.cameras.range_m IS
  'How far the camera sees in metres, above 0 to 10000. NULL: not known, 100 is assumed';
COMMENT ON COLUMN public.cameras.created_at IS
  'When the row was made; does not change';
COMMENT ON COLUMN public.cameras.updated_at IS
  'When any other column last changed';
COMMENT ON COLUMN public.cameras.import_keyed IS
  'True when the camera came from an import with keys: PRUNE=1 may remove it';
COMMENT ON COLUMN public.cameras.import_row IS
  'Digest of the row of a file without keys that the camera came from: how the next import knows it again';
COMMENT ON INDEX public.cameras_geom_index IS
  'Finds the cameras of a box';
COMMENT ON INDEX public.cameras_role_index IS
  'Finds the cameras of a role';
COMMENT ON INDEX public.cameras_name_index IS
  'Finds text anywhere in a folded name';
COMMENT ON INDEX public.cameras_search_index IS
  'Finds the start of a folded name, and short text anywhere';
