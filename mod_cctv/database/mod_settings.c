/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.c
 * @brief The directive about the time of queries.
 * Layer: httpd.
 */
#include "database/mod_settings.h"

CCTV_SERVER_SETTINGS_DEFINE(database, CCTV_DATABASE_SETTINGS)
