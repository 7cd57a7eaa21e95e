/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file old_pins.h
 * @brief The mountpoints whose pin has to change, in shared memory.
 * Layer: pure.
 *
 * Janus gives a mountpoint to a browser that knows its pin (proxy transport).
 *
 * All functions are thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_VIDEO_OLD_PINS_H
#define CCTV_VIDEO_OLD_PINS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define CCTV_OLD_PINS_MAX 256

/** New memory has to be all zero. */
typedef struct {
    _Atomic int64_t ids[CCTV_OLD_PINS_MAX]; /**< 0: a free place */
    _Atomic bool are_all_old;
} cctv_old_pins_t;

/** Note that the pin of a mountpoint has to change. If there is no place left,
 *  the pins of all have to. @param id  more than 0 */
void cctv_old_pins_add(cctv_old_pins_t *pins, int64_t id);

/** Note that the pins of all mountpoints have to change. */
void cctv_old_pins_add_all(cctv_old_pins_t *pins);

/** @return whether any pin has to change */
bool cctv_old_pins_has(const cctv_old_pins_t *pins);

/** Take the next mountpoint whose pin has to change. @return 0: there is none */
int64_t cctv_old_pins_take(cctv_old_pins_t *pins);

/** @return whether the pins of all mountpoints have to change; if so, this is not
 *          noted any more */
bool cctv_old_pins_take_all(cctv_old_pins_t *pins);

#endif
