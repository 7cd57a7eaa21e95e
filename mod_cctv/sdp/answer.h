/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file answer.h
 * @brief Reads a browser's SDP answer to our offer: does it take the video?
 * Layer: pure.
 */
#ifndef CCTV_SDP_ANSWER_H
#define CCTV_SDP_ANSWER_H

#include "sdp/peer.h"

/**
 * Read an answer. Its first video section takes the video if its port is not
 * 0, it receives, and it has the offered payload type for the codec.
 *
 * @param text          len bytes, not necessarily NUL-terminated; the peer
 *                      points into it
 * @param codec         that was offered
 * @param payload_type  that was offered; -1: not known, then any of the codec
 * @param out           complete only if CCTV_SDP_OK is returned. A missing
 *                      setup is CCTV_SDP_ACTIVE.
 * @return CCTV_SDP_REJECTED: the viewer does not take the video
 *         (urn:cctv:codec); CCTV_SDP_NO_VIDEO: it has no video section;
 *         CCTV_SDP_BAD_SECTION: it names no format of any codec
 * Thread-safe. Allocates nothing.
 */
cctv_sdp_fault_t cctv_sdp_answer_read(const char *text, size_t len,
                                      cctv_codec_t codec, int payload_type,
                                      cctv_sdp_peer_t *out);

#endif
