/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directives of the WHEP part.
 * Layer: httpd.
 */
#ifndef CCTV_WHEP_MOD_SETTINGS_H
#define CCTV_WHEP_MOD_SETTINGS_H

#include "config/mod_settings.h"

#define CCTV_WHEP_SETTINGS(NUMBER, TIME, FLAG, OTHER)                         \
    TIME(max_age, "CCTVWhepMaxAge", SERVER, 1s, 10080min, 720min, "720min",   \
         "how long a WHEP view of a user who logged in goes on")

CCTV_SERVER_SETTINGS_DECLARE(whep, CCTV_WHEP_SETTINGS);

#endif
