/* SPDX-License-Identifier: Apache-2.0 */
/* The contents that a state file keeps. */
#include "t_common.h"
#include "t_state.h"

#include "database/counters.h"

#include <stdio.h>
#include <string.h>

#define ID_SIZE (CCTV_VIEW_ID_LENGTH + 1)

static char id[ID_SIZE];

/* A view of camera 42 that was watched for 5 s. */
static cctv_views_t make_watched(uint32_t max_sessions, uint32_t max_series)
{
    cctv_views_t shared = make_shared(max_sessions, max_series);
    cctv_viewer_t viewer = viewer_of(42);
    cctv_view_t view;

    viewer.user = 5;
    viewer.role = 6;
    viewer.client = 7;
    start_view(&shared, &viewer, at(START), &view);
    cctv_view_beat(&shared, &view, at(START + 5 * SECOND));
    cctv_view_id(&view, id);
    return shared;
}

static uint64_t expired(const cctv_views_t *shared)
{
    return cctv_counted(&shared->head->counters.ended[CCTV_ENDED_EXPIRED]);
}

static void check_session(const cctv_view_t *old, const cctv_view_t *new)
{
    ck_assert_int_eq(new->camera, old->camera);
    ck_assert_uint_eq(new->timeout, old->timeout);
    ck_assert_uint_eq(new->country, old->country);
    ck_assert_uint_eq(new->user, old->user);
    ck_assert_uint_eq(new->role, old->role);
    ck_assert_uint_eq(new->client, old->client);
    ck_assert_int_eq(new->started, old->started);
    ck_assert_int_eq(new->last, old->last);
    ck_assert_uint_eq(new->home, old->home);
}

START_TEST(a_clean_state_keeps_everything)
{
    cctv_views_t old = make_watched(10, 10);
    cctv_views_t new = make_shared(10, 10);
    const char *path = make_path();
    cctv_state_report_t report;
    cctv_view_t before = must_find(&old, id);
    cctv_view_t after;
    uint64_t *counters = (uint64_t *)(void *)&old.head->counters;
    cctv_database_counters_t *database = cctv_segment_find(
        segment_of(&old), &cctv_database_region, NULL);
    size_t i;

    for (i = 0; i < sizeof old.head->counters / sizeof *counters; i++) {
        counters[i] = i * 1000 + 1;
    }
    cctv_histogram_observe(&database->queries, 777);
    segment_of(&old)->head->started = 12345;
    must_save(&old, path, true, START + 6 * SECOND);
    report = must_load(&new, path, START + 8 * SECOND);
    ck_assert(report.is_clean);
    ck_assert_uint_eq(report.regions[0].taken, 1);
    ck_assert_uint_eq(report.regions[0].over, 0);
    ck_assert_uint_eq(report.regions[1].taken, 2);
    ck_assert_uint_eq(report.regions[1].dropped, 0);
    after = must_find(&new, id);
    check_session(&before, &after);
    ck_assert_uint_eq(starts_of(&new, 42), 1);
    ck_assert_uint_eq(watched_of(&new, 42), 5 * SECOND);
    ck_assert_mem_eq(&new.head->counters, &old.head->counters,
                     sizeof old.head->counters);
    ck_assert_mem_eq(segment_of(&new)->head->key, segment_of(&old)->head->key,
                     CCTV_KEY_SIZE);
    ck_assert_int_eq(segment_of(&new)->head->started, 12345);
    ck_assert_mem_eq(
        cctv_segment_find(segment_of(&new), &cctv_database_region, NULL),
        database, sizeof *database);
    ck_assert(!is_there(path, ".new"));
}
END_TEST

START_TEST(a_view_keeps_its_video)
{
    static const cctv_transport_t ways[] = {
        CCTV_TRANSPORT_NONE, CCTV_TRANSPORT_SERVER, CCTV_TRANSPORT_WHEP,
        CCTV_TRANSPORT_PROXY, CCTV_TRANSPORT_STILL
    };
    cctv_views_t old = make_shared(10, 10);
    cctv_views_t new = make_shared(10, 10);
    cctv_viewer_t viewer = viewer_of(42);
    const char *path = make_path();
    cctv_view_t before;
    cctv_view_t after;

    viewer.transport = ways[_i / 3];
    viewer.janus = cctv_transport_has_video(viewer.transport)
                       ? (UINT64_C(1) << 53) - 1
                       : 0;
    viewer.handle = 6;
    viewer.codec = _i % 2 ? CCTV_CODEC_H265 : CCTV_CODEC_UNKNOWN;
    viewer.is_second = _i % 2;
    start_view(&old, &viewer, at(START), &before);
    if (_i % 3 > 0) {
        cctv_view_answer(&old, &before, at(START + 3));
        cctv_view_flow(&old, &before, CCTV_FLOW_QUIET, at(START + 4));
    }
    if (_i % 3 > 1) {
        cctv_view_table_lose(&old.table, &before);
    }
    cctv_view_id(&before, id);
    before = must_find(&old, id);
    must_save(&old, path, _i % 2, START + 6 * SECOND);
    must_load(&new, path, START + 8 * SECOND);
    after = must_find(&new, id);
    ck_assert_int_eq(after.transport, ways[_i / 3]);
    ck_assert_uint_eq(after.handle, 6);
    /* Older versions knew no other codec. */
    ck_assert_int_eq(after.codec, _i % 2 ? CCTV_CODEC_H265 : CCTV_CODEC_H264);
    ck_assert_int_eq(after.is_second, _i % 2);
    ck_assert_uint_eq(after.janus, before.janus);
    ck_assert_int_eq(after.is_gone, before.is_gone);
    ck_assert_int_eq(after.answered, before.answered);
    ck_assert_int_eq(after.flow, before.flow);
    ck_assert_int_eq(after.proven,
                     _i % 2 ? before.proven : START + 8 * SECOND);
    ck_assert_int_eq(after.watched, before.watched);
    ck_assert_int_eq(after.browser, 2);
    ck_assert_int_eq(after.os, 3);
}
END_TEST

START_TEST(the_state_of_a_new_segment_is_that_of_a_new_segment)
{
    cctv_views_t old = make_shared(10, 10);
    cctv_views_t new = make_shared(10, 10);
    const char *path = make_path();

    must_save(&old, path, true, START);
    must_load(&new, path, START);
    ck_assert_mem_eq(segment_of(&new)->head, segment_of(&old)->head,
                     cctv_segment_size(segment_of(&new)));
}
END_TEST

START_TEST(over_a_clean_restart_watched_time_goes_on)
{
    cctv_views_t old = make_watched(10, 10);
    cctv_views_t new = make_shared(10, 10);
    const char *path = make_path();
    cctv_view_t view;

    must_save(&old, path, true, START + 6 * SECOND);
    must_load(&new, path, START + 8 * SECOND);
    view = must_find(&new, id);
    ck_assert(cctv_view_beat(&new, &view, at(START + 10 * SECOND)));
    ck_assert_uint_eq(watched_of(&new, 42), 10 * SECOND);
}
END_TEST

START_TEST(behind_a_crash_sessions_go_on_and_counters_start_at_nothing)
{
    cctv_views_t old = make_watched(10, 10);
    cctv_views_t new = make_shared(10, 10);
    const char *path = make_path();
    cctv_state_report_t report;
    cctv_view_t view;

    old.head->counters.refused[CCTV_REFUSED_FULL] = 5;
    segment_of(&old)->head->started = 12345;
    old.series.head->folded = 6;
    must_save(&old, path, false, START + 6 * SECOND);
    report = must_load(&new, path, START + 8 * SECOND);
    ck_assert(!report.is_clean);
    ck_assert_uint_eq(report.regions[0].taken, 1);
    ck_assert_uint_eq(report.regions[1].taken, 2);
    ck_assert_uint_eq(new.head->counters.refused[CCTV_REFUSED_FULL], 0);
    ck_assert_uint_eq(new.series.head->folded, 0);
    ck_assert_int_eq(segment_of(&new)->head->started, 1);
    ck_assert_uint_eq(sum_of(&new, CCTV_SERIES_STARTS), 0);
    ck_assert_uint_eq(sum_of(&new, CCTV_SERIES_WATCHED), 0);
    /* Both series exist, so that Prometheus sees their first value. */
    ck_assert_uint_eq(new.series.head->used, 2);
    view = must_find(&new, id);
    ck_assert_int_eq(view.started, START);
    ck_assert(cctv_view_beat(&new, &view, at(START + 10 * SECOND)));
    ck_assert_uint_eq(watched_of(&new, 42), 2 * SECOND);
}
END_TEST

START_TEST(a_session_is_lost_when_the_server_is_away_for_too_long)
{
    cctv_views_t old = make_watched(10, 10);
    cctv_views_t in_time = make_shared(10, 10);
    cctv_views_t late = make_shared(10, 10);
    const char *path = make_path();
    cctv_time_t until = START + 5 * SECOND + TIMEOUT;

    must_save(&old, path, true, START + 6 * SECOND);
    ck_assert_uint_eq(must_load(&in_time, path, until).regions[0].over, 0);
    ck_assert_uint_eq(expired(&in_time), 0);
    ck_assert_uint_eq(must_load(&late, path, until + 1).regions[0].over, 1);
    ck_assert_uint_eq(expired(&late), 1);
    ck_assert_uint_eq(live_views(&late, START, NULL, NULL), 0);
}
END_TEST

START_TEST(behind_a_crash_a_session_may_have_been_heard_of_until_it)
{
    cctv_views_t old = make_watched(10, 10);
    cctv_views_t in_time = make_shared(10, 10);
    cctv_views_t late = make_shared(10, 10);
    const char *path = make_path();
    cctv_time_t saved = START + 20 * SECOND;
    cctv_time_t until = saved + INTERVAL + TIMEOUT;

    must_save(&old, path, false, saved);
    ck_assert_uint_eq(must_load(&in_time, path, until).regions[0].taken, 1);
    ck_assert_int_eq(must_find(&in_time, id).last, until);
    ck_assert_uint_eq(must_load(&late, path, until + 1).regions[0].over, 1);
    ck_assert_uint_eq(ended_of(&late), 0);
}
END_TEST

START_TEST(a_view_that_was_over_at_the_stop_is_counted_as_expired)
{
    cctv_views_t old = make_watched(10, 10);
    cctv_views_t new = make_shared(10, 10);
    const char *path = make_path();
    cctv_time_t over = START + 6 * SECOND + TIMEOUT;

    must_save(&old, path, true, over);
    ck_assert_uint_eq(must_load(&new, path, over).regions[0].over, 1);
    ck_assert_uint_eq(expired(&new), 1);
    ck_assert_uint_eq(watched_of(&new, 42), 5 * SECOND);
}
END_TEST

START_TEST(a_view_that_was_over_before_a_crash_does_not_come_back)
{
    cctv_views_t old = make_watched(10, 10);
    cctv_views_t new = make_shared(10, 10);
    const char *path = make_path();
    cctv_time_t over = START + 6 * SECOND + TIMEOUT;

    must_save(&old, path, false, over);
    ck_assert_uint_eq(must_load(&new, path, over).regions[0].taken, 0);
}
END_TEST

START_TEST(sessions_of_another_boot_are_lost_and_counters_kept)
{
    static const char *const boots[] = { "another\n", "" };
    cctv_views_t old = make_watched(10, 10);
    cctv_views_t new = make_shared(10, 10);
    const char *path = make_path();
    cctv_state_time_t time = state_time(START + 8 * SECOND);
    cctv_state_report_t report;
    t_file_t file;

    must_save(&old, path, true, START + 6 * SECOND);
    file = read_all(path);
    ck_assert_int_eq(cctv_state_read(segment_of(&new), file.data, file.len,
                                     boots[_i], &time, false, &report),
                     CCTV_STATE_OK);
    ck_assert_uint_eq(report.regions[0].over, 1);
    ck_assert_uint_eq(live_views(&new, START, NULL, NULL), 0);
    ck_assert_uint_eq(expired(&new), 1);
    ck_assert_uint_eq(watched_of(&new, 42), 5 * SECOND);
}
END_TEST

START_TEST(sessions_of_a_time_to_come_are_lost)
{
    cctv_views_t old = make_watched(10, 10);
    cctv_views_t new = make_shared(10, 10);
    const char *path = make_path();

    must_save(&old, path, _i, START + 6 * SECOND);
    ck_assert_uint_eq(must_load(&new, path, START).regions[0].over, 1);
}
END_TEST

enum {
    MANY = 200
};

/* Start `count` views; `ids` gets their ids. */
static void fill(cctv_views_t *shared, char ids[MANY][ID_SIZE], uint32_t count)
{
    uint32_t i;

    for (i = 0; i < count; i++) {
        cctv_view_t view = must_start(shared, (int32_t)i + 1);

        cctv_view_id(&view, ids[i]);
    }
}

static uint32_t count_found(const cctv_views_t *shared,
                            char ids[MANY][ID_SIZE])
{
    cctv_view_t view;
    uint32_t found = 0;
    uint32_t i;

    for (i = 0; i < MANY; i++) {
        found += cctv_view_table_find(&shared->table, ids[i], &view);
    }
    return found;
}

/* Load the views into a table of each of these sizes in turn. */
static void check_sizes(const uint32_t *sizes, uint32_t count)
{
    cctv_views_t shared = make_shared(sizes[0], 1000);
    char ids[MANY][ID_SIZE] = { "" };
    const char *path = make_path();
    uint32_t left = count;
    int i;

    fill(&shared, ids, count);
    for (i = 1; sizes[i] != 0; i++) {
        cctv_state_report_t report;

        must_save(&shared, path, true, START);
        shared = make_shared(sizes[i], 1000);
        report = must_load(&shared, path, START);
        ck_assert_uint_eq(report.regions[0].taken + report.regions[0].over,
                          left);
        left = report.regions[0].taken;
        ck_assert_uint_eq(count_found(&shared, ids), left);
        ck_assert_uint_eq(live_views(&shared, START, NULL, NULL), left);
        ck_assert_uint_eq(expired(&shared), count - left);
    }
    /* Views are dropped only where the table was nearly full. */
    ck_assert_uint_ge(left, count * 3 / 4);
}

START_TEST(a_session_keeps_its_id_however_often_the_table_changes)
{
    static const uint32_t sizes[][6] = {
        { 100, 100, 100, 0 }, { 200, 100, 0 },
        { 100, 200, 0 },      { 100, 50, 100, 0 },
        { 200, 70, 64, 200 }, { 200, 199, 198, 197, 0 },
        { 20, 5, 200, 0 },    { 200, 100, 50, 200, 0 }
    };
    static const uint32_t counts[] = { 100, 80, 100, 40, 60, 190, 5, 50 };

    check_sizes(sizes[_i], counts[_i]);
}
END_TEST

START_TEST(a_smaller_table_of_series_keeps_the_sum)
{
    cctv_views_t old = make_shared(MANY, 1000);
    cctv_views_t new = make_shared(MANY, 50);
    char ids[MANY][ID_SIZE];
    const char *path = make_path();
    cctv_view_t view;

    fill(&old, ids, MANY);
    must_save(&old, path, true, START);
    ck_assert_uint_eq(must_load(&new, path, START).regions[0].taken, MANY);
    ck_assert_uint_eq(new.series.head->used, 50);
    ck_assert_uint_eq(sum_of(&new, CCTV_SERIES_STARTS), MANY);
    ck_assert_uint_gt(new.series.head->folded, 0);
    /* All loaded views are still counted. */
    view = must_find(&new, ids[MANY - 1]);
    ck_assert(cctv_view_beat(&new, &view, at(START + 5)));
    ck_assert_uint_eq(sum_of(&new, CCTV_SERIES_WATCHED), 5);
}
END_TEST

START_TEST(what_was_folded_is_not_folded_again_by_a_restart)
{
    cctv_views_t old = make_watched(10, 0);
    cctv_views_t new = make_shared(10, 0);
    const char *path = make_path();

    ck_assert_uint_eq(old.series.head->folded, 2);
    must_save(&old, path, true, START);
    must_load(&new, path, START);
    ck_assert_uint_eq(sum_of(&new, CCTV_SERIES_STARTS), 1);
    ck_assert_uint_eq(sum_of(&new, CCTV_SERIES_WATCHED), 5 * SECOND);
    ck_assert_uint_eq(new.series.head->folded, 2);
}
END_TEST

/* Views of cameras 1 to 4, and a value in "other". */
static cctv_views_t make_of_cameras(void)
{
    cctv_views_t shared = make_shared(10, 100);
    int32_t camera;

    for (camera = 1; camera <= 4; camera++) {
        must_start(&shared, camera);
    }
    cctv_series_add(&shared.series,
                    cctv_series_other(&shared.series, CCTV_SERIES_STARTS), 9,
                    DAY);
    return shared;
}

static cctv_state_report_t load_filtered(cctv_views_t *shared,
                                         const char *path, uint16_t day,
                                         const cctv_series_filter_t *filter)
{
    /* After the timeout: a view that goes on would keep its series. */
    cctv_state_time_t time = { .now = START + 2 * TIMEOUT, .day = day };
    cctv_state_report_t report;

    cctv_series_set_filter(filter);
    ck_assert_int_eq(
        cctv_state_load(segment_of(shared), path, &time, false, &report),
        CCTV_STATE_OK);
    cctv_series_set_filter(NULL);
    return report;
}

START_TEST(series_of_cameras_that_are_gone_are_dropped)
{
    static const int32_t cameras[] = { 1, 3 };
    const cctv_series_filter_t filter = { .cameras = cameras, .count = 2 };
    cctv_views_t old = make_of_cameras();
    cctv_views_t new = make_shared(10, 100);
    const char *path = make_path();
    cctv_state_report_t report;

    must_save(&old, path, true, START);
    report = load_filtered(&new, path, DAY, &filter);
    ck_assert_uint_eq(report.regions[1].dropped, 4);
    ck_assert_uint_eq(report.regions[1].taken, 5);
    ck_assert_uint_eq(starts_of(&new, 1), 1);
    ck_assert_uint_eq(starts_of(&new, 2), 0);
    ck_assert_uint_eq(starts_of(&new, 3), 1);
    ck_assert_uint_eq(sum_of(&new, CCTV_SERIES_STARTS), 9 + 2);
    ck_assert_uint_eq(new.series.head->used, 4);
}
END_TEST

START_TEST(where_there_are_no_cameras_all_their_series_are_dropped)
{
    static const int32_t none[] = { 0 };
    const cctv_series_filter_t filter = { .cameras = none };
    cctv_views_t old = make_of_cameras();
    cctv_views_t new = make_shared(10, 100);
    const char *path = make_path();

    must_save(&old, path, true, START);
    ck_assert_uint_eq(
        load_filtered(&new, path, DAY, &filter).regions[1].dropped, 8);
    ck_assert_uint_eq(sum_of(&new, CCTV_SERIES_STARTS), 9);
}
END_TEST

START_TEST(series_that_are_idle_for_too_many_days_are_dropped)
{
    static const struct {
        uint16_t day;
        uint16_t idle_days;
        uint32_t dropped;
    } cases[] = { { DAY + 30, 30, 0 }, { DAY + 31, 30, 8 },
                  { DAY + 31, 0, 0 },  { DAY, 1, 0 },
                  { DAY - 100, 1, 0 }, { UINT16_MAX, UINT16_MAX, 0 } };
    const cctv_series_filter_t filter = { .idle_days = cases[_i].idle_days };
    cctv_views_t old = make_of_cameras();
    cctv_views_t new = make_shared(10, 100);
    const char *path = make_path();
    cctv_state_report_t report;

    must_save(&old, path, true, START);
    report = load_filtered(&new, path, cases[_i].day, &filter);
    ck_assert_uint_eq(report.regions[1].dropped, cases[_i].dropped);
    ck_assert_uint_eq(report.regions[1].taken + report.regions[1].dropped, 9);
}
END_TEST

/* ---- Files of other versions ---- */

/* A part of another version: two counters and a record. */
static _Atomic uint64_t other_counters[2];
static unsigned other_records;

static size_t other_size(uint32_t capacity)
{
    (void)capacity;
    return 64;
}

static void other_visit(void *memory, cctv_counter_visit_t *visit,
                        void *context)
{
    (void)memory;
    visit(context, "old", &other_counters[0], 1);
    visit(context, "new", &other_counters[1], 1);
}

static void other_save(const cctv_segment_t *segment, bool is_clean,
                       cctv_time_t now, cctv_state_writer_t *writer)
{
    (void)segment;
    (void)is_clean;
    (void)now;
    cctv_state_put(writer, "other", "12345678", 8);
}

static cctv_record_t other_load(const cctv_state_load_t *load,
                                const void *record, size_t size)
{
    (void)load;
    (void)record;
    (void)size;
    other_records++;
    return CCTV_RECORD_TAKEN;
}

static const cctv_region_t other_region = { .name = "other",
                                            .layout = 1,
                                            .size = other_size,
                                            .counters = other_visit,
                                            .save = other_save,
                                            .load = other_load };

/* A segment with views and series, with or without the other part. */
static cctv_views_t make_version(bool has_other, cctv_segment_t *segment)
{
    cctv_views_t views;
    void *memory;

    cctv_segment_plan(segment);
    if (has_other) {
        cctv_segment_add(segment, &other_region, 0);
    }
    cctv_segment_add(segment, &cctv_views_region, 10);
    cctv_segment_add(segment, &cctv_series_region, 10);
    cctv_segment_add(segment, &cctv_created_region, 10);
    memory = apr_pcalloc(pool, cctv_segment_size(segment) + 64);
    memory = (char *)memory + (64 - (uintptr_t)memory % 64) % 64;
    ck_assert(cctv_segment_init(segment, memory, 1));
    cctv_views_open(&views, segment);
    return views;
}

static const char *save_version(bool has_other)
{
    cctv_segment_t segment;
    cctv_views_t views = make_version(has_other, &segment);
    cctv_state_time_t time = state_time(START + SECOND);
    cctv_view_t view = must_start(&views, 42);
    const char *path = make_path();

    cctv_view_id(&view, id);
    views.head->counters.refused[CCTV_REFUSED_FULL] = 7;
    other_counters[0] = 3;
    other_counters[1] = 4;
    ck_assert_int_eq(cctv_state_save(&segment, path, true, &time),
                     CCTV_STATE_OK);
    other_counters[0] = other_counters[1] = 0;
    other_records = 0;
    return path;
}

/* What both versions know is there, whichever one wrote the file. */
START_TEST(a_file_of_a_version_with_other_parts_is_loaded)
{
    bool is_older = _i;
    const char *path = save_version(!is_older);
    cctv_segment_t segment;
    cctv_views_t views = make_version(is_older, &segment);
    cctv_state_time_t time = state_time(START + SECOND);
    cctv_state_report_t report;

    ck_assert_int_eq(cctv_state_load(&segment, path, &time, false, &report),
                     CCTV_STATE_OK);
    ck_assert_int_eq(must_find(&views, id).camera, 42);
    ck_assert_uint_eq(starts_of(&views, 42), 1);
    ck_assert_uint_eq(views.head->counters.refused[CCTV_REFUSED_FULL], 7);
    ck_assert_uint_eq(other_records, 0);
}
END_TEST

/* Renames the counter "other/new" in a file to one that nobody knows. */
static void rename_counter(t_file_t *file)
{
    char *at = memmem(file->data, file->len, "other/new", 9);

    ck_assert_ptr_nonnull(at);
    memcpy(at, "other/was", 9);
    correct_checksum(file);
}

START_TEST(a_file_with_a_counter_more_and_one_fewer_is_loaded)
{
    const char *path = save_version(true);
    cctv_segment_t segment;
    cctv_views_t views = make_version(true, &segment);
    cctv_state_time_t time = state_time(START + SECOND);
    cctv_state_report_t report;
    t_file_t file = read_all(path);

    rename_counter(&file);
    ck_assert_int_eq(cctv_state_read(&segment, file.data, file.len, "", &time,
                                     false, &report),
                     CCTV_STATE_OK);
    ck_assert_uint_eq(other_counters[0], 3);
    ck_assert_uint_eq(other_counters[1], 0);
    ck_assert_uint_eq(other_records, 1);
    ck_assert_uint_eq(views.head->counters.refused[CCTV_REFUSED_FULL], 7);
}
END_TEST

/* A newer version appends members to its records. */
START_TEST(records_that_are_longer_than_known_are_loaded)
{
    const char *path = save_version(false);
    cctv_segment_t segment;
    cctv_views_t views = make_version(false, &segment);
    cctv_state_time_t time = state_time(START + SECOND);
    cctv_state_report_t report;
    t_file_t file = read_all(path);
    size_t at = sizeof(cctv_state_head_t);
    cctv_state_section_t section;

    memcpy(&section, file.data + at, sizeof section);
    while (strcmp(section.region, "views") != 0) {
        at += sizeof section + (size_t)section.record_size * section.count;
        memcpy(&section, file.data + at, sizeof section);
    }
    ck_assert_uint_eq(section.count, 1);
    at += sizeof section + section.record_size;
    memmove(file.data + at + 8, file.data + at, file.len - at);
    memset(file.data + at, 0xff, 8);
    file.len += 8;
    section.record_size += 8;
    memcpy(file.data + at + 8 - section.record_size - sizeof section, &section,
           sizeof section);
    correct_checksum(&file);
    ck_assert_int_eq(cctv_state_read(&segment, file.data, file.len,
                                     this_boot(), &time, false, &report),
                     CCTV_STATE_OK);
    ck_assert_int_eq(must_find(&views, id).camera, 42);
}
END_TEST

TCase *state_tests(void)
{
    TCase *tc = tcase_create("state");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_clean_state_keeps_everything);
    tcase_add_loop_test(tc, a_view_keeps_its_video, 0, 15);
    tcase_add_test(tc, the_state_of_a_new_segment_is_that_of_a_new_segment);
    tcase_add_test(tc, over_a_clean_restart_watched_time_goes_on);
    tcase_add_test(
        tc, behind_a_crash_sessions_go_on_and_counters_start_at_nothing);
    tcase_add_test(tc, a_session_is_lost_when_the_server_is_away_for_too_long);
    tcase_add_test(tc,
                   behind_a_crash_a_session_may_have_been_heard_of_until_it);
    tcase_add_test(tc, a_view_that_was_over_at_the_stop_is_counted_as_expired);
    tcase_add_test(tc, a_view_that_was_over_before_a_crash_does_not_come_back);
    tcase_add_loop_test(
        tc, sessions_of_another_boot_are_lost_and_counters_kept, 0, 2);
    tcase_add_loop_test(tc, sessions_of_a_time_to_come_are_lost, 0, 2);
    tcase_add_loop_test(
        tc, a_session_keeps_its_id_however_often_the_table_changes, 0, 8);
    tcase_add_test(tc, a_smaller_table_of_series_keeps_the_sum);
    tcase_add_test(tc, what_was_folded_is_not_folded_again_by_a_restart);
    tcase_add_test(tc, series_of_cameras_that_are_gone_are_dropped);
    tcase_add_test(tc,
                   where_there_are_no_cameras_all_their_series_are_dropped);
    tcase_add_loop_test(tc, series_that_are_idle_for_too_many_days_are_dropped,
                        0, 6);
    tcase_add_loop_test(tc, a_file_of_a_version_with_other_parts_is_loaded, 0,
                        2);
    tcase_add_test(tc, a_file_with_a_counter_more_and_one_fewer_is_loaded);
    tcase_add_test(tc, records_that_are_longer_than_known_are_loaded);
    return tc;
}
