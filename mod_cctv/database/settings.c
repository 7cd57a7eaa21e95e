/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file settings.c
 * @brief The directive about queries.
 * Layer: httpd.
 */
#include "database/settings.h"

CCTV_SERVER_SETTINGS_DEFINE(database, CCTV_DATABASE_SETTINGS)
