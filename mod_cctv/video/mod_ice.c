/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_ice.c
 * @brief The ICE servers that a browser is told.
 * Layer: httpd.
 */
#include "video/mod_ice.h"

#include "cameras/mod_access.h"
#include "cameras/mod_handler.h"
#include "http/mod_reply.h"
#include "memory/mod_part.h"
#include "video/mod_lifecycle.h"
#include "video/turn.h"
#include "views/view_id.h"

#include "apr_strings.h"

#include <string.h>

/* TURN logins are valid for a day, since coturn does not prolong a relay whose
 * login has expired: s. */
#define TURN_SECONDS 86400

/* Add a server; the list owns it then. Out of memory, *list becomes NULL. */
static void add_server(json_t **list, json_t *server)
{
    if (json_array_append_new(*list, server) != 0) {
        json_decref(*list);
        *list = NULL;
    }
}

/* @param number  distinguishes viewers in coturn's log and quota */
static json_t *list_servers(uint32_t number)
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
                     settings->turn_secret, number,
                     apr_time_sec(apr_time_now()) + TURN_SECONDS, &login)) {
            add_server(&list, json_pack("{s:[s], s:s, s:s}", "urls", uri,
                                        "username", login.username,
                                        "credential", login.credential));
        }
    }
    return list;
}

json_t *cctv_ice_servers(const char *id)
{
    return list_servers((uint32_t)cctv_keyed_hash(id, CCTV_VIEW_ID_LENGTH));
}

json_t *cctv_ice_servers_of_client(const request_rec *r)
{
    return list_servers(
        (uint32_t)cctv_keyed_hash(r->useragent_ip, strlen(r->useragent_ip)));
}

static const char *link_of(request_rec *r, const json_t *server)
{
    const char *user = json_string_value(json_object_get(server, "username"));
    const char *link = apr_psprintf(
        r->pool, "<%s>; rel=\"ice-server\"",
        json_string_value(json_array_get(json_object_get(server, "urls"), 0)));

    return user == NULL
               ? link
               : apr_psprintf(
                   r->pool,
                   "%s; username=\"%s\"; credential=\"%s\"; "
                   "credential-type=\"password\"",
                   link, user,
                   json_string_value(json_object_get(server, "credential")));
}

bool cctv_ice_add_links(request_rec *r, json_t *servers)
{
    bool has_servers = servers != NULL;
    const json_t *server;
    size_t i;

    json_array_foreach(servers, i, server)
    {
        apr_table_addn(r->headers_out, "Link", link_of(r, server));
    }
    json_decref(servers);
    return has_servers;
}

/* A user who may see no camera gets no login of the TURN server either. */
int cctv_ice_servers_handler(request_rec *r)
{
    const apr_array_header_t *roles = cctv_access_roles(r);

    if (cctv_video() == NULL || (roles != NULL && roles->nelts == 0)) {
        return cctv_cameras_not_here(r);
    }
    return cctv_reply_json(
        r, HTTP_OK,
        json_pack("{s:o}", "ice_servers", cctv_ice_servers_of_client(r)));
}
