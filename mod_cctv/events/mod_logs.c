/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_logs.c
 * @brief The life of the event logs.
 * Layer: httpd.
 *
 * At a reload httpd ends the programs of piped logs at once, while children
 * of the old generation go on. So these stop writing before that, and the new
 * generation writes what has not arrived.
 */
#include "events/mod_logs.h"

#include "core/mod_log.h"
#include "events/mod_programs.h"
#include "events/mod_settings.h"
#include "events/writer.h"
#include "views/mod_node.h"

#include "apr_portable.h"
#include "apr_strings.h"
#include "http_core.h"

#include <unistd.h>
#include <xxhash.h>

/* How long the parent waits for the process that writes: µs. */
#define PATIENCE 1000000

/* How long the end of the server waits for logs that do not take lines: µs. */
#define LAST_PATIENCE 2000000

#define PAUSE 1000

/* How long a reload, and the end of the server, wait for the programs of piped
 * logs to read what is in their pipes: µs. */
#define READ_PATIENCE 100000

/* The permissions of a new file: others may not read who watches what. */
#define FILE_MODE (APR_FPROT_UREAD | APR_FPROT_UWRITE | APR_FPROT_GREAD)

/* Set anew at each reload; children inherit it. */
static struct {
    server_rec *server;
    pid_t parent;
    uint64_t generation;
    const cctv_logs_views_t *views;
    const char *names[CCTV_LOGS_MAX];
    cctv_program_t programs[CCTV_LOGS_MAX]; /* pipe is NULL: a file */
    char node[256];
    cctv_writer_t writer;
} life;

/* ---- Opening ---- */

static apr_file_t *open_file(apr_pool_t *pconf, server_rec *s,
                             const char *name)
{
    apr_file_t *file;
    apr_status_t rv = apr_file_open(&file, name,
                                    APR_FOPEN_WRITE | APR_FOPEN_APPEND
                                        | APR_FOPEN_CREATE
                                        | APR_FOPEN_LARGEFILE,
                                    FILE_MODE, pconf);

    if (rv != APR_SUCCESS) {
        CCTV_LOG_S(APLOG_ERR, rv, s, "CCTV0192",
                   "CCTVEventLog %s cannot be opened", name);
        return NULL;
    }
    return file;
}

static apr_file_t *open_program(apr_pool_t *pconf, server_rec *s,
                                const char *program, cctv_program_t *opened)
{
    piped_log *log = ap_open_piped_log(pconf, program);

    *opened = (cctv_program_t){ .pipe = log, .command = program };
    if (log == NULL) {
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0193",
                   "the program of CCTVEventLog |%s cannot be started",
                   program);
        return NULL;
    }
    return ap_piped_log_write_fd(log);
}

static bool open_log(apr_pool_t *pconf, server_rec *s, const char *name,
                     uint32_t number)
{
    cctv_log_target_t *target = &life.writer.targets[number];
    cctv_program_t *program = &life.programs[number];
    apr_file_t *file;
    apr_os_file_t fd;

    program->pipe = NULL;
    file = name[0] == '|' ? open_program(pconf, s, name + 1, program)
                          : open_file(pconf, s, name);
    if (file == NULL) {
        return false;
    }
    if (apr_os_file_get(&fd, file) != APR_SUCCESS
        || !cctv_log_target_open(target, fd)) {
        CCTV_LOG_S(APLOG_ERR, APR_FROM_OS_ERROR(errno), s, "CCTV0194",
                   "CCTVEventLog %s cannot be used", name);
        return false;
    }
    return true;
}

static apr_status_t close_targets(void *unused)
{
    uint32_t i;

    (void)unused;
    for (i = 0; i < life.writer.count; i++) {
        cctv_log_target_close(&life.writer.targets[i]);
    }
    life.writer.count = 0;
    return APR_SUCCESS;
}

int cctv_logs_open(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp,
                   server_rec *s)
{
    const apr_array_header_t *logs = cctv_events_settings(s)->logs;
    int i;

    (void)plog;
    (void)ptemp;
    life.writer.count = 0;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK;
    }
    apr_pool_cleanup_register(pconf, NULL, close_targets,
                              apr_pool_cleanup_null);
    for (i = 0; logs != NULL && i < logs->nelts; i++) {
        const char *name = APR_ARRAY_IDX(logs, i, const char *);

        if (!open_log(pconf, s, name, life.writer.count)) {
            return HTTP_INTERNAL_SERVER_ERROR;
        }
        life.names[i] = name;
        life.writer.count++;
    }
    return OK;
}

/* ---- Messages ---- */

static void tell_stuck(uint32_t number, uint64_t missing, int error)
{
    CCTV_LOG_S(APLOG_ERR, error == 0 ? 0 : APR_FROM_OS_ERROR(error),
               life.server, "CCTV0195", "CCTVEventLog %s takes no lines: %s",
               life.names[number],
               missing > 0 ? "the oldest events are dropped for it"
                           : "events wait, and are dropped if there are too "
                             "many");
}

static void tell_goes_on(uint32_t number, uint64_t missing)
{
    CCTV_LOG_S(APLOG_NOTICE, 0, life.server, "CCTV0196",
               "CCTVEventLog %s takes lines again; %" APR_UINT64_T_FMT
               " events were dropped for it",
               life.names[number], missing);
}

/* httpd has closed its error log by the end of the server. */
static void tell_nobody(uint32_t number, uint64_t missing, int error)
{
    (void)number;
    (void)missing;
    (void)error;
}

static void tell_nobody_either(uint32_t number, uint64_t missing)
{
    (void)number;
    (void)missing;
}

/* ---- Writing ---- */

void cctv_logs_write(cctv_time_t now, apr_pool_t *pool)
{
    cctv_events_t *events = life.writer.events;
    uint64_t ticket;

    (void)pool;
    if (!cctv_single_enter(&events->writer, now, &ticket)) {
        return;
    }
    if (atomic_load(&events->generation) == life.generation) {
        cctv_writer_step(&life.writer, now, apr_time_now());
    }
    cctv_single_leave(&events->writer, ticket);
}

/* Enter although another process may be writing.
 * @return false: it has not stopped in time */
static bool enter_at_last(cctv_events_t *events, uint64_t *ticket)
{
    cctv_time_t until = cctv_now() + PATIENCE;

    while (!cctv_single_enter(&events->writer, cctv_now(), ticket)) {
        if (cctv_now() > until) {
            return false;
        }
        usleep(PAUSE);
    }
    return true;
}

static void write_once(void)
{
    cctv_writer_step(&life.writer, cctv_now(), apr_time_now());
}

/* Go on until all logs have all events, and all programs have read them.
 * @return whether they have */
static bool write_until(cctv_time_t until)
{
    for (;;) {
        bool is_done = cctv_writer_step(&life.writer, cctv_now(),
                                        apr_time_now());
        uint32_t i;

        for (i = 0; i < life.writer.count; i++) {
            is_done = is_done
                      && (life.programs[i].pipe == NULL
                          || cctv_program_has_read_all(&life.programs[i]));
        }
        if (is_done || cctv_now() > until) {
            return is_done;
        }
        usleep(PAUSE);
    }
}

/* A signal that ends the server ends the programs, too. */
static void start_last_programs(apr_pool_t *pool)
{
    uint32_t i;

    for (i = 0; i < life.writer.count; i++) {
        if (life.programs[i].pipe != NULL
            && !cctv_program_has_read_all(&life.programs[i])) {
            cctv_program_start_last(&life.programs[i], pool);
        }
    }
}

static void write_rest(void)
{
    apr_pool_t *pool;
    uint32_t i;

    life.writer.tell_stuck = tell_nobody;
    life.writer.tell_goes_on = tell_nobody_either;
    life.views->end(write_once);
    if (write_until(cctv_now() + READ_PATIENCE)
        || apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        return;
    }
    start_last_programs(pool);
    write_until(cctv_now() + LAST_PATIENCE);
    for (i = 0; i < life.writer.count; i++) {
        if (life.programs[i].last != NULL) {
            cctv_program_end_last(&life.programs[i]);
        }
    }
    apr_pool_destroy(pool);
}

/* The next programs get what the present ones do not read in time. */
static void take_rests(cctv_events_t *events)
{
    cctv_time_t until = cctv_now() + READ_PATIENCE;
    uint32_t i;

    for (i = 0; i < life.writer.count; i++) {
        if (life.programs[i].pipe == NULL) {
            continue;
        }
        while (!cctv_program_has_read_all(&life.programs[i])
               && cctv_now() < until) {
            usleep(PAUSE);
        }
        cctv_program_take_rest(&life.programs[i], &events->logs[i]);
    }
}

static apr_status_t end(void *unused)
{
    cctv_events_t *events = life.writer.events;
    uint64_t ticket;

    (void)unused;
    if (getpid() != life.parent) {
        return APR_SUCCESS;
    }
    atomic_store(&events->generation, 0);
    if (enter_at_last(events, &ticket)) {
        bool is_last = ap_state_query(AP_SQ_MAIN_STATE)
                       != AP_SQ_MS_DESTROY_CONFIG;

        if (is_last) {
            write_rest();
        }
        cctv_writer_settle(&life.writer);
        if (is_last) {
            cctv_writer_give_up(&life.writer);
        }
        else {
            take_rests(events);
        }
        cctv_single_leave(&events->writer, ticket);
    }
    return APR_SUCCESS;
}

static void set_node(const char *name)
{
    if (name != NULL) {
        apr_cpystrn(life.node, name, sizeof life.node);
    }
    else if (gethostname(life.node, sizeof life.node - 1) != 0) {
        life.node[0] = '\0';
    }
}

void cctv_logs_begin(apr_pool_t *pconf, server_rec *s, cctv_events_t *events,
                     const cctv_logs_views_t *views)
{
    const cctv_events_settings_t *settings = cctv_events_settings(s);
    cctv_writer_t *writer = &life.writer;
    uint64_t names[CCTV_LOGS_MAX];
    uint32_t i;

    life.server = s;
    life.parent = getpid();
    life.generation = (uint64_t)apr_time_now();
    life.views = views;
    set_node(cctv_node_name(s));
    writer->events = events;
    writer->node = life.node;
    writer->chain_key = settings->is_chained == 1 ? settings->chain_key : NULL;
    writer->tell_stuck = tell_stuck;
    writer->tell_goes_on = tell_goes_on;
    writer->is_recovered = views->is_recovered;
    for (i = 0; i < writer->count; i++) {
        names[i] = XXH3_64bits(life.names[i], strlen(life.names[i])) | 1;
    }
    cctv_writer_set_logs(events, names, writer->count);
    for (i = 0; i < writer->count; i++) {
        if (life.programs[i].pipe != NULL) {
            cctv_program_give_rest(&life.programs[i], &events->logs[i]);
        }
    }
    atomic_store(&events->generation, life.generation);
    apr_pool_cleanup_register(pconf, NULL, end, apr_pool_cleanup_null);
}
