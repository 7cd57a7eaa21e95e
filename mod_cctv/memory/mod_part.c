/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_part.c
 * @brief The shared memory from the start of the server to its end, its state
 *        file, and the background tasks of all parts.
 * Layer: httpd.
 */
#include "memory/mod_part.h"

#include "core/mod_log.h"
#include "memory/mod_settings.h"
#include "memory/state.h"
#include "memory/mod_tasks.h"

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

/* The most time for the unprivileged process at a start or at the end: s. */
#define TIME_LIMIT 60

/* Kept over reloads. Another version of the module may read it, so its layout
 * must never change. */
typedef struct {
    apr_shm_t *shm;
    void *memory;
} kept_t;

/* What the background task and the end of the server need; set anew at each
 * reload. */
static struct {
    server_rec *server;
    pid_t parent;
    cctv_memory_settings_t config;
    cctv_time_t save_due;
    bool has_failed;
} life;

static cctv_segment_t segment;

const cctv_segment_t *cctv_memory(void)
{
    return &segment;
}

uint64_t cctv_keyed_hash(const void *data, size_t len)
{
    return cctv_segment_keyed_hash(&segment, data, len);
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

/* Run a function as the user of the children, in a process of its own. The
 * process has all rights to the shared memory and none of the rights of
 * root. */
static outcome_t as_user(bool (*run)(void))
{
    pid_t pid = fork();
    int status = 0;

    if (pid == 0) {
        /* A file system or a name server that hangs must not delay the start
         * or the end of the server for ever. */
        alarm(TIME_LIMIT);
        /* A direct call, not the hook: at the end of the server no module is
         * registered for the hook any more. */
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

    return cctv_state_save(&segment, life.config.state_file, clean, &time);
}

/* Log only when the outcome changes. */
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

/* Text for the log: "views: 3 loaded, 1 over, 0 dropped; series: …". */
static void describe_report(const cctv_state_report_t *report, char *text,
                            size_t size)
{
    size_t len = 0;
    int i;

    text[0] = '\0';
    for (i = 0; i < segment.count && len < size; i++) {
        const cctv_region_t *region = segment.places[i].region;

        if (region->load != NULL) {
            len += (size_t)snprintf(
                text + len, size - len, "%s%s: %u loaded, %u over, %u dropped",
                len == 0 ? "" : "; ", region->name, report->regions[i].taken,
                report->regions[i].over, report->regions[i].dropped);
        }
    }
}

/* @return whether the counters were loaded */
static bool load(bool no_counters)
{
    const cctv_state_time_t time = state_time();
    cctv_state_report_t report;
    cctv_state_status_t status = cctv_state_load(
        &segment, life.config.state_file, &time, no_counters, &report);
    char text[512];

    if (status == CCTV_STATE_NONE) {
        return false;
    }
    if (status != CCTV_STATE_OK) {
        set_aside(status);
        return false;
    }
    describe_report(&report, text, sizeof text);
    CCTV_LOG_S(APLOG_NOTICE, 0, life.server, "CCTV0033",
               "CCTVStateFile is loaded: %s; counters %s", text,
               report.is_clean ? "go on"
                               : "start at zero, since no state was written "
                                 "at a stop");
    return report.is_clean;
}

static void before_load(void)
{
    const cctv_part_t *const *part;

    for (part = cctv_parts; *part != NULL; part++) {
        if ((*part)->before_load != NULL) {
            (*part)->before_load(life.server);
        }
    }
}

/* Mark the state file as not clean, before any counter changes. */
static bool mark(void)
{
    bool saved = save(false) == CCTV_STATE_OK;

    tell_saved(saved);
    return saved;
}

static bool load_and_mark(void)
{
    bool has_counters;
    bool saved;

    if (access(life.config.state_file, R_OK) == 0) {
        before_load();
    }
    has_counters = load(false);
    saved = mark();
    if (!saved && has_counters) {
        /* The file still says that its counters are right. After a crash it
         * would be loaded again, and Prometheus would count them twice. */
        cctv_segment_clear(&segment, apr_time_now());
        load(true);
    }
    return saved;
}

/* httpd has closed its error log by now, but stderr is the same file. */
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

/* A child that outlives its server must not overwrite the state file of the
 * next server. */
static bool is_of_this_server(void)
{
    return getppid() == life.parent || getpid() == life.parent;
}

static void save_state(cctv_time_t now, apr_pool_t *pool)
{
    (void)pool;
    if (life.config.state_file != NULL && now >= life.save_due
        && is_of_this_server()) {
        life.save_due = now + life.config.state_interval;
        /* CCTV_STATE_BUSY is no error: the process that is writing the file
         * writes the same state. */
        tell_saved(save(false) != CCTV_STATE_ERROR);
    }
}

/* ---- The shared memory ---- */

static void *aligned(void *memory)
{
    uintptr_t at = (uintptr_t)memory;

    return (char *)memory + (64 - at % 64) % 64;
}

static void plan_segment(const server_rec *s)
{
    const cctv_part_t *const *part;

    cctv_segment_plan(&segment);
    for (part = cctv_parts; *part != NULL; part++) {
        if ((*part)->region != NULL) {
            cctv_segment_add(&segment, (*part)->region,
                             (*part)->capacity == NULL ? 0
                                                       : (*part)->capacity(s));
        }
    }
}

/* Text for the log: "CCTVMaxSessions 2 and CCTVMaxSeries 777". Lists the
 * regions whose capacity differs from the one in the segment, or all
 * regions. */
static const char *list_capacities(apr_pool_t *pool, const server_rec *s,
                                   bool only_changed)
{
    const cctv_part_t *const *part;
    const char *list = "";

    for (part = cctv_parts; *part != NULL; part++) {
        uint32_t capacity;
        uint32_t wanted;

        if ((*part)->sized_by == NULL) {
            continue;
        }
        wanted = (*part)->capacity(s);
        if (only_changed) {
            cctv_segment_find(&segment, (*part)->region, &capacity);
        }
        if (!only_changed || capacity != wanted) {
            list = apr_psprintf(pool, "%s%s%s %u", list,
                                list[0] == '\0' ? "" : " and ",
                                (*part)->sized_by, wanted);
        }
    }
    return list;
}

static bool make_segment(kept_t *kept, apr_pool_t *ptemp, server_rec *s)
{
    size_t size = cctv_segment_size(&segment) + 64;
    apr_status_t rv = apr_shm_create(&kept->shm, size, NULL, s->process->pool);

    if (rv == APR_SUCCESS) {
        kept->memory = aligned(apr_shm_baseaddr_get(kept->shm));
        if (cctv_segment_init(&segment, kept->memory, apr_time_now())) {
            return true;
        }
        rv = errno;
    }
    CCTV_LOG_S(APLOG_CRIT, rv, s, "CCTV0037",
               "cannot make %" APR_SIZE_T_FMT " bytes of shared memory for %s",
               size, list_capacities(ptemp, s, false));
    return false;
}

static void tell_size(apr_pool_t *ptemp, server_rec *s)
{
    const char *changed = list_capacities(ptemp, s, true);

    CCTV_LOG_S(APLOG_NOTICE, 0, s, "CCTV0038",
               "views and counters take %.1f MB of shared memory",
               (double)cctv_segment_size(&segment) / (1 << 20));
    if (changed[0] != '\0') {
        CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0039",
                   "%s hold from the next full start on (stop and start)",
                   changed);
    }
}

/* @return whether the segment is new */
static bool keep_or_make(apr_pool_t *ptemp, server_rec *s, bool *failed)
{
    static const char key[] = "cctv_segment";
    kept_t *kept = ap_retained_data_get(key);

    *failed = false;
    if (kept == NULL) {
        kept = ap_retained_data_create(key, sizeof *kept);
    }
    else if (cctv_segment_is_ours(&segment, kept->memory)) {
        cctv_segment_open(&segment, kept->memory);
        return false;
    }
    else {
        /* Children of the old generation still have their mapping. */
        CCTV_LOG_S(APLOG_WARNING, 0, s, "CCTV0040",
                   "the module was replaced by another version: views and "
                   "counters start anew");
        apr_shm_destroy(kept->shm);
    }
    *failed = !make_segment(kept, ptemp, s);
    return true;
}

static void tell_parts(void)
{
    const cctv_part_t *const *part;

    for (part = cctv_parts; *part != NULL; part++) {
        if ((*part)->memory_opened != NULL) {
            (*part)->memory_opened(&segment);
        }
    }
}

static void fill_segment(server_rec *s)
{
    switch (as_user(load_and_mark)) {
    case SAVED:
        break;
    case NOT_SAVED:
        /* as_user() has logged the failure. */
        life.has_failed = true;
        break;
    case DIED:
        /* A state that was loaded in part must not be used. */
        cctv_segment_clear(&segment, apr_time_now());
        CCTV_LOG_S(APLOG_ERR, 0, s, "CCTV0041",
                   "the process that reads CCTVStateFile %s has died: views "
                   "and counters start anew",
                   life.config.state_file);
        /* The file must not restore these counters after a crash. */
        life.has_failed = as_user(mark) != SAVED;
    }
}

/* Runs when the configuration is cleared: at a reload, which keeps the memory,
 * and at the end of the server, when no child runs any more. */
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

static int memory_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                              apr_pool_t *ptemp, server_rec *s)
{
    bool failed;
    bool is_new;

    (void)plog;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK;
    }
    life.server = s;
    life.parent = getpid();
    life.config = *cctv_memory_settings(s);
    life.save_due = cctv_now() + life.config.state_interval;
    life.has_failed = false;
    plan_segment(s);
    is_new = keep_or_make(ptemp, s, &failed);
    if (failed) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    tell_parts();
    if (is_new && life.config.state_file != NULL) {
        fill_segment(s);
    }
    tell_size(ptemp, s);
    cctv_tasks_start(pconf, s);
    apr_pool_cleanup_register(pconf, pconf, end, apr_pool_cleanup_null);
    return OK;
}

static void memory_child_init(apr_pool_t *pchild, server_rec *s)
{
    apr_allocator_t *allocator = apr_pool_allocator_get(pchild);
    apr_thread_mutex_t *mutex;
    apr_status_t rv;

    cctv_tasks_child_init(pchild);
    /* All pools of a child get their memory from this allocator, also those of
     * the watchdog's thread and of mod_dbd's connections. Under prefork, which
     * expects one thread only, the allocator has no lock. */
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

static void register_hooks(apr_pool_t *p)
{
    (void)p;
    /* The post_config functions of the other parts need the memory. */
    ap_hook_post_config(memory_post_config, NULL, NULL, APR_HOOK_REALLY_FIRST);
    /* This hook runs before the child_init hook of mod_watchdog, which starts
     * threads. */
    ap_hook_child_init(memory_child_init, NULL, NULL, APR_HOOK_REALLY_FIRST);
}

static const cctv_task_t tasks[] = {
    { "state", APR_USEC_PER_SEC, save_state, true, NULL }, { .name = NULL }
};

const cctv_part_t cctv_memory_part = { .name = "memory",
                                       .settings = &cctv_memory_settings_group,
                                       .register_hooks = register_hooks,
                                       .tasks = tasks };
