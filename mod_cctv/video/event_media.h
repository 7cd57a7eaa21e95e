/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event_media.h
 * @brief Takes the events of Janus that tell how the media of a view are.
 * Layer: pure.
 *
 * These are functions of cctv_event_rule_t, for the types that their names say.
 */
#ifndef CCTV_VIDEO_EVENT_MEDIA_H
#define CCTV_VIDEO_EVENT_MEDIA_H

#include "video/events.h"

/** "destroyed" and "timeout": the Janus session is over. */
void cctv_event_session(cctv_views_t *shared, const cctv_event_t *event);

/** "detached": the handle is over. */
void cctv_event_handle(cctv_views_t *shared, const cctv_event_t *event);

/** "webrtcup" and "hangup". */
void cctv_event_webrtc(cctv_views_t *shared, const cctv_event_t *event);

/** The statistics of a medium, or of all. */
void cctv_event_media(cctv_views_t *shared, const cctv_event_t *event);

#endif
