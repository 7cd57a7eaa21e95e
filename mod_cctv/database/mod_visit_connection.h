/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_visit_connection.h
 * @brief Which connection a visit uses.
 * Layer: httpd.
 */
#ifndef CCTV_DATABASE_MOD_VISIT_CONNECTION_H
#define CCTV_DATABASE_MOD_VISIT_CONNECTION_H

#include "database/mod_visit.h"

/**
 * Whether the request already has a connection. mod_authn_dbd and other
 * modules keep one until the request ends. A request must not wait for a
 * second one: if all requests hold one and wait for another, none of them
 * continues.
 */
bool cctv_visit_has_connection(request_rec *r);

/** Take a connection, or use that of the request. */
cctv_take_t cctv_visit_take(cctv_visit_t *visit);

/** Whether the connection may lead to a server that is no longer the primary,
 * and can be replaced. */
bool cctv_visit_is_stale(const cctv_visit_t *visit);

/** Have the connection replaced, unless it is that of the request. */
void cctv_visit_drop(cctv_visit_t *visit);

/** The same, unless the connection is newer than a second: what refuses every
 * request must not cost a connection for each. */
void cctv_visit_renew(cctv_visit_t *visit);

/** Give the connection back, unless it is that of the request. */
void cctv_visit_give(cctv_visit_t *visit);

/**
 * Replace a lost connection. After a restart of PostgreSQL all idle connections
 * may be lost. The connection of a request is not replaced, because the module
 * that took it would go on using the old one.
 *
 * @param started  when the query started
 * @param tries    counts the new connections that the query has lost
 * @param taken    written if a connection was asked for
 * @return whether there is another connection
 */
bool cctv_visit_replace(cctv_visit_t *visit, cctv_time_t started, int *tries,
                        cctv_take_t *taken);

#endif
