/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "cameras/statements.h"

#include <limits.h>
#include <string.h>

static cctv_params_t params;

static const apr_array_header_t *roles(const char *a, const char *b)
{
    apr_array_header_t *names = apr_array_make(pool, 2, sizeof(char *));

    APR_ARRAY_PUSH(names, const char *) = a;
    APR_ARRAY_PUSH(names, const char *) = b;
    return names;
}

START_TEST(every_prepared_statement_has_a_number_of_its_own)
{
    uint64_t seen = 0;
    int plan, box, narrowing;

    cctv_statements_init(pool);
    for (plan = CCTV_PLAN_BY_POSITION; plan <= CCTV_PLAN_BY_ID; plan++) {
        for (box = 0; box < 3; box++) {
            for (narrowing = 0; narrowing < 8; narrowing++) {
                cctv_filter_t filter = {
                    .has_bbox = box > 0,
                    .bbox = { box == 2 ? 1 : -1, 0, 0, 1 },
                    .roles = narrowing & 1 ? roles("a", "b") : NULL,
                    .status = narrowing & 2 ? "online" : NULL,
                    .has_playable = (narrowing & 4) != 0
                };
                const cctv_statement_t *s = cctv_statement_list(
                    pool, &filter, (cctv_plan_t)plan, 1, &params);

                ck_assert_int_ge(s->number, 0);
                ck_assert_int_lt(s->number, 60);
                ck_assert(!(seen & (UINT64_C(1) << s->number)));
                seen |= UINT64_C(1) << s->number;
            }
        }
    }
}
END_TEST

START_TEST(parameters_stand_where_the_text_expects_them)
{
    cctv_filter_t filter = { .has_bbox = true,
                             .bbox = { 1, 2, 3, 4 },
                             .roles = roles("a", "b"),
                             .status = "online",
                             .has_playable = true,
                             .after = 258 };
    const cctv_statement_t *s;

    cctv_statements_init(pool);
    s = cctv_statement_list(pool, &filter, CCTV_PLAN_BY_PLANNER, 11, &params);
    ck_assert_int_lt(s->number, 0);
    ck_assert_int_eq(params.count, 9);
    ck_assert_mem_eq(params.value[0], "\0\0\1\2", 4);
    ck_assert_mem_eq(params.value[1], "\0\0\0\13", 4);
    ck_assert_mem_eq(params.value[2], "\x3F\xF0\0\0\0\0\0\0", 8);
    ck_assert_str_eq(params.value[6], "{\"a\",\"b\"}");
    ck_assert_str_eq(params.value[7], "online");
    ck_assert_str_eq(params.value[8], "f");
    ck_assert_ptr_nonnull(strstr(s->sql, "role = ANY ($7::text[])"));
    ck_assert_ptr_nonnull(strstr(s->sql, "status = $8::text"));
    ck_assert_ptr_nonnull(strstr(s->sql, "$9::text = CASE"));
    ck_assert_ptr_nonnull(strstr(s->sql, "ORDER BY id + 0 LIMIT $2::int4"));
}
END_TEST

START_TEST(without_a_box_the_numbers_move_up)
{
    cctv_filter_t filter = { .status = "online" };
    const cctv_statement_t *s;

    cctv_statements_init(pool);
    s = cctv_statement_list(pool, &filter, CCTV_PLAN_BY_ID, 1, &params);
    ck_assert_int_eq(params.count, 3);
    ck_assert_ptr_nonnull(strstr(s->sql, "status = $3::text"));
    ck_assert_ptr_null(strstr(s->sql, "&&"));
}
END_TEST

START_TEST(a_count_only_reads_whatever_was_in_its_memory)
{
    cctv_filter_t filter = { .after = 7 };
    const cctv_statement_t *s;
    apr_pool_t *used;

    cctv_statements_init(pool);
    apr_pool_create(&used, pool);
    memset(apr_palloc(used, 4096), 0xA5, 4096);
    apr_pool_clear(used);
    s = cctv_statement_count(used, &filter, &params);
    ck_assert(!s->writes);
    ck_assert_int_lt(s->number, 0);
    ck_assert_mem_eq(params.value[0], "\0\0\0\0", 4);
}
END_TEST

START_TEST(names_and_patterns_are_quoted)
{
    cctv_filter_t filter = { .roles = roles("a\"b\\c", "d,e}f"),
                             .words = cctv_words_make(pool, "50%_\\ \"") };
    const cctv_statement_t *s;

    cctv_statements_init(pool);
    s = cctv_statement_search(pool, &filter, 9, &params);
    ck_assert_int_lt(s->number, 0);
    ck_assert_str_eq(params.value[0], "{\"a\\\"b\\\\c\",\"d,e}f\"}");
    ck_assert_str_eq(params.value[1], "%50\\%\\_\\\\%");
    ck_assert_str_eq(params.value[2],
                     "{\"%50\\\\%\\\\_\\\\\\\\%\",\"%\\\"%\"}");
}
END_TEST

START_TEST(one_camera_with_and_without_roles)
{
    cctv_filter_t filter = { 0 };
    const cctv_statement_t *all = cctv_statement_item(pool, &filter, 7,
                                                      &params);
    const cctv_statement_t *some;

    ck_assert_int_eq(params.count, 1);
    filter.roles = roles("a", "b");
    some = cctv_statement_item(pool, &filter, 7, &params);
    ck_assert_int_eq(params.count, 2);
    ck_assert_int_ne(all->number, some->number);
    ck_assert_int_lt(some->number, 64);
}
END_TEST

START_TEST(ids_become_an_array)
{
    const int ids[] = { INT_MAX, 7, INT_MIN };
    const cctv_statement_t *s = cctv_statement_roles(pool, ids, 3, &params);

    ck_assert_int_eq(params.count, 1);
    ck_assert_str_eq(params.value[0], "{2147483647,7,-2147483648}");
    ck_assert_ptr_nonnull(strstr(s->sql, "id = ANY ($1::int4[])"));
    cctv_statement_roles(pool, ids + 1, 1, &params);
    ck_assert_str_eq(params.value[0], "{7}");
    cctv_statement_roles(pool, ids, 0, &params);
    ck_assert_str_eq(params.value[0], "{}");
}
END_TEST

START_TEST(many_ids_become_an_array)
{
    enum {
        COUNT = 10000,
        /* The longest id: ",-1000000000" */
        LENGTH = 12
    };
    static int ids[COUNT];
    int i;

    for (i = 0; i < COUNT; i++) {
        ids[i] = -1000000000 - i;
    }
    cctv_statement_roles(pool, ids, COUNT, &params);
    ck_assert_uint_eq(strlen(params.value[0]), COUNT * LENGTH + 1);
    ck_assert_str_eq(params.value[0] + (COUNT - 1) * LENGTH, ",-1000009999}");
}
END_TEST

START_TEST(video_asks_for_one_camera)
{
    const cctv_statement_t *s = cctv_statement_stream_url(258, &params);

    ck_assert_int_eq(params.count, 1);
    ck_assert_mem_eq(params.value[0], "\0\0\1\2", 4);
    ck_assert_ptr_nonnull(strstr(s->sql, "cctv_stream_url($1::int4)"));
    s = cctv_statement_set_status(7, "offline", &params);
    ck_assert_int_eq(params.count, 2);
    ck_assert_mem_eq(params.value[0], "\0\0\0\7", 4);
    ck_assert_str_eq(params.value[1], "offline");
    ck_assert_ptr_nonnull(
        strstr(s->sql, "cctv_set_status($1::int4, $2::text)"));
}
END_TEST

START_TEST(what_video_asks_for_is_not_prepared)
{
    const int id = 1;

    ck_assert_int_lt(cctv_statement_stream_url(1, &params)->number, 0);
    ck_assert_int_lt(cctv_statement_set_status(1, "x", &params)->number, 0);
    ck_assert_int_lt(cctv_statement_roles(pool, &id, 1, &params)->number, 0);
}
END_TEST

TCase *statements_tests(void)
{
    TCase *tc = tcase_create("statements");

    tcase_add_test(tc, every_prepared_statement_has_a_number_of_its_own);
    tcase_add_test(tc, parameters_stand_where_the_text_expects_them);
    tcase_add_test(tc, without_a_box_the_numbers_move_up);
    tcase_add_test(tc, names_and_patterns_are_quoted);
    tcase_add_test(tc, a_count_only_reads_whatever_was_in_its_memory);
    tcase_add_test(tc, one_camera_with_and_without_roles);
    tcase_add_test(tc, ids_become_an_array);
    tcase_add_test(tc, many_ids_become_an_array);
    tcase_add_test(tc, video_asks_for_one_camera);
    tcase_add_test(tc, what_video_asks_for_is_not_prepared);
    return tc;
}
