/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_camera.h
 * @brief Looks up the camera of a view that is to start.
 * Layer: httpd.
 */
#ifndef CCTV_VIEWS_MOD_CAMERA_H
#define CCTV_VIEWS_MOD_CAMERA_H

#include "views/views.h"

#include "httpd.h"

/**
 * Whether the requester may see the camera, and whether it has a stream that the
 * viewer plays, or a still picture if the transport is that: in the catalogue if there is one, otherwise in the database.
 * If not, the request has been answered.
 *
 * @param id      0: an integer that is not a camera id
 * @param viewer  `transport` and `codecs` are read; the role and the stream are written
 * @param result  written on failure: what the handler has to return
 */
bool cctv_view_camera(request_rec *r, int32_t id, cctv_viewer_t *viewer,
                      int *result);

#endif
