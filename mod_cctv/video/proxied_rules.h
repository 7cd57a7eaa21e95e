/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file proxied_rules.h
 * @brief Which Janus session belongs to which view of the proxy transport, and
 *        what happens to those that belong to none.
 * Layer: pure.
 *
 * Janus accepts a signed token for any number of Janus sessions, for all
 * mountpoints, and until it expires. These rules make it good for one view:
 *
 * - A view has one Janus session with one handle. A newer Janus session takes
 *   the place of the older one, which is destroyed: after a loss of the
 *   network a client connects again with the same token.
 * - A Janus session with the token of a view that has ended is destroyed.
 * - A Janus session with a second handle, with the tokens of two views, or
 *   about another camera is destroyed, and its view ends.
 *
 * Janus sessions are destroyed by the keeper (discard.h). The facts come from
 * Janus's events, and from its list for the case that an event gets lost; so
 * each rule may be applied several times.
 *
 * All functions are thread-safe, safe between processes, and never block.
 */
#ifndef CCTV_VIDEO_PROXIED_RULES_H
#define CCTV_VIDEO_PROXIED_RULES_H

#include "video/old_pins.h"
#include "views/views.h"

typedef struct {
    cctv_views_t *views;
    cctv_old_pins_t *old_pins;
    const char *secret; /**< with which the tokens are signed */
} cctv_proxied_rules_t;

typedef enum {
    CCTV_PROXIED_FINE,
    CCTV_PROXIED_NOT_OURS, /**< no view of the proxy transport is concerned */
    CCTV_PROXIED_REPLACED, /**< an older Janus session was destroyed */
    CCTV_PROXIED_STALE,    /**< the view of the token has ended */
    CCTV_PROXIED_SHARED,   /**< a second handle, or the tokens of two views */
    CCTV_PROXIED_OTHER     /**< it is about another camera */
} cctv_proxied_verdict_t;

/**
 * A handle was attached with a token that Janus has verified.
 *
 * @param janus   the Janus session; a client may have chosen its id
 * @param token   NUL-terminated, from Janus
 * @param camera  gets the camera of the view that is concerned, if one is
 */
cctv_proxied_verdict_t cctv_proxied_attached(const cctv_proxied_rules_t *rules,
                                             uint64_t janus, uint64_t handle,
                                             const char *token,
                                             cctv_moment_t now,
                                             int32_t *camera);

/**
 * A Janus session watches a mountpoint, or has an offer for it.
 *
 * @param camera  gets the camera of the view, if one is concerned
 */
cctv_proxied_verdict_t cctv_proxied_watches(const cctv_proxied_rules_t *rules,
                                            uint64_t janus, int64_t mountpoint,
                                            cctv_moment_t now,
                                            int32_t *camera);

#endif
