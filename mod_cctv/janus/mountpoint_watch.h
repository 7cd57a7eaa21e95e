/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mountpoint_watch.h
 * @brief What a viewer needs of a mountpoint: Janus's offer, and Janus to take
 *        the answer.
 * Layer: pure.
 */
#ifndef CCTV_JANUS_MOUNTPOINT_WATCH_H
#define CCTV_JANUS_MOUNTPOINT_WATCH_H

#include "janus/mountpoint.h"

/**
 * Watch a mountpoint with the Janus session and handle of `session`.
 *
 * @param offer   written on success: the SDP of Janus; free() it
 */
cctv_mountpoint_status_t cctv_mountpoint_watch(cctv_janus_session_t *session,
                                               int64_t id, const char *pin,
                                               char **offer,
                                               cctv_janus_status_t *status);

/** Send a viewer's SDP answer to Janus. */
cctv_janus_status_t cctv_mountpoint_answer(cctv_janus_session_t *session,
                                           const char *sdp);

#endif
