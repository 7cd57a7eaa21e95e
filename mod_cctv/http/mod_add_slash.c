/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_add_slash.c
 * @brief The handler that redirects /map to /map/.
 * Layer: httpd.
 */
#include "http/mod_add_slash.h"

#include "http/segments.h"

#include "apr_strings.h"

int cctv_add_slash_handler(request_rec *r)
{
    const char *to = apr_pstrcat(r->pool, r->uri, "/", NULL);
    const char *address = ap_os_escape_path(
        r->pool, cctv_segments_relative(r->pool, r->uri, to), 0);

    apr_table_setn(r->headers_out, "Location",
                   r->args == NULL
                       ? address
                       : apr_pstrcat(r->pool, address, "?", r->args, NULL));
    return HTTP_MOVED_PERMANENTLY;
}
