/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file segment.c
 * @brief The memory that all processes share: a head and the regions of the
 *        parts.
 * Layer: pure.
 */
#include "memory/segment.h"

#include "apr_siphash.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <xxhash.h>

/* "cctvshm" and a byte that does not occur in text. */
#define MAGIC UINT64_C(0x6363747673686dd9)

#define LINE 64

_Static_assert(CCTV_KEY_SIZE == APR_SIPHASH_KSIZE, "not a key of SipHash");

static size_t to_line(size_t size)
{
    return (size + LINE - 1) / LINE * LINE;
}

void cctv_segment_plan(cctv_segment_t *segment)
{
    memset(segment, 0, sizeof *segment);
}

void cctv_segment_add(cctv_segment_t *segment, const cctv_region_t *region,
                      uint32_t capacity)
{
    if (segment->count == CCTV_REGIONS_MAX) {
        /* CCTV_REGIONS_MAX has to be raised. */
        abort();
    }
    segment->places[segment->count++] = (cctv_segment_place_t){
        .region = region, .capacity = capacity
    };
}

static size_t region_size(const cctv_segment_place_t *place)
{
    return to_line(place->region->size(place->capacity));
}

size_t cctv_segment_size(const cctv_segment_t *segment)
{
    size_t size = to_line(sizeof(cctv_segment_head_t));
    int i;

    for (i = 0; i < segment->count; i++) {
        size += region_size(&segment->places[i]);
    }
    return size;
}

static void hash_counter(void *layout_, const char *name,
                         _Atomic uint64_t *cells, size_t count)
{
    uint64_t *layout = layout_;

    (void)cells;
    *layout = XXH3_64bits_withSeed(name, strlen(name), *layout + count);
}

/* The counters of a region are in the order of their names: of routes, or of
 * the values of a label. */
static uint64_t hash_counters(const cctv_region_t *region, uint64_t layout)
{
    void *memory = region->counters == NULL ? NULL : malloc(region->size(1));

    if (memory != NULL) {
        region->counters(memory, hash_counter, &layout);
    }
    free(memory);
    return layout;
}

static uint64_t layout_of(const cctv_segment_t *segment)
{
    uint64_t layout = sizeof(cctv_segment_head_t);
    int i;

    for (i = 0; i < segment->count; i++) {
        const cctv_region_t *region = segment->places[i].region;

        /* The size is included for the case that a layout was not raised: most
         * changes of a region also change its size. */
        layout = XXH3_64bits_withSeed(region->name, strlen(region->name),
                                      layout + region->layout
                                          + region->size(1));
        layout = hash_counters(region, layout);
    }
    return layout;
}

static void place_regions(cctv_segment_t *segment, void *memory)
{
    char *at = (char *)memory + to_line(sizeof(cctv_segment_head_t));
    int i;

    segment->head = memory;
    for (i = 0; i < segment->count; i++) {
        segment->places[i].at = at;
        at += region_size(&segment->places[i]);
    }
}

bool cctv_segment_init(cctv_segment_t *segment, void *memory, int64_t started)
{
    cctv_segment_head_t *head = memory;
    int i;

    if (getrandom(head->key, sizeof head->key, 0) != sizeof head->key) {
        return false;
    }
    for (i = 0; i < segment->count; i++) {
        head->capacities[i] = segment->places[i].capacity;
    }
    head->started = started;
    head->layout = layout_of(segment);
    head->magic = MAGIC;
    place_regions(segment, memory);
    return true;
}

bool cctv_segment_is_ours(const cctv_segment_t *segment, const void *memory)
{
    const cctv_segment_head_t *head = memory;

    return head->magic == MAGIC && head->layout == layout_of(segment);
}

void cctv_segment_open(cctv_segment_t *segment, void *memory)
{
    const cctv_segment_head_t *head = memory;
    int i;

    for (i = 0; i < segment->count; i++) {
        segment->places[i].capacity = head->capacities[i];
    }
    place_regions(segment, memory);
}

bool cctv_segment_clear(cctv_segment_t *segment, int64_t started)
{
    void *memory = segment->head;

    memset(memory, 0, cctv_segment_size(segment));
    return cctv_segment_init(segment, memory, started);
}

void *cctv_segment_find(const cctv_segment_t *segment,
                        const cctv_region_t *region, uint32_t *capacity)
{
    int i;

    for (i = 0; i < segment->count; i++) {
        if (segment->places[i].region == region) {
            if (capacity != NULL) {
                *capacity = segment->places[i].capacity;
            }
            return segment->places[i].at;
        }
    }
    return NULL;
}

uint64_t cctv_segment_keyed_hash(const cctv_segment_t *segment,
                                 const void *data, size_t len)
{
    uint64_t hash = apr_siphash24(data, len, segment->head->key);

    return hash == 0 ? 1 : hash;
}
