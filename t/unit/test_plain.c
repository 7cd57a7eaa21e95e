/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "json/plain.h"

#include <string.h>

static const char *const texts[] = {
    "{\"session_id\":\"00ff\"}",
    "{\"session_id\": \"00ff\"}",
    " \t\r\n{ \"session_id\"\n:\t\"00ff\"\r} \n",
};

START_TEST(reads_a_text)
{
    const char *value;
    size_t size;

    ck_assert(cctv_json_plain_text(texts[_i], strlen(texts[_i]), "session_id",
                                   &value, &size));
    ck_assert_uint_eq(size, 4);
    ck_assert_int_eq(memcmp(value, "00ff", 4), 0);
}
END_TEST

START_TEST(an_empty_text_is_a_text)
{
    const char *value;
    size_t size = 1;

    ck_assert(cctv_json_plain_text("{\"a\":\"\"}", 8, "a", &value, &size));
    ck_assert_uint_eq(size, 0);
}
END_TEST

static const struct {
    const char *text;
    int32_t number;
} numbers[] = {
    { "{\"camera_id\":1}", 1 },
    { "{\"camera_id\": 42}", 42 },
    { "\n{\t\"camera_id\" : 999999999 }\r\n", 999999999 },
};

START_TEST(reads_a_number)
{
    int32_t number;

    ck_assert(cctv_json_plain_number(
        numbers[_i].text, strlen(numbers[_i].text), "camera_id", &number));
    ck_assert_int_eq(number, numbers[_i].number);
}
END_TEST

/* What is left to the parser: another member, another value, and what is not
 * JSON. */
static const char *const others[] = {
    "",
    " ",
    "{",
    "{}",
    "[]",
    "\"a\"",
    "{\"a\"",
    "{\"a\":",
    "{\"a\": \"x\"",
    "{\"a\": \"x}",
    "{\"a\": 1",
    "{\"b\": \"x\"}",
    "{\"ab\": \"x\"}",
    "{\"\": \"x\"}",
    "{\"\\u0061\": \"x\"}",
    "{\"a\": \"x\\n\"}",
    "{\"a\": \"x\n\"}",
    "{\"a\": \"\x7f\"}",
    "{\"a\": \"\xc3\xa9\"}",
    "{\"a\": \"x\", \"a\": \"x\"}",
    "{\"a\": \"x\", \"b\": \"x\"}",
    "{\"a\": 1, \"a\": 1}",
    "{\"a\": \"x\",}",
    "{\"a\": \"x\"}}",
    "{\"a\": \"x\"} 1",
    "{\"a\": 1} {}",
    "{\"a\"; 1}",
    "{\"a\": 0}",
    "{\"a\": 01}",
    "{\"a\": -1}",
    "{\"a\": +1}",
    "{\"a\": 1.0}",
    "{\"a\": 1e3}",
    "{\"a\": 1x}",
    "{\"a\": 1000000000}",
    "{\"a\": null}",
    "{\"a\": true}",
    "{\"a\": [1]}",
    "{\"a\": {}}",
    "{'a': 1}",
    "\f{\"a\": 1}",
    "\xEF\xBB\xBF{\"a\": 1}",
};

START_TEST(leaves_everything_else)
{
    const char *text = others[_i];
    const char *value;
    int32_t number;
    size_t size;

    ck_assert_msg(
        !cctv_json_plain_text(text, strlen(text), "a", &value, &size), "%s",
        text);
    ck_assert_msg(!cctv_json_plain_number(text, strlen(text), "a", &number),
                  "%s", text);
}
END_TEST

START_TEST(a_text_is_no_number)
{
    const char *value;
    int32_t number;
    size_t size;

    ck_assert(!cctv_json_plain_number("{\"a\":\"1\"}", 9, "a", &number));
    ck_assert(!cctv_json_plain_text("{\"a\":1}", 7, "a", &value, &size));
}
END_TEST

START_TEST(a_nul_ends_nothing)
{
    static const char inside[] = "{\"a\":\"x\0\"}";
    static const char behind[] = "{\"a\":1}\0";
    const char *value;
    int32_t number;
    size_t size;

    ck_assert(
        !cctv_json_plain_text(inside, sizeof inside - 1, "a", &value, &size));
    ck_assert(
        !cctv_json_plain_number(behind, sizeof behind - 1, "a", &number));
    /* The text has no NUL behind it. */
    ck_assert(!cctv_json_plain_number(behind, 6, "a", &number));
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

TCase *plain_tests(void)
{
    TCase *tc = tcase_create("plain");

    tcase_add_loop_test(tc, reads_a_text, 0, COUNT(texts));
    tcase_add_test(tc, an_empty_text_is_a_text);
    tcase_add_loop_test(tc, reads_a_number, 0, COUNT(numbers));
    tcase_add_loop_test(tc, leaves_everything_else, 0, COUNT(others));
    tcase_add_test(tc, a_text_is_no_number);
    tcase_add_test(tc, a_nul_ends_nothing);
    return tc;
}
