/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_settings.h
 * @brief The directives of the event logs.
 * Layer: httpd.
 */
#ifndef CCTV_EVENTS_MOD_SETTINGS_H
#define CCTV_EVENTS_MOD_SETTINGS_H

#include "config/mod_settings.h"

#include "apr_tables.h"

/* logs: of const char *, each a path or "|program". client: "hash", "address"
 * or NULL. chain_key: the text of the secret. */
#define CCTV_EVENTS_SETTINGS(NUMBER, TIME, FLAG, OTHER)                       \
    OTHER(apr_array_header_t *, logs, "CCTVEventLog", SERVER, TAKE1, add_log, \
          "a file, or \"|program\", that gets a line of JSON when a view "    \
          "starts and when it is over")                                       \
    FLAG(has_user, "CCTVEventUser", SERVER, off,                              \
         "whether events name the user that Apache has authenticated")        \
    OTHER(const char *, client, "CCTVEventClient", SERVER, TAKE1, set_client, \
          "how events tell the client's address: hash, address or off "       \
          "(default off)")                                                    \
    FLAG(is_chained, "CCTVEventChain", SERVER, off,                           \
         "whether each line has the keyed hash of the line before")           \
    OTHER(const char *, chain_key, "CCTVEventKeyFile", SERVER, TAKE1,         \
          set_chain_key, "the file with the key of CCTVEventChain")

CCTV_SERVER_SETTINGS_DECLARE(events, CCTV_EVENTS_SETTINGS);

/** Log directives that do not fit together. @return whether they do */
bool cctv_events_check(server_rec *s);

#endif
