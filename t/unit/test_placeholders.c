/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "video/placeholders.h"

#include "apr_strings.h"

#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

static const struct {
    const char *url;
    const char *user;
    const char *password;
    const char *filled;
} cases[] = {
    { "rtsp://h/a", "joe", "pass", "rtsp://h/a" },
    { "rtsp://h/user={user}_password={password}_channel=1.sdp", "joe", "pass",
      "rtsp://h/user=joe_password=pass_channel=1.sdp" },
    { "rtsp://h/?u={user}&p={password}&u={user}", "joe", "",
      "rtsp://h/?u=joe&p=&u=joe" },
    { "rtsp://h/{password}", "joe", "a/b?c#d@e%f g&h=i_j",
      "rtsp://h/a%2Fb%3Fc%23d%40e%25f%20g%26h%3Di_j" },
    { "rtsp://h/{user}", "j\xC3\xB6rg", "p", "rtsp://h/j%C3%B6rg" },
    { "rtsp://h/{user}", "-._~aZ09", "p", "rtsp://h/-._~aZ09" },
    { "rtsp://h/{password}", "joe", "{user}", "rtsp://h/%7Buser%7D" },
    { "rtsp://h/{User}{user{user}}", "joe", "p", "rtsp://h/{User}{userjoe}" },
    { "rtsp://h/{user", "joe", "p", "rtsp://h/{user" },
};

START_TEST(puts_a_login_into_an_address)
{
    cctv_login_t login = { .user = cases[_i].user,
                           .password = cases[_i].password };

    ck_assert_str_eq(cctv_placeholders_fill(pool, cases[_i].url, &login),
                     cases[_i].filled);
}
END_TEST

START_TEST(fills_up_to_a_length)
{
    char *password = apr_palloc(pool, CCTV_FILLED_MAX + 1);
    cctv_login_t login = { .user = "joe", .password = password };
    const char *filled;

    memset(password, 'x', CCTV_FILLED_MAX);
    password[CCTV_FILLED_MAX - 9] = '\0';
    filled = cctv_placeholders_fill(pool, "rtsp://h/{password}", &login);
    ck_assert_ptr_nonnull(filled);
    ck_assert_uint_eq(strlen(filled), CCTV_FILLED_MAX);
    password[CCTV_FILLED_MAX - 9] = 'x';
    password[CCTV_FILLED_MAX - 8] = '\0';
    ck_assert_ptr_null(
        cctv_placeholders_fill(pool, "rtsp://h/{password}", &login));
}
END_TEST

TCase *login_fill_tests(void)
{
    TCase *tc = tcase_create("placeholders");

    tcase_add_loop_test(tc, puts_a_login_into_an_address, 0, COUNT(cases));
    tcase_add_test(tc, fills_up_to_a_length);
    return tc;
}
