/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.c
 * @brief The shared memory of the stills part.
 * Layer: pure.
 */
#include "stills/memory.h"

#include "core/thread.h"

#define LABEL(name, label)              label,
#define FAILURE_LABEL(name, label, ...) label,

const char *const cctv_still_answer_labels[] = { CCTV_STILL_ANSWER_LIST(
    LABEL) };
const char *const cctv_still_result_labels[] = { "ok", CCTV_FAILURE_LIST(
                                                           FAILURE_LABEL) };

_Static_assert(sizeof(cctv_stills_memory_t) % 64 == 0,
               "the cache behind it starts at a cache line");

static size_t stills_size(uint32_t capacity)
{
    return sizeof(cctv_stills_memory_t) + cctv_still_cache_size(capacity);
}

static void visit_counters(void *memory, cctv_counter_visit_t *visit,
                           void *context)
{
    cctv_stills_counters_t *counters = &((cctv_stills_memory_t *)memory)
                                            ->counters;

    cctv_region_visit_row(visit, context, "still_answers",
                          cctv_still_answer_labels, counters->answers,
                          CCTV_STILL_ANSWER_COUNT);
    cctv_region_visit_row(visit, context, "still_fetches",
                          cctv_still_result_labels, counters->fetches,
                          CCTV_FAILURE_COUNT);
    visit(context, "still_bytes", &counters->bytes, 1);
    visit(context, "still_seconds", cctv_histogram_cells(&counters->seconds),
          CCTV_HISTOGRAM_CELLS);
}

/* Pictures and failures are not in the state file. */
const cctv_region_t cctv_stills_region = { .name = "stills",
                                           .layout = 1,
                                           .size = stills_size,
                                           .counters = visit_counters };

void cctv_stills_open_cache(cctv_stills_memory_t *memory, uint32_t capacity,
                            cctv_still_cache_t *cache)
{
    cctv_still_cache_open(cache, memory + 1, capacity);
}

int32_t cctv_stills_key(uint64_t database, int32_t camera)
{
    uint64_t hash = (database + (uint32_t)camera)
                    * UINT64_C(0x9e3779b97f4a7c15);

    return database == 0 ? camera : (int32_t)(hash >> 33 | 1);
}

void cctv_stills_ring(cctv_stills_memory_t *memory, int32_t key)
{
    _Atomic uint32_t *bell = cctv_stills_bell(memory, key);

    atomic_fetch_add(bell, 1);
    cctv_futex_wake(bell);
}
