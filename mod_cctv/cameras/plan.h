/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file plan.h
 * @brief Chooses the cheapest plan for a page of cameras, using a sample of
 *        the table.
 * Layer: pure.
 *
 * PostgreSQL has two good plans for the cameras of a box in the order of their
 * ids: fetch all cameras of the box through the index on the position and sort
 * them, or walk along the primary key and drop cameras outside until the page
 * is full. Depending on the box and the limit, one plan is up to 1,000 times
 * faster than the other. A prepared statement cannot choose: its generic plan
 * took 411 ms where 0.05 ms were possible. Planning each query costs as much
 * as a small answer, and the planner estimates boxes badly: it took 34 ms
 * instead of 4 ms for 144 square degrees of 1,000,000 cameras. Therefore both
 * plans are prepared as statements, and this file chooses between them by
 * trying both on a sample, in about 2 µs for a small box. The query is planned
 * by PostgreSQL only if several indexes together are better than either plan
 * (a rare role in a large box), or if it searches for a text.
 */
#ifndef CCTV_CAMERAS_PLAN_H
#define CCTV_CAMERAS_PLAN_H

#include "cameras/filter.h"

#include <stdint.h>

/** The most cameras of a sample; there are usually about 5,000. */
#define CCTV_SAMPLE_MAX 8192

typedef enum {
    CCTV_PLAN_BY_POSITION, /**< index on the position, then sort */
    CCTV_PLAN_BY_ID,       /**< walk the primary key */
    /** PostgreSQL plans the query with its values, and may combine indexes */
    CCTV_PLAN_BY_PLANNER
} cctv_plan_t;

/** A random sample of cameras, in the order of their ids. */
typedef struct {
    int count;
    /** How many cameras of the table one camera of the sample represents. */
    double scale;
    float lng[CCTV_SAMPLE_MAX]; /**< degrees, WGS 84 */
    float lat[CCTV_SAMPLE_MAX];
    int32_t id[CCTV_SAMPLE_MAX];
    uint32_t role[CCTV_SAMPLE_MAX];   /**< hash of the role's name */
    uint32_t status[CCTV_SAMPLE_MAX]; /**< hash of the status */
} cctv_sample_t;

/**
 * Add a camera; does nothing if there are CCTV_SAMPLE_MAX already. Not
 * thread-safe.
 */
void cctv_sample_add(cctv_sample_t *sample, int32_t id, float lng, float lat,
                     const char *role, const char *status);

/**
 * Choose the plan for a page. With an empty sample the result is the index.
 * Thread-safe while no thread changes the sample.
 */
cctv_plan_t cctv_plan_choose(const cctv_sample_t *sample,
                             const cctv_filter_t *filter);

#endif
