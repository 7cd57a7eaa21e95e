/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file format.c
 * @brief The codecs of video: their names, and what viewers are offered.
 * Layer: pure.
 */
#include "sdp/format.h"

#include <string.h>

#define FORMAT_ROW(name, label, rtp, janus, fmtp)                             \
    [CCTV_CODEC_##name] = { label, rtp, janus, fmtp },

static const cctv_format_t formats[CCTV_CODEC_COUNT] = {
    [CCTV_CODEC_UNKNOWN] = { "unknown", "", NULL, "" },
    CCTV_CODEC_LIST(FORMAT_ROW)
};

const cctv_format_t *cctv_format(cctv_codec_t codec)
{
    return &formats[codec];
}

cctv_codec_t cctv_codec_of_label_slice(cctv_slice_t label)
{
    int codec;

    for (codec = 1; codec < CCTV_CODEC_COUNT; codec++) {
        if (cctv_slice_is(label, formats[codec].label)) {
            return (cctv_codec_t)codec;
        }
    }
    return CCTV_CODEC_UNKNOWN;
}

cctv_codec_t cctv_codec_of_label(const char *label)
{
    return label == NULL ? CCTV_CODEC_UNKNOWN
                         : cctv_codec_of_label_slice(cctv_slice(label));
}

cctv_codec_t cctv_codec_of_rtp(cctv_slice_t name)
{
    int codec;

    for (codec = 1; codec < CCTV_CODEC_COUNT; codec++) {
        if (cctv_slice_is_same_letters(name, formats[codec].rtp)) {
            return (cctv_codec_t)codec;
        }
    }
    return CCTV_CODEC_UNKNOWN;
}

cctv_codec_t cctv_codec_of_rtpmap(cctv_slice_t rtpmap)
{
    cctv_slice_t name = cctv_slice_cut(&rtpmap, '/');

    return cctv_slice_is(cctv_slice_trim(rtpmap), "90000")
               ? cctv_codec_of_rtp(name)
               : CCTV_CODEC_UNKNOWN;
}

bool cctv_codec_is_same_in_rtp(cctv_codec_t a, cctv_codec_t b)
{
    return strcmp(formats[a].rtp, formats[b].rtp) == 0;
}
