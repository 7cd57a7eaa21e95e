/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file rewrite.c
 * @brief Writes the SDP for one side from what was read of the other side's.
 * Layer: pure.
 */
#include "sdp/rewrite.h"

#include "sdp/text.h"

#include <string.h>

#define PROTOCOL     "UDP/TLS/RTP/SAVPF"
#define ALL_FEEDBACK ((1U << (unsigned)CCTV_SDP_FEEDBACK_COUNT) - 1)

static void put_video(cctv_sdp_text_t *out, cctv_slice_t protocol,
                      const cctv_sdp_format_t *format)
{
    if (format->rtx >= 0) {
        cctv_sdp_put(out, "m=video 9 %.*s %d %d", CCTV_SLICE_ARGS(protocol),
                     format->payload_type, format->rtx);
    }
    else {
        cctv_sdp_put(out, "m=video 9 %.*s %d", CCTV_SLICE_ARGS(protocol),
                     format->payload_type);
    }
    cctv_sdp_put(out, "c=IN IP4 0.0.0.0");
}

static void put_mid(cctv_sdp_text_t *out, cctv_slice_t mid)
{
    if (mid.at != NULL) {
        cctv_sdp_put(out, "a=mid:%.*s", CCTV_SLICE_ARGS(mid));
    }
}

const char *cctv_sdp_offer_for_browser(apr_pool_t *pool,
                                       const cctv_janus_sdp_t *janus)
{
    cctv_sdp_text_t out = cctv_sdp_text(pool);
    cctv_sdp_format_t format = janus->peer.format;

    format.feedback = ALL_FEEDBACK;
    cctv_sdp_put_session(&out, janus->session_id, janus->session_version);
    cctv_sdp_put(&out, "a=group:BUNDLE %.*s",
                 CCTV_SLICE_ARGS(janus->peer.mid));
    cctv_sdp_put(&out, "a=msid-semantic: WMS janus");
    put_video(&out, cctv_slice(PROTOCOL), &format);
    put_mid(&out, janus->peer.mid);
    cctv_sdp_put(&out, "a=sendonly");
    cctv_sdp_put(&out, "a=rtcp-mux");
    cctv_sdp_put_transport(&out, &janus->peer.transport, CCTV_SDP_ACTIVE);
    cctv_sdp_put_format(&out, &format, cctv_format(format.codec)->fmtp);
    cctv_sdp_put_ssrcs(&out, janus, format.rtx >= 0);
    cctv_sdp_put_candidates(&out, janus);
    return out.data;
}

/* ---- For the player ---- */

/* What Janus is to the player. @return false: it does not fit to the offer */
static bool decide_setup(const cctv_sdp_offer_t *offer,
                         const cctv_janus_sdp_t *janus, cctv_sdp_setup_t *out)
{
    cctv_sdp_setup_t wanted = offer->peer.transport.setup;

    *out = janus->peer.transport.setup;
    if (*out == CCTV_SDP_ACTPASS) {
        *out = wanted == CCTV_SDP_ACTIVE ? CCTV_SDP_PASSIVE : CCTV_SDP_ACTIVE;
    }
    return *out != wanted;
}

/* With the bundle policy max-bundle, Chromium uses the transport of the first
 * section of the group for all. So a section before the video in its group
 * stays, although nothing is sent in it. */
static bool is_kept(const cctv_sdp_offer_t *offer, int i)
{
    const cctv_sdp_section_t *section = &offer->all.sections[i];

    return i < offer->video && section->is_bundled && !section->is_rejected
           && offer->all.sections[offer->video].is_bundled
           && (cctv_slice_is(section->kind, "audio")
               || cctv_slice_is(section->kind, "video"));
}

static void put_group(cctv_sdp_text_t *out, const cctv_sdp_offer_t *offer)
{
    char mids[CCTV_SDP_MAX_SECTIONS * (CCTV_SDP_MAX_MID + 1)];
    size_t len = 0;
    int i;

    if (!offer->all.sections[offer->video].is_bundled) {
        return;
    }
    for (i = 0; i <= offer->video; i++) {
        const cctv_slice_t *mid = &offer->all.sections[i].mid;

        if (i == offer->video || is_kept(offer, i)) {
            mids[len++] = ' ';
            memcpy(mids + len, mid->at, mid->len);
            len += mid->len;
        }
    }
    cctv_sdp_put(out, "a=group:BUNDLE%.*s", (int)len, mids);
}

/* Which codec it is does not matter, because nothing is sent. The name of one
 * that we do not know is not passed on. */
static void put_kept_format(cctv_sdp_text_t *out,
                            const cctv_sdp_section_t *section,
                            cctv_slice_t format)
{
    static const char characters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./";
    int number = (int)cctv_slice_number(format, 127);
    cctv_slice_t map;

    if (number < 0) {
        return;
    }
    map = cctv_sdp_format_attribute(section->lines, "rtpmap", number);
    if (cctv_slice_consists_of(map, characters, 1, 64)) {
        cctv_sdp_put(out, "a=rtpmap:%d %.*s", number, CCTV_SLICE_ARGS(map));
    }
}

static void put_other(cctv_sdp_text_t *out, const cctv_sdp_offer_t *offer,
                      int i, const cctv_janus_sdp_t *janus,
                      cctv_sdp_setup_t setup)
{
    const cctv_sdp_section_t *section = &offer->all.sections[i];
    cctv_slice_t formats = section->formats;
    bool kept = is_kept(offer, i);

    if (kept) {
        formats = cctv_slice_cut(&formats, ' ');
    }
    cctv_sdp_put(out, "m=%.*s %d %.*s %.*s", CCTV_SLICE_ARGS(section->kind),
                 kept ? 9 : 0, CCTV_SLICE_ARGS(section->protocol),
                 CCTV_SLICE_ARGS(formats));
    cctv_sdp_put(out, "c=IN IP4 0.0.0.0");
    if (kept) {
        cctv_sdp_put(out, "a=rtcp-mux");
        put_kept_format(out, section, formats);
    }
    put_mid(out, section->mid);
    /* GStreamer wants these of a rejected section, too. */
    cctv_sdp_put_transport(out, &janus->peer.transport, setup);
    if (!cctv_slice_is(section->kind, "application")) {
        cctv_sdp_put(out, "a=inactive");
    }
    if (kept) {
        cctv_sdp_put_candidates(out, janus);
    }
}

static void put_players_video(cctv_sdp_text_t *out,
                              const cctv_sdp_offer_t *offer,
                              const cctv_janus_sdp_t *janus,
                              cctv_sdp_setup_t setup)
{
    const cctv_sdp_section_t *video = &offer->all.sections[offer->video];
    cctv_sdp_format_t format = offer->peer.format;

    if (janus->peer.format.rtx < 0) {
        format.rtx = -1;
    }
    put_video(out, video->protocol, &format);
    put_mid(out, video->mid);
    cctv_sdp_put(out, "a=sendonly");
    cctv_sdp_put(out, "a=rtcp-mux");
    cctv_sdp_put_transport(out, &janus->peer.transport, setup);
    cctv_sdp_put_format(out, &format, NULL);
    cctv_sdp_put_ssrcs(out, janus, format.rtx >= 0);
    cctv_sdp_put_candidates(out, janus);
}

const char *cctv_sdp_answer_for_player(apr_pool_t *pool,
                                       const cctv_sdp_offer_t *offer,
                                       const cctv_janus_sdp_t *janus)
{
    cctv_sdp_text_t out = cctv_sdp_text(pool);
    cctv_sdp_setup_t setup;
    int i;

    if (!decide_setup(offer, janus, &setup)) {
        return NULL;
    }
    cctv_sdp_put_session(&out, janus->session_id, janus->session_version);
    put_group(&out, offer);
    cctv_sdp_put(&out, "a=msid-semantic: WMS *");
    for (i = 0; i < offer->all.count; i++) {
        if (i == offer->video) {
            put_players_video(&out, offer, janus, setup);
        }
        else {
            put_other(&out, offer, i, janus, setup);
        }
    }
    return out.data;
}

/* ---- For Janus ---- */

static const char *write_for_janus(apr_pool_t *pool,
                                   const cctv_sdp_peer_t *peer,
                                   const cctv_sdp_format_t *format,
                                   cctv_slice_t mid, cctv_sdp_setup_t setup)
{
    cctv_sdp_text_t out = cctv_sdp_text(pool);

    cctv_sdp_put_session(&out, cctv_slice("1"), cctv_slice("1"));
    cctv_sdp_put(&out, "a=group:BUNDLE %.*s", CCTV_SLICE_ARGS(mid));
    put_video(&out, cctv_slice(PROTOCOL), format);
    put_mid(&out, mid);
    cctv_sdp_put(&out, "a=recvonly");
    cctv_sdp_put(&out, "a=rtcp-mux");
    cctv_sdp_put_transport(&out, &peer->transport, setup);
    cctv_sdp_put_format(&out, format, "");
    return out.data;
}

const char *cctv_sdp_answer_for_janus(apr_pool_t *pool,
                                      const cctv_sdp_peer_t *peer,
                                      cctv_slice_t mid, int payload_type,
                                      bool has_rtx)
{
    cctv_sdp_format_t format = peer->format;
    cctv_sdp_setup_t setup = peer->transport.setup;

    format.payload_type = payload_type;
    if (!has_rtx || format.rtx == payload_type) {
        format.rtx = -1;
    }
    return write_for_janus(pool, peer, &format, mid,
                           setup == CCTV_SDP_ACTPASS ? CCTV_SDP_PASSIVE
                                                     : setup);
}

const char *cctv_sdp_offer_for_janus(apr_pool_t *pool,
                                     const cctv_sdp_offer_t *offer)
{
    cctv_sdp_format_t format = offer->peer.format;
    cctv_slice_t mid = offer->peer.mid;

    format.rtx = -1;
    return write_for_janus(pool, &offer->peer, &format,
                           mid.at == NULL ? cctv_slice("0") : mid,
                           offer->peer.transport.setup);
}
