/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_shared.h"

#include <pthread.h>
#include <string.h>

static cctv_series_t *series;
static cctv_views_t shared;

static void make(uint32_t max)
{
    shared = make_shared(1, max);
    series = &shared.series;
}

/* The cell of a series of the kind that may use the whole table. */
static uint32_t cell_of(int32_t camera)
{
    const cctv_labels_t labels = { .kind = CCTV_SERIES_WATCHED,
                                   .camera = camera };

    return cctv_series_cell(series, &labels);
}

static void check_labels(const cctv_labels_t *in)
{
    uint32_t cell = cctv_series_cell(series, in);
    cctv_labels_t out;

    ck_assert(!cctv_series_is_other(series, cell));
    ck_assert_uint_eq(cctv_series_cell(series, in), cell);
    ck_assert(cctv_series_labels(series, cell, &out));
    ck_assert_int_eq(out.kind, in->kind);
    ck_assert_int_eq(out.camera, in->camera);
    ck_assert_uint_eq(out.country, in->country);
    ck_assert_uint_eq(out.browser, in->browser);
    ck_assert_uint_eq(out.os, in->os);
}

START_TEST(each_label_at_its_limits_is_a_series_of_its_own)
{
    static const int32_t cameras[] = { 1, 2, INT32_MAX - 1, INT32_MAX };
    static const uint16_t countries[] = { 0, 1, 1022, 1023 };
    static const uint8_t others[] = { 0, 1, 14, 15 };
    uint32_t count = 0;
    int i;

    make(2 * 2 * 4 * 4 * 4 * 4);
    for (i = 0; i < 2 * 4 * 4 * 4 * 4; i++) {
        const cctv_labels_t labels = {
            .kind = (cctv_series_kind_t)(1 + i % 2),
            .camera = cameras[i / 2 % 4],
            .country = countries[i / 8 % 4],
            .browser = others[i / 32 % 4],
            .os = others[i / 128 % 4],
        };

        check_labels(&labels);
        ck_assert_uint_eq(series->head->used, ++count);
    }
}
END_TEST

START_TEST(an_empty_cell_has_no_labels)
{
    cctv_labels_t labels;
    uint32_t i;

    make(10);
    for (i = 0; i < cctv_series_cells(series); i++) {
        ck_assert(!cctv_series_labels(series, i, &labels));
    }
}
END_TEST

START_TEST(a_value_is_the_sum_and_its_day_the_last_one)
{
    uint32_t cell;

    make(10);
    cell = cell_of(1);
    cctv_series_add(series, cell, 5, 100);
    cctv_series_add(series, cell, 6, 101);
    cctv_series_add(series, cell, 0, 102);
    ck_assert_uint_eq(cctv_series_value(series, cell), 11);
    ck_assert_uint_eq(cctv_series_day(series, cell), 102);
    ck_assert_uint_eq(series->head->folded, 0);
}
END_TEST

static void check_full_table(uint32_t max)
{
    int32_t camera;
    uint32_t i;

    make(max);
    for (camera = 1; camera <= (int32_t)max + 20; camera++) {
        uint32_t cell = cell_of(camera);

        ck_assert_int_eq(cctv_series_is_other(series, cell),
                         camera > (int32_t)max);
        cctv_series_add(series, cell, 1, DAY);
    }
    ck_assert_uint_eq(series->head->used, max);
    ck_assert_uint_eq(series->head->folded, 20);
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_WATCHED), max + 20);
    /* A label set that has a series keeps it. */
    for (i = 1; i <= max; i++) {
        ck_assert(!cctv_series_is_other(series, cell_of((int32_t)i)));
    }
}

START_TEST(where_the_table_is_full_the_sum_stays_right)
{
    static const uint32_t sizes[] = { 0, 1, 2, 3, 4, 5, 63, 64, 1000 };

    check_full_table(sizes[_i]);
}
END_TEST

START_TEST(each_kind_has_an_other_of_its_own)
{
    const cctv_labels_t starts = { .kind = CCTV_SERIES_STARTS, .camera = 1 };
    const cctv_labels_t watched = { .kind = CCTV_SERIES_WATCHED, .camera = 1 };
    cctv_labels_t out;
    uint32_t cell;

    make(0);
    cctv_series_add(series, cctv_series_cell(series, &starts), 3, DAY);
    cell = cctv_series_cell(series, &watched);
    cctv_series_add(series, cell, 4, DAY);
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_STARTS), 3);
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_WATCHED), 4);
    ck_assert(cctv_series_labels(series, cell, &out));
    ck_assert_int_eq(out.kind, CCTV_SERIES_WATCHED);
    ck_assert_int_eq(out.camera, 0);
    ck_assert_uint_lt(cell, cctv_series_cells(series));
}
END_TEST

START_TEST(an_amount_of_nothing_is_not_folded)
{
    make(0);
    cctv_series_add(series, cell_of(1), 0, DAY);
    ck_assert_uint_eq(series->head->folded, 0);
    cctv_series_add(series, cell_of(1), 1, DAY);
    ck_assert_uint_eq(series->head->folded, 1);
}
END_TEST

enum {
    THREADS = 8,
    KEYS = 20000,
    ROUNDS = 2
};

typedef struct {
    pthread_t thread;
    int32_t first;
    uint32_t cells[KEYS];
} adder_t;

static pthread_barrier_t all_are_there;

static void *add_all(void *adder_)
{
    adder_t *adder = adder_;
    int i;

    pthread_barrier_wait(&all_are_there);
    for (i = 0; i < KEYS * ROUNDS; i++) {
        int32_t key = (adder->first + i) % KEYS;

        adder->cells[key] = cell_of(key + 1);
        cctv_series_add(series, adder->cells[key], 1, DAY);
    }
    return NULL;
}

/* Most threads use the same labels at the same time. */
static void add_from_threads(adder_t *adders)
{
    int i;

    pthread_barrier_init(&all_are_there, NULL, THREADS);
    for (i = 0; i < THREADS; i++) {
        adders[i].first = i / 4 * KEYS / 2;
        ck_assert_int_eq(
            pthread_create(&adders[i].thread, NULL, add_all, &adders[i]), 0);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(adders[i].thread, NULL);
    }
    pthread_barrier_destroy(&all_are_there);
}

START_TEST(all_threads_find_the_same_cells)
{
    static adder_t adders[THREADS];
    int i;

    /* Includes room for cells that threads have reserved but not used. */
    make(KEYS + THREADS);
    add_from_threads(adders);
    for (i = 1; i < THREADS; i++) {
        ck_assert_mem_eq(adders[i].cells, adders[0].cells,
                         sizeof adders[0].cells);
    }
    for (i = 0; i < KEYS; i++) {
        ck_assert_uint_eq(cctv_series_value(series, adders[0].cells[i]),
                          THREADS * ROUNDS);
    }
    ck_assert_uint_eq(series->head->used, KEYS);
    ck_assert_uint_eq(series->head->folded, 0);
}
END_TEST

static uint32_t count_used(void)
{
    cctv_labels_t labels;
    uint32_t count = 0;
    uint32_t i;

    for (i = 0; i < series->slots; i++) {
        count += cctv_series_labels(series, i, &labels);
    }
    return count;
}

START_TEST(threads_that_fill_the_table_lose_nothing)
{
    static adder_t adders[THREADS];
    const uint32_t max = KEYS / 3;

    make(max);
    add_from_threads(adders);
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_WATCHED),
                      THREADS * KEYS * ROUNDS);
    ck_assert_uint_eq(series->head->used, max);
    ck_assert_uint_eq(count_used(), max);
    ck_assert_uint_eq(
        series->head->folded,
        cctv_series_value(series,
                          cctv_series_other(series, CCTV_SERIES_WATCHED)));
}
END_TEST

/* ---- Too little room ---- */

enum {
    AGENTS = 64,
    NO_AGENT = 0
};

/* Counts a view that starts, as views.c does. */
static void count_start(int32_t camera, uint16_t country, int agent)
{
    const cctv_labels_t watched = { .kind = CCTV_SERIES_WATCHED,
                                    .camera = camera,
                                    .country = country };
    const cctv_labels_t starts = { .kind = CCTV_SERIES_STARTS,
                                   .camera = camera,
                                   .country = country,
                                   .browser = (uint8_t)(2 + agent % 8),
                                   .os = (uint8_t)(2 + agent / 8) };

    cctv_series_add(series, cctv_series_cell(series, &watched), 0, DAY);
    cctv_series_add(series, cctv_series_cell(series, &starts), 1, DAY);
}

/* A client that claims every browser and system in turn. */
static void flood(int32_t cameras)
{
    int32_t camera;
    int agent;

    for (camera = 1; camera <= cameras; camera++) {
        for (agent = 0; agent < AGENTS; agent++) {
            count_start(camera, 1, agent);
        }
    }
}

static bool has(cctv_series_kind_t kind, int32_t camera, uint16_t country,
                uint8_t agent)
{
    cctv_labels_t labels;
    uint32_t i;

    for (i = 0; i < series->slots; i++) {
        if (cctv_series_labels(series, i, &labels) && labels.kind == kind
            && labels.camera == camera && labels.country == country
            && labels.browser == agent && labels.os == agent) {
            return true;
        }
    }
    return false;
}

static bool is_exact(int32_t camera, uint16_t country)
{
    return has(CCTV_SERIES_WATCHED, camera, country, NO_AGENT)
           && has(CCTV_SERIES_STARTS, camera, country,
                  CCTV_SERIES_AGENT_OTHER);
}

START_TEST(one_client_with_many_browsers_takes_no_camera_or_country)
{
    int32_t camera;

    make(1000);
    flood(100);
    for (camera = 101; camera <= 140; camera++) {
        count_start(camera, 1, 3);
        count_start(camera, 2, 3);
    }
    for (camera = 101; camera <= 140; camera++) {
        ck_assert(is_exact(camera, 1));
        ck_assert(is_exact(camera, 2));
    }
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_STARTS), 100 * AGENTS + 80);
    ck_assert(!atomic_load(
        &series->cells[cctv_series_other(series, CCTV_SERIES_STARTS)].value));
    ck_assert_uint_gt(series->head->folded, 0);
    ck_assert_uint_lt(series->head->folded, 100 * AGENTS + 80);
}
END_TEST

START_TEST(the_time_watched_is_exact_the_longest)
{
    uint32_t cell;
    int32_t camera;

    make(800);
    for (camera = 1; camera <= 500; camera++) {
        count_start(camera, 1, 0);
    }
    ck_assert_uint_eq(series->head->used, 800);
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_STARTS), 500);
    /* 7/8 of the table are in use with two cells for each of 350 cameras. */
    ck_assert(is_exact(350, 1));
    ck_assert(!is_exact(351, 1));
    ck_assert(has(CCTV_SERIES_WATCHED, 450, 1, NO_AGENT));
    ck_assert(!has(CCTV_SERIES_WATCHED, 451, 1, NO_AGENT));
    cell = cctv_series_other(series, CCTV_SERIES_STARTS);
    ck_assert_uint_eq(cctv_series_value(series, cell), 150);
}
END_TEST

START_TEST(each_step_is_told_once)
{
    make(16);
    ck_assert_int_eq(cctv_series_room(series), CCTV_SERIES_AMPLE);
    ck_assert(!cctv_series_is_news(series, CCTV_SERIES_AMPLE));
    flood(1);
    ck_assert_int_eq(cctv_series_room(series), CCTV_SERIES_SHORT);
    ck_assert_str_eq(cctv_series_room_name(CCTV_SERIES_SHORT), "short");
    ck_assert(cctv_series_is_news(series, CCTV_SERIES_SHORT));
    ck_assert(!cctv_series_is_news(series, CCTV_SERIES_SHORT));
    flood(20);
    ck_assert_int_eq(cctv_series_room(series), CCTV_SERIES_FULL);
    ck_assert(cctv_series_is_news(series, CCTV_SERIES_FULL));
    ck_assert(!cctv_series_is_news(series, CCTV_SERIES_FULL));
    ck_assert(!cctv_series_is_news(series, CCTV_SERIES_SHORT));
}
END_TEST

static void *flood_all(void *unused)
{
    (void)unused;
    pthread_barrier_wait(&all_are_there);
    flood(200);
    return NULL;
}

START_TEST(threads_that_flood_lose_nothing)
{
    pthread_t threads[THREADS];
    int32_t camera;
    int i;

    make(2000);
    pthread_barrier_init(&all_are_there, NULL, THREADS);
    for (i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, flood_all, NULL),
                         0);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&all_are_there);
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_STARTS),
                      THREADS * 200 * AGENTS);
    ck_assert_uint_eq(count_used(), series->head->used);
    for (camera = 1; camera <= 200; camera++) {
        ck_assert(has(CCTV_SERIES_WATCHED, camera, 1, NO_AGENT));
    }
    ck_assert_uint_eq(
        cctv_series_value(series,
                          cctv_series_other(series, CCTV_SERIES_STARTS)),
        0);
}
END_TEST

/* ---- Loading ---- */

/* Load all series as records into a new table with `max` label sets. */
static void reload(uint32_t max)
{
    static cctv_series_record_t records[4096];
    size_t count = 0;
    uint32_t i;

    for (i = 0; i < cctv_series_cells(series); i++) {
        cctv_series_record_t *record = &records[count];

        if (cctv_series_labels(series, i, &record->labels)) {
            record->is_other = cctv_series_is_other(series, i);
            record->day = cctv_series_day(series, i);
            record->value = cctv_series_value(series, i);
            count++;
        }
    }
    make(max);
    cctv_series_take(series, records, count);
}

/* No series that is in both tables has become less. */
static void check_no_series_fell(const cctv_series_t *before)
{
    cctv_labels_t labels;
    uint32_t i, cell;

    for (i = 0; i < before->slots; i++) {
        uint64_t used = series->head->used;

        if (!cctv_series_labels(before, i, &labels)) {
            continue;
        }
        cell = cctv_series_cell(series, &labels);
        if (series->head->used == used
            && !cctv_series_is_other(series, cell)) {
            ck_assert_uint_ge(cctv_series_value(series, cell),
                              cctv_series_value(before, i));
        }
    }
}

START_TEST(a_restart_gives_browsers_and_systems_room_again)
{
    cctv_series_t before;
    uint64_t sum;

    make(1000);
    flood(7);
    ck_assert_int_eq(cctv_series_room(series), CCTV_SERIES_AMPLE);
    flood(20);
    ck_assert_int_eq(cctv_series_room(series), CCTV_SERIES_SHORT);
    sum = sum_of(&shared, CCTV_SERIES_STARTS);
    before = *series;
    reload(1000);
    ck_assert_int_eq(cctv_series_room(series), CCTV_SERIES_AMPLE);
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_STARTS), sum);
    check_no_series_fell(&before);
}
END_TEST

static uint64_t starts_with(int32_t camera, int agent)
{
    const cctv_labels_t labels = { .kind = CCTV_SERIES_STARTS,
                                   .camera = camera,
                                   .country = 1,
                                   .browser = (uint8_t)(2 + agent % 8),
                                   .os = (uint8_t)(2 + agent / 8) };
    uint32_t cell = cctv_series_cell(series, &labels);

    return cctv_series_value(series, cell);
}

START_TEST(the_least_used_label_sets_are_merged_first)
{
    int i;

    make(100);
    for (i = 0; i < 48; i++) {
        count_start(1, 1, i);
    }
    for (i = 0; i < 3; i++) {
        count_start(1, 1, 10);
    }
    for (i = 1; i < 5; i++) {
        count_start(2, 1, i);
    }
    reload(100);
    ck_assert_uint_eq(starts_with(1, 10), 4);
    ck_assert(has(CCTV_SERIES_STARTS, 1, 1, CCTV_SERIES_AGENT_OTHER));
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_STARTS), 48 + 3 + 4);
}
END_TEST

START_TEST(a_coarse_series_that_was_shown_does_not_jump)
{
    const cctv_labels_t coarse = { .kind = CCTV_SERIES_STARTS,
                                   .camera = 1,
                                   .country = 1,
                                   .browser = CCTV_SERIES_AGENT_OTHER,
                                   .os = CCTV_SERIES_AGENT_OTHER };
    int i;

    make(100);
    cctv_series_add(series, cctv_series_cell(series, &coarse), 7, DAY);
    for (i = 0; i < AGENTS; i++) {
        count_start(1, 1, i);
    }
    i = (int)cctv_series_value(series, cctv_series_cell(series, &coarse));
    reload(100);
    ck_assert_int_eq(
        (int)cctv_series_value(series, cctv_series_cell(series, &coarse)), i);
}
END_TEST

START_TEST(a_table_that_was_full_has_room_for_cameras_after_a_restart)
{
    uint64_t sum;
    int i;

    /* An earlier version would have filled the table like this. */
    make(4096);
    for (i = 1; i <= 16; i++) {
        flood(i);
    }
    sum = sum_of(&shared, CCTV_SERIES_STARTS);
    reload(512);
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_STARTS), sum);
    for (i = 101; i <= 130; i++) {
        count_start(i, 1, 3);
        ck_assert(has(CCTV_SERIES_WATCHED, i, 1, NO_AGENT));
        ck_assert_uint_eq(starts_with(i, 3), 1);
    }
}
END_TEST

START_TEST(what_fits_is_loaded_as_it_was)
{
    static const uint32_t sizes[] = { 1000, 100, 60, 40 };
    int32_t camera;

    /* Each camera has a single browser, so merging would free nothing. */
    make(1000);
    for (camera = 1; camera <= 20; camera++) {
        count_start(camera, 1, camera);
    }
    reload(sizes[_i]);
    ck_assert_uint_eq(series->head->used, 40);
    for (camera = 1; camera <= 20 && _i < 3; camera++) {
        ck_assert_uint_eq(starts_with(camera, camera), 1);
    }
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_STARTS), 20);
}
END_TEST

TCase *series_tests(void)
{
    TCase *tc = tcase_create("series");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, each_label_at_its_limits_is_a_series_of_its_own);
    tcase_add_test(tc, an_empty_cell_has_no_labels);
    tcase_add_test(tc, a_value_is_the_sum_and_its_day_the_last_one);
    tcase_add_loop_test(tc, where_the_table_is_full_the_sum_stays_right, 0, 9);
    tcase_add_test(tc, each_kind_has_an_other_of_its_own);
    tcase_add_test(tc, an_amount_of_nothing_is_not_folded);
    tcase_add_test(tc, all_threads_find_the_same_cells);
    tcase_add_test(tc, threads_that_fill_the_table_lose_nothing);
    tcase_add_test(tc,
                   one_client_with_many_browsers_takes_no_camera_or_country);
    tcase_add_test(tc, the_time_watched_is_exact_the_longest);
    tcase_add_test(tc, each_step_is_told_once);
    tcase_add_test(tc, threads_that_flood_lose_nothing);
    tcase_add_test(tc, a_restart_gives_browsers_and_systems_room_again);
    tcase_add_test(tc, the_least_used_label_sets_are_merged_first);
    tcase_add_test(tc, a_coarse_series_that_was_shown_does_not_jump);
    tcase_add_test(tc,
                   a_table_that_was_full_has_room_for_cameras_after_a_restart);
    tcase_add_loop_test(tc, what_fits_is_loaded_as_it_was, 0, 4);
    return tc;
}
