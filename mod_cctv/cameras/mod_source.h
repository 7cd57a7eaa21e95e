/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_source.h
 * @brief Where cameras come from: a page of them, one by id, and what video
 *        needs of them.
 * Layer: httpd.
 *
 * They are read from PostGIS; callers do not see that.
 */
#ifndef CCTV_CAMERAS_MOD_SOURCE_H
#define CCTV_CAMERAS_MOD_SOURCE_H

#include "cameras/camera.h"
#include "cameras/filter.h"

#include "httpd.h"

#include <stdbool.h>

/** Cameras in the order of their ids. The texts live as long as the page. */
typedef struct {
    int count;
    /** Whether more cameras follow the last one. */
    bool is_cut;
    /** For source.c alone. */
    void *rows;
    apr_pool_t *pool;
} cctv_page_t;

/**
 * The cameras that a filter lets through, at most filter->limit.
 *
 * @param page  written only on OK; then give it to cctv_source_free()
 * @return OK or an HTTP status, logged where it has to be
 * Answers within CCTVQueryTimeout, also where it has to connect.
 */
int cctv_source_list(request_rec *r, const cctv_filter_t *filter,
                     cctv_page_t *page);

/** The camera with this id if its role is in the filter's: a page of one or
 *  of none. Otherwise as cctv_source_list(). */
int cctv_source_item(request_rec *r, const cctv_filter_t *filter, int id,
                     cctv_page_t *page);

/**
 * Where the video of a camera comes from.
 *
 * @param url  written on OK, in r->pool; NULL: there is no such camera that is
 *             playable
 * @return as cctv_source_list(). Needs the rights of cctv_video.
 */
int cctv_source_stream_url(request_rec *r, int id, const char **url);

/**
 * Set the status of a camera that has another one. For background threads
 * only: a request may hold a connection already (of a login), and must never
 * wait for a second one.
 *
 * @param pool    of this thread; to be cleared now and then
 * @param status  one of cctv_camera_status_labels
 * @return OK, also where there is no such camera; otherwise as
 *         cctv_source_list(). Needs the rights of cctv_video. Where it fails,
 *         the status may have been set all the same.
 */
int cctv_source_set_status(server_rec *s, apr_pool_t *pool, int id,
                           const char *status);

/**
 * The roles of some cameras, of 10,000 in 30 ms. For a background thread, as
 * cctv_source_set_status().
 *
 * @param pool  of this thread; takes 12 bytes per id, to be cleared
 * @param each  called on OK, after the database was left, for each of these
 *              cameras that there is and that is playable, in any order; the
 *              role is gone when it returns
 * @return as cctv_source_list(). With no ids nothing is asked.
 */
int cctv_source_roles(server_rec *s, apr_pool_t *pool, const int *ids,
                      int count,
                      void (*each)(void *context, int id, const char *role),
                      void *context);

/** Whether cameras can be read: OK or an HTTP status, otherwise as
 *  cctv_source_list(). Asks the database only if it has answered nothing for a
 *  second. */
int cctv_source_probe(request_rec *r);

/** Count the cameras by status into shared memory, if the last count is 30
 *  seconds old. If that fails, the last count stays. */
void cctv_source_count(request_rec *r);

/** Camera number i of the page, 0 ≤ i < count. */
void cctv_source_camera(const cctv_page_t *page, int i, cctv_camera_t *out);

void cctv_source_free(cctv_page_t *page);

/** Hook child_init. */
void cctv_source_child_init(apr_pool_t *pchild, server_rec *s);

/** Hook post_config. */
int cctv_source_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                            apr_pool_t *ptemp, server_rec *s);

#endif
