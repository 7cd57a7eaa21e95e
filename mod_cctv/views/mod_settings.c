/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directives of the views part.
 * Layer: httpd.
 */
#include "views/mod_settings.h"

CCTV_SERVER_SETTINGS_DEFINE(views, CCTV_VIEWS_SETTINGS)
