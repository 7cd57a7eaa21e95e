/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file janus_sdp.h
 * @brief Reads Janus's SDP: its offer, or its answer to a player's offer.
 * Layer: pure.
 */
#ifndef CCTV_SDP_JANUS_SDP_H
#define CCTV_SDP_JANUS_SDP_H

#include "sdp/peer.h"

typedef struct {
    /** Its video. `mid` is set; `format.codec` is what Janus sends. */
    cctv_sdp_peer_t peer;
    /** From the o-line: 1 to 20 digits. */
    cctv_slice_t session_id;
    cctv_slice_t session_version;
    cctv_sdp_candidate_t candidates[CCTV_SDP_MAX_CANDIDATES];
    int candidate_count; /**< 1 or more */
    /** Of the video and of its retransmissions; 0: Janus names none. */
    unsigned ssrc;
    unsigned ssrc_rtx;
} cctv_janus_sdp_t;

/**
 * Read Janus's SDP. It is checked like that of a stranger, because a camera's
 * SDP has a part in it.
 *
 * @param text   len bytes, not necessarily NUL-terminated; `out` points into it
 * @param codec  of the mountpoint
 * @param out    complete only if CCTV_SDP_OK is returned
 * @return CCTV_SDP_REJECTED: Janus's answer rejects the video
 * Thread-safe. Allocates nothing.
 */
cctv_sdp_fault_t cctv_janus_sdp_read(const char *text, size_t len,
                                     cctv_codec_t codec,
                                     cctv_janus_sdp_t *out);

#endif
