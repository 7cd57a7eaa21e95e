/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file hmac.h
 * @brief Signatures as Janus and coturn check them.
 * Layer: pure.
 */
#ifndef CCTV_SECRET_HMAC_H
#define CCTV_SECRET_HMAC_H

#include <stdbool.h>

/** 28 characters, NUL. */
#define CCTV_HMAC_SIZE 29

/**
 * HMAC-SHA1 (RFC 2104) in base64 (RFC 4648, with padding).
 *
 * @param out  CCTV_HMAC_SIZE bytes; defined only on success
 * @return false: OpenSSL has no HMAC-SHA1 here, or no memory
 * Thread-safe.
 */
bool cctv_hmac_sha1_base64(const char *key, const char *text, char *out);

#endif
