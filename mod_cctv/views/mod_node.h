/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_node.h
 * @brief The name of this server among several (CCTVRoute), in the ids of its
 *        views: a load balancer finds the server of a view by it.
 * Layer: httpd.
 */
#ifndef CCTV_VIEWS_MOD_NODE_H
#define CCTV_VIEWS_MOD_NODE_H

#include "httpd.h"

/** The name of the server; NULL: it has none. */
const char *cctv_node_name(const server_rec *s);

/**
 * A view id as clients get it: the name of the server follows after a dot.
 *
 * @param id  as cctv_view_id() has written it; copied
 */
const char *cctv_node_add(request_rec *r, const char *id);

/**
 * A view id without the name of this server. An id with another name, which no
 * view here has, is returned as it is.
 *
 * @param id  from outside
 */
const char *cctv_node_remove(request_rec *r, const char *id);

#endif
