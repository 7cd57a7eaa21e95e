/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file media.h
 * @brief What happens to a view when Janus tells how its media are.
 * Layer: pure.
 *
 * Janus tells it in two ways: by its events (event_media.h), and by its admin
 * API, which the keeper asks if there were no events (keeper_media.h). What
 * both tell may come late, twice, or not at all, so each function may be called
 * at any time, and a second call changes nothing.
 *
 * All functions are thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_VIDEO_MEDIA_H
#define CCTV_VIDEO_MEDIA_H

#include "video/janus_region.h"
#include "views/views.h"

/** How long media may take to come after the answer: µs. */
#define CCTV_MEDIA_LIMIT 15000000

/** Note that the connection to the viewer is up. */
void cctv_media_up(cctv_views_t *shared, cctv_view_t *view, cctv_moment_t at);

/**
 * Note that the connection is up and that Janus has sent media.
 *
 * @param since     when the connection came up; 0: not known
 * @param feedback  from cctv_feedback_of()
 */
void cctv_media_sent(cctv_views_t *shared, cctv_view_t *view,
                     cctv_time_t since, uint32_t feedback, cctv_moment_t at);

/** Note that the connection is not up. */
void cctv_media_none(cctv_views_t *shared, cctv_view_t *view,
                     cctv_moment_t at);

/**
 * Note that the connection is over. A view of server-side signalling then has
 * lost its video, which the answer to its next heartbeat tells; a WHEP view
 * ends; a view of the proxy transport goes on, since its Janus session can make
 * another connection.
 *
 * @param was_on  whether the viewer received media until then
 */
void cctv_media_over(cctv_views_t *shared, cctv_view_t *view, bool was_on,
                     cctv_moment_t at);

/** Note that Janus does not have the Janus session or the handle any more.
 *  Unlike cctv_media_over(), this ends a view of the proxy transport. */
void cctv_media_lost(cctv_views_t *shared, cctv_view_t *view,
                     cctv_moment_t at);

/** What can tell how media are. */
typedef struct {
    bool has_admin;     /**< the admin API is configured */
    bool is_admin_lost; /**< it does not answer */
    bool has_events;    /**< events come in */
    bool had_events;    /**< there ever was an event */
} cctv_media_means_t;

/** Look at the age of what is known: media that did not come in time have
 *  failed. If nothing can tell how media are, the answer counts as proof. */
void cctv_media_check(cctv_views_t *shared, cctv_view_t *view,
                      const cctv_media_means_t *means, cctv_moment_t now);

/** @return whether the admin API should be asked about a view now, because
 *  nothing was told about it for long enough */
bool cctv_media_is_due(const cctv_view_t *view,
                       const cctv_media_means_t *means, cctv_time_t now);

#endif
