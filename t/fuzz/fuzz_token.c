/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: an accepted token is exactly the one that we would make, also when
 * the input itself was signed first. */
#include "video/token.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET "0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *token)
{
    char view[CCTV_VIEW_ID_LENGTH + 1];
    char again[CCTV_TOKEN_SIZE];
    int64_t expiry;

    if (cctv_token_check(SECRET, token, view, &expiry)
        && (!cctv_token_make(SECRET, view, expiry, again)
            || strcmp(token, again) != 0)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    char *is_signed = malloc(size + 1 + CCTV_HMAC_SIZE);
    size_t len;

    memcpy(text, data, size);
    text[size] = '\0';
    check(text);
    len = strlen(text);
    memcpy(is_signed, text, len);
    is_signed[len] = ':';
    if (!cctv_hmac_sha1_base64(SECRET, text, is_signed + len + 1)) {
        abort();
    }
    check(is_signed);
    free(is_signed);
    free(text);
    return 0;
}
