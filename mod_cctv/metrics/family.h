/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file family.h
 * @brief A metric family: its name, type and help, and how its samples are
 *        written.
 * Layer: pure.
 */
#ifndef CCTV_METRICS_FAMILY_H
#define CCTV_METRICS_FAMILY_H

#include "metrics/counters.h"
#include "metrics/histogram_lines.h"
#include "metrics/output.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    CCTV_FAMILY_COUNTER,
    CCTV_FAMILY_GAUGE,
    CCTV_FAMILY_HISTOGRAM
} cctv_family_type_t;

typedef struct cctv_scrape_t cctv_scrape_t;

typedef struct cctv_family_t {
    /** The name without the "_total" of a counter. */
    const char *name;
    cctv_family_type_t type;
    /** NULL, or the unit at the end of the name. */
    const char *unit;
    const char *help;
    /** Write all samples; none if nothing is known yet. */
    void (*write)(cctv_scrape_t *scrape);
} cctv_family_t;

/** The state of one scrape while it is written. */
struct cctv_scrape_t {
    cctv_output_t *out;
    bool is_openmetrics;
    /** When counting started, for the samples "_created": µs since 1970; 0:
     *  they are not wanted. Only with is_openmetrics. */
    uint64_t created;
    /** The family that is written at the moment. */
    const cctv_family_t *family;
    /** The data that the family's part keeps for this scrape. */
    void *context;
};

/** Write the name of the family's samples. */
void cctv_family_add_name(cctv_scrape_t *scrape);

/**
 * Write when the counter or histogram with these labels began at zero, if that
 * is wanted. To be called after its other samples.
 *
 * @param labels  the text between the braces; may be ""
 */
void cctv_family_add_created(cctv_scrape_t *scrape, const char *labels);

/** Write the only sample of a family without labels. */
void cctv_family_add_number(cctv_scrape_t *scrape, uint64_t number);

/** Write a sample with one label, whose value must not need escaping. */
void cctv_family_add_labelled(cctv_scrape_t *scrape, const char *label,
                              const char *value, uint64_t number);

/**
 * Write one sample per value of a label. The values must not need escaping.
 */
void cctv_family_add_row(cctv_scrape_t *scrape, const char *label,
                         const char *const *values,
                         const _Atomic uint64_t *numbers, int count);

/** Write a histogram without labels. */
void cctv_family_add_histogram(cctv_scrape_t *scrape,
                               const cctv_histogram_t *histogram);

/** Write one of several histograms of a family.
 *  @param labels  the text between the braces without "le" */
void cctv_family_add_figures(cctv_scrape_t *scrape, const char *labels,
                             const cctv_histogram_figures_t *figures);

/**
 * Write families with their heads. The array ends with a family whose name is
 * NULL.
 */
void cctv_families_write(cctv_scrape_t *scrape, const cctv_family_t *families);

/** Write the end of the exposition, after all families. */
void cctv_families_end(cctv_scrape_t *scrape);

#endif
