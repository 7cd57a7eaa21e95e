/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file offer.c
 * @brief Reads the SDP offer of a player or a browser.
 * Layer: pure.
 */
#include "sdp/offer.h"

static bool wants_video(const cctv_sdp_section_t *section)
{
    return cctv_slice_is(section->kind, "video") && !section->is_rejected
           && section->direction != CCTV_SDP_SENDONLY
           && section->direction != CCTV_SDP_INACTIVE;
}

static int find_video(const cctv_sdp_sections_t *all)
{
    int i;

    for (i = 0; i < all->count; i++) {
        if (wants_video(&all->sections[i])) {
            return i;
        }
    }
    return -1;
}

static cctv_sdp_fault_t read_video(cctv_sdp_offer_t *offer)
{
    const cctv_sdp_section_t *video = &offer->all.sections[offer->video];
    cctv_sdp_fault_t fault;

    if (!cctv_sdp_is_webrtc(video)) {
        return CCTV_SDP_NOT_WEBRTC;
    }
    fault = cctv_sdp_read_transport(&offer->all, offer->video,
                                    &offer->peer.transport);
    if (fault == CCTV_SDP_OK) {
        offer->peer.mid = video->mid;
        offer->codecs = cctv_sdp_codecs(video);
    }
    return fault;
}

cctv_sdp_fault_t cctv_sdp_offer_read(const char *text, size_t len,
                                     cctv_sdp_offer_t *out)
{
    cctv_sdp_fault_t fault;

    out->codecs = 0;
    fault = cctv_sdp_split(text, len, &out->all);
    if (fault != CCTV_SDP_OK) {
        return fault;
    }
    out->video = find_video(&out->all);
    return out->video < 0 ? CCTV_SDP_NO_VIDEO : read_video(out);
}

bool cctv_sdp_offer_choose(cctv_sdp_offer_t *offer, cctv_codec_t codec,
                           int profile)
{
    return cctv_sdp_choose_format(&offer->all.sections[offer->video], codec,
                                  profile, &offer->peer.format);
}
