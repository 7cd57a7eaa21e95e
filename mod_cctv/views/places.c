/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file places.c
 * @brief Counts of the places that each client, each camera and all views
 *        together hold, in shared memory.
 * Layer: pure.
 */
#include "views/places.h"

#define BUCKET  64 /* words */
#define CONTROL 0
#define CHANGES 1
#define FIRST   2

/* The average number of keys in a bucket when the table of views is full: then
 * a bucket overflows with a probability of about 10^-11. A view has at most
 * three keys, and one of them is the same for all views. */
#define KEYS_PER_BUCKET 24

#define COUNT_BITS  24
#define COUNT_MASK  ((UINT64_C(1) << COUNT_BITS) - 1)
#define TAG(word)   ((word) >> COUNT_BITS)
#define COUNT(word) ((uint32_t)((word)&COUNT_MASK))

/* The bits of an open control word below its tag. */
#define OPEN       (UINT64_C(1) << 23)
#define CELL_SHIFT 17
#define CELL(word) ((uint32_t)((word) >> CELL_SHIFT & 63))
#define SEQUENCE   ((UINT64_C(1) << CELL_SHIFT) - 1)

_Static_assert(sizeof(cctv_places_head_t) == 64, "the head is not a line");

/* The bucket and the tag of a key. */
typedef struct {
    _Atomic uint64_t *bucket;
    uint64_t tag;
} place_at_t;

static uint32_t bucket_count(uint32_t max_sessions)
{
    uint64_t keys = 2 * (uint64_t)max_sessions + 1;
    uint32_t count = 1;

    while (keys > BUCKET - FIRST && (uint64_t)count * KEYS_PER_BUCKET < keys) {
        count *= 2;
    }
    return count;
}

size_t cctv_places_size(uint32_t max_sessions)
{
    return sizeof(cctv_places_head_t)
           + (size_t)bucket_count(max_sessions) * BUCKET * sizeof(uint64_t);
}

void cctv_places_open(cctv_places_t *places, void *memory,
                      uint32_t max_sessions)
{
    places->mask = bucket_count(max_sessions) - 1;
    places->head = memory;
    places->words = (_Atomic uint64_t *)(void *)(places->head + 1);
}

/* The finalizer of SplitMix64. Keys may be small numbers, so they have to be
 * mixed. */
static uint64_t mix(uint64_t key)
{
    key += UINT64_C(0x9e3779b97f4a7c15);
    key = (key ^ key >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    key = (key ^ key >> 27) * UINT64_C(0x94d049bb133111eb);
    return key ^ key >> 31;
}

static place_at_t place_of(const cctv_places_t *places, uint64_t key)
{
    uint64_t hash = mix(key);
    uint64_t tag = hash >> COUNT_BITS;

    return (place_at_t){ .bucket = places->words
                                   + (hash & places->mask) * (size_t)BUCKET,
                         .tag = tag == 0 ? 1 : tag };
}

static bool swap_word(_Atomic uint64_t *word, uint64_t from, uint64_t to)
{
    return atomic_compare_exchange_strong(word, &from, to);
}

/* ---- The cell of a key ---- */

/* @param free  gets the number of a free cell; 0: there is none
 * @return the number of the cell with this tag; 0: there is none */
static uint32_t look_for(const place_at_t *at, uint32_t *free)
{
    uint32_t i;

    *free = 0;
    for (i = FIRST; i < BUCKET; i++) {
        uint64_t tag = TAG(atomic_load(&at->bucket[i]));

        if (tag == at->tag) {
            return i;
        }
        if (tag == 0 && *free == 0) {
            *free = i;
        }
    }
    return 0;
}

/* Finish what an open control word describes. Several processes may do this at
 * the same time. */
static void complete(_Atomic uint64_t *bucket, uint64_t control)
{
    _Atomic uint64_t *cell = &bucket[CELL(control)];
    uint64_t word = atomic_load(cell);

    /* Read the control word again: if it has not changed, the cell was read
     * while the control word was open, and its version is current. */
    if (TAG(word) == 0 && atomic_load(&bucket[CONTROL]) == control) {
        swap_word(cell, word, TAG(control) << COUNT_BITS);
    }
    swap_word(&bucket[CONTROL], control, (control + 1) & SEQUENCE);
}

/* Find the cell of a key, or give the key a free cell.
 * @return NULL: the bucket has no room for another key */
static _Atomic uint64_t *cell_for(const place_at_t *at)
{
    for (;;) {
        /* Read this before the search: if another process adds a key during
         * the search, the compare-and-swap below fails. */
        uint64_t control = atomic_load(&at->bucket[CONTROL]);
        uint32_t free;
        uint32_t found = look_for(at, &free);
        uint64_t open;

        if (found != 0) {
            return &at->bucket[found];
        }
        if ((control & OPEN) != 0) {
            complete(at->bucket, control);
            continue;
        }
        if (free == 0) {
            return NULL;
        }
        open = at->tag << COUNT_BITS | OPEN | (uint64_t)free << CELL_SHIFT
               | (control & SEQUENCE);
        if (swap_word(&at->bucket[CONTROL], control, open)) {
            complete(at->bucket, open);
        }
    }
}

static uint64_t free_word(cctv_places_t *places)
{
    return (atomic_fetch_add(&places->head->versions, 1) + 1) & COUNT_MASK;
}

/* Free a taken cell. An open control word is completed first. After that no
 * process can open a control word for this cell as long as it holds its key,
 * so a late process cannot put the key back.
 * @return false: the cell changed meanwhile */
static bool free_cell(cctv_places_t *places, _Atomic uint64_t *bucket,
                      uint32_t cell, uint64_t word)
{
    uint64_t control = atomic_load(&bucket[CONTROL]);

    if ((control & OPEN) != 0) {
        complete(bucket, control);
    }
    return swap_word(&bucket[cell], word, free_word(places));
}

/* ---- Counts ---- */

cctv_place_t cctv_places_take(cctv_places_t *places, uint64_t key,
                              uint32_t limit)
{
    place_at_t at = place_of(places, key);

    for (;;) {
        _Atomic uint64_t *cell = cell_for(&at);
        uint64_t word;

        if (cell == NULL) {
            return CCTV_PLACE_NO_ROOM;
        }
        word = atomic_load(cell);
        if (TAG(word) != at.tag) {
            continue;
        }
        if (COUNT(word) == COUNT_MASK || (limit > 0 && COUNT(word) >= limit)) {
            return CCTV_PLACE_LIMIT;
        }
        atomic_fetch_add(&at.bucket[CHANGES], 1);
        if (swap_word(cell, word, word + 1)) {
            return CCTV_PLACE_TAKEN;
        }
    }
}

void cctv_places_give(cctv_places_t *places, uint64_t key, uint32_t count)
{
    place_at_t at = place_of(places, key);
    uint32_t free;

    for (;;) {
        uint32_t found = look_for(&at, &free);
        _Atomic uint64_t *cell = &at.bucket[found];
        uint64_t word = found == 0 ? 0 : atomic_load(cell);

        if (found == 0) {
            return;
        }
        if (TAG(word) != at.tag) {
            continue;
        }
        atomic_fetch_add(&at.bucket[CHANGES], 1);
        if (COUNT(word) > count ? swap_word(cell, word, word - count)
                                : free_cell(places, at.bucket, found, word)) {
            return;
        }
    }
}

uint32_t cctv_places_count(const cctv_places_t *places, uint64_t key)
{
    place_at_t at = place_of(places, key);
    uint32_t free;
    uint32_t found = look_for(&at, &free);
    uint64_t word = found == 0 ? 0 : atomic_load(&at.bucket[found]);

    return TAG(word) == at.tag ? COUNT(word) : 0;
}

uint64_t cctv_places_changes(const cctv_places_t *places, uint64_t key)
{
    place_at_t at = place_of(places, key);

    return atomic_load(&at.bucket[CHANGES]);
}

void cctv_places_tidy(cctv_places_t *places)
{
    size_t words = ((size_t)places->mask + 1) * BUCKET;
    size_t i;

    for (i = 0; i < words; i++) {
        uint64_t word = atomic_load_explicit(&places->words[i],
                                             memory_order_relaxed);

        if (i % BUCKET >= FIRST && TAG(word) != 0 && COUNT(word) == 0) {
            free_cell(places, &places->words[i - i % BUCKET],
                      (uint32_t)(i % BUCKET), word);
        }
    }
}
