/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_lines.h
 * @brief Writes the series of views as lines of the exposition.
 * Layer: pure.
 *
 * There may be hundreds of thousands of lines, so this code is written for
 * speed. Each function walks over all cells once. Label values come from fixed
 * lists of plain words, so they need no escaping. A cell is shown from the
 * time on at which something was added to it.
 */
#ifndef CCTV_VIEWS_VIEW_LINES_H
#define CCTV_VIEWS_VIEW_LINES_H

#include "geoip/country.h"
#include "metrics/output.h"
#include "views/views.h"

#include <stdbool.h>
#include <stdint.h>

#define CCTV_LABEL_SIZE 39

/** A text whose whole array is copied each time: a copy of constant size is
 *  faster than a copy of variable size. */
typedef struct {
    char text[CCTV_LABEL_SIZE];
    unsigned char len;
} cctv_label_t;

/** The data of one scrape. */
typedef struct {
    cctv_output_t *out;
    const cctv_views_t *shared;
    /** Whether counters also say when they were first counted. */
    bool has_created;
    /** Number of live views, and by transport. */
    uint32_t live_count;
    uint32_t live_by_transport[CCTV_TRANSPORT_COUNT];
    /** The cells of the live views that are watched, sorted. */
    uint32_t *watched;
    uint32_t watched_count;
    /* One element for each number that fits into the key of a series. */
    cctv_country_label_t countries[1024];
    cctv_label_t browsers[16];
    cctv_label_t oses[16];
} cctv_view_lines_t;

/**
 * Walk over the views (walk.h), collect those that are live, and prepare the
 * labels.
 *
 * @param watched  room for one number per slot of the table of views; has to
 *                 live as long as `lines`
 */
void cctv_view_lines_init(cctv_view_lines_t *lines, cctv_output_t *out,
                          cctv_views_t *shared, cctv_moment_t now,
                          uint32_t *watched);

/**
 * Write how many views have started, by camera, country, browser and system.
 *
 * @param name  the name of the family, at most CCTV_LABEL_SIZE - 20 characters
 * @return the number of label sets; the one in which all labels are "other" is
 *         not counted
 */
uint32_t cctv_view_lines_starts(const cctv_view_lines_t *lines,
                                const char *name);

/** Write how many views are watched now, by camera and country, for each pair
 *  that was ever watched. Parameter and return value are those of
 *  cctv_view_lines_starts(); this family is no counter. */
uint32_t cctv_view_lines_viewers(const cctv_view_lines_t *lines,
                                 const char *name);

/** Write the seconds watched, for the same pairs of camera and country.
 *  Parameter and return value are those of cctv_view_lines_starts(). */
uint32_t cctv_view_lines_seconds(const cctv_view_lines_t *lines,
                                 const char *name);

#endif
