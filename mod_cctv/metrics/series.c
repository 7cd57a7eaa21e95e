/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file series.c
 * @brief Counters by label set: a hash table in memory that processes share.
 * Layer: pure.
 */
#include "metrics/series.h"

#include "metrics/series_cells.h"
#include "metrics/series_state.h"

#define COUNTRY_AT 32
#define BROWSER_AT 42
#define OS_AT      46
#define KIND_AT    CCTV_SERIES_KIND_AT

#define LINE 64

/* The key of the cell that is "other" in all labels: only the kind is set. */
#define OTHER(kind) ((uint64_t)(kind) << KIND_AT)

static size_t lines(size_t size)
{
    return (size + LINE - 1) / LINE * LINE;
}

/* A fifth of the slots stays empty, so that searches are short. In a full
 * table a search looks at 3 cells for a key that exists and at 13 cells for a
 * key that does not (Knuth 6.4). */
static uint32_t slots_for(uint32_t max)
{
    return max + max / 4 + 1;
}

size_t cctv_series_size(uint32_t max)
{
    size_t cells = (size_t)slots_for(max) + CCTV_SERIES_KINDS;

    return lines(sizeof(cctv_series_head_t))
           + lines(cells * sizeof(cctv_cell_t))
           + lines(cells * sizeof(uint16_t));
}

void cctv_series_open(cctv_series_t *series, void *memory, uint32_t max)
{
    char *at = memory;

    series->max = max;
    series->slots = slots_for(max);
    series->head = (cctv_series_head_t *)(void *)at;
    at += lines(sizeof(cctv_series_head_t));
    series->cells = (cctv_cell_t *)(void *)at;
    at += lines(cctv_series_cells(series) * sizeof(cctv_cell_t));
    series->days = (_Atomic uint16_t *)(void *)at;
}

static uint64_t key_of(const cctv_labels_t *labels)
{
    return (uint64_t)(uint32_t)labels->camera
           | (uint64_t)labels->country << COUNTRY_AT
           | (uint64_t)labels->browser << BROWSER_AT
           | (uint64_t)labels->os << OS_AT | (uint64_t)labels->kind << KIND_AT;
}

static uint32_t bits(uint64_t key, int from, int count)
{
    return (uint32_t)(key >> from & ((UINT64_C(1) << count) - 1));
}

/* The finalizer of MurmurHash3. Camera ids are consecutive numbers, so they
 * have to be mixed. */
static uint32_t home(uint64_t key, uint32_t slots)
{
    key ^= key >> 33;
    key *= UINT64_C(0xff51afd7ed558ccd);
    key ^= key >> 33;
    key *= UINT64_C(0xc4ceb9fe1a85ec53);
    key ^= key >> 33;
    return (uint32_t)((key >> 32) * slots >> 32);
}

/* ---- Room ---- */

static cctv_labels_t coarse_of(const cctv_labels_t *labels)
{
    cctv_labels_t coarse = *labels;

    coarse.browser = CCTV_SERIES_AGENT_OTHER;
    coarse.os = CCTV_SERIES_AGENT_OTHER;
    return coarse;
}

/* The limit for the time watched is `max`. */
static uint32_t limit_of(const cctv_series_t *series,
                         const cctv_labels_t *labels)
{
    if (labels->kind != CCTV_SERIES_STARTS) {
        return series->max;
    }
    return cctv_labels_are_coarse(labels) ? cctv_series_coarse_limit(series)
                                          : cctv_series_detailed_limit(series);
}

cctv_series_room_t cctv_series_room(const cctv_series_t *series)
{
    uint64_t used = atomic_load_explicit(&series->head->used,
                                         memory_order_relaxed);

    if (used >= cctv_series_coarse_limit(series)) {
        return CCTV_SERIES_FULL;
    }
    return used >= cctv_series_detailed_limit(series) ? CCTV_SERIES_SHORT
                                                      : CCTV_SERIES_AMPLE;
}

bool cctv_series_is_news(cctv_series_t *series, cctv_series_room_t room)
{
    uint64_t told = atomic_load_explicit(&series->head->told,
                                         memory_order_relaxed);

    while (told < room) {
        if (atomic_compare_exchange_weak_explicit(&series->head->told, &told,
                                                  room, memory_order_relaxed,
                                                  memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

const char *cctv_series_room_name(cctv_series_room_t room)
{
    static const char *const names[] = { [CCTV_SERIES_AMPLE] = "ok",
                                         [CCTV_SERIES_SHORT] = "short",
                                         [CCTV_SERIES_FULL] = "full" };

    return names[room];
}

/* ---- Cells ---- */

/* A thread that reserves a cell and then loses the race for it gives the
 * reservation back, so at most `max` cells are ever used. A process that is
 * killed between the two steps loses one place until the next start. */
static bool reserve(cctv_series_t *series, uint32_t limit)
{
    uint64_t used = atomic_load_explicit(&series->head->used,
                                         memory_order_relaxed);

    while (used < limit) {
        if (atomic_compare_exchange_weak_explicit(
                &series->head->used, &used, used + 1, memory_order_relaxed,
                memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

uint32_t cctv_series_other(cctv_series_t *series, cctv_series_kind_t kind)
{
    uint32_t cell = series->slots + (uint32_t)kind - 1;

    atomic_store_explicit(&series->cells[cell].key, OTHER(kind),
                          memory_order_relaxed);
    return cell;
}

uint32_t cctv_series_take_cell(cctv_series_t *series,
                               const cctv_labels_t *labels, uint32_t limit)
{
    const uint64_t key = key_of(labels);
    uint32_t cell = home(key, series->slots);

    /* The loop ends because at least one cell in five stays empty. */
    for (;;) {
        _Atomic uint64_t *at = &series->cells[cell].key;
        uint64_t found = atomic_load_explicit(at, memory_order_relaxed);

        if (found == key) {
            return cell;
        }
        if (found == 0) {
            if (!reserve(series, limit)) {
                return CCTV_SERIES_NO_CELL;
            }
            if (atomic_compare_exchange_strong_explicit(
                    at, &found, key, memory_order_relaxed,
                    memory_order_relaxed)) {
                return cell;
            }
            atomic_fetch_sub_explicit(&series->head->used, 1,
                                      memory_order_relaxed);
            /* Another thread took the cell, perhaps for the same key. Look at
             * the cell again. */
            continue;
        }
        cell = cell + 1 < series->slots ? cell + 1 : 0;
    }
}

bool cctv_series_has_coarse(cctv_series_t *series, const cctv_labels_t *labels)
{
    const cctv_labels_t coarse = coarse_of(labels);

    return cctv_series_take_cell(series, &coarse, 0) != CCTV_SERIES_NO_CELL;
}

uint32_t cctv_series_coarse_cell(cctv_series_t *series,
                                 const cctv_labels_t *labels)
{
    const cctv_labels_t coarse = coarse_of(labels);
    uint32_t cell = cctv_series_take_cell(series, &coarse,
                                          cctv_series_coarse_limit(series));

    return cell == CCTV_SERIES_NO_CELL
               ? cctv_series_other(series, labels->kind)
               : cell;
}

void cctv_series_count_folded(cctv_series_t *series)
{
    atomic_fetch_add_explicit(&series->head->folded, 1, memory_order_relaxed);
}

uint32_t cctv_series_cell(cctv_series_t *series, const cctv_labels_t *labels)
{
    uint32_t cell = cctv_series_take_cell(series, labels,
                                          limit_of(series, labels));

    if (cell != CCTV_SERIES_NO_CELL) {
        return cell;
    }
    if (labels->kind != CCTV_SERIES_STARTS || cctv_labels_are_coarse(labels)) {
        return cctv_series_other(series, labels->kind);
    }
    cell = cctv_series_coarse_cell(series, labels);
    /* cctv_series_add() counts an addition to an "other" cell itself. */
    if (!cctv_series_is_other(series, cell)) {
        cctv_series_count_folded(series);
    }
    return cell;
}

void cctv_series_add_to_cell(cctv_series_t *series, uint32_t cell,
                             uint64_t value, uint16_t day)
{
    atomic_fetch_add_explicit(&series->cells[cell].value, value,
                              memory_order_relaxed);
    /* Load first: the day changes once a day, and a store would take the cache
     * line away from the other processors. */
    if (cctv_series_day(series, cell) != day) {
        atomic_store_explicit(&series->days[cell], day, memory_order_relaxed);
    }
}

void cctv_series_add(cctv_series_t *series, uint32_t cell, uint64_t amount,
                     uint16_t day)
{
    cctv_series_add_to_cell(series, cell, amount, day);
    if (amount != 0 && cctv_series_is_other(series, cell)) {
        cctv_series_count_folded(series);
    }
}

bool cctv_series_labels(const cctv_series_t *series, uint32_t cell,
                        cctv_labels_t *out)
{
    uint64_t key = atomic_load_explicit(&series->cells[cell].key,
                                        memory_order_relaxed);

    out->kind = (cctv_series_kind_t)bits(key, KIND_AT, 2);
    out->camera = (int32_t)bits(key, 0, 32);
    out->country = (uint16_t)bits(key, COUNTRY_AT, BROWSER_AT - COUNTRY_AT);
    out->browser = (uint8_t)bits(key, BROWSER_AT, OS_AT - BROWSER_AT);
    out->os = (uint8_t)bits(key, OS_AT, KIND_AT - OS_AT);
    return key != 0;
}

static void visit_counters(void *memory, cctv_counter_visit_t *visit,
                           void *context)
{
    cctv_series_head_t *head = memory;

    visit(context, "folded", &head->folded, 1);
}

const cctv_region_t cctv_series_region = { .name = "series",
                                           .layout = 1,
                                           .size = cctv_series_size,
                                           .counters = visit_counters,
                                           .save = cctv_series_save,
                                           .is_sound = cctv_series_is_sound,
                                           .load = cctv_series_load,
                                           .loaded = cctv_series_loaded };
