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
 * Whether the handler was configured for the path of a request. Rules that an
 * administrator wrote for the configured path, such as a login, then apply to
 * the request, because no other spelling of the path reaches the handler.
 *
 * - The path is plain: see cctv_segments_are_plain(). With `MergeSlashes Off`,
 *   "/api//cameras" would match a <Location> but no <LocationMatch>.
 * - If a <Location> or <LocationMatch> sets the handler, the path is the one
 *   that the section names. Handlers with resources below them accept a longer
 *   path, which they check themselves.
 * - If something else sets it (<Files>, <Directory>, .htaccess, a
 *   RewriteRule), nothing follows the name of a file.
 *
 * @param handler        such as "cctv-whep"
 * @param has_resources  whether the handler serves paths below its own
 */
bool cctv_path_is_configured(request_rec *r, const char *handler,
                             bool has_resources);

/** Answer with 404: there is nothing at this path. */
int cctv_path_reply_not_found(request_rec *r);

/**
 * The part of the path below the section that sets one of our handlers,
 * without the slash between them. A section that is merged later, such as
 * <Location "/">, does not change the result. For a WHEP view this is the path
 * as it was sent, although r->uri hides it: see http/mod_mask.h.
 *
 * @param handler  such as "cctv-whep"
 * @return "" for the path of the section itself; NULL: something else set the
 *         handler, or a <LocationMatch> that matches the whole path did
 */
const char *cctv_path_below(request_rec *r, const char *handler);

/**
 * As cctv_path_below(), but for any path of this server: the result that a
 * request for this path would get.
 *
 * @param uri  decoded, and plain
 */
const char *cctv_path_below_of(request_rec *r, const char *uri,
                               const char *handler);

/**
 * The absolute address of the section of a handler, without a slash at its end.
 *
 * @param below       what cctv_path_below() returned
 * @param configured  by the administrator (config/mod_address.h); NULL: it is
 *                    that of the request
 */
const char *cctv_path_base(request_rec *r, const char *below,
                           const char *configured);

/** Parse the id of a camera: "42" is one, "042" and "99999999999" are not. */
bool cctv_path_parse_id(const char *text, int *id);

#endif
