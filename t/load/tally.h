/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file tally.h
 * @brief What the viewers have seen so far. One thread only.
 */
#ifndef LOAD_TALLY_H
#define LOAD_TALLY_H

#include <stddef.h>

/** Numbers of which percentiles are told. */
typedef struct {
    double *values;
    size_t count, room;
} load_samples_t;

/** Why a view did not start, or ended, and how often. */
typedef struct {
    long status; /* of HTTP; 0: none */
    char why[200];
    unsigned long count;
} load_reason_t;

#define LOAD_REASONS_MAX 16

typedef struct {
    load_samples_t start_ms; /* from the request to the first packet */
    load_samples_t told_ms;  /* from the last packet until the server said that
                              * the view has ended */
    load_samples_t back_ms;  /* from then on to the next packet */
    unsigned long restarts;  /* of views that had played */
    unsigned long beats, beats_failed;
    unsigned long ends, ends_failed;
    load_reason_t reasons[LOAD_REASONS_MAX]; /* the last one: all others */
} load_tally_t;

extern load_tally_t load_tally;

void load_sample(load_samples_t *samples, double value);

/** @param part  0.5: the median; 1: the greatest one
 *  @return 0 if there is no number */
double load_percentile(const load_samples_t *samples, double part);

void load_reason(long status, const char *why);

#endif
