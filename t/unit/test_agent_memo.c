/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "views/agent_memo.h"

#include <stdio.h>

static const struct {
    const char *before; /* the version */
    const char *behind;
} forms[] = {
    { "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) "
      "Chrome/",
      ".0.0.0 Safari/537.36" },
    { "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/",
      ".0" },
    { "Mozilla/5.0 (iPhone; CPU iPhone OS ",
      "_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
      "Version/17.0 Mobile/15E148 Safari/604.1" },
    { "curl/", "" },
    { "unheard of ", "" },
};

#define FORMS ((int)(sizeof forms / sizeof forms[0]))

static void check(const char *agent, const char *brands, const char *platform)
{
    cctv_agent_t wanted = cctv_agent_classify(agent, brands, platform);
    cctv_agent_t got = cctv_agent_recall(agent, brands, platform);

    ck_assert_msg(got.browser == wanted.browser && got.os == wanted.os, "%s",
                  agent == NULL ? "-" : agent);
}

/* There are more of them than are remembered. */
START_TEST(it_says_what_the_classification_says)
{
    char agent[256];
    int round;
    int i;

    for (round = 0; round < 3; round++) {
        for (i = 0; i < 100 * FORMS; i++) {
            snprintf(agent, sizeof agent, "%s%d%s", forms[i % FORMS].before, i,
                     forms[i % FORMS].behind);
            check(agent, NULL, NULL);
            check(agent, NULL, NULL);
        }
    }
}
END_TEST

START_TEST(each_header_counts)
{
    static const char *const brands[] = { NULL, "", "\"Opera\";v=\"1\"",
                                          "\"Microsoft Edge\";v=\"1\"" };
    static const char *const systems[] = { NULL, "", "\"Android\"",
                                           "\"Windows\"" };
    int round;
    int i;

    for (round = 0; round < 2; round++) {
        for (i = 0; i < 16; i++) {
            check("Mozilla/5.0", brands[i / 4], systems[i % 4]);
            check(NULL, brands[i / 4], systems[i % 4]);
            check("", systems[i % 4], brands[i / 4]);
        }
    }
}
END_TEST

TCase *agent_memo_tests(void)
{
    TCase *tc = tcase_create("agent_memo");

    tcase_add_test(tc, it_says_what_the_classification_says);
    tcase_add_test(tc, each_header_counts);
    return tc;
}
