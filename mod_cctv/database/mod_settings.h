/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directive about the time of queries.
 * Layer: httpd.
 */
#ifndef CCTV_DATABASE_MOD_SETTINGS_H
#define CCTV_DATABASE_MOD_SETTINGS_H

#include "config/mod_settings.h"

#define CCTV_DATABASE_SETTINGS(NUMBER, TIME, FLAG, OTHER)                     \
    TIME(query_timeout, "CCTVQueryTimeout", HOST, 100ms, 60s, 2s,             \
         "2s or 500ms", "how long the database may take to answer a request")

CCTV_SERVER_SETTINGS_DECLARE(database, CCTV_DATABASE_SETTINGS);

#endif
