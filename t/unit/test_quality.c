/* SPDX-License-Identifier: Apache-2.0 */
/* What viewers report is counted once, and never more than can be true. */
#include "t_common.h"
#include "t_shared.h"

#include "metrics/histogram_lines.h"
#include "quality/quality.h"

#include <string.h>

static cctv_quality_t quality;
static cctv_segment_t segment;
static char wrong[CCTV_REPORT_WRONG_SIZE];

static void make(void)
{
    static _Alignas(64) char memory[64 * 1024];

    memset(memory, 0, sizeof memory);
    cctv_segment_plan(&segment);
    cctv_segment_add(&segment, &cctv_views_region, 2);
    cctv_segment_add(&segment, &cctv_series_region, 16);
    cctv_segment_add(&segment, &cctv_created_region, 16);
    cctv_segment_add(&segment, &cctv_quality_region, 2);
    ck_assert_uint_le(cctv_segment_size(&segment), sizeof memory);
    ck_assert(cctv_segment_init(&segment, memory, 1));
    cctv_quality_open(&quality, &segment);
}

static cctv_view_t view_of(uint64_t secret)
{
    return (cctv_view_t){ .index = 1,
                          .secret = { secret << 40, 7 },
                          .started = START,
                          .transport = CCTV_TRANSPORT_SERVER };
}

static cctv_report_t report_of(const char *text)
{
    json_t *stats = json_loads(text, 0, NULL);
    cctv_report_t report;

    ck_assert_ptr_nonnull(stats);
    ck_assert_msg(cctv_report_read(stats, &report, wrong), "%s", wrong);
    json_decref(stats);
    return report;
}

static bool note(const cctv_view_t *view, const char *text, cctv_time_t now)
{
    const cctv_report_t report = report_of(text);
    cctv_quality_step_t step;

    return cctv_quality_note(&quality, view, &report, now, &step);
}

static uint64_t total(cctv_total_t which)
{
    return cctv_counted(&quality.counters->totals[which]);
}

static cctv_histogram_figures_t pictures(void)
{
    cctv_histogram_figures_t figures;

    cctv_histogram_read(
        &quality.counters->first_pictures[CCTV_TRANSPORT_SERVER], &figures);
    return figures;
}

START_TEST(totals_are_counted_as_differences)
{
    cctv_view_t view = view_of(1);

    make();
    ck_assert(note(&view, "{\"frames_decoded\":20,\"freeze_seconds\":0.25}",
                   START + SECOND));
    ck_assert(note(&view, "{\"frames_decoded\":50}", START + 2 * SECOND));
    ck_assert_uint_eq(total(CCTV_TOTAL_DECODED), 50);
    ck_assert_uint_eq(total(CCTV_TOTAL_FREEZE_TIME), 250);
    /* The camera has started again. */
    ck_assert(note(&view, "{\"frames_decoded\":10}", START + 3 * SECOND));
    ck_assert(note(&view, "{\"frames_decoded\":15}", START + 4 * SECOND));
    ck_assert_uint_eq(total(CCTV_TOTAL_DECODED), 55);
}
END_TEST

START_TEST(no_more_is_counted_than_can_be_true)
{
    cctv_view_t view = view_of(1);
    const char *forged = "{\"first_picture_ms\":1e300,\"frames_received\":1e9,"
                         "\"frames_decoded\":1e9,\"frames_dropped\":-1e9,"
                         "\"pli_count\":1e9,\"freeze_count\":1e9,"
                         "\"freeze_seconds\":1e9,\"round_trip_ms\":1e300}";

    make();
    ck_assert(note(&view, forged, START + SECOND));
    ck_assert(note(&view, forged, START + 2 * SECOND));
    ck_assert(!note(&view, forged, START + 2 * SECOND + SECOND / 4));
    ck_assert(!note(&view, forged, START + SECOND));
    ck_assert_uint_eq(total(CCTV_TOTAL_RECEIVED), 480);
    ck_assert_uint_eq(total(CCTV_TOTAL_DECODED), 480);
    ck_assert_uint_eq(total(CCTV_TOTAL_DROPPED), 0);
    ck_assert_uint_eq(total(CCTV_TOTAL_PLI), 40);
    ck_assert_uint_eq(total(CCTV_TOTAL_FREEZES), 20);
    ck_assert_uint_eq(total(CCTV_TOTAL_FREEZE_TIME), 2000);
    ck_assert_uint_eq(pictures().count, 1);
    ck_assert_uint_eq(pictures().sum, SECOND);
    ck_assert_uint_le(cctv_counted(&quality.counters->round_trips.sum),
                      2 * 60 * SECOND);
}
END_TEST

START_TEST(a_first_picture_may_be_as_old_as_the_request_of_its_view)
{
    cctv_view_t view = view_of(1);

    make();
    cctv_quality_begin(&quality, &view, 3 * SECOND);
    ck_assert(note(&view, "{\"first_picture_ms\":9000}", START + SECOND));
    ck_assert(note(&view, "{\"first_picture_ms\":9000}", START + 9 * SECOND));
    ck_assert_uint_eq(pictures().count, 1);
    ck_assert_uint_eq(pictures().sum, 4 * SECOND);
    view = view_of(2);
    ck_assert(note(&view, "{\"first_picture_ms\":9e9}", START + 999 * SECOND));
    ck_assert_uint_eq(pictures().count, 2);
    ck_assert_uint_eq(pictures().sum, 64 * SECOND);
}
END_TEST

START_TEST(the_next_view_of_a_slot_begins_at_zero)
{
    cctv_view_t view = view_of(1);

    make();
    ck_assert(note(&view, "{\"frames_decoded\":100,\"ice_path\":\"host\"}",
                   START + SECOND));
    view = view_of(2);
    ck_assert(note(&view, "{\"frames_decoded\":30,\"ice_path\":\"relay\"}",
                   START + SECOND));
    ck_assert_uint_eq(total(CCTV_TOTAL_DECODED), 130);
    ck_assert_uint_eq(cctv_counted(&quality.counters->paths[CCTV_PATH_HOST]),
                      1);
    ck_assert_uint_eq(cctv_counted(&quality.counters->paths[CCTV_PATH_RELAY]),
                      1);
}
END_TEST

START_TEST(a_view_that_goes_on_after_a_restart_counts_nothing_twice)
{
    cctv_state_load_t load = { .segment = &segment, .now = START + SECOND };
    cctv_views_t views;
    cctv_view_t view;

    make();
    cctv_views_open(&views, &segment);
    view = must_start(&views, 7);
    cctv_quality_loaded(&load);
    ck_assert(note(&view, "{\"frames_decoded\":90,\"first_picture_ms\":1}",
                   START + 2 * SECOND));
    ck_assert_uint_eq(total(CCTV_TOTAL_DECODED), 0);
    ck_assert(note(&view, "{\"frames_decoded\":95,\"first_picture_ms\":1}",
                   START + 3 * SECOND));
    ck_assert_uint_eq(total(CCTV_TOTAL_DECODED), 5);
    ck_assert_uint_eq(cctv_counted(&quality.counters->first_pictures[0].sum),
                      0);
}
END_TEST

static const struct {
    const char *text;
    const char *named;
} wrongs[] = {
    { "[]", "\"stats\"" },
    { "[{}]", "\"stats\"" },
    { "{\"first_picture_ms\":\"1\"}", "stats.first_picture_ms" },
    { "{\"frames_decoded\":null}", "stats.frames_decoded" },
    { "{\"freeze_seconds\":true}", "stats.freeze_seconds" },
    { "{\"ice_path\":\"\\\"}<script>\"}", "stats.ice_path" },
    { "{\"ice_path\":1}", "stats.ice_path" },
    { "{\"decoder\":\"FFmpeg\"}", "stats.decoder" },
};

START_TEST(wrong_members_are_named)
{
    json_t *stats = json_loads(wrongs[_i].text, 0, NULL);
    cctv_report_t report;

    ck_assert_ptr_nonnull(stats);
    ck_assert(!cctv_report_read(stats, &report, wrong));
    ck_assert_ptr_nonnull(strstr(wrong, wrongs[_i].named));
    ck_assert_ptr_null(strstr(wrong, "script"));
    json_decref(stats);
}
END_TEST

TCase *quality_tests(void)
{
    TCase *tests = tcase_create("quality");

    tcase_add_test(tests, totals_are_counted_as_differences);
    tcase_add_test(tests, no_more_is_counted_than_can_be_true);
    tcase_add_test(tests,
                   a_first_picture_may_be_as_old_as_the_request_of_its_view);
    tcase_add_test(tests, the_next_view_of_a_slot_begins_at_zero);
    tcase_add_test(tests,
                   a_view_that_goes_on_after_a_restart_counts_nothing_twice);
    tcase_add_loop_test(tests, wrong_members_are_named, 0,
                        (int)(sizeof wrongs / sizeof wrongs[0]));
    return tests;
}
