/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file token.h
 * @brief Janus's signed tokens, each for the viewer of one view.
 * Layer: pure.
 *
 *     <expiry>,janus,janus.plugin.streaming,<view>:<signature>
 *
 * Janus checks the expiry and the signature at each request; the view is for
 * us, to know again whose it was in Janus's events.
 */
#ifndef CCTV_VIDEO_TOKEN_H
#define CCTV_VIDEO_TOKEN_H

#include "secret/hmac.h"
#include "views/view_table.h"

#include <stdbool.h>
#include <stdint.h>

/** The last expiry that a token can have: seconds since 1970, 11 digits. */
#define CCTV_TOKEN_EXPIRY_MAX INT64_C(99999999999)

/** Enough for any token, NUL. */
#define CCTV_TOKEN_SIZE                                                       \
    (11 + (int)sizeof ",janus,janus.plugin.streaming," - 1                    \
     + CCTV_VIEW_ID_LENGTH + 1 + CCTV_HMAC_SIZE)

/**
 * Make a token.
 *
 * @param secret  Janus's token_auth_secret
 * @param view    the id of a view: CCTV_VIEW_ID_LENGTH lower-case
 *                hexadecimal digits
 * @param expiry  seconds since 1970 of the wall clock, 1 to
 *                CCTV_TOKEN_EXPIRY_MAX; Janus takes it until then
 * @param out     CCTV_TOKEN_SIZE bytes; defined only on success
 * @return false: no such view or expiry, or the signature cannot be made
 * Thread-safe.
 */
bool cctv_token_make(const char *secret, const char *view, int64_t expiry,
                     char *out);

/**
 * Whether we made this token. How long it takes tells nothing of the right
 * signature. One that has expired is still ours.
 *
 * @param token   NUL-terminated, from outside
 * @param view    CCTV_VIEW_ID_LENGTH + 1 bytes
 * @param expiry  as in cctv_token_make(). Both are written only on success
 * Thread-safe.
 */
bool cctv_token_check(const char *secret, const char *token, char *view,
                      int64_t *expiry);

#endif
