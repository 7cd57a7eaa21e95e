/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file fault.h
 * @brief Why an SDP of a viewer or of Janus is refused.
 * Layer: pure.
 */
#ifndef CCTV_SDP_FAULT_H
#define CCTV_SDP_FAULT_H

#include <stdbool.h>

/**
 * X(name, sentence without a full stop)
 * NO_CODEC of an offer and REJECTED of an answer have the same cause: the
 * viewer does not play the camera's codec.
 */
#define CCTV_SDP_FAULT_LIST(X)                                                \
    X(NOT_SDP, "This is no SDP: it does not start with the line v=0")         \
    X(TOO_LARGE, "The SDP is larger than 64 kB")                              \
    X(TOO_MANY_LINES, "The SDP has more than 4096 lines")                     \
    X(TOO_MANY_SECTIONS, "The SDP has more than 32 m-lines")                  \
    X(BAD_LINE, "The SDP has a line that is not x=… or is too long")          \
    X(BAD_SECTION, "The SDP has an m-line or a mid that cannot be used")      \
    X(NO_VIDEO, "The SDP has no m-line that receives video")                  \
    X(NOT_WEBRTC, "The video of the SDP is not UDP/TLS/RTP/SAVPF")            \
    X(NO_CODEC, "The SDP has no format of the camera's codec")                \
    X(REJECTED, "The SDP answer rejects the video")                           \
    X(BAD_ICE, "The SDP has no usable ice-ufrag and ice-pwd")                 \
    X(BAD_FINGERPRINT, "The SDP has no usable sha-256 fingerprint")           \
    X(BAD_SETUP, "The SDP has an a=setup that does not fit")                  \
    X(NO_CANDIDATES, "The SDP has no usable candidate")

#define CCTV_SDP_FAULT_ENUM(name, sentence) CCTV_SDP_##name,

typedef enum {
    CCTV_SDP_OK,
    CCTV_SDP_FAULT_LIST(CCTV_SDP_FAULT_ENUM) CCTV_SDP_FAULT_COUNT
} cctv_sdp_fault_t;

/**
 * A static English sentence for the client, without a full stop. For
 * CCTV_SDP_OK it is empty. Thread-safe.
 */
const char *cctv_sdp_sentence(cctv_sdp_fault_t fault);

/**
 * The SDP is well-formed, but the viewer does not take the video: the HTTP
 * status is 422, the problem urn:cctv:codec. All other faults are mistakes of
 * who wrote the SDP. Thread-safe.
 */
bool cctv_sdp_fault_is_of_codec(cctv_sdp_fault_t fault);

#endif
