/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file proxied.h
 * @brief The Janus sessions of browsers (proxy transport), and the cameras
 *        whose pin has to change, in shared memory.
 * Layer: pure.
 *
 * The table of Janus sessions is an index: it finds the slot of a view by the
 * id of its Janus session. What it yields has to be compared with the view.
 * It has a fixed size. A full cache line overwrites an entry, so if there are
 * more than some thousand Janus sessions at once, events about a few of them
 * are ignored until the next check (proxied_check.h).
 *
 * All functions are thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_VIDEO_PROXIED_H
#define CCTV_VIDEO_PROXIED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define CCTV_PROXIED_SIZE 16384
#define CCTV_PROXIED_PINS 256

typedef struct {
    _Atomic uint64_t word; /**< 32 bits of the hash of the Janus session, and
                            *   the slot of the view */
    _Atomic uint64_t handle;
} cctv_proxied_entry_t;

/** New memory has to be all zero. */
typedef struct {
    _Alignas(64) cctv_proxied_entry_t entries[CCTV_PROXIED_SIZE];
    /** The cameras whose pin has to change; 0: a free place. */
    _Atomic int32_t pins[CCTV_PROXIED_PINS];
    /** Whether the pins of all cameras have to change. */
    _Atomic bool are_all_pins_old;
} cctv_proxied_t;

/** Note the slot of the view that a Janus session belongs to, and the handle
 *  of the view in that session. */
void cctv_proxied_put(cctv_proxied_t *proxied, uint64_t janus, uint64_t handle,
                      uint32_t slot);

/**
 * Find what was noted about a Janus session.
 *
 * @param handle  gets the handle
 * @param slot    gets the slot
 * @return false: nothing is known about it
 */
bool cctv_proxied_get(const cctv_proxied_t *proxied, uint64_t janus,
                      uint64_t *handle, uint32_t *slot);

/** Forget a Janus session. */
void cctv_proxied_remove(cctv_proxied_t *proxied, uint64_t janus);

/** Note that the pin of a camera has to change. If there is no place left, the
 *  pins of all cameras have to. @param camera  more than 0 */
void cctv_proxied_pin_is_old(cctv_proxied_t *proxied, int32_t camera);

/** Note that the pins of all cameras have to change. */
void cctv_proxied_all_pins_are_old(cctv_proxied_t *proxied);

/** @return whether any pin has to change */
bool cctv_proxied_has_old_pins(const cctv_proxied_t *proxied);

/** Take the next camera whose pin has to change. @return 0: there is none */
int32_t cctv_proxied_take_pin(cctv_proxied_t *proxied);

/** @return whether the pins of all cameras have to change; if so, this is not
 *          noted any more */
bool cctv_proxied_take_all_pins(cctv_proxied_t *proxied);

#endif
