/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "check/csp.h"

#include <string.h>

static const char *fault(const char *source)
{
    return cctv_csp_fault(source, strlen(source));
}

START_TEST(origins_are_sources)
{
    static const char *const good[] = { "https://tile.example.org",
                                        "http://10.0.0.1:8080",
                                        "https://*.example.org",
                                        "https://[::1]:8443",
                                        "tile.example.org",
                                        "https://t.example:*",
                                        "https://t.example/",
                                        "https://t.example/maps/v1/",
                                        "'self'",
                                        "*" };
    size_t i;

    for (i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(fault(good[i]) == NULL, "%s", good[i]);
    }
}
END_TEST

START_TEST(what_matches_nothing_is_said)
{
    static const char *const bad[] = {
        "https://t.example/{z}/{x}/{y}.png",
        "https://{s}.example.org",
        "https://t.example/maps",
        "https://t.example/;script-src/",
        "https://",
        "ftp://t.example",
        "https://a.example,https://b.example",
        "https://t.example:http",
        "https://t.*.example",
        "'none'",
        "https://t.example;",
    };
    size_t i;

    for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(fault(bad[i]) != NULL, "%s", bad[i]);
    }
}
END_TEST

START_TEST(a_policy_allows_its_sources)
{
    const char *url = "https://a.tile.example.org/1/2/3.png";

    ck_assert(cctv_csp_allows("https://a.tile.example.org", url));
    ck_assert(
        cctv_csp_allows("https://x.example  https://*.tile.example.org", url));
    ck_assert(cctv_csp_allows("https://*.example.org:443", url));
    ck_assert(cctv_csp_allows("a.tile.example.org", url));
    ck_assert(cctv_csp_allows("http://A.TILE.example.org", url));
    ck_assert(cctv_csp_allows("*", url));
    ck_assert(cctv_csp_allows("https://h:*", "https://h:8443/x"));
    ck_assert(cctv_csp_allows("https://a.tile.example.org/", url));
}
END_TEST

START_TEST(a_policy_allows_nothing_else)
{
    const char *url = "https://a.tile.example.org/1/2/3.png";

    ck_assert(!cctv_csp_allows("", url));
    ck_assert(!cctv_csp_allows("https://b.tile.example.org", url));
    ck_assert(!cctv_csp_allows("https://*.a.tile.example.org", url));
    ck_assert(!cctv_csp_allows("https://a.tile.example.org:8443", url));
    ck_assert(!cctv_csp_allows("https://h", "http://h/x"));
    ck_assert(!cctv_csp_allows("https://h", "https://h:8443/x"));
}
END_TEST

START_TEST(an_address_has_an_origin)
{
    ck_assert_uint_eq(cctv_csp_origin("https://h:8443/{z}"),
                      strlen("https://h:8443"));
    ck_assert_uint_eq(cctv_csp_origin("/tiles/{z}"), 0);
}
END_TEST

TCase *csp_tests(void)
{
    TCase *tests = tcase_create("csp");

    tcase_add_test(tests, origins_are_sources);
    tcase_add_test(tests, what_matches_nothing_is_said);
    tcase_add_test(tests, a_policy_allows_its_sources);
    tcase_add_test(tests, a_policy_allows_nothing_else);
    tcase_add_test(tests, an_address_has_an_origin);
    return tests;
}
