/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file connections.c
 * @brief Takes connections from a pool of mod_dbd without blocking in mod_dbd.
 * Layer: pure.
 */
#include "database/connections.h"

#include "database/attempt.h"
#include "database/thread.h"

/* For how long PostgreSQL counts as short of connections after it has refused
 * one; and how long a process that has some connections, or none, waits before
 * it tries to get another one: µs. */
#define SHORT_TIME      60000000
#define RETRY_WITH_SOME 10000000
#define RETRY_WITH_NONE 20000
/* The turn of a process expires after TURN_TIME, in case the process has died.
 * A process whose turn it is repeats its question to the other processes after
 * ASK_PAUSE: µs. */
#define TURN_TIME 500000
#define ASK_PAUSE 200000

/* A backend takes a moment to end after its client has disconnected: µs. */
#define BACKEND_ENDS 20000

/* The longest time for which a request waits before it checks again: µs. */
#define LOOK_AGAIN 20000

/* How long the end of a process waits for connections that are in use, and how
 * often it checks: µs. */
#define STOP_TIME 3000000
#define STOP_LOOK 2000

/* What the calling thread has taken. */
static _Thread_local struct {
    const cctv_connections_t *connections;
    cctv_connection_t *connection; /* NULL: nothing */
} own;

static void note_own(const cctv_connections_t *connections,
                     cctv_connection_t *connection)
{
    own.connections = connections;
    own.connection = connection;
}

static void push(cctv_connection_t **list, cctv_connection_t *connection)
{
    connection->next = *list;
    *list = connection;
}

static cctv_connection_t *pop(cctv_connection_t **list)
{
    cctv_connection_t *first = *list;

    if (first != NULL) {
        *list = first->next;
    }
    return first;
}

static int count_list(const cctv_connection_t *list)
{
    int count = 0;

    for (; list != NULL; list = list->next) {
        count++;
    }
    return count;
}

static void sleep_for(int64_t time)
{
    struct timespec ts = { .tv_sec = time / 1000000,
                           .tv_nsec = time % 1000000 * 1000 };

    nanosleep(&ts, NULL);
}

bool cctv_connections_init(cctv_connections_t *connections,
                           const cctv_connections_calls_t *calls,
                           void *context, const char *params, int max,
                           cctv_shortage_t *shortage)
{
    *connections = (cctv_connections_t){ .calls = calls,
                                         .context = context,
                                         .params = params,
                                         .max = max,
                                         .shortage = shortage };
    return pthread_mutex_init(&connections->mutex, NULL) == 0
           && cctv_cond_init(&connections->change);
}

static bool is_wanted(const cctv_connections_t *c)
{
    return atomic_load_explicit(&c->shortage->is_wanted, memory_order_relaxed)
           != 0;
}

static bool is_short_now(const cctv_connections_t *c)
{
    return cctv_now() < atomic_load(&c->shortage->short_until);
}

static void *watcher_main(void *connections);

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
        connections->has_watcher = cctv_thread_start(watcher_main,
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

/* ---- Calls of mod_dbd. They expect the mutex and release it meanwhile
 * ---- */

/* mod_dbd holds its lock while it makes a connection, but not while it waits
 * for one. */
static bool is_locked(const cctv_connections_t *c)
{
    return atomic_load_explicit(&c->is_opening, memory_order_relaxed)
           && c->alive < c->max;
}

static cctv_connection_t *call_open(cctv_connections_t *c, apr_pool_t *pool)
{
    cctv_connection_t *connection;

    c->inside++;
    pthread_mutex_unlock(&c->mutex);
    connection = c->calls->open(c->context, pool);
    pthread_mutex_lock(&c->mutex);
    c->inside--;
    return connection;
}

static void call_close(cctv_connections_t *c, cctv_connection_t *connection)
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

/* ---- The opener: a thread of its own ---- */

static bool is_stopping(cctv_connections_t *c)
{
    return atomic_load(&c->is_stopping);
}

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
    return !is_stopping(c);
}

/* Call it with the mutex held. */
static void close_returned(cctv_connections_t *c)
{
    cctv_connection_t *connection;

    while ((connection = pop(&c->returned)) != NULL) {
        call_close(c, connection);
    }
}

/* Call it without the mutex.
 * @param broken  NULL, or a connection that could not be given back */
static void end_opening(cctv_connections_t *c, bool has_failed,
                        cctv_connection_t *broken)
{
    pthread_mutex_lock(&c->mutex);
    atomic_store(&c->is_opening, false);
    if (broken != NULL) {
        push(&c->broken, broken);
    }
    else {
        c->taken -= has_failed;
    }
    close_returned(c);
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
    bool is_free = !is_short || (c->has_turn && !is_wanted(c));
    cctv_attempt_t result = is_free ? CCTV_ATTEMPT_OK
                                    : cctv_attempt(c->params);
    int tries;

    for (tries = 0; tries < 3 && result == CCTV_ATTEMPT_OK; tries++) {
        if (is_short || tries > 0) {
            sleep_for(BACKEND_ENDS);
        }
        *out = open_in_turn(c, NULL);
        if (*out != NULL) {
            return CCTV_ATTEMPT_OK;
        }
        result = c->params == NULL || is_stopping(c) ? CCTV_ATTEMPT_DOWN
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

/* Call this function and all functions below with the mutex held. */
static void note_short(cctv_connections_t *c)
{
    cctv_time_t now = cctv_now();
    int connections = c->alive - count_list(c->broken);

    atomic_store(&c->shortage->short_until, now + SHORT_TIME);
    c->retry_at = now + (connections > 0 ? RETRY_WITH_SOME : RETRY_WITH_NONE);
    pthread_mutex_unlock(&c->mutex);
    c->calls->is_short(c->context, connections);
    pthread_mutex_lock(&c->mutex);
}

static void hand_over(cctv_connections_t *c, cctv_connection_t *connection)
{
    if (c->waiting > count_list(c->ready)) {
        push(&c->ready, connection);
    }
    else {
        call_close(c, connection);
    }
}

/* Of the processes that have no connection, only one at a time tries to get
 * one and asks the other processes to close one. @return whether it is the
 * turn of this process */
static bool take_turn(cctv_connections_t *c)
{
    cctv_time_t now = cctv_now();
    cctv_time_t turn = atomic_load(&c->shortage->turn);

    if (c->has_turn) {
        atomic_store(&c->shortage->turn, now + TURN_TIME);
    }
    else if (now < turn
             || !atomic_compare_exchange_strong(&c->shortage->turn, &turn,
                                                now + TURN_TIME)) {
        return false;
    }
    if (!c->has_turn || now - c->asked_at > ASK_PAUSE) {
        c->has_turn = true;
        c->asked_at = now;
        atomic_store(&c->shortage->is_wanted, 1);
        cctv_futex_wake(&c->shortage->is_wanted);
    }
    return true;
}

static void end_turn(cctv_connections_t *c)
{
    if (c->has_turn) {
        c->has_turn = false;
        atomic_store(&c->shortage->is_wanted, 0);
        atomic_store(&c->shortage->turn, 0);
    }
}

static bool has_none(const cctv_connections_t *c)
{
    return c->alive - count_list(c->broken) <= 0;
}

static cctv_attempt_t opener_step(cctv_connections_t *c)
{
    bool is_short = is_short_now(c);
    cctv_connection_t *broken;
    cctv_connection_t *made = NULL;
    cctv_attempt_t result;

    if (is_short && has_none(c) && !take_turn(c)) {
        c->retry_at = cctv_now() + RETRY_WITH_NONE;
        return CCTV_ATTEMPT_SHORT;
    }
    pthread_mutex_unlock(&c->mutex);
    if (c->params != NULL) {
        cctv_attempt_lookup(c->params);
    }
    pthread_mutex_lock(&c->mutex);
    if (is_stopping(c)) {
        return CCTV_ATTEMPT_DOWN;
    }
    broken = pop(&c->broken);
    pthread_mutex_unlock(&c->mutex);
    result = broken != NULL ? mend_connection(c, broken, &made)
                            : make_connection(c, is_short, &made);
    pthread_mutex_lock(&c->mutex);
    if (broken != NULL && result == CCTV_ATTEMPT_SHORT) {
        push(&c->broken, broken);
    }
    if (made != NULL) {
        c->is_single = made->once != NULL;
        hand_over(c, made);
    }
    if (result != CCTV_ATTEMPT_SHORT) {
        end_turn(c);
    }
    if (result == CCTV_ATTEMPT_DOWN) {
        c->failures++;
    }
    if (result == CCTV_ATTEMPT_SHORT) {
        note_short(c);
    }
    c->is_unsure = false;
    pthread_cond_broadcast(&c->change);
    return result;
}

static bool has_idle(const cctv_connections_t *c)
{
    return !c->is_single && !c->is_unsure
           && c->alive - c->taken - c->others > 0;
}

static bool is_short_of(const cctv_connections_t *c)
{
    return c->waiting > count_list(c->ready) && !has_idle(c)
           && (c->alive < c->max || c->broken != NULL);
}

static bool needs_opener(const cctv_connections_t *c)
{
    return cctv_now() >= c->retry_at && (c->broken != NULL || is_short_of(c));
}

/* If the process has no connection, keep trying while a request waits. */
static bool wait_to_retry(cctv_connections_t *c)
{
    if (!has_none(c) || !is_short_of(c) || is_stopping(c)) {
        return false;
    }
    pthread_mutex_unlock(&c->mutex);
    sleep_for(RETRY_WITH_NONE);
    pthread_mutex_lock(&c->mutex);
    return is_short_of(c);
}

static void *opener_main(void *c_)
{
    cctv_connections_t *c = c_;
    cctv_attempt_t result = CCTV_ATTEMPT_OK;

    pthread_mutex_lock(&c->mutex);
    do {
        while (!is_stopping(c) && needs_opener(c)
               && (result == CCTV_ATTEMPT_OK || c->broken != NULL)) {
            result = opener_step(c);
        }
        if (result != CCTV_ATTEMPT_SHORT) {
            break;
        }
        result = CCTV_ATTEMPT_OK;
    } while (wait_to_retry(c));
    end_turn(c);
    c->has_opener = false;
    pthread_cond_broadcast(&c->change);
    pthread_mutex_unlock(&c->mutex);
    return NULL;
}

static void start_opener(cctv_connections_t *c)
{
    if (!c->has_opener && !is_stopping(c) && needs_opener(c)) {
        c->has_opener = cctv_thread_start(opener_main, c);
    }
}

/* ---- Requests ---- */

static cctv_connection_t *take_idle(cctv_connections_t *c, apr_pool_t *pool)
{
    cctv_connection_t *connection;

    c->taken++;
    connection = call_open(c, pool);
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

static cctv_take_t take_failed(const cctv_connections_t *c)
{
    if (is_short_now(c)) {
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
    cctv_time_t until = now + LOOK_AGAIN;

    if (!c->has_opener) {
        c->is_unsure = false;
    }
    if (now >= deadline) {
        return false;
    }
    cctv_cond_wait(&c->change, &c->mutex, until < deadline ? until : deadline);
    return true;
}

static cctv_take_t take_waiting(cctv_connections_t *c, apr_pool_t *pool,
                                cctv_time_t deadline, cctv_connection_t **out)
{
    unsigned failures = c->failures;

    do {
        *out = pop(&c->ready);
        if (*out == NULL && has_idle(c) && !is_locked(c)) {
            *out = take_idle(c, pool);
        }
        if (*out != NULL) {
            return CCTV_TAKE_OK;
        }
        if (is_stopping(c)) {
            return CCTV_TAKE_BUSY;
        }
        if (c->failures != failures) {
            return CCTV_TAKE_DOWN;
        }
        start_opener(c);
    } while (wait_for_change(c, deadline));
    return take_failed(c);
}

cctv_take_t cctv_connections_take(cctv_connections_t *connections,
                                  apr_pool_t *pool, cctv_time_t deadline,
                                  cctv_connection_t **out)
{
    cctv_connections_t *c = connections;
    cctv_take_t result = CCTV_TAKE_OK;

    *out = NULL;
    if (is_stopping(c)) {
        return CCTV_TAKE_BUSY;
    }
    pthread_mutex_lock(&c->mutex);
    if (has_idle(c) && !is_locked(c)) {
        *out = take_idle(c, pool);
    }
    if (*out == NULL) {
        c->waiting++;
        result = take_waiting(c, pool, deadline, out);
        c->waiting--;
        /* A connection may have been made for a request that has given up. */
        while (count_list(c->ready) > c->waiting) {
            call_close(c, pop(&c->ready));
        }
    }
    pthread_mutex_unlock(&c->mutex);
    note_own(c, *out);
    return result;
}

/* If another process wants a connection, exactly one of the processes that
 * notice it closes one. @return whether it is this process */
static bool grant(cctv_connections_t *c)
{
    uint32_t wanted = 1;

    return is_wanted(c) && !c->has_turn
           && atomic_compare_exchange_strong(&c->shortage->is_wanted, &wanted,
                                             0);
}

void cctv_connections_give(cctv_connections_t *connections,
                           cctv_connection_t *connection)
{
    cctv_connections_t *c = connections;
    bool is_leaving = grant(c);

    note_own(c, NULL);
    if (is_leaving) {
        cctv_query_abandon(connection->conn);
    }
    pthread_mutex_lock(&c->mutex);
    if (PQstatus(connection->conn) != CONNECTION_OK && connection->once == NULL
        && (!is_leaving || c->alive < c->max)) {
        push(&c->broken, connection);
        c->retry_at = 0;
        if (!is_leaving) {
            start_opener(c);
        }
    }
    else if (is_locked(c)) {
        push(&c->returned, connection);
    }
    else {
        call_close(c, connection);
        close_returned(c);
    }
    pthread_mutex_unlock(&c->mutex);
}

/* Call it with the mutex held. A connection that was closed for another
 * process is reset when a request needs it. */
static void keep_or_close(cctv_connections_t *c, cctv_connection_t *connection)
{
    if (c->alive < c->max) {
        push(&c->broken, connection);
        c->retry_at = 0;
    }
    else {
        call_close(c, connection);
    }
}

/* While a connection is idle, no request gives it back, so
 * cctv_connections_give() cannot close it. */
static void close_idle(cctv_connections_t *c, apr_pool_t *pool)
{
    cctv_connection_t *connection = NULL;

    if (has_idle(c) && c->waiting == 0 && !is_locked(c) && grant(c)) {
        connection = take_idle(c, pool);
    }
    if (connection != NULL) {
        cctv_query_abandon(connection->conn);
        keep_or_close(c, connection);
    }
}

static void *watcher_main(void *c_)
{
    cctv_connections_t *c = c_;
    apr_pool_t *pool;

    if (apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return NULL;
    }
    while (!is_stopping(c)) {
        cctv_futex_wait(&c->shortage->is_wanted, 0);
        if (is_stopping(c)) {
            break;
        }
        if (is_wanted(c)) {
            pthread_mutex_lock(&c->mutex);
            close_idle(c, pool);
            pthread_mutex_unlock(&c->mutex);
            apr_pool_clear(pool);
            sleep_for(RETRY_WITH_NONE);
        }
    }
    return NULL;
}

/* ---- The end of a process: mod_dbd asserts that it has all back ---- */

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
    listed = count_list(c->ready) + count_list(c->broken)
             + count_list(c->returned);
    all = c->inside == 0 && c->taken == listed + has_own(c);
    pthread_mutex_unlock(&c->mutex);
    return all;
}

static void return_all(cctv_connections_t *c)
{
    cctv_connection_t *connection;

    pthread_mutex_lock(&c->mutex);
    if (has_own(c)) {
        push(&c->returned, own.connection);
        note_own(c, NULL);
    }
    while ((connection = pop(&c->ready)) != NULL
           || (connection = pop(&c->broken)) != NULL
           || (connection = pop(&c->returned)) != NULL) {
        call_close(c, connection);
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
        sleep_for(STOP_LOOK);
    }
    return_all(connections);
    return true;
}
