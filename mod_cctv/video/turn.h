/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file turn.h
 * @brief ICE servers: checks of their URIs, and logins for coturn.
 * Layer: pure.
 */
#ifndef CCTV_VIDEO_TURN_H
#define CCTV_VIDEO_TURN_H

#include "secret/hmac.h"

#include <stdbool.h>
#include <stdint.h>

/** The size of a username: 19 digits and a sign, ':', 8 hexadecimal digits,
 *  NUL. */
#define CCTV_TURN_USER_SIZE 30

/** The login that a browser sends to a TURN server. */
typedef struct {
    char username[CCTV_TURN_USER_SIZE];
    char credential[CCTV_HMAC_SIZE];
} cctv_turn_login_t;

/**
 * Make a login for coturn's use-auth-secret: the username is "<expiry>:<id>",
 * with the id in 8 hexadecimal digits.
 *
 * @param secret  coturn's static-auth-secret
 * @param id      distinguishes viewers in coturn's log and for its user-quota;
 *                must not reveal a secret: for example a keyed hash of the
 *                view id
 * @param expiry  coturn accepts the login until then: seconds since 1970 of
 *                the wall clock, more than 0
 * @param out     defined only on success
 * @return false: the expiry is not valid, or the credential cannot be made
 * Thread-safe.
 */
bool cctv_turn_make_login(const char *secret, uint32_t id, int64_t expiry,
                          cctv_turn_login_t *out);

/**
 * Check that a text is a URI of an ICE server that browsers accept:
 * "stun:host[:port]" (RFC 7064), or "turn:" or "turns:" host[:port] (RFC
 * 7065), which ?transport=udp or ?transport=tcp may follow. The scheme has to
 * be in lower case, an IPv6 address in brackets.
 *
 * @param needs_login  gets whether it is a TURN server; written only on
 *                     success
 * Thread-safe. Allocates nothing.
 */
bool cctv_turn_is_uri(const char *text, bool *needs_login);

#endif
