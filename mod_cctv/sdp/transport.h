/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file transport.h
 * @brief What ICE and DTLS need to know of a WebRTC peer.
 * Layer: pure.
 */
#ifndef CCTV_SDP_TRANSPORT_H
#define CCTV_SDP_TRANSPORT_H

#include "sdp/sections.h"

#define CCTV_SDP_MAX_CANDIDATES 32

typedef enum {
    CCTV_SDP_ACTPASS, /**< either; the answer decides */
    CCTV_SDP_ACTIVE,  /**< it is the DTLS client */
    CCTV_SDP_PASSIVE  /**< it is the DTLS server */
} cctv_sdp_setup_t;

/** All slices point into the SDP and were checked. */
typedef struct {
    cctv_slice_t ufrag;       /**< 4 to 256 characters of [A-Za-z0-9+/] */
    cctv_slice_t pwd;         /**< 22 to 256 of them */
    cctv_slice_t fingerprint; /**< of sha-256: 32 pairs of hex digits */
    cctv_sdp_setup_t setup;   /**< CCTV_SDP_ACTPASS if it is missing */
    bool has_setup;           /**< it is not missing */
    /** no section of the SDP has another ufrag */
    bool is_only_ufrag;
} cctv_sdp_transport_t;

/** A candidate of component 1. Its base address (raddr) is not read. */
typedef struct {
    cctv_slice_t foundation; /**< 1 to 32 characters of [A-Za-z0-9+/] */
    cctv_slice_t address;    /**< 1 to 255 of [A-Za-z0-9.:-] */
    unsigned priority;       /**< 1 to 4294967295 */
    int port;                /**< 1 to 65535 */
    const char *protocol;    /**< "udp" or "tcp" */
    const char *type;        /**< "host", "srflx", "prflx" or "relay" */
    const char *tcp_type;    /**< NULL unless tcp */
} cctv_sdp_candidate_t;

/**
 * Read the transport of a section. Each value is taken from the section; if it
 * has none, from the first section of its BUNDLE group, or else from the lines
 * of the session. ufrag and pwd come from the same place.
 *
 * @param i  index of the section
 * @return CCTV_SDP_OK, CCTV_SDP_BAD_ICE, CCTV_SDP_BAD_FINGERPRINT or
 *         CCTV_SDP_BAD_SETUP
 * Thread-safe. Allocates nothing.
 */
cctv_sdp_fault_t cctv_sdp_read_transport(const cctv_sdp_sections_t *all, int i,
                                         cctv_sdp_transport_t *out);

/**
 * Read the candidates in the lines of a section; those that cannot be read are
 * left out.
 *
 * @param out  room for CCTV_SDP_MAX_CANDIDATES
 * @return their number
 * Thread-safe. Allocates nothing.
 */
int cctv_sdp_read_candidates(cctv_slice_t lines, cctv_sdp_candidate_t *out);

/** "actpass", "active" or "passive" */
const char *cctv_sdp_setup_name(cctv_sdp_setup_t setup);

#endif
