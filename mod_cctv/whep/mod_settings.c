/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directives of the WHEP part.
 * Layer: httpd.
 */
#include "whep/mod_settings.h"

CCTV_SERVER_SETTINGS_DEFINE(whep, CCTV_WHEP_SETTINGS)
