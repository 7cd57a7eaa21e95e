/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_pool.c
 * @brief The pools of mod_dbd in this process, and how they are set up.
 * Layer: httpd.
 */
#include "database/mod_pool.h"

#include "database/environment.h"
#include "database/mod_runtime.h"
#include "guard/breaker.h"
#include "guard/gate.h"
#include "core/mod_log.h"

#include "ap_mpm.h"
#include "apr_dbd.h"
#include "apr_optional.h"
#include "apr_shm.h"
#include "http_core.h"
#include "mod_dbd.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* While PostgreSQL is short of connections, a process tries to use one more at
 * the interval GROW_PAUSE, and waits longer after a refusal. The last value
 * limits how often the log reports the shortage: µs. */
#define GROW_PAUSE    1000000
#define REFUSED_PAUSE 10000000
#define WARN_PAUSE    3600000000

/* malloc() returns blocks of this size to the system at once. Of smaller
 * blocks, at most this many bytes stay free at the end of an arena. */
#define MMAP_FROM (1 << 20)
#define KEPT_FREE (2 << 20)

/* Whether mod_dbd has set up its pools in this process. */
static atomic_bool is_ready;

static APR_OPTIONAL_FN_TYPE(ap_dbd_open) *dbd_open;
static APR_OPTIONAL_FN_TYPE(ap_dbd_close) *dbd_close;
static APR_OPTIONAL_FN_TYPE(ap_dbd_acquire) *dbd_acquire;
static module *dbd_module;

/* Find the first virtual host that uses the same pool. */
static server_rec *pool_first(server_rec *main_server, const server_rec *s)
{
    const char *key = cctv_database_dbd(s)->key;

    while (strcmp(cctv_database_dbd(main_server)->key, key) != 0) {
        main_server = main_server->next;
    }
    return main_server;
}

cctv_pool_shared_t *cctv_pool_shared(const server_rec *s)
{
    /* The breaker is the first member. */
    return (cctv_pool_shared_t *)(void *)cctv_database_breaker(s);
}

int cctv_database_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                              apr_pool_t *ptemp, server_rec *s)
{
    /* Each pool has its own cache lines, so that pools do not slow each other
     * down. */
    enum {
        SLOT = 192
    };
    _Static_assert(sizeof(cctv_pool_shared_t) <= SLOT, "a pool needs more");
    _Static_assert(offsetof(cctv_pool_shared_t, breaker) == 0,
                   "see cctv_pool_shared()");
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
            each, first == each
                      ? &((cctv_pool_shared_t *)(void *)slot)->breaker
                      : cctv_database_breaker(first));
    }
    return OK;
}

static void on_closed(void *connections)
{
    cctv_connections_count(connections, -1);
}

static bool is_to_tell(struct cctv_pool_t *pool, const char *fault)
{
    return cctv_told_ask(&pool->shared->told, cctv_told_number(fault),
                         CCTV_TOLD_ONCE, cctv_now());
}

void cctv_pool_tell_fault(struct cctv_pool_t *pool, const char *fault)
{
    if (is_to_tell(pool, fault)) {
        CCTV_LOG_S(APLOG_ERR, 0, pool->server, "CCTV0172", "%s", fault);
    }
}

/* Tell it when the connection is made, so that it is in the log at the start. */
static void tell_kind(struct cctv_pool_t *pool,
                      const cctv_connection_t *connection)
{
    const char *fault = cctv_connection_fault(connection->conn);

    if (fault != NULL) {
        cctv_pool_tell_fault(pool, fault);
    }
    if (connection->is_pooled && is_to_tell(pool, "pooler")) {
        CCTV_LOG_S(APLOG_NOTICE, 0, pool->server, "CCTV0173",
                   "a pooler, such as pgbouncer, is between Apache and "
                   "PostgreSQL: mod_cctv prepares no statements on it");
    }
}

cctv_connection_t *cctv_pool_meet(struct cctv_pool_t *pool, ap_dbd_t *dbd,
                                  const apr_array_header_t *init)
{
    PGconn *conn = apr_dbd_native_handle(dbd->driver, dbd->handle);
    cctv_connection_t *connection = cctv_connection_meet(
        conn, dbd->pool, init, on_closed, &pool->connections);

    if (connection != NULL) {
        connection->dbd = dbd;
        cctv_connections_count(&pool->connections, 1);
        tell_kind(pool, connection);
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
        cctv_pool_meet(pool, dbd, dbd_config->init_queries);
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
        connection = cctv_pool_meet(pool, dbd, NULL);
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
    pool->shared = cctv_pool_shared(s);
    CCTV_LOG_S(APLOG_DEBUG, 0, s, "CCTV0015",
               "at most %d threads of a child are in the database at once, "
               "and while it is slow %d wait for it",
               pool->places, waiting_slow);
    return cctv_gate_init(&pool->gate, pool->places, CCTV_GATE_ANY,
                          waiting_slow, CCTV_POOL_SLOW)
               == 0
           && cctv_connections_init(&pool->connections, &calls, pool,
                                    dbd->params, dbd->max, threads > 1,
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
    cctv_environment_set();
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

void cctv_pool_grow(struct cctv_pool_t *pool)
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

bool cctv_pool_has_dbd(void)
{
    return dbd_open != NULL;
}

bool cctv_pool_is_ready(void)
{
    return atomic_load_explicit(&is_ready, memory_order_acquire);
}

void *cctv_pool_kept(const request_rec *initial)
{
    return ap_get_module_config(initial->request_config, dbd_module);
}

ap_dbd_t *cctv_pool_acquire(request_rec *r)
{
    return dbd_acquire(r);
}
