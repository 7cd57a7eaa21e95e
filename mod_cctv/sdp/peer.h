/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file peer.h
 * @brief The video of a viewer: what Janus has to know of the viewer's SDP.
 * Layer: pure.
 */
#ifndef CCTV_SDP_PEER_H
#define CCTV_SDP_PEER_H

#include "sdp/format.h"
#include "sdp/transport.h"

/** Feedback that is passed on when the viewer has it: X(name, text) */
#define CCTV_SDP_FEEDBACK_LIST(X)                                             \
    X(NACK, "nack")                                                           \
    X(PLI, "nack pli")                                                        \
    X(FIR, "ccm fir")                                                         \
    X(REMB, "goog-remb")

#define CCTV_SDP_FEEDBACK_ENUM(name, text) CCTV_SDP_FEEDBACK_##name,

typedef enum {
    CCTV_SDP_FEEDBACK_LIST(CCTV_SDP_FEEDBACK_ENUM) CCTV_SDP_FEEDBACK_COUNT
} cctv_sdp_feedback_t;

extern const char *const cctv_sdp_feedback_texts[];

/** One format of a section. */
typedef struct {
    cctv_codec_t codec;
    int payload_type;  /**< 0 to 127 */
    int rtx;           /**< payload type of its retransmissions; -1: none */
    cctv_slice_t fmtp; /**< not checked; `at` is NULL: there is none */
    /** bit 1 << CCTV_SDP_FEEDBACK_…: the section has it for this format */
    unsigned feedback;
} cctv_sdp_format_t;

typedef struct {
    cctv_sdp_transport_t transport;
    cctv_sdp_format_t format;
    cctv_slice_t mid; /**< checked; `at` is NULL: the section has none */
} cctv_sdp_peer_t;

/**
 * Find the format of a codec that suits a camera best. H.264: one with
 * packetization-mode 1 goes before one with mode 0, then the profile of the
 * camera, then Baseline, then any. Other codecs: the first profile goes first.
 * Of equals the first is taken.
 *
 * @param profile  profile_idc of an H.264 camera, such as 0x4D; 0: not known
 * @param out      written only on success
 * @return false: the section has none
 * Thread-safe. Allocates nothing.
 */
bool cctv_sdp_choose_format(const cctv_sdp_section_t *section,
                            cctv_codec_t codec, int profile,
                            cctv_sdp_format_t *out);

/** The codecs of a section, as the sum of CCTV_CODEC_BIT(). */
unsigned cctv_sdp_codecs(const cctv_sdp_section_t *section);

/**
 * The next parameter of an fmtp that may be written into another SDP: one that
 * says which streams the peer takes, with a value of 1 to 16 letters and
 * digits.
 *
 * @param rest   the fmtp; afterwards what follows
 * @param name   a string constant
 * @return false: there are no more
 * Thread-safe. Allocates nothing.
 */
bool cctv_sdp_next_capability(cctv_codec_t codec, cctv_slice_t *rest,
                              const char **name, cctv_slice_t *value);

#endif
