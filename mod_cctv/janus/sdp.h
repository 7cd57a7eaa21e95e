/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sdp.h
 * @brief Removes what could do harm from a browser's SDP answer to Janus.
 * Layer: pure.
 */
#ifndef CCTV_JANUS_SDP_H
#define CCTV_JANUS_SDP_H

#include "apr_pools.h"

/** The largest SDP answer that is accepted. Browsers send about 1 KB. */
#define CCTV_SDP_MAX          16384
#define CCTV_SDP_ANSWER_LINES 512
/** The most m-lines: one for video and one for audio. */
#define CCTV_SDP_MAX_MEDIA 2

/**
 * Remove the candidates from an SDP answer. Janus sends STUN packets to each
 * address in an a=candidate line, so a viewer could direct them at other
 * machines. Janus needs no candidates: the browser knows those of Janus and
 * connects to them. Janus ignores the addresses in o=, c=, m= and a=rtcp
 * lines.
 *
 * An answer has to start with the line v=0, to have 1 to CCTV_SDP_MAX_MEDIA
 * m-lines with one for video among them, at most CCTV_SDP_ANSWER_LINES lines of
 * the form x=…, and to be UTF-8 without control characters. Lines end in CR LF
 * or LF; empty lines are ignored. Janus checks what the lines mean.
 *
 * @param text   len bytes, not necessarily NUL-terminated; not kept
 * @param len    0 or more
 * @param error  on failure a static English sentence for the client, without a
 *               full stop; otherwise unchanged
 * @return NULL on failure; otherwise a text from the pool, NUL-terminated,
 *         with CR LF after each line. It is at most 2 bytes longer per line.
 *         Cleaning it again does not change it.
 * Thread-safe.
 */
const char *cctv_sdp_clean(apr_pool_t *pool, const char *text, size_t len,
                           const char **error);

#endif
