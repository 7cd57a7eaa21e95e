/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_ice.h
 * @brief The ICE servers that a browser is told.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_ICE_H
#define CCTV_VIDEO_MOD_ICE_H

#include "httpd.h"

#include <jansson.h>
#include <stdbool.h>

/** @param id  the view id
 *  @return the ICE servers of a view, as browsers expect them: a JSON array
 *          that the caller owns; NULL: out of memory. TURN logins are valid
 *          for a day. */
json_t *cctv_ice_servers(const char *id);

/** As cctv_ice_servers(), for a client that has no view yet. */
json_t *cctv_ice_servers_of_client(const request_rec *r);

/** Add a Link header for each ICE server (RFC 9725).
 *  @param servers  owned by this function
 *  @return false: servers is NULL, since there was no memory */
bool cctv_ice_add_links(request_rec *r, json_t *servers);

/** The handler cctv-ice-servers: the ICE servers for a client that makes the
 *  offer, and needs them before that. */
int cctv_ice_servers_handler(request_rec *r);

#endif
