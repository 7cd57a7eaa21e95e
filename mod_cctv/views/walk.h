/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file walk.h
 * @brief The walk over all slots of the table of views.
 * Layer: pure.
 *
 * One process walks once a second, and everything that has to look at all
 * views is a visitor of this walk (visitor.h). A scrape walks as well, with a
 * visitor of its own.
 *
 * Each walk is a sweep: it ends the views that are overdue, and gives back the
 * slots and places of dead processes.
 */
#ifndef CCTV_VIEWS_WALK_H
#define CCTV_VIEWS_WALK_H

#include "views/views.h"
#include "views/visitor.h"

#include <stddef.h>

/** The most visitors of one walk. */
#define CCTV_VISITORS_MAX 8

/**
 * Walk over all slots once.
 *
 * @param visitors  they see the live views in this order, each view after the
 *                  other
 * @param count     at most CCTV_VISITORS_MAX
 */
void cctv_views_walk(cctv_views_t *shared, cctv_moment_t now,
                     const cctv_view_visitor_t *const *visitors, size_t count);

/** Walk without visitors: end all views that are overdue, and give back the
 *  slots and places of dead processes. */
void cctv_views_sweep(cctv_views_t *shared, cctv_moment_t now);

/** @return whether there is no room for another view. The search stops at the
 *  first slot with room, so it is cheap unless the table is almost full. */
bool cctv_views_are_full(const cctv_views_t *shared, cctv_time_t now);

#endif
