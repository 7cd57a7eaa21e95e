/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file ring.c
 * @brief The last changes of the cameras, in shared memory.
 * Layer: pure.
 */
#include "push/ring.h"

#include <string.h>
#include <sys/random.h>

/* The most changes that are looked at for the number of a new client. */
#define LOOK_BACK 4096

_Static_assert((CCTV_RING_SIZE & (CCTV_RING_SIZE - 1)) == 0,
               "the number of slots is no power of 2");
_Static_assert(sizeof(cctv_ring_slot_t) == 64, "a slot is not a cache line");

/* The words of a slot. */
enum {
    WORD_META,
    WORD_GENERATION,
    WORD_TIME,
    WORD_ROLE,
    WORD_LNG,
    WORD_LAT,
    WORD_COUNT
};

/* The bits of WORD_META: the id in the lowest 32, then the bytes of the
 * catalogue and of the status, then two flags. */
#define AT_WHICH  32
#define AT_STATUS 40
#define HAD       (UINT64_C(1) << 48)
#define IS_DEEP   (UINT64_C(1) << 49)

static uint64_t random_epoch(void)
{
    uint64_t epoch = 0;

    while (epoch == 0) {
        if (getrandom(&epoch, sizeof epoch, GRND_NONBLOCK) < 0) {
            /* It has to differ from earlier ones, and need not be secret. */
            epoch = (uint64_t)cctv_now() * UINT64_C(0x9e3779b97f4a7c15);
        }
    }
    return epoch;
}

uint64_t cctv_ring_epoch(const cctv_ring_t *ring, int which)
{
    uint64_t epoch = atomic_load(&ring->head->epochs[which]);
    uint64_t first;

    if (epoch != 0) {
        return epoch;
    }
    first = random_epoch();
    return atomic_compare_exchange_strong(&ring->head->epochs[which], &epoch,
                                          first)
               ? first
               : epoch;
}

void cctv_ring_renew(const cctv_ring_t *ring, int which)
{
    atomic_store(&ring->head->epochs[which], random_epoch());
}

static uint64_t bits_of(double number)
{
    uint64_t bits;

    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits)
{
    double number;

    memcpy(&number, &bits, sizeof number);
    return number;
}

static void pack(const cctv_record_of_change_t *change, uint64_t *words)
{
    words[WORD_META] = (uint32_t)change->id
                       | (uint64_t)change->which << AT_WHICH
                       | (uint64_t)change->before.status << AT_STATUS
                       | (change->had ? HAD : 0)
                       | (change->is_deep ? IS_DEEP : 0);
    words[WORD_GENERATION] = change->generation;
    words[WORD_TIME] = (uint64_t)change->time;
    words[WORD_ROLE] = change->before.role;
    words[WORD_LNG] = bits_of(change->before.lng);
    words[WORD_LAT] = bits_of(change->before.lat);
}

static void unpack(const uint64_t *words, cctv_record_of_change_t *out)
{
    uint64_t meta = words[WORD_META];

    out->id = (int32_t)(uint32_t)meta;
    out->which = (uint8_t)(meta >> AT_WHICH);
    out->had = (meta & HAD) != 0;
    out->is_deep = (meta & IS_DEEP) != 0;
    out->generation = words[WORD_GENERATION];
    out->time = (cctv_time_t)words[WORD_TIME];
    out->before.status = (uint8_t)(meta >> AT_STATUS);
    out->before.role = words[WORD_ROLE];
    out->before.lng = double_of(words[WORD_LNG]);
    out->before.lat = double_of(words[WORD_LAT]);
}

static cctv_ring_slot_t *slot_of(const cctv_ring_t *ring, uint64_t number)
{
    return &ring->slots[number % CCTV_RING_SIZE];
}

/* The words are read with acquire order, so that the second look at the number
 * cannot come before them; and written with release order, so that none can be
 * seen while the number is still the old one. A fence would do the same, but
 * ThreadSanitizer does not know fences. */
bool cctv_ring_read(const cctv_ring_t *ring, uint64_t number,
                    cctv_record_of_change_t *out)
{
    cctv_ring_slot_t *slot = slot_of(ring, number);
    uint64_t words[WORD_COUNT];
    int i;

    if (number == 0
        || atomic_load_explicit(&slot->number, memory_order_acquire)
               != number) {
        return false;
    }
    for (i = 0; i < WORD_COUNT; i++) {
        words[i] = atomic_load_explicit(&slot->words[i], memory_order_acquire);
    }
    if (atomic_load_explicit(&slot->number, memory_order_relaxed) != number) {
        return false;
    }
    unpack(words, out);
    return true;
}

void cctv_ring_add(const cctv_ring_t *ring,
                   const cctv_record_of_change_t *change)
{
    uint64_t number = cctv_ring_last(ring) + 1;
    cctv_ring_slot_t *slot = slot_of(ring, number);
    uint64_t words[WORD_COUNT];
    int i;

    pack(change, words);
    atomic_store_explicit(&slot->number, 0, memory_order_relaxed);
    for (i = 0; i < WORD_COUNT; i++) {
        atomic_store_explicit(&slot->words[i], words[i], memory_order_release);
    }
    atomic_store_explicit(&slot->number, number, memory_order_release);
    atomic_store_explicit(&ring->head->last, number, memory_order_release);
}

void cctv_ring_set_told(const cctv_ring_t *ring, int which,
                        uint64_t generation)
{
    atomic_store(&ring->head->told[which], generation);
    atomic_store(&ring->head->waits[which], 0);
}

uint64_t cctv_ring_told(const cctv_ring_t *ring, int which)
{
    return atomic_load(&ring->head->told[which]);
}

void cctv_ring_check(const cctv_ring_t *ring, int which, uint64_t generation,
                     cctv_time_t now)
{
    _Atomic cctv_time_t *waits = &ring->head->waits[which];
    cctv_time_t since = atomic_load_explicit(waits, memory_order_relaxed);
    uint64_t told = cctv_ring_told(ring, which);

    if (told == 0) {
        /* Nobody has a cursor that is older than the first generation. */
        atomic_compare_exchange_strong(&ring->head->told[which], &told,
                                       generation);
        return;
    }
    if (told >= generation) {
        return;
    }
    if (since == 0) {
        /* If the changes came in between, the writer may have cleared it too
         * soon, and a later generation would seem to be late. */
        if (atomic_compare_exchange_strong(waits, &since, now)
            && cctv_ring_told(ring, which) >= generation) {
            atomic_compare_exchange_strong(waits, &now, 0);
        }
        return;
    }
    if (now - since >= CCTV_RING_PATIENCE
        && atomic_compare_exchange_strong(waits, &since, 0)) {
        atomic_store(&ring->head->told[which], generation);
        cctv_ring_renew(ring, which);
    }
}

uint64_t cctv_ring_start(const cctv_ring_t *ring, cctv_time_t now,
                         int64_t late)
{
    uint64_t last = cctv_ring_last(ring);
    uint64_t start = last;
    uint64_t number;
    cctv_record_of_change_t change;

    for (number = last;
         number > 0 && last - number < LOOK_BACK
         && cctv_ring_read(ring, number, &change) && now - change.time < late;
         number--) {
        /* A status changes for all processes at once. */
        if (change.is_deep) {
            start = number - 1;
        }
    }
    return start;
}
