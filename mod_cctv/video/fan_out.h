/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file fan_out.h
 * @brief The addresses of a relay from which the second and later Janus servers
 *        pull a camera: CCTVFanOut.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_FAN_OUT_H
#define CCTV_VIDEO_FAN_OUT_H

#include "apr_pools.h"

#include <stdbool.h>
#include <stdint.h>

/** @return whether a text is an address for all cameras: rtsp://, without a
 *  user, and with {id} in its path, once. Other names in braces may be those
 *  of placeholders.h. */
bool cctv_fan_out_is_right(const char *text);

/** @param text  for which cctv_fan_out_is_right()
 *  @return the address of a camera, in the pool. Thread-safe. */
const char *cctv_fan_out_url(apr_pool_t *pool, const char *text,
                             int32_t camera);

#endif
