/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file plan.h
 * @brief The cheapest way to a page of cameras, judged on a sample of them.
 * Layer: pure.
 *
 * PostgreSQL has two good ways to the cameras of a box in the order of their
 * ids: fetch all of the box through the index on the position and sort, or
 * walk the primary key and drop what lies outside until the page is full.
 * Which is better differs by 1,000 times with the box and the limit, and a
 * prepared statement cannot know (its generic plan took 411 ms where
 * 0.05 ms were possible). To plan each query anew costs as much as a small
 * answer, and the planner guesses badly at boxes: 34 ms for 4 ms at 144
 * square degrees of 1,000,000 cameras. So both ways are prepared, and this
 * file says which one: it tries them on a sample, in about 2 µs for a small
 * box. Only where several indexes together are better than either (a rare role
 * in a large box), or for a text, is the query planned.
 */
#ifndef CCTV_CAMERAS_PLAN_H
#define CCTV_CAMERAS_PLAN_H

#include "cameras/filter.h"

#include <stdint.h>

/** Rows of a sample at most; there are about 5,000. */
#define CCTV_SAMPLE_MAX 8192

typedef enum {
    CCTV_PLAN_BY_POSITION, /**< index on the position, then sort */
    CCTV_PLAN_BY_ID,       /**< walk the primary key */
    CCTV_PLAN_BY_PLANNER   /**< PostgreSQL plans it with the values known, and
                                joins indexes */
} cctv_plan_t;

/** Cameras picked at random, in the order of their ids. */
typedef struct {
    int count;
    /** How many cameras of the table one of the sample stands for. */
    double scale;
    float lng[CCTV_SAMPLE_MAX]; /**< degrees, WGS 84 */
    float lat[CCTV_SAMPLE_MAX];
    int32_t id[CCTV_SAMPLE_MAX];
    uint32_t role[CCTV_SAMPLE_MAX];   /**< hash of the name */
    uint32_t status[CCTV_SAMPLE_MAX]; /**< hash of the word */
} cctv_sample_t;

/** Add a camera; beyond CCTV_SAMPLE_MAX nothing happens. Not thread-safe. */
void cctv_sample_add(cctv_sample_t *sample, int32_t id, float lng, float lat,
                     const char *role, const char *status);

/** The way to this page. An empty sample says nothing and leads to the
 *  index. Thread-safe while nobody changes the sample. */
cctv_plan_t cctv_plan_choose(const cctv_sample_t *sample,
                             const cctv_filter_t *filter);

#endif
