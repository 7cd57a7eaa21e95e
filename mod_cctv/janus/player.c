/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file player.c
 * @brief Connects a player that makes the SDP offer itself to a camera.
 * Layer: pure.
 */
#include "janus/player.h"

#include "janus/mountpoint_body.h"
#include "janus/mountpoint_watch.h"
#include "json/member.h"
#include "sdp/rewrite.h"

#include "apr_strings.h"

#include <stdlib.h>
#include <string.h>

/* Another process may make the same template at the same time, and Janus says
 * that it exists a moment before it can be watched. */
#define TRIES 3

/* Keep Janus's SDP, and read it. @param sdp  is freed */
static bool read_janus(cctv_player_t *player, char *sdp)
{
    player->text = apr_pstrdup(player->pool, sdp);
    free(sdp);
    player->fault = cctv_janus_sdp_read(player->text, strlen(player->text),
                                        player->offer->peer.format.codec,
                                        &player->janus);
    return player->fault == CCTV_SDP_OK;
}

/* @return false: Janus's setup does not fit to the offer */
static bool write_answer(cctv_player_t *player)
{
    player->answer = cctv_sdp_answer_for_player(player->pool, player->offer,
                                                &player->janus);
    player->fault = player->answer == NULL ? CCTV_SDP_BAD_SETUP : CCTV_SDP_OK;
    return player->answer != NULL;
}

/* ---- Templates ---- */

static int64_t template_id(const cctv_sdp_format_t *format)
{
    return CCTV_TEMPLATE_FIRST
           + (int64_t)(format->codec - CCTV_CODEC_H264) * 128
           + format->payload_type;
}

static cctv_janus_status_t make_template(const cctv_player_t *player,
                                         cctv_janus_session_t *session,
                                         const cctv_mountpoint_rules_t *rules)
{
    const cctv_sdp_format_t *wanted = &player->offer->peer.format;
    const cctv_format_t *format = cctv_format(wanted->codec);
    json_t *media = json_pack("{s:s, s:s, s:i, s:s, s:i, s:s, s:s}", "type",
                              "video", "mid", "v", "port", 0, "iface",
                              "127.0.0.1", "pt", wanted->payload_type, "codec",
                              format->janus, "fmtp", format->fmtp);
    json_t *body = json_pack("{s:s, s:I, s:s, s:s, s:b, s:o}", "request",
                             "create", "id", (json_int_t)template_id(wanted),
                             "type", "rtp", "description",
                             "template of mod_cctv", "is_private", 1, "media",
                             json_pack("[o]", media));
    json_t *reply = NULL;
    cctv_janus_status_t status;

    /* Nobody but mod_cctv may destroy it. */
    cctv_mountpoint_text(&body, "secret", rules->secret);
    cctv_mountpoint_text(&body, "admin_key", rules->secret);
    status = cctv_janus_message(session, body, NULL, &reply);
    json_decref(reply);
    return status == CCTV_JANUS_REFUSED
                   && session->code == CCTV_JANUS_CANNOT_CREATE
                   && strstr(session->reason, "already exists") != NULL
               ? CCTV_JANUS_OK
               : status;
}

static bool watch_template(cctv_player_t *player,
                           cctv_janus_session_t *session,
                           const cctv_mountpoint_rules_t *rules,
                           cctv_janus_status_t *status)
{
    int64_t id = template_id(&player->offer->peer.format);
    char *sdp = NULL;
    cctv_mountpoint_status_t result = cctv_mountpoint_watch(
        session, id, "", NULL, &sdp, status);
    int i;

    for (i = 0; i < TRIES && result == CCTV_MOUNTPOINT_MISSING; i++) {
        *status = make_template(player, session, rules);
        if (*status != CCTV_JANUS_OK) {
            return false;
        }
        result = cctv_mountpoint_watch(session, id, "", NULL, &sdp, status);
    }
    return result == CCTV_MOUNTPOINT_OK && read_janus(player, sdp);
}

/* ---- The two ways ---- */

/* @return CCTV_MOUNTPOINT_OFFLINE: the camera sends nothing */
static cctv_mountpoint_status_t switch_to(cctv_janus_session_t *session,
                                          const cctv_mountpoint_rules_t *rules,
                                          int64_t id, const char *pin,
                                          cctv_janus_status_t *status)
{
    cctv_mountpoint_t found;
    cctv_mountpoint_status_t result = cctv_mountpoint_switch(session, id, pin,
                                                             status);

    if (result == CCTV_MOUNTPOINT_OK) {
        result = cctv_mountpoint_find(session, rules, id, &found, status);
    }
    return result == CCTV_MOUNTPOINT_OK && cctv_mountpoint_is_stale(&found)
               ? CCTV_MOUNTPOINT_OFFLINE
               : result;
}

static cctv_mountpoint_status_t cross(cctv_player_t *player,
                                      cctv_janus_session_t *session,
                                      const cctv_mountpoint_rules_t *rules,
                                      int64_t id, const char *pin,
                                      cctv_janus_status_t *status)
{
    const cctv_sdp_peer_t *janus = &player->janus.peer;
    cctv_mountpoint_status_t result;

    if (player->text == NULL
        && !watch_template(player, session, rules, status)) {
        return CCTV_MOUNTPOINT_FAILED;
    }
    result = switch_to(session, rules, id, pin, status);
    if (result != CCTV_MOUNTPOINT_OK) {
        return result;
    }
    if (!write_answer(player)) {
        return CCTV_MOUNTPOINT_FAILED;
    }
    *status = cctv_mountpoint_answer(
        session, cctv_sdp_answer_for_janus(
                     player->pool, &player->offer->peer, janus->mid,
                     janus->format.payload_type, janus->format.rtx >= 0));
    return *status == CCTV_JANUS_OK ? CCTV_MOUNTPOINT_OK
                                    : CCTV_MOUNTPOINT_FAILED;
}

/* Janus answers itself. */
static cctv_mountpoint_status_t pass_on(cctv_player_t *player,
                                        cctv_janus_session_t *session,
                                        int64_t id, const char *pin,
                                        cctv_janus_status_t *status)
{
    char *sdp;
    cctv_mountpoint_status_t result = cctv_mountpoint_watch(
        session, id, pin,
        cctv_sdp_offer_for_janus(player->pool, player->offer), &sdp, status);

    if (result != CCTV_MOUNTPOINT_OK) {
        return result;
    }
    return read_janus(player, sdp) && write_answer(player)
               ? CCTV_MOUNTPOINT_OK
               : CCTV_MOUNTPOINT_FAILED;
}

cctv_mountpoint_status_t
cctv_player_connect(cctv_player_t *player, cctv_janus_session_t *session,
                    const cctv_mountpoint_rules_t *rules, int64_t id,
                    const char *pin, cctv_janus_status_t *status)
{
    return player->janus_takes_offers
               ? pass_on(player, session, id, pin, status)
               : cross(player, session, rules, id, pin, status);
}
