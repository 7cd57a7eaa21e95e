/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_loss.h
 * @brief What the keeper does with views whose Janus session is lost.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_KEEPER_LOSS_H
#define CCTV_VIDEO_KEEPER_LOSS_H

#include "views/views.h"

/** @return whether the keeper keeps the Janus session of a view alive. In
 *  proxy mode the viewers keep their Janus sessions alive themselves. */
bool cctv_keeper_keeps(const cctv_view_t *view);

/** Note that Janus does not have the Janus session of a view any more. The
 *  answer to its next heartbeat tells the client; a WHEP view ends here. */
void cctv_keeper_lose(cctv_views_t *shared, cctv_view_t *view);

/** Call cctv_keeper_lose() for all views of a server whose Janus sessions the
 *  keeper keeps alive and that started before a point in time.
 *  @param server  its key */
void cctv_keeper_lose_all(cctv_views_t *shared, uint16_t server,
                          cctv_time_t before);

#endif
