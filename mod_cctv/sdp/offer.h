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
 * @param text  len bytes, not necessarily NUL-terminated; the offer points
 *              into it
 * @param out   complete but for the format if CCTV_SDP_OK is returned.
 *              Otherwise only `codecs` is set: 0
 * Thread-safe. Allocates nothing.
 */
cctv_sdp_fault_t cctv_sdp_offer_read(const char *text, size_t len,
                                     cctv_sdp_offer_t *out);

/**
 * Choose the format of an offer that was read: see cctv_sdp_choose_format().
 *
 * @param codec    of the camera
 * @param profile  profile_idc of an H.264 camera, such as 0x4D; 0: not known
 * @return false: the offer does not take this codec
 * Thread-safe. Allocates nothing.
 */
bool cctv_sdp_offer_choose(cctv_sdp_offer_t *offer, cctv_codec_t codec,
                           int profile);

#endif
