/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_proxied.h
 * @brief What Janus's events say about the Janus sessions of browsers (proxy
 *        transport).
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_PROXIED_H
#define CCTV_VIDEO_MOD_PROXIED_H

#include "video/events.h"
#include "video/proxied_check.h"

/* Functions of cctv_event_rule_t, for the types that their names say. */

/** "attached", with the token of a view. */
void cctv_proxied_handle(cctv_views_t *shared, const cctv_event_t *event);

/** Janus has made an offer for a mountpoint. */
void cctv_proxied_jsep(cctv_views_t *shared, const cctv_event_t *event);

/** A Janus session watches a mountpoint. */
void cctv_proxied_plugin(cctv_views_t *shared, const cctv_event_t *event);

/** Set up the task of the keeper that checks these Janus sessions. */
void cctv_proxied_check_init(cctv_proxied_check_t *check,
                             cctv_keeper_t *keeper);

#endif
