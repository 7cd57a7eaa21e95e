/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directive about HLS.
 * Layer: httpd.
 */
#ifndef CCTV_HLS_MOD_SETTINGS_H
#define CCTV_HLS_MOD_SETTINGS_H

#include "config/mod_settings.h"

#define CCTV_HLS_SETTINGS(NUMBER, TIME, FLAG, OTHER)                          \
    FLAG(is_on, "CCTVBrowserHls", SERVER, off,                                \
         "whether viewers get the addresses of cameras that send HLS by "     \
         "https, which browsers play by themselves")

CCTV_SERVER_SETTINGS_DECLARE(hls, CCTV_HLS_SETTINGS);

#endif
