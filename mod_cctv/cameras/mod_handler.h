/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief Answers a GET of the list of cameras or of one camera.
 * Layer: httpd.
 */
#ifndef CCTV_CAMERAS_MOD_HANDLER_H
#define CCTV_CAMERAS_MOD_HANDLER_H

#include "httpd.h"

/**
 * Answer that the camera does not exist or that the requester may not see it.
 */
int cctv_cameras_not_here(request_rec *r);

/**
 * Answer that cameras could not be read. @param status  from
 * cctv_source_list()
 */
int cctv_cameras_no_answer(request_rec *r, int status);

/** The handler cctv-cameras. */
int cctv_cameras_handler(request_rec *r);

#endif
