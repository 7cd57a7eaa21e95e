/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_pool.c
 * @brief Runs queries on the connections of mod_dbd's pools.
 * Layer: httpd.
 */
#include "database/mod_pool.h"

#include "database/mod_runtime.h"
#include "database/mod_settings.h"
#include "guard/breaker.h"
#include "guard/gate.h"
#include "core/mod_log.h"
#include "database/mod_part.h"

#include "ap_mpm.h"
#include "apr_dbd.h"
#include "apr_optional.h"
#include "apr_shm.h"
#include "http_core.h"
#include "http_request.h"
#include "mod_dbd.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A probe that takes longer than CCTVQueryTimeout and this time counts as
 * dead: µs. */
#define PROBE_SLACK 1000000

/* A database that takes longer counts as slow: µs. */
#define SLOW 500000

/* How long a request waits before it checks again whether another request's
 * probe has been answered: µs. */
#define PROBE_PAUSE 5000

/* While PostgreSQL is short of connections, a process tries to use one more at
 * the interval GROW_PAUSE, and waits longer after a refusal. The last value
 * limits how often the log reports the shortage: µs. */
#define GROW_PAUSE    1000000
#define REFUSED_PAUSE 10000000
#define WARN_PAUSE    3600000000

/* How many new connections a query may lose. The limit ends the attempts of a
 * query that crashes its backend. */
#define TRIES_MAX 3

/* malloc() returns blocks of this size to the system at once. Of smaller
 * blocks, at most this many bytes stay free at the end of an arena. */
#define MMAP_FROM (1 << 20)
#define KEPT_FREE (2 << 20)

/* Log a message for the request of a visit, or for the server if the visit
 * belongs to a background thread. */
#define LOG_VISIT(level, rv, visit, id, ...)                                  \
    do {                                                                      \
        if ((visit)->r != NULL) {                                             \
            CCTV_LOG_R(level, rv, (visit)->r, id, __VA_ARGS__);               \
        }                                                                     \
        else {                                                                \
            CCTV_LOG_S(level, rv, (visit)->server, id, __VA_ARGS__);          \
        }                                                                     \
    } while (0)

/* The state of a pool in memory that all processes share. */
typedef struct {
    cctv_breaker_t breaker;
    cctv_shortage_t shortage;
    _Atomic cctv_time_t warned; /* when a shortage was last logged; 0: never */
} shared_pool_t;

/* A pool of mod_dbd in this process. The gate limits the threads, because
 * mod_dbd would let any number of them wait without a deadline. */
struct cctv_pool_t {
    cctv_gate_t gate;
    int places; /* while PostgreSQL is not short of connections */
    _Atomic cctv_time_t grow_at;
    cctv_connections_t connections;
    cctv_canceller_t canceller;
    server_rec *server; /* one of the virtual hosts that share the pool */
    shared_pool_t *shared;
};

/* Whether mod_dbd has set up its pools in this process. */
static atomic_bool is_ready;

static APR_OPTIONAL_FN_TYPE(ap_dbd_open) *dbd_open;
static APR_OPTIONAL_FN_TYPE(ap_dbd_close) *dbd_close;
static APR_OPTIONAL_FN_TYPE(ap_dbd_acquire) *dbd_acquire;
static module *dbd_module;

/* ---- Configuration and start ---- */

/* Find the first virtual host that uses the same pool. */
static server_rec *pool_first(server_rec *main_server, const server_rec *s)
{
    const char *key = cctv_database_dbd(s)->key;

    while (strcmp(cctv_database_dbd(main_server)->key, key) != 0) {
        main_server = main_server->next;
    }
    return main_server;
}

static shared_pool_t *pool_shared(const server_rec *s)
{
    /* The breaker is the first member. */
    return (shared_pool_t *)(void *)cctv_database_breaker(s);
}

int cctv_database_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                              apr_pool_t *ptemp, server_rec *s)
{
    /* Each pool has its own cache line, so that pools do not slow each other
     * down. */
    enum {
        SLOT = 64
    };
    _Static_assert(sizeof(shared_pool_t) <= SLOT, "a pool needs more");
    _Static_assert(offsetof(shared_pool_t, breaker) == 0, "see pool_shared()");
    apr_shm_t *shm;
    apr_status_t rv;
    apr_size_t size = 0;
    server_rec *each;
    char *slot;

    (void)plog;
    (void)ptemp;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK;
    }
    for (each = s; each != NULL; each = each->next) {
        size += SLOT;
    }
    rv = apr_shm_create(&shm, size, NULL, pconf);
    if (rv != APR_SUCCESS) {
        CCTV_LOG_S(APLOG_CRIT, rv, s, "CCTV0005",
                   "cannot allocate %" APR_SIZE_T_FMT
                   " bytes of shared memory",
                   size);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    slot = apr_shm_baseaddr_get(shm);
    memset(slot, 0, size);
    for (each = s; each != NULL; each = each->next, slot += SLOT) {
        server_rec *first = pool_first(s, each);

        cctv_database_set_breaker(
            each, first == each ? &((shared_pool_t *)(void *)slot)->breaker
                                : cctv_database_breaker(first));
    }
    return OK;
}

static void on_closed(void *connections)
{
    cctv_connections_count(connections, -1);
}

/* Attach our data to a connection that mod_dbd has made. */
static cctv_connection_t *meet(struct cctv_pool_t *pool, ap_dbd_t *dbd,
                               const apr_array_header_t *init)
{
    PGconn *conn = apr_dbd_native_handle(dbd->driver, dbd->handle);
    cctv_connection_t *connection = cctv_connection_meet(
        conn, dbd->pool, init, on_closed, &pool->connections);

    if (connection != NULL) {
        connection->dbd = dbd;
        cctv_connections_count(&pool->connections, 1);
    }
    return connection;
}

/* Hook post_connect of mod_dbd, which runs after DBDInitSQL. */
static apr_status_t on_connect(apr_pool_t *p, dbd_cfg_t *dbd_config,
                               ap_dbd_t *dbd)
{
    struct cctv_pool_t *pool = cctv_database_pool(dbd_config->server);

    (void)p;
    if (pool != NULL && strcmp(apr_dbd_name(dbd->driver), "pgsql") == 0) {
        meet(pool, dbd, dbd_config->init_queries);
    }
    return APR_SUCCESS;
}

void cctv_database_register(void)
{
    APR_OPTIONAL_HOOK(dbd, post_connect, on_connect, NULL, NULL,
                      APR_HOOK_LAST);
}

static cctv_connection_t *pool_open(void *pool_, apr_pool_t *p)
{
    struct cctv_pool_t *pool = pool_;
    ap_dbd_t *dbd = dbd_open(p, pool->server);
    cctv_connection_t *connection;

    if (dbd == NULL) {
        return NULL;
    }
    if (strcmp(apr_dbd_name(dbd->driver), "pgsql") != 0) {
        dbd_close(pool->server, dbd);
        CCTV_LOG_S(APLOG_ERR, 0, pool->server, "CCTV0017",
                   "DBDriver of this virtual host is not pgsql");
        return NULL;
    }
    connection = cctv_connection_of(
        apr_dbd_native_handle(dbd->driver, dbd->handle));
    if (connection == NULL) {
        connection = meet(pool, dbd, NULL);
    }
    if (connection == NULL) {
        dbd_close(pool->server, dbd);
        return NULL;
    }
    connection->once = apr_pool_parent_get(dbd->pool) == p ? p : NULL;
    return connection;
}

static void pool_close(void *pool_, cctv_connection_t *connection)
{
    struct cctv_pool_t *pool = pool_;
    apr_pool_t *once = connection->once;

    dbd_close(pool->server, connection->dbd);
    if (once != NULL) {
        apr_pool_destroy(once);
    }
}

static void pool_is_short(void *pool_, int connections)
{
    struct cctv_pool_t *pool = pool_;
    cctv_time_t now = cctv_now();
    cctv_time_t warned = atomic_load(&pool->shared->warned);

    atomic_store(&pool->grow_at, now + REFUSED_PAUSE);
    if (connections < pool->places) {
        cctv_gate_resize(&pool->gate, connections > 0 ? connections : 1);
    }
    if ((warned == 0 || now - warned > WARN_PAUSE)
        && atomic_compare_exchange_strong(&pool->shared->warned, &warned,
                                          now)) {
        CCTV_LOG_S(
            APLOG_WARNING, 0, pool->server, "CCTV0051",
            "PostgreSQL refuses a further connection (SQLSTATE 53300); "
            "requests wait for the %d of this process. Lower DBDMax or "
            "the number of child processes, so that their product stays "
            "below max_connections, or raise max_connections",
            connections);
    }
}

/* mod_dbd asserts that no thread has a connection when its pool is destroyed.
 * Where one hangs, the child ends without that. */
static apr_status_t pool_stop(void *pool_)
{
    struct cctv_pool_t *pool = pool_;

    if (!cctv_connections_stop(&pool->connections)) {
        CCTV_LOG_S(APLOG_INFO, 0, pool->server, "CCTV0052",
                   "the database holds up the end of this process, which does "
                   "not wait any longer");
        _exit(0);
    }
    return APR_SUCCESS;
}

static int count_pools(server_rec *main_server)
{
    server_rec *s;
    int count = 0;

    for (s = main_server; s != NULL; s = s->next) {
        count += cctv_database_is_configured(s)
                 && pool_first(main_server, s) == s;
    }
    return count > 0 ? count : 1;
}

/* Limit the threads of a child that a hung database can block, inside and
 * waiting, to three quarters of all threads. The pools share the waiting
 * threads equally. */
static bool pool_init(struct cctv_pool_t *pool, server_rec *s, int threads,
                      int pools)
{
    static const cctv_connections_calls_t calls = {
        .open = pool_open, .close = pool_close, .is_short = pool_is_short
    };
    const cctv_dbd_t *dbd = cctv_database_dbd(s);
    int waiting_slow;

    /* Under prefork a background thread runs in addition to the only request
     * thread. */
    pool->places = threads == 1 ? 2 : (threads + 1) / 2;
    if (pool->places > dbd->max) {
        pool->places = dbd->max;
    }
    waiting_slow = threads * 3 / 4 / pools - pool->places;
    if (waiting_slow < 0) {
        waiting_slow = 0;
    }
    pool->server = s;
    pool->shared = pool_shared(s);
    CCTV_LOG_S(APLOG_DEBUG, 0, s, "CCTV0015",
               "at most %d threads of a child are in the database at once, "
               "and while it is slow %d wait for it",
               pool->places, waiting_slow);
    return cctv_gate_init(&pool->gate, pool->places, CCTV_GATE_ANY,
                          waiting_slow, SLOW)
               == 0
           && cctv_connections_init(&pool->connections, &calls, pool,
                                    dbd->params, dbd->max,
                                    &pool->shared->shortage);
}

static bool make_pools(apr_pool_t *pchild, server_rec *main_server)
{
    int threads = 1;
    int pools = count_pools(main_server);
    server_rec *s;

    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    for (s = main_server; s != NULL; s = s->next) {
        server_rec *first = pool_first(main_server, s);
        /* Not from pchild: a thread that is connecting may outlive it. */
        struct cctv_pool_t *pool = first == s ? calloc(1, sizeof *pool)
                                              : cctv_database_pool(first);

        if (pool == NULL
            || (first == s
                && !pool_init(pool, s, threads < 1 ? 1 : threads, pools))) {
            return false;
        }
        cctv_database_set_pool(s, pool);
        if (first == s) {
            /* Run before the cleanup of mod_dbd's pool, which is a child of
             * pchild. */
            apr_pool_pre_cleanup_register(pchild, pool, pool_stop);
        }
    }
    return true;
}

void cctv_database_child_init(apr_pool_t *pchild, server_rec *s)
{
    /* A thread that connects must not wait for ever for a server that hangs,
     * and names have to arrive as UTF-8. DBDParams override these settings. */
    setenv("PGCONNECT_TIMEOUT", "2", 0);
    setenv("PGCLIENTENCODING", "UTF8", 0);
    /* By default malloc() raises both thresholds with the largest block that
     * was freed, up to 32 MB and 64 MB. A child would then keep as much memory
     * as its largest page took. */
    mallopt(M_MMAP_THRESHOLD, MMAP_FROM);
    mallopt(M_TRIM_THRESHOLD, KEPT_FREE);

    dbd_open = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open);
    dbd_close = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_close);
    dbd_acquire = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_acquire);
    dbd_module = ap_find_linked_module("mod_dbd.c");

    if (!make_pools(pchild, s)) {
        CCTV_LOG_S(APLOG_CRIT, APR_ENOMEM, s, "CCTV0006",
                   "cannot set up the gate to the database");
        exit(APEXIT_CHILDFATAL);
    }
}

void cctv_database_child_ready(apr_pool_t *pchild, server_rec *s)
{
    (void)pchild;
    (void)s;
    atomic_store_explicit(&is_ready, true, memory_order_release);
}

/* ---- A visit ---- */

static void count_error(cctv_db_error_t reason)
{
    cctv_count(&cctv_database_counters()->errors[reason]);
}

static int refuse(const cctv_visit_t *visit, cctv_db_error_t error,
                  const char *reason)
{
    count_error(error);
    LOG_VISIT(APLOG_DEBUG, 0, visit, "CCTV0014", "refused: %s", reason);
    return HTTP_SERVICE_UNAVAILABLE;
}

static int64_t lease(const server_rec *s)
{
    return cctv_database_settings(s)->query_timeout + PROBE_SLACK;
}

/* After a shortage, try to use one more connection from time to time. */
static void grow(struct cctv_pool_t *pool)
{
    cctv_time_t grow_at = atomic_load_explicit(&pool->grow_at,
                                               memory_order_relaxed);
    cctv_time_t now;

    if (grow_at == 0) {
        return;
    }
    now = cctv_now();
    if (now >= grow_at
        && atomic_compare_exchange_strong(&pool->grow_at, &grow_at,
                                          now + GROW_PAUSE)
        && !cctv_gate_grow(&pool->gate, pool->places)) {
        atomic_store(&pool->grow_at, 0);
    }
}

/* A request that already has a connection needs no place. There are as many
 * places as connections, and the threads inside may be waiting for this
 * connection. */
static bool visit_enter_gate(cctv_visit_t *visit)
{
    bool is_inside = visit->is_of_request
                     || cctv_gate_enter(&visit->dbd_pool->gate,
                                        visit->deadline);

    visit->entered = cctv_now();
    return is_inside;
}

static void visit_leave_gate(const cctv_visit_t *visit)
{
    if (!visit->is_of_request) {
        cctv_gate_leave(&visit->dbd_pool->gate, visit->entered);
    }
}

/* Pass the gate and the breaker. @return OK or an HTTP status */
static int visit_enter(cctv_visit_t *visit)
{
    cctv_breaker_t *breaker = cctv_database_breaker(visit->server);
    cctv_gate_t *gate = &visit->dbd_pool->gate;
    cctv_time_t since = 0;
    cctv_time_t now;

    for (;;) {
        if (!visit_enter_gate(visit)) {
            return refuse(visit, CCTV_DB_ERROR_BUSY,
                          "no place in the database");
        }
        now = visit->entered;
        switch (cctv_breaker_ask(breaker, now, lease(visit->server), &since)) {
        case CCTV_BREAKER_CLOSED:
            return OK;
        case CCTV_BREAKER_PROBE:
            visit->is_probe = true;
            return OK;
        case CCTV_BREAKER_DOWN:
            visit_leave_gate(visit);
            return refuse(visit, CCTV_DB_ERROR_DOWN, "the database is down");
        case CCTV_BREAKER_PROBED:
            visit_leave_gate(visit);
            if (now > visit->deadline
                || !cctv_gate_pause(gate, PROBE_PAUSE, now - since > SLOW)) {
                return refuse(visit, CCTV_DB_ERROR_DOWN,
                              "the database is down, and others wait for it");
            }
        }
    }
}

static void answered(const cctv_visit_t *visit)
{
    if (cctv_breaker_answered(cctv_database_breaker(visit->server),
                              cctv_now())) {
        LOG_VISIT(APLOG_NOTICE, 0, visit, "CCTV0011",
                  "the database answers again");
    }
}

static void failed(const cctv_visit_t *visit)
{
    cctv_breaker_failed(cctv_database_breaker(visit->server), cctv_now(),
                        visit->entered, visit->is_probe);
}

static void timed_out(const cctv_visit_t *visit)
{
    cctv_breaker_timed_out(cctv_database_breaker(visit->server), cctv_now(),
                           visit->entered, visit->is_probe);
}

/* The initial request of the client, where mod_dbd stores the connection. */
static request_rec *initial_request(request_rec *r)
{
    while (r->prev != NULL || r->main != NULL) {
        r = r->prev != NULL ? r->prev : r->main;
    }
    return r;
}

/* Whether the request already has a connection. mod_authn_dbd and other
 * modules keep one until the request ends. A request must not wait for a
 * second one: if all requests hold one and wait for another, none of them
 * continues. */
static bool has_connection(request_rec *r)
{
    return ap_get_module_config(initial_request(r)->request_config, dbd_module)
           != NULL;
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
    ap_dbd_t *dbd = dbd_acquire(visit->r);
    PGconn *conn;

    if (dbd == NULL || strcmp(apr_dbd_name(dbd->driver), "pgsql") != 0) {
        return CCTV_TAKE_DOWN;
    }
    conn = apr_dbd_native_handle(dbd->driver, dbd->handle);
    visit->connection = cctv_connection_of(conn);
    if (visit->connection == NULL) {
        visit->connection = meet(visit->dbd_pool, dbd, NULL);
    }
    if (visit->connection == NULL) {
        return CCTV_TAKE_DOWN;
    }
    count_request(visit);
    return CCTV_TAKE_OK;
}

static cctv_take_t visit_take(cctv_visit_t *visit)
{
    return visit->is_of_request
               ? visit_share(visit)
               : cctv_connections_take(&visit->dbd_pool->connections,
                                       visit->pool, visit->deadline,
                                       &visit->connection);
}

/* Report that there is no connection to the breaker, the log and the
 * client. */
static int visit_refuse(const cctv_visit_t *visit, cctv_take_t taken)
{
    if (taken == CCTV_TAKE_SHORT) {
        /* The refusal is an answer of PostgreSQL, so the probe has
         * succeeded. */
        if (visit->is_probe) {
            answered(visit);
        }
        return refuse(visit, CCTV_DB_ERROR_BUSY,
                      "PostgreSQL has no connection left");
    }
    if (taken == CCTV_TAKE_BUSY && !visit->is_probe) {
        return refuse(visit, CCTV_DB_ERROR_BUSY, "all connections are in use");
    }
    if (taken == CCTV_TAKE_LATE) {
        timed_out(visit);
    }
    else {
        failed(visit);
    }
    count_error(CCTV_DB_ERROR_LOST);
    LOG_VISIT(APLOG_INFO, 0, visit, "CCTV0007", "mod_dbd gives no connection");
    return HTTP_SERVICE_UNAVAILABLE;
}

static int visit_begin(cctv_visit_t *visit)
{
    cctv_take_t taken;
    int status;

    if (dbd_open == NULL) {
        /* configtest cannot see a handler that .htaccess or mod_rewrite
         * sets. */
        LOG_VISIT(APLOG_ERR, 0, visit, "CCTV0016",
                  "there is no mod_dbd: load it (a2enmod dbd)");
        return HTTP_SERVICE_UNAVAILABLE;
    }
    visit->dbd_pool = cctv_database_pool(visit->server);
    visit->deadline = cctv_now()
                      + cctv_database_settings(visit->server)->query_timeout;
    visit->is_of_request = visit->r != NULL && has_connection(visit->r);
    grow(visit->dbd_pool);
    status = visit_enter(visit);
    if (status != OK) {
        return status;
    }
    taken = visit_take(visit);
    if (taken != CCTV_TAKE_OK) {
        visit_leave_gate(visit);
        return visit_refuse(visit, taken);
    }
    return OK;
}

int cctv_database_begin(request_rec *r, cctv_visit_t *visit)
{
    *visit = (cctv_visit_t){ .r = r, .server = r->server, .pool = r->pool };
    return visit_begin(visit);
}

int cctv_database_begin_background(server_rec *s, apr_pool_t *pool,
                                   cctv_visit_t *visit)
{
    /* Until mod_dbd has made its pools, it gives no connection. Without this
     * check the breaker would take the database for down, in all processes. */
    if (!atomic_load_explicit(&is_ready, memory_order_acquire)) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    *visit = (cctv_visit_t){ .server = s, .pool = pool };
    return visit_begin(visit);
}

static int late(const cctv_visit_t *visit)
{
    count_error(CCTV_DB_ERROR_TIMEOUT);
    LOG_VISIT(APLOG_ERR, APR_TIMEUP, visit, "CCTV0009",
              "no answer from the database within CCTVQueryTimeout");
    return HTTP_SERVICE_UNAVAILABLE;
}

/* PostgreSQL refuses a statement if something is not set up (the table, the
 * rights: class 42), if it lacks resources (53, 57), or because of a mistake
 * in this module. */
static int refused(const cctv_visit_t *visit, const cctv_query_error_t *error)
{
    if (strcmp(error->sqlstate, "57014") == 0) {
        return late(visit);
    }
    count_error(CCTV_DB_ERROR_REFUSED);
    LOG_VISIT(APLOG_ERR, 0, visit, "CCTV0010",
              "the database refuses the query: %s (SQLSTATE %s)%s",
              error->message, error->sqlstate,
              strncmp(error->sqlstate, "42", 2) == 0
                  ? "; are sql/10-schema.sql and sql/20-roles.sql loaded, "
                    "and is DBDParams' user cctv_reader, or with "
                    "CCTVJanusURL cctv_video?"
                  : "");
    return strncmp(error->sqlstate, "22", 2) == 0 ? HTTP_INTERNAL_SERVER_ERROR
                                                  : HTTP_SERVICE_UNAVAILABLE;
}

static void visit_give(cctv_visit_t *visit)
{
    if (visit->connection != NULL && !visit->is_of_request) {
        cctv_connections_give(&visit->dbd_pool->connections,
                              visit->connection);
        visit->connection = NULL;
    }
}

static cctv_query_status_t visit_run(cctv_visit_t *visit,
                                     const cctv_statement_t *statement,
                                     const cctv_params_t *params,
                                     PGresult **result,
                                     cctv_query_error_t *error)
{
    /* A statement is cancelled after three quarters of the remaining time. */
    cctv_time_t now = cctv_now();
    const cctv_limits_t limits = {
        .deadline = visit->deadline,
        .cancel_at = now + (visit->deadline - now) / 4 * 3,
        .canceller = &visit->dbd_pool->canceller
    };

    return cctv_query_run(visit->connection->conn,
                          &visit->connection->prepared, statement, params,
                          &limits, result, error);
}

/* Replace a lost connection. After a restart of PostgreSQL all idle
 * connections may be lost. The connection of a request is not replaced,
 * because the module that took it would go on using the old one.
 * @return whether there is another connection */
static bool visit_replace(cctv_visit_t *visit, cctv_time_t started, int *tries,
                          cctv_take_t *taken)
{
    if (visit->connection->since >= started) {
        ++*tries;
    }
    if (visit->is_of_request || *tries >= TRIES_MAX) {
        return false;
    }
    cctv_query_abandon(visit->connection->conn);
    visit_give(visit);
    *taken = visit_take(visit);
    return *taken == CCTV_TAKE_OK;
}

int cctv_database_query(cctv_visit_t *visit, const cctv_statement_t *statement,
                        const cctv_params_t *params, PGresult **result)
{
    cctv_time_t started = cctv_now();
    cctv_take_t taken = CCTV_TAKE_OK;
    cctv_query_error_t error;
    cctv_query_status_t status;
    int tries = 0;

    if (visit->connection == NULL) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    do {
        status = visit_run(visit, statement, params, result, &error);
    } while (status == CCTV_QUERY_LOST
             && visit_replace(visit, started, &tries, &taken));
    cctv_histogram_observe(&cctv_database_counters()->queries,
                           cctv_now() - started);
    switch (status) {
    case CCTV_QUERY_OK:
        answered(visit);
        return OK;
    case CCTV_QUERY_REFUSED:
        answered(visit);
        return refused(visit, &error);
    case CCTV_QUERY_LOST:
        if (taken == CCTV_TAKE_SHORT || taken == CCTV_TAKE_BUSY) {
            return visit_refuse(visit, taken);
        }
        failed(visit);
        count_error(CCTV_DB_ERROR_LOST);
        LOG_VISIT(APLOG_ERR, APR_ECONNRESET, visit, "CCTV0008",
                  "the connection to the database is lost and does not "
                  "come back");
        break;
    case CCTV_QUERY_LATE:
        timed_out(visit);
        cctv_query_abandon(visit->connection->conn);
        return late(visit);
    }
    return HTTP_SERVICE_UNAVAILABLE;
}

void cctv_database_end(cctv_visit_t *visit)
{
    visit_give(visit);
    visit_leave_gate(visit);
}
