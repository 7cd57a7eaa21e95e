/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_loss.h
 * @brief Views whose Janus session is gone.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_KEEPER_LOSS_H
#define CCTV_VIDEO_KEEPER_LOSS_H

#include "views/views.h"

/** Whether the keeper looks after the Janus session of a view. Viewers who
 *  talk to Janus through a proxy do it themselves. */
bool cctv_keeper_keeps(const cctv_view_t *view);

/** Note that Janus does not have the session of a view any more. A view with
 *  heartbeats is told so by the next one; a WHEP view ends. */
void cctv_keeper_lose(cctv_views_t *shared, cctv_view_t *view);

/** Lose all views that the keeper looks after and that started before a point
 *  in time. */
void cctv_keeper_lose_all(cctv_views_t *shared, cctv_time_t before);

/** End all views that have video from this server, whatever their transport:
 *  for a server that has no Janus any more. */
void cctv_keeper_end_all(cctv_views_t *shared);

#endif
