/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file offer.h
 * @brief Reads the SDP offer of a player or a browser.
 * Layer: pure.
 */
#ifndef CCTV_SDP_OFFER_H
#define CCTV_SDP_OFFER_H

#include "sdp/peer.h"

typedef struct {
    cctv_sdp_sections_t all;
    int video;            /**< index of the section that gets the video */
    unsigned codecs;      /**< that it takes: the sum of CCTV_CODEC_BIT() */
    cctv_sdp_peer_t peer; /**< of that section */
} cctv_sdp_offer_t;

/**
 * Read an offer. The first video section that wants to receive and is not
 * rejected gets the video.
 *
 * @param text     len bytes, not necessarily NUL-terminated; the offer points
 *                 into it
 * @param codec    the camera's
 * @param profile  profile_idc of an H.264 camera, such as 0x4D; 0: not known
 * @param out      complete only if CCTV_SDP_OK is returned. `codecs` is set if
 *                 the result is CCTV_SDP_NO_CODEC, too; otherwise it is 0.
 * Thread-safe. Allocates nothing.
 */
cctv_sdp_fault_t cctv_sdp_offer_read(const char *text, size_t len,
                                     cctv_codec_t codec, int profile,
                                     cctv_sdp_offer_t *out);

/**
 * The codecs that an offer takes, to choose the stream of a camera before the
 * offer is read for the codec of this stream.
 *
 * @param codecs  the sum of CCTV_CODEC_BIT(); complete only if CCTV_SDP_OK is
 *                returned. May be 0
 * @return CCTV_SDP_OK, or why no camera can be sent to this player
 * Thread-safe. Allocates nothing.
 */
cctv_sdp_fault_t cctv_sdp_offer_codecs(const char *text, size_t len,
                                       unsigned *codecs);

#endif
