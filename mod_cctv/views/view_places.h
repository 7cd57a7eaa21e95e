/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_places.h
 * @brief The places (places.h) that a view holds: of its client, of its camera
 *        and of all views with video.
 * Layer: pure.
 *
 * All functions are safe between threads and processes and never block. A
 * process may be killed at any point: its slot then says which places it took,
 * and which one it was changing.
 */
#ifndef CCTV_VIEWS_VIEW_PLACES_H
#define CCTV_VIEWS_VIEW_PLACES_H

#include "views/views.h"

/** The keys of places; the key of a client is its keyed hash. */
#define CCTV_CAMERA_KEY(camera) (UINT64_C(1) << 40 | (uint32_t)(camera))
#define CCTV_VIDEO_KEY          (UINT64_C(2) << 40)

/** Take all places that a view needs and does not hold yet. If one cannot be
 *  taken, the view keeps those that it has.
 *  @param index  a slot that the caller has claimed
 *  @return CCTV_VIEW_STARTED: it holds all of them */
cctv_view_status_t cctv_view_places_take(cctv_views_t *shared, uint32_t index,
                                         const cctv_viewer_t *viewer);

/** Give back all places of a slot that the caller has claimed. */
void cctv_view_places_give(cctv_views_t *shared, uint32_t index);

/** Give back the places of a slot whose claimer is dead, and free the slot.
 *  Another call has to try again if a place of the same key is being changed
 *  meanwhile. One process at a time may call this. */
void cctv_view_places_recover(cctv_views_t *shared, uint32_t index,
                              cctv_time_t now);

#endif
