/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file source_url.h
 * @brief The URL that a camera's video comes from, taken apart.
 * Layer: pure.
 */
#ifndef CCTV_JANUS_STREAM_URL_H
#define CCTV_JANUS_STREAM_URL_H

#include "http/host.h"

#include <stdbool.h>

typedef enum {
    CCTV_STREAM_RTSP,
    /** libcurl, which Janus fetches with, has no rtsps. */
    CCTV_STREAM_RTSPS,
    CCTV_STREAM_RTP
} cctv_source_scheme_t;

/** What the host says, without asking anybody. */
typedef enum {
    CCTV_STREAM_NAME,
    /** IPv4 or IPv6, of one machine. */
    CCTV_STREAM_ADDRESS,
    /** 0.0.0.0 or ::, every address of the machine that listens. */
    CCTV_STREAM_ANY,
    /** 224.0.0.0/4 or ff00::/8. Janus joins those of IPv4 only. */
    CCTV_STREAM_GROUP
} cctv_source_host_t;

typedef struct {
    cctv_source_scheme_t scheme;
    cctv_source_host_t kind;
    bool is_ipv6;
    /** In lower case; IPv6 without brackets and without its zone. */
    char host[CCTV_HOST_SIZE];
    int port; /**< 1 to 65535: 554 for rtsp, 322 for rtsps if none is given */
} cctv_stream_url_t;

/**
 * Take a URL of rtsp, rtsps or rtp apart: scheme://host[:port], then nothing
 * or '/', '?' or '#' and what may follow, without white space and control
 * characters. rtp must have a port. User and password are refused.
 *
 * @param text  NUL-terminated; not kept
 * @param out   written only on success
 * Thread-safe. Allocates nothing.
 */
bool cctv_stream_url_parse(const char *text, cctv_stream_url_t *out);

#endif
