/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_still_source.h
 * @brief Reads where the still pictures of cameras come from.
 * Layer: httpd.
 *
 * Needs the rights of cctv_video. The functions return as cctv_source_list()
 * (mod_source.h).
 */
#ifndef CCTV_CAMERAS_MOD_STILL_SOURCE_H
#define CCTV_CAMERAS_MOD_STILL_SOURCE_H

#include "httpd.h"

/** Where the still picture of a camera comes from. */
typedef struct {
    int id;
    const char *role;
    const char *url; /**< NULL: there is no picture */
    const char *key; /**< its external_id; NULL: it has none */
} cctv_still_source_t;

/**
 * Read it for one camera.
 *
 * @param out  written on OK, with texts of r->pool; without a url also if there
 *             is no such camera
 */
int cctv_still_source_read(request_rec *r, int id, cctv_still_source_t *out);

/**
 * Read it for some cameras. Only for background threads, as
 * cctv_source_set_status().
 *
 * @param each  called on OK, after the database was left, for each of these
 *              cameras that exists; the texts are freed when it returns
 */
int cctv_still_source_each(server_rec *s, apr_pool_t *pool, const int *ids,
                           int count,
                           void (*each)(void *context,
                                        const cctv_still_source_t *source),
                           void *context);

#endif
