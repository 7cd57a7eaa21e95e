/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_ice.c
 * @brief The ICE servers that a browser is told.
 * Layer: httpd.
 */
#include "video/mod_ice.h"

#include "memory/mod_part.h"
#include "video/mod_lifecycle.h"
#include "video/turn.h"
#include "views/view_id.h"

/* TURN logins are valid for a day, since coturn does not prolong a relay whose
 * login has expired: s. */
#define TURN_SECONDS 86400

/* The number that distinguishes viewers in coturn's log and quota. */
static uint32_t number_of(const char *id)
{
    return (uint32_t)cctv_keyed_hash(id, CCTV_VIEW_ID_LENGTH);
}

/* Add a server; the list owns it then. Out of memory, *list becomes NULL. */
static void add_server(json_t **list, json_t *server)
{
    if (json_array_append_new(*list, server) != 0) {
        json_decref(*list);
        *list = NULL;
    }
}

json_t *cctv_ice_servers(const char *id)
{
    const cctv_video_settings_t *settings = &cctv_video()->settings;
    const apr_array_header_t *servers = settings->turn_servers;
    json_t *list = json_array();
    cctv_turn_login_t login;
    int i;

    for (i = 0; servers != NULL && i < servers->nelts; i++) {
        const char *uri = APR_ARRAY_IDX(servers, i, const char *);
        bool needs_login;

        if (!cctv_turn_is_uri(uri, &needs_login)) {
            continue;
        }
        if (!needs_login) {
            add_server(&list, json_pack("{s:[s]}", "urls", uri));
        }
        else if (cctv_turn_make_login(
                     settings->turn_secret, number_of(id),
                     apr_time_sec(apr_time_now()) + TURN_SECONDS, &login)) {
            add_server(&list, json_pack("{s:[s], s:s, s:s}", "urls", uri,
                                        "username", login.username,
                                        "credential", login.credential));
        }
    }
    return list;
}
