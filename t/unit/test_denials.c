/* SPDX-License-Identifier: Apache-2.0 */
/* The list of denials, and the names of those who watch. */
#include "t_common.h"

#include "memory/state.h"
#include "viewers/memory.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SECOND = 1000000,
    THREADS = 8,
    ROUNDS = 300
};

static cctv_denials_t *make_list(void)
{
    cctv_denials_t *list = apr_pcalloc(pool, sizeof *list);

    return list;
}

static cctv_denial_t denial_of(cctv_denial_kind_t kind, cctv_time_t until)
{
    cctv_denial_t denial;

    memset(&denial, 0, sizeof denial);
    denial.kind = kind;
    denial.until = until;
    strcpy(denial.reason, "a reason");
    return denial;
}

static cctv_denial_t of_camera(int32_t camera, cctv_time_t until)
{
    cctv_denial_t denial = denial_of(CCTV_DENIAL_CAMERA, until);

    denial.camera = camera;
    return denial;
}

static bool is_denied(const cctv_denials_t *list, cctv_asker_t who,
                      cctv_time_t now)
{
    cctv_denial_t found;

    return cctv_denials_find(list, &who, now, &found);
}

START_TEST(a_denial_holds_for_its_camera_and_its_time)
{
    cctv_denials_t *list = make_list();
    cctv_denial_t denial = of_camera(42, 10 * SECOND);
    cctv_denial_t found;
    cctv_asker_t who = { .camera = 42, .user = 7, .client = 8 };

    ck_assert(!is_denied(list, who, 0));
    ck_assert(!cctv_denials_exist(list));
    ck_assert(cctv_denials_add(list, &denial, SECOND));
    ck_assert(cctv_denials_exist(list));
    ck_assert(cctv_denials_find(list, &who, SECOND, &found));
    ck_assert_str_eq(found.reason, "a reason");
    ck_assert_int_eq(found.until, 10 * SECOND);
    ck_assert(!is_denied(list, (cctv_asker_t){ .camera = 43 }, SECOND));
    ck_assert(is_denied(list, who, 10 * SECOND - 1));
    ck_assert(!is_denied(list, who, 10 * SECOND));
}
END_TEST

START_TEST(a_denial_holds_for_a_user_or_one_viewer)
{
    cctv_denials_t *list = make_list();
    cctv_denial_t user = denial_of(CCTV_DENIAL_USER, SECOND);
    cctv_denial_t login = denial_of(CCTV_DENIAL_VIEWER, SECOND);
    cctv_denial_t address = denial_of(CCTV_DENIAL_VIEWER, SECOND);

    user.user = 1;
    login.user = 2;
    login.camera = address.camera = 42;
    address.client = 3;
    address.view = 99;
    ck_assert(cctv_denials_add(list, &user, 0));
    ck_assert(cctv_denials_add(list, &login, 0));
    ck_assert(cctv_denials_add(list, &address, 0));
    ck_assert(is_denied(list, (cctv_asker_t){ .camera = 5, .user = 1 }, 0));
    ck_assert(is_denied(list, (cctv_asker_t){ .camera = 42, .user = 2 }, 0));
    ck_assert(!is_denied(list, (cctv_asker_t){ .camera = 5, .user = 2 }, 0));
    ck_assert(is_denied(list, (cctv_asker_t){ .camera = 42, .client = 3 }, 0));
    ck_assert(!is_denied(list, (cctv_asker_t){ .camera = 5, .client = 3 }, 0));
    /* A user at this address is another viewer. */
    ck_assert(!is_denied(
        list, (cctv_asker_t){ .camera = 42, .user = 9, .client = 3 }, 0));
    ck_assert(is_denied(list, (cctv_asker_t){ .view = 99 }, 0));
    ck_assert(!is_denied(list, (cctv_asker_t){ .camera = 42 }, 0));
}
END_TEST

START_TEST(the_same_denial_again_replaces_the_first)
{
    cctv_denials_t *list = make_list();
    cctv_denial_t denial = of_camera(42, 10 * SECOND);
    cctv_denial_t found;

    ck_assert(cctv_denials_add(list, &denial, 0));
    denial.until = 2 * SECOND;
    ck_assert(cctv_denials_add(list, &denial, 0));
    ck_assert(is_denied(list, (cctv_asker_t){ .camera = 42 }, SECOND));
    ck_assert(!is_denied(list, (cctv_asker_t){ .camera = 42 }, 3 * SECOND));
    ck_assert_int_eq(cctv_denials_remove(list, &denial, SECOND), 1);
    ck_assert(!is_denied(list, (cctv_asker_t){ .camera = 42 }, SECOND));
    ck_assert(!cctv_denials_drain(list, &found));
}
END_TEST

START_TEST(a_full_list_takes_no_more_before_a_time_is_over)
{
    cctv_denials_t *list = make_list();
    cctv_denial_t denial;
    cctv_denial_t all = denial_of(CCTV_DENIAL_ALL, INT64_MAX / 16);
    int i;

    for (i = 1; i <= CCTV_DENIALS_MAX; i++) {
        denial = of_camera(i, i == 5 ? SECOND : 9 * SECOND);
        ck_assert(cctv_denials_add(list, &denial, 0));
    }
    denial = of_camera(i, 9 * SECOND);
    ck_assert(!cctv_denials_add(list, &denial, 0));
    /* A new one of the same camera has its place, and so has a drain. */
    denial.camera = 7;
    ck_assert(cctv_denials_add(list, &denial, 0));
    ck_assert(cctv_denials_add(list, &all, 0));
    ck_assert(cctv_denials_drain(list, &denial));
    ck_assert_int_eq(cctv_denials_remove(list, &all, 0), 1);
    ck_assert(!cctv_denials_drain(list, &denial));
    denial = of_camera(i, 9 * SECOND);
    ck_assert(cctv_denials_add(list, &denial, SECOND));
    ck_assert(is_denied(list, (cctv_asker_t){ .camera = i }, SECOND));
    ck_assert(!is_denied(list, (cctv_asker_t){ .camera = 5 }, SECOND));
}
END_TEST

START_TEST(an_entry_whose_writer_has_died_is_used_again)
{
    cctv_denials_t *list = make_list();
    cctv_denial_t denial = of_camera(42, SECOND);
    /* Claimed by process 1, which is not of this group. */
    uint64_t claim = (UINT64_C(5) << 22 | 1) << 2 | 1;

    atomic_store(&list->entries[1].word, claim);
    atomic_store(&list->end, 2);
    ck_assert(!is_denied(list, (cctv_asker_t){ .camera = 0 }, 0));
    ck_assert(cctv_denials_add(list, &denial, 0));
    ck_assert_int_eq(atomic_load(&list->end), 2);
    ck_assert(is_denied(list, (cctv_asker_t){ .camera = 42 }, 0));
}
END_TEST

static cctv_denials_t *shared_list;

/* All threads have one clock: to one that is ahead, the denials of the others
 * would be over. */
static _Atomic cctv_time_t shared_clock;

static void *add_and_find(void *number_)
{
    int32_t number = *(int32_t *)number_;
    int i;

    for (i = 1; i <= ROUNDS; i++) {
        cctv_time_t now = atomic_fetch_add(&shared_clock, 1);
        cctv_denial_t denial = of_camera(number, now + SECOND);
        cctv_denial_t found;
        cctv_asker_t who = { .camera = number };

        snprintf(denial.reason, sizeof denial.reason, "%d", number);
        if (!cctv_denials_add(shared_list, &denial, now)
            || !cctv_denials_find(shared_list, &who, now, &found)
            || found.camera != number || atoi(found.reason) != number
            || cctv_denials_remove(shared_list, &denial, now) != 1) {
            return shared_list;
        }
    }
    return NULL;
}

START_TEST(readers_never_see_half_of_a_denial)
{
    pthread_t threads[THREADS];
    int32_t numbers[THREADS];
    int i;

    shared_list = make_list();
    atomic_store(&shared_clock, 0);
    for (i = 0; i < THREADS; i++) {
        numbers[i] = i + 1;
        ck_assert_int_eq(
            pthread_create(&threads[i], NULL, add_and_find, &numbers[i]), 0);
    }
    for (i = 0; i < THREADS; i++) {
        void *failed;

        pthread_join(threads[i], &failed);
        ck_assert_ptr_null(failed);
    }
}
END_TEST

START_TEST(texts_are_checked_and_cut_at_a_character)
{
    char name[CCTV_USER_NAME_SIZE];
    char longer[80];

    ck_assert(cctv_denial_is_text("für 5 min", 10, 20));
    ck_assert(!cctv_denial_is_text("a\nb", 3, 20));
    ck_assert(!cctv_denial_is_text("\xff", 1, 20));
    ck_assert(!cctv_denial_is_text("abc", 3, 3));
    cctv_denial_copy_name(name, NULL);
    ck_assert_str_eq(name, "");
    cctv_denial_copy_name(name, "a\x01\xff\xc3\xbc");
    ck_assert_str_eq(name, "a??\xc3\xbc");
    memset(longer, 'x', sizeof longer);
    memcpy(longer + CCTV_USER_NAME_SIZE - 2, "\xc3\xbc", 3);
    cctv_denial_copy_name(name, longer);
    ck_assert_uint_eq(strlen(name), CCTV_USER_NAME_SIZE - 2);
}
END_TEST

START_TEST(a_name_belongs_to_one_view)
{
    cctv_viewer_names_t names = {
        .max = 2, .entries = apr_pcalloc(pool, 2 * sizeof *names.entries)
    };
    cctv_viewer_slot_t slot = { .index = 1, .secret = { 11, 12 } };
    cctv_viewer_slot_t other = { .index = 1, .secret = { 11, 13 } };
    cctv_viewer_slot_t outside = { .index = 2, .secret = { 11, 12 } };
    cctv_viewer_name_t found;

    ck_assert(!cctv_viewer_names_read(&names, &slot, &found));
    cctv_viewer_names_note(&names, &slot, 5, "alice");
    cctv_viewer_names_note(&names, &outside, 6, "mallory");
    ck_assert(cctv_viewer_names_read(&names, &slot, &found));
    ck_assert_str_eq(found.name, "alice");
    ck_assert_uint_eq(found.client, 5);
    ck_assert(!cctv_viewer_names_read(&names, &other, &found));
    ck_assert_str_eq(found.name, "");
    ck_assert_uint_eq(found.client, 0);
    /* Half of another entry. */
    atomic_store(&names.entries[1].name[0], 0);
    ck_assert(!cctv_viewer_names_read(&names, &slot, &found));
    ck_assert(!cctv_viewer_names_read(&names, &outside, &found));
}
END_TEST

/* ---- The state file ---- */

static cctv_segment_t make_segment(void)
{
    cctv_segment_t segment;
    size_t size;

    cctv_segment_plan(&segment);
    cctv_segment_add(&segment, &cctv_viewers_region, 4);
    size = cctv_segment_size(&segment);
    ck_assert(cctv_segment_init(&segment,
                                memset(aligned_alloc(64, size), 0, size), 1));
    return segment;
}

START_TEST(denials_are_kept_over_a_restart_of_the_machine_too)
{
    cctv_segment_t segment = make_segment();
    cctv_state_load_t load = { .segment = &segment,
                               .now = 5 * SECOND,
                               .saved = 100 * SECOND };
    cctv_denial_t record = of_camera(42, 130 * SECOND);
    cctv_viewers_t viewers;
    cctv_denial_t found;
    cctv_asker_t who = { .camera = 42 };

    cctv_viewers_open(&viewers, &segment);
    ck_assert_uint_eq(viewers.names.max, 4);
    ck_assert(cctv_viewers_region.is_sound(&record, sizeof record));
    ck_assert_int_eq(cctv_viewers_region.load(&load, &record, sizeof record),
                     CCTV_RECORD_TAKEN);
    ck_assert(cctv_denials_find(viewers.denials, &who, load.now, &found));
    ck_assert_int_eq(found.until, 35 * SECOND);
    load.is_same_boot = true;
    load.now = 130 * SECOND;
    ck_assert_int_eq(cctv_viewers_region.load(&load, &record, sizeof record),
                     CCTV_RECORD_OVER);
    free(segment.head);
}
END_TEST

START_TEST(records_that_were_not_written_by_us_are_refused)
{
    cctv_denial_t record = of_camera(42, SECOND);

    record.kind = CCTV_DENIAL_ALL;
    ck_assert(!cctv_viewers_region.is_sound(&record, sizeof record));
    record = of_camera(42, SECOND);
    ck_assert(!cctv_viewers_region.is_sound(&record, sizeof record - 8));
    memset(record.reason, 'x', sizeof record.reason);
    ck_assert(!cctv_viewers_region.is_sound(&record, sizeof record));
    record = of_camera(42, SECOND);
    strcpy(record.name, "a\nb");
    ck_assert(!cctv_viewers_region.is_sound(&record, sizeof record));
}
END_TEST

TCase *denials_tests(void)
{
    TCase *tc = tcase_create("denials");

    tcase_add_test(tc, a_denial_holds_for_its_camera_and_its_time);
    tcase_add_test(tc, a_denial_holds_for_a_user_or_one_viewer);
    tcase_add_test(tc, the_same_denial_again_replaces_the_first);
    tcase_add_test(tc, a_full_list_takes_no_more_before_a_time_is_over);
    tcase_add_test(tc, an_entry_whose_writer_has_died_is_used_again);
    tcase_add_test(tc, readers_never_see_half_of_a_denial);
    tcase_add_test(tc, texts_are_checked_and_cut_at_a_character);
    tcase_add_test(tc, a_name_belongs_to_one_view);
    tcase_add_test(tc, denials_are_kept_over_a_restart_of_the_machine_too);
    tcase_add_test(tc, records_that_were_not_written_by_us_are_refused);
    return tc;
}
