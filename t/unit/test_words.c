/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "cameras/words.h"

#include <string.h>

static const char *folded(const char *text)
{
    char *out = apr_palloc(pool, CCTV_FOLDED_MAX(strlen(text)) + 1);

    *cctv_fold(text, strlen(text), out) = '\0';
    return out;
}

static const char *const folds[][2] = {
    { "", "" },
    { "King's  Cross", "kings cross" },
    { "King\xE2\x80\x99s\tCross ", "kings cross" },
    { " #5971", "5971" },
    { "Camera#5971", "camera 5971" },
    { "Caf\xC3\xA9 \"Zum L\xC3\xB6wen\"", "cafe \"zum lowen\"" },
    { "Cafe\xCC\x81", "cafe" },
    { "Stra\xC3\x9F"
      "e",
      "strasse" },
    { "\xC4\xB0stanbul", "istanbul" },
    { "K\xC3\xB8"
      "benhavn",
      "kobenhavn" },
    { "\xCE\xA3\xCE\x8A\xCE\xA3\xCE\xA5\xCE\xA6\xCE\x9F\xCE\xA3",
      "\xCF\x83\xCE\xB9\xCF\x83\xCF\x85\xCF\x86\xCE\xBF\xCF\x83" },
    { "\xD0\x9A\xD0\xB8\xD1\x97\xD0\xB2", "\xD0\xBA\xD0\xB8\xD1\x96"
                                          "\xD0\xB2" },
    { "\xE6\x9D\xB1\xE4\xBA\xAC", "\xE6\x9D\xB1\xE4\xBA\xAC" },
    { "100% _a\\b", "100% _a\\b" },
    { "\xFF\xC3", "\xFF\xC3" },
    { "# ' #", "" },
};

START_TEST(text_is_folded)
{
    ck_assert_str_eq(folded(folds[_i][0]), folds[_i][1]);
}
END_TEST

START_TEST(words_are_found)
{
    const cctv_words_t *words = cctv_words_make(pool, " North  LONDON #7 ");

    ck_assert_str_eq(words->text, "north london 7");
    ck_assert_int_eq(words->count, 3);
    ck_assert_int_eq(words->longest, 1);
    ck_assert_uint_eq(words->word[2].length, 1);
    ck_assert_int_eq(words->id, 0);
    ck_assert_ptr_null(cctv_words_make(pool, ""));
    ck_assert_ptr_null(cctv_words_make(pool, " #'"));
}
END_TEST

static const struct {
    const char *text;
    int id;
} numbers[] = { { "#5971", 5971 },   { "5971", 5971 },
                { "0042", 42 },      { "2147483647", 2147483647 },
                { "2147483648", 0 }, { "99999999999", 0 },
                { "0", 0 },          { "7 8", 0 },
                { "7a", 0 } };

START_TEST(a_number_is_an_id)
{
    ck_assert_int_eq(cctv_words_make(pool, numbers[_i].text)->id,
                     numbers[_i].id);
}
END_TEST

static const struct {
    const char *words;
    const char *name;
    int match;
} cases[] = {
    { "london", "london", CCTV_MATCH_EXACT },
    { "lond", "london", CCTV_MATCH_PREFIX },
    { "london n", "london north", CCTV_MATCH_PREFIX },
    { "north london", "london north", CCTV_MATCH_STARTS },
    { "nor", "london north", CCTV_MATCH_STARTS },
    { "lon nor", "london north", CCTV_MATCH_STARTS },
    { "ondon", "london north", CCTV_MATCH_WITHIN },
    { "ondon nor", "london north", CCTV_MATCH_WITHIN },
    { "on", "bonn on rhine", CCTV_MATCH_STARTS },
    { "paris", "london north", CCTV_MATCH_NONE },
    { "london paris", "london north", CCTV_MATCH_NONE },
};

START_TEST(names_match)
{
    ck_assert_int_eq(cctv_words_match(cctv_words_make(pool, cases[_i].words),
                                      cases[_i].name, strlen(cases[_i].name)),
                     cases[_i].match);
}
END_TEST

#define COUNT(list) (int)(sizeof(list) / sizeof(list)[0])

TCase *words_tests(void)
{
    TCase *tcase = tcase_create("words");

    tcase_add_loop_test(tcase, text_is_folded, 0, COUNT(folds));
    tcase_add_test(tcase, words_are_found);
    tcase_add_loop_test(tcase, a_number_is_an_id, 0, COUNT(numbers));
    tcase_add_loop_test(tcase, names_match, 0, COUNT(cases));
    return tcase;
}
