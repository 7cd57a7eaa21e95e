/* SPDX-License-Identifier: Apache-2.0 */
/* How often views need heartbeats, and when they are over without. */
#include "t_common.h"

#include "views/view_beats.h"

#define S     INT64_C(1000000)
#define START (INT64_C(5000) * S)

/* A view that plays, whose last heartbeat is as old as said. */
static cctv_view_t playing(cctv_time_t age)
{
    return (cctv_view_t){ .transport = CCTV_TRANSPORT_SERVER,
                          .timeout = 30000,
                          .started = START,
                          .answered = START,
                          .flow = CCTV_FLOW_ON,
                          .last = START + age,
                          .looked = START + age,
                          .proven = START + age };
}

START_TEST(heartbeats_are_rare_after_a_minute_of_media)
{
    cctv_view_t view = playing(59 * S);

    ck_assert(!cctv_view_needs_rare_beats(&view, view.last));
    view = playing(60 * S);
    ck_assert(cctv_view_needs_rare_beats(&view, view.last));
    ck_assert_int_eq(cctv_beats_rare(&view), 60 * S);
}
END_TEST

START_TEST(heartbeats_are_not_rare_unless_janus_reports_media)
{
    cctv_view_t view = playing(600 * S);

    view.looked -= 21 * S;
    ck_assert(!cctv_view_needs_rare_beats(&view, view.last));
    view = playing(600 * S);
    view.flow = CCTV_FLOW_QUIET;
    ck_assert(!cctv_view_needs_rare_beats(&view, view.last));
    view = playing(600 * S);
    view.is_gone = true;
    ck_assert(!cctv_view_needs_rare_beats(&view, view.last));
    view = playing(600 * S);
    view.transport = CCTV_TRANSPORT_NONE;
    ck_assert(!cctv_view_needs_rare_beats(&view, view.last));
    view = playing(600 * S);
    view.answered = -1;
    ck_assert(!cctv_view_needs_rare_beats(&view, view.last));
}
END_TEST

START_TEST(the_interval_follows_the_timeout)
{
    cctv_view_t view = playing(600 * S);

    view.timeout = 3000;
    ck_assert_int_eq(cctv_beats_rare(&view), 6 * S);
    view.timeout = 60000;
    ck_assert_int_eq(cctv_beats_rare(&view), 60 * S);
    view.timeout = 600000;
    ck_assert_int_eq(cctv_beats_rare(&view), 200 * S);
}
END_TEST

START_TEST(a_young_view_is_over_after_its_timeout)
{
    cctv_view_t view = playing(59 * S);

    view.proven += 100 * S;
    ck_assert(!cctv_view_is_over(&view, view.last + 30 * S));
    ck_assert(cctv_view_is_over(&view, view.last + 30 * S + 1));
    ck_assert_int_eq(cctv_view_over_at(&view), view.last);
}
END_TEST

START_TEST(a_view_with_rare_heartbeats_goes_on_while_media_flow)
{
    cctv_view_t view = playing(300 * S);

    view.proven = view.last + 100 * S;
    ck_assert(!cctv_view_is_over(&view, view.last + 180 * S));
    ck_assert(cctv_view_is_over(&view, view.last + 180 * S + 1));
    ck_assert_int_eq(cctv_view_over_at(&view), view.proven);
    /* The viewer has gone. */
    view.proven = view.last + 20 * S;
    ck_assert(!cctv_view_is_over(&view, view.proven + 90 * S));
    ck_assert(cctv_view_is_over(&view, view.proven + 90 * S + 1));
}
END_TEST

START_TEST(whoever_follows_the_interval_loses_no_view)
{
    cctv_view_t view = playing(300 * S);

    static const uint32_t timeouts[] = { 3000, 12000, 30000, 60000, 600000 };
    size_t i;

    /* Media stop some time before a heartbeat that is still answered with the
     * interval of rare ones. The next one comes when it was wanted, half a
     * timeout late. */
    for (i = 0; i < sizeof timeouts / sizeof timeouts[0]; i++) {
        cctv_time_t late = (cctv_time_t)timeouts[i] * 1000 / 2;
        cctv_time_t age;

        view.timeout = timeouts[i];
        for (age = 0; age < 30 * S; age += S / 2) {
            view.looked = view.proven = view.last - age;
            if (cctv_view_needs_rare_beats(&view, view.last)) {
                ck_assert(!cctv_view_is_over(
                    &view, view.last + cctv_beats_rare(&view) + late));
            }
            else {
                ck_assert_int_gt(age, 0);
            }
        }
    }
}
END_TEST

TCase *view_beats_tests(void)
{
    TCase *tc = tcase_create("view_beats");

    tcase_add_test(tc, heartbeats_are_rare_after_a_minute_of_media);
    tcase_add_test(tc, heartbeats_are_not_rare_unless_janus_reports_media);
    tcase_add_test(tc, the_interval_follows_the_timeout);
    tcase_add_test(tc, a_young_view_is_over_after_its_timeout);
    tcase_add_test(tc, a_view_with_rare_heartbeats_goes_on_while_media_flow);
    tcase_add_test(tc, whoever_follows_the_interval_loses_no_view);
    return tc;
}
