/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file rewrite.h
 * @brief Writes the SDP for one side from what was read of the other side's.
 * Layer: pure.
 *
 * Every text is written anew from checked values: no line of one side reaches
 * the other. None has header extensions, because Janus sends with its own ids
 * whatever an answer says.
 *
 * Two ways lead to a view:
 * - The browser answers. Janus's offer goes to the browser through
 *   cctv_sdp_offer_for_browser(), the browser's answer to Janus through
 *   cctv_sdp_answer_for_janus().
 * - The player offers. A Janus before 1.1.4 makes an offer as well; each side
 *   gets the other's offer, as an answer: cctv_sdp_answer_for_player() and
 *   cctv_sdp_answer_for_janus(). A later Janus gets the player's offer through
 *   cctv_sdp_offer_for_janus(), and cctv_sdp_answer_for_player() passes on its
 *   answer.
 *
 * In both ways Janus becomes the DTLS client, unless a player's offer wants to
 * be it: as DTLS server Janus misses Chromium's first message, which Chromium
 * then repeats.
 *
 * All functions return a NUL-terminated text from the pool with CR LF after
 * each line, which points nowhere into what was read. Thread-safe.
 */
#ifndef CCTV_SDP_REWRITE_H
#define CCTV_SDP_REWRITE_H

#include "sdp/janus_sdp.h"
#include "sdp/offer.h"

#include "apr_pools.h"

/**
 * Janus's offer for a browser, in our format (cctv_format()), whatever the
 * mountpoint announces. It says setup:active, so the browser has to answer
 * setup:passive (RFC 5763 section 5), and Janus becomes the DTLS client.
 */
const char *cctv_sdp_offer_for_browser(apr_pool_t *pool,
                                       const cctv_janus_sdp_t *janus);

/**
 * The answer to a player's offer: from Janus's offer or from its answer. All
 * sections of the offer are in it; only the video sends.
 *
 * @return NULL: Janus's answer has a setup that does not fit to the offer
 */
const char *cctv_sdp_answer_for_player(apr_pool_t *pool,
                                       const cctv_sdp_offer_t *offer,
                                       const cctv_janus_sdp_t *janus);

/**
 * The answer to Janus's offer, without candidates: Janus sends STUN packets to
 * each address in a candidate, so a viewer could direct them at other machines.
 *
 * @param peer          from a player's offer or from a browser's answer
 * @param mid           as in Janus's offer: a checked mid
 * @param payload_type  as in Janus's offer
 * @param has_rtx       Janus's offer has retransmissions. True for a browser's
 *                      answer, which has them only if they were offered.
 */
const char *cctv_sdp_answer_for_janus(apr_pool_t *pool,
                                      const cctv_sdp_peer_t *peer,
                                      cctv_slice_t mid, int payload_type,
                                      bool has_rtx);

/**
 * The player's offer for Janus 1.1.4 or later, without candidates. It has no
 * rtx: with it Janus repeats no lost packet to a player that asks by NACK.
 */
const char *cctv_sdp_offer_for_janus(apr_pool_t *pool,
                                     const cctv_sdp_offer_t *offer);

#endif
