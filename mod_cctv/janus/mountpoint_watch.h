/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint_watch.h
 * @brief What a viewer needs of a mountpoint: Janus's offer, or its answer to
 *        the viewer's offer.
 * Layer: pure.
 */
#ifndef CCTV_JANUS_MOUNTPOINT_WATCH_H
#define CCTV_JANUS_MOUNTPOINT_WATCH_H

#include "janus/mountpoint.h"

/**
 * Watch a mountpoint with the Janus session and handle of `session`.
 *
 * @param id     of a stream of a camera, or of a template (janus/player.h)
 * @param offer  the SDP offer of the viewer, which Janus takes from 1.1.4 on;
 *               NULL: Janus makes the offer
 * @param sdp    written on success: the SDP offer or answer of Janus; free() it
 */
cctv_mountpoint_status_t cctv_mountpoint_watch(cctv_janus_session_t *session,
                                               int64_t id, const char *pin,
                                               const char *offer, char **sdp,
                                               cctv_janus_status_t *status);

/**
 * Let a handle that watches a mountpoint watch a camera instead. Janus does so
 * even if the camera sends nothing.
 */
cctv_mountpoint_status_t cctv_mountpoint_switch(cctv_janus_session_t *session,
                                                int64_t id, const char *pin,
                                                cctv_janus_status_t *status);

/** Send a viewer's SDP answer to Janus. */
cctv_janus_status_t cctv_mountpoint_answer(cctv_janus_session_t *session,
                                           const char *sdp);

/** @return whether Janus has refused an SDP answer because it has no offer any
 *  more: its mountpoint was destroyed meanwhile, and the offer with it */
bool cctv_mountpoint_has_lost_offer(const cctv_janus_session_t *session);

#endif
