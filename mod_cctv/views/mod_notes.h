/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_notes.h
 * @brief Notes of a request for the access log: %{cctv_camera}n,
 *        %{cctv_view}n and %{cctv_country}n of CustomLog.
 * Layer: httpd.
 */
#ifndef CCTV_VIEWS_MOD_NOTES_H
#define CCTV_VIEWS_MOD_NOTES_H

#include "views/view_table.h"

#include "httpd.h"

/** Note the camera that a request is about.
 *  @param camera  0: it is none */
void cctv_notes_camera(request_rec *r, int32_t camera);

/** Note the view that a request has started: its public id, and the country of
 *  its viewer. Its camera has been noted before. */
void cctv_notes_started(request_rec *r, const cctv_view_t *view);

/** Note the view that a request is about: its camera, its public id, and the
 *  country of its viewer. */
void cctv_notes_view(request_rec *r, const cctv_view_t *view);

#endif
