/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_shared.h"

#include "video/describe.h"
#include "video/picture.h"

#include <string.h>

enum {
    UNKNOWN = CCTV_FAILURE_COUNT,
    GOOD
};

static const struct {
    const char *what;
    uint32_t received, decoded, dropped, pli;
    int age; /* s */
    cctv_failure_t before;
    int ago; /* s */
    int is;  /* the failure, UNKNOWN or GOOD */
} reports[] = {
    { "plays", 48, 48, 0, 0, 10, 0, 0, GOOD },
    { "a slow machine", 48, 10, 38, 0, 10, 0, 0, UNKNOWN },
    { "a bad network", 48, 2, 0, 9, 10, 0, 0, UNKNOWN },
    { "a network that recovers", 48, 30, 0, 4, 10, 0, 0, UNKNOWN },
    { "B-frames", 24, 2, 1, 9, 6, 0, 0, CCTV_FAILURE_B_FRAMES },
    { "few frames", 3, 0, 1, 9, 6, 0, 0, UNKNOWN },
    { "waits", 0, 0, 0, 10, 9, 0, 0, UNKNOWN },
    { "waits for long", 0, 0, 0, 10, 11, 0, 0, CCTV_FAILURE_RARE_KEYFRAMES },
    { "waits, asks for nothing", 0, 0, 0, 0, 11, 0, 0, UNKNOWN },
    { "still waits", 0, 0, 0, 10, 14, CCTV_FAILURE_RARE_KEYFRAMES, 4,
      CCTV_FAILURE_RARE_KEYFRAMES },
    { "waits again", 0, 0, 0, 10, 11, CCTV_FAILURE_RARE_KEYFRAMES, 16,
      CCTV_FAILURE_NO_PARAMETER_SETS },
    { "waits a third time", 0, 0, 0, 10, 11, CCTV_FAILURE_NO_PARAMETER_SETS, 2,
      CCTV_FAILURE_NO_PARAMETER_SETS },
};

#define REPORTS ((int)(sizeof reports / sizeof reports[0]))

START_TEST(reports_say_how_the_picture_is)
{
    cctv_quality_step_t step = { .interval = 2000 };
    cctv_failed_t before = { .why = reports[_i].before,
                             .ago = reports[_i].ago * SECOND };
    cctv_failure_t why = CCTV_FAILURE_NONE;
    cctv_picture_t picture;

    step.added[CCTV_TOTAL_RECEIVED] = reports[_i].received;
    step.added[CCTV_TOTAL_DECODED] = reports[_i].decoded;
    step.added[CCTV_TOTAL_DROPPED] = reports[_i].dropped;
    step.added[CCTV_TOTAL_PLI] = reports[_i].pli;
    picture = cctv_picture_judge(&step, reports[_i].age * 1000, &before, &why);
    ck_assert_msg((picture == CCTV_PICTURE_FAILS  ? (int)why
                   : picture == CCTV_PICTURE_GOOD ? GOOD
                                                  : UNKNOWN)
                      == reports[_i].is,
                  "%s", reports[_i].what);
}
END_TEST

START_TEST(every_failure_has_its_words)
{
    int why;

    for (why = 1; why < CCTV_FAILURE_COUNT; why++) {
        const cctv_failure_words_t *words = cctv_failure_words(why);

        ck_assert_int_gt((int)strlen(words->name), 3);
        ck_assert_str_eq(words->name, cctv_failure_labels[why - 1]);
        ck_assert_int_eq(words->sentence[strlen(words->sentence) - 1], '.');
        ck_assert_int_eq(words->first > 0, words->kind == CCTV_FAILS_CAMERA);
        ck_assert_int_le(words->first, words->longest);
    }
}
END_TEST

START_TEST(statuses_of_rtsp_have_names)
{
    static const struct {
        int status;
        cctv_failure_t why;
    } cases[] = {
        { 401, CCTV_FAILURE_LOGIN_REFUSED },
        { 403, CCTV_FAILURE_LOGIN_REFUSED },
        { 302, CCTV_FAILURE_NO_SUCH_PATH },
        { 404, CCTV_FAILURE_NO_SUCH_PATH },
        { 461, CCTV_FAILURE_WANTS_OTHER_TRANSPORT },
        { 454, CCTV_FAILURE_UNREACHABLE },
        { 503, CCTV_FAILURE_UNREACHABLE },
        { 0, CCTV_FAILURE_UNREACHABLE },
    };
    size_t i;

    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_int_eq(cctv_describe_failure(cases[i].status), cases[i].why);
    }
}
END_TEST

START_TEST(only_cameras_of_one_machine_are_asked)
{
    static const struct {
        const char *url;
        bool can;
    } cases[] = {
        { "rtsp://10.1.2.3/x", true },    { "rtsp://[2001:db8::1]/x", true },
        { "rtsp://cam.example/x", true }, { "rtsps://10.1.2.3/x", false },
        { "rtp://10.1.2.3:5004", false }, { "rtsp://239.1.1.1/x", false },
        { "rtsp://0.0.0.0/x", false },    { "rtsp://user:pw@h/x", false },
        { "http://10.1.2.3/x", false },   { "file:///etc/passwd", false },
    };
    size_t i;

    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cctv_feed_t feed = { .url = cases[i].url };

        ck_assert_msg(cctv_describe_can(&feed) == cases[i].can, "%s",
                      cases[i].url);
    }
}
END_TEST

TCase *picture_tests(void)
{
    TCase *tc = tcase_create("picture");

    tcase_add_loop_test(tc, reports_say_how_the_picture_is, 0, REPORTS);
    tcase_add_test(tc, every_failure_has_its_words);
    tcase_add_test(tc, statuses_of_rtsp_have_names);
    tcase_add_test(tc, only_cameras_of_one_machine_are_asked);
    return tc;
}
