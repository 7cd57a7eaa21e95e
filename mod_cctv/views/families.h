/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file families.h
 * @brief The metric families of views and their series.
 * Layer: pure.
 */
#ifndef CCTV_VIEWS_FAMILIES_H
#define CCTV_VIEWS_FAMILIES_H

#include "metrics/family.h"
#include "views/view_lines.h"

/** What the families of views share during one scrape. */
typedef struct {
    cctv_view_lines_t lines;
    /** Number of label sets that have been written. */
    uint32_t series;
    uint32_t watched[];
} cctv_views_scrape_t;

extern const cctv_family_t cctv_views_families[];

/** Walk over the views for a scrape (walk.h).
 *  @return a context that the caller frees with free(); NULL: out of memory */
cctv_views_scrape_t *cctv_views_scrape_make(cctv_output_t *out,
                                            cctv_views_t *shared,
                                            cctv_moment_t now);

#endif
