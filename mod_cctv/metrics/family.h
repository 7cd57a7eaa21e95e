/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file family.h
 * @brief A metric family: its name, type and help, and how its samples are written.
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
    /** Without the "_total" of a counter. */
    const char *name;
    cctv_family_type_t type;
    /** NULL, or what the name ends in. */
    const char *unit;
    const char *help;
    /** Write all samples; none where nothing is known. */
    void (*write)(cctv_scrape_t *scrape);
} cctv_family_t;

/** One scrape, while it is written. */
struct cctv_scrape_t {
    cctv_output_t *out;
    bool is_openmetrics;
    /** The family that is being written. */
    const cctv_family_t *family;
    /** What the part of the family keeps for this scrape. */
    void *context;
};

/** The name of the family's samples. */
void cctv_family_add_name(cctv_scrape_t *scrape);

/** The only sample of a family. */
void cctv_family_add_number(cctv_scrape_t *scrape, uint64_t number);

/** A sample for each value of a label; nothing in the values has to be
 *  escaped. */
void cctv_family_add_row(cctv_scrape_t *scrape, const char *label,
                         const char *const *values,
                         const _Atomic uint64_t *numbers, int count);

/** A histogram without labels. */
void cctv_family_add_histogram(cctv_scrape_t *scrape,
                               const cctv_histogram_t *histogram);

/** Write families, up to the one whose name is NULL: each with its head. */
void cctv_families_write(cctv_scrape_t *scrape, const cctv_family_t *families);

/** What stands behind all families. */
void cctv_families_end(cctv_scrape_t *scrape);

#endif
