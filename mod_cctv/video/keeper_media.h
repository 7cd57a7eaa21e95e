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
 * Ask about a view, and note the answer.
 *
 * @param session  the calls; its `id` is the Janus session of the view
 * @return CCTV_JANUS_LATE: the admin API does not answer at present, and
 *         perhaps was not asked
 */
cctv_janus_status_t cctv_keeper_media(cctv_keeper_views_t *views,
                                      cctv_janus_session_t *session,
                                      cctv_view_t *view);

/**
 * Find out whether the admin API answers at all, so that a wrong URL is told
 * before a view needs it. Does nothing without CCTVJanusAdminURL.
 *
 * @param session  calls of the keeper, with a Janus session
 */
void cctv_keeper_media_try(cctv_keeper_views_t *views,
                           cctv_janus_session_t *session);

#endif
