/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_post.h
 * @brief What all requests about a view have in common: a POST of JSON with the
 *        id of the view.
 * Layer: httpd.
 */
#ifndef CCTV_VIEWS_MOD_POST_H
#define CCTV_VIEWS_MOD_POST_H

#include "httpd.h"

#include <jansson.h>

/** The detail of a 404 for a view. */
extern const char cctv_view_missing[];

/** Read {"session_id": "…"} and let a function answer. @param id  as sent */
int cctv_view_post(request_rec *r, size_t max,
                   int (*answer)(request_rec *r, const char *id,
                                 const json_t *body));

#endif
