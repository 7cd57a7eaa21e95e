/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directives about views.
 * Layer: httpd.
 */
#include "views/mod_settings.h"

CCTV_SERVER_SETTINGS_DEFINE(views, CCTV_VIEWS_SETTINGS)
