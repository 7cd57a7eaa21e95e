/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file chain.c
 * @brief The keyed hash that ties a line of an event log to the line before.
 * Layer: pure.
 */
#include "events/chain.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string.h>

bool cctv_chain_hash(const char *key, const char *line, size_t len,
                     unsigned char *hash)
{
    unsigned char full[EVP_MAX_MD_SIZE];
    unsigned int n = 0;

    if (HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)line,
             len, full, &n)
            == NULL
        || n < CCTV_CHAIN_SIZE) {
        return false;
    }
    memcpy(hash, full, CCTV_CHAIN_SIZE);
    return true;
}

void cctv_chain_text(const unsigned char *hash, char *text)
{
    char padded[(CCTV_CHAIN_SIZE + 2) / 3 * 4 + 1];
    int i;

    EVP_EncodeBlock((unsigned char *)padded, hash, CCTV_CHAIN_SIZE);
    for (i = 0; i < CCTV_CHAIN_TEXT_SIZE - 1; i++) {
        text[i] = padded[i] == '+' ? '-' : padded[i] == '/' ? '_' : padded[i];
    }
    text[i] = '\0';
}
