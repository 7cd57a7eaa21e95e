/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directives about the state file.
 * Layer: httpd.
 */
#ifndef CCTV_MEMORY_MOD_SETTINGS_H
#define CCTV_MEMORY_MOD_SETTINGS_H

#include "config/mod_settings.h"

/* state_file: NULL if the directive says off. */
#define CCTV_MEMORY_SETTINGS(NUMBER, TIME, FLAG, OTHER)                       \
    OTHER(const char *, state_file, "CCTVStateFile", SERVER, TAKE1,           \
          set_state_file,                                                     \
          "where views and counters are kept over a restart (default off)")   \
    TIME(state_interval, "CCTVStateInterval", SERVER, 1s, 60min, 15s, "15s",  \
         "how often the state file is written")

CCTV_SERVER_SETTINGS_DECLARE(memory, CCTV_MEMORY_SETTINGS);

#endif
