/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directives of the views part.
 * Layer: httpd.
 */
#ifndef CCTV_VIEWS_MOD_SETTINGS_H
#define CCTV_VIEWS_MOD_SETTINGS_H

#include "config/mod_settings.h"

#define CCTV_VIEWS_SETTINGS(NUMBER, TIME, FLAG, OTHER)                        \
    NUMBER(max_sessions, "CCTVMaxSessions", SERVER, 1, 1000000, 16384,        \
           NOT_OFF, "sessions", "the most views at a time")                   \
    NUMBER(max_per_client, "CCTVMaxSessionsPerClient", HOST, 1, 1000000, off, \
           OR_OFF, "sessions", "the most views of a client at a time")        \
    TIME(session_timeout, "CCTVSessionTimeout", HOST, 3s, 60min, 30s, "30s",  \
         "how long a view goes on without a heartbeat")                       \
    OTHER(const char *, route, "CCTVRoute", SERVER, TAKE1, set_route,         \
          "the name of this server among several behind a load balancer")

CCTV_SERVER_SETTINGS_DECLARE(views, CCTV_VIEWS_SETTINGS);

#endif
