/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file mod_transports.c
 * @brief The transports that use Janus: server-side signalling, WHEP and
 *        proxy.
 * Layer: httpd.
 */
#include "video/mod_transports.h"

#include "views/mod_part.h"
#include "views/discard.h"
#include "janus/mountpoint_id.h"
#include "json/member.h"
#include "video/mod_diagnosis.h"
#include "video/mod_ice.h"
#include "video/mod_lifecycle.h"
#include "video/mod_part.h"
#include "video/mod_sdp_answer.h"
#include "video/mod_signalling.h"
#include "video/token.h"
#include "views/mod_transport.h"

#include "apr_strings.h"

static bool make_token(const cctv_view_t *view, const char *id, char *out)
{
    return cctv_token_make(
        cctv_video()->settings.secret, id,
        cctv_token_expiry(apr_time_now(), (int64_t)view->timeout), out);
}

static void roll_back(const cctv_viewer_t *viewer)
{
    if (viewer->janus != 0) {
        cctv_discard_put(&cctv_views()->discarded,
                         cctv_discard_entry(viewer->server, viewer->janus));
    }
}

/* Janus got the viewer's offer in prepare(), so the view plays at once. */
static void published(cctv_view_t *view, const cctv_offer_t *offer)
{
    if (offer->from_viewer != NULL
        && cctv_view_claim_answer(cctv_views(), view)) {
        cctv_sdp_note_answered(view, &offer->from_viewer->peer);
    }
}

/* ---- Server-side signalling ---- */

static void add_sdp(const cctv_view_t *view, const char *id,
                    const cctv_offer_t *offer, json_t **body)
{
    (void)view;
    cctv_json_set(body, "ice_servers", cctv_ice_servers(id));
    cctv_json_set(body, "sdp", json_string(offer->sdp));
}

/* ---- Proxy ---- */

static json_t *janus_part(const cctv_view_t *view, const char *id,
                          const cctv_offer_t *offer)
{
    char token[CCTV_TOKEN_SIZE];

    if (!make_token(view, id, token)) {
        return NULL;
    }
    return json_pack(
        "{s:I, s:s, s:s}", "mountpoint",
        (json_int_t)cctv_mountpoint_id(view->camera, view->is_second), "token",
        token, "pin", offer->pin);
}

static void add_janus(const cctv_view_t *view, const char *id,
                      const cctv_offer_t *offer, json_t **body)
{
    cctv_json_set(body, "ice_servers", cctv_ice_servers(id));
    cctv_json_set(body, "janus", janus_part(view, id, offer));
}

/* The viewer needs a new token before the last one expires. */
static const char *token_member(request_rec *r, const cctv_view_t *view,
                                const char *id)
{
    char token[CCTV_TOKEN_SIZE];

    if (view->is_gone || !make_token(view, id, token)) {
        return "";
    }
    return apr_pstrcat(r->pool, ",\"token\":\"", token, "\"", NULL);
}

/* The viewer knows the pin of a camera that it may not watch any more. */
static void change_pin(const cctv_view_t *view)
{
    cctv_old_pins_add(&cctv_video_memory()->old_pins,
                      cctv_mountpoint_id(view->camera, view->is_second));
}

/* ---- The tables ---- */

static cctv_transport_ops_t server_side = {
    .is_promising = cctv_diagnosis_is_promising,
    .prepare = cctv_signalling_prepare,
    .published = published,
    .roll_back = roll_back,
    .add_members = add_sdp
};

static cctv_transport_ops_t whep = {
    .is_promising = cctv_diagnosis_is_promising,
    .prepare = cctv_signalling_prepare,
    .published = published,
    .roll_back = roll_back
};

static cctv_transport_ops_t proxy = {
    .is_promising = cctv_diagnosis_is_promising,
    .prepare = cctv_signalling_prepare,
    .roll_back = roll_back,
    .add_members = add_janus,
    .heartbeat_members = token_member,
    .denied = change_pin
};

static void offer(cctv_transport_t transport, cctv_transport_ops_t *ops,
                  const cctv_video_settings_t *settings)
{
    ops->max_viewers = (uint32_t)settings->max_viewers;
    ops->max_per_camera = (uint32_t)settings->max_per_camera;
    cctv_transport_register(transport, ops);
}

void cctv_transports_register(void)
{
    const cctv_video_t *video = cctv_video();

    cctv_transport_register(CCTV_TRANSPORT_SERVER, NULL);
    cctv_transport_register(CCTV_TRANSPORT_WHEP, NULL);
    cctv_transport_register(CCTV_TRANSPORT_PROXY, NULL);
    if (video == NULL) {
        return;
    }
    offer(CCTV_TRANSPORT_SERVER, &server_side, &video->settings);
    offer(CCTV_TRANSPORT_WHEP, &whep, &video->settings);
    if (video->settings.is_proxied) {
        offer(CCTV_TRANSPORT_PROXY, &proxy, &video->settings);
    }
}
