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

    ck_assert(cctv_view_table_start(table, &view, now));
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
    ck_assert(!cctv_view_table_start(table, &one_more, START));
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
    ck_assert(cctv_view_table_start(table, &in, START));
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

START_TEST(an_id_is_40_lower_case_hexadecimal_digits)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_view_t view;

    make(3);
    view = start_at(START);
    cctv_view_id(&view, id);
    ck_assert_uint_eq(strlen(id), 40);
    ck_assert_uint_eq(strspn(id, "0123456789abcdef"), 40);
}
END_TEST

START_TEST(two_ids_differ_by_more_than_their_slot)
{
    cctv_view_t one;
    cctv_view_t two;

    make(2);
    one = start_at(START);
    two = start_at(START);
    ck_assert(one.secret[0] != two.secret[0]);
    ck_assert(one.secret[1] != two.secret[1]);
}
END_TEST

START_TEST(an_id_with_one_other_digit_is_not_found)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_view_t view;
    int i;

    make(20);
    view = start_at(START);
    cctv_view_id(&view, id);
    for (i = 0; i < CCTV_VIEW_ID_LENGTH; i++) {
        char digit = id[i];

        id[i] = digit == '0' ? '1' : '0';
        ck_assert(!is_found(id));
        id[i] = 'g';
        ck_assert(!is_found(id));
        id[i] = digit;
    }
    ck_assert(is_found(id));
}
END_TEST

START_TEST(what_is_no_id_is_not_found)
{
    static const char *const ids[] = {
        "",
        "0",
        "not an id",
        "000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000",
        "00000000000000000000000000000000000000000",
        "ffffffffffffffffffffffffffffffffffffffff",
        " 000000000000000000000000000000000000000",
        "0x00000000000000000000000000000000000000",
        "-000000000000000000000000000000000000001"
    };
    size_t i;

    make(20);
    start_at(START);
    for (i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        ck_assert(!is_found(ids[i]));
    }
}
END_TEST

START_TEST(an_id_that_is_short_long_or_upper_case_is_not_found)
{
    char id[CCTV_VIEW_ID_LENGTH + 2];
    cctv_view_t view = { .home = 0,
                         .secret = { UINT64_C(0xabcdef0123456789), 10 },
                         .last = START };
    int i;

    make(20);
    ck_assert(cctv_view_table_resume(table, &view));
    cctv_view_id(&view, id);
    ck_assert_str_eq(id, "00000000abcdef0123456789000000000000000a");
    for (i = 0; i < CCTV_VIEW_ID_LENGTH; i++) {
        char digit = id[i];

        id[i] = '\0';
        ck_assert(!is_found(id));
        id[i] = digit;
    }
    ck_assert(!is_found("00000000abcdef0123456789000000000000000a0"));
    ck_assert(!is_found("00000000abcdef0123456789000000000000000A"));
    ck_assert(!is_found("00000000ABCDEF0123456789000000000000000a"));
    ck_assert(is_found(id));
}
END_TEST

START_TEST(a_heartbeat_tells_the_time_since_the_last_one)
{
    cctv_view_t view;
    int64_t interval;

    make(1);
    view = start_at(START);
    ck_assert(cctv_view_table_beat(table, &view, START + 5, &interval));
    ck_assert_int_eq(interval, 5);
    ck_assert(cctv_view_table_beat(table, &view, START + 12, &interval));
    ck_assert_int_eq(interval, 7);
}
END_TEST

START_TEST(a_heartbeat_of_a_clock_that_was_read_before_counts_nothing)
{
    cctv_view_t view;
    int64_t interval = -1;

    make(1);
    view = start_at(START);
    ck_assert(cctv_view_table_beat(table, &view, START, &interval));
    ck_assert_int_eq(interval, 0);
    ck_assert(cctv_view_table_beat(table, &view, START - 5, &interval));
    ck_assert_int_eq(interval, 0);
    ck_assert_int_eq(view.last, START);
}
END_TEST

START_TEST(what_was_found_before_a_heartbeat_can_neither_beat_nor_end)
{
    cctv_view_t view;
    cctv_view_t before;
    int64_t interval;

    make(1);
    view = before = start_at(START);
    ck_assert(cctv_view_table_beat(table, &view, START + 5, &interval));
    ck_assert(!cctv_view_table_beat(table, &before, START + 6, &interval));
    ck_assert(!cctv_view_table_end(table, &before, START + 6));
    ck_assert(cctv_view_table_end(table, &view, START + 6));
}
END_TEST

START_TEST(a_session_ends_once)
{
    char id[CCTV_VIEW_ID_LENGTH + 1];
    cctv_view_t view;
    int64_t interval;

    make(1);
    view = start_at(START);
    cctv_view_id(&view, id);
    ck_assert(cctv_view_table_end(table, &view, START + 1));
    ck_assert(!cctv_view_table_end(table, &view, START + 1));
    ck_assert(!cctv_view_table_beat(table, &view, START + 2, &interval));
    ck_assert(!is_found(id));
    ck_assert(!cctv_view_table_get(table, 0, &view));
}
END_TEST

/* All at the same time, which makes the words of the slot most similar. */
START_TEST(what_was_found_before_cannot_touch_a_later_session_in_its_slot)
{
    cctv_view_t before[50];
    cctv_view_t now;
    int64_t interval;
    int i;

    make(1);
    for (i = 0; i < 50; i++) {
        int k;

        now = before[i] = start_at(START);
        for (k = 0; k < i; k++) {
            ck_assert(!cctv_view_table_end(table, &before[k], START));
            ck_assert(!cctv_view_table_beat(table, &before[k], START + 1000,
                                            &interval));
        }
        ck_assert(cctv_view_table_end(table, &now, START));
    }
}
END_TEST

START_TEST(a_slot_claimed_by_a_dead_process_comes_free)
{
    cctv_view_t view = { .camera = 1 };

    make(1);
    fork_claimer(&shared, START, false);
    ck_assert(!cctv_view_table_get(table, 0, &view));
    ck_assert(!cctv_view_table_start(table, &view, START + 1));
    ck_assert(cctv_view_table_recover(table, 0, START + 1));
    ck_assert(!cctv_view_table_recover(table, 0, START + 1));
    ck_assert(cctv_view_table_start(table, &view, START + 1));
}
END_TEST

START_TEST(a_slot_claimed_by_a_process_that_stands_still_stays_claimed)
{
    cctv_view_t view = { .camera = 1 };
    pid_t pid;

    make(1);
    pid = fork_claimer(&shared, START, true);
    ck_assert(!cctv_view_table_recover(table, 0, START + 1000 * SECOND));
    ck_assert(!cctv_view_table_start(table, &view, START));
    kill_process(pid);
    ck_assert(cctv_view_table_recover(table, 0, START + 1000 * SECOND));
    ck_assert(cctv_view_table_start(table, &view, START));
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
    int64_t interval;

    make(1);
    old = start_at(START);
    ck_assert(cctv_view_table_beat(table, &old, START + 2500, &interval));
    new = old;
    ck_assert(cctv_view_table_end(table, &new, START + 5000));
    fork_claimer(&shared, START, false);
    ck_assert(cctv_view_table_recover(table, 0, START + 2499));
    new = start_at(START + 2500);
    ck_assert(!cctv_view_table_end(table, &old, START + 6000));
    ck_assert(cctv_view_table_end(table, &new, START + 6000));
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

        resumed += cctv_view_table_resume(table, &view);
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

        resumed += cctv_view_table_resume(table, &view);
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
    ck_assert(!cctv_view_table_start(table, &view, START));
    ck_assert(cctv_view_table_get(table, 77, &last));
    ck_assert(cctv_view_table_end(table, &last, START));
    ck_assert(cctv_view_table_start(table, &view, START));
    ck_assert_uint_eq(view.index, 77);
}
END_TEST

TCase *view_table_tests(void)
{
    TCase *tc = tcase_create("sessions");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, every_slot_is_used_before_the_table_is_full, 0, 9);
    tcase_add_test(tc, a_session_is_found_as_it_was_started);
    tcase_add_test(tc, an_id_is_40_lower_case_hexadecimal_digits);
    tcase_add_test(tc, two_ids_differ_by_more_than_their_slot);
    tcase_add_test(tc, an_id_with_one_other_digit_is_not_found);
    tcase_add_test(tc, what_is_no_id_is_not_found);
    tcase_add_test(tc, an_id_that_is_short_long_or_upper_case_is_not_found);
    tcase_add_test(tc, a_heartbeat_tells_the_time_since_the_last_one);
    tcase_add_test(tc,
                   a_heartbeat_of_a_clock_that_was_read_before_counts_nothing);
    tcase_add_test(tc,
                   what_was_found_before_a_heartbeat_can_neither_beat_nor_end);
    tcase_add_test(tc, a_session_ends_once);
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
    return tc;
}
