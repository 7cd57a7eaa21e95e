/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief Answers a GET of vector tiles.
 * Layer: httpd.
 */
#ifndef CCTV_TILES_MOD_HANDLER_H
#define CCTV_TILES_MOD_HANDLER_H

#include "httpd.h"

/** The handler cctv-tiles. */
int cctv_tiles_handler(request_rec *r);

#endif
