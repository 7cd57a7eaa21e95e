/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "json/writer.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text;
    const char *json;
} strings[] = {
    { "", "\"\"" },
    { "plain", "\"plain\"" },
    { "a\"b\\c/d", "\"a\\\"b\\\\c/d\"" },
    { "\n\r\t", "\"\\n\\r\\t\"" },
    { "\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"" },
    { "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8E\xA5",
      "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x8E\xA5\"" },
    { "\xFF", "\"\xEF\xBF\xBD\"" },
    { "\xC3", "\"\xEF\xBF\xBD\"" },
    { "\xC0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
    { "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
    { "\xF4\x90\x80\x80",
      "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
};

START_TEST(escapes_strings)
{
    size_t len = strlen(strings[_i].text);
    char *out = malloc(CCTV_JSON_ESCAPED(len) + 3);
    char *end = cctv_json_put_string(out, strings[_i].text, len);

    *end = '\0';
    ck_assert_str_eq(out, strings[_i].json);
    free(out);
}
END_TEST

START_TEST(every_byte_fits_the_promised_room)
{
    char text[256];
    char *out = malloc(CCTV_JSON_ESCAPED(256) + 2);
    char *end;
    int i;

    for (i = 0; i < 256; i++) {
        text[i] = (char)i;
    }
    end = cctv_json_put_string(out, text, 256);
    ck_assert_uint_le((size_t)(end - out), CCTV_JSON_ESCAPED(256) + 2);
    free(out);
}
END_TEST

static const struct {
    const char *text;
    const char *json;
} numbers[] = {
    { "0", "0" },      { "-12.5", "-12.5" },   { "1e-07", "1e-07" },
    { "NaN", "null" }, { "Infinity", "null" }, { "-Infinity", "null" },
    { "", "null" },
};

START_TEST(numbers_are_json_or_null)
{
    char out[32];
    char *end = cctv_json_put_number(out, numbers[_i].text,
                                     strlen(numbers[_i].text));

    *end = '\0';
    ck_assert_str_eq(out, numbers[_i].json);
}
END_TEST

START_TEST(the_buffer_grows_and_keeps_what_was_in_it)
{
    cctv_json_t json;
    int i;

    cctv_json_init(&json, 1);
    for (i = 0; i < 10000; i++) {
        cctv_json_raw(&json, "0123456789", 10);
    }
    ck_assert(!json.failed);
    ck_assert_uint_eq(json.len, 100000);
    ck_assert_mem_eq(json.data + 99990, "0123456789", 10);
    cctv_json_free(&json);
}
END_TEST

START_TEST(no_memory_is_told_and_nothing_written)
{
    cctv_json_t json;

    cctv_json_init(&json, 8);
    ck_assert(!cctv_json_reserve(&json, (size_t)1 << 62));
    ck_assert(json.failed);
    cctv_json_raw(&json, "x", 1);
    ck_assert_uint_eq(json.len, 0);
    cctv_json_free(&json);
}
END_TEST

TCase *writer_tests(void)
{
    TCase *tc = tcase_create("writer");

    tcase_add_loop_test(tc, escapes_strings, 0,
                        sizeof strings / sizeof strings[0]);
    tcase_add_test(tc, every_byte_fits_the_promised_room);
    tcase_add_loop_test(tc, numbers_are_json_or_null, 0,
                        sizeof numbers / sizeof numbers[0]);
    tcase_add_test(tc, the_buffer_grows_and_keeps_what_was_in_it);
    tcase_add_test(tc, no_memory_is_told_and_nothing_written);
    return tc;
}
