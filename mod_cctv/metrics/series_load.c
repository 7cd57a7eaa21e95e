/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file series_load.c
 * @brief Decides which series of a state file keep their labels.
 * Layer: pure.
 */
#include "metrics/series_cells.h"

#include <stdlib.h>

static bool is_detailed(const cctv_series_record_t *record)
{
    return !record->is_other && record->labels.kind == CCTV_SERIES_STARTS
           && !cctv_labels_are_coarse(&record->labels);
}

/* Detailed records come last. Within each group the most recently used come
 * first, and among those of the same day the ones with the most views. */
static int compare_records(const void *a, const void *b)
{
    const cctv_series_record_t *x = a;
    const cctv_series_record_t *y = b;

    if (is_detailed(x) != is_detailed(y)) {
        return is_detailed(x) - is_detailed(y);
    }
    if (x->day != y->day) {
        return x->day < y->day ? 1 : -1;
    }
    return (x->value < y->value) - (x->value > y->value);
}

/* As cctv_series_add(), but the day may be an earlier one. */
static void load_value(cctv_series_t *series, uint32_t cell,
                       const cctv_series_record_t *record)
{
    uint16_t day = cctv_series_day(series, cell);

    cctv_series_add_to_cell(series, cell, record->value,
                            record->day > day ? record->day : day);
    if (record->value != 0 && !record->is_other
        && cctv_series_is_other(series, cell)) {
        cctv_series_count_folded(series);
    }
}

static void load_exact(cctv_series_t *series,
                       const cctv_series_record_t *record)
{
    cctv_series_kind_t kind = record->labels.kind;
    uint32_t cell = record->is_other
                        ? cctv_series_other(series, kind)
                        : cctv_series_cell(series, &record->labels);

    load_value(series, cell, record);
}

/* Decided before the detailed records are loaded. */
typedef struct {
    const cctv_series_record_t *records; /* the detailed records */
    size_t count;
    /* The limits on used cells up to which a detailed record is kept: if
     * Prometheus would not notice its merge, and if it would. */
    uint32_t unseen_limit;
    uint32_t seen_limit;
} load_plan_t;

static load_plan_t make_plan(const cctv_series_t *series,
                             const cctv_series_record_t *records, size_t count,
                             size_t rest, size_t pairs)
{
    load_plan_t plan = { records, count, series->max, series->max };

    /* The first detailed series of a camera and country needs as much room as
     * a coarse one, so merging it frees nothing. */
    if (count + rest > cctv_series_detailed_limit(series) && count > pairs) {
        plan.unseen_limit = series->max / 4;
    }
    if (count + rest > cctv_series_coarse_limit(series)) {
        plan.seen_limit = series->max - series->max / 4;
    }
    return plan;
}

/* First keep the records for which there is room, most recent first. Then, in
 * a second call, merge the others.
 *
 * Prometheus would notice the merge of a record if the coarse series was in the
 * file. Before any merge, the table has only the coarse series of the file. */
static void load_detailed(cctv_series_t *series, const load_plan_t *plan,
                          bool is_merging)
{
    size_t i;

    for (i = 0; i < plan->count; i++) {
        const cctv_series_record_t *record = &plan->records[i];
        uint32_t limit = cctv_series_has_coarse(series, &record->labels)
                             ? plan->seen_limit
                             : plan->unseen_limit;
        uint32_t cell = cctv_series_take_cell(series, &record->labels,
                                              is_merging ? 0 : limit);

        if (is_merging && cell == CCTV_SERIES_NO_CELL) {
            load_value(series,
                       cctv_series_coarse_cell(series, &record->labels),
                       record);
        }
        else if (!is_merging && cell != CCTV_SERIES_NO_CELL) {
            load_value(series, cell, record);
        }
    }
}

void cctv_series_take(cctv_series_t *series, cctv_series_record_t *records,
                      size_t count)
{
    size_t pairs = 0;
    size_t rest;
    load_plan_t plan;

    qsort(records, count, sizeof *records, compare_records);
    for (rest = 0; rest < count && !is_detailed(&records[rest]); rest++) {
        load_exact(series, &records[rest]);
        pairs += records[rest].labels.kind == CCTV_SERIES_WATCHED;
    }
    plan = make_plan(series, records + rest, count - rest, rest, pairs);
    load_detailed(series, &plan, false);
    load_detailed(series, &plan, true);
}
