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
 * Failures of the kind CCTV_FAILS_PICTURE are remembered in the same table, but
 * have no back-off. They stay until cctv_failures_clear_picture().
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
 * Beside each entry there is a fact about the failure. It has the id of its
 * camera, so a fact that does not belong to the entry is not used.
 *
 * All functions are thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_VIDEO_FAILURES_H
#define CCTV_VIDEO_FAILURES_H

#include "core/clock.h"
#include "janus/mountpoint_id.h"
#include "video/failure_words.h"

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

/** @return the key of the stream of a mountpoint */
static inline int32_t cctv_failures_key_of(int64_t mountpoint)
{
    return cctv_failures_key(cctv_mountpoint_camera(mountpoint),
                             cctv_mountpoint_is_second(mountpoint));
}

/** @return the camera of a key */
static inline int32_t cctv_failures_camera(int32_t key)
{
    return key < 0 ? -key : key;
}

/** New memory has to be all zero. */
typedef struct {
    _Alignas(64) _Atomic uint64_t entries[CCTV_FAILURES_SIZE];
    _Atomic uint64_t facts[CCTV_FAILURES_SIZE];
} cctv_failures_t;

/** A failure of a camera. */
typedef struct {
    cctv_failure_t why;
    /**
     * CCTV_FAILURE_LOGIN_REFUSED: keyed hash of the address and the login.
     * CCTV_FAILURE_OTHER_CODEC: the codecs (mod_diagnosis.c). 0: not known.
     */
    uint32_t fact;
    int64_t wait; /**< how long it is not to be tried again: µs */
    int64_t ago;  /**< how long ago that was over, or it was noted: µs */
} cctv_failed_t;

typedef enum {
    CCTV_ATTEMPT_YOURS,  /**< the caller tries, and reports the result */
    CCTV_ATTEMPT_OTHERS, /**< another request tries: wait and ask again */
    CCTV_ATTEMPT_FAILED  /**< the camera has failed; its back-off goes on */
} cctv_attempt_t;

/** @return how long a camera is not to be tried: µs; 0: it has not failed, or
 *  its back-off is over */
int64_t cctv_failures_wait(const cctv_failures_t *failures, int32_t camera,
                           cctv_time_t now);

/** Look up the last failure of a camera that has not worked since.
 *  @return `why` is CCTV_FAILURE_NONE: there is none; `wait` is 0: its back-off
 *          is over */
cctv_failed_t cctv_failures_find(const cctv_failures_t *failures,
                                 int32_t camera, cctv_time_t now);

/** Ask to try a camera. After CCTV_ATTEMPT_YOURS the caller has to report the
 *  result with cctv_failures_note(), cctv_failures_give_up() or
 *  cctv_failures_clear().
 *  @param time  the longest time that the attempt may take: µs */
cctv_attempt_t cctv_failures_attempt(cctv_failures_t *failures, int32_t camera,
                                     cctv_time_t now, int64_t time);

typedef enum {
    CCTV_NOTED_KNOWN, /**< another request has noted this failure */
    CCTV_NOTED_AGAIN, /**< the last failure was of the same name */
    CCTV_NOTED_CHANGE /**< the camera had another failure, or none */
} cctv_noted_t;

/** Note that a camera has failed. A failure of the kind CCTV_FAILS_PICTURE does
 *  not replace one of the kind CCTV_FAILS_CAMERA.
 *  @param failed  `wait` is the shortest back-off; gets the back-off */
cctv_noted_t cctv_failures_note(cctv_failures_t *failures, int32_t camera,
                                cctv_failed_t *failed, cctv_time_t now);

/** Note that an attempt has ended and says nothing about the camera. */
void cctv_failures_give_up(cctv_failures_t *failures, int32_t camera,
                           cctv_time_t now);

/** Note that a camera sends packets. */
void cctv_failures_clear(cctv_failures_t *failures, int32_t camera);

/** Forget the failure of a camera whose login or address has changed, so that
 *  it may be tried at once. */
void cctv_failures_forgive(cctv_failures_t *failures, int32_t camera,
                           cctv_time_t now);

/** Note that a viewer has a proper picture of a camera. */
void cctv_failures_clear_picture(cctv_failures_t *failures, int32_t camera);

/** Find a change that the database does not know about: a camera has failed, or
 *  does not fail any more.
 *  @param i     the number of the entry, 0 ≤ i < CCTV_FAILURES_SIZE
 *  @param word  gets the value to pass to cctv_failures_told()
 *  @param why   gets the failure; CCTV_FAILURE_NONE: the camera works again
 *  @return the camera; 0: there is none in this entry */
int32_t cctv_failures_untold(const cctv_failures_t *failures, uint32_t i,
                             uint64_t *word, cctv_failure_t *why);

/** Read the failure in an entry, for people.
 *  @return the key of its camera; 0: there is none in this entry */
int32_t cctv_failures_get(const cctv_failures_t *failures, uint32_t i,
                          cctv_time_t now, cctv_failed_t *out);

/** Keep an entry from being mistaken for a new one: call this for each entry at
 *  least once a day. */
void cctv_failures_age(cctv_failures_t *failures, uint32_t i, cctv_time_t now);

/** Note that the database knows about the change. */
void cctv_failures_told(cctv_failures_t *failures, uint32_t i, uint64_t word);

#endif
