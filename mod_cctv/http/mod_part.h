/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.h
 * @brief The answers as a part of the module: CCTVAllowOrigin.
 * Layer: httpd.
 */
#ifndef CCTV_HTTP_MOD_PART_H
#define CCTV_HTTP_MOD_PART_H

#include "core/mod_part.h"

extern const cctv_part_t cctv_http_part;

#endif
