/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "http/origin.h"

#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

static const struct {
    const char *text;
    const char *host;
    bool is_https;
    int port;
} good[] = {
    { "https://cams.example", "cams.example", true, 443 },
    { "http://cams.example", "cams.example", false, 80 },
    { "HTTPS://Cams.EXAMPLE:443", "cams.example", true, 443 },
    { "http://h:8080", "h", false, 8080 },
    { "https://h:80", "h", true, 80 },
    { "http://h:65535", "h", false, 65535 },
    { "http://h:1", "h", false, 1 },
    { "http://127.0.0.1:5173", "127.0.0.1", false, 5173 },
    { "http://[::1]:8080", "::1", false, 8080 },
    { "https://[2001:DB8::A]", "2001:db8::a", true, 443 },
    { "https://[2001:db8:0:0:0:0:0:a]", "2001:db8::a", true, 443 },
    { "http://[::ffff:1.2.3.4]", "::ffff:1.2.3.4", false, 80 },
    { "https://xn--bcher-kva.example", "xn--bcher-kva.example", true, 443 },
    { "http://a_b.example.", "a_b.example.", false, 80 },
};

START_TEST(parses)
{
    cctv_origin_t origin;

    ck_assert_msg(cctv_origin_parse(good[_i].text, &origin), "%s",
                  good[_i].text);
    ck_assert_str_eq(origin.host, good[_i].host);
    ck_assert_int_eq(origin.is_https, good[_i].is_https);
    ck_assert_int_eq(origin.port, good[_i].port);
}
END_TEST

static const char *const bad[] = {
    "",
    "null",
    "*",
    "h",
    "h:80",
    "//h",
    "https",
    "https:",
    "https:h",
    "https:/h",
    "https://",
    "https://:443",
    "https://h/",
    "https://h/path",
    "https://h?x",
    "https://h#x",
    "https://h:",
    "https://h:0",
    "https://h:65536",
    "https://h:99999",
    "https://h:000443",
    "https://h:4294967739",
    "https://h:+80",
    "https://h: 80",
    "https://h:80 ",
    "https://h:80:80",
    "https://h:x",
    " https://h",
    "https://h ",
    "https:// h",
    "https://h\t",
    "https://u@h",
    "https://u:p@h",
    "https://*.example",
    ("https://b\xC3\xBC"
     "cher.example"),
    "https://h%41",
    "https://a,b",
    "https://a, https://b",
    "https://a https://b",
    "ftp://h",
    "ws://h",
    "file://h",
    "httpss://h",
    "chrome-extension://abcdef",
    "https://::1",
    "https://[::1",
    "https://[::1]x",
    "https://[::1]:",
    "https://[]",
    "https://[h]",
    "https://[1.2.3.4]",
    "https://[:::1]",
    "https://[fe80::1%25eth0]",
    "https://[[::1]]",
};

START_TEST(refuses)
{
    cctv_origin_t origin;

    ck_assert_msg(!cctv_origin_parse(bad[_i], &origin), "%s", bad[_i]);
}
END_TEST

START_TEST(name_has_a_longest)
{
    char text[300] = "https://";
    cctv_origin_t origin;

    memset(text + 8, 'a', CCTV_HOST_SIZE - 1);
    ck_assert(cctv_origin_parse(text, &origin));
    ck_assert_uint_eq(strlen(origin.host), CCTV_HOST_SIZE - 1);
    text[strlen(text)] = 'a';
    ck_assert(!cctv_origin_parse(text, &origin));
    strcpy(text, "https://[");
    memset(text + 9, ':', 200);
    strcpy(text + 209, "]");
    ck_assert(!cctv_origin_parse(text, &origin));
}
END_TEST

static const struct {
    const char *a;
    const char *b;
    bool is_same;
} pairs[] = {
    { "https://h", "https://h:443", true },
    { "https://H", "https://h", true },
    { "http://h", "http://h:80", true },
    { "http://[::1]", "http://[0::1]:80", true },
    { "http://h", "https://h", false },
    { "http://h:443", "https://h", false },
    { "http://h", "http://h:8080", false },
    { "http://h", "http://h.example", false },
    { "http://h", "http://h.", false },
    { "http://h.example", "http://example", false },
};

START_TEST(compares)
{
    cctv_origin_t a, b;

    ck_assert(cctv_origin_parse(pairs[_i].a, &a));
    ck_assert(cctv_origin_parse(pairs[_i].b, &b));
    ck_assert_msg(cctv_origin_equals(&a, &b) == pairs[_i].is_same, "%s %s",
                  pairs[_i].a, pairs[_i].b);
    ck_assert(cctv_origin_equals(&b, &a) == pairs[_i].is_same);
}
END_TEST

static const struct {
    const char *origin;
    const char *host;
    bool is_same;
} hosts[] = {
    { "https://h", "h", true },
    { "https://h", "H", true },
    { "https://h", "h:443", true },
    { "https://h:443", "h", true },
    { "http://h", "h:80", true },
    { "http://h:8080", "h:8080", true },
    { "http://[::1]:8080", "[0:0::1]:8080", true },
    { "https://[::1]", "[::1]", true },
    { "https://h", "h:80", false },
    { "http://h", "h:443", false },
    { "http://h:8080", "h", false },
    { "http://h", "h:8080", false },
    { "http://h", "x", false },
    { "http://h", "h.example", false },
    { "http://h", "x.h", false },
    { "http://h", "", false },
    { "http://h", NULL, false },
    { "http://h", "h:", false },
    { "http://h", "h/", false },
    { "http://h", "http://h", false },
    { "http://h", "h, h", false },
    { "http://h", "u@h", false },
    { "http://[::1]", "::1", false },
};

START_TEST(knows_its_host)
{
    cctv_origin_t origin;

    ck_assert(cctv_origin_parse(hosts[_i].origin, &origin));
    ck_assert_msg(cctv_origin_is_host(&origin, hosts[_i].host)
                      == hosts[_i].is_same,
                  "%s %s", hosts[_i].origin,
                  hosts[_i].host == NULL ? "(none)" : hosts[_i].host);
}
END_TEST

TCase *origin_tests(void)
{
    TCase *tc = tcase_create("origin");

    tcase_add_loop_test(tc, parses, 0, COUNT(good));
    tcase_add_loop_test(tc, refuses, 0, COUNT(bad));
    tcase_add_test(tc, name_has_a_longest);
    tcase_add_loop_test(tc, compares, 0, COUNT(pairs));
    tcase_add_loop_test(tc, knows_its_host, 0, COUNT(hosts));
    return tc;
}
