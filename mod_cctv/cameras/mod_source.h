/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_source.h
 * @brief Reads cameras: a page of them, one by its id, and what video needs to
 *        know about them.
 * Layer: httpd.
 *
 * They come from PostGIS, which is hidden from the callers.
 */
#ifndef CCTV_CAMERAS_MOD_SOURCE_H
#define CCTV_CAMERAS_MOD_SOURCE_H

#include "cameras/camera.h"
#include "cameras/extent.h"
#include "cameras/filter.h"

#include "httpd.h"

#include <stdbool.h>

/** Cameras in the order of their ids, or of words.h if the filter has words. The
 *  texts live as long as the page. */
typedef struct {
    int count;
    /** Whether more cameras follow after the last one. */
    bool is_cut;
    /** The number of all cameras that match; -1: it was not asked for. */
    int matched;
    /** Of all cameras that match; of none: it was not asked for. */
    cctv_extent_t extent;
    /** Private to mod_source.c. */
    void *rows;
    apr_pool_t *pool;
} cctv_page_t;

/**
 * Read the cameras that match a filter, at most filter->limit.
 *
 * @param page  written only on OK; free it with cctv_source_free()
 * @return OK or an HTTP status, already logged if necessary
 * Returns within CCTVQueryTimeout, even if it has to connect first.
 */
int cctv_source_list(request_rec *r, const cctv_filter_t *filter,
                     cctv_page_t *page);

/**
 * As cctv_source_list(), but read only the camera with this id, if its role is
 * in the filter: the page has one camera or none.
 */
int cctv_source_item(request_rec *r, const cctv_filter_t *filter, int id,
                     cctv_page_t *page);

/**
 * Read where the first or the second stream of a camera comes from. Needs the
 * rights of cctv_video.
 *
 * @param url  written on OK, allocated from r->pool; NULL: the camera does not
 *             exist, or has no such stream that Janus can pull
 * @return as cctv_source_list()
 */
int cctv_source_stream_url(request_rec *r, int id, const char **url);
int cctv_source_sub_stream_url(request_rec *r, int id, const char **url);

/** Read the site's own key of a camera (the column external_id), as
 *  cctv_source_stream_url(). @param key  NULL: it has none */
int cctv_source_external_id(request_rec *r, int id, const char **key);

/**
 * Set the status of a camera. Only for background threads: the login of a
 * request may already hold a connection, and a request must never wait for a
 * second one. Needs the rights of cctv_video.
 *
 * @param pool    a pool of this thread; clear it from time to time
 * @param status  one of cctv_camera_status_labels
 * @return OK, also if there is no such camera; otherwise as
 *         cctv_source_list(). On failure the status may have been set all the
 *         same
 */
int cctv_source_set_status(server_rec *s, apr_pool_t *pool, int id,
                           const char *status);

/**
 * Set the reason for the status of a camera, as cctv_source_set_status(). A
 * database without reasons (an older sql/20-roles.sql) is left as it is.
 *
 * @param reason  a name; NULL: there is none
 */
int cctv_source_set_reason(server_rec *s, apr_pool_t *pool, int id,
                           const char *reason);

/**
 * Tell the database which cameras a server receives and which fail, as
 * cctv_source_set_status(). A database without cctv_note_watcher() (an older
 * sql/20-roles.sql) is left as it is.
 *
 * @param name      of the server
 * @param receives  of int
 * @param fails     of int
 * @param reasons   of const char *, for each of `fails`
 * @param has       whether the database takes it; written on OK
 */
int cctv_source_note_watcher(server_rec *s, apr_pool_t *pool, const char *name,
                             const apr_array_header_t *receives,
                             const apr_array_header_t *fails,
                             const apr_array_header_t *reasons, bool *has);

/** What is told of a camera: its role, and whether it has video that browsers
 *  play, and a still picture. */
typedef void cctv_source_role_t(void *context, int id, const char *role,
                                bool is_playable, bool has_still);

/**
 * Read the roles of some cameras; 10,000 take 30 ms. Only for background
 * threads, as cctv_source_set_status().
 *
 * @param pool  a pool of this thread; 12 bytes per id are allocated from it
 * @param each  called on OK, after the database was left, for each of these
 *              cameras that exists, in any order; the role is freed when it
 *              returns
 * @return as cctv_source_list(). Without ids the database is not asked
 */
int cctv_source_roles(server_rec *s, apr_pool_t *pool, const int *ids,
                      int count, cctv_source_role_t *each, void *context);

/**
 * Ask the database what a viewer's request asks: for a camera and, with video,
 * for a stream URL.
 *
 * @return OK or an HTTP status as for cctv_source_list()
 */
int cctv_source_probe(request_rec *r, bool has_video);

/**
 * Count the cameras by status into shared memory, if the last count is at
 * least 30 s old. On failure the last count stays.
 */
void cctv_source_count(request_rec *r);

/** Get camera number i of a page, 0 ≤ i < count. */
void cctv_source_camera(const cctv_page_t *page, int i, cctv_camera_t *out);

/** The rank of camera number i of a page; only if the filter has words. */
int cctv_source_rank(const cctv_page_t *page, int i);

void cctv_source_free(cctv_page_t *page);

/** Hook child_init. */
void cctv_source_child_init(apr_pool_t *pchild, server_rec *s);

/** Hook post_config. */
int cctv_source_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                            apr_pool_t *ptemp, server_rec *s);

/**
 * Read where the HLS of a camera comes from.
 *
 * @param role  gets the role of the camera; NULL: there is no such camera
 * @param url   gets the address, unchecked; NULL: it has none
 * @return OK, or a status as from cctv_source_item()
 */
int cctv_source_hls(request_rec *r, int id, const char **role,
                    const char **url);

#endif
