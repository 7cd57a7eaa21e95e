/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directives about clients of changes.
 * Layer: httpd.
 */
#ifndef CCTV_PUSH_MOD_SETTINGS_H
#define CCTV_PUSH_MOD_SETTINGS_H

#include "config/mod_settings.h"

#define CCTV_PUSH_SETTINGS(NUMBER, TIME, FLAG, OTHER)                         \
    NUMBER(max_clients, "CCTVMaxPushClients", SERVER, 1, 1000000, 20000,      \
           OR_OFF, "clients",                                                 \
           "the most clients that read server-sent events over HTTP/1.1")     \
    NUMBER(threads, "CCTVPushThreads", SERVER, 1, 10000, 16, OR_OFF,          \
           "threads",                                                         \
           "the most threads that send server-sent events over HTTP/2")

CCTV_SERVER_SETTINGS_DECLARE(push, CCTV_PUSH_SETTINGS);

#endif
