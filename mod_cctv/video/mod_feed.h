/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_feed.h
 * @brief Where the video of a camera comes from, and its login.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_FEED_H
#define CCTV_VIDEO_MOD_FEED_H

#include "janus/mountpoint.h"

#include "httpd.h"

/**
 * Read the address of a stream from the database, and find its login.
 *
 * @param id    of the mountpoint
 * @param is_further  another Janus server is connected to the camera, so this is
 *                    a further pull, for which there may be a relay
 * @param feed  has no login; on OK gets its url, which is NULL if the stream is
 *              not there, and its login
 * @return as cctv_source_stream_url()
 */
int cctv_feed_read(request_rec *r, int64_t id, bool is_further,
                   cctv_feed_t *feed);

/** The keyed hash of an address and its login; not 0. */
uint32_t cctv_feed_hash(apr_pool_t *pool, const cctv_feed_t *feed);

#endif
