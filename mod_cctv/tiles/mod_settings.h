/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directive about the address of vector tiles.
 * Layer: httpd.
 */
#ifndef CCTV_TILES_MOD_SETTINGS_H
#define CCTV_TILES_MOD_SETTINGS_H

#include "config/mod_settings.h"

#define CCTV_TILES_SETTINGS(NUMBER, TIME, FLAG, OTHER)                        \
    OTHER(const char *, address, "CCTVTilesAddress", DIRECTORY, TAKE1,        \
          cctv_address_set,                                                   \
          "the address by which clients know the vector tiles, for "          \
          "tilejson.json: https://maps.example.org/tiles")

CCTV_DIRECTORY_SETTINGS_DECLARE(tiles, CCTV_TILES_SETTINGS);

#endif
