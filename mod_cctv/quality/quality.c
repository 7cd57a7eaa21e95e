/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file quality.c
 * @brief Counts what clients report about the video of their views.
 * Layer: pure.
 */
#include "quality/quality.h"

#include "views/memory.h"

#define TIME_BITS 32
#define FLAG_BITS 5

/* The flags of a record. The first three: this is counted. */
enum {
    HAS_PICTURE = 1,
    HAS_PATH = 2,
    HAS_DECODER = 4,
    IS_BASE = 8, /* the next totals are compared with later ones only */
    IS_NEW = 16  /* there was no report; totals[0] is the lead: ms */
};

/* A record as one report finds it. */
typedef struct {
    uint64_t word;
    unsigned flags;
    uint32_t time;
    uint32_t lead; /* ms */
} found_t;

static uint64_t word_of(const cctv_view_t *view, unsigned flags, uint32_t time)
{
    uint64_t tag = view->secret[0] >> (FLAG_BITS + TIME_BITS);

    return tag << (FLAG_BITS + TIME_BITS) | (uint64_t)flags << TIME_BITS
           | time;
}

static bool is_of(uint64_t word, const cctv_view_t *view)
{
    return (word ^ word_of(view, 0, 0)) >> (FLAG_BITS + TIME_BITS) == 0;
}

/* The age of a view: ms. */
static int64_t age_of(const cctv_view_t *view, cctv_time_t now)
{
    return now > view->started ? (now - view->started) / 1000 : 0;
}

void cctv_quality_begin(cctv_quality_t *quality, const cctv_view_t *view,
                        int64_t lead)
{
    cctv_reported_t *record = &quality->records[view->index];
    int64_t ms = lead / 1000;

    if (ms < 0) {
        ms = 0;
    }
    if (ms > CCTV_FIRST_PICTURE_MAX) {
        ms = CCTV_FIRST_PICTURE_MAX;
    }
    atomic_store_explicit(&record->totals[0], (uint32_t)ms,
                          memory_order_relaxed);
    atomic_store_explicit(&record->word, word_of(view, IS_NEW, 0),
                          memory_order_release);
}

static void find(const cctv_reported_t *record, const cctv_view_t *view,
                 found_t *found)
{
    *found = (found_t){ .word = atomic_load_explicit(&record->word,
                                                     memory_order_acquire),
                        .flags = IS_NEW };
    if (is_of(found->word, view)) {
        found->flags = found->word >> TIME_BITS & ((1U << FLAG_BITS) - 1);
        found->time = (uint32_t)found->word;
        found->lead = (found->flags & IS_NEW) != 0 ? atomic_load_explicit(
                          &record->totals[0], memory_order_relaxed)
                                                   : 0;
    }
}

static unsigned flags_of(const cctv_report_t *report)
{
    return (report->first_picture >= 0 ? HAS_PICTURE : 0U)
           | (report->path >= 0 ? HAS_PATH : 0U)
           | (report->decoder >= 0 ? HAS_DECODER : 0U);
}

/* Take the time since the last report. @return false: it is too short, or
 * another report has taken it */
static bool take_interval(cctv_reported_t *record, const cctv_view_t *view,
                          const cctv_report_t *report, int64_t age,
                          found_t *found, int64_t *interval)
{
    unsigned flags;

    find(record, view, found);
    flags = (found->flags & (HAS_PICTURE | HAS_PATH | HAS_DECODER))
            | flags_of(report);
    *interval = (found->flags & IS_NEW) != 0
                    ? age + found->lead
                    : (int32_t)((uint32_t)age - found->time);
    return ((found->flags & IS_NEW) != 0 || *interval >= CCTV_REPORT_PAUSE)
           && atomic_compare_exchange_strong_explicit(
               &record->word, &found->word,
               word_of(view, flags, (uint32_t)age), memory_order_acq_rel,
               memory_order_relaxed);
}

/* The most that a total can grow in this time. */
static int64_t most_of(int total, int64_t interval)
{
    static const int64_t rates[] = {
        [CCTV_TOTAL_RECEIVED] = CCTV_FRAME_RATE_MAX,
        [CCTV_TOTAL_DECODED] = CCTV_FRAME_RATE_MAX,
        [CCTV_TOTAL_DROPPED] = CCTV_FRAME_RATE_MAX,
        [CCTV_TOTAL_PLI] = CCTV_PLI_RATE_MAX,
        [CCTV_TOTAL_FREEZES] = CCTV_FREEZE_RATE_MAX,
        /* A browser adds a freeze when it is over. So its time may be longer
         * than the interval, but not longer than the view. */
        [CCTV_TOTAL_FREEZE_TIME] = 0,
    };

    return total == CCTV_TOTAL_FREEZE_TIME ? UINT32_MAX
                                           : interval * rates[total] / 1000;
}

/* Bring a total of a record up to date. The total of a client becomes smaller
 * if its camera has started again.
 * @return what has to be counted */
static uint32_t advance(_Atomic uint32_t *total, int64_t told, int64_t most)
{
    uint32_t from = atomic_load_explicit(total, memory_order_relaxed);
    int64_t step = told - from;
    uint32_t to = (uint32_t)(step > most ? from + most : told);

    if (!atomic_compare_exchange_strong_explicit(
            total, &from, to, memory_order_relaxed, memory_order_relaxed)) {
        return 0;
    }
    return to > from ? to - from : 0;
}

static void add_totals(cctv_quality_t *quality, cctv_reported_t *record,
                       const cctv_report_t *report, int64_t age, bool is_base,
                       cctv_quality_step_t *step)
{
    int i;

    for (i = 0; i < CCTV_TOTAL_COUNT; i++) {
        int64_t told = report->totals[i];

        step->added[i] = 0;
        if (told < 0) {
            continue;
        }
        if (i == CCTV_TOTAL_FREEZE_TIME && told > age) {
            told = age;
        }
        if (is_base) {
            advance(&record->totals[i], told, UINT32_MAX);
            continue;
        }
        step->added[i] = advance(&record->totals[i], told,
                                 most_of(i, step->interval));
        atomic_fetch_add_explicit(&quality->counters->totals[i],
                                  step->added[i], memory_order_relaxed);
    }
}

/* Count what is counted once for a view.
 * @return the time to the first picture if it is new; negative: it is not */
static int64_t count_once(cctv_quality_counters_t *counters,
                          const cctv_view_t *view, const cctv_report_t *report,
                          unsigned flags, int64_t age)
{
    unsigned news = flags_of(report) & ~flags;
    int64_t first_picture = -1;

    if ((news & HAS_PICTURE) != 0) {
        int64_t most = age < CCTV_FIRST_PICTURE_MAX ? age
                                                    : CCTV_FIRST_PICTURE_MAX;

        first_picture = report->first_picture < most ? report->first_picture
                                                     : most;
        cctv_histogram_observe(&counters->first_pictures[view->transport],
                               1000 * first_picture);
    }
    if ((news & HAS_PATH) != 0) {
        cctv_count(&counters->paths[report->path]);
    }
    if ((news & HAS_DECODER) != 0) {
        cctv_count(&counters->decoders[report->decoder]);
    }
    return first_picture;
}

static void count_round_trip(cctv_quality_counters_t *counters,
                             int64_t round_trip)
{
    if (round_trip >= 0) {
        cctv_histogram_observe(&counters->round_trips,
                               round_trip < INT64_C(1000) * CCTV_ROUND_TRIP_MAX
                                   ? round_trip
                                   : INT64_C(1000) * CCTV_ROUND_TRIP_MAX);
    }
}

bool cctv_quality_note(cctv_quality_t *quality, const cctv_view_t *view,
                       const cctv_report_t *report, cctv_time_t now,
                       cctv_quality_step_t *step)
{
    cctv_reported_t *record = &quality->records[view->index];
    int64_t age = age_of(view, now);
    found_t found;
    int i;

    if (!take_interval(record, view, report, age, &found, &step->interval)) {
        return false;
    }
    for (i = 0; (found.flags & IS_NEW) != 0 && i < CCTV_TOTAL_COUNT; i++) {
        atomic_store_explicit(&record->totals[i], 0, memory_order_relaxed);
    }
    step->first_picture = count_once(quality->counters, view, report,
                                     found.flags, age + found.lead);
    count_round_trip(quality->counters, report->round_trip);
    add_totals(quality, record, report, age, (found.flags & IS_BASE) != 0,
               step);
    return true;
}

bool cctv_quality_look(const cctv_quality_t *quality, const cctv_view_t *view,
                       uint32_t totals[CCTV_TOTAL_COUNT])
{
    const cctv_reported_t *record = &quality->records[view->index];
    found_t found;
    int i;

    find(record, view, &found);
    for (i = 0; i < CCTV_TOTAL_COUNT; i++) {
        totals[i] = atomic_load_explicit(&record->totals[i],
                                         memory_order_relaxed);
    }
    return (found.flags & IS_NEW) == 0;
}

void cctv_quality_loaded(const cctv_state_load_t *load)
{
    cctv_quality_t quality;
    cctv_views_t views;
    cctv_view_t view;
    uint32_t i;

    cctv_quality_open(&quality, load->segment);
    cctv_views_open(&views, load->segment);
    for (i = 0; i < views.table.max; i++) {
        if (cctv_view_table_get(&views.table, i, &view)) {
            atomic_store(
                &quality.records[i].word,
                word_of(&view, HAS_PICTURE | HAS_PATH | HAS_DECODER | IS_BASE,
                        (uint32_t)age_of(&view, load->now)));
        }
    }
}
