/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directive about the address of vector tiles.
 * Layer: httpd.
 */
#include "tiles/mod_settings.h"

#include "config/mod_address.h"

CCTV_DIRECTORY_SETTINGS_DEFINE(tiles, CCTV_TILES_SETTINGS)
