/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file report.h
 * @brief The line of each second, and the summary.
 */
#ifndef LOAD_REPORT_H
#define LOAD_REPORT_H

#include "machine.h"
#include "viewer.h"

/** What was counted until a moment. */
typedef struct {
    load_time_t time;
    load_counts_t counts;
    load_machine_t machine;
    size_t asked, playing, have_played, gave_up;
} load_moment_t;

void load_report_look(load_viewer_t *viewers, size_t count,
                      load_moment_t *out);

/** Print what has happened since the last line. */
void load_report_line(const load_moment_t *before, const load_moment_t *now,
                      load_time_t begin);

/**
 * Print the summary as JSON.
 * @param start  before the first viewer, for memory
 * @param from   packets and processor time are those since this moment
 */
void load_report_summary(const load_moment_t *start, const load_moment_t *from,
                         const load_moment_t *end, double late_ms);

/** Print why views did not start, or ended. */
void load_report_reasons(void);

#endif
