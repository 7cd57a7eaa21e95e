/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The answers as a part of the module: CCTVAllowOrigin.
 * Layer: httpd.
 */
#include "http/mod_part.h"

#include "http/mod_settings.h"

const cctv_part_t cctv_http_part = { .name = "http",
                                     .settings = &cctv_http_settings_group };
