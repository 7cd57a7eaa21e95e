/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_denial.h
 * @brief Asks whether an operator denies a view, and tells its viewer.
 * Layer: httpd.
 */
#ifndef CCTV_VIEWS_MOD_DENIAL_H
#define CCTV_VIEWS_MOD_DENIAL_H

#include "views/views.h"

#include "httpd.h"

#include <stdbool.h>

/**
 * Whether an operator denies the start of a view: to its viewer, to the camera,
 * or to all. Then the request has been answered.
 *
 * @param viewer  has its camera, user and client
 * @param result  written only then
 */
bool cctv_denial_refuses(request_rec *r, const cctv_viewer_t *viewer,
                         int *result);

/** Whether an operator denies a camera to the requester or to all, as for its
 *  still picture. Then the request has been answered. A drain denies only new
 *  views. */
bool cctv_denial_hides(request_rec *r, int32_t camera, int *result);

/** Whether a view that has just been published was denied meanwhile. Then it
 *  has been ended, and the request has been answered. */
bool cctv_denial_has_hit(request_rec *r, const cctv_viewer_t *viewer,
                         const cctv_view_t *view, int *result);

/**
 * Answer a request for a view that does not exist: with the denial that has
 * ended it, otherwise with 404.
 *
 * @param id       from outside
 * @param missing  the detail of 404
 */
int cctv_denial_answer_missing(request_rec *r, const char *id,
                               const char *missing);

/** Note for operators who watches a view: its user, and its client. */
void cctv_denial_note_viewer(const request_rec *r, const cctv_view_t *view);

#endif
