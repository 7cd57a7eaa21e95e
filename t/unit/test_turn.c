/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "video/turn.h"

#include "http/host.h"

#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))
#define SECRET       "0123456789abcdef"

/* Python's hmac computed the expected value. */
START_TEST(makes_logins)
{
    cctv_turn_login_t login;

    ck_assert(cctv_turn_make_login(SECRET, 0xbeef, 1800000000, &login));
    ck_assert_str_eq(login.username, "1800000000:0000beef");
    ck_assert_str_eq(login.credential, "/S0y4/ABbqXxevQqxFiH/9dCuJw=");
}
END_TEST

START_TEST(longest_login_fits)
{
    cctv_turn_login_t login;

    ck_assert(cctv_turn_make_login(SECRET, UINT32_MAX, INT64_MAX, &login));
    ck_assert_str_eq(login.username, "9223372036854775807:ffffffff");
    ck_assert(!cctv_turn_make_login(SECRET, 1, 0, &login));
    ck_assert(!cctv_turn_make_login(SECRET, 1, -1, &login));
}
END_TEST

static const struct {
    const char *text;
    bool needs_login;
} good[] = {
    { "stun:stun.example", false },
    { "stun:stun.example:3478", false },
    { "stun:192.0.2.1", false },
    { "stun:[2001:db8::1]", false },
    { "stun:[2001:db8::1]:19302", false },
    { "turn:turn.example", true },
    { "turn:turn.example:1", true },
    { "turn:turn.example:65535", true },
    { "turn:turn.example?transport=udp", true },
    { "turn:turn.example:3478?transport=tcp", true },
    { "turn:[::1]:3478?transport=udp", true },
    { "turns:turn.example", true },
    { "turns:turn.example:5349?transport=tcp", true },
    { "turns:Turn.Example:443", true },
};

START_TEST(takes)
{
    bool needs_login = !good[_i].needs_login;

    ck_assert_msg(cctv_turn_is_uri(good[_i].text, &needs_login), "%s",
                  good[_i].text);
    ck_assert_int_eq(needs_login, good[_i].needs_login);
}
END_TEST

static const char *const bad[] = {
    "",
    "stun",
    "stun:",
    "turn:",
    "turns:",
    "turn.example",
    "turn.example:3478",
    "stuns:stun.example",
    "TURN:turn.example",
    "http:turn.example",
    "http://turn.example",
    "turn://turn.example",
    "turn:/turn.example",
    " turn:turn.example",
    "turn: turn.example",
    "turn:turn.example ",
    "turn:turn.example\n",
    "turn:user@turn.example",
    "turn:user:password@turn.example",
    "turn:turn.example:",
    "turn:turn.example:0",
    "turn:turn.example:65536",
    "turn:turn.example:-1",
    "turn:turn.example:x",
    "turn:turn.example:3478:3479",
    "turn:turn.example/",
    "turn:turn.example/path",
    "turn:turn.example#x",
    "turn:turn.example?",
    "turn:turn.example?transport",
    "turn:turn.example?transport=",
    "turn:turn.example?transport=sctp",
    "turn:turn.example?transport=UDP",
    "turn:turn.example?transport=udp&x=y",
    "turn:turn.example?transport=udp?transport=udp",
    "turn:turn.example?x=y",
    "stun:stun.example?transport=udp",
    "turn:2001:db8::1",
    "turn:[2001:db8::1",
    "turn:2001:db8::1]",
    "turn:[192.0.2.1]",
    "turn:[fe80::1%25eth0]",
    ("turn:b\xC3\xBC"
     "cher.example"),
    "turn:turn%2eexample",
    "turn:a,turn:b",
    "turn:\"a\"",
};

START_TEST(refuses)
{
    bool needs_login = true;

    ck_assert_msg(!cctv_turn_is_uri(bad[_i], &needs_login), "%s", bad[_i]);
    ck_assert(needs_login);
    needs_login = false;
    ck_assert(!cctv_turn_is_uri(bad[_i], &needs_login));
    ck_assert(!needs_login);
}
END_TEST

START_TEST(name_has_a_longest)
{
    char text[5 + CCTV_HOST_SIZE + 1] = "turn:";
    bool needs_login;

    memset(text + 5, 'a', CCTV_HOST_SIZE - 1);
    ck_assert(cctv_turn_is_uri(text, &needs_login));
    text[5 + CCTV_HOST_SIZE - 1] = 'a';
    ck_assert(!cctv_turn_is_uri(text, &needs_login));
}
END_TEST

TCase *turn_tests(void)
{
    TCase *tc = tcase_create("turn");

    tcase_add_test(tc, makes_logins);
    tcase_add_test(tc, longest_login_fits);
    tcase_add_loop_test(tc, takes, 0, COUNT(good));
    tcase_add_loop_test(tc, refuses, 0, COUNT(bad));
    tcase_add_test(tc, name_has_a_longest);
    return tc;
}
