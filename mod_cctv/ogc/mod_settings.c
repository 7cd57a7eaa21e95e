/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directive about the address of OGC API - Features.
 * Layer: httpd.
 */
#include "ogc/mod_settings.h"

#include "config/mod_address.h"

CCTV_DIRECTORY_SETTINGS_DEFINE(ogc, CCTV_OGC_SETTINGS)
