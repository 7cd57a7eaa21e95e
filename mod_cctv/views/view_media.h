/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file view_media.h
 * @brief The media of a view in the table: its Janus session, and whether
 *        media flow.
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

/** @return whether its viewer receives media, so that the time counts as
 *  watched */
static inline bool cctv_view_is_watched(const cctv_view_t *view)
{
    return view->flow == CCTV_FLOW_ON && !view->is_gone;
}

/** @return whether it counts as started: a WHEP view does from its answer on */
static inline bool cctv_view_is_started(const cctv_view_t *view)
{
    return view->answered >= 0 || view->transport != CCTV_TRANSPORT_WHEP;
}

/** Make it impossible to answer a view whose slot the caller has claimed to end
 *  it: either the answer is seen afterwards, or it fails. */
void cctv_view_media_close(cctv_media_t *media);

/** Claim the right to send the SDP answer of a view to Janus.
 *  @return false: another request has claimed it */
bool cctv_view_table_claim_answer(cctv_view_table_t *table,
                                  const cctv_view_t *view);

/** Note that the SDP answer of a view was accepted.
 *  @return false: it was answered before */
bool cctv_view_table_answer(cctv_view_table_t *table, cctv_view_t *view,
                            cctv_time_t now);

/**
 * Note whether media flow, unless that has changed since the view was read.
 *
 * @param now       with CCTV_FLOW_ON, when that was so; a time before the last
 *                  proof counts as that time
 * @param interval  gets the time since the last proof, during which media
 *                  flowed and which the caller has to count: µs
 * @return false: another process has noted something; find the view again
 */
bool cctv_view_table_flow(cctv_view_table_t *table, cctv_view_t *view,
                          cctv_flow_t flow, cctv_time_t now,
                          int64_t *interval);

/** Note that Janus has told something about the media of a view. */
void cctv_view_table_look(cctv_view_table_t *table, cctv_view_t *view,
                          cctv_time_t now, uint64_t feedback);

/** Note who the viewer of a view is for ICE; 0: not known. */
void cctv_view_table_note_ice(cctv_view_table_t *table, cctv_view_t *view,
                              uint16_t ice);

/** Note the Janus session of a view that had none, and the handle in it; 0: not
 *  known.
 *  @return false: the view has one, or had one */
bool cctv_view_table_attach(cctv_view_table_t *table, cctv_view_t *view,
                            uint64_t janus, uint64_t handle);

/** Note that another Janus session has taken the place of the one of a view.
 *  @return false: the view has none, or has changed meanwhile; find it again */
bool cctv_view_table_replace(cctv_view_table_t *table, cctv_view_t *view,
                             uint64_t janus, uint64_t handle);

/** Note that Janus does not have the Janus session of a view any more. */
void cctv_view_table_lose(cctv_view_table_t *table, cctv_view_t *view);

#endif
