/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file answer.c
 * @brief Reads a browser's SDP answer to our offer: does it take the video?
 * Layer: pure.
 */
#include "sdp/answer.h"

static int find_video(const cctv_sdp_sections_t *all)
{
    int i;

    for (i = 0; i < all->count; i++) {
        if (cctv_slice_is(all->sections[i].kind, "video")) {
            return i;
        }
    }
    return -1;
}

static bool is_rejected(const cctv_sdp_section_t *video)
{
    return video->is_rejected || video->direction == CCTV_SDP_SENDONLY
           || video->direction == CCTV_SDP_INACTIVE;
}

/* An answer has decided who is the DTLS client: it is the one who answers if
 * it does not say (RFC 4145). */
static cctv_sdp_fault_t decide_setup(cctv_sdp_transport_t *transport)
{
    if (transport->setup == CCTV_SDP_ACTPASS) {
        transport->setup = CCTV_SDP_ACTIVE;
        return transport->has_setup ? CCTV_SDP_BAD_SETUP : CCTV_SDP_OK;
    }
    return CCTV_SDP_OK;
}

cctv_sdp_fault_t cctv_sdp_answer_read(const char *text, size_t len,
                                      cctv_codec_t codec, int payload_type,
                                      cctv_sdp_peer_t *out)
{
    cctv_sdp_sections_t all;
    const cctv_sdp_section_t *video;
    cctv_sdp_fault_t fault = cctv_sdp_split(text, len, &all);
    int i = fault == CCTV_SDP_OK ? find_video(&all) : -1;

    if (i < 0) {
        return fault == CCTV_SDP_OK ? CCTV_SDP_NO_VIDEO : fault;
    }
    video = &all.sections[i];
    out->mid = video->mid;
    if (is_rejected(video)) {
        return CCTV_SDP_REJECTED;
    }
    if (!cctv_sdp_is_webrtc(video)) {
        return CCTV_SDP_NOT_WEBRTC;
    }
    if (!cctv_sdp_choose_format(video, codec, 0, &out->format)) {
        return cctv_sdp_codecs(video) == 0 ? CCTV_SDP_BAD_SECTION
                                           : CCTV_SDP_REJECTED;
    }
    if (payload_type >= 0 && out->format.payload_type != payload_type) {
        return CCTV_SDP_REJECTED;
    }
    fault = cctv_sdp_read_transport(&all, i, &out->transport);
    return fault == CCTV_SDP_OK ? decide_setup(&out->transport) : fault;
}
