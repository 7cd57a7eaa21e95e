/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file text.h
 * @brief A growing text in a pool, and the lines that several SDPs have.
 * Layer: pure.
 */
#ifndef CCTV_SDP_TEXT_H
#define CCTV_SDP_TEXT_H

#include "sdp/janus_sdp.h"

#include "apr_pools.h"

typedef struct {
    apr_pool_t *pool;
    char *data; /**< NUL-terminated */
    size_t len;
    size_t size;
} cctv_sdp_text_t;

cctv_sdp_text_t cctv_sdp_text(apr_pool_t *pool);

/** Append a line; CR LF is added. */
void cctv_sdp_put(cctv_sdp_text_t *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Append "v=0" to "t=0 0". */
void cctv_sdp_put_session(cctv_sdp_text_t *out, cctv_slice_t session_id,
                          cctv_slice_t session_version);

/** Append the lines of ICE and DTLS with this setup, without candidates. */
void cctv_sdp_put_transport(cctv_sdp_text_t *out,
                            const cctv_sdp_transport_t *transport,
                            cctv_sdp_setup_t setup);

/**
 * Append Janus's candidates and that there are no more. They have no address
 * but their own: raddr and rport are 0.0.0.0 and 0.
 */
void cctv_sdp_put_candidates(cctv_sdp_text_t *out,
                             const cctv_janus_sdp_t *janus);

/**
 * Append rtpmap, fmtp, feedback and rtx of a format.
 *
 * @param fmtp  the whole value, NULL-terminated and checked; NULL: what
 *              cctv_sdp_next_capability() finds in format->fmtp
 */
void cctv_sdp_put_format(cctv_sdp_text_t *out, const cctv_sdp_format_t *format,
                         const char *fmtp);

/** Append the SSRCs of Janus: with rtx those of the retransmissions, too. */
void cctv_sdp_put_ssrcs(cctv_sdp_text_t *out, const cctv_janus_sdp_t *janus,
                        bool has_rtx);

#endif
