/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_mask.h
 * @brief Hides the ids of WHEP views before anything logs a request.
 * Layer: httpd.
 *
 * A client that knows the path of a WHEP view may end the view. Therefore the
 * id is removed from every request for a path below a WHEP section before
 * other modules see the request. The access log (%r %U %q %f %{Referer}i),
 * mod_status and the error log show "/whep/42/" and a star. This does not
 * depend on the spelling of the path, the method, or the module that answers.
 * The handler still gets the path as it was sent from cctv_path_below().
 */
#ifndef CCTV_HTTP_MOD_MASK_H
#define CCTV_HTTP_MOD_MASK_H

#include "httpd.h"

#include <stdbool.h>

void cctv_mask_register(void);

/** Set whether any section may set the handler cctv-whep. Without one, requests
 *  are not looked at. Call it in the hook check_config. */
void cctv_mask_enable(bool is_enabled);

/**
 * The decoded path of a request. If the path was hidden, this is the path as
 * it was sent; otherwise it is r->uri.
 */
const char *cctv_mask_path(const request_rec *r);

/**
 * Hide the id of a view if the request got to the handler although its path,
 * as the client wrote it, is not below a WHEP section. A RewriteRule can do
 * that. Strings that r pointed to before are not changed.
 */
void cctv_mask_late(request_rec *r);

#endif
