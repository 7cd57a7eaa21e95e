/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directives about still pictures.
 * Layer: httpd.
 */
#ifndef CCTV_STILLS_MOD_SETTINGS_H
#define CCTV_STILLS_MOD_SETTINGS_H

#include "config/mod_settings.h"
#include "stills/hosts.h"

/* hosts: NULL if the directive is not used. */
#define CCTV_STILLS_SETTINGS(NUMBER, TIME, FLAG, OTHER)                       \
    TIME(age, "CCTVStillAge", SERVER, 1s, 60min, 5s, "5s",                    \
         "after how long a still picture is fetched again")                   \
    NUMBER(cache, "CCTVStillCache", SERVER, 16, 4096, 64, NOT_OFF, "MiB",     \
           "the memory for still pictures")                                   \
    OTHER(cctv_still_hosts_t *, hosts, "CCTVStillHosts", SERVER, ITERATE,     \
          add_host,                                                           \
          "the hosts and networks that still pictures may come from "         \
          "(default: those of the table of cameras)")                         \
    TIME(timeout, "CCTVStillTimeout", SERVER, 1s, 60s, 5s, "5s",              \
         "how long a camera may take for a still picture")

CCTV_SERVER_SETTINGS_DECLARE(stills, CCTV_STILLS_SETTINGS);

#endif
