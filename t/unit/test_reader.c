/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "json/reader.h"

#include <string.h>

static const char *const json_types[] = {
    "application/json",
    "Application/JSON",
    "application/json;charset=utf-8",
    "application/json ; charset=\"utf-8\"",
    "application/json\t;x",
    "text/plain",
    "text/plain;charset=UTF-8",
    "TEXT/PLAIN; charset=iso-8859-1; x=y",
    "application/json;",
};

START_TEST(takes_the_types_of_json)
{
    ck_assert_msg(cctv_json_is_type(json_types[_i]), "%s", json_types[_i]);
}
END_TEST

static const char *const other_types[] = {
    "",
    "json",
    "application/",
    "application/jsonx",
    "application/json5",
    "application/json, text/plain",
    "application/json x",
    "application/problem+json",
    "text/plainer",
    "text/html",
    "text/json",
    "multipart/form-data; boundary=application/json",
    "application/x-www-form-urlencoded",
    " text/plain",
    ";application/json",
    "*/*",
};

START_TEST(takes_no_other_type)
{
    ck_assert_msg(!cctv_json_is_type(other_types[_i]), "%s", other_types[_i]);
}
END_TEST

START_TEST(no_type_is_none_of_json)
{
    ck_assert(!cctv_json_is_type(NULL));
}
END_TEST

START_TEST(reads_an_object_without_a_nul_behind_it)
{
    static const char text[] =
        " {\"camera_id\": 42, \"a\": [{\"b\": null}]}\n";
    json_t *object = NULL;
    const char *why = NULL;

    ck_assert_int_eq(
        cctv_json_parse(pool, text, sizeof text - 1, &object, &why),
        APR_SUCCESS);
    ck_assert_ptr_null(why);
    ck_assert_int_eq(json_integer_value(json_object_get(object, "camera_id")),
                     42);
    json_decref(object);
}
END_TEST

/* Refused bodies, and the words that the sentence about each must contain. */
static const struct {
    const char *text;
    const char *why;
} refused[] = {
    { "[]", "has to be a JSON object" },
    { "[1,{}]", "has to be a JSON object" },
    { "7", "line 1, column 1" },
    { "\"{}\"", "line 1" },
    { "null", "line 1" },
    { " ", "ends too early" },
    { "{", "ends too early" },
    { "{\"a\":", "ends too early" },
    { "{\"a\": 1}}", "behind the object, at line 1, column 9" },
    { "{} {}", "behind the object" },
    { "{\n\"a\": x}", "line 2, column 6" },
    { "{'a': 1}", "there is a mistake" },
    { "{\"a\": 1,}", "there is a mistake" },
    { "{\"a\": NaN}", "there is a mistake" },
    { "{\"a\": 01}", "there is a mistake" },
    { "{\"a\": 1, \"a\": 1}", "a member is given twice" },
    { "{\"a\": {\"b\": 1, \"b\": 2}}", "a member is given twice" },
    { "{\"a\": \"\\u0000\"}", "a string has a NUL" },
    { "{\"\\u0000\": 1}", "a string has a NUL" },
    { "{\"a\": \"\xFF\"}", "not UTF-8" },
    { "{\"a\": \"\xC3\"}", "not UTF-8" },
    { "\xFF", "not UTF-8" },
    { "\xEF\xBB\xBF{}", "there is a mistake" },
    { "{\"a\": \"\\ud800\"}", "there is a mistake" },
    { "{\"a\": 99999999999999999999}", "a number is too large" },
    { "{\"a\": 1e999}", "a number is too large" },
};

START_TEST(says_what_is_wrong_and_where)
{
    json_t *object = NULL;
    const char *why = NULL;

    ck_assert_int_eq(cctv_json_parse(pool, refused[_i].text,
                                     strlen(refused[_i].text), &object, &why),
                     APR_EINVAL);
    ck_assert_ptr_null(object);
    ck_assert_msg(strstr(why, refused[_i].why) != NULL, "%s: %s",
                  refused[_i].text, why);
}
END_TEST

START_TEST(echoes_nothing)
{
    static const char text[] = "{\"secret\": 1, \"secret\": hidden";
    json_t *object;
    const char *why;

    cctv_json_parse(pool, text, strlen(text), &object, &why);
    ck_assert_ptr_null(strstr(why, "secret"));
    ck_assert_ptr_null(strstr(why, "hidden"));
}
END_TEST

START_TEST(a_nul_is_no_end)
{
    json_t *object;
    const char *why;

    ck_assert_int_eq(cctv_json_parse(pool, "{}\0", 3, &object, &why),
                     APR_EINVAL);
    ck_assert_int_eq(cctv_json_parse(pool, "\0", 1, &object, &why),
                     APR_EINVAL);
    ck_assert_int_eq(cctv_json_parse(pool, "{\"a\0\": 1}", 9, &object, &why),
                     APR_EINVAL);
}
END_TEST

START_TEST(nothing_is_no_object)
{
    json_t *object;
    const char *why;

    ck_assert_int_eq(cctv_json_parse(pool, "", 0, &object, &why), APR_EINVAL);
    ck_assert_ptr_nonnull(strstr(why, "is empty"));
}
END_TEST

START_TEST(deep_nesting_is_refused)
{
    static char text[4096];
    json_t *object;
    const char *why;

    memset(text, '[', sizeof text);
    ck_assert_int_eq(cctv_json_parse(pool, text, sizeof text, &object, &why),
                     APR_EINVAL);
    ck_assert_msg(strstr(why, "nested too deeply") != NULL, "%s", why);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

TCase *reader_tests(void)
{
    TCase *tc = tcase_create("reader");

    tcase_add_loop_test(tc, takes_the_types_of_json, 0, COUNT(json_types));
    tcase_add_loop_test(tc, takes_no_other_type, 0, COUNT(other_types));
    tcase_add_test(tc, no_type_is_none_of_json);
    tcase_add_test(tc, reads_an_object_without_a_nul_behind_it);
    tcase_add_loop_test(tc, says_what_is_wrong_and_where, 0, COUNT(refused));
    tcase_add_test(tc, echoes_nothing);
    tcase_add_test(tc, a_nul_is_no_end);
    tcase_add_test(tc, nothing_is_no_object);
    tcase_add_test(tc, deep_nesting_is_refused);
    return tc;
}
