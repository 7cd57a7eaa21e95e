/* SPDX-License-Identifier: Apache-2.0 */
/* mod_dbd's pool is a double that behaves like apr_reslist: a caller gets an
 * idle connection, or a new one, or waits while there are as many as allowed.
 * PostgreSQL is t_postgres. */
#include "t_common.h"
#include "t_postgres.h"

#include "database/connections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND    1000000
#define DBD_MAX   6
#define REQUESTS  6
#define AT_MOST_S 60

typedef struct {
    cctv_connections_t connections;
    pthread_mutex_t mutex;
    pthread_cond_t change;
    cctv_connection_t *idle;
    int total;
    int max;
    int failed; /* callers that got no connection */
    atomic_int shortage;
} dbd_t;

static t_postgres_t server;
static cctv_shortage_t shortage;
static dbd_t dbd;
static dbd_t other;

static void drop(dbd_t *pool_, cctv_connection_t *connection)
{
    PQfinish(connection->conn);
    free(connection);
    cctv_connections_count(&pool_->connections, -1);
}

static cctv_connection_t *make(dbd_t *d)
{
    cctv_connection_t *connection = calloc(1, sizeof *connection);

    connection->conn = PQconnectdb(server.params);
    connection->since = cctv_now();
    if (PQstatus(connection->conn) != CONNECTION_OK) {
        PQfinish(connection->conn);
        free(connection);
        return NULL;
    }
    d->total++;
    cctv_connections_count(&d->connections, 1);
    return connection;
}

static cctv_connection_t *dbd_open(void *dbd_, apr_pool_t *pool_)
{
    dbd_t *d = dbd_;
    cctv_connection_t *connection;

    (void)pool_;
    pthread_mutex_lock(&d->mutex);
    while (d->idle == NULL && d->total >= d->max) {
        pthread_cond_wait(&d->change, &d->mutex);
    }
    connection = d->idle;
    if (connection == NULL) {
        connection = make(d);
    }
    else {
        d->idle = connection->next;
        if (PQstatus(connection->conn) != CONNECTION_OK) {
            PQreset(connection->conn);
        }
        if (PQstatus(connection->conn) != CONNECTION_OK) {
            drop(d, connection);
            d->total--;
            connection = NULL;
        }
    }
    d->failed += connection == NULL;
    pthread_mutex_unlock(&d->mutex);
    return connection;
}

static void dbd_close(void *dbd_, cctv_connection_t *connection)
{
    dbd_t *d = dbd_;

    pthread_mutex_lock(&d->mutex);
    connection->next = d->idle;
    d->idle = connection;
    pthread_cond_signal(&d->change);
    pthread_mutex_unlock(&d->mutex);
}

static void dbd_is_short(void *dbd_, int connections)
{
    dbd_t *d = dbd_;

    atomic_store(&d->shortage, connections);
}

static void init(dbd_t *d, int max, bool fills)
{
    static const cctv_connections_calls_t calls = { .open = dbd_open,
                                                    .close = dbd_close,
                                                    .is_short = dbd_is_short };

    memset(d, 0, sizeof *d);
    d->max = max;
    atomic_store(&d->shortage, -1);
    pthread_mutex_init(&d->mutex, NULL);
    pthread_cond_init(&d->change, NULL);
    ck_assert(cctv_connections_init(&d->connections, &calls, d, server.params,
                                    max, fills, &shortage));
}

/* The end of a process: mod_dbd has all its connections back. */
static void end(dbd_t *d)
{
    int count = 0;

    ck_assert(cctv_connections_stop(&d->connections));
    while (d->idle != NULL) {
        cctv_connection_t *next = d->idle->next;

        drop(d, d->idle);
        d->idle = next;
        count++;
    }
    ck_assert_int_eq(count, d->total);
}

static void start(void)
{
    memset(&shortage, 0, sizeof shortage);
    t_postgres_start(&server, DBD_MAX);
}

static void stop(void)
{
    t_postgres_stop(&server);
}

static cctv_take_t take(dbd_t *d, int64_t patience, cctv_connection_t **out)
{
    return cctv_connections_take(&d->connections, pool, cctv_now() + patience,
                                 out);
}

static void pause_ms(int ms)
{
    struct timespec ts = { .tv_nsec = ms * 1000000L };

    nanosleep(&ts, NULL);
}

START_TEST(a_connection_is_made_once_and_used_again)
{
    cctv_connection_t *first;
    cctv_connection_t *second;

    init(&dbd, 2, true);
    ck_assert_int_eq(take(&dbd, 10 * SECOND, &first), CCTV_TAKE_OK);
    cctv_connections_give(&dbd.connections, first);
    ck_assert_int_eq(take(&dbd, 10 * SECOND, &second), CCTV_TAKE_OK);
    ck_assert_ptr_eq(first, second);
    ck_assert_int_eq(dbd.total, 1);
    /* At the end of a process its thread has not given it back. */
    end(&dbd);
}
END_TEST

START_TEST(a_broken_connection_is_reset)
{
    cctv_connection_t *connection;

    init(&dbd, 1, true);
    ck_assert_int_eq(take(&dbd, 10 * SECOND, &connection), CCTV_TAKE_OK);
    cctv_query_abandon(connection->conn);
    cctv_connections_give(&dbd.connections, connection);
    ck_assert_int_eq(take(&dbd, 10 * SECOND, &connection), CCTV_TAKE_OK);
    ck_assert_int_eq(PQstatus(connection->conn), CONNECTION_OK);
    ck_assert_int_eq(dbd.failed, 0);
    cctv_connections_give(&dbd.connections, connection);
    end(&dbd);
}
END_TEST

START_TEST(a_full_pool_is_busy_until_the_deadline)
{
    cctv_connection_t *first;
    cctv_connection_t *second;
    cctv_time_t started;

    init(&dbd, 1, true);
    ck_assert_int_eq(take(&dbd, 10 * SECOND, &first), CCTV_TAKE_OK);
    started = cctv_now();
    ck_assert_int_eq(take(&dbd, SECOND / 20, &second), CCTV_TAKE_BUSY);
    ck_assert_int_ge(cctv_now() - started, SECOND / 20);
    ck_assert_ptr_null(second);
    cctv_connections_give(&dbd.connections, first);
    end(&dbd);
}
END_TEST

START_TEST(a_server_that_is_down_is_told_from_one_that_is_short)
{
    cctv_connection_t *first;
    cctv_connection_t *second;

    init(&dbd, 3, false);
    atomic_store(&server.limit, 1);
    ck_assert_int_eq(take(&dbd, 10 * SECOND, &first), CCTV_TAKE_OK);
    ck_assert_int_eq(take(&dbd, SECOND / 2, &second), CCTV_TAKE_SHORT);
    ck_assert_int_eq(atomic_load(&dbd.shortage), 1);
    cctv_connections_give(&dbd.connections, first);
    end(&dbd);

    init(&dbd, 3, false);
    memset(&shortage, 0, sizeof shortage);
    dbd.connections.params = "host=/nonexistent user=u dbname=d";
    snprintf(server.params, sizeof server.params, "host=/nonexistent user=u");
    ck_assert_int_eq(take(&dbd, 10 * SECOND, &first), CCTV_TAKE_DOWN);
    end(&dbd);
}
END_TEST

/* ---- Order ---- */

static atomic_int served;

typedef struct {
    pthread_t thread;
    cctv_take_t result;
    int number;
} waiter_t;

static void *wait_in_line(void *waiter_)
{
    waiter_t *waiter = waiter_;
    cctv_connection_t *connection;

    /* Check has no lock, so only the thread of the test may assert. */
    waiter->result = take(&dbd, AT_MOST_S * SECOND, &connection);
    if (waiter->result == CCTV_TAKE_OK) {
        waiter->number = atomic_fetch_add(&served, 1);
        cctv_connections_give(&dbd.connections, connection);
    }
    return NULL;
}

static int waiting(void)
{
    int count;

    pthread_mutex_lock(&dbd.connections.mutex);
    count = dbd.connections.waiting;
    pthread_mutex_unlock(&dbd.connections.mutex);
    return count;
}

START_TEST(who_has_waited_longest_gets_the_connection)
{
    waiter_t waiters[REQUESTS];
    cctv_connection_t *connection;
    int i;

    init(&dbd, 1, true);
    atomic_store(&served, 0);
    ck_assert_int_eq(take(&dbd, 10 * SECOND, &connection), CCTV_TAKE_OK);
    for (i = 0; i < REQUESTS; i++) {
        ck_assert_int_eq(pthread_create(&waiters[i].thread, NULL, wait_in_line,
                                        &waiters[i]),
                         0);
        while (waiting() <= i) {
            pause_ms(1);
        }
    }
    cctv_connections_give(&dbd.connections, connection);
    for (i = 0; i < REQUESTS; i++) {
        pthread_join(waiters[i].thread, NULL);
        ck_assert_int_eq(waiters[i].result, CCTV_TAKE_OK);
        ck_assert_int_eq(waiters[i].number, i);
    }
    end(&dbd);
}
END_TEST

/* ---- Load ---- */

static atomic_bool is_over;
static atomic_int refused;

static void *request(void *unused)
{
    apr_pool_t *own;
    cctv_connection_t *connection;

    (void)unused;
    apr_pool_create(&own, NULL);
    while (!atomic_load(&is_over)) {
        if (cctv_connections_take(&dbd.connections, own,
                                  cctv_now() + AT_MOST_S * SECOND, &connection)
            == CCTV_TAKE_OK) {
            pause_ms(1);
            cctv_connections_give(&dbd.connections, connection);
        }
        else {
            atomic_fetch_add(&refused, 1);
        }
    }
    apr_pool_destroy(own);
    return NULL;
}

static void start_requests(pthread_t *threads)
{
    int i;

    atomic_store(&is_over, false);
    atomic_store(&refused, 0);
    for (i = 0; i < REQUESTS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, request, NULL), 0);
    }
}

static void end_requests(const pthread_t *threads)
{
    int i;

    atomic_store(&is_over, true);
    for (i = 0; i < REQUESTS; i++) {
        pthread_join(threads[i], NULL);
    }
    ck_assert_int_eq(atomic_load(&refused), 0);
}

static int total(void)
{
    int count;

    pthread_mutex_lock(&dbd.mutex);
    count = dbd.total;
    pthread_mutex_unlock(&dbd.mutex);
    return count;
}

static const int limits[] = { 1, 2, 4 };

START_TEST(logins_wait_while_the_server_is_short)
{
    pthread_t threads[REQUESTS];
    cctv_connection_t *login;
    int failed;
    int i;

    init(&dbd, DBD_MAX, true);
    atomic_store(&server.limit, limits[_i]);
    start_requests(threads);
    while (total() < DBD_MAX) {
        pause_ms(1);
    }
    failed = dbd.failed;
    for (i = 0; i < 20; i++) {
        login = dbd_open(&dbd, pool);
        ck_assert_ptr_nonnull(login);
        pause_ms(2);
        dbd_close(&dbd, login);
    }
    ck_assert_int_eq(dbd.failed, failed);
    ck_assert_int_eq(atomic_load(&server.most), limits[_i]);

    /* When there is room again, the closed ones are reset. */
    atomic_store(&server.limit, DBD_MAX);
    pthread_mutex_lock(&dbd.connections.mutex);
    dbd.connections.retry_at = 0;
    pthread_mutex_unlock(&dbd.connections.mutex);
    while (atomic_load(&server.clients) < DBD_MAX) {
        pause_ms(1);
    }
    end_requests(threads);
    end(&dbd);
}
END_TEST

START_TEST(a_process_of_one_thread_does_not_fill_its_pool)
{
    pthread_t threads[REQUESTS];
    int gone;

    init(&dbd, DBD_MAX, false);
    atomic_store(&server.limit, 2);
    start_requests(threads);
    while (atomic_load(&server.refused) == 0) {
        pause_ms(1);
    }
    gone = atomic_load(&server.refused);
    pause_ms(50);
    ck_assert_int_eq(total(), 2);
    ck_assert_int_le(atomic_load(&server.refused), gone + 1);
    end_requests(threads);
    end(&dbd);
}
END_TEST

START_TEST(an_idle_process_leaves_its_only_connection_to_another_one)
{
    cctv_connection_t *connection;

    atomic_store(&server.limit, 1);
    init(&dbd, 2, true);
    init(&other, 2, true);
    ck_assert_int_eq(take(&dbd, 10 * SECOND, &connection), CCTV_TAKE_OK);
    cctv_connections_give(&dbd.connections, connection);
    ck_assert_int_eq(take(&other, AT_MOST_S * SECOND, &connection),
                     CCTV_TAKE_OK);
    cctv_connections_give(&other.connections, connection);
    ck_assert_int_eq(take(&dbd, AT_MOST_S * SECOND, &connection),
                     CCTV_TAKE_OK);
    cctv_connections_give(&dbd.connections, connection);
    ck_assert_int_eq(atomic_load(&server.most), 1);
    end(&dbd);
    end(&other);
}
END_TEST

START_TEST(a_full_pool_without_a_connection_lets_logins_fail)
{
    cctv_connection_t *connection;

    init(&dbd, 1, true);
    ck_assert_int_eq(take(&dbd, 10 * SECOND, &connection), CCTV_TAKE_OK);
    cctv_query_abandon(connection->conn);
    atomic_store(&server.limit, 0);
    cctv_connections_give(&dbd.connections, connection);
    /* It does not wait for ever. */
    ck_assert_ptr_null(dbd_open(&dbd, pool));
    end(&dbd);
}
END_TEST

TCase *connections_tests(void)
{
    TCase *tcase = tcase_create("connections");

    tcase_set_timeout(tcase, AT_MOST_S);
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_test(tcase, a_connection_is_made_once_and_used_again);
    tcase_add_test(tcase, a_broken_connection_is_reset);
    tcase_add_test(tcase, a_full_pool_is_busy_until_the_deadline);
    tcase_add_test(tcase,
                   a_server_that_is_down_is_told_from_one_that_is_short);
    tcase_add_test(tcase, who_has_waited_longest_gets_the_connection);
    tcase_add_loop_test(tcase, logins_wait_while_the_server_is_short, 0, 3);
    tcase_add_test(tcase, a_process_of_one_thread_does_not_fill_its_pool);
    tcase_add_test(tcase,
                   an_idle_process_leaves_its_only_connection_to_another_one);
    tcase_add_test(tcase, a_full_pool_without_a_connection_lets_logins_fail);
    return tcase;
}
