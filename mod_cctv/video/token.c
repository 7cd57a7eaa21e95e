/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file token.c
 * @brief Signed tokens for Janus; each is for one view.
 * Layer: pure.
 */
#include "video/token.h"

#include "secret/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REALM ",janus,janus.plugin.streaming,"
/* The digits of CCTV_TOKEN_EXPIRY_MAX. */
#define EXPIRY_DIGITS 11

#define DIGITS     "0123456789"
#define HEX_DIGITS "0123456789abcdef"

int64_t cctv_token_expiry(int64_t now, int64_t timeout)
{
    int64_t shortest = INT64_C(1000) * CCTV_TOKEN_SECONDS;
    int64_t life = timeout > shortest ? timeout : shortest;

    return (now + life * 1000 + 999999) / 1000000;
}

bool cctv_token_make(const char *secret, const char *view, int64_t expiry,
                     char *out)
{
    int len;

    if (strlen(view) != CCTV_VIEW_ID_LENGTH
        || strspn(view, HEX_DIGITS) != CCTV_VIEW_ID_LENGTH || expiry < 1
        || expiry > CCTV_TOKEN_EXPIRY_MAX) {
        return false;
    }
    len = snprintf(out, CCTV_TOKEN_SIZE, "%" PRId64 REALM "%s", expiry, view);
    if (len < 0 || len + 1 + CCTV_HMAC_SIZE > CCTV_TOKEN_SIZE
        || !cctv_hmac_sha1_base64(secret, out, out + len + 1)) {
        return false;
    }
    out[len] = ':';
    return true;
}

/* Read the part of a token before its signature. This part is not secret, so
 * the comparison need not take constant time. */
static bool parse(const char *token, char *view, int64_t *expiry)
{
    size_t digits = strspn(token, DIGITS);
    const char *rest = token + digits;
    size_t i;

    if (digits == 0 || digits > EXPIRY_DIGITS
        || strncmp(rest, REALM, strlen(REALM)) != 0) {
        return false;
    }
    rest += strlen(REALM);
    if (strspn(rest, HEX_DIGITS) != CCTV_VIEW_ID_LENGTH) {
        return false;
    }
    memcpy(view, rest, CCTV_VIEW_ID_LENGTH);
    view[CCTV_VIEW_ID_LENGTH] = '\0';
    *expiry = 0;
    for (i = 0; i < digits; i++) {
        *expiry = *expiry * 10 + (token[i] - '0');
    }
    return true;
}

bool cctv_token_check(const char *secret, const char *token, char *view,
                      int64_t *expiry)
{
    char right[CCTV_TOKEN_SIZE];
    char id[CCTV_VIEW_ID_LENGTH + 1];
    int64_t until;

    /* cctv_token_make() writes each number in one way only, so a token with
     * the expiry "007" does not compare equal. */
    if (!parse(token, id, &until) || !cctv_token_make(secret, id, until, right)
        || !cctv_secret_is_equal(token, right)) {
        return false;
    }
    memcpy(view, id, sizeof id);
    *expiry = until;
    return true;
}
