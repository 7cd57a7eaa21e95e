/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file offer.h
 * @brief Reads the SDP offer of Janus and writes the answer of a viewer that
 *        takes everything in it.
 */
#ifndef LOAD_OFFER_H
#define LOAD_OFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>

#define LOAD_CANDIDATES_MAX 8
#define LOAD_ICE_TEXT       257 /* with NUL (RFC 8445) */
#define LOAD_SHA256         32
#define LOAD_OWN_UFRAG      9
#define LOAD_OWN_PASSWORD   25

typedef struct {
    char ufrag[LOAD_ICE_TEXT];
    char password[LOAD_ICE_TEXT];
    uint8_t fingerprint[LOAD_SHA256];
    struct sockaddr_in candidates[LOAD_CANDIDATES_MAX]; /* UDP, IPv4 */
    size_t count;
    uint8_t payload_type; /* of the video, not of its retransmissions */
    uint32_t clock_rate;  /* ticks of RTP time per second */
} load_offer_t;

/**
 * @param sdp  an offer with one section, of video
 * @param why  gets a sentence if this fails
 */
bool load_offer_read(const char *sdp, load_offer_t *out, const char **why);

/**
 * Write the answer to this offer. It has no candidates: the peer learns the
 * address of the viewer from its checks.
 * @param fingerprint  of the own certificate: "AB:CD:…"
 * @return false: there is no room
 */
bool load_offer_answer(const char *sdp, const char *ufrag,
                       const char *password, const char *fingerprint,
                       char *out, size_t size);

#endif
