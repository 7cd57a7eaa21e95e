/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_transports.c
 * @brief The transports that lead to Janus: server-side signalling, WHEP and
 *        proxy.
 * Layer: httpd.
 */
#include "video/mod_transports.h"

#include "views/mod_part.h"
#include "views/discard.h"
#include "json/member.h"
#include "video/mod_lifecycle.h"
#include "video/mod_signalling.h"
#include "janus/token.h"
#include "views/mod_transport.h"

#include "apr_strings.h"

/* A token is good for so long; heartbeats come more often: s. */
#define TOKEN_SECONDS 120

static int64_t token_expiry(void)
{
    return apr_time_sec(apr_time_now()) + TOKEN_SECONDS;
}

static void roll_back(const cctv_viewer_t *viewer)
{
    if (viewer->janus != 0) {
        cctv_discard_put(&cctv_lifecycle_shared()->discarded,
                         viewer->janus);
    }
}

/* ---- Server-side signalling ---- */

static void add_sdp(const cctv_session_t *session, const char *id,
                    const cctv_offer_t *offer, json_t **body)
{
    (void)session;
    cctv_json_set(body, "ice_servers", cctv_signalling_ice_servers(id));
    cctv_json_set(body, "sdp", json_string(offer->sdp));
}

/* ---- Proxy ---- */

static json_t *janus_part(const cctv_session_t *session, const char *id,
                          const cctv_offer_t *offer)
{
    char token[CCTV_TOKEN_SIZE];

    if (!cctv_token_make(cctv_video()->settings.secret, id, token_expiry(),
                         token)) {
        return NULL;
    }
    return json_pack("{s:i, s:s, s:s}", "mountpoint", session->camera, "token",
                     token, "pin", offer->pin);
}

static void add_janus(const cctv_session_t *session, const char *id,
                      const cctv_offer_t *offer, json_t **body)
{
    cctv_json_set(body, "ice_servers", cctv_signalling_ice_servers(id));
    cctv_json_set(body, "janus", janus_part(session, id, offer));
}

/* The viewer needs a new token before the last one runs out. */
static const char *token_member(request_rec *r, const cctv_session_t *session,
                                const char *id)
{
    char token[CCTV_TOKEN_SIZE];

    if (session->is_gone
        || !cctv_token_make(cctv_video()->settings.secret, id, token_expiry(),
                            token)) {
        return "";
    }
    return apr_pstrcat(r->pool, ",\"token\":\"", token, "\"", NULL);
}

/* ---- The tables ---- */

static cctv_transport_t server_side = {
    .is_promising = cctv_signalling_is_promising,
    .prepare = cctv_signalling_prepare,
    .roll_back = roll_back,
    .add_members = add_sdp
};

static cctv_transport_t whep = { .is_promising = cctv_signalling_is_promising,
                                 .prepare = cctv_signalling_prepare,
                                 .roll_back = roll_back };

static cctv_transport_t proxy = { .is_promising = cctv_signalling_is_promising,
                                  .prepare = cctv_signalling_prepare,
                                  .roll_back = roll_back,
                                  .add_members = add_janus,
                                  .heartbeat_members = token_member };

static void offer(cctv_way_t way, cctv_transport_t *transport,
                  const cctv_video_settings_t *settings)
{
    transport->max_viewers = (uint32_t)settings->max_viewers;
    transport->max_per_camera = (uint32_t)settings->max_per_camera;
    cctv_transport_register(way, transport);
}

void cctv_transports_register(void)
{
    const cctv_video_t *video = cctv_video();

    cctv_transport_register(CCTV_WAY_SERVER, NULL);
    cctv_transport_register(CCTV_WAY_WHEP, NULL);
    cctv_transport_register(CCTV_WAY_PROXY, NULL);
    if (video == NULL) {
        return;
    }
    offer(CCTV_WAY_SERVER, &server_side, &video->settings);
    offer(CCTV_WAY_WHEP, &whep, &video->settings);
    if (video->settings.is_proxied) {
        offer(CCTV_WAY_PROXY, &proxy, &video->settings);
    }
}
