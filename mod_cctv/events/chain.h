/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file chain.h
 * @brief The keyed hash that ties a line of an event log to the line before.
 * Layer: pure.
 */
#ifndef CCTV_EVENTS_CHAIN_H
#define CCTV_EVENTS_CHAIN_H

#include "events/log.h"

/** Base64url of the hash, without padding: 22 characters and NUL. */
#define CCTV_CHAIN_TEXT_SIZE 23

/**
 * Compute the hash of a line: the first CCTV_CHAIN_SIZE bytes of HMAC-SHA-256.
 *
 * @param key   the text of the secret
 * @param line  without its end of line
 * @return false: this OpenSSL provides none
 * Thread-safe.
 */
bool cctv_chain_hash(const char *key, const char *line, size_t len,
                     unsigned char *hash);

/** @param text  CCTV_CHAIN_TEXT_SIZE bytes */
void cctv_chain_text(const unsigned char *hash, char *text);

#endif
