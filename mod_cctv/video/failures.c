/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file failures.c
 * @brief Remembers the cameras that have just failed and the attempts to
 *        connect to cameras, in shared memory.
 * Layer: pure.
 */
#include "video/failures.h"

/* Entries in a cache line. */
#define WAYS 8

/* The bits of an entry:
 *
 *     camera (32) | told (1) | state (1) | kind (2) | level (4) | until (24)
 *
 * `until` counts quarters of a second and wraps after 48 days: a time that
 * seems to be more than FUTURE ahead lies in the past. */
#define UNTIL_BITS 24
#define UNTIL_MASK ((UINT64_C(1) << UNTIL_BITS) - 1)
#define QUARTER    250000
#define FUTURE     (3600 * 4)

#define LEVEL_SHIFT 24
#define KIND_SHIFT  28
#define FAILED      (UINT64_C(1) << 30)
#define TOLD        (UINT64_C(1) << 31)

#define CAMERA(word) ((int32_t)((word) >> 32))
#define LEVEL(word)  ((uint32_t)((word) >> LEVEL_SHIFT & 15))
#define KIND(word)   ((cctv_failure_t)((word) >> KIND_SHIFT & 3))

#define LEVEL_MAX 15

/* A camera whose back-off ended this long ago begins with the shortest
 * back-off again: quarters of a second. */
#define FORGOTTEN (600 * 4)

static const struct {
    int64_t first, longest; /* s */
} back_offs[] = {
    [CCTV_FAILURE_OFFLINE] = { 2, 60 },
    [CCTV_FAILURE_SUSPECT] = { 60, 60 },
    [CCTV_FAILURE_LOGIN] = { 60, 600 },
};

static uint64_t quarters(cctv_time_t time)
{
    return (uint64_t)(time / QUARTER);
}

/* @return quarters of a second until the time of an entry is over; 0 or
 *         negative: it is over */
static int64_t time_left(uint64_t word, cctv_time_t now)
{
    int64_t left = (int64_t)((word - (uint64_t)(now / QUARTER)) & UNTIL_MASK);

    return left > FUTURE ? left - (INT64_C(1) << UNTIL_BITS) : left;
}

static uint64_t make_entry(int32_t camera, uint64_t flags, uint32_t level,
                           cctv_time_t until)
{
    return (uint64_t)(uint32_t)camera << 32 | flags
           | (uint64_t)level << LEVEL_SHIFT | (quarters(until) & UNTIL_MASK);
}

static uint32_t line_of(int32_t camera)
{
    /* Fibonacci hashing, since camera ids are mostly consecutive. */
    uint64_t hash = (uint64_t)(uint32_t)camera * UINT64_C(0x9e3779b97f4a7c15);

    return (uint32_t)(hash >> 32) % (CCTV_FAILURES_SIZE / WAYS) * WAYS;
}

static uint64_t entry_at(const cctv_failures_t *failures, uint32_t i)
{
    return atomic_load(&failures->entries[i]);
}

static bool swap_entry(cctv_failures_t *failures, uint32_t i, uint64_t from,
                       uint64_t to)
{
    return atomic_compare_exchange_strong(&failures->entries[i], &from, to);
}

/* Find the entry of a camera. If there are two, find the one with the most
 * time left; if there is none, find the entry that the camera may take.
 * @param word  gets the camera's word; 0: it has no entry
 * @param old   gets the word to replace by compare-and-swap
 * @return the number of the entry */
static uint32_t find_entry(const cctv_failures_t *failures, int32_t camera,
                           cctv_time_t now, uint64_t *word, uint64_t *old)
{
    uint32_t line = line_of(camera);
    uint32_t found = line;
    uint32_t victim = line;
    int64_t least = INT64_MAX;
    uint32_t i;

    *word = *old = 0;
    for (i = line; i < line + WAYS; i++) {
        uint64_t each = entry_at(failures, i);
        int64_t left = each == 0 ? INT64_MIN : time_left(each, now);

        if (each != 0 && CAMERA(each) == camera
            && (*word == 0 || left > time_left(*word, now))) {
            *word = each;
            found = i;
        }
        if (left < least) {
            least = left;
            victim = i;
            *old = each;
        }
    }
    if (*word == 0) {
        return victim;
    }
    *old = *word;
    return found;
}

int64_t cctv_failures_wait(const cctv_failures_t *failures, int32_t camera,
                           cctv_time_t now)
{
    uint64_t word;
    uint64_t old;
    int64_t left;

    find_entry(failures, camera, now, &word, &old);
    left = word == 0 || (word & FAILED) == 0 ? 0 : time_left(word, now);
    return left > 0 ? left * QUARTER : 0;
}

cctv_attempt_t cctv_failures_attempt(cctv_failures_t *failures, int32_t camera,
                                     cctv_time_t now, int64_t time)
{
    for (;;) {
        uint64_t word;
        uint64_t old;
        uint32_t at = find_entry(failures, camera, now, &word, &old);
        uint32_t level = 0;

        if (word != 0) {
            int64_t left = time_left(word, now);

            if (left > 0) {
                return (word & FAILED) != 0 ? CCTV_ATTEMPT_FAILED
                                            : CCTV_ATTEMPT_OTHERS;
            }
            level = left < -FORGOTTEN ? 0 : LEVEL(word);
        }
        if (swap_entry(failures, at, old,
                       make_entry(camera, word & TOLD, level, now + time))) {
            return CCTV_ATTEMPT_YOURS;
        }
    }
}

static int64_t back_off(cctv_failure_t why, uint32_t level)
{
    int64_t seconds = back_offs[why].first;

    while (level-- > 0 && seconds < back_offs[why].longest) {
        seconds *= 2;
    }
    return (seconds < back_offs[why].longest ? seconds
                                             : back_offs[why].longest)
           * 1000000;
}

int64_t cctv_failures_note(cctv_failures_t *failures, int32_t camera,
                           cctv_failure_t why, cctv_time_t now)
{
    for (;;) {
        uint64_t word;
        uint64_t old;
        uint32_t at = find_entry(failures, camera, now, &word, &old);
        uint32_t level = word == 0 ? 0 : LEVEL(word);
        int64_t pause = back_off(why, level);
        uint64_t flags = FAILED | (uint64_t)why << KIND_SHIFT | (word & TOLD);

        if ((word & FAILED) != 0 && time_left(word, now) > 0
            && KIND(word) >= why) {
            /* Another request has noted the same failure. */
            return time_left(word, now) * QUARTER;
        }
        if (swap_entry(failures, at, old,
                       make_entry(camera, flags,
                                  level < LEVEL_MAX ? level + 1 : level,
                                  now + pause))) {
            return pause;
        }
    }
}

void cctv_failures_give_up(cctv_failures_t *failures, int32_t camera,
                           cctv_time_t now)
{
    uint64_t word;
    uint64_t old;
    uint32_t at = find_entry(failures, camera, now, &word, &old);

    if (word != 0 && (word & FAILED) == 0) {
        /* The entry stays, so that the next attempt goes on with its level. */
        swap_entry(
            failures, at, word,
            make_entry(camera, word & TOLD, LEVEL(word), now - QUARTER));
    }
}

void cctv_failures_clear(cctv_failures_t *failures, int32_t camera)
{
    uint32_t line = line_of(camera);
    uint32_t i;

    for (i = line; i < line + WAYS; i++) {
        uint64_t word = entry_at(failures, i);

        if (word != 0 && CAMERA(word) == camera) {
            swap_entry(failures, i, word, 0);
        }
    }
}

int32_t cctv_failures_untold(const cctv_failures_t *failures, uint32_t i,
                             uint64_t *word)
{
    *word = entry_at(failures, i);
    return (*word & FAILED) != 0 && (*word & TOLD) == 0 ? CAMERA(*word) : 0;
}

void cctv_failures_told(cctv_failures_t *failures, uint32_t i, uint64_t word)
{
    swap_entry(failures, i, word, word | TOLD);
}
