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
 * @param key  of the stream: cctv_failures_key()
 * @param out  has the codec; the rest is written on OK; its url is NULL if the camera is not there
 * @return as cctv_source_stream_url()
 */
int cctv_feed_read(request_rec *r, int32_t key, cctv_feed_t *out);

/** The keyed hash of an address and its login; not 0. */
uint32_t cctv_feed_hash(apr_pool_t *pool, const cctv_feed_t *feed);

#endif
