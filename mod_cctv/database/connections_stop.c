/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file connections_stop.c
 * @brief The end of a process: mod_dbd asserts that it has all connections back.
 * Layer: pure.
 */
#include "database/connections_state.h"

/* How long the end of a process waits for connections that are in use, and how
 * often it checks: µs. */
#define STOP_TIME 3000000
#define STOP_LOOK 2000

/* What the calling thread has taken. */
static _Thread_local struct {
    const cctv_connections_t *connections;
    cctv_connection_t *connection; /* NULL: nothing */
} own;

void cctv_connections_note_own(const cctv_connections_t *connections,
                               cctv_connection_t *connection)
{
    own.connections = connections;
    own.connection = connection;
}

static bool has_own(const cctv_connections_t *c)
{
    return own.connections == c && own.connection != NULL;
}

/* Whether every connection that is taken is in one of the lists. prefork ends a
 * child in a signal handler: the thread of a request never gives back what it
 * has taken by then. */
static bool has_all(cctv_connections_t *c)
{
    int listed;
    bool all;

    /* It may be held by a thread that does not run any more. */
    if (pthread_mutex_trylock(&c->mutex) != 0) {
        return false;
    }
    listed = cctv_connections_count_list(c->ready)
             + cctv_connections_count_list(c->broken)
             + cctv_connections_count_list(c->traded)
             + cctv_connections_count_list(c->returned);
    all = c->inside == 0 && c->taken == listed + has_own(c);
    pthread_mutex_unlock(&c->mutex);
    return all;
}

static void return_all(cctv_connections_t *c)
{
    cctv_connection_t *connection;

    pthread_mutex_lock(&c->mutex);
    if (has_own(c)) {
        cctv_connections_push(&c->returned, own.connection);
        cctv_connections_note_own(c, NULL);
    }
    while ((connection = cctv_connections_pop(&c->ready)) != NULL
           || (connection = cctv_connections_pop(&c->broken)) != NULL
           || (connection = cctv_connections_pop(&c->traded)) != NULL
           || (connection = cctv_connections_pop(&c->returned)) != NULL) {
        cctv_connections_close(c, connection);
    }
    pthread_mutex_unlock(&c->mutex);
}

bool cctv_connections_stop(cctv_connections_t *connections)
{
    cctv_time_t until = cctv_now() + STOP_TIME;

    atomic_store(&connections->is_stopping, true);
    while (!has_all(connections)) {
        if (cctv_now() >= until) {
            return false;
        }
        cctv_connections_sleep(STOP_LOOK);
    }
    return_all(connections);
    return true;
}
