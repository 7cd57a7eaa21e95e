/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_shared.h"

#include "metrics/requests.h"

#include <string.h>

START_TEST(a_new_segment_is_ours_and_empty)
{
    cctv_views_t shared = make_shared(10, 20);
    cctv_view_t view;
    uint32_t i;

    ck_assert(
        cctv_segment_is_ours(segment_of(&shared), segment_of(&shared)->head));
    ck_assert_uint_eq(shared.table.max, 10);
    ck_assert_uint_eq(shared.series.max, 20);
    ck_assert_int_eq(segment_of(&shared)->head->started, 1);
    for (i = 0; i < 10; i++) {
        ck_assert(!cctv_view_table_get(&shared.table, i, &view));
    }
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_STARTS), 0);
    ck_assert_uint_eq(ended_of(&shared), 0);
}
END_TEST

START_TEST(memory_of_another_version_is_not_ours)
{
    cctv_views_t shared = make_shared(1, 1);

    segment_of(&shared)->head->layout++;
    ck_assert(
        !cctv_segment_is_ours(segment_of(&shared), segment_of(&shared)->head));
}
END_TEST

/* A counter, a label or a route more: the cells behind it are of others. */
START_TEST(memory_with_other_counters_is_not_ours)
{
    cctv_views_t shared = make_shared(1, 1);
    const void *memory = segment_of(&shared)->head;

    ck_assert(cctv_segment_is_ours(segment_of(&shared), memory));
    cctv_requests_add_route("one-more");
    ck_assert(!cctv_segment_is_ours(segment_of(&shared), memory));
}
END_TEST

START_TEST(memory_that_nobody_laid_out_is_not_ours)
{
    static const cctv_segment_head_t nothing;
    cctv_views_t shared = make_shared(1, 1);

    ck_assert(!cctv_segment_is_ours(segment_of(&shared), &nothing));
}
END_TEST

/* If an entry overlaps another table, the values show it; if it is beyond the
 * end, the sanitizers do. */
static void check_tables(uint32_t max_sessions, uint32_t max_series)
{
    cctv_views_t shared = make_shared(max_sessions, max_series);
    const cctv_segment_t *segment = segment_of(&shared);
    uint32_t cells = cctv_series_cells(&shared.series);
    cctv_view_t view;
    uint32_t i;

    ck_assert_uint_eq(cctv_segment_size(segment) % 64, 0);
    /* The region after the series begins where they end. */
    ck_assert_uint_eq((uintptr_t)segment->places[2].at,
                      ((uintptr_t)&shared.series.days[cells] + 63) / 64 * 64);
    ck_assert_uint_eq(take_all_slots(&shared, START), max_sessions);
    for (i = 0; i < cells; i++) {
        shared.series.cells[i].key = UINT64_MAX;
        shared.series.cells[i].value = UINT64_MAX;
        shared.series.days[i] = UINT16_MAX;
    }
    for (i = 0; i < shared.discarded.size; i++) {
        cctv_discard_put(&shared.discarded, UINT64_MAX);
    }
    for (i = 0; i < max_sessions; i++) {
        ck_assert(cctv_view_table_get(&shared.table, i, &view));
        ck_assert_int_eq(view.last, START);
        ck_assert_uint_eq(view.client, 0);
        ck_assert_int_eq(view.camera, 1);
    }
    ck_assert_uint_eq(ended_of(&shared), 0);
}

START_TEST(tables_of_any_size_lie_beside_each_other)
{
    static const uint32_t sizes[] = { 1, 7, 8, 9, 31, 1000 };

    check_tables(sizes[_i % 6], sizes[_i / 6]);
}
END_TEST

START_TEST(a_hash_depends_on_the_key_of_its_segment)
{
    cctv_views_t one = make_shared(1, 1);
    cctv_views_t two = make_shared(1, 1);

    ck_assert_uint_eq(cctv_segment_keyed_hash(segment_of(&one), "me", 2),
                      cctv_segment_keyed_hash(segment_of(&one), "me", 2));
    ck_assert_uint_ne(cctv_segment_keyed_hash(segment_of(&one), "me", 2),
                      cctv_segment_keyed_hash(segment_of(&one), "you", 3));
    ck_assert_uint_ne(cctv_segment_keyed_hash(segment_of(&one), "me", 2),
                      cctv_segment_keyed_hash(segment_of(&two), "me", 2));
    ck_assert_uint_ne(cctv_segment_keyed_hash(segment_of(&one), "", 0), 0);
}
END_TEST

TCase *segment_tests(void)
{
    TCase *tc = tcase_create("segment");

    tcase_add_test(tc, a_new_segment_is_ours_and_empty);
    tcase_add_test(tc, memory_of_another_version_is_not_ours);
    tcase_add_test(tc, memory_with_other_counters_is_not_ours);
    tcase_add_test(tc, memory_that_nobody_laid_out_is_not_ours);
    tcase_add_loop_test(tc, tables_of_any_size_lie_beside_each_other, 0, 36);
    tcase_add_test(tc, a_hash_depends_on_the_key_of_its_segment);
    return tc;
}
