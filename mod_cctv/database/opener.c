/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file opener.c
 * @brief The thread that makes and resets the connections of a pool.
 * Layer: pure.
 */
#include "database/opener.h"

#include "database/attempt.h"
#include "database/connections_state.h"
#include "core/thread.h"

/* After PostgreSQL has refused a connection: how long a process that has some
 * connections, or none, waits before it tries again: µs. */
#define RETRY_WITH_SOME 10000000
#define RETRY_WITH_NONE 20000

/* How long a process waits before it trades again after another client was
 * faster: µs. */
#define TRADE_PAUSE 100000

/* The most time that a backend has to end after its client has closed the
 * connection: µs. */
#define END_LIMIT 500000

/* ---- Calls that block, without the mutex ---- */

/* Call it without the mutex. @return whether the opener may call mod_dbd */
static bool begin_opening(cctv_connections_t *c, bool is_more)
{
    pthread_mutex_lock(&c->mutex);
    /* Count the new connection as taken before it exists, so that no request
     * takes it for an idle one. */
    c->taken += is_more;
    /* Threads inside mod_dbd only take or return an idle connection, which is
     * fast. */
    while (c->inside > 0) {
        pthread_cond_wait(&c->change, &c->mutex);
    }
    atomic_store(&c->is_opening, true);
    pthread_mutex_unlock(&c->mutex);
    return !cctv_connections_is_stopping(c);
}

/* Call it without the mutex.
 * @param broken  NULL, or a connection that could not be given back */
static void end_opening(cctv_connections_t *c, bool has_failed,
                        cctv_connection_t *broken)
{
    pthread_mutex_lock(&c->mutex);
    atomic_store(&c->is_opening, false);
    if (broken != NULL) {
        cctv_connections_push(&c->broken, broken);
    }
    else {
        c->taken -= has_failed;
    }
    cctv_connections_close_returned(c);
    pthread_mutex_unlock(&c->mutex);
}

/* The pool is kept only if the connection was allocated from it. */
static cctv_connection_t *open_with_pool(cctv_connections_t *c)
{
    cctv_connection_t *connection;
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return NULL;
    }
    connection = c->calls->open(c->context, pool);
    if (connection == NULL || connection->once == NULL) {
        apr_pool_destroy(pool);
    }
    return connection;
}

/* Return a broken connection to mod_dbd first. mod_dbd takes it again, finds
 * it broken, and makes another one. */
static cctv_connection_t *open_in_turn(cctv_connections_t *c,
                                       cctv_connection_t *broken)
{
    cctv_connection_t *connection = NULL;

    if (begin_opening(c, broken == NULL)) {
        if (broken != NULL) {
            c->calls->close(c->context, broken);
            broken = NULL;
        }
        connection = open_with_pool(c);
    }
    end_opening(c, connection == NULL, broken);
    return connection;
}

/* mod_dbd does not report why it failed, so cctv_attempt() finds out. */
static cctv_attempt_t make_connection(cctv_connections_t *c, bool is_short,
                                      cctv_connection_t **out)
{
    /* If another process has just closed a connection, an attempt would use up
     * the place that this made free. */
    bool is_free = !is_short
                   || (c->turn.is_mine
                       && !cctv_shortage_is_wanted(c->shortage));
    cctv_attempt_t result = is_free ? CCTV_ATTEMPT_OK
                                    : cctv_attempt(c->params);
    int tries;

    if (c->is_down && !is_short && c->params != NULL
        && cctv_attempt_fails(c->params)) {
        return CCTV_ATTEMPT_DOWN;
    }
    for (tries = 0; tries < 3 && result == CCTV_ATTEMPT_OK; tries++) {
        if (is_short || tries > 0) {
            cctv_connections_sleep(CCTV_CONNECTIONS_PAUSE);
        }
        *out = open_in_turn(c, NULL);
        if (*out != NULL) {
            return CCTV_ATTEMPT_OK;
        }
        result = c->params == NULL || cctv_connections_is_stopping(c)
                     ? CCTV_ATTEMPT_DOWN
                     : cctv_attempt(c->params);
    }
    if (result == CCTV_ATTEMPT_OK) {
        /* Other processes got the connection first, or mod_dbd cannot prepare
         * its statements. */
        result = is_short ? CCTV_ATTEMPT_SHORT : CCTV_ATTEMPT_DOWN;
    }
    return result;
}

static cctv_attempt_t mend_connection(cctv_connections_t *c,
                                      cctv_connection_t *broken,
                                      cctv_connection_t **out)
{
    cctv_attempt_t result = cctv_attempt_reset(broken->conn);

    if (result == CCTV_ATTEMPT_OK) {
        *out = broken;
    }
    if (result == CCTV_ATTEMPT_DOWN) {
        *out = open_in_turn(c, broken);
        result = *out != NULL ? CCTV_ATTEMPT_OK : CCTV_ATTEMPT_DOWN;
    }
    return result;
}

/* ---- The thread. It holds the mutex ---- */

static bool has_none(const cctv_connections_t *c)
{
    return cctv_connections_working(c) <= 0;
}

static void note_short(cctv_connections_t *c)
{
    cctv_time_t now = cctv_now();
    int connections = cctv_connections_working(c);

    cctv_shortage_note(c->shortage);
    c->retry_at = now + (connections > 0 ? RETRY_WITH_SOME : RETRY_WITH_NONE);
    pthread_mutex_unlock(&c->mutex);
    c->calls->is_short(c->context, connections);
    pthread_mutex_lock(&c->mutex);
}

static void hand_over(cctv_connections_t *c, cctv_connection_t *connection)
{
    if (c->waiting > cctv_connections_count_list(c->ready)) {
        cctv_connections_push(&c->ready, connection);
    }
    else {
        cctv_connections_close(c, connection);
    }
}

static cctv_attempt_t mend_step(cctv_connections_t *c,
                                cctv_connection_t **made)
{
    cctv_connection_t *broken = cctv_connections_pop(&c->broken);
    cctv_attempt_t result;

    pthread_mutex_unlock(&c->mutex);
    result = mend_connection(c, broken, made);
    pthread_mutex_lock(&c->mutex);
    if (result == CCTV_ATTEMPT_SHORT) {
        cctv_connections_push(&c->broken, broken);
    }
    return result;
}

/* Close a connection and make another one in its place. The pool of mod_dbd
 * then holds one more. */
static cctv_attempt_t trade_step(cctv_connections_t *c,
                                 cctv_connection_t **made)
{
    cctv_time_t started = cctv_now();
    cctv_connection_t *old = cctv_connections_pop(&c->traded);
    cctv_attempt_t result = CCTV_ATTEMPT_OK;

    pthread_mutex_unlock(&c->mutex);
    cctv_query_hang_up(old->conn, started + END_LIMIT);
    *made = open_in_turn(c, NULL);
    if (*made == NULL) {
        /* Another client was faster. */
        result = cctv_attempt(c->params);
    }
    pthread_mutex_lock(&c->mutex);
    cctv_connections_push(&c->broken, old);
    if (*made == NULL) {
        c->trade_at = cctv_now() + TRADE_PAUSE;
    }
    if (*made == NULL ? result == CCTV_ATTEMPT_OK : (*made)->since < started) {
        /* There is still room for the old one. */
        c->retry_at = 0;
    }
    return result;
}

static cctv_attempt_t opener_step(cctv_connections_t *c)
{
    bool is_short = cctv_shortage_is_known(c->shortage);
    cctv_connection_t *made = NULL;
    cctv_attempt_t result;

    if (is_short && has_none(c) && !cctv_turn_take(c->shortage, &c->turn)) {
        c->retry_at = cctv_now() + RETRY_WITH_NONE;
        return CCTV_ATTEMPT_SHORT;
    }
    pthread_mutex_unlock(&c->mutex);
    if (c->params != NULL) {
        cctv_attempt_lookup(c->params);
    }
    pthread_mutex_lock(&c->mutex);
    if (cctv_connections_is_stopping(c)) {
        return CCTV_ATTEMPT_DOWN;
    }
    if (c->traded != NULL) {
        result = trade_step(c, &made);
    }
    else if (c->broken != NULL) {
        result = mend_step(c, &made);
    }
    else {
        pthread_mutex_unlock(&c->mutex);
        result = make_connection(c, is_short, &made);
        pthread_mutex_lock(&c->mutex);
    }
    if (made != NULL) {
        c->is_single = made->once != NULL;
        hand_over(c, made);
    }
    if (result != CCTV_ATTEMPT_SHORT) {
        cctv_turn_end(c->shortage, &c->turn);
    }
    c->is_down = result == CCTV_ATTEMPT_DOWN;
    if (c->is_down) {
        c->failures++;
    }
    if (result == CCTV_ATTEMPT_SHORT) {
        note_short(c);
        cctv_connections_unblock(c);
    }
    c->is_unsure = false;
    pthread_cond_broadcast(&c->change);
    return result;
}

static bool needs_opener(const cctv_connections_t *c)
{
    return c->traded != NULL
           || (cctv_now() >= c->retry_at
               && (c->broken != NULL || cctv_connections_is_short_of(c)));
}

/* If the process has no connection, keep trying while a request waits. */
static bool wait_to_retry(cctv_connections_t *c)
{
    if (!has_none(c) || !cctv_connections_is_short_of(c)
        || cctv_connections_is_stopping(c)) {
        return false;
    }
    pthread_mutex_unlock(&c->mutex);
    cctv_connections_sleep(RETRY_WITH_NONE);
    pthread_mutex_lock(&c->mutex);
    return cctv_connections_is_short_of(c);
}

static void *opener_main(void *c_)
{
    cctv_connections_t *c = c_;
    cctv_attempt_t result = CCTV_ATTEMPT_OK;

    pthread_mutex_lock(&c->mutex);
    do {
        while (!cctv_connections_is_stopping(c) && needs_opener(c)
               && (result == CCTV_ATTEMPT_OK || c->broken != NULL)) {
            result = opener_step(c);
        }
        if (result != CCTV_ATTEMPT_SHORT) {
            break;
        }
        result = CCTV_ATTEMPT_OK;
    } while (wait_to_retry(c));
    cctv_turn_end(c->shortage, &c->turn);
    c->has_opener = false;
    pthread_cond_broadcast(&c->change);
    pthread_mutex_unlock(&c->mutex);
    return NULL;
}

void cctv_opener_start(cctv_connections_t *c)
{
    if (!c->has_opener && !cctv_connections_is_stopping(c)
        && needs_opener(c)) {
        c->has_opener = cctv_thread_start(opener_main, c);
    }
}
