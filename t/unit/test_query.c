/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "http/query.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = { "a", "bb" };
static const char *values[2];
static const char *why;

static apr_status_t parse(const char *args)
{
    why = NULL;
    return cctv_query_parse(pool, args, names, 2, values, &why);
}

START_TEST(no_query_gives_no_values)
{
    ck_assert_int_eq(parse(NULL), APR_SUCCESS);
    ck_assert_ptr_null(values[0]);
    ck_assert_int_eq(parse(""), APR_SUCCESS);
    ck_assert_int_eq(parse("&&"), APR_SUCCESS);
    ck_assert_ptr_null(values[1]);
}
END_TEST

START_TEST(decodes_names_and_values)
{
    ck_assert_int_eq(parse("b%62=x%20y+z%2B%C3%A9&a="), APR_SUCCESS);
    ck_assert_str_eq(values[1], "x y z+\xC3\xA9");
    ck_assert_str_eq(values[0], "");
    ck_assert_int_eq(parse("a=1=2&bb"), APR_SUCCESS);
    ck_assert_str_eq(values[0], "1=2");
    ck_assert_str_eq(values[1], "");
}
END_TEST

START_TEST(refuses_unknown_names_and_names_them)
{
    ck_assert_int_eq(parse("a=1&limt=2"), APR_EINVAL);
    ck_assert_ptr_nonnull(strstr(why, "\"limt\""));
    ck_assert_ptr_nonnull(strstr(why, "a, bb"));
}
END_TEST

START_TEST(echoes_no_more_of_a_name_than_a_typo)
{
    ck_assert_int_eq(parse("%3Cscript%3E=1"), APR_EINVAL);
    ck_assert_ptr_null(strstr(why, "script"));
    ck_assert_int_eq(parse("abcdefghijklmnopqrstuvwxyz0123456789=1"),
                     APR_EINVAL);
    ck_assert_ptr_null(strstr(why, "abcdef"));
    ck_assert_int_eq(parse("=1"), APR_EINVAL);
}
END_TEST

START_TEST(refuses_repeated_names)
{
    ck_assert_int_eq(parse("a=1&a=1"), APR_EINVAL);
    ck_assert_ptr_nonnull(strstr(why, "\"a\""));
    ck_assert_int_eq(parse("a=1&%61=2"), APR_EINVAL);
}
END_TEST

static const char *const undecodable[] = {
    "a=%",   "a=%2",     "a=%zz",       "a=%00",          "a=%FF",
    "a=%C3", "a=%C0%80", "a=%ED%A0%80", "a=%F5%80%80%80", "a=%E0%80%80",
    "%=1",   "a=\x80"
};

START_TEST(refuses_what_does_not_decode)
{
    ck_assert_int_eq(parse(undecodable[_i]), APR_EINVAL);
    ck_assert_ptr_nonnull(why);
}
END_TEST

START_TEST(works_without_any_known_name)
{
    ck_assert_int_eq(cctv_query_parse(pool, NULL, NULL, 0, NULL, &why),
                     APR_SUCCESS);
    ck_assert_int_eq(cctv_query_parse(pool, "x=1", NULL, 0, NULL, &why),
                     APR_EINVAL);
}
END_TEST

START_TEST(takes_a_parameter_out)
{
    static const struct {
        const char *args;
        const char *rest;
        const char *value;
    } rows[] = { { NULL, "", NULL },
                 { "", "", NULL },
                 { "x=1", "", "1" },
                 { "%78=%31", "", "1" },
                 { "a=1&x=2&b=%zz", "a=1&b=%zz", "2" },
                 { "x&a=1", "a=1", "" },
                 { "x=1&x=2", "", "2" },
                 { "x=%zz&a", "x=%zz&a", NULL } };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *value;

        ck_assert_str_eq(cctv_query_take(pool, rows[i].args, "x", &value),
                         rows[i].rest);
        ck_assert_pstr_eq(value, rows[i].value);
    }
}
END_TEST

/* The memory of this process: APR's pools do not get it from malloc(). */
static long pages(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long size = 0;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%ld", &size), 1);
    fclose(file);
    return size;
}

/* The longest request line of httpd, with as many parameters as it can have. */
START_TEST(takes_a_parameter_out_of_many_without_much_memory)
{
    enum {
        PIECES = 4000
    };
    char *args = apr_palloc(pool, 2 * PIECES + 1);
    const char *value;
    long before;
    int i;

    for (i = 0; i < PIECES; i++) {
        memcpy(args + (ptrdiff_t)2 * i, "a&", 3);
    }
    before = pages();
    ck_assert_uint_eq(strlen(cctv_query_take(pool, args, "x", &value)),
                      2 * PIECES - 1);
    ck_assert_ptr_null(value);
    ck_assert_int_lt((pages() - before) * sysconf(_SC_PAGESIZE), 8 << 20);
}
END_TEST

TCase *query_tests(void)
{
    TCase *tc = tcase_create("query");

    tcase_add_test(tc, no_query_gives_no_values);
    tcase_add_test(tc, decodes_names_and_values);
    tcase_add_test(tc, refuses_unknown_names_and_names_them);
    tcase_add_test(tc, echoes_no_more_of_a_name_than_a_typo);
    tcase_add_test(tc, refuses_repeated_names);
    tcase_add_loop_test(tc, refuses_what_does_not_decode, 0,
                        sizeof undecodable / sizeof undecodable[0]);
    tcase_add_test(tc, works_without_any_known_name);
    tcase_add_test(tc, takes_a_parameter_out);
    tcase_add_test(tc, takes_a_parameter_out_of_many_without_much_memory);
    return tc;
}
