/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_visit_connection.c
 * @brief Which connection a visit uses.
 * Layer: httpd.
 */
#include "database/mod_visit_connection.h"

#include "database/mod_pool.h"

#include "apr_dbd.h"
#include "mod_dbd.h"

/* How many new connections a query may lose. The limit ends the attempts of a
 * query that crashes its backend. */
#define TRIES_MAX 3

/* The least age of a connection that is replaced because PostgreSQL refuses what
 * it is asked: µs. */
#define RENEW_PAUSE 1000000

/* The initial request of the client, where mod_dbd stores the connection. */
static request_rec *initial_request(request_rec *r)
{
    while (r->prev != NULL || r->main != NULL) {
        r = r->prev != NULL ? r->prev : r->main;
    }
    return r;
}

bool cctv_visit_has_connection(request_rec *r)
{
    return cctv_pool_kept(initial_request(r)) != NULL;
}

static apr_status_t end_request(void *connections)
{
    cctv_connections_count_others(connections, -1);
    return APR_SUCCESS;
}

/* Count the request once, until mod_dbd takes its connection back. */
static void count_request(const cctv_visit_t *visit)
{
    static const char key[] = "cctv_has_connection";
    cctv_connections_t *connections = &visit->dbd_pool->connections;
    apr_pool_t *pool = initial_request(visit->r)->pool;
    void *counted = NULL;

    apr_pool_userdata_get(&counted, key, pool);
    if (counted == NULL) {
        apr_pool_userdata_setn(connections, key, NULL, pool);
        cctv_connections_count_others(connections, 1);
        apr_pool_cleanup_register(pool, connections, end_request,
                                  apr_pool_cleanup_null);
    }
}

/* Use the connection that the request already has. */
static cctv_take_t visit_share(cctv_visit_t *visit)
{
    ap_dbd_t *dbd = cctv_pool_acquire(visit->r);
    PGconn *conn;

    if (dbd == NULL || strcmp(apr_dbd_name(dbd->driver), "pgsql") != 0) {
        return CCTV_TAKE_DOWN;
    }
    conn = apr_dbd_native_handle(dbd->driver, dbd->handle);
    visit->connection = cctv_connection_of(conn);
    if (visit->connection == NULL) {
        visit->connection = cctv_pool_meet(visit->dbd_pool, dbd, NULL);
    }
    if (visit->connection == NULL) {
        return CCTV_TAKE_DOWN;
    }
    count_request(visit);
    return CCTV_TAKE_OK;
}

cctv_take_t cctv_visit_take(cctv_visit_t *visit)
{
    return visit->is_of_request
               ? visit_share(visit)
               : cctv_connections_take(&visit->dbd_pool->connections,
                                       visit->pool, visit->deadline,
                                       &visit->connection);
}

bool cctv_visit_is_stale(const cctv_visit_t *visit)
{
    return !visit->is_of_request
           && cctv_writing_is_stale(&visit->dbd_pool->shared->writing,
                                    visit->connection->since);
}

void cctv_visit_drop(cctv_visit_t *visit)
{
    if (!visit->is_of_request) {
        cctv_query_abandon(visit->connection->conn);
    }
}

void cctv_visit_renew(cctv_visit_t *visit)
{
    if (cctv_now() - visit->connection->since >= RENEW_PAUSE) {
        cctv_visit_drop(visit);
    }
}

void cctv_visit_give(cctv_visit_t *visit)
{
    if (visit->connection != NULL && !visit->is_of_request) {
        if (cctv_visit_is_stale(visit)) {
            cctv_visit_drop(visit);
        }
        cctv_connections_give(&visit->dbd_pool->connections,
                              visit->connection);
        visit->connection = NULL;
    }
}

bool cctv_visit_replace(cctv_visit_t *visit, cctv_time_t started, int *tries,
                        cctv_take_t *taken)
{
    if (visit->connection->since >= started) {
        ++*tries;
    }
    if (visit->is_of_request || *tries >= TRIES_MAX) {
        return false;
    }
    cctv_query_abandon(visit->connection->conn);
    cctv_visit_give(visit);
    *taken = cctv_visit_take(visit);
    return *taken == CCTV_TAKE_OK;
}
