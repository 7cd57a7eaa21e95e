/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file tally.c
 * @brief Keeps what the viewers have seen.
 */
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

load_tally_t load_tally;

void load_sample(load_samples_t *samples, double value)
{
    if (samples->count == samples->room) {
        size_t room = samples->room ? 2 * samples->room : 1024;
        double *more = realloc(samples->values, room * sizeof *more);

        if (more == NULL) {
            return;
        }
        samples->values = more;
        samples->room = room;
    }
    samples->values[samples->count++] = value;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

double load_percentile(const load_samples_t *samples, double part)
{
    size_t index = (size_t)(part * (double)samples->count);

    if (samples->count == 0) {
        return 0;
    }
    /* They are all that is kept; their order does not matter. */
    qsort(samples->values, samples->count, sizeof *samples->values, compare);
    return samples
        ->values[index < samples->count ? index : samples->count - 1];
}

void load_reason(long status, const char *why)
{
    load_reason_t *reason = load_tally.reasons;
    load_reason_t *last = reason + LOAD_REASONS_MAX - 1;

    while (reason->count != 0 && reason < last
           && (reason->status != status || strcmp(reason->why, why) != 0)) {
        reason++;
    }
    if (reason->count++ == 0) {
        reason->status = reason == last ? 0 : status;
        snprintf(reason->why, sizeof reason->why, "%s",
                 reason == last ? "other reasons" : why);
    }
}
