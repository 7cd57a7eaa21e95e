/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file sections.h
 * @brief Splits the SDP of a WebRTC peer into its sections.
 * Layer: pure.
 *
 * The slices point into the text, which has to live as long as they are used.
 * Slices named `lines` hold what was not checked beyond its characters; all
 * others were checked as described and may be written into another SDP.
 */
#ifndef CCTV_SDP_SECTIONS_H
#define CCTV_SDP_SECTIONS_H

#include "sdp/fault.h"
#include "sdp/slice.h"

#define CCTV_SDP_MAX_BYTES    65536
#define CCTV_SDP_MAX_LINE     4096
#define CCTV_SDP_MAX_LINES    4096
#define CCTV_SDP_MAX_SECTIONS 32
#define CCTV_SDP_MAX_FORMATS  128
#define CCTV_SDP_MAX_MID      32

typedef enum {
    CCTV_SDP_SENDRECV,
    CCTV_SDP_SENDONLY,
    CCTV_SDP_RECVONLY,
    CCTV_SDP_INACTIVE
} cctv_sdp_direction_t;

typedef struct {
    /** "video", "audio" …: a token of at most 16 characters */
    cctv_slice_t kind;
    /** "UDP/TLS/RTP/SAVPF" …: tokens with '/', at most 32 characters */
    cctv_slice_t protocol;
    /** 1 to CCTV_SDP_MAX_FORMATS tokens with one space between two */
    cctv_slice_t formats;
    /** a token of at most CCTV_SDP_MAX_MID characters; `at` is NULL: the section has none */
    cctv_slice_t mid;
    /** port 0 without a=bundle-only */
    bool is_rejected;
    /** its mid is in the BUNDLE group */
    bool is_bundled;
    cctv_sdp_direction_t direction;
    /** the lines after the m-line */
    cctv_slice_t lines;
} cctv_sdp_section_t;

typedef struct {
    /** the lines before the first m-line */
    cctv_slice_t lines;
    /**
     * The section of the first mid of the BUNDLE group, whose transport all of
     * the group use; -1: there is no group, or no such section.
     */
    int bundle_first;
    int count;
    cctv_sdp_section_t sections[CCTV_SDP_MAX_SECTIONS];
} cctv_sdp_sections_t;

/**
 * Split an SDP. It has to start with the line v=0 and to keep within the limits
 * above; each line has to be x=… without control characters. A section has at
 * most one mid, and no two sections have the same.
 *
 * @param text  len bytes, not necessarily NUL-terminated
 * @param out   complete only if CCTV_SDP_OK is returned
 * Thread-safe. Allocates nothing.
 */
cctv_sdp_fault_t cctv_sdp_split(const char *text, size_t len,
                                cctv_sdp_sections_t *out);

bool cctv_sdp_is_webrtc(const cctv_sdp_section_t *section);

#endif
