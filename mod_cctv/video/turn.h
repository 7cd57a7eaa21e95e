/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file turn.h
 * @brief ICE servers: their URIs, and passwords that coturn takes.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_TURN_H
#define CCTV_VIDEO_TURN_H

#include "secret/hmac.h"

#include <stdbool.h>
#include <stdint.h>

/** 20 digits and a sign, ':', 8 hexadecimal digits, NUL. */
#define CCTV_TURN_USER_SIZE 30

/** What a browser hands to a TURN server. */
typedef struct {
    char username[CCTV_TURN_USER_SIZE];
    char credential[CCTV_HMAC_SIZE];
} cctv_turn_login_t;

/**
 * Make a login for coturn's use-auth-secret: the username is "<expiry>:<id>",
 * with the id in 8 hexadecimal digits.
 *
 * @param secret  coturn's static-auth-secret
 * @param id      tells viewers apart in coturn's log, and for its user-quota:
 *                a number that is no secret and does not give one away, such
 *                as a hash of the view's id
 * @param expiry  seconds since 1970 of the wall clock, more than 0; until
 *                then coturn takes it
 * @param out     defined only on success
 * @return false: no such expiry, or the credential cannot be made
 * Thread-safe.
 */
bool cctv_turn_make_login(const char *secret, uint32_t id, int64_t expiry,
                          cctv_turn_login_t *out);

/**
 * Whether text is a URI of an ICE server as browsers take it: RFC 7064
 * "stun:host[:port]", or RFC 7065 "turn:" or "turns:" host[:port], with
 * ?transport=udp or ?transport=tcp behind it, or neither. The scheme stands
 * in lower case, an IPv6 address in brackets.
 *
 * @param needs_login  whether it is a TURN server; written only on success
 * Thread-safe. Allocates nothing.
 */
bool cctv_turn_is_uri(const char *text, bool *needs_login);

#endif
