-- What sql/clickhouse.sql leaves out because it needs ClickHouse 24.8 or later:
-- how long rows are kept, and sums that ClickHouse keeps beside the rows, so that
-- reports over long times read little. May be loaded again.

ALTER TABLE cctv_views MODIFY TTL start + INTERVAL 13 MONTH;
ALTER TABLE cctv_acts MODIFY TTL time + INTERVAL 13 MONTH;

-- A merge that replaces rows makes the sums anew.
ALTER TABLE cctv_views MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild';

-- The sums are of the rows of ends, which have the watched time. While a row that
-- was inserted twice has not been merged it counts twice here: cctv_view is exact.
ALTER TABLE cctv_views ADD PROJECTION IF NOT EXISTS by_camera
(
    SELECT camera, toDate(start), version, count(), sum(watched_seconds)
    GROUP BY camera, toDate(start), version
);
ALTER TABLE cctv_views ADD PROJECTION IF NOT EXISTS by_country
(
    SELECT country, toDate(start), version, count(), sum(watched_seconds)
    GROUP BY country, toDate(start), version
);
ALTER TABLE cctv_views MATERIALIZE PROJECTION by_camera;
ALTER TABLE cctv_views MATERIALIZE PROJECTION by_country;
