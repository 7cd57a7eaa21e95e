/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file connection.h
 * @brief HTTP connections to Janus, by libcurl.
 * Layer: pure.
 *
 * A connection is kept when a call is over, and is used by one thread at a
 * time.
 */
#ifndef CCTV_JANUS_CONNECTION_H
#define CCTV_JANUS_CONNECTION_H

#include "core/clock.h"
#include "janus/status.h"

#include "apr_pools.h"

#include <jansson.h>

/** The connections of a process. */
typedef struct cctv_connection_pool_t cctv_connection_pool_t;

typedef struct cctv_connection_t cctv_connection_t;

/** Create the pool of a process, before the process has threads. It lives as
 *  long as the process. */
cctv_connection_pool_t *cctv_connection_pool_create(apr_pool_t *pool);

/** Let all requests fail from now on; running ones fail within a second.
 *  Thread-safe. */
void cctv_connection_pool_stop(cctv_connection_pool_t *pool);

/** Take an idle connection, or make one. Thread-safe.
 *  @return NULL: there is no memory */
cctv_connection_t *cctv_connection_take(cctv_connection_pool_t *pool);

/** Thread-safe. */
void cctv_connection_give_back(cctv_connection_pool_t *pool,
                               cctv_connection_t *connection);

/**
 * Send a request and read its answer.
 *
 * @param body  JSON for a POST; NULL: the request is a GET
 * @return CCTV_JANUS_OK, LOST, LATE or WRONG (the answer is too long)
 */
cctv_janus_status_t cctv_connection_send(cctv_connection_t *connection,
                                         const char *url, const char *body,
                                         cctv_time_t deadline);

/** @return the answer of the last request as an object; NULL: it is none, or
 *          there is no memory; json_decref() it */
json_t *cctv_connection_answer(const cctv_connection_t *connection);

#endif
