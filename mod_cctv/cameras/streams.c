/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file streams.c
 * @brief Which streams a camera has, by which codecs it plays, and which
 *        stream a viewer gets.
 * Layer: pure.
 */
#include "cameras/streams.h"

cctv_streams_t cctv_streams_of(cctv_slice_t codec, bool can_first,
                               bool can_second)
{
    cctv_streams_t streams = { .first = CCTV_CODEC_UNKNOWN };
    cctv_codec_t first = CCTV_CODEC_UNKNOWN;

    if (can_first && codec.at != NULL) {
        first = cctv_codec_of_label_slice(codec);
    }
    if (cctv_format(first)->janus != NULL) {
        streams.first = first;
    }
    if (can_second) {
        streams.second = CCTV_CODEC_H264;
    }
    return streams;
}

static unsigned bit_of(cctv_codec_t codec)
{
    return codec == CCTV_CODEC_UNKNOWN ? 0 : CCTV_CODEC_BIT(codec);
}

unsigned cctv_streams_codecs(const cctv_streams_t *streams)
{
    return bit_of(streams->first) | bit_of(streams->second)
           | (streams->has_hls ? CCTV_HLS_BIT : 0);
}

bool cctv_streams_is_for_all(const cctv_streams_t *streams)
{
    return (cctv_streams_codecs(streams)
            & (CCTV_CODECS_OF_BROWSERS | CCTV_HLS_BIT))
           != 0;
}

bool cctv_streams_choose(const cctv_streams_t *streams, unsigned codecs,
                         cctv_stream_t *out)
{
    if ((cctv_streams_codecs(streams) & codecs) == 0) {
        return false;
    }
    if ((bit_of(streams->first) & codecs) != 0) {
        *out = (cctv_stream_t){ .codec = streams->first };
    }
    else if ((bit_of(streams->second) & codecs) != 0) {
        *out = (cctv_stream_t){ .codec = streams->second, .is_second = true };
    }
    else {
        *out = (cctv_stream_t){ .is_hls = true };
    }
    return true;
}
