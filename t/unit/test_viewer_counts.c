/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_shared.h"

#include <pthread.h>
#include <stdatomic.h>

static void count_at(cctv_views_t *shared, cctv_time_t now)
{
    const cctv_view_visitor_t counter = { cctv_viewer_counts_begin,
                                          cctv_viewer_counts_visit,
                                          cctv_viewer_counts_end,
                                          &shared->counts };
    const cctv_view_visitor_t *const visitors[] = { &counter };

    cctv_views_walk(shared, at(now), visitors, 1);
}

static void start(cctv_views_t *shared, int32_t camera, uint32_t count)
{
    while (count-- > 0) {
        must_start(shared, camera);
    }
}

START_TEST(each_camera_has_the_audience_that_was_counted)
{
    cctv_views_t shared = make_shared(10, 10);

    start(&shared, 1, 3);
    start(&shared, INT32_MAX, 2);
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, 1), 0);
    count_at(&shared, START);
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, 1), 3);
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, INT32_MAX), 2);
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, 2), 0);
}
END_TEST

START_TEST(what_was_counted_before_is_forgotten)
{
    cctv_views_t shared = make_shared(10, 10);
    cctv_view_t view = must_start(&shared, 1);

    start(&shared, 2, 1);
    count_at(&shared, START);
    ck_assert(cctv_view_end(&shared, &view, CCTV_ENDED_ENDED, at(START)));
    start(&shared, 2, 1);
    /* Both of the alternating tables have been written by then. */
    count_at(&shared, START);
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, 1), 0);
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, 2), 2);
    count_at(&shared, START);
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, 1), 0);
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, 2), 2);
}
END_TEST

START_TEST(who_is_over_watches_nothing)
{
    cctv_views_t shared = make_shared(10, 10);

    start(&shared, 1, 2);
    count_at(&shared, START + TIMEOUT);
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, 1), 2);
    count_at(&shared, START + TIMEOUT + 1);
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, 1), 0);
}
END_TEST

START_TEST(who_has_not_answered_or_lost_the_video_watches_nothing)
{
    cctv_views_t shared = make_shared(10, 10);
    cctv_viewer_t viewer = viewer_of(1);
    cctv_view_t view;

    viewer.transport = CCTV_TRANSPORT_SERVER;
    viewer.janus = 5;
    ck_assert_int_eq(start_view(&shared, &viewer, at(START), &view),
                     CCTV_VIEW_STARTED);
    count_at(&shared, START);
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, 1), 0);
    ck_assert(cctv_view_answer(&shared, &view, at(START)));
    count_at(&shared, START);
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, 1), 0);
    ck_assert(cctv_view_flow(&shared, &view, CCTV_FLOW_ON, at(START)));
    count_at(&shared, START);
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, 1), 1);
    cctv_view_table_lose(&shared.table, &view);
    count_at(&shared, START);
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, 1), 0);
}
END_TEST

/* The maximum number of cameras, with ids that differ in one half only. */
START_TEST(every_session_may_have_a_camera_of_its_own)
{
    static const uint32_t sizes[] = { 1, 7, 8, 9, 63, 64, 1000 };
    uint32_t max = sizes[_i / 2];
    int32_t step = _i % 2 ? 65536 : 1;
    cctv_views_t shared = make_shared(max, 10);
    int32_t i;

    for (i = 1; i <= (int32_t)max; i++) {
        start(&shared, i * step, 1);
    }
    count_at(&shared, START);
    for (i = 1; i <= (int32_t)max; i++) {
        ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, i * step), 1);
    }
    /* The search for an absent camera ends, too. */
    ck_assert_uint_eq(cctv_viewer_counts_of(&shared.counts, i * step), 0);
}
END_TEST

/* The next region of the segment stays unchanged. */
START_TEST(no_more_memory_is_written_than_it_said)
{
    static const uint32_t sizes[] = { 1, 8, 100 };
    size_t size = cctv_viewer_counts_size(sizes[_i]);
    cctv_views_t shared = make_shared(sizes[_i], 10);

    ck_assert_uint_eq(size % 64, 0);
    ck_assert_ptr_eq(shared.counts.tables[1] + shared.counts.mask + 1,
                     shared.counts.current + size / sizeof(uint64_t));
}
END_TEST

enum {
    READERS = 4,
    COUNTS = 2000,
    CAMERAS = 20
};

typedef struct {
    pthread_t thread;
    cctv_views_t *shared;
    _Atomic int *done;
    uint64_t strange;
    uint64_t seen;
} reader_t;

static void *read_often(void *reader_)
{
    reader_t *reader = reader_;
    int32_t camera = 0;

    do {
        uint32_t count;

        camera = camera % CAMERAS + 1;
        count = cctv_viewer_counts_of(&reader->shared->counts, camera);
        /* A count may be missing, but is never that of another camera. */
        reader->strange += count > (uint32_t)camera % 3 + 1;
        reader->seen += count != 0;
    } while (!atomic_load(reader->done));
    return NULL;
}

START_TEST(who_reads_while_it_is_counted_sees_no_other_cameras_count)
{
    cctv_views_t shared = make_shared(64, 100);
    reader_t readers[READERS];
    _Atomic int done = 0;
    int32_t i;

    for (i = 1; i <= CAMERAS; i++) {
        start(&shared, i, (uint32_t)i % 3 + 1);
    }
    count_at(&shared, START);
    for (i = 0; i < READERS; i++) {
        readers[i] = (reader_t){ .shared = &shared, .done = &done };
        ck_assert_int_eq(
            pthread_create(&readers[i].thread, NULL, read_often, &readers[i]),
            0);
    }
    for (i = 0; i < COUNTS; i++) {
        count_at(&shared, START);
    }
    atomic_store(&done, 1);
    for (i = 0; i < READERS; i++) {
        pthread_join(readers[i].thread, NULL);
        ck_assert_uint_eq(readers[i].strange, 0);
        ck_assert_uint_gt(readers[i].seen, 0);
    }
}
END_TEST

TCase *viewer_counts_tests(void)
{
    TCase *tc = tcase_create("audience");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, each_camera_has_the_audience_that_was_counted);
    tcase_add_test(tc, what_was_counted_before_is_forgotten);
    tcase_add_test(tc, who_is_over_watches_nothing);
    tcase_add_test(tc, who_has_not_answered_or_lost_the_video_watches_nothing);
    tcase_add_loop_test(tc, every_session_may_have_a_camera_of_its_own, 0, 14);
    tcase_add_loop_test(tc, no_more_memory_is_written_than_it_said, 0, 3);
    tcase_add_test(tc,
                   who_reads_while_it_is_counted_sees_no_other_cameras_count);
    return tc;
}
