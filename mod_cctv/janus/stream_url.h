/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file stream_url.h
 * @brief Parses the URL of a camera's video.
 * Layer: pure.
 */
#ifndef CCTV_JANUS_STREAM_URL_H
#define CCTV_JANUS_STREAM_URL_H

#include "http/host.h"

#include <stdbool.h>

typedef enum {
    CCTV_STREAM_RTSP,
    /** Refused by libcurl, which Janus uses to fetch RTSP. */
    CCTV_STREAM_RTSPS,
    CCTV_STREAM_RTP
} cctv_source_scheme_t;

/** The kind of host, as far as its text shows. Names are not looked up. */
typedef enum {
    CCTV_STREAM_NAME,
    /** The IPv4 or IPv6 address of one machine. */
    CCTV_STREAM_ADDRESS,
    /** 0.0.0.0 or ::, all addresses of the machine that listens. */
    CCTV_STREAM_ANY,
    /**
     * A multicast group: 224.0.0.0/4 or ff00::/8. Janus can only join IPv4
     * groups.
     */
    CCTV_STREAM_GROUP
} cctv_source_host_t;

typedef struct {
    cctv_source_scheme_t scheme;
    cctv_source_host_t kind;
    bool is_ipv6;
    /** Lower case; IPv6 without brackets and without its zone. */
    char host[CCTV_HOST_SIZE];
    int port; /**< 1 to 65535; by default 554 for rtsp, 322 for rtsps */
} cctv_stream_url_t;

/**
 * Parse a URL with the scheme rtsp, rtsps or rtp: scheme://host[:port]. It may
 * be followed by text that starts with '/', '?' or '#' and has no white space
 * and no control characters. rtp needs a port. A URL with user and password is
 * refused.
 *
 * @param text  NUL-terminated; not kept
 * @param out   written only on success
 * Thread-safe. Allocates nothing.
 */
bool cctv_stream_url_parse(const char *text, cctv_stream_url_t *out);

#endif
