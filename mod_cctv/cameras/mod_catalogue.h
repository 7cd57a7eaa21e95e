/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_catalogue.h
 * @brief What the catalogue, if there is one, answers instead of the database.
 * Layer: httpd.
 *
 * The part `catalogue` stands above this one, so it sets these functions.
 */
#ifndef CCTV_CAMERAS_MOD_CATALOGUE_H
#define CCTV_CAMERAS_MOD_CATALOGUE_H

#include "cameras/camera.h"
#include "cameras/filter.h"

#include "httpd.h"

#include <stdbool.h>

typedef struct {
    /** Whether a server has a catalogue, though perhaps no generation yet. */
    bool (*is_configured)(const server_rec *s);
    /**
     * Answer a request for a list, or for one camera, whose filter has been
     * restricted to the roles of the requester.
     *
     * @return what the handler returns; DECLINED: there is no catalogue at the
     *         moment
     */
    int (*list)(request_rec *r, const cctv_filter_t *filter);
    int (*item)(request_rec *r, const cctv_filter_t *filter, int id);
    /**
     * Look up the role and the streams of a camera, if its role is in the
     * filter.
     *
     * @param role     written on OK; lives as long as r->pool
     * @return OK; HTTP_NOT_FOUND: there is no such camera; DECLINED
     */
    int (*look)(request_rec *r, const cctv_filter_t *filter, int id,
                cctv_text_t *role, cctv_streams_t *streams);
    /** Whether a camera has a still picture, if its role is in the filter.
     *  @return OK, HTTP_NOT_FOUND, DECLINED */
    int (*look_for_still)(request_rec *r, const cctv_filter_t *filter, int id);
    /** Whether a camera has this role. @return OK, HTTP_NOT_FOUND, DECLINED */
    int (*look_for_role)(request_rec *r, const char *role);
} cctv_cameras_catalogue_t;

/** While configuring. @param catalogue  NULL: there is none */
void cctv_cameras_set_catalogue(const cctv_cameras_catalogue_t *catalogue);

/** @return NULL: there is none */
const cctv_cameras_catalogue_t *cctv_cameras_catalogue(void);

#endif
