/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file pool.c
 * @brief Queries on the connections of mod_dbd's pool.
 * Layer: httpd.
 */
#include "database/pool.h"

#include "configtest.h"
#include "database/runtime.h"
#include "database/settings.h"
#include "guard/breaker.h"
#include "guard/gate.h"
#include "core/log.h"
#include "database/part.h"

#include "ap_mpm.h"
#include "apr_dbd.h"
#include "apr_optional.h"
#include "apr_shm.h"
#include "http_core.h"
#include "http_request.h"
#include "mod_dbd.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* libpq's shortest connect timeout, and some slack: µs. */
#define CONNECT_TIME 3000000

/* From here on the database counts as slow: µs. */
#define SLOW 500000

/* While somebody else finds out whether the database is back: µs. */
#define PROBE_PAUSE 5000

/* Blocks of this size go back to the system at once, and of smaller ones no
 * more than this stays free at the end of an arena: bytes. */
#define MMAP_FROM (1 << 20)
#define KEPT_FREE (2 << 20)

/* For the request of a visit; in the background, for the server. */
#define LOG_VISIT(level, rv, visit, id, ...)                                  \
    do {                                                                      \
        if ((visit)->r != NULL) {                                             \
            CCTV_LOG_R(level, rv, (visit)->r, id, __VA_ARGS__);               \
        }                                                                     \
        else {                                                                \
            CCTV_LOG_S(level, rv, (visit)->server, id, __VA_ARGS__);          \
        }                                                                     \
    } while (0)

/* Of this process. mod_dbd would let every thread of it wait for ever. */
static cctv_gate_t gate;

/* Whether mod_dbd has its lists in this process. */
static atomic_bool is_ready;

static APR_OPTIONAL_FN_TYPE(ap_dbd_open) *dbd_open;
static APR_OPTIONAL_FN_TYPE(ap_dbd_close) *dbd_close;
static APR_OPTIONAL_FN_TYPE(ap_dbd_acquire) *dbd_acquire;
static module *dbd_module;

/* Connecting is done under the lock of mod_dbd's list, so that who comes
 * second would wait there without a deadline: one at a time goes there, for
 * each virtual host, since each may have a list of its own. */
static bool make_turns(apr_pool_t *pchild, server_rec *s, int places)
{
    for (; s != NULL; s = s->next) {
        cctv_gate_t *turn = apr_palloc(pchild, sizeof *turn);

        if (cctv_gate_init(turn, 1, places, places, SLOW) != 0) {
            return false;
        }
        cctv_database_set_opening(s, turn);
    }
    return true;
}

int cctv_database_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                              apr_pool_t *ptemp, server_rec *s)
{
    /* A cache line for each, so that they do not disturb one another. */
    enum {
        SLOT = 64
    };
    _Static_assert(sizeof(cctv_breaker_t) <= SLOT, "a breaker is too large");
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
        cctv_database_set_breaker(each, (cctv_breaker_t *)(void *)slot);
    }
    return OK;
}

void cctv_database_child_init(apr_pool_t *pchild, server_rec *s)
{
    int threads = 1;
    int places;
    int waiting_slow;

    /* A server that hangs must not hold a connecting thread for ever, and
     * names have to arrive as UTF-8; what DBDParams says goes first. */
    setenv("PGCONNECT_TIMEOUT", "2", 0);
    setenv("PGCLIENTENCODING", "UTF8", 0);
    /* Left alone, malloc raises both with the largest block that was freed,
     * up to 32 MB and 64 MB, and a child keeps what its largest page took. */
    mallopt(M_MMAP_THRESHOLD, MMAP_FROM);
    mallopt(M_TRIM_THRESHOLD, KEPT_FREE);

    dbd_open = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open);
    dbd_close = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_close);
    dbd_acquire = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_acquire);
    dbd_module = ap_find_linked_module("mod_dbd.c");

    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    threads = threads < 1 ? 1 : threads;
    /* A background thread comes on top. Where there is but one other, they do
     * not stand in each other's way. */
    places = threads == 1 ? 2 : (threads + 1) / 2;
    if (places > cctv_configtest_dbd_max()) {
        places = cctv_configtest_dbd_max();
    }
    /* A quarter of the threads never waits for a slow database. */
    waiting_slow = threads * 3 / 4 - places;
    if (waiting_slow < 0) {
        waiting_slow = 0;
    }
    if (cctv_gate_init(&gate, places, threads + 1 - places, waiting_slow, SLOW)
            != 0
        || !make_turns(pchild, s, places)) {
        CCTV_LOG_S(APLOG_CRIT, APR_ENOMEM, s, "CCTV0006",
                   "cannot set up the gate to the database");
        exit(APEXIT_CHILDFATAL);
    }
    CCTV_LOG_S(APLOG_DEBUG, 0, s, "CCTV0015",
               "at most %d threads of a child are in the database at once, "
               "and while it is slow %d wait for it",
               places, waiting_slow);
}

void cctv_database_child_ready(apr_pool_t *pchild, server_rec *s)
{
    (void)pchild;
    (void)s;
    atomic_store_explicit(&is_ready, true, memory_order_release);
}

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
    return cctv_database_settings(s)->query_timeout + CONNECT_TIME;
}

/* Past the gate and the breaker. @return OK, or an HTTP status */
static int enter(cctv_visit_t *visit)
{
    cctv_breaker_t *breaker = cctv_database_breaker(visit->server);
    cctv_time_t since = 0;
    cctv_time_t now;

    for (;;) {
        if (!cctv_gate_enter(&gate, visit->deadline)) {
            return refuse(visit, CCTV_DB_ERROR_BUSY,
                          "no place in the database");
        }
        now = visit->entered = cctv_now();
        switch (cctv_breaker_ask(breaker, now, lease(visit->server), &since)) {
        case CCTV_BREAKER_CLOSED:
            return OK;
        case CCTV_BREAKER_PROBE:
            visit->is_probe = true;
            return OK;
        case CCTV_BREAKER_DOWN:
            cctv_gate_leave(&gate, visit->entered);
            return refuse(visit, CCTV_DB_ERROR_DOWN, "the database is down");
        case CCTV_BREAKER_PROBED:
            cctv_gate_leave(&gate, visit->entered);
            if (now > visit->deadline
                || !cctv_gate_pause(&gate, PROBE_PAUSE, now - since > SLOW)) {
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

/* mod_authn_dbd and others keep a connection until the request ends. A
 * second one for the same request could wait for ever, all requests holding
 * one and none getting its second. */
static bool has_connection(const request_rec *r)
{
    while (r->prev != NULL || r->main != NULL) {
        r = r->prev != NULL ? r->prev : r->main;
    }
    return ap_get_module_config(r->request_config, dbd_module) != NULL;
}

static ap_dbd_t *open_connection(cctv_visit_t *visit)
{
    cctv_gate_t *opening = cctv_database_opening(visit->server);
    ap_dbd_t *dbd = NULL;
    bool tried = false;
    cctv_time_t started;

    visit->is_of_request = visit->r != NULL && has_connection(visit->r);
    if (visit->is_of_request) {
        return dbd_acquire(visit->r);
    }
    if (cctv_gate_enter(opening, visit->deadline)) {
        started = cctv_now();
        /* Who stood before us may have found that the database is down. */
        if (visit->is_probe
            || !cctv_breaker_is_open(cctv_database_breaker(visit->server))) {
            dbd = dbd_open(visit->pool, visit->server);
            tried = true;
        }
        cctv_gate_leave(opening, started);
    }
    /* Who did not get there knows nothing of the database; but a probe has to
     * be ended. */
    if (dbd == NULL && (tried || visit->is_probe)) {
        failed(visit);
    }
    return dbd;
}

/* What is known of the connection is kept with it. */
static cctv_prepared_t *prepared_of(ap_dbd_t *dbd)
{
    static const char key[] = "cctv_prepared";
    cctv_prepared_t *prepared;
    void *known = NULL;

    apr_pool_userdata_get(&known, key, dbd->pool);
    if (known != NULL) {
        return known;
    }
    prepared = apr_pcalloc(dbd->pool, sizeof *prepared);
    apr_pool_userdata_setn(prepared, key, NULL, dbd->pool);
    return prepared;
}

static int begin(cctv_visit_t *visit)
{
    int64_t timeout = cctv_database_settings(visit->server)->query_timeout;
    ap_dbd_t *dbd;
    int status;

    if (dbd_open == NULL) {
        /* Possible where .htaccess or mod_rewrite set the handler. */
        LOG_VISIT(APLOG_ERR, 0, visit, "CCTV0016",
                  "there is no mod_dbd: load it (a2enmod dbd)");
        return HTTP_SERVICE_UNAVAILABLE;
    }
    visit->deadline = cctv_now() + timeout;
    status = enter(visit);
    if (status != OK) {
        return status;
    }
    dbd = open_connection(visit);
    if (dbd == NULL) {
        cctv_gate_leave(&gate, visit->entered);
        count_error(CCTV_DB_ERROR_LOST);
        LOG_VISIT(APLOG_INFO, 0, visit, "CCTV0007",
                  "mod_dbd gives no connection");
        return HTTP_SERVICE_UNAVAILABLE;
    }
    visit->dbd = dbd;
    if (strcmp(apr_dbd_name(dbd->driver), "pgsql") != 0) {
        cctv_database_end(visit);
        LOG_VISIT(APLOG_ERR, 0, visit, "CCTV0017",
                  "DBDriver of this virtual host is not pgsql");
        return HTTP_SERVICE_UNAVAILABLE;
    }
    visit->conn = apr_dbd_native_handle(dbd->driver, dbd->handle);
    visit->prepared = prepared_of(dbd);
    /* Three quarters of the whole time: ms of µs. */
    visit->prepared->statement_timeout = (int)(timeout * 3 / 4 / 1000);
    return OK;
}

int cctv_database_begin(request_rec *r, cctv_visit_t *visit)
{
    *visit = (cctv_visit_t){ .r = r, .server = r->server, .pool = r->pool };
    return begin(visit);
}

int cctv_database_begin_background(server_rec *s, apr_pool_t *pool,
                                   cctv_visit_t *visit)
{
    /* While mod_dbd makes its lists, it gives no connection; the database
     * would look down, to all processes. */
    if (!atomic_load_explicit(&is_ready, memory_order_acquire)) {
        return HTTP_SERVICE_UNAVAILABLE;
    }
    *visit = (cctv_visit_t){ .server = s, .pool = pool };
    return begin(visit);
}

static int late(const cctv_visit_t *visit)
{
    count_error(CCTV_DB_ERROR_TIMEOUT);
    LOG_VISIT(APLOG_ERR, APR_TIMEUP, visit, "CCTV0009",
              "no answer from the database within CCTVQueryTimeout");
    return HTTP_SERVICE_UNAVAILABLE;
}

/* What PostgreSQL refuses is either not set up (the table, the rights: class
 * 42), short of something (53, 57), or a mistake of ours. */
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

int cctv_database_query(cctv_visit_t *visit, const cctv_statement_t *statement,
                        const cctv_params_t *params, PGresult **result)
{
    cctv_time_t started = cctv_now();
    cctv_query_error_t error;
    cctv_query_status_t status = cctv_query_run(
        visit->conn, visit->prepared, statement, params, visit->deadline,
        result, &error);

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
        failed(visit);
        count_error(CCTV_DB_ERROR_LOST);
        LOG_VISIT(APLOG_ERR, APR_ECONNRESET, visit, "CCTV0008",
                  "the connection to the database is lost and does not "
                  "come back");
        break;
    case CCTV_QUERY_LATE:
        failed(visit);
        cctv_query_abandon(visit->conn);
        return late(visit);
    }
    return HTTP_SERVICE_UNAVAILABLE;
}

void cctv_database_end(cctv_visit_t *visit)
{
    if (!visit->is_of_request) {
        dbd_close(visit->server, visit->dbd);
    }
    cctv_gate_leave(&gate, visit->entered);
}
