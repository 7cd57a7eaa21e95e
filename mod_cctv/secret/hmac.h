/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file hmac.h
 * @brief Signatures that Janus and coturn can check.
 * Layer: pure.
 */
#ifndef CCTV_SECRET_HMAC_H
#define CCTV_SECRET_HMAC_H

#include <stdbool.h>

/** 28 characters and a NUL. */
#define CCTV_HMAC_SIZE 29

/**
 * Compute HMAC-SHA1 (RFC 2104) in base64 (RFC 4648, with padding).
 *
 * @param out  CCTV_HMAC_SIZE bytes; defined only on success
 * @return false: this OpenSSL provides no HMAC-SHA1, or there is no memory
 * Thread-safe.
 */
bool cctv_hmac_sha1_base64(const char *key, const char *text, char *out);

#endif
