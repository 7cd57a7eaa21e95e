/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file janus_sdp.c
 * @brief Reads Janus's SDP: its offer, or its answer to a player's offer.
 * Layer: pure.
 */
#include "sdp/janus_sdp.h"

#define MAX_SSRC 0xFFFFFFFFLL

static const cctv_sdp_section_t *find_video(const cctv_sdp_sections_t *all,
                                            int *index)
{
    for (*index = 0; *index < all->count; ++*index) {
        if (cctv_slice_is(all->sections[*index].kind, "video")) {
            return &all->sections[*index];
        }
    }
    return NULL;
}

/* Read "o=- 1700000000000000 1 IN IP4 192.0.2.1". */
static bool read_origin(cctv_slice_t lines, cctv_janus_sdp_t *out)
{
    static const char digits[] = "0123456789";
    cctv_slice_t line;

    while (cctv_sdp_next_line(&lines, &line)) {
        if (cctv_slice_starts(line, "o=")) {
            (void)cctv_slice_cut(&line, ' ');
            out->session_id = cctv_slice_cut(&line, ' ');
            out->session_version = cctv_slice_cut(&line, ' ');
            return cctv_slice_consists_of(out->session_id, digits, 1, 20)
                   && cctv_slice_consists_of(out->session_version, digits, 1,
                                             20);
        }
    }
    return false;
}

/* @return 0: it is none */
static unsigned ssrc_of(cctv_slice_t text)
{
    long long number = cctv_slice_number(text, MAX_SSRC);

    return number < 0 ? 0 : (unsigned)number;
}

/* Read the numbers of "a=ssrc-group:FID 1 2" or, without it, of
 * "a=ssrc:1 cname:janus". */
static void read_ssrcs(cctv_slice_t lines, cctv_janus_sdp_t *out)
{
    cctv_slice_t value = cctv_sdp_attribute(lines, "ssrc-group");

    out->ssrc_rtx = 0;
    if (cctv_slice_is(cctv_slice_cut(&value, ' '), "FID")) {
        out->ssrc = ssrc_of(cctv_slice_cut(&value, ' '));
        out->ssrc_rtx = out->ssrc == 0 ? 0 : ssrc_of(value);
    }
    else {
        value = cctv_sdp_attribute(lines, "ssrc");
        out->ssrc = ssrc_of(cctv_slice_cut(&value, ' '));
    }
}

cctv_sdp_fault_t cctv_janus_sdp_read(const char *text, size_t len,
                                     cctv_codec_t codec, cctv_janus_sdp_t *out)
{
    cctv_sdp_sections_t all;
    cctv_sdp_fault_t fault = cctv_sdp_split(text, len, &all);
    const cctv_sdp_section_t *video;
    int i;

    if (fault != CCTV_SDP_OK) {
        return fault;
    }
    video = find_video(&all, &i);
    if (video == NULL) {
        return CCTV_SDP_NO_VIDEO;
    }
    if (video->is_rejected || video->direction == CCTV_SDP_INACTIVE
        || video->direction == CCTV_SDP_RECVONLY) {
        return CCTV_SDP_REJECTED;
    }
    if (!cctv_sdp_choose_format(video, codec, 0, &out->peer.format)) {
        return CCTV_SDP_NO_CODEC;
    }
    out->peer.mid = video->mid;
    if (video->mid.at == NULL || !read_origin(all.lines, out)) {
        return CCTV_SDP_BAD_SECTION;
    }
    read_ssrcs(video->lines, out);
    out->candidate_count = cctv_sdp_read_candidates(video->lines,
                                                    out->candidates);
    if (out->candidate_count == 0) {
        return CCTV_SDP_NO_CANDIDATES;
    }
    return cctv_sdp_read_transport(&all, i, &out->peer.transport);
}
