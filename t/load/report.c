/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file report.c
 * @brief Writes the figures.
 */
#include "report.h"

#include "tally.h"

#include <jansson.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void load_report_look(load_viewer_t *viewers, size_t count, load_moment_t *out)
{
    memset(out, 0, sizeof *out);
    load_machine_look(&out->machine);
    out->time = load_now();
    for (size_t i = 0; i < count; i++) {
        load_viewer_sum(&viewers[i], &out->counts);
        out->asked += viewers[i].stage != LOAD_NEW;
        out->playing += load_viewer_is_playing(&viewers[i], out->time);
        out->have_played += viewers[i].has_played;
        out->gave_up += viewers[i].stage == LOAD_GAVE_UP;
    }
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static double difference(uint64_t after, uint64_t before)
{
    return after > before ? (double)(after - before) : 0;
}

typedef struct {
    double seconds, mbit, received, lost, late;
    double janus, apache, own; /* processors */
} change_t;

static change_t change(const load_moment_t *from, const load_moment_t *to)
{
    const load_counts_t *a = &from->counts, *b = &to->counts;
    change_t out = { .seconds = (double)(to->time - from->time) / 1e6 };
    double lost = difference(b->lost, a->lost);

    out.received = difference(b->received, a->received);
    out.mbit = ratio(difference(b->bytes, a->bytes) * 8 / 1e6, out.seconds);
    out.lost = 100 * ratio(lost, lost + out.received);
    out.late = 100
               * ratio(difference(b->late, a->late),
                       difference(b->judged, a->judged));
    out.janus = ratio(to->machine.janus.cpu_seconds
                          - from->machine.janus.cpu_seconds,
                      out.seconds);
    out.apache = ratio(to->machine.apache.cpu_seconds
                           - from->machine.apache.cpu_seconds,
                       out.seconds);
    out.own = ratio(to->machine.own_cpu_seconds
                        - from->machine.own_cpu_seconds,
                    out.seconds);
    return out;
}

void load_report_line(const load_moment_t *before, const load_moment_t *now,
                      load_time_t begin)
{
    change_t found = change(before, now);

    fprintf(stderr,
            "%4.0f s: %zu asked, %zu playing, %.1f Mbit/s, lost %.2f %%, "
            "late %.2f %%, start p50 %.0f ms p99 %.0f ms, restarts %lu, "
            "processors: Janus %.2f Apache %.2f load %.2f\n",
            (double)(now->time - begin) / 1e6, now->asked, now->playing,
            found.mbit, found.lost, found.late,
            load_percentile(&load_tally.start_ms, 0.5),
            load_percentile(&load_tally.start_ms, 0.99), load_tally.restarts,
            found.janus, found.apache, found.own);
}

/* Figures with more digits would say more than was measured. */
static json_t *rounded(double value)
{
    return json_real(round(value * 1e4) / 1e4);
}

static json_t *percentiles(const load_samples_t *samples)
{
    return json_pack("{s:o, s:o, s:o, s:I}", "p50",
                     rounded(load_percentile(samples, 0.5)), "p99",
                     rounded(load_percentile(samples, 0.99)), "most",
                     rounded(load_percentile(samples, 1)), "count",
                     (json_int_t)samples->count);
}

static json_t *program(const load_usage_t *start, const load_usage_t *end,
                       double processors, double viewers)
{
    double memory = (end->memory_bytes - start->memory_bytes) / 1e6;

    return json_pack("{s:i, s:o, s:o, s:o, s:o, s:o}", "processes",
                     end->processes, "processors", rounded(processors),
                     "viewers_per_processor",
                     rounded(ratio(viewers, processors)), "memory_mb",
                     rounded(end->memory_bytes / 1e6), "memory_mb_at_start",
                     rounded(start->memory_bytes / 1e6),
                     "memory_mb_per_viewer", rounded(ratio(memory, viewers)));
}

static json_t *reasons(void)
{
    json_t *out = json_array();

    for (int i = 0; i < LOAD_REASONS_MAX; i++) {
        const load_reason_t *reason = &load_tally.reasons[i];

        if (reason->count > 0) {
            json_array_append_new(out, json_pack("{s:i, s:s%, s:I}", "status",
                                                 (int)reason->status, "why",
                                                 reason->why,
                                                 strlen(reason->why), "count",
                                                 (json_int_t)reason->count));
        }
    }
    return out;
}

void load_report_reasons(void)
{
    for (int i = 0; i < LOAD_REASONS_MAX; i++) {
        const load_reason_t *reason = &load_tally.reasons[i];

        if (reason->count > 0) {
            fprintf(stderr, "load: %lu times", reason->count);
            if (reason->status != 0) {
                fprintf(stderr, " (HTTP %ld)", reason->status);
            }
            fprintf(stderr, ": %s\n", reason->why);
        }
    }
}

void load_report_summary(const load_moment_t *start, const load_moment_t *from,
                         const load_moment_t *end, double late_ms)
{
    change_t found = change(from, end);
    double viewers = (double)end->playing;
    json_t *out = json_pack(
        "{s:{s:I, s:I, s:I, s:I}, s:o, s:o, s:o, s:{s:o, s:o, s:o, s:o},"
        " s:{s:I, s:o, s:o}, s:{s:I, s:I}, s:{s:I, s:I}, s:o, s:o, s:o, s:o}",
        "viewers", "asked", (json_int_t)end->asked, "playing",
        (json_int_t)end->playing, "have_played", (json_int_t)end->have_played,
        "gave_up", (json_int_t)end->gave_up, "start_ms",
        percentiles(&load_tally.start_ms), "seconds", rounded(found.seconds),
        "mbit_per_second", rounded(found.mbit), "packets", "received",
        rounded(found.received), "lost_percent", rounded(found.lost),
        "late_percent", rounded(found.late), "late_ms", rounded(late_ms),
        "restarts", "count", (json_int_t)load_tally.restarts, "told_ms",
        percentiles(&load_tally.told_ms), "back_ms",
        percentiles(&load_tally.back_ms), "heartbeats", "sent",
        (json_int_t)load_tally.beats, "failed",
        (json_int_t)load_tally.beats_failed, "ends", "sent",
        (json_int_t)load_tally.ends, "failed",
        (json_int_t)load_tally.ends_failed, "janus",
        program(&start->machine.janus, &end->machine.janus, found.janus,
                viewers),
        "apache",
        program(&start->machine.apache, &end->machine.apache, found.apache,
                viewers),
        "load_processors", rounded(found.own), "reasons", reasons());

    json_dumpf(out, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(10));
    putchar('\n');
    json_decref(out);
}
