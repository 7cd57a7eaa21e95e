/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file keeper_media.h
 * @brief Whether the video of a view still flows, by Janus's admin API.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_KEEPER_MEDIA_H
#define CCTV_VIDEO_KEEPER_MEDIA_H

#include "video/keeper_views.h"

/**
 * Ask about a view, and end it where its video has ended. For a WHEP view it
 * is the heartbeat, too.
 *
 * @param talk  of a call that Janus has just answered
 * @return what the last call says of Janus: an admin API that does not answer
 *         says nothing
 */
cctv_janus_status_t cctv_keeper_media(cctv_keeper_views_t *views,
                                      cctv_janus_session_t *session,
                                      cctv_view_t *view);

#endif
