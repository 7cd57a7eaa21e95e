/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file walk.h
 * @brief Walks over all slots of the table of views.
 * Layer: pure.
 */
#ifndef CCTV_VIEWS_WALK_H
#define CCTV_VIEWS_WALK_H

#include "views/views.h"

/** End all views that are overdue, and give back the slots and places of dead
 *  processes. */
void cctv_views_sweep(cctv_views_t *shared, cctv_moment_t now);

/**
 * Count the views that are live and not overdue, without WHEP views that are
 * not answered yet.
 *
 * @param cells    NULL, or room for one number per slot: gets the series cells
 *                 of the views that are watched, not sorted
 * @param watched  NULL, or gets the number of these cells
 * @return the number of views
 */
uint32_t cctv_views_live(const cctv_views_t *shared, cctv_time_t now,
                         uint32_t *cells, uint32_t *watched);

/** @return whether there is no room for another view. The search stops at the
 *  first slot with room, so it is cheap unless the table is almost full. */
bool cctv_views_are_full(const cctv_views_t *shared, cctv_time_t now);

#endif
