/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file memory.h
 * @brief The shared memory of the viewers part: who may not watch, and who
 *        watches.
 * Layer: pure.
 */
#ifndef CCTV_VIEWERS_MEMORY_H
#define CCTV_VIEWERS_MEMORY_H

#include "memory/segment.h"
#include "viewers/denials.h"
#include "viewers/names.h"

/** The memory as a process sees it; the pointers lead to shared memory. */
typedef struct {
    cctv_denials_t *denials;
    cctv_viewer_names_t names;
} cctv_viewers_t;

/** The region's capacity is the number of views whose viewers have a name; 0:
 *  names are not kept. The state file has the denials, except that of all new
 *  views, which ends with the server. */
extern const cctv_region_t cctv_viewers_region;

/** Set the pointers to the region of a segment. */
void cctv_viewers_open(cctv_viewers_t *viewers, const cctv_segment_t *segment);

#endif
