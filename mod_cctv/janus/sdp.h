/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sdp.h
 * @brief A browser's SDP answer, made harmless for Janus.
 * Layer: pure.
 */
#ifndef CCTV_JANUS_SDP_H
#define CCTV_JANUS_SDP_H

#include "apr_pools.h"

/** The largest answer that is taken. Browsers send about 1 KB. */
#define CCTV_SDP_MAX       16384
#define CCTV_SDP_MAX_LINES 512
/** m-lines: video, and sound. */
#define CCTV_SDP_MAX_MEDIA 2

/**
 * Take the candidates out of an SDP answer. Janus sends STUN packets to each
 * address that an a=candidate line names, so that a viewer could aim it at
 * others. It needs none of them: the browser knows those of Janus and shows up
 * itself. The addresses in o=, c=, m= and a=rtcp lines are nothing to Janus.
 *
 * An answer starts with the line v=0, has 1 to CCTV_SDP_MAX_MEDIA m-lines and
 * one of video among them, at most CCTV_SDP_MAX_LINES lines of the form x=…,
 * and is UTF-8 without control characters. Lines end in CR LF or LF; empty
 * ones do not count. What they mean is for Janus to judge.
 *
 * @param text   len bytes, not necessarily NUL-terminated; not kept
 * @param len    0 or more
 * @param error  on failure a static English sentence for the client, without
 *               a full stop; else untouched
 * @return in the pool and NUL-terminated, each line with CR LF behind it, no
 *         more than 2 bytes longer per line; the same when cleaned again.
 *         NULL on failure
 * Thread-safe.
 */
const char *cctv_sdp_clean(apr_pool_t *pool, const char *text, size_t len,
                           const char **error);

#endif
