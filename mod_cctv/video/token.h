/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file token.h
 * @brief Signed tokens for Janus; each is for one view.
 * Layer: pure.
 *
 *     <expiry>,janus,janus.plugin.streaming,<view>:<signature>
 *
 * Janus checks the expiry and the signature at each request. Janus does not
 * use the view id: it tells mod_cctv which view an event of Janus is about.
 */
#ifndef CCTV_VIDEO_TOKEN_H
#define CCTV_VIDEO_TOKEN_H

#include "secret/hmac.h"
#include "views/view_id.h"

#include <stdbool.h>
#include <stdint.h>

/** The latest expiry that a token can have: seconds since 1970, 11 digits. */
#define CCTV_TOKEN_EXPIRY_MAX INT64_C(99999999999)

/** The size of the longest token with its NUL: bytes. */
#define CCTV_TOKEN_SIZE                                                       \
    (11 + (int)sizeof ",janus,janus.plugin.streaming," - 1                    \
     + CCTV_VIEW_ID_LENGTH + 1 + CCTV_HMAC_SIZE)

/** The shortest life of a token: s. */
#define CCTV_TOKEN_SECONDS 120

/**
 * When a token that is made now expires. It outlives the time to the next
 * heartbeat, which renews it.
 *
 * @param now      µs since 1970 of the wall clock
 * @param timeout  how long the view lives without a heartbeat: ms
 * @return seconds since 1970
 */
int64_t cctv_token_expiry(int64_t now, int64_t timeout);

/**
 * Make a token.
 *
 * @param secret  Janus's token_auth_secret
 * @param view    a view id: CCTV_VIEW_ID_LENGTH lower-case hexadecimal digits
 * @param expiry  Janus accepts the token until then: seconds since 1970 of the
 *                wall clock, 1 to CCTV_TOKEN_EXPIRY_MAX
 * @param out     CCTV_TOKEN_SIZE bytes; defined only on success
 * @return false: the view id or the expiry is not valid, or the signature
 *         cannot be made
 * Thread-safe.
 */
bool cctv_token_make(const char *secret, const char *view, int64_t expiry,
                     char *out);

/**
 * Check that cctv_token_make() made a token with this secret. The duration
 * reveals nothing about the right signature. The expiry is not compared with
 * the clock.
 *
 * @param token   NUL-terminated, from outside
 * @param view    CCTV_VIEW_ID_LENGTH + 1 bytes; on success gets the view id
 * @param expiry  on success gets the expiry: seconds since 1970
 * @return false: it was not made with this secret, or it is not well-formed
 * Thread-safe.
 */
bool cctv_token_check(const char *secret, const char *token, char *view,
                      int64_t *expiry);

#endif
