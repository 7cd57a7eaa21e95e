/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directive about other origins: CCTVAllowOrigin.
 * Layer: httpd.
 */
#ifndef CCTV_HTTP_MOD_SETTINGS_H
#define CCTV_HTTP_MOD_SETTINGS_H

#include "config/mod_settings.h"

/* origins: elements are cctv_origin_t; empty if the directive says none. */
#define CCTV_HTTP_SETTINGS(NUMBER, TIME, FLAG, OTHER)                         \
    OTHER(apr_array_header_t *, origins, "CCTVAllowOrigin", DIRECTORY,        \
          ITERATE, add_origin,                                                \
          "the origins of other sites whose pages may read the answers and "  \
          "POST "                                                             \
          "(default: none)")

CCTV_DIRECTORY_SETTINGS_DECLARE(http, CCTV_HTTP_SETTINGS);

#endif
