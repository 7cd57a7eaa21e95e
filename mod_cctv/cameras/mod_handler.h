/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief GET of the list of cameras and of one camera.
 * Layer: httpd.
 */
#ifndef CCTV_CAMERAS_MOD_HANDLER_H
#define CCTV_CAMERAS_MOD_HANDLER_H

#include "httpd.h"

/** Answer that there is no such camera, or none that the requester may
 *  see. */
int cctv_cameras_not_here(request_rec *r);

/** Answer that cameras could not be read, with the status of
 *  cctv_source_list(). */
int cctv_cameras_no_answer(request_rec *r, int status);

/** cctv-cameras. */
int cctv_cameras_handler(request_rec *r);

#endif
