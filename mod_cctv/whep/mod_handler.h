/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief WHEP (draft-ietf-wish-whep) for any player: the server makes the SDP
 *        offer.
 * Layer: httpd.
 *
 *     POST   /whep/42         -> 406 with the server's offer and Location
 *     PATCH  /whep/42/<view>  with the player's answer -> 204
 *     DELETE /whep/42/<view>  -> 200
 *
 * Debian's Janus does not accept an offer from a player. The draft allows a
 * server to answer the player's offer with an offer of its own (406). For WHEP
 * viewers the keeper (video/mod_keeper.h) supplies the heartbeat.
 */
#ifndef CCTV_WHEP_MOD_HANDLER_H
#define CCTV_WHEP_MOD_HANDLER_H

#include "httpd.h"

/** The handler cctv-whep. */
int cctv_whep_handler(request_rec *r);

#endif
