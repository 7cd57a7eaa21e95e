/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief WHEP (draft-ietf-wish-whep) for any player: the server offers.
 * Layer: httpd.
 *
 *     POST   /whep/42            -> 406, the server's offer, Location
 *     PATCH  /whep/42/<view>  the player's answer -> 204
 *     DELETE /whep/42/<view>  -> 200
 *
 * Debian's Janus takes no offer from a player. The draft lets a server answer
 * an offer with its own (406). For WHEP viewers the keeper (video/mod_keeper.h)
 * supplies the heartbeat.
 */
#ifndef CCTV_WHEP_MOD_HANDLER_H
#define CCTV_WHEP_MOD_HANDLER_H

#include "httpd.h"

/** cctv-whep. */
int cctv_whep_handler(request_rec *r);

#endif
