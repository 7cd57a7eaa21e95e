/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_offer.h
 * @brief Gets the offer for a camera from Janus; connects the camera first if
 *        need be.
 * Layer: httpd.
 */
#ifndef CCTV_VIDEO_MOD_OFFER_H
#define CCTV_VIDEO_MOD_OFFER_H

#include "janus/mountpoint.h"
#include "janus/player.h"
#include "video/mod_diagnosis.h"
#include "video/mod_exchange.h"
#include "views/mod_transport.h"

typedef enum {
    CCTV_OFFER_OK,
    CCTV_OFFER_BUSY,    /**< too many requests wait for cameras */
    CCTV_OFFER_OFFLINE, /**< the camera does not answer */
    /** not from this server now, but another one is connected to the camera and
     *  has room */
    CCTV_OFFER_ELSEWHERE,
    /** mod_cctv did not create the mountpoint with this number */
    CCTV_OFFER_FOREIGN,
    CCTV_OFFER_DOWN, /**< Janus does not answer */
    /** Janus has no address to send from */
    CCTV_OFFER_NO_CANDIDATES,
    CCTV_OFFER_ANSWERED /**< the request has been answered */
} cctv_offer_outcome_t;

/** The attempt of a request to get an offer, or the answer to the offer of its
 *  player. The caller sets `viewer`, `id`, `tried`, `player` and the codec of
 *  `feed`, begins `x`, and sets the rest to 0. */
typedef struct {
    cctv_exchange_t x;
    const cctv_viewer_t *viewer;
    int64_t id;            /**< of the mountpoint (janus/mountpoint_id.h) */
    uint32_t tried;        /**< the servers that were tried (mod_servers.h) */
    cctv_player_t *player; /**< it makes the offer; NULL: Janus does */
    cctv_feed_t feed;      /**< url NULL: not read from the database yet */
    bool is_trying;        /**< it makes the attempt to connect itself */
    bool has_paused;       /**< it has waited for the first pictures */
    cctv_diagnosis_t diagnosis; /**< with CCTV_OFFER_OFFLINE: why */
} cctv_offer_attempt_t;

/**
 * Open a Janus session and get the SDP of Janus. What the attempt says about the
 * camera goes to the memory of failures.
 *
 * @param out     the pin, and the SDP unless the transport is the proxy
 * @param status  written: the result of the last call
 * @param result  written with CCTV_OFFER_ANSWERED: what the handler returns
 */
cctv_offer_outcome_t cctv_offer_get(cctv_offer_attempt_t *attempt,
                                    cctv_transport_t transport,
                                    cctv_offer_t *out,
                                    cctv_janus_status_t *status, int *result);

#endif
