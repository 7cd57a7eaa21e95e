/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file failures.h
 * @brief The cameras that have just failed and those that are being connected
 *        to, in memory that processes share.
 * Layer: pure.
 *
 * A camera that has failed is not tried again before its back-off is over, by
 * nobody and for no transport. Each further failure doubles the back-off. One
 * request at a time tries; the others wait for its result.
 *
 *     none ---attempt---> trying ---success---> none
 *                          ^   |
 *            back-off over |   | failure
 *                          |   v
 *                         failed
 *
 * An attempt ends by itself when its time is over: its process may have been
 * killed.
 *
 * The table has a fixed size. An entry is one 64-bit word, so it is right by
 * itself, and each change is one compare-and-swap. A camera can be in any
 * entry of one cache line; where that is full, the entry whose time is over
 * first makes room. So when thousands of cameras fail at once, a few of them
 * are tried again early. Two processes may make two entries for one camera at
 * the same time: the later time counts, and a success removes both.
 *
 * All functions are thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_VIDEO_FAILURES_H
#define CCTV_VIDEO_FAILURES_H

#include "core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define CCTV_FAILURES_SIZE 8192

/** All zero where it is new. */
typedef struct {
    _Alignas(64) _Atomic uint64_t entries[CCTV_FAILURES_SIZE];
} cctv_failures_t;

/** Why a camera has failed. */
typedef enum {
    CCTV_FAILURE_OFFLINE, /**< it does not answer: 2, 4, 8 … 60 s */
    CCTV_FAILURE_SUSPECT, /**< it refuses, and it has a login, which may be
                               wrong: 60 s */
    CCTV_FAILURE_LOGIN    /**< its login is wrong: 60, 120 … 600 s */
} cctv_failure_t;

typedef enum {
    CCTV_ATTEMPT_YOURS,  /**< the caller tries, and tells how it went */
    CCTV_ATTEMPT_OTHERS, /**< somebody else tries: wait and ask again */
    CCTV_ATTEMPT_FAILED  /**< it has failed: not before its back-off is over */
} cctv_attempt_t;

/** How long a camera that has failed is not to be tried: µs; 0: it has not
 *  failed, or its back-off is over. */
int64_t cctv_failures_wait(const cctv_failures_t *failures, int32_t camera,
                           cctv_time_t now);

/** Ask to try a camera. @param time  the longest that an attempt takes, µs */
cctv_attempt_t cctv_failures_attempt(cctv_failures_t *failures, int32_t camera,
                                     cctv_time_t now, int64_t time);

/** Note that a camera has failed. @return its back-off, µs */
int64_t cctv_failures_note(cctv_failures_t *failures, int32_t camera,
                           cctv_failure_t why, cctv_time_t now);

/** Note that an attempt ended without a word about the camera. */
void cctv_failures_give_up(cctv_failures_t *failures, int32_t camera,
                           cctv_time_t now);

/** Note that a camera sends. */
void cctv_failures_clear(cctv_failures_t *failures, int32_t camera);

/** The camera of entry number `i` if it has failed and that has not been
 *  told; 0: none. 0 ≤ i < CCTV_FAILURES_SIZE
 *  @param word  what to pass to cctv_failures_told() */
int32_t cctv_failures_untold(const cctv_failures_t *failures, uint32_t i,
                             uint64_t *word);

/** Note that it has been told. */
void cctv_failures_told(cctv_failures_t *failures, uint32_t i, uint64_t word);

#endif
