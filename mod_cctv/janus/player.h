/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file player.h
 * @brief Connects a player that makes the SDP offer itself to a camera.
 * Layer: pure.
 *
 * Janus takes an offer from 1.1.4 on. An earlier Janus (Debian 12 has 1.1.2)
 * only makes offers itself. There the offers are crossed: player and Janus each
 * get the offer of the other, rewritten as an answer (sdp/rewrite.h).
 *
 * Janus keeps the payload type that a viewer had at `watch`. So the viewer
 * first watches a template, a mountpoint that sends nothing and that has the
 * codec and the payload type of the player, and then is switched to the camera.
 * There is one template for each pair of them in use, so their number is bounded. They are
 * made when they are first needed.
 *
 * A template is NEVER destroyed: Janus's `switch` and `destroy` take the same
 * locks in opposite order, and then Janus hangs for good. Templates have no
 * mark (janus/mark.h) and no id of a camera, so the keeper leaves them.
 */
#ifndef CCTV_JANUS_PLAYER_H
#define CCTV_JANUS_PLAYER_H

#include "janus/mountpoint.h"
#include "sdp/janus_sdp.h"
#include "sdp/offer.h"

#include "apr_pools.h"

/** The first version of Janus that takes an offer in `watch`: 1.1.4. */
#define CCTV_JANUS_TAKES_OFFERS 1104

/** The id of the template with payload type 0 for H.264. Ids of cameras are
 *  smaller. */
#define CCTV_TEMPLATE_FIRST 4294967296

/** The caller sets the first members, and sets the rest to 0. */
typedef struct {
    apr_pool_t *pool; /**< of the texts */
    /** Its text has to live as long as this. */
    const cctv_sdp_offer_t *offer;
    bool janus_takes_offers;
    const char *answer; /**< for the player; NULL: it is not connected */
    /** What is wrong with the SDP of Janus, if anything. */
    cctv_sdp_fault_t fault;
    /** Janus's offer for the template that the viewer watches, and its text;
     *  NULL: it watches none yet. */
    const char *text;
    cctv_janus_sdp_t janus;
} cctv_player_t;

/**
 * Connect a player to a camera that has a mountpoint, with the Janus session
 * and handle of `session`. If the result is CCTV_MOUNTPOINT_BUSY or
 * CCTV_MOUNTPOINT_MISSING, call it again later with the same `player`.
 *
 * @param id      of the mountpoint, which has the codec of the offer's format
 * @param pin     of the mountpoint; empty: it has none
 * @param status  written: the status of the last call. With
 *                CCTV_MOUNTPOINT_FAILED it is CCTV_JANUS_OK if the SDP of Janus
 *                has a fault.
 */
cctv_mountpoint_status_t
cctv_player_connect(cctv_player_t *player, cctv_janus_session_t *session,
                    const cctv_mountpoint_rules_t *rules, int64_t id,
                    const char *pin, cctv_janus_status_t *status);

#endif
