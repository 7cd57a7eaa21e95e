/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file series_state.c
 * @brief Stores series in the state file.
 * Layer: pure.
 */
#include "metrics/series_state.h"

#include "metrics/series.h"

#include <stdlib.h>

/* A record. New members are appended, and zero means "not known". */
typedef struct {
    uint64_t value;
    int32_t camera;
    uint16_t country;
    uint16_t day;
    uint8_t kind;
    uint8_t browser;
    uint8_t os;
    uint8_t is_other;
    uint32_t unused;
} record_t;

/* The size of a record in the first version. */
#define RECORD_MIN 24

_Static_assert(sizeof(record_t) == 24, "a gap");

static const cctv_series_filter_t *series_filter;

void cctv_series_set_filter(const cctv_series_filter_t *filter)
{
    series_filter = filter;
}

static void series_open(cctv_series_t *series, const cctv_segment_t *segment)
{
    uint32_t max;
    void *memory = cctv_segment_find(segment, &cctv_series_region, &max);

    cctv_series_open(series, memory, max);
}

static bool read_record(record_t *out, const void *record, size_t size)
{
    return cctv_state_get(out, sizeof *out, RECORD_MIN, record, size);
}

void cctv_series_save(const cctv_segment_t *segment, bool is_clean,
                      cctv_time_t now, cctv_state_writer_t *writer)
{
    cctv_series_t series;
    cctv_labels_t labels;
    uint32_t i;

    (void)is_clean;
    (void)now;
    series_open(&series, segment);
    for (i = 0; i < cctv_series_cells(&series); i++) {
        if (cctv_series_labels(&series, i, &labels)) {
            const record_t record = {
                .value = cctv_series_value(&series, i),
                .camera = labels.camera,
                .country = labels.country,
                .day = cctv_series_day(&series, i),
                .kind = (uint8_t)labels.kind,
                .browser = labels.browser,
                .os = labels.os,
                .is_other = cctv_series_is_other(&series, i),
            };

            cctv_state_put(writer, cctv_series_region.name, &record,
                           sizeof record);
        }
    }
}

bool cctv_series_is_sound(const void *record, size_t size)
{
    record_t in;

    return read_record(&in, record, size)
           && (in.kind == CCTV_SERIES_STARTS || in.kind == CCTV_SERIES_WATCHED)
           && (in.is_other || in.camera > 0) && in.country < 1024
           && in.browser < 16 && in.os < 16
           && (in.kind == CCTV_SERIES_STARTS || (in.browser | in.os) == 0);
}

static int compare(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a;
    int32_t y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

static bool is_of_use(const record_t *in, uint16_t day)
{
    const cctv_series_filter_t *filter = series_filter;

    if (in->is_other || filter == NULL) {
        return true;
    }
    if (filter->idle_days > 0 && day > in->day
        && day - in->day > filter->idle_days) {
        return false;
    }
    return filter->cameras == NULL
           || bsearch(&in->camera, filter->cameras, filter->count,
                      sizeof *filter->cameras, compare)
                  != NULL;
}

/* Collects the records of the file until all have been read. */
static struct {
    cctv_series_record_t *records;
    size_t count;
    size_t room;
} loading;

/* @return false: no memory */
static bool keep_record(const cctv_series_record_t *record)
{
    if (loading.count == loading.room) {
        size_t room = loading.room * 2 + 1024;
        void *larger = realloc(loading.records,
                               room * sizeof *loading.records);

        if (larger == NULL) {
            return false;
        }
        loading.records = larger;
        loading.room = room;
    }
    loading.records[loading.count++] = *record;
    return true;
}

cctv_record_t cctv_series_load(const cctv_state_load_t *load,
                               const void *record, size_t size)
{
    cctv_series_record_t taken;
    cctv_series_t series;
    record_t in;

    read_record(&in, record, size);
    if (!is_of_use(&in, load->day)) {
        return CCTV_RECORD_DROPPED;
    }
    taken = (cctv_series_record_t){
        .labels = { .kind = (cctv_series_kind_t)in.kind,
                    .camera = in.camera,
                    .country = in.country,
                    .browser = in.browser,
                    .os = in.os },
        .is_other = in.is_other != 0,
        .day = in.day,
        .value = load->is_clean ? in.value : 0,
    };
    if (!keep_record(&taken)) {
        /* Without memory the records cannot be sorted, so it cannot be decided
         * which ones to merge. */
        series_open(&series, load->segment);
        cctv_series_take(&series, &taken, 1);
    }
    return CCTV_RECORD_TAKEN;
}

void cctv_series_loaded(const cctv_state_load_t *load)
{
    cctv_series_t series;

    series_open(&series, load->segment);
    if (loading.count > 0) {
        cctv_series_take(&series, loading.records, loading.count);
    }
    free(loading.records);
    loading.records = NULL;
    loading.count = 0;
    loading.room = 0;
}
