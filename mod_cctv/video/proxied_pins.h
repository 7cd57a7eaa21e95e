/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file proxied_pins.h
 * @brief Changes the pins of mountpoints that are known to viewers which may
 *        not watch any more.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_PROXIED_PINS_H
#define CCTV_VIDEO_PROXIED_PINS_H

#include "video/keeper_calls.h"
#include "video/old_pins.h"

/** Change the pins that have to change. If Janus does not answer, they still
 *  have to. */
void cctv_proxied_pins_change(cctv_keeper_t *keeper, cctv_old_pins_t *old);

#endif
