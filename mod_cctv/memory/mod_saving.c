/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_saving.c
 * @brief When the state file is read and written, and by which process.
 * Layer: httpd.
 */
#include "memory/mod_saving.h"

#include "core/mod_log.h"
#include "memory/mod_as_user.h"
#include "memory/mod_part.h"
#include "memory/mod_segment.h"
#include "memory/mod_settings.h"
#include "memory/state.h"

#include "http_core.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Set anew at each reload. */
static struct {
    server_rec *server;
    pid_t parent;
    cctv_memory_settings_t config;
    cctv_time_t save_due;
    bool has_failed;
} life;

bool cctv_saving_begin(server_rec *s)
{
    life.server = s;
    life.parent = getpid();
    life.config = *cctv_memory_settings(s);
    life.save_due = cctv_now() + life.config.state_interval;
    life.has_failed = false;
    return life.config.state_file != NULL;
}

/* ---- What the unprivileged user does ---- */

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

static cctv_state_status_t save(bool clean)
{
    const cctv_state_time_t time = state_time();

    return cctv_state_save(cctv_memory(), life.config.state_file, clean,
                           &time);
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
    const cctv_segment_t *segment = cctv_memory();
    size_t len = 0;
    int i;

    text[0] = '\0';
    for (i = 0; i < segment->count && len < size; i++) {
        const cctv_region_t *region = segment->places[i].region;

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
        cctv_memory(), life.config.state_file, &time, no_counters, &report);
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
        cctv_memory_clear();
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

void cctv_saving_step(cctv_time_t now, apr_pool_t *pool)
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

/* ---- The start and the end of the server ---- */

void cctv_saving_restore(void)
{
    switch (cctv_as_user(load_and_mark)) {
    case CCTV_USER_DONE:
        break;
    case CCTV_USER_FAILED:
        /* The process has logged the failure. */
        life.has_failed = true;
        break;
    case CCTV_USER_DIED:
        /* A state that was loaded in part must not be used. */
        cctv_memory_clear();
        CCTV_LOG_S(APLOG_ERR, 0, life.server, "CCTV0041",
                   "the process that reads CCTVStateFile %s has died: views "
                   "and counters start anew",
                   life.config.state_file);
        /* The file must not restore these counters after a crash. */
        life.has_failed = cctv_as_user(mark) != CCTV_USER_DONE;
    }
}

void cctv_saving_end(void)
{
    if (getpid() == life.parent && life.config.state_file != NULL
        && ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_DESTROY_CONFIG
        && cctv_as_user(save_at_end) == CCTV_USER_DIED) {
        tell_lost("the process that writes it has died");
    }
}
