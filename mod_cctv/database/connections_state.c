/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file connections_state.c
 * @brief The counts of the connections of a pool, and the calls of mod_dbd.
 * Layer: pure.
 */
#include "database/connections_state.h"

#include <time.h>

void cctv_connections_push(cctv_connection_t **list,
                           cctv_connection_t *connection)
{
    connection->next = *list;
    *list = connection;
}

cctv_connection_t *cctv_connections_pop(cctv_connection_t **list)
{
    cctv_connection_t *first = *list;

    if (first != NULL) {
        *list = first->next;
    }
    return first;
}

int cctv_connections_count_list(const cctv_connection_t *list)
{
    int count = 0;

    for (; list != NULL; list = list->next) {
        count++;
    }
    return count;
}

void cctv_connections_sleep(int64_t time)
{
    struct timespec ts = { .tv_sec = time / 1000000,
                           .tv_nsec = time % 1000000 * 1000 };

    nanosleep(&ts, NULL);
}

bool cctv_connections_is_stopping(cctv_connections_t *c)
{
    return atomic_load(&c->is_stopping);
}

bool cctv_connections_is_locked(const cctv_connections_t *c)
{
    return atomic_load_explicit(&c->is_opening, memory_order_relaxed)
           && c->alive < c->max;
}

bool cctv_connections_has_idle(const cctv_connections_t *c)
{
    return !c->is_single && !c->is_unsure
           && c->alive - c->taken - c->others > 0;
}

int cctv_connections_working(const cctv_connections_t *c)
{
    return c->alive - cctv_connections_count_list(c->broken);
}

bool cctv_connections_is_short_of(const cctv_connections_t *c)
{
    return c->waiting > cctv_connections_count_list(c->ready)
           && !cctv_connections_has_idle(c)
           && (c->alive < c->max || c->broken != NULL);
}

cctv_connection_t *cctv_connections_open(cctv_connections_t *c,
                                         apr_pool_t *pool)
{
    cctv_connection_t *connection;

    c->inside++;
    pthread_mutex_unlock(&c->mutex);
    connection = c->calls->open(c->context, pool);
    pthread_mutex_lock(&c->mutex);
    c->inside--;
    return connection;
}

void cctv_connections_close(cctv_connections_t *c,
                            cctv_connection_t *connection)
{
    c->inside++;
    pthread_mutex_unlock(&c->mutex);
    c->calls->close(c->context, connection);
    pthread_mutex_lock(&c->mutex);
    c->inside--;
    c->taken--;
    if (c->waiting > 0 || c->has_opener) {
        pthread_cond_broadcast(&c->change);
    }
}

void cctv_connections_close_returned(cctv_connections_t *c)
{
    cctv_connection_t *connection;

    while ((connection = cctv_connections_pop(&c->returned)) != NULL) {
        cctv_connections_close(c, connection);
    }
}

cctv_connection_t *cctv_connections_take_idle(cctv_connections_t *c,
                                              apr_pool_t *pool)
{
    cctv_connection_t *connection;

    c->taken++;
    connection = cctv_connections_open(c, pool);
    if (connection == NULL) {
        c->taken--;
        c->is_unsure = true;
    }
    else if (connection->once == pool) {
        connection->once = NULL;
    }
    if (c->has_opener) {
        pthread_cond_broadcast(&c->change);
    }
    return connection;
}

/* If a connection were idle, mod_dbd would hand it out instead of making
 * another one. */
bool cctv_connections_may_trade(const cctv_connections_t *c,
                                const cctv_connection_t *connection)
{
    return c->fills && !c->is_single && connection->once == NULL
           && c->alive < c->max && c->traded == NULL && !c->has_opener
           && cctv_shortage_is_known(c->shortage)
           && !cctv_shortage_is_wanted(c->shortage)
           && !cctv_connections_has_idle(c) && cctv_now() >= c->trade_at
           && PQstatus(connection->conn) == CONNECTION_OK;
}

void cctv_connections_unblock(cctv_connections_t *c)
{
    if (c->alive >= c->max && cctv_connections_working(c) <= 0
        && c->broken != NULL) {
        cctv_connections_close(c, cctv_connections_pop(&c->broken));
    }
}
