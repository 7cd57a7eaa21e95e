/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "cameras/filter.h"

#include "apr_strings.h"

#include <limits.h>
#include <string.h>

static cctv_filter_t filter;
static const char *why;

static apr_status_t parse(const char *args)
{
    why = NULL;
    return cctv_filter_parse(pool, args, 10000, &filter, &why);
}

static const char *joined(const apr_array_header_t *roles)
{
    return apr_array_pstrcat(pool, roles, '|');
}

START_TEST(nothing_asked_for_is_everything)
{
    ck_assert_int_eq(parse(NULL), APR_SUCCESS);
    ck_assert(!filter.has_bbox);
    ck_assert_ptr_null(filter.roles);
    ck_assert_ptr_null(filter.status);
    ck_assert_ptr_null(filter.words);
    ck_assert_int_eq(filter.after, 0);
    ck_assert_int_eq(filter.limit, CCTV_FILTER_LIMIT_DEFAULT);
}
END_TEST

START_TEST(everything_asked_for)
{
    ck_assert_int_eq(parse("bbox=1%2C2,3,4&role=a,%20b%20c%20&status=offline"
                           "&q=caf%C3%A9&limit=7&after=9"),
                     APR_SUCCESS);
    ck_assert(filter.has_bbox);
    ck_assert_double_eq(filter.bbox.north, 4);
    ck_assert_str_eq(joined(filter.roles), "a|b c");
    ck_assert_str_eq(filter.status, "offline");
    ck_assert_str_eq(filter.words->text, "cafe");
    ck_assert_int_eq(filter.limit, 7);
    ck_assert_int_eq(filter.after, 9);
}
END_TEST

START_TEST(the_world_is_no_box)
{
    ck_assert_int_eq(parse("bbox=-180,-90,180,90"), APR_SUCCESS);
    ck_assert(!filter.has_bbox);
}
END_TEST

START_TEST(limits_are_capped)
{
    ck_assert_int_eq(parse("limit=99999999999"), APR_SUCCESS);
    ck_assert_int_eq(filter.limit, 10000);
    ck_assert_int_eq(cctv_filter_parse(pool, NULL, 5, &filter, &why),
                     APR_SUCCESS);
    ck_assert_int_eq(filter.limit, 5);
}
END_TEST

static const char *const bad[] = { "bbox=",
                                   "bbox=1,2,3",
                                   "role=",
                                   "role=a,,b",
                                   "role=a,",
                                   "status=",
                                   "status=ONLINE",
                                   "status=up",
                                   "limit=",
                                   "limit=0",
                                   "limit=-1",
                                   "limit=1.5",
                                   "limit=ten",
                                   "after=",
                                   "after=-1",
                                   "playable=",
                                   "playable=1",
                                   "rank=1",
                                   "q=a&rank=1",
                                   "rank=1&after=2",
                                   "q=a&after=2&rank=8",
                                   "q=%23&rank=1&after=2",
                                   "q=a&after=2&rank=01",
                                   "after=x",
                                   "limit=1&limit=2",
                                   "bbox=0,0,1,1&bbox=0,0,1,1",
                                   "page=2",
                                   "a%00=1" };

START_TEST(says_what_is_wrong)
{
    ck_assert_msg(parse(bad[_i]) == APR_EINVAL, "%s was taken", bad[_i]);
    ck_assert_ptr_nonnull(why);
}
END_TEST

START_TEST(text_has_up_to_200_characters)
{
    char args[2 + 6 * 201 + 1] = "q=";
    int i;

    for (i = 0; i < 200; i++) {
        strcat(args, "%C3%A9");
    }
    ck_assert_int_eq(parse(args), APR_SUCCESS);
    strcat(args, "%C3%A9");
    ck_assert_int_eq(parse(args), APR_EINVAL);
    ck_assert_int_eq(parse("q="), APR_SUCCESS);
    ck_assert_ptr_null(filter.words);
}
END_TEST

START_TEST(after_beyond_every_id_finds_nothing)
{
    ck_assert_int_eq(parse("after=99999999999999999999"), APR_SUCCESS);
    ck_assert_int_eq(filter.after, INT_MAX);
}
END_TEST

static const struct {
    const char *list;
    const char *names;
} lists[] = {
    { "", "" },
    { "a", "a" },
    { " a , b\t", "a|b" },
    { ",, ,", "" },
    { "a b,c", "a b|c" },
    { "a,", "a" },
    { "a,\xFF,b\xC3", "a" },
};

START_TEST(splits_lists_of_roles)
{
    ck_assert_str_eq(joined(cctv_roles_split(pool, lists[_i].list)),
                     lists[_i].names);
}
END_TEST

START_TEST(values_of_an_attribute_may_have_semicolons)
{
    ck_assert_str_eq(joined(cctv_roles_split_values(pool, "a; b c ;d,e;;")),
                     "a; b c ;d|e;;|a|b c|d|e");
    ck_assert_str_eq(joined(cctv_roles_split(pool, "a;b,c")), "a;b|c");
}
END_TEST

static const struct {
    const char *args;
    const char *allowed; /* NULL: all roles */
    const char *left;    /* NULL: all roles */
} restrictions[] = {
    { NULL, NULL, NULL },    { "role=a", NULL, "a" },
    { NULL, "a,b", "a|b" },  { "role=a,c", "a,b", "a" },
    { "role=c", "a,b", "" }, { NULL, "", "" },
    { "role=a", "", "" },    { "role=A", "a", "" },
};

START_TEST(the_parameter_can_only_narrow)
{
    const char *allowed = restrictions[_i].allowed;

    ck_assert_int_eq(parse(restrictions[_i].args), APR_SUCCESS);
    cctv_filter_restrict(pool, &filter,
                         allowed == NULL ? NULL
                                         : cctv_roles_split(pool, allowed));
    if (restrictions[_i].left == NULL) {
        ck_assert_ptr_null(filter.roles);
    }
    else {
        ck_assert_str_eq(joined(filter.roles), restrictions[_i].left);
    }
}
END_TEST

static const struct {
    const char *args;
    const char *next;
} nexts[] = {
    { NULL, "after=5" },
    { "", "after=5" },
    { "after=3", "after=5" },
    { "%61fter=3&limit=2", "limit=2&after=5" },
    { "q=a%26b&after=3&role=x", "q=a%26b&role=x&after=5" },
};

START_TEST(the_next_page_of_a_search_has_a_rank)
{
    ck_assert_str_eq(
        cctv_filter_next(pool, "q=a&rank=2&after=3&limit=4", 7, 5),
        "q=a&limit=4&rank=7&after=5");
    ck_assert_int_eq(parse("q=a&rank=7&after=5"), APR_SUCCESS);
    ck_assert(filter.has_rank);
    ck_assert_int_eq(filter.rank, 7);
}
END_TEST

START_TEST(only_what_plays)
{
    ck_assert_int_eq(parse(""), APR_SUCCESS);
    ck_assert(!filter.has_playable);
    ck_assert_int_eq(parse("playable=true"), APR_SUCCESS);
    ck_assert(filter.has_playable && filter.playable);
    ck_assert_int_eq(parse("playable=false"), APR_SUCCESS);
    ck_assert(filter.has_playable && !filter.playable);
}
END_TEST

START_TEST(the_next_page_keeps_the_rest)
{
    ck_assert_str_eq(cctv_filter_next(pool, nexts[_i].args, -1, 5),
                     nexts[_i].next);
}
END_TEST

TCase *filter_tests(void)
{
    TCase *tc = tcase_create("filter");

    tcase_add_test(tc, nothing_asked_for_is_everything);
    tcase_add_test(tc, everything_asked_for);
    tcase_add_test(tc, the_world_is_no_box);
    tcase_add_test(tc, limits_are_capped);
    tcase_add_loop_test(tc, says_what_is_wrong, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(tc, text_has_up_to_200_characters);
    tcase_add_test(tc, after_beyond_every_id_finds_nothing);
    tcase_add_loop_test(tc, splits_lists_of_roles, 0,
                        sizeof lists / sizeof lists[0]);
    tcase_add_test(tc, values_of_an_attribute_may_have_semicolons);
    tcase_add_loop_test(tc, the_parameter_can_only_narrow, 0,
                        sizeof restrictions / sizeof restrictions[0]);
    tcase_add_test(tc, the_next_page_of_a_search_has_a_rank);
    tcase_add_test(tc, only_what_plays);
    tcase_add_loop_test(tc, the_next_page_keeps_the_rest, 0,
                        sizeof nexts / sizeof nexts[0]);
    return tc;
}
