/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "catalogue/journal.h"

#include <string.h>

#define SECOND 1000000

/* A result of since() with one row; NULL is NULL. */
static PGresult *result(const char *const *values)
{
    static char names[7][12] = { "reached", "resume",     "is_many",
                                 "changed", "status_ids", "statuses",
                                 "since" };
    PGresult *rows = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc columns[7];
    int i;

    memset(columns, 0, sizeof columns);
    for (i = 0; i < 7; i++) {
        columns[i].name = names[i];
    }
    ck_assert_int_ne(PQsetResultAttrs(rows, 7, columns), 0);
    for (i = 0; i < 7; i++) {
        char value[256];

        if (values[i] != NULL) {
            ck_assert_uint_lt(strlen(values[i]), sizeof value);
            memcpy(value, values[i], strlen(values[i]) + 1);
        }
        ck_assert_int_ne(
            PQsetvalue(rows, 0, i, values[i] == NULL ? NULL : value,
                       values[i] == NULL ? -1 : (int)strlen(value)),
            0);
    }
    return rows;
}

static bool read_values(const char *const *values, cctv_journal_news_t *news)
{
    PGresult *rows = result(values);
    bool is_read = cctv_journal_read(rows, pool, news);

    PQclear(rows);
    return is_read;
}

#define READ(news, ...) read_values((const char *[]){ __VA_ARGS__ }, news)

START_TEST(ids_and_statuses_are_read)
{
    cctv_journal_news_t news;

    ck_assert(READ(&news, "-5 0 7:9:8", "-5 0 7:7:", "f", "{3,20,2147483647}",
                   "{9,4,5}", "{offline,online,unknown}",
                   "{1764252153,NULL,-7}"));
    ck_assert_str_eq(news.position, "-5 0 7:9:8");
    ck_assert_str_eq(news.resume, "-5 0 7:7:");
    ck_assert(!news.is_many);
    ck_assert_int_eq(news.id_count, 3);
    ck_assert_int_eq(news.ids[0], 3);
    ck_assert_int_eq(news.ids[2], 2147483647);
    ck_assert_int_eq(news.status_count, 3);
    ck_assert_int_eq(news.statuses[0].id, 9);
    ck_assert_int_eq(news.statuses[0].status, CCTV_CAMERA_OFFLINE);
    ck_assert_int_eq(news.statuses[1].id, 4);
    ck_assert_int_eq(news.statuses[0].since, 1764252153);
    ck_assert_int_eq(news.statuses[1].status, CCTV_CAMERA_ONLINE);
    ck_assert_int_eq(news.statuses[1].since, 0);
    ck_assert_int_eq(news.statuses[2].since, 0);
}
END_TEST

START_TEST(nothing_has_changed)
{
    cctv_journal_news_t news;

    ck_assert(READ(&news, "p", "r", "f", NULL, NULL, NULL, NULL));
    ck_assert_int_eq(news.id_count, 0);
    ck_assert_int_eq(news.status_count, 0);
    ck_assert(READ(&news, "p", "r", "t", "{}", "{}", "{}", "{}"));
    ck_assert(news.is_many);
    ck_assert_int_eq(news.id_count, 0);
}
END_TEST

START_TEST(a_journal_that_is_not_complete_has_no_position)
{
    cctv_journal_news_t news;

    ck_assert(READ(&news, NULL, NULL, NULL, NULL, NULL, NULL, NULL));
    ck_assert_ptr_null(news.position);
}
END_TEST

static const char *const odd[][4] = {
    { "", "{}", "{}", "{}" },
    { "{", "{}", "{}", "{}" },
    { "}", "{}", "{}", "{}" },
    { "{,}", "{}", "{}", "{}" },
    { "{1,}", "{}", "{}", "{}" },
    { "{,1}", "{}", "{}", "{}" },
    { "{1;2}", "{}", "{}", "{}" },
    { "{-1}", "{}", "{}", "{}" },
    { "{ 1}", "{}", "{}", "{}" },
    { "{NULL}", "{}", "{}", "{}" },
    { "{2147483648}", "{}", "{}", "{}" },
    { "{99999999999999999999}", "{}", "{}", "{}" },
    { "{2,1}", "{}", "{}", "{}" },
    { "{1,1}", "{}", "{}", "{}" },
    { "{{1},{2}}", "{}", "{}", "{}" },
    { "{}", "{1}", "{}", "{5}" },
    { "{}", "{}", "{online}", "{}" },
    { "{}", "{1,2}", "{online}", "{5,5}" },
    { "{}", "{1}", "{onlin}", "{5}" },
    { "{}", "{1}", "{onlines}", "{5}" },
    { "{}", "{1}", "{broken}", "{5}" },
    { "{}", "{1,2}", "{online,}", "{5,5}" },
    { "{}", "{x}", "{online}", "{5}" },
    { "{}", "{1}", "{online}", "{}" },
    { "{}", "{1}", "{online}", "{x}" },
    { "{}", "{1}", "{online}", "{5,6}" },
    { "{}", "{1}", "{online}", "{99999999999999999999}" },
    { "{}", "{1,2}", "{online,online}", "{5,}" },
};

START_TEST(an_odd_result_is_refused)
{
    cctv_journal_news_t news;

    ck_assert(!READ(&news, "p", "r", "f", odd[_i][0], odd[_i][1], odd[_i][2],
                    odd[_i][3]));
}
END_TEST

START_TEST(another_number_of_rows_is_refused)
{
    PGresult *rows = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    cctv_journal_news_t news;

    ck_assert(!cctv_journal_read(rows, pool, &news));
    PQclear(rows);
}
END_TEST

static cctv_journal_news_t news_of(const char *position, const int *ids,
                                   int count)
{
    return (cctv_journal_news_t){
        .position = position, .resume = "r", .ids = ids, .id_count = count
    };
}

START_TEST(ids_of_several_polls_wait_once)
{
    cctv_journal_t journal = { .position = NULL };
    cctv_journal_news_t first = news_of("2", (int[]){ 3, 5, 9 }, 3);
    cctv_journal_news_t second = news_of("3", (int[]){ 1, 5, 9, 10 }, 4);
    cctv_journal_news_t nothing = news_of("4", NULL, 0);
    const int all[] = { 1, 3, 5, 9, 10 };

    cctv_journal_start(&journal, "1");
    ck_assert_str_eq(journal.position, "1");
    ck_assert_int_eq(cctv_journal_work(&journal, 100, SECOND),
                     CCTV_JOURNAL_NOTHING);
    cctv_journal_add(&journal, &first);
    ck_assert_int_eq(cctv_journal_work(&journal, 100, SECOND),
                     CCTV_JOURNAL_IDS);
    cctv_journal_add(&journal, &second);
    cctv_journal_add(&journal, &nothing);
    ck_assert_int_eq(journal.id_count, 5);
    ck_assert_int_eq(memcmp(journal.ids, all, sizeof all), 0);
    ck_assert_str_eq(journal.position, "4");
    ck_assert_str_eq(journal.resume, "r");

    /* The generation that has them was published. */
    cctv_journal_start(&journal, journal.position);
    ck_assert_str_eq(journal.position, "4");
    ck_assert_int_eq(cctv_journal_work(&journal, 100, SECOND),
                     CCTV_JOURNAL_NOTHING);
    cctv_journal_start(&journal, NULL);
}
END_TEST

START_TEST(without_a_position_all_cameras_are_read)
{
    cctv_journal_t journal = { .position = NULL };
    cctv_journal_news_t incomplete = { .position = NULL };

    cctv_journal_start(&journal, "");
    ck_assert_int_eq(cctv_journal_work(&journal, 100, SECOND),
                     CCTV_JOURNAL_REBUILD);
    cctv_journal_start(&journal, "1");
    ck_assert_int_eq(cctv_journal_work(&journal, -1, SECOND),
                     CCTV_JOURNAL_REBUILD);
    cctv_journal_add(&journal, &incomplete);
    ck_assert_ptr_null(journal.position);
    ck_assert_int_eq(cctv_journal_work(&journal, 100, SECOND),
                     CCTV_JOURNAL_REBUILD);
    cctv_journal_start(&journal, NULL);
}
END_TEST

/* How many cameras there are and how many have changed. */
static const struct {
    int cameras, changed;
    cctv_journal_work_t work;
} sizes[] = {
    { 100000, 1, CCTV_JOURNAL_IDS },
    { 100000, 25000, CCTV_JOURNAL_IDS },
    { 100000, 25001, CCTV_JOURNAL_REBUILD },
    { 10, 1000, CCTV_JOURNAL_IDS },
    { 10, 1001, CCTV_JOURNAL_REBUILD },
    { 1000000, CCTV_JOURNAL_IDS_MAX, CCTV_JOURNAL_IDS },
    { 1000000, CCTV_JOURNAL_IDS_MAX + 1, CCTV_JOURNAL_REBUILD },
};

START_TEST(the_cheaper_way_is_chosen)
{
    int *ids = apr_palloc(pool, sizeof *ids * (size_t)sizes[_i].changed);
    cctv_journal_t journal = { .position = NULL };
    cctv_journal_news_t news = news_of("2", ids, sizes[_i].changed);
    int i;

    for (i = 0; i < sizes[_i].changed; i++) {
        ids[i] = i + 1;
    }
    cctv_journal_start(&journal, "1");
    cctv_journal_add(&journal, &news);
    ck_assert_int_eq(cctv_journal_work(&journal, sizes[_i].cameras, SECOND),
                     sizes[_i].work);
    cctv_journal_start(&journal, NULL);
}
END_TEST

/* Changes come all the time, and a generation takes 0.4 s. */
START_TEST(the_work_takes_a_tenth_of_the_time)
{
    cctv_journal_t journal = { .position = NULL };
    cctv_journal_news_t news = news_of("2", (int[]){ 1 }, 1);
    cctv_time_t start = 1000 * SECOND;
    cctv_time_t now = start;
    cctv_time_t busy = 0;
    cctv_time_t longest = 0;
    cctv_time_t last = start;

    cctv_journal_start(&journal, "1");
    while (now < start + 600 * SECOND) {
        cctv_journal_add(&journal, &news);
        if (cctv_journal_work(&journal, 1000, now) == CCTV_JOURNAL_IDS) {
            cctv_time_t took = 2 * SECOND / 5;

            longest = now - last > longest ? now - last : longest;
            last = now;
            cctv_journal_worked(&journal, took, now + took);
            cctv_journal_start(&journal, journal.position);
            busy += took;
            now += took;
        }
        now += SECOND / 2;
    }
    /* And what the first minute had left over. */
    ck_assert_int_le(busy, (600 + 60) * SECOND / 10 + SECOND);
    ck_assert_int_ge(busy, 500 * SECOND / 10);
    ck_assert_int_le(longest, 5 * SECOND);
    cctv_journal_start(&journal, NULL);
}
END_TEST

START_TEST(a_change_after_a_rebuild_does_not_wait)
{
    cctv_journal_t journal = { .position = NULL };
    cctv_journal_news_t news = news_of("2", (int[]){ 1 }, 1);
    cctv_time_t now = 1000 * SECOND;

    cctv_journal_start(&journal, "");
    ck_assert_int_eq(cctv_journal_work(&journal, 1000000, now),
                     CCTV_JOURNAL_REBUILD);
    cctv_journal_worked_whole(&journal, 5 * SECOND, now + 5 * SECOND);
    now += 5 * SECOND;
    cctv_journal_start(&journal, "1");
    cctv_journal_add(&journal, &news);
    ck_assert_int_eq(cctv_journal_work(&journal, 1000000, now),
                     CCTV_JOURNAL_IDS);
    cctv_journal_start(&journal, NULL);
}
END_TEST

/* A new base is made when there are many changes, and not too often. */
START_TEST(many_changes_make_a_new_base)
{
    cctv_journal_t journal = { .position = NULL };
    cctv_time_t now = 1000 * SECOND;

    ck_assert(!cctv_journal_wants_base(&journal, 0, 1000, now));
    ck_assert(cctv_journal_wants_base(&journal, 0, 1001, now));
    ck_assert(!cctv_journal_wants_base(&journal, 1000000, 31250, now));
    ck_assert(cctv_journal_wants_base(&journal, 1000000, 31251, now));
    journal.is_many = true;
    ck_assert(!cctv_journal_wants_base(&journal, 1000000, 31251, now));
    journal.is_many = false;
    cctv_journal_worked_whole(&journal, 8 * SECOND, now);
    ck_assert(!cctv_journal_wants_base(&journal, 1000000, 31251, now));
    now += 20 * SECOND;
    ck_assert(cctv_journal_wants_base(&journal, 1000000, 31251, now));
}
END_TEST

/* Only what it is about waits. */
START_TEST(a_new_base_does_not_make_changes_wait)
{
    cctv_journal_t journal = { .position = NULL };
    cctv_journal_news_t news = news_of("2", (int[]){ 1 }, 1);
    cctv_time_t now = 1000 * SECOND;

    cctv_journal_start(&journal, "1");
    cctv_journal_add(&journal, &news);
    cctv_journal_worked_whole(&journal, 50 * SECOND, now);
    ck_assert_int_eq(cctv_journal_work(&journal, 1000000, now),
                     CCTV_JOURNAL_IDS);
    ck_assert_int_eq(cctv_journal_work(&journal, -1, now),
                     CCTV_JOURNAL_NOTHING);
    cctv_journal_start(&journal, NULL);
}
END_TEST

TCase *journal_tests(void)
{
    TCase *tcase = tcase_create("journal");

    tcase_add_test(tcase, ids_and_statuses_are_read);
    tcase_add_test(tcase, nothing_has_changed);
    tcase_add_test(tcase, a_journal_that_is_not_complete_has_no_position);
    tcase_add_loop_test(tcase, an_odd_result_is_refused, 0,
                        sizeof odd / sizeof odd[0]);
    tcase_add_test(tcase, another_number_of_rows_is_refused);
    tcase_add_test(tcase, ids_of_several_polls_wait_once);
    tcase_add_test(tcase, without_a_position_all_cameras_are_read);
    tcase_add_loop_test(tcase, the_cheaper_way_is_chosen, 0,
                        sizeof sizes / sizeof sizes[0]);
    tcase_add_test(tcase, the_work_takes_a_tenth_of_the_time);
    tcase_add_test(tcase, a_change_after_a_rebuild_does_not_wait);
    tcase_add_test(tcase, many_changes_make_a_new_base);
    tcase_add_test(tcase, a_new_base_does_not_make_changes_wait);
    return tcase;
}
