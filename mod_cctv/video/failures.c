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
 *     camera (32) | told (1) | state (1) | why (4) | level (4) | until (22)
 *
 * `until` counts quarters of a second and wraps after 12 days: a time that
 * seems to be more than FUTURE ahead lies in the past. The state is FAILED, or
 * a request tries the camera and `why` is its last failure. FAILED without a
 * failure: the camera works again, and the database does not know. */
#define UNTIL_BITS 22
#define UNTIL_MASK ((UINT64_C(1) << UNTIL_BITS) - 1)
#define QUARTER    250000
#define FUTURE     INT64_C(14400)

/* A time older than this is replaced, so that it does not wrap. */
#define OLD (INT64_C(24) * 3600 * 4)

#define LEVEL_SHIFT 22
#define WHY_SHIFT   26
#define WHY_MASK    (UINT64_C(15) << WHY_SHIFT)
#define FAILED      (UINT64_C(1) << 30)
#define TOLD        (UINT64_C(1) << 31)

#define CAMERA(word) ((int32_t)((word) >> 32))
#define LEVEL(word)  ((uint32_t)((word) >> LEVEL_SHIFT & 15))
#define WHY(word)    ((cctv_failure_t)((word) >> WHY_SHIFT & 15))

#define LEVEL_MAX 15

/* A camera whose back-off ended this long ago begins with the shortest
 * back-off again: quarters of a second. */
#define FORGOTTEN (600 * 4)

_Static_assert(CCTV_FAILURE_COUNT <= 16, "a failure has 4 bits");

static bool is_kind(uint64_t word, cctv_fails_t kind)
{
    return WHY(word) != CCTV_FAILURE_NONE
           && cctv_failure_words(WHY(word))->kind == kind;
}

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

/* Whether the time of an entry keeps others from trying the camera. */
static bool is_blocking(uint64_t word)
{
    return word != 0
           && ((word & FAILED) == 0 || is_kind(word, CCTV_FAILS_CAMERA));
}

/* How long a camera is not to be tried: µs. */
static int64_t wait_of(uint64_t word, cctv_time_t now)
{
    int64_t left = (word & FAILED) != 0 && is_blocking(word)
                       ? time_left(word, now)
                       : 0;

    return left > 0 ? left * QUARTER : 0;
}

int64_t cctv_failures_wait(const cctv_failures_t *failures, int32_t camera,
                           cctv_time_t now)
{
    uint64_t word;
    uint64_t old;

    find_entry(failures, camera, now, &word, &old);
    return wait_of(word, now);
}

cctv_failed_t cctv_failures_find(const cctv_failures_t *failures,
                                 int32_t camera, cctv_time_t now)
{
    uint64_t word;
    uint64_t old;
    uint32_t at = find_entry(failures, camera, now, &word, &old);
    uint64_t fact = atomic_load(&failures->facts[at]);
    int64_t left = word == 0 ? 0 : time_left(word, now);

    return (cctv_failed_t){
        .why = WHY(word),
        .fact = word != 0 && CAMERA(fact) == camera ? (uint32_t)fact : 0,
        .wait = wait_of(word, now),
        .ago = left < 0 ? -left * QUARTER : 0,
    };
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

            if (left > 0 && is_blocking(word)) {
                return (word & FAILED) != 0 ? CCTV_ATTEMPT_FAILED
                                            : CCTV_ATTEMPT_OTHERS;
            }
            level = left < -FORGOTTEN ? 0 : LEVEL(word);
        }
        if (swap_entry(failures, at, old,
                       make_entry(camera, word & (TOLD | WHY_MASK), level,
                                  now + time))) {
            return CCTV_ATTEMPT_YOURS;
        }
    }
}

static int64_t back_off(const cctv_failed_t *failed, uint32_t level)
{
    const cctv_failure_words_t *words = cctv_failure_words(failed->why);
    int64_t seconds = words->first;
    int64_t pause;

    while (level-- > 0 && seconds < words->longest) {
        seconds *= 2;
    }
    pause = (seconds < words->longest ? seconds : words->longest) * 1000000;
    return pause > failed->wait ? pause : failed->wait;
}

/* Whether a failure is already known, or less than what is known. */
static bool is_known(uint64_t word, cctv_failure_t why, int64_t pause,
                     cctv_time_t now)
{
    bool is_picture = cctv_failure_words(why)->kind == CCTV_FAILS_PICTURE;
    int64_t left = wait_of(word, now);

    if (is_picture) {
        return WHY(word) == why || is_kind(word, CCTV_FAILS_CAMERA);
    }
    return left > 0 && (WHY(word) == why || left > pause);
}

cctv_noted_t cctv_failures_note(cctv_failures_t *failures, int32_t camera,
                                cctv_failed_t *failed, cctv_time_t now)
{
    for (;;) {
        uint64_t word;
        uint64_t old;
        uint32_t at = find_entry(failures, camera, now, &word, &old);
        uint32_t level = word == 0 ? 0 : LEVEL(word);
        int64_t pause = back_off(failed, level);
        bool is_same = WHY(word) == failed->why;
        uint64_t flags = FAILED | (uint64_t)failed->why << WHY_SHIFT
                         | (is_same ? word & TOLD : 0);

        if (is_known(word, failed->why, pause, now)) {
            failed->wait = wait_of(word, now);
            return CCTV_NOTED_KNOWN;
        }
        if (swap_entry(failures, at, old,
                       make_entry(camera, flags,
                                  level < LEVEL_MAX ? level + 1 : level,
                                  now + pause))) {
            atomic_store(&failures->facts[at],
                         (uint64_t)(uint32_t)camera << 32 | failed->fact);
            failed->wait = pause;
            return is_same ? CCTV_NOTED_AGAIN : CCTV_NOTED_CHANGE;
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
        swap_entry(failures, at, word,
                   make_entry(camera, word & (TOLD | WHY_MASK), LEVEL(word),
                              now - QUARTER));
    }
}

void cctv_failures_forgive(cctv_failures_t *failures, int32_t camera,
                           cctv_time_t now)
{
    uint64_t word;
    uint64_t old;
    uint32_t at = find_entry(failures, camera, now, &word, &old);

    if ((word & FAILED) != 0) {
        swap_entry(failures, at, word,
                   make_entry(camera, word & (FAILED | TOLD | WHY_MASK), 0,
                              now - QUARTER));
    }
}

/* What remains of an entry when its camera sends packets. News stay until they
 * are told, and a failure of the picture stays. */
static uint64_t without_failure(uint64_t word)
{
    if (is_kind(word, CCTV_FAILS_CAMERA)) {
        return (word & ~(WHY_MASK | TOLD | UNTIL_MASK)) | FAILED;
    }
    return WHY(word) != CCTV_FAILURE_NONE || (word & FAILED) != 0
               ? word | FAILED
               : 0;
}

void cctv_failures_clear(cctv_failures_t *failures, int32_t camera)
{
    uint32_t line = line_of(camera);
    uint32_t i;

    for (i = line; i < line + WAYS; i++) {
        uint64_t word = entry_at(failures, i);

        if (word != 0 && CAMERA(word) == camera) {
            swap_entry(failures, i, word, without_failure(word));
        }
    }
}

void cctv_failures_clear_picture(cctv_failures_t *failures, int32_t camera)
{
    uint64_t word;
    uint64_t old;
    uint32_t at = find_entry(failures, camera, 0, &word, &old);

    if (is_kind(word, CCTV_FAILS_PICTURE)) {
        swap_entry(failures, at, word,
                   (word & ~(WHY_MASK | TOLD | UNTIL_MASK)) | FAILED);
    }
}

int32_t cctv_failures_untold(const cctv_failures_t *failures, uint32_t i,
                             uint64_t *word, cctv_failure_t *why)
{
    *word = entry_at(failures, i);
    *why = WHY(*word);
    return (*word & FAILED) != 0 && (*word & TOLD) == 0 ? CAMERA(*word) : 0;
}

int32_t cctv_failures_get(const cctv_failures_t *failures, uint32_t i,
                          cctv_time_t now, cctv_failed_t *out)
{
    uint64_t word = entry_at(failures, i);
    int64_t left = time_left(word, now);

    *out = (cctv_failed_t){ .why = WHY(word),
                            .wait = wait_of(word, now),
                            .ago = left < 0 ? -left * QUARTER : 0 };
    return out->why == CCTV_FAILURE_NONE ? 0 : CAMERA(word);
}

void cctv_failures_age(cctv_failures_t *failures, uint32_t i, cctv_time_t now)
{
    uint64_t word = entry_at(failures, i);

    if (word != 0 && time_left(word, now) < -OLD) {
        swap_entry(failures, i, word,
                   (word & ~UNTIL_MASK)
                       | ((quarters(now) - OLD / 2) & UNTIL_MASK));
    }
}

void cctv_failures_told(cctv_failures_t *failures, uint32_t i, uint64_t word)
{
    swap_entry(failures, i, word,
               WHY(word) == CCTV_FAILURE_NONE ? 0 : word | TOLD);
}
