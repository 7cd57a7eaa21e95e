/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file hmac.c
 * @brief Signatures that Janus and coturn can check.
 * Layer: pure.
 */
#include "secret/hmac.h"

#include <openssl/evp.h>
#include <string.h>

/* The length of a SHA-1 digest in bytes. */
#define DIGEST_LEN 20

_Static_assert(CCTV_HMAC_SIZE == (DIGEST_LEN + 2) / 3 * 4 + 1,
               "the size of base64");

bool cctv_hmac_sha1_base64(const char *key, const char *text, char *out)
{
    unsigned char digest[DIGEST_LEN];
    unsigned char base64[CCTV_HMAC_SIZE];
    size_t len = 0;

    if (EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, key, strlen(key),
                  (const unsigned char *)text, strlen(text), digest,
                  sizeof digest, &len)
            == NULL
        || len != DIGEST_LEN) {
        return false;
    }
    EVP_EncodeBlock(base64, digest, DIGEST_LEN);
    memcpy(out, base64, sizeof base64);
    return true;
}
