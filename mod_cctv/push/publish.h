/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file publish.h
 * @brief Adds to the ring what has changed from one generation to the next.
 * Layer: pure.
 *
 * Only for the writer of the ring.
 */
#ifndef CCTV_PUSH_PUBLISH_H
#define CCTV_PUSH_PUBLISH_H

#include "catalogue/read.h"
#include "push/memory.h"

/**
 * If a generation has more changes than this, a new epoch starts: that each
 * client loads its list again is cheaper than as many changes.
 */
#define CCTV_PUBLISH_MAX 16384

/**
 * Add the changes of a new generation.
 *
 * @param before  the generation before; NULL: it is not known
 * @param ids     the cameras that may differ, in any order; NULL: any may
 */
void cctv_publish_generation(const cctv_push_t *push,
                             const cctv_catalogue_t *before,
                             const cctv_catalogue_t *now, const int *ids,
                             int count, cctv_time_t time);

/** Add a status that has changed in place. @param before  the old status */
void cctv_publish_status(const cctv_push_t *push, const cctv_catalogue_t *now,
                         int index, cctv_camera_status_t before,
                         cctv_time_t time);

#endif
