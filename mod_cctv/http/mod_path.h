/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_path.h
 * @brief The path of a request, and the section that set the handler for it.
 * Layer: httpd.
 */
#ifndef CCTV_HTTP_MOD_PATH_H
#define CCTV_HTTP_MOD_PATH_H

#include "httpd.h"

#include <stdbool.h>

/**
 * Whether the path of a request is one that the handler was configured for.
 * Rules that an administrator wrote for such a path, a login for example, then
 * hold for the request: no other spelling of the path reaches the handler.
 *
 * - The path is plain: see cctv_segments_are_plain(). `MergeSlashes Off` lets
 *   "/api//cameras" match a <Location>, but no <LocationMatch>.
 * - If a <Location> or <LocationMatch> sets the handler, the path is the one
 *   that the section names. Handlers with resources below them accept a longer
 *   path, which they check themselves.
 * - If something else sets it (<Files>, <Directory>, .htaccess, a
 *   RewriteRule), nothing follows the name of a file.
 *
 * @param handler        such as "cctv-whep"
 * @param has_resources  whether the handler has resources below its path
 */
bool cctv_path_is_configured(request_rec *r, const char *handler, bool has_resources);

/** Answer that there is nothing at this path: 404. */
int cctv_path_reply_not_found(request_rec *r);

/**
 * The part of the path below the section that sets a handler of ours, without
 * the slash between them. A section that is merged later, such as
 * <Location "/">, does not change it. For a WHEP view this is the path as it
 * was sent, although r->uri hides it: see http/mod_mask.h.
 *
 * @param handler  such as "cctv-whep"
 * @return "" for the path of the section itself; NULL: the handler was set in
 *         another way, or by a <LocationMatch> that matches the whole path
 */
const char *cctv_path_below(request_rec *r, const char *handler);

/** The same for any path of this server: what a request for it would get.
 *  @param uri  decoded, and plain */
const char *cctv_path_below_of(request_rec *r, const char *uri, const char *handler);

/** Parse the id of a camera: "42" is one, "042" and "99999999999" are not. */
bool cctv_path_parse_id(const char *text, int *id);

#endif
