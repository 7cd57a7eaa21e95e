/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file connections_watch.c
 * @brief The thread that closes an idle connection when another process wants
 *        one, and that has closed connections reset.
 * Layer: pure.
 */
#include "database/connections_state.h"
#include "database/opener.h"
#include "core/thread.h"

/* How often to look for connections that can be reset again: µs. Requests
 * start the opener as well, but logins of other modules do not. */
#define LOOK_PAUSE 10000000

/* While a connection is idle, no request gives it back, so
 * cctv_connections_give() cannot close it. */
static void close_idle(cctv_connections_t *c, apr_pool_t *pool)
{
    cctv_connection_t *connection = NULL;

    if (cctv_connections_has_idle(c) && c->waiting == 0
        && !cctv_connections_is_locked(c)
        && cctv_shortage_grant(c->shortage, &c->turn)) {
        connection = cctv_connections_take_idle(c, pool);
    }
    if (connection != NULL) {
        cctv_query_abandon(connection->conn);
        cctv_connections_push(&c->broken, connection);
        c->retry_at = 0;
        cctv_connections_unblock(c);
    }
}

void *cctv_connections_watch(void *c_)
{
    cctv_connections_t *c = c_;
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return NULL;
    }
    while (!cctv_connections_is_stopping(c)) {
        cctv_futex_wait(&c->shortage->is_wanted, 0, LOOK_PAUSE);
        if (cctv_connections_is_stopping(c)) {
            break;
        }
        pthread_mutex_lock(&c->mutex);
        if (cctv_shortage_is_wanted(c->shortage)) {
            close_idle(c, pool);
        }
        else if (c->fills) {
            cctv_opener_start(c);
        }
        pthread_mutex_unlock(&c->mutex);
        apr_pool_clear(pool);
        cctv_connections_sleep(CCTV_CONNECTIONS_PAUSE);
    }
    return NULL;
}
