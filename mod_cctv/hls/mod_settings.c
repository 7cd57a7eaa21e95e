/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directive about HLS.
 * Layer: httpd.
 */
#include "hls/mod_settings.h"

CCTV_SERVER_SETTINGS_DEFINE(hls, CCTV_HLS_SETTINGS)
