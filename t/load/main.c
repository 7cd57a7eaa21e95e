/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file main.c
 * @brief Viewers of real WebRTC that receive and count packets, without
 *        decoding. `load --help` tells how to call it.
 */
#include "cameras.h"
#include "dtls.h"
#include "http.h"
#include "options.h"
#include "report.h"
#include "tally.h"
#include "viewer.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define STEP_MS 5
/* What is waited for after the last viewer was asked to start. */
#define RAMP (10 * LOAD_SECOND)
/* What the ends of all views may take. */
#define END_TIME (20 * LOAD_SECOND)
/* Descriptors beside those of viewers. */
#define OTHER_FILES 200

static volatile sig_atomic_t is_stopped;

static void stop(int signal)
{
    (void)signal;
    is_stopped = 1;
}

/* @return whether so many sockets can be open */
static bool raise_files(size_t viewers)
{
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= viewers + OTHER_FILES) {
        return true;
    }
    fprintf(stderr,
            "load: %zu viewers need %zu file descriptors: raise `ulimit -Hn`, "
            "which is %llu.\n",
            viewers, viewers + OTHER_FILES,
            (unsigned long long)limit.rlim_cur);
    return false;
}

/* Ask those to start whose turn it is. */
static size_t begin_due(load_viewer_t *viewers, size_t asked,
                        const load_options_t *options, const int64_t *cameras,
                        size_t count, load_time_t passed)
{
    double due = 1 + options->rate * (double)passed / 1e6;

    while (asked < options->viewers && (double)asked + 1 <= due) {
        load_viewer_begin(&viewers[asked], cameras[asked % count]);
        asked++;
    }
    return asked;
}

static void step_all(load_viewer_t *viewers, size_t count)
{
    load_time_t now = load_now();

    for (size_t i = 0; i < count; i++) {
        load_viewer_step(&viewers[i], now);
    }
    load_http_run(STEP_MS);
}

static bool all_settled(const load_moment_t *now, size_t viewers)
{
    return now->asked == viewers && now->have_played + now->gave_up >= viewers;
}

/* The time of measuring begins when all viewers play, or should. */
static bool may_measure(const load_moment_t *now, size_t viewers,
                        load_time_t all_asked)
{
    return all_settled(now, viewers)
           || (all_asked != 0 && now->time - all_asked >= RAMP);
}

typedef struct {
    load_moment_t start, from, last;
} run_t;

static void play(load_viewer_t *viewers, const load_options_t *options,
                 const int64_t *cameras, size_t count, run_t *run)
{
    load_time_t begin = load_now(), all_asked = 0;
    size_t asked = 0;
    bool measures = false;

    load_report_look(viewers, options->viewers, &run->start);
    run->from = run->last = run->start;
    while (!is_stopped) {
        load_time_t now = load_now();
        load_moment_t next;

        asked = begin_due(viewers, asked, options, cameras, count,
                          now - begin);
        if (asked == options->viewers && all_asked == 0) {
            all_asked = now;
        }
        step_all(viewers, asked);
        if (now - run->last.time < LOAD_SECOND) {
            continue;
        }
        load_report_look(viewers, options->viewers, &next);
        load_report_line(&run->last, &next, begin);
        run->last = next;
        if (!measures && may_measure(&next, options->viewers, all_asked)) {
            measures = true;
            run->from = next;
        }
        if (next.gave_up == options->viewers
            || (measures
                && (double)(next.time - run->from.time)
                       >= options->seconds * 1e6)) {
            break;
        }
    }
}

static void end_all(load_viewer_t *viewers, size_t count)
{
    load_time_t limit = load_now() + END_TIME;

    for (size_t i = 0; i < count; i++) {
        load_viewer_end(&viewers[i]);
        /* Not all at once: pages do not close in the same moment either. */
        while (load_http_open() >= 64 && load_now() < limit) {
            load_http_run(STEP_MS);
        }
    }
    while (load_http_open() > 0 && load_now() < limit) {
        load_http_run(STEP_MS);
    }
}

static int measure(load_viewer_t *viewers, const load_options_t *options,
                   const int64_t *cameras, size_t count)
{
    size_t wanted = options->viewers;
    run_t run;

    load_dtls_start();
    load_media_start(viewers, wanted, sizeof *viewers, options->threads,
                     (load_time_t)(options->late_ms * 1000));
    play(viewers, options, cameras, count, &run);
    end_all(viewers, wanted);
    load_media_stop();
    load_report_summary(&run.start, &run.from, &run.last, options->late_ms);
    load_report_reasons();
    if (run.last.have_played < wanted) {
        fprintf(stderr, "load: %zu of %zu viewers never played.\n",
                wanted - run.last.have_played, wanted);
    }
    return run.last.have_played < wanted;
}

static int run_all(const load_options_t *options)
{
    load_viewer_t *viewers = calloc(options->viewers, sizeof *viewers);
    int64_t *cameras = calloc(options->viewers, sizeof *cameras);
    size_t count = 0;
    int status = 2;

    if (viewers != NULL && cameras != NULL) {
        count = load_cameras(options->cameras, options->viewers, cameras);
    }
    if (count > 0) {
        status = measure(viewers, options, cameras, count);
    }
    free(viewers);
    free(cameras);
    return status;
}

int main(int count, char **arguments)
{
    load_options_t options;

    load_options_read(count, arguments, &options);
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    signal(SIGPIPE, SIG_IGN);
    srandom((unsigned)load_now());
    load_http_start(options.url, options.login);
    return raise_files(options.viewers) ? run_all(&options) : 2;
}
