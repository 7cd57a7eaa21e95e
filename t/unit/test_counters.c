/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "cameras/counts.h"
#include "database/counters.h"
#include "metrics/requests.h"
#include "views/reasons.h"

#include <stdlib.h>
#include <string.h>

static int bucket_of(int64_t duration)
{
    cctv_histogram_t histogram;
    int found = -1;
    int i;

    memset(&histogram, 0, sizeof histogram);
    cctv_histogram_observe(&histogram, duration);
    for (i = 0; i < CCTV_BUCKET_COUNT; i++) {
        if (cctv_counted(&histogram.buckets[i]) != 0) {
            ck_assert_int_eq(found, -1);
            found = i;
        }
    }
    ck_assert_uint_eq(cctv_counted(&histogram.sum),
                      duration > 0 ? (uint64_t)duration : 0);
    return found;
}

#define BOUND(bound, label) bound,

static const int64_t bounds[] = { CCTV_BUCKET_LIST(BOUND) };

START_TEST(a_duration_is_in_the_first_bucket_that_holds_it)
{
    int i;

    for (i = 0; i < CCTV_BUCKET_COUNT - 1; i++) {
        ck_assert_int_eq(bucket_of(bounds[i] - 1), i);
        ck_assert_int_eq(bucket_of(bounds[i]), i);
        ck_assert_int_eq(bucket_of(bounds[i] + 1), i + 1);
    }
    ck_assert_int_eq(bucket_of(0), 0);
    ck_assert_int_eq(bucket_of(INT64_MAX), CCTV_BUCKET_COUNT - 1);
}
END_TEST

START_TEST(a_duration_below_zero_takes_nothing_from_the_sum)
{
    ck_assert_int_eq(bucket_of(-1), 0);
    ck_assert_int_eq(bucket_of(INT64_MIN), 0);
}
END_TEST

START_TEST(the_label_of_a_bucket_is_its_bound_in_seconds)
{
    int i;

    for (i = 0; i < CCTV_BUCKET_COUNT - 1; i++) {
        ck_assert_double_eq_tol(strtod(cctv_bucket_labels[i], NULL),
                                (double)bounds[i] / 1e6, 1e-12);
    }
    ck_assert_str_eq(cctv_bucket_labels[i], "+Inf");
}
END_TEST

START_TEST(every_status_has_a_class)
{
    ck_assert_int_eq(cctv_code_class(100), CCTV_CODE_1XX);
    ck_assert_int_eq(cctv_code_class(200), CCTV_CODE_2XX);
    ck_assert_int_eq(cctv_code_class(299), CCTV_CODE_2XX);
    ck_assert_int_eq(cctv_code_class(304), CCTV_CODE_3XX);
    ck_assert_int_eq(cctv_code_class(499), CCTV_CODE_4XX);
    ck_assert_int_eq(cctv_code_class(503), CCTV_CODE_5XX);
    ck_assert_int_eq(cctv_code_class(599), CCTV_CODE_5XX);
    /* Numbers that are no HTTP status. */
    ck_assert_int_eq(cctv_code_class(0), CCTV_CODE_5XX);
    ck_assert_int_eq(cctv_code_class(99), CCTV_CODE_5XX);
    ck_assert_int_eq(cctv_code_class(600), CCTV_CODE_5XX);
    ck_assert_int_eq(cctv_code_class(-1), CCTV_CODE_5XX);
}
END_TEST

START_TEST(a_label_stands_under_its_number)
{
    ck_assert_str_eq(cctv_ended_labels[CCTV_ENDED_EXPIRED], "expired");
    ck_assert_str_eq(cctv_refused_labels[CCTV_REFUSED_CLIENT_FULL], "client");
    ck_assert_str_eq(cctv_db_error_labels[CCTV_DB_ERROR_BUSY], "busy");
    ck_assert_str_eq(cctv_code_labels[CCTV_CODE_5XX], "5xx");
    ck_assert_str_eq(cctv_camera_status_labels[CCTV_CAMERA_UNKNOWN],
                     "unknown");
}
END_TEST

TCase *counters_tests(void)
{
    TCase *tc = tcase_create("counters");

    tcase_add_test(tc, a_duration_is_in_the_first_bucket_that_holds_it);
    tcase_add_test(tc, a_duration_below_zero_takes_nothing_from_the_sum);
    tcase_add_test(tc, the_label_of_a_bucket_is_its_bound_in_seconds);
    tcase_add_test(tc, every_status_has_a_class);
    tcase_add_test(tc, a_label_stands_under_its_number);
    return tc;
}
