/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file settings.c
 * @brief The directives about WHEP.
 * Layer: httpd.
 */
#include "whep/settings.h"

CCTV_SERVER_SETTINGS_DEFINE(whep, CCTV_WHEP_SETTINGS)
