/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_media.h
 * @brief The media of a view in the table: whether its video plays, and its
 *        Janus session.
 * Layer: pure.
 *
 * Invariant 4 of view_table.h says how the fields change. All functions are
 * thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_VIEWS_VIEW_MEDIA_H
#define CCTV_VIEWS_VIEW_MEDIA_H

#include "views/view_table.h"

#include <stdbool.h>
#include <stdint.h>

/** Write the media of a view to its slot, which the caller has claimed. */
void cctv_view_media_fill(cctv_media_t *media, const cctv_view_t *view);

/** Copy the media of a slot. */
void cctv_view_media_read(const cctv_media_t *media, cctv_view_t *out);

/** @return whether the video plays, so that the time counts as watched */
static inline bool cctv_view_is_watched(const cctv_view_t *view)
{
    return view->answered >= 0 && !view->is_gone;
}

/** @return how long a view was watched, up to its last heartbeat: µs */
static inline int64_t cctv_view_watched(const cctv_view_t *view)
{
    return view->answered < 0 || view->last < view->answered
               ? 0
               : view->last - view->answered;
}

/** Claim the right to send the SDP answer of a view to Janus.
 *  @return false: another request has claimed it */
bool cctv_view_table_claim_answer(cctv_view_table_t *table,
                                  const cctv_view_t *view);

/** Note that a view plays from now on. @return false: it played before */
bool cctv_view_table_answer(cctv_view_table_t *table, cctv_view_t *view,
                            cctv_time_t now);

/** Note the Janus session of a view that had none.
 *  @return false: the view has one, or had one */
bool cctv_view_table_attach(cctv_view_table_t *table, cctv_view_t *view,
                            uint64_t janus);

/** Note that Janus does not have the Janus session of a view any more. */
void cctv_view_table_lose(cctv_view_table_t *table, cctv_view_t *view);

#endif
