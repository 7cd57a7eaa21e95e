/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file attempt.h
 * @brief Tries to connect to PostgreSQL, and finds out why that fails. These
 *        calls block.
 * Layer: pure.
 */
#ifndef CCTV_DATABASE_ATTEMPT_H
#define CCTV_DATABASE_ATTEMPT_H

#include <libpq-fe.h>
#include <stdbool.h>

typedef enum {
    CCTV_ATTEMPT_OK,
    CCTV_ATTEMPT_DOWN,
    CCTV_ATTEMPT_SHORT /**< PostgreSQL has no connection left (53300) */
} cctv_attempt_t;

/**
 * Look up the host names in a connection string, so that libpq's own lookup is
 * fast. Blocks until the lookup is done.
 */
void cctv_attempt_lookup(const char *params);

/**
 * Connect and disconnect. Blocks for at most 2 s in addition to the lookup.
 */
cctv_attempt_t cctv_attempt(const char *params);

/**
 * Whether connecting fails for sure. Of several addresses the first one may hang:
 * libpq's own connecting, which gives each of them time, may then succeed. Blocks
 * as long as cctv_attempt().
 */
bool cctv_attempt_fails(const char *params);

/**
 * Call PQreset() and find out why it failed. Blocks as long as cctv_attempt().
 */
cctv_attempt_t cctv_attempt_reset(PGconn *conn);

#endif
