/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file connections.c
 * @brief Takes connections from a pool of mod_dbd without blocking in mod_dbd.
 * Layer: pure.
 */
#include "database/connections.h"

#include "database/connections_state.h"
#include "database/opener.h"
#include "core/thread.h"

/* ---- Counts ---- */

bool cctv_connections_init(cctv_connections_t *connections,
                           const cctv_connections_calls_t *calls,
                           void *context, const char *params, int max,
                           bool fills, cctv_shortage_t *shortage)
{
    *connections = (cctv_connections_t){ .calls = calls,
                                         .context = context,
                                         .params = params,
                                         .max = max,
                                         .fills = fills,
                                         .shortage = shortage };
    return pthread_mutex_init(&connections->mutex, NULL) == 0
           && cctv_cond_init(&connections->change);
}

void cctv_connections_count(cctv_connections_t *connections, int change)
{
    /* At the end of a process a thread that no longer runs may hold the
     * mutex. */
    if (atomic_load(&connections->is_stopping)) {
        return;
    }
    pthread_mutex_lock(&connections->mutex);
    connections->alive += change;
    if (!connections->has_watcher) {
        connections->has_watcher = cctv_thread_start(cctv_connections_watch,
                                                     connections);
    }
    pthread_mutex_unlock(&connections->mutex);
}

void cctv_connections_count_others(cctv_connections_t *connections, int change)
{
    if (atomic_load(&connections->is_stopping)) {
        return;
    }
    pthread_mutex_lock(&connections->mutex);
    connections->others += change;
    if (change < 0) {
        pthread_cond_broadcast(&connections->change);
    }
    pthread_mutex_unlock(&connections->mutex);
}

/* ---- Requests ---- */

static cctv_take_t take_failed(const cctv_connections_t *c)
{
    if (cctv_shortage_is_known(c->shortage)) {
        return CCTV_TAKE_SHORT;
    }
    return c->has_opener ? CCTV_TAKE_LATE : CCTV_TAKE_BUSY;
}

/* Wait only for a short time: it may be time for the opener to try again, and
 * a login does not signal that it gives its connection back. @return whether
 * the deadline has not passed yet */
static bool wait_for_change(cctv_connections_t *c, cctv_time_t deadline)
{
    cctv_time_t now = cctv_now();
    cctv_time_t until = now + CCTV_CONNECTIONS_PAUSE;

    if (!c->has_opener) {
        c->is_unsure = false;
    }
    if (now >= deadline) {
        return false;
    }
    cctv_cond_wait(&c->change, &c->mutex, until < deadline ? until : deadline);
    return true;
}

/* For the request that has waited longest. */
static cctv_connection_t *take_first(cctv_connections_t *c, apr_pool_t *pool)
{
    cctv_connection_t *connection = cctv_connections_pop(&c->ready);

    if (connection == NULL && cctv_connections_has_idle(c)
        && !cctv_connections_is_locked(c)) {
        connection = cctv_connections_take_idle(c, pool);
    }
    return connection;
}

static cctv_take_t take_waiting(cctv_connections_t *c, apr_pool_t *pool,
                                const cctv_in_line_t *place,
                                cctv_time_t deadline, cctv_connection_t **out)
{
    unsigned failures = c->failures;

    do {
        if (c->line.first == place) {
            *out = take_first(c, pool);
        }
        if (*out != NULL) {
            return CCTV_TAKE_OK;
        }
        if (cctv_connections_is_stopping(c)) {
            return CCTV_TAKE_BUSY;
        }
        if (c->failures != failures) {
            return CCTV_TAKE_DOWN;
        }
        cctv_opener_start(c);
    } while (wait_for_change(c, deadline));
    return take_failed(c);
}

static cctv_take_t take_in_line(cctv_connections_t *c, apr_pool_t *pool,
                                cctv_time_t deadline, cctv_connection_t **out)
{
    cctv_in_line_t place;
    cctv_take_t result;

    cctv_line_join(&c->line, &place);
    c->waiting++;
    result = take_waiting(c, pool, &place, deadline, out);
    c->waiting--;
    cctv_line_leave(&c->line, &place);
    if (c->waiting > 0) {
        pthread_cond_broadcast(&c->change);
    }
    /* A connection may have been made for a request that has given up. */
    while (cctv_connections_count_list(c->ready) > c->waiting) {
        cctv_connections_close(c, cctv_connections_pop(&c->ready));
    }
    return result;
}

cctv_take_t cctv_connections_take(cctv_connections_t *connections,
                                  apr_pool_t *pool, cctv_time_t deadline,
                                  cctv_connection_t **out)
{
    cctv_connections_t *c = connections;
    cctv_take_t result = CCTV_TAKE_OK;

    *out = NULL;
    if (cctv_connections_is_stopping(c)) {
        return CCTV_TAKE_BUSY;
    }
    pthread_mutex_lock(&c->mutex);
    if (c->waiting == 0 && cctv_connections_has_idle(c)
        && !cctv_connections_is_locked(c)) {
        *out = cctv_connections_take_idle(c, pool);
    }
    if (*out == NULL) {
        result = take_in_line(c, pool, deadline, out);
    }
    pthread_mutex_unlock(&c->mutex);
    cctv_connections_note_own(c, *out);
    return result;
}

/* The backend of the connection has ended, or ends now. */
static void give_broken(cctv_connections_t *c, cctv_connection_t *connection,
                        bool is_leaving)
{
    cctv_connections_push(&c->broken, connection);
    c->retry_at = 0;
    if (is_leaving) {
        cctv_connections_unblock(c);
    }
    else {
        cctv_opener_start(c);
    }
}

void cctv_connections_give(cctv_connections_t *connections,
                           cctv_connection_t *connection)
{
    cctv_connections_t *c = connections;
    bool is_leaving = cctv_shortage_grant(c->shortage, &c->turn);

    cctv_connections_note_own(c, NULL);
    if (is_leaving) {
        cctv_query_abandon(connection->conn);
    }
    pthread_mutex_lock(&c->mutex);
    if (cctv_connections_may_trade(c, connection)) {
        cctv_connections_push(&c->traded, connection);
        cctv_opener_start(c);
    }
    else if (PQstatus(connection->conn) != CONNECTION_OK
             && connection->once == NULL) {
        give_broken(c, connection, is_leaving);
    }
    else if (cctv_connections_is_locked(c)) {
        cctv_connections_push(&c->returned, connection);
    }
    else {
        cctv_connections_close(c, connection);
        cctv_connections_close_returned(c);
    }
    pthread_mutex_unlock(&c->mutex);
}
