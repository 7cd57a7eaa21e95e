/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file streams.h
 * @brief Which streams a camera has, by which codecs it plays, and which
 *        stream a viewer gets.
 * Layer: pure.
 *
 * A camera has one stream, of the codec in the table, and may have a second
 * one, which is H.264. Nothing is re-encoded, so a viewer has to play the codec
 * of a stream to get it.
 */
#ifndef CCTV_CAMERAS_STREAMS_H
#define CCTV_CAMERAS_STREAMS_H

#include "sdp/format.h"

#include <stdbool.h>

/** In a set of codecs: HLS, which browsers fetch and play by themselves. */
#define CCTV_HLS_BIT (1U << 31)

/**
 * The codecs of the streams that Janus can pull and relay.
 * CCTV_CODEC_UNKNOWN: there is no such stream. All zero: there is none.
 */
typedef struct {
    cctv_codec_t first;
    cctv_codec_t second;
    /** Whether viewers may get the address of the first stream, which is HLS. */
    bool has_hls;
} cctv_streams_t;

/** The stream that a viewer gets. */
typedef struct {
    cctv_codec_t codec; /**< CCTV_CODEC_UNKNOWN with `is_hls` */
    bool is_second;
    bool is_hls;
} cctv_stream_t;

/**
 * @param codec      the label in the table; `at` is NULL if it is not known
 * @param can_first  whether Janus can pull the first stream: its URL is rtsp,
 *                   rtsps or rtp
 * @param can_second the same for the second stream
 * @return the streams without HLS
 * Thread-safe.
 */
cctv_streams_t cctv_streams_of(cctv_slice_t codec, bool can_first,
                               bool can_second);

/** The codecs by which a camera plays: the sum of CCTV_CODEC_BIT() and
 *  CCTV_HLS_BIT. */
unsigned cctv_streams_codecs(const cctv_streams_t *streams);

/** Whether every browser plays the camera. */
bool cctv_streams_is_for_all(const cctv_streams_t *streams);

/**
 * Choose the stream for a viewer: the first one, if the viewer plays its codec,
 * otherwise the second one, otherwise HLS.
 *
 * @param codecs  that the viewer plays: the sum of CCTV_CODEC_BIT() and
 *                CCTV_HLS_BIT
 * @param out     written only on success
 * @return false: the viewer plays none of the streams
 * Thread-safe.
 */
bool cctv_streams_choose(const cctv_streams_t *streams, unsigned codecs,
                         cctv_stream_t *out);

#endif
