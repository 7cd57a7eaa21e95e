/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file failures.h
 * @brief Remembers the cameras that have just failed and the attempts to
 *        connect to cameras, in shared memory.
 * Layer: pure.
 *
 * After a camera has failed, no request of any transport tries it again before
 * its back-off is over. Each further failure doubles the back-off. One request
 * at a time tries a camera; the others wait for its result.
 *
 *     none ---attempt---> trying ---success---> none
 *                          ^   |
 *            back-off over |   | failure
 *                          |   v
 *                         failed
 *
 * An attempt ends by itself when its time is over, since its process may have
 * been killed.
 *
 * The table has a fixed size. An entry is one 64-bit word, so readers never
 * see half of an update, and each change is one compare-and-swap. A camera can
 * be in any entry of one cache line. If the line is full, a new entry replaces
 * the one whose time ends first. So if thousands of cameras fail at once, a
 * few of them are tried again early. Two processes may make two entries for
 * one camera at the same time: the later time counts, and a success removes
 * both.
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

/** The key of a stream in this table: the second stream of a camera fails for
 *  itself. Wherever a function takes a camera, it takes this key. */
static inline int32_t cctv_failures_key(int32_t camera, bool is_second)
{
    return is_second ? -camera : camera;
}

/** New memory has to be all zero. */
typedef struct {
    _Alignas(64) _Atomic uint64_t entries[CCTV_FAILURES_SIZE];
} cctv_failures_t;

/** Why a camera has failed. */
typedef enum {
    CCTV_FAILURE_OFFLINE, /**< it does not answer; back-off 2, 4, 8 … 60 s */
    CCTV_FAILURE_SUSPECT, /**< it refuses the connection, and it has a login,
                               which may be wrong; back-off 60 s */
    CCTV_FAILURE_LOGIN /**< its login is wrong; back-off 60, 120 … 600 s */
} cctv_failure_t;

typedef enum {
    CCTV_ATTEMPT_YOURS,  /**< the caller tries, and reports the result */
    CCTV_ATTEMPT_OTHERS, /**< another request tries: wait and ask again */
    CCTV_ATTEMPT_FAILED  /**< the camera has failed; its back-off goes on */
} cctv_attempt_t;

/** @return how long a camera is not to be tried: µs; 0: it has not failed, or
 *  its back-off is over */
int64_t cctv_failures_wait(const cctv_failures_t *failures, int32_t camera,
                           cctv_time_t now);

/** Ask to try a camera. After CCTV_ATTEMPT_YOURS the caller has to report the
 *  result with cctv_failures_note(), cctv_failures_give_up() or
 *  cctv_failures_clear().
 *  @param time  the longest time that the attempt may take: µs */
cctv_attempt_t cctv_failures_attempt(cctv_failures_t *failures, int32_t camera,
                                     cctv_time_t now, int64_t time);

/** Note that a camera has failed. @return its back-off: µs */
int64_t cctv_failures_note(cctv_failures_t *failures, int32_t camera,
                           cctv_failure_t why, cctv_time_t now);

/** Note that an attempt has ended and says nothing about the camera. */
void cctv_failures_give_up(cctv_failures_t *failures, int32_t camera,
                           cctv_time_t now);

/** Note that a camera sends packets. */
void cctv_failures_clear(cctv_failures_t *failures, int32_t camera);

/** Find a camera that has failed and that the database does not know about.
 *  @param i     the number of the entry, 0 ≤ i < CCTV_FAILURES_SIZE
 *  @param word  gets the value to pass to cctv_failures_told()
 *  @return the camera; 0: there is none in this entry */
int32_t cctv_failures_untold(const cctv_failures_t *failures, uint32_t i,
                             uint64_t *word);

/** Note that the database knows about the failure. */
void cctv_failures_told(cctv_failures_t *failures, uint32_t i, uint64_t word);

#endif
