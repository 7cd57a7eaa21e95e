/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_proxied.h
 * @brief What Janus's events say about the Janus sessions of browsers (proxy
 *        transport).
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_PROXIED_H
#define CCTV_VIDEO_MOD_PROXIED_H

#include "video/proxied_check.h"

#include <jansson.h>

/** Apply the rules for Janus sessions of browsers to an event of Janus. */
void cctv_proxied_event(const json_t *event);

/** Set up the task of the keeper that checks these Janus sessions. */
void cctv_proxied_check_init(cctv_proxied_check_t *check,
                             cctv_keeper_t *keeper);

#endif
