/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file lifecycle.c
 * @brief The shared segment from the start of the server to its end.
 * Layer: httpd.
 */
#include "shared/lifecycle.h"

#include "cameras/ids.h"
#include "configtest.h"
#include "config.h"
#include "log.h"
#include "metrics/status.h"
#include "shared/state.h"
#include "shared/watchdog.h"

#include "ap_mpm.h"
#include "apr_allocator.h"
#include "apr_shm.h"
#include "apr_strings.h"
#include "apr_thread_mutex.h"
#include "http_core.h"
#include "mod_unixd.h"
#include "unixd.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often the watchdog looks: µs. */
#define STEP APR_USEC_PER_SEC

/* How long a start may wait for the database to say which cameras there
 * are: µs. */
#define IDS_TIME 5000000

/* For all that is done as the unprivileged user at a start or end: s. */
#define TIME_LIMIT 60

/* Kept over reloads, so it may never look different. */
typedef struct {
    apr_shm_t *shm;
    void *memory;
} kept_t;

/* What the watchdog and the end need; made anew at each reload. */
static struct {
    server_rec *server;
    pid_t parent;
    cctv_tables_config_t config;
    cctv_time_t save_due;
    bool has_failed;
} life;

static cctv_shared_t shared;

cctv_shared_t *cctv_lifecycle_shared(void)
{
    return &shared;
}

cctv_moment_t cctv_lifecycle_now(void)
{
    return (cctv_moment_t){ .time = cctv_now(), .day = cctv_today() };
}

static bool empty_segment(void)
{
    uint32_t sessions = shared.head->max_sessions;
    uint32_t series = shared.head->max_series;

    memset(shared.head, 0, cctv_segment_size(sessions, series));
    return cctv_segment_init(shared.head, sessions, series, apr_time_now());
}

static cctv_state_time_t state_time(void)
{
    return (cctv_state_time_t){ .now = cctv_now(),
                                .interval = life.config.state_interval,
                                .day = cctv_today() };
}

static const char *reason(cctv_state_status_t status)
{
    switch (status) {
    case CCTV_STATE_DAMAGED:
        return "it is damaged, or no state file";
    case CCTV_STATE_FOREIGN:
        return "it is of another version";
    default:
        return strerror(errno);
    }
}

/* ---- What the unprivileged user does ---- */

typedef enum {
    SAVED,
    NOT_SAVED,
    DIED
} outcome_t;

/* Run a function as the user of the children, in a process of its own, which
 * has all rights to what is shared and none that root has. */
static outcome_t as_user(bool (*run)(void))
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        /* A file system or a name server that hangs must not hold up the
         * start or the end for ever. */
        alarm(TIME_LIMIT);
        /* Not by the hook: at the end nobody is on it any more. */
        if (ap_unixd_setup_child() != OK
            || (geteuid() == 0 && ap_unixd_config.user_id != 0)) {
            _exit(DIED);
        }
        _exit(run() ? SAVED : NOT_SAVED);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) < DIED
               ? (outcome_t)WEXITSTATUS(status)
               : DIED;
}

static cctv_state_status_t save(bool clean)
{
    const cctv_state_time_t time = state_time();

    return cctv_state_save(&shared, life.config.state_file, clean, &time);
}

/* Told once, not every time. */
static void tell_saved(bool saved)
{
    if (saved == !life.has_failed) {
        return;
    }
    life.has_failed = !saved;
    if (saved) {
        CCTV_LOG_S(APLOG_NOTICE, 0, life.server, "CCTV0030",
                   "CCTVStateFile %s is written again",
                   life.config.state_file);
    }
    else {
        CCTV_LOG_S(APLOG_ERR, errno, life.server, "CCTV0031",
                   "CCTVStateFile %s cannot be written, so views and "
                   "counters will not survive a restart; its folder has to "
                   "belong to Apache's User",
                   life.config.state_file);
    }
}

static void set_aside(cctv_state_status_t status)
{
    const char *path = life.config.state_file;
    char aside[PATH_MAX + 32];
    const char *why = reason(status);
    bool is_kept;

    snprintf(aside, sizeof aside, "%s.refused", path);
    is_kept = rename(path, aside) == 0;
    CCTV_LOG_S(APLOG_WARNING, 0, life.server, "CCTV0032",
               "CCTVStateFile %s is not used: %s; counters start at zero%s%s",
               path, why, is_kept ? ", and it is kept as " : "",
               is_kept ? aside : "");
}

/* @return whether counters were taken over */
static bool load(const cctv_state_filter_t *filter)
{
    const cctv_state_time_t time = state_time();
    cctv_state_report_t report = { .sessions = 0 };
    cctv_state_status_t status = cctv_state_load(
        &shared, life.config.state_file, &time, filter, &report);

    if (status == CCTV_STATE_NONE) {
        return false;
    }
    if (status != CCTV_STATE_OK) {
        set_aside(status);
        return false;
    }
    CCTV_LOG_S(APLOG_NOTICE, 0, life.server, "CCTV0033",
               "%u views go on, %u are over; counters of %u series %s, %u "
               "were dropped",
               report.sessions, report.lost_sessions, report.series,
               report.clean ? "go on"
                            : "start at zero, since no state was written at "
                              "a stop",
               report.dropped);
    return report.clean;
}

static const int32_t *all_cameras(size_t *count)
{
    const char *database = cctv_configtest_database();
    const int32_t *ids = cctv_camera_ids(database, cctv_now() + IDS_TIME,
                                         count);

    if (ids != NULL && *count == 0) {
        /* They are about to be loaded, rather than gone for ever. */
        return NULL;
    }
    if (ids == NULL && database != NULL) {
        CCTV_LOG_S(APLOG_INFO, 0, life.server, "CCTV0034",
                   "the database does not say which cameras there are: "
                   "series of cameras that are gone are kept");
    }
    return ids;
}

/* Let the file say that counters go on to change. */
static bool mark(void)
{
    bool saved = save(false) == CCTV_STATE_OK;

    tell_saved(saved);
    return saved;
}

static bool load_and_mark(void)
{
    cctv_state_filter_t filter = { .idle_days = life.config.series_idle };
    bool has_counters;
    bool saved;

    if (access(life.config.state_file, R_OK) == 0) {
        filter.cameras = all_cameras(&filter.count);
    }
    has_counters = load(&filter);
    saved = mark();
    if (!saved && has_counters) {
        /* The file still says that they are right, and would say so after a
         * crash, too: Prometheus would count them twice. */
        empty_segment();
        filter.no_counters = true;
        load(&filter);
    }
    return saved;
}

/* The error log of httpd is closed by then, but this is the same file. */
static void tell_lost(const char *why)
{
    fprintf(stderr,
            "[cctv:error] %s: CCTVStateFile %s cannot be written: %s; "
            "counters will start at zero\n",
            "CCTV0035", life.config.state_file, why);
}

static bool save_at_end(void)
{
    bool saved = save(true) == CCTV_STATE_OK;

    if (!saved) {
        tell_lost(strerror(errno));
    }
    return saved;
}

/* ---- What the watchdog does ---- */

static apr_status_t step(int state, void *data, apr_pool_t *pool)
{
    cctv_moment_t now = cctv_lifecycle_now();

    (void)data;
    (void)pool;
    if (state != AP_WATCHDOG_STATE_RUNNING) {
        return APR_SUCCESS;
    }
    cctv_views_sweep(&shared, now);
    cctv_status_report_room(life.server);
    cctv_audience_count(&shared.audience, &shared.sessions, now.time);
    /* A child that outlives its server must not write over what the next one
     * writes. */
    if (life.config.state_file != NULL && now.time >= life.save_due
        && (getppid() == life.parent || getpid() == life.parent)) {
        life.save_due = now.time + life.config.state_interval;
        /* Who is busy with it writes the same. */
        tell_saved(save(false) != CCTV_STATE_ERROR);
    }
    return APR_SUCCESS;
}

static void start_watchdog(apr_pool_t *pconf, server_rec *s)
{
    apr_status_t rv = cctv_watchdog_start(pconf, "_cctv_", STEP, step);

    if (rv != APR_SUCCESS) {
        CCTV_LOG_S(APLOG_WARNING, rv, s, "CCTV0036",
                   "no watchdog (load mod_watchdog): views that are over are "
                   "ended when somebody looks, and CCTVStateFile is written "
                   "at a stop only");
    }
}

/* ---- The segment ---- */

static void *aligned(void *memory)
{
    uintptr_t at = (uintptr_t)memory;

    return (char *)memory + (64 - at % 64) % 64;
}

static bool make_segment(kept_t *kept, server_rec *s)
{
    uint32_t sessions = life.config.max_sessions;
    uint32_t series = life.config.max_series;
    size_t size = cctv_segment_size(sessions, series) + 64;
    apr_status_t rv = apr_shm_create(&kept->shm, size, NULL, s->process->pool);

    if (rv == APR_SUCCESS) {
        kept->memory = aligned(apr_shm_baseaddr_get(kept->shm));
        if (cctv_segment_init(kept->memory, sessions, series,
                              apr_time_now())) {
            return true;
        }
        rv = errno;
    }
    CCTV_LOG_S(APLOG_CRIT, rv, s, "CCTV0037",
               "cannot make %" APR_SIZE_T_FMT " bytes of shared memory for "
               "CCTVMaxSessions %u and CCTVMaxSeries %u",
               size, sessions, series);
    return false;
}

static void tell_size(server_rec *s)
{
    const cctv_head_t *head = shared.head;

    CCTV_LOG_S(APLOG_NOTICE, 0, s, "CCTV0038",
               "%u sessions and %u series take %.1f MB of shared memory",
               head->max_sessions, head->max_series,
               (double)cctv_segment_size(head->max_sessions, head->max_series)
                   / (1 << 20));
    if (head->max_sessions != life.config.max_sessions
        || head->max_series != life.config.max_series) {
        CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0039",
                   "CCTVMaxSessions %u and CCTVMaxSeries %u hold from the "
                   "next full start on (stop and start)",
                   life.config.max_sessions, life.config.max_series);
    }
}

/* @return whether it is new */
static bool keep_or_make(server_rec *s, bool *failed)
{
    static const char key[] = "cctv_segment";
    kept_t *kept = ap_retained_data_get(key);

    *failed = false;
    if (kept == NULL) {
        kept = ap_retained_data_create(key, sizeof *kept);
    }
    else if (cctv_segment_is_ours(kept->memory)) {
        cctv_segment_open(&shared, kept->memory);
        return false;
    }
    else {
        /* Children of before have it still; only ours goes. */
        CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0040",
                   "the module was replaced by another version: views and "
                   "counters start anew");
        apr_shm_destroy(kept->shm);
    }
    *failed = !make_segment(kept, s);
    if (!*failed) {
        cctv_segment_open(&shared, kept->memory);
    }
    return true;
}

static void fill_segment(server_rec *s)
{
    switch (as_user(load_and_mark)) {
    case SAVED:
        break;
    case NOT_SAVED:
        /* It has been told. */
        life.has_failed = true;
        break;
    case DIED:
        /* Half of a state is no state. */
        empty_segment();
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0041",
                   "the process that reads CCTVStateFile %s has died: views "
                   "and counters start anew",
                   life.config.state_file);
        /* Nor may the file bring its counters back after a crash. */
        life.has_failed = as_user(mark) != SAVED;
    }
}

/* Runs when the configuration goes: at a reload, which keeps the memory, and
 * at the end of the server, when no child is left. */
static apr_status_t end(void *data)
{
    (void)data;
    if (getpid() == life.parent && life.config.state_file != NULL
        && ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_DESTROY_CONFIG
        && as_user(save_at_end) == DIED) {
        tell_lost("the process that writes it has died");
    }
    return APR_SUCCESS;
}

int cctv_lifecycle_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                               apr_pool_t *ptemp, server_rec *s)
{
    bool failed;

    (void)plog;
    (void)ptemp;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK;
    }
    life.server = s;
    life.parent = getpid();
    life.config = cctv_config_tables(s);
    life.save_due = cctv_now() + life.config.state_interval;
    life.has_failed = false;
    if (keep_or_make(s, &failed) && !failed
        && life.config.state_file != NULL) {
        fill_segment(s);
    }
    if (failed) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    tell_size(s);
    start_watchdog(pconf, s);
    apr_pool_cleanup_register(pconf, pconf, end, apr_pool_cleanup_null);
    return OK;
}

void cctv_lifecycle_child_init(apr_pool_t *pchild, server_rec *s)
{
    apr_allocator_t *allocator = apr_pool_allocator_get(pchild);
    apr_thread_mutex_t *mutex;
    apr_status_t rv;

    /* All pools of a child get their memory here, those of the watchdog's
     * thread and of mod_dbd's connections too. Under prefork, which knows of
     * one thread only, it has no lock. */
    if (apr_allocator_mutex_get(allocator) != NULL) {
        return;
    }
    rv = apr_thread_mutex_create(&mutex, APR_THREAD_MUTEX_DEFAULT, pchild);
    if (rv != APR_SUCCESS) {
        CCTV_LOG_S(APLOG_CRIT, rv, s, "CCTV0029",
                   "cannot make a child's memory safe for two threads");
        exit(APEXIT_CHILDFATAL);
    }
    apr_allocator_mutex_set(allocator, mutex);
}
