/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_node.c
 * @brief The name of this server among several (CCTVRoute), in the ids of its
 *        views.
 * Layer: httpd.
 */
#include "views/mod_node.h"

#include "core/mod_log.h"
#include "views/mod_settings.h"

#include "apr_strings.h"

#include <string.h>

const char *cctv_node_name(const server_rec *s)
{
    return cctv_views_settings(s)->route;
}

const char *cctv_node_add(request_rec *r, const char *id)
{
    const char *name = cctv_node_name(r->server);

    return name == NULL ? apr_pstrdup(r->pool, id)
                        : apr_pstrcat(r->pool, id, ".", name, NULL);
}

const char *cctv_node_remove(request_rec *r, const char *id)
{
    const char *name = cctv_node_name(r->server);
    const char *dot = name == NULL ? NULL : strchr(id, '.');

    if (dot == NULL) {
        return id;
    }
    if (strcmp(dot + 1, name) != 0) {
        /* What the client has sent stays out of the log. */
        CCTV_LOG_R(APLOG_DEBUG, 0, r, "CCTV0280",
                   "a request for a view of another server came to \"%s\": "
                   "that server is lost, or the load balancer does not look "
                   "at ?route=",
                   name);
        return id;
    }
    return apr_pstrmemdup(r->pool, id, (apr_size_t)(dot - id));
}
