/* SPDX-License-Identifier: Apache-2.0 */
#include "t_common.h"
#include "t_shared.h"

#include <pthread.h>
#include <string.h>

static cctv_series_t *series;
static cctv_shared_t shared;

static void make(uint32_t max)
{
    shared = make_shared(1, max);
    series = &shared.series;
}

static uint32_t cell_of(int32_t camera)
{
    const cctv_labels_t labels = { .kind = CCTV_SERIES_STARTS,
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

    make(2 * 4 * 4 * 4 * 4);
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
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_STARTS), max + 20);
    /* Who has a series keeps it. */
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

/* Most come to the same labels at the same time. */
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

    /* Room for what each may have reserved and not taken. */
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
    ck_assert_uint_eq(sum_of(&shared, CCTV_SERIES_STARTS),
                      THREADS * KEYS * ROUNDS);
    ck_assert_uint_eq(series->head->used, max);
    ck_assert_uint_eq(count_used(), max);
    ck_assert_uint_eq(
        series->head->folded,
        cctv_series_value(series,
                          cctv_series_other(series, CCTV_SERIES_STARTS)));
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
    return tc;
}
