/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_media.h
 * @brief Asks Janus's admin API whether the video of a view still flows.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_KEEPER_MEDIA_H
#define CCTV_VIDEO_KEEPER_MEDIA_H

#include "video/keeper_views.h"

/**
 * Ask about a view, and end it if its video has ended. If the video of a WHEP
 * view flows, note a heartbeat.
 *
 * @param session  the calls; Janus has just answered the last one
 * @return the status to report to the breaker; CCTV_JANUS_OK if the admin API
 *         does not answer, since that says nothing about Janus's own API
 */
cctv_janus_status_t cctv_keeper_media(cctv_keeper_views_t *views,
                                      cctv_janus_session_t *session,
                                      cctv_view_t *view);

#endif
