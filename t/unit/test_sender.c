/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "http/origin.h"
#include "http/sender.h"

#include <string.h>

#define LISTED "https://maps.example"
#define OTHER  "https://evil.example"
#define OWN    "https://h"

static const struct {
    const char *site;
    const char *origin;
    cctv_sender_verdict_t verdict;
} rows[] = {
    /* The browser knows best, whatever Origin and Host say. */
    { "same-origin", OWN, CCTV_SENDER_TRUSTED },
    { "same-origin", NULL, CCTV_SENDER_TRUSTED },
    { "same-origin", "null", CCTV_SENDER_TRUSTED },
    { "same-origin", OTHER, CCTV_SENDER_TRUSTED },
    { "cross-site", NULL, CCTV_SENDER_OF_ANOTHER_SITE },
    { "cross-site", "null", CCTV_SENDER_OF_ANOTHER_SITE },
    { "cross-site", OTHER, CCTV_SENDER_OF_ANOTHER_SITE },
    { "cross-site", OWN, CCTV_SENDER_OF_ANOTHER_SITE },
    { "cross-site", LISTED, CCTV_SENDER_TRUSTED },
    { "same-site", NULL, CCTV_SENDER_OF_ANOTHER_SITE },
    { "same-site", OWN, CCTV_SENDER_OF_ANOTHER_SITE },
    { "same-site", LISTED, CCTV_SENDER_TRUSTED },
    /* Not sent by a page, or the browser does not tell. */
    { "none", NULL, CCTV_SENDER_TRUSTED },
    { "none", OWN, CCTV_SENDER_TRUSTED },
    { "none", OTHER, CCTV_SENDER_OF_ANOTHER_HOST },
    { "none", "null", CCTV_SENDER_HIDDEN },
    { NULL, NULL, CCTV_SENDER_TRUSTED },
    { NULL, OWN, CCTV_SENDER_TRUSTED },
    { NULL, LISTED, CCTV_SENDER_TRUSTED },
    { NULL, OTHER, CCTV_SENDER_OF_ANOTHER_HOST },
    { NULL, "https://h:8443", CCTV_SENDER_OF_ANOTHER_HOST },
    { NULL, "http://h", CCTV_SENDER_OF_ANOTHER_HOST },
    { NULL, "null", CCTV_SENDER_HIDDEN },
    { NULL, "", CCTV_SENDER_OF_ANOTHER_HOST },
    { "", OTHER, CCTV_SENDER_OF_ANOTHER_HOST },
    { "same-origin, cross-site", OTHER, CCTV_SENDER_OF_ANOTHER_HOST },
    { "Same-Origin", OTHER, CCTV_SENDER_OF_ANOTHER_HOST },
};

static cctv_sender_t sender_of(const char *site, const char *origin)
{
    apr_array_header_t *listed = apr_array_make(pool, 1,
                                                sizeof(cctv_origin_t));
    cctv_sender_t sender = { site, origin, "h", true, listed };

    cctv_origin_parse(LISTED, apr_array_push(listed));
    return sender;
}

START_TEST(judges)
{
    cctv_sender_t sender = sender_of(rows[_i].site, rows[_i].origin);

    ck_assert_int_eq(cctv_sender_judge(&sender), rows[_i].verdict);
}
END_TEST

START_TEST(http_is_its_own_page_unless_the_server_knows_https)
{
    cctv_sender_t sender = { NULL, "http://h", "h", false, NULL };

    ck_assert_int_eq(cctv_sender_judge(&sender), CCTV_SENDER_TRUSTED);
    sender.is_https = true;
    ck_assert_int_eq(cctv_sender_judge(&sender), CCTV_SENDER_OF_ANOTHER_HOST);
}
END_TEST

START_TEST(each_refusal_has_its_advice)
{
    const char *site = cctv_sender_advice(CCTV_SENDER_OF_ANOTHER_SITE);
    const char *host = cctv_sender_advice(CCTV_SENDER_OF_ANOTHER_HOST);
    const char *hidden = cctv_sender_advice(CCTV_SENDER_HIDDEN);

    ck_assert_ptr_nonnull(strstr(site, "CCTVAllowOrigin"));
    ck_assert_ptr_nonnull(strstr(host, "proxy_set_header Host $http_host"));
    ck_assert_ptr_nonnull(strstr(hidden, "Referrer-Policy"));
}
END_TEST

TCase *sender_tests(void)
{
    TCase *tc = tcase_create("sender");

    tcase_add_loop_test(tc, judges, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(tc, http_is_its_own_page_unless_the_server_knows_https);
    tcase_add_test(tc, each_refusal_has_its_advice);
    return tc;
}
