/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_mask.h
 * @brief Hides the ids of WHEP views before anything logs a request.
 * Layer: httpd.
 *
 * Whoever knows the path of a WHEP view may end it. So the id is taken out of
 * every request for a path below a WHEP section before other modules see it:
 * the access log (%r %U %q %f %{Referer}i), mod_status and the error log show
 * "/whep/42/" and a star. It does not matter how the path is written, which
 * method is used, or which module answers. The handler still gets the path as
 * it was sent, from cctv_path_below().
 */
#ifndef CCTV_HTTP_MOD_MASK_H
#define CCTV_HTTP_MOD_MASK_H

#include "httpd.h"

void cctv_mask_register(void);

/** The path that a request means, decoded: the one that was hidden if one
 *  was, otherwise r->uri. */
const char *cctv_mask_path(const request_rec *r);

/** Hide the id of a view that reached the handler by a path which is not
 *  below a WHEP section as the client wrote it: by a RewriteRule, for example.
 *  Strings that r pointed to before are not changed. */
void cctv_mask_late(request_rec *r);

#endif
