/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file handler.h
 * @brief GET of the list of cameras and of one camera.
 * Layer: httpd.
 */
#ifndef CCTV_CAMERAS_HANDLER_H
#define CCTV_CAMERAS_HANDLER_H

#include "httpd.h"

/** cctv-cameras. */
int cctv_cameras_handler(request_rec *r);

#endif
