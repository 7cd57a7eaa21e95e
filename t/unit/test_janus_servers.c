/* SPDX-License-Identifier: Apache-2.0 */
/* Several Janus servers: their names and keys, their regions in shared memory,
 * and which of them are connected to a camera. */
#include "t_common.h"

#include "video/janus_region.h"
#include "video/keeper_lists.h"
#include "video/pulls.h"
#include "views/discard.h"

#include <stdio.h>

enum {
    MAX = CCTV_JANUS_MAX,
    EAST = 933
};

/* ---- Names and keys ---- */

START_TEST(names_are_values_of_a_label)
{
    static const char *const right[] = { "a", "east-1", "Janus_2.example" };
    static const char *const wrong[] = { "",
                                         "a b",
                                         "a\"b",
                                         "\xc3",
                                         "a=b",
                                         "a\n",
                                         "url=http",
                                         "123456789012345678901"
                                         "234567890123" };
    size_t i;

    for (i = 0; i < sizeof right / sizeof right[0]; i++) {
        ck_assert(cctv_server_name_is_right(right[i]));
    }
    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert(!cctv_server_name_is_right(wrong[i]));
    }
}
END_TEST

/* @param is_letter  the names are a, b, …; otherwise janus1, janus2, … */
static void keys_differ(bool is_letter)
{
    uint16_t keys[MAX];
    int i;
    int k;

    for (i = 0; i < MAX; i++) {
        char name[32] = { (char)('a' + i), '\0' };

        if (!is_letter) {
            snprintf(name, sizeof name, "janus%d", i + 1);
        }
        keys[i] = cctv_server_key(name);
        ck_assert_uint_gt(keys[i], 0);
        ck_assert_uint_lt(keys[i], CCTV_SERVER_KEYS);
        for (k = 0; k < i; k++) {
            ck_assert_msg(keys[i] != keys[k], "%s", name);
        }
    }
}

/* The state file has keys, so they stay the same for ever. */
START_TEST(keys_of_usual_names_differ_and_stay)
{
    ck_assert_uint_eq(cctv_server_key(""), 0);
    keys_differ(false);
    keys_differ(true);
    ck_assert_uint_eq(cctv_server_key("east"), EAST);
}
END_TEST

START_TEST(an_entry_of_the_ring_is_of_one_server)
{
    uint64_t greatest = (UINT64_C(1) << 53) - 1;
    uint64_t id;

    ck_assert(
        cctv_discard_is_of(cctv_discard_entry(2047, greatest), 2047, &id));
    ck_assert_uint_eq(id, greatest);
    ck_assert(
        !cctv_discard_is_of(cctv_discard_entry(2047, greatest), 2046, &id));
    /* A browser has chosen this one. */
    ck_assert(cctv_discard_is_of(cctv_discard_entry(0, UINT64_MAX), 0, &id));
    ck_assert_uint_eq(id, UINT64_MAX);
}
END_TEST

/* ---- Regions ---- */

static cctv_janus_region_t *make_regions(void)
{
    return apr_pcalloc(pool, CCTV_JANUS_REGIONS * sizeof(cctv_janus_region_t));
}

START_TEST(a_server_keeps_its_region_over_reloads)
{
    cctv_janus_region_t *regions = make_regions();
    const uint16_t first[] = { 5, 7 };
    const uint16_t second[] = { 9, 7 };
    int place;

    cctv_janus_regions_claim(regions, first, 2);
    place = cctv_janus_regions_find(regions, 7);
    ck_assert_int_gt(place, 0);
    ck_assert_int_ne(cctv_janus_regions_find(regions, 5), place);
    ck_assert_int_lt(cctv_janus_regions_find(regions, 0), 0);
    atomic_store(&regions[place].views, 3);
    cctv_janus_regions_claim(regions, second, 2);
    ck_assert_int_eq(cctv_janus_regions_find(regions, 7), place);
    ck_assert_uint_eq(cctv_janus_region_load(&regions[place]), 3);
    ck_assert_int_lt(cctv_janus_regions_find(regions, 5), 0);
    ck_assert_int_gt(cctv_janus_regions_find(regions, 9), 0);
}
END_TEST

START_TEST(a_region_is_used_again_when_all_were_used)
{
    cctv_janus_region_t *regions = make_regions();
    uint16_t keys[MAX];
    int round;
    int i;

    for (round = 0; round < 10; round++) {
        for (i = 0; i < MAX; i++) {
            int place;

            keys[i] = (uint16_t)(round * MAX / 2 + i + 1);
            cctv_janus_regions_claim(regions, keys, i + 1);
            place = cctv_janus_regions_find(regions, keys[i]);
            ck_assert_int_gt(place, 0);
            atomic_store(&regions[place].views, keys[i]);
        }
        for (i = 0; i < MAX; i++) {
            ck_assert_uint_eq(
                regions[cctv_janus_regions_find(regions, keys[i])].views,
                keys[i]);
        }
    }
}
END_TEST

START_TEST(the_server_of_the_url_has_the_first_region)
{
    cctv_janus_region_t *regions = make_regions();
    const uint16_t key = 0;

    cctv_janus_regions_claim(regions, &key, 1);
    ck_assert_int_eq(cctv_janus_regions_find(regions, 0), 0);
    cctv_janus_regions_claim(regions, &key, 0);
    ck_assert_int_lt(cctv_janus_regions_find(regions, 0), 0);
}
END_TEST

/* Two keepers may overlap and both take off what was begun. */
START_TEST(a_load_is_never_less_than_the_views_that_were_counted)
{
    cctv_janus_region_t *regions = make_regions();

    atomic_store(&regions[0].views, 4);
    atomic_store(&regions[0].begun, 2);
    ck_assert_uint_eq(cctv_janus_region_load(regions), 6);
    atomic_store(&regions[0].begun, -2);
    ck_assert_uint_eq(cctv_janus_region_load(regions), 4);
}
END_TEST

START_TEST(a_view_that_came_while_a_walk_ended_counts)
{
    cctv_janus_region_t *regions = make_regions();

    cctv_janus_region_note_live(regions, 0);
    ck_assert_uint_eq(cctv_janus_region_load(regions), 0);
    atomic_store(&regions[0].walks, 1);
    cctv_janus_region_note_live(regions, 0);
    ck_assert_uint_eq(cctv_janus_region_load(regions), 1);
}
END_TEST

/* ---- Connected cameras ---- */

START_TEST(a_stream_has_the_servers_that_were_added)
{
    cctv_pulls_t *pulls = apr_pcalloc(pool, sizeof *pulls);

    ck_assert_uint_eq(cctv_pulls_find(pulls, 1), 0);
    cctv_pulls_add(pulls, 1, 0);
    cctv_pulls_add(pulls, 1, 31);
    cctv_pulls_add(pulls, -1, 2);
    ck_assert_uint_eq(cctv_pulls_find(pulls, 1), 0x80000001);
    ck_assert_uint_eq(cctv_pulls_find(pulls, -1), 4);
    cctv_pulls_remove(pulls, 1, 0);
    cctv_pulls_remove(pulls, 1, 0);
    ck_assert_uint_eq(cctv_pulls_find(pulls, 1), 0x80000000);
    cctv_pulls_remove(pulls, 1, 31);
    ck_assert_uint_eq(cctv_pulls_find(pulls, 1), 0);
}
END_TEST

START_TEST(a_stream_never_has_the_servers_of_another_one)
{
    cctv_pulls_t *pulls = apr_pcalloc(pool, sizeof *pulls);
    int32_t i;

    for (i = 1; i < 4 * CCTV_PULLS_SIZE; i++) {
        cctv_pulls_add(pulls, i, i % 32);
        ck_assert_uint_eq(cctv_pulls_find(pulls, i), UINT32_C(1) << i % 32);
        cctv_pulls_remove(pulls, i + 1, i % 32);
    }
    for (i = 1; i < 4 * CCTV_PULLS_SIZE; i++) {
        uint32_t places = cctv_pulls_find(pulls, i);

        ck_assert(places == 0 || places == UINT32_C(1) << i % 32);
    }
}
END_TEST

/* ---- What the lists of mountpoints say ---- */

static void count(void *context, int64_t id, bool is_online)
{
    (void)id;
    *(int *)context += is_online;
}

START_TEST(a_server_that_is_lost_says_nothing_of_its_cameras)
{
    cctv_mountpoint_entry_t entry = {
        .id = cctv_mountpoint_id(1, false),
        .camera = 1,
        .freshness.status = "online",
    };
    cctv_keeper_mountpoints_t mountpoints;
    cctv_keeper_lists_t lists = { .at = { &mountpoints }, .count = 1 };
    const char *status;
    int online = 0;
    int64_t id;

    cctv_keeper_mountpoints_init(&mountpoints, NULL, NULL);
    mountpoints.table = (cctv_mountpoint_table_t){ .at = &entry, .count = 1 };
    mountpoints.listed = cctv_now();
    ck_assert(cctv_keeper_lists_has_online(&lists, 1));
    ck_assert(cctv_keeper_mountpoints_news(&mountpoints, 0, &id, &status));
    cctv_keeper_mountpoints_statuses(&mountpoints, count, &online);
    ck_assert_int_eq(online, 1);
    mountpoints.listed -= CCTV_KEEPER_LIST_OLD;
    ck_assert(!cctv_keeper_lists_has_online(&lists, 1));
    ck_assert(!cctv_keeper_mountpoints_news(&mountpoints, 0, &id, &status));
    cctv_keeper_mountpoints_statuses(&mountpoints, count, &online);
    ck_assert_int_eq(online, 1);
}
END_TEST

TCase *janus_servers_tests(void)
{
    TCase *tc = tcase_create("janus_servers");

    tcase_add_test(tc, names_are_values_of_a_label);
    tcase_add_test(tc, keys_of_usual_names_differ_and_stay);
    tcase_add_test(tc, an_entry_of_the_ring_is_of_one_server);
    tcase_add_test(tc, a_server_keeps_its_region_over_reloads);
    tcase_add_test(tc, a_region_is_used_again_when_all_were_used);
    tcase_add_test(tc, the_server_of_the_url_has_the_first_region);
    tcase_add_test(tc, a_load_is_never_less_than_the_views_that_were_counted);
    tcase_add_test(tc, a_view_that_came_while_a_walk_ended_counts);
    tcase_add_test(tc, a_stream_has_the_servers_that_were_added);
    tcase_add_test(tc, a_stream_never_has_the_servers_of_another_one);
    tcase_add_test(tc, a_server_that_is_lost_says_nothing_of_its_cameras);
    return tc;
}
