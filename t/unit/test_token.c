/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "video/token.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))
#define SECRET       "0123456789abcdef"
#define VIEW         "0123456789abcdef0123456789abcdef01234567"
#define REALM        ",janus,janus.plugin.streaming,"
/* Signed with Python's hmac. */
#define TOKEN "1800000000" REALM VIEW ":VHUlNQqL/O0GEiWIYm6QEuPvddQ="

static char token[CCTV_TOKEN_SIZE];
static char view[CCTV_VIEW_ID_LENGTH + 1];
static int64_t expiry;

START_TEST(makes)
{
    ck_assert(cctv_token_make(SECRET, VIEW, 1800000000, token));
    ck_assert_str_eq(token, TOKEN);
}
END_TEST

START_TEST(checks)
{
    ck_assert(cctv_token_check(SECRET, TOKEN, view, &expiry));
    ck_assert_str_eq(view, VIEW);
    ck_assert_int_eq(expiry, 1800000000);
}
END_TEST

static const int64_t expiries[] = { 1, 1700000000, CCTV_TOKEN_EXPIRY_MAX };

START_TEST(takes_back_what_it_made)
{
    ck_assert(cctv_token_make(SECRET, VIEW, expiries[_i], token));
    ck_assert(cctv_token_check(SECRET, token, view, &expiry));
    ck_assert_int_eq(expiry, expiries[_i]);
}
END_TEST

START_TEST(longest_fills_its_buffer)
{
    ck_assert(cctv_token_make(SECRET, VIEW, CCTV_TOKEN_EXPIRY_MAX, token));
    ck_assert_uint_eq(strlen(token) + 1, sizeof token);
}
END_TEST

static const struct {
    int64_t now;     /* µs */
    int64_t timeout; /* ms */
    int64_t expiry;  /* s */
} lives[] = {
    { 1800000000000000, 3000, 1800000120 },
    { 1800000000000000, 120000, 1800000120 },
    { 1800000000000000, 120001, 1800000121 },
    { 1800000000000001, 30000, 1800000121 },
    { 1800000000000000, 3600000, 1800003600 },
    { 1800000000999999, 3600000, 1800003601 },
};

/* A view that is late with its heartbeats lives as long as its timeout. */
START_TEST(lives_as_long_as_its_view)
{
    ck_assert_int_eq(cctv_token_expiry(lives[_i].now, lives[_i].timeout),
                     lives[_i].expiry);
}
END_TEST

static const struct {
    const char *view;
    int64_t expiry;
} nonsense[] = {
    { VIEW, 0 },
    { VIEW, -1 },
    { VIEW, CCTV_TOKEN_EXPIRY_MAX + 1 },
    { VIEW, INT64_MAX },
    { VIEW, INT64_MIN },
    { "", 1800000000 },
    { "0123456789abcdef0123456789abcdef0123456", 1800000000 },
    { VIEW "8", 1800000000 },
    { VIEW "g", 1800000000 },
    { "0123456789ABCDEF0123456789abcdef01234567", 1800000000 },
    { "0123456789abcdef:123456789abcdef01234567", 1800000000 },
    { "0123456789abcdef,123456789abcdef01234567", 1800000000 },
};

START_TEST(makes_none_of_nonsense)
{
    ck_assert(!cctv_token_make(SECRET, nonsense[_i].view, nonsense[_i].expiry,
                               token));
}
END_TEST

/* Each byte of the token is replaced by each other valid byte. */
START_TEST(refuses_any_change)
{
    char text[sizeof TOKEN];
    size_t i;
    int c;

    for (i = 0; i < sizeof TOKEN - 1; i++) {
        for (c = 0; c < 256; c++) {
            strcpy(text, TOKEN);
            text[i] = (char)c;
            if (text[i] != TOKEN[i]) {
                ck_assert_msg(!cctv_token_check(SECRET, text, view, &expiry),
                              "%s", text);
            }
        }
    }
    ck_assert_int_eq(expiry, 0);
    ck_assert_str_eq(view, "");
}
END_TEST

START_TEST(refuses_any_cut)
{
    char text[sizeof TOKEN];
    size_t i;

    for (i = 0; i < sizeof TOKEN - 1; i++) {
        strcpy(text, TOKEN);
        text[i] = '\0';
        ck_assert(!cctv_token_check(SECRET, text, view, &expiry));
        ck_assert(!cctv_token_check(SECRET, &TOKEN[i + 1], view, &expiry));
    }
}
END_TEST

START_TEST(refuses_another_secret)
{
    ck_assert(!cctv_token_check("0123456789abcdeF", TOKEN, view, &expiry));
    ck_assert(!cctv_token_check("", TOKEN, view, &expiry));
}
END_TEST

/* Signed with the right secret, but not in the form that we make. */
static const char *const foreign[] = {
    "01800000000" REALM VIEW,
    "+1800000000" REALM VIEW,
    " 1800000000" REALM VIEW,
    "0" REALM VIEW,
    "-1" REALM VIEW,
    "" REALM VIEW,
    "100000000000" REALM VIEW,
    "99999999999999999999" REALM VIEW,
    "1800000000",
    "1800000000,janus,janus.plugin.streaming",
    "1800000000" REALM,
    "1800000000" REALM VIEW "0",
    "1800000000" REALM VIEW ",",
    "1800000000" REALM VIEW ",more",
    "1800000000" REALM "0123456789ABCDEF0123456789ABCDEF01234567",
    "1800000000,janus,janus.plugin.videoroom," VIEW,
    "1800000000,janus-admin,janus.plugin.streaming," VIEW,
    "1800000000,janus,janus.plugin.streaming,extra," VIEW,
};

START_TEST(refuses_foreign_tokens)
{
    char text[256];
    int len = snprintf(text, sizeof text, "%s:", foreign[_i]);

    ck_assert(cctv_hmac_sha1_base64(SECRET, foreign[_i], text + len));
    ck_assert_msg(!cctv_token_check(SECRET, text, view, &expiry), "%s", text);
    ck_assert_int_eq(expiry, 0);
}
END_TEST

static void clear(void)
{
    view[0] = '\0';
    expiry = 0;
}

TCase *token_tests(void)
{
    TCase *tc = tcase_create("token");

    tcase_add_checked_fixture(tc, clear, NULL);
    tcase_add_test(tc, makes);
    tcase_add_test(tc, checks);
    tcase_add_loop_test(tc, takes_back_what_it_made, 0, COUNT(expiries));
    tcase_add_test(tc, longest_fills_its_buffer);
    tcase_add_loop_test(tc, lives_as_long_as_its_view, 0, COUNT(lives));
    tcase_add_loop_test(tc, makes_none_of_nonsense, 0, COUNT(nonsense));
    tcase_add_test(tc, refuses_any_change);
    tcase_add_test(tc, refuses_any_cut);
    tcase_add_test(tc, refuses_another_secret);
    tcase_add_loop_test(tc, refuses_foreign_tokens, 0, COUNT(foreign));
    return tc;
}
