/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"

#include "cameras/plan.h"

#include <limits.h>
#include <math.h>
#include <string.h>

static cctv_sample_t sample;

static void add(int id, double lng, double lat, const char *role,
                const char *status)
{
    cctv_sample_add(&sample, id, (float)lng, (float)lat, role, status);
}

/* A sample of 4,096 of 1,000,000 cameras, spread evenly over a grid of 1
 * degree; ids and positions are independent. One in a thousand is "rare". */
static void fill(void)
{
    int i;

    memset(&sample, 0, sizeof sample);
    sample.scale = 1000000.0 / 4096;
    for (i = 0; i < 4096; i++) {
        add(i * 244 + 1, (i * 7919) % 360 - 180, (i * 104729) % 160 - 80,
            i % 1024 == 1023 ? "rare" : "public",
            i % 4 == 0 ? "offline" : "online");
    }
}

static cctv_filter_t box(double west, double south, double east, double north,
                         int limit)
{
    cctv_filter_t filter = { .has_bbox = true,
                             .bbox = { west, south, east, north },
                             .limit = limit };

    return filter;
}

static const apr_array_header_t *role(const char *name)
{
    apr_array_header_t *roles = apr_array_make(pool, 1, sizeof(char *));

    APR_ARRAY_PUSH(roles, const char *) = name;
    return roles;
}

START_TEST(without_conditions_the_ids_are_walked)
{
    cctv_filter_t filter = { .limit = 1000 };

    fill();
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter), CCTV_PLAN_BY_ID);
}
END_TEST

START_TEST(small_and_empty_boxes_go_through_the_index)
{
    cctv_filter_t filter = box(10, 10, 11, 11, 1000);

    fill();
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter),
                     CCTV_PLAN_BY_POSITION);
    filter = box(10.2, 85, 10.3, 86, 1);
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter),
                     CCTV_PLAN_BY_POSITION);
}
END_TEST

/* Rounded to floats, the west edge of the box lies east of its east edge. */
START_TEST(a_box_thinner_than_a_float_does_not_turn_around_the_world)
{
    cctv_filter_t filter = box(10.00000001, -90, 10, 90, 100);

    fill();
    ck_assert(cctv_bbox_is_crossing(&filter.bbox));
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter), CCTV_PLAN_BY_ID);
    filter.bbox.west = 10;
    filter.bbox.east = 10.00000001;
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter),
                     CCTV_PLAN_BY_POSITION);
}
END_TEST

START_TEST(nearly_the_world_with_a_small_limit_walks)
{
    cctv_filter_t filter = box(-180, -90, 179, 90, 100);

    fill();
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter), CCTV_PLAN_BY_ID);
    filter = box(10, -90, -10, 90, 100);
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter), CCTV_PLAN_BY_ID);
}
END_TEST

START_TEST(a_medium_box_depends_on_the_limit)
{
    cctv_filter_t filter = box(0, 0, 20, 20, 10);

    fill();
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter), CCTV_PLAN_BY_ID);
    filter.limit = 10000;
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter),
                     CCTV_PLAN_BY_POSITION);
}
END_TEST

/* Cameras were imported state by state, so those of a box have the highest
 * ids. */
START_TEST(a_walk_that_starts_far_away_is_seen)
{
    cctv_filter_t filter = box(0, 0, 20, 20, 10);
    int i;

    memset(&sample, 0, sizeof sample);
    sample.scale = 244;
    for (i = 0; i < 4096; i++) {
        add(i * 244 + 1, i < 4046 ? -100 : 10, 10, "public", "online");
    }
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter),
                     CCTV_PLAN_BY_POSITION);
    filter.after = 4046 * 244;
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter), CCTV_PLAN_BY_ID);
}
END_TEST

START_TEST(common_roles_walk_and_rare_ones_are_planned)
{
    cctv_filter_t filter = { .limit = 100 };

    fill();
    filter.roles = role("public");
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter), CCTV_PLAN_BY_ID);
    filter.status = "offline";
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter), CCTV_PLAN_BY_ID);
    filter.status = NULL;
    filter.roles = role("rare");
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter), CCTV_PLAN_BY_PLANNER);
    filter.roles = role("nobody has it");
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter), CCTV_PLAN_BY_PLANNER);
}
END_TEST

START_TEST(a_status_that_is_rare_until_far_away_is_no_walk)
{
    cctv_filter_t filter = box(0, 0, 20, 20, 10);
    int i;

    memset(&sample, 0, sizeof sample);
    sample.scale = 244;
    for (i = 0; i < 4096; i++) {
        add(i * 244 + 1, i % 16 == 0 ? 10 : -100, 10, "public",
            i < 4032 ? "online" : "offline");
    }
    filter.status = "online";
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter), CCTV_PLAN_BY_ID);
    filter.status = "offline";
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter),
                     CCTV_PLAN_BY_POSITION);
}
END_TEST

START_TEST(a_rare_role_in_a_large_box_is_planned)
{
    cctv_filter_t filter = box(-180, -90, 179, 90, 100);

    fill();
    filter.roles = role("nobody has it");
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter), CCTV_PLAN_BY_PLANNER);
}
END_TEST

START_TEST(an_empty_sample_leads_to_the_index)
{
    cctv_filter_t filter = box(-180, -90, 179, 90, 1);

    memset(&sample, 0, sizeof sample);
    sample.scale = 1;
    ck_assert_int_eq(cctv_plan_choose(&sample, &filter),
                     CCTV_PLAN_BY_POSITION);
}
END_TEST

START_TEST(a_sample_that_is_full_stays_as_it_is)
{
    int i;

    memset(&sample, 0, sizeof sample);
    for (i = 0; i < CCTV_SAMPLE_MAX + 10; i++) {
        add(i, 0, 0, "public", "online");
    }
    ck_assert_int_eq(sample.count, CCTV_SAMPLE_MAX);
}
END_TEST

TCase *plan_tests(void)
{
    TCase *tc = tcase_create("plan");

    tcase_add_test(tc, without_conditions_the_ids_are_walked);
    tcase_add_test(tc, small_and_empty_boxes_go_through_the_index);
    tcase_add_test(tc,
                   a_box_thinner_than_a_float_does_not_turn_around_the_world);
    tcase_add_test(tc, nearly_the_world_with_a_small_limit_walks);
    tcase_add_test(tc, a_medium_box_depends_on_the_limit);
    tcase_add_test(tc, a_walk_that_starts_far_away_is_seen);
    tcase_add_test(tc, common_roles_walk_and_rare_ones_are_planned);
    tcase_add_test(tc, a_status_that_is_rare_until_far_away_is_no_walk);
    tcase_add_test(tc, a_rare_role_in_a_large_box_is_planned);
    tcase_add_test(tc, an_empty_sample_leads_to_the_index);
    tcase_add_test(tc, a_sample_that_is_full_stays_as_it_is);
    return tc;
}
