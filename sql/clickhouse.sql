-- The events of mod_cctv in ClickHouse: docs/events.md says how lines get here.
--
--     clickhouse-client --multiquery <sql/clickhouse.sql
--
-- Works with ClickHouse 18.16 (Debian 12) and later; may be loaded again.
-- sql/clickhouse-new.sql adds what needs a newer version: TTL and projections.

-- What is inserted, line by line as mod_cctv writes it. Nothing is kept here.
CREATE TABLE IF NOT EXISTS cctv_events
(
    time String, event String, view String, camera UInt32, role String,
    start String, end String,
    watched_seconds Float64, first_picture_seconds Float64, answered UInt8,
    country String, browser String, system String, transport String,
    action String, target String, reason String, user String, client String,
    node String, lines UInt64
)
ENGINE = Null;

-- One row for each view. The row of its end takes the place of the row of its
-- start, since it has a higher version; a line that is inserted twice counts once.
-- Until ClickHouse has merged them both are there, so ask cctv_view, or say FINAL.
CREATE TABLE IF NOT EXISTS cctv_views
(
    view String, camera UInt32, role String,
    start DateTime, end DateTime,
    watched_seconds Float64, first_picture_seconds Float64, answered UInt8,
    country String, browser String, system String, transport String,
    reason String, user String, client String, node String,
    version UInt8
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(start)
ORDER BY (camera, start, view);

CREATE MATERIALIZED VIEW IF NOT EXISTS cctv_views_in TO cctv_views AS
SELECT
    view, camera, role,
    toDateTime(replaceOne(substring(start, 1, 19), 'T', ' '), 'UTC') AS start,
    toDateTime(event = 'end' ? replaceOne(substring(end, 1, 19), 'T', ' ')
                             : '1970-01-01 00:00:00', 'UTC') AS end,
    watched_seconds, first_picture_seconds, answered,
    country, browser, system, transport, reason, user, client, node,
    toUInt8(event = 'end' ? 2 : 1) AS version
FROM cctv_events
WHERE event IN ('start', 'end');

-- Who could not watch, what an admin did, and how many events are missing.
CREATE TABLE IF NOT EXISTS cctv_acts
(
    time DateTime, event String, camera UInt32, role String,
    action String, target String, reason String, user String, client String,
    country String, browser String, system String, transport String,
    node String, lines UInt64
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (event, time);

CREATE MATERIALIZED VIEW IF NOT EXISTS cctv_acts_in TO cctv_acts AS
SELECT
    toDateTime(replaceOne(substring(time, 1, 19), 'T', ' '), 'UTC') AS time,
    event, camera, role, action, target, reason, user, client,
    country, browser, system, transport, node, lines
FROM cctv_events
WHERE event NOT IN ('start', 'end');

-- Each view once. A view of a WHEP player that never answered the offer has not
-- started, as in webrtc_view_start_total.
CREATE VIEW IF NOT EXISTS cctv_view AS
SELECT * FROM cctv_views FINAL
WHERE NOT (transport = 'whep' AND version = 2 AND answered = 0);
