/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directive about the address of OGC API - Features.
 * Layer: httpd.
 */
#ifndef CCTV_OGC_MOD_SETTINGS_H
#define CCTV_OGC_MOD_SETTINGS_H

#include "config/mod_settings.h"

#define CCTV_OGC_SETTINGS(NUMBER, TIME, FLAG, OTHER)                          \
    OTHER(const char *, address, "CCTVOgcAddress", DIRECTORY, TAKE1,          \
          cctv_address_set,                                                   \
          "the address by which clients know OGC API - Features, for links "  \
          "in its answers: https://maps.example.org/ogc")

CCTV_DIRECTORY_SETTINGS_DECLARE(ogc, CCTV_OGC_SETTINGS);

#endif
