/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_picture.h
 * @brief Notes what viewers report about the pictures of cameras.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_PICTURE_H
#define CCTV_VIDEO_MOD_PICTURE_H

#include "httpd.h"

/** Follow the reports in this process. Call it before it has threads. */
void cctv_picture_child_init(server_rec *s);

#endif
