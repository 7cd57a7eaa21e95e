/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_handler.h
 * @brief WHEP (draft-ietf-wish-whep) for any player: the player makes the SDP
 *        offer, or the server does.
 * Layer: httpd.
 *
 *     POST    /whep/42         with the player's offer -> 201 with our answer
 *     POST    /whep/42         without -> 406 with our offer
 *     PATCH   /whep/42/<view>  with the answer to our offer -> 204
 *     PATCH   /whep/42/<view>  with candidates -> 204; they are ignored
 *     DELETE  /whep/42/<view>  -> 200
 *     GET     /whep/42         -> 200 without content
 *     GET     /whep/42/<view>  -> 204
 *     OPTIONS /whep/42         -> 204 with the ICE servers
 *
 * 201 and 406 have the path of the view in Location, and the ICE servers in
 * Link. janus/player.h says how a player's offer gets to Janus. For WHEP
 * viewers the keeper (video/mod_keeper.h) supplies the heartbeat.
 */
#ifndef CCTV_WHEP_MOD_HANDLER_H
#define CCTV_WHEP_MOD_HANDLER_H

#include "httpd.h"

/** The handler cctv-whep. */
int cctv_whep_handler(request_rec *r);

#endif
