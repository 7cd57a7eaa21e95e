/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_lines.h
 * @brief Writes the series of views as lines of the exposition, fast.
 * Layer: pure.
 *
 * Each function walks over all cells once. Label values come from closed lists
 * of plain words, so they need no escaping. A cell is shown once something was
 * added to it.
 */
#ifndef CCTV_VIEWS_VIEW_LINES_H
#define CCTV_VIEWS_VIEW_LINES_H

#include "geoip/country.h"
#include "metrics/output.h"
#include "views/memory.h"

#include <stdint.h>

#define CCTV_LABEL_SIZE 39

/** A text that is copied with its whole array: a copy of constant size is
 *  faster than one of variable length. */
typedef struct {
    char text[CCTV_LABEL_SIZE];
    unsigned char len;
} cctv_label_t;

/** What one scrape needs. */
typedef struct {
    cctv_output_t *out;
    const cctv_views_t *shared;
    /** How many views are live. */
    uint32_t live_count;
    /** For each live view that is watched, its cell; sorted. */
    const uint32_t *watched;
    uint32_t watched_count;
    /* One for each number that fits into the key of a series. */
    cctv_country_label_t countries[1024];
    cctv_label_t browsers[16];
    cctv_label_t oses[16];
} cctv_view_lines_t;

/**
 * Collect the live views and prepare the labels.
 *
 * @param live  room for max_sessions numbers; stays in use as long as `lines`
 */
void cctv_view_lines_init(cctv_view_lines_t *lines, cctv_output_t *out,
                          const cctv_views_t *shared, cctv_time_t now,
                          uint32_t *live);

/**
 * Write the views started, by camera, country, browser and system.
 *
 * @param name  of the samples, less than CCTV_LABEL_SIZE - 12 characters
 * @return the number of label sets, without the one that is "other" in all
 *         labels
 */
uint32_t cctv_view_lines_starts(const cctv_view_lines_t *lines,
                                const char *name);

/** Write the views that are watched now, by camera and country, for each pair
 *  that was ever watched; otherwise like cctv_view_lines_starts(). */
uint32_t cctv_view_lines_viewers(const cctv_view_lines_t *lines,
                                 const char *name);

/** Write the seconds watched, for the same pairs. */
uint32_t cctv_view_lines_seconds(const cctv_view_lines_t *lines,
                                 const char *name);

#endif
