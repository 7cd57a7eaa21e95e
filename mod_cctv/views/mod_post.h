/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_post.h
 * @brief Reads the body that all requests about a view have in common: JSON
 *        with the view id.
 * Layer: httpd.
 */
#ifndef CCTV_VIEWS_MOD_POST_H
#define CCTV_VIEWS_MOD_POST_H

#include "httpd.h"

#include <jansson.h>

/** The detail of a 404 answer for a view that does not exist. */
extern const char cctv_view_missing[];

/**
 * Read {"session_id": "…"} and call a function that answers the request.
 *
 * @param max     the longest body: bytes
 * @param answer  gets the view id as the client sent it, not checked, without
 *                the name of this server; and the body, or NULL if it has no
 *                other member
 * @return what the handler returns
 */
int cctv_view_post(request_rec *r, size_t max,
                   int (*answer)(request_rec *r, const char *id,
                                 const json_t *body));

#endif
