/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_shared.h"

#include <stdio.h>
#include <string.h>

static cctv_view_table_t *table;
static cctv_views_t shared;

static void make(uint32_t max)
{
    shared = make_shared_for_all(max, 1);
    table = &shared.table;
}

static cctv_view_t start_at(cctv_time_t now)
{
    cctv_view_t view = { .camera = 7, .timeout = 1000 };

    ck_assert(table_start(table, &view, now));
    return view;
}

static bool is_found(const char *id)
{
    cctv_view_t view;

    return cctv_view_table_find(table, id, &view);
}

static void check_every_slot(uint32_t max)
{
    cctv_view_t all[100];
    cctv_view_t one_more = { .camera = 1 };
    char id[CCTV_VIEW_ID_LENGTH + 1];
    bool is_taken[100] = { false };
    uint32_t i;

    make(max);
    for (i = 0; i < max; i++) {
        all[i] = start_at(START);
        ck_assert_uint_lt(all[i].index, max);
        ck_assert(!is_taken[all[i].index]);
        is_taken[all[i].index] = true;
    }
    ck_assert(!table_start(table, &one_more, START));
    for (i = 0; i < max; i++) {
        cctv_view_id(&all[i], id);
        ck_assert(is_found(id));
    }
}

START_TEST(every_slot_is_used_before_the_table_is_full)
{
    static const uint32_t sizes[] = { 1, 2, 7, 8, 9, 15, 16, 17, 100 };

    check_every_slot(sizes[_i]);
}
END_TEST

START_TEST(a_session_is_found_as_it_was_started)
{
    cctv_view_t in = { .camera = INT32_MAX,
                       .series = UINT32_MAX,
                       .timeout = UINT32_MAX,
                       .country = UINT16_MAX,
                       .user = UINT64_MAX,
                       .role = 1,
                       .client = 2,
                       .transport = CCTV_TRANSPORT_PROXY,
                       .codec = CCTV_CODEC_AV1,
                       .is_second = true };
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_view_t out;

    make(5);
    ck_assert(table_start(table, &in, START));
    cctv_view_id(&in, id);
    ck_assert(cctv_view_table_find(table, id, &out));
    ck_assert_int_eq(out.camera, INT32_MAX);
    ck_assert_uint_eq(out.series, UINT32_MAX);
    ck_assert_uint_eq(out.timeout, UINT32_MAX);
    ck_assert_uint_eq(out.country, UINT16_MAX);
    ck_assert_uint_eq(out.user, UINT64_MAX);
    ck_assert_uint_eq(out.role, 1);
    ck_assert_uint_eq(out.client, 2);
    ck_assert_int_eq(out.transport, CCTV_TRANSPORT_PROXY);
    ck_assert_int_eq(out.codec, CCTV_CODEC_AV1);
    ck_assert(out.is_second);
    ck_assert_int_eq(out.started, START);
    ck_assert_int_eq(out.last, START);
}
END_TEST

START_TEST(a_heartbeat_of_a_clock_that_was_read_before_counts_nothing)
{
    cctv_view_t view;

    make(1);
    view = start_at(START);
    ck_assert(cctv_view_table_beat(table, &view, START));
    ck_assert(cctv_view_table_beat(table, &view, START - 5));
    ck_assert_int_eq(view.last, START);
}
END_TEST

START_TEST(what_was_found_before_a_heartbeat_can_neither_beat_nor_end)
{
    cctv_view_t view;
    cctv_view_t before;

    make(1);
    view = before = start_at(START);
    ck_assert(cctv_view_table_beat(table, &view, START + 5));
    ck_assert(!cctv_view_table_beat(table, &before, START + 6));
    ck_assert(!table_end(table, &before, START + 6));
    ck_assert(table_end(table, &view, START + 6));
}
END_TEST

START_TEST(a_session_ends_once)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_view_t view;

    make(1);
    view = start_at(START);
    cctv_view_id(&view, id);
    ck_assert(table_end(table, &view, START + 1));
    ck_assert(!table_end(table, &view, START + 1));
    ck_assert(!cctv_view_table_beat(table, &view, START + 2));
    ck_assert(!is_found(id));
    ck_assert(!cctv_view_table_get(table, 0, &view));
}
END_TEST

/* All at the same time, which makes the words of the slot most similar. */
START_TEST(a_view_that_has_ended_is_known_until_its_slot_is_taken)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_view_t view;
    cctv_view_t found;

    make(1);
    view = start_at(START);
    cctv_view_id(&view, id);
    ck_assert(!cctv_view_table_find_ended(table, id, &found));
    ck_assert(cctv_view_table_close(table, &view, START));
    ck_assert(!cctv_view_table_find_ended(table, id, &found));
    cctv_view_table_free(table, &view, START);
    ck_assert(cctv_view_table_find_ended(table, id, &found));
    ck_assert_int_eq(found.camera, 7);
    ck_assert_uint_eq(found.secret[1], view.secret[1]);
    ck_assert(!cctv_view_table_find_ended(table, "x", &found));
    start_at(START + 1);
    ck_assert(!cctv_view_table_find_ended(table, id, &found));
}
END_TEST

START_TEST(what_was_found_before_cannot_touch_a_later_session_in_its_slot)
{
    cctv_view_t before[50];
    cctv_view_t now;
    int i;

    make(1);
    for (i = 0; i < 50; i++) {
        int k;

        now = before[i] = start_at(START);
        for (k = 0; k < i; k++) {
            ck_assert(!table_end(table, &before[k], START));
            ck_assert(!cctv_view_table_beat(table, &before[k], START + 1000));
        }
        ck_assert(table_end(table, &now, START));
    }
}
END_TEST

START_TEST(a_slot_claimed_by_a_dead_process_comes_free)
{
    cctv_view_t view = { .camera = 1 };

    make(1);
    fork_claimer(&shared, START, false);
    ck_assert(!cctv_view_table_get(table, 0, &view));
    ck_assert(!table_start(table, &view, START + 1));
    ck_assert(cctv_view_table_recover(table, 0, START + 1));
    ck_assert(!cctv_view_table_recover(table, 0, START + 1));
    ck_assert(table_start(table, &view, START + 1));
}
END_TEST

START_TEST(a_slot_claimed_by_a_process_that_stands_still_stays_claimed)
{
    cctv_view_t view = { .camera = 1 };
    pid_t pid;

    make(1);
    pid = fork_claimer(&shared, START, true);
    ck_assert(!cctv_view_table_recover(table, 0, START + 1000 * SECOND));
    ck_assert(!table_start(table, &view, START));
    kill_process(pid);
    ck_assert(cctv_view_table_recover(table, 0, START + 1000 * SECOND));
    ck_assert(table_start(table, &view, START));
}
END_TEST

START_TEST(neither_a_free_slot_nor_a_live_one_is_recovered)
{
    make(2);
    ck_assert(!cctv_view_table_recover(table, 0, START));
    ck_assert(!cctv_view_table_recover(table, 1, START));
    ck_assert_uint_eq(take_all_slots(&shared, START), 2);
    ck_assert(!cctv_view_table_recover(table, 0, START + 1000 * SECOND));
    ck_assert(!cctv_view_table_recover(table, 1, START + 1000 * SECOND));
}
END_TEST

/* The thread that recovers the slot, and the one that starts the next view,
 * read the clock long before the previous view ended. */
START_TEST(no_old_copy_ends_a_session_in_a_slot_that_was_recovered)
{
    cctv_view_t old;
    cctv_view_t new;

    make(1);
    old = start_at(START);
    ck_assert(cctv_view_table_beat(table, &old, START + 2500));
    new = old;
    ck_assert(table_end(table, &new, START + 5000));
    fork_claimer(&shared, START, false);
    ck_assert(cctv_view_table_recover(table, 0, START + 2499));
    new = start_at(START + 2500);
    ck_assert(!table_end(table, &old, START + 6000));
    ck_assert(table_end(table, &new, START + 6000));
}
END_TEST

/* Views of slots 0 to 63 in a table of 16: at most 8 fit for each 8 slots. */
START_TEST(a_session_that_another_one_displaced_is_found_by_its_id)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    uint32_t resumed = 0;
    uint32_t found = 0;
    uint32_t i;

    make(16);
    for (i = 0; i < 64; i++) {
        cctv_view_t view = { .home = i,
                             .secret = { 1 + i, 2 },
                             .last = START };

        resumed += table_resume(table, &view);
    }
    for (i = 0; i < 64; i++) {
        snprintf(id, sizeof id, "%08x%016x%016x", i, 1 + i, 2);
        found += is_found(id);
    }
    ck_assert_uint_eq(resumed, 16);
    ck_assert_uint_eq(found, 16);
}
END_TEST

START_TEST(a_session_goes_on_only_where_it_would_be_found)
{
    uint32_t resumed = 0;
    int i;

    make(100);
    for (i = 0; i < 20; i++) {
        cctv_view_t view = { .home = 195, .secret = { 1, 1 } };

        resumed += table_resume(table, &view);
    }
    ck_assert_uint_eq(resumed, 8);
}
END_TEST

/* views.c tries again like this after a sweep. */
START_TEST(a_second_try_with_the_same_session_looks_at_every_slot)
{
    cctv_view_t view = { .camera = 1 };
    cctv_view_t last;

    make(100);
    ck_assert_uint_eq(take_all_slots(&shared, START), 100);
    ck_assert(!table_start(table, &view, START));
    ck_assert(cctv_view_table_get(table, 77, &last));
    ck_assert(table_end(table, &last, START));
    ck_assert(table_start(table, &view, START));
    ck_assert_uint_eq(view.index, 77);
}
END_TEST

/* Slots that come free are used again only when the search has gone round. */
START_TEST(slots_are_claimed_round_the_table)
{
    cctv_view_t first[4];
    cctv_view_t view;
    uint32_t i;

    make(6);
    for (i = 0; i < 4; i++) {
        first[i] = start_at(START);
        ck_assert_uint_eq(first[i].index, i);
    }
    ck_assert(table_end(table, &first[0], START + 1));
    ck_assert(table_end(table, &first[2], START + 1));
    for (i = 4; i < 6; i++) {
        ck_assert_uint_eq(start_at(START + 2).index, i);
    }
    ck_assert_uint_eq(start_at(START + 2).index, 0);
    /* The search passes slot 1, which is in use, and goes on behind 2. */
    view = start_at(START + 2);
    ck_assert_uint_eq(view.index, 2);
    ck_assert(table_end(table, &view, START + 3));
    ck_assert(table_end(table, &first[3], START + 3));
    ck_assert_uint_eq(start_at(START + 4).index, 3);
}
END_TEST

/* Tables of these sizes begin, fill or leave over a part of a cache line. */
START_TEST(the_next_slot_in_use_is_found)
{
    static const uint32_t sizes[] = { 1, 7, 8, 9, 16, 100 };
    uint32_t max = sizes[_i];
    cctv_view_t view;
    uint32_t i;

    make(max);
    ck_assert_uint_eq(cctv_view_table_next(table, 0), max);
    ck_assert_uint_eq(take_all_slots(&shared, START), max);
    for (i = 0; i < max; i++) {
        ck_assert_uint_eq(cctv_view_table_next(table, i), i);
    }
    /* From now on only the last slot is in use, by a live view, and then by
     * one that is claimed. */
    for (i = 0; i + 1 < max; i++) {
        ck_assert(cctv_view_table_get(table, i, &view));
        ck_assert(table_end(table, &view, START));
    }
    for (i = 0; i < max; i++) {
        ck_assert_uint_eq(cctv_view_table_next(table, i), max - 1);
    }
    ck_assert_uint_eq(cctv_view_table_next(table, max), max);
    ck_assert(cctv_view_table_get(table, max - 1, &view));
    ck_assert(cctv_view_table_close(table, &view, START));
    ck_assert_uint_eq(cctv_view_table_next(table, 0), max - 1);
}
END_TEST

TCase *view_table_tests(void)
{
    TCase *tc = tcase_create("sessions");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, every_slot_is_used_before_the_table_is_full, 0, 9);
    tcase_add_test(tc, a_session_is_found_as_it_was_started);
    tcase_add_test(tc,
                   a_heartbeat_of_a_clock_that_was_read_before_counts_nothing);
    tcase_add_test(tc,
                   what_was_found_before_a_heartbeat_can_neither_beat_nor_end);
    tcase_add_test(tc, a_session_ends_once);
    tcase_add_test(tc, a_view_that_has_ended_is_known_until_its_slot_is_taken);
    tcase_add_test(
        tc, what_was_found_before_cannot_touch_a_later_session_in_its_slot);
    tcase_add_test(tc, a_slot_claimed_by_a_dead_process_comes_free);
    tcase_add_test(
        tc, a_slot_claimed_by_a_process_that_stands_still_stays_claimed);
    tcase_add_test(tc, neither_a_free_slot_nor_a_live_one_is_recovered);
    tcase_add_test(tc,
                   no_old_copy_ends_a_session_in_a_slot_that_was_recovered);
    tcase_add_test(tc,
                   a_session_that_another_one_displaced_is_found_by_its_id);
    tcase_add_test(tc, a_session_goes_on_only_where_it_would_be_found);
    tcase_add_test(tc, a_second_try_with_the_same_session_looks_at_every_slot);
    tcase_add_test(tc, slots_are_claimed_round_the_table);
    tcase_add_loop_test(tc, the_next_slot_in_use_is_found, 0, 6);
    return tc;
}
