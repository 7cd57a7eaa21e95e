/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_lines.h
 * @brief The series of views as lines of the exposition: for speed.
 * Layer: pure.
 *
 * Each function walks over the cells once. Label values come from closed
 * lists of plain words and are never escaped.
 */
#ifndef CCTV_VIEWS_VIEW_LINES_H
#define CCTV_VIEWS_VIEW_LINES_H

#include "geoip/country.h"
#include "metrics/output.h"
#include "views/memory.h"

#include <stdint.h>

#define CCTV_LABEL_SIZE 39

/** Text that is copied whole, which is faster than by its length. */
typedef struct {
    char text[CCTV_LABEL_SIZE];
    unsigned char len;
} cctv_label_t;

/** Made once for a scrape. */
typedef struct {
    cctv_output_t *out;
    const cctv_shared_t *shared;
    /** How many views go on. */
    uint32_t live_count;
    /** The cells of those that are watched, sorted. */
    const uint32_t *watched;
    uint32_t watched_count;
    /* As many as the key of a series has numbers for. */
    cctv_country_label_t countries[1024];
    cctv_label_t browsers[16];
    cctv_label_t oses[16];
} cctv_view_lines_t;

/**
 * Look at the live views and make the labels ready.
 *
 * @param live  room for max_sessions; used as long as `lines` is
 */
void cctv_view_lines_init(cctv_view_lines_t *lines, cctv_output_t *out,
                          const cctv_shared_t *shared, cctv_time_t now,
                          uint32_t *live);

/**
 * Views started, by camera, country, browser and system.
 *
 * @param name  of the samples, of less than CCTV_LABEL_SIZE - 12 characters
 * @return how many label sets there are, "other" not counted
 */
uint32_t cctv_view_lines_starts(const cctv_view_lines_t *lines,
                                const char *name);

/** Views that go on, by camera and country: of each pair that was ever
 *  watched. Otherwise as above. */
uint32_t cctv_view_lines_viewers(const cctv_view_lines_t *lines,
                                 const char *name);

/** Seconds watched, of the same pairs. */
uint32_t cctv_view_lines_seconds(const cctv_view_lines_t *lines,
                                 const char *name);

#endif
