/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file format.h
 * @brief The codecs of video: their names, and what viewers are offered.
 * Layer: pure.
 *
 * Viewers are offered our format, whatever the camera announces. Browsers
 * judge an offer by the profile in it: Chromium without a hardware decoder
 * rejects H.264 High, although it decodes it.
 */
#ifndef CCTV_SDP_FORMAT_H
#define CCTV_SDP_FORMAT_H

#include "sdp/slice.h"

/**
 * The codecs that the column `codec` of the cameras may have
 * (sql/10-schema.sql). A unit test compares the two. Append only: the state
 * file contains the numbers of the codecs.
 *
 * X(name, label in the column, name in RTP, name for Janus, fmtp)
 * NULL for Janus: it cannot relay the codec. An empty fmtp: the codec needs
 * none. JPEG is the codec of single pictures; MJPEG is what RTP calls JPEG.
 */
#define CCTV_CODEC_LIST(X)                                                    \
    X(H264, "H.264", "H264", "h264",                                          \
      "profile-level-id=42e01f;packetization-mode=1")                         \
    X(H265, "H.265", "H265", "h265",                                          \
      "level-id=120;profile-id=1;tier-flag=0;tx-mode=SRST")                   \
    X(MPEG4, "MPEG-4", "MP4V-ES", NULL, "")                                   \
    X(MJPEG, "MJPEG", "JPEG", NULL, "")                                       \
    X(JPEG, "JPEG", "JPEG", NULL, "")                                         \
    X(VP8, "VP8", "VP8", "vp8", "max-fs=8160;max-fr=60")                      \
    X(VP9, "VP9", "VP9", "vp9", "profile-id=0")                               \
    X(AV1, "AV1", "AV1", "av1", "level-idx=5;profile=0;tier=0")

#define CCTV_CODEC_ENUM(name, ...) CCTV_CODEC_##name,

typedef enum {
    CCTV_CODEC_UNKNOWN,
    CCTV_CODEC_LIST(CCTV_CODEC_ENUM) CCTV_CODEC_COUNT
} cctv_codec_t;

/** A set of codecs is the sum of their bits. */
#define CCTV_CODEC_BIT(codec) (1U << (unsigned)(codec))

/** What every browser with WebRTC plays (RFC 7742, section 5): the codecs of a
 *  viewer that does not say what it plays. */
#define CCTV_CODECS_OF_BROWSERS                                               \
    (CCTV_CODEC_BIT(CCTV_CODEC_H264) | CCTV_CODEC_BIT(CCTV_CODEC_VP8))

typedef struct {
    const char *label; /**< in the table of cameras, and for people */
    const char *rtp;   /**< in rtpmap lines */
    const char *janus; /**< NULL: Janus cannot relay it */
    const char *fmtp;  /**< what viewers are offered; "" for none */
} cctv_format_t;

/**
 * The format of a codec. That of CCTV_CODEC_UNKNOWN has the label "unknown",
 * an empty name in RTP and no name for Janus.
 */
const cctv_format_t *cctv_format(cctv_codec_t codec);

/** @param label  as in the table; NULL: CCTV_CODEC_UNKNOWN */
cctv_codec_t cctv_codec_of_label(const char *label);

/** The same for a text that does not end with a NUL. */
cctv_codec_t cctv_codec_of_label_slice(cctv_slice_t label);

/**
 * The codec of a name in RTP, letters of either case. JPEG is
 * CCTV_CODEC_MJPEG.
 */
cctv_codec_t cctv_codec_of_rtp(cctv_slice_t name);

/**
 * The codec of an rtpmap's value, "H264/90000". The clock has to be 90000, as
 * it is for all video.
 */
cctv_codec_t cctv_codec_of_rtpmap(cctv_slice_t rtpmap);

/** Whether two labels of the table mean the same codec in RTP. */
bool cctv_codec_is_same_in_rtp(cctv_codec_t a, cctv_codec_t b);

#endif
