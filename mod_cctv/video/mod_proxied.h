/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_proxied.h
 * @brief Takes the events of Janus that tell what the Janus sessions of
 *        browsers (proxy transport) do.
 * Layer: httpd.
 *
 * These are functions of cctv_event_rule_t, for the types that their names say.
 */
#ifndef CCTV_VIDEO_MOD_PROXIED_H
#define CCTV_VIDEO_MOD_PROXIED_H

#include "video/events.h"

/** "attached" and "detached", with the token of a view. */
void cctv_proxied_handle(cctv_views_t *shared, const cctv_event_t *event);

/** A Janus session watches a mountpoint. */
void cctv_proxied_plugin(cctv_views_t *shared, const cctv_event_t *event);

#endif
