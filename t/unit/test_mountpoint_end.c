/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "video/mountpoint_end.h"

#define SECONDS INT64_C(1000000)

enum {
    CAMERA = 7
};

static const int64_t idle_timeout = 60 * SECONDS;

/* A camera that sends, and that has had no viewer for some time. */
static cctv_mountpoint_entry_t make_entry(cctv_time_t now, int64_t idle)
{
    cctv_mountpoint_entry_t entry = { .camera = CAMERA,
                                      .is_pulled = true,
                                      .last_watched = now - idle };

    cctv_freshness_note(&entry.freshness, 5, now);
    return entry;
}

START_TEST(a_mountpoint_ends_when_it_is_idle_and_nobody_starts)
{
    static const struct {
        int64_t idle;
        int64_t since_start;
        bool is_pulled;
        bool is_watched;
        bool may_end;
    } cases[] = { { 59, 100, true, false, false },
                  { 61, 100, true, false, true },
                  { 61, 100, true, true, false },
                  { 61, 0, true, false, false },
                  { 61, 0, false, false, true },
                  /* Views start all the time. */
                  { 95, 0, true, false, true } };
    cctv_mountpoint_end_t end = { .next = 0 };
    cctv_time_t now = 10000 * SECONDS;
    cctv_mountpoint_entry_t entry = make_entry(now, cases[_i].idle * SECONDS);

    entry.is_pulled = cases[_i].is_pulled;
    entry.is_watched = cases[_i].is_watched;
    ck_assert_int_eq(
        cctv_mountpoint_may_end(&end, &entry, idle_timeout,
                                now - cases[_i].since_start * SECONDS, now),
        cases[_i].may_end);
}
END_TEST

START_TEST(after_a_camera_that_hangs_the_others_wait)
{
    cctv_mountpoint_end_t end = { .next = 0 };
    cctv_time_t now = 10000 * SECONDS;
    cctv_mountpoint_entry_t entry = make_entry(now, 100 * SECONDS);

    ck_assert(!cctv_mountpoint_note_end(&end, 1, SECONDS, now));
    ck_assert(cctv_mountpoint_may_end(&end, &entry, idle_timeout, 0, now));
    ck_assert(cctv_mountpoint_note_end(&end, 1, 8 * SECONDS, now));
    ck_assert(!cctv_mountpoint_may_end(&end, &entry, idle_timeout, 0, now));
    ck_assert(!cctv_mountpoint_may_end(&end, &entry, idle_timeout, 0,
                                       now + 71 * SECONDS));
    ck_assert(cctv_mountpoint_may_end(&end, &entry, idle_timeout, 0,
                                      now + 72 * SECONDS));
    /* Janus cannot hang on a source that it does not pull. */
    entry.is_pulled = false;
    ck_assert(cctv_mountpoint_may_end(&end, &entry, idle_timeout, 0, now));
}
END_TEST

START_TEST(a_camera_that_hung_stays_connected_for_longer)
{
    cctv_mountpoint_end_t end = { .next = 0 };
    cctv_time_t now = 10000 * SECONDS;
    cctv_mountpoint_entry_t entry = make_entry(now, 100 * SECONDS);
    int32_t i;

    cctv_mountpoint_note_end(&end, CAMERA, 8 * SECONDS, now - 100 * SECONDS);
    ck_assert(!cctv_mountpoint_may_end(&end, &entry, idle_timeout, 0, now));
    entry.last_watched = now - CCTV_MOUNTPOINT_SLOW_IDLE;
    ck_assert(cctv_mountpoint_may_end(&end, &entry, idle_timeout, 0, now));
    entry.last_watched = now - 100 * SECONDS;
    /* Only this many slow cameras are remembered. */
    for (i = 0; i < CCTV_MOUNTPOINT_SLOW_COUNT; i++) {
        cctv_mountpoint_note_end(&end, 100 + i, 8 * SECONDS,
                                 now - 100 * SECONDS);
    }
    ck_assert(cctv_mountpoint_may_end(&end, &entry, idle_timeout, 0, now));
}
END_TEST

START_TEST(watched_cameras_are_sorted_and_each_pair_is_there_once)
{
    cctv_watched_t *watched = apr_pcalloc(pool, sizeof *watched);
    cctv_watched_t *copy = apr_pcalloc(pool, sizeof *copy);
    int32_t i;

    for (i = 0; i < 5000; i++) {
        ck_assert(cctv_watched_add(watched, 1 + i % 3, 5));
        ck_assert(
            cctv_watched_add(watched, 2000 - i % 3 * 500, (uint64_t)i % 2));
    }
    ck_assert(cctv_watched_copy(copy, watched));
    cctv_watched_sort(copy);
    ck_assert_uint_eq(copy->count, 3 + 6);
    ck_assert(cctv_watched_has(copy, 1));
    ck_assert(cctv_watched_has(copy, 2000));
    ck_assert(!cctv_watched_has(copy, 4));
    cctv_watched_clear(watched);
    ck_assert(cctv_watched_copy(copy, watched));
    ck_assert(!cctv_watched_has(copy, 1));
    cctv_watched_free(watched);
    cctv_watched_free(copy);
}
END_TEST

/* A camera whose two streams are in Janus, both online. */
static void list_two(cctv_mountpoint_table_t *table)
{
    const cctv_mountpoint_table_t before = { .count = 0 };
    const cctv_mountpoint_t streams[] = {
        { .id = cctv_mountpoint_id(CAMERA, true), .camera = CAMERA },
        { .id = CAMERA, .camera = CAMERA }
    };
    size_t i;

    for (i = 0; i < 2; i++) {
        cctv_mountpoint_table_add(table, &before, &streams[i], SECONDS);
    }
    cctv_mountpoint_table_sort(table);
    for (i = 0; i < 2; i++) {
        table->at[i].freshness.status = "online";
        table->at[i].freshness.told = "online";
    }
}

START_TEST(the_streams_of_a_camera_are_watched_each_for_itself)
{
    cctv_mountpoint_table_t table = { .count = 0 };
    cctv_watched_t *watched = apr_pcalloc(pool, sizeof *watched);

    list_two(&table);
    cctv_watched_add(watched, cctv_mountpoint_id(CAMERA, true), 5);
    cctv_watched_sort(watched);
    cctv_mountpoint_table_note(&table, watched, 2 * SECONDS);
    ck_assert_int_eq(table.at[0].id, CAMERA);
    ck_assert(!table.at[0].is_watched);
    ck_assert(table.at[1].is_watched);
    ck_assert_ptr_eq(
        cctv_mountpoint_table_find(&table, cctv_mountpoint_id(CAMERA, true)),
        &table.at[1]);
    cctv_watched_free(watched);
    cctv_mountpoint_table_free(&table);
}
END_TEST

START_TEST(a_camera_is_online_while_one_of_its_streams_is)
{
    cctv_mountpoint_table_t table = { .count = 0 };
    int lost = _i;

    list_two(&table);
    ck_assert_ptr_null(cctv_mountpoint_table_news(&table, &table.at[lost]));
    table.at[lost].freshness.status = "offline";
    ck_assert_ptr_null(cctv_mountpoint_table_news(&table, &table.at[lost]));
    table.at[!lost].freshness.status = "offline";
    ck_assert_str_eq(cctv_mountpoint_table_news(&table, &table.at[lost]),
                     "offline");
    table.at[lost].freshness.told = "offline";
    table.at[lost].freshness.status = "online";
    ck_assert_str_eq(cctv_mountpoint_table_news(&table, &table.at[lost]),
                     "online");
    cctv_mountpoint_table_free(&table);
}
END_TEST

TCase *mountpoint_end_tests(void)
{
    TCase *tc = tcase_create("mountpoint_end");

    tcase_add_loop_test(
        tc, a_mountpoint_ends_when_it_is_idle_and_nobody_starts, 0, 6);
    tcase_add_test(tc, after_a_camera_that_hangs_the_others_wait);
    tcase_add_test(tc, a_camera_that_hung_stays_connected_for_longer);
    tcase_add_test(tc, watched_cameras_are_sorted_and_each_pair_is_there_once);
    tcase_add_test(tc, the_streams_of_a_camera_are_watched_each_for_itself);
    tcase_add_loop_test(tc, a_camera_is_online_while_one_of_its_streams_is, 0,
                        2);
    return tc;
}
